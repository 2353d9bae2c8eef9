//! How a client of MongoDB is set up, and the check that the server can do what is needed of it.

use std::time::Duration;

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::{Error, ErrorKind};
use mongodb::options::{
    Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, ServerAddress, WriteConcern,
};

/// What a connection is made of. Has no `Debug`: the URI may hold a password.
#[derive(Clone)]
pub struct MongoOptions {
    /// `mongodb://` or `mongodb+srv://`. What it says of pool, selection and connect timeouts goes before the fields here.
    pub uri: String,
    /// The connections that are kept open at least.
    pub min_pool_size: u32,
    /// The connections that are opened at most; two are the least.
    pub max_pool_size: u32,
    /// How long a connection may lie idle before it is closed.
    pub idle: Duration,
    /// How long to look for a server that can do an operation.
    pub selection_timeout: Duration,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long one operation may take in all.
    pub operation_timeout: Duration,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URI or what it asks for is wrong; trying again won't help.
    #[error("the MongoDB URI can't be used: {0}")]
    Invalid(String),
    /// The server wants another login; trying again won't help.
    #[error("MongoDB refuses the login: {0}")]
    Refused(String),
    /// The server knows neither transactions nor change streams; trying again won't help.
    #[error(
        "{0} is a standalone MongoDB server, which has no transactions; make it a replica set of one: \
         restart it as `mongod --replSet rs0` and run `rs.initiate()` once in mongosh"
    )]
    Standalone(String),
    /// The server is too old; trying again won't help.
    #[error("MongoDB 4.4 or newer is needed; this server speaks wire version {0}")]
    TooOld(i32),
    /// Nothing answers, or no primary has been elected: try again.
    #[error("MongoDB is unavailable: {0}")]
    Unavailable(String),
}

/// The wire version of MongoDB 4.4, the first with `$unionWith`.
const OLDEST_WIRE_VERSION: i32 = 9;

impl MongoOptions {
    /// The usual settings with this URI.
    pub fn new(uri: impl Into<String>) -> MongoOptions {
        MongoOptions {
            uri: uri.into(),
            min_pool_size: 5,
            max_pool_size: 10,
            idle: Duration::from_secs(30),
            selection_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            operation_timeout: Duration::from_secs(45),
        }
    }

    /// The driver's settings. Concerns, read preference and retries are ours alone: a read after a write's
    /// reply must see it, whatever the URI says.
    pub async fn client_options(&self) -> Result<ClientOptions, ConnectError> {
        let mut options = ClientOptions::parse(&self.uri).await.map_err(parse_error)?;
        // One may wait for a transaction, which needs the other.
        let max = options.max_pool_size.unwrap_or(self.max_pool_size).max(2);
        options.max_pool_size = Some(max);
        options.min_pool_size.get_or_insert(self.min_pool_size.min(max));
        options.max_idle_time.get_or_insert(self.idle);
        options.server_selection_timeout.get_or_insert(self.selection_timeout);
        options.connect_timeout.get_or_insert(self.connect_timeout);
        options.app_name.get_or_insert_with(|| "kanvaro".to_owned());
        options.retry_reads = Some(true);
        options.retry_writes = Some(true);
        options.read_concern = Some(ReadConcern::majority());
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        options.write_concern = Some(durable());
        Ok(options)
    }
}

/// Acknowledged when most members have it in their journals.
fn durable() -> WriteConcern {
    let mut concern = WriteConcern::builder().w(Acknowledgment::Majority).build();
    concern.journal = Some(true);
    concern
}

/// Whether the server can be used: a primary of a replica set, or a router of a sharded cluster.
pub(super) async fn check(client: &Client, options: &ClientOptions) -> Result<(), ConnectError> {
    let host = options.hosts.first().map(ServerAddress::to_string).unwrap_or_default();
    match hello(client).await {
        Ok(answer) => judge(&answer, &host),
        // A server that isn't of the replica set that the URI names is never selected: ask it why.
        Err(error) => match ask_directly(options).await {
            Ok(answer) if is_standalone(&answer) => Err(ConnectError::Standalone(host)),
            _ => Err(connect_error(&error)),
        },
    }
}

fn judge(answer: &Document, host: &str) -> Result<(), ConnectError> {
    let wire_version = answer.get_i32("maxWireVersion").unwrap_or_default();
    if is_standalone(answer) {
        Err(ConnectError::Standalone(host.to_owned()))
    } else if wire_version < OLDEST_WIRE_VERSION {
        Err(ConnectError::TooOld(wire_version))
    } else if !answer.get_bool("isWritablePrimary").unwrap_or_default() {
        Err(ConnectError::Unavailable(format!(
            "{host} is not the primary of its replica set"
        )))
    } else {
        Ok(())
    }
}

/// `isreplicaset` is what a member says that waits for `rs.initiate()`, `isdbgrid` what a router says.
fn is_standalone(answer: &Document) -> bool {
    let router = answer.get_str("msg").is_ok_and(|message| message == "isdbgrid");
    !router && !answer.contains_key("setName") && !answer.contains_key("isreplicaset")
}

async fn ask_directly(options: &ClientOptions) -> Result<Document, Error> {
    let mut direct = options.clone();
    direct.hosts.truncate(1);
    direct.repl_set_name = None;
    direct.load_balanced = None;
    direct.direct_connection = Some(true);
    let client = Client::with_options(direct)?;
    let answer = hello(&client).await;
    client.shutdown().immediate(true).await;
    answer
}

async fn hello(client: &Client) -> Result<Document, Error> {
    client.database("admin").run_command(doc! { "hello": 1 }).await
}

fn parse_error(error: Error) -> ConnectError {
    match *error.kind {
        ErrorKind::DnsResolve { message, .. } => ConnectError::Unavailable(message),
        kind => ConnectError::Invalid(kind.to_string()),
    }
}

pub(super) fn connect_error(error: &Error) -> ConnectError {
    match &*error.kind {
        ErrorKind::Authentication { message, .. } => ConnectError::Refused(message.clone()),
        ErrorKind::InvalidArgument { message, .. } | ErrorKind::InvalidTlsConfig { message, .. } => {
            ConnectError::Invalid(message.clone())
        }
        kind => ConnectError::Unavailable(kind.to_string()),
    }
}
