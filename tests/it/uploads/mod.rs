//! Uploads from the request to what is fetched of them: the wire, pictures, files of tasks, files that come by themselves, and what
//! becomes of what is released.

mod direct;
mod files;
mod granted;
mod pictures;
mod process;
mod putting;
mod site;
mod sweeping;
mod waiting;
mod wire;
