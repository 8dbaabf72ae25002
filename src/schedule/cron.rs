//! Cron expressions with five fields, as Unix means them.
//!
//! The `cron` crate computes the moments, but speaks Quartz: seconds first, Sunday is 1, and a day has to meet both day fields.
//! Here each field is read into the list of its values and handed over in the crate's terms, weekdays by name; where both day
//! fields are restricted there are two schedules, and the earlier one counts. Days that depend on the month (`L`, `15W`, `1#2`),
//! which that crate does not know, are computed by `croner`.

use std::str::FromStr;

use chrono::{DateTime, Datelike, Duration, LocalResult, NaiveDateTime, TimeZone, Timelike, Utc};

use super::field::{CronField, PARTS};
use super::zone::instant_of;
use crate::error::{Error, Result};

/// A cron expression.
#[derive(Clone, Debug)]
pub struct Cron {
    /// One, or two of which the earlier counts.
    schedules: Vec<Moments>,
    /// Its minutes or hours are `*` or `*/n`: it runs at intervals, and what the clock skips is no loss.
    at_intervals: bool,
}

/// Computes the moments of the five fields, of which one day field at most says something.
#[derive(Clone, Debug)]
enum Moments {
    Plain(Box<cron::Schedule>),
    /// Days that depend on the month.
    Calendar(Box<croner::Cron>),
}

/// The last year that is looked into, as the `cron` crate has it.
const LAST_YEAR: i32 = 2100;

impl Moments {
    fn after(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Moments::Plain(schedule) => schedule.after(&moment).next(),
            Moments::Calendar(schedule) => schedule.find_next_occurrence(&moment, false).ok(),
        }
        .filter(|next| next.year() <= LAST_YEAR)
    }

    fn before(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Moments::Plain(schedule) => schedule.after(&moment).next_back(),
            Moments::Calendar(schedule) => schedule.find_previous_occurrence(&moment, false).ok(),
        }
        .filter(|last| *last >= DateTime::UNIX_EPOCH)
    }
}

