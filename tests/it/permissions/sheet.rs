//! The reviewed file, `matrix.txt`: a row for everything with its rule, and a column for everybody.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::cast::{PARTS, PLACES};
use super::seen::Letters;

/// What everybody has seen, by section and row.
pub type Table = BTreeMap<(&'static str, String), Row>;
/// What each of the cast has seen.
pub type Row = [Letters; PARTS.len()];

/// The rows of the file, by section and name.
type Rows = BTreeMap<(String, String), Reviewed>;

/// A row of the file.
#[derive(Clone)]
struct Reviewed {
    rule: String,
    /// By the parts; empty where it is that of the object, or nothing was asked.
    letters: Vec<String>,
}

const SECTIONS: [&str; 4] = ["queries", "nodes", "mutations", "fields"];
/// The rule of a field that has none of its own.
const AS_OBJECT: &str = "as its object";
/// In place of a rule that nobody has written yet.
const NO_RULE: &str = "?";

/// Checks what was seen against the file, or writes that anew.
pub fn review(seen: &Table, answers: &[String]) {
    let (path, reviewed) = (path(), parse(&std::fs::read_to_string(path()).unwrap_or_default()));
    if std::env::var("KANVARO_TEST_MATRIX").is_ok_and(|how| how == "write") {
        std::fs::write(&path, print(seen, answers, &reviewed)).unwrap();
        let written = parse(&std::fs::read_to_string(&path).unwrap());
        return compare(seen, answers, &written);
    }
    compare(seen, answers, &reviewed);
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/permissions/matrix.txt")
}

fn compare(seen: &Table, answers: &[String], reviewed: &Rows) {
    let mut wrong = Vec::new();
    let answers = answers.iter().map(|name| (("fields", name.clone()), None));
    let all: BTreeMap<_, _> = seen
        .iter()
        .map(|(name, row)| (name.clone(), Some(row)))
        .chain(answers)
        .collect();
    for ((section, name), row) in &all {
        let Some(expected) = reviewed.get(&((*section).to_owned(), name.clone())) else {
            if !is_told_before(seen, section, name) {
                wrong.push(format!("{section}: {name} has no row"));
            }
            continue;
        };
        if expected.rule == NO_RULE {
            wrong.push(format!("{section}: {name} has no rule"));
        }
        if let Some(row) = row {
            differences(
                section,
                name,
                row,
                &resolved(reviewed, section, name, expected),
                &mut wrong,
            );
        }
    }
    let gone = reviewed
        .keys()
        .filter(|(section, name)| !all.keys().any(|(known, row)| known == section && row == name));
    wrong.extend(gone.map(|(section, name)| format!("{section}: {name} has a row and is not in the schema")));
    assert!(
        wrong.is_empty(),
        "{}\nKANVARO_TEST_MATRIX=write writes tests/it/permissions/matrix.txt anew: then read what has changed in it.",
        wrong.join("\n")
    );
}

/// Whether it is a field on a second way to its type, and like its object: the first way has a row for it.
fn is_told_before(seen: &Table, section: &'static str, name: &str) -> bool {
    let Some((object, _)) = name.rsplit_once('.').filter(|(object, _)| object.ends_with(')')) else {
        return false;
    };
    seen.get(&(section, name.to_owned())) == seen.get(&(section, object.to_owned()))
}

/// What is expected of everybody, if need be by the row of the object.
fn resolved(reviewed: &Rows, section: &str, name: &str, row: &Reviewed) -> Vec<String> {
    let object = name
        .rsplit_once('.')
        .map(|(object, _)| (section.to_owned(), object.to_owned()));
    match object.filter(|_| row.letters.is_empty()) {
        Some(object) => reviewed.get(&object).map(|row| row.letters.clone()).unwrap_or_default(),
        None => row.letters.clone(),
    }
}

fn differences(section: &str, name: &str, row: &Row, expected: &[String], wrong: &mut Vec<String>) {
    const WHERE: [&str; PLACES] = ["own project", "other project", "other organisation"];
    for (at, (part, letters)) in PARTS.iter().zip(row).enumerate() {
        let (seen, expected) = (letters.to_string(), expected.get(at).map_or("", String::as_str));
        for (place, (seen, expected)) in seen.chars().zip(expected.chars().chain(['?'; PLACES])).enumerate() {
            if seen != expected {
                wrong.push(format!(
                    "{section}: {name} by {} in {}: expected {expected}, seen {seen}",
                    part.name, WHERE[place]
                ));
            }
        }
    }
}

fn parse(text: &str) -> Rows {
    let (mut rows, mut section) = (Rows::new(), String::new());
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
    {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            name.clone_into(&mut section);
            continue;
        }
        let parts: Vec<&str> = line
            .split("  ")
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        let [name, rule, letters @ ..] = parts.as_slice() else {
            panic!("matrix.txt: this is no row: {line}");
        };
        let letters = letters.iter().flat_map(|letters| letters.split(' ')).map(str::to_owned);
        let row = Reviewed {
            rule: (*rule).to_owned(),
            letters: letters.collect(),
        };
        rows.insert((section.clone(), (*name).to_owned()), row);
    }
    rows
}

