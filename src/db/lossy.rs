//! What is known of the characters that a database's encoding lacks.

use std::collections::HashMap;

/// What is done about characters that the encoding lacks, and what is known of them.
#[derive(Default)]
pub struct Lossy {
    pub is_on: bool,
    /// PostgreSQL's encoding; nothing until it was asked for.
    pub encoding: Option<String>,
    /// The characters beyond ASCII that were tried.
    pub known: HashMap<char, bool>,
    /// Some were replaced, and nobody was told.
    pub is_untold: bool,
}
