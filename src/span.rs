//! How long something took and how far away it is, for people: data has moments and seconds. Moments are those of one clock that
//! never jumps: [`Clock`](crate::clock::Clock) makes them of stored ones.

use chrono::NaiveDateTime;

/// A duration in its two largest units: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`.
pub fn span(seconds: f64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let seconds = seconds.max(0.0);
    if seconds < 9.95 {
        let text = format!("{seconds:.1}");
        return format!("{} s", text.strip_suffix(".0").unwrap_or(&text));
    }
    // What is longer than a day is not told to the second, and no duration here has more of them than a u64.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = seconds.round() as u64;
    let at = UNITS.iter().position(|(size, _)| whole >= *size).unwrap_or(3);
    let (size, unit) = UNITS[at];
    let part = |whole: u64, size: &u64| whole.checked_div(*size).unwrap_or_default();
    let beyond = whole.checked_rem(size).unwrap_or_default();
    let rest = UNITS.get(at + 1).map(|(next, unit)| (part(beyond, next), unit)).filter(|(count, _)| *count > 0);
    let rest = rest.map(|(count, unit)| format!(" {count} {unit}")).unwrap_or_default();
    format!("{} {unit}{rest}", part(whole, &size))
}

/// A duration in one unit, with a fraction where that is small: `0.4 s`, `12 s`, `3.3 min`, `14 min`, `2.1 h`.
pub fn brief(seconds: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s")];
    let seconds = seconds.max(0.0);
    let (size, unit) = UNITS.into_iter().find(|(size, _)| seconds >= *size).unwrap_or((1.0, "s"));
    let count = seconds / size;
    let text = if count < 9.95 { format!("{count:.1}") } else { format!("{count:.0}") };
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// How long something took, of which whole seconds are known.
pub fn lasted(seconds: i64) -> String {
    // Clocks of two machines may differ.
    match seconds {
        ..=0 => "less than 1 s".into(),
        seconds => span(f64::from(u32::try_from(seconds).unwrap_or(u32::MAX))),
    }
}

/// How far a moment is: `just now`, `3 min ago`, `in 2 h`, `5 d ago`. In one unit, as nobody reckons with the second one.
pub fn relative(moment: NaiveDateTime, now: NaiveDateTime) -> String {
    match (now - moment).num_seconds() {
        0..=9 => "just now".into(),
        seconds @ 10.. => format!("{} ago", in_one_unit(seconds.unsigned_abs())),
        seconds => format!("in {}", in_one_unit(seconds.unsigned_abs())),
    }
}

/// A number of seconds in the largest unit of which they are one: `3 min`, `2 h`, `5 d`.
pub fn in_one_unit(seconds: u64) -> String {
    const YEAR: u64 = 31_556_952;
    const TWO_YEARS: u64 = 2 * YEAR;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        86_400..TWO_YEARS => format!("{} d", seconds / 86_400),
        TWO_YEARS.. => format!("{} y", seconds / YEAR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_two_units() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (0.04, "0 s"),
            (0.42, "0.4 s"),
            (9.96, "10 s"),
            (12.4, "12 s"),
            (60.0, "1 min"),
            (200.0, "3 min 20 s"),
            (7500.0, "2 h 5 min"),
            (86_400.0 * 4.0 + 3600.0, "4 d 1 h"),
            (-3.0, "0 s"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn brief_spans_have_one_unit() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (0.42, "0.4 s"),
            (9.96, "10 s"),
            (59.0, "59 s"),
            (60.0, "1 min"),
            (200.0, "3.3 min"),
            (820.0, "14 min"),
            (7500.0, "2.1 h"),
            (86_400.0 * 40.0, "40 d"),
            (-3.0, "0 s"),
        ] {
            assert_eq!(brief(seconds), text);
        }
    }

    #[test]
    fn far_moments() {
        let now = crate::row::parse_time("2026-05-04 12:00:00").unwrap();
        for (moment, text) in [
            ("2026-05-04 12:00:00", "just now"),
            ("2026-05-04 11:59:48", "12 s ago"),
            ("2026-05-04 11:57:10", "2 min ago"),
            ("2026-05-04 09:00:00", "3 h ago"),
            ("2026-04-30 09:00:00", "4 d ago"),
            ("2026-05-04 12:00:05", "in 5 s"),
            ("2026-05-05 13:00:00", "in 1 d"),
            ("2025-04-30 12:00:00", "369 d ago"),
            ("2030-01-01 12:00:00", "in 3 y"),
        ] {
            assert_eq!(relative(crate::row::parse_time(moment).unwrap(), now), text);
        }
        assert_eq!(lasted(-3), "less than 1 s");
    }
}
