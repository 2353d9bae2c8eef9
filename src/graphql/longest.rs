//! How long the data of an answer may be.

use async_graphql::ServerError;

use crate::execute::Answer;

use super::ErrorCode;

/// The most bytes of an answer's data.
#[derive(Clone, Copy, Debug)]
pub struct Longest(pub usize);

impl Longest {
    /// The answer, if it is no longer; else BAD_USER_INPUT, which names the key of the configuration.
    pub fn take(self, answer: Answer) -> Result<Answer, ServerError> {
        if !answer.is_too_long && answer.data.len() <= self.0 {
            return Ok(answer);
        }
        let mut error = ServerError::new(
            format!(
                "the answer is longer than {} bytes, the most that are allowed (max_answer_bytes): \
                 ask for fewer rows or fields at a time",
                self.0
            ),
            None,
        );
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", ErrorCode::BadUserInput.name());
        Err(error)
    }
}
