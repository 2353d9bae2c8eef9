//! A running server's schema, by introspection.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response};
use serde_json::json;

use crate::sdl::{IntrospectionError, QUERIES, Sdl, from_introspection};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer that is read; a schema of 10 000 types is a tenth of it.
const LONGEST: usize = 256 << 20;

/// Asks the server at this address.
pub fn schema(url: &str, headers: &[String]) -> Result<Sdl> {
    let headers = headers
        .iter()
        .map(|header| parsed(header))
        .collect::<Result<HeaderMap>>()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(ask(url, headers))
}

async fn ask(url: &str, headers: HeaderMap) -> Result<Sdl> {
    let client = client(url, headers)?;
    let mut refusal = None;
    for query in QUERIES {
        let sent = client.post(url).json(&json!({ "query": query })).send().await;
        let answer = body(url, sent.with_context(|| format!("can't reach {url}"))?).await?;
        match from_introspection(url, &answer) {
            Ok(schema) => return Ok(schema),
            // It may be that it doesn't know a part of the question: the next asks for less.
            Err(IntrospectionError::Refused(from, why)) => {
                refusal.get_or_insert(IntrospectionError::Refused(from, why));
            }
            Err(other) => return Err(other.into()),
        }
    }
    match refusal {
        Some(refusal) => Err(refusal.into()),
        None => bail!("{url}: nothing was asked"),
    }
}

async fn body(url: &str, mut response: Response) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(part) = response
        .chunk()
        .await
        .with_context(|| format!("{url} breaks off its answer"))?
    {
        if body.len() + part.len() > LONGEST {
            bail!("{url} answers more than {} MiB", LONGEST >> 20);
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

fn client(url: &str, headers: HeaderMap) -> Result<Client> {
    trust(url)?;
    Ok(Client::builder().default_headers(headers).timeout(PATIENCE).build()?)
}

#[cfg(feature = "https")]
fn trust(_: &str) -> Result<()> {
    // The client wants it for plain http too. An error says that there is one already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Ok(())
}

#[cfg(not(feature = "https"))]
fn trust(url: &str) -> Result<()> {
    if !url.starts_with("https://") {
        return Ok(());
    }
    bail!("this program was built without https; ask the server over http, or build with the feature https")
}

fn parsed(header: &str) -> Result<(HeaderName, HeaderValue)> {
    let wrong = || format!("--header {header:?}: NAME: VALUE was expected");
    let (name, value) = header.split_once(':').with_context(wrong)?;
    let name = HeaderName::try_from(name.trim()).with_context(wrong)?;
    Ok((name, HeaderValue::try_from(value.trim()).with_context(wrong)?))
}
