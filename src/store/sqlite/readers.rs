//! The connections that read: a few, opened when first needed, each used by one call at a time on a thread where
//! it may block.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::store::StoreError;

use super::error::failed;
use super::writer::closed;

/// How many reads run side by side.
const READERS: u32 = 4;

/// A pool of reading connections.
pub struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Readers of this file.
    pub fn new(path: &Path) -> Readers {
        Readers {
            path: path.to_owned(),
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(READERS as usize)),
        }
    }

    /// Reads, all from one snapshot. A caller that goes away leaves the connection to the next when the read ends.
    pub async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| closed())?;
        let readers = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut connection = readers.take()?;
            let done = within_snapshot(&mut connection, work);
            readers.idle.lock().push(connection);
            done
        });
        reading
            .await
            .unwrap_or_else(|broken| Err(StoreError::Unavailable(format!("the read broke off: {broken}"))))
    }

    /// Waits for what reads, then closes the connections.
    pub async fn close(&self) {
        let all = self.permits.acquire_many(READERS).await;
        self.permits.close();
        drop(all);
        self.idle.lock().clear();
    }

    fn take(&self) -> Result<Connection, StoreError> {
        if let Some(connection) = self.idle.lock().pop() {
            return Ok(connection);
        }
        let connection = super::schema::connect(&self.path).map_err(failed)?;
        connection.pragma_update(None, "query_only", true).map_err(failed)?;
        Ok(connection)
    }
}

fn within_snapshot<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let snapshot = connection.transaction().map_err(failed)?;
    work(&snapshot)
}
