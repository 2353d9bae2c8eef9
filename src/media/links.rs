//! The addresses of assets: public ones by their key alone, private ones signed and for a while.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::model::{Clock, Timestamp};

use super::blob::BlobKey;
use super::file_name::{encoded, safe_name};

/// Makes and checks addresses; clones share everything.
#[derive(Clone)]
pub struct Links {
    secret: Arc<[u8]>,
    base: Arc<str>,
    clock: Clock,
}

/// What a private address says besides the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass<'a> {
    /// What the file is called when it is saved.
    pub name: &'a str,
    /// Until when it is good, in seconds since 1970.
    pub expires: u64,
    /// That somebody who knows the secret said so.
    pub signature: &'a str,
}

/// Why a private address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Its time is over.
    #[error("this link has expired; ask for a new one")]
    Expired,
    /// It isn't one that was given out.
    #[error("this link is not valid; ask for a new one")]
    Forged,
}

/// Says what is signed, so that no signature is good for anything else.
const PURPOSE: &str = "kanvaro asset link 1";

impl Links {
    /// Signed with this secret; without one with what dice give, so that addresses end with the process. Public assets are fetched from
    /// `base`, like `https://cdn.example.com`; unset: from this server.
    pub fn new(secret: &str, base: Option<&str>, clock: Clock) -> Links {
        let secret: Arc<[u8]> = match secret {
            "" => Arc::new(rand::random::<[u8; 32]>()),
            secret => secret.as_bytes().into(),
        };
        let base = base.unwrap_or_default().trim_end_matches('/').into();
        Links { secret, base, clock }
    }

    /// The address of a public asset: good for ever, for its key is of its content.
    pub fn public(&self, key: &BlobKey) -> String {
        format!("{}/{key}", self.base)
    }

    /// The address of a private file on this server, and until when it is good. Whatever carries it may be kept until then, no longer.
    pub fn private(&self, key: &BlobKey, name: &str, life: Duration) -> (String, Timestamp) {
        self.signed(key, name, self.clock.now().plus(life))
    }

    fn signed(&self, key: &BlobKey, name: &str, until: Timestamp) -> (String, Timestamp) {
        let expires = seconds(until);
        let name = safe_name(name);
        let signature = URL_SAFE_NO_PAD.encode(self.mac(key, &name, expires).finalize().into_bytes());
        let name = encoded(&name);
        let address = format!("/{key}?name={name}&expires={expires}&signature={signature}");
        (
            address,
            Timestamp::from_millis(1000 * i64::try_from(expires).unwrap_or(i64::MAX / 1000)),
        )
    }

    /// The same for whoever asks again and again: the address stays the same for a quarter of its life, so that what was
    /// fetched from it is known again. With it the moment until which an answer that has it may be kept, so that at least
    /// half of its life is left to whoever gets that answer.
    pub fn lasting(&self, key: &BlobKey, name: &str, life: Duration) -> (String, Timestamp) {
        let quarter = i64::try_from(life.as_millis() / 4).unwrap_or(i64::MAX).max(1);
        let since = self.clock.now().millis().div_euclid(quarter) * quarter;
        let (address, until) = self.signed(key, name, Timestamp::from_millis(since).plus(life));
        (address, until.minus(life / 2))
    }

    /// Checks a private address; returns for how long it is still good.
    pub fn check(&self, key: &BlobKey, pass: Pass<'_>) -> Result<Duration, LinkError> {
        let signature = URL_SAFE_NO_PAD.decode(pass.signature).map_err(|_| LinkError::Forged)?;
        let mac = self.mac(key, pass.name, pass.expires);
        mac.verify_slice(&signature).map_err(|_| LinkError::Forged)?;
        self.left(pass.expires)
    }

    /// For how long what ends then is still good.
    pub(super) fn left(&self, expires: u64) -> Result<Duration, LinkError> {
        let left = expires.checked_sub(seconds(self.clock.now()));
        left.filter(|left| *left > 0)
            .map(Duration::from_secs)
            .ok_or(LinkError::Expired)
    }

    fn mac(&self, key: &BlobKey, name: &str, expires: u64) -> Hmac<Sha256> {
        // Neither a key nor a safe name has a line break.
        self.signing(PURPOSE, format!("{key}\n{expires}\n{name}").as_bytes())
    }

