//! Makes plans. <https://spec.graphql.org/September2025/#sec-Field-Collection>

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::parser::types::{Field as Asked, FragmentDefinition, Selection as Selected, SelectionSet};
use async_graphql::{Name, Positioned, Variables};

use super::arguments::{bound, names_variable, read};
use super::failure::locations;
use super::mask::takes;
use super::plan::{Below, Plan, Planned, Read, Selection, Usual, What};
use super::table::{Field, Resolve, Table, TypeId};

/// Why there is no plan for an operation, which then is for the library to execute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// It asks for the schema.
    Introspection,
    /// It changes something: the library calls what does, and what is selected below has plans of its own.
    Mutation,
    /// It names what the table does not have.
    Unknown,
}

impl Fallback {
    /// As metrics name it.
    pub const fn name(self) -> &'static str {
        match self {
            Fallback::Introspection => "introspection",
            Fallback::Mutation => "mutation",
            Fallback::Unknown => "unknown",
        }
    }
}

/// The fragments of a document.
pub type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// The field of the schema's own type, which is the library's.
const INTROSPECTION: [&str; 2] = ["__schema", "__type"];

impl Plan {
    /// Plans what a validated operation selects of an object of type `of`, for these values of the variables that `@skip`
    /// and `@include` name.
    pub fn new(
        table: &Arc<Table>,
        of: TypeId,
        selected: &SelectionSet,
        fragments: &Fragments,
        variables: &Variables,
    ) -> Result<Plan, Fallback> {
        let mut planner = Planner {
            table,
            fragments,
            variables,
            selections: Vec::new(),
            binds: Vec::new(),
        };
        let root = planner.selection(of, &[selected])?;
        Ok(Plan {
            table: Arc::clone(table),
            selections: planner.selections,
            root,
            binds: planner.binds,
            usual: Usual::default(),
        })
    }
}

/// What is selected of the root of an operation that the library executes, each answer key once, with variables in place
/// in its arguments: the library would do a field that stands there twice twice over, and refuse a variable that is absent.
pub fn merged(
    table: &Table,
    of: TypeId,
    selected: &SelectionSet,
    fragments: &Fragments,
    variables: &Variables,
) -> Result<SelectionSet, Fallback> {
    let planner = Planner {
        table,
        fragments,
        variables,
        selections: Vec::new(),
        binds: Vec::new(),
    };
    let mut groups = Vec::new();
    planner.collect(of, selected, &mut HashSet::new(), &mut groups)?;
    let fields = groups.into_iter().map(|(_, fields)| {
        let mut field = fields[0].clone();
        let written = std::mem::take(&mut field.node.arguments).into_iter();
        let given = written.filter_map(|(name, value)| {
            let given = bound(&value.node, variables)?;
            Some((name, Positioned::new(given.into_value(), value.pos)))
        });
        field.node.arguments = given.collect();
        let below = &mut field.node.selection_set.node.items;
        below.extend(
            fields[1..]
                .iter()
                .flat_map(|other| other.node.selection_set.node.items.iter().cloned()),
        );
        Positioned::new(Selected::Field(field), fields[0].pos)
    });
    Ok(SelectionSet {
        items: fields.collect(),
    })
}

struct Planner<'d> {
    table: &'d Table,
    fragments: &'d Fragments,
    variables: &'d Variables,
    selections: Vec<Selection>,
    binds: Vec<(usize, usize)>,
}

/// The fields of one answer key, in the order in which they are first met.
type Group<'d> = (&'d Name, Vec<&'d Positioned<Asked>>);

