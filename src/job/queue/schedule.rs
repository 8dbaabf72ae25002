//! The schedule of a runtemplate: its interval or cron line, its delay, and what it says of moments. No database is asked here.

use chrono::{DateTime, Datelike, Duration, NaiveDateTime};
use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait};

use crate::db::Row;
use crate::error::{Error, Result};
use crate::schedule::{Cron, Interval};

/// The last year that the servers' columns of times hold.
const LAST_YEAR: i32 = 9999;

/// Runtemplates that run by themselves: active, and with a schedule.
pub fn scheduled() -> Expr {
    let never = Interval::Never.letter();
    let letters = [never, never.to_ascii_uppercase()].map(|letter| letter.to_string());
    Expr::col("active").eq(true).and(Expr::col("interv").is_not_in(letters))
}

/// Is a runtemplate to run by itself, as [`scheduled`] asks?
pub fn is_scheduled(runtemplate: &Row) -> bool {
    runtemplate.truth("active") && has_schedule(runtemplate)
}

/// Has it a schedule, whether or not it is active?
pub fn has_schedule(runtemplate: &Row) -> bool {
    runtemplate.text("interv").is_some_and(|interval| !Interval::is_never(&interval))
}

/// When a runtemplate runs by itself.
pub struct Schedule {
    /// The runtemplate, for errors.
    id: i64,
    pub interval: Interval,
    cron: Cron,
    /// In seconds. Only the suite's web interface sets it.
    delay: i64,
    /// The latest moment whose job has ended or was given up (`last_schedule`).
    last: Option<NaiveDateTime>,
}

/// What begins at a moment of a schedule.
pub struct Window {
    pub start: NaiveDateTime,
    /// Where the next one begins.
    pub end: NaiveDateTime,
    /// When its job is to run: its start and the runtemplate's delay.
    pub after: NaiveDateTime,
}

/// The windows of a schedule on both sides of a moment.
pub struct Windows {
    /// The one that began last; None where the schedule has had none.
    latest: Option<Window>,
    /// The one that begins next; None where the schedule has no further one.
    next: Option<Window>,
    /// The schedule's own.
    last: Option<NaiveDateTime>,
}

impl Windows {
    /// Does `last_schedule` say that this window is over?
    ///
    /// One that is later than the next window was written while the clock was ahead, and must not keep the schedule from going
    /// on.
    fn is_over(&self, window: &Window) -> bool {
        let newest = self.next.as_ref().map(|next| next.after);
        self.last.is_some_and(|last| last >= window.after && newest.is_none_or(|newest| last <= newest))
    }

    /// Those that are not over, the latest first.
    pub fn open(self) -> impl Iterator<Item = Window> {
        let is_open = [&self.latest, &self.next].map(|window| window.as_ref().is_some_and(|it| !self.is_over(it)));
        [self.latest, self.next].into_iter().zip(is_open).filter_map(|(window, is_open)| window.filter(|_| is_open))
    }

    /// When the job of the latest one was to run, where that is not over.
    pub fn missed(&self) -> Option<NaiveDateTime> {
        self.latest.as_ref().filter(|latest| !self.is_over(latest)).map(|latest| latest.after)
    }
}

impl Schedule {
    /// Reads the schedule of a runtemplate.
    ///
    /// # Errors
    /// It is none, or cannot be read.
    pub fn read(runtemplate: &Row) -> Result<Schedule> {
        let id = runtemplate.id("id")?;
        let about = |error: Error| Error { message: format!("RunTemplate {id}: {}", error.message), ..error };
        let interval: Interval = runtemplate.text("interv").unwrap_or_default().parse().map_err(about)?;
        let line = match interval.cron_line() {
            Some(line) => line.to_owned(),
            None => runtemplate.filled("cron").ok_or_else(|| {
                Error::refused(format!("RunTemplate {id} is to run by its cron expression, but has none")).hint(format!(
                    "`multiflexi-cli runtemplate update --id={id} --cron=\"0 6 * * *\"` sets one, --interv=n ends it"
                ))
            })?,
        };
        Ok(Schedule {
            id,
            interval,
            cron: Cron::parse(&line).map_err(about)?,
            delay: runtemplate.int("delay").unwrap_or_default(),
            last: runtemplate.time("last_schedule"),
        })
    }

    /// The windows on both sides of a moment.
    ///
    /// # Errors
    /// The delay leads beyond the calendar.
    pub fn around(&self, now: &DateTime<Tz>) -> Result<Windows> {
        Ok(Windows { latest: self.latest(now)?, next: self.next(now)?, last: self.last })
    }

    fn latest(&self, now: &DateTime<Tz>) -> Result<Option<Window>> {
        self.window(self.cron.latest_at_or_before_in(now))
    }

    /// The window that begins next; None where the schedule has no further one.
    ///
    /// # Errors
    /// The delay leads beyond the calendar.
    pub fn next(&self, now: &DateTime<Tz>) -> Result<Option<Window>> {
        self.window(self.cron.next_after_in(now))
    }

