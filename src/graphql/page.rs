//! Which page of a list is asked for: the arguments of every connection, checked once, made a query of the store.

use crate::model::{Direction, Filter, Query, Seek};

use super::ApiError;
use super::cursor::Cursor;
use super::declare::arguments;
use super::order::SortKey;

/// How many rows a page has unless the client says.
pub const DEFAULT_ROWS: u32 = 20;
/// The most rows of a page.
pub const MAX_ROWS: u32 = 100;
/// The last row that page numbers reach; cursors reach all.
const LAST_ROW: u64 = 100_000;

arguments! {
    /// The arguments of a connection, as they came.
    pub struct PageArgs {
        /// So many from the start, or after `after`: 1 to 100, 20 unless given.
        first: Option<i32>,
        /// Only what comes after this cursor.
        after: Option<String>,
        /// So many from the end, or before `before`: 1 to 100.
        last: Option<i32>,
        /// Only what comes before this cursor.
        before: Option<String>,
        /// The number of a page, from 1; instead of cursors.
        page: Option<i32>,
        /// So many on each numbered page: 1 to 100, 20 unless given.
        limit: Option<i32>,
    }
}

/// A list: what is on it and in which order.
#[derive(Clone, Debug)]
pub struct List {
    /// Which entities.
    pub filter: Filter,
    /// Sorted by what.
    pub key: SortKey,
    /// Which way.
    pub direction: Direction,
}

/// The page that is asked for.
#[derive(Clone, Debug)]
pub struct Page {
    /// How many rows it has at most.
    pub rows: u32,
    /// Whether it is read from the end.
    pub backward: bool,
    skip: u32,
    after: Option<Seek>,
    before: Option<Seek>,
}

impl PageArgs {
    /// The first rows of a list.
    pub fn first(rows: i32) -> PageArgs {
        PageArgs {
            first: Some(rows),
            after: None,
            last: None,
            before: None,
            page: None,
            limit: None,
        }
    }

    /// The page that these name in a list sorted by `key`; BAD_USER_INPUT says what is wrong and the way out.
    pub fn page(&self, key: SortKey) -> Result<Page, ApiError> {
        let by_cursor = self.first.or(self.last).is_some() || self.after.is_some() || self.before.is_some();
        let by_number = self.page.or(self.limit).is_some();
        if by_number && by_cursor {
            return refuse("page and limit don't go with first, after, last and before: use one kind of paging");
        }
        if by_number { self.numbered() } else { self.relative(key) }
    }

    fn relative(&self, key: SortKey) -> Result<Page, ApiError> {
        let seek = |argument, text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| Cursor::parse(argument, key, text)).transpose()
        };
        let (rows, backward) = match (self.first, self.last) {
            (Some(_), Some(_)) => return refuse("first doesn't go with last: ask for one end of the list at a time"),
            (None, Some(last)) => (rows("last", last, "go on with before: startCursor")?, true),
            (Some(first), None) => (rows("first", first, "go on with after: endCursor")?, false),
            (None, None) => (DEFAULT_ROWS, self.before.is_some() && self.after.is_none()),
        };
        Ok(Page {
            rows,
            backward,
            skip: 0,
            after: seek("after", &self.after)?,
            before: seek("before", &self.before)?,
        })
    }

    fn numbered(&self) -> Result<Page, ApiError> {
        let rows = match self.limit {
            Some(limit) => rows("limit", limit, "go on with page")?,
            None => DEFAULT_ROWS,
        };
        let number = u64::try_from(self.page.unwrap_or(1)).unwrap_or_default();
        if number == 0 {
            return refuse("page: pages are numbered from 1");
        }
        let skip = (number - 1) * u64::from(rows);
        if skip >= LAST_ROW {
            return refuse(&format!(
                "page: page numbers reach the first {LAST_ROW} rows; go further with first and after"
            ));
        }
        Ok(Page {
            rows,
            backward: false,
            skip: u32::try_from(skip).unwrap_or(u32::MAX),
            after: None,
            before: None,
        })
    }
}

impl Page {
    /// The query of one row more than the page has, in the direction that it is read; and what the whole list matches, where
    /// that is not what the query says.
    pub fn query(&self, list: List) -> (Query, Option<Filter>) {
        let (direction, from, to) = if self.backward {
            (list.direction.reversed(), &self.before, &self.after)
        } else {
            (list.direction, &self.after, &self.before)
        };
        let whole = to.is_some().then(|| list.filter.clone());
        // What comes before the far end is what comes after it, read the other way.
        let within = self.read(list.filter, list.key, direction.reversed(), to);
        (self.read(within.into_bounded(), list.key, direction, from), whole)
    }

    fn read(&self, filter: Filter, key: SortKey, direction: Direction, from: &Option<Seek>) -> Query {
        Query {
            filter,
            sort: key.sort(direction),
            after: from.clone(),
            skip: self.skip,
            limit: self.rows + 1,
        }
    }

    /// Whether rows follow the page; `more`: the query found the one row more.
    pub fn has_next(&self, more: bool) -> bool {
        if self.backward { self.before.is_some() } else { more }
    }

    /// Whether rows precede the page; `more`: the query found the one row more.
    pub fn has_previous(&self, more: bool) -> bool {
        if self.backward {
            more
        } else {
            self.skip > 0 || self.after.is_some()
        }
    }
}

fn rows(argument: &str, asked: i32, way_on: &str) -> Result<u32, ApiError> {
    match u32::try_from(asked) {
        Ok(0) | Err(_) => refuse(&format!("{argument}: {asked} is too few; ask for 1 to {MAX_ROWS}")),
        Ok(rows @ 1..=MAX_ROWS) => Ok(rows),
        Ok(_) => refuse(&format!(
            "{argument}: {asked} is more than the {MAX_ROWS} rows of one page; ask for at most {MAX_ROWS} and {way_on}"
        )),
    }
}

fn refuse<T>(why: &str) -> Result<T, ApiError> {
    Err(ApiError::BadUserInput(why.into()))
}
