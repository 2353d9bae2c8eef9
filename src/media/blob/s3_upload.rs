//! Puts one object: in one request, or in parts that can each be tried again where it is large.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::{ByteStream, Length};
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt, TryStreamExt};

use super::s3::failed;
use super::{Area, BlobError, BlobKey, Content, content_type};

/// What is larger is put in parts of this size.
const PART: u64 = 8 << 20;
/// Parts of one object on their way at once.
const AT_ONCE: usize = 4;
/// What is named by its content never changes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const PRIVATE: &str = "private, no-cache";

/// An object to be put.
pub struct Upload<'a> {
    /// Who puts it.
    pub client: &'a Client,
    /// Where to.
    pub bucket: &'a str,
    /// Under which name.
    pub object: &'a str,
    /// What it is.
    pub key: &'a BlobKey,
}

/// The headers that an object is served with.
struct Headers {
    content_type: &'static str,
    cache_control: &'static str,
    disposition: Option<&'static str>,
}

impl Upload<'_> {
    /// Puts it.
    pub async fn put(&self, content: Content) -> Result<(), BlobError> {
        let bytes = content.bytes().await?;
        if bytes > PART {
            self.put_in_parts(&content, bytes).await
        } else {
            self.put_whole(&content, bytes).await
        }
    }

    async fn put_whole(&self, content: &Content, bytes: u64) -> Result<(), BlobError> {
        let headers = self.headers();
        let request = self.client.put_object().bucket(self.bucket).key(self.object);
        let request = request
            .content_type(headers.content_type)
            .cache_control(headers.cache_control)
            .set_content_disposition(headers.disposition.map(str::to_owned))
            // The name says what has to arrive: S3 refuses anything else.
            .set_checksum_sha256(self.key.sha256().and_then(|hex| base64_of(&hex)))
            .body(part_of(content, 0, bytes).await?);
        request.send().await.map(|_| ()).map_err(|error| failed(&error))
    }

    async fn put_in_parts(&self, content: &Content, bytes: u64) -> Result<(), BlobError> {
        let headers = self.headers();
        let request = self
            .client
            .create_multipart_upload()
            .bucket(self.bucket)
            .key(self.object);
        let request = request
            .content_type(headers.content_type)
            .cache_control(headers.cache_control)
            .set_content_disposition(headers.disposition.map(str::to_owned));
        let begun = request.send().await.map_err(|error| failed(&error))?;
        let id = begun.upload_id().unwrap_or_default();
        let put = self.put_parts(id, content, bytes).await;
        if put.is_err() {
            // What isn't taken away by this is by the bucket's rule for unfinished uploads; the docs ask for one.
            let abort = self
                .client
                .abort_multipart_upload()
                .bucket(self.bucket)
                .key(self.object);
            let _ = abort.upload_id(id).send().await;
        }
        put
    }

    async fn put_parts(&self, id: &str, content: &Content, bytes: u64) -> Result<(), BlobError> {
        let parts = (1..).zip((0..bytes).step_by(PART as usize));
        let parts = parts.map(|(number, first)| self.put_part(id, number, content, first, PART.min(bytes - first)));
        let mut done: Vec<CompletedPart> = futures_util::stream::iter(parts)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        done.sort_by_key(CompletedPart::part_number);
        let done = CompletedMultipartUpload::builder().set_parts(Some(done)).build();
        let request = self
            .client
            .complete_multipart_upload()
            .bucket(self.bucket)
            .key(self.object);
        let request = request.upload_id(id).multipart_upload(done);
        request.send().await.map(|_| ()).map_err(|error| failed(&error))
    }

    async fn put_part(
        &self,
        id: &str,
        number: i32,
        content: &Content,
        first: u64,
        count: u64,
    ) -> Result<CompletedPart, BlobError> {
        let request = self.client.upload_part().bucket(self.bucket).key(self.object);
        let request = request.upload_id(id).part_number(number);
        let request = request.body(part_of(content, first, count).await?);
        let put = request.send().await.map_err(|error| failed(&error))?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(put.e_tag().map(str::to_owned))
            .set_checksum_crc32(put.checksum_crc32().map(str::to_owned));
        Ok(part.build())
    }

    fn headers(&self) -> Headers {
        let is_private = matches!(self.key.area(), Area::Files | Area::Staging);
        let content_type = content_type(self.key.extension());
        let is_shown = content_type.starts_with("image/") || self.key.area() == Area::Static;
        Headers {
            content_type,
            cache_control: if is_private { PRIVATE } else { IMMUTABLE },
            disposition: (is_private || !is_shown).then_some("attachment"),
        }
    }
}

async fn part_of(content: &Content, first: u64, count: u64) -> Result<ByteStream, BlobError> {
    match content {
        Content::Bytes(bytes) => {
            let (first, end) = (first as usize, (first + count) as usize);
            Ok(ByteStream::from(bytes.slice(first..end)))
        }
        Content::File(path) => {
            let part = ByteStream::read_from()
                .path(path)
                .offset(first)
                .length(Length::Exact(count));
            part.build().await.map_err(BlobError::content)
        }
    }
}

/// Hexadecimal digits as S3 wants a hash.
fn base64_of(hex: &str) -> Option<String> {
    let pairs = hex.as_bytes().chunks_exact(2);
    let bytes = pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    Some(STANDARD.encode(bytes.collect::<Option<Vec<u8>>>()?))
}
