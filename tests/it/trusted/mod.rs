//! Trusted documents: asked for by their ids, and where nothing else is answered; and how a server is started with them.

mod manifest;
mod only;
mod request;
mod site;
mod start;
