//! The one declaration of an object: `declare!` makes of it the struct, how it is stored, its rows, and what the schema
//! says of it. Nothing else lists an object's fields.

use super::{Column, Row, RowBuilder, Slot};

/// What `declare!` gives an object.
pub trait Declared: Sized {
    /// What it is, line by line.
    const DOCS: &'static [&'static str];
    /// Its fields; the place of each is the number of its slot.
    const COLUMNS: &'static [Column];
    /// A number that changes with the fields, their types and faces. A row of another shape reads as none.
    const SHAPE: u32;

    /// Puts a slot for each field.
    fn put_slots(&self, row: &mut RowBuilder);

    /// Reads the slots of a row back, whosever row it is; `None` when one holds something else.
    fn take_slots(row: &Row) -> Option<Self>;
}

/// An object that belongs to one other alone and stands in a slot of its row, as a row without head.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be embedded",
    note = "`declare!` it and give it an empty `impl Embedded`"
)]
pub trait Embedded: Declared {
    /// Its row.
    fn to_row(&self) -> Row {
        let mut row = RowBuilder::made();
        self.put_slots(&mut row);
        row.finish()
    }

    /// Reads its row; `None` when that is one of something else.
    fn from_row(row: &Row) -> Option<Self> {
        Self::take_slots(row)
    }
}

/// What shapes begin with; raised when the bytes of rows or slots change.
pub(super) const FIRST_SHAPE: u32 = 1;

