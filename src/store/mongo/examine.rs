//! What whoever looks after the MongoDB deployment should know of it. Asks nothing that needs more rights than the server has.

use bson::{Document, doc};
use mongodb::Database;
use mongodb::error::Error;

use crate::model::{Clock, Finding};
use crate::store::StoreError;

use super::error::store_error;
use super::index;

const PART: &str = "store";
/// Of fewer members none may be away.
const MEMBERS: usize = 3;

/// The findings on the deployment that this database lies in.
pub(super) async fn deployment(database: &Database, clock: &Clock) -> Result<Vec<Finding>, StoreError> {
    let before = clock.now().millis();
    let hello = hello(database).await.map_err(store_error)?;
    let asked = clock.now().millis() - before;
    let mut findings = vec![members(&hello)];
    if let Ok(theirs) = hello.get_datetime("localTime") {
        let ahead = theirs.timestamp_millis() - (before + asked / 2);
        findings.push(Finding::clock(PART, "MongoDB", ahead, asked));
    }
    findings.extend(collections(database).await.map_err(store_error)?);
    Ok(findings)
}

/// The finding of a deployment that doesn't answer as it should.
pub(super) fn unusable(error: &StoreError) -> Finding {
    let advice = "see whether the replica set has a primary (rs.status() in mongosh), and whether the user of the URL may read and \
                  write the database";
    Finding::wrong(PART, error.to_string(), advice)
}

async fn hello(database: &Database) -> Result<Document, Error> {
    database.run_command(doc! { "hello": 1 }).await
}

fn members(hello: &Document) -> Finding {
    let Ok(name) = hello.get_str("setName") else {
        return Finding::ok(PART, "MongoDB, a sharded cluster, through its router");
    };
    let count = |list| hello.get_array(list).map_or(0, Vec::len);
    let (members, arbiters) = (count("hosts") + count("passives"), count("arbiters"));
    let found = format!(
        "MongoDB, replica set {name} with {members} member{}",
        if members == 1 { "" } else { "s" }
    );
    if members < MEMBERS {
        let with = if arbiters > 0 {
            " (an arbiter holds no data, and doesn't count)"
        } else {
            ""
        };
        let advice = format!(
            "in production have {MEMBERS} that hold data{with}: writes wait for most of them, so with fewer none may be away"
        );
        return Finding::warning(PART, found, advice);
    }
    Finding::ok(PART, found)
}

async fn collections(database: &Database) -> Result<Vec<Finding>, Error> {
    let name = database.name();
    let Some(missing) = index::missing(database).await? else {
        let found = format!("there are no collections in the database {name} yet");
        let advice = "the first start of the server, or kanvaro index ensure, makes them with their indexes; if there should be data, \
                      the URL names another database";
        return Ok(vec![Finding::warning(PART, found, advice)]);
    };
    let indexes = match missing.as_slice() {
        [] => Finding::ok(PART, format!("all indexes of the database {name} are there")),
        [first, ..] => Finding::warning(
            PART,
            format!("{} indexes are missing, {first} among them", missing.len()),
            "kanvaro index ensure creates them, and so does the next start of a server unless ensure_indexes is false",
        ),
    };
    let images = if index::has_images(database).await? {
        Finding::ok(PART, "what other programs write can be followed")
    } else {
        Finding::warning(
            PART,
            "what other programs write can't be followed: collections keep no images of their changes",
            "run MongoDB 6.0 or newer, then kanvaro index ensure; until then cached things may be as old as their lifetimes",
        )
    };
    Ok(vec![indexes, images])
}
