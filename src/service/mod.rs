//! Writes and identity: every rule of a change is decided here, on fresh data from the store. Knows no cache and no schema.
//! To add a noun: a file with its input structs and an `impl Services` of its verbs.

mod access;
mod account;
mod asset;
mod board;
mod bulk;
mod check;
mod comment;
mod dependency;
mod error;
mod hasher;
mod identity;
mod member;
mod number;
mod parent;
mod password;
mod place;
mod profile;
mod project;
mod purge;
mod removal;
mod renewals;
mod services;
mod sweep;
mod task;
mod token;
mod turns;
mod upload;

pub use account::{NewOrganization, NewUser};
pub use board::ColumnFields;
pub use bulk::{BulkFields, BulkTask, Named};
pub use check::Patch;
pub use comment::CommentFields;
pub use error::{FieldError, ServiceError, UserErrorCode};
pub use number::{project_counter, task_counter};
pub use password::Password;
pub use place::Place;
pub use profile::ProfileFields;
pub use project::{BudgetFields, ProjectFields};
pub use purge::{Purge, PurgeError};
pub use services::{Services, SessionPolicy};
pub use sweep::{GRACE, SweepError, Swept};
pub use task::TaskFields;
pub use token::Token;
pub use upload::{CompletedUpload, DirectUpload, UploadFields};
