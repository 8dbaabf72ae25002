//! What is brought home of the files that the program made.

pub mod fetch;
pub mod select;
