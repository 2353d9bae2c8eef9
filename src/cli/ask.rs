//! What is asked of the person at the terminal, or read from standard input where there is none.

use std::io::{IsTerminal, stdin};

use anyhow::{Context, Result, bail};
use console::Term;

use super::arguments::{UserAdd, UserPassword};
use super::command::{Account, Command};
use crate::model::Role;
use crate::service::Password;

/// A command, and the password to show once when it is done.
pub struct Asked {
    /// What to do.
    pub command: Command,
    /// What was generated.
    pub generated: Option<Password>,
}

impl Asked {
    /// A command that asks for nothing.
    pub fn plain(command: Command) -> Asked {
        Asked {
            command,
            generated: None,
        }
    }
}

/// Completes `user add`.
pub fn new_user(given: UserAdd) -> Result<Asked> {
    let email = given_or_asked(given.email, "--email", "Email")?;
    let first_name = given_or_asked(given.first_name, "--first-name", "First name")?;
    let last_name = given_or_asked(given.last_name, "--last-name", "Last name")?;
    let (password, generated) = password(given.generate)?;
    let account = Account {
        founds: given.admin,
        organization: given.organization,
        email,
        first_name,
        last_name,
        role: if given.admin { Role::Admin } else { given.role },
        password,
    };
    let command = Command::AddUser(account);
    Ok(Asked { command, generated })
}

/// Completes `user password`.
pub fn new_password(given: UserPassword) -> Result<Asked> {
    let (password, generated) = password(given.generate)?;
    let email = given.email;
    let command = Command::SetPassword { email, password };
    Ok(Asked { command, generated })
}

fn given_or_asked(given: Option<String>, option: &str, prompt: &str) -> Result<String> {
    if let Some(given) = given {
        return Ok(given);
    }
    if !stdin().is_terminal() {
        bail!("{option} is missing (it is asked for at a terminal only)");
    }
    let terminal = Term::stderr();
    terminal.write_str(&format!("{prompt}: "))?;
    Ok(terminal.read_line()?.trim().to_owned())
}

/// A password, and the same again if it was generated.
fn password(generate: bool) -> Result<(Password, Option<Password>)> {
    if generate {
        return Ok(generated());
    }
    if !stdin().is_terminal() {
        let mut line = String::new();
        stdin()
            .read_line(&mut line)
            .context("can't read the password from standard input")?;
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            bail!("standard input holds no password; write it there, or use --generate");
        }
        return Ok((Password::new(line), None));
    }
    let terminal = Term::stderr();
    terminal.write_str("Password (nothing makes one): ")?;
    let first = terminal.read_secure_line()?;
    if first.is_empty() {
        return Ok(generated());
    }
    terminal.write_str("The same again: ")?;
    if terminal.read_secure_line()? != first {
        bail!("the two passwords differ");
    }
    Ok((Password::new(first), None))
}

fn generated() -> (Password, Option<Password>) {
    let password = Password::generate();
    (password.clone(), Some(password))
}