fn print(seen: &Table, answers: &[String], reviewed: &Rows) -> String {
    let mut text = HEAD.to_owned();
    let heads: Vec<String> = PARTS.iter().map(|part| format!("{:<3}", part.name)).collect();
    for section in SECTIONS {
        let title = format!("[{section}]");
        let _ = writeln!(text, "\n{title:<NAME$}  {:<RULE$}  {}", "", heads.join(" "));
        let mut names: Vec<&String> = seen
            .keys()
            .filter(|(of, _)| *of == section)
            .map(|(_, name)| name)
            .collect();
        names.extend(answers.iter().filter(|_| section == "fields"));
        names.sort_unstable();
        for name in names {
            let known = reviewed.get(&(section.to_owned(), name.clone()));
            let row = seen.get(&(section, name.clone()));
            let line = line(seen, section, name, row, known);
            if let Some(line) = line {
                let _ = writeln!(text, "{}", line.trim_end());
            }
        }
    }
    text
}

/// A row of the file; none for a field that a second way to its type shows like its object.
fn line(
    seen: &Table,
    section: &'static str,
    name: &str,
    row: Option<&Row>,
    known: Option<&Reviewed>,
) -> Option<String> {
    let object = name.rsplit_once('.').map(|(object, _)| object);
    let above = object.and_then(|object| seen.get(&(section, object.to_owned())));
    let is_plain = object.is_some() && row == above;
    if is_told_before(seen, section, name) {
        return None;
    }
    let rule = match known {
        _ if is_plain => AS_OBJECT,
        Some(known) if known.rule != AS_OBJECT => &known.rule,
        _ => NO_RULE,
    };
    let letters = row
        .filter(|_| !is_plain)
        .map(|row| row.map(|letters| letters.to_string()).join(" "));
    Some(format!("{name:<NAME$}  {rule:<RULE$}  {}", letters.unwrap_or_default()))
}

const NAME: usize = 34;
const RULE: usize = 46;

const HEAD: &str = "\
# Who may what. `permissions` walks the schema, does everything as everybody, and compares.
#
# Each column is somebody, its three letters are what comes of it in a project of their own, in another project of their
# organisation, and in another organisation: `y` it is done or shown, `F` FORBIDDEN, `U` UNAUTHENTICATED, `.` there is no
# such thing for them, `-` not asked, for it is the same everywhere.
#
# non  nobody who is signed in      adm  admin               hr   human_resource      pm   project_manager
# tm   team_member                  cli  client              vie  viewer              qa   qa_engineer
# tes  tester                       acc  account_manager     Each of them is in the team of their own project.
# +pm, +me, +vi, +cl  viewers of the organisation who are project_manager, project_member, project_viewer and
#      project_client in it.
#
# A field without letters has those of its object. KANVARO_TEST_MATRIX=write writes this file anew.
";