impl<'d> Planner<'d> {
    fn selection(&mut self, of: TypeId, sets: &[&'d SelectionSet]) -> Result<usize, Fallback> {
        let mut groups = Vec::new();
        let mut visited = HashSet::new();
        for set in sets {
            self.collect(of, set, &mut visited, &mut groups)?;
        }
        let mut selection = Selection {
            of,
            ..Selection::default()
        };
        for (key, fields) in groups {
            let mut planned = self.field(of, key, &fields, selection.resolved.len())?;
            if !selection.fields.is_empty() {
                planned.text = format!(",{}", planned.text).into();
            }
            if planned.cell.is_some() {
                selection.resolved.push(selection.fields.len());
            }
            selection.fields.push(planned);
        }
        Ok(self.put(selection))
    }

    /// Puts a selection in its place.
    fn put(&mut self, mut selection: Selection) -> usize {
        let place = self.selections.len();
        let like = |known: &Selection| known.is_like(&selection, &self.selections);
        selection.like = self.selections.iter().position(like).unwrap_or(place);
        // Nobody resolves the fields of what is like another.
        let own = selection
            .fields
            .iter_mut()
            .enumerate()
            .filter(|_| selection.like == place);
        for (at, planned) in own {
            if let Read::Each(which) = &mut planned.arguments {
                *which = self.binds.len();
                self.binds.push((place, at));
            }
        }
        self.selections.push(selection);
        place
    }

    fn collect(
        &self,
        of: TypeId,
        set: &'d SelectionSet,
        visited: &mut HashSet<&'d str>,
        groups: &mut Vec<Group<'d>>,
    ) -> Result<(), Fallback> {
        for selected in set.items.iter().map(|item| &item.node) {
            if !takes(selected, self.variables) {
                continue;
            }
            let (condition, set) = match selected {
                Selected::Field(field) => {
                    let key = &field.node.response_key().node;
                    match groups.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, fields)) => fields.push(field),
                        None => groups.push((key, vec![field])),
                    }
                    continue;
                }
                Selected::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    (
                        condition.map(|condition| &condition.node.on.node),
                        &fragment.node.selection_set.node,
                    )
                }
                Selected::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if !visited.insert(name) {
                        continue;
                    }
                    let fragment = self.fragments.get(name).ok_or(Fallback::Unknown)?;
                    let on = &fragment.node.type_condition.node.on.node;
                    (Some(on), &fragment.node.selection_set.node)
                }
            };
            let applies = match condition {
                None => true,
                Some(name) => {
                    let condition = self.table.find(name).ok_or(Fallback::Unknown)?;
                    self.table.is(of, condition)
                }
            };
            if applies {
                self.collect(of, set, visited, groups)?;
            }
        }
        Ok(())
    }

    fn field(
        &mut self,
        of: TypeId,
        key: &'d Name,
        fields: &[&'d Positioned<Asked>],
        cells: usize,
    ) -> Result<Planned, Fallback> {
        let asked = &fields[0].node;
        let name = asked.name.node.as_str();
        let mut planned = Planned {
            key: key.clone(),
            text: format!("\"{key}\":").into(),
            what: What::Typename,
            locations: locations(fields),
            below: Below::Leaf,
            written: Vec::new(),
            arguments: Read::Nothing,
            cell: None,
            slot: None,
        };
        if name == "__typename" {
            return Ok(planned);
        }
        if INTROSPECTION.contains(&name) {
            return Err(Fallback::Introspection);
        }
        let field = self.table.get(of).fields.get(name).ok_or(Fallback::Unknown)?;
        planned.below = self.below(field, fields)?;
        if field.bind.is_some() {
            planned.written.clone_from(&asked.arguments);
            planned.arguments = if planned.written.iter().any(|(_, value)| names_variable(&value.node)) {
                Read::Each(0)
            } else {
                Read::Known(read(field, &planned.written, &Variables::default()))
            };
        }
        match field.resolve {
            Resolve::Slot(slot) if field.rule.is_none() => planned.slot = Some(slot),
            _ => planned.cell = Some(cells),
        }
        planned.what = What::Field(Arc::clone(field));
        Ok(planned)
    }

    fn below(&mut self, field: &Field, fields: &[&'d Positioned<Asked>]) -> Result<Below, Fallback> {
        let Some(of) = field.of else {
            return Ok(Below::Leaf);
        };
        let sets: Vec<&SelectionSet> = fields.iter().map(|field| &field.node.selection_set.node).collect();
        let possible = &self.table.get(of).possible;
        if possible.is_empty() {
            return self.selection(of, &sets).map(Below::One);
        }
        let each = possible
            .iter()
            .map(|object| Ok((*object, self.selection(*object, &sets)?)));
        each.collect::<Result<_, _>>().map(Below::Each)
    }
}
