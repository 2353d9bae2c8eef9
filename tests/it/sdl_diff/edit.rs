//! Random edits, each with the change that has to be found.

use super::random::{Dice, EnumValue, Field, Input, Kind, LOCATIONS, Type, World};

/// `CHANGE path`.
pub type Expected = String;

/// Makes one edit; `None`: the dice chose one that can't be made here.
pub fn edit(world: &mut World, dice: &mut Dice) -> Option<Expected> {
    match dice.below(10) {
        0 => Some(add_type(world, dice)),
        1 => Some(toggle_mutation(world)),
        2 | 3 => edit_directive(world, dice),
        _ => {
            let index = dice.below(world.types.len());
            edit_type(&mut world.types[index], dice)
        }
    }
}

fn add_type(world: &mut World, dice: &mut Dice) -> Expected {
    let name = format!("New{}", world.types.len());
    let fields = vec![dice.field("only".into())];
    let interfaces = Vec::new();
    world.types.push(Type {
        name: name.clone(),
        description: dice.maybe_text(),
        hint: None,
        kind: Kind::Object { interfaces, fields },
    });
    format!("TYPE_ADDED {name}")
}

fn toggle_mutation(world: &mut World) -> Expected {
    world.mutation = !world.mutation;
    "SCHEMA_MUTATION_TYPE_CHANGED schema.mutation".into()
}

fn edit_directive(world: &mut World, dice: &mut Dice) -> Option<Expected> {
    if dice.below(6) == 0 {
        let name = unused(world.directives.iter().map(|directive| directive.name.as_str()));
        world.directives.push(dice.directive(name.clone()));
        return Some(format!("DIRECTIVE_ADDED @{name}"));
    }
    let index = dice.below(world.directives.len());
    if dice.below(6) == 0 && world.directives.len() > 1 {
        let gone = world.directives.remove(index);
        return Some(format!("DIRECTIVE_REMOVED @{}", gone.name));
    }
    let directive = &mut world.directives[index];
    let path = format!("@{}", directive.name);
    match dice.below(4) {
        0 => {
            directive.repeatable = !directive.repeatable;
            let what = if directive.repeatable { "ADDED" } else { "REMOVED" };
            Some(format!("DIRECTIVE_REPEATABLE_{what} {path}"))
        }
        1 => {
            let has = |location: &str| directive.locations.iter().any(|own| own == location);
            let new = LOCATIONS.iter().find(|location| !has(location))?;
            directive.locations.push((*new).to_owned());
            Some(format!("DIRECTIVE_LOCATION_ADDED {path}.{new}"))
        }
        2 if directive.locations.len() > 1 => {
            let gone = directive.locations.pop()?;
            Some(format!("DIRECTIVE_LOCATION_REMOVED {path}.{gone}"))
        }
        _ => edit_inputs(&mut directive.arguments, &path, Inputs::Directive, dice),
    }
}

fn edit_type(ty: &mut Type, dice: &mut Dice) -> Option<Expected> {
    let path = ty.name.clone();
    if dice.below(5) == 0 {
        return describe(&mut ty.description, "TYPE_DESCRIPTION", &path, dice);
    }
    match &mut ty.kind {
        Kind::Object { fields, .. } => {
            if dice.below(5) == 0 {
                return hint(&mut ty.hint, "OBJECT", &path, dice);
            }
            edit_fields(fields, &path, dice)
        }
        Kind::Interface { fields } => edit_fields(fields, &path, dice),
        Kind::Enum(values) => edit_values(values, &path, dice),
        Kind::Input { one_of, fields } => {
            let can = fields
                .iter()
                .all(|field| field.default.is_none() && !field.ty.ends_with('!'));
            if *one_of || (can && dice.coin()) {
                *one_of = !*one_of;
                let what = if *one_of { "ADDED" } else { "REMOVED" };
                return Some(format!("DIRECTIVE_USAGE_INPUT_OBJECT_{what} {path}.@oneOf"));
            }
            edit_inputs(fields, &path, Inputs::Input, dice)
        }
        Kind::Union(members) => {
            let new = if members.iter().any(|member| member == "O1") {
                "Query"
            } else {
                "O1"
            };
            if members.iter().any(|member| member == new) {
                let gone = members.pop()?;
                return Some(format!("UNION_MEMBER_REMOVED {path}.{gone}"));
            }
            members.push(new.into());
            Some(format!("UNION_MEMBER_ADDED {path}.{new}"))
        }
        Kind::Scalar => None,
    }
}

fn edit_fields(fields: &mut Vec<Field>, of: &str, dice: &mut Dice) -> Option<Expected> {
    if dice.below(6) == 0 {
        let name = unused(fields.iter().map(|field| field.name.as_str()));
        fields.push(dice.field(name.clone()));
        return Some(format!("FIELD_ADDED {of}.{name}"));
    }
    let index = dice.below(fields.len());
    if dice.below(6) == 0 && fields.len() > 1 {
        let gone = fields.remove(index);
        return Some(format!("FIELD_REMOVED {of}.{}", gone.name));
    }
    let field = &mut fields[index];
    let path = format!("{of}.{}", field.name);
    match dice.below(5) {
        0 => {
            let ty = dice.leaf();
            if ty == field.ty {
                return None;
            }
            field.ty = ty;
            Some(format!("FIELD_TYPE_CHANGED {path}"))
        }
        1 => describe(&mut field.description, "FIELD_DESCRIPTION", &path, dice),
        2 => {
            let was = field.deprecated.is_some();
            field.deprecated = (!was || dice.coin()).then(|| format!("{}!", dice.text()));
            let what = match (was, field.deprecated.is_some()) {
                (false, _) => "ADDED",
                (true, true) => "REASON_CHANGED",
                (true, false) => "REMOVED",
            };
            Some(format!("FIELD_DEPRECATION_{what} {path}.@deprecated"))
        }
        3 => hint(&mut field.hint, "FIELD_DEFINITION", &path, dice),
        _ => edit_inputs(&mut field.arguments, &path, Inputs::Field, dice),
    }
}

