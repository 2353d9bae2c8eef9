//! What a search found, page by page.

use std::sync::Arc;
use std::task::{Poll, ready};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::execute::{Call, Failure, Object, Output, Seen};
use crate::graphql::ApiError;
use crate::graphql::cache_control::{Inherit, KeptList};
use crate::graphql::connection::PageInfo;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, arguments, json};
use crate::graphql::object::viewer_of;
use crate::graphql::order::SortKey;
use crate::graphql::page::PageArgs;
use crate::model::{Kind, Viewer};

use super::candidates::{Found, SearchArgs};
use super::fragment::{Fragment, Part};
use super::texts::texts;

arguments! {
    /// Which page of what was found.
    pub struct SearchPage {
        /// So many from the start, or after `after`: 1 to 100.
        first: i32 = 20,
        /// Only what comes after this cursor.
        after: Option<String>,
    }
}

/// A page of what was found.
pub struct SearchConnection {
    hits: Vec<Hit>,
    info: PageInfo,
}

/// Something that was found.
#[derive(Clone)]
struct Hit {
    row: Seen,
    words: Arc<[String]>,
    /// How many come up to it.
    place: usize,
}

/// The most fragments of one thing.
const FRAGMENTS: usize = 5;
/// What the text of a cursor begins with.
const CURSOR: &str = "1:search:";

impl SearchConnection {
    /// Looks for it.
    pub fn load(call: &mut Call<'_>, (asked, page): &(SearchArgs, SearchPage)) -> Resolved {
        let rows = PageArgs::first(page.first).page(SortKey::Created)?.rows as usize;
        let passed = page.after.as_deref().map_or(Ok(0), read_cursor)?;
        let found = ready!(Found::load(call, asked))?;
        let count = found.rows.len();
        let hits = found.rows.into_iter().enumerate().skip(passed).take(rows);
        let hits: Vec<Hit> = hits
            .map(|(at, row)| Hit {
                row,
                words: found.words.clone(),
                place: at + 1,
            })
            .collect();
        let ends = hits.first().zip(hits.last());
        let ends = ends.map(|(first, last)| (cursor(first.place), cursor(last.place)));
        let info = PageInfo::between(passed > 0, count > passed + hits.len(), ends);
        let of = call.type_of("SearchConnection");
        Poll::Ready(Ok(Output::Object(Object::made(of, SearchConnection { hits, info }))))
    }

    fn edges(&self, call: &Call<'_>) -> Output {
        let of = call.type_of("SearchEdge");
        Output::Objects(
            self.hits
                .iter()
                .map(|hit| Some(Object::made(of, hit.clone())))
                .collect(),
        )
    }

    fn nodes(&self, call: &Call<'_>) -> Output {
        Output::Objects(self.hits.iter().map(|hit| node(&hit.row, call)).collect())
    }
}

impl Hit {
    fn fragments(&self, viewer: &Viewer) -> Vec<Fragment> {
        let texts = texts(&self.row, viewer).into_iter();
        let found = texts.filter_map(|text| Fragment::of(&text, &self.words));
        found.take(FRAGMENTS).collect()
    }
}

fn node(row: &Seen, call: &Call<'_>) -> Option<Object> {
    let of = call.table().of_kind(row.reference()?.kind)?;
    Some(Object::seen(of, row.clone()))
}

fn cursor(place: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{CURSOR}{place}"))
}

fn read_cursor(text: &str) -> Result<usize, Failure> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() < 20);
    let plain = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let place = plain.and_then(|plain| plain.strip_prefix(CURSOR)?.parse().ok());
    place.ok_or_else(|| {
        let shown: String = text.chars().take(60).collect();
        let refused = format!("after: {shown:?} is not a cursor of a search; cursors come from edges and pageInfo");
        ApiError::BadUserInput(refused).into()
    })
}

/// Declares it, and all that only searches lead to.
pub fn declare(to: &mut Declarations) {
    to.object(
        "SearchConnection",
        "A page of what a search found, the best first. What many things match is ranked among the newest of them, at\n\
         most some hundreds.",
    )
    .hint(KeptList::apply(Kind::Task))
    .field(FieldDeclaration::made(
        "edges",
        Ty::of("[SearchEdge!]!"),
        "What was found, with cursors and where.",
        |page: &SearchConnection, call| Poll::Ready(Ok(page.edges(call))),
    ))
    .field(FieldDeclaration::made(
        "nodes",
        Ty::of("[Node!]!"),
        "What was found, alone.",
        |page: &SearchConnection, call| Poll::Ready(Ok(page.nodes(call))),
    ))
    .field(FieldDeclaration::made(
        "pageInfo",
        Ty::of("PageInfo!"),
        "Where this page stands.",
        |page: &SearchConnection, call| {
            let info = Object::made(call.type_of("PageInfo"), page.info.clone());
            Poll::Ready(Ok(Output::Object(info)))
        },
    ));
    declare_edge(to);
    to.object("SearchFragment", "A piece of a text, of at most 160 characters.")
        .hint(Inherit::apply())
        .field(FieldDeclaration::made(
            "field",
            Ty::leaf::<String>(),
            "The field that it stands in, like `title`.",
            |fragment: &Fragment, call| json(call, &fragment.field.to_owned()),
        ))
        .field(FieldDeclaration::made(
            "parts",
            Ty::of("[SearchPart!]!"),
            "It, from its beginning to its end; `…` stands where text was left out.",
            |fragment: &Fragment, call| {
                let of = call.type_of("SearchPart");
                let parts = fragment.parts.iter().cloned();
                Poll::Ready(Ok(Output::Objects(
                    parts.map(|part| Some(Object::made(of, part))).collect(),
                )))
            },
        ));
    to.object(
        "SearchPart",
        "A part of a piece of text: plain text as people wrote it, so escape it to show it.",
    )
    .hint(Inherit::apply())
    .field(FieldDeclaration::made(
        "text",
        Ty::leaf::<String>(),
        "What stands there.",
        |part: &Part, call| json(call, &part.text),
    ))
    .field(FieldDeclaration::made(
        "isMatch",
        Ty::leaf::<bool>(),
        "Whether it is what was searched for, so that it is shown in bold.",
        |part: &Part, call| json(call, &part.is_match),
    ));
}

fn declare_edge(to: &mut Declarations) {
    to.object("SearchEdge", "Something that was found.")
        .hint(Inherit::apply())
        .field(FieldDeclaration::made(
            "cursor",
            Ty::leaf::<String>(),
            "Its place, for `after`: places shift when things come to match or stop to.",
            |hit: &Hit, call| json(call, &cursor(hit.place)),
        ))
        .field(FieldDeclaration::made(
            "node",
            Ty::of("Node!"),
            "It: a `Project`, `Task`, `User` or `Comment`.",
            |hit: &Hit, call| Poll::Ready(Ok(node(&hit.row, call).map_or(Output::Null, Output::Object))),
        ))
        .field(FieldDeclaration::made(
            "fragments",
            Ty::of("[SearchFragment!]!"),
            "Where it was found, at most 5 places; none where the number of a task alone says so.",
            |hit: &Hit, call| {
                let of = call.type_of("SearchFragment");
                let fragments = hit.fragments(&viewer_of(call)?).into_iter();
                let fragments = fragments.map(|fragment| Some(Object::made(of, fragment)));
                Poll::Ready(Ok(Output::Objects(fragments.collect())))
            },
        ));
}
