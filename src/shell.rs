//! Words as a shell reads them back.

use crate::secret::MASK;

/// A word as a shell reads it back: as it is where a shell would leave it alone, else in single quotes.
pub fn quote_word(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:,+=@%".contains(c) || MASK.contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
