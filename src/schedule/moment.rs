//! Moments as people write them: `--schedule_time='tomorrow 6:00'`.
//!
//! Words mean what they mean in PHP, whose `DateTime` the suite gives the text to: `today` and `midnight` are the start of today,
//! `monday` may be today, `next monday` may not.

use std::str::FromStr;

use chrono::{
    DateTime, Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Weekday,
};
use chrono_tz::Tz;

use super::duration::{parse_age, refuse_month};
use super::unit::Unit;
use super::zone::{instant_of, past_instant_of, shown};
use crate::error::{Error, Result};

/// Reads a moment on the clock of `zone`, where it is now `now`. The result has whole seconds, and is one that the clock shows.
///
/// # Errors
/// The text is no moment; the hint lists what is. `M` is not taken for minutes.
pub fn parse(text: &str, now: NaiveDateTime, zone: Tz) -> Result<NaiveDateTime> {
    let text = text.trim();
    refuse_month(text)?;
    let invalid = || {
        Error::usage(format!("`{text}` is not a moment")).hint(
            "write `now`, `2026-12-24 18:00`, `18:00`, `tomorrow 6:00`, `next monday 6:00`, `+1 hour`, `in 2 days 3 hours`, \
             `@1766595600` (Unix seconds) or `2026-12-24T18:00:00+01:00`",
        )
    };
    let moment =
        absolute(text, zone).or_else(|| Phrase::read(text, now.date())?.moment(now, zone)).ok_or_else(invalid)?;
    let shown = instant_of(moment, &zone).and_then(|instant| shown(&instant)?.with_nanosecond(0));
    shown.ok_or_else(invalid)
}

/// The last second of 32 bits, which MariaDB's columns of the suite end with.
const LAST: i64 = i32::MAX as i64;

/// As [`parse`], a moment at which something is to be done: one that each of the databases has a place for.
///
/// # Errors
/// The text is no moment, or lies before 1970 or after 2038-01-19.
pub fn parse_planned(text: &str, now: NaiveDateTime, zone: Tz) -> Result<NaiveDateTime> {
    let moment = parse(text, now, zone)?;
    let seconds = [Some(moment.and_utc().timestamp()), instant_of(moment, &zone).map(|instant| instant.timestamp())];
    if seconds.into_iter().flatten().all(|seconds| (1..=LAST).contains(&seconds)) {
        return Ok(moment);
    }
    Err(Error::usage(format!("`{text}` is {moment}, when nothing can be planned"))
        .hint("Times of jobs are kept from 1970 to 2038-01-19: choose one between them"))
}

/// Whole dates and instants, in the forms that machines write.
fn absolute(text: &str, zone: Tz) -> Option<NaiveDateTime> {
    if let Some(seconds) = text.strip_prefix('@') {
        return shown(&zone.timestamp_opt(seconds.parse().ok()?, 0).single()?);
    }
    let upper = text.to_ascii_uppercase();
    // chrono reads `Z` as an offset only in its strict RFC 3339 reader.
    let with_offset = upper.strip_suffix('Z').map_or(upper.clone(), |rest| format!("{}+00:00", rest.trim_end()));
    for date_to_time in ["T", " "] {
        for time in ["%H:%M:%S%.f", "%H:%M"] {
            for blank in ["", " "] {
                let format = format!("%Y-%m-%d{date_to_time}{time}{blank}%:z");
                if let Ok(instant) = DateTime::parse_from_str(&with_offset, &format) {
                    return shown(&instant.with_timezone(&zone));
                }
            }
            if let Ok(moment) = NaiveDateTime::parse_from_str(&upper, &format!("%Y-%m-%d{date_to_time}{time}")) {
                return Some(moment);
            }
        }
    }
    None
}

/// A moment in words: at most one day and one time of day, and any number of spans to add.
#[derive(Default)]
struct Phrase {
    day: Option<Day>,
    time: Option<NaiveTime>,
    spans: Vec<(Unit, i64)>,
    /// One of the spans is a week by name, `next week`: a day of the week beside it is one of that week.
    names_week: bool,
    /// Which day is meant of the month that comes out of the rest.
    edge: Option<Edge>,
}

