//! The one connection type of all lists, after Relay's specification, with `nodes` and `totalCount` beside.
//! <https://relay.dev/graphql/connections.htm>

use std::borrow::Cow;

use async_graphql::{Context, Object, SimpleObject, TypeName};

use crate::model::{AnyEntity, Entity, Filter, Kind, Row};

use super::cache_control::{Inherit, KeptList};
use super::cursor::Cursor;
use super::object::{EntityObject, Nullable};
use super::page::{List, Page, PageArgs};
use super::{ApiError, ContextExt, Scope, guard};

/// A page of a list.
pub struct Connection<N> {
    edges: Vec<Edge<N>>,
    info: PageInfo,
    filter: Filter,
}

/// A row of a list.
pub struct Edge<N> {
    node: N,
    cursor: Cursor,
}

/// Where a page stands in its list.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(directive = Inherit::apply())]
pub struct PageInfo {
    /// Whether rows follow this page: `first` with `after: endCursor` reads on.
    has_next_page: bool,
    /// Whether rows precede this page: `last` with `before: startCursor` reads back.
    has_previous_page: bool,
    /// The cursor of the first row; null on an empty page.
    start_cursor: Option<String>,
    /// The cursor of the last row; null on an empty page.
    end_cursor: Option<String>,
}

impl<N: EntityObject> Connection<N> {
    /// Reads the page that these arguments name.
    pub async fn load(scope: &Scope, list: List, arguments: &PageArgs) -> Result<Connection<N>, ApiError> {
        let page = arguments.page(list.key)?;
        let found = scope.loaders.page(kind::<N>(), page.query(&list)).await?;
        let rows = found.len().min(page.rows as usize);
        let more = found.len() > rows;
        let mut rows: Vec<AnyEntity> = found[..rows].iter().filter_map(Row::entity).collect();
        if page.backward {
            rows.reverse();
        }
        let cursors: Vec<Cursor> = rows.iter().map(|row| Cursor::of(list.key, row)).collect();
        let info = PageInfo::new(&page, more, &cursors);
        let seen = guard::sift(scope, rows.into_iter().map(Some).collect()).await?;
        let edges = seen.into_iter().zip(cursors).filter_map(Edge::new).collect();
        Ok(Connection {
            edges,
            info,
            filter: list.filter,
        })
    }

    /// The rows alone.
    pub fn into_nodes(self) -> Vec<N> {
        self.edges.into_iter().map(|edge| edge.node).collect()
    }
}

impl PageInfo {
    fn new(page: &Page, more: bool, cursors: &[Cursor]) -> PageInfo {
        PageInfo {
            has_next_page: page.has_next(more),
            has_previous_page: page.has_previous(more),
            start_cursor: cursors.first().map(Cursor::encode),
            end_cursor: cursors.last().map(Cursor::encode),
        }
    }
}

impl<N: EntityObject> Edge<N> {
    fn new((entity, cursor): (Option<AnyEntity>, Cursor)) -> Option<Edge<N>> {
        let node = N::wrap(entity?)?;
        Some(Edge { node, cursor })
    }
}

/// A page of a list.
#[Object(name_type, directive = KeptList::apply(kind::<N>()))]
impl<N: EntityObject> Connection<N> {
    /// The rows with their cursors.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// The rows without their cursors.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where this page stands in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.info
    }

    /// How many rows the whole list has; counted only when this is asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Nullable<u64> {
        let count = ctx.loaders().count(kind::<N>(), self.filter.clone()).await;
        Some(count.map_err(ApiError::from))
    }
}

/// A row of a list.
#[Object(name_type, directive = Inherit::apply())]
impl<N: EntityObject> Edge<N> {
    /// The place of this row, for `after` and `before`; it stays right when rows come and go around it.
    async fn cursor(&self) -> String {
        self.cursor.encode()
    }

    /// What stands in this row.
    async fn node(&self) -> &N {
        &self.node
    }
}

impl<N: EntityObject> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", kind::<N>().name()).into()
    }
}

impl<N: EntityObject> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", kind::<N>().name()).into()
    }
}

fn kind<N: EntityObject>() -> Kind {
    <N::Entity as Entity>::KIND
}
