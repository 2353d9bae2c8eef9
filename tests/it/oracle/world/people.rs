//! The people of each organisation, with the roles, pictures, sessions and mails that are theirs.

use kanvaro::model::{
    AnyEntity, Asset, CustomRole, DateFormat, Id, Invitation, Mail, Money, Organization, PasswordReset, Preferences,
    Role, Session, Theme, TimeFormat, User,
};
use rand::Rng;
use rand::seq::IndexedRandom;

use super::{Maker, ROLES};
use crate::oracle::person::Person;
use crate::support::sample::{self, NOON, after_noon};

/// What custom roles give.
const GIVEN: [&str; 7] = [
    "project:view_all",
    "project:archive",
    "invoice:stamp",
    "financial:create_invoice",
    "task:edit_all",
    "user:invite",
    "user:update",
];
const AGENTS: [&str; 5] = [
    "",
    "curl/8.5.0",
    "Mozilla/5.0 (X11; Linux x86_64)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Zoë \"Zed\" (iPhone) 👩‍🚀",
];

impl Maker<'_> {
    pub(super) fn people(&mut self, home: usize, roles: &[Role]) {
        let organization = Organization {
            id: self.id(),
            name: self.text(),
            domain: self.sometimes(0.5, Maker::text),
            version: 3,
            ..sample::organization()
        };
        let id = organization.id;
        self.organizations.push(id);
        if home + 1 < ROLES.len() {
            self.all.push(organization.into());
        }
        for _ in 0..2 {
            let role = self.custom_role(id);
            self.roles.push(role.id);
            self.all.push(role.into());
        }
        let users: Vec<User> = roles.iter().map(|role| self.user(id, *role)).collect();
        self.all.extend(users.iter().cloned().map(AnyEntity::from));
        self.users.push(users);
    }

    /// A role of this organisation's own; of what it gives not all is a permission.
    fn custom_role(&mut self, organization: Id) -> CustomRole {
        let mut permissions = GIVEN.map(str::to_owned).to_vec();
        permissions.rotate_left(self.dice.random_range(0..GIVEN.len()));
        permissions.truncate(self.dice.random_range(0..GIVEN.len()));
        CustomRole {
            id: self.id(),
            name: format!("{} {}", self.text(), self.count),
            permissions,
            version: self.dice.random_range(1..9),
            created_at: self.moment(),
            updated_at: self.moment(),
            ..sample::custom_role(organization)
        }
    }

    /// Mostly a role of the own organisation; seldom another's, or one that is gone.
    fn borne(&mut self) -> Id {
        match self.flip(0.2) {
            true => *self.roles.choose(self.dice).unwrap(),
            false if self.flip(0.1) => self.id(),
            false => *self.roles.last().unwrap(),
        }
    }

    fn user(&mut self, organization: Id, role: Role) -> User {
        let id = self.id();
        let own = self.avatar(organization, id);
        let mut user = User {
            id,
            role,
            custom_role: self.sometimes(0.4, Maker::borne),
            avatar: self.sometimes(0.7, |maker| match maker.flip(0.1) {
                true => *maker.pictures.choose(maker.dice).unwrap(),
                false => own,
            }),
            version: self.dice.random_range(1..9),
            first_name: self.text(),
            last_name: self.text(),
            email: format!("person{}@acme.test", self.count),
            hourly_rate: self.sometimes(0.7, Maker::rate),
            billing_rate: self.sometimes(0.7, Maker::rate),
            preferences: self.preferences(),
            is_active: role == Role::Admin || self.flip(0.8),
            last_login_at: self.sometimes(0.5, Maker::moment),
            created_at: self.moment(),
            updated_at: self.moment(),
            ..sample::user(organization)
        };
        user.refresh();
        user
    }

    fn rate(&mut self) -> Money {
        Money {
            amount: self.dice.random_range(0..=User::MOST_RATE),
            currency: "EUR".into(),
        }
    }

    fn preferences(&mut self) -> Preferences {
        Preferences {
            theme: *[Theme::Light, Theme::Dark, Theme::System].choose(self.dice).unwrap(),
            sidebar_collapsed: self.flip(0.5),
            date_format: *[DateFormat::DmySlash, DateFormat::DmyDot, DateFormat::YmdDash]
                .choose(self.dice)
                .unwrap(),
            time_format: *[TimeFormat::Hours12, TimeFormat::Hours24].choose(self.dice).unwrap(),
        }
    }

    /// Somebody's picture, in some of the sizes that there can be.
    fn avatar(&mut self, organization: Id, owner: Id) -> Id {
        let id = self.id();
        let nobody = User {
            id: owner,
            ..sample::user(organization)
        };
        let mut asset = Asset {
            id,
            created_at: self.moment(),
            ..sample::avatar(&nobody)
        };
        let count = self.dice.random_range(1..=4);
        if let Some(picture) = &mut asset.picture {
            picture.variants.rotate_left(count);
            picture.variants.truncate(count);
            for variant in &mut picture.variants {
                variant.key = format!("images/bb/{id}-{}", variant.name);
            }
        }
        asset.refresh();
        self.all.push(asset.into());
        self.pictures.push(id);
        id
    }

    /// A session of everybody who may sign in.
    pub(super) fn sessions(&mut self) -> Vec<Person> {
        let users: Vec<(usize, User)> = self
            .users
            .iter()
            .enumerate()
            .flat_map(|(home, users)| users.iter().map(move |user| (home, user.clone())))
            .filter(|(_, user)| user.is_active)
            .collect();
        users
            .into_iter()
            .map(|(home, user)| self.session(home, &user))
            .collect()
    }

    fn session(&mut self, home: usize, user: &User) -> Person {
        let id = self.id();
        let (person, token_hash) = Person::with_session(home, user, id);
        let session = Session {
            id,
            token_hash,
            ..sample::session(user)
        };
        // Other devices, of which one has just been signed out by itself.
        let expired = Session {
            id: self.id(),
            expires_at: NOON,
            ..sample::session(user)
        };
        let other = Session {
            id: self.id(),
            user_agent: AGENTS.choose(self.dice).copied().unwrap_or_default().into(),
            created_at: after_noon(-60),
            ..sample::session(user)
        };
        self.all.extend([session, expired, other].map(AnyEntity::from));
        let invitation = Invitation {
            id: self.id(),
            expires_at: if self.flip(0.2) { NOON } else { after_noon(60) },
            ..sample::invitation(user)
        };
        let reset = PasswordReset {
            id: self.id(),
            ..sample::password_reset(user)
        };
        let mail = Mail {
            id: self.id(),
            ..sample::mail(&reset)
        };
        self.all
            .extend::<[AnyEntity; 3]>([invitation.into(), mail.into(), reset.into()]);
        person
    }
}
