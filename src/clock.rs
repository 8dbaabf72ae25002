//! The clock that stored times are read by: what time it is, in the zone of the database.

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use crate::output::time;
use crate::schedule::instant_of;

/// What time it is, on the clock of the database's zone.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    pub now: NaiveDateTime,
    pub zone: Tz,
}

impl Clock {
    /// A moment as an instant, so that spans are time that passes, whatever the clock does meanwhile.
    pub fn instant(&self, moment: NaiveDateTime) -> NaiveDateTime {
        instant_of(moment, &self.zone).map_or(moment, |instant| instant.naive_utc())
    }

    /// How far a moment is: `3 min ago`, `in 2 h`.
    pub fn relative(&self, moment: NaiveDateTime) -> String {
        time::relative(self.instant(moment), self.instant(self.now))
    }

    /// The same of a moment at which something is to begin: `in 2 h`, `due 3 min ago`.
    pub fn due(&self, moment: NaiveDateTime) -> String {
        if moment > self.now { self.relative(moment) } else { format!("due {}", self.relative(moment)) }
    }

    /// The time between two moments, in one unit.
    pub fn briefly_between(&self, begin: NaiveDateTime, end: NaiveDateTime) -> String {
        let seconds = (self.instant(end) - self.instant(begin)).num_seconds();
        // Stored are whole seconds.
        if seconds <= 0 { "< 1 s".into() } else { time::brief(f64::from(i32::try_from(seconds).unwrap_or(i32::MAX))) }
    }

    /// The time between two moments, in two units.
    pub fn between(&self, begin: NaiveDateTime, end: NaiveDateTime) -> String {
        let (begin, end) = (self.instant(begin), self.instant(end));
        // Stored are whole seconds.
        if begin >= end { "< 1 s".into() } else { time::between(begin, end) }
    }
}
