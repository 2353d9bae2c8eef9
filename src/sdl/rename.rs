//! Guesses which of what was removed came back under another name, and says so at both. A guess changes no verdict.

use std::collections::{BTreeMap, HashMap, HashSet};

use apollo_compiler::Name;
use apollo_compiler::schema::ExtendedType;

use super::{Change, ChangeKind, Sdl};

/// How alike the names of things of the same shape must be, from 0 to 1.
const ALIKE: f64 = 0.7;
/// How alike names must be when the shape changed with them.
const VERY_ALIKE: f64 = 0.85;
/// How many of all members two types must share.
const SHARED: f64 = 0.6;
/// The most pairs that are weighed in one place; beyond it only what is the same but for its name is found.
const MOST: usize = 40_000;

/// Adds the guesses to the changes.
pub(super) fn guess(changes: &mut [Change], old: &Sdl, new: &Sdl) {
    let mut places: BTreeMap<(String, u8), [Vec<usize>; 2]> = BTreeMap::new();
    for (index, change) in changes.iter().enumerate() {
        if let Some((group, side)) = group(change.kind) {
            let place = places.entry((parent(&change.path).to_owned(), group)).or_default();
            place[side].push(index);
        }
    }
    for [gone, come] in places.into_values() {
        for (from, to) in matched(changes, &gone, &come, old, new) {
            let [was, is] = [from, to].map(|index| changes[index].path.clone());
            changes[from].notes.push(format!("perhaps renamed to {is}"));
            changes[to].notes.push(format!("perhaps renamed from {was}"));
        }
    }
}

/// What may have been renamed to what: a group, and whether it is gone (0) or has come (1).
fn group(kind: ChangeKind) -> Option<(u8, usize)> {
    Some(match kind {
        ChangeKind::TypeRemoved => (0, 0),
        ChangeKind::TypeAdded => (0, 1),
        ChangeKind::FieldRemoved => (1, 0),
        ChangeKind::FieldAdded => (1, 1),
        ChangeKind::FieldArgumentRemoved => (2, 0),
        ChangeKind::FieldArgumentAdded => (2, 1),
        ChangeKind::InputFieldRemoved => (3, 0),
        ChangeKind::InputFieldAdded => (3, 1),
        ChangeKind::EnumValueRemoved => (4, 0),
        ChangeKind::EnumValueAdded => (4, 1),
        ChangeKind::DirectiveRemoved => (5, 0),
        ChangeKind::DirectiveAdded => (5, 1),
        ChangeKind::DirectiveArgumentRemoved => (6, 0),
        ChangeKind::DirectiveArgumentAdded => (6, 1),
        _ => return None,
    })
}

fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

fn name(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// The pairs that go together best; each change is in one of them at most.
fn matched(changes: &[Change], gone: &[usize], come: &[usize], old: &Sdl, new: &Sdl) -> Vec<(usize, usize)> {
    let mut weighed: Vec<(f64, usize, usize)> = Vec::new();
    for (from, to) in candidates(changes, gone, come, old, new) {
        if let Some(weight) = weigh(&changes[from], &changes[to], old, new) {
            weighed.push((weight, from, to));
        }
    }
    weighed.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
    let (mut from_used, mut to_used) = (HashSet::new(), HashSet::new());
    weighed.retain(|(_, from, to)| {
        let free = !from_used.contains(from) && !to_used.contains(to);
        if free {
            from_used.insert(*from);
            to_used.insert(*to);
        }
        free
    });
    weighed.into_iter().map(|(_, from, to)| (from, to)).collect()
}

fn candidates(changes: &[Change], gone: &[usize], come: &[usize], old: &Sdl, new: &Sdl) -> Vec<(usize, usize)> {
    if gone.len() * come.len() <= MOST {
        let each = |from: &usize| come.iter().map(|to| (*from, *to)).collect::<Vec<_>>();
        return gone.iter().flat_map(each).collect();
    }
    let mut by_shape: HashMap<String, Vec<usize>> = HashMap::new();
    for to in come {
        by_shape.entry(shape(&changes[*to], new)).or_default().push(*to);
    }
    let only = |from: &usize| match by_shape.get(&shape(&changes[*from], old)).map(Vec::as_slice) {
        Some([to]) => Some((*from, *to)),
        _ => None,
    };
    gone.iter().filter_map(only).collect()
}

/// What it is apart from its name.
fn shape(change: &Change, sdl: &Sdl) -> String {
    match sdl.get(&change.path) {
        Some(ty) => members(ty).join(" "),
        None => change.old.as_ref().or(change.new.as_ref()).cloned().unwrap_or_default(),
    }
}

/// How well they go together; `None`: not.
fn weigh(gone: &Change, come: &Change, old: &Sdl, new: &Sdl) -> Option<f64> {
    let (was, is) = (name(&gone.path), name(&come.path));
    let names = strsim::jaro_winkler(&was.to_lowercase(), &is.to_lowercase());
    if let (Some(was), Some(is)) = (old.get(&gone.path), new.get(&come.path)) {
        if std::mem::discriminant(was) != std::mem::discriminant(is) {
            return None;
        }
        let shared = shared(&members(was), &members(is));
        return (shared >= SHARED || names >= VERY_ALIKE).then_some(shared + names);
    }
    let is_value = gone.kind == ChangeKind::EnumValueRemoved;
    let same_shape = is_value || gone.old == come.new;
    let enough = if same_shape { ALIKE } else { VERY_ALIKE };
    (names >= enough).then_some(names + if same_shape { 1.0 } else { 0.0 })
}

fn members(ty: &ExtendedType) -> Vec<&str> {
    let mut members: Vec<&str> = match ty {
        ExtendedType::Scalar(_) => Vec::new(),
        ExtendedType::Object(object) => object.fields.keys().map(Name::as_str).collect(),
        ExtendedType::Interface(interface) => interface.fields.keys().map(Name::as_str).collect(),
        ExtendedType::Union(union) => union.members.iter().map(|member| member.as_str()).collect(),
        ExtendedType::Enum(values) => values.values.keys().map(Name::as_str).collect(),
        ExtendedType::InputObject(input) => input.fields.keys().map(Name::as_str).collect(),
    };
    members.sort_unstable();
    members
}

/// The part of all members that both have.
fn shared(ones: &[&str], others: &[&str]) -> f64 {
    let both = ones.iter().filter(|name| others.binary_search(name).is_ok()).count();
    let all = ones.len() + others.len() - both;
    if all == 0 { 0.0 } else { both as f64 / all as f64 }
}
