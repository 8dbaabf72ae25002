//! When things run: interval letters, cron expressions and moments as people write them.
//!
//! The database holds naive local times of the suite's zone, so moments go in and out as such; the zone is asked where its clock
//! jumps.

mod cron;
mod deadline;
mod duration;
mod field;
mod interval;
mod moment;
mod unit;
mod zone;

pub use self::cron::Cron;
pub use deadline::DeadlineOffset;
pub use duration::{parse_age, parse_limit};
pub use interval::Interval;
pub use moment::{parse as parse_when, parse_ago, parse_planned};
pub use zone::{future_instant_of, may_follow, past_instant_of, repeated, shown};
