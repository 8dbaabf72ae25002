//! One field of a cron expression: which values it takes, how it is read, and what to tell of one that is wrong.
//!
//! Beside lists, ranges and steps the two day fields take what the suite's own scheduler takes: `?`, `L`, `LW`, `15W`, `5L`, `1#2`.

use std::collections::BTreeSet;

const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The largest `n` of `1#n`: no weekday comes six times in a month.
const NTH_MAX: u32 = 5;

/// One of the five fields.
pub(super) struct Part {
    pub name: &'static str,
    days: Days,
    min: u32,
    max: u32,
    /// Names of the values from `min` on.
    names: &'static [&'static str],
    pub takes: &'static str,
}

/// What a field says of days.
#[derive(PartialEq)]
enum Days {
    Nothing,
    OfMonth,
    OfWeek,
}

/// The five fields in their order.
pub(super) const PARTS: [Part; 5] = [
    Part { name: "minute", days: Days::Nothing, min: 0, max: 59, names: &[], takes: "0-59" },
    Part { name: "hour", days: Days::Nothing, min: 0, max: 23, names: &[], takes: "0-23" },
    Part {
        name: "day of month",
        days: Days::OfMonth,
        min: 1,
        max: 31,
        names: &[],
        takes: "1-31, L (the last day), LW (the last working day), 15W (the working day nearest to the 15th), `?`",
    },
    Part { name: "month", days: Days::Nothing, min: 1, max: 12, names: &MONTHS, takes: "1-12 or jan-dec" },
    Part {
        name: "weekday",
        days: Days::OfWeek,
        min: 0,
        max: 7,
        names: &WEEKDAYS,
        takes: "0-7 (0 and 7 are Sunday) or sun-sat, 5L (the last Friday), 1#2 (the second Monday), `?`",
    },
];

/// What a field stands for.
#[derive(Clone)]
pub(super) enum CronField {
    /// `*` or `?`. A list of all values is not the same: only this leaves it to the other day field to decide.
    Any,
    Values(BTreeSet<u32>),
    /// Days that depend on the month, in the words of `croner`: `L`, `15W`, `5L,1#2`.
    Calendar(String),
}

impl CronField {
    /// Is it `*` or `?`, the one form in which a day field leaves the choice to the other one?
    pub fn is_any(&self) -> bool {
        matches!(self, CronField::Any)
    }

    /// The field in words that both crates read. They count weekdays from different numbers, so those go by name.
    pub fn line(&self, part: &Part) -> String {
        let name = |value: &u32| match part.days {
            Days::OfWeek => WEEKDAYS[*value as usize % 7].to_string(),
            Days::OfMonth | Days::Nothing => value.to_string(),
        };
        match self {
            CronField::Any => "*".to_owned(),
            CronField::Values(values) => values.iter().map(name).collect::<Vec<_>>().join(","),
            CronField::Calendar(line) => line.clone(),
        }
    }
}

impl Part {
    /// Reads a field; in the error, what is wrong with it.
    ///
    /// # Errors
    /// The text is no field, or the suite's scheduler would not take it; the words quote what is wrong.
    pub fn read(&self, field: &str) -> Result<CronField, String> {
        if field == "*" || field == "?" && self.days != Days::Nothing {
            return Ok(CronField::Any);
        }
        let items: Vec<&str> = field.split(',').collect();
        let (mut values, mut calendar) = (BTreeSet::new(), Vec::new());
        for item in &items {
            match self.calendar(item)? {
                Some(days) => calendar.push(days),
                None => values.extend(self.values(item)?),
            }
        }
        if self.days == Days::OfWeek && values.remove(&7) {
            values.insert(0);
        }
        if calendar.is_empty() {
            return Ok(CronField::Values(values));
        }
        if self.days == Days::OfMonth && items.len() > 1 {
            return Err(format!("`{}` cannot stand in a list: the suite's scheduler takes it alone", calendar[0]));
        }
        if !values.is_empty() {
            calendar.push(CronField::Values(values).line(self));
        }
        Ok(CronField::Calendar(calendar.join(",")))
    }

    /// An item that means other days in each month, in the words of `croner`; `None` for any other item.
    fn calendar(&self, item: &str) -> Result<Option<String>, String> {
        let upper = item.to_ascii_uppercase();
        match self.days {
            Days::Nothing => Ok(None),
            Days::OfMonth if upper == "L" || upper == "LW" => Ok(Some(upper)),
            Days::OfMonth => match upper.strip_suffix('W') {
                Some(day) => self.value(day).map(|day| Some(format!("{day}W"))),
                None => Ok(None),
            },
            Days::OfWeek => {
                if upper == "L" {
                    return Err("`L` alone is no weekday; `5L` is the last Friday".to_owned());
                }
                let weekday = |text| self.value(text).map(|value| value % 7);
                if let Some((day, nth)) = upper.split_once('#') {
                    return match digits(nth).filter(|nth| (1..=NTH_MAX).contains(nth)) {
                        Some(nth) => Ok(Some(format!("{}#{nth}", weekday(day)?))),
                        None => Err(format!("`{nth}` is not one of 1 to {NTH_MAX}: `1#2` is the second Monday")),
                    };
                }
                match upper.strip_suffix('L') {
                    Some(day) => Ok(Some(format!("{}L", weekday(day)?))),
                    None => Ok(None),
                }
            }
        }
    }

    /// The values of an item: one, a range, or one of them with a step.
    fn values(&self, item: &str) -> Result<impl Iterator<Item = u32> + use<>, String> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => {
                let step =
                    digits(step).filter(|&step| step > 0).ok_or_else(|| format!("`{step}` is not a step above 0"))?;
                (range, Some(step))
            }
            None => (item, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (self.min, self.max),
            Some((first, last)) => self.range(first, last)?,
            // With a step a single value means: from there to the end.
            None => {
                let value = self.value(range)?;
                (value, if step.is_some() { self.max } else { value })
            }
        };
        Ok((first..=last).step_by(step.unwrap_or(1) as usize))
    }

    fn range(&self, first: &str, last: &str) -> Result<(u32, u32), String> {
        let (start, mut end) = (self.value(first)?, self.value(last)?);
        // `sat-sun`
        if self.days == Days::OfWeek && end == 0 && start > 0 {
            end = 7;
        }
        if start > end { Err(format!("the range `{first}-{last}` runs backwards")) } else { Ok((start, end)) }
    }

    fn value(&self, text: &str) -> Result<u32, String> {
        let named = self
            .names
            .iter()
            .position(|name| text.eq_ignore_ascii_case(name))
            .map(|index| self.min.saturating_add(index as u32));
        match named.or_else(|| digits(text)) {
            Some(value) if (self.min..=self.max).contains(&value) => Ok(value),
            Some(value) => Err(format!("{value} is out of range")),
            None if text.is_empty() => Err("a value is missing".into()),
            None => Err(format!("`{text}` is not a value")),
        }
    }
}

/// A plain number: `parse` alone would take a sign.
fn digits(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
