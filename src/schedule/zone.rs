//! A zone's clock, where it jumps.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone, Timelike};

/// The instant at which a zone's clock shows `moment`: the first of two, and the end of the gap where the clock never shows it.
/// `None` only at the edge of the calendar.
pub fn instant_of<Tz: TimeZone>(moment: NaiveDateTime, zone: &Tz) -> Option<DateTime<Tz>> {
    /// The longest gap known: a zone that moved across the date line.
    const LONGEST_GAP_MINUTES: i64 = 24 * 60;
    match zone.from_local_datetime(&moment) {
        LocalResult::Single(instant) => Some(instant),
        LocalResult::Ambiguous(first, _) => Some(first),
        LocalResult::None => {
            // Gaps end on whole minutes.
            let minute = moment.with_second(0)?.with_nanosecond(0)?;
            (1..=LONGEST_GAP_MINUTES).find_map(|minutes| {
                zone.from_local_datetime(&minute.checked_add_signed(Duration::minutes(minutes))?).earliest()
            })
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::NaiveDate;
    use chrono_tz::{Europe::Prague, Pacific::Apia};

    use super::*;

    #[test]
    fn clocks_that_jump() {
        let at = |y, mo, d, h, mi, s| NaiveDate::from_ymd_opt(y, mo, d).unwrap().and_hms_opt(h, mi, s).unwrap();
        let shown = |moment, zone| instant_of(moment, &zone).unwrap().to_rfc3339();
        assert_eq!(shown(at(2026, 3, 29, 2, 30, 15), Prague), "2026-03-29T03:00:00+02:00");
        assert_eq!(shown(at(2026, 10, 25, 2, 30, 0), Prague), "2026-10-25T02:30:00+02:00");
        assert_eq!(shown(at(2026, 7, 1, 2, 30, 0), Prague), "2026-07-01T02:30:00+02:00");
        assert_eq!(shown(at(2011, 12, 30, 0, 0, 0), Apia), "2011-12-31T00:00:00+14:00");
    }
}