    /// When a runtemplate that no job waits for is to run next.
    ///
    /// Where that is over already, the next `queue fill` makes its job at once. `has_job` tells of moments for which there is a
    /// job.
    ///
    /// # Errors
    /// The delay leads beyond the calendar.
    pub fn upcoming(
        &self,
        now: &DateTime<Tz>,
        has_job: impl Fn(NaiveDateTime) -> bool,
    ) -> Result<Option<NaiveDateTime>> {
        match self.around(now)?.open().map(|window| window.after).find(|moment| !has_job(*moment)) {
            Some(moment) => Ok(Some(moment)),
            // A job that was moved or run early took the next one.
            None => self.next_but_one(now),
        }
    }

    /// The moment that follows the next one; None where the schedule has no such one.
    ///
    /// # Errors
    /// The delay leads beyond the calendar.
    pub fn next_but_one(&self, now: &DateTime<Tz>) -> Result<Option<NaiveDateTime>> {
        let start = self.cron.next_after_in(now).and_then(|next| self.cron.next_after_in(&next));
        Ok(self.window(start)?.map(|window| window.after))
    }

    fn delayed(&self, moment: NaiveDateTime) -> Result<NaiveDateTime> {
        let (id, delay) = (self.id, self.delay);
        let later = Duration::try_seconds(delay).and_then(|delay| moment.checked_add_signed(delay));
        later.filter(|later| later.year() <= LAST_YEAR).ok_or_else(|| {
            Error::refused(format!("RunTemplate {id} has a delay of {delay} s, which leads beyond the calendar")).hint(
                format!(
                    "Correct it in the suite's web interface, or `UPDATE runtemplate SET delay = 0 WHERE id = {id}`"
                ),
            )
        })
    }

    fn window(&self, start: Option<DateTime<Tz>>) -> Result<Option<Window>> {
        let Some((start, end)) = start.and_then(|start| self.bounds(start)) else { return Ok(None) };
        Ok(Some(Window { start, end, after: self.delayed(start)? }))
    }

    fn bounds(&self, start: DateTime<Tz>) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let end = match self.interval.seconds() {
            0 => self.cron.next_after_in(&start)?,
            seconds => start.checked_add_signed(Duration::try_seconds(seconds)?)?,
        };
        let length = end - start;
        let (start, end) = (start.naive_local(), end.naive_local());
        // Across an hour that a change of the clock repeats: what is stored has no offset, and would end before it begins.
        let end = if end > start { end } else { start.checked_add_signed(length)? };
        Some((start, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(interval: &str, delay: i64) -> Schedule {
        let interval: Interval = interval.parse().unwrap();
        let cron = Cron::parse(interval.cron_line().unwrap()).unwrap();
        Schedule { id: 1, interval, cron, delay, last: None }
    }

    fn instant(text: &str) -> DateTime<Tz> {
        text.parse::<DateTime<chrono::Utc>>().unwrap().with_timezone(&Tz::Europe__Prague)
    }

    #[test]
    fn a_window_ends_after_it_begins_whatever_the_clock_does() {
        for (interval, at, from, to) in [
            ("h", "2026-10-25T00:00:05Z", "2026-10-25 02:00:00", "2026-10-25 03:00:00"),
            ("i", "2026-10-25T00:59:05Z", "2026-10-25 02:59:00", "2026-10-25 03:00:00"),
            ("h", "2026-03-29T00:10:00Z", "2026-03-29 01:00:00", "2026-03-29 03:00:00"),
        ] {
            let window = schedule(interval, 0).latest(&instant(at)).unwrap().unwrap();
            assert_eq!((window.start.to_string(), window.end.to_string()), (from.to_owned(), to.to_owned()), "{at}");
        }
    }

    #[test]
    fn what_is_over_is_not_upcoming() {
        let now = instant("2026-05-04T10:00:00Z");
        let upcoming = |schedule: &Schedule, jobs: &[NaiveDateTime]| {
            schedule.upcoming(&now, |moment| jobs.contains(&moment)).unwrap().unwrap()
        };
        let mut daily = schedule("d", 3_600);
        let [missed, next, behind] =
            [4, 5, 6].map(|day| chrono::NaiveDate::from_ymd_opt(2026, 5, day).unwrap().and_hms_opt(1, 0, 0).unwrap());
        assert_eq!(upcoming(&daily, &[]), missed);
        assert_eq!(upcoming(&daily, &[missed]), next);
        assert_eq!(upcoming(&daily, &[missed, next]), behind);
        daily.last = Some(missed);
        assert_eq!(upcoming(&daily, &[]), next);
        // By a clock that was ahead.
        daily.last = Some(behind);
        assert_eq!(upcoming(&daily, &[]), missed);
        assert!(schedule("d", i64::MAX).next(&now).is_err());
        // A month has not the same length each time, and a day not where the clock changes.
        let moment = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        for (interval, now, taken, behind) in [
            ("m", "2026-11-30T08:00:00Z", ["2026-11-01 00:00", "2026-12-01 00:00"], "2027-01-01 00:00"),
            ("d", "2026-10-24T08:00:00Z", ["2026-10-24 00:00", "2026-10-25 00:00"], "2026-10-26 00:00"),
        ] {
            let taken = taken.map(moment);
            let upcoming = schedule(interval, 0).upcoming(&instant(now), |moment| taken.contains(&moment));
            assert_eq!(upcoming.unwrap(), Some(moment(behind)), "{interval}");
        }
    }
}
