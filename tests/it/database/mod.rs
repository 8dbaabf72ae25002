//! The databases themselves: how they are reached, what they hold, and how it is moved.

mod encoding;
mod file;
mod found;
mod moved;
mod names;
mod refused_copy;
mod schema;
mod silent;
mod tls;
mod values;
