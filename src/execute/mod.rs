//! Executes operations breadth first, from rows to bytes: a document becomes a plan, a plan is run in rounds of one
//! batch each, and the answer is written once. Knows no entity: what there is stands in a `Table`.

mod admitted;
mod arena;
mod arguments;
mod call;
mod data;
mod failure;
mod inputs;
mod listed;
mod mask;
mod object;
mod places;
mod plan;
mod planner;
mod resolve;
mod run;
mod seen;
mod table;
mod write;

pub use admitted::Admitted;
pub use arguments::Arguments;
pub use call::{Above, Call, Env};
pub use data::Data;
pub use failure::Failure;
pub use inputs::Inputs;
pub use listed::Listed;
pub use mask::deciders;
pub use object::{Object, Output, Subject, Text};
pub use plan::Plan;
pub use planner::{Fallback, Fragments, merged};
pub use run::Answer;
pub use seen::Seen;
pub use table::{Bind, Bound, Field, Resolve, Resolver, Shape, Table, Type, TypeId};
