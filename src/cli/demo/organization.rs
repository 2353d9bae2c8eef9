//! An organisation and its people.

use std::collections::BTreeSet;
use std::time::Duration;

use unicode_normalization::UnicodeNormalization;

use super::dice::Dice;
use super::make::DAY;
use super::mint::Mint;
use super::text::Texts;
use crate::model::{CustomRole, Money, Organization, Permission, Preferences, Role, Timestamp, User};

/// An organisation with its people, not yet stored.
pub struct Cast {
    /// The organisation.
    pub organization: Organization,
    /// A role of its own, which one of its people bears.
    pub role: CustomRole,
    /// Its people; the first is an admin.
    pub users: Vec<User>,
}

/// What organisations are made from.
pub struct Casting<'a> {
    /// The texts.
    pub texts: &'a Texts,
    /// The day that counts as today.
    pub today: Timestamp,
    /// The seed, as it stands in addresses.
    pub seed: u64,
    /// What everybody's password is, hashed.
    pub password_hash: &'a str,
}

/// The roles of the first people of an organisation.
const FIRST: [Role; 12] = [
    Role::Admin,
    Role::ProjectManager,
    Role::TeamMember,
    Role::TeamMember,
    Role::QaEngineer,
    Role::Client,
    Role::ProjectManager,
    Role::TeamMember,
    Role::HumanResource,
    Role::Tester,
    Role::Viewer,
    Role::AccountManager,
];

/// Who of them bears the custom role: a team member.
const AUDITOR: usize = 7;

/// How the roles of everybody after them are spread.
const LATER: [(Role, usize); 9] = [
    (Role::TeamMember, 62),
    (Role::ProjectManager, 8),
    (Role::QaEngineer, 8),
    (Role::Tester, 6),
    (Role::Client, 8),
    (Role::Viewer, 3),
    (Role::HumanResource, 2),
    (Role::AccountManager, 2),
    (Role::Admin, 1),
];

impl Casting<'_> {
    /// The organisation with this index, counted from 0, and so many people.
    pub fn cast(&self, index: u32, users: u32, mint: &mut Mint, dice: &mut Dice) -> Cast {
        let organization = self.organization(index, mint, dice);
        let mut taken = BTreeSet::new();
        let mut people = Vec::new();
        for at in 0..users {
            let role = match FIRST.get(at as usize) {
                Some(role) => *role,
                None => dice.weighted(&LATER),
            };
            people.push(self.user(&organization, role, at, &mut taken, mint, dice));
        }
        let role = auditor(&organization, mint);
        if let Some(bearer) = people.get_mut(AUDITOR) {
            bearer.custom_role = Some(role.id);
        }
        Cast {
            organization,
            role,
            users: people,
        }
    }

    fn organization(&self, index: u32, mint: &mut Mint, dice: &mut Dice) -> Organization {
        let names = self.texts.people.get("organization");
        let (name, round) = (names[index as usize % names.len()], index as usize / names.len());
        let word = ascii(name.split_whitespace().next().unwrap_or(name));
        let place = dice.pick(self.texts.people.get("place"));
        let mut place = place.split_whitespace().map(str::to_owned);
        let [timezone, language, currency] = std::array::from_fn(|_| place.next().unwrap_or_default());
        let created_at = self.today.minus(DAY * 420);
        Organization {
            id: mint.id(created_at),
            version: 1,
            name: numbered(name, " ", round),
            domain: Some(format!("{}{}.example", numbered(&word, "-", round), self.suffix())),
            timezone,
            currency,
            language,
            logo: None,
            created_at,
            updated_at: created_at,
        }
    }

    fn user(
        &self,
        of: &Organization,
        role: Role,
        at: u32,
        taken: &mut BTreeSet<String>,
        mint: &mut Mint,
        dice: &mut Dice,
    ) -> User {
        let first_name = dice.pick(self.texts.people.get("first")).to_owned();
        let last_name = dice.pick(self.texts.people.get("last")).to_owned();
        let joined = of.created_at.plus(Duration::from_secs(3_600) * (at + 1));
        let created_at = if at < 3 {
            joined
        } else {
            joined.plus(DAY * roll(dice, 0, 360))
        };
        let created_at = created_at.min(self.today.minus(DAY * 2));
        let login = self.today.minus(Duration::from_secs(60) * roll(dice, 30, 20_000));
        let mut user = User {
            id: mint.id(created_at),
            organization: of.id,
            version: 1,
            email: address(&first_name, &last_name, of, taken),
            first_name,
            last_name,
            password_hash: self.password_hash.to_owned(),
            role,
            custom_role: None,
            is_active: at == 0 || (at != 9 && !dice.chance(4)) || at < 9,
            timezone: of.timezone.clone(),
            language: of.language.clone(),
            currency: of.currency.clone(),
            hourly_rate: worth(role, at, 1, &of.currency),
            billing_rate: worth(role, at, 2, &of.currency),
            last_login_at: dice.chance(85).then_some(login.max(created_at)),
            avatar: None,
            preferences: Preferences::default(),
            search_terms: Vec::new(),
            created_at,
            updated_at: login.max(created_at),
        };
        user.refresh();
        user
    }

    /// Addresses are unique in the whole store: those of another seed have to differ.
    fn suffix(&self) -> String {
        if self.seed == 0 {
            String::new()
        } else {
            format!("-{}", self.seed)
        }
    }
}

