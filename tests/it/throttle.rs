//! Whoever guesses passwords is slowed down: by account and by address, in all processes, and where the cache is away in
//! each alone. What counts is how many guesses reach the hash function.

use std::collections::BTreeMap;
use std::time::Duration;

use kanvaro::config::Config;
use kanvaro::service::Password;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::server::{Answer, PASSWORD, TestServer};

const LOGIN: &str = "mutation($input: LoginInput!) { done: login(input: $input) { token userErrors { field } } }";
const EMAIL: &str = "ada@example.org";
/// What one account may be tried, and what one address may try, before the first pause.
const PER_ACCOUNT: u64 = 5;
const PER_ADDRESS: u64 = 20;

/// A server behind a proxy that is believed.
async fn server() -> TestServer {
    let config = Config {
        trusted_proxies: vec!["127.0.0.1".into()],
        ..Config::default()
    };
    let server = TestServer::with(config).await;
    server.admin(EMAIL).await;
    server
}

async fn try_from(server: &TestServer, address: &str, email: &str, password: &str) -> Answer {
    let input = json!({ "email": email, "password": password });
    let body = json!({ "query": LOGIN, "variables": { "input": input } });
    server.send(server.post(&body).header("x-forwarded-for", address)).await
}

/// The code of a refusal and, where it says so, how long to wait; empty when somebody was let in.
fn refusal(answer: &Answer) -> (&str, Option<u64>) {
    (
        answer.code(),
        answer.body["errors"][0]["extensions"]["retryAfter"].as_u64(),
    )
}

