//! Searching for words: what has them is found in the index alone, before any document is read. Asked in one go, MongoDB takes
//! one condition on an array from the index and reads a document to judge each other, and tries its indexes out anew where a
//! word is far more frequent than the one that the plan was chosen for.

use bson::{Document, doc};
use futures_util::future::try_join_all;

use crate::model::{Filter, Id, Query, Value};
use crate::store::StoreError;

use super::error::corrupt;
use super::filter::{bounded, condition, order};
use super::read::one_batch;
use super::source::Source;
use super::union::{MARK, ROW, union};

/// The most searches of one `aggregate`: each has a pipeline for every word.
const MAX_SEARCHES: usize = 20;

/// The ids that each search among these queries finds, none for what is no search: a round trip, where there are any.
/// Those for the newest by id only, whose order the index has.
pub(super) async fn found(source: &Source, queries: &[Query]) -> Result<Vec<Option<Vec<Id>>>, StoreError> {
    let mut all = vec![None; queries.len()];
    let searches = queries.iter().enumerate();
    let searches: Vec<_> = searches
        .filter_map(|(place, query)| Some((place, Search::of(query)?)))
        .collect();
    let chunks = searches.chunks(MAX_SEARCHES);
    let asked = chunks.clone().map(|chunk| find(source, chunk));
    for (searches, found) in chunks.zip(try_join_all(asked).await?) {
        for ((place, _), ids) in searches.iter().zip(found) {
            all[*place] = Some(ids);
        }
    }
    Ok(all)
}

/// What reads these, in the order of a query. Whether they match still is asked of each that was read: with that condition
/// beside the ids, all indexes would be tried out for it.
pub(super) fn stages_of(ids: &[Id], query: &Query) -> Vec<Document> {
    let wanted = Filter::In("_id", ids.iter().copied().map(Value::Id).collect());
    vec![
        doc! { "$match": condition(&wanted) },
        doc! { "$sort": order(query.sort) },
        doc! { "$limit": ids.len().max(1) as i64 },
        doc! { "$match": bounded(query) },
    ]
}

/// A query for the newest that have some words.
struct Search<'q> {
    query: &'q Query,
    words: Vec<Filter>,
    /// What they must be besides.
    rest: Filter,
}

impl Search<'_> {
    fn of(query: &Query) -> Option<Search<'_>> {
        let Filter::All(parts) = &query.filter else {
            return None;
        };
        let (words, rest): (Vec<&Filter>, Vec<&Filter>) = parts.iter().partition(|part| is_word(part));
        let is_search = !words.is_empty() && query.sort.field == "_id" && query.skip == 0 && query.limit > 0;
        is_search.then(|| Search {
            query,
            words: words.into_iter().map(in_index).collect(),
            rest: Filter::All(rest.into_iter().cloned().collect()),
        })
    }

    /// The ids of what has every word, each with the place of its search.
    fn stages(&self, collection: &str, place: usize) -> Vec<Document> {
        let with = |word: &Filter| {
            let filter = self.rest.clone().and(word.clone());
            let condition = bounded(&Query {
                filter,
                ..self.query.clone()
            });
            vec![doc! { "$match": condition }, doc! { "$project": { "_id": 1 } }]
        };
        let mut stages = union(collection, self.words.iter().map(with));
        stages.extend([
            doc! { "$group": { "_id": "$_id", "words": { "$sum": 1 } } },
            doc! { "$match": { "words": self.words.len() as i64 } },
            doc! { "$sort": order(self.query.sort) },
            doc! { "$limit": i64::from(self.query.limit) },
            doc! { "$replaceWith": { MARK: { "$literal": place as i64 }, ROW: "$_id" } },
        ]);
        stages
    }
}

/// What each search finds.
async fn find(source: &Source, searches: &[(usize, Search<'_>)]) -> Result<Vec<Vec<Id>>, StoreError> {
    let mut found = vec![Vec::new(); searches.len()];
    let parts = searches.iter().enumerate();
    let pipeline = union(
        source.name(),
        parts.map(|(place, (_, search))| search.stages(source.name(), place)),
    );
    let most = searches.iter().map(|(_, search)| search.query.limit as usize).sum();
    let rows = source.aggregate(pipeline, one_batch(most), |row| {
        let place = row.get_i64(MARK).map_err(corrupt)?;
        let id = row.get_object_id(ROW).map_err(corrupt)?;
        Ok((place, Id::from_bytes(id.bytes())))
    });
    for (place, id) in rows.await? {
        let ids = usize::try_from(place).ok().and_then(|place| found.get_mut(place));
        ids.ok_or_else(|| corrupt("an id of no search"))?.push(id);
    }
    Ok(found)
}

/// Whether it looks into an array, for one thing.
fn is_word(filter: &Filter) -> bool {
    match filter {
        Filter::Has(..) | Filter::Prefix(..) => true,
        Filter::Any(either) => !either.is_empty() && either.iter().all(is_word),
        _ => false,
    }
}

/// The same for the index: an element that is the value needs no document, as the element of an array would.
fn in_index(word: &Filter) -> Filter {
    match word {
        Filter::Has(field, value) => Filter::Eq(field, value.clone()),
        Filter::Any(either) => Filter::Any(either.iter().map(in_index).collect()),
        other => other.clone(),
    }
}
