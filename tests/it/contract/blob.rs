//! What `BlobBackend` promises, on disk and in S3.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::future::join_all;
use kanvaro::media::blob::{Blob, BlobBackend, BlobError, BlobKey, Content, DiskBackend, Range};
use tempfile::TempDir;

/// A place of its own.
struct Subject {
    backend: Arc<dyn BlobBackend>,
    directory: TempDir,
}

fn on_disk() -> Subject {
    let directory = tempfile::tempdir().unwrap();
    let backend = Arc::new(DiskBackend::open(&directory.path().join("assets")).unwrap());
    Subject { backend, directory }
}

#[cfg(feature = "aws")]
async fn in_s3() -> Subject {
    Subject {
        backend: Arc::new(crate::support::aws::bucket().await),
        directory: tempfile::tempdir().unwrap(),
    }
}

impl Subject {
    async fn put(&self, key: &str, content: &'static str) {
        self.put_bytes(key, Bytes::from_static(content.as_bytes())).await;
    }

    async fn put_bytes(&self, name: &str, content: Bytes) {
        self.backend.put(&key(name), Content::Bytes(content)).await.unwrap();
    }

    async fn get(&self, name: &str, range: Option<Range>) -> Result<Option<Blob>, BlobError> {
        self.backend.get(&key(name), range).await
    }

    async fn read(&self, name: &str, range: Option<Range>) -> Option<Bytes> {
        Some(collect(self.get(name, range).await.unwrap()?).await)
    }

    async fn names(&self, prefix: &str, after: Option<&str>, limit: u32) -> Vec<String> {
        let listed = self.backend.list(prefix, after.map(key).as_ref(), limit).await.unwrap();
        listed.into_iter().map(|listed| listed.key.to_string()).collect()
    }
}

fn key(text: &str) -> BlobKey {
    BlobKey::parse(text).unwrap()
}

async fn collect(blob: Blob) -> Bytes {
    let pieces: Vec<Bytes> = blob.body.try_collect().await.unwrap();
    pieces.concat().into()
}

macro_rules! promises {
    ($($promise:ident)*) => {
        mod disk {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::$promise(super::on_disk()).await;
            })*
        }

        #[cfg(feature = "aws")]
        mod s3 {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                super::$promise(super::in_s3().await).await;
            })*
        }
    };
}

promises! {
    what_is_put_is_there
    what_is_not_there_is_none
    what_is_put_again_is_replaced
    parts_are_served
    a_part_behind_the_end_is_refused_with_the_size
    nothing_at_all_can_be_put
    what_is_removed_is_gone
    lists_are_in_order_and_go_on
    a_list_is_of_its_prefix
    a_large_file_is_put_in_parts_and_read_whole
    many_at_once_put_one_thing
    a_file_that_cannot_be_read_leaves_nothing
    it_answers
}

async fn what_is_put_is_there(subject: Subject) {
    subject.put("images/aa/one.webp", "one").await;
    let blob = subject.get("images/aa/one.webp", None).await.unwrap().unwrap();
    assert_eq!((blob.head.bytes, blob.part), (3, Some((0, 2))));
    assert_eq!(collect(blob).await, "one");
    let head = subject.backend.head(&key("images/aa/one.webp")).await.unwrap().unwrap();
    let age = head.modified.elapsed().unwrap_or_default();
    assert!(head.bytes == 3 && age.as_secs() < 600, "{head:?}");
}

async fn what_is_not_there_is_none(subject: Subject) {
    subject.put("images/aa/one.webp", "one").await;
    for name in [
        "images/aa/two.webp",
        "images/aa",
        "images/aa/one.webp/three",
        "files/aa/one.webp",
    ] {
        assert!(subject.get(name, None).await.unwrap().is_none(), "{name}");
        assert!(
            subject.get(name, Some(Range::From(0))).await.unwrap().is_none(),
            "{name}"
        );
        assert_eq!(subject.backend.head(&key(name)).await.unwrap(), None, "{name}");
    }
}

async fn what_is_put_again_is_replaced(subject: Subject) {
    subject.put("static/a.txt", "a longer text").await;
    subject.put("static/a.txt", "short").await;
    assert_eq!(subject.read("static/a.txt", None).await.unwrap(), "short");
}

async fn parts_are_served(subject: Subject) {
    subject.put("static/a.txt", "0123456789").await;
    for (range, expected) in [
        (Range::From(7), "789"),
        (Range::Between(2, 4), "234"),
        (Range::Between(8, 99), "89"),
        (Range::Last(3), "789"),
        (Range::Last(99), "0123456789"),
    ] {
        let blob = subject.get("static/a.txt", Some(range)).await.unwrap().unwrap();
        assert_eq!((blob.head.bytes, blob.part), (10, range.within(10)), "{range:?}");
        assert_eq!(collect(blob).await, expected, "{range:?}");
    }
}

async fn a_part_behind_the_end_is_refused_with_the_size(subject: Subject) {
    subject.put("static/a.txt", "0123456789").await;
    for range in [Range::From(10), Range::Between(12, 14)] {
        let refused = subject.get("static/a.txt", Some(range)).await.err();
        assert_eq!(refused, Some(BlobError::Range { bytes: 10 }), "{range:?}");
    }
}

async fn nothing_at_all_can_be_put(subject: Subject) {
    subject.put("static/empty.txt", "").await;
    let blob = subject.get("static/empty.txt", None).await.unwrap().unwrap();
    assert_eq!((blob.head.bytes, blob.part), (0, None));
    assert_eq!(collect(blob).await, "");
}