fn works(server: &TestServer) -> u64 {
    server.app.metrics.password_works()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_guesses_at_one_account_from_eight_addresses_five_are_looked_at() {
    let server = server().await;
    let before = works(&server);
    let mut answers: BTreeMap<String, u64> = BTreeMap::new();
    for turn in 0..125 {
        // Eight at once: what is on its way counts too.
        let tries = (1..=8).map(async |host| {
            let (address, password) = (format!("198.51.100.{host}"), format!("guess {turn} {host}"));
            let answer = try_from(&server, &address, EMAIL, &password).await;
            refusal(&answer).0.to_owned()
        });
        for code in futures_util::future::join_all(tries).await {
            *answers.entry(code).or_default() += 1;
        }
    }
    assert_eq!(works(&server) - before, PER_ACCOUNT, "{answers:?}");
    let expected = [("RATE_LIMITED", 1_000 - PER_ACCOUNT), ("UNAUTHENTICATED", PER_ACCOUNT)];
    assert_eq!(answers, expected.map(|(code, count)| (code.to_owned(), count)).into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_guesses_at_as_many_accounts_twenty_an_address_are_looked_at() {
    let server = server().await;
    let before = works(&server);
    for turn in 0..250 {
        let tries = (1..=4).map(async |host| {
            let (address, email) = (format!("198.51.100.{host}"), format!("p{turn}.{host}@example.org"));
            try_from(&server, &address, &email, "correct horse").await;
        });
        futures_util::future::join_all(tries).await;
    }
    assert_eq!(works(&server) - before, 4 * PER_ADDRESS);
    let elsewhere = try_from(&server, "203.0.113.9", EMAIL, PASSWORD).await;
    assert!(
        elsewhere.body["data"]["done"]["token"].is_string(),
        "{}",
        elsewhere.body
    );
}

#[tokio::test]
async fn pauses_double_to_a_quarter_of_an_hour_and_known_accounts_wait_as_unknown_ones() {
    let server = server().await;
    let mut told = Vec::new();
    for email in [EMAIL, "nobody@example.org"] {
        let mut waits = Vec::new();
        for turn in 0_u32..17 {
            // From as many addresses, so that none of them has to wait.
            let address = format!("2001:db8:0:{turn:x}::1");
            let before = works(&server);
            let first = try_from(&server, &address, email, "wrong").await;
            assert_eq!(
                (refusal(&first), works(&server) - before),
                (("UNAUTHENTICATED", None), 1)
            );
            let again = try_from(&server, &address, email, "wrong").await;
            if refusal(&again).0 == "UNAUTHENTICATED" {
                waits.push(0);
                continue;
            }
            let (code, Some(wait)) = refusal(&again) else {
                panic!("{}", again.body)
            };
            assert_eq!((code, works(&server) - before), ("RATE_LIMITED", 1));
            waits.push(wait);
            server.clock.advance(Duration::from_secs(wait));
        }
        told.push(waits);
    }
    assert_eq!(
        told[0],
        [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]
    );
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn all_is_forgotten_an_hour_after_the_last_pause() {
    let server = server().await;
    for _ in 0..PER_ACCOUNT {
        try_from(&server, "198.51.100.1", EMAIL, "wrong").await;
    }
    let kept_out = try_from(&server, "198.51.100.2", EMAIL, PASSWORD).await;
    assert_eq!(refusal(&kept_out), ("RATE_LIMITED", Some(1)));
    server.clock.advance(Duration::from_secs(3_601));
    for turn in 0..PER_ACCOUNT {
        let answer = try_from(&server, "198.51.100.1", EMAIL, "wrong").await;
        assert_eq!(refusal(&answer).0, "UNAUTHENTICATED", "turn {turn}");
    }
}

#[tokio::test]
async fn who_signs_in_counts_for_nothing() {
    let server = server().await;
    for _ in 0..3 {
        for _ in 1..PER_ACCOUNT {
            try_from(&server, "198.51.100.1", EMAIL, "wrong").await;
            server.clock.advance(Duration::from_secs(400));
        }
        let answer = try_from(&server, "198.51.100.1", EMAIL, PASSWORD).await;
        assert!(answer.body["data"]["done"]["token"].is_string(), "{}", answer.body);
    }
    // Many people behind one address.
    for turn in 0..3 * PER_ADDRESS {
        let answer = try_from(&server, "198.51.100.7", EMAIL, PASSWORD).await;
        assert!(
            answer.body["data"]["done"]["token"].is_string(),
            "turn {turn}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn what_somebody_says_of_their_address_is_not_believed() {
    let server = TestServer::start().await;
    let before = works(&server);
    for turn in 0..2 * PER_ADDRESS {
        let (address, email) = (format!("198.51.100.{turn}"), format!("p{turn}@example.org"));
        try_from(&server, &address, &email, "wrong").await;
    }
    assert_eq!(works(&server) - before, PER_ADDRESS, "all came from one");
}

#[tokio::test]
async fn the_current_password_is_not_guessed_by_changing_it() {
    let server = server().await;
    let token = server.token("grace@example.org").await;
    let change =
        "mutation($input: ChangePasswordInput!) { done: changePassword(input: $input) { userErrors { field } } }";
    let before = works(&server);
    let mut last = Value::Null;
    for turn in 0..20 {
        let input = json!({ "currentPassword": format!("guess {turn}"), "newPassword": "battery staple" });
        let body = json!({ "query": change, "variables": { "input": input } });
        last = server.send(server.post(&body).bearer_auth(&token)).await.body;
    }
    assert_eq!(last["errors"][0]["extensions"]["code"], "RATE_LIMITED", "{last}");
    assert_eq!(works(&server) - before, PER_ACCOUNT);
}

#[tokio::test]
async fn where_no_address_is_known_only_the_account_counts() {
    let app = TestApp::new().await;
    let password = Password::new("correct horse battery");
    let tries = (0..2 * PER_ACCOUNT).map(|turn| format!("p{turn}@example.org"));
    for email in tries {
        let refused = app.app.services.login(&email, &password, "test").await;
        assert!(matches!(
            refused,
            Err(kanvaro::service::ServiceError::Unauthenticated(_))
        ));
    }
}

#[cfg(feature = "redis")]
mod shared {
    use std::sync::Arc;
    use std::time::Duration;

    use kanvaro::app::Engines;
    use kanvaro::cache::{CacheBackend, Lease, TriesKey};
    use kanvaro::config::Config;
    use kanvaro::model::{Pace, Tries};
    use kanvaro::service::{NewOrganization, NewUser, Password, ServiceError};
    use kanvaro::store::StoreBackend;
    use kanvaro::store::sqlite::SqliteBackend;
    use rand::Rng;

    use crate::support::app::TestApp;
    use crate::support::levels::Leveled;
    use crate::support::redis;
    use crate::support::sample::NOON;

    fn key() -> TriesKey {
        TriesKey::of(&format!("{:032x}", rand::random::<u128>()))
    }

    const PACE: Pace = Pace {
        free: 3,
        first: Duration::from_millis(700),
        longest: Duration::from_secs(20),
        memory: Duration::from_secs(3_600),
    };

    /// Redis does the arithmetic of `model::Tries`.
    async fn counts(engine: Arc<dyn CacheBackend>) {
        let (key, mut now, mut known) = (key(), NOON, Tries::default());
        for step in 0..300 {
            match rand::rng().random_range(0..10) {
                0 => {
                    engine.give_back(key).await.unwrap();
                    known = if known.count == 0 { known } else { known.without_last() };
                }
                1 if step % 50 == 49 => {
                    engine.forget(key).await.unwrap();
                    known = Tries::default();
                }
                2..5 => now = now.plus(Duration::from_millis(rand::rng().random_range(0..9_000))),
                _ => {
                    let expected = known.take(&PACE, now);
                    let taken = engine.take(key, &PACE, now).await.unwrap();
                    assert_eq!(taken, expected.map(drop), "step {step}: {known:?} at {now}");
                    known = expected.unwrap_or(known);
                }
            }
        }
    }

    #[tokio::test]
    async fn a_server_counts_as_the_model_does() {
        counts(redis::backend(&redis::shared_url(), redis::LIMIT)).await;
    }

    #[tokio::test]
    async fn a_level_in_front_leaves_counting_to_the_server() {
        counts(Leveled::validated(&redis::shared_url()).engine).await;
    }

    #[tokio::test]
    async fn a_process_that_does_not_read_the_cache_counts_there_all_the_same() {
        let level = kanvaro::cache::UnreadBackend::new(redis::backend(&redis::shared_url(), redis::LIMIT));
        counts(Arc::new(level)).await;
    }

    #[tokio::test]
    async fn of_a_hundred_tries_at_once_as_many_get_through_as_are_free() {
        let (engine, key) = (redis::backend(&redis::shared_url(), redis::LIMIT), key());
        let tries = (0..100).map(|_| engine.take(key, &PACE, NOON));
        let taken = futures_util::future::join_all(tries).await;
        let through = taken.into_iter().filter(|taken| matches!(taken, Ok(Ok(())))).count();
        assert_eq!(through, PACE.free as usize);
    }

    #[tokio::test]
    async fn what_is_counted_is_forgotten_in_time_and_tells_no_name() {
        let server = redis::Server::started();
        let engine = redis::backend(&server.url(), redis::LIMIT);
        let brief = Pace {
            memory: Duration::from_millis(300),
            ..PACE
        };
        engine
            .take(TriesKey::of("ada@example.org"), &brief, NOON)
            .await
            .unwrap()
            .unwrap();
        let keys: Vec<String> = server.run("KEYS *");
        assert!(
            keys.len() == 1 && keys[0].starts_with("tries:") && keys[0].len() == 38,
            "{keys:?}"
        );
        let start = std::time::Instant::now();
        while !server.run::<Vec<String>>("KEYS *").is_empty() {
            assert!(start.elapsed() < Duration::from_secs(20), "it is never forgotten");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Two processes over one database, each with this engine as its cache.
    async fn processes(url: &str) -> [TestApp; 2] {
        let data = Arc::new(tempfile::tempdir().unwrap());
        let store: Arc<dyn StoreBackend> = Arc::new(SqliteBackend::open(&data.path().join("kanvaro.db")).unwrap());
        let process = async || {
            let engines = Engines {
                store: Arc::clone(&store),
                cache: Leveled::validated(url).engine,
                lease: Lease::forever(),
            };
            let config = Config {
                cache_timeout_ms: 5_000,
                ..Config::default()
            };
            TestApp::assembled(config, engines, Box::new(Arc::clone(&data))).await
        };
        let processes = [process().await, process().await];
        let admin = NewUser {
            first_name: "Ada".into(),
            last_name: "Example".into(),
            email: email(url),
            role: kanvaro::model::Role::Admin,
            password: Password::new("correct horse battery"),
        };
        let services = &processes[0].app.services;
        services
            .create_organization_with_admin(NewOrganization::named("Acme"), admin)
            .await
            .unwrap();
        processes
    }

    /// An account for the tests of one server.
    fn email(url: &str) -> String {
        format!("ada@{}.example.org", url.rsplit(':').next().unwrap())
    }

    async fn looked_at(processes: &[TestApp; 2], email: &str, tries: usize) -> usize {
        let password = Password::new("wrong");
        let mut looked_at = 0;
        for turn in 0..tries {
            let refused = processes[turn % 2].app.services.login(email, &password, "test").await;
            match refused {
                Err(ServiceError::Unauthenticated(_)) => looked_at += 1,
                Err(ServiceError::RateLimited(_)) => {}
                other => panic!("{other:?}"),
            }
        }
        looked_at
    }

    #[tokio::test]
    async fn two_processes_count_together_while_they_share_a_cache_and_each_alone_while_it_is_away() {
        let mut server = redis::Server::started();
        let url = server.url();
        let together = processes(&url).await;
        assert_eq!(looked_at(&together, &email(&url), 40).await, 5);
        server.stop();
        assert_eq!(looked_at(&together, "grace@example.org", 40).await, 10);
        server.start();
        let come = async {
            while together[0].app.cache.ping().await.is_err() || together[1].app.cache.ping().await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), come).await.unwrap();
        assert_eq!(looked_at(&together, "edsger@example.org", 40).await, 5);
    }
}
