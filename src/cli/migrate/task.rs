//! Tasks of the app, in the order of their columns, with the subtasks that stood inside them; and what all kinds share.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::fields::{Fields, id_of};
use super::project::{Numbers, priority};
use super::report::Report;
use super::status::meant;
use crate::model::{Category, Id, Kind, Project, Rank, TaskType, Timestamp};

const KIND: Kind = Kind::Task;
const WORDS: usize = 20;
const WORD: usize = 50;
const MOST_ASSIGNEES: usize = 20;

/// What tasks are made with.
pub struct Tasks<'a> {
    /// The projects there are.
    pub projects: &'a HashMap<Id, Arc<Project>>,
    /// The users there are.
    pub users: &'a HashSet<Id>,
    /// The tasks that come in or are there.
    pub known: &'a HashSet<Id>,
    /// The numbers of each project.
    pub numbers: Numbers,
    /// The last place of each project.
    pub ranks: HashMap<Id, Rank>,
}

impl Tasks<'_> {
    /// The task as ours, and its subtasks behind it; nothing where it was refused.
    pub fn task(&mut self, document: &Value, report: &mut Report) -> Vec<Value> {
        let Some(fields) = Fields::of(document) else {
            return Vec::new();
        };
        let project = fields
            .one("project")
            .and_then(|id| self.projects.get(&id))
            .map(Arc::clone);
        let (Some(id), Some(project)) = (fields.id(), project) else {
            report.refuse(KIND, fields.id(), "it has no id, or its project isn't there");
            return Vec::new();
        };
        let task = self.own(fields, id, &project, report);
        let mut all = vec![Value::Object(task)];
        for (place, part) in fields.list("subtasks").iter().filter_map(Fields::of).enumerate() {
            all.extend(self.subtask(part, derived(id, "subtask", place), &all[0], &project, report));
        }
        all
    }

    fn own(&mut self, fields: Fields<'_>, id: Id, project: &Project, report: &mut Report) -> Map<String, Value> {
        let (created, updated) = born(fields, id);
        let status = self.status(fields.text("status"), project, report);
        let number = self.number(fields, project, report);
        let creator = fields.one("createdBy").unwrap_or_else(|| {
            report.defaulted(KIND, "createdBy is who made the project");
            project.created_by
        });
        let mut task = self.placed(id, project, &status, number, (created, updated));
        let done = project.category(&status) == Category::Done;
        let parent = fields.one("parentTask").or(fields.one("parent"));
        task.extend(object(json!({
            "title": title(fields, report),
            "description": cut(fields.text("description").unwrap_or_default(), 20_000),
            "priority": priority(KIND, fields, report),
            "type": task_type(fields, report),
            "createdBy": creator,
            "assignedTo": self.assignees(fields, report),
            "parent": parent.filter(|parent| *parent != id && self.known.contains(parent)),
            "labels": words(KIND, fields.list("labels"), report),
            "storyPoints": fields.whole("storyPoints").filter(|points| (0..=1_000).contains(points)),
            "estimatedMinutes": minutes(fields.number("estimatedHours")),
            "actualMinutes": minutes(fields.number("actualHours")),
            "startDate": fields.time("startDate"),
            "dueDate": fields.time("dueDate"),
            "completedAt": done.then(|| fields.time("completedAt").unwrap_or(updated)),
            "isArchived": fields.flag("archived").or(fields.flag("isArchived")).unwrap_or_default(),
        })));
        for field in ["attachments", "dependencies", "sprint", "story", "epic"] {
            if fields.has(field) {
                report.left_out(KIND, field);
            }
        }
        task
    }

    /// What a task inside another one becomes: one of its own, below it.
    fn subtask(
        &mut self,
        part: Fields<'_>,
        derived: Id,
        parent: &Value,
        project: &Project,
        report: &mut Report,
    ) -> Option<Value> {
        let id = part.id().unwrap_or(derived);
        let Some(name) = part.text("title") else {
            report.refuse(KIND, Some(id), "a subtask without a title");
            return None;
        };
        let (created, updated) = born(part, id);
        let finished = project
            .board_columns
            .iter()
            .find(|column| column.category == Category::Done);
        let status = match (part.flag("isCompleted"), finished) {
            (Some(true), Some(column)) => column.key.clone(),
            _ => self.status(part.text("status"), project, report),
        };
        let number = self.numbers.next(project.id);
        let mut task = self.placed(id, project, &status, number, (created, updated));
        task.extend(object(json!({
            "title": cut(name, 200),
            "description": cut(part.text("description").unwrap_or_default(), 20_000),
            "priority": parent["priority"],
            "type": "subtask",
            "createdBy": parent["createdBy"],
            "parent": parent["_id"],
            "completedAt": (project.category(&status) == Category::Done).then_some(updated),
        })));
        report.mapped(KIND, "a subtask inside a task is a task below it");
        Some(Value::Object(task))
    }

    /// What places a task: in its project, in its column, under its number.
    fn placed(
        &mut self,
        id: Id,
        project: &Project,
        status: &str,
        number: i64,
        (created, updated): (Timestamp, Timestamp),
    ) -> Map<String, Value> {
        let rank = Rank::between(self.ranks.get(&project.id), None);
        self.ranks.insert(project.id, rank.clone());
        object(json!({
            "_id": id,
            "organization": project.organization,
            "project": project.id,
            "number": number,
            "displayId": format!("{}.{number}", project.number),
            "status": status,
            "rank": rank,
            "version": 1,
            "createdAt": created,
            "updatedAt": updated,
        }))
    }

    fn status(&self, written: Option<&str>, project: &Project, report: &mut Report) -> String {
        let keys: Vec<&str> = project.board_columns.iter().map(|column| column.key.as_str()).collect();
        let first = || keys.first().copied().unwrap_or("backlog").to_owned();
        let Some(written) = written else {
            report.defaulted(KIND, "status is the first column");
            return first();
        };
        match meant(written, &keys) {
            Some(key) if key == written => key.to_owned(),
            Some(key) => {
                report.mapped(KIND, format!("status {written:?} is {key}"));
                key.to_owned()
            }
            None => {
                report.defaulted(KIND, format!("status {written:?} has no column, and is the first one"));
                first()
            }
        }
    }

    fn number(&mut self, fields: Fields<'_>, project: &Project, report: &mut Report) -> i64 {
        let own = fields.whole("taskNumber").or(fields.whole("number"));
        match own.filter(|number| self.numbers.take(project.id, *number)) {
            Some(number) => number,
            None => {
                report.defaulted(KIND, "number is the next free one");
                self.numbers.next(project.id)
            }
        }
    }

    fn assignees(&self, fields: Fields<'_>, report: &mut Report) -> Vec<Id> {
        let all = fields.many("assignedTo");
        let known: Vec<Id> = all.iter().filter(|id| self.users.contains(id)).copied().collect();
        if known.len() < all.len() {
            report.left_out(KIND, "an assignee who isn't there");
        }
        if known.len() > MOST_ASSIGNEES {
            report.left_out(KIND, format!("assignees beyond {MOST_ASSIGNEES}"));
        }
        known.into_iter().take(MOST_ASSIGNEES).collect()
    }
}

