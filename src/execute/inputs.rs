//! The input types of a schema, and the values of an operation's variables coerced to them as the specification says.
//! <https://spec.graphql.org/September2025/#sec-Coercing-Variable-Values>

use std::collections::{HashMap, HashSet};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    BaseType, OperationDefinition, ServiceDocument, Type, TypeKind, TypeSystemDefinition, VariableDefinition,
};
use async_graphql::{Name, ServerError, Value, Variables};

/// What variables may be.
#[derive(Default)]
pub struct Inputs {
    enums: HashMap<String, HashSet<String>>,
    objects: HashMap<String, IndexMap<String, Member>>,
    scalars: HashMap<&'static str, Check>,
}

/// Says why a value can't be a scalar of the schema's own; `None`: it can.
pub type Check = fn(&Value) -> Option<String>;

/// A member of an input object.
struct Member {
    of: Type,
    default: Option<Value>,
}

/// Why a value can't be its type: where in it, and what is wrong.
struct Refused {
    at: String,
    value: String,
    why: String,
}

type Coerced = Result<Value, Refused>;

/// Most levels of a value that are quoted.
const DEEPEST: usize = 2;
/// Most items of a list that are quoted.
const LONGEST: usize = 10;

impl Inputs {
    /// The input types of a parsed schema.
    pub fn new(schema: &ServiceDocument) -> Inputs {
        let mut inputs = Inputs::default();
        for definition in &schema.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node.to_string();
            match &definition.node.kind {
                TypeKind::Enum(found) => {
                    let values = found.values.iter().map(|value| value.node.value.node.to_string());
                    inputs.enums.insert(name, values.collect());
                }
                TypeKind::InputObject(object) => {
                    let members = object.fields.iter().map(|field| {
                        let field = &field.node;
                        let default = field.default_value.as_ref().map(|value| value.node.clone());
                        let of = field.ty.node.clone();
                        (field.name.node.to_string(), Member { of, default })
                    });
                    inputs.objects.insert(name, members.collect());
                }
                _ => {}
            }
        }
        inputs
    }

    /// The same with a scalar of the schema's own; values of one that isn't known here are read where they are used.
    #[must_use]
    pub fn scalar(mut self, name: &'static str, check: Check) -> Inputs {
        self.scalars.insert(name, check);
        self
    }

    /// The variables that the operation declares, each of its type; those without value and default are absent.
    pub fn coerce(&self, operation: &OperationDefinition, given: &Variables) -> Result<Variables, Vec<ServerError>> {
        let (mut values, mut errors) = (Variables::default(), Vec::new());
        for variable in &operation.variable_definitions {
            match self.variable(&variable.node, given) {
                Ok(None) => {}
                Ok(Some(value)) => drop(values.insert(variable.node.name.node.clone(), value)),
                Err(message) => errors.push(ServerError::new(message, Some(variable.pos))),
            }
        }
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }

    fn variable(&self, variable: &VariableDefinition, given: &Variables) -> Result<Option<Value>, String> {
        let (name, of) = (&variable.name.node, &variable.var_type.node);
        let Some(value) = given.get(name) else {
            let default = variable.default_value.as_ref().map(|value| value.node.clone());
            return match default {
                None if !of.nullable => Err(format!(
                    "Variable \"${name}\" of required type \"{of}\" was not provided."
                )),
                default => Ok(default),
            };
        };
        if *value == Value::Null && !of.nullable {
            return Err(format!(
                "Variable \"${name}\" of non-null type \"{of}\" must not be null."
            ));
        }
        self.value(of, value).map(Some).map_err(|refused| {
            let Refused { at, value, why } = refused;
            let place = if at.is_empty() {
                String::new()
            } else {
                format!(" at \"{name}{at}\"")
            };
            format!("Variable \"${name}\" got invalid value {value}{place}; {why}")
        })
    }

    fn value(&self, of: &Type, value: &Value) -> Coerced {
        match (&of.base, value) {
            (_, Value::Null) if of.nullable => Ok(Value::Null),
            (_, Value::Null) => Err(refused(
                value,
                format!("Expected non-nullable type \"{of}\" not to be null."),
            )),
            (BaseType::List(item), Value::List(items)) => {
                let items = items.iter().enumerate();
                let items =
                    items.map(|(at, value)| self.value(item, value).map_err(|why| why.within(&format!("[{at}]"))));
                items.collect::<Result<_, _>>().map(Value::List)
            }
            (BaseType::List(item), one) => Ok(Value::List(vec![self.value(item, one)?])),
            (BaseType::Named(name), value) => self.named(name, value),
        }
    }

    fn named(&self, of: &Name, value: &Value) -> Coerced {
        if let Some(values) = self.enums.get(of.as_str()) {
            return one_of(of, values, value);
        }
        match self.objects.get(of.as_str()) {
            Some(members) => self.object(of, members, value),
            None => match self.scalars.get(of.as_str()) {
                None => scalar(of, value),
                Some(check) => check(value).map_or_else(|| Ok(value.clone()), |why| Err(refused(value, why))),
            },
        }
    }

    fn object(&self, of: &Name, members: &IndexMap<String, Member>, value: &Value) -> Coerced {
        let Value::Object(given) = value else {
            return Err(refused(value, format!("Expected type \"{of}\" to be an object.")));
        };
        let mut object = IndexMap::new();
        for (name, member) in members {
            let coerced = match (given.get(name.as_str()), &member.default) {
                (Some(value), _) => self
                    .value(&member.of, value)
                    .map_err(|why| why.within(&format!(".{name}")))?,
                (None, Some(default)) => default.clone(),
                (None, None) if member.of.nullable => continue,
                (None, None) => {
                    let why = format!("Field \"{name}\" of required type \"{}\" was not provided.", member.of);
                    return Err(refused(value, why));
                }
            };
            object.insert(Name::new(name), coerced);
        }
        match given.keys().find(|name| !members.contains_key(name.as_str())) {
            Some(unknown) => Err(refused(
                value,
                format!("Field \"{unknown}\" is not defined by type \"{of}\"."),
            )),
            None => Ok(Value::Object(object)),
        }
    }
}

