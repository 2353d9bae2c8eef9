//! `@cacheControl` as the SDL declares it, and the short ways to put it on types and fields:
//! `directive = Kept::apply(Kind::Task)`. The library's own cache hints are not used: the SDL doesn't show them, and
//! they let a field without a hint ride on its neighbours.

use std::borrow::Cow;

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::location_traits::{
    Directive_At_FIELD_DEFINITION, Directive_At_INTERFACE, Directive_At_OBJECT,
};
use async_graphql::registry::{
    __DirectiveLocation, Deprecation, MetaDirective, MetaDirectiveInvocation, MetaInputValue, Registry,
};
use async_graphql::{InputType, TypeDirective, Value};

use crate::model::Kind;

use super::CacheScope;

/// The directive's name.
pub const NAME: &str = "cacheControl";
/// How long, in seconds.
pub const MAX_AGE: &str = "maxAge";
/// Who may keep it.
pub const SCOPE: &str = "scope";
/// As long as what it stands in.
pub const INHERIT: &str = "inheritMaxAge";
/// Served while it is made anew.
pub const WHILE_REVALIDATE: &str = "staleWhileRevalidate";
/// Served when it can't be made anew.
pub const IF_ERROR: &str = "staleIfError";

/// An entity: as long as entities of this kind are kept.
pub struct Kept;

/// A list, or what is counted or summed up over one: as long as lists of this kind are kept.
pub struct KeptList;

/// What changes without its writers saying so at once: so many seconds, and never stale.
pub struct KeptBriefly;

/// What is made of nothing but what it stands in.
pub struct Inherit;

/// What may be served once its time is over, while all that it is made of is still current.
const STALE: [(&str, u64); 2] = [(WHILE_REVALIDATE, 60), (IF_ERROR, 300)];

impl Kept {
    /// The hint for entities of this kind.
    pub fn apply(kind: Kind) -> MetaDirectiveInvocation {
        invocation([(MAX_AGE, kind.ttl().as_secs())].into_iter().chain(STALE))
    }
}

impl KeptList {
    /// The hint for lists of this kind.
    pub fn apply(kind: Kind) -> MetaDirectiveInvocation {
        invocation([(MAX_AGE, kind.list_ttl().as_secs())].into_iter().chain(STALE))
    }
}

impl KeptBriefly {
    /// The hint of so many seconds.
    pub fn apply(seconds: u64) -> MetaDirectiveInvocation {
        invocation([(MAX_AGE, seconds)])
    }
}

impl Inherit {
    /// The hint.
    pub fn apply() -> MetaDirectiveInvocation {
        invocation([(INHERIT, true)])
    }
}

fn invocation<V: Into<Value>>(arguments: impl IntoIterator<Item = (&'static str, V)>) -> MetaDirectiveInvocation {
    let arguments = arguments.into_iter();
    MetaDirectiveInvocation {
        name: NAME.into(),
        args: arguments.map(|(name, value)| (name.into(), value.into())).collect(),
    }
}

macro_rules! hints {
    ($($hint:ident),*) => { $(
        impl TypeDirective for $hint {
            fn name(&self) -> Cow<'static, str> {
                NAME.into()
            }

            fn register(&self, registry: &mut Registry) {
                declare(registry);
            }
        }

        impl Directive_At_FIELD_DEFINITION for $hint {}
        impl Directive_At_OBJECT for $hint {}
        impl Directive_At_INTERFACE for $hint {}
    )* };
}

hints!(Kept, KeptList, KeptBriefly, Inherit);

/// Makes the directive known to a registry.
pub fn declare(registry: &mut Registry) {
    let arguments = [
        argument(MAX_AGE, Option::<i32>::create_type_info(registry)),
        argument(SCOPE, Option::<CacheScope>::create_type_info(registry)),
        argument(INHERIT, Option::<bool>::create_type_info(registry)),
        argument(WHILE_REVALIDATE, Option::<i32>::create_type_info(registry)),
        argument(IF_ERROR, Option::<i32>::create_type_info(registry)),
    ];
    registry.add_directive(MetaDirective {
        name: NAME.into(),
        description: Some(DESCRIPTION.into()),
        locations: vec![
            __DirectiveLocation::FIELD_DEFINITION,
            __DirectiveLocation::OBJECT,
            __DirectiveLocation::INTERFACE,
            __DirectiveLocation::UNION,
        ],
        args: IndexMap::from(arguments),
        is_repeatable: false,
        visible: None,
        composable: None,
    });
}

const DESCRIPTION: &str = "How long an answer with this may be kept, in seconds: an answer is kept for as long as all
that it selects allows, and not at all when it selects an object that nothing was said of. A field counts before the
type of its objects. `inheritMaxAge`: as long as what it stands in. PRIVATE unless PUBLIC stands there.";

fn argument(name: &str, ty: String) -> (String, MetaInputValue) {
    let argument = MetaInputValue {
        name: name.into(),
        description: None,
        ty,
        deprecation: Deprecation::NoDeprecated,
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    };
    (name.into(), argument)
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};

    use super::super::Policies;
    use super::*;

    struct Roots;

    #[Object(name = "Query")]
    impl Roots {
        #[graphql(directive = Kept::apply(Kind::Task))]
        async fn task(&self) -> bool {
            true
        }

        #[graphql(directive = KeptBriefly::apply(40_000_000))]
        async fn absurd(&self) -> bool {
            true
        }
    }

    #[test]
    fn what_stands_at_a_field_is_read_back_from_the_sdl_and_refused_beyond_a_year() {
        let sdl = Schema::new(Roots, EmptyMutation, EmptySubscription).sdl();
        let hint = "task: Boolean! @cacheControl(maxAge: 1800, staleWhileRevalidate: 60, staleIfError: 300)";
        assert!(sdl.contains(hint), "{sdl}");
        let refused = Policies::new(&sdl).unwrap_err().to_string();
        let expected = "Query.absurd: maxAge of @cacheControl is 40000000; \
                        it is a whole number of seconds from 0 to 31536000, a year";
        assert_eq!(refused, expected);
    }
}
