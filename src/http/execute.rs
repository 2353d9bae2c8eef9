//! Executes what has been understood, and tells the client by codes how it went.

use async_graphql::ServerError;

use crate::graphql::{ErrorCode, Reply, Scope};

use super::endpoint::Endpoint;
use super::operation::Operation;

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it is there.
    Ok,
    /// Some of it is there, with errors for the rest.
    Partial,
    /// It was executed and nothing is there.
    Error,
    /// It was not executed.
    Refused,
}

impl Outcome {
    /// As metrics and the log name it.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Partial => "partial",
            Outcome::Error => "error",
            Outcome::Refused => "refused",
        }
    }

    fn of(reply: &Reply) -> Outcome {
        match (reply.errors.is_empty(), *reply.data == b"null"[..]) {
            (true, _) => Outcome::Ok,
            (false, false) => Outcome::Partial,
            // An error of a field names the field; one of the request has no path.
            (false, true) if reply.errors.iter().any(|error| !error.path.is_empty()) => Outcome::Error,
            (false, true) => Outcome::Refused,
        }
    }
}

/// What came of executing an operation.
pub struct Executed {
    /// `query`, `mutation` or `none`: not understood.
    pub kind: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// What was answered.
    pub reply: Reply,
}

/// Most errors of a refused request that are told.
const MOST_ERRORS: usize = 20;
/// Longest message, in bytes: some of them quote the input.
const LONGEST_MESSAGE: usize = 1_000;

/// Executes one operation.
pub async fn execute(endpoint: &Endpoint, operation: &Operation, scope: Scope) -> Executed {
    let kind = if operation.is_mutation() { "mutation" } else { "query" };
    let (executor, name) = (&endpoint.app.executor, operation.name.as_deref());
    let reply = executor.execute(operation.document(), name, operation.variables(), scope);
    let mut reply = reply.await;
    let outcome = Outcome::of(&reply);
    settle_errors(&mut reply.errors, outcome);
    Executed { kind, outcome, reply }
}

/// What comes of an operation that is not executed.
pub fn refuse(mut errors: Vec<ServerError>) -> Executed {
    settle_errors(&mut errors, Outcome::Refused);
    Executed {
        kind: "none",
        outcome: Outcome::Refused,
        reply: Reply::refused(errors),
    }
}

/// Gives each error a code: its own, or BAD_USER_INPUT where the request is at fault; what then is left is ours.
fn settle_errors(errors: &mut Vec<ServerError>, outcome: Outcome) {
    let count = errors.len();
    if outcome == Outcome::Refused && count > MOST_ERRORS {
        errors.truncate(MOST_ERRORS - 1);
        errors.push(ServerError::new(
            format!("and {} errors more", count - errors.len()),
            None,
        ));
    }
    for error in errors {
        shorten(&mut error.message);
        let coded = error
            .extensions
            .as_ref()
            .is_some_and(|extensions| extensions.get("code").is_some());
        if coded {
            continue;
        }
        let code = if error.path.is_empty() || is_coercion(&error.message) {
            ErrorCode::BadUserInput
        } else {
            tracing::error!(error = error.message, path = ?error.path, "a field failed without a code");
            ErrorCode::InternalServerError
        };
        error.extensions.get_or_insert_default().set("code", code.name());
    }
}

/// Whether a field failed because an argument's value can't be its type: what the library words so.
fn is_coercion(message: &str) -> bool {
    ["Failed to parse \"", "Expected input type \"", "Variable "]
        .iter()
        .any(|words| message.starts_with(words))
}

fn shorten(message: &mut String) {
    if message.len() > LONGEST_MESSAGE {
        let end = (0..=LONGEST_MESSAGE).rev().find(|&at| message.is_char_boundary(at));
        message.truncate(end.unwrap_or_default());
        message.push('…');
    }
}
