//! Where a request comes from: the peer of its connection, or what trusted proxies in front say of it. What anybody else
//! says of it is not believed.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderName;
use axum::http::request::Parts;

use crate::config::Network;

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of who sends this, if it is known. Each proxy adds at the right whom it was called by, so the line is read
/// from there for as long as the callers are trusted.
pub fn client_address(parts: &Parts, trusted: &[Network]) -> Option<IpAddr> {
    let Peer(peer) = parts.extensions.get::<Peer>()?;
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.holds(*address));
    let mut address = peer.ip().to_canonical();
    let lines = parts.headers.get_all(FORWARDED_FOR).iter().rev();
    let mut said = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    while is_trusted(&address) {
        // What can't be read was said by somebody whom the last proxy would have had to check.
        let Some(before) = said.next().and_then(read) else {
            break;
        };
        address = before;
    }
    Some(address)
}

/// An address as proxies write it, some with a port.
fn read(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let alone = || text.trim_matches(['[', ']']).parse().ok();
    let address: Option<IpAddr> = alone().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    Some(address?.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn address(peer: &str, lines: &[&str], trusted: &[&str]) -> Option<String> {
        let mut request = Request::new(());
        for line in lines {
            request.headers_mut().append(FORWARDED_FOR, line.parse().unwrap());
        }
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        let trusted: Vec<Network> = trusted.iter().map(|text| Network::parse(text).unwrap()).collect();
        let (parts, ()) = request.into_parts();
        client_address(&parts, &trusted).map(|address| address.to_string())
    }

    #[test]
    fn what_a_peer_says_who_is_not_trusted_is_not_believed() {
        assert_eq!(
            address("203.0.113.7:1", &["10.9.9.9"], &[]).as_deref(),
            Some("203.0.113.7")
        );
        assert_eq!(
            address("203.0.113.7:1", &["10.9.9.9"], &["10.0.0.0/8"]).as_deref(),
            Some("203.0.113.7")
        );
    }

    #[test]
    fn the_line_is_read_from_the_right_as_far_as_proxies_are_trusted() {
        let trusted = ["127.0.0.1", "10.0.0.0/8"];
        let of = |lines: &[&str]| address("127.0.0.1:1", lines, &trusted).unwrap();
        assert_eq!(of(&["203.0.113.7"]), "203.0.113.7");
        assert_eq!(
            of(&["1.1.1.1, 203.0.113.7, 10.2.3.4"]),
            "203.0.113.7",
            "the client may have said the first"
        );
        assert_eq!(
            of(&["1.1.1.1", "203.0.113.7", "10.2.3.4"]),
            "203.0.113.7",
            "in one line or several"
        );
        assert_eq!(of(&["203.0.113.7:4711"]), "203.0.113.7");
        assert_eq!(of(&["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(of(&["10.7.7.7, 10.2.3.4"]), "10.7.7.7", "all are trusted: the first");
    }

    #[test]
    fn what_cannot_be_read_ends_the_line() {
        let trusted = ["127.0.0.1", "10.0.0.0/8"];
        for line in ["", "unknown", "203.0.113.7, _hidden", "203.0.113.7,,"] {
            let found = address("127.0.0.1:1", &[line], &trusted);
            assert_eq!(found.as_deref(), Some("127.0.0.1"), "{line:?}");
        }
        assert_eq!(address("127.0.0.1:1", &[], &trusted).as_deref(), Some("127.0.0.1"));
    }
}
