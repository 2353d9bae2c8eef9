//! A Redis Cluster: a link to each master, and which of them holds which slot.
//!
//! The map of the slots is read from a node when it is first needed, and again when a node says that a slot has moved,
//! is away, or that the cluster is down. Meanwhile a moved slot is followed where it went. Nodes are asked side by
//! side, and one that is away fails what lies there, nothing else.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use parking_lot::{Mutex, RwLock};
use rand::seq::SliceRandom;
use redis::{ConnectionInfo, ServerErrorKind, Value, cmd};
use tokio::time::sleep;

use super::call::{Answer, Call, Redirect, Said};
use super::link::{Limits, Link, Spoken};
use super::slot_map::SlotMap;
use super::tls::{self, Node};
use crate::cache::CacheError;

/// The nodes of a cluster.
pub(super) struct Cluster {
    shared: Arc<Shared>,
}

struct Shared {
    /// The nodes that the configuration names.
    named: Vec<(Node, Link)>,
    /// How any node is reached, but for its address.
    template: ConnectionInfo,
    limits: Limits,
    links: Mutex<HashMap<Node, Link>>,
    map: RwLock<Arc<SlotMap>>,
    /// Held while the map is read; when that last began.
    reading: tokio::sync::Mutex<()>,
    looked: Mutex<Option<Instant>>,
}

/// How often a call follows a slot that has moved, and how long it waits before each time but the first two: nodes that
/// have just handed a slot over may each name the other for a moment.
const MOVES: u32 = 6;
const DISAGREEMENT: Duration = Duration::from_millis(10);
/// The map is not looked at again sooner than this.
const PAUSE: Duration = Duration::from_millis(200);

/// A call and its place in the answers.
type Placed = (usize, Call);
type Answers = Vec<Result<Answer, CacheError>>;

impl Cluster {
    /// The cluster that these nodes are of; there is at least one.
    pub fn new(named: Vec<ConnectionInfo>, limits: Limits) -> Result<Cluster, CacheError> {
        let wrong = |reason: String| CacheError::Misconfigured(reason);
        let template = named.first().cloned().ok_or_else(|| wrong("no node is named".into()))?;
        let named = named.into_iter().map(|server| {
            let node = tls::address(&server);
            Ok((
                node,
                Link::new(server, limits).map_err(|error| wrong(error.to_string()))?,
            ))
        });
        let shared = Shared {
            named: named.collect::<Result<_, CacheError>>()?,
            template,
            limits,
            links: Mutex::default(),
            map: RwLock::default(),
            reading: tokio::sync::Mutex::default(),
            looked: Mutex::default(),
        };
        Ok(Cluster {
            shared: Arc::new(shared),
        })
    }

    /// Sends each call to the node that holds its slot, one pipeline a node, side by side. What lies on a node that is
    /// away fails, the rest is answered.
    pub async fn send(&self, calls: Vec<Call>, proven: bool) -> Answers {
        let count = calls.len();
        let map = match self.map().await {
            Ok(map) => map,
            Err(error) => return (0..count).map(|_| Err(error.clone())).collect(),
        };
        let mut answers: Answers = (0..count).map(|_| Err(away("no node holds the slot"))).collect();
        let mut groups = Groups::default();
        for placed in calls.into_iter().enumerate() {
            match map.owner(placed.1.slot) {
                Some(link) => groups.add(link, placed),
                None => self.look_again(),
            }
        }
        for moves in 0..=MOVES {
            let Groups(sending) = std::mem::take(&mut groups);
            if sending.is_empty() {
                break;
            }
            if moves > 2 {
                sleep(DISAGREEMENT * (moves - 2)).await;
            }
            let sent = sending.into_iter().map(|(link, calls)| send_to(link, calls, proven));
            for (link, places, spoken) in join_all(sent).await {
                self.collect(&link, &places, spoken, &mut answers, &mut groups);
            }
        }
        answers
    }

    /// The masters.
    pub async fn masters(&self) -> Result<Vec<Link>, CacheError> {
        Ok(self.map().await?.masters().to_vec())
    }

    /// Looks at the map again in the background, unless that happened just now.
    pub fn look_again(&self) {
        let now = Instant::now();
        let mut looked = self.shared.looked.lock();
        if looked.is_none_or(|looked| now.duration_since(looked) > PAUSE) {
            *looked = Some(now);
            let (shared, seen) = (Arc::clone(&self.shared), self.shared.known());
            tokio::spawn(async move { shared.refresh(&seen).await });
        }
    }

    async fn map(&self) -> Result<Arc<SlotMap>, CacheError> {
        let known = self.shared.known();
        if !known.is_empty() {
            return Ok(known);
        }
        // In a task of its own, so that the caller's limit doesn't end it.
        let shared = Arc::clone(&self.shared);
        let reading = tokio::spawn(async move { shared.refresh(&known).await });
        reading.await.unwrap_or_else(|error| Err(away(&error.to_string())))
    }

