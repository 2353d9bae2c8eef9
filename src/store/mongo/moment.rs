//! Moments as MongoDB tells them: the operation times of sessions, and sessions that see no less than a moment.

use bson::Timestamp;
use mongodb::error::Error;
use mongodb::{Client, ClientSession};

use crate::model::Moment;

/// When the last operation of a session happened.
pub(super) fn of(session: &ClientSession) -> Moment {
    session.operation_time().map_or(Moment::NONE, from_timestamp)
}

/// The moment of a cluster time.
pub(super) fn from_timestamp(time: Timestamp) -> Moment {
    Moment(u64::from(time.time) << 32 | u64::from(time.increment))
}

/// A session whose reads answer from `floor` or later. It is taken from the driver's pool, as the driver does for every
/// call by itself, and costs no round trip.
pub(super) async fn session(client: &Client, floor: Moment) -> Result<ClientSession, Error> {
    let mut session = client.start_session().await?;
    if floor != Moment::NONE {
        session.advance_operation_time(timestamp(floor));
    }
    Ok(session)
}

/// The cluster time of a moment.
pub(super) fn timestamp(moment: Moment) -> Timestamp {
    Timestamp {
        time: (moment.0 >> 32) as u32,
        increment: moment.0 as u32,
    }
}
