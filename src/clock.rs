//! The clock that stored times are read by: what time it is, in the zone of the database.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, NaiveDateTime, SubsecRound as _};
use chrono_tz::Tz;

use crate::failpoint;
use crate::schedule::{future_instant_of, past_instant_of};
use crate::span;

/// So many seconds this machine's clock is ahead of the database server's.
static AHEAD: AtomicI64 = AtomicI64::new(0);
/// Clocks differ by so many seconds at most where nobody minds.
pub const TOLERANCE: i64 = 5;
/// A clock that is further off was set so, to rehearse another time.
const DRIFT: i64 = 86_400;

/// From here on the time is the database server's, which this machine's clock is so many seconds ahead of, up to a day.
///
/// Several machines whose clocks differ would undo each other's schedules.
pub fn follow(seconds_ahead: i64) {
    let wanted = if seconds_ahead.saturating_abs() <= DRIFT { seconds_ahead } else { 0 };
    // It is measured in whole seconds: one that is just so far off is not to be followed now and then.
    if wanted.saturating_sub(AHEAD.load(Ordering::Relaxed)).saturating_abs() > TOLERANCE {
        AHEAD.store(wanted, Ordering::Relaxed);
    }
}

/// The present instant, on the clocks of the suite's zone.
pub fn instant(zone: Tz) -> DateTime<Tz> {
    let (now, ahead) = (failpoint::now(), Duration::try_seconds(AHEAD.load(Ordering::Relaxed)).unwrap_or_default());
    now.checked_sub_signed(ahead).unwrap_or(now).with_timezone(&zone)
}

/// The present local time in the suite's zone, to the second.
pub fn now(zone: Tz) -> NaiveDateTime {
    instant(zone).naive_local().trunc_subsecs(0)
}

/// What time it is, on the clock of the database's zone.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// What it shows.
    pub now: NaiveDateTime,
    /// That moment as an instant: in the hour that comes twice `now` is two of them.
    pub instant: DateTime<Tz>,
    pub zone: Tz,
}

impl Clock {
    /// The clock as it stands now.
    pub fn in_zone(zone: Tz) -> Clock {
        Clock::at(instant(zone))
    }

    /// The clock as it stood at an instant.
    pub fn at(instant: DateTime<Tz>) -> Clock {
        Clock { now: instant.naive_local().trunc_subsecs(0), instant, zone: instant.timezone() }
    }

    /// How far a moment is that was stored as one of the past: `3 min ago`. One that is still to come is `in 2 h`.
    pub fn relative(&self, moment: NaiveDateTime) -> String {
        self.distance(moment, past_instant_of(moment, &self.instant))
    }

    /// How far a moment is that this clock has not shown yet: `in 2 h`.
    pub fn until(&self, moment: NaiveDateTime) -> String {
        self.distance(moment, future_instant_of(moment, &self.instant))
    }

    fn distance(&self, moment: NaiveDateTime, at: Option<DateTime<Tz>>) -> String {
        let now = self.instant.naive_utc().trunc_subsecs(0);
        span::relative(at.map_or(moment, |at| at.naive_utc()), now)
    }

    /// How far a moment is at which something is to begin: `in 2 h`, `due 3 min ago`.
    pub fn due(&self, moment: NaiveDateTime) -> String {
        if moment > self.now { self.until(moment) } else { format!("due {}", self.relative(moment)) }
    }

    /// How many seconds passed between two moments, neither in the future; below zero where the clock was set back.
    pub fn seconds_between(&self, begin: NaiveDateTime, end: NaiveDateTime) -> Option<i64> {
        let end = past_instant_of(end, &self.instant)?;
        Some((end - past_instant_of(begin, &end)?).num_seconds())
    }

    /// The time between two moments, in one unit.
    pub fn briefly_between(&self, begin: NaiveDateTime, end: NaiveDateTime) -> String {
        match self.seconds_between(begin, end) {
            // Stored are whole seconds.
            None | Some(..=0) => "< 1 s".into(),
            Some(seconds) => span::brief(f64::from(i32::try_from(seconds).unwrap_or(i32::MAX))),
        }
    }

    /// The time between two moments, in two units.
    pub fn between(&self, begin: NaiveDateTime, end: NaiveDateTime) -> String {
        span::lasted(self.seconds_between(begin, end).unwrap_or_default())
    }

    /// The time since a moment, in two units.
    pub fn since(&self, moment: NaiveDateTime) -> String {
        span::lasted(self.seconds_since(moment))
    }

    /// The time until a moment that this clock has not shown yet, in two units.
    pub fn before(&self, moment: NaiveDateTime) -> String {
        let at = future_instant_of(moment, &self.instant);
        span::lasted(at.map_or(0, |at| (at - self.instant).num_seconds()))
    }

    /// The time until a moment that this clock has not shown yet, in one unit.
    pub fn briefly_before(&self, moment: NaiveDateTime) -> String {
        span::in_one_unit(u64::try_from(self.seconds_since(moment).saturating_neg()).unwrap_or_default())
    }

    /// How many seconds have passed since a moment; below zero before it.
    pub fn seconds_since(&self, moment: NaiveDateTime) -> i64 {
        let read = if moment > self.now { future_instant_of } else { past_instant_of };
        let now = self.instant.trunc_subsecs(0);
        read(moment, &self.instant).map_or(0, |at| (now - at).num_seconds())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hour_that_comes_twice() {
        let instant = "2026-10-25T01:10:00Z".parse::<DateTime<chrono::Utc>>().unwrap();
        let clock = Clock::at(instant.with_timezone(&Tz::Europe__Prague));
        let at = |time: &str| format!("2026-10-25T{time}").parse::<NaiveDateTime>().unwrap();
        assert_eq!(clock.now, at("02:10:00"));
        assert_eq!(clock.relative(at("02:50:00")), "20 min ago");
        assert_eq!(clock.relative(at("02:05:00")), "5 min ago");
        assert_eq!(clock.due(at("02:50:00")), "in 40 min");
        assert_eq!(clock.due(at("03:10:00")), "in 1 h");
        assert_eq!(clock.between(at("02:55:00"), at("02:05:00")), "10 min");
        assert_eq!(clock.between(at("01:55:00"), at("02:05:00")), "1 h 10 min");
        assert_eq!((clock.seconds_since(at("02:09:00")), clock.seconds_since(at("02:11:00"))), (60, -60));
    }
}
