//! How much demo data is wanted.

use clap::Args;
use serde::{Deserialize, Serialize};

/// How much of what, and from which seed.
#[derive(Clone, Debug, PartialEq, Eq, Args, Serialize, Deserialize)]
pub struct DemoPlan {
    /// How many organisations to make
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub organizations: u32,
    /// How many users each of them has, the first an admin
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub users: u32,
    /// How many projects each of them has
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub projects: u32,
    /// How many tasks each of them has, in all its projects together
    #[arg(long, value_name = "N", default_value_t = 400, value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    pub tasks: u32,
    /// Another seed makes other data; the same seed on the same day makes the same
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
}

impl DemoPlan {
    /// What a server makes on an empty store. Its seed is none that `kanvaro demo` takes by itself,
    /// so that more can be added.
    pub fn first() -> DemoPlan {
        DemoPlan {
            organizations: 1,
            users: 12,
            projects: 8,
            tasks: 400,
            seed: 0,
        }
    }

    /// How many documents that is, comments aside.
    pub fn documents(&self) -> u64 {
        let each = 2 + u64::from(self.users) + u64::from(self.projects) + u64::from(self.tasks);
        u64::from(self.organizations) * each
    }
}
