//! Purges of the cache, by whoever runs the server or holds the right: new versions or a new epoch, never a search
//! for keys. What the cache holds is only ever a copy, so a purge costs reads of the store and nothing else.

use crate::model::{EntityRef, Filter, Kind, Permission, Tag, Viewer};

use super::{ServiceError, Services};

/// What is to be served no more as it was cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purge {
    /// What bears this tag.
    Tag(Tag),
    /// What was made of entities of this kind. The cache keeps no list of a kind's tags, so the epoch goes up and
    /// everything is purged.
    Type(Kind),
    /// Everything.
    All,
}

/// Why a purge can't be meant; names what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PurgeError {
    /// Not exactly one of the three was given.
    #[error("give exactly one of tag, type and all: true")]
    NotOne,
    /// No tag.
    #[error("tag: {shown:?} is not a tag of this API; {}", allowed_tags())]
    Tag {
        /// The beginning of what was given.
        shown: String,
    },
    /// Nothing of the viewer's organisation: of another's, or nothing at all.
    #[error(
        "tag: nothing of your organisation has the tag {tag}; whoever runs the server purges any tag by \
         `kanvaro cache purge --tag {tag}`"
    )]
    NotOwn {
        /// What was given.
        tag: String,
    },
    /// It would reach other organisations.
    #[error(
        "a purge of a type or of everything reaches all organisations of this server: purge a tag, or have whoever runs \
         the server do it by `kanvaro cache purge {flag}`"
    )]
    Others {
        /// How the command is told to.
        flag: String,
    },
    /// No type.
    #[error("type: there is no {shown:?} in the cache; allowed are {}", allowed_types())]
    Type {
        /// The beginning of what was given.
        shown: String,
    },
}

/// As much of wrong input as is repeated.
const SHOWN: usize = 60;

impl Purge {
    /// The purge that is meant by one of these.
    pub fn read(tag: Option<&str>, kind: Option<&str>, all: bool) -> Result<Purge, PurgeError> {
        match (tag, kind, all) {
            (Some(tag), None, false) => Purge::tag(tag),
            (None, Some(kind), false) => Purge::kind(kind),
            (None, None, true) => Ok(Purge::All),
            _ => Err(PurgeError::NotOne),
        }
    }

    fn tag(text: &str) -> Result<Purge, PurgeError> {
        let shown = || text.chars().take(SHOWN).collect();
        let tag = Tag::parse(text).ok_or_else(|| PurgeError::Tag { shown: shown() })?;
        Ok(Purge::Tag(tag))
    }

    fn kind(text: &str) -> Result<Purge, PurgeError> {
        let named = |kind: &&Kind| kind.name().eq_ignore_ascii_case(text);
        let shown = || text.chars().take(SHOWN).collect();
        let kind = Kind::ALL.iter().find(named);
        let kind = kind.ok_or_else(|| PurgeError::Type { shown: shown() })?;
        Ok(Purge::Type(*kind))
    }

    /// How `kanvaro cache purge` is told to do this.
    fn flag(&self) -> String {
        match self {
            Purge::Tag(tag) => format!("--tag {tag}"),
            Purge::Type(kind) => format!("--type {}", kind.name()),
            Purge::All => "--all".into(),
        }
    }

    /// The one tag that is purged; `None`: everything is.
    pub fn only_tag(&self) -> Option<Tag> {
        match self {
            Purge::Tag(tag) => Some(*tag),
            Purge::Type(_) | Purge::All => None,
        }
    }
}

impl Services {
    /// Purges for this viewer, who must hold cache:purge; no more than what is of their organisation.
    pub async fn purge_cache(&self, viewer: &Viewer, purge: Purge) -> Result<(), ServiceError> {
        if !viewer.has(Permission::CachePurge) {
            return Err(ServiceError::Forbidden(Permission::CachePurge));
        }
        match purge {
            Purge::Tag(tag) if !self.is_of(viewer, tag).await? => {
                return Err(PurgeError::NotOwn { tag: tag.to_string() }.into());
            }
            Purge::Type(_) | Purge::All if self.has_others().await? => {
                return Err(PurgeError::Others { flag: purge.flag() }.into());
            }
            _ => {}
        }
        self.purge(purge).await
    }

    /// Whether what the tag hangs on is of the viewer's organisation, by what the store says now.
    async fn is_of(&self, viewer: &Viewer, tag: Tag) -> Result<bool, ServiceError> {
        let EntityRef { kind, id } = tag.about();
        let found = self.store.get_many(kind, &[id]).await?;
        Ok(found
            .iter()
            .any(|entity| entity.organization() == viewer.organization()))
    }

    /// Whether there is more than one organisation.
    async fn has_others(&self) -> Result<bool, ServiceError> {
        let some = self.store.ids(Kind::Organization, &Filter::everything(), 2).await?;
        Ok(some.len() > 1)
    }

    /// Purges whatever it reaches, for whoever runs the server: from its return on no process serves what was cached before.
    pub async fn purge(&self, purge: Purge) -> Result<(), ServiceError> {
        match purge.only_tag() {
            Some(tag) => self.store.renew(&tag.with_all_lists()).await?,
            None => self.store.renew_all().await?,
        }
        tracing::info!(?purge, "the cache was purged");
        Ok(())
    }
}

/// What tags look like, as a person may write them.
fn allowed_tags() -> String {
    let lists = Kind::ALL.iter().flat_map(|kind| {
        let owners = kind.owners().iter();
        owners.map(move |owner| format!("{}{owner}=ID", kind.prefix()))
    });
    let entities = Kind::ALL.iter().map(|kind| format!("{}ID", kind.prefix()));
    let all: Vec<String> = entities.chain(lists).collect();
    format!("allowed are {}, where ID is 24 hexadecimal digits", all.join(", "))
}

fn allowed_types() -> String {
    let all: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purge_is_one_of_three() {
        let id = "0".repeat(24);
        let tag = Purge::read(Some(&format!("task:project={id}")), None, false).unwrap();
        assert_eq!(
            tag.only_tag().map(|tag| tag.to_string()),
            Some(format!("task:project={id}"))
        );
        assert_eq!(Purge::read(None, Some("task"), false), Ok(Purge::Type(Kind::Task)));
        assert_eq!(Purge::read(None, None, true), Ok(Purge::All));
        for (tag, kind, all) in [
            (None, None, false),
            (Some("x"), None, true),
            (Some("x"), Some("Task"), false),
        ] {
            assert_eq!(Purge::read(tag, kind, all), Err(PurgeError::NotOne));
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_what_is_allowed() {
        let tag = Purge::read(Some(&"x".repeat(5_000)), None, false)
            .unwrap_err()
            .to_string();
        assert!(
            tag.contains("task:project=ID") && tag.contains("session:ID") && tag.len() < 1_000,
            "{tag}"
        );
        let kind = Purge::read(None, Some("Invoice"), false).unwrap_err().to_string();
        assert!(
            kind.contains("\"Invoice\"") && kind.contains("Organization, User, Project, Task"),
            "{kind}"
        );
    }
}