async fn what_is_removed_is_gone(subject: Subject) {
    subject.put("static/a.txt", "a").await;
    subject.put("static/b.txt", "b").await;
    let keys = ["static/a.txt", "static/never.txt"].map(key);
    subject.backend.remove(&keys).await.unwrap();
    subject.backend.remove(&[]).await.unwrap();
    assert_eq!(subject.names("", None, 10).await, ["static/b.txt"]);
}

async fn lists_are_in_order_and_go_on(subject: Subject) {
    let names = [
        "files/a-b.txt",
        "files/a.txt",
        "files/a/b.txt",
        "files/a/c/d.txt",
        "files/a0.txt",
        "images/a.webp",
    ];
    for name in names.iter().rev() {
        subject.put(name, "x").await;
    }
    assert_eq!(subject.names("", None, 100).await, names);
    assert_eq!(subject.names("", None, 2).await, names[..2]);
    for (at, name) in names.iter().enumerate() {
        assert_eq!(
            subject.names("", Some(name), 100).await,
            names[at + 1..],
            "after {name}"
        );
    }
    assert_eq!(subject.names("", Some("files/a/bb"), 1).await, ["files/a/c/d.txt"]);
}

async fn a_list_is_of_its_prefix(subject: Subject) {
    for name in ["files/aa/1.txt", "files/ab/1.txt", "images/aa/1.webp"] {
        subject.put(name, "x").await;
    }
    assert_eq!(
        subject.names("files/", None, 10).await,
        ["files/aa/1.txt", "files/ab/1.txt"]
    );
    assert_eq!(subject.names("files/ab", None, 10).await, ["files/ab/1.txt"]);
    assert_eq!(subject.names("static/", None, 10).await, [""; 0]);
}

async fn a_large_file_is_put_in_parts_and_read_whole(subject: Subject) {
    let content: Vec<u8> = (0..19_000_000_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let path = subject.directory.path().join("large");
    std::fs::write(&path, &content).unwrap();
    for content_as in [Content::File(path), Content::Bytes(content.clone().into())] {
        let name = key("files/aa/large.bin");
        subject.backend.put(&name, content_as).await.unwrap();
        let read = subject.read("files/aa/large.bin", None).await.unwrap();
        assert!(read == content, "{} bytes came back", read.len());
        let part = subject
            .read("files/aa/large.bin", Some(Range::Between(8_388_600, 8_388_620)))
            .await;
        assert_eq!(part.unwrap(), content[8_388_600..=8_388_620]);
    }
}

async fn many_at_once_put_one_thing(subject: Subject) {
    let content = Bytes::from(vec![7; 300_000]);
    let puts = (0..8).map(|_| subject.put_bytes("images/aa/same.webp", content.clone()));
    join_all(puts).await;
    assert_eq!(subject.read("images/aa/same.webp", None).await.unwrap(), content);
    assert_eq!(subject.names("", None, 10).await, ["images/aa/same.webp"]);
}

async fn a_file_that_cannot_be_read_leaves_nothing(subject: Subject) {
    let absent = subject.directory.path().join("absent");
    let refused = subject.backend.put(&key("files/a.txt"), Content::File(absent)).await;
    assert!(matches!(refused, Err(BlobError::Content(_))), "{refused:?}");
    assert_eq!(subject.names("", None, 10).await, [""; 0]);
}

async fn it_answers(subject: Subject) {
    subject.backend.ping().await.unwrap();
}

#[tokio::test]
async fn what_a_process_left_unfinished_is_taken_away_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    drop(DiskBackend::open(directory.path()).unwrap());
    let left = directory.path().join(".incoming/left");
    let written = directory.path().join(".incoming/written");
    std::fs::write(&left, "half").unwrap();
    std::fs::write(&written, "half").unwrap();
    let before = std::time::SystemTime::now() - std::time::Duration::from_secs(90_000);
    let file = std::fs::File::options().write(true).open(&left).unwrap();
    file.set_modified(before).unwrap();
    DiskBackend::open(directory.path()).unwrap();
    assert!(!left.exists());
    assert!(written.exists(), "another process may be writing it");
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn an_object_is_served_with_the_headers_it_was_put_with() {
    use crate::support::aws;
    let backend = aws::bucket().await;
    for (name, content_type, cache_control, disposition) in [
        (
            "images/aa/a.webp",
            "image/webp",
            "public, max-age=31536000, immutable",
            None,
        ),
        (
            "static/a.css",
            "text/css; charset=utf-8",
            "public, max-age=31536000, immutable",
            None,
        ),
        (
            "files/aa/a.svg",
            "application/octet-stream",
            "private, no-cache",
            Some("attachment"),
        ),
    ] {
        backend.put(&key(name), Content::Bytes("x".into())).await.unwrap();
        let headers = aws::head(&backend, name).await;
        let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("content-type").as_deref(), Some(content_type), "{name}");
        assert_eq!(header("cache-control").as_deref(), Some(cache_control), "{name}");
        assert_eq!(header("content-disposition").as_deref(), disposition, "{name}");
    }
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn a_bucket_that_is_not_there_refuses_and_one_that_cannot_be_reached_is_unavailable() {
    use crate::support::aws;
    let absent = aws::backend("absent-bucket", &aws::url()).await;
    let refused = absent.put(&key("static/a.txt"), Content::Bytes("x".into())).await;
    assert!(matches!(refused, Err(BlobError::Refused(_))), "{refused:?}");
    let unreachable = aws::backend("any", "http://127.0.0.1:1").await;
    let failed = unreachable.head(&key("static/a.txt")).await;
    assert!(matches!(failed, Err(BlobError::Unavailable(_))), "{failed:?}");
}