impl Cron {
    /// Reads five fields, or a word such as `@daily`.
    ///
    /// The words are `@hourly`, `@daily`, `@midnight`, `@weekly` (Sunday, as cron has it), `@monthly`, `@yearly`, `@annually`.
    /// What the fields take stands with [`PARTS`].
    ///
    /// # Errors
    /// Which field is wrong, and what it takes; or that no moment ever fits.
    pub fn parse(text: &str) -> Result<Cron> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let line = match fields.as_slice() {
            [word] if word.starts_with('@') => nickname(word).ok_or_else(|| {
                invalid(text, format!("`{word}` is not known"))
                    .hint("use @hourly, @daily, @weekly, @monthly, @yearly, or five fields: minute, hour, day of month, month, weekday")
            })?,
            [_, _, _, _, _] => &fields.join(" "),
            other => {
                return Err(invalid(text, format!("it has {} fields instead of five", other.len()))
                    .hint("write minute, hour, day of month, month and weekday, for instance `30 6 * * mon-fri`"));
            }
        };
        let mut values = Vec::new();
        for (part, field) in PARTS.iter().zip(line.split(' ')) {
            values.push(part.read(field).map_err(|why| {
                invalid(text, format!("in its field {}, {why}", part.name)).hint(format!(
                    "{} takes {}, `*`, lists (a,b), ranges (a-b) and steps (*/n, a-b/n)",
                    part.name, part.takes
                ))
            })?);
        }
        let schedules = schedules(&values).map_err(|error| invalid(text, error))?;
        let at_intervals = line.split(' ').take(2).any(|field| field.starts_with('*'));
        let cron = Cron { schedules, at_intervals };
        if cron.next_after(&DateTime::UNIX_EPOCH.naive_utc()).is_none() {
            return Err(invalid(text, "no day fits it".into()).hint("check the day of month against the month"));
        }
        Ok(cron)
    }

    /// The first moment after `moment` on a clock that never jumps. `None` beyond the year 2100.
    pub fn next_after(&self, moment: &NaiveDateTime) -> Option<NaiveDateTime> {
        let moment = moment.and_utc();
        self.schedules.iter().filter_map(|schedule| schedule.after(moment)).min().map(|next| next.naive_utc())
    }

    /// The last moment at or before `moment` on a clock that never jumps. `None` before 1970.
    pub fn latest_at_or_before(&self, moment: &NaiveDateTime) -> Option<NaiveDateTime> {
        let end = moment.with_nanosecond(0)?.checked_add_signed(Duration::seconds(1))?.and_utc();
        self.schedules.iter().filter_map(|schedule| schedule.before(end)).max().map(|last| last.naive_utc())
    }

    /// The first moment after `moment` on a zone's clock.
    ///
    /// What the clock skips comes once, right after the gap, as Unix' cron has it; where the minutes or hours are `*` it is
    /// left out, as the next one is near. What the clock shows twice comes once, at the first time: the suite's tables hold
    /// what the clock shows, and could not tell the second from the first.
    pub fn next_after_in<Tz: TimeZone>(&self, moment: &DateTime<Tz>) -> Option<DateTime<Tz>> {
        let zone = moment.timezone();
        let mut shown = moment.naive_local();
        loop {
            shown = self.next_after(&shown)?;
            if self.leaves_out(&shown, &zone) {
                continue;
            }
            // In the second pass of a repeated hour the moments of the first are over.
            let next = instant_of(shown, &zone)?;
            if next > *moment {
                return Some(next);
            }
        }
    }

    /// Is it a moment that the clock skips, and no loss?
    fn leaves_out(&self, shown: &NaiveDateTime, zone: &impl TimeZone) -> bool {
        self.at_intervals && zone.from_local_datetime(shown) == LocalResult::None
    }

    /// The last moment at or before `moment` on a zone's clock; see [`Cron::next_after_in`].
    pub fn latest_at_or_before_in<Tz: TimeZone>(&self, moment: &DateTime<Tz>) -> Option<DateTime<Tz>> {
        let zone = moment.timezone();
        let mut shown = moment.naive_local();
        // In the second pass of a repeated hour all its moments are past, also those that the clock has yet to show again.
        while zone.from_local_datetime(&shown).earliest().is_some_and(|first| first < *moment)
            && zone.from_local_datetime(&shown).latest().is_some_and(|second| second >= *moment)
        {
            shown = shown.checked_add_signed(Duration::minutes(1))?;
        }
        loop {
            shown = self.latest_at_or_before(&shown)?;
            let last = instant_of(shown, &zone)?;
            if last <= *moment && !self.leaves_out(&shown, &zone) {
                return Some(last);
            }
            shown = shown.checked_sub_signed(Duration::seconds(1))?;
        }
    }
}

impl FromStr for Cron {
    type Err = Error;

    fn from_str(text: &str) -> Result<Cron> {
        Cron::parse(text)
    }
}

fn invalid(text: &str, why: String) -> Error {
    Error::usage(format!("the cron expression `{}` is not valid", text.trim())).because(anyhow::anyhow!("{why}"))
}

fn nickname(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => return None,
    })
}

