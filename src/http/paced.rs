//! Hands a body out one piece at a time. The reader of parts takes all that is ready into its memory, and waits for the end of
//! a part's head however long that is; so after each piece it is told that there is none yet, and what it holds without
//! getting ahead is bounded.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::Bytes;
use futures_util::Stream;

/// Most bytes that may come before the reader gets ahead. More than any piece of a body, and than any honest head.
const MOST: usize = 2 << 20;

/// A body that is handed out so.
pub struct Paced<S> {
    body: S,
    progress: Progress,
    pauses: bool,
}

/// How much has come since the reader last got ahead; clones share it.
#[derive(Clone, Default)]
pub struct Progress(Arc<AtomicUsize>);

/// Why a body is not read on.
#[derive(Debug, thiserror::Error)]
pub enum PaceError {
    /// It broke off.
    #[error("the body broke off")]
    Broken,
    /// A part's head has no end.
    #[error("the head of a part is too long")]
    Endless,
}

impl<S> Paced<S> {
    /// This body.
    pub fn new(body: S, progress: Progress) -> Paced<S> {
        Paced {
            body,
            progress,
            pauses: false,
        }
    }
}

impl Progress {
    /// The reader has got ahead.
    pub fn made(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl<S, E> Stream for Paced<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    type Item = Result<Bytes, PaceError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.pauses) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = std::task::ready!(Pin::new(&mut self.body).poll_next(context));
        self.pauses = true;
        Poll::Ready(next.map(|piece| {
            let piece = piece.map_err(|_| PaceError::Broken)?;
            let held = self.progress.0.fetch_add(piece.len(), Ordering::Relaxed) + piece.len();
            if held > MOST {
                Err(PaceError::Endless)
            } else {
                Ok(piece)
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, poll, stream};

    use super::*;

    fn body(pieces: usize, size: usize) -> impl Stream<Item = Result<Bytes, ()>> + Unpin {
        stream::iter((0..pieces).map(move |_| Ok(Bytes::from(vec![0; size]))))
    }

    #[tokio::test]
    async fn after_each_piece_there_is_none_yet() {
        let mut paced = Paced::new(body(2, 10), Progress::default());
        for _ in 0..2 {
            assert!(matches!(poll!(paced.next()), Poll::Ready(Some(Ok(_)))));
            assert!(poll!(paced.next()).is_pending());
        }
        assert!(matches!(poll!(paced.next()), Poll::Ready(None)));
    }

    #[tokio::test]
    async fn who_does_not_get_ahead_is_not_fed_on() {
        let fed = |gets_ahead: bool| async move {
            let progress = Progress::default();
            let mut paced = Paced::new(body(10, 1 << 20), progress.clone());
            let mut count = 0;
            while let Some(Ok(_)) = paced.next().await {
                count += 1;
                if gets_ahead {
                    progress.made();
                }
            }
            count
        };
        assert_eq!((fed(true).await, fed(false).await), (10, 2));
    }
}
