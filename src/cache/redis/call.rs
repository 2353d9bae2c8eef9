//! A command on its way to a server, and what it comes back with.

use redis::{Arg, Cmd, Pipeline, ServerError, ServerErrorKind, Value};

use super::reign::Reign;
use super::slot::slot;

/// A command on the keys of one slot, or on none.
#[derive(Clone)]
pub(super) struct Call {
    /// Where its keys lie.
    pub slot: u16,
    /// What to do there.
    pub command: Cmd,
    /// Whether the server that gets the slot is asked before it owns it.
    pub asking: bool,
}

/// What a server made of a call.
pub(super) enum Said {
    /// Its answer, which may be an error.
    Answer(Value),
    /// The slot isn't here; the call is handed back with where to go.
    Elsewhere(Redirect, Call),
}

/// Where a slot is instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redirect {
    /// Its host; empty: the one that said so.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Only this call goes there: the slot is being moved.
    pub asking: bool,
}

/// An answer, and the number of the reign it was given under.
pub(super) struct Answer {
    /// What the server says.
    pub value: Value,
    /// Under which reign.
    pub reign: u64,
}

impl Call {
    /// A command on this key.
    pub fn on(key: &str, command: Cmd) -> Call {
        Call {
            slot: slot(key),
            command,
            asking: false,
        }
    }

    /// How many bytes it takes on the way, about.
    fn size(&self) -> usize {
        let arguments = self.command.args_iter().map(|argument| match argument {
            Arg::Simple(bytes) => bytes.len() + 8,
            _ => 8,
        });
        arguments.sum()
    }
}

impl Redirect {
    /// Reads `MOVED 3999 host:port` and `ASK 3999 host:port`.
    pub fn read(error: &ServerError) -> Option<Redirect> {
        let asking = match error.kind()? {
            ServerErrorKind::Moved => false,
            ServerErrorKind::Ask => true,
            _ => return None,
        };
        let (host, port) = error.details()?.split_whitespace().nth(1)?.rsplit_once(':')?;
        Some(Redirect {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: port.parse().ok()?,
            asking,
        })
    }
}

/// Most calls of one pipeline, and about the most bytes: others that share the connection come in between.
const MOST: usize = 500;
const MOST_BYTES: usize = 1 << 20;

/// Calls in pipelines of bounded size, in their order.
pub(super) fn split(calls: Vec<Call>) -> Vec<Vec<Call>> {
    let mut parts: Vec<Vec<Call>> = Vec::new();
    let mut bytes = 0;
    for call in calls {
        let size = call.size();
        match parts
            .last_mut()
            .filter(|part| part.len() < MOST && bytes + size <= MOST_BYTES)
        {
            Some(part) => part.push(call),
            None => {
                parts.push(vec![call]);
                bytes = 0;
            }
        }
        bytes += size;
    }
    parts
}

/// The calls as they are sent: each one that asks after an `ASKING`, and at the end the question that proves the reign. Their
/// commands are moved there.
pub(super) fn pipeline(calls: &mut [Call], proven: bool) -> Pipeline {
    let mut pipeline = Pipeline::with_capacity(calls.len() + 1);
    for call in calls {
        if call.asking {
            pipeline.cmd("ASKING");
        }
        pipeline.add_command(std::mem::take(&mut call.command));
    }
    if proven {
        pipeline.cmd("INFO").arg("replication");
    }
    pipeline
}

/// Gives calls that have to be sent again their commands back.
pub(super) fn give_back(calls: &mut [Call], pipeline: &Pipeline) {
    let mut commands = pipeline.cmd_iter();
    for call in calls {
        let command = commands.nth(usize::from(call.asking));
        call.command.clone_from(command.expect("each call is in its pipeline"));
    }
}

/// The values of the calls among those of the pipeline; `None`: they don't prove the reign.
pub(super) fn values(calls: &[Call], mut values: Vec<Value>, proof: Option<&Reign>) -> Option<Vec<Value>> {
    if let Some(reign) = proof {
        reign.lasts(&values.pop()?).then_some(())?;
    }
    if calls.iter().any(|call| call.asking) {
        let mut all = values.into_iter();
        let last = calls.iter().map(|call| all.nth(usize::from(call.asking)));
        return last.collect();
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use redis::cmd;

    use super::*;

    fn call(bytes: usize) -> Call {
        let mut command = cmd("SET");
        command.arg("key").arg(vec![0_u8; bytes]);
        Call::on("key", command)
    }

    #[test]
    fn thousands_of_calls_and_large_ones_are_split() {
        let sizes = |calls| split(calls).iter().map(Vec::len).collect::<Vec<usize>>();
        assert_eq!(sizes(vec![call(1); 1_200]), [500, 500, 200]);
        assert_eq!(sizes(vec![call(400 << 10); 5]), [2, 2, 1]);
        assert_eq!(sizes(vec![call(4 << 20); 2]), [1, 1]);
        assert_eq!(sizes(Vec::new()), [0; 0]);
    }

    #[test]
    fn the_answers_to_asking_are_left_out() {
        let mut calls = vec![call(1), call(1), call(1)];
        calls[1].asking = true;
        let sent = pipeline(&mut calls, true);
        assert_eq!(sent.len(), 5);
        give_back(&mut calls, &sent);
        assert!(calls.iter().all(|call| call.size() > 8));
        let said = [Value::Int(1), Value::Okay, Value::Int(2), Value::Int(3)];
        let expected = [Value::Int(1), Value::Int(2), Value::Int(3)];
        assert_eq!(values(&calls, said.to_vec(), None).unwrap(), expected);
    }
}
