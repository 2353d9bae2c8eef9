//! A set of rights that an organisation has given a name.

use super::declare::declare;
use super::entity::Direction::{Ascending, Descending};
use super::entity::identity;
use super::{Entity, Id, Index, Kind, PermissionSet, Timestamp};

declare! {
    /// A set of rights that the organisation has given a name. Whoever bears it may what their role gives, and this: it
    /// adds, and takes nothing away.
    #[serde(rename_all = "camelCase")]
    pub struct CustomRole {
        /// The global id.
        #[serde(rename = "_id")]
        id: Id => id,
        /// What it is called, at most 100 characters; no two of the organisation are called the same.
        name: String => scalar,
        /// What it gives anywhere in the organisation, as `resource:verb`, like `project:create`.
        #[serde(default)]
        permissions: Vec<String> => scalar,
        /// How often it has been written, also because somebody was given it.
        #[serde(default)]
        version: i64 => scalar,
        /// When it was made.
        created_at: Timestamp => scalar,
        /// When it was last written.
        updated_at: Timestamp => scalar,
        /// Whose it is.
        organization: Id => hidden,
    }
}

impl CustomRole {
    /// What it gives. A name that isn't in the catalogue gives nothing.
    pub fn rights(&self) -> PermissionSet {
        PermissionSet::named(&self.permissions)
    }
}

impl Entity for CustomRole {
    const KIND: Kind = Kind::CustomRole;
    const INDEXES: &'static [Index] = &[
        Index::unique(&[("organization", Ascending), ("name", Ascending)]),
        Index::on(&[
            ("organization", Ascending),
            ("createdAt", Descending),
            ("_id", Descending),
        ]),
    ];
    const LINKS: &'static [&'static str] = &[];

    identity!(organization);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Permission;

    fn giving(permissions: &[&str]) -> CustomRole {
        let (id, time) = (Id::from_bytes([1; 12]), Timestamp::from_millis(0));
        CustomRole {
            id,
            name: "Zoë \"Zed\" \\ \u{2028}".into(),
            permissions: permissions.iter().map(|name| (*name).to_owned()).collect(),
            version: 3,
            created_at: time,
            updated_at: time,
            organization: Id::from_bytes([2; 12]),
        }
    }

    #[test]
    fn a_name_that_is_no_permission_gives_nothing() {
        let rights = giving(&["task:fly", "user:invite", "USER:READ", "", "user:invite"]).rights();
        assert_eq!(rights, PermissionSet::of(&[Permission::UserInvite]));
        let all: Vec<&str> = Permission::ALL.iter().map(|permission| permission.name()).collect();
        assert_eq!(giving(&all).rights(), PermissionSet::of(Permission::ALL));
    }

    #[test]
    fn its_row_comes_back() {
        let role = giving(&["user:invite", "\"", "null"]);
        assert_eq!(CustomRole::from_row(&role.to_row()), Some(role));
    }
}
