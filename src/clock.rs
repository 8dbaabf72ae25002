//! The clock that stored times are read by: what time it is, in the zone of the database.

use chrono::{DateTime, NaiveDateTime, SubsecRound as _};
use chrono_tz::Tz;

use crate::failpoint;
use crate::schedule::instant_of;
use crate::span;

/// The present instant, on the clocks of the suite's zone.
pub fn instant(zone: Tz) -> DateTime<Tz> {
    failpoint::now().with_timezone(&zone)
}

/// The present local time in the suite's zone, to the second.
pub fn now(zone: Tz) -> NaiveDateTime {
    instant(zone).naive_local().trunc_subsecs(0)
}

/// What time it is, on the clock of the database's zone.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    pub now: NaiveDateTime,
    pub zone: Tz,
}

impl Clock {
    /// As it stands now.
    pub fn of(zone: Tz) -> Clock {
        Clock { now: now(zone), zone }
    }

    /// A moment as an instant, so that spans are time that passes, whatever the clock does meanwhile.
    pub fn instant(&self, moment: NaiveDateTime) -> NaiveDateTime {
        instant_of(moment, &self.zone).map_or(moment, |instant| instant.naive_utc())
    }

    /// How far a moment is: `3 min ago`, `in 2 h`.
    pub fn relative(&self, moment: NaiveDateTime) -> String {
        span::relative(self.instant(moment), self.instant(self.now))
    }

    /// The same of a moment at which something is to begin: `in 2 h`, `due 3 min ago`.
    pub fn due(&self, moment: NaiveDateTime) -> String {
        if moment > self.now { self.relative(moment) } else { format!("due {}", self.relative(moment)) }
    }

    /// The time between two moments, in one unit.
    pub fn briefly_between(&self, begin: NaiveDateTime, end: NaiveDateTime) -> String {
        let seconds = (self.instant(end) - self.instant(begin)).num_seconds();
        // Stored are whole seconds.
        if seconds <= 0 { "< 1 s".into() } else { span::brief(f64::from(i32::try_from(seconds).unwrap_or(i32::MAX))) }
    }

    /// The time between two moments, in two units.
    pub fn between(&self, begin: NaiveDateTime, end: NaiveDateTime) -> String {
        span::between(self.instant(begin), self.instant(end))
    }

    /// The time since a moment, in two units.
    pub fn since(&self, moment: NaiveDateTime) -> String {
        self.between(moment, self.now)
    }

    /// So many seconds have passed since a moment; fewer than none before it.
    pub fn seconds_since(&self, moment: NaiveDateTime) -> i64 {
        (self.instant(self.now) - self.instant(moment)).num_seconds()
    }
}
