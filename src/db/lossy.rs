//! What is known of the characters that a database's encoding lacks.

use std::collections::HashMap;

/// What is done about characters that the encoding lacks, and what is known of them.
#[derive(Default)]
pub struct Lossy {
    pub is_on: bool,
    /// PostgreSQL's encoding; nothing until it was asked for.
    pub encoding: Option<String>,
    /// The character sets of a MySQL database's columns; nothing until they were asked for.
    pub character_sets: Option<Vec<String>>,
    /// Which of the characters that were asked for each of them has.
    pub known_of_sets: HashMap<String, HashMap<char, bool>>,
    /// The characters beyond ASCII that were tried on PostgreSQL.
    pub known: HashMap<char, bool>,
    /// Some were replaced, and nobody was told.
    pub is_untold: bool,
}