/// A day as it is named.
enum Day {
    Date(NaiveDate),
    /// Without a word that says which.
    OfWeek(Weekday),
}

/// `first day of`, `last day of`.
enum Edge {
    First,
    Last,
}

/// Which of the days or spans of one name.
#[derive(Clone, Copy)]
enum Relative {
    Next,
    Last,
    This,
}

impl Phrase {
    /// Reads it; None where a word has no place in it, or two contradict each other.
    fn read(text: &str, today: NaiveDate) -> Option<Phrase> {
        let lower = text.to_lowercase();
        let tokens = tokens(&lower);
        let mut rest = tokens.as_slice();
        let mut phrase = Phrase::default();
        while let Some((&token, after)) = rest.split_first() {
            rest = after;
            phrase.take(token, &mut rest, today)?;
        }
        (!tokens.is_empty()).then_some(phrase)
    }

    /// Takes a word, and of the rest what belongs to it.
    fn take(&mut self, token: &str, rest: &mut &[&str], today: NaiveDate) -> Option<()> {
        if matches!(token, "now" | "at" | "and" | "in" | ",") {
            return Some(());
        }
        if let (Some(edge), ["day", "of", after @ ..]) = (Edge::read(token), *rest) {
            *rest = after;
            return set_once(&mut self.edge, edge);
        }
        if let Some(which) = Relative::read(token) {
            let (&word, after) = rest.split_first()?;
            *rest = after;
            return self.take_relative(which, word, today);
        }
        if let Some(day) = Day::read(token, today) {
            return set_once(&mut self.day, day);
        }
        if let Some(time) = time_of_day(token, rest) {
            return set_once(&mut self.time, time);
        }
        self.spans.push(span(token, rest)?);
        Some(())
    }

    /// Takes `next monday`, `last week`.
    fn take_relative(&mut self, which: Relative, word: &str, today: NaiveDate) -> Option<()> {
        if let Some(wanted) = weekday(word) {
            return set_once(&mut self.day, Day::Date(day_of(today, wanted, which)?));
        }
        let unit = Unit::read(word)?;
        self.names_week |= matches!(unit, Unit::Days(7));
        self.spans.push((unit, which.count()));
        Some(())
    }

    /// The moment that it means; None beyond the calendar.
    fn moment(mut self, now: NaiveDateTime, zone: Tz) -> Option<NaiveDateTime> {
        self.spans.sort_by_key(|(unit, _)| unit.rank());
        let today = now.date();
        let day = match self.day {
            Some(Day::Date(date)) => Some(date),
            Some(Day::OfWeek(wanted)) if self.names_week => Some(day_of_week(today, wanted)?),
            Some(Day::OfWeek(wanted)) => Some(day_of(today, wanted, Relative::This)?),
            None => None,
        };
        let base = match (day, self.time) {
            (None, None) => now,
            (day, time) => day.unwrap_or(today).and_time(time.unwrap_or(NaiveTime::MIN)),
        };
        let spans = |base| self.spans.iter().try_fold(base, |moment, (unit, count)| unit.add(moment, *count, zone));
        match self.edge {
            None => spans(base),
            // The month before it is counted: not each has a 31st.
            Some(Edge::First) => spans(base.with_day(1)?)?.with_day(1),
            Some(Edge::Last) => {
                let month = spans(base.with_day(1)?)?.with_day(1)?;
                month.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))
            }
        }
    }
}

/// Sets what a phrase has once: a second one contradicts the first.
fn set_once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

impl Day {
    fn read(word: &str, today: NaiveDate) -> Option<Day> {
        let date = match word {
            "today" => Some(today),
            "tomorrow" => today.checked_add_days(Days::new(1)),
            "yesterday" => today.checked_sub_days(Days::new(1)),
            _ => match weekday(word) {
                Some(wanted) => return Some(Day::OfWeek(wanted)),
                // The second is PHP's too, and how a Czech writes it.
                None => ["%Y-%m-%d", "%d.%m.%Y"].iter().find_map(|form| NaiveDate::parse_from_str(word, form).ok()),
            },
        };
        date.map(Day::Date)
    }
}

