//! Why a document is refused before it runs: what, how much, how much is allowed.

/// The limit that a document goes beyond; its text is for the client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// Fields in fields in fields.
    #[error("the operation is {found} levels of fields deep; at most {allowed} are allowed")]
    Depth {
        /// How many levels there are.
        found: usize,
        /// How many there may be.
        allowed: usize,
    },
    /// Lists in lists.
    #[error(
        "the operation has a complexity of {found}; at most {allowed} is allowed \
         (each field counts 1, times the sizes of the lists it is in: ask for smaller pages)"
    )]
    Complexity {
        /// What it costs.
        found: u64,
        /// What it may cost.
        allowed: u64,
    },
    /// One field again and again under other names.
    #[error(
        "the field {field} stands under more than {allowed} aliases in one selection; at most {allowed} are allowed"
    )]
    Aliases {
        /// Which field.
        field: String,
        /// How many there may be.
        allowed: usize,
    },
    /// Directives without end.
    #[error("the operation has {found} directives; at most {allowed} are allowed")]
    Directives {
        /// How many there are.
        found: usize,
        /// How many there may be.
        allowed: usize,
    },
    /// Selections and fragments in one another.
    #[error("selections and fragments are nested more than {allowed} levels deep; at most {allowed} are allowed")]
    Nesting {
        /// How many levels there may be.
        allowed: usize,
    },
    /// A fragment that contains itself.
    #[error("the fragment {0} spreads itself, directly or through others; fragments must end")]
    Cycle(String),
}
