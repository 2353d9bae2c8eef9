//! The tasks of a project and what was said of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::dice::Dice;
use super::mint::Mint;
use super::project::{PRIORITIES, Setting, days};
use super::text::{Texts, parts};
use crate::model::{Category, Comment, Id, ProjectStatus, Rank, Task, TaskType, Timestamp};

/// Makes the tasks of one project, from its first to its last.
pub struct Backlog<'a> {
    setting: &'a Setting,
    today: Timestamp,
    count: usize,
    ranks: BTreeMap<String, Rank>,
    parents: Vec<Id>,
    titles: BTreeSet<String>,
}

/// How the tasks of a project are spread over its columns.
type Spread = &'static [(&'static str, usize)];

/// How often a title is drawn again.
const TRIES: usize = 8;
const HOUR: i64 = 3_600_000;
const POINTS: [i32; 6] = [1, 2, 3, 5, 8, 13];

impl<'a> Backlog<'a> {
    /// So many tasks of this project, on the day that counts as today.
    pub fn new(setting: &'a Setting, today: Timestamp, count: usize) -> Backlog<'a> {
        Backlog {
            setting,
            today,
            count,
            ranks: BTreeMap::new(),
            parents: Vec::new(),
            titles: BTreeSet::new(),
        }
    }

    /// The task with this index, counted from 0, and this number.
    pub fn task(&mut self, texts: &Texts, (index, number): (usize, i64), mint: &mut Mint, dice: &mut Dice) -> Task {
        let Setting { project, theme, team } = self.setting;
        let created_at = self.created_at(index, dice);
        let status = self.status(index, dice);
        let category = project.category(&status);
        let completed_at = (category == Category::Done).then(|| self.later(created_at, 30, dice));
        let (kind, title) = self.title(texts, dice);
        let parent = self.parent(dice);
        let begun = completed_at.is_some() || category == Category::Active;
        let estimate = dice
            .chance(50)
            .then(|| i32::try_from(dice.between(1, 32) * 30).unwrap_or(30));
        let mut task = Task {
            id: mint.id(created_at),
            organization: project.organization,
            version: 1,
            project: project.id,
            number,
            display_id: format!("{}.{number}", project.number),
            former_display_ids: Vec::new(),
            title,
            description: description(texts, dice),
            rank: self.rank(&status),
            status,
            priority: dice.weighted(&PRIORITIES),
            task_type: if parent.is_some() {
                TaskType::Subtask
            } else {
                task_type(kind)
            },
            created_by: if dice.chance(40) {
                project.created_by
            } else {
                dice.pick(team)
            },
            assigned_to: self.assignees(begun, dice),
            parent,
            labels: labels(texts, theme, dice),
            dependencies: Vec::new(),
            attachments: Vec::new(),
            story_points: dice.chance(45).then(|| dice.pick(&POINTS)),
            estimated_minutes: estimate,
            actual_minutes: estimate.filter(|_| begun).map(|minutes| minutes * 3 / 4 + 15),
            start_date: dice.chance(40).then(|| days(created_at, dice.between(1, 10))),
            due_date: self.due_date(completed_at, dice),
            due_sort: Timestamp::MAX,
            completed_at,
            is_archived: completed_at.is_some_and(|at| at < days(self.today, -120)) && dice.chance(20),
            search_terms: Vec::new(),
            created_at,
            updated_at: completed_at.unwrap_or_else(|| self.later(created_at, 60, dice)),
        };
        task.refresh();
        if parent.is_none() {
            self.parents.push(task.id);
        }
        task
    }

    /// What was said of a task, from the first to the last.
    pub fn comments(&self, texts: &Texts, task: &Task, mint: &mut Mint, dice: &mut Dice) -> Vec<Comment> {
        let Setting { project, team, .. } = self.setting;
        let lively = project.category(&task.status) == Category::Active;
        if !dice.chance(if lively { 45 } else { 16 }) {
            return Vec::new();
        }
        let mut at = task.created_at;
        let mut comments = Vec::new();
        for turn in 0..dice.between(1, 4) {
            at = self.later(at, 4, dice);
            let sort = match turn {
                0 => dice.weighted(&[("question", 50), ("progress", 50)]),
                3 if task.completed_at.is_some() => "done",
                _ => dice.weighted(&[("progress", 50), ("review", 50)]),
            };
            let mut comment = Comment {
                id: mint.id(at),
                organization: task.organization,
                version: 1,
                project: task.project,
                task: task.id,
                author: dice.pick(team),
                body: texts.fill(dice.pick(texts.comments.get(sort)), dice),
                edited_at: None,
                parent: None,
                mentions: Vec::new(),
                search_terms: Vec::new(),
                created_at: at,
                updated_at: at,
            };
            comment.refresh();
            comments.push(comment);
        }
        comments
    }

    /// Tasks are made evenly from the beginning of the project until it ends or today comes, in the order of their numbers.
    fn created_at(&self, index: usize, dice: &mut Dice) -> Timestamp {
        let project = &self.setting.project;
        let ended = matches!(project.status, ProjectStatus::Completed | ProjectStatus::Cancelled);
        let end = project.end_date.filter(|_| ended).unwrap_or(self.today);
        let (from, until) = (project.created_at.millis(), end.min(self.today).millis() - HOUR);
        let count = i64::try_from(self.count.max(1)).unwrap_or(1);
        let step = ((until - from) / count).max(1);
        let index = i64::try_from(index).unwrap_or_default();
        let jitter = i64::try_from(dice.below(usize::try_from(step).unwrap_or(1))).unwrap_or_default();
        Timestamp::from_millis(from + index * step + jitter)
    }

    /// Some time in the days after `from`, but not after today begins.
    fn later(&self, from: Timestamp, days: i64, dice: &mut Dice) -> Timestamp {
        let after = from.plus(Duration::from_secs(60) * u32::try_from(dice.between(20, days * 1_440)).unwrap_or(20));
        after.min(self.today).max(from)
    }

    /// The type and title of a task. A title comes twice only where there is hardly another left.
    fn title(&mut self, texts: &Texts, dice: &mut Dice) -> (&'static str, String) {
        let lines = texts.titles.get(self.setting.theme);
        let mut draw = || {
            let [kind, line] = parts(dice.pick(lines));
            (kind, texts.fill(line, dice))
        };
        let mut drawn = draw();
        for _ in 0..TRIES {
            if !self.titles.contains(&drawn.1) {
                break;
            }
            drawn = draw();
        }
        self.titles.insert(drawn.1.clone());
        drawn
    }

    fn status(&self, index: usize, dice: &mut Dice) -> String {
        let project = &self.setting.project;
        let spread = spread(project.status);
        // The older a task of a running project, the likelier it is done.
        let age = 100 - index * 100 / self.count.max(1);
        let done = project.status == ProjectStatus::Active && dice.chance(age * 6 / 10);
        let status = if done { "done" } else { dice.weighted(spread) };
        let column = project.column(status).unwrap_or(&project.board_columns[0]);
        column.key.clone()
    }

    fn rank(&mut self, status: &str) -> Rank {
        let rank = Rank::between(self.ranks.get(status), None);
        self.ranks.insert(status.to_owned(), rank.clone());
        rank
    }

    /// One of the last tasks, now and then.
    fn parent(&self, dice: &mut Dice) -> Option<Id> {
        let recent = &self.parents[self.parents.len().saturating_sub(15)..];
        (!recent.is_empty() && dice.chance(9)).then(|| dice.pick(recent))
    }

    fn assignees(&self, begun: bool, dice: &mut Dice) -> Vec<Id> {
        let count = if begun {
            dice.weighted(&[(1, 70), (2, 24), (3, 6)])
        } else {
            dice.weighted(&[(0, 55), (1, 38), (2, 7)])
        };
        dice.some(&self.setting.team, count)
    }

    fn due_date(&self, completed_at: Option<Timestamp>, dice: &mut Dice) -> Option<Timestamp> {
        if !dice.chance(60) {
            return None;
        }
        let (around, low, high) = match completed_at {
            Some(at) => (at, -5, 12),
            None => (self.today, -12, 60),
        };
        let day = days(around, dice.between(low, high)).millis();
        Some(Timestamp::from_millis(day - day.rem_euclid(24 * HOUR) + 17 * HOUR))
    }
}

fn labels(texts: &Texts, theme: &str, dice: &mut Dice) -> Vec<String> {
    let count = dice.weighted(&[(0, 35), (1, 40), (2, 20), (3, 5)]);
    let labels = dice.some(texts.labels.get(theme), count);
    labels.into_iter().map(str::to_owned).collect()
}

fn description(texts: &Texts, dice: &mut Dice) -> String {
    if dice.chance(25) {
        return String::new();
    }
    let sections = [("context", 100), ("goal", 75), ("check", 50)];
    let said = sections.into_iter().filter_map(|(section, percent)| {
        let line = dice.pick(texts.descriptions.get(section));
        dice.chance(percent).then(|| texts.fill(line, dice))
    });
    said.collect::<Vec<String>>().join("\n\n")
}

fn spread(status: ProjectStatus) -> Spread {
    match status {
        ProjectStatus::Draft => &[("backlog", 100)],
        ProjectStatus::Planning => &[("backlog", 70), ("todo", 30)],
        ProjectStatus::Active => &[
            ("backlog", 34),
            ("todo", 24),
            ("in_progress", 18),
            ("review", 10),
            ("testing", 8),
            ("cancelled", 6),
        ],
        ProjectStatus::OnHold => &[("backlog", 35), ("todo", 30), ("in_progress", 10), ("done", 25)],
        ProjectStatus::Completed => &[("done", 93), ("cancelled", 7)],
        ProjectStatus::Cancelled => &[("cancelled", 70), ("done", 30)],
    }
}

fn task_type(text: &str) -> TaskType {
    match text {
        "bug" => TaskType::Bug,
        "feature" => TaskType::Feature,
        "improvement" => TaskType::Improvement,
        _ => TaskType::Task,
    }
}