/// What an hour of somebody is worth, so many times over; nothing of those whom nobody pays by the hour. It rolls no dice,
/// so everything else is as it is without it.
fn worth(role: Role, at: u32, times: i64, currency: &str) -> Option<Money> {
    let least = match role {
        Role::Client | Role::Viewer => return None,
        Role::Admin | Role::ProjectManager => 6_000,
        _ => 4_000,
    };
    Some(Money {
        amount: (least + i64::from(at % 5) * 500) * times,
        currency: currency.to_owned(),
    })
}

/// A role that sees all projects and what they cost.
fn auditor(of: &Organization, mint: &mut Mint) -> CustomRole {
    let created_at = of.created_at.plus(DAY);
    let given = [Permission::ProjectViewAll, Permission::FinancialRead];
    CustomRole {
        id: mint.id(created_at),
        organization: of.id,
        version: 1,
        name: "Auditor".to_owned(),
        permissions: given.map(|permission| permission.name().to_owned()).into(),
        created_at,
        updated_at: created_at,
    }
}

fn address(first: &str, last: &str, of: &Organization, taken: &mut BTreeSet<String>) -> String {
    let name = format!("{}.{}", ascii(first), ascii(last));
    let free = (0..)
        .map(|round| numbered(&name, "", round))
        .find(|name| !taken.contains(name));
    let name = free.expect("there are numbers enough");
    taken.insert(name.clone());
    format!("{name}@{}", of.domain.as_deref().unwrap_or("demo.example"))
}

fn numbered(name: &str, between: &str, round: usize) -> String {
    if round == 0 {
        name.to_owned()
    } else {
        format!("{name}{between}{}", round + 1)
    }
}

fn roll(dice: &mut Dice, low: i64, high: i64) -> u32 {
    u32::try_from(dice.between(low, high)).unwrap_or_default()
}

/// A name as it stands in an address.
fn ascii(name: &str) -> String {
    let plain = name.nfkd().flat_map(char::to_lowercase).map(|letter| match letter {
        'ø' => 'o',
        'ł' => 'l',
        'ı' => 'i',
        other => other,
    });
    plain.filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_nobody_pays_by_the_hour_has_no_rates_and_others_are_billed_for_more_than_they_cost() {
        for (role, is_paid) in [(Role::Client, false), (Role::Viewer, false), (Role::TeamMember, true)] {
            let rates = [1, 2].map(|times| worth(role, 7, times, "EUR").map(|rate| rate.amount));
            let expected = is_paid.then_some([5_000, 10_000]);
            assert_eq!(rates, [0, 1].map(|at| expected.map(|rates| rates[at])), "{role:?}");
        }
    }
}
