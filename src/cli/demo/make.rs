//! Makes demo data of a plan, organisation by organisation, project by project.

use std::time::Duration;

use super::DemoPlan;
use super::dice::Dice;
use super::mint::Mint;
use super::organization::{Cast, Casting};
use super::project::{Setting, project};
use super::stream::Stream;
use super::task::Backlog;
use super::text::Texts;
use crate::cli::progress::Progress;
use crate::model::{ProjectStatus, Timestamp};
use crate::service::{project_counter, task_counter};
use crate::store::{Store, StoreError};

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The address of the first organisation's admin.
    pub email: String,
    /// What the first organisation is called.
    pub organization: String,
    /// How many comments there are.
    pub comments: u64,
}

impl Made {
    /// How much of what there is, as a sentence would say it.
    pub fn summary(&self, plan: &DemoPlan) -> String {
        let count = |number: u32, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
        let whose = match plan.organizations {
            1 => format!("the organisation {} with ", self.organization),
            several => format!("{several} organisations, each with "),
        };
        let each = [
            count(plan.users, "user"),
            count(plan.projects, "project"),
            count(plan.tasks, "task"),
        ];
        format!("{whose}{}; {} comments in all", each.join(", "), self.comments)
    }
}

pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// Makes what is planned. Everybody gets the password of this hash; dates lie around `today`, the beginning of a day.
pub async fn make(
    store: &Store,
    plan: &DemoPlan,
    today: Timestamp,
    password_hash: &str,
    progress: &Progress,
) -> Result<Made, StoreError> {
    let mut maker = Maker {
        store,
        plan,
        today,
        texts: Texts::load(),
        mint: Mint::new(plan.seed),
        dice: Dice::new(plan.seed),
        comments: 0,
        stream: Stream::new(store, progress, plan.documents()),
    };
    let mut first = None;
    for index in 0..plan.organizations {
        let cast = maker.cast(index, password_hash);
        first.get_or_insert_with(|| (cast.users[0].email.clone(), cast.organization.name.clone()));
        maker.organization(cast).await?;
    }
    maker.stream.finish().await?;
    let (email, organization) = first.unwrap_or_default();
    Ok(Made {
        email,
        organization,
        comments: maker.comments,
    })
}

struct Maker<'a> {
    store: &'a Store,
    plan: &'a DemoPlan,
    today: Timestamp,
    texts: Texts,
    mint: Mint,
    dice: Dice,
    comments: u64,
    stream: Stream<'a>,
}

impl Maker<'_> {
    fn cast(&mut self, index: u32, password_hash: &str) -> Cast {
        let casting = Casting {
            texts: &self.texts,
            today: self.today,
            seed: self.plan.seed,
            password_hash,
        };
        casting.cast(index, self.plan.users, &mut self.mint, &mut self.dice)
    }

    async fn organization(&mut self, cast: Cast) -> Result<(), StoreError> {
        let settings = self.projects(&cast).await?;
        self.stream.insert(cast.organization).await?;
        self.stream.insert(cast.role).await?;
        for user in cast.users {
            self.stream.insert(user).await?;
        }
        let shares = shares(&settings, self.plan.tasks as usize);
        for setting in &settings {
            self.stream.insert(setting.project.clone()).await?;
        }
        for (setting, share) in settings.iter().zip(shares) {
            self.tasks(setting, share).await?;
        }
        Ok(())
    }

    async fn projects(&mut self, cast: &Cast) -> Result<Vec<Setting>, StoreError> {
        let count = self.plan.projects;
        let first = self
            .store
            .reserve(&project_counter(cast.organization.id), count)
            .await?;
        let numbers = first..first + i64::from(count);
        let settings = numbers.enumerate().map(|place| {
            let (texts, mint, dice) = (&self.texts, &mut self.mint, &mut self.dice);
            project(&cast.organization, &cast.users, place, texts, self.today, mint, dice)
        });
        Ok(settings.collect())
    }

    async fn tasks(&mut self, setting: &Setting, count: usize) -> Result<(), StoreError> {
        let Some(reserved) = u32::try_from(count).ok().filter(|count| *count > 0) else {
            return Ok(());
        };
        let first = self.store.reserve(&task_counter(setting.project.id), reserved).await?;
        let mut backlog = Backlog::new(setting, self.today, count);
        for (index, number) in (first..first + i64::from(reserved)).enumerate() {
            let task = backlog.task(&self.texts, (index, number), &mut self.mint, &mut self.dice);
            let comments = backlog.comments(&self.texts, &task, &mut self.mint, &mut self.dice);
            self.stream.insert(task).await?;
            for comment in comments {
                self.comments += 1;
                self.stream.attach(comment).await?;
            }
        }
        Ok(())
    }
}

/// How many of `tasks` each project has: the first ones are hot, the last ones hardly begun.
fn shares(settings: &[Setting], tasks: usize) -> Vec<usize> {
    let weight = |(index, setting): (usize, &Setting)| {
        let heat = match setting.project.status {
            ProjectStatus::Active | ProjectStatus::Completed => 100,
            ProjectStatus::OnHold => 60,
            ProjectStatus::Planning => 40,
            ProjectStatus::Cancelled => 30,
            ProjectStatus::Draft => 15,
        };
        1 + heat * 10_000 / (index + 2)
    };
    let weights: Vec<usize> = settings.iter().enumerate().map(weight).collect();
    let sum: usize = weights.iter().sum::<usize>().max(1);
    let mut shares: Vec<usize> = weights.iter().map(|weight| tasks * weight / sum).collect();
    let rest = tasks - shares.iter().sum::<usize>();
    if let Some(first) = shares.first_mut() {
        *first += rest;
    }
    shares
}
