//! Custom roles of the app. They give what is a permission here too; the rest is told.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::fields::Fields;
use super::report::Report;
use super::task::{born, cut};
use crate::model::{Id, Kind, Permission};

const KIND: Kind = Kind::CustomRole;

/// Which there are so far.
pub struct CustomRoles {
    /// The organisations there are.
    pub organizations: HashSet<Id>,
    /// The names that are taken, by organisation.
    pub names: HashSet<(Id, String)>,
}

impl CustomRoles {
    /// The custom role as ours; `None` where it was refused.
    pub fn role(&mut self, document: &Value, report: &mut Report) -> Option<Value> {
        let fields = Fields::of(document)?;
        let (id, name) = (fields.id(), fields.text("name").map(|name| cut(name, 100)));
        let organization = fields.one("organization").filter(|id| self.organizations.contains(id));
        let refused = match (&name, organization) {
            (None, _) => Some("it has no name"),
            (_, None) => Some("its organization isn't there"),
            _ if fields.flag("isActive") == Some(false) => Some("it isn't active"),
            (Some(name), Some(home)) if self.names.contains(&(home, name.clone())) => {
                Some("its name is another custom role's")
            }
            _ => None,
        };
        let (Some(id), Some(name), Some(organization), None) = (id, name, organization, refused) else {
            report.refuse(KIND, id, refused.unwrap_or("it has no id"));
            return None;
        };
        self.names.insert((organization, name.clone()));
        let (created, updated) = born(fields, id);
        if fields.has("description") {
            report.left_out(KIND, "description");
        }
        Some(json!({
            "_id": id,
            "name": name,
            "permissions": permissions(fields, report),
            "organization": organization,
            "version": 1,
            "createdAt": created,
            "updatedAt": updated,
        }))
    }
}

fn permissions(fields: Fields<'_>, report: &mut Report) -> Vec<&'static str> {
    let mut known = Vec::new();
    for written in fields.list("permissions") {
        let written = written.as_str().unwrap_or_default();
        match Permission::parse(written) {
            Some(permission) if !known.contains(&permission.name()) => known.push(permission.name()),
            Some(_) => {}
            None => report.left_out(KIND, format!("permission {:?}", cut(written, 100))),
        }
    }
    known
}
