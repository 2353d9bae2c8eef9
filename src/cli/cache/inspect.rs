//! `cache inspect`: what stands under a key or tag. It tells what an entry is, never what is in it.

use std::fmt::Display;

use anyhow::{Context, Result, bail};
use bytes::Bytes;

use crate::app::App;
use crate::cache::{Answer, CachedList, Entry, Key, ListEntry, Stamp, TagState, Version};
use crate::model::{EntityRef, Kind, Tag, Timestamp};

/// What a text names.
enum Named {
    Value(Key),
    Tag(Tag),
}

/// What to tell of this key or tag.
pub async fn inspect(app: &App, key: &str) -> Result<String> {
    let named = Named::read(key).with_context(|| {
        let shown: String = key.chars().take(60).collect();
        format!("{shown:?} is no key of this cache: try task:ID, task:project=ID, task:list:HASH or api:HASH")
    })?;
    if !app.config.is_embedded() && app.config.cache.reveal() == "memory" {
        bail!("the servers cache in their own processes: send them a request with X-Cache-Explain: 1");
    }
    let mut told = Told::default();
    match named {
        Named::Tag(tag) => told.tag(app, tag).await?,
        Named::Value(Key::Entity(entity)) => {
            told.value(app, Key::Entity(entity), |told, bytes| told.entity(entity, bytes))
                .await?;
            told.tag(app, Tag::entity(entity.kind, entity.id)).await?;
        }
        Named::Value(list @ Key::List(kind, _)) => told.value(app, list, |told, bytes| told.list(kind, bytes)).await?,
        Named::Value(Key::Answer(question)) => told.answer(app, question).await?,
        Named::Value(document) => told.document(app, document).await?,
    }
    Ok(told.0.join("\n"))
}

impl Named {
    /// The text of an entity's tag is that of its key: both are told.
    fn read(text: &str) -> Option<Named> {
        if let Some(tag) = text.strip_prefix("version:") {
            return Tag::parse(tag).map(Named::Tag);
        }
        let value = Key::parse(text).map(Named::Value);
        value.or_else(|| Tag::parse(text).map(Named::Tag))
    }
}

/// Lines for a person.
#[derive(Default)]
struct Told(Vec<String>);

impl Told {
    fn say(&mut self, what: &str, value: impl Display) {
        self.0.push(format!("{what:<12}{value}"));
    }

    async fn value(
        &mut self,
        app: &App,
        key: Key,
        tell: impl FnOnce(&mut Told, &Bytes) -> Option<(Version, Stamp)>,
    ) -> Result<()> {
        let mut got = app.cache.get_many(&[key], &[]).await?;
        self.say("key", key);
        let Some(bytes) = got.values.pop().flatten() else {
            self.say("state", "absent");
            return Ok(());
        };
        self.say("bytes", bytes.len());
        match tell(self, &bytes) {
            None => self.say("state", "unreadable: torn, or of another release; it counts as absent"),
            Some((version, stamp)) => {
                self.say("filled under", shown(version));
                self.times(stamp, app.store.clock().now());
            }
        }
        Ok(())
    }

    fn times(&mut self, stamp: Stamp, now: Timestamp) {
        let age = stamp.age(now);
        self.say("age", format_args!("{} s", age.as_secs()));
        self.say(
            "ttl left",
            format_args!("{} s", stamp.ttl.saturating_sub(age).as_secs()),
        );
    }

    fn entity(&mut self, asked: EntityRef, bytes: &Bytes) -> Option<(Version, Stamp)> {
        let entry = Entry::decode(bytes)?;
        match &entry.row {
            None => self.say("holds", format_args!("that there is no such {}", asked.kind.name())),
            Some(row) => {
                let reference = row.reference()?;
                let (kind, id, version) = (reference.kind.name(), reference.global(), row.version());
                self.say("holds", format_args!("a {kind}, {id}, written {version} times"));
            }
        }
        Some((entry.version, entry.stamp))
    }

