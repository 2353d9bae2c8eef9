//! What the store itself holds, read past the program.

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};

use super::deployment::Deployment;
use super::model::{PLACES, Read, STAGES, STORE, Seen, Span, State, Thing, What};
use super::world::{World, stamped};

/// All that the store holds of a run, as one read that starts now.
pub async fn read(deployment: &Deployment, world: &World) -> Read {
    let start = world.watch.now();
    let mut seen = Vec::new();
    for (entity, thing) in (0..).zip(world.things()) {
        let collection = deployment.collection(collection(thing.what));
        let found = collection.find_one(doc! { "_id": object_id(&thing) }).await.unwrap();
        seen.push(found.map_or(Seen::Nothing(entity), |document| {
            let (version, state) = state(world, thing.what, &document);
            Seen::Row { entity, version, state }
        }));
    }
    let end = world.watch.now();
    Read {
        process: STORE,
        asked: "everything",
        span: Span { start, end },
        seen,
    }
}

/// The version and the state of a document.
pub fn state(world: &World, what: What, document: &Document) -> (u32, State) {
    let (name, people) = match what {
        What::Task { .. } => ("title", "assignedTo"),
        What::Project => ("name", "teamMembers"),
        What::User => ("lastName", ""),
    };
    let state = State {
        stamp: stamped(&document.get_str(name).unwrap().into()),
        place: place(what, document.get_str("status").unwrap_or_default()),
        who: bits(world, document.get(people)),
    };
    let version = match document.get("version") {
        Some(Bson::Int64(version)) => u32::try_from(*version).unwrap(),
        Some(Bson::Int32(version)) => u32::try_from(*version).unwrap(),
        other => panic!("{other:?} is no version"),
    };
    (version, state)
}

/// Where such entities stand.
pub fn collection(what: What) -> &'static str {
    match what {
        What::Task { .. } => "tasks",
        What::Project => "projects",
        What::User => "users",
    }
}

/// The id of its document.
pub fn object_id(thing: &Thing) -> ObjectId {
    let (_, id) = thing.id.split_once('_').expect("a global id names its kind");
    ObjectId::parse_str(id).unwrap()
}

fn place(what: What, status: &str) -> u8 {
    let places = match what {
        What::Task { .. } => PLACES,
        What::Project => STAGES,
        What::User => return 0,
    };
    let at = places.iter().position(|place| place.eq_ignore_ascii_case(status));
    u8::try_from(at.unwrap_or_else(|| panic!("nobody moves anything to {status}"))).unwrap()
}

fn bits(world: &World, people: Option<&Bson>) -> u8 {
    let ids = people
        .and_then(Bson::as_array)
        .into_iter()
        .flatten()
        .filter_map(Bson::as_object_id);
    let bit = |id: ObjectId| world.people.iter().position(|person| person.id.ends_with(&id.to_hex()));
    ids.filter_map(bit).map(|at| 1 << at).sum()
}
