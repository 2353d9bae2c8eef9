//! What introspection tells, and the SDL that says the same.

use serde::Deserialize;

use super::literal::{write_description, write_string};

/// A schema as a server tells it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Told {
    query_type: Named,
    mutation_type: Option<Named>,
    subscription_type: Option<Named>,
    types: Vec<ToldType>,
    directives: Vec<ToldDirective>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldType {
    kind: String,
    name: String,
    description: Option<String>,
    #[serde(rename = "specifiedByURL")]
    specified_by: Option<String>,
    is_one_of: Option<bool>,
    fields: Option<Vec<ToldField>>,
    input_fields: Option<Vec<ToldInput>>,
    interfaces: Option<Vec<Named>>,
    possible_types: Option<Vec<Named>>,
    enum_values: Option<Vec<ToldValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldField {
    name: String,
    description: Option<String>,
    #[serde(default)]
    is_deprecated: bool,
    deprecation_reason: Option<String>,
    #[serde(rename = "type")]
    ty: Wrapped,
    args: Vec<ToldInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldInput {
    name: String,
    description: Option<String>,
    default_value: Option<String>,
    #[serde(default)]
    is_deprecated: bool,
    deprecation_reason: Option<String>,
    #[serde(rename = "type")]
    ty: Wrapped,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldValue {
    name: String,
    description: Option<String>,
    #[serde(default)]
    is_deprecated: bool,
    deprecation_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldDirective {
    name: String,
    description: Option<String>,
    is_repeatable: Option<bool>,
    locations: Vec<String>,
    args: Vec<ToldInput>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wrapped {
    kind: String,
    name: Option<String>,
    of_type: Option<Box<Wrapped>>,
}

impl Told {
    /// As SDL.
    pub fn sdl(&self) -> String {
        let mut out = String::new();
        out.push_str(&format!("schema {{ query: {}", self.query_type.name));
        for (operation, root) in [
            ("mutation", &self.mutation_type),
            ("subscription", &self.subscription_type),
        ] {
            if let Some(root) = root {
                out.push_str(&format!(" {operation}: {}", root.name));
            }
        }
        out.push_str(" }\n");
        let is_own = |ty: &&ToldType| !ty.name.starts_with("__");
        self.types.iter().filter(is_own).for_each(|ty| ty.write(&mut out));
        self.directives.iter().for_each(|directive| directive.write(&mut out));
        out
    }
}

impl ToldType {
    fn write(&self, out: &mut String) {
        describe(out, self.description.as_deref());
        let word = match self.kind.as_str() {
            "OBJECT" => "type",
            "INTERFACE" => "interface",
            "UNION" => "union",
            "ENUM" => "enum",
            "INPUT_OBJECT" => "input",
            _ => "scalar",
        };
        out.push_str(&format!("{word} {}", self.name));
        let names = |named: &Option<Vec<Named>>| named.iter().flatten().map(|named| named.name.clone()).collect();
        let interfaces: Vec<String> = names(&self.interfaces);
        if !interfaces.is_empty() {
            out.push_str(&format!(" implements {}", interfaces.join(" & ")));
        }
        if let Some(url) = &self.specified_by {
            out.push_str(" @specifiedBy(url: ");
            write_string(out, url);
            out.push(')');
        }
        if self.is_one_of == Some(true) {
            out.push_str(" @oneOf");
        }
        if word == "union" {
            let members: Vec<String> = names(&self.possible_types);
            out.push_str(&format!(" = {}", members.join(" | ")));
        }
        if !matches!(word, "union" | "scalar") {
            out.push_str(" {\n");
            self.fields.iter().flatten().for_each(|field| field.write(out));
            self.input_fields.iter().flatten().for_each(|field| field.write(out));
            self.enum_values.iter().flatten().for_each(|value| value.write(out));
            out.push('}');
        }
        out.push('\n');
    }
}

impl ToldField {
    fn write(&self, out: &mut String) {
        describe(out, self.description.as_deref());
        out.push_str(&self.name);
        arguments(out, &self.args);
        out.push_str(": ");
        self.ty.write(out);
        deprecate(out, self.is_deprecated, self.deprecation_reason.as_deref());
        out.push('\n');
    }
}

impl ToldInput {
    fn write(&self, out: &mut String) {
        describe(out, self.description.as_deref());
        out.push_str(&self.name);
        out.push_str(": ");
        self.ty.write(out);
        if let Some(default) = &self.default_value {
            out.push_str(" = ");
            out.push_str(default);
        }
        deprecate(out, self.is_deprecated, self.deprecation_reason.as_deref());
        out.push('\n');
    }
}

impl ToldValue {
    fn write(&self, out: &mut String) {
        describe(out, self.description.as_deref());
        out.push_str(&self.name);
        deprecate(out, self.is_deprecated, self.deprecation_reason.as_deref());
        out.push('\n');
    }
}

impl ToldDirective {
    fn write(&self, out: &mut String) {
        describe(out, self.description.as_deref());
        out.push_str(&format!("directive @{}", self.name));
        arguments(out, &self.args);
        if self.is_repeatable == Some(true) {
            out.push_str(" repeatable");
        }
        out.push_str(&format!(" on {}\n", self.locations.join(" | ")));
    }
}

impl Wrapped {
    fn write(&self, out: &mut String) {
        match (self.kind.as_str(), &self.of_type) {
            ("NON_NULL", Some(inner)) => {
                inner.write(out);
                out.push('!');
            }
            ("LIST", Some(inner)) => {
                out.push('[');
                inner.write(out);
                out.push(']');
            }
            _ => out.push_str(self.name.as_deref().unwrap_or_default()),
        }
    }
}

fn arguments(out: &mut String, arguments: &[ToldInput]) {
    if !arguments.is_empty() {
        out.push_str("(\n");
        arguments.iter().for_each(|argument| argument.write(out));
        out.push(')');
    }
}

fn describe(out: &mut String, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        write_description(out, text, "");
    }
}

fn deprecate(out: &mut String, is: bool, reason: Option<&str>) {
    if is {
        out.push_str(" @deprecated");
        if let Some(reason) = reason {
            out.push_str("(reason: ");
            write_string(out, reason);
            out.push(')');
        }
    }
}
