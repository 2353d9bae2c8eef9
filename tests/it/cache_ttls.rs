//! How long what is loaded may be kept, as configured.

use std::time::Duration;

use kanvaro::cache::{Entry, Key};
use kanvaro::loader::{Lifetimes, Source};
use kanvaro::model::{EntityRef, Kind};

use crate::support::sample;
use crate::support::stack::{Database, Stack, memory};

async fn life_of(source: &Source, stack: &Stack, entity: EntityRef) -> Duration {
    source.get_batch_data(&[entity]).await.unwrap();
    let got = stack.cache.get_many(&[Key::Entity(entity)], &[]).await.unwrap();
    Entry::peek(got.values[0].as_ref().unwrap()).unwrap().1.ttl
}

fn is_about(life: Duration, seconds: u64) -> bool {
    let whole = Duration::from_secs(seconds);
    (whole.mul_f64(0.89)..=whole.mul_f64(1.11)).contains(&life)
}

#[tokio::test]
async fn a_kind_lives_as_configured_and_the_others_as_the_register_says() {
    let database = Database::new().await;
    let stack = Stack::on(database.engine.clone(), memory());
    let user = stack.store.insert(sample::user(sample::id())).await.unwrap();
    let project = stack.store.insert(sample::project(&user)).await.unwrap();
    let lifetimes = Lifetimes::default().entities(Kind::User, Duration::from_secs(7));
    let source = stack.source.clone().living(lifetimes);
    let life = life_of(&source, &stack, EntityRef::new(Kind::User, user.id)).await;
    assert!(is_about(life, 7), "{life:?}");
    let life = life_of(&source, &stack, EntityRef::new(Kind::Project, project.id)).await;
    assert!(is_about(life, 3_600), "{life:?}");
}
