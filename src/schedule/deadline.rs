//! Until when a window's job must be done: what `runtemplate.deadline_offset` holds.

use std::str::FromStr;

use chrono::{Duration, NaiveDateTime, NaiveTime, TimeZone};

use super::zone::{instant_of, later, shown};

/// A deadline, by the start of its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineOffset {
    /// `+3h` or `+30m` from the start.
    After(Duration),
    /// `08:00` on the day of the start.
    At(NaiveTime),
}

impl DeadlineOffset {
    /// The deadline of the window that begins then, on the clock of this zone; none beyond the calendar.
    pub fn after<Tz: TimeZone>(self, start: NaiveDateTime, zone: &Tz) -> Option<NaiveDateTime> {
        match self {
            DeadlineOffset::After(by) => later(start, by, zone),
            DeadlineOffset::At(time) => shown(&instant_of(start.date().and_time(time), zone)?),
        }
    }
}

impl FromStr for DeadlineOffset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |unit| text.strip_prefix('+')?.strip_suffix(unit)?.parse::<u16>().ok().map(i64::from);
        let by = number('h').and_then(Duration::try_hours).or_else(|| number('m').and_then(Duration::try_minutes));
        let at =
            || NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| text.len() - text.find(':').unwrap_or(0) == 3);
        by.map(DeadlineOffset::After)
            .or_else(|| at().map(DeadlineOffset::At))
            .ok_or_else(|| "it takes +3h, +30m or a time like 08:00".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Prague;

    use super::*;

    #[test]
    fn deadlines() {
        let start: NaiveDateTime = "2026-03-01T06:00:00".parse().unwrap();
        let shown = |text: &str| text.parse::<DeadlineOffset>().ok()?.after(start, &Prague).map(|at| at.to_string());
        assert_eq!(shown("+3h").as_deref(), Some("2026-03-01 09:00:00"));
        assert_eq!(shown("+30m").as_deref(), Some("2026-03-01 06:30:00"));
        assert_eq!(shown("08:15").as_deref(), Some("2026-03-01 08:15:00"));
        assert_eq!(shown("8:15").as_deref(), Some("2026-03-01 08:15:00"));
        for text in ["", "soon", "+3", "+-3h", "24:00", "8:5", "08:60", "+99999h"] {
            assert_eq!(shown(text), None, "{text}");
        }
        assert_eq!("+1h".parse::<DeadlineOffset>().unwrap().after(NaiveDateTime::MAX, &Prague), None);
        // In the night when the clock is set forward.
        let start = "2026-03-29T01:50:00".parse().unwrap();
        let shown = |text: &str| text.parse::<DeadlineOffset>().ok()?.after(start, &Prague).map(|at| at.to_string());
        assert_eq!(shown("+30m").as_deref(), Some("2026-03-29 03:20:00"));
        assert_eq!(shown("02:30").as_deref(), Some("2026-03-29 03:00:00"));
    }
}
