//! A zone's clock, where it jumps.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, Offset as _, TimeZone, Timelike};

/// The longest gap known: a zone that moved across the date line.
const LONGEST_GAP_MINUTES: i64 = 24 * 60;

/// The instant at which a zone's clock shows `moment`: the first of two, and the end of the gap where the clock never shows it.
///
/// `None` only at the edge of the calendar.
pub fn instant_of<Tz: TimeZone>(moment: NaiveDateTime, zone: &Tz) -> Option<DateTime<Tz>> {
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

/// What a zone's clock shows so much time after it showed `moment`. `None` beyond the calendar.
pub fn later<Tz: TimeZone>(moment: NaiveDateTime, by: Duration, zone: &Tz) -> Option<NaiveDateTime> {
    shown(&instant_of(moment, zone)?.checked_add_signed(by)?)
}

/// What a zone's clock shows at an instant that somebody gave or that was computed.
///
/// `None` beyond the calendar, where `naive_local` panics.
pub fn shown<Tz: TimeZone>(instant: &DateTime<Tz>) -> Option<NaiveDateTime> {
    instant.naive_utc().checked_add_offset(instant.offset().fix())
}

/// The instant at which a zone's clock showed `moment`, which was no later than `until`.
///
/// Of two the second, where that had come by then. A moment that `until` had not reached is read as [`instant_of`] does.
pub fn past_instant_of<Tz: TimeZone>(moment: NaiveDateTime, until: &DateTime<Tz>) -> Option<DateTime<Tz>> {
    let zone = until.timezone();
    match zone.from_local_datetime(&moment) {
        LocalResult::Ambiguous(_, second) if second <= *until => Some(second),
        _ => instant_of(moment, &zone),
    }
}

/// Can a zone's clock have shown `moment` after it showed `earlier`, or with it?
pub fn may_follow<Tz: TimeZone>(moment: NaiveDateTime, earlier: NaiveDateTime, zone: &Tz) -> bool {
    let last = zone.from_local_datetime(&moment).latest();
    moment >= earlier || last.zip(instant_of(earlier, zone)).is_some_and(|(last, first)| last >= first)
}

/// The times of day around `moment` that a zone's clock shows twice: the first, and the one behind the last.
///
/// None where it shows `moment` once.
pub fn repeated<Tz: TimeZone>(moment: NaiveDateTime, zone: &Tz) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let is_twice = |moment: &NaiveDateTime| matches!(zone.from_local_datetime(moment), LocalResult::Ambiguous(..));
    // Such times begin and end on whole minutes.
    let minute = moment.with_second(0)?.with_nanosecond(0)?;
    let minutes = |step: i64| {
        (0..=LONGEST_GAP_MINUTES)
            .map_while(move |count| minute.checked_add_signed(Duration::minutes(step.saturating_mul(count))))
    };
    let begin = minutes(-1).take_while(is_twice).last()?;
    let end = minutes(1).find(|moment| !is_twice(moment))?;
    Some((begin, end))
}

/// The instant at which a zone's clock will show `moment`: of two the first that is still to come at `since`.
///
/// A moment that is over by then is read as [`instant_of`] does.
pub fn future_instant_of<Tz: TimeZone>(moment: NaiveDateTime, since: &DateTime<Tz>) -> Option<DateTime<Tz>> {
    let zone = since.timezone();
    match zone.from_local_datetime(&moment) {
        LocalResult::Ambiguous(first, second) if first < *since && *since <= second => Some(second),
        _ => instant_of(moment, &zone),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use chrono_tz::{Europe::Prague, Pacific::Apia};

    use super::*;

    #[test]
    fn time_that_passes_while_the_clock_jumps() {
        let at = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        let shown = |from, minutes| later(at(from), Duration::minutes(minutes), &Prague).unwrap().to_string();
        assert_eq!(shown("2026-03-29T01:55:00", 10), "2026-03-29 03:05:00");
        assert_eq!(shown("2026-10-25T02:55:00", 10), "2026-10-25 02:05:00");
        assert_eq!(shown("2026-10-25T01:55:00", 10), "2026-10-25 02:05:00");
        assert_eq!(later(NaiveDateTime::MAX, Duration::days(1), &Prague), None);
    }

    #[test]
    fn the_hour_that_comes_twice() {
        let until = |text: &str| text.parse::<DateTime<chrono::Utc>>().unwrap().with_timezone(&Prague);
        let moment = "2026-10-25T02:50:00".parse().unwrap();
        let past = |now: &str| past_instant_of(moment, &until(now)).unwrap().naive_utc().to_string();
        assert_eq!(past("2026-10-25T01:10:00Z"), "2026-10-25 00:50:00");
        assert_eq!(past("2026-10-25T01:50:00Z"), "2026-10-25 01:50:00");
        let at = |time: &str| format!("2026-10-25T{time}").parse::<NaiveDateTime>().unwrap();
        assert!(
            may_follow(at("02:05:00"), at("02:55:00"), &Prague) && may_follow(at("04:00:00"), at("04:00:00"), &Prague)
        );
        assert!(
            !may_follow(at("01:55:00"), at("02:05:00"), &Prague)
                && !may_follow(at("04:00:00"), at("04:00:01"), &Prague)
        );
        let bounds = Some((at("02:00:00"), at("03:00:00")));
        assert_eq!(["02:00:00", "02:59:59"].map(|time| repeated(at(time), &Prague)), [bounds; 2]);
        assert_eq!(["01:59:59", "03:00:00"].map(|time| repeated(at(time), &Prague)), [None; 2]);
        let future = |now: &str| future_instant_of(moment, &until(now)).unwrap().naive_utc().to_string();
        assert_eq!(future("2026-10-25T00:10:00Z"), "2026-10-25 00:50:00");
        assert_eq!(future("2026-10-25T01:10:00Z"), "2026-10-25 01:50:00");
    }

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
