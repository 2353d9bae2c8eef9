//! From the sources to the configuration: file over defaults, environment over file.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::key::Key;
use super::refusal::{shown, syntax, unknown};
use super::setting::Input;
use super::settings::KEYS;
use super::{CacheLevel, Config, ConfigError, Origin, RedisAddress, older};

/// A configuration and where each of its values comes from.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// The configuration.
    pub config: Config,
    pub(super) origins: BTreeMap<&'static str, Origin>,
}

/// The file that is read unless another one is named.
const FILE: &str = "kanvaro.toml";

impl Config {
    /// The configuration from `file` (or `kanvaro.toml`, if there is one) and this environment.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        Resolved::load(file, environment).map(|resolved| resolved.config)
    }
}

impl Resolved {
    /// As `Config::load`, with the origins.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Resolved, ConfigError> {
        let path = file.unwrap_or(Path::new(FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == ErrorKind::NotFound && file.is_none() => None,
            Err(error) => {
                return Err(ConfigError::Unreadable {
                    path: path.into(),
                    reason: error.to_string(),
                });
            }
        };
        Resolved::from_sources(text.as_deref().map(|text| (path, text)), &environment.collect())
    }

    /// Whether anybody has set this key.
    pub fn is_set(&self, key: &str) -> bool {
        self.origins.contains_key(key)
    }

    pub(super) fn from_sources(
        file: Option<(&Path, &str)>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Resolved, ConfigError> {
        let mut resolved = Resolved::default();
        if let Some((path, text)) = file {
            resolved.read_file(path, text)?;
        }
        resolved.read_environment(environment)?;
        resolved.check_together()?;
        Ok(resolved)
    }

    fn read_file(&mut self, path: &Path, text: &str) -> Result<(), ConfigError> {
        let table: toml::Table = text.parse().map_err(|error| syntax(path, text, &error))?;
        for (name, value) in &table {
            let origin = Origin::File(path.into());
            let key = find(name).ok_or_else(|| unknown(name, origin.clone(), |key| key.name.to_owned()))?;
            self.set(key, Input::Toml(value), origin)?;
        }
        Ok(())
    }

    fn read_environment(&mut self, environment: &BTreeMap<String, String>) -> Result<(), ConfigError> {
        let ours = environment.iter().filter_map(|(variable, value)| {
            let name = variable.strip_prefix("KANVARO_")?;
            (!is_foreign(name)).then_some((variable, name, value))
        });
        for (variable, name, value) in ours {
            let origin = Origin::Variable(variable.clone());
            let key = find(&name.to_lowercase()).filter(|key| key.variable() == *variable);
            let key = key.ok_or_else(|| unknown(variable, origin.clone(), Key::variable))?;
            self.set(key, Input::Text(value), origin)?;
        }
        let older = older::values(&without_overridden(environment))?;
        for (name, value, origin) in older {
            let key = find(name).expect("the older names stand for keys of ours");
            self.set(key, Input::Text(&value), origin)?;
        }
        Ok(())
    }

    fn set(&mut self, key: &Key, input: Input<'_>, origin: Origin) -> Result<(), ConfigError> {
        (key.set)(&mut self.config, input).map_err(|expected| ConfigError::Wrong {
            key: key.name,
            value: shown(key, input),
            expected,
            origin: origin.clone(),
        })?;
        self.origins.insert(key.name, origin);
        Ok(())
    }

    fn check_together(&self) -> Result<(), ConfigError> {
        let Config {
            mongodb_pool_min: min,
            mongodb_pool_max: max,
            ..
        } = self.config;
        if min <= max {
            return self.check_level();
        }
        let key = ["mongodb_pool_min", "mongodb_pool_max"]
            .into_iter()
            .find(|key| self.is_set(key))
            .unwrap_or("mongodb_pool_min");
        Err(ConfigError::Wrong {
            key,
            value: if key == "mongodb_pool_min" { min } else { max }.to_string(),
            expected: format!("mongodb_pool_min ({min}) at most mongodb_pool_max ({max})"),
            origin: self.origins.get(key).cloned().unwrap_or_default(),
        })
    }
}

impl Resolved {
    fn check_level(&self) -> Result<(), ConfigError> {
        let is_cluster = RedisAddress::parse(self.config.cache.reveal()).is_some_and(|address| address.is_cluster);
        if self.config.cache_level != CacheLevel::Tracked || !is_cluster {
            return Ok(());
        }
        Err(ConfigError::Wrong {
            key: "cache_level",
            value: "tracked".into(),
            expected:
                "off, redis or validated, since cache is a Redis Cluster: while slots move, no node of it tells of \
                       all their changes"
                    .into(),
            origin: self.origins.get("cache_level").cloned().unwrap_or_default(),
        })
    }
}

fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Variables with our prefix that others set: tests, and Kubernetes for a service called `kanvaro`.
fn is_foreign(name: &str) -> bool {
    name == "PORT"
        || ["TEST_", "SERVICE_", "PORT_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

/// The environment without the older names of what is set by its present name.
fn without_overridden(environment: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let is_overridden = |name: &str| {
        (name == "MONGODB_URI" && environment.contains_key("KANVARO_DATABASE"))
            || (name.starts_with("REDIS_") && environment.contains_key("KANVARO_CACHE"))
    };
    let left = environment.iter().filter(|(name, _)| !is_overridden(name));
    left.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, environment: &[(&str, &str)]) -> Result<Resolved, ConfigError> {
        let pairs = environment
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()));
        Resolved::from_sources(Some((Path::new("k.toml"), file)), &pairs.collect())
    }

