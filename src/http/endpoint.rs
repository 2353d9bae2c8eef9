//! What all requests of a server share.

use crate::app::App;
use crate::graphql::Limits;

use super::documents::Documents;
use super::names::Names;
use super::running::Running;

/// The app and what HTTP keeps beside it.
pub struct Endpoint {
    /// All that a request works with.
    pub app: App,
    /// What an operation may ask for.
    pub limits: Limits,
    /// Parsed documents.
    pub documents: Documents,
    /// Operation names that metrics tell apart.
    pub names: Names,
    /// Mutations that run, whether or not somebody still waits for them.
    pub running: Running,
}

impl Endpoint {
    /// An endpoint of its own for this app.
    pub fn new(app: App) -> Endpoint {
        Endpoint {
            limits: Limits::new(&app.config, &app.schema),
            app,
            documents: Documents::default(),
            names: Names::default(),
            running: Running::default(),
        }
    }
}
