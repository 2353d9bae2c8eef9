//! Text that may hold a password.

use std::fmt;

/// Text that may hold a password: it prints without.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text with its password.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret(text.to_owned())
    }
}

impl fmt::Display for Secret {
    /// A URL with its user, password and secret parameters hidden; other text as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (address, parameters) = self.0.split_once('?').unwrap_or((&self.0, ""));
        // What follows the last `@` is the host, also when the password holds a `?` or an `@` that should be encoded.
        let (address, parameters) = match parameters.rsplit_once('@') {
            Some((_, host)) => (format!("{address}@{host}"), ""),
            None => (address.to_owned(), parameters),
        };
        match address.rsplit_once('@') {
            Some((user, host)) => {
                let scheme = user.split_once("://").map(|(scheme, _)| scheme);
                let scheme = scheme.map(|scheme| format!("{scheme}://")).unwrap_or_default();
                write!(f, "{scheme}***@{host}")?;
            }
            None => f.write_str(&address)?,
        }
        for (at, parameter) in parameters.split('&').filter(|part| !part.is_empty()).enumerate() {
            write!(f, "{}{}", if at == 0 { '?' } else { '&' }, without_secret(parameter))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

fn without_secret(parameter: &str) -> String {
    let name = parameter.split('=').next().unwrap_or_default();
    let lower = name.to_lowercase();
    let is_secret = ["pass", "secret", "token", "auth", "key"]
        .iter()
        .any(|word| lower.contains(word));
    if is_secret && !lower.eq("authsource") {
        format!("{name}=***")
    } else {
        parameter.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_printed() {
        for (text, shown) in [
            ("sqlite", "sqlite"),
            ("redis://localhost:6379/2", "redis://localhost:6379/2"),
            ("redis://:geheim@cache:6379", "redis://***@cache:6379"),
            (
                "mongodb://a:b@h1,h2/db?replicaSet=r",
                "mongodb://***@h1,h2/db?replicaSet=r",
            ),
            ("mongodb://a:p?w@h/db", "mongodb://***@h/db"),
            ("mongodb://a:p@w@h", "mongodb://***@h"),
            ("mongodb:/a:b@h", "***@h"),
            (
                "mongodb://h/?authSource=admin&tlsCertificateKeyFilePassword=x",
                "mongodb://h/?authSource=admin&tlsCertificateKeyFilePassword=***",
            ),
        ] {
            assert_eq!(Secret::from(text).to_string(), shown);
            assert_eq!(format!("{:?}", Secret::from(text)), shown);
        }
    }
}
