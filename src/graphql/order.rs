//! What lists are sorted by: fields that are never null, read from an entity for its cursor and back from one.

use crate::model::{
    Asset, Comment, CustomRole, Direction, Field, Invitation, Kind, Mail, Organization, PasswordReset, Priority,
    Project, Rank, Row, Session, Sort, Task, Timestamp, User, Value,
};

/// A field that lists are sorted by; ties go by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// When it was made.
    Created,
    /// When it was last written.
    Updated,
    /// When a task is due; those without a date come after all others.
    Due,
    /// How urgent a task is.
    Priority,
    /// The place of a task in its column.
    Rank,
}

impl SortKey {
    const ALL: [SortKey; 5] = [
        SortKey::Created,
        SortKey::Updated,
        SortKey::Due,
        SortKey::Priority,
        SortKey::Rank,
    ];

    /// The stored name of the field.
    pub const fn field(self) -> Field {
        match self {
            SortKey::Created => "createdAt",
            SortKey::Updated => "updatedAt",
            SortKey::Due => "dueSort",
            SortKey::Priority => "priority",
            SortKey::Rank => "rank",
        }
    }

    /// The order by this field.
    pub const fn sort(self, direction: Direction) -> Sort {
        Sort {
            field: self.field(),
            direction,
        }
    }

    /// The key with this field.
    pub fn find(field: &str) -> Option<SortKey> {
        SortKey::ALL.into_iter().find(|key| key.field() == field)
    }

    /// Its place among all of them.
    pub fn number(self) -> u8 {
        let place = SortKey::ALL.iter().position(|key| *key == self);
        u8::try_from(place.expect("all are there")).expect("they are few")
    }

    /// The one with this place.
    pub fn of_number(number: u8) -> SortKey {
        SortKey::ALL[usize::from(number) % SortKey::ALL.len()]
    }

    /// What the entity has in this field.
    pub fn value(self, row: &Row) -> Value {
        let Some(kind) = row.reference().map(|entity| entity.kind) else {
            return Value::Null;
        };
        let time = |slot| row.get(slot).map_or(Value::Null, Value::Time);
        let priority = |slot| {
            row.get(slot)
                .map_or(Value::Null, |rank: Priority| Value::Int(rank.into()))
        };
        match (self, kind) {
            (SortKey::Created, kind) => time(created_at(kind)),
            (SortKey::Updated, kind) => time(updated_at(kind)),
            (SortKey::Due, Kind::Task) => time(Task::SLOTS.due_sort),
            (SortKey::Priority, Kind::Task) => priority(Task::SLOTS.priority),
            (SortKey::Priority, Kind::Project) => priority(Project::SLOTS.priority),
            (SortKey::Rank, Kind::Task) => row.get(Task::SLOTS.rank).map_or(Value::Null, Value::Text),
            (SortKey::Due | SortKey::Priority | SortKey::Rank, _) => Value::Null,
        }
    }

    /// Reads a value back from the text of a cursor.
    pub fn read(self, text: &str) -> Option<Value> {
        match self {
            SortKey::Created | SortKey::Updated | SortKey::Due => {
                let time = Timestamp::from_millis(text.parse().ok()?);
                (Timestamp::MIN..=Timestamp::MAX)
                    .contains(&time)
                    .then_some(Value::Time(time))
            }
            SortKey::Priority => {
                let rank: i64 = text.parse().ok()?;
                (i64::from(Priority::from(rank)) == rank).then_some(Value::Int(rank))
            }
            SortKey::Rank => Some(Value::Text(Rank::parse(text)?.as_str().into())),
        }
    }
}

/// The slot of when an entity of this kind was made.
const fn created_at(kind: Kind) -> usize {
    match kind {
        Kind::Organization => Organization::SLOTS.created_at,
        Kind::User => User::SLOTS.created_at,
        Kind::Project => Project::SLOTS.created_at,
        Kind::Task => Task::SLOTS.created_at,
        Kind::Comment => Comment::SLOTS.created_at,
        Kind::Session => Session::SLOTS.created_at,
        Kind::Asset => Asset::SLOTS.created_at,
        Kind::Invitation => Invitation::SLOTS.created_at,
        Kind::PasswordReset => PasswordReset::SLOTS.created_at,
        Kind::Mail => Mail::SLOTS.created_at,
        Kind::CustomRole => CustomRole::SLOTS.created_at,
    }
}

/// The slot of when an entity of this kind was last written.
const fn updated_at(kind: Kind) -> usize {
    match kind {
        Kind::Organization => Organization::SLOTS.updated_at,
        Kind::User => User::SLOTS.updated_at,
        Kind::Project => Project::SLOTS.updated_at,
        Kind::Task => Task::SLOTS.updated_at,
        Kind::Comment => Comment::SLOTS.updated_at,
        Kind::Session => Session::SLOTS.updated_at,
        Kind::Asset => Asset::SLOTS.updated_at,
        Kind::Invitation => Invitation::SLOTS.updated_at,
        Kind::PasswordReset => PasswordReset::SLOTS.updated_at,
        Kind::Mail => Mail::SLOTS.updated_at,
        Kind::CustomRole => CustomRole::SLOTS.updated_at,
    }
}
