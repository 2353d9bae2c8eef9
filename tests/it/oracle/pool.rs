//! What operations may name: ids and cursors of one organisation, and what is wrong with some of them.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kanvaro::model::{AnyEntity, EntityRef, Id, Kind, Timestamp};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::world::World;

/// What people of one organisation may name.
pub struct Pool {
    own: BTreeMap<Kind, Vec<Id>>,
    foreign: BTreeMap<Kind, Vec<Id>>,
    cursors: BTreeMap<&'static str, Vec<String>>,
    /// Tasks, each with one that it depends on.
    dependencies: Vec<(Id, Id)>,
}

const MALFORMED: [&str; 9] = [
    "",
    "x",
    "42",
    "tsk_",
    "tsk_65f0",
    "usr_65f0000000000000000000zz",
    "_65f000000000000000000000",
    "65f000000000000000000000",
    "é \"quoted\" \\ and longer than the sixty characters that an answer repeats of it",
];

impl Pool {
    /// What people of this organisation may name in this world.
    pub fn new(world: &World, organization: Id) -> Pool {
        let mut pool = Pool {
            own: BTreeMap::new(),
            foreign: BTreeMap::new(),
            cursors: BTreeMap::new(),
            dependencies: Vec::new(),
        };
        for entity in &world.entities {
            let EntityRef { kind, id } = entity.reference();
            if entity.organization() == organization {
                pool.own.entry(kind).or_default().push(id);
                pool.add_cursors(entity, id);
                if let AnyEntity::Task(task) = entity {
                    pool.dependencies.extend(task.dependencies.iter().map(|on| (id, *on)));
                }
            } else {
                pool.foreign.entry(kind).or_default().push(id);
            }
        }
        pool
    }

    fn add_cursors(&mut self, entity: &AnyEntity, id: Id) {
        let mut add = |key, value: String| {
            let text = URL_SAFE_NO_PAD.encode(format!("1:{key}:{value}:{id}"));
            self.cursors.entry(key).or_default().push(text);
        };
        let millis = |at: Timestamp| at.millis().to_string();
        match entity {
            AnyEntity::Task(task) => {
                add("createdAt", millis(task.created_at));
                add("updatedAt", millis(task.updated_at));
                add("dueSort", millis(task.due_sort));
                add("priority", i64::from(task.priority).to_string());
                add("rank", task.rank.as_str().into());
            }
            AnyEntity::Comment(comment) => add("createdAt", millis(comment.created_at)),
            AnyEntity::Project(project) => add("createdAt", millis(project.created_at)),
            AnyEntity::User(user) => add("createdAt", millis(user.created_at)),
            AnyEntity::CustomRole(role) => add("createdAt", millis(role.created_at)),
            AnyEntity::Session(session) => add("createdAt", millis(session.created_at)),
            AnyEntity::Invitation(invitation) => add("createdAt", millis(invitation.created_at)),
            AnyEntity::Organization(_) | AnyEntity::Asset(_) | AnyEntity::PasswordReset(_) | AnyEntity::Mail(_) => {}
        }
    }

    /// An id where one of this kind is meant, or of any kind. Mostly there is such a thing.
    pub fn id(&self, dice: &mut StdRng, meant: Option<Kind>) -> String {
        let kind = meant.unwrap_or_else(|| *Kind::ALL.choose(dice).unwrap());
        let own = |dice: &mut StdRng, kind| pick(dice, self.own.get(&kind)).or(pick(dice, self.foreign.get(&kind)));
        let id = own(dice, kind).unwrap();
        match dice.random_range(0..100) {
            0..78 => global(kind, id),
            78..84 => global(kind, pick(dice, self.foreign.get(&kind)).unwrap_or(id)),
            84..90 => global(kind, Id::from_bytes(dice.random())),
            90..93 => {
                let (code, digits) = (kind.code(), id.to_string().to_uppercase());
                format!("{code}_{digits}")
            }
            93..97 => {
                let kind = *Kind::ALL.choose(dice).unwrap();
                global(kind, own(dice, kind).unwrap())
            }
            _ => (*MALFORMED.choose(dice).unwrap()).to_owned(),
        }
    }

    /// A task and one that it depends on, as far as nobody has changed that; sometimes any two.
    pub fn dependency(&self, dice: &mut StdRng) -> (String, String) {
        match self.dependencies.choose(dice).filter(|_| dice.random_bool(0.8)) {
            Some((task, on)) => (global(Kind::Task, *task), global(Kind::Task, *on)),
            None => (self.id(dice, Some(Kind::Task)), self.id(dice, Some(Kind::Task))),
        }
    }

    /// A place in a list that is sorted by this field; seldom one of another list, or none.
    pub fn cursor(&self, dice: &mut StdRng, key: &str) -> String {
        if key == "search" && dice.random_bool(0.95) {
            return URL_SAFE_NO_PAD.encode(format!("1:search:{}", dice.random_range(0..9)));
        }
        let of = |dice: &mut StdRng, key: &str| pick(dice, self.cursors.get(key)).unwrap_or_default();
        match dice.random_range(0..100) {
            0..94 => of(dice, key),
            94..97 => {
                let key = *["createdAt", "priority", "rank", "dueSort"].choose(dice).unwrap();
                of(dice, key)
            }
            97 => format!("{}=", of(dice, key)),
            98 => of(dice, key).chars().skip(3).collect(),
            _ => (*MALFORMED.choose(dice).unwrap()).to_owned(),
        }
    }
}

fn global(kind: Kind, id: Id) -> String {
    EntityRef::new(kind, id).global()
}

fn pick<T: Clone>(dice: &mut StdRng, from: Option<&Vec<T>>) -> Option<T> {
    from?.choose(dice).cloned()
}
