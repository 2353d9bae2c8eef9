//! Random valid schemas, and random edits that keep them valid and say which change they make.

use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};

/// A schema as parts.
#[derive(Clone)]
pub struct World {
    pub types: Vec<Type>,
    pub directives: Vec<Directive>,
    pub mutation: bool,
}

#[derive(Clone)]
pub struct Type {
    pub name: String,
    pub description: Option<String>,
    pub hint: Option<u32>,
    pub kind: Kind,
}

#[derive(Clone)]
pub enum Kind {
    Object {
        interfaces: Vec<String>,
        fields: Vec<Field>,
    },
    Interface {
        fields: Vec<Field>,
    },
    Union(Vec<String>),
    Enum(Vec<EnumValue>),
    Input {
        one_of: bool,
        fields: Vec<Input>,
    },
    Scalar,
}

#[derive(Clone)]
pub struct Field {
    pub name: String,
    pub description: Option<String>,
    pub ty: String,
    pub arguments: Vec<Input>,
    pub deprecated: Option<String>,
    pub hint: Option<u32>,
}

#[derive(Clone)]
pub struct Input {
    pub name: String,
    pub description: Option<String>,
    pub ty: String,
    pub default: Option<String>,
}

#[derive(Clone)]
pub struct EnumValue {
    pub name: String,
    pub description: Option<String>,
    pub deprecated: Option<String>,
}

#[derive(Clone)]
pub struct Directive {
    pub name: String,
    pub description: Option<String>,
    pub arguments: Vec<Input>,
    pub repeatable: bool,
    pub locations: Vec<String>,
}

pub const LOCATIONS: [&str; 6] = [
    "QUERY",
    "FIELD",
    "MUTATION",
    "FRAGMENT_SPREAD",
    "INLINE_FRAGMENT",
    "VARIABLE_DEFINITION",
];
/// Types of outputs and inputs alike.
pub const LEAVES: [&str; 6] = ["Int", "String", "Boolean", "ID", "S0", "E0"];

/// Dice.
pub struct Dice(pub StdRng);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(StdRng::seed_from_u64(seed))
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    pub fn coin(&mut self) -> bool {
        self.0.random()
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        of.choose(&mut self.0).unwrap()
    }

    /// Words with what makes printing hard.
    pub fn text(&mut self) -> String {
        const PARTS: [&str; 14] = [
            "word",
            " ",
            "\n",
            "\"",
            "\"\"\"",
            "\\",
            "\n  indented",
            "é",
            "\t",
            "#",
            "{",
            "a line of more words than fit into seventy signs",
            "\r",
            "\u{7}",
        ];
        let count = 1 + self.below(6);
        let text: String = (0..count).map(|_| *self.pick(&PARTS)).collect();
        format!("{text}x{}", self.below(1_000))
    }

    pub fn maybe_text(&mut self) -> Option<String> {
        self.coin().then(|| self.text())
    }

    /// A type that reads and gives alike.
    pub fn leaf(&mut self) -> String {
        let name = *self.pick(&LEAVES);
        match self.below(5) {
            0 => format!("{name}!"),
            1 => format!("[{name}]"),
            2 => format!("[{name}!]!"),
            _ => name.to_owned(),
        }
    }

    pub fn input(&mut self, name: String) -> Input {
        let default = match self.below(4) {
            0 => Some(("Int", self.below(100).to_string())),
            1 => Some(("String", quoted(&self.text()))),
            _ => None,
        };
        let (ty, default) = match default {
            Some((ty, default)) => (ty.to_owned(), Some(default)),
            None => (self.leaf(), None),
        };
        let description = self.maybe_text();
        Input {
            name,
            description,
            ty,
            default,
        }
    }

    pub fn field(&mut self, name: String) -> Field {
        let count = self.below(3);
        Field {
            name,
            description: self.maybe_text(),
            ty: self.leaf(),
            arguments: (0..count).map(|index| self.input(format!("a{index}"))).collect(),
            deprecated: (self.below(5) == 0).then(|| self.text()),
            hint: (self.below(4) == 0).then(|| self.below(1_000) as u32),
        }
    }

    fn fields(&mut self, prefix: &str) -> Vec<Field> {
        let count = 2 + self.below(4);
        (0..count).map(|index| self.field(format!("{prefix}{index}"))).collect()
    }

    pub fn directive(&mut self, name: String) -> Directive {
        let count = 1 + self.below(LOCATIONS.len() - 1);
        let arguments = self.below(3);
        Directive {
            name,
            description: self.maybe_text(),
            arguments: (0..arguments).map(|index| self.input(format!("a{index}"))).collect(),
            repeatable: self.coin(),
            locations: LOCATIONS[..count]
                .iter()
                .map(|location| (*location).to_owned())
                .collect(),
        }
    }

    fn ty(&mut self, name: String, kind: Kind) -> Type {
        let can_hint = matches!(kind, Kind::Object { .. });
        Type {
            name,
            description: self.maybe_text(),
            hint: (can_hint && self.below(3) == 0).then(|| self.below(1_000) as u32),
            kind,
        }
    }

    /// A schema.
    pub fn world(&mut self) -> World {
        let mut types = vec![self.ty("S0".into(), Kind::Scalar)];
        for index in 0..2 + self.below(2) {
            let count = 2 + self.below(3);
            let values = (0..count).map(|value| EnumValue {
                name: format!("V{value}"),
                description: self.maybe_text(),
                deprecated: (self.below(5) == 0).then(|| self.text()),
            });
            let values = Kind::Enum(values.collect());
            types.push(self.ty(format!("E{index}"), values));
        }
        for index in 0..2 {
            let fields = self.fields(&format!("n{index}x"));
            types.push(self.ty(format!("N{index}"), Kind::Interface { fields }));
        }
        let objects = 2 + self.below(3);
        for name in (0..objects)
            .map(|index| format!("O{index}"))
            .chain(["Query".into(), "Mutation".into()])
        {
            let fields = self.fields("f");
            let interfaces = Vec::new();
            types.push(self.ty(name, Kind::Object { interfaces, fields }));
        }
        for index in 0..2 {
            let count = 2 + self.below(3);
            let fields = (0..count).map(|field| self.input(format!("i{field}"))).collect();
            types.push(self.ty(format!("I{index}"), Kind::Input { one_of: false, fields }));
        }
        let members = vec!["O0".to_owned()];
        types.push(self.ty("U0".into(), Kind::Union(members)));
        World {
            types,
            directives: (0..2).map(|index| self.directive(format!("d{index}"))).collect(),
            mutation: self.coin(),
        }
    }
}

