//! The servers that keep the cache: one, or the nodes of a cluster. What lies where is nobody else's business.

use std::path::Path;
use std::time::Duration;

use super::call::{Answer, Call};
use super::cluster::Cluster;
use super::link::{Limits, Link};
use super::tls;
use crate::cache::CacheError;
use crate::config::RedisAddress;

/// Where calls go.
pub(super) enum Servers {
    /// Everything lies on this server.
    One(Link),
    /// Each slot lies somewhere.
    Cluster(Cluster),
}

impl Servers {
    /// The servers at an address, not yet connected to.
    pub fn new(address: &RedisAddress, ca: Option<&Path>, limits: Limits) -> Result<Servers, CacheError> {
        let infos = address.servers.iter().map(|server| tls::server(server, ca));
        let mut infos = infos.collect::<Result<Vec<_>, CacheError>>()?;
        if address.is_cluster {
            return Cluster::new(infos, limits).map(Servers::Cluster);
        }
        let nobody = || CacheError::Misconfigured("no server is named".into());
        let link = Link::new(infos.pop().ok_or_else(nobody)?, limits);
        let link = link.map_err(|error| CacheError::Misconfigured(error.to_string()))?;
        Ok(Servers::One(link))
    }

    /// Most keys that one command may have. Those of one slot could share a command on a cluster too, but hardly two
    /// keys of a call lie in one, and while a slot moves such a command is refused.
    pub fn most_keys(&self) -> usize {
        match self {
            Servers::One(_) => 500,
            Servers::Cluster(_) => 1,
        }
    }

    /// Sends all calls at once; what lies on a server that is away fails. `proven`: see `Link::send`.
    pub async fn send(&self, calls: Vec<Call>, proven: bool) -> Vec<Result<Answer, CacheError>> {
        match self {
            Servers::Cluster(cluster) => cluster.send(calls, proven).await,
            Servers::One(link) => {
                let count = calls.len();
                match link.answers(calls, proven).await {
                    Ok(answers) => answers.into_iter().map(Ok).collect(),
                    Err(error) => (0..count).map(|_| Err(error.clone())).collect(),
                }
            }
        }
    }

    /// The servers that must answer for the cache to be whole.
    pub async fn links(&self) -> Result<Vec<Link>, CacheError> {
        match self {
            Servers::One(link) => Ok(vec![link.clone()]),
            Servers::Cluster(cluster) => cluster.masters().await,
        }
    }
}

impl Limits {
    /// The link's limits under a cache whose calls take `command` at most: a little shorter, so that it is the link
    /// that learns of a late answer.
    pub fn under(connect: Duration, command: Duration) -> Limits {
        Limits {
            connect,
            command: command.mul_f64(0.9),
        }
    }
}
