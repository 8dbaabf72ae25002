//! How a job stands, as listings name it and as `--state` asks for it.
//!
//! The table has no column of that: it is in `begin` and `exitcode`, and in the reason that is kept of a job that was cancelled.

use clap::ValueEnum;
use sea_query::{Cond, Expr, ExprTrait};

use crate::commands::job::TABLE;
use crate::db::Row;
use crate::executor::reason::Code;
use crate::job::model::JobState;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// It has not begun.
    #[value(aliases = ["pending", "queued"])]
    Waiting,
    #[value(alias = "active")]
    Running,
    /// Its exit code is 0.
    #[value(aliases = ["success", "ok", "successful"])]
    Succeeded,
    /// Its exit code is another one.
    #[value(aliases = ["failure", "error"])]
    Failed,
    /// Somebody ended it.
    #[value(alias = "canceled")]
    Cancelled,
}

impl State {
    /// Of a row with `begin` and `exitcode`, and the reason that is kept of it.
    pub fn of(job: &Row, reason: Option<&str>) -> State {
        match JobState::of(job) {
            JobState::Waiting => State::Waiting,
            JobState::Running => State::Running,
            JobState::Ended(0) => State::Succeeded,
            JobState::Ended(_) if reason.and_then(Code::of_line) == Some(Code::Cancelled) => State::Cancelled,
            JobState::Ended(_) => State::Failed,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Running => "running",
            State::Succeeded => "succeeded",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    pub fn has_ended(self) -> bool {
        matches!(self, State::Succeeded | State::Failed | State::Cancelled)
    }

    /// Which rows of the table are in this state. One that was cancelled has failed too.
    pub fn condition(self) -> Cond {
        let column = |name: &'static str| Expr::col((TABLE.sql, name));
        match self {
            State::Waiting => Cond::all().add(column("begin").is_null()).add(column("exitcode").is_null()),
            State::Running => Cond::all().add(column("begin").is_not_null()).add(column("exitcode").is_null()),
            State::Succeeded => Cond::all().add(column("exitcode").eq(0)),
            State::Failed => Cond::all().add(column("exitcode").ne(0)),
            State::Cancelled => Cond::all().add(column("exitcode").ne(0)).add(Expr::cust(
                "EXISTS (SELECT 1 FROM job_output_lines o WHERE o.job_id = job.id AND o.type = 'reason' AND o.line LIKE 'Cancelled:%')",
            )),
        }
    }
}
