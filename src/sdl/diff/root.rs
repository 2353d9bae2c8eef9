//! The schema definition: roots, description, directives.

use apollo_compiler::ast::Directive;
use apollo_compiler::schema::ComponentName;

use crate::sdl::ChangeKind::{
    self, SchemaDescriptionChanged, SchemaMutationTypeChanged, SchemaQueryTypeChanged, SchemaSubscriptionTypeChanged,
};
use crate::sdl::Severity;

use super::applied::Spot;
use super::differ::Differ;

impl Differ<'_> {
    pub(super) fn roots(&mut self) {
        let [old, new] = [self.old, self.new].map(|sdl| &sdl.schema().schema_definition);
        self.root(SchemaQueryTypeChanged, "query", old.query.as_ref(), new.query.as_ref());
        self.root(
            SchemaMutationTypeChanged,
            "mutation",
            old.mutation.as_ref(),
            new.mutation.as_ref(),
        );
        let (was, is) = (old.subscription.as_ref(), new.subscription.as_ref());
        self.root(SchemaSubscriptionTypeChanged, "subscription", was, is);
        let [was, is] = [old, new].map(|schema| schema.description.as_deref().unwrap_or_default());
        // Servers that are asked tell other things as the schema's description than what stands in their SDL.
        if was != is && self.old.tells_directives() && self.new.tells_directives() {
            let change = self.nowhere(SchemaDescriptionChanged, Severity::Safe, "schema");
            self.found(change.old(was).new_value(is));
        }
        let [was, is]: [Vec<&Directive>; 2] =
            [old, new].map(|schema| schema.directives.iter().map(|directive| &***directive).collect());
        self.applied(&Spot::of_schema(), &was, &is);
    }

    fn root(&mut self, kind: ChangeKind, of: &str, old: Option<&ComponentName>, new: Option<&ComponentName>) {
        let [old, new] = [old, new].map(|root| root.map(|root| root.name.as_str()));
        if old == new {
            return;
        }
        let severity = if old.is_none() {
            Severity::Safe
        } else {
            Severity::Breaking
        };
        let mut change = self.nowhere(kind, severity, format!("schema.{of}"));
        change.old = old.map(Into::into);
        change.new = new.map(Into::into);
        self.found(change);
    }
}
