//! The house rules, held against the source: who may import whom, heads, lengths, faces, and that
//! nothing but `app` names a backend.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each floor and what of ours it may import; the picture is in docs/architecture.md.
const EDGES: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "http",
            "app",
            "graphql",
            "service",
            "store",
            "cache",
            "media",
            "config",
            "telemetry",
            "model",
            "metrics",
            "sdl",
        ],
    ),
    (
        "http",
        &[
            "app", "graphql", "service", "loader", "cache", "media", "model", "config", "metrics",
        ],
    ),
    (
        "app",
        &[
            "graphql",
            "service",
            "loader",
            "invalidation",
            "store",
            "cache",
            "media",
            "mail",
            "model",
            "config",
            "metrics",
        ],
    ),
    (
        "graphql",
        &[
            "execute", "service", "loader", "cache", "media", "model", "config", "metrics",
        ],
    ),
    ("execute", &["loader", "model", "metrics"]),
    ("loader", &["cache", "store", "model", "metrics"]),
    (
        "invalidation",
        &["cache", "media", "store", "model", "config", "metrics"],
    ),
    ("service", &["store", "media", "mail", "model", "config", "metrics"]),
    ("store", &["model", "config", "metrics"]),
    ("cache", &["model", "config", "metrics"]),
    ("media", &["model", "config", "metrics"]),
    ("mail", &["model", "config", "metrics"]),
    ("model", &[]),
    ("config", &[]),
    ("metrics", &[]),
    ("sdl", &[]),
    ("telemetry", &["config"]),
];

const BACKENDS: &[&str] = &[
    "SqliteBackend",
    "MongoBackend",
    "MemoryBackend",
    "RedisBackend",
    "TieredBackend",
    "UnreadBackend",
    "DiskBackend",
    "S3Backend",
    "CloudFrontBackend",
    "DirectBackend",
    "SmtpBackend",
    "LogBackend",
    "NowhereBackend",
];
const MAX_LINES: usize = 500;

struct Source {
    path: String,
    text: String,
}

impl Source {
    fn floor(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    /// The floors named by `crate::floor` anywhere in the code, braces of `use crate::{…}` included.
    fn imports(&self) -> BTreeSet<String> {
        let code: String = self
            .text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        let mut found = BTreeSet::new();
        for rest in code.split("crate::").skip(1) {
            let names = match rest.strip_prefix('{') {
                Some(group) => group.split('}').next().unwrap_or_default(),
                None => rest,
            };
            let parts: Vec<&str> = if rest.starts_with('{') {
                names.split(',').collect()
            } else {
                vec![names]
            };
            found.extend(parts.iter().map(|part| {
                part.trim()
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect::<String>()
            }));
        }
        found.retain(|name| !name.is_empty());
        found
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 40, "found only {} source files", files.len());
    let relative = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    files
        .iter()
        .map(|path| Source {
            path: relative(path),
            text: fs::read_to_string(path).unwrap(),
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn every_floor_imports_only_what_the_table_allows() {
    let mut violations = Vec::new();
    for source in sources().iter().filter(|source| source.path != "lib.rs") {
        let Some((_, allowed)) = EDGES.iter().find(|(floor, _)| *floor == source.floor()) else {
            violations.push(format!("{}: its floor is not in the table", source.path));
            continue;
        };
        let own = source.floor();
        let foreign = source
            .imports()
            .into_iter()
            .filter(|name| name != own && !allowed.contains(&name.as_str()));
        violations.extend(foreign.map(|name| format!("{}: imports {name}", source.path)));
    }
    none(&violations);
}

#[test]
fn every_file_begins_with_its_head_and_ends_before_line_500() {
    let mut violations = Vec::new();
    for source in sources() {
        if !source.text.starts_with("//! ") {
            violations.push(format!("{}: has no //! head", source.path));
        }
        let lines = source.text.lines().count();
        if lines > MAX_LINES {
            violations.push(format!("{}: {lines} lines", source.path));
        }
    }
    none(&violations);
}

#[test]
fn nothing_but_app_names_a_backend() {
    let outside = |source: &Source| {
        !matches!(source.floor(), "app" | "store" | "cache" | "media" | "mail")
            && BACKENDS.iter().any(|backend| source.text.contains(backend))
    };
    let found: Vec<String> = sources()
        .iter()
        .filter(|source| outside(source))
        .map(|source| format!("{}: names a backend", source.path))
        .collect();
    none(&found);
}

#[test]
fn a_mod_file_is_a_face_only() {
    let body = |line: &str| {
        ["fn ", "pub fn ", "struct ", "pub struct ", "impl "]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let faces = sources().into_iter().filter(|source| source.path.ends_with("mod.rs"));
    let found: Vec<String> = faces
        .filter(|face| face.text.lines().any(body))
        .map(|face| format!("{}: holds code", face.path))
        .collect();
    none(&found);
}
