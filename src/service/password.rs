//! A password in clear, on its way to be hashed: it doesn't print and can't be compared by chance.

use std::fmt;

/// A password as a person types it.
#[derive(Clone)]
pub struct Password(String);

/// What generated passwords are made of: without what is easily mistaken for something else.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

impl Password {
    /// The fewest characters of a password that somebody chooses.
    pub const LEAST: usize = 10;
    /// The most.
    pub const MOST: usize = 200;

    /// This password.
    pub fn new(text: impl Into<String>) -> Password {
        Password(text.into())
    }

    /// A random one with 100 bits, in groups that can be typed.
    pub fn generate() -> Password {
        let letters: [u8; 20] = rand::random();
        let groups: Vec<String> = letters
            .chunks(5)
            .map(|group| {
                group
                    .iter()
                    .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
                    .collect()
            })
            .collect();
        Password(groups.join("-"))
    }

    /// Its text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_does_not_print() {
        assert_eq!(format!("{:?}", Password::new("hunter2")), "Password(***)");
    }

    #[test]
    fn generated_passwords_are_long_enough_and_differ() {
        let (one, other) = (Password::generate(), Password::generate());
        assert!(one.reveal().len() >= Password::LEAST);
        assert_ne!(one.reveal(), other.reveal());
    }
}