    fn config(file: &str, environment: &[(&str, &str)]) -> Config {
        load(file, environment).unwrap().config
    }

    #[test]
    fn the_environment_goes_before_the_file_and_the_file_before_the_defaults() {
        let config = config("listen = \"[::1]:1\"\nmax_depth = 9", &[("KANVARO_MAX_DEPTH", "10")]);
        assert_eq!(
            (config.listen.as_str(), config.max_depth, config.max_batch),
            ("[::1]:1", 10, 10)
        );
    }

    #[test]
    fn values_of_every_type_are_read_from_both_sources() {
        let file = config(
            "demo = false\nplayground = true\ncors_origins = [\"https://a.b\"]\nlog_format = \"json\"",
            &[],
        );
        let environment = [
            ("KANVARO_DEMO", "false"),
            ("KANVARO_PLAYGROUND", "true"),
            ("KANVARO_CORS_ORIGINS", "https://a.b"),
            ("KANVARO_LOG_FORMAT", "json"),
        ];
        let environment = config("", &environment);
        assert_eq!(format!("{file:?}"), format!("{environment:?}"));
        assert!(!file.demo && file.playground == Some(true));
    }

    #[test]
    fn the_older_names_work_and_the_present_ones_win() {
        for (environment, database, cache) in [
            (vec![("MONGODB_URI", "mongodb://h/k")], "mongodb://h/k", "memory"),
            (vec![("REDIS_HOST", "r")], "sqlite", "redis://r:6379/0"),
            (
                vec![
                    ("REDIS_HOST", "r"),
                    ("REDIS_PORT", "7"),
                    ("REDIS_PASSWORD", "p@s/s"),
                    ("REDIS_DB", "2"),
                ],
                "sqlite",
                "redis://:p%40s%2Fs@r:7/2",
            ),
            (vec![("REDIS_DB", "3")], "sqlite", "redis://localhost:6379/3"),
            (vec![("REDIS_PORT", "tcp://10.0.0.1:6379")], "sqlite", "memory"),
            (
                vec![("REDIS_HOST", "r"), ("REDIS_DB", "x"), ("KANVARO_CACHE", "memory")],
                "sqlite",
                "memory",
            ),
            (
                vec![("MONGODB_URI", "bad"), ("KANVARO_DATABASE", "sqlite")],
                "sqlite",
                "memory",
            ),
        ] {
            let config = config("", &environment);
            assert_eq!((config.database.reveal(), config.cache.reveal()), (database, cache));
        }
    }

    #[test]
    fn variables_of_tests_and_of_container_links_are_passed_over() {
        let environment = [
            ("KANVARO_TEST_MONGODB", "x"),
            ("KANVARO_PORT", "tcp://1"),
            ("KANVARO_SERVICE_HOST", "1"),
        ];
        assert!(load("", &environment).is_ok());
    }

    #[test]
    fn what_is_printed_reads_back_as_it_was_with_secrets_hidden() {
        let resolved = load(
            "max_depth = 9",
            &[("KANVARO_CACHE", "redis://:geheim@h:1"), ("KANVARO_LOG", "warn")],
        );
        let printed = resolved.unwrap().print();
        assert!(!printed.contains("geheim"));
        assert!(
            printed.contains("# Most levels of fields in an operation.\nmax_depth = 9  # file k.toml\n"),
            "{printed}"
        );
        assert!(
            printed.contains("log = \"warn\"  # environment variable KANVARO_LOG\n"),
            "{printed}"
        );
        assert_eq!(load(&printed, &[]).unwrap().config.max_depth, 9);
    }

    #[test]
    fn a_named_file_must_exist() {
        let refusal = Config::load(Some(Path::new("/absent/k.toml")), std::iter::empty()).unwrap_err();
        assert!(refusal.to_string().contains("/absent/k.toml"));
    }
}
