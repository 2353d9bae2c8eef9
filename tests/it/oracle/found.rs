//! What was put to the test: a comparison of answers that never hold anything shows nothing.

use std::collections::BTreeMap;

use super::answer::Answer;

/// What was put to the test.
#[derive(Debug, Default)]
pub struct Found {
    /// Operations.
    pub asked: usize,
    /// Not executed, as both sides say.
    refused: usize,
    /// Beyond the server's limits, which the oracle hasn't.
    beyond_limits: usize,
    /// Answers with data and errors.
    partial: usize,
    /// Bytes of data.
    bytes: usize,
    /// Errors by their codes.
    codes: BTreeMap<String, usize>,
}

impl Found {
    /// Adds an answer of the server.
    pub fn count(&mut self, answer: &Answer) {
        self.asked += 1;
        if answer.is_beyond_limits() {
            self.beyond_limits += 1;
            return;
        }
        self.refused += usize::from(answer.is_refused());
        self.partial += usize::from(!answer.is_refused() && !answer.codes.is_empty());
        self.bytes += answer.data.as_ref().map_or(0, String::len);
        for code in &answer.codes {
            *self.codes.entry(code.clone()).or_default() += 1;
        }
    }

    /// What was not put to the test of changes, of so many operations.
    pub fn unchanged(&self, operations: usize) -> Option<String> {
        let of = |code: &str| self.codes.get(code).copied().unwrap_or_default();
        let few = |what: &str, count: usize, least: usize| (count < least).then(|| format!("only {count} {what}"));
        few("things were not found", of("NOT_FOUND"), operations / 50)
            .or_else(|| few("changes were forbidden", of("FORBIDDEN"), operations / 50))
    }

    /// What was not put to the test, of so many queries.
    pub fn untested(&self, operations: usize) -> Option<String> {
        let few = |what: &str, count: usize, least: usize| (count < least).then(|| format!("only {count} {what}"));
        let executed = self.asked - self.refused - self.beyond_limits;
        let code = |code: &str| self.codes.get(code).copied().unwrap_or_default();
        few("were executed", executed, operations * 9 / 10)
            .or_else(|| few("were refused", self.refused, operations / 1_000))
            .or_else(|| few("have data and errors", self.partial, operations / 20))
            .or_else(|| few("fields were forbidden", code("FORBIDDEN"), operations / 100))
            .or_else(|| few("arguments were bad", code("BAD_USER_INPUT"), operations / 20))
            .or_else(|| few("needed a sign-in", code("UNAUTHENTICATED"), operations / 50))
            .or_else(|| few("bytes of data", self.bytes, operations * 200))
    }
}
