//! Sequential numbers: taken from a counter, never handed out twice, and still right when documents were
//! brought in past the counter.

use std::sync::Arc;

use crate::model::{AnyEntity, Direction, Entity, Filter, Id, Kind, Query, Sort};
use crate::store::StoreError;

use super::services::ATTEMPTS;
use super::{ServiceError, Services};

/// The counter that the projects of an organisation are numbered by.
pub fn project_counter(organization: Id) -> String {
    format!("project:{organization}")
}

/// The counter that the tasks of a project are numbered by.
pub fn task_counter(project: Id) -> String {
    format!("task:{project}")
}

impl Services {
    /// Inserts what `numbered` makes of the next number of `counter`; `siblings` are those it counts among.
    pub(super) async fn insert_numbered<E: Entity>(
        &self,
        counter: &str,
        siblings: &Filter,
        numbered: impl Fn(i64) -> E,
    ) -> Result<Arc<E>, ServiceError> {
        let mut number = self.store.reserve(counter, 1).await?;
        for _ in 1..ATTEMPTS {
            match self.store.insert(numbered(number)).await {
                Err(StoreError::Duplicate { .. }) => {
                    self.pass_taken(counter, number, E::KIND, siblings).await?;
                    number = self.store.reserve(counter, 1).await?;
                }
                done => return Ok(done?),
            }
        }
        Ok(self.store.insert(numbered(number)).await?)
    }

    /// Moves the counter, which stands at `number`, past the highest of the documents that it doesn't know.
    pub(super) async fn pass_taken(
        &self,
        counter: &str,
        number: i64,
        kind: Kind,
        siblings: &Filter,
    ) -> Result<(), ServiceError> {
        let behind = self.highest(kind, siblings).await? - number;
        if let Ok(behind @ 1..) = u32::try_from(behind) {
            self.store.reserve(counter, behind).await?;
        }
        Ok(())
    }

    async fn highest(&self, kind: Kind, siblings: &Filter) -> Result<i64, ServiceError> {
        let query = Query {
            filter: siblings.clone(),
            sort: Sort {
                field: "number",
                direction: Direction::Descending,
            },
            after: None,
            skip: 0,
            limit: 1,
        };
        Ok(match self.store.page(kind, query).await?.pop() {
            Some(AnyEntity::Project(project)) => project.number,
            Some(AnyEntity::Task(task)) => task.number,
            _ => 0,
        })
    }
}