    /// Puts what a node has said into its places; what has moved goes into the groups to be sent next.
    fn collect(
        &self,
        link: &Link,
        places: &[usize],
        spoken: Result<Spoken, CacheError>,
        answers: &mut Answers,
        groups: &mut Groups,
    ) {
        let Spoken { said, reign } = match spoken {
            Ok(spoken) => spoken,
            Err(error) => {
                self.look_again();
                places.iter().for_each(|place| answers[*place] = Err(error.clone()));
                return;
            }
        };
        for (place, said) in places.iter().zip(said) {
            match said {
                Said::Answer(value) => {
                    if is_unsettled(&value) {
                        self.look_again();
                    }
                    answers[*place] = Ok(Answer { value, reign });
                }
                Said::Elsewhere(to, call) => {
                    if !to.asking {
                        self.look_again();
                    }
                    answers[*place] = Err(away("the slot moves from node to node"));
                    if let Ok(next) = self.shared.redirected(link, &to) {
                        let call = Call {
                            asking: to.asking,
                            ..call
                        };
                        groups.add(&next, (*place, call));
                    }
                }
            }
        }
    }
}

impl Shared {
    fn known(&self) -> Arc<SlotMap> {
        Arc::clone(&self.map.read())
    }

    /// Reads the map anew, unless somebody else has done so since this one was seen.
    async fn refresh(&self, seen: &Arc<SlotMap>) -> Result<Arc<SlotMap>, CacheError> {
        let _turn = self.reading.lock().await;
        let known = self.known();
        if !Arc::ptr_eq(&known, seen) {
            return Ok(known);
        }
        let map = Arc::new(self.read().await?);
        self.links
            .lock()
            .retain(|_, link| map.masters().iter().any(|master| master.is(link)));
        *self.map.write() = Arc::clone(&map);
        Ok(map)
    }

    /// Asks one node after another, in no fixed order: one that is cut off from the rest must not always come first.
    async fn read(&self) -> Result<SlotMap, CacheError> {
        let mut sources: Vec<Link> = self.links.lock().values().cloned().collect();
        sources.shuffle(&mut rand::rng());
        let mut named: Vec<Link> = self.named.iter().map(|(_, link)| link.clone()).collect();
        named.shuffle(&mut rand::rng());
        sources.extend(named);
        let mut reason = "it has no nodes".to_owned();
        for source in sources {
            match self.read_from(&source).await {
                Ok(map) => return Ok(map),
                Err(error) => reason = error.to_string(),
            }
        }
        Err(away(&format!("no node of the cluster tells its slots: {reason}")))
    }

    async fn read_from(&self, source: &Link) -> Result<SlotMap, CacheError> {
        let question = Call {
            slot: 0,
            command: cmd("CLUSTER").arg("SLOTS").to_owned(),
            asking: false,
        };
        let mut answers = source.answers(vec![question], false).await?;
        match answers.pop().map(|answer| answer.value) {
            Some(Value::ServerError(error)) => Err(away(&error.to_string())),
            Some(value) => SlotMap::read(&value, &source.host(), |node| self.link(node)),
            None => Err(away("no answer")),
        }
    }

    fn redirected(&self, from: &Link, to: &Redirect) -> Result<Link, CacheError> {
        let host = if to.host.is_empty() {
            from.host()
        } else {
            to.host.clone()
        };
        self.link(&(host, to.port))
    }

    fn link(&self, node: &Node) -> Result<Link, CacheError> {
        let mut links = self.links.lock();
        if let Some(link) = links.get(node) {
            return Ok(link.clone());
        }
        let named = self.named.iter().find(|(named, _)| named == node);
        let link = match named {
            Some((_, link)) => link.clone(),
            None => {
                Link::new(tls::sibling(&self.template, node), self.limits).map_err(|error| away(&error.to_string()))?
            }
        };
        links.insert(node.clone(), link.clone());
        Ok(link)
    }
}

/// Calls by the link they go through; there are few links.
#[derive(Default)]
struct Groups(Vec<(Link, Vec<Placed>)>);

impl Groups {
    fn add(&mut self, link: &Link, placed: Placed) {
        match self.0.iter_mut().find(|(to, _)| to.is(link)) {
            Some((_, group)) => group.push(placed),
            None => self.0.push((link.clone(), vec![placed])),
        }
    }
}

async fn send_to(link: Link, calls: Vec<Placed>, proven: bool) -> (Link, Vec<usize>, Result<Spoken, CacheError>) {
    let (places, calls): (Vec<usize>, Vec<Call>) = calls.into_iter().unzip();
    let spoken = link.send(calls, proven).await;
    (link, places, spoken)
}

/// Whether the answer says that the node isn't what the map takes it for.
fn is_unsettled(value: &Value) -> bool {
    let kinds = [
        ServerErrorKind::ClusterDown,
        ServerErrorKind::ReadOnly,
        ServerErrorKind::MasterDown,
    ];
    matches!(value, Value::ServerError(error) if error.kind().is_some_and(|kind| kinds.contains(&kind)))
}

fn away(reason: &str) -> CacheError {
    CacheError::Unavailable(reason.into())
}
