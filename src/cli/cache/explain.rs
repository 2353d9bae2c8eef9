//! `cache explain`: what the schema's hints mean for the operations of a document.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationType};

use crate::graphql::{CacheScope, Policy, policies};

/// The most bytes of a document.
const MOST: usize = 1 << 20;
/// The deepest nesting: the parser is not asked about what is deeper.
const DEEPEST: usize = 64;

/// What to tell of the document in this file.
pub fn explain(file: &Path) -> Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
    if text.len() > MOST || nesting(&text) > DEEPEST {
        bail!(
            "{} is larger than {MOST} bytes or nested deeper than {DEEPEST}",
            file.display()
        );
    }
    let document = parse_query(&text).with_context(|| format!("{} is no GraphQL document", file.display()))?;
    let told: Vec<String> = document
        .operations
        .iter()
        .map(|(name, operation)| {
            let name = name.map(async_graphql::Name::as_str);
            match operation.node.ty {
                OperationType::Query => format!("query {}{}", name.unwrap_or("(unnamed)"), of_query(&document, name)),
                other => format!("{other} {}: never kept", name.unwrap_or("(unnamed)")),
            }
        })
        .collect();
    Ok(told.join("\n"))
}

fn of_query(document: &ExecutableDocument, name: Option<&str>) -> String {
    let mut fields: Vec<(String, Option<Policy>)> = Vec::new();
    let policy = policies().noted(document, name, &Variables::default(), |of, field, allows| {
        let field = (format!("{of}.{field}"), allows);
        if !fields.contains(&field) {
            fields.push(field);
        }
    });
    let age = |allows: &Option<Policy>| allows.map_or(0, |policy| policy.max_age);
    fields.retain(|(_, allows)| age(allows) == policy.max_age);
    let fields: Vec<String> = fields.into_iter().map(told).collect();
    let because = match fields.is_empty() {
        true => "\n  no field says less than the most that is kept".to_owned(),
        false => format!("\n  because of {}", fields.join(", ")),
    };
    format!("{}{because}", terms(&policy))
}

fn told((field, allows): (String, Option<Policy>)) -> String {
    match allows {
        None => format!("{field} (there is no such field)"),
        Some(allows) if !allows.is_cacheable() => format!("{field} (not to be kept, or nothing is said of it)"),
        Some(allows) => format!("{field} ({} s)", allows.max_age),
    }
}

fn terms(policy: &Policy) -> String {
    if !policy.is_cacheable() {
        return ": never kept".into();
    }
    let scope = match policy.scope {
        CacheScope::Public => "PUBLIC",
        CacheScope::Private => "PRIVATE",
    };
    format!(
        ": kept for {} s at most, {scope}; stale for {} s while it is made anew, for {} s when it can't be",
        policy.max_age, policy.stale_while_revalidate, policy.stale_if_error
    )
}

/// How deep brackets stand in each other, those in texts and comments counted too.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
