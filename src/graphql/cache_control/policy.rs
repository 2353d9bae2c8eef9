//! How long one answer may be kept, and by whom.

use async_graphql::Enum;

/// Who may keep an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "CacheControlScope")]
pub enum CacheScope {
    /// Whoever passes it on: it is the same for everybody, signed in or not.
    Public,
    /// The server, and whoever asked.
    Private,
}

/// How long an answer may be kept, in seconds from when it was made, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long it is fresh; 0: it is not to be kept.
    pub max_age: u32,
    /// Who may keep it.
    pub scope: CacheScope,
    /// How long after that it may be served once more while it is made anew.
    pub stale_while_revalidate: u32,
    /// How long after that it may be served when it can't be made anew.
    pub stale_if_error: u32,
}

/// No answer is kept for longer, whatever its parts allow.
const LONGEST: u32 = 5 * 60;

impl Policy {
    /// Not to be kept.
    pub const NONE: Policy = Policy {
        max_age: 0,
        scope: CacheScope::Private,
        stale_while_revalidate: 0,
        stale_if_error: 0,
    };

    /// What an answer that depends on the schema alone allows.
    pub const STATIC: Policy = Policy {
        max_age: LONGEST,
        scope: CacheScope::Public,
        stale_while_revalidate: LONGEST,
        stale_if_error: LONGEST,
    };

    /// Whether the answer may be kept at all.
    pub fn is_cacheable(&self) -> bool {
        self.max_age > 0
    }

    /// What both allow.
    pub fn and(self, other: Policy) -> Policy {
        let both = Policy {
            max_age: self.max_age.min(other.max_age),
            scope: match (self.scope, other.scope) {
                (CacheScope::Public, CacheScope::Public) => CacheScope::Public,
                _ => CacheScope::Private,
            },
            stale_while_revalidate: self.stale_while_revalidate.min(other.stale_while_revalidate),
            stale_if_error: self.stale_if_error.min(other.stale_if_error),
        };
        if both.is_cacheable() { both } else { Policy::NONE }
    }

    /// The same for whoever asked alone.
    pub fn private(self) -> Policy {
        Policy {
            scope: CacheScope::Private,
            ..self
        }
    }

    /// The same, gone after so many seconds: neither fresh nor stale.
    pub fn within(self, seconds: u32) -> Policy {
        let max_age = self.max_age.min(seconds);
        self.and(Policy {
            max_age,
            scope: self.scope,
            stale_while_revalidate: seconds - max_age,
            stale_if_error: seconds - max_age,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: Policy = Policy {
        max_age: 180,
        scope: CacheScope::Private,
        stale_while_revalidate: 60,
        stale_if_error: 300,
    };

    #[test]
    fn two_policies_allow_what_both_do() {
        let both = LIST.and(Policy {
            max_age: 200,
            stale_if_error: 0,
            ..Policy::STATIC
        });
        assert_eq!(
            both,
            Policy {
                stale_if_error: 0,
                ..LIST
            }
        );
        assert_eq!(LIST.and(Policy::STATIC), LIST);
        assert_eq!(LIST.and(Policy::NONE), Policy::NONE);
        assert_eq!(Policy::STATIC.and(Policy::STATIC), Policy::STATIC);
    }

    #[test]
    fn what_ends_at_a_moment_is_not_served_stale_after_it() {
        let ending = LIST.within(200);
        assert_eq!(
            (ending.max_age, ending.stale_while_revalidate, ending.stale_if_error),
            (180, 20, 20)
        );
        assert_eq!(
            LIST.within(7),
            Policy {
                max_age: 7,
                stale_while_revalidate: 0,
                stale_if_error: 0,
                ..LIST
            }
        );
        assert_eq!(LIST.within(0), Policy::NONE);
        assert_eq!(LIST.within(u32::MAX), LIST);
    }
}