impl Edge {
    fn read(word: &str) -> Option<Edge> {
        match word {
            "first" => Some(Edge::First),
            "last" => Some(Edge::Last),
            _ => None,
        }
    }
}

impl Relative {
    fn read(word: &str) -> Option<Relative> {
        match word {
            "next" => Some(Relative::Next),
            "last" => Some(Relative::Last),
            "this" => Some(Relative::This),
            _ => None,
        }
    }

    /// How many spans from now on.
    fn count(self) -> i64 {
        match self {
            Relative::Next => 1,
            Relative::Last => -1,
            Relative::This => 0,
        }
    }
}

/// The instant that a text without a sign means as an age: `2h`, `1 month`, `a week`.
///
/// Months and years move the calendar, all else is time that passed. None where the text is no such age.
///
/// # Errors
/// The age reaches back beyond the calendar.
pub fn parse_ago(text: &str, now: &DateTime<Tz>) -> Result<Option<DateTime<Tz>>> {
    let Some(ago) = parse_age(text).ok().map(|age| (0, age)).or_else(|| unsigned_spans(text)) else { return Ok(None) };
    let (months, rest) = ago;
    let then = || {
        let month = match months {
            0 => *now,
            _ => past_instant_of(shown(now)?.checked_sub_months(Months::new(months))?, now)?,
        };
        let then = month.checked_sub_signed(rest)?;
        // One that the zone's clock can show.
        shown(&then).map(|_| then)
    };
    then().map(Some).ok_or_else(|| {
        Error::usage(format!("`{}` ago is before the calendar begins", text.trim())).hint("Write a shorter time")
    })
}

/// Nothing but spans, none of which has a sign: their months, and the rest of the time.
fn unsigned_spans(text: &str) -> Option<(u32, Duration)> {
    refuse_month(text).ok()?;
    let lower = text.to_lowercase();
    let tokens = tokens(&lower);
    let mut rest = tokens.as_slice();
    let (mut months, mut passed) = (0_i64, Duration::zero());
    while let Some((&token, after)) = rest.split_first() {
        rest = after;
        if token == "and" {
            continue;
        }
        let (unit, count) = span(token, &mut rest).filter(|(_, count)| *count >= 0 && !token.starts_with('+'))?;
        match unit {
            Unit::Seconds(each) => passed = passed.checked_add(&Duration::try_seconds(each.checked_mul(count)?)?)?,
            Unit::Days(each) => passed = passed.checked_add(&Duration::try_days(each.checked_mul(count)?)?)?,
            Unit::Months(each) => months = months.checked_add(each.checked_mul(count)?)?,
        }
    }
    (!tokens.is_empty()).then_some(())?;
    Some((u32::try_from(months).ok()?, passed))
}

/// Splits at blanks, at commas, and between a number and the letters after it; a sign stays with its number.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        let number_end =
            word.char_indices().find(|&(at, c)| !(c.is_ascii_digit() || c == ':' || at == 0)).map(|(at, _)| at);
        match number_end {
            Some(at) if word[at..].starts_with(char::is_alphabetic) && !word.starts_with(char::is_alphabetic) => {
                tokens.extend([&word[..at], &word[at..]]);
            }
            _ => tokens.push(word),
        }
    }
    tokens
}

fn weekday(word: &str) -> Option<Weekday> {
    // chrono knows `mon` and `monday`; people and PHP write `tues` and `thurs` too.
    Weekday::from_str(word).ok().or(match word {
        "tues" => Some(Weekday::Tue),
        "wednes" => Some(Weekday::Wed),
        "thur" | "thurs" => Some(Weekday::Thu),
        _ => None,
    })
}

