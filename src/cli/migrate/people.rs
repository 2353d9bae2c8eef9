//! Users of the app. Their password hashes are of another kind, so each of them has to get a new password.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::fields::Fields;
use super::money::minor_units;
use super::preferences::preferences;
use super::report::Report;
use super::task::{born, cut};
use crate::model::{Id, Kind, Money, Role, User};

const KIND: Kind = Kind::User;

/// Who is there so far.
pub struct People {
    /// The organisations there are.
    pub organizations: HashSet<Id>,
    /// The custom roles there are, and whose.
    pub roles: HashMap<Id, Id>,
    /// The addresses that are taken.
    pub emails: HashSet<String>,
}

impl People {
    /// The user as ours; `None` where they were refused.
    pub fn user(&mut self, document: &Value, report: &mut Report) -> Option<Value> {
        let fields = Fields::of(document)?;
        let id = fields.id();
        let refused = self.refusal(fields);
        let (Some(id), None) = (id, &refused) else {
            report.refuse(KIND, id, refused.unwrap_or("it has no id"));
            return None;
        };
        let email = fields.text("email").unwrap_or_default().to_lowercase();
        self.emails.insert(email.clone());
        let organization = fields.one("organization");
        let name = |field: &str, report: &mut Report| match fields.text(field) {
            Some(name) => cut(name, 100),
            None => {
                report.defaulted(KIND, format!("{field} is what stands before the @"));
                cut(email.split('@').next().unwrap_or_default(), 100)
            }
        };
        let (first_name, last_name) = (name("firstName", report), name("lastName", report));
        let (created, updated) = born(fields, id);
        left(fields, report);
        Some(json!({
            "_id": id,
            "firstName": first_name,
            "lastName": last_name,
            "email": email,
            "role": role(fields, report),
            "customRole": self.custom_role(fields, report),
            "isActive": fields.flag("isActive").unwrap_or(true),
            "timezone": fields.text("timezone").unwrap_or("UTC"),
            "language": fields.text("language").unwrap_or("en"),
            "currency": fields.text("currency").unwrap_or("USD"),
            "hourlyRate": rate("hourlyRate", fields, report),
            "billingRate": rate("billingRate", fields, report),
            "lastLoginAt": fields.time("lastLogin").or(fields.time("lastLoginAt")),
            "organization": organization,
            "preferences": preferences(fields, report),
            "passwordHash": "",
            "version": 1,
            "createdAt": created,
            "updatedAt": updated,
        }))
    }

    /// The custom role that they bear, if their organisation has it.
    fn custom_role(&self, fields: Fields<'_>, report: &mut Report) -> Option<Id> {
        let (borne, home) = (fields.one("customRole")?, fields.one("organization"));
        let there = self.roles.get(&borne).copied();
        if there.is_none() || there != home {
            report.left_out(KIND, "customRole that isn't there");
            return None;
        }
        Some(borne)
    }

    fn refusal(&self, fields: Fields<'_>) -> Option<&'static str> {
        let Some(email) = fields.text("email").map(str::to_lowercase) else {
            return Some("it has no email");
        };
        let is_address = email.len() <= 254
            && email
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        if !is_address {
            return Some("its email is no address");
        }
        if self.emails.contains(&email) {
            return Some("its email is another user's (case doesn't count)");
        }
        match fields.one("organization") {
            Some(organization) if self.organizations.contains(&organization) => None,
            Some(_) => Some("its organization isn't there"),
            None => Some("it has no organization"),
        }
    }
}

fn role(fields: Fields<'_>, report: &mut Report) -> Value {
    let written = fields.text("role").unwrap_or_default();
    let known = json!(written.to_lowercase().replace([' ', '-'], "_"));
    if serde_json::from_value::<Role>(known.clone()).is_ok() {
        return known;
    }
    report.defaulted(KIND, format!("role {written:?} is team_member"));
    json!("team_member")
}

/// What an hour of theirs is worth, which was a number of the currency that they prefer.
fn rate(field: &str, fields: Fields<'_>, report: &mut Report) -> Option<Money> {
    if !fields.has(field) {
        return None;
    }
    let currency = fields.text("currency").unwrap_or("USD").to_uppercase();
    let is_code = currency.len() == 3 && currency.bytes().all(|letter| letter.is_ascii_uppercase());
    let amount = fields.number(field).and_then(|number| minor_units(number, &currency));
    let Some(amount) = amount.filter(|amount| is_code && *amount <= User::MOST_RATE) else {
        report.left_out(KIND, format!("{field} that is no amount of a currency"));
        return None;
    };
    report.mapped(KIND, format!("{field} is in minor units of the user's currency"));
    Some(Money { amount, currency })
}

fn left(fields: Fields<'_>, report: &mut Report) {
    if fields.has("password") || fields.has("passwordHash") {
        report.left_out(KIND, "the password: give them a new one (kanvaro user password EMAIL)");
    }
    if fields.has("avatar") {
        report.left_out(KIND, "avatar");
    }
}
