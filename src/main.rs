//! The `kanvaro` program.
// As in the library: the roots of the schema nest one type for each group of mutations.
#![recursion_limit = "256"]

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kanvaro::cli::run()
}
