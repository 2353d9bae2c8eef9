//! Projects of the app, with their boards.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::board;
use super::fields::Fields;
use super::money::minor_units;
use super::report::Report;
use super::task::{born, cut, words};
use crate::model::{Id, Kind, ProjectRole, ProjectStatus};

const KIND: Kind = Kind::Project;

/// What projects are made with.
pub struct Projects<'a> {
    /// The organisations there are, with somebody who made what nobody else has.
    pub admins: &'a HashMap<Id, Option<Id>>,
    /// The users there are.
    pub users: &'a HashSet<Id>,
    /// The statuses of each project's tasks.
    pub statuses: &'a HashMap<Id, BTreeSet<String>>,
    /// The highest number of each organisation, and those that are taken.
    pub numbers: Numbers,
}

/// Numbers that are given once among siblings.
#[derive(Default)]
pub struct Numbers(HashMap<Id, BTreeSet<i64>>);

impl Numbers {
    /// Takes this number; `false`: it is taken.
    pub fn take(&mut self, of: Id, number: i64) -> bool {
        number > 0 && self.0.entry(of).or_default().insert(number)
    }

    /// The next one behind all that are taken.
    pub fn next(&mut self, of: Id) -> i64 {
        let taken = self.0.entry(of).or_default();
        let next = taken.last().copied().unwrap_or_default() + 1;
        taken.insert(next);
        next
    }

    /// The highest of each.
    pub fn highest(&self) -> impl Iterator<Item = (Id, i64)> {
        self.0.iter().filter_map(|(of, taken)| Some((*of, *taken.last()?)))
    }
}

impl Projects<'_> {
    /// The project as ours; `None` where it was refused.
    pub fn project(&mut self, document: &Value, report: &mut Report) -> Option<Value> {
        let fields = Fields::of(document)?;
        let organization = fields.one("organization").filter(|id| self.admins.contains_key(id));
        let creator = fields.one("createdBy").or(organization.and_then(|id| self.admins[&id]));
        let (Some(id), Some(organization), Some(creator)) = (fields.id(), organization, creator) else {
            report.refuse(
                KIND,
                fields.id(),
                "it has no id, no organization that is there, or nobody who could have made it",
            );
            return None;
        };
        if !fields.has("createdBy") {
            report.defaulted(KIND, "createdBy is an admin of the organisation");
        }
        if !fields.has("name") {
            report.defaulted(KIND, "name is Untitled");
        }
        let name = cut(fields.text("name").unwrap_or("Untitled"), 200);
        let number = self.number(fields, organization, report);
        let empty = BTreeSet::new();
        let (columns, added) = board::columns(fields, self.statuses.get(&id).unwrap_or(&empty));
        for status in added {
            report.mapped(KIND, format!("status {status:?} of tasks is a column of its own"));
        }
        let (created, updated) = born(fields, id);
        Some(json!({
            "_id": id,
            "number": number,
            "name": name,
            "description": cut(fields.text("description").unwrap_or_default(), 20_000),
            "status": status(fields, report),
            "priority": priority(KIND, fields, report),
            "createdBy": creator,
            "client": fields.one("client").filter(|id| self.users.contains(id)),
            "teamMembers": self.members(fields, report),
            "projectRoles": self.roles(fields, report),
            "startDate": fields.time("startDate"),
            "endDate": fields.time("endDate"),
            "tags": words(KIND, fields.list("tags"), report),
            "boardColumns": columns,
            "budget": budget(fields, report),
            "isArchived": fields.flag("archived").or(fields.flag("isArchived")).unwrap_or_default(),
            "organization": organization,
            "version": 1,
            "createdAt": created,
            "updatedAt": updated,
        }))
    }

    fn number(&mut self, fields: Fields<'_>, organization: Id, report: &mut Report) -> i64 {
        let own = fields.whole("projectNumber").or(fields.whole("number"));
        match own.filter(|number| self.numbers.take(organization, *number)) {
            Some(number) => number,
            None => {
                report.defaulted(KIND, "number is the next free one");
                self.numbers.next(organization)
            }
        }
    }

    fn members(&self, fields: Fields<'_>, report: &mut Report) -> Vec<Id> {
        let (known, gone): (Vec<Id>, Vec<Id>) = fields
            .many("teamMembers")
            .into_iter()
            .partition(|id| self.users.contains(id));
        for _ in gone {
            report.left_out(KIND, "a team member who isn't there");
        }
        known
    }

    fn roles(&self, fields: Fields<'_>, report: &mut Report) -> Vec<Value> {
        let mut roles = Vec::new();
        for entry in fields.list("projectRoles").iter().filter_map(Fields::of) {
            let Some(user) = entry.one("user").filter(|id| self.users.contains(id)) else {
                continue;
            };
            let written = entry.text("role").unwrap_or_default();
            let role = match written {
                "project_qa_lead" | "project_tester" => "project_member",
                "project_account_manager" => "project_viewer",
                other => other,
            };
            if serde_json::from_value::<ProjectRole>(json!(role)).is_err() {
                report.left_out(KIND, format!("the project role {written:?}"));
                continue;
            }
            if role != written {
                report.mapped(KIND, format!("project role {written:?} is {role}"));
            }
            roles.push(json!({ "user": user, "role": role }));
        }
        roles
    }
}

fn status(fields: Fields<'_>, report: &mut Report) -> Value {
    if fields.flag("isDraft") == Some(true) {
        return json!("draft");
    }
    let written = fields.text("status").unwrap_or_default();
    let known = json!(super::status::key(written));
    if serde_json::from_value::<ProjectStatus>(known.clone()).is_ok() {
        return known;
    }
    report.defaulted(KIND, format!("status {written:?} is planning"));
    json!("planning")
}

/// The rank of a priority that was a word.
pub fn priority(kind: Kind, fields: Fields<'_>, report: &mut Report) -> i64 {
    let written = fields.text("priority").unwrap_or_default();
    match written.to_lowercase().as_str() {
        "low" => 0,
        "medium" | "normal" => 1,
        "high" => 2,
        "critical" | "urgent" => 3,
        _ => {
            report.defaulted(kind, format!("priority {written:?} is medium"));
            1
        }
    }
}

fn budget(fields: Fields<'_>, report: &mut Report) -> Option<Value> {
    let budget = fields.below("budget")?;
    let total = budget.number("total")?;
    let currency = budget.text("currency").unwrap_or("USD").to_uppercase();
    let spent = budget.number("spent").unwrap_or_default();
    let amounts = (minor_units(total, &currency), minor_units(spent, &currency));
    let (Some(total), Some(spent), 3) = (amounts.0, amounts.1, currency.len()) else {
        report.left_out(KIND, "a budget that is no amount of a currency");
        return None;
    };
    report.mapped(KIND, "budget is in minor units");
    Some(json!({ "total": total, "spent": spent, "currency": currency }))
}
