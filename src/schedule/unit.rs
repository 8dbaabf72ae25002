//! The units of time that people write: `s`, `min`, `hours`, `weeks`.

use chrono::{Datelike as _, Days, Duration, Months, NaiveDateTime};
use chrono_tz::Tz;

use super::zone::later;

/// What a number counts: a second, a day, a month, or so many of them.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Seconds(i64),
    Days(i64),
    Months(i64),
}

impl Unit {
    /// Where its spans stand in a sum of several, whatever order they are written in: months come first, as in PHP.
    pub(super) fn rank(self) -> u8 {
        match self {
            Unit::Months(_) => 0,
            Unit::Days(_) => 1,
            Unit::Seconds(_) => 2,
        }
    }

    /// The unit that a word names, in the singular or the plural.
    pub(super) fn read(word: &str) -> Option<Unit> {
        Some(match word {
            "s" | "sec" | "secs" | "second" | "seconds" => Unit::Seconds(1),
            "m" | "min" | "mins" | "minute" | "minutes" => Unit::Seconds(60),
            "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Seconds(3600),
            "d" | "day" | "days" => Unit::Days(1),
            "w" | "week" | "weeks" => Unit::Days(7),
            "month" | "months" => Unit::Months(1),
            "y" | "year" | "years" => Unit::Months(12),
            _ => return None,
        })
    }

    /// The moment so many units after another; None beyond the calendar.
    ///
    /// Hours and less are time that passes; days and more move the clock's face. A month after 31 January is 3 March, as in PHP.
    pub(super) fn add(self, moment: NaiveDateTime, count: i64, zone: Tz) -> Option<NaiveDateTime> {
        match self {
            Unit::Seconds(each) => {
                let span = Duration::try_seconds(each.checked_mul(count)?)?;
                later(moment, span, &zone)
            }
            Unit::Days(each) => moment.checked_add_signed(Duration::try_days(each.checked_mul(count)?)?),
            Unit::Months(each) => {
                let months = each.checked_mul(count)?;
                let span = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
                // As PHP has it: a day that the month lacks is one of the month behind it.
                let first = moment.with_day(1)?;
                let month = if months < 0 { first.checked_sub_months(span) } else { first.checked_add_months(span) };
                month?.checked_add_days(Days::new(moment.day0().into()))
            }
        }
    }
}
