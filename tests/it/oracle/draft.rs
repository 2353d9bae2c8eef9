//! A document in the making: selections in selections, with fragments of both sorts and directives.

use std::collections::BTreeSet;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::arguments::Arguments;
use super::names::Names;
use super::sdl::{Field, named};
use super::values::Values;
use super::variables::Variables;

/// A document in the making.
pub struct Draft<'a> {
    values: Values<'a>,
    pub variables: Variables,
    names: Names,
    pub fragments: Vec<Fragment>,
    /// How many fields may still be written.
    fields: usize,
    /// How many directives may still be.
    directives: usize,
    /// What the operation or fragment that is being written has used so far.
    used: Used,
}

/// A named fragment.
pub struct Fragment {
    pub name: String,
    on: String,
    pub text: String,
    /// How many levels of fields it has.
    levels: usize,
    /// How many objects its lists multiply one to.
    size: u32,
    variables: BTreeSet<usize>,
}

/// What stands in an operation or fragment, through other fragments too.
#[derive(Default)]
struct Used {
    variables: BTreeSet<usize>,
    levels: usize,
    size: u32,
}

/// How much may still go into a selection.
#[derive(Clone, Copy)]
pub struct Room {
    /// Levels of fields from where the text began.
    level: usize,
    /// How many objects the selection is made for.
    size: u32,
}

impl Room {
    pub const ROOT: Room = Room { level: 0, size: 1 };
}

const DEEPEST: usize = 7;
/// How many objects one selection is made for at most; with `FIELDS` it stays below what an operation may cost.
const LARGEST: u32 = 240;
const FIELDS: usize = 60;
const DIRECTIVES: usize = 40;

