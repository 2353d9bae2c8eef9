//! The one place where reads learn what the viewer sees. It loads what the rules of `model::permission` need,
//! for many entities at once; whatever a client reaches by id, list or relation has passed here.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{AnyEntity, Entity, EntityRef, Field, Filter, Id, Kind, Permission, Project, Row, Task, Value};
use crate::model::{Comment, Viewer, permission};

use super::{ApiError, Scope};

/// The entity, if it is there and the viewer sees it.
pub async fn visible(scope: &Scope, entity: EntityRef) -> Result<Option<AnyEntity>, ApiError> {
    Ok(visible_many(scope, &[entity]).await?.pop().flatten())
}

/// The entity of a known kind, if it is there and the viewer sees it.
pub async fn visible_as<E: Entity>(scope: &Scope, id: Id) -> Result<Option<Arc<E>>, ApiError>
where
    Arc<E>: TryFrom<AnyEntity>,
{
    let any = visible(scope, EntityRef::new(E::KIND, id)).await?;
    Ok(any.and_then(|any| any.try_into().ok()))
}

/// What is there of these and seen by the viewer: order and duplicates kept, `None` for all else.
pub async fn visible_many(scope: &Scope, entities: &[EntityRef]) -> Result<Vec<Option<AnyEntity>>, ApiError> {
    if entities.is_empty() || scope.viewer().is_none() {
        return Ok(vec![None; entities.len()]);
    }
    let loaded = scope.loaders.get_many(entities).await?;
    sift(scope, entities_of(loaded)).await
}

/// What the viewer sees of entities that have been loaded: order kept, `None` for all else.
pub async fn sift(scope: &Scope, loaded: Vec<Option<AnyEntity>>) -> Result<Vec<Option<AnyEntity>>, ApiError> {
    let Some(viewer) = scope.viewer() else {
        return Ok(vec![None; loaded.len()]);
    };
    // Another organisation's go first: nothing above them is loaded, so that not even the number of calls tells them
    // from what is absent.
    let own = |entity: &AnyEntity| entity.organization() == viewer.organization();
    let loaded: Vec<Option<AnyEntity>> = loaded.into_iter().map(|entity| entity.filter(own)).collect();
    let above = Above::load(scope, &loaded).await?;
    let seen = |entity: &AnyEntity| above.shows(viewer, entity);
    Ok(loaded.into_iter().map(|entity| entity.filter(seen)).collect())
}

/// The condition that a list of the viewer's organisation is narrowed by, so that its pages are full;
/// `project` is the field that names the project of what is listed, if it has one.
pub async fn listed(scope: &Scope, viewer: &Viewer, project: Option<Field>) -> Result<Filter, ApiError> {
    let tenant = Filter::All(vec![Filter::Eq("organization", Value::Id(viewer.organization()))]);
    let Some(field) = project.filter(|_| !viewer.has(Permission::ProjectViewAll)) else {
        return Ok(tenant);
    };
    let mut theirs: Vec<Id> = scope
        .loaders
        .memberships(viewer.user())
        .await?
        .iter()
        .copied()
        .collect();
    theirs.sort_unstable();
    Ok(tenant.and(Filter::In(field, theirs.into_iter().map(Value::Id).collect())))
}

/// What stands above some entities and decides whether they are seen.
struct Above(HashMap<EntityRef, AnyEntity>);

impl Above {
    /// Loads the tasks and projects above these, in one batch.
    async fn load(scope: &Scope, loaded: &[Option<AnyEntity>]) -> Result<Above, ApiError> {
        let mut wanted: Vec<EntityRef> = loaded.iter().flatten().flat_map(above).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(Above(HashMap::new()));
        }
        let found = entities_of(scope.loaders.get_many(&wanted).await?);
        let found = wanted.into_iter().zip(found);
        Ok(Above(found.filter_map(|(key, any)| Some((key, any?))).collect()))
    }

    fn shows(&self, viewer: &Viewer, entity: &AnyEntity) -> bool {
        entity.organization() == viewer.organization()
            && match entity {
                AnyEntity::Organization(_) | AnyEntity::User(_) => true,
                AnyEntity::Project(project) => permission::sees_project(viewer, project),
                AnyEntity::Task(task) => self.shows_task(viewer, task),
                AnyEntity::Comment(comment) => self.shows_comment(viewer, comment),
                AnyEntity::Session(_) => false,
            }
    }

    fn shows_task(&self, viewer: &Viewer, task: &Task) -> bool {
        let project = self.project(task.project);
        project.is_some_and(|project| permission::sees_task(viewer, task, project))
    }

    fn shows_comment(&self, viewer: &Viewer, comment: &Comment) -> bool {
        let (Some(task), Some(project)) = (self.task(comment.task), self.project(comment.project)) else {
            return false;
        };
        permission::sees_comment(viewer, comment, task, project)
    }

    fn project(&self, id: Id) -> Option<&Project> {
        match self.0.get(&EntityRef::new(Kind::Project, id)) {
            Some(AnyEntity::Project(project)) => Some(project),
            _ => None,
        }
    }

    fn task(&self, id: Id) -> Option<&Task> {
        match self.0.get(&EntityRef::new(Kind::Task, id)) {
            Some(AnyEntity::Task(task)) => Some(task),
            _ => None,
        }
    }
}

fn entities_of(rows: Vec<Option<Row>>) -> Vec<Option<AnyEntity>> {
    rows.into_iter().map(|row| row?.entity()).collect()
}

/// What has to be known besides the entity itself.
fn above(entity: &AnyEntity) -> Vec<EntityRef> {
    match entity {
        AnyEntity::Task(task) => vec![EntityRef::new(Kind::Project, task.project)],
        AnyEntity::Comment(comment) => vec![
            EntityRef::new(Kind::Project, comment.project),
            EntityRef::new(Kind::Task, comment.task),
        ],
        _ => Vec::new(),
    }
}