    /// The signature of what is said for this purpose, which is good for no other.
    pub(super) fn signing(&self, purpose: &str, said: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("a secret may have any length");
        mac.update(purpose.as_bytes());
        mac.update(b"\n");
        mac.update(said);
        mac
    }
}

pub(super) fn seconds(time: Timestamp) -> u64 {
    u64::try_from(time.millis() / 1000).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn parts(address: &str) -> (String, u64, String) {
        let query = address.split_once('?').unwrap().1;
        let value = |name: &str| {
            let found = query.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap();
            found.trim_start_matches('=').to_owned()
        };
        (value("name"), value("expires").parse().unwrap(), value("signature"))
    }

    #[test]
    fn an_address_is_good_for_its_time_and_for_nothing_else() {
        let clock = Clock::manual(Timestamp::from_millis(1_700_000_000_000));
        let links = Links::new("secret", None, clock.clone());
        let key = BlobKey::parse("files/aa/a.pdf").unwrap();
        let (address, until) = links.private(&key, "plan.pdf", MINUTE);
        assert_eq!(until, clock.now().plus(MINUTE));
        let (name, expires, signature) = parts(&address);
        let pass = Pass {
            name: &name,
            expires,
            signature: &signature,
        };
        assert_eq!(links.check(&key, pass), Ok(MINUTE));
        let other = BlobKey::parse("files/aa/b.pdf").unwrap();
        assert_eq!(links.check(&other, pass), Err(LinkError::Forged));
        for forged in [
            Pass {
                name: "plan.html",
                ..pass
            },
            Pass {
                expires: expires + 1,
                ..pass
            },
            Pass { signature: "", ..pass },
            Pass {
                signature: &signature[1..],
                ..pass
            },
        ] {
            assert_eq!(links.check(&key, forged), Err(LinkError::Forged), "{forged:?}");
        }
        assert_eq!(
            Links::new("other", None, clock.clone()).check(&key, pass),
            Err(LinkError::Forged)
        );
        clock.advance(MINUTE);
        assert_eq!(links.check(&key, pass), Err(LinkError::Expired));
    }

    #[test]
    fn a_lasting_address_stays_the_same_for_a_quarter_of_its_life() {
        let clock = Clock::manual(Timestamp::from_millis(1_700_000_000_123));
        let links = Links::new("secret", None, clock.clone());
        let key = BlobKey::parse("files/aa/a.pdf").unwrap();
        let hour = 60 * MINUTE;
        let mut addresses = std::collections::HashSet::new();
        for _ in 0..120 {
            let (address, kept_until) = links.lasting(&key, "plan.pdf", hour);
            let (_, expires, _) = parts(&address);
            let left = expires - seconds(clock.now());
            assert!((45 * 60..=3_600).contains(&left), "{left} s are left");
            assert!(kept_until >= clock.now() && expires - seconds(kept_until) == 1_800);
            addresses.insert(address);
            clock.advance(MINUTE);
        }
        assert!((8..=9).contains(&addresses.len()), "{}", addresses.len());
    }

    #[test]
    fn without_a_secret_nobody_can_sign() {
        let clock = Clock::manual(Timestamp::from_millis(0));
        let key = BlobKey::parse("files/aa/a.pdf").unwrap();
        let (address, _) = Links::new("", None, clock.clone()).private(&key, "a", MINUTE);
        let (name, expires, signature) = parts(&address);
        let pass = Pass {
            name: &name,
            expires,
            signature: &signature,
        };
        assert_eq!(Links::new("", None, clock).check(&key, pass), Err(LinkError::Forged));
    }

    #[test]
    fn public_assets_have_the_base_of_the_cdn() {
        let key = BlobKey::parse("images/aa/a.webp").unwrap();
        let clock = Clock::manual(Timestamp::from_millis(0));
        assert_eq!(Links::new("", None, clock.clone()).public(&key), "/images/aa/a.webp");
        let cdn = Links::new("", Some("https://cdn.example.com/"), clock);
        assert_eq!(cdn.public(&key), "https://cdn.example.com/images/aa/a.webp");
    }
}
