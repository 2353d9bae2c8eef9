//! What was found current together. That it was is a fact like any that is cached: it counts under the version of its tenant's
//! tag, taken before all of it was asked for. So while nothing of the tenant is written, one question tells whether it holds.

use std::sync::{LazyLock, OnceLock};

use quick_cache::sync::Cache as Table;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::cache::{Cache, Generation, TagState, Version};
use crate::model::{Id, Tag};

use super::Source;
use super::asking::{Asking, States};

/// What this process has found current together lately.
pub(super) struct Confirmed {
    facts: Table<Fact, Under>,
    /// Under what each tenant stood when it was asked for last.
    tenants: Table<Id, Under>,
    asking: Asking,
    /// Facts of what is held in the process, and what all states rested on then.
    at: Table<Fact, Generation>,
}

/// Tags with the versions that they were current under, by their hash.
type Fact = [u8; 16];

/// The versions that facts of a tenant count under: the tenant's own, and that of what can't be told whose it is.
type Under = [Version; 2];

/// How many facts are remembered: as many as there are different answers that people ask for at a time.
const FACTS: usize = 16_384;
const TENANTS: usize = 4_096;
/// Fewer pairs are compared each time.
const FEW: usize = 8;

impl Default for Confirmed {
    fn default() -> Confirmed {
        Confirmed {
            facts: Table::new(FACTS),
            tenants: Table::new(TENANTS),
            asking: Asking::default(),
            at: Table::new(FACTS),
        }
    }
}

/// That these tags are current, each under this version.
pub struct Claim {
    pairs: Vec<(Tag, Version)>,
    fact: OnceLock<Fact>,
}

impl Claim {
    /// What these pairs say.
    pub fn of(pairs: Vec<(Tag, Version)>) -> Claim {
        let fact = OnceLock::new();
        Claim { pairs, fact }
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether nothing is claimed.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Whether it holds, for a request that sees this tenant's things alone: what it read of others it doesn't see, whatever is
    /// written of it. One round trip; two where the tenant has just changed, none where nothing is claimed.
    pub async fn holds(&self, source: &Source, tenant: Option<Id>) -> bool {
        if self.is_empty() {
            return true;
        }
        let holds = match (source.cache.generation(), tenant) {
            // Where states are held in the process there is nobody else to ask.
            (Some(now), _) => self.holds_at(source, now).await,
            (None, Some(tenant)) => self.holds_in(source, tenant).await,
            (None, None) => self.ask(source, &[]).await.is_some(),
        };
        source.metrics.assumed(holds);
        holds
    }

    /// `now` was taken before anything is asked for. Few are asked for as fast as their hash is worked out.
    async fn holds_at(&self, source: &Source, now: Generation) -> bool {
        let known = &source.confirmed;
        let fact = (self.len() > FEW).then(|| *self.fact.get_or_init(|| fact(&self.pairs)));
        if fact.is_some_and(|fact| known.at.get(&fact) == Some(now)) {
            return true;
        }
        let holds = self.ask(source, &[]).await.is_some();
        if let Some(fact) = fact.filter(|_| holds) {
            known.at.insert(fact, now);
        }
        holds
    }

    async fn holds_in(&self, source: &Source, tenant: Id) -> bool {
        let known = &source.confirmed;
        let fact = self.fact.get_or_init(|| fact(&self.pairs));
        let before = known.tenants.get(&tenant);
        if before.is_some() && known.facts.get(fact) == before {
            let states = known.asking.states(tenant, |tenants| ask(&source.cache, tenants)).await;
            if known.note(source, tenant, states).await == before {
                return true;
            }
        }
        // Taken before all is asked for.
        let before = known.tenants.get(&tenant);
        let states = self.ask(source, &tags(tenant)).await;
        let holds = states.is_some();
        let states = states.and_then(|states| <[TagState; 2]>::try_from(states).ok());
        let now = known.note(source, tenant, states).await;
        if let (Some(under), true) = (now, holds && now == before) {
            known.facts.insert(*fact, under);
        }
        holds
    }

    /// The states of these tags too, if all pairs are current.
    async fn ask(&self, source: &Source, more: &[Tag]) -> Option<Vec<TagState>> {
        let tags = self.pairs.iter().map(|(tag, _)| *tag);
        let tags: Vec<Tag> = tags.chain(more.iter().copied()).collect();
        let mut states = source.cache.get_many(&[], &tags).await.ok()?.tags;
        let is_current = |((_, then), state): (&(Tag, Version), &TagState)| matches!(state, TagState::Current(now, _) if now == then);
        let holds = self.pairs.iter().zip(&states).all(is_current);
        holds.then(|| states.split_off(self.pairs.len()))
    }
}

impl Confirmed {
    /// Notes under what a tenant stands: what was asked for before this counts under it, what is asked for later may.
    async fn note(&self, source: &Source, tenant: Id, states: Option<States>) -> Option<Under> {
        let mut states = states?;
        if states.contains(&TagState::Absent) {
            let created = source.cache.versions(&tags(tenant)).await.ok()?;
            states = created.try_into().ok()?;
        }
        let under = match states {
            [TagState::Current(own, _), TagState::Current(others, _)] => Some([own, others]),
            _ => None,
        };
        match under {
            Some(under) => self.tenants.insert(tenant, under),
            None => drop(self.tenants.remove(&tenant)),
        }
        under
    }
}

/// The states of these tenants' tags, in one round trip.
async fn ask(cache: &Cache, tenants: Vec<Id>) -> Option<Vec<States>> {
    let mut each = tenants.clone();
    each.sort_unstable();
    each.dedup();
    let tags = each.iter().map(|tenant| Tag::Tenant(*tenant));
    let tags: Vec<Tag> = [Tag::NO_TENANT].into_iter().chain(tags).collect();
    let states = cache.get_many(&[], &tags).await.ok()?.tags;
    let (others, own) = states.split_first()?;
    let of = |tenant| each.binary_search(tenant).ok().map(|at| [own[at], *others]);
    tenants.iter().map(of).collect()
}

const fn tags(tenant: Id) -> [Tag; 2] {
    [Tag::Tenant(tenant), Tag::NO_TENANT]
}

/// Versions are drawn by servers, and the seed is of this process: nobody can look for two claims with one hash.
fn fact(pairs: &[(Tag, Version)]) -> Fact {
    static SEED: LazyLock<u64> = LazyLock::new(rand::random);
    let mut bytes = Vec::with_capacity(pairs.len() * (Tag::BYTES + size_of::<u64>()));
    for (tag, version) in pairs {
        bytes.extend_from_slice(&tag.to_bytes());
        bytes.extend_from_slice(&version.token().to_le_bytes());
    }
    xxh3_128_with_seed(&bytes, *SEED).to_le_bytes()
}
