//! The columns of a project's board. A column with tasks is removed only together with moving them.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{
    AnyEntity, BoardColumn, Category, Change, Direction, Filter, Id, Kind, Permission, Project, Query, Rank, Sort,
    Task, Value, Viewer,
};

use super::access::expect;
use super::check::Check;
use super::place::put;
use super::{ServiceError, Services, UserErrorCode as Code};

/// The most columns of a board.
const MOST_COLUMNS: usize = 30;
/// The most tasks that a change of the board rewrites in one unit of work.
const MOST_TASKS: u32 = 5_000;

/// A column as it shall be.
#[derive(Clone, Debug)]
pub struct ColumnFields {
    /// The status of its tasks.
    pub key: String,
    /// What the board shows above it.
    pub title: String,
    /// `#rrggbb`.
    pub color: String,
    /// What its tasks are to progress.
    pub category: Category,
}

impl Services {
    /// Gives the project these columns, in this order; tasks of columns that go are moved to `target`.
    pub async fn set_board_columns(
        &self,
        viewer: &Viewer,
        project: Id,
        columns: &[ColumnFields],
        target: Option<&str>,
        expected: Option<i64>,
    ) -> Result<Arc<Project>, ServiceError> {
        let (before, project) = self
            .retried(|| async {
                let before = self.project_for(viewer, project, Permission::ProjectUpdate).await?;
                expect(&before, expected)?;
                let mut after = Project::clone(&before);
                after.board_columns = checked(columns, target)?;
                if after == *before {
                    return self.unchanged((before.clone(), before)).await;
                }
                let tasks = self.touched(&before, &after).await?;
                let mut changes = self.moved(&before, &after, &tasks, target).await?;
                let (change, after) = self.store.updating(&before, after);
                changes.push(change);
                self.store.write(changes).await?;
                Ok((before, after))
            })
            .await?;
        match target {
            Some(target) => self.move_late(project.id, target).await?,
            None => self.refuse_late(&before, &project).await?,
        }
        Ok(project)
    }

    /// The tasks of columns that go, or whose category becomes done or stops being it; in rank order.
    async fn touched(&self, before: &Project, after: &Project) -> Result<Vec<Arc<Task>>, ServiceError> {
        let done = |column: &BoardColumn| column.category == Category::Done;
        let stays = |column: &BoardColumn| after.column(&column.key).is_some_and(|new| done(new) == done(column));
        let statuses = before.board_columns.iter().filter(|column| !stays(column));
        let statuses = statuses
            .map(|column| Value::Text(column.key.clone()))
            .collect::<Vec<_>>();
        if statuses.is_empty() {
            return Ok(Vec::new());
        }
        let tasks = self.tasks_in(before.id, statuses).await?;
        let mut check = Check::default();
        if tasks.len() > MOST_TASKS as usize {
            let message = format!(
                "concern more than {MOST_TASKS} tasks at once; change the columns one by one, or move tasks first"
            );
            check.fail("columns", Code::OutOfRange, message);
        }
        check.done()?;
        Ok(tasks)
    }

    async fn tasks_in(&self, project: Id, statuses: Vec<Value>) -> Result<Vec<Arc<Task>>, ServiceError> {
        let query = Query {
            filter: Filter::Eq("project", Value::Id(project)).and(Filter::In("status", statuses)),
            sort: Sort {
                field: "rank",
                direction: Direction::Ascending,
            },
            after: None,
            skip: 0,
            limit: MOST_TASKS + 1,
        };
        let found = self.store.page(Kind::Task, query).await?;
        Ok(found
            .into_iter()
            .filter_map(|any: AnyEntity| any.try_into().ok())
            .collect())
    }

    /// The changes that bring these tasks in line with the new board.
    async fn moved(
        &self,
        before: &Project,
        after: &Project,
        tasks: &[Arc<Task>],
        target: Option<&str>,
    ) -> Result<Vec<Change>, ServiceError> {
        let mut last = match target {
            Some(target) => Some(self.rank_at_end(before.id, target).await?),
            None => None,
        };
        let (mut changes, mut homeless, now) = (Vec::new(), HashSet::new(), self.now());
        for task in tasks {
            let mut new = Task::clone(task);
            if after.column(&task.status).is_some() {
                put(&mut new, after, &task.status, now);
            } else if let (Some(target), Some(rank)) = (target, last.take()) {
                put(&mut new, after, target, now);
                last = Some(Rank::between(Some(&rank), None));
                new.rank = rank.distinct(task.number);
            } else {
                homeless.insert(task.status.clone());
                continue;
            }
            changes.push(self.store.updating(task, new).0);
        }
        refuse_homeless(homeless)?;
        Ok(changes)
    }

