//! Where a request comes from, as far as services care.

use std::net::IpAddr;

/// Who sends a request: what their device calls itself, and from where.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// What the device calls itself.
    pub user_agent: String,
    /// Its address, as far as it is known for certain.
    pub address: Option<IpAddr>,
}

impl Origin {
    /// What tries from there are counted under. Of IPv6 it is the network: a device has as many addresses there as it likes.
    pub(super) fn network(&self) -> Option<String> {
        Some(match self.address?.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        })
    }
}

impl From<String> for Origin {
    /// A device at no known address.
    fn from(user_agent: String) -> Origin {
        Origin {
            user_agent,
            address: None,
        }
    }
}

impl From<&str> for Origin {
    /// A device at no known address.
    fn from(user_agent: &str) -> Origin {
        user_agent.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Option<String> {
        let origin = Origin {
            user_agent: String::new(),
            address: Some(address.parse().unwrap()),
        };
        origin.network()
    }

    #[test]
    fn a_device_is_known_by_its_ipv4_address_or_its_ipv6_network() {
        assert_eq!(network("203.0.113.7").as_deref(), Some("203.0.113.7"));
        assert_eq!(network("::ffff:203.0.113.7").as_deref(), Some("203.0.113.7"));
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(Origin::from("curl").network(), None);
    }
}
