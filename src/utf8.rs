//! Text in UTF-8 that comes in pieces, which may end within a character.

/// How many bytes at the end begin a character and do not end it.
pub fn unfinished(bytes: &[u8]) -> usize {
    let is_begun = |rest: &[u8]| {
        std::str::from_utf8(rest).is_err_and(|cause| cause.valid_up_to() == 0 && cause.error_len().is_none())
    };
    // The longest character has four.
    (1..=bytes.len().min(3)).find(|back| is_begun(&bytes[bytes.len() - back..])).unwrap_or_default()
}