/// `this`: today or later; `next`: after today; `last`: before today.
fn day_of(today: NaiveDate, wanted: Weekday, which: Relative) -> Option<NaiveDate> {
    let ahead = u64::from(wanted.days_since(today.weekday()));
    match (which, ahead) {
        (Relative::Next, 0) => today.checked_add_days(Days::new(7)),
        (Relative::Last, _) => today.checked_sub_days(Days::new(7_u64.saturating_sub(ahead))),
        (Relative::Next | Relative::This, ahead) => today.checked_add_days(Days::new(ahead)),
    }
}

/// A day of this week, which begins with Monday.
fn day_of_week(today: NaiveDate, wanted: Weekday) -> Option<NaiveDate> {
    let monday = today.checked_sub_days(Days::new(today.weekday().num_days_from_monday().into()))?;
    monday.checked_add_days(Days::new(wanted.num_days_from_monday().into()))
}

/// `6:00`, `6:00:30`, `6 am`, `6:30 pm`, `noon`, `midnight`.
fn time_of_day(token: &str, rest: &mut &[&str]) -> Option<NaiveTime> {
    match token {
        "midnight" => return Some(NaiveTime::MIN),
        "noon" => return NaiveTime::from_hms_opt(12, 0, 0),
        _ => {}
    }
    let half = rest.first().copied().filter(|word| matches!(*word, "am" | "pm"));
    if half.is_none() && !token.contains(':') {
        return None;
    }
    let mut parts = token.split(':').map(|part| match part.len() {
        1 | 2 if part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse::<u32>().ok(),
        _ => None,
    });
    let (hour, minute, second) = (parts.next()??, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?);
    if parts.next().is_some() {
        return None;
    }
    let hour = match half {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => (hour % 12).saturating_add(if half == "pm" { 12 } else { 0 }),
    };
    let time = NaiveTime::from_hms_opt(hour, minute, second)?;
    if half.is_some() {
        *rest = &rest[1..];
    }
    Some(time)
}

