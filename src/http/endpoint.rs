//! What all requests of a server share.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::app::App;
use crate::config::Network;
use crate::graphql::{Limits, Policies};

use super::admissions::Admissions;
use super::answers::{Fills, Unkept};
use super::documents::Documents;
use super::hits::Hits;
use super::names::Names;
use super::persisted::Persisted;
use super::requests::Requests;
use super::running::Running;

/// The app and what HTTP keeps beside it.
pub struct Endpoint {
    /// All that a request works with.
    pub app: App,
    /// What an operation may ask for.
    pub limits: Limits,
    /// How long answers may be kept.
    pub policies: Policies,
    /// Tells the schema of this server from every other, and from the same without introspection.
    pub schema: [u8; 32],
    /// Parsed documents.
    pub documents: Documents,
    /// Queries by the bytes of their requests.
    pub requests: Requests,
    /// Documents that clients name by an id.
    pub persisted: Persisted,
    /// Answers by the requests that they went to.
    pub hits: Hits,
    /// Who was let in by which token.
    pub admissions: Admissions,
    /// Answers on their way into the cache.
    pub fills: Fills,
    /// Questions whose answers are not looked for.
    pub unkept: Unkept,
    /// The proxies in front whose word counts.
    pub proxies: Vec<Network>,
    /// Operation names that metrics tell apart.
    pub names: Names,
    /// Mutations that run, whether or not somebody still waits for them.
    pub running: Running,
}

impl Endpoint {
    /// An endpoint of its own for this app.
    pub fn new(app: App) -> Endpoint {
        let policies =
            Policies::new(&app.executor.schema().sdl()).expect("its hints were read when the schema was built");
        Endpoint {
            limits: Limits::new(&app.config, app.executor.schema()),
            schema: schema(&app, &policies),
            policies,
            persisted: Persisted::new(app.cache.clone(), Arc::clone(&app.trusted)),
            hits: Hits::new(serves_again(&app)),
            admissions: Admissions::default(),
            fills: Fills::new(app.cache.clone(), app.metrics.clone()),
            unkept: Unkept::default(),
            proxies: app
                .config
                .trusted_proxies
                .iter()
                .filter_map(|text| Network::parse(text))
                .collect(),
            app,
            documents: Documents::default(),
            requests: Requests::default(),
            names: Names::default(),
            running: Running::default(),
        }
    }
}

/// Whether answers are found again by their requests: where they are kept in the process anyway, and not compared with the store.
fn serves_again(app: &App) -> bool {
    app.cache.is_near() && app.config.answer_seconds > 0 && app.config.shadow == 0.0
}

/// A hash of all that answers depend on and that stays the same while the server runs.
fn schema(app: &App, policies: &Policies) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(policies.schema());
    hash.update([u8::from(app.config.serves_introspection())]);
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.finalize().into()
}
