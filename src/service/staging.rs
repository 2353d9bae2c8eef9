//! Where an upload waits that goes by itself: a place of its person's where nothing is. How many files somebody can have there is
//! bounded by how many places they have; of addresses that are given out nothing is kept but a count.

use std::collections::HashSet;

use crate::media::Stage;
use crate::media::blob::{BlobKey, Listed};
use crate::model::{Id, Viewer};

use super::asset::unkept;
use super::sweep::is_younger;
use super::{FieldError, ServiceError, Services, UserErrorCode as Code};

/// No person has more places.
const MOST: u32 = 1_000;

/// The counter by which a person is given their places in turn.
fn upload_counter(person: Id) -> String {
    format!("upload:{person}")
}

impl Services {
    /// The name of a place where nothing waits of the viewer. Places are given in turn, also by other processes, so nobody is
    /// given the same again before all others.
    pub(super) async fn free_place(&self, viewer: &Viewer) -> Result<u128, ServiceError> {
        let stage = Stage::of(viewer.user(), self.assets.limits.waiting);
        let taken = self.taken(&stage).await?;
        let counter = upload_counter(viewer.user());
        let mut turns = 0;
        while taken.len() < stage.places() as usize && turns < 2 * stage.places() {
            let name = stage.name(self.store.reserve(&counter, 1).await?);
            if !taken.contains(&BlobKey::staged(name)) {
                return Ok(name);
            }
            turns += 1;
        }
        Err(self.full(taken.len(), stage.places()))
    }

    /// The places where a file waits that can still be completed.
    async fn taken(&self, stage: &Stage) -> Result<HashSet<BlobKey>, ServiceError> {
        let grace = 2 * self.assets.upload_life;
        let listed = self.assets.blobs.list(&stage.prefix(), None, MOST).await;
        let listed = listed.map_err(|error| unkept(&error))?.into_iter();
        let waits = listed.filter(|Listed { head, .. }| is_younger(head.modified, grace));
        Ok(waits.map(|Listed { key, .. }| key).collect())
    }

    fn full(&self, waiting: usize, most: u32) -> ServiceError {
        let minutes = self.assets.upload_life.as_secs().div_ceil(60) * 2;
        let message = format!(
            "there is no room for it: {waiting} files of yours were put and wait to be completed, and {most} may at most; complete \
             them with completeUpload, or try again when the oldest has waited for {minutes} minutes, after which it counts no more"
        );
        FieldError::new("bytes", Code::OutOfRange, message).into()
    }
}