impl Refused {
    fn within(self, place: &str) -> Refused {
        let at = format!("{place}{}", self.at);
        Refused { at, ..self }
    }
}

fn refused(value: &Value, why: String) -> Refused {
    Refused {
        at: String::new(),
        value: shown(value, 0),
        why,
    }
}

/// A value as errors quote it, two levels of it and ten items of a list at most.
fn shown(value: &Value, level: usize) -> String {
    match value {
        Value::List(items) if items.is_empty() => "[]".into(),
        Value::Object(members) if members.is_empty() => "{}".into(),
        Value::List(_) if level >= DEEPEST => "[Array]".into(),
        Value::Object(_) if level >= DEEPEST => "[Object]".into(),
        Value::List(items) => {
            let mut parts: Vec<String> = items.iter().take(LONGEST).map(|item| shown(item, level + 1)).collect();
            match items.len().saturating_sub(LONGEST) {
                0 => {}
                1 => parts.push("... 1 more item".into()),
                more => parts.push(format!("... {more} more items")),
            }
            format!("[{}]", parts.join(", "))
        }
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{name}: {}", shown(value, level + 1)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn one_of(of: &Name, values: &HashSet<String>, value: &Value) -> Coerced {
    let name = match value {
        Value::String(name) => name.as_str(),
        Value::Enum(name) => name.as_str(),
        _ => {
            let why = format!("Enum \"{of}\" cannot represent non-string value: {}.", shown(value, 0));
            return Err(refused(value, why));
        }
    };
    if values.contains(name) {
        return Ok(Value::Enum(Name::new(name)));
    }
    Err(refused(
        value,
        format!("Value \"{name}\" does not exist in \"{of}\" enum."),
    ))
}

/// The built-in scalars as the specification has them.
fn scalar(of: &Name, value: &Value) -> Coerced {
    let why = match (of.as_str(), value) {
        ("Int", Value::Number(number)) => {
            let whole = number.as_i64().or_else(|| whole(number.as_f64()?));
            match whole.map(i32::try_from) {
                Some(Ok(number)) => return Ok(Value::from(number)),
                Some(Err(_)) => "Int cannot represent non 32-bit signed integer value",
                None => "Int cannot represent non-integer value",
            }
        }
        ("ID", Value::Number(number)) if number.as_i64().is_some() => return Ok(Value::String(number.to_string())),
        ("Float", Value::Number(_)) | ("String" | "ID", Value::String(_)) | ("Boolean", Value::Boolean(_)) => {
            return Ok(value.clone());
        }
        ("Int", _) => "Int cannot represent non-integer value",
        ("Float", _) => "Float cannot represent non numeric value",
        ("String", _) => "String cannot represent a non string value",
        ("Boolean", _) => "Boolean cannot represent a non boolean value",
        ("ID", _) => "ID cannot represent value",
        _ => return Ok(value.clone()),
    };
    Err(refused(value, format!("{why}: {}", shown(value, 0))))
}

/// A number without a fraction, like `1.0`, which is one to the specification.
fn whole(number: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)]
    let cut = number as i64;
    #[allow(clippy::cast_precision_loss)]
    let same = cut as f64 == number;
    same.then_some(cut)
}
