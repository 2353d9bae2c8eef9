//! The manifests of trusted documents that a server is started with, read and checked before anything else happens.

use std::fs;

use anyhow::{Context, Result, anyhow};

use super::schema::printed;
use crate::config::Config;
use crate::graphql::{Acceptance, TrustedDocuments};
use crate::sdl::{Manifests, Sdl};

/// A server was told to trust what it can't: a mistake of whoever starts it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Untrustworthy(String);

/// What the configuration names.
pub async fn trusted(config: &Config) -> Result<TrustedDocuments> {
    let read = read(config).await;
    read.map_err(|error| anyhow!(Untrustworthy(format!("{error:#}"))))
}

async fn read(config: &Config) -> Result<TrustedDocuments> {
    let mut trusted = TrustedDocuments::new(config.documents_only);
    if config.documents.is_empty() {
        let missing = "documents_only needs documents: name a manifest with --documents FILE or the setting documents";
        return if trusted.only {
            Err(anyhow!(missing))
        } else {
            Ok(trusted)
        };
    }
    let mut manifests = Manifests::default();
    for file in &config.documents {
        let text = fs::read_to_string(file).with_context(|| format!("can't read the manifest {file}"))?;
        manifests.add(file, &text)?;
    }
    manifests.check(&Sdl::parse("the schema", &printed()?)?)?;
    let acceptance = Acceptance::new(config);
    for (file, one) in manifests.iter() {
        let accepted = acceptance.check(&one.text).await;
        accepted.map_err(|refusal| anyhow!("{file}: {}: this server refuses it: {refusal}", one.label()))?;
        trusted.insert(&one.id, &one.text);
    }
    Ok(trusted)
}
