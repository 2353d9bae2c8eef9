//! What lists are sorted by: fields that are never null, read from an entity for its cursor and back from one.

use crate::model::{AnyEntity, Direction, Field, Priority, Rank, Sort, Timestamp, Value};

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

    /// What the entity has in this field.
    pub fn value(self, entity: &AnyEntity) -> Value {
        match (self, entity) {
            (SortKey::Created, _) => Value::Time(created_at(entity)),
            (SortKey::Updated, _) => Value::Time(updated_at(entity)),
            (SortKey::Due, AnyEntity::Task(task)) => Value::Time(task.due_sort),
            (SortKey::Priority, AnyEntity::Task(task)) => Value::Int(task.priority.into()),
            (SortKey::Priority, AnyEntity::Project(project)) => Value::Int(project.priority.into()),
            (SortKey::Rank, AnyEntity::Task(task)) => Value::Text(task.rank.as_str().into()),
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

fn created_at(entity: &AnyEntity) -> Timestamp {
    match entity {
        AnyEntity::Organization(organization) => organization.created_at,
        AnyEntity::User(user) => user.created_at,
        AnyEntity::Project(project) => project.created_at,
        AnyEntity::Task(task) => task.created_at,
        AnyEntity::Comment(comment) => comment.created_at,
        AnyEntity::Session(session) => session.created_at,
    }
}

fn updated_at(entity: &AnyEntity) -> Timestamp {
    match entity {
        AnyEntity::Organization(organization) => organization.updated_at,
        AnyEntity::User(user) => user.updated_at,
        AnyEntity::Project(project) => project.updated_at,
        AnyEntity::Task(task) => task.updated_at,
        AnyEntity::Comment(comment) => comment.updated_at,
        AnyEntity::Session(session) => session.updated_at,
    }
}
