//! The scripts that change a tag or count tries, called by their hash. A connection loads them when it is made, so that each call
//! carries 40 bytes instead of the text; a server that has forgotten them meanwhile is given the text again.

use std::sync::LazyLock;

use redis::{Arg, Cmd, cmd};

use super::{state, tries};

/// A script of ours.
pub(super) struct Script {
    text: &'static str,
    hash: LazyLock<String>,
}

/// Marks a tag.
pub(super) static MARK: Script = Script {
    text: state::MARK,
    hash: LazyLock::new(|| hash(state::MARK)),
};

/// Takes a mark off.
pub(super) static SETTLE: Script = Script {
    text: state::SETTLE,
    hash: LazyLock::new(|| hash(state::SETTLE)),
};

/// Counts a try.
pub(super) static TAKE: Script = Script {
    text: tries::TAKE,
    hash: LazyLock::new(|| hash(tries::TAKE)),
};

/// Takes the last try back.
pub(super) static GIVE_BACK: Script = Script {
    text: tries::GIVE_BACK,
    hash: LazyLock::new(|| hash(tries::GIVE_BACK)),
};

const ALL: [&Script; 4] = [&MARK, &SETTLE, &TAKE, &GIVE_BACK];

impl Script {
    /// The call of this script on one key; its further arguments can be added.
    pub fn call(&self, key: &str) -> Cmd {
        let mut command = cmd("EVALSHA");
        command.arg(&*self.hash).arg(1).arg(key);
        command
    }
}

/// The commands that load all of them.
pub(super) fn load() -> impl Iterator<Item = Cmd> {
    ALL.iter().map(|script| {
        let mut command = cmd("SCRIPT");
        command.arg("LOAD").arg(script.text);
        command
    })
}

/// A call by hash as the call of the whole text, which also loads it.
pub(super) fn in_full(call: &Cmd) -> Option<Cmd> {
    let mut arguments = call.args_iter().map(|argument| match argument {
        Arg::Simple(bytes) => bytes,
        _ => b"0",
    });
    let (name, hash) = (arguments.next()?, arguments.next()?);
    let script = ALL.iter().find(|script| script.hash.as_bytes() == hash)?;
    let mut command = cmd("EVAL");
    command.arg(script.text);
    for argument in arguments {
        command.arg(argument);
    }
    (name == b"EVALSHA").then_some(command)
}

fn hash(text: &str) -> String {
    redis::Script::new(text).get_hash().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_in_full_has_the_text_and_the_same_arguments() {
        let mut call = MARK.call("key");
        call.arg("id").arg(7);
        let mut full = cmd("EVAL");
        full.arg(state::MARK).arg(1).arg("key").arg("id").arg(7);
        assert_eq!(in_full(&call).unwrap().get_packed_command(), full.get_packed_command());
        assert!(in_full(cmd("GET").arg("key")).is_none());
    }
}
