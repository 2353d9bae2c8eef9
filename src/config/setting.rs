//! The types that values may have, and how each is read from text and from TOML.

use std::path::PathBuf;

use toml::Value;

use super::{CacheLevel, Environment, Hidden, LogFormat, Secret};

/// A value as it comes.
#[derive(Clone, Copy)]
pub(super) enum Input<'a> {
    /// From the environment.
    Text(&'a str),
    /// From the file.
    Toml(&'a Value),
}

/// A type that values may have.
pub(super) trait Setting: Sized {
    /// What is accepted, for the message that says so.
    const EXPECTS: &'static str;
    /// Reads it from the environment.
    fn from_text(text: &str) -> Option<Self>;
    /// Reads it from the file; what is text there reads as it does from the environment, unless told otherwise.
    fn from_toml(value: &Value) -> Option<Self> {
        Self::from_text(value.as_str()?)
    }
    /// For the printed configuration; `None`: it is unset.
    fn show(&self) -> Option<Value>;
}

/// Reads a value that the rule holds for, or says what is expected.
pub(super) fn accept<T: Setting>(input: Input<'_>, rule: fn(&T) -> Result<(), String>) -> Result<T, String> {
    let value = match input {
        Input::Text(text) => T::from_text(text.trim()),
        Input::Toml(value) => T::from_toml(value),
    };
    let value = value.ok_or_else(|| T::EXPECTS.to_owned())?;
    rule(&value).map(|()| value)
}

impl Setting for String {
    const EXPECTS: &'static str = "text";

    fn from_text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn show(&self) -> Option<Value> {
        Some(Value::String(self.clone()))
    }
}

impl Setting for Secret {
    const EXPECTS: &'static str = "text";

    fn from_text(text: &str) -> Option<Secret> {
        Some(text.into())
    }

    fn show(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

impl Setting for Hidden {
    const EXPECTS: &'static str = "text";

    fn from_text(text: &str) -> Option<Hidden> {
        Some(text.into())
    }

    fn show(&self) -> Option<Value> {
        let is_set = !self.reveal().is_empty();
        is_set.then(|| Value::String(self.to_string()))
    }
}

impl Setting for Option<String> {
    const EXPECTS: &'static str = "text, or nothing";

    fn from_text(text: &str) -> Option<Option<String>> {
        Some((!text.is_empty()).then(|| text.into()))
    }

    fn show(&self) -> Option<Value> {
        self.as_ref()?.show()
    }
}

impl Setting for PathBuf {
    const EXPECTS: &'static str = "a path";

    fn from_text(text: &str) -> Option<PathBuf> {
        Some(text.into())
    }

    fn show(&self) -> Option<Value> {
        Some(Value::String(self.display().to_string()))
    }
}

impl Setting for Option<PathBuf> {
    const EXPECTS: &'static str = "a path, or nothing";

    fn from_text(text: &str) -> Option<Option<PathBuf>> {
        Some((!text.is_empty()).then(|| text.into()))
    }

    fn show(&self) -> Option<Value> {
        self.as_ref()?.show()
    }
}

impl Setting for bool {
    const EXPECTS: &'static str = "true or false";

    fn from_text(text: &str) -> Option<bool> {
        match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    fn from_toml(value: &Value) -> Option<bool> {
        value.as_bool()
    }

    fn show(&self) -> Option<Value> {
        Some(Value::Boolean(*self))
    }
}

impl Setting for Option<bool> {
    const EXPECTS: &'static str = "true, false, or nothing";

    fn from_text(text: &str) -> Option<Option<bool>> {
        if text.is_empty() {
            return Some(None);
        }
        bool::from_text(text).map(Some)
    }

    fn from_toml(value: &Value) -> Option<Option<bool>> {
        value.as_bool().map(Some)
    }

    fn show(&self) -> Option<Value> {
        self.map(Value::Boolean)
    }
}

impl Setting for Vec<String> {
    const EXPECTS: &'static str = "a list of texts (in the environment: separated by commas)";

    fn from_text(text: &str) -> Option<Vec<String>> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        Some(parts.map(str::to_owned).collect())
    }

    fn from_toml(value: &Value) -> Option<Vec<String>> {
        let parts = value.as_array()?.iter();
        parts.map(|part| part.as_str().map(str::to_owned)).collect()
    }

    fn show(&self) -> Option<Value> {
        Some(Value::Array(self.iter().cloned().map(Value::String).collect()))
    }
}

macro_rules! whole_numbers {
    ($($type:ty),*) => {$(
        impl Setting for $type {
            const EXPECTS: &'static str = "a whole number";

            fn from_text(text: &str) -> Option<$type> {
                text.parse().ok()
            }

            fn from_toml(value: &Value) -> Option<$type> {
                value.as_integer()?.try_into().ok()
            }

            fn show(&self) -> Option<Value> {
                i64::try_from(*self).ok().map(Value::Integer)
            }
        }
    )*};
}

whole_numbers!(u32, u64, usize);

impl Setting for f64 {
    const EXPECTS: &'static str = "a number";

    fn from_text(text: &str) -> Option<f64> {
        text.parse().ok().filter(|number: &f64| number.is_finite())
    }

    fn from_toml(value: &Value) -> Option<f64> {
        let number = value.as_float();
        number.or_else(|| Some(i32::try_from(value.as_integer()?).ok()?.into()))
    }

    fn show(&self) -> Option<Value> {
        Some(Value::Float(*self))
    }
}

macro_rules! choices {
    ($type:ident, $expects:literal, $($text:literal => $variant:ident),*) => {
        impl Setting for $type {
            const EXPECTS: &'static str = $expects;

            fn from_text(text: &str) -> Option<$type> {
                match text { $($text => Some($type::$variant),)* _ => None }
            }

            fn show(&self) -> Option<Value> {
                Some(Value::String(match self { $($type::$variant => $text.into()),* }))
            }
        }
    };
}

choices!(Environment, "development or production", "development" => Development, "production" => Production);
choices!(CacheLevel, "off, redis, validated or tracked", "off" => Off, "redis" => Redis, "validated" => Validated, "tracked" => Tracked);
choices!(LogFormat, "auto, text or json", "auto" => Auto, "text" => Text, "json" => Json);