fn edit_values(values: &mut Vec<EnumValue>, of: &str, dice: &mut Dice) -> Option<Expected> {
    let index = dice.below(values.len());
    let path = format!("{of}.{}", values[index].name);
    match dice.below(4) {
        0 => {
            let name = format!("NEW{}", values.len());
            let (description, deprecated) = (dice.maybe_text(), None);
            values.push(EnumValue {
                name: name.clone(),
                description,
                deprecated,
            });
            Some(format!("ENUM_VALUE_ADDED {of}.{name}"))
        }
        1 if values.len() > 1 => {
            values.remove(index);
            Some(format!("ENUM_VALUE_REMOVED {path}"))
        }
        2 => {
            let was = values[index].deprecated.is_some();
            values[index].deprecated = (!was).then(|| dice.text());
            let what = if was { "REMOVED" } else { "ADDED" };
            Some(format!("ENUM_VALUE_DEPRECATION_REASON_{what} {path}.@deprecated"))
        }
        _ => describe_at_once(
            &mut values[index].description,
            "ENUM_VALUE_DESCRIPTION_CHANGED",
            &path,
            dice,
        ),
    }
}

/// Which inputs; their changes have names of their own.
#[derive(Clone, Copy, PartialEq)]
enum Inputs {
    Field,
    Directive,
    Input,
}

impl Inputs {
    fn names(self) -> [&'static str; 2] {
        match self {
            Inputs::Field => ["FIELD_ARGUMENT", "DEFAULT_CHANGED"],
            Inputs::Directive => ["DIRECTIVE_ARGUMENT", "DEFAULT_VALUE_CHANGED"],
            Inputs::Input => ["INPUT_FIELD", "DEFAULT_VALUE_CHANGED"],
        }
    }
}

fn edit_inputs(inputs: &mut Vec<Input>, of: &str, which: Inputs, dice: &mut Dice) -> Option<Expected> {
    let [prefix, default_changed] = which.names();
    if inputs.is_empty() || dice.below(5) == 0 {
        let name = unused(inputs.iter().map(|input| input.name.as_str()));
        inputs.push(dice.input(name.clone()));
        return Some(format!("{prefix}_ADDED {of}.{name}"));
    }
    let index = dice.below(inputs.len());
    let path = format!("{of}.{}", inputs[index].name);
    match dice.below(4) {
        0 if inputs.len() > 1 || which != Inputs::Input => {
            inputs.remove(index);
            Some(format!("{prefix}_REMOVED {path}"))
        }
        1 if inputs[index].default.is_none() => {
            let ty = dice.leaf();
            if ty == inputs[index].ty {
                return None;
            }
            inputs[index].ty = ty;
            Some(format!("{prefix}_TYPE_CHANGED {path}"))
        }
        2 if inputs[index].ty == "Int" => {
            let default = Some((1_000 + dice.below(1_000)).to_string());
            if default == inputs[index].default {
                return None;
            }
            inputs[index].default = default;
            Some(format!("{prefix}_{default_changed} {path}"))
        }
        _ if which == Inputs::Input => describe(&mut inputs[index].description, "INPUT_FIELD_DESCRIPTION", &path, dice),
        _ => {
            let change = format!("{prefix}_DESCRIPTION_CHANGED");
            describe_at_once(&mut inputs[index].description, &change, &path, dice)
        }
    }
}

fn describe(text: &mut Option<String>, prefix: &str, path: &str, dice: &mut Dice) -> Option<Expected> {
    let old = text.clone();
    *text = dice.maybe_text();
    let what = match (&old, &*text) {
        (None, Some(_)) => "ADDED",
        (Some(_), None) => "REMOVED",
        (Some(old), Some(new)) if old != new => "CHANGED",
        _ => return None,
    };
    Some(format!("{prefix}_{what} {path}"))
}

fn describe_at_once(text: &mut Option<String>, change: &str, path: &str, dice: &mut Dice) -> Option<Expected> {
    describe(text, "", path, dice).map(|_| format!("{change} {path}"))
}

fn hint(seconds: &mut Option<u32>, at: &str, path: &str, dice: &mut Dice) -> Option<Expected> {
    let old = *seconds;
    *seconds = dice.coin().then(|| 1_000 + dice.below(1_000) as u32);
    match (old, *seconds) {
        (None, Some(_)) => Some(format!("DIRECTIVE_USAGE_{at}_ADDED {path}.@cacheControl")),
        (Some(_), None) => Some(format!("DIRECTIVE_USAGE_{at}_REMOVED {path}.@cacheControl")),
        (Some(old), Some(new)) if old != new => {
            Some(format!("DIRECTIVE_USAGE_ARGUMENT_CHANGED {path}.@cacheControl.maxAge"))
        }
        _ => None,
    }
}

/// A name that nothing beside it has, also after some have gone.
fn unused<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let taken: Vec<&str> = names.collect();
    let mut new = (0..).map(|number| format!("new{number}"));
    new.find(|name| !taken.contains(&name.as_str()))
        .expect("numbers don't end")
}
