//! The board of a project: its columns from left to right with their cards in order.

use std::borrow::Cow;
use std::task::{Poll, ready};

use crate::execute::{Call, Object, Output};
use crate::graphql::cache_control::{Inherit, Kept, KeptList};
use crate::graphql::connection::Connection;
use crate::graphql::declare::{ArgumentSet, Declarations, FieldDeclaration, Resolved, Ty, arguments, json};
use crate::graphql::order::SortKey;
use crate::graphql::page::{List, PageArgs};
use crate::model::{
    BoardColumn, Category, Column, Declared, Direction, Face, Filter, Id, Kind, Part, Project, Row, Value, take_text,
};

/// A column of a project's board. Its object is the project's row, with the column's place noted.
struct BoardColumnOf<'r> {
    project: Id,
    column: Part<'r>,
}

arguments! {
    /// How many cards to show.
    pub struct Cards {
        /// How many at most: 1 to 100.
        first: i32 = 100,
    }
}

/// The columns of a project, from left to right.
pub fn columns(call: &Call<'_>, project: &Row) -> Output {
    let columns = parts(project).map(|(place, _)| Some(Object::noted(call.of(), project.clone(), place)));
    Output::Objects(columns.collect())
}

/// The column of this status, which is JSON text; none when the board has no such.
pub fn column(call: &Call<'_>, project: &Row, status: &[u8]) -> Output {
    let found = parts(project).find(|(_, column)| column.slot(BoardColumn::SLOTS.key) == status);
    found.map_or(Output::Null, |(place, _)| {
        Output::Object(Object::noted(call.of(), project.clone(), place))
    })
}

/// What tasks of this status, which is JSON text, are to progress; a status whose column is gone counts as active.
pub fn category_of(project: &Row, status: &[u8]) -> Category {
    let mut columns = project.parts(Project::SLOTS.board_columns);
    let column = columns.find(|column| column.slot(BoardColumn::SLOTS.key) == status);
    let category = column.and_then(|column| column.get(BoardColumn::SLOTS.category));
    category.unwrap_or(Category::Active)
}

/// The same of a status by its name.
pub fn category_named(project: &Row, status: &str) -> Category {
    let mut of = categories(project).filter(|(key, _)| key == status);
    of.next().map_or(Category::Active, |(_, category)| category)
}

/// The statuses of this category.
pub fn statuses(project: &Row, category: Category) -> impl Iterator<Item = String> + '_ {
    let of = categories(project).filter(move |(_, of)| *of == category);
    of.map(|(status, _)| status.into_owned())
}

/// All statuses, each with its category.
pub fn categories(project: &Row) -> impl Iterator<Item = (Cow<'_, str>, Category)> {
    let columns = project.parts(Project::SLOTS.board_columns);
    columns.filter_map(|column| {
        let category = column.get(BoardColumn::SLOTS.category)?;
        Some((take_text(column.slot(BoardColumn::SLOTS.key))?, category))
    })
}

/// The columns with their places. A board has far fewer than places can tell.
fn parts(project: &Row) -> impl Iterator<Item = (u8, Part<'_>)> {
    (0..=u8::MAX).zip(project.parts(Project::SLOTS.board_columns))
}

impl<'r> BoardColumnOf<'r> {
    fn of(project: &'r Row, place: u8) -> Option<BoardColumnOf<'r>> {
        let (_, column) = parts(project).nth(usize::from(place))?;
        let project = project.reference()?.id;
        Some(BoardColumnOf { project, column })
    }

    fn key(&self) -> Cow<'r, str> {
        take_text(self.column.slot(BoardColumn::SLOTS.key)).unwrap_or_default()
    }

    fn count(&self, call: &mut Call<'_>) -> Resolved {
        let counts = ready!(call.status_counts(self.project))?;
        json(call, &counts.get(&*self.key()).copied().unwrap_or_default())
    }

    fn tasks(&self, cards: &Cards, call: &mut Call<'_>) -> Resolved {
        let first = PageArgs::first(cards.first);
        let page = Connection::load(call, Kind::Task, &first, |_| Poll::Ready(Ok(self.in_order())));
        Poll::Ready(Ok(ready!(page)?.nodes(call)))
    }

    fn in_order(&self) -> List {
        let of = [
            Filter::Eq("project", Value::Id(self.project)),
            Filter::Eq("status", Value::Text(self.key().into_owned())),
            Filter::Eq("isArchived", Value::Bool(false)),
        ];
        List {
            filter: Filter::All(of.into()),
            key: SortKey::Rank,
            direction: Direction::Ascending,
        }
    }
}

/// Declares board and column.
pub fn declare(to: &mut Declarations) {
    to.object("Board", "The board of a project.")
        .hint(Kept::apply(Kind::Project))
        .field(FieldDeclaration::row(
            "project",
            Ty::of("Project!"),
            "The project whose board it is.",
            |project, call| {
                let project = Object::row(call.of(), project.clone());
                Poll::Ready(Ok(Output::Object(project)))
            },
        ))
        .field(FieldDeclaration::row(
            "columns",
            Ty::of("[BoardColumn!]!"),
            "The columns, from left to right.",
            |project, call| Poll::Ready(Ok(columns(call, project))),
        ));
    let mut object = to
        .object("BoardColumn", &BoardColumn::DOCS.join("\n"))
        .hint(Inherit::apply());
    for (at, column) in BoardColumn::COLUMNS.iter().enumerate() {
        object = object.field(scalar(at, column));
    }
    object
        .field(
            field(
                "count",
                Ty::leaf::<Option<u64>>(),
                "How many tasks are in it, without archived ones.",
                |column, (): &(), call| column.count(call),
            )
            .hint(KeptList::apply(Kind::Task)),
        )
        .field(
            field(
                "tasks",
                Ty::of("[Task!]"),
                "Its first tasks by rank, without archived ones. For more of them, ask `tasks` for this project and\n\
                 status, sorted `RANK_ASC`.",
                |column, cards: &Cards, call| column.tasks(cards, call),
            )
            .hint(KeptList::apply(Kind::Task)),
        );
}

fn scalar(at: usize, column: &Column) -> FieldDeclaration {
    let Face::Scalar(create) = column.face else {
        unreachable!("a column of a board has scalars only");
    };
    let docs = column.docs.join("\n");
    field(&column.name(), Ty::Leaf(create), &docs, move |of, (): &(), call| {
        Poll::Ready(Ok(call.text(|text| text.extend_from_slice(of.column.slot(at)))))
    })
}

/// A field of a column.
fn field<A: ArgumentSet>(
    name: &str,
    ty: Ty,
    docs: &str,
    resolve: impl Fn(&BoardColumnOf<'_>, &A, &mut Call<'_>) -> Resolved + Send + Sync + 'static,
) -> FieldDeclaration {
    FieldDeclaration::noted(name, ty, docs, move |project, place, given, call| {
        let column = BoardColumnOf::of(project, place).expect("its objects are projects with the place of a column");
        resolve(&column, given, call)
    })
}
