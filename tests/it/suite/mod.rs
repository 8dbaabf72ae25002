//! Beside the suite: what its programs send and read, what its commands do, and its recorded calls.

mod beside;
mod clients;
mod replay;
