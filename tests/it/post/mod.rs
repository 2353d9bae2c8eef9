//! What goes out by mail, through a real mail server: passwords that were forgotten and invitations. Each is good once and for
//! a while; a server that is away delays it.

mod delivery;
mod invitations;
mod office;
mod resets;
