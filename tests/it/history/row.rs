//! An entity as it stands in an answer.

use serde_json::Value;

use super::model::{Number, PLACES, STAGES, Seen, State, What};
use super::world::{World, stamped};

/// What is asked of a task, wherever one stands.
pub const TASK: &str = "fragment t on Task { id version title status project { id } assignees { id } }";
/// What is asked of a project.
pub const PROJECT: &str = "fragment p on Project { id version name status members { id } }";
/// What is asked of a person.
pub const USER: &str = "fragment u on User { id version lastName }";

/// An entity in an answer.
pub struct Row {
    pub number: Number,
    pub version: u32,
    pub state: State,
}

impl Row {
    pub fn seen(&self) -> Seen {
        let Row {
            number: entity,
            version,
            state,
        } = *self;
        Seen::Row { entity, version, state }
    }
}

/// Reads one that is known to be this.
pub fn read(world: &World, what: What, object: &Value) -> Row {
    let number = world.number(what, object["id"].as_str().expect("an object has an id"));
    let version = u32::try_from(object["version"].as_u64().expect("an object has a version")).unwrap();
    let state = match what {
        What::Task { .. } => State {
            stamp: stamped(&object["title"]),
            place: place(&PLACES, &object["status"]),
            who: world.bits(&object["assignees"]),
        },
        What::Project => State {
            stamp: stamped(&object["name"]),
            place: place(&STAGES, &object["status"]),
            who: world.bits(&object["members"]),
        },
        What::User => State {
            stamp: stamped(&object["lastName"]),
            ..State::default()
        },
    };
    Row { number, version, state }
}

/// Reads a task, whose project it tells.
pub fn task(world: &World, object: &Value) -> Row {
    let project = world.number(
        What::Project,
        object["project"]["id"].as_str().expect("a task has a project"),
    );
    read(world, What::Task { project }, object)
}

fn place(places: &[&str], name: &Value) -> u8 {
    let at = places.iter().position(|place| name == place);
    u8::try_from(at.unwrap_or_else(|| panic!("nobody moves anything to {name}"))).unwrap()
}
