//! How much goes into a document: what has been written, and what may still be, so that the server's limits let it pass.

use std::collections::BTreeSet;

/// Most levels of fields.
pub const DEEPEST: usize = 7;
/// Most levels of selections, of fields and fragments alike.
pub const HIGHEST: usize = 20;
/// How many objects one selection is made for at most.
pub const LARGEST: u32 = 240;

/// What the server limits.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    pub fields: u32,
    pub directives: u32,
}

/// How much may still go into a selection.
#[derive(Clone, Copy)]
pub struct Room {
    /// Levels of fields above it.
    pub level: usize,
    /// Levels of selections above it.
    pub height: usize,
    /// How many objects it is made for.
    pub size: u32,
    /// Whether objects of different types may meet in it.
    pub is_mixed: bool,
}

/// What stands in an operation or fragment, through other fragments too.
#[derive(Default)]
pub struct Used {
    /// By number.
    pub variables: BTreeSet<usize>,
    pub levels: usize,
    pub height: usize,
    pub size: u32,
    pub cost: Cost,
}

/// A named fragment. What it has counts from where it is spread.
pub struct Fragment {
    pub name: String,
    pub on: String,
    pub text: String,
    used: Used,
}

impl Cost {
    /// Less than the server allows, which knows the values of variables.
    pub const MOST: Cost = Cost {
        fields: 30_000,
        directives: 90,
    };
    pub const DIRECTIVE: Cost = Cost {
        fields: 0,
        directives: 1,
    };

    /// One field for each of so many objects.
    pub fn field(objects: u32) -> Cost {
        Cost {
            fields: objects,
            directives: 0,
        }
    }

    pub fn add(&mut self, cost: Cost) {
        self.fields += cost.fields;
        self.directives += cost.directives;
    }

    pub fn take(&mut self, cost: Cost) {
        self.fields = self.fields.saturating_sub(cost.fields);
        self.directives = self.directives.saturating_sub(cost.directives);
    }
}

impl Room {
    pub const ROOT: Room = Room {
        level: 0,
        height: 0,
        size: 1,
        is_mixed: false,
    };
}

impl Used {
    /// Adds a fragment that is spread there.
    pub fn spread(&mut self, fragment: &Fragment, room: Room) {
        let used = &fragment.used;
        self.variables.extend(&used.variables);
        self.levels = self.levels.max(room.level + used.levels);
        self.height = self.height.max(room.height + used.height);
        self.size = self.size.max(room.size * used.size);
    }

    /// The fragment of which this is all, written where there was this room.
    pub fn into_fragment(self, name: String, on: String, selection: &str, room: Room) -> Fragment {
        Fragment {
            text: format!("fragment {name} on {on} {selection}"),
            name,
            on,
            used: Used {
                levels: self.levels.saturating_sub(room.level),
                height: self.height.saturating_sub(room.height),
                size: (self.size / room.size).max(1),
                cost: Cost {
                    fields: self.cost.fields / room.size,
                    ..self.cost
                },
                ..self
            },
        }
    }
}

impl Fragment {
    /// Whether it may be spread there, where this may still be spent.
    pub fn fits(&self, room: Room, left: Cost) -> bool {
        let cost = self.cost(room);
        room.level + self.used.levels <= DEEPEST
            && room.height + self.used.height <= HIGHEST
            && room.size * self.used.size <= LARGEST
            && cost.fields * 2 < left.fields
            && cost.directives < left.directives
    }

    /// What it costs there.
    pub fn cost(&self, room: Room) -> Cost {
        Cost {
            fields: room.size * self.used.cost.fields,
            ..self.used.cost
        }
    }
}
