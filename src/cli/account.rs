//! `user add`: finds or makes the organisation, then the account in it.

use std::sync::Arc;

use anyhow::{Error, Result, anyhow, bail};

use super::command::Account;
use crate::app::App;
use crate::model::{AnyEntity, Direction, Filter, Kind, Organization, Query, Sort, Value};
use crate::service::{NewOrganization, NewUser, ServiceError};

/// Adds the account; returns what to tell the person.
pub async fn add(app: &App, account: Account) -> Result<String> {
    let home = find(app, account.organization.as_deref()).await?;
    let user = NewUser {
        first_name: account.first_name,
        last_name: account.last_name,
        email: account.email,
        role: account.role,
        password: account.password,
    };
    let (organization, user, founded) = match (home, account.organization) {
        (Some(home), _) => {
            let user = app.services.create_user(home.id, &user).await.map_err(explained)?;
            (home, user, "")
        }
        (None, Some(name)) if account.founds => {
            let organization = NewOrganization::named(name);
            let made = app.services.create_organization_with_admin(organization, user).await;
            let (organization, user) = made.map_err(explained)?;
            (organization, user, " and the organisation itself")
        }
        (None, Some(name)) => {
            bail!("there is no organisation {name:?}; with --admin it is made, with this account as its admin")
        }
        (None, None) => bail!("there is no organisation yet; --admin --organization NAME makes one"),
    };
    let role = serde_json::to_value(user.role)?;
    Ok(format!(
        "Added {} {} <{}> as {} of {}{founded}.",
        user.first_name,
        user.last_name,
        user.email,
        role.as_str().unwrap_or_default(),
        organization.name,
    ))
}

/// The organisation of this name, or the only one there is.
async fn find(app: &App, name: Option<&str>) -> Result<Option<Arc<Organization>>> {
    let filter = match name {
        Some(name) => Filter::Eq("name", Value::Text(name.trim().to_owned())),
        None => Filter::everything(),
    };
    let query = Query {
        filter,
        sort: Sort {
            field: "createdAt",
            direction: Direction::Ascending,
        },
        after: None,
        skip: 0,
        limit: 2,
    };
    let found = app.store.page(Kind::Organization, query).await?;
    match (found.as_slice(), name) {
        ([AnyEntity::Organization(one)], _) => Ok(Some(one.clone())),
        ([], _) => Ok(None),
        (_, None) => bail!("there are several organisations; say which one with --organization NAME"),
        (_, Some(name)) => bail!("there are several organisations called {name:?}"),
    }
}

/// What a person can do about a refusal.
pub fn explained(error: ServiceError) -> Error {
    let ServiceError::Invalid(problems) = error else {
        return error.into();
    };
    let lines = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.field, problem.message));
    anyhow!(lines.collect::<Vec<String>>().join("\n"))
}