/// `+1 hour`, `2 days`, `a week`, `3 hours ago`.
fn span(token: &str, rest: &mut &[&str]) -> Option<(Unit, i64)> {
    let mut take = || {
        let (&word, after) = rest.split_first()?;
        *rest = after;
        Some(word)
    };
    let count = match token {
        "a" | "an" | "one" => 1,
        "+" => take()?.parse::<u32>().ok()?.into(),
        "-" => i64::from(take()?.parse::<u32>().ok()?).checked_neg()?,
        number => number.parse::<i32>().ok()?.into(),
    };
    let unit = Unit::read(take()?)?;
    if rest.first() == Some(&"ago") {
        *rest = &rest[1..];
        return Some((unit, count.checked_neg()?));
    }
    Some((unit, count))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Prague;
    use proptest::prelude::*;

    use super::*;

    fn naive(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").unwrap()
    }

    fn from(now: &str, text: &str) -> String {
        parse(text, naive(now), Prague).unwrap().to_string()
    }

    #[test]
    fn forms() {
        for (text, wanted) in [
            ("now", "2026-11-25 15:04:05"),
            (" NOW ", "2026-11-25 15:04:05"),
            ("2026-12-24", "2026-12-24 00:00:00"),
            ("2026-12-24 18:00", "2026-12-24 18:00:00"),
            ("24.12.2026 10:00", "2026-12-24 10:00:00"),
            ("1.2.2027", "2027-02-01 00:00:00"),
            ("2026-12-24 18:00:30", "2026-12-24 18:00:30"),
            ("2026-12-24T18:00", "2026-12-24 18:00:00"),
            ("2026-12-24T18:00:30.5", "2026-12-24 18:00:30"),
            ("2026-12-24 noon", "2026-12-24 12:00:00"),
            ("2026-12-24T18:00:00Z", "2026-12-24 19:00:00"),
            ("2026-07-24T18:00:00-05:00", "2026-07-25 01:00:00"),
            ("2026-07-24 18:00 +02:00", "2026-07-24 18:00:00"),
            ("@1795575378", "2026-11-25 03:56:18"),
            ("18:30", "2026-11-25 18:30:00"),
            ("6:05:07", "2026-11-25 06:05:07"),
            ("6am", "2026-11-25 06:00:00"),
            ("12:30 pm", "2026-11-25 12:30:00"),
            ("+1 hour", "2026-11-25 16:04:05"),
            ("+30 min", "2026-11-25 15:34:05"),
            ("+30min", "2026-11-25 15:34:05"),
            ("+ 30 min", "2026-11-25 15:34:05"),
            ("2 days 3 hours", "2026-11-27 18:04:05"),
            ("+2 days, 3 hours", "2026-11-27 18:04:05"),
            ("in 5 minutes", "2026-11-25 15:09:05"),
            ("in an hour", "2026-11-25 16:04:05"),
            ("now + 1 week", "2026-12-02 15:04:05"),
            ("-1 day", "2026-11-24 15:04:05"),
            ("3 hours ago", "2026-11-25 12:04:05"),
            ("+1 month", "2026-12-25 15:04:05"),
            ("next year", "2027-11-25 15:04:05"),
            ("tomorrow", "2026-11-26 00:00:00"),
            ("tomorrow 6:00", "2026-11-26 06:00:00"),
            ("tomorrow at 6:00", "2026-11-26 06:00:00"),
            ("tomorrow noon", "2026-11-26 12:00:00"),
            ("today 18:30", "2026-11-25 18:30:00"),
            ("midnight", "2026-11-25 00:00:00"),
            ("noon", "2026-11-25 12:00:00"),
            ("tomorrow +90 min", "2026-11-26 01:30:00"),
            // It is a Wednesday.
            ("monday", "2026-11-30 00:00:00"),
            ("wednesday 16:00", "2026-11-25 16:00:00"),
            ("next wednesday", "2026-12-02 00:00:00"),
            ("next monday 6:00", "2026-11-30 06:00:00"),
            ("last wed", "2026-11-18 00:00:00"),
            ("last thu", "2026-11-19 00:00:00"),
        ] {
            assert_eq!(from("2026-11-25 15:04:05.678", text), wanted, "{text}");
        }
    }

    /// What PHP 8.2 makes of them.
    #[test]
    fn a_day_that_a_month_lacks_is_one_of_the_next() {
        for (now, text, wanted) in [
            ("2027-01-31 10:00:00", "+1 month", "2027-03-03 10:00:00"),
            ("2028-01-31 10:00:00", "next month", "2028-03-02 10:00:00"),
            ("2027-03-31 10:00:00", "-1 month", "2027-03-03 10:00:00"),
            ("2028-02-29 10:00:00", "+1 year", "2029-03-01 10:00:00"),
            ("2027-12-31 10:00:00", "+2 months 6:00", "2028-03-02 06:00:00"),
            ("2027-01-30 10:00:00", "+1 day +1 month", "2027-03-03 10:00:00"),
            ("2027-03-01 10:00:00", "-1 day +1 month", "2027-03-31 10:00:00"),
            ("2027-01-31 10:00:00", "last day of +1 month", "2027-02-28 10:00:00"),
        ] {
            assert_eq!(from(now, text), wanted, "{now} {text}");
        }
    }

    #[test]
    fn days_of_weeks_and_months() {
        for (now, text, wanted) in [
            ("2027-02-03 10:00:00", "monday next week", "2027-02-08 00:00:00"),
            ("2027-02-03 10:00:00", "next week monday 6:00", "2027-02-08 06:00:00"),
            ("2027-02-03 10:00:00", "monday this week", "2027-02-01 00:00:00"),
            ("2027-02-03 10:00:00", "monday last week", "2027-01-25 00:00:00"),
            ("2027-02-03 10:00:00", "friday next week", "2027-02-12 00:00:00"),
            ("2027-02-03 10:00:00", "sunday this week", "2027-02-07 00:00:00"),
            ("2027-02-07 10:00:00", "monday this week", "2027-02-01 00:00:00"),
            ("2027-02-07 10:00:00", "monday next week", "2027-02-08 00:00:00"),
            ("2027-02-03 10:00:00", "next week", "2027-02-10 10:00:00"),
            ("2027-02-03 10:00:00", "monday +1 week", "2027-02-15 00:00:00"),
            ("2027-01-31 10:00:00", "first day of next month", "2027-02-01 10:00:00"),
            ("2027-01-31 10:00:00", "last day of next month 6:00", "2027-02-28 06:00:00"),
            ("2027-03-31 10:00:00", "last day of last month midnight", "2027-02-28 00:00:00"),
            ("2027-12-31 10:00:00", "first day of this month", "2027-12-01 10:00:00"),
        ] {
            assert_eq!(from(now, text), wanted, "{now} {text}");
        }
        for text in ["first day", "first day of soon", "first day of last day of next month"] {
            assert!(parse(text, naive("2027-02-03 10:00:00"), Prague).is_err(), "{text}");
        }
    }

    #[test]
    fn ages() {
        let now = Prague.with_ymd_and_hms(2027, 3, 31, 10, 0, 0).unwrap();
        for (text, wanted) in [
            ("1 month", "2027-02-28 10:00:00"),
            ("1month", "2027-02-28 10:00:00"),
            ("a month", "2027-02-28 10:00:00"),
            ("1 year", "2026-03-31 10:00:00"),
            ("1y", "2026-03-31 10:00:00"),
            ("2 weeks", "2027-03-17 09:00:00"),
            ("a week", "2027-03-24 09:00:00"),
            ("an hour", "2027-03-31 09:00:00"),
            ("1 month and 2 hours", "2027-02-28 08:00:00"),
            ("1d12h", "2027-03-29 22:00:00"),
        ] {
            assert_eq!(parse_ago(text, &now).unwrap().unwrap().naive_local().to_string(), wanted, "{text}");
        }
        for text in ["", "+1 month", "-1 month", "1 month ago", "in a month", "next month", "1M", "6:00", "monday"] {
            assert!(parse_ago(text, &now).unwrap().is_none(), "{text}");
        }
        assert!(parse_ago("999999 years", &now).is_err() && parse_ago("99999999d", &now).is_err());
    }

    #[test]
    fn what_is_no_moment() {
        for text in [
            "", "soon", "25:00", "6:60", "2026-13-01", "2026-02-30", "tomorrow monday", "6:00 7:00", "+1", "1:2:3:4",
            "13pm", "next", "@x", "+99999999 years", "ž", "1ž",
        ] {
            let error = parse(text, naive("2026-11-25 15:04:05"), Prague).unwrap_err();
            assert!(error.hint.is_some(), "{text}");
        }
    }

    #[test]
    fn clocks_that_jump() {
        assert_eq!(from("2026-03-29 01:30:00", "+1 hour"), "2026-03-29 03:30:00");
        assert_eq!(from("2026-03-28 02:30:00", "+1 day"), "2026-03-29 03:00:00");
        assert_eq!(from("2026-03-28 12:00:00", "tomorrow 2:30"), "2026-03-29 03:00:00");
        assert_eq!(from("2026-10-25 01:30:00", "+2 hours"), "2026-10-25 02:30:00");
    }

    #[test]
    fn what_a_zone_s_clock_cannot_show_is_no_moment() {
        let last = DateTime::<chrono::Utc>::MAX_UTC.timestamp();
        let tokyo = |text: &str| parse(text, naive("2026-11-25 15:04:05"), chrono_tz::Asia::Tokyo);
        assert!(tokyo(&format!("@{last}")).is_err());
        assert!(tokyo(&format!("@{}", last - 100_000)).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,24}", words in "([-+]?[0-9]{1,12} ?)?(next |last )?(day|week|months|monday|6:00|y|ago| )*") {
            let now = naive("2026-11-25 15:04:05");
            let _ = (parse(&text, now, Prague), parse(&words, now, Prague));
            let instant = instant_of(now, &Prague).unwrap();
            let _ = (parse_ago(&text, &instant), parse_ago(&words, &instant));
        }
    }
}
