//! Whole stores on their way: `copy` from one engine to the other, `export` and `import` as JSON lines. What is written is read
//! back and compared before it counts as done.

mod copy;
mod end;
mod export;
mod file;
mod fill;
mod import;
mod lines;
mod parcel;
mod report;
mod source;
mod tally;
mod walk;

pub use copy::copy;
pub use export::export;
pub use import::import;
