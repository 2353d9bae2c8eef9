//! Values and descriptions as they are written in SDL, the way graphql-js prints them.

use std::fmt::Write;

use apollo_compiler::ast::{Type, Value};

/// Writes a value.
pub fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Enum(name) => out.push_str(name),
        Value::Variable(name) => {
            out.push('$');
            out.push_str(name);
        }
        Value::String(text) => write_string(out, text),
        Value::Float(number) => out.push_str(number.as_str()),
        Value::Int(number) => out.push_str(number.as_str()),
        Value::Boolean(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::List(items) => {
            out.push('[');
            joined(out, items.iter(), |out, item| write_value(out, item));
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            joined(out, fields.iter(), |out, (name, value)| {
                out.push_str(name);
                out.push_str(": ");
                write_value(out, value);
            });
            out.push('}');
        }
    }
}

/// A value as text.
pub fn value(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

/// Writes items with commas between them.
pub fn joined<T>(out: &mut String, items: impl Iterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(out, item);
    }
}

/// Writes a string in quotes, on one line.
pub fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            sign if sign.is_control() => {
                let _ = write!(out, "\\u{:04X}", sign as u32);
            }
            sign => out.push(sign),
        }
    }
    out.push('"');
}

/// Writes a description above what it describes, indented like that.
pub fn write_description(out: &mut String, text: &str, indent: &str) {
    out.push_str(indent);
    if !survives_block(text) {
        write_string(out, text);
        out.push('\n');
        return;
    }
    let text = text.replace("\"\"\"", "\\\"\"\"");
    let fits = !text.contains('\n') && text.chars().count() <= 70 && !text.ends_with(['"', '\\']);
    if fits {
        let _ = writeln!(out, "\"\"\"{text}\"\"\"");
        return;
    }
    out.push_str("\"\"\"\n");
    for line in text.split('\n') {
        if !line.is_empty() {
            out.push_str(indent);
            out.push_str(line);
        }
        out.push('\n');
    }
    out.push_str(indent);
    out.push_str("\"\"\"\n");
}

/// Whether a block string of this text reads as this text: blocks lose common indentation, blank first and last lines
/// and returns, and can't hold control signs.
fn survives_block(text: &str) -> bool {
    let is_blank = |line: &&str| line.trim_matches([' ', '\t']).is_empty();
    let first_or_last_blank = text.split('\n').next().is_some_and(|line| is_blank(&line))
        || text.rsplit('\n').next().is_some_and(|line| is_blank(&line));
    let indented = text
        .split('\n')
        .filter(|line| !is_blank(line))
        .all(|line| line.starts_with([' ', '\t']));
    let controls = text
        .chars()
        .any(|sign| sign.is_control() && sign != '\n' && sign != '\t');
    !first_or_last_blank && !indented && !controls
}

/// Whether two values mean the same where this type is expected: a list of one is its item, an ID may be a number or a
/// string, 1 is 1.0, and the order of an object's fields says nothing.
pub fn same_value(ty: &Type, one: &Value, other: &Value) -> bool {
    match ty {
        Type::List(item) | Type::NonNullList(item) => same_list(item, one, other),
        Type::Named(name) | Type::NonNullNamed(name) if name == "ID" => match (id(one), id(other)) {
            (Some(one), Some(other)) => one == other,
            _ => same_literal(one, other),
        },
        Type::Named(_) | Type::NonNullNamed(_) => same_literal(one, other),
    }
}

fn same_list(item: &Type, one: &Value, other: &Value) -> bool {
    match (one.as_list(), other.as_list()) {
        (Some(ones), Some(others)) => {
            ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| same_value(item, one, other))
        }
        (Some([only]), None) if !other.is_null() => same_value(item, only, other),
        (None, Some([only])) if !one.is_null() => same_value(item, one, only),
        (None, None) => same_value(item, one, other),
        _ => false,
    }
}

fn id(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Int(number) => Some(number.as_str()),
        _ => None,
    }
}

fn same_literal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(ones), Value::List(others)) => {
            ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| same_literal(one, other))
        }
        (Value::Object(ones), Value::Object(others)) => {
            let in_others = |name: &str| others.iter().find(|(other, _)| other == name);
            ones.len() == others.len()
                && ones
                    .iter()
                    .all(|(name, value)| in_others(name).is_some_and(|(_, other)| same_literal(value, other)))
        }
        (Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            one == other || one.to_f64() == other.to_f64()
        }
        _ => one == other,
    }
}