impl<'a> Draft<'a> {
    /// An empty document.
    pub fn new(values: Values<'a>) -> Draft<'a> {
        Draft {
            values,
            variables: Variables::default(),
            names: Names::default(),
            fragments: Vec::new(),
            fields: FIELDS,
            directives: DIRECTIVES,
            used: Used::default(),
        }
    }

    /// The selection of an operation, and the variables in it.
    pub fn operation(&mut self, dice: &mut StdRng, root: &str) -> (String, BTreeSet<usize>) {
        self.used = Used::default();
        let text = self.selection(dice, root, Room::ROOT);
        (text, std::mem::take(&mut self.used).variables)
    }

    fn selection(&mut self, dice: &mut StdRng, of: &str, room: Room) -> String {
        let count = if self.fields == 0 { 1 } else { dice.random_range(1..=5) };
        let items: Vec<String> = (0..count).map(|_| self.item(dice, of, room)).collect();
        let blank = *[" ", " ", "\n  ", ", ", " # and\n"].choose(dice).unwrap();
        format!("{{ {} }}", items.join(blank))
    }

    fn item(&mut self, dice: &mut StdRng, of: &str, room: Room) -> String {
        let fragments = if self.values.sdl.is_interface(of) { 60 } else { 22 };
        match dice.random_range(0..100) {
            0..8 => Names::type_name(dice) + &self.conditions(dice, 0.05),
            roll if roll < 8 + fragments / 2 => self.inline(dice, of, room),
            roll if roll < 8 + fragments => self.spread(dice, of, room),
            _ => self.field(dice, of, room),
        }
    }

    fn field(&mut self, dice: &mut StdRng, of: &str, room: Room) -> String {
        let Some(field) = self.choose(dice, of, room) else {
            return Names::type_name(dice);
        };
        self.fields = self.fields.saturating_sub(1);
        let name = self.names.choose(dice, self.values.sdl, of, &field);
        let given = name.given.unwrap_or_else(|| {
            let given = Arguments::new(dice, self.values, &mut self.variables).give(&field);
            self.names.take(of, &name.name, &field, &given);
            given
        });
        let size = room.size * given.size.max(1);
        self.used.variables.extend(&given.variables);
        self.used.levels = self.used.levels.max(room.level + 1);
        self.used.size = self.used.size.max(size);
        let alias = if name.name == field.name { String::new() } else { format!("{}: ", name.name) };
        let arguments = given.text(dice);
        let conditions = self.conditions(dice, 0.12);
        let below = match named(&field.ty) {
            of if self.values.sdl.is_composite(of) => {
                let level = room.level + 1;
                format!(" {}", self.selection(dice, of, Room { level, size }))
            }
            _ => String::new(),
        };
        format!("{alias}{}{arguments}{conditions}{below}", field.name)
    }

    /// A field of the type; only leaves where there is no more room.
    fn choose(&self, dice: &mut StdRng, of: &str, room: Room) -> Option<Field> {
        let sdl = self.values.sdl;
        let is_leaf = |field: &&Field| !sdl.is_composite(named(&field.ty));
        let has_room = room.level + 1 < DEEPEST && room.size <= LARGEST && self.fields > 0;
        let (leaves, others): (Vec<&Field>, Vec<&Field>) = sdl.fields(of).iter().partition(is_leaf);
        // Half of the way leads on, however many leaves there are.
        let from = if has_room && !others.is_empty() && (leaves.is_empty() || dice.random_bool(0.5)) {
            others
        } else {
            leaves
        };
        from.choose(dice).copied().cloned()
    }

    fn inline(&mut self, dice: &mut StdRng, of: &str, room: Room) -> String {
        let on = self.overlapping(dice, of);
        let condition = if on == of && dice.random_bool(0.5) { String::new() } else { format!(" on {on}") };
        let conditions = self.conditions(dice, 0.2);
        format!("...{condition}{conditions} {}", self.selection(dice, &on, room))
    }

    fn spread(&mut self, dice: &mut StdRng, of: &str, room: Room) -> String {
        let overlapping = self.values.sdl.overlapping(of);
        let fits = |fragment: &&Fragment| {
            overlapping.contains(&fragment.on.as_str())
                && room.level + fragment.levels <= DEEPEST
                && room.size * fragment.size <= LARGEST
        };
        let known: Vec<usize> = (0..self.fragments.len()).filter(|at| fits(&&self.fragments[*at])).collect();
        let at = match known.choose(dice) {
            Some(at) if dice.random_bool(0.6) => *at,
            _ if self.fields > 10 && room.size < 40 => self.fragment(dice, of, room),
            _ => return Names::type_name(dice),
        };
        let conditions = self.conditions(dice, 0.15);
        let fragment = &self.fragments[at];
        self.used.variables.extend(&fragment.variables);
        self.used.levels = self.used.levels.max(room.level + fragment.levels);
        self.used.size = self.used.size.max(room.size * fragment.size);
        format!("...{}{conditions}", fragment.name)
    }

    /// The number of a new fragment for a selection of this type.
    fn fragment(&mut self, dice: &mut StdRng, of: &str, room: Room) -> usize {
        let on = self.overlapping(dice, of);
        let outer = std::mem::take(&mut self.used);
        let inside = Room { level: room.level, size: 1 };
        let selection = self.selection(dice, &on, Room { size: room.size, ..inside });
        let used = std::mem::replace(&mut self.used, outer);
        let name = format!("F{}", self.fragments.len());
        self.fragments.push(Fragment {
            text: format!("fragment {name} on {on} {selection}"),
            name,
            on,
            levels: used.levels.saturating_sub(room.level),
            size: (used.size / room.size).max(1),
            variables: used.variables,
        });
        self.fragments.len() - 1
    }

    fn overlapping(&self, dice: &mut StdRng, of: &str) -> String {
        let all = self.values.sdl.overlapping(of);
        (*all.choose(dice).unwrap()).to_owned()
    }

    /// None, one or both of `@skip` and `@include`.
    fn conditions(&mut self, dice: &mut StdRng, chance: f64) -> String {
        let mut text = String::new();
        for directive in ["skip", "include"] {
            if self.directives > 0 && dice.random_bool(chance) {
                self.directives -= 1;
                let (condition, variables) = Arguments::new(dice, self.values, &mut self.variables).condition();
                self.used.variables.extend(variables);
                text += &format!(" @{directive}(if: {condition})");
            }
        }
        text
    }
}
