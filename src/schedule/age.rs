//! Ages as people write them: `--older-than=30d`.

use chrono::Duration;

use super::when::Unit;
use crate::error::{Error, Result};

/// Reads an age: `30d`, `12h`, `2w`, `90m` (minutes), `45s`, words for the units, and several of them, `1d 12h`.
///
/// # Errors
/// The text is no age; a number without a unit is none.
pub fn parse_age(text: &str) -> Result<Duration> {
    let invalid = || {
        Error::usage(format!("`{}` is not an age", text.trim()))
            .hint("write a number and a unit: 45s, 90m (minutes), 12h, 30d, 2w, or several, 1d12h")
    };
    let lower = text.trim().to_lowercase();
    let mut rest = lower.as_str();
    let mut total = Duration::zero();
    if rest.is_empty() {
        return Err(invalid());
    }
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(invalid)?;
        let count: i64 = rest[..number_end].parse().map_err(|_| invalid())?;
        rest = rest[number_end..].trim_start();
        let unit_end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let span = match Unit::read(&rest[..unit_end]) {
            Some(Unit::Seconds(each)) => count.checked_mul(each).and_then(Duration::try_seconds),
            Some(Unit::Days(each)) => count.checked_mul(each).and_then(Duration::try_days),
            // Months have no length.
            Some(Unit::Months(_)) | None => None,
        };
        total = span.and_then(|span| total.checked_add(&span)).ok_or_else(invalid)?;
        rest = rest[unit_end..].trim_start();
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ages() {
        for (text, seconds) in [
            ("30d", 2_592_000),
            ("12h", 43_200),
            ("2w", 1_209_600),
            ("90m", 5_400),
            ("45s", 45),
            ("1d12h", 129_600),
            ("2 days", 172_800),
            ("0d", 0),
        ] {
            assert_eq!(parse_age(text).unwrap().num_seconds(), seconds, "{text}");
        }
        for text in ["", "30", "d", "-1d", "1x", "1 month", "99999999999999999999d", "9999999999999999d", "1d2"] {
            assert!(parse_age(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,24}", ages in "([0-9]{1,20} ?(d|h|w|min|)){0,3}") {
            let _ = (parse_age(&text), parse_age(&ages));
        }
    }
}