/// The shape of what is declared so far and one field more.
pub(super) const fn shape_with<T: Slot>(shape: u32, field: &str) -> u32 {
    let (mut shape, field) = (shape ^ T::SHAPE, field.as_bytes());
    let mut at = 0;
    // FNV-1a.
    while at < field.len() {
        shape = (shape ^ field[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    shape
}

/// Declares an object: a struct whose fields each say how clients see them.
///
/// ```text
/// declare! {
///     /// What it is: in the docs of the struct and of the schema.
///     #[serde(rename_all = "camelCase")]
///     pub struct Task {
///         /// What the field is, there too.
///         title: String => scalar,
///         /// Who does it.
///         #[serde(default)]
///         assigned_to: Vec<Id> => many(User) as "assignees",
///     }
/// }
/// ```
///
/// After `=>` stands the field's face, `as` the name that clients know it by where it isn't the field's own:
///
/// - `id`: the global id of the entity;
/// - `scalar`: a scalar, an enum, a list or an `Option` of them; `scalar(String)`: one that answers as a `String` does;
/// - `one(Kind)`, `many(Kind)`: what the field points at;
/// - `embedded`: an `Option` or a `Vec` of objects that are `Embedded`;
/// - `hidden`: in rows, but not for clients;
/// - `left_out`: not in rows either; read from a row it is the type's default.
///
/// `by` names the `FieldRule` of a field that not everybody may read who sees its object; clients may find null there.
///
/// Fields that clients see stand in the order of the schema, the others after them. The slot of a field is
/// `Task::SLOTS.title`.
macro_rules! declare {
    (
        $(#[doc = $about:literal])*
        $(#[serde($($stored:tt)*)])*
        $(#[derive($($derived:ident),*)])?
        pub struct $Object:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[serde($($stored_as:tt)*)])*
                $field:ident: $type:ty => $face:ident $(($of:ident))? $(as $name:literal)? $(by $rule:ident)?
            ),* $(,)?
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize $(, $($derived),*)?)]
        $(#[serde($($stored)*)])*
        pub struct $Object {
            $(
                $(#[doc = $doc])*
                $(#[serde($($stored_as)*)])*
                pub $field: $type,
            )*
        }

        const _: () = {
            use $crate::model::declare::{self, Declared};
            use $crate::model::{Column, Row, RowBuilder};

            /// The numbers of the slots, by field.
            pub struct Slots {
                $($(#[doc = $doc])* pub $field: usize,)*
            }

            impl $Object {
                /// The numbers of the slots, by field.
                pub const SLOTS: Slots = {
                    let mut at = 0;
                    $(let $field = at; at += 1;)*
                    let _ = at;
                    Slots { $($field),* }
                };
            }

            impl Declared for $Object {
                const DOCS: &'static [&'static str] = &[$($about.trim_ascii_start()),*];
                const COLUMNS: &'static [Column] = &[
                    $(Column {
                        field: stringify!($field),
                        given: concat!($($name)?),
                        docs: &[$($doc.trim_ascii_start()),*],
                        face: declare::face!($face $type $(, $of)? $(; $rule)?),
                        rule: declare::rule!($($rule)?),
                    },)*
                ];
                const SHAPE: u32 = {
                    let shape = declare::FIRST_SHAPE;
                    $(let shape = declare::shape_with::<$type>(
                        shape,
                        concat!(stringify!($field), ":", stringify!($type), "=>", stringify!($face), ";"),
                    );)*
                    shape
                };

                fn put_slots(&self, row: &mut RowBuilder) {
                    $(declare::put_slot!($face row, self, $field);)*
                }

                fn take_slots(row: &Row) -> Option<Self> {
                    Some($Object {
                        $($field: declare::take_slot!($face row, $Object, $field),)*
                    })
                }
            }
        };
    };
}

macro_rules! face {
    (hidden $type:ty) => { $crate::model::Face::Hidden };
    (left_out $type:ty) => { $crate::model::Face::Hidden };
    (id $type:ty) => { $crate::model::Face::Id };
    (scalar $type:ty; $rule:ident) => { $crate::model::Face::scalar::<Option<$type>>() };
    (scalar $type:ty) => { $crate::model::Face::scalar::<$type>() };
    (scalar $type:ty, $as:ident) => { $crate::model::Face::scalar::<$as>() };
    (one $type:ty, $kind:ident) => { $crate::model::Face::one::<$type>($crate::model::Kind::$kind) };
    (many $type:ty, $kind:ident) => { $crate::model::Face::many::<$type>($crate::model::Kind::$kind) };
    (embedded $type:ty $(; $rule:ident)?) => { $crate::model::Face::embedded::<$type>() };
    ($other:ident $type:ty $(, $of:ident)? ; $rule:ident) => {
        compile_error!("only a `scalar` or an `embedded` field has a rule")
    };
    ($other:ident $type:ty $(, $of:ident)?) => {
        compile_error!(concat!(
            "`", stringify!($other), $("(", stringify!($of), ")",)? "` is no face of a field: ",
            "it is id, scalar, one(Kind), many(Kind), embedded, hidden or left_out"
        ))
    };
}

macro_rules! rule {
    () => {
        None
    };
    ($rule:ident) => {
        Some($crate::model::FieldRule::$rule)
    };
}

macro_rules! put_slot {
    (left_out $row:ident, $object:ident, $field:ident) => {
        $row.put_json(b"")
    };
    (id $row:ident, $object:ident, $field:ident) => {
        $row.put(&$crate::model::EntityRef::new(
            <Self as $crate::model::Entity>::KIND,
            $object.$field,
        ))
    };
    ($face:ident $row:ident, $object:ident, $field:ident) => {
        $row.put(&$object.$field)
    };
}

macro_rules! take_slot {
    (left_out $row:ident, $Object:ident, $field:ident) => {
        Default::default()
    };
    (id $row:ident, $Object:ident, $field:ident) => {
        $row.reference()?.id
    };
    ($face:ident $row:ident, $Object:ident, $field:ident) => {
        $row.get($Object::SLOTS.$field)?
    };
}

pub(super) use {declare, face, put_slot, rule, take_slot};

#[cfg(test)]
mod tests {
    use crate::model::{Budget, Declared, Entity, Face, Id, Kind, Project, Session, Task, User};

    fn shown(kind: Kind) -> Vec<String> {
        let columns = kind.columns().iter().filter(|column| column.is_shown());
        columns.map(super::Column::name).collect()
    }

    #[test]
    fn columns_stand_in_the_order_of_the_schema_under_its_names() {
        assert_eq!(
            shown(Kind::User),
            [
                "id",
                "firstName",
                "lastName",
                "email",
                "role",
                "customRole",
                "isActive",
                "timezone",
                "language",
                "currency",
                "hourlyRate",
                "billingRate",
                "lastLoginAt",
                "organization",
                "version",
                "createdAt",
                "updatedAt"
            ]
        );
        let of_tasks = shown(Kind::Task);
        for name in ["displayId", "type", "creator", "assignees", "isArchived"] {
            assert!(of_tasks.iter().any(|shown| shown == name), "{name}");
        }
        assert_eq!(
            shown(Kind::Session),
            ["id", "userAgent", "createdAt", "lastSeenAt", "expiresAt"],
            "neither whose it is nor what its token is known by"
        );
    }

    #[test]
    fn docs_are_kept_line_by_line() {
        assert_eq!(
            Kind::Task.docs(),
            ["A task of a project. Seen by everybody who sees the project."]
        );
        assert_eq!(
            Task::COLUMNS[Task::SLOTS.title].docs,
            ["What there is to do, at most 200 characters."]
        );
    }

    #[test]
    fn faces_are_as_declared() {
        let mut registry = async_graphql::registry::Registry::default();
        let mut scalar = |at: usize| match Task::COLUMNS[at].face {
            Face::Scalar(name) => name(&mut registry),
            other => panic!("{other:?}"),
        };
        let at = Task::SLOTS;
        assert_eq!(scalar(at.title), "String!");
        assert_eq!(scalar(at.story_points), "Int");
        assert_eq!(scalar(at.labels), "[String!]!");
        assert_eq!(scalar(at.rank), "String!");
        assert_eq!(scalar(at.due_date), "DateTime");
        assert_eq!(scalar(at.task_type), "TaskType!");
        assert!(matches!(Task::COLUMNS[at.id].face, Face::Id));
        assert!(matches!(Task::COLUMNS[at.parent].face, Face::One(Kind::Task)));
        assert!(matches!(Task::COLUMNS[at.assigned_to].face, Face::Many(Kind::User)));
        assert!(matches!(Task::COLUMNS[at.search_terms].face, Face::Hidden));
        assert!(matches!(Project::COLUMNS[Project::SLOTS.budget].face, Face::Embedded));
        assert!(
            Budget::COLUMNS
                .iter()
                .all(|column| matches!(column.face, Face::Embedded))
        );
    }

    #[test]
    fn the_slots_are_numbered_as_the_columns() {
        assert_eq!(Session::COLUMNS[Session::SLOTS.token_hash].field, "token_hash");
        assert_eq!(User::COLUMNS[User::SLOTS.search_terms].field, "search_terms");
        assert_eq!(User::SLOTS.search_terms + 1, User::COLUMNS.len());
    }

    #[test]
    fn every_field_that_clients_see_says_what_it_is() {
        for kind in Kind::ALL {
            let columns = kind.columns().iter().filter(|column| column.is_shown());
            for column in columns {
                assert!(!column.docs.is_empty(), "{} of {}", column.field, kind.name());
            }
        }
    }

    #[test]
    fn a_shape_follows_the_name_type_and_face_of_each_field_and_what_is_embedded() {
        let with = super::shape_with::<String>;
        let shapes = [
            with(1, "a:String=>scalar;"),
            with(1, "b:String=>scalar;"),
            with(2, "a:String=>scalar;"),
        ];
        assert!(shapes[0] != shapes[1] && shapes[0] != shapes[2]);
        let embedded = super::shape_with::<Option<Budget>>(1, "a:String=>scalar;");
        assert_ne!(embedded, shapes[0]);
        let mut all: Vec<u32> = Kind::ALL.iter().map(|kind| kind.shape()).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), Kind::ALL.len());
    }

    #[test]
    fn a_row_of_another_kind_is_not_read() {
        let time = crate::model::Timestamp::from_millis(0);
        let id = Id::from_bytes([1; 12]);
        let session = Session {
            id,
            organization: id,
            version: 1,
            user_id: id,
            token_hash: "0".into(),
            user_agent: String::new(),
            last_seen_at: time,
            expires_at: time,
            created_at: time,
            updated_at: time,
        };
        assert_eq!(Session::from_row(&session.to_row()), Some(session.clone()));
        assert_eq!(User::from_row(&session.to_row()), None);
    }
}
