//! The feed of changes: a change stream over our collections, with the images that they keep.

use std::time::Duration;

use async_trait::async_trait;
use bson::{Document, RawDocumentBuf, doc};
use futures_util::stream::{self, BoxStream, StreamExt};
use mongodb::Database;
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::{ChangeStreamEvent, OperationType, ResumeToken};
use mongodb::error::Error;
use mongodb::options::{FullDocumentBeforeChangeType, FullDocumentType};
use serde::{Deserialize, Serialize};

use crate::model::{Id, Kind, Moment, Timestamp};
use crate::store::StoreError;
use crate::store::feed::{Feed, Held, Place, Seen, Sight};

use super::error::{corrupt, store_error};
use super::{lease, moment};

/// How long the server waits for something to happen before it says that nothing has.
const IDLE: Duration = Duration::from_secs(1);

/// The feed of one database.
pub(super) struct MongoFeed {
    database: Database,
}

type Event = ChangeStreamEvent<RawDocumentBuf>;

/// A resume token, as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    token: ResumeToken,
}

impl MongoFeed {
    pub(super) async fn open(database: Database) -> Result<MongoFeed, StoreError> {
        lease::prepare(&database, lease::FOLLOWER).await?;
        Ok(MongoFeed { database })
    }

    async fn open_stream(&self, place: Option<Place>) -> Result<ChangeStream<Event>, Error> {
        let mut watch = self
            .database
            .watch()
            .pipeline(pipeline())
            .full_document(FullDocumentType::WhenAvailable)
            .full_document_before_change(FullDocumentBeforeChangeType::WhenAvailable)
            .max_await_time(IDLE);
        if let Some(place) = place {
            let kept: Kept = bson::deserialize_from_slice(&place)?;
            watch = watch.start_after(kept.token);
        }
        Ok(watch.await?.with_type())
    }
}

#[async_trait]
impl Feed for MongoFeed {
    async fn hold(&self, holder: Id, term: Duration, place: Option<Place>) -> Result<Option<Held>, StoreError> {
        lease::hold(&self.database, lease::FOLLOWER, holder, term, place).await
    }

    async fn release(&self, holder: Id) -> Result<(), StoreError> {
        lease::release(&self.database, lease::FOLLOWER, holder).await
    }

    async fn watch(&self, place: Option<Place>) -> Result<BoxStream<'static, Result<Seen, StoreError>>, StoreError> {
        let resumes = place.is_some();
        match self.open_stream(place).await.map_err(store_error) {
            Ok(changes) => Ok(stream::unfold(Some(changes), step).boxed()),
            Err(StoreError::Corrupt(why)) if resumes => Ok(stream::iter([Ok(gap(why))]).boxed()),
            Err(error) => Err(error),
        }
    }
}

type Step = (Result<Seen, StoreError>, Option<ChangeStream<Event>>);

/// What is seen next, and what to go on with. What the server refuses to tell is a gap, and the end.
async fn step(changes: Option<ChangeStream<Event>>) -> Option<Step> {
    let mut changes = changes?;
    match changes.next_if_any().await.map_err(store_error) {
        Ok(Some(event)) => {
            let ends = event.operation_type == OperationType::Invalidate;
            Some((seen(event), (!ends).then_some(changes)))
        }
        Ok(None) if !changes.is_alive() => Some((Ok(gap("the server has closed it".into())), None)),
        Ok(None) => Some((idle(changes.resume_token()), Some(changes))),
        Err(StoreError::Corrupt(why)) => Some((Ok(gap(why)), None)),
        Err(error) => Some((Err(error), None)),
    }
}

/// Documents of our collections, and what happens to the collections themselves.
fn pipeline() -> Vec<Document> {
    let ours: Vec<&str> = Kind::ALL.iter().map(|kind| kind.collection()).collect();
    let whole = doc! { "operationType": { "$in": ["dropDatabase", "invalidate"] } };
    let any = vec![
        doc! { "ns.coll": { "$in": &ours } },
        doc! { "to.coll": { "$in": ours } },
        whole,
    ];
    vec![
        doc! { "$match": { "$or": any } },
        doc! { "$unset": ["updateDescription", "lsid", "txnNumber"] },
    ]
}

fn seen(event: Event) -> Result<Seen, StoreError> {
    Ok(Seen {
        place: place(event.id)?,
        moment: event.cluster_time.map_or(Moment::NONE, moment::from_timestamp),
        at: event.wall_time.map(|at| Timestamp::from_millis(at.timestamp_millis())),
        sight: sight(
            &event.operation_type,
            event.ns.and_then(|ns| ns.coll),
            event.full_document_before_change,
            event.full_document,
        ),
    })
}

fn sight(
    done: &OperationType,
    collection: Option<String>,
    before: Option<RawDocumentBuf>,
    after: Option<RawDocumentBuf>,
) -> Sight {
    let of = |kind: &&Kind| Some(kind.collection()) == collection.as_deref();
    let kind = Kind::ALL.iter().find(of).copied();
    let (had, has) = match done {
        OperationType::Insert => (false, true),
        OperationType::Update | OperationType::Replace => (true, true),
        OperationType::Delete => (true, false),
        other => return Sight::Gap(format!("{other:?} of {}", collection.unwrap_or_default())),
    };
    match kind {
        Some(kind) if had == before.is_some() && has == after.is_some() => Sight::Change {
            kind,
            before: before.map(RawDocumentBuf::into_bytes),
            after: after.map(RawDocumentBuf::into_bytes),
        },
        _ => Sight::Gap(format!("{} keeps no images", collection.unwrap_or_default())),
    }
}

fn gap(why: String) -> Seen {
    Seen {
        sight: Sight::Gap(why),
        moment: Moment::NONE,
        at: None,
        place: Place::new(),
    }
}

fn idle(token: Option<ResumeToken>) -> Result<Seen, StoreError> {
    Ok(Seen {
        sight: Sight::Idle,
        moment: Moment::NONE,
        at: None,
        place: token.map_or_else(|| Ok(Place::new()), place)?,
    })
}

fn place(token: ResumeToken) -> Result<Place, StoreError> {
    bson::serialize_to_vec(&Kept { token }).map_err(corrupt)
}
