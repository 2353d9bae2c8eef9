//! Both sides over one world: what is asked of them, and what comes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use kanvaro::model::{Id, Kind};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::answer::Answer;
use super::document::{Document, Question};
use super::found::Found;
use super::person::Person;
use super::pool::Pool;
use super::process::Oracle;
use super::sdl::Sdl;
use super::site::Site;
use super::values::Values;
use super::world::World;

/// Both sides over one world.
pub struct Run {
    seed: u64,
    dice: StdRng,
    pub site: Site,
    oracle: Oracle,
    sdl: Sdl,
    people: Vec<Person>,
    pools: Vec<Pool>,
    pub found: Found,
    /// How many answers differ, where the first doesn't end the test.
    pub differences: usize,
    /// What there is of the kinds that mutations make something of.
    known: BTreeMap<Kind, BTreeSet<Id>>,
}

/// What the mutations make.
const MADE: [Kind; 2] = [Kind::Comment, Kind::CustomRole];

/// A question of somebody.
struct Asked {
    who: Option<Person>,
    question: Question,
}

impl Run {
    /// The world of this seed.
    pub async fn new(seed: u64) -> Run {
        let mut dice = StdRng::seed_from_u64(seed);
        let (world, site) = (World::new(&mut dice), Site::new().await);
        site.app.seed(world.entities.iter().cloned()).await;
        let dump = site.file("world.json");
        World::dump(&site.app.app.store, site.app.clock.now(), &dump).await;
        let mut known = BTreeMap::new();
        for kind in MADE {
            known.insert(kind, site.ids(kind).await);
        }
        let pools = world.organizations.iter().map(|id| Pool::new(&world, *id)).collect();
        Run {
            seed,
            dice,
            oracle: Oracle::start(&dump),
            site,
            sdl: Sdl::read(),
            people: world.people,
            pools,
            found: Found::default(),
            differences: 0,
            known,
        }
    }

    /// Asks this many queries, or some more. The oracle answers them while the server is asked.
    pub async fn queries(&mut self, count: usize) {
        let asked = self.questions(count);
        let lines: Vec<Value> = asked.iter().map(Asked::line).collect();
        let lot = self.oracle.ask(&lines);
        let mut ours = Vec::new();
        for together in asked.chunk_by(Asked::is_with) {
            let who = together[0].who.as_ref();
            let bodies: Vec<Value> = together.iter().map(|asked| asked.question.body()).collect();
            if self.dice.random_bool(0.2) {
                ours.extend(self.site.ask_together(who, &bodies).await);
                continue;
            }
            for body in bodies {
                ours.push(self.site.ask(who, &body).await);
            }
        }
        let theirs = self.oracle.answers(lot).await;
        for (asked, (ours, theirs)) in asked.iter().zip(ours.iter().zip(&theirs)) {
            self.compare(asked, ours, theirs);
        }
    }

    /// Asks for some changes. The oracle makes them once it knows the ids that the server has given.
    pub async fn mutation(&mut self) {
        let (person, dice) = (self.people.choose(&mut self.dice).unwrap().clone(), &mut self.dice);
        let values = Values {
            sdl: &self.sdl,
            pool: &self.pools[person.home],
        };
        let who = (!dice.random_bool(0.03)).then_some(person);
        let question = Document::of_changes(dice, values).ask(dice);
        let asked = Asked { who, question };
        let ours = self.site.ask(asked.who.as_ref(), &asked.question.body()).await;
        if Answer::read(&ours).is_beyond_limits() {
            return;
        }
        let mut line = asked.line();
        for kind in MADE {
            line["made"][kind.name()] = json!(self.made(kind).await);
        }
        let lot = self.oracle.ask(&[line]);
        let theirs = self.oracle.answers(lot).await;
        self.compare(&asked, &ours, &theirs[0]);
    }

    /// What there is of this kind that there was not before, in the order in which it was made.
    async fn made(&mut self, kind: Kind) -> Vec<Id> {
        let now = self.site.ids(kind).await;
        let before = self.known.insert(kind, now.clone()).unwrap_or_default();
        now.difference(&before).copied().collect()
    }

    /// Documents, each asked several times: with other variables, by others, and the very same again.
    fn questions(&mut self, count: usize) -> Vec<Asked> {
        let (mut asked, dice) = (Vec::new(), &mut self.dice);
        while asked.len() < count {
            let person = self.people.choose(dice).unwrap().clone();
            let values = Values {
                sdl: &self.sdl,
                pool: &self.pools[person.home],
            };
            let document = Document::new(dice, values);
            for _ in 0..dice.random_range(1..=4) {
                let who = match dice.random_range(0..100) {
                    0..6 => None,
                    6..20 => Some(self.people.choose(dice).unwrap().clone()),
                    _ => Some(person.clone()),
                };
                let question = document.ask(dice);
                for _ in 0..if dice.random_bool(0.1) { 2 } else { 1 } {
                    let (who, question) = (who.clone(), question.clone());
                    asked.push(Asked { who, question });
                }
            }
        }
        asked
    }

    fn compare(&mut self, asked: &Asked, ours: &str, theirs: &str) {
        let (our, their) = (Answer::read(ours), Answer::read(theirs));
        self.found.count(&our);
        if our.is_beyond_limits() {
            return;
        }
        let wrongly = their.is_refused() && !asked.question.is_wrong;
        let difference = match wrongly {
            true => Some("the oracle refuses what was meant to be right".to_owned()),
            false => our.difference(&their),
        };
        let Some(difference) = difference else { return };
        let report = format!(
            "KANVARO_TEST_SEED={}, operation {}: {difference}\n\n{asked}\n\nours: {ours}\n\nthe oracle's: {theirs}\n",
            self.seed, self.found.asked
        );
        assert!(std::env::var_os("KANVARO_TEST_ORACLE_ALL").is_some(), "{report}");
        println!("{report}");
        self.differences += 1;
    }
}

impl Asked {
    /// Whether it may be asked in one request with the one after it: by the same person.
    fn is_with(&self, after: &Asked) -> bool {
        let who = |asked: &Asked| asked.who.as_ref().map(|person| person.user);
        who(self) == who(after)
    }

    /// As the oracle takes it.
    fn line(&self) -> Value {
        let mut line = self.question.body();
        line["viewer"] = json!(self.who.as_ref().map(|person| person.user));
        line["session"] = json!(self.who.as_ref().map(|person| person.session));
        line
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.who.as_ref();
        let who = who.map_or("nobody".into(), |person| {
            format!("{:?} {} of organisation {}", person.role, person.user, person.home)
        });
        let Question {
            query,
            operation,
            variables,
            ..
        } = &self.question;
        write!(
            f,
            "{query}\n\noperation {operation:?}, variables {variables}, asked by {who}"
        )
    }
}

/// The number in an environment variable.
pub fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}
