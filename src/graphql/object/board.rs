//! The board of a project: its columns from left to right with their cards in order.

use std::task::{Poll, ready};

use crate::execute::{Call, Failure, Object, Output};
use crate::graphql::cache_control::{Inherit, Kept, KeptList};
use crate::graphql::connection::Connection;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, arguments, json};
use crate::graphql::order::SortKey;
use crate::graphql::page::{List, PageArgs};
use crate::model::{
    BoardColumn, Category, Column, Declared, Direction, Face, Filter, Id, Kind, Project, Row, Slot, Value,
};

/// A column of a project's board.
struct BoardColumnOf {
    project: Id,
    column: Row,
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
    let columns = project.rows(Project::SLOTS.board_columns);
    Output::Objects(columns.map(|column| object(call, project, column)).collect())
}

/// The column of this status, which is JSON text; none when the board has no such.
pub fn column(call: &Call<'_>, project: &Row, status: &[u8]) -> Output {
    let found = find(project, status).and_then(|column| object(call, project, column));
    found.map_or(Output::Null, Output::Object)
}

/// What tasks of this status, which is JSON text, are to progress; a status whose column is gone counts as active.
pub fn category_of(project: &Row, status: &[u8]) -> Category {
    category(find(project, status))
}

/// What the tasks of a project are to progress, for many statuses.
pub struct Categories {
    columns: Vec<Row>,
}

impl Categories {
    /// Those of this project.
    pub fn of(project: &Row) -> Categories {
        let columns = project.rows(Project::SLOTS.board_columns).collect();
        Categories { columns }
    }

    /// The statuses of this category.
    pub fn keys(&self, category: Category) -> impl Iterator<Item = String> + '_ {
        let of = move |column: &&Row| column.get::<Category>(BoardColumn::SLOTS.category) == Some(category);
        let columns = self.columns.iter().filter(of);
        columns.filter_map(|column| column.get(BoardColumn::SLOTS.key))
    }

    /// That of this status.
    pub fn get(&self, status: &str) -> Category {
        let mut text = Vec::with_capacity(status.len() + 2);
        status.to_owned().put(&mut text);
        let mut columns = self.columns.iter();
        category(
            columns
                .find(|column| column.slot(BoardColumn::SLOTS.key) == text)
                .cloned(),
        )
    }
}

fn category(column: Option<Row>) -> Category {
    let category = column.and_then(|column| column.get(BoardColumn::SLOTS.category));
    category.unwrap_or(Category::Active)
}

fn find(project: &Row, status: &[u8]) -> Option<Row> {
    let mut columns = project.rows(Project::SLOTS.board_columns);
    columns.find(|column| column.slot(BoardColumn::SLOTS.key) == status)
}

fn object(call: &Call<'_>, project: &Row, column: Row) -> Option<Object> {
    let project = project.reference()?.id;
    Some(Object::made(
        call.type_of("BoardColumn"),
        BoardColumnOf { project, column },
    ))
}

impl BoardColumnOf {
    fn key(&self) -> String {
        self.column.get(BoardColumn::SLOTS.key).unwrap_or_default()
    }

    fn count(&self, call: &mut Call<'_>) -> Resolved {
        let counts = ready!(call.status_counts(self.project))?;
        json(&counts.get(&self.key()).copied().unwrap_or_default())
    }

    fn tasks(&self, cards: &Cards, call: &mut Call<'_>) -> Resolved {
        let first = PageArgs::first(cards.first);
        let page = Connection::load(call, Kind::Task, &first, |_| Poll::Ready(Ok(self.in_order())));
        Poll::Ready(Ok(ready!(page)?.into_nodes(call)))
    }

    fn in_order(&self) -> List {
        let of = [
            Filter::Eq("project", Value::Id(self.project)),
            Filter::Eq("status", Value::Text(self.key())),
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
                let project = Object::row(call.type_of("Project"), project.clone());
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
            FieldDeclaration::made(
                "count",
                Ty::leaf::<Option<u64>>(),
                "How many tasks are in it, without archived ones.",
                BoardColumnOf::count,
            )
            .hint(KeptList::apply(Kind::Task)),
        )
        .field(
            FieldDeclaration::made_with(
                "tasks",
                Ty::of("[Task!]"),
                "Its first tasks by rank, without archived ones. For more of them, ask `tasks` for this project and\n\
                 status, sorted `RANK_ASC`.",
                BoardColumnOf::tasks,
            )
            .hint(KeptList::apply(Kind::Task)),
        );
}

fn scalar(at: usize, column: &Column) -> FieldDeclaration {
    let Face::Scalar(create) = column.face else {
        unreachable!("a column of a board has scalars only");
    };
    let docs = column.docs.join("\n");
    FieldDeclaration::made(&column.name(), Ty::Leaf(create), &docs, move |of: &BoardColumnOf, _| {
        let text: Result<_, Failure> = Ok(Output::Json(of.column.slot(at).to_vec()));
        Poll::Ready(text)
    })
}
