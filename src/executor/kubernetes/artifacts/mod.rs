//! Fetching the files that the program made.

pub mod fetch;
pub mod select;
