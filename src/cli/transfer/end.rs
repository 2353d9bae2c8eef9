//! Where a store is, as it is named on the command line, and the store there.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::app;
use crate::config::{Config, Secret};
use crate::store::StoreBackend;
use crate::store::ledger::Ledger;

/// A store that is open.
pub struct End {
    /// What it is called when it is spoken of; holds no password.
    pub name: String,
    /// The store.
    pub store: Arc<dyn StoreBackend>,
    /// Its counters.
    pub ledger: Arc<dyn Ledger>,
}

impl End {
    /// Opens the store at this address, or without one, the configured one.
    pub async fn open(config: &Config, address: Option<&str>) -> Result<End> {
        let config = match address {
            Some(address) => addressed(config, address)?,
            None => config.clone(),
        };
        let name = name(&config);
        let open = app::open_store(&config).await;
        let store = open.with_context(|| match config.is_embedded() {
            true => format!("can't open {name} (a server that works with it has to be stopped first)"),
            false => format!("can't open {name}"),
        })?;
        let Some(ledger) = store.ledger() else {
            bail!("{name} can't be copied");
        };
        Ok(End { name, store, ledger })
    }

    /// Lets go of it.
    pub async fn close(self) {
        self.store.close().await;
    }
}

/// Where an address leads, in the words of the configuration. Nothing is opened.
pub fn addressed(config: &Config, address: &str) -> Result<Config> {
    let config = config.clone();
    if address == "sqlite" {
        return Ok(Config {
            database: "sqlite".into(),
            ..config
        });
    }
    if let Some(directory) = address
        .strip_prefix("sqlite:")
        .filter(|directory| !directory.is_empty())
    {
        return Ok(Config {
            database: "sqlite".into(),
            data: PathBuf::from(directory),
            ..config
        });
    }
    if cfg!(feature = "mongo") && (address.starts_with("mongodb://") || address.starts_with("mongodb+srv://")) {
        return Ok(Config {
            database: address.into(),
            ..config
        });
    }
    bail!(
        "{} names no store: sqlite:DIRECTORY, sqlite (in the configured data directory), or a mongodb:// URL",
        Secret::from(address)
    )
}

/// What the store of a configuration is called.
pub fn name(config: &Config) -> String {
    match config.is_embedded() {
        true => {
            let data = std::fs::canonicalize(&config.data).unwrap_or_else(|_| config.data.clone());
            format!("sqlite:{}", data.display())
        }
        false => config.database.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_directory_or_a_url() {
        let config = Config::default();
        let of = |address: &str| addressed(&config, address).map(|config| config.data);
        assert_eq!(of("sqlite").unwrap(), config.data);
        assert_eq!(of("sqlite:/srv/kanvaro").unwrap(), PathBuf::from("/srv/kanvaro"));
        for wrong in ["sqlite:", "./data", "mysql://h"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_refused_address_is_told_without_its_password() {
        let refusal = addressed(&Config::default(), "mysql://u:geheim@h")
            .unwrap_err()
            .to_string();
        assert!(!refusal.contains("geheim"), "{refusal}");
    }
}
