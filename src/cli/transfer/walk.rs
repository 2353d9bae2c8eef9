//! Two holders of documents walked side by side in the order of their ids: what one has and the other hasn't, or has otherwise.

use std::cmp::Ordering;
use std::collections::VecDeque;

use anyhow::Result;

use super::source::Source;
use crate::model::{AnyEntity, Id, Kind};

/// A difference, seen from the source.
pub enum Difference {
    /// The target hasn't got it.
    Missing(AnyEntity),
    /// The target has it otherwise.
    Other {
        /// As the source has it.
        source: AnyEntity,
        /// As the target has it.
        target: AnyEntity,
    },
    /// The source hasn't got it.
    Extra(AnyEntity),
}

/// A walk through the documents of one kind.
///
/// Whoever follows it may write its differences into the target while it goes on: what is written has an id that the walk
/// through the target has passed already.
pub struct Walk<'a> {
    source: Side<'a>,
    target: Side<'a>,
}

struct Side<'a> {
    documents: &'a mut dyn Source,
    kind: Kind,
    page: VecDeque<AnyEntity>,
    last: Option<Id>,
    ended: bool,
}

impl<'a> Walk<'a> {
    /// From the beginning.
    pub fn new(kind: Kind, source: &'a mut dyn Source, target: &'a mut dyn Source) -> Walk<'a> {
        Walk {
            source: Side::new(kind, source),
            target: Side::new(kind, target),
        }
    }

    /// What comes next: `None` at the end, else how it differs, if it does.
    pub async fn next(&mut self) -> Result<Option<Option<Difference>>> {
        let (source, target) = (self.source.peek().await?, self.target.peek().await?);
        let order = match (source, target) {
            (None, None) => return Ok(None),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(source), Some(target)) => source.cmp(&target),
        };
        Ok(Some(match order {
            Ordering::Less => self.source.take().map(Difference::Missing),
            Ordering::Greater => self.target.take().map(Difference::Extra),
            Ordering::Equal => match (self.source.take(), self.target.take()) {
                (Some(source), Some(target)) if image(&source)? != image(&target)? => {
                    Some(Difference::Other { source, target })
                }
                _ => None,
            },
        }))
    }
}

/// What two documents are compared by, and what checksums are made of.
pub fn image(entity: &AnyEntity) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(entity)?)
}

impl<'a> Side<'a> {
    fn new(kind: Kind, documents: &'a mut dyn Source) -> Side<'a> {
        Side {
            documents,
            kind,
            page: VecDeque::new(),
            last: None,
            ended: false,
        }
    }

    async fn peek(&mut self) -> Result<Option<Id>> {
        if self.page.is_empty() && !self.ended {
            self.page = self.documents.page(self.kind, self.last).await?.into();
            self.ended = self.page.is_empty();
            self.last = self.page.back().map(|entity| entity.reference().id).or(self.last);
        }
        Ok(self.page.front().map(|entity| entity.reference().id))
    }

    fn take(&mut self) -> Option<AnyEntity> {
        self.page.pop_front()
    }
}
