//! The address of Redis: one server, or some nodes of a cluster from which the others are learned.

use super::Secret;

/// Where Redis is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedisAddress {
    /// The URL of each server that is named, `redis://` or, with TLS, `rediss://`.
    pub servers: Vec<Secret>,
    /// Whether these are nodes of a Redis Cluster.
    pub is_cluster: bool,
}

impl RedisAddress {
    /// Reads `redis://` or `rediss://` with one server, or `redis+cluster://` or `rediss+cluster://` with the nodes
    /// of a cluster, divided by commas: `redis+cluster://user:password@host1:6379,host2:6379`. Which nodes are named
    /// doesn't matter as long as one of them can be reached; whatever else the cluster has is learned from it.
    pub fn parse(url: &str) -> Option<RedisAddress> {
        let (scheme, rest) = url.split_once("://")?;
        let Some(scheme) = scheme.strip_suffix("+cluster") else {
            return matches!(scheme, "redis" | "rediss").then(|| RedisAddress {
                servers: vec![url.into()],
                is_cluster: false,
            });
        };
        // A password may hold what should have been encoded; what follows the last `@` are the hosts.
        let hosts_at = rest.rfind('@').map_or(0, |at| at + 1);
        let (user, hosts) = rest.split_at(hosts_at);
        // A cluster has no other database than 0.
        let hosts = hosts.strip_suffix("/0").or(hosts.strip_suffix('/')).unwrap_or(hosts);
        let is_host = |host: &str| !host.is_empty() && !host.contains(['/', '?', '#', ' ']);
        let reads = matches!(scheme, "redis" | "rediss") && hosts.split(',').all(is_host);
        let server = |host| format!("{scheme}://{user}{host}").as_str().into();
        reads.then(|| RedisAddress {
            servers: hosts.split(',').map(server).collect(),
            is_cluster: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(url: &str) -> Option<(Vec<String>, bool)> {
        let address = RedisAddress::parse(url)?;
        let servers = address.servers.iter().map(|server| server.reveal().to_owned());
        Some((servers.collect(), address.is_cluster))
    }

    #[test]
    fn one_server_is_read_as_it_stands() {
        for url in ["redis://localhost", "rediss://:pw@host:6380/2"] {
            assert_eq!(servers(url), Some((vec![url.to_owned()], false)));
        }
    }

    #[test]
    fn the_nodes_of_a_cluster_share_scheme_and_user() {
        let (nodes, is_cluster) = servers("rediss+cluster://u:p@a:1,b,[::1]:3/0").unwrap();
        assert_eq!(nodes, ["rediss://u:p@a:1", "rediss://u:p@b", "rediss://u:p@[::1]:3"]);
        assert!(is_cluster);
    }

    #[test]
    fn anything_else_is_none() {
        for url in [
            "memory",
            "http://a",
            "redis+cluster://",
            "redis+cluster://a,,b",
            "redis+cluster://a/1",
            "x+cluster://a",
        ] {
            assert_eq!(servers(url), None, "{url}");
        }
    }
}
