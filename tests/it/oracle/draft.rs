//! A document in the making: selections in selections, with fragments of both sorts and directives.

use std::collections::BTreeSet;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::arguments::Arguments;
use super::names::Names;
use super::room::{Cost, DEEPEST, Fragment, HIGHEST, LARGEST, Room, Used};
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
    /// What it may still cost, and how many directives it may have, each counted wherever its fragment is spread.
    left: Cost,
    /// What the operation or fragment that is being written has used so far.
    used: Used,
}

/// How many fields are written at most.
const FIELDS: usize = 60;

impl<'a> Draft<'a> {
    /// An empty document.
    pub fn new(values: Values<'a>) -> Draft<'a> {
        Draft {
            values,
            variables: Variables::default(),
            names: Names::default(),
            fragments: Vec::new(),
            fields: FIELDS,
            left: Cost::MOST,
            used: Used::default(),
        }
    }

    /// The selection of an operation, and the variables in it.
    pub fn operation(&mut self, dice: &mut StdRng, root: &str) -> (String, BTreeSet<usize>) {
        self.used = Used::default();
        let text = self.selection(dice, root, Room::ROOT);
        (text, std::mem::take(&mut self.used).variables)
    }

    /// The same where it is settled which fields the root has: each with its arguments, and the type of its objects.
    pub fn operation_of(&mut self, dice: &mut StdRng, fields: &[(String, &str)]) -> (String, BTreeSet<usize>) {
        self.used = Used::default();
        let room = Room { level: 1, ..Room::ROOT };
        let text = |(field, of): &(String, &str)| format!("{field} {}", self.selection(dice, of, room));
        let texts: Vec<String> = fields.iter().map(text).collect();
        let text = format!("{{ {} }}", texts.join(" "));
        (text, std::mem::take(&mut self.used).variables)
    }

    fn selection(&mut self, dice: &mut StdRng, of: &str, mut room: Room) -> String {
        room.height += 1;
        self.used.height = self.used.height.max(room.height);
        let count = if self.fields == 0 { 1 } else { dice.random_range(1..=5) };
        let items: Vec<String> = (0..count).map(|_| self.item(dice, of, room)).collect();
        let blank = *[" ", " ", "\n  ", ", ", " # and\n"].choose(dice).unwrap();
        format!("{{ {} }}", items.join(blank))
    }

    fn item(&mut self, dice: &mut StdRng, of: &str, room: Room) -> String {
        let fragments = match self.values.sdl.is_interface(of) {
            _ if room.height >= HIGHEST => 0,
            true => 60,
            false => 20,
        };
        match dice.random_range(0..100) {
            0..6 => Names::type_name(dice) + &self.type_name_condition(dice),
            roll if roll < 6 + fragments / 2 => self.inline(dice, of, room),
            roll if roll < 6 + fragments => self.spread(dice, of, room),
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
        self.spend(Cost::field(room.size));
        self.used.variables.extend(&given.variables);
        self.used.levels = self.used.levels.max(room.level + 1);
        self.used.size = self.used.size.max(size);
        let alias = if name.name == field.name {
            String::new()
        } else {
            format!("{}: ", name.name)
        };
        let arguments = given.text(dice);
        let conditions = self.conditions(dice, 0.06);
        let below = match named(&field.ty) {
            of if self.values.sdl.is_composite(of) => {
                let room = Room {
                    level: room.level + 1,
                    size,
                    is_mixed: self.values.sdl.is_interface(of),
                    ..room
                };
                format!(" {}", self.selection(dice, of, room))
            }
            _ => String::new(),
        };
        format!("{alias}{}{arguments}{conditions}{below}", field.name)
    }

    /// A field of the type; only leaves where there is no more room.
    fn choose(&self, dice: &mut StdRng, of: &str, room: Room) -> Option<Field> {
        let sdl = self.values.sdl;
        let is_leaf = |field: &&Field| !sdl.is_composite(named(&field.ty));
        let is_cheap = self.left.fields > room.size * 20;
        let has_room = room.level + 1 < DEEPEST && room.size <= LARGEST && self.fields > 0 && is_cheap;
        let (leaves, others): (Vec<&Field>, Vec<&Field>) = sdl.fields(of).iter().partition(is_leaf);
        // Half of the way leads on, however many leaves there are.
        let from = if has_room && !others.is_empty() && (leaves.is_empty() || dice.random_bool(0.5)) {
            others
        } else {
            leaves
        };
        let weight = |field: &&Field| match field.name.as_str() {
            "budget" => 3,
            "hourlyRate" | "billingRate" => 2,
            _ => 1,
        };
        from.choose_weighted(dice, weight).ok().copied().cloned()
    }

    fn inline(&mut self, dice: &mut StdRng, of: &str, room: Room) -> String {
        let on = self.overlapping(dice, of);
        // Where types are mixed, the server's validation takes fields of two such fragments in others for the same.
        let condition = if on == of && !room.is_mixed && dice.random_bool(0.5) {
            String::new()
        } else {
            format!(" on {on}")
        };
        let conditions = self.conditions(dice, 0.1);
        let is_mixed = room.is_mixed || self.values.sdl.is_interface(&on);
        let selection = self.selection(dice, &on, Room { is_mixed, ..room });
        format!("...{condition}{conditions} {selection}")
    }

    fn spread(&mut self, dice: &mut StdRng, of: &str, room: Room) -> String {
        let overlapping = self.values.sdl.overlapping(of);
        let fits = |fragment: &Fragment| overlapping.contains(&fragment.on.as_str()) && fragment.fits(room, self.left);
        let all = self.fragments.iter().enumerate();
        let known: Vec<usize> = all.filter(|(_, fragment)| fits(fragment)).map(|(at, _)| at).collect();
        let at = match known.choose(dice) {
            Some(at) if dice.random_bool(0.6) => *at,
            _ if self.fields > 10 && room.size < 40 => self.fragment(dice, of, room),
            _ => return Names::type_name(dice),
        };
        let conditions = self.conditions(dice, 0.1);
        let fragment = &self.fragments[at];
        self.used.spread(fragment, room);
        let (name, cost) = (fragment.name.clone(), fragment.cost(room));
        self.spend(cost);
        format!("...{name}{conditions}")
    }

    /// The number of a new fragment for a selection of this type.
    fn fragment(&mut self, dice: &mut StdRng, of: &str, room: Room) -> usize {
        let on = self.overlapping(dice, of);
        let outer = std::mem::take(&mut self.used);
        let is_mixed = self.values.sdl.overlapping(&on).len() > 1;
        let selection = self.selection(dice, &on, Room { is_mixed, ..room });
        let used = std::mem::replace(&mut self.used, outer);
        let name = format!("F{}", self.fragments.len());
        self.fragments.push(used.into_fragment(name, on, &selection, room));
        self.fragments.len() - 1
    }

    fn spend(&mut self, cost: Cost) {
        self.left.take(cost);
        self.used.cost.add(cost);
    }

    fn overlapping(&self, dice: &mut StdRng, of: &str) -> String {
        let all = self.values.sdl.overlapping(of);
        (*all.choose(dice).unwrap()).to_owned()
    }

    /// The server's validation doesn't look at the directives of `__typename`: a variable that stands nowhere else would
    /// count as unused.
    fn type_name_condition(&self, dice: &mut StdRng) -> String {
        let known = |number: &usize| self.variables.get(*number).is_flag();
        let known: Vec<usize> = self.used.variables.iter().copied().filter(known).collect();
        match known.choose(dice) {
            Some(number) if self.left.directives > 0 && dice.random_bool(0.1) => {
                format!(" @skip(if: ${})", self.variables.get(*number).name)
            }
            _ if self.left.directives > 0 && dice.random_bool(0.02) => " @include(if: false)".into(),
            _ => String::new(),
        }
    }

    /// None, one or both of `@skip` and `@include`.
    fn conditions(&mut self, dice: &mut StdRng, chance: f64) -> String {
        let mut text = String::new();
        for directive in ["skip", "include"] {
            if self.left.directives > 0 && dice.random_bool(chance) {
                self.spend(Cost::DIRECTIVE);
                let (condition, variables) = Arguments::new(dice, self.values, &mut self.variables).condition();
                self.used.variables.extend(variables);
                text += &format!(" @{directive}(if: {condition})");
            }
        }
        text
    }
}
