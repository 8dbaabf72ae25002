//! The databases themselves: how they are reached, what they hold, and how it is moved.

mod file;
mod names;
mod schema;
mod silent;
mod tls;
