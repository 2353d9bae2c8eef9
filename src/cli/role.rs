//! Roles as they are written on the command line: by their stored names.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use crate::model::Role;

const NAMES: [&str; 9] = [
    "admin",
    "human_resource",
    "project_manager",
    "team_member",
    "client",
    "viewer",
    "qa_engineer",
    "tester",
    "account_manager",
];

/// Takes one of the names.
pub fn parser() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(NAMES).map(|name| parse(&name).expect("every name is that of a role"))
}

fn parse(name: &str) -> Result<Role, Error> {
    let name: StrDeserializer<'_, Error> = name.into_deserializer();
    Role::deserialize(name)
}

#[cfg(test)]
mod tests {
    use async_graphql::resolver_utils::EnumType;

    use super::*;

    #[test]
    fn every_role_can_be_named() {
        let named: Vec<Role> = NAMES.iter().map(|name| parse(name).unwrap()).collect();
        let missing = Role::items().iter().filter(|item| !named.contains(&item.value));
        assert_eq!(missing.count(), 0);
    }
}