/// The statuses that the tasks of each project have, their subtasks included.
pub fn statuses(tasks: &[Value]) -> HashMap<Id, BTreeSet<String>> {
    let mut statuses: HashMap<Id, BTreeSet<String>> = HashMap::new();
    for task in tasks.iter().filter_map(Fields::of) {
        let Some(project) = task.one("project") else { continue };
        let parts = task.list("subtasks").iter().filter_map(Fields::of);
        let written = parts.chain([task]).filter_map(|one| one.text("status"));
        statuses.entry(project).or_default().extend(written.map(str::to_owned));
    }
    statuses
}

/// The order of tasks in their columns.
pub fn place(task: &Value) -> impl Ord + use<> {
    let fields = Fields::of(task);
    let position = fields.and_then(|fields| fields.whole("position"));
    let created = fields.and_then(|fields| fields.time("createdAt"));
    (position, created, id_of(&task["_id"]))
}

/// When a document was made and last changed; where it doesn't say, its id does.
pub fn born(fields: Fields<'_>, id: Id) -> (Timestamp, Timestamp) {
    let [a, b, c, d, ..] = *id.bytes();
    let seconds = i64::from(u32::from_be_bytes([a, b, c, d]));
    let created = fields
        .time("createdAt")
        .unwrap_or(Timestamp::from_millis(seconds * 1_000));
    (created, fields.time("updatedAt").unwrap_or(created).max(created))
}

/// The id of what stood inside another document without one: the same each time.
pub fn derived(id: Id, what: &str, place: usize) -> Id {
    let hash = blake3::hash(format!("{id} {what} {place}").as_bytes());
    let (first, _) = hash
        .as_bytes()
        .split_first_chunk()
        .expect("a hash has more than 12 bytes");
    Id::from_bytes(*first)
}

/// The first so many characters.
pub fn cut(text: &str, most: usize) -> String {
    let clean = text.chars().filter(|letter| *letter != '\0');
    clean.take(most).collect()
}

/// Labels or tags, as many and as long as they may be.
pub fn words(kind: Kind, list: &[Value], report: &mut Report) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in list.iter().filter_map(Value::as_str) {
        let word = cut(word.trim(), WORD);
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    if words.len() > WORDS {
        report.left_out(kind, format!("labels or tags beyond {WORDS}"));
        words.truncate(WORDS);
    }
    words
}

fn title(fields: Fields<'_>, report: &mut Report) -> String {
    let title = fields.text("title").unwrap_or_default();
    let line: String = title
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    if line.is_empty() {
        report.defaulted(KIND, "title is Untitled");
        return "Untitled".to_owned();
    }
    cut(&line, 200)
}

fn task_type(fields: Fields<'_>, report: &mut Report) -> Value {
    let written = fields.text("type").unwrap_or_default();
    let known = json!(written.to_lowercase());
    if serde_json::from_value::<TaskType>(known.clone()).is_ok() {
        return known;
    }
    report.defaulted(KIND, format!("type {written:?} is task"));
    json!("task")
}

fn minutes(hours: Option<f64>) -> Option<i64> {
    let minutes = (hours? * 60.0).round();
    (0.0..=1e6).contains(&minutes).then_some(minutes as i64)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
