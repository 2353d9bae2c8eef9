//! Hashes and verifies passwords with argon2id, away from the request threads and a few at once:
//! each takes 19 MiB and a core for tens of milliseconds.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Password, ServiceError};
use crate::metrics::Metrics;

/// The parameters that OWASP names first for argon2id with 19 MiB.
///
/// <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// What is checked against where there is no hash: the same parameters and lengths, so the same work; it fits nothing.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5c3NhbHQhISEhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// How long a caller waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The door to argon2; clones share its turns.
#[derive(Clone)]
pub(super) struct Hasher {
    turns: Arc<Semaphore>,
    metrics: Metrics,
}

impl Hasher {
    /// A door with as many turns as there are cores, at most four, that counts its works there.
    pub(super) fn new(metrics: Metrics) -> Hasher {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Hasher {
            turns: Arc::new(Semaphore::new(cores.clamp(1, 4))),
            metrics,
        }
    }

    /// The hash to store, in PHC form.
    pub(super) async fn hash(&self, password: &Password) -> Result<String, ServiceError> {
        let password = password.clone();
        self.run(move || hash(&password)).await
    }

    /// Whether the password is the one of this hash; with no hash, no, after the same work.
    pub(super) async fn verify(&self, password: &Password, hash: Option<String>) -> Result<bool, ServiceError> {
        let password = password.clone();
        self.run(move || verify(&password, hash.as_deref())).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ServiceError> {
        let turn = self.turn().await?;
        self.metrics.password_worked();
        let working = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the caller: one who goes away frees no core.
            let _turn = turn;
            work()
        });
        working.await.map_err(|_| busy())
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, ServiceError> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        turn.map_err(|_| busy())?.map_err(|_| busy())
    }
}

fn busy() -> ServiceError {
    ServiceError::RateLimited(PATIENCE.as_secs())
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &Password) -> String {
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).expect("16 bytes are a salt");
    let hash = argon2().hash_password(password.reveal().as_bytes(), &salt);
    hash.expect("argon2 takes any password and this salt").to_string()
}

fn verify(password: &Password, stored: Option<&str>) -> bool {
    let known = stored.and_then(|stored| PasswordHash::new(stored).ok());
    let is_known = known.is_some();
    let against = known.unwrap_or_else(|| PasswordHash::new(NOBODY).expect("it is a hash"));
    let matches = argon2().verify_password(password.reveal().as_bytes(), &against).is_ok();
    is_known && matches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_argon2id_with_the_stated_parameters_and_fits_its_password_only() {
        let stored = hash(&Password::new("correct horse"));
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify(&Password::new("correct horse"), Some(&stored)));
        assert!(!verify(&Password::new("correct house"), Some(&stored)));
    }

    #[test]
    fn what_nobody_is_checked_against_takes_the_work_of_a_hash() {
        let stored = hash(&Password::new("correct horse"));
        let (one, other) = (PasswordHash::new(&stored).unwrap(), PasswordHash::new(NOBODY).unwrap());
        let work = |hash: &PasswordHash<'_>| (hash.algorithm.to_string(), hash.version, hash.params.clone());
        assert_eq!(work(&one), work(&other));
        assert_eq!(one.hash.unwrap().len(), other.hash.unwrap().len());
    }

    #[test]
    fn nothing_fits_an_unreadable_or_absent_hash() {
        assert!(!verify(&Password::new(""), None));
        assert!(!verify(&Password::new(""), Some("")));
    }
}
