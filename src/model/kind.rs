//! The register of kinds: each entity of the product stands here once, and every floor learns from this table
//! what it is called, where it is stored and how long it may be cached. To add a kind, add its line.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::entity::{Entity, Index};
use super::{
    Asset, Column, Comment, CustomRole, Declared, Field, Id, Invitation, Mail, Organization, PasswordReset, Project,
    Row, Session, Tag, Task, User,
};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident { code: $code:literal, collection: $collection:literal, prefix: $prefix:literal, minutes: $minutes:literal, list_minutes: $list:literal })*) => {
        /// What a document is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $kind),* }

        impl Kind {
            /// Every kind, in the order of the register.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// Its place among them.
            pub const fn place(self) -> usize {
                self as usize
            }

            /// The GraphQL type name.
            pub const fn name(self) -> &'static str {
                match self { $(Kind::$kind => stringify!($kind)),* }
            }

            /// What a global id of this kind begins with.
            pub const fn code(self) -> &'static str {
                match self { $(Kind::$kind => $code),* }
            }

            /// The collection (or table) that holds the documents.
            pub const fn collection(self) -> &'static str {
                match self { $(Kind::$kind => $collection),* }
            }

            /// What the cache keys of this kind begin with.
            pub const fn prefix(self) -> &'static str {
                match self { $(Kind::$kind => $prefix),* }
            }

            /// How long a cached entity of this kind may live unless configured otherwise.
            pub const fn ttl(self) -> Duration {
                match self { $(Kind::$kind => Duration::from_secs($minutes * 60)),* }
            }

            /// How long a cached list or count of this kind may live.
            pub const fn list_ttl(self) -> Duration {
                match self { $(Kind::$kind => Duration::from_secs($list * 60)),* }
            }

            /// The fields by which its lists are kept in the cache, the narrowest first.
            pub const fn owners(self) -> &'static [Field] {
                match self { $(Kind::$kind => <$kind as Entity>::OWNERS),* }
            }

            /// The fields of which each value has lists of its own, with the owner.
            pub const fn terms(self) -> &'static [(Field, Field)] {
                match self { $(Kind::$kind => <$kind as Entity>::TERMS),* }
            }

            /// What it is, line by line.
            pub const fn docs(self) -> &'static [&'static str] {
                match self { $(Kind::$kind => <$kind as Declared>::DOCS),* }
            }

            /// Its fields; the place of each is the number of its slot in rows.
            pub const fn columns(self) -> &'static [Column] {
                match self { $(Kind::$kind => <$kind as Declared>::COLUMNS),* }
            }

            /// The shape of its rows.
            pub const fn shape(self) -> u32 {
                match self { $(Kind::$kind => <$kind as Declared>::SHAPE),* }
            }

            /// The indexes that the collection must have.
            pub const fn indexes(self) -> &'static [Index] {
                match self { $(Kind::$kind => <$kind as Entity>::INDEXES),* }
            }

            /// The array fields that filters look into.
            pub const fn links(self) -> &'static [&'static str] {
                match self { $(Kind::$kind => <$kind as Entity>::LINKS),* }
            }
        }

        /// An entity of any kind, shared.
        #[derive(Clone, Debug)]
        pub enum AnyEntity { $($(#[$doc])* $kind(Arc<$kind>)),* }

        impl AnyEntity {
            /// What it is and which.
            pub fn reference(&self) -> EntityRef {
                match self { $(AnyEntity::$kind(entity) => EntityRef::new(Kind::$kind, entity.id())),* }
            }

            /// The organisation it belongs to.
            pub fn organization(&self) -> Id {
                match self { $(AnyEntity::$kind(entity) => entity.organization()),* }
            }

            /// How often it has been written.
            pub fn version(&self) -> i64 {
                match self { $(AnyEntity::$kind(entity) => entity.version()),* }
            }

            /// The tags of everything that shows this image of it.
            pub fn tags(&self) -> Vec<Tag> {
                match self { $(AnyEntity::$kind(entity) => entity.tags()),* }
            }

            /// Whether nothing but quiet fields differs between this image and the one after.
            pub fn is_quiet_change(&self, after: &AnyEntity) -> bool {
                match (self, after) {
                    $((AnyEntity::$kind(before), AnyEntity::$kind(after)) => before.hushed(after) == **after,)*
                    _ => false,
                }
            }

            /// Its row.
            pub fn to_row(&self) -> Row {
                match self { $(AnyEntity::$kind(entity) => entity.to_row()),* }
            }

            /// Reads the row of an entity; `None` when it is one of something else.
            pub fn from_row(row: &Row) -> Option<AnyEntity> {
                match row.reference()?.kind { $(Kind::$kind => $kind::from_row(row).map(AnyEntity::from)),* }
            }

            /// Reads an entity of `kind` from a decoder.
            pub fn deserialize<'de, D: Deserializer<'de>>(kind: Kind, decoder: D) -> Result<AnyEntity, D::Error> {
                match kind { $(Kind::$kind => $kind::deserialize(decoder).map(AnyEntity::from)),* }
            }
        }

        impl Serialize for AnyEntity {
            /// Writes the entity itself, without its kind.
            fn serialize<S: Serializer>(&self, encoder: S) -> Result<S::Ok, S::Error> {
                match self { $(AnyEntity::$kind(entity) => entity.serialize(encoder)),* }
            }
        }

        $(
            impl From<$kind> for AnyEntity {
                fn from(entity: $kind) -> AnyEntity {
                    AnyEntity::$kind(Arc::new(entity))
                }
            }

            impl TryFrom<AnyEntity> for Arc<$kind> {
                type Error = AnyEntity;

                fn try_from(any: AnyEntity) -> Result<Arc<$kind>, AnyEntity> {
                    match any {
                        AnyEntity::$kind(entity) => Ok(entity),
                        other => Err(other),
                    }
                }
            }
        )*
    };
}

kinds! {
    /// A customer of the product: everything else belongs to one.
    Organization { code: "org", collection: "organizations", prefix: "organization:", minutes: 60, list_minutes: 5 }
    /// A person who can sign in.
    User { code: "usr", collection: "users", prefix: "user:", minutes: 30, list_minutes: 10 }
    /// A project with its board.
    Project { code: "prj", collection: "projects", prefix: "project:", minutes: 60, list_minutes: 5 }
    /// A task of a project.
    Task { code: "tsk", collection: "tasks", prefix: "task:", minutes: 30, list_minutes: 3 }
    /// What somebody said of a task.
    Comment { code: "cmt", collection: "comments", prefix: "comment:", minutes: 30, list_minutes: 3 }
    /// A signed-in device.
    Session { code: "ses", collection: "sessions", prefix: "session:", minutes: 30, list_minutes: 3 }
    /// An uploaded file.
    Asset { code: "ast", collection: "assets", prefix: "asset:", minutes: 60, list_minutes: 5 }
    /// Somebody who was asked to join.
    Invitation { code: "inv", collection: "invitations", prefix: "invitation:", minutes: 30, list_minutes: 3 }
    /// A request for a new password.
    PasswordReset { code: "pwr", collection: "passwordResets", prefix: "passwordreset:", minutes: 30, list_minutes: 3 }
    /// A mail that waits to be sent.
    Mail { code: "mal", collection: "mails", prefix: "mail:", minutes: 30, list_minutes: 3 }
    /// A set of rights that the organisation has given a name.
    CustomRole { code: "rol", collection: "customroles", prefix: "permissions:", minutes: 60, list_minutes: 5 }
}

impl Kind {
    /// What people call one, in the middle of a sentence: `custom role`.
    pub fn noun(self) -> String {
        let mut noun = String::new();
        for letter in self.name().chars() {
            if letter.is_uppercase() && !noun.is_empty() {
                noun.push(' ');
            }
            noun.extend(letter.to_lowercase());
        }
        noun
    }
}

/// Which entity: its kind and id, the one key of the loader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntityRef {
    /// What it is.
    pub kind: Kind,
    /// Which of them.
    pub id: Id,
}

/// As one number, like an id: the kind fits beside it.
impl Hash for EntityRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.id.number() | (self.kind as u128) << 96);
    }
}

impl EntityRef {
    /// The entity of `kind` with this id.
    pub const fn new(kind: Kind, id: Id) -> EntityRef {
        EntityRef { kind, id }
    }

    /// The global id that clients see: the kind's code and the id.
    pub fn global(&self) -> String {
        format!("{}_{}", self.kind.code(), self.id)
    }

    /// Reads a global id; `None` when it is none of ours.
    pub fn parse_global(text: &str) -> Option<EntityRef> {
        let (code, id) = text.split_once('_')?;
        let kind = Kind::ALL.iter().find(|kind| kind.code() == code)?;
        Some(EntityRef::new(*kind, id.parse().ok()?))
    }
}