    fn list(&mut self, kind: Kind, bytes: &Bytes) -> Option<(Version, Stamp)> {
        let entry = ListEntry::decode(bytes)?;
        let of = kind.name();
        match entry.list {
            CachedList::Ids(ids) => self.say("holds", format_args!("the ids of {} of a list of {of}", ids.len())),
            CachedList::Count(count) => self.say("holds", format_args!("a count of {of}: {count}")),
            CachedList::Counts(counts) => self.say("holds", format_args!("{} counts of {of}", counts.len())),
            CachedList::CountsOf(counts) => self.say("holds", format_args!("{} counts of {of}", counts.len())),
        }
        Some((entry.version, entry.stamp))
    }

    async fn document(&mut self, app: &App, key: Key) -> Result<()> {
        let mut got = app.cache.get_many(&[key], &[]).await?;
        self.say("key", key);
        match got.values.pop().flatten() {
            None => self.say("state", "absent"),
            Some(text) => self.say("holds", format_args!("a document of {} bytes", text.len())),
        }
        Ok(())
    }

    async fn tag(&mut self, app: &App, tag: Tag) -> Result<()> {
        let states = app.cache.get_many(&[], &[tag]).await?.tags;
        self.say("tag", tag);
        for state in states {
            match state {
                TagState::Current(version, _) => self.say("version", shown(version)),
                TagState::Absent => self.say("version", "none: nothing that bears the tag is served"),
                TagState::Marked(_) => self.say("version", "marked: a write is under way, readers ask the store"),
                TagState::Foreign => self.say("version", "foreign: something else stands in its place"),
            }
        }
        Ok(())
    }

    async fn answer(&mut self, app: &App, question: [u8; 16]) -> Result<()> {
        let key = Key::Answer(question);
        let mut got = app.cache.get_many(&[key], &[]).await?;
        self.say("key", key);
        let Some(bytes) = got.values.pop().flatten() else {
            self.say("state", "absent");
            return Ok(());
        };
        self.say("bytes", bytes.len());
        let Some(answer) = Answer::decode(&question, bytes) else {
            self.say("state", "unreadable: torn, or of another release; it counts as absent");
            return Ok(());
        };
        let tags: Vec<Tag> = answer.pairs.iter().map(|(tag, _)| *tag).collect();
        let states = app.cache.get_many(&[], &tags).await?.tags;
        let is_old = |((_, under), state): &(&(Tag, Version), TagState)| !matches!(state, TagState::Current(now, _) if now == under);
        let old = answer.pairs.iter().zip(states).filter(is_old).count();
        self.say(
            "state",
            match old {
                0 => "current".to_owned(),
                old => format!("left behind: {old} of its tags have other versions"),
            },
        );
        self.say(
            "holds",
            format_args!("an answer of {} bytes", answer.bodies.identity().len()),
        );
        self.say("scope", if answer.is_public { "PUBLIC" } else { "PRIVATE" });
        let (ttl, cost) = (answer.fresh, std::time::Duration::ZERO);
        self.times(
            Stamp {
                filled_at: answer.made_at,
                ttl,
                cost,
            },
            app.store.clock().now(),
        );
        self.rows(app, &tags).await?;
        tags.iter().for_each(|tag| self.say("tag", tag));
        Ok(())
    }

    /// How many of the entities behind these tags are kept themselves: whether making the answer anew asks the store.
    async fn rows(&mut self, app: &App, tags: &[Tag]) -> Result<()> {
        let entity = |tag: &Tag| match tag {
            Tag::Entity(kind, id) => Some(Key::Entity(EntityRef::new(*kind, *id))),
            Tag::List(..) | Tag::Tenant(_) => None,
        };
        let keys: Vec<Key> = tags.iter().filter_map(entity).collect();
        let kept = app.cache.exists(&keys).await?.into_iter().filter(|held| *held).count();
        self.say("rests on", format_args!("{} entities, {kept} of them kept", keys.len()));
        Ok(())
    }
}

fn shown(version: Version) -> String {
    format!("{:016x}", version.token())
}
