//! A field as it is declared: what the SDL says of it, and how it is resolved from a row, from something made for the
//! answer, or from nothing, at the root.

use std::any::Any;
use std::sync::Arc;
use std::task::Poll;

use async_graphql::registry::{MetaDirectiveInvocation, Registry};

use crate::execute::{Bind, Bound, Call, Failure, Output, Resolve};
use crate::model::{FieldRule, Row, Slot};

use super::argument::{ArgumentSet, DeclaredArgument};
use super::ty::Ty;

/// What a field comes to, or that it wants something first.
pub type Resolved = Poll<Result<Output, Failure>>;

/// A field of a type.
pub struct FieldDeclaration {
    pub(super) name: String,
    pub(super) ty: Ty,
    pub(super) docs: String,
    pub(super) hint: Option<MetaDirectiveInvocation>,
    pub(super) arguments: fn(&mut Registry) -> Vec<DeclaredArgument>,
    pub(super) bind: Option<Bind>,
    pub(super) resolve: Resolve,
    pub(super) rule: Option<FieldRule>,
}

impl FieldDeclaration {
    /// A field that the table reads off a row.
    pub fn slot(name: impl Into<String>, ty: Ty, docs: impl Into<String>, resolve: Resolve) -> FieldDeclaration {
        FieldDeclaration {
            name: name.into(),
            ty,
            docs: docs.into(),
            hint: None,
            arguments: <()>::declare,
            bind: None,
            resolve,
            rule: None,
        }
    }

    /// A field of objects that are rows.
    pub fn row(
        name: &str,
        ty: Ty,
        docs: &str,
        resolve: impl Fn(&Row, &mut Call<'_>) -> Resolved + Send + Sync + 'static,
    ) -> FieldDeclaration {
        FieldDeclaration::row_with(name, ty, docs, move |row, (): &(), call| resolve(row, call))
    }

    /// The same with arguments.
    pub fn row_with<A: ArgumentSet>(
        name: &str,
        ty: Ty,
        docs: &str,
        resolve: impl Fn(&Row, &A, &mut Call<'_>) -> Resolved + Send + Sync + 'static,
    ) -> FieldDeclaration {
        FieldDeclaration::call::<A>(name, ty, docs, move |object, bound, call| {
            resolve(object.as_row().expect("its objects are rows"), arguments(bound), call)
        })
    }

    /// A field with arguments of objects that are rows with a note.
    pub fn noted<A: ArgumentSet>(
        name: &str,
        ty: Ty,
        docs: &str,
        resolve: impl Fn(&Row, u8, &A, &mut Call<'_>) -> Resolved + Send + Sync + 'static,
    ) -> FieldDeclaration {
        FieldDeclaration::call::<A>(name, ty, docs, move |object, bound, call| {
            let (row, note) = object.as_noted().expect("its objects are rows");
            resolve(row, note, arguments(bound), call)
        })
    }

    /// A field of objects that are made for the answer.
    pub fn made<T: Any>(
        name: &str,
        ty: Ty,
        docs: &str,
        resolve: impl Fn(&T, &mut Call<'_>) -> Resolved + Send + Sync + 'static,
    ) -> FieldDeclaration {
        FieldDeclaration::made_with(name, ty, docs, move |made: &T, (): &(), call| resolve(made, call))
    }

    /// The same with arguments.
    pub fn made_with<T: Any, A: ArgumentSet>(
        name: &str,
        ty: Ty,
        docs: &str,
        resolve: impl Fn(&T, &A, &mut Call<'_>) -> Resolved + Send + Sync + 'static,
    ) -> FieldDeclaration {
        FieldDeclaration::call::<A>(name, ty, docs, move |object, bound, call| {
            resolve(
                object.as_made().expect("its objects are made of that"),
                arguments(bound),
                call,
            )
        })
    }

    /// A field of the root.
    pub fn root<A: ArgumentSet>(
        name: &str,
        ty: Ty,
        docs: &str,
        resolve: impl Fn(&A, &mut Call<'_>) -> Resolved + Send + Sync + 'static,
    ) -> FieldDeclaration {
        FieldDeclaration::call::<A>(name, ty, docs, move |_, bound, call| resolve(arguments(bound), call))
    }

    /// The same with this cache hint.
    #[must_use]
    pub fn hint(self, hint: MetaDirectiveInvocation) -> FieldDeclaration {
        let hint = Some(hint);
        FieldDeclaration { hint, ..self }
    }

    /// The same for those alone whom the rule lets; says so in its docs.
    pub(super) fn ruled(self, rule: Option<FieldRule>) -> FieldDeclaration {
        let Some(told) = rule.map(FieldRule::docs) else {
            return self;
        };
        FieldDeclaration {
            docs: format!("{}\n{told}", self.docs),
            rule,
            ..self
        }
    }

    /// The same with an object of either sort.
    pub fn call<A: ArgumentSet>(
        name: &str,
        ty: Ty,
        docs: &str,
        resolve: impl Fn(&crate::execute::Object, &Bound, &mut Call<'_>) -> Resolved + Send + Sync + 'static,
    ) -> FieldDeclaration {
        FieldDeclaration {
            arguments: A::declare,
            bind: Some(Box::new(|given| Ok(Arc::new(A::read(given)?) as Bound))),
            ..FieldDeclaration::slot(name, ty, docs, Resolve::Call(Box::new(resolve)))
        }
    }
}

fn arguments<A: ArgumentSet>(bound: &Bound) -> &A {
    bound.downcast_ref().expect("they were read as that")
}

/// A scalar's answer.
pub fn json<T: Slot>(call: &mut Call<'_>, value: &T) -> Resolved {
    Poll::Ready(Ok(call.text(|text| value.put(text))))
}
