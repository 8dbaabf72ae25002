//! Lengths of time as people write them: `--older-than=30d`, `--timeout=90`.

use chrono::Duration;

use super::unit::Unit;
use crate::error::{Error, Result};

/// The longest limit that a job may be given: ten years.
const LIMIT_MAX: i64 = 315_360_000;

/// Reads an age: `30d`, `12h`, `2w`, `90m` (minutes), `45s`, words for the units, and several of them, `1d 12h`.
///
/// # Errors
/// The text is no age; a number without a unit is none, and `M` is not taken for minutes.
pub fn parse_age(text: &str) -> Result<Duration> {
    refuse_month(text)?;
    span(text, None).ok_or_else(|| {
        Error::usage(format!("`{}` is not an age", text.trim()))
            .hint("write a number and a unit: 45s, 90m (minutes), 12h, 30d, 2w, or several, 1d12h")
    })
}

/// Reads how long something may take: as [`parse_age`], and a number alone is seconds.
///
/// # Errors
/// The text is no length of time, or less than a second, or more than ten years.
pub fn parse_limit(text: &str) -> Result<std::time::Duration> {
    refuse_month(text)?;
    let fits = |span: &Duration| (1..=LIMIT_MAX).contains(&span.num_seconds());
    let limit = span(text, Some(Unit::Seconds(1))).filter(fits).and_then(|span| span.to_std().ok());
    limit.ok_or_else(|| {
        Error::usage(format!("`{}` is not a limit of time", text.trim()))
            .hint("write a number of seconds from 1 up, or with a unit: 90s, 15m (minutes), 2h, 1d, or several, 1h30m")
    })
}

/// Elsewhere `M` is a month: who writes it is not to lose what is a minute old.
///
/// # Errors
/// The text has a number with `M`.
pub(super) fn refuse_month(text: &str) -> Result<()> {
    let mut units = text.split(|c: char| !c.is_alphabetic());
    if !units.any(|unit| unit == "M") || !text.contains(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::usage(format!("`{}`: M may mean months or minutes", text.trim()))
        .hint("write m or min for minutes, and a month in days: 30d"))
}

/// The sum of numbers with units; `bare` is the unit of a single number without one.
fn span(text: &str, bare: Option<Unit>) -> Option<Duration> {
    let lower = text.trim().to_lowercase();
    let mut rest = lower.as_str();
    let mut total = Duration::zero();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let is_whole = rest.len() == lower.len();
        let number_end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (count, after) = rest.split_at(number_end);
        let count: i64 = count.parse().ok()?;
        let after = after.trim_start();
        let (unit, after) = after.split_at(after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len()));
        let unit = if unit.is_empty() && after.is_empty() && is_whole { bare } else { Unit::read(unit) };
        let span = match unit? {
            Unit::Seconds(each) => count.checked_mul(each).and_then(Duration::try_seconds)?,
            Unit::Days(each) => count.checked_mul(each).and_then(Duration::try_days)?,
            // Months have no length.
            Unit::Months(_) => return None,
        };
        total = total.checked_add(&span)?;
        rest = after.trim_start();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
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
        for text in ["1M", "1d 1M", "1 M"] {
            assert!(parse_age(text).unwrap_err().hint.unwrap().contains("30d"), "{text}");
        }
        assert_eq!(parse_age("1H 1MIN").unwrap().num_seconds(), 3660);
    }

    #[test]
    fn limits() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86_400), ("1h30m", 5400)] {
            assert_eq!(parse_limit(text).unwrap().as_secs(), seconds, "{text}");
        }
        for text in ["", "0", "0s", "-1", "1x", "1h30", "4294967295d", "9223372036854775807", "1 year"] {
            assert!(parse_limit(text).unwrap_err().hint.is_some(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,24}", ages in "([0-9]{1,20} ?(d|h|w|min|)){0,3}") {
            let _ = (parse_age(&text), parse_age(&ages), parse_limit(&text), parse_limit(&ages));
        }
    }
}
