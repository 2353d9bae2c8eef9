//! Manifests of persisted queries, in Apollo's and in Relay's form. An id that looks like a hash has to be the text's.

use md5::{Digest as _, Md5};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::OperationsError;

/// One text of a manifest.
pub(super) struct Persisted {
    /// What it is asked by.
    pub id: String,
    /// The document.
    pub text: String,
}

/// Reads a manifest.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Persisted>, OperationsError> {
    let wrong = |found: &str| OperationsError::Manifest {
        file: file.into(),
        found: found.into(),
    };
    let manifest: Value = serde_json::from_str(text).map_err(|error| wrong(&format!("no JSON: {error}")))?;
    let object = manifest.as_object().ok_or_else(|| wrong("no object"))?;
    let persisted = match object.get("format") {
        Some(format) if object.contains_key("operations") => {
            if format != "apollo-persisted-query-manifest" || manifest["version"] != 1 {
                return Err(wrong(&format!("format {format}, version {}", manifest["version"])));
            }
            apollo(&manifest["operations"]).ok_or_else(|| wrong("an operation without id or body"))?
        }
        _ => {
            let texts = object
                .iter()
                .map(|(id, text)| text.as_str().map(|text| persisted(id, text)));
            texts
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| wrong("a value that is no text"))?
        }
    };
    for one in &persisted {
        check(file, one)?;
    }
    Ok(persisted)
}

fn apollo(operations: &Value) -> Option<Vec<Persisted>> {
    let each = operations.as_array()?.iter();
    each.map(|operation| Some(persisted(operation["id"].as_str()?, operation["body"].as_str()?)))
        .collect()
}

fn persisted(id: &str, text: &str) -> Persisted {
    let (id, text) = (id.to_owned(), text.to_owned());
    Persisted { id, text }
}

fn check(file: &str, Persisted { id, text }: &Persisted) -> Result<(), OperationsError> {
    let is_hash = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (algorithm, actual) = match id.len() {
        32 if is_hash => ("MD5", hex(&Md5::digest(text))),
        40 if is_hash => ("SHA-1", hex(&Sha1::digest(text))),
        64 if is_hash => ("SHA-256", hex(&Sha256::digest(text))),
        _ => return Ok(()),
    };
    if actual.eq_ignore_ascii_case(id) {
        return Ok(());
    }
    Err(OperationsError::Hash {
        file: file.into(),
        id: id.clone(),
        algorithm,
        operation: text.split(['{', '(']).next().unwrap_or_default().trim().to_owned(),
        actual,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
