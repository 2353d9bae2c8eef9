//! How MongoDB would execute a query, as the stages of its winning plan.

use bson::{Document, doc};
use mongodb::Database;

use crate::model::{Kind, Query};
use crate::store::StoreError;

use super::error::store_error;
use super::filter::{bounded, order};

/// The stages from the last to the first, with the index that each uses: `LIMIT < FETCH < IXSCAN number_1`.
/// A `COLLSCAN` is a query without an index, a `SORT` an order without one.
pub(super) async fn explain(database: &Database, kind: Kind, query: &Query) -> Result<String, StoreError> {
    let find = doc! {
        "find": kind.collection(),
        "filter": bounded(query),
        "sort": order(query.sort),
        "skip": i64::from(query.skip),
        "limit": i64::from(query.limit),
    };
    let command = doc! { "explain": find, "verbosity": "queryPlanner" };
    let answer = database.run_command(command).await.map_err(store_error)?;
    let planner = answer.get_document("queryPlanner");
    let plan = planner.and_then(|planner| planner.get_document("winningPlan"));
    Ok(plan.map_or_else(|_| answer.to_string(), stages))
}

fn stages(plan: &Document) -> String {
    // Newer servers put the plan beside the program they made of it.
    if let Ok(inner) = plan.get_document("queryPlan") {
        return stages(inner);
    }
    let stage = plan.get_str("stage").unwrap_or("?");
    let index = plan.get_str("indexName").map(|name| format!(" {name}"));
    let inputs: Vec<String> = inputs(plan).into_iter().map(stages).collect();
    let stage = format!("{stage}{}", index.unwrap_or_default());
    match inputs.as_slice() {
        [] => stage,
        [only] => format!("{stage} < {only}"),
        several => format!("{stage} < ({})", several.join(" + ")),
    }
}

/// What a stage reads from: one stage, several, or the plans of the shards.
fn inputs(plan: &Document) -> Vec<&Document> {
    let one = plan.get_document("inputStage").into_iter();
    let several = plan.get_array("inputStages").into_iter().flatten();
    let shards = plan.get_array("shards").into_iter().flatten();
    let shards = shards.filter_map(bson::Bson::as_document);
    one.chain(several.filter_map(bson::Bson::as_document))
        .chain(shards.filter_map(|shard| shard.get_document("winningPlan").ok()))
        .collect()
}
