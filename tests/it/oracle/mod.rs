//! The differential test of execution: the server and graphql-js over the same data.

mod answer;
mod arguments;
mod document;
mod draft;
mod literal;
mod names;
mod person;
mod pool;
mod process;
mod queries;
mod sdl;
mod site;
mod values;
mod variables;
mod world;
