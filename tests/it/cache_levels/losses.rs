//! What is read after Redis has lost what it had, or has it back as it was before.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::process::{Process, project, update};
use crate::support::levels::Leveled;
use crate::support::redis::Server;
use crate::support::stack::Database;

/// What happens to Redis between a write and the reads after it.
#[derive(Clone, Copy)]
enum Fault {
    Flush,
    RestartEmpty,
    RestartFromSnapshotBeforeTheWrite,
}

/// Reads of what was written before the fault, for a while; how many were old.
async fn old_after(fault: Fault, tracked: bool) -> usize {
    let (database, mut server) = (Database::new().await, Server::started());
    let here = if tracked {
        Leveled::tracked(&server.url()).await
    } else {
        Leveled::validated(&server.url())
    };
    let here = Process::on(&database, here);
    let there = Process::on(&database, Leveled::redis(&server.url()));
    let before = project(&there).await;
    for _ in 0..3 {
        here.version_of(&before).await;
        sleep(Duration::from_millis(20)).await;
    }
    let _: () = server.run("SAVE");
    let after = update(&there, &before).await;
    if tracked {
        // What another has written shows a moment later; that moment is measured elsewhere.
        sleep(Duration::from_millis(500)).await;
    }
    match fault {
        Fault::Flush => server.run::<()>("FLUSHALL"),
        Fault::RestartEmpty => {
            let _: () = server.run("FLUSHALL");
            let _: () = server.run("SAVE");
            restart(&mut server);
        }
        Fault::RestartFromSnapshotBeforeTheWrite => restart(&mut server),
    }
    let (start, mut old) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_millis(1_500) {
        old += usize::from(here.version_of(&after).await != after.version);
        sleep(Duration::from_millis(2)).await;
    }
    assert!(
        here.stack.metrics.cache_hits("Project") > 20,
        "the cache was never used again"
    );
    old
}

fn restart(server: &mut Server) {
    server.stop();
    server.start();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_is_old_after_redis_lost_or_regained_what_it_had() {
    for fault in [
        Fault::Flush,
        Fault::RestartEmpty,
        Fault::RestartFromSnapshotBeforeTheWrite,
    ] {
        for tracked in [false, true] {
            assert_eq!(old_after(fault, tracked).await, 0);
        }
    }
}
