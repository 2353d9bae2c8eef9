//! What a look at a part of a deployment has found, and what to do about it.

use serde::{Deserialize, Serialize};

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// It works, and may surprise.
    Warning,
    /// It doesn't work, or what is promised doesn't hold.
    Wrong,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is a part of: `config`, `data`, `store`, `cache`, `assets`.
    pub part: String,
    /// How serious it is.
    pub severity: Severity,
    /// What was found.
    pub found: String,
    /// What to do about it; empty where nothing is to be done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub advice: String,
}

impl Finding {
    /// It is as it should be.
    pub fn ok(part: &str, found: impl Into<String>) -> Finding {
        Finding::new(part, Severity::Ok, found, "")
    }

    /// It works, and may surprise.
    pub fn warning(part: &str, found: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding::new(part, Severity::Warning, found, advice)
    }

    /// It doesn't work.
    pub fn wrong(part: &str, found: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding::new(part, Severity::Wrong, found, advice)
    }

    /// How far another clock is from this process's: how long it took to ask makes the answer less certain.
    pub fn clock(part: &str, whose: &str, ahead_millis: i64, asked_millis: i64) -> Finding {
        const MOST: i64 = 2_000;
        let (away, way) = (ahead_millis.abs(), if ahead_millis < 0 { "behind" } else { "ahead of" });
        if away > MOST + asked_millis / 2 {
            let found = format!(
                "the clock of {whose} is {:.1} s {way} this machine's",
                away as f64 / 1_000.0
            );
            let advice = "keep the clocks of all machines together with NTP or chrony: times of documents and the ends of sessions \
                          and locks come from both";
            return Finding::warning(part, found, advice);
        }
        Finding::ok(part, format!("the clock of {whose} agrees with this machine's"))
    }

    fn new(part: &str, severity: Severity, found: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding {
            part: part.to_owned(),
            severity,
            found: found.into(),
            advice: advice.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_held_to_two_seconds_and_what_the_question_took() {
        for (ahead, asked, severity) in [
            (0, 10, Severity::Ok),
            (-1_999, 0, Severity::Ok),
            (2_400, 1_000, Severity::Ok),
            (2_100, 0, Severity::Warning),
            (-90_000, 1_000, Severity::Warning),
        ] {
            assert_eq!(
                Finding::clock("store", "MongoDB", ahead, asked).severity,
                severity,
                "{ahead}"
            );
        }
    }
}
