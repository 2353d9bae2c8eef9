//! The part `map` of a request that brings files: which file belongs where in the variables.

use async_graphql::{Name, Value};

use crate::graphql::Upload;

use super::json;
use super::nesting::check_json;
use super::refusal::Refusal;
use super::request::{Asked, GraphqlRequest};

/// The files by the names of their parts, in the order of the map, each with the places where it belongs.
#[derive(Debug)]
pub struct UploadMap(Vec<(String, Vec<String>)>);

impl UploadMap {
    /// Reads the part: an object of lists of paths, like `{"0": ["variables.input.file"]}`.
    pub fn read(text: &[u8], most: usize) -> Result<UploadMap, Refusal> {
        check_json(text).map_err(|error| Refusal::bad_request(error.to_string()))?;
        let read =
            json::read(text).map_err(|error| Refusal::bad_request(format!("map is not readable JSON: {error}")))?;
        let Value::Object(members) = read else {
            return Err(unreadable());
        };
        if members.len() > most {
            let message = format!("the request has {} files, at most {most} are allowed", members.len());
            return Err(Refusal::bad_request(message));
        }
        let files = members.into_iter().map(|(name, paths)| match paths {
            Value::List(paths) if !paths.is_empty() => Ok((name.to_string(), texts(paths)?)),
            _ => Err(unreadable()),
        });
        files.collect::<Result<_, _>>().map(UploadMap)
    }

    /// Puts the value of each file in its places, all of which have to be null.
    pub fn put(&self, asked: &mut Asked) -> Result<(), Refusal> {
        for (number, (_, paths)) in self.0.iter().enumerate() {
            for path in paths {
                let place = place(asked, path).filter(|place| **place == Value::Null);
                let place = place.ok_or_else(|| {
                    let shown: String = path.chars().take(100).collect();
                    Refusal::bad_request(format!(
                        "map: {shown:?} is no place in operations that is null; paths are like variables.input.file"
                    ))
                })?;
                *place = Upload::value(number);
            }
        }
        Ok(())
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of the file whose part is called so.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == name)
    }

    /// What the part of this file is called.
    pub fn name(&self, number: usize) -> &str {
        self.0.get(number).map_or("", |(name, _)| name)
    }
}

fn unreadable() -> Refusal {
    Refusal::bad_request("map must be an object of lists of paths, like {\"0\": [\"variables.input.file\"]}")
}

fn texts(values: Vec<Value>) -> Result<Vec<String>, Refusal> {
    let text = |value| match value {
        Value::String(text) => Ok(text),
        _ => Err(unreadable()),
    };
    values.into_iter().map(text).collect()
}

/// What stands at this path, of one operation or, behind its number, of several.
fn place<'a>(asked: &'a mut Asked, path: &str) -> Option<&'a mut Value> {
    let mut parts = path.split('.');
    let request: &mut GraphqlRequest = match asked {
        Asked::One(one) => one,
        Asked::Many(many) => many.get_mut(parts.next()?.parse::<usize>().ok()?)?,
    };
    if parts.next()? != "variables" {
        return None;
    }
    let mut place = request.variables.get_mut(&Name::new(parts.next()?))?;
    for part in parts {
        place = match place {
            Value::Object(members) => members.get_mut(part)?,
            Value::List(items) => items.get_mut(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 3;

    fn put(operations: &str, map: &str) -> Result<String, String> {
        let mut asked = Asked::from_body(operations.as_bytes(), 10).map_err(|error| format!("{error:?}"))?;
        let map = UploadMap::read(map.as_bytes(), MOST).map_err(|error| format!("{error:?}"))?;
        map.put(&mut asked).map_err(|error| format!("{error:?}"))?;
        let variables = |request: &GraphqlRequest| serde_json::to_string(&request.variables).unwrap();
        Ok(match &asked {
            Asked::One(one) => variables(one),
            Asked::Many(many) => many.iter().map(variables).collect::<Vec<_>>().join(" "),
        })
    }

    fn with(variables: &str) -> String {
        format!("{{\"query\":\"{{a}}\",\"variables\":{variables}}}")
    }

    #[test]
    fn files_come_to_their_places() {
        for (variables, map, expected) in [
            (r#"{"f":null}"#, r#"{"0":["variables.f"]}"#, r##"{"f":"#upload:0"}"##),
            (
                r#"{"i":{"fs":[null,null]}}"#,
                r#"{"b":["variables.i.fs.1"],"a":["variables.i.fs.0"]}"#,
                r##"{"i":{"fs":["#upload:1","#upload:0"]}}"##,
            ),
            (
                r#"{"a":null,"b":null}"#,
                r#"{"0":["variables.a","variables.b"]}"#,
                r##"{"a":"#upload:0","b":"#upload:0"}"##,
            ),
        ] {
            assert_eq!(put(&with(variables), map).as_deref(), Ok(expected));
        }
        let batch = format!("[{},{}]", with(r#"{"f":null}"#), with(r#"{"f":null}"#));
        let both = put(&batch, r#"{"0":["1.variables.f"],"1":["0.variables.f"]}"#);
        assert_eq!(both.as_deref(), Ok(r##"{"f":"#upload:1"} {"f":"#upload:0"}"##));
    }

    #[test]
    fn a_place_that_is_none_or_not_null_is_named() {
        let operations = with(r#"{"f":null,"g":1,"l":[null]}"#);
        for path in [
            "f",
            "variables",
            "variables.",
            "variables.x",
            "variables.g",
            "variables.l.1",
            "variables.l.-1",
            "variables.f.x",
            "0.variables.f",
            "query",
            "",
        ] {
            let refused = put(&operations, &format!("{{\"0\":[{path:?}]}}"));
            assert!(
                refused.as_ref().is_err_and(|why| why.contains("is no place")),
                "{path}: {refused:?}"
            );
        }
    }

    #[test]
    fn a_map_that_is_none_is_refused() {
        let operations = with(r#"{"f":null}"#);
        for map in [
            "",
            "[]",
            "null",
            "{\"0\":\"variables.f\"}",
            "{\"0\":[]}",
            "{\"0\":[1]}",
            "{\"0\":[\"variables.f\"]",
        ] {
            assert!(put(&operations, map).is_err(), "{map}");
        }
        let many = r#"{"0":["variables.f"],"1":["variables.f"],"2":["variables.f"],"3":["variables.f"]}"#;
        assert!(put(&operations, many).is_err_and(|why| why.contains("at most 3 are allowed")));
        assert!(put(&operations, r#"{"0":["variables.f"],"0":["variables.f"]}"#).is_err());
    }
}
