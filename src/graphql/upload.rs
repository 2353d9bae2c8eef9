//! The scalar `Upload`: a file of the request, which brings it as a part of its own.

use std::sync::Arc;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::media::UploadedFile;

use super::{ApiError, ErrorCode, Scope};

/// A file of the request by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload(usize);

/// What the value of an upload begins with, once the file has come in; its number follows.
const PREFIX: &str = "#upload:";
const HOW: &str = "an Upload is a file, sent as multipart/form-data with the parts operations, map and the files; see the \
                   GraphQL multipart request specification";

/// A file, sent as a part of a multipart request; its variable is null in `operations`.
#[Scalar(
    name = "Upload",
    specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec"
)]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::String(text) => text.strip_prefix(PREFIX).and_then(|number| number.parse().ok()),
            _ => None,
        };
        let refused = || InputValueError::custom(HOW).with_extension("code", ErrorCode::BadUserInput.name());
        number.map(Upload).ok_or_else(refused)
    }

    fn to_value(&self) -> Value {
        Upload::value(self.0)
    }
}

impl Upload {
    /// What stands in variables for the file of this number.
    pub fn value(number: usize) -> Value {
        Value::String(format!("{PREFIX}{number}"))
    }

    /// The file. Who names one that the request has not brought is told how to send it.
    pub fn of(self, scope: &Scope) -> Result<Arc<UploadedFile>, ApiError> {
        let file = scope.uploads().get(self.0).cloned();
        file.ok_or_else(|| ApiError::BadUserInput(HOW.into()))
    }
}