impl World {
    /// As SDL.
    pub fn sdl(&self) -> String {
        let mut out = String::from("directive @cacheControl(maxAge: Int) on FIELD_DEFINITION | OBJECT\n");
        out += "schema { query: Query ";
        out += if self.mutation { "mutation: Mutation }\n" } else { "}\n" };
        for directive in &self.directives {
            out += &described(&directive.description);
            let repeatable = if directive.repeatable { " repeatable" } else { "" };
            let locations = directive.locations.join(" | ");
            out += &format!(
                "directive @{}{}{repeatable} on {locations}\n",
                directive.name,
                listed(&directive.arguments)
            );
        }
        for ty in &self.types {
            out += &described(&ty.description);
            out += &ty.sdl();
            out.push('\n');
        }
        out
    }

    /// The same in another order.
    pub fn shuffled(&self, dice: &mut Dice) -> World {
        let mut world = self.clone();
        world.types.shuffle(&mut dice.0);
        world.directives.shuffle(&mut dice.0);
        for directive in &mut world.directives {
            directive.locations.shuffle(&mut dice.0);
            directive.arguments.shuffle(&mut dice.0);
        }
        for ty in &mut world.types {
            match &mut ty.kind {
                Kind::Object { interfaces, fields } => {
                    interfaces.shuffle(&mut dice.0);
                    fields.shuffle(&mut dice.0);
                    fields.iter_mut().for_each(|field| field.arguments.shuffle(&mut dice.0));
                }
                Kind::Interface { fields } => fields.shuffle(&mut dice.0),
                Kind::Union(members) => members.shuffle(&mut dice.0),
                Kind::Enum(values) => values.shuffle(&mut dice.0),
                Kind::Input { fields, .. } => fields.shuffle(&mut dice.0),
                Kind::Scalar => {}
            }
        }
        world
    }
}

impl Type {
    fn sdl(&self) -> String {
        let name = &self.name;
        let hint = hint(self.hint);
        let fields = |fields: &[Field]| fields.iter().map(Field::sdl).collect::<String>();
        match &self.kind {
            Kind::Scalar => format!("scalar {name}"),
            Kind::Object {
                interfaces,
                fields: own,
            } => {
                let implements = if interfaces.is_empty() { "" } else { " implements " };
                format!(
                    "type {name}{implements}{}{hint} {{ {} }}",
                    interfaces.join(" & "),
                    fields(own)
                )
            }
            Kind::Interface { fields: own } => format!("interface {name} {{ {} }}", fields(own)),
            Kind::Union(members) => format!("union {name} = {}", members.join(" | ")),
            Kind::Enum(values) => {
                let value = |value: &EnumValue| {
                    format!(
                        "{}{}{}\n",
                        described(&value.description),
                        value.name,
                        deprecated(&value.deprecated)
                    )
                };
                format!("enum {name} {{ {} }}", values.iter().map(value).collect::<String>())
            }
            Kind::Input { one_of, fields } => {
                let one_of = if *one_of { " @oneOf" } else { "" };
                format!(
                    "input {name}{one_of} {{ {} }}",
                    fields.iter().map(Input::sdl).collect::<String>()
                )
            }
        }
    }
}

impl Field {
    fn sdl(&self) -> String {
        let (description, deprecated) = (described(&self.description), deprecated(&self.deprecated));
        let arguments = listed(&self.arguments);
        format!(
            "{description}{}{arguments}: {}{deprecated}{}\n",
            self.name,
            self.ty,
            hint(self.hint)
        )
    }
}

impl Input {
    fn sdl(&self) -> String {
        let default = self
            .default
            .as_ref()
            .map(|default| format!(" = {default}"))
            .unwrap_or_default();
        format!("{}{}: {}{default}\n", described(&self.description), self.name, self.ty)
    }
}

fn listed(arguments: &[Input]) -> String {
    match arguments.is_empty() {
        true => String::new(),
        false => format!("({})", arguments.iter().map(Input::sdl).collect::<String>()),
    }
}

fn described(text: &Option<String>) -> String {
    text.as_ref()
        .map(|text| format!("{} ", quoted(text)))
        .unwrap_or_default()
}

fn deprecated(reason: &Option<String>) -> String {
    let directive = |reason: &String| format!(" @deprecated(reason: {})", quoted(reason));
    reason.as_ref().map(directive).unwrap_or_default()
}

fn hint(seconds: Option<u32>) -> String {
    seconds
        .map(|seconds| format!(" @cacheControl(maxAge: {seconds})"))
        .unwrap_or_default()
}

/// As JSON does, which GraphQL reads alike.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}
