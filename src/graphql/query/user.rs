//! The people of the organisation.

use std::task::{Poll, ready};

use async_graphql::{ID, InputObject};

use crate::execute::{Call, Output};
use crate::model::{Direction, Filter, Kind, Role, Value, Viewer};

use super::super::connection::Connection;
use super::super::declare::{FieldDeclaration, ObjectDeclaration, Resolved, Ty, arguments};
use super::super::object::{find, viewer_of};
use super::super::order::SortKey;
use super::super::page::{List, PageArgs};
use super::super::scalar::parse_id;
use super::super::{ApiError, guard};
use super::search::{findable, matching};

/// Which people to list: those that match all of it.
#[derive(Default, InputObject)]
pub struct UserFilter {
    /// Only people of this role.
    role: Option<Role>,
    /// Only people who bear this custom role.
    custom_role_id: Option<ID>,
    /// `true`: only people who may sign in; `false`: only those who may not any more.
    #[graphql(default_with = "Some(true)")]
    active: Option<bool>,
    /// Only people whose names or address have words that begin with each word of this; case and accents
    /// don't matter. The addresses of clients count for those alone who may read them. At most 10 000 characters.
    search: Option<String>,
}

impl UserFilter {
    fn condition(&self, viewer: &Viewer) -> Result<Filter, ApiError> {
        let mut all = vec![Filter::Eq("isActive", Value::Bool(self.active.unwrap_or(true)))];
        all.extend(self.role.map(|role| Filter::Eq("role", Value::stored(&role))));
        if let Some(id) = &self.custom_role_id {
            let role = parse_id("filter.customRoleId", Kind::CustomRole, id)?;
            all.push(Filter::Eq("customRole", Value::Id(role)));
        }
        if let Some(text) = &self.search {
            all.push(findable(viewer, matching("filter.search", text)?));
        }
        Ok(Filter::All(all))
    }
}

arguments! {
    /// Which people.
    pub struct UserListArgs {
        /// Only people who match all of this.
        filter: Option<UserFilter>,
    }
}

arguments! {
    /// Who.
    pub struct UserArgs {
        /// The id of a `User`.
        id: ID,
    }
}

/// Declares the roots about people.
pub fn declare(query: ObjectDeclaration<'_>) -> ObjectDeclaration<'_> {
    query
        .field(FieldDeclaration::root::<UserArgs>(
            "user",
            Ty::of("User"),
            "A person of the organisation; null when there is none with this id.",
            |asked, call| {
                let user = ready!(find(call, "id", Kind::User, &asked.id))?;
                Poll::Ready(Ok(Output::seen(call.type_of("User"), user)))
            },
        ))
        .field(FieldDeclaration::root::<(UserListArgs, PageArgs)>(
            "users",
            Ty::of("UserConnection"),
            "The people of the organisation; newest first.",
            |(asked, page), call| list(call, asked, page),
        ))
}

fn list(call: &mut Call<'_>, asked: &UserListArgs, page: &PageArgs) -> Resolved {
    let page = ready!(Connection::load(call, Kind::User, page, |call| {
        let viewer = viewer_of(call)?;
        let tenant = ready!(guard::listed(call, &viewer, None))?;
        let all = UserFilter::default();
        Poll::Ready(Ok(List {
            filter: tenant.and(asked.filter.as_ref().unwrap_or(&all).condition(&viewer)?),
            key: SortKey::Created,
            direction: Direction::Descending,
        }))
    }))?;
    Poll::Ready(Ok(page.output(call)))
}