/// What computes the moments of five fields.
fn schedules(fields: &[CronField]) -> Result<Vec<Moments>, String> {
    let [minute, hour, day, month, weekday] = fields else { return Ok(Vec::new()) };
    let build = |day: &CronField, weekday: &CronField| {
        let of = [minute, hour, day, month, weekday];
        let line = PARTS.iter().zip(of).map(|(part, field)| field.line(part)).collect::<Vec<_>>().join(" ");
        if of.iter().any(|field| matches!(field, CronField::Calendar(_))) {
            line.parse()
                .map(Box::new)
                .map(Moments::Calendar)
                .map_err(|cause: croner::errors::CronError| cause.to_string())
        } else {
            let seconds = format!("0 {line}");
            cron::Schedule::from_str(&seconds).map(Box::new).map(Moments::Plain).map_err(|cause| cause.to_string())
        }
    };
    if day.is_any() || weekday.is_any() {
        Ok(vec![build(day, weekday)?])
    } else {
        Ok(vec![build(day, &CronField::Any)?, build(&CronField::Any, weekday)?])
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use chrono_tz::America::New_York;
    use chrono_tz::Australia::Lord_Howe;
    use chrono_tz::Europe::Prague;
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn next(line: &str, after: &str) -> String {
        Cron::parse(line).unwrap().next_after(&at(after)).unwrap().format("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn unix_meaning() {
        // 2026-11-25 is a Wednesday.
        assert_eq!(next("*/15 * * * *", "2026-11-25 10:00"), "2026-11-25 10:15");
        assert_eq!(next("0 0 * * 0", "2026-11-25 10:00"), "2026-11-29 00:00");
        assert_eq!(next("0 0 * * 7", "2026-11-25 10:00"), "2026-11-29 00:00");
        assert_eq!(next("0 0 * * 1", "2026-11-25 10:00"), "2026-11-30 00:00");
        assert_eq!(next("0 0 * * sat-sun", "2026-11-25 10:00"), "2026-11-28 00:00");
        assert_eq!(next("0 0 1 * FRI", "2026-11-25 10:00"), "2026-11-27 00:00");
        assert_eq!(next("0 0 26 * FRI", "2026-11-25 10:00"), "2026-11-26 00:00");
        assert_eq!(next("0 0 29 feb *", "2026-11-25 10:00"), "2028-02-29 00:00");
        assert_eq!(next("5/20 8-10 * * *", "2026-11-25 08:30"), "2026-11-25 08:45");
        assert_eq!(next("@hourly", "2026-11-25 10:00"), "2026-11-25 11:00");
        assert_eq!(next("@weekly", "2026-11-25 10:00"), "2026-11-29 00:00");
        assert!(Cron::parse(" 0   6 * *\t1-5 ").is_ok());
    }

    #[test]
    fn days_that_depend_on_the_month() {
        // 2026-11-25 is a Wednesday; 2026-11 begins on a Sunday and ends on a Monday, 2027-01-31 is a Sunday.
        for (line, after, wanted) in [
            ("0 6 L * *", "2026-11-25 10:00", "2026-11-30 06:00"),
            ("0 6 l 2 *", "2026-11-25 10:00", "2027-02-28 06:00"),
            ("0 6 ? * MON-FRI", "2026-11-27 10:00", "2026-11-30 06:00"),
            ("0 6 1 * ?", "2026-11-25 10:00", "2026-12-01 06:00"),
            ("0 6 ? * ?", "2026-11-25 10:00", "2026-11-26 06:00"),
            ("0 6 * * 1#1", "2026-11-25 10:00", "2026-12-07 06:00"),
            ("0 6 * * fri#5", "2026-11-25 10:00", "2027-01-29 06:00"),
            ("0 6 * * 5L", "2026-11-25 10:00", "2026-11-27 06:00"),
            ("0 6 * * friL", "2026-11-27 06:00", "2026-12-25 06:00"),
            ("0 6 * * 0L", "2026-11-25 10:00", "2026-11-29 06:00"),
            ("0 6 * * 7L", "2026-11-25 10:00", "2026-11-29 06:00"),
            ("0 6 * * 7#1", "2026-11-25 10:00", "2026-12-06 06:00"),
            ("0 6 15W * *", "2026-11-01 10:00", "2026-11-16 06:00"),
            ("0 6 1W * *", "2026-10-25 10:00", "2026-11-02 06:00"),
            ("0 6 31W 1 *", "2026-11-25 10:00", "2027-01-29 06:00"),
            ("0 6 LW * *", "2027-01-01 00:00", "2027-01-29 06:00"),
            ("0 6 * * 1#1,3#2,sat", "2026-11-25 10:00", "2026-11-28 06:00"),
            // Both day fields: the earlier one counts.
            ("0 6 L * 5", "2026-11-25 10:00", "2026-11-27 06:00"),
            ("0 6 L * 1#1", "2026-11-25 10:00", "2026-11-30 06:00"),
        ] {
            assert_eq!(next(line, after), wanted, "{line}");
            let cron = Cron::parse(line).unwrap();
            assert_eq!(cron.latest_at_or_before(&at(wanted)), Some(at(wanted)), "{line}");
            let before = cron.latest_at_or_before(&(at(wanted) - Duration::seconds(1)));
            assert!(before.is_some_and(|before| before <= at(after)), "{line}: {before:?}");
        }
    }

    #[test]
    fn the_latest_counts_the_moment_itself() {
        let cron = Cron::parse("0 6 * * *").unwrap();
        let six = at("2026-11-25 06:00");
        assert_eq!(cron.latest_at_or_before(&six), Some(six));
        assert_eq!(cron.latest_at_or_before(&(six + Duration::milliseconds(1))), Some(six));
        assert_eq!(cron.latest_at_or_before(&(six - Duration::milliseconds(1))), Some(six - Duration::days(1)));
    }

    #[test]
    fn errors_name_the_field() {
        for (line, words) in [
            ("61 * * * *", "in its field minute, 61 is out of range"),
            ("* 24 * * *", "in its field hour, 24 is out of range"),
            ("* * 0 * *", "day of month takes 1-31"),
            ("* * * foo *", "in its field month, `foo` is not a value"),
            ("* * * * 8", "weekday takes 0-7"),
            ("*/0 * * * *", "`0` is not a step above 0"),
            ("5-1 * * * *", "the range `5-1` runs backwards"),
            ("1, * * * *", "a value is missing"),
            ("+1 * * * *", "`+1` is not a value"),
            ("0 0 31 2 *", "no day fits it"),
            ("* * * *", "4 fields instead of five"),
            ("* * * * * *", "6 fields instead of five"),
            ("", "0 fields"),
            ("@reboot", "`@reboot` is not known"),
            ("? * * * *", "in its field minute, `?` is not a value"),
            ("* * * ? *", "in its field month, `?` is not a value"),
            ("* * 1,L * *", "`L` cannot stand in a list"),
            ("* * 15W,1 * *", "`15W` cannot stand in a list"),
            ("* * W * *", "a value is missing"),
            ("* * 32W * *", "32 is out of range"),
            ("* * 1-5W * *", "`1-5` is not a value"),
            ("* * 31W 2 *", "no day fits it"),
            ("* * * * L", "`5L` is the last Friday"),
            ("* * * * 8L", "8 is out of range"),
            ("* * * * 1#6", "`6` is not one of 1 to 5"),
            ("* * * * 1#", "is not one of 1 to 5"),
            ("* * * * mon-fri#1", "`MON-FRI` is not a value"),
            ("* * 5L * *", "`5L` is not a value"),
        ] {
            let error = Cron::parse(line).unwrap_err();
            assert!(error.to_string().contains(words) && error.hint.is_some(), "{line}: {error}");
        }
    }

    fn prague(text: &str) -> DateTime<chrono_tz::Tz> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Prague)
    }

    /// All moments of an expression between two, counted forwards and backwards.
    fn moments(line: &str, from: &str, to: &str) -> Vec<String> {
        let (cron, from, to) = (Cron::parse(line).unwrap(), prague(from), prague(to));
        let after = |moment: &DateTime<chrono_tz::Tz>| cron.next_after_in(moment);
        let forwards: Vec<_> = std::iter::successors(after(&from), after).take_while(|moment| *moment <= to).collect();
        let before = |moment: &DateTime<chrono_tz::Tz>| cron.latest_at_or_before_in(&(*moment - Duration::seconds(1)));
        let mut backwards: Vec<_> = std::iter::successors(cron.latest_at_or_before_in(&to), before)
            .take_while(|moment| *moment > from)
            .collect();
        backwards.reverse();
        assert_eq!(forwards, backwards);
        forwards.iter().map(|moment| moment.format("%H:%M%:z").to_string()).collect()
    }

    #[test]
    fn a_gap_and_a_fold() {
        let gap = |line| moments(line, "2026-03-29T01:20:00+01:00", "2026-03-29T04:00:00+02:00");
        assert_eq!(gap("30 * * * *"), ["01:30+01:00", "03:30+02:00"]);
        assert_eq!(gap("*/20 2 * * *"), [""; 0]);
        assert_eq!(gap("20,40 2 * * *"), ["03:00+02:00"]);
        assert_eq!(gap("30 2 * * *"), ["03:00+02:00"]);
        assert_eq!(gap("0 * * * *"), ["03:00+02:00", "04:00+02:00"].map(String::from).to_vec());
        let fold = |line| moments(line, "2026-10-25T01:20:00+02:00", "2026-10-25T03:10:00+01:00");
        assert_eq!(fold("30 * * * *"), ["01:30+02:00", "02:30+02:00"]);
        assert_eq!(fold("0 2,3 * * *"), ["02:00+02:00", "03:00+01:00"]);
        let second_pass = prague("2026-10-25T02:10:00+01:00");
        let cron = Cron::parse("30 2 * * *").unwrap();
        assert_eq!(cron.latest_at_or_before_in(&second_pass), Some(prague("2026-10-25T02:30:00+02:00")));
        assert_eq!(cron.next_after_in(&second_pass), Some(prague("2026-10-26T02:30:00+01:00")));
    }

    fn length_of_month(date: &NaiveDate) -> u32 {
        u32::from(date.num_days_in_month())
    }

    /// `DayOfMonthField::isSatisfiedBy`, but a day that a month lacks does not come in it.
    fn suite_day(date: &NaiveDate, field: &str) -> bool {
        let Some(wanted) = field.strip_suffix('W').map(|day| day.parse::<i64>().unwrap()) else {
            return date.day() == length_of_month(date);
        };
        let of_month = |day: i64| date.with_day(u32::try_from(day).ok()?);
        let nearest = [0, -1, 1, -2, 2]
            .iter()
            .filter_map(|by| of_month(wanted + by))
            .find(|day| of_month(wanted).is_some() && day.weekday().number_from_monday() < 6);
        nearest == Some(*date)
    }

    /// `DayOfWeekField::isSatisfiedBy`.
    fn suite_weekday(date: &NaiveDate, field: &str) -> bool {
        let is_day = |day: &str| day.parse::<u32>().unwrap() % 7 == date.weekday().num_days_from_sunday();
        match field.split_once('#') {
            Some((day, nth)) => is_day(day) && (date.day() - 1) / 7 + 1 == nth.parse::<u32>().unwrap(),
            None => is_day(&field[..1]) && length_of_month(date) - date.day() < 7,
        }
    }

    /// Items of a field, of values from `min` to `max`.
    fn field(min: u32, max: u32) -> impl Strategy<Value = String> {
        let item = prop_oneof![
            4 => (min..=max).prop_map(|value| value.to_string()),
            2 => (min..=max, min..=max).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
            1 => (min..=max, min..=max, 1..=max.min(12)).prop_map(|(a, b, n)| format!("{}-{}/{n}", a.min(b), a.max(b))),
            1 => (2..=max.min(20)).prop_map(|n| format!("*/{n}")),
        ];
        prop_oneof![2 => Just("*".to_string()), 3 => prop::collection::vec(item, 1..4).prop_map(|items| items.join(","))]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn croner_agrees(
            (minute, hour, day, month, weekday) in (field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7)),
            minutes in 0..20_000_000i64,
        ) {
            let line = format!("{minute} {hour} {day} {month} {weekday}");
            let start = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap() + Duration::minutes(minutes);
            let oracle = line.parse::<croner::Cron>().unwrap();
            let Ok(ours) = Cron::parse(&line) else {
                prop_assert!(oracle.find_next_occurrence(&start.and_utc(), false).is_err(), "{} was refused", line);
                return Ok(());
            };
            let mut moment = start;
            for _ in 0..5 {
                let expected = oracle.find_next_occurrence(&moment.and_utc(), false).unwrap().naive_utc();
                prop_assert_eq!(ours.next_after(&moment), Some(expected), "{} after {}", line, moment);
                moment = expected;
            }
            let expected = oracle.find_previous_occurrence(&start.and_utc(), true).unwrap().naive_utc();
            prop_assert_eq!(ours.latest_at_or_before(&start), Some(expected), "{} before {}", line, start);
        }

        /// Around the days on which clocks jump, by an hour and by half of one, forwards and backwards.
        #[test]
        fn croner_agrees_where_clocks_jump(
            jump in prop::sample::select(vec![
                (Prague, (2026, 3, 29)), (Prague, (2026, 10, 25)), (New_York, (2026, 3, 8)), (New_York, (2026, 11, 1)),
                (Lord_Howe, (2026, 4, 5)), (Lord_Howe, (2026, 10, 4)),
            ]),
            minutes in 0..4 * 1440i64,
            fixed in (0..60u32, 0..5u32).prop_map(|(minute, hour)| format!("{minute} {hour}")),
            intervals in (field(0, 59), prop::sample::select(vec!["*", "*/2", "*/3"])).prop_map(|(m, h)| format!("{m} {h}")),
            is_fixed: bool,
            (day, weekday) in (field(1, 31), field(0, 7)),
        ) {
            let (zone, (year, month, of_month)) = jump;
            let line = format!("{} {day} * {weekday}", if is_fixed { fixed } else { intervals });
            let (Ok(ours), Ok(oracle)) = (Cron::parse(&line), line.parse::<croner::Cron>()) else { return Ok(()) };
            let day = NaiveDate::from_ymd_opt(year, month, of_month).unwrap().and_hms_opt(0, 0, 0).unwrap();
            let start = zone.from_local_datetime(&day).unwrap() - Duration::days(2) + Duration::minutes(minutes);
            // In an hour that is shown twice intervals are left to the first time.
            let is_twice = |moment: &DateTime<Tz>| {
                matches!(zone.from_local_datetime(&moment.naive_local()), LocalResult::Ambiguous(..))
            };
            let mut moment = start;
            for _ in 0..6 {
                let expected = oracle.find_next_occurrence(&moment, false).unwrap();
                if !is_fixed && (is_twice(&expected) || is_twice(&moment)) {
                    break;
                }
                prop_assert_eq!(ours.next_after_in(&moment), Some(expected), "{} after {}", line, moment);
                moment = expected;
            }
            let expected = oracle.find_previous_occurrence(&start, true).unwrap();
            if is_fixed || !(is_twice(&expected) || is_twice(&start)) {
                prop_assert_eq!(ours.latest_at_or_before_in(&start), Some(expected), "{} before {}", line, start);
            }
        }

        #[test]
        fn a_jumping_clock_gives_the_same_moments_both_ways(minute in field(0, 59), hour in field(0, 4)) {
            let line = format!("{minute} {hour} * * *");
            moments(&line, "2026-03-28T23:00:00+01:00", "2026-03-29T06:00:00+02:00");
            moments(&line, "2026-10-24T23:00:00+02:00", "2026-10-25T02:31:00+01:00");
            moments(&line, "2026-10-25T02:10:00+01:00", "2026-10-25T06:00:00+01:00");
        }

        /// Against the days of the suite's scheduler (dragonmantank/cron-expression), found by looking at each day.
        #[test]
        fn the_suites_scheduler_agrees(
            day in prop_oneof![Just("*".to_owned()), Just("?".into()), Just("L".into()), (1..=31u32).prop_map(|d| format!("{d}W"))],
            weekday in prop_oneof![
                Just("*".to_owned()), Just("?".into()), (0..=7u32).prop_map(|d| format!("{d}L")),
                (0..=7u32, 1..=5u32).prop_map(|(d, n)| format!("{d}#{n}")),
            ],
            start in 0..20_000i64,
        ) {
            let cron = Cron::parse(&format!("0 6 {day} * {weekday}")).unwrap();
            let start = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + Duration::days(start);
            let any = |field: &str| matches!(field, "*" | "?");
            let fits = |date: &NaiveDate| match (any(&day), any(&weekday)) {
                (true, true) => true,
                (false, true) => suite_day(date, &day),
                (true, false) => suite_weekday(date, &weekday),
                (false, false) => suite_day(date, &day) || suite_weekday(date, &weekday),
            };
            let wanted = start.iter_days().skip(1).find(fits).unwrap().and_hms_opt(6, 0, 0).unwrap();
            prop_assert_eq!(cron.next_after(&start.and_hms_opt(6, 0, 0).unwrap()), Some(wanted));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[-0-9*/, @a-zLW#?]{0,20}") {
            let _ = Cron::parse(&text);
        }
    }
}
