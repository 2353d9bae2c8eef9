//! What somebody was granted to upload, in an id that only this deployment can make. Nothing of it is stored: whoever
//! brings the id back brings all that has to be known.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;

use crate::model::{AssetKind, Id};

use super::blob::{Announced, BlobKey};
use super::{LinkError, Links};

/// A granted upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The id that the asset will have, so that one upload never comes to two.
    pub asset: Id,
    /// Whose it is.
    pub organization: Id,
    /// To whom it was granted.
    pub viewer: Id,
    /// What it is for.
    pub kind: AssetKind,
    /// What it will belong to.
    pub target: Id,
    /// What the file is called, made safe to save under.
    pub name: String,
    /// What was said of it.
    pub announced: Announced,
    /// The name under which it waits: one of its person's, as their `Stage` has them.
    pub staged: u128,
    /// Until when it may be put there, in seconds since 1970.
    pub expires: u64,
}

/// As it stands in an id: ids of asset, organisation, viewer and target; kind, name, announced, staged, expires.
type Sealed = ([[u8; 12]; 4], AssetKind, String, Announced, u128, u64);

const PURPOSE: &str = "kanvaro upload 1";
const PREFIX: &str = "upl_";
/// No id is longer.
const LONGEST: usize = 2_000;
/// Bytes of a signature.
const SIGNATURE: usize = 32;

impl Grant {
    /// Where it waits.
    pub fn key(&self) -> BlobKey {
        BlobKey::staged(self.staged)
    }

    fn seal(&self) -> Sealed {
        let ids = [self.asset, self.organization, self.viewer, self.target].map(|id| *id.bytes());
        let (name, announced) = (self.name.clone(), self.announced.clone());
        (ids, self.kind, name, announced, self.staged, self.expires)
    }

    fn unseal((ids, kind, name, announced, staged, expires): Sealed) -> Grant {
        let [asset, organization, viewer, target] = ids.map(Id::from_bytes);
        Grant {
            asset,
            organization,
            viewer,
            kind,
            target,
            name,
            announced,
            staged,
            expires,
        }
    }
}

impl Links {
    /// The id of a granted upload.
    pub fn seal(&self, grant: &Grant) -> String {
        let mut sealed = postcard::to_stdvec(&grant.seal()).expect("it is plain data");
        let signature = self.signing(PURPOSE, &sealed).finalize().into_bytes();
        sealed.extend_from_slice(&signature);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What this id grants, whether or not its time is over.
    pub fn unseal(&self, id: &str) -> Result<Grant, LinkError> {
        let text = id.strip_prefix(PREFIX).filter(|text| text.len() <= LONGEST);
        let sealed = text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let sealed = sealed.ok_or(LinkError::Forged)?;
        let end = sealed.len().checked_sub(SIGNATURE).ok_or(LinkError::Forged)?;
        let (said, signature) = sealed.split_at(end);
        let signing = self.signing(PURPOSE, said);
        signing.verify_slice(signature).map_err(|_| LinkError::Forged)?;
        let read: Sealed = postcard::from_bytes(said).map_err(|_| LinkError::Forged)?;
        Ok(Grant::unseal(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Clock, Timestamp};

    fn links(secret: &str) -> Links {
        Links::new(secret, None, Clock::manual(Timestamp::from_millis(0)))
    }

    fn grant() -> Grant {
        let id = |byte| Id::from_bytes([byte; 12]);
        Grant {
            asset: id(1),
            organization: id(2),
            viewer: id(3),
            kind: AssetKind::Attachment,
            target: id(4),
            name: "ü".repeat(100),
            announced: Announced {
                content_type: "x".repeat(127),
                bytes: u64::MAX,
                sha256: Some([7; 32]),
            },
            staged: u128::MAX,
            expires: u64::MAX,
        }
    }

    #[test]
    fn an_id_brings_back_all_that_was_granted() {
        let (links, grant) = (links("secret"), grant());
        let id = links.seal(&grant);
        assert!(id.len() < LONGEST, "{}", id.len());
        assert_eq!(links.unseal(&id), Ok(grant));
    }

    #[test]
    fn nobody_else_makes_or_changes_one() {
        let id = links("secret").seal(&grant());
        assert_eq!(links("other").unseal(&id), Err(LinkError::Forged));
        for at in [4, 20, id.len() / 2, id.len() - 2] {
            let mut changed = id.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(links("secret").unseal(&changed), Err(LinkError::Forged), "{at}");
        }
        for nonsense in [
            "",
            "upl_",
            "upl_AAAA",
            &id[4..],
            &id[..id.len() - 4],
            &"upl_A".repeat(9_999),
        ] {
            assert_eq!(links("secret").unseal(nonsense), Err(LinkError::Forged));
        }
    }
}