    /// Moves the tasks that came into a column while it went, until there are none: the board may go on changing.
    async fn move_late(&self, project: Id, target: &str) -> Result<(), ServiceError> {
        self.retried(|| async {
            while let Some(project) = self.store.get::<Project>(project).await? {
                let gone = self.gone(&project).await?;
                let first = project.board_columns.first();
                let target = project.column(target).or(first).map(|column| column.key.as_str());
                if gone.is_empty() || target.is_none() {
                    break;
                }
                let tasks = self.tasks_in(project.id, gone).await?;
                if tasks.is_empty() {
                    break;
                }
                let changes = self.moved(&project, &project, &tasks, target).await?;
                self.store.write(changes).await?;
            }
            Ok(())
        })
        .await
    }

    /// Gives the project back those of its columns that tasks came into while they went, and refuses.
    async fn refuse_late(&self, before: &Project, after: &Project) -> Result<(), ServiceError> {
        if before
            .board_columns
            .iter()
            .all(|column| after.column(&column.key).is_some())
        {
            return Ok(());
        }
        let late = self
            .retried(|| async {
                let Some(now) = self.store.get::<Project>(before.id).await? else {
                    return Ok(HashSet::new());
                };
                let gone = self.gone(&now).await?;
                let mut given = Project::clone(&now);
                let mut late = HashSet::new();
                for (place, column) in before.board_columns.iter().enumerate() {
                    if gone.contains(&Value::Text(column.key.clone())) {
                        let place = place.min(given.board_columns.len());
                        given.board_columns.insert(place, column.clone());
                        late.insert(column.key.clone());
                    }
                }
                self.save(&now, given).await?;
                Ok(late)
            })
            .await?;
        refuse_homeless(late)
    }

    /// What tasks of the project have for a status that is no column of it.
    async fn gone(&self, project: &Project) -> Result<Vec<Value>, ServiceError> {
        let of = Filter::Eq("project", Value::Id(project.id));
        let counts = self.store.count_by(Kind::Task, &of, &["status"]).await?;
        let statuses = counts.into_iter().filter_map(|(mut values, _)| values.pop());
        let gone = statuses.filter(|status| matches!(status, Value::Text(key) if project.column(key).is_none()));
        Ok(gone.collect())
    }
}

fn refuse_homeless(homeless: HashSet<String>) -> Result<(), ServiceError> {
    let mut homeless: Vec<String> = homeless.into_iter().collect();
    homeless.sort_unstable();
    let mut check = Check::default();
    if !homeless.is_empty() {
        let message = format!("is needed: the columns {} still have tasks", homeless.join(", "));
        check.fail("moveTasksTo", Code::Required, message);
    }
    check.done()
}

fn checked(columns: &[ColumnFields], target: Option<&str>) -> Result<Vec<BoardColumn>, ServiceError> {
    let mut check = Check::default();
    if !(1..=MOST_COLUMNS).contains(&columns.len()) {
        let message = format!("are {}; from 1 to {MOST_COLUMNS} are allowed", columns.len());
        check.fail("columns", Code::OutOfRange, message);
        check.done()?;
        return Ok(Vec::new());
    }
    let mut keys = HashSet::new();
    let mut kept = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let field = |name: &str| format!("columns.{place}.{name}");
        if !is_key(&column.key) {
            check.fail(
                &field("key"),
                Code::Invalid,
                "is 1 to 40 lower-case letters, digits and underscores",
            );
        } else if !keys.insert(column.key.as_str()) {
            check.fail(&field("key"), Code::Taken, "is the key of another column");
        }
        if !is_color(&column.color) {
            check.fail(&field("color"), Code::Invalid, "is a colour like #3b82f6");
        }
        kept.push(BoardColumn {
            title: check.line(&field("title"), &column.title, 60),
            key: column.key.clone(),
            color: column.color.to_lowercase(),
            category: column.category,
        });
    }
    if target.is_some_and(|target| !keys.contains(target)) {
        check.fail("moveTasksTo", Code::Invalid, "is none of the columns that remain");
    }
    check.done()?;
    Ok(kept)
}

fn is_key(key: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=40).contains(&key.len()) && key.bytes().all(letter)
}

fn is_color(color: &str) -> bool {
    let digits = color.strip_prefix('#');
    digits.is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
