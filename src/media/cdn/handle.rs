//! The handle on the CDN that everybody holds: what it may keep, what it is told to forget, measurements.

use std::sync::Arc;

use crate::metrics::Metrics;
use crate::model::{Kind, PurgeItem, Tag};

use super::{CdnBackend, CdnError, DirectBackend};

/// A cheap handle on the CDN; clones share everything.
#[derive(Clone)]
pub struct Cdn {
    backend: Arc<dyn CdnBackend>,
    options: Arc<CdnOptions>,
    metrics: Metrics,
}

/// What it can do, and what it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CdnOptions {
    /// Whether it knows what it keeps by tags; where it doesn't, all answers of the API are forgotten together.
    pub has_tags: bool,
    /// Whoever writes entities of these kinds has it forget what was made of them.
    pub kinds: Vec<Kind>,
}

/// The tag of every answer of the API.
const API_TAG: &str = "api";
/// Where the answers of the API lie, whatever stands behind it.
const API_PATHS: &str = "/graphql*";

impl Cdn {
    /// Most single paths and tags that may be on their way at a time.
    pub const MOST_PATHS: usize = 3_000;
    /// Most beginnings of paths that may be on their way at a time.
    pub const MOST_WILDCARDS: usize = 15;
    /// Most tags of one answer that it knows.
    pub const MOST_TAGS: usize = 50;

    /// This one.
    pub fn new(backend: Arc<dyn CdnBackend>, options: CdnOptions, metrics: Metrics) -> Cdn {
        Cdn {
            backend,
            options: Arc::new(options),
            metrics,
        }
    }

    /// None.
    pub fn direct(metrics: Metrics) -> Cdn {
        Cdn::new(Arc::new(DirectBackend), CdnOptions::default(), metrics)
    }

    /// Its name: `direct` where there is none.
    pub fn name(&self) -> &'static str {
        self.backend.name()
    }

    /// Whether there is one that can be told to forget.
    pub fn keeps(&self) -> bool {
        self.backend.keeps()
    }

    /// Has it forget these; returns what it calls the order.
    pub async fn invalidate(&self, items: &[PurgeItem], reference: &str) -> Result<String, CdnError> {
        let told = self.backend.invalidate(items, reference).await;
        self.metrics.cdn_invalidation(match &told {
            Ok(_) => "accepted",
            Err(CdnError::Unavailable(_)) => "unavailable",
            Err(CdnError::Refused(_)) => "refused",
        });
        if told.is_ok() {
            items.iter().for_each(|item| self.metrics.cdn_purged(what(item)));
        }
        told
    }

    /// Whether such an order has been carried out everywhere.
    pub async fn is_done(&self, order: &str) -> Result<bool, CdnError> {
        self.backend.is_done(order).await
    }

    /// What it has to forget when what bears these tags is written.
    pub fn forgets(&self, tags: &[Tag]) -> Vec<PurgeItem> {
        let concerned = || tags.iter().filter(|tag| self.options.kinds.contains(&tag.kind()));
        if self.options.has_tags {
            concerned().map(PurgeItem::tagged).collect()
        } else {
            concerned().next().map(|_| api_paths()).into_iter().collect()
        }
    }

    /// What it has to forget when anything may have been written.
    pub fn forgets_all(&self) -> Vec<PurgeItem> {
        let any = (!self.options.kinds.is_empty()).then(|| {
            if self.options.has_tags {
                PurgeItem::parse(&format!("#{API_TAG}")).expect("it is a tag")
            } else {
                api_paths()
            }
        });
        any.into_iter().collect()
    }

    /// What an answer made of what bears these tags is filed under, as `Cache-Tag` says it; `None`: it may not be kept
    /// there, since nobody would have it forgotten in time.
    pub fn label(&self, tags: &[Tag]) -> Option<String> {
        let is_forgotten = |tag: &Tag| self.options.kinds.contains(&tag.kind());
        if tags.len() >= Cdn::MOST_TAGS || (self.keeps() && !tags.iter().all(is_forgotten)) {
            return None;
        }
        let mut label = API_TAG.to_owned();
        for tag in tags {
            label += &format!(",{tag}");
        }
        Some(label)
    }
}

fn api_paths() -> PurgeItem {
    PurgeItem::parse(API_PATHS).expect("it is the beginning of a path")
}

fn what(item: &PurgeItem) -> &'static str {
    if item.is_tag() {
        "tag"
    } else if item.is_wildcard() {
        "wildcard"
    } else {
        "path"
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::model::Id;

    /// One that forgets nothing; these tests don't ask it to.
    struct Keeper;

    #[async_trait]
    impl CdnBackend for Keeper {
        fn name(&self) -> &'static str {
            "keeper"
        }

        fn keeps(&self) -> bool {
            true
        }

        async fn invalidate(&self, _: &[PurgeItem], _: &str) -> Result<String, CdnError> {
            Err(CdnError::Refused("it forgets nothing".into()))
        }

        async fn is_done(&self, _: &str) -> Result<bool, CdnError> {
            Ok(false)
        }
    }

    const ID: Id = Id::from_bytes([0x0a; 12]);
    const PROJECT: Tag = Tag::entity(Kind::Project, ID);
    const TASK: Tag = Tag::entity(Kind::Task, ID);

    fn cdn(has_tags: bool) -> Cdn {
        let kinds = vec![Kind::Project];
        Cdn::new(Arc::new(Keeper), CdnOptions { has_tags, kinds }, Metrics::default())
    }

    fn texts(items: &[PurgeItem]) -> Vec<&str> {
        items.iter().map(PurgeItem::as_str).collect()
    }

    #[test]
    fn a_write_purges_the_tags_of_its_kinds_or_where_there_are_none_the_api() {
        let tagged = format!("#project:{ID}");
        assert_eq!(texts(&cdn(true).forgets(&[PROJECT, TASK])), [tagged]);
        assert_eq!(texts(&cdn(false).forgets(&[PROJECT, TASK, PROJECT])), ["/graphql*"]);
        assert!(cdn(true).forgets(&[TASK]).is_empty() && cdn(false).forgets(&[TASK]).is_empty());
        assert_eq!(texts(&cdn(true).forgets_all()), ["#api"]);
    }

    #[test]
    fn an_answer_is_kept_there_only_if_all_it_was_made_of_is_purged() {
        assert_eq!(cdn(true).label(&[PROJECT]), Some(format!("api,project:{ID}")));
        assert_eq!(cdn(true).label(&[]), Some("api".into()));
        assert_eq!(cdn(true).label(&[PROJECT, TASK]), None);
        assert_eq!(cdn(true).label(&[PROJECT; Cdn::MOST_TAGS]), None);
    }

    #[test]
    fn without_a_cdn_of_ours_an_answer_bears_its_tags_for_whoever_purges() {
        let direct = Cdn::direct(Metrics::default());
        assert_eq!(direct.label(&[TASK]), Some(format!("api,task:{ID}")));
        assert!(!direct.keeps() && direct.forgets(&[TASK]).is_empty() && direct.forgets_all().is_empty());
    }
}
