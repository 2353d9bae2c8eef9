//! How object types reach others: by id, through the guard, one or several at a time.

use std::sync::Arc;

use async_graphql::{Context, ID, ObjectType};

use crate::model::{AnyEntity, Entity, EntityRef, Id};

use super::super::scalar::parse_id;
use super::super::{ApiError, ContextExt, guard};

/// What a nullable field resolves to: an error leaves null at its path and lets its neighbours be.
pub type Nullable<T> = Option<Result<T, ApiError>>;

/// An object type whose objects are entities.
pub trait EntityObject: ObjectType + Clone + Send + Sync + 'static {
    /// The model type behind it.
    type Entity: Entity;

    /// The object of this entity; `None` when it is of another kind.
    fn wrap(entity: AnyEntity) -> Option<Self>;
}

macro_rules! entity_objects {
    ($($object:ident: $entity:ident),* $(,)?) => { $(
        impl EntityObject for super::$object {
            type Entity = crate::model::$entity;

            fn wrap(entity: AnyEntity) -> Option<Self> {
                Arc::try_from(entity).ok().map(super::$object)
            }
        }
    )* };
}

entity_objects! {
    OrganizationObject: Organization,
    UserObject: User,
    ProjectObject: Project,
    TaskObject: Task,
    CommentObject: Comment,
}

/// The object that a signed-in viewer names by its global id; null when it is absent or not seen.
pub async fn find<O: EntityObject>(ctx: &Context<'_>, argument: &str, id: &ID) -> Nullable<O> {
    let read = async || {
        ctx.viewer()?;
        let id = parse_id(argument, <O::Entity as Entity>::KIND, id)?;
        load(ctx, id).await
    };
    read().await.transpose()
}

/// The object that another points at; null when it is absent or not seen.
pub async fn one<O: EntityObject>(ctx: &Context<'_>, id: Option<Id>) -> Nullable<O> {
    load(ctx, id?).await.transpose()
}

/// The objects that another points at, in their order, without those that are absent or not seen.
pub async fn several<O: EntityObject>(ctx: &Context<'_>, ids: &[Id]) -> Nullable<Vec<O>> {
    let references: Vec<EntityRef> = ids.iter().map(|id| reference::<O>(*id)).collect();
    let seen = guard::visible_many(ctx.scope(), &references).await;
    Some(seen.map(|seen| seen.into_iter().flatten().filter_map(O::wrap).collect()))
}

async fn load<O: EntityObject>(ctx: &Context<'_>, id: Id) -> Result<Option<O>, ApiError> {
    let seen = guard::visible(ctx.scope(), reference::<O>(id)).await?;
    Ok(seen.and_then(O::wrap))
}

fn reference<O: EntityObject>(id: Id) -> EntityRef {
    EntityRef::new(<O::Entity as Entity>::KIND, id)
}
