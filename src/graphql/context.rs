//! What a request brings along, and how resolvers reach it.

use async_graphql::Context;

use crate::loader::Loaders;
use crate::model::{Permission, Viewer};
use crate::service::Services;

use super::ApiError;

/// Everything of one request: made by whoever received it, put into the request's data.
#[derive(Clone)]
pub struct Scope {
    /// Who asks; `None`: nobody is signed in.
    pub viewer: Option<Viewer>,
    /// The loaders of this request.
    pub loaders: Loaders,
    /// The services, for writes.
    pub services: Services,
    /// What the client calls itself, for its session; at most 300 characters.
    pub user_agent: String,
    /// Whether the session cookie is sent over HTTPS only.
    pub secure_cookie: bool,
}

/// The resolvers' way to the request.
pub trait ContextExt {
    /// The request's scope.
    fn scope(&self) -> &Scope;

    /// The signed-in viewer, or UNAUTHENTICATED.
    fn viewer(&self) -> Result<&Viewer, ApiError> {
        self.scope().viewer.as_ref().ok_or(ApiError::Unauthenticated(
            "sign in first: send the token of the login mutation",
        ))
    }

    /// The viewer, if they hold this permission in the organisation, or FORBIDDEN.
    fn viewer_with(&self, permission: Permission) -> Result<&Viewer, ApiError> {
        let viewer = self.viewer()?;
        if viewer.has(permission) {
            Ok(viewer)
        } else {
            Err(ApiError::Forbidden(permission))
        }
    }

    /// The loaders of this request.
    fn loaders(&self) -> &Loaders {
        &self.scope().loaders
    }

    /// The services.
    fn services(&self) -> &Services {
        &self.scope().services
    }
}

impl ContextExt for Context<'_> {
    fn scope(&self) -> &Scope {
        self.data_unchecked::<Scope>()
    }
}
