//! The differential test of execution: the server and graphql-js over the same data.

mod answer;
mod arguments;
mod change;
mod document;
mod draft;
mod found;
mod literal;
mod mutations;
mod names;
mod person;
mod pool;
mod process;
mod queries;
mod room;
mod run;
mod sdl;
mod site;
mod values;
mod variables;
mod world;
