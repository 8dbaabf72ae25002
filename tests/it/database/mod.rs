//! The databases themselves: how they are reached, what they hold, and how it is moved.

mod names;
mod silent;
