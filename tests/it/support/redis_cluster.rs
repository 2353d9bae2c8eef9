//! A Redis Cluster of one test, so that it can move slots and kill masters.

use std::time::{Duration, Instant};

use kanvaro::cache::{Key, version_key};
use kanvaro::model::Tag;

use super::named;
use super::redis::{Server, free_port};

/// Three masters, each with a third of the slots; a replica of the first, where the test wants one.
pub struct Cluster {
    pub masters: Vec<Server>,
    pub replica: Option<Server>,
}

/// How long a node must be silent to be taken for dead.
const SILENCE_MS: &str = "1500";
const LAST_SLOT: u16 = 16_383;

impl Cluster {
    /// Three masters.
    pub fn started() -> Cluster {
        let masters: Vec<Server> = (0..3).map(|_| node()).collect();
        for (place, master) in masters.iter().enumerate() {
            let first = slots_before(place);
            let last = if place == 2 {
                LAST_SLOT
            } else {
                slots_before(place + 1) - 1
            };
            let _: () = master.run(&format!("CLUSTER ADDSLOTSRANGE {first} {last}"));
            let _: () = master.run(&format!("CLUSTER SET-CONFIG-EPOCH {}", place + 1));
        }
        masters[1..].iter().for_each(|master| meet(&masters[0], master));
        let cluster = Cluster { masters, replica: None };
        cluster.await_whole();
        cluster
    }

    /// Three masters and a replica of the first that has all that is in it.
    pub fn with_replica() -> Cluster {
        let mut cluster = Cluster::started();
        let replica = node();
        meet(&cluster.masters[0], &replica);
        let first: String = cluster.masters[0].run("CLUSTER MYID");
        within_patience("the replica knows the first master", || {
            let nodes: String = replica.run("CLUSTER NODES");
            nodes.contains(&first) && nodes.lines().count() == 4
        });
        let _: () = replica.run(&format!("CLUSTER REPLICATE {first}"));
        within_patience("the replica is in step", || {
            replica
                .run::<String>("INFO replication")
                .contains("master_link_status:up")
        });
        cluster.replica = Some(replica);
        cluster
    }

    /// The address of all masters.
    pub fn url(&self) -> String {
        let nodes = self.masters.iter().map(|master| format!("127.0.0.1:{}", master.port()));
        format!("redis+cluster://{}", nodes.collect::<Vec<String>>().join(","))
    }

    /// The place of the master that holds the key, and its slot.
    pub fn holder(&self, key: &str) -> (usize, u16) {
        let slot: u16 = self.masters[0].run(&format!("CLUSTER KEYSLOT {key}"));
        let place = (0..3).rfind(|place| slots_before(*place) <= slot);
        (place.expect("the first begins at 0"), slot)
    }

    /// A key that the master at this place holds.
    pub fn key_on(&self, place: usize) -> Key {
        let mut keys = (0..).map(|number: u32| named::key(&number.to_string()));
        keys.find(|key| self.holder(&key.to_string()).0 == place)
            .expect("there are many keys")
    }

    /// A tag whose version the master at this place holds.
    pub fn tag_on(&self, place: usize) -> Tag {
        let mut tags = (0..).map(|number: u32| named::tag(&number.to_string()));
        tags.find(|tag| self.holder(&version_key(tag)).0 == place)
            .expect("there are many tags")
    }

    fn await_whole(&self) {
        within_patience("the cluster is whole", || {
            let infos = self.masters.iter().map(|master| master.run::<String>("CLUSTER INFO"));
            infos
                .into_iter()
                .all(|info| info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3"))
        });
    }
}

/// Keys that share a slot, as a cluster counts: CRC-16/XMODEM of the text.
pub fn in_one_slot<const N: usize>() -> [Key; N] {
    let slot = |key: &Key| slot_of(&key.to_string());
    let first = named::key("0");
    let keys = (0..).map(|number: u32| named::key(&number.to_string()));
    let found: Vec<Key> = keys.filter(|key| slot(key) == slot(&first)).take(N).collect();
    found.try_into().expect("there are many keys")
}

fn slot_of(text: &str) -> u16 {
    let shifted = |crc: u16, _| {
        if crc & 0x8000 == 0 {
            crc << 1
        } else {
            (crc << 1) ^ 0x1021
        }
    };
    let crc = text
        .bytes()
        .fold(0, |crc, byte| (0..8).fold(crc ^ (u16::from(byte) << 8), shifted));
    crc % 16_384
}

/// Waits until it is so.
pub fn within_patience(what: &str, is: impl Fn() -> bool) {
    let start = Instant::now();
    while !is() {
        assert!(start.elapsed() < Duration::from_secs(30), "it never comes that {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn slots_before(place: usize) -> u16 {
    [0, 5_461, 10_923][place]
}

/// A node of no cluster yet. Its bus would listen 10000 above its port, which may be taken or no port at all.
fn node() -> Server {
    let bus = free_port().to_string();
    let arguments = [
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        &bus,
        "--cluster-node-timeout",
        SILENCE_MS,
    ];
    Server::with(&arguments)
}

fn meet(first: &Server, second: &Server) {
    let bus: Vec<String> = second.run("CONFIG GET cluster-port");
    let _: () = first.run(&format!("CLUSTER MEET 127.0.0.1 {} {}", second.port(), bus[1]));
}
