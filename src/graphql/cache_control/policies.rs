//! The policy of an operation: what all that it selects allows.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Variables};
use sha2::{Digest, Sha256};

use crate::model::Kind;

use super::mask::Mask;
use super::table::{ROOT, Table};
use super::{HintError, Policy};

/// The policies of a schema; cheap to clone.
#[derive(Clone, Debug)]
pub struct Policies {
    table: Arc<Table>,
    schema: [u8; 32],
}

impl Policies {
    /// Reads the hints from a schema's SDL; refuses one that can't be meant.
    pub fn new(sdl: &str) -> Result<Policies, HintError> {
        let schema = parse_schema(sdl).map_err(|error| HintError::Unreadable(error.to_string()))?;
        Ok(Policies {
            table: Arc::new(Table::new(&schema)?),
            schema: Sha256::digest(sdl).into(),
        })
    }

    /// The kinds whose entities an answer that everybody may keep can be made of.
    pub fn public_kinds(&self) -> Vec<Kind> {
        let types = self.table.public();
        let is_public = |kind: &Kind| types.contains(kind.name());
        Kind::ALL.iter().copied().filter(is_public).collect()
    }

    /// Tells this schema from every other: what is kept under it can't be taken for an answer of another release's.
    pub fn schema(&self) -> &[u8; 32] {
        &self.schema
    }

    /// What an answer with this field allows; nothing where there is no such field.
    pub fn field(&self, of: &str, field: &str) -> Policy {
        self.table.get(of, field).map_or(Policy::NONE, |entry| entry.allows)
    }

    /// What the answer to this operation of a valid document allows, before it is made. Each fragment is read once,
    /// so the cost is linear in the document. Introspection depends on the schema alone and sets no limit, nor does
    /// `__typename`; mutations and subscriptions are never kept.
    pub fn policy(&self, document: &ExecutableDocument, operation: Option<&str>, variables: &Variables) -> Policy {
        self.noted(document, operation, variables, |_, _, _| {})
    }

    /// The same, telling of each field that counted: the type, its field, and what that allows; `None`: there is no
    /// such field. Where nothing is allowed the fields that come after are left out.
    pub fn noted(
        &self,
        document: &ExecutableDocument,
        operation: Option<&str>,
        variables: &Variables,
        note: impl FnMut(&str, &str, Option<Policy>),
    ) -> Policy {
        match find(document, operation) {
            Some(operation) if operation.ty == OperationType::Query => {
                let mut walk = Walk {
                    table: &self.table,
                    document,
                    mask: Mask::new(operation, variables),
                    open: vec![(ROOT, &operation.selection_set.node)],
                    fragments: HashSet::new(),
                    note,
                };
                walk.policy()
            }
            _ => Policy::NONE,
        }
    }
}

fn find<'d>(document: &'d ExecutableDocument, wanted: Option<&str>) -> Option<&'d OperationDefinition> {
    let mut operations = document.operations.iter();
    let named = |name: Option<&Name>| wanted.is_none_or(|wanted| name.is_some_and(|name| name == wanted));
    let (_, found) = operations.find(|(name, _)| named(*name))?;
    // Without a name there is only one to mean.
    let ambiguous = wanted.is_none() && operations.next().is_some();
    (!ambiguous).then_some(&found.node)
}

/// A walk over all that an operation selects, without recursion.
struct Walk<'d, N> {
    table: &'d Table,
    document: &'d ExecutableDocument,
    mask: Mask<'d>,
    open: Vec<(&'d str, &'d SelectionSet)>,
    fragments: HashSet<&'d str>,
    note: N,
}

impl<'d, N: FnMut(&str, &str, Option<Policy>)> Walk<'d, N> {
    fn policy(&mut self) -> Policy {
        let mut policy = Policy::STATIC;
        while let Some((of, set)) = self.open.pop() {
            for selection in set.items.iter().map(|item| &item.node) {
                match selection {
                    left_out if !self.mask.takes(left_out) => {}
                    Selection::Field(field) => policy = policy.and(self.field(of, &field.node)),
                    Selection::InlineFragment(fragment) => {
                        let condition = fragment.node.type_condition.as_ref();
                        let of = condition.map_or(of, |condition| condition.node.on.node.as_str());
                        self.open.push((of, &fragment.node.selection_set.node));
                    }
                    Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
                }
            }
            if !policy.is_cacheable() {
                return Policy::NONE;
            }
        }
        policy
    }

    fn field(&mut self, of: &str, field: &'d Field) -> Policy {
        let name = field.name.node.as_str();
        if name == "__typename" || (of == ROOT && matches!(name, "__schema" | "__type")) {
            return Policy::STATIC;
        }
        let entry = self.table.get(of, name);
        (self.note)(of, name, entry.map(|entry| entry.allows));
        let Some(entry) = entry else {
            return Policy::NONE;
        };
        self.open.push((&entry.of, &field.selection_set.node));
        entry.allows
    }

    fn fragment(&mut self, name: &'d Name) {
        if !self.fragments.insert(name) {
            return;
        }
        if let Some(fragment) = self.document.fragments.get(name) {
            let of = fragment.node.type_condition.node.on.node.as_str();
            self.open.push((of, &fragment.node.selection_set.node));
        }
    }
}
