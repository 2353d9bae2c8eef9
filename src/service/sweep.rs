//! Takes away files that nobody refers to: what was released, what was kept of uploads that came to nothing, and what was put
//! for uploads that nobody completed.

use std::time::{Duration, SystemTime};

use crate::media::blob::{Area, BlobError, BlobKey, Listed};
use crate::model::{Filter, Kind, Value};
use crate::store::StoreError;

use super::Services;

/// What is younger may belong to an upload that is under way, or to a page that still shows what was released. Longer than
/// what `Blobs::put` takes for fresh: who refers to an old file anew has put it anew.
pub const GRACE: Duration = Duration::from_secs(24 * 3_600);
/// How many files are listed at a time.
const PAGE: u32 = 1_000;
/// How many the store is asked for at a time.
const ASKED: usize = 100;

/// What a sweep has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that were looked at.
    pub files: u64,
    /// Those that nobody refers to.
    pub orphans: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of those, the ones that are too young to go.
    pub young: u64,
    /// Files that were put and wait for their upload to be completed.
    pub staged: u64,
    /// Their bytes.
    pub staged_bytes: u64,
    /// Of those, the ones that still may be completed.
    pub pending: u64,
}

/// Why a sweep stopped.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SweepError {
    /// The files can't be listed or taken away.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The store can't say what is referred to.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Services {
    /// Takes away the files that nobody refers to and that are old enough; a dry run takes nothing away.
    pub async fn sweep_assets(&self, dry_run: bool) -> Result<Swept, SweepError> {
        let mut swept = Swept::default();
        // What is static was put there by operators.
        for area in [Area::Images, Area::Files] {
            let (prefix, mut after) = (format!("{}/", area.name()), None);
            loop {
                let page = self.assets.blobs.list(&prefix, after.as_ref(), PAGE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.key.clone());
                for some in page.chunks(ASKED) {
                    self.sweep_some(some, dry_run, &mut swept).await?;
                }
            }
        }
        self.sweep_staged(dry_run, &mut swept).await?;
        Ok(swept)
    }

    /// What nobody can complete any more: nothing refers to it, whatever became of the upload.
    async fn sweep_staged(&self, dry_run: bool, swept: &mut Swept) -> Result<(), SweepError> {
        // Put in time, and not completed in as much again.
        let grace = 2 * self.assets.upload_life;
        let (prefix, mut after) = (format!("{}/", Area::Staging.name()), None);
        loop {
            let page = self.assets.blobs.list(&prefix, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.key.clone());
            let mut old: Vec<BlobKey> = Vec::new();
            for Listed { key, head } in page {
                (swept.staged, swept.staged_bytes) = (swept.staged + 1, swept.staged_bytes + head.bytes);
                if is_younger(head.modified, grace) {
                    swept.pending += 1;
                } else if !dry_run && self.is_still_older(&key, grace).await? {
                    old.push(key);
                }
            }
            if !old.is_empty() {
                self.assets.blobs.remove(&old).await?;
            }
        }
    }

    async fn sweep_some(&self, some: &[Listed], dry_run: bool, swept: &mut Swept) -> Result<(), SweepError> {
        let has = some
            .iter()
            .map(|listed| Filter::Has("keys", Value::Text(listed.key.to_string())));
        let references = self.store.count(Kind::Asset, &has.collect::<Vec<Filter>>()).await?;
        let orphans = some.iter().zip(references).filter(|(_, references)| *references == 0);
        swept.files += some.len() as u64;
        let mut old: Vec<BlobKey> = Vec::new();
        for (orphan, _) in orphans {
            (swept.orphans, swept.bytes) = (swept.orphans + 1, swept.bytes + orphan.head.bytes);
            if is_younger(orphan.head.modified, GRACE) {
                swept.young += 1;
            } else if !dry_run && self.is_still_older(&orphan.key, GRACE).await? {
                old.push(orphan.key.clone());
            }
        }
        if !old.is_empty() {
            self.assets.blobs.remove(&old).await?;
        }
        Ok(())
    }

    /// Looked at once more right before it goes: it may have been put anew since it was listed.
    async fn is_still_older(&self, key: &BlobKey, grace: Duration) -> Result<bool, SweepError> {
        let head = self.assets.blobs.head(key).await?;
        Ok(head.is_some_and(|head| !is_younger(head.modified, grace)))
    }
}

/// By the clock of the place where files lie, as near as this one is to it.
pub(super) fn is_younger(modified: SystemTime, grace: Duration) -> bool {
    SystemTime::now().duration_since(modified).unwrap_or_default() < grace
}
