//! What a write does, with the images before and after it: the store executes it, invalidation reads its tags.

use super::{AnyEntity, EntityRef, Filter, Id, Kind, Tag, Value};

/// One change of one unit of work.
#[derive(Clone, Debug)]
pub enum Change {
    /// A new document; refused when its id or a unique field is taken.
    Insert(AnyEntity),
    /// A document as it was read and as it shall be; refused when it has been written since.
    Update {
        /// The image that was read from the store.
        before: AnyEntity,
        /// The image to write, with the next version.
        after: AnyEntity,
    },
    /// A change of quiet fields alone: written like an update, but with the version that was read, and no tag is
    /// renewed.
    Touch {
        /// The image that was read from the store.
        before: AnyEntity,
        /// The image to write, with the same version.
        after: AnyEntity,
    },
    /// A document to take away; refused when it has been written since it was read.
    Remove(AnyEntity),
    /// All documents that match: what hangs below something removed in the same unit of work, and is
    /// seen only through it (so its own tags need no renewal).
    RemoveBelow {
        /// What to remove.
        kind: Kind,
        /// Whose they are.
        organization: Id,
        /// Which of them.
        filter: Filter,
    },
}

impl Change {
    /// The tags of what this changes: of the image before and of the image after.
    pub fn tags(&self) -> Vec<Tag> {
        match self {
            Change::Insert(entity) | Change::Remove(entity) => entity.tags(),
            Change::Update { before, after } => {
                let mut tags = before.tags();
                tags.extend(after.tags());
                tags.sort_unstable();
                tags.dedup();
                tags
            }
            Change::Touch { .. } => Vec::new(),
            // They are seen only through what is removed above them, so their own tags can stay; lists of them can't.
            Change::RemoveBelow {
                kind,
                organization,
                filter,
            } => {
                let own = Filter::Eq("organization", Value::Id(*organization));
                let owners = [&own, filter].map(|filter| Tag::owner(*kind, filter));
                let lists = owners.into_iter().flatten();
                lists.flat_map(|(owner, id)| Tag::lists(*kind, owner, id)).collect()
            }
        }
    }

    /// The tenants of what this changes; none where it renews no tag.
    pub fn tenants(&self) -> Vec<Tag> {
        match self {
            Change::Insert(entity) | Change::Remove(entity) => vec![Tag::Tenant(entity.organization())],
            Change::Update { before, after } => {
                let mut tenants = vec![Tag::Tenant(before.organization()), Tag::Tenant(after.organization())];
                tenants.dedup();
                tenants
            }
            Change::Touch { .. } => Vec::new(),
            Change::RemoveBelow { organization, .. } => vec![Tag::Tenant(*organization)],
        }
    }

    /// The one entity that this changes, if it is one.
    pub fn reference(&self) -> Option<EntityRef> {
        match self {
            Change::Insert(entity) | Change::Remove(entity) => Some(entity.reference()),
            Change::Update { before, .. } | Change::Touch { before, .. } => Some(before.reference()),
            Change::RemoveBelow { .. } => None,
        }
    }
}
