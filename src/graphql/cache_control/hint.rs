//! One `@cacheControl` as it stands in the SDL, checked.

use async_graphql::parser::types::ConstDirective;
use async_graphql::{Positioned, Value};

use super::directive::{IF_ERROR, INHERIT, MAX_AGE, NAME, SCOPE, WHILE_REVALIDATE};
use super::{CacheScope, Policy};

/// What was said of a type or a field; what was left out is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// How long, in seconds; `None` with `inherit`: as long as what it stands in.
    pub max_age: Option<u32>,
    /// Who may keep it.
    pub scope: Option<CacheScope>,
    /// Whether it lives as long as what it stands in.
    pub inherit: bool,
    /// Served while it is made anew.
    pub while_revalidate: Option<u32>,
    /// Served when it can't be made anew.
    pub if_error: Option<u32>,
}

/// Why a schema is refused: `at` is a type or `Type.field`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HintError {
    /// A time that is none.
    #[error(
        "{at}: {argument} of @cacheControl is {found}; it is a whole number of seconds from 0 to {LONGEST}, a year"
    )]
    Seconds {
        /// Where.
        at: String,
        /// Which argument.
        argument: String,
        /// What stands there.
        found: String,
    },
    /// A scope that there isn't.
    #[error("{at}: scope of @cacheControl is {found}; it is PUBLIC or PRIVATE")]
    Scope {
        /// Where.
        at: String,
        /// What stands there.
        found: String,
    },
    /// A flag that is none.
    #[error("{at}: inheritMaxAge of @cacheControl is {found}; it is true or false")]
    Inherit {
        /// Where.
        at: String,
        /// What stands there.
        found: String,
    },
    /// Two times at once.
    #[error("{at}: @cacheControl has both inheritMaxAge and {argument}; it takes one of them")]
    Both {
        /// Where.
        at: String,
        /// What goes against it.
        argument: String,
    },
    /// A time to be stale for, and none to be fresh for.
    #[error("{at}: @cacheControl has {argument} without maxAge; what is never fresh is never stale")]
    Alone {
        /// Where.
        at: String,
        /// What stands alone.
        argument: String,
    },
    /// An argument that there isn't, or the directive twice.
    #[error(
        "{at}: @cacheControl has {found}; it stands there once, with maxAge, scope, inheritMaxAge, \
         staleWhileRevalidate or staleIfError"
    )]
    Unknown {
        /// Where.
        at: String,
        /// What stands there.
        found: String,
    },
    /// The SDL can't be read at all.
    #[error("the schema can't be read: {0}")]
    Unreadable(String),
}

/// The longest time of a hint: a year.
const LONGEST: u32 = 365 * 86_400;

impl Hint {
    /// The hint among these directives, if there is one.
    pub fn read(at: &str, directives: &[Positioned<ConstDirective>]) -> Result<Option<Hint>, HintError> {
        let mut named = directives.iter().filter(|directive| directive.node.name.node == NAME);
        let Some(directive) = named.next() else { return Ok(None) };
        if named.next().is_some() {
            let (at, found) = (at.into(), "itself as a neighbour".into());
            return Err(HintError::Unknown { at, found });
        }
        let mut hint = Hint::default();
        for (name, value) in &directive.node.arguments {
            hint.set(at, &name.node, &value.node)?;
        }
        hint.agreeing(at).map(Some)
    }

    /// The times that it gives; `None`: those of what it stands in.
    pub fn policy(&self, scope: Option<CacheScope>) -> Option<Policy> {
        let max_age = self.max_age?;
        Some(Policy {
            max_age,
            scope: scope.unwrap_or(CacheScope::Private),
            stale_while_revalidate: self.while_revalidate.unwrap_or(0),
            stale_if_error: self.if_error.unwrap_or(0),
        })
    }

    fn set(&mut self, at: &str, name: &str, value: &Value) -> Result<(), HintError> {
        match name {
            MAX_AGE => self.max_age = Some(seconds(at, name, value)?),
            WHILE_REVALIDATE => self.while_revalidate = Some(seconds(at, name, value)?),
            IF_ERROR => self.if_error = Some(seconds(at, name, value)?),
            SCOPE => self.scope = Some(scope(at, value)?),
            INHERIT => self.inherit = flag(at, value)?,
            _ => {
                let (at, found) = (at.into(), format!("the argument {name}"));
                return Err(HintError::Unknown { at, found });
            }
        }
        Ok(())
    }

    fn agreeing(self, at: &str) -> Result<Hint, HintError> {
        let times = [
            (MAX_AGE, self.max_age),
            (WHILE_REVALIDATE, self.while_revalidate),
            (IF_ERROR, self.if_error),
        ];
        let Some((argument, _)) = times.into_iter().find(|(_, time)| time.is_some()) else {
            return Ok(self);
        };
        let (at, argument) = (at.into(), argument.into());
        match self.max_age {
            _ if self.inherit => Err(HintError::Both { at, argument }),
            None => Err(HintError::Alone { at, argument }),
            Some(_) => Ok(self),
        }
    }
}

fn seconds(at: &str, argument: &str, value: &Value) -> Result<u32, HintError> {
    let number = match value {
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        _ => None,
    };
    number
        .filter(|seconds| *seconds <= LONGEST)
        .ok_or_else(|| HintError::Seconds {
            at: at.into(),
            argument: argument.into(),
            found: value.to_string(),
        })
}

fn scope(at: &str, value: &Value) -> Result<CacheScope, HintError> {
    match value {
        Value::Enum(name) if name == "PUBLIC" => Ok(CacheScope::Public),
        Value::Enum(name) if name == "PRIVATE" => Ok(CacheScope::Private),
        other => Err(HintError::Scope {
            at: at.into(),
            found: other.to_string(),
        }),
    }
}

fn flag(at: &str, value: &Value) -> Result<bool, HintError> {
    match value {
        Value::Boolean(flag) => Ok(*flag),
        other => Err(HintError::Inherit {
            at: at.into(),
            found: other.to_string(),
        }),
    }
}
