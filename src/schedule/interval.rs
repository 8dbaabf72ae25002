//! How often a runtemplate runs: the letter in `runtemplate.interv`, what people call it, and what it means.

use std::str::FromStr;

use crate::error::{Error, Result};

/// The eight intervals of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    Never,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
    /// As `runtemplate.cron` says.
    Custom,
}

impl Interval {
    /// What `runtemplate.interv` holds.
    pub fn letter(self) -> char {
        match self {
            Interval::Never => 'n',
            Interval::Minutely => 'i',
            Interval::Hourly => 'h',
            Interval::Daily => 'd',
            Interval::Weekly => 'w',
            Interval::Monthly => 'm',
            Interval::Yearly => 'y',
            Interval::Custom => 'c',
        }
    }

    /// Is what `runtemplate.interv` holds that of one that never runs by itself?
    pub fn is_never(letter: &str) -> bool {
        // MariaDB took both for one when the suite compared them there.
        letter.chars().map(|c| c.to_ascii_lowercase()).eq([Interval::Never.letter()])
    }

    /// The suite's word for it, as in `job.schedule_type`; `minutly` is spelled so there.
    pub fn name(self) -> &'static str {
        match self {
            Interval::Never => "disabled",
            Interval::Minutely => "minutly",
            Interval::Hourly => "hourly",
            Interval::Daily => "daily",
            Interval::Weekly => "weekly",
            Interval::Monthly => "monthly",
            Interval::Yearly => "yearly",
            Interval::Custom => "custom",
        }
    }

    /// The cron expression it stands for; `None` for never and custom. Weekly means Monday.
    pub fn cron_line(self) -> Option<&'static str> {
        match self {
            Interval::Never | Interval::Custom => None,
            Interval::Minutely => Some("* * * * *"),
            Interval::Hourly => Some("0 * * * *"),
            Interval::Daily => Some("0 0 * * *"),
            Interval::Weekly => Some("0 0 * * 1"),
            Interval::Monthly => Some("0 0 1 * *"),
            Interval::Yearly => Some("0 0 1 1 *"),
        }
    }

    /// The length of a window in seconds, as the suite counts (a month is a twelfth of the mean year); 0 for never and custom.
    pub fn seconds(self) -> i64 {
        match self {
            Interval::Never | Interval::Custom => 0,
            Interval::Minutely => 60,
            Interval::Hourly => 3_600,
            Interval::Daily => 86_400,
            Interval::Weekly => 604_800,
            Interval::Monthly => 2_629_743,
            Interval::Yearly => 31_556_926,
        }
    }
}

impl FromStr for Interval {
    type Err = Error;

    /// Takes the letter, a word, or cron's `@daily` and its kin, in any case.
    fn from_str(text: &str) -> Result<Interval> {
        let lower = text.trim().to_ascii_lowercase();
        Ok(match lower.strip_prefix('@').unwrap_or(&lower) {
            "n" | "disabled" | "never" | "none" | "off" => Interval::Never,
            "i" | "minutly" | "minutely" | "minute" | "every_minute" => Interval::Minutely,
            "h" | "hourly" | "hour" => Interval::Hourly,
            "d" | "daily" | "day" | "midnight" => Interval::Daily,
            "w" | "weekly" | "week" => Interval::Weekly,
            "m" | "monthly" | "month" => Interval::Monthly,
            "y" | "yearly" | "annually" | "year" => Interval::Yearly,
            "c" | "custom" | "cron" => Interval::Custom,
            _ => {
                return Err(Error::usage(format!("`{}` is not an interval", text.trim())).hint(
                    "use a letter or a word: n never, i minutely, h hourly, d daily, w weekly, m monthly, y yearly, \
                     or c custom with --cron='MIN HOUR DAY MONTH WEEKDAY'",
                ));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_names_are_read_back() {
        use Interval::*;
        for interval in [Never, Minutely, Hourly, Daily, Weekly, Monthly, Yearly, Custom] {
            assert_eq!(interval.letter().to_string().parse::<Interval>().unwrap(), interval);
            assert_eq!(interval.name().parse::<Interval>().unwrap(), interval);
            assert_eq!(interval.cron_line().is_some(), interval.seconds() > 0);
            if let Some(line) = interval.cron_line() {
                crate::schedule::Cron::parse(line).unwrap();
            }
        }
    }

    #[test]
    fn words() {
        for (text, wanted) in
            [("@daily", Interval::Daily), (" Minutely ", Interval::Minutely), ("never", Interval::Never)]
        {
            assert_eq!(text.parse::<Interval>().unwrap(), wanted);
        }
        let error = "zzz".parse::<Interval>().unwrap_err();
        assert!(error.to_string().contains("`zzz`") && error.to_string().contains("d daily"), "{error}");
    }
}
