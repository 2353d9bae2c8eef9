//! What a request brings along, and how resolvers reach it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_graphql::Context;

use crate::loader::Loaders;
use crate::media::Uploads;
use crate::media::blob::BlobKey;
use crate::model::{Consulted, ConsultedRecord, Permission, Timestamp, Viewer};
use crate::service::Services;

use super::{ApiError, Client, Policy};

/// Everything of one request: made by whoever received it, put into the request's data. Its clones share what is
/// recorded, so whoever keeps one knows after the run what the answer depends on.
#[derive(Clone)]
pub struct Scope {
    viewer: Option<Viewer>,
    consulted: ConsultedRecord,
    /// The answer is right until then, in milliseconds.
    until: Arc<AtomicI64>,
    /// The loaders of this request.
    pub loaders: Loaders,
    /// The services, for writes.
    pub services: Services,
    /// What mutations need to know of the client.
    pub client: Client,
    uploads: Uploads,
}

impl Scope {
    /// The scope of one request of this viewer; `None`: nobody is signed in.
    pub fn new(viewer: Option<Viewer>, loaders: Loaders, services: Services, client: Client) -> Scope {
        let consulted = ConsultedRecord::default();
        Scope {
            viewer: viewer.map(|viewer| viewer.recorded(consulted.clone())),
            consulted,
            until: Arc::new(AtomicI64::new(i64::MAX)),
            loaders,
            services,
            client,
            uploads: Uploads::default(),
        }
    }

    /// The same for a request that has brought these files.
    pub fn with_uploads(self, uploads: Uploads) -> Scope {
        Scope { uploads, ..self }
    }

    /// The address of a public asset.
    pub fn public_link(&self, key: &BlobKey) -> String {
        self.services.assets().links.public(key)
    }

    /// A signed address of a private file. An answer that shows it may be kept as long as half of the address's life is left to
    /// whoever gets the answer.
    pub fn private_link(&self, key: &BlobKey, name: &str) -> String {
        let assets = self.services.assets();
        let (address, kept_until) = assets.links.lasting(key, name, assets.link_life);
        self.cache_until(kept_until);
        address
    }

    /// The files that the request has brought.
    pub fn uploads(&self) -> &Uploads {
        &self.uploads
    }

    /// Who asks; `None`: nobody is signed in.
    pub fn viewer(&self) -> Option<&Viewer> {
        self.consulted.note(Consulted::SignedIn);
        self.viewer.as_ref()
    }

    /// Who asks, or UNAUTHENTICATED.
    pub fn signed_in(&self) -> Result<&Viewer, ApiError> {
        self.viewer().ok_or(ApiError::Unauthenticated(
            "sign in first: send the token of the login mutation",
        ))
    }

    /// How much of whoever asks was consulted so far.
    pub fn consulted(&self) -> Consulted {
        self.consulted.highest()
    }

    /// What of whoever asks tells apart answers that consulted this much; asking for it records nothing.
    pub fn key(&self, level: Consulted) -> &str {
        level.key(self.viewer.as_ref())
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.services.now()
    }

    /// Says that what is being resolved is right until then, and may be something else after it without a write. The
    /// earliest such moment holds for the whole answer, fresh or stale.
    pub fn cache_until(&self, moment: Timestamp) {
        self.until.fetch_min(moment.millis(), Ordering::Relaxed);
    }

    /// The policy of the answer that was made: the planned one, shortened by what resolvers have said; its times count
    /// from `now`. What depends on whoever asks is private, whatever was planned.
    pub fn policy(&self, planned: Policy, now: Timestamp) -> Policy {
        let policy = match self.consulted() {
            Consulted::Nothing => planned,
            _ => planned.private(),
        };
        let left = self.until.load(Ordering::Relaxed).saturating_sub(now.millis());
        policy.within(u32::try_from(left.max(0) / 1_000).unwrap_or(u32::MAX))
    }
}

/// The resolvers' way to the request.
pub trait ContextExt {
    /// The request's scope.
    fn scope(&self) -> &Scope;

    /// The signed-in viewer, or UNAUTHENTICATED.
    fn viewer(&self) -> Result<&Viewer, ApiError> {
        self.scope().signed_in()
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
