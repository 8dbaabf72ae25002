//! How a job stands, in the one set of words that there is for it: those of `job run --format=json`, of listings, of records and of
//! `--state`.
//!
//! Programs find other words only where an answer is of something else than a job's state: `error`, of `job run` that could not run it or
//! learn its end, as of every command that fails; `not found`, of a job that was deleted while it was waited for; `blocked` and `left`,
//! of `queue run`, for a job that it did not run.
//!
//! The table has no column of that: it is in `begin` and `exitcode`, and in the reason that is kept of a job that failed for want of
//! something.

use clap::ValueEnum;
use sea_query::{Cond, Expr, ExprTrait};
use strum::{EnumString, IntoStaticStr, VariantArray as _};

use crate::db::expression::literal;
use crate::db::{Row, tables};
use crate::error::exit;
use crate::executor::reason::{Code, Reason, StoredReason};
use crate::executor::{Ended, Ending};
use crate::job::model::JobState;
use crate::job::output_kind as kind;

/// The reasons by which a job counts as cancelled.
const CANCELLATIONS: &[Code] = &[Code::Cancelled, Code::Interrupted];

/// The state of a job, in the words that `--state` takes and listings show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, IntoStaticStr, EnumString)]
#[value(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// It waits to begin.
    #[value(aliases = ["waiting", "queued"])]
    Pending,
    /// It has begun and not ended.
    #[value(alias = "active")]
    Running,
    /// Its exit code is 0.
    #[value(aliases = ["succeeded", "ok", "successful"])]
    Success,
    /// Its exit code is not 0. A filter for this includes the states below.
    #[value(aliases = ["failure", "error"])]
    Failed,
    /// A user or a signal ended it.
    #[value(alias = "canceled")]
    Cancelled,
    /// Its time limit ended it.
    #[value(aliases = ["time-limit", "timeout"])]
    TimeLimit,
    /// Its program never began.
    #[value(alias = "not-run")]
    NotRun,
    /// Its program ran, or may have; its result is unknown.
    Lost,
}

impl State {
    /// Reads it from a row with `begin` and `exitcode`, and the line of the reason that is kept of it.
    pub fn read(job: &Row, reason: Option<&str>) -> State {
        State::with_reason(JobState::read(job), reason)
    }

    /// The state of a job that came so far, and has this line as its reason.
    pub fn with_reason(state: JobState, reason: Option<&str>) -> State {
        let code = match state {
            JobState::Waiting => return State::Pending,
            JobState::Running => return State::Running,
            JobState::Ended(0) => return State::Success,
            JobState::Ended(code) => code,
        };
        let Some(reason) = reason.map(StoredReason::read) else { return State::Failed };
        match reason.code {
            Some(reason) if CANCELLATIONS.contains(&reason) => State::Cancelled,
            Some(Code::TimeLimit) => State::TimeLimit,
            Some(reason) if code == i64::from(exit::NOT_RUN) && reason.may_have_begun() => State::Lost,
            // Its code may be one of a newer version.
            _ if code == i64::from(exit::NOT_RUN) && reason.has_code => State::NotRun,
            _ => State::Failed,
        }
    }

    /// The word for it in listings, in records and in JSON, by which `--state` takes it too.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// The state whose word this is; None of any other, aliases too.
    pub fn of_word(word: &str) -> Option<State> {
        word.parse().ok()
    }

    /// Has the job an exit code, whether or not its program ever ran?
    pub fn has_ended(self) -> bool {
        !matches!(self, State::Pending | State::Running)
    }

    /// Which rows of the table are in this state.
    pub fn condition(self) -> Cond {
        let column = |name: &'static str| Expr::col((tables::JOB, name));
        // A literal: an index of ours holds those of which this is so.
        let failed = || Cond::all().add(column("exitcode").ne(literal(0)));
        let unrun = || Cond::all().add(column("exitcode").eq(exit::NOT_RUN));
        let reason = |is: Expr| kind::newest(kind::REASON, is);
        let line = || Expr::col(kind::LINE);
        // A stored reason begins with its code.
        let is = |code: &Code| line().like(format!("{}: %", <&str>::from(code)));
        let is_one_of = |codes: &[Code]| codes.iter().map(is).reduce(ExprTrait::or).unwrap_or(Expr::value(false));
        let others = || [CANCELLATIONS, &[Code::TimeLimit]].concat();
        let lost = || -> Vec<Code> {
            let is_lost = |code: &Code| code.may_have_begun() && !others().contains(code);
            Code::VARIANTS.iter().copied().filter(is_lost).collect()
        };
        match self {
            State::Pending => Cond::all().add(column("begin").is_null()).add(column("exitcode").is_null()),
            State::Running => Cond::all().add(column("begin").is_not_null()).add(column("exitcode").is_null()),
            State::Success => Cond::all().add(column("exitcode").eq(0)),
            State::Failed => failed(),
            State::Cancelled => failed().add(reason(is_one_of(CANCELLATIONS))),
            State::TimeLimit => failed().add(reason(is(&Code::TimeLimit))),
            State::NotRun => {
                let is_another = is_one_of(&[others(), lost()].concat());
                unrun().add(reason(line().like("%: %").and(is_another.not())))
            }
            State::Lost => unrun().add(reason(is_one_of(&lost()))),
        }
    }
}

/// Which rows of the jobs, under this name in the query, began and have ended. What was cancelled while it waited is no run.
pub fn is_run(jobs: &'static str) -> Expr {
    Expr::col((jobs, "exitcode")).is_not_null().and(Expr::col((jobs, "begin")).is_not_null())
}

impl From<&Ended> for State {
    fn from(ended: &Ended) -> State {
        match (&ended.ending, &ended.reason) {
            (Ending::TimeLimit, _) => State::TimeLimit,
            (Ending::Cancelled(_), _) => State::Cancelled,
            (Ending::NotRun, None) => State::NotRun,
            (Ending::NotRun | Ending::Exited(_), reason) => {
                let state = JobState::Ended(ended.ending.exit_code().into());
                State::with_reason(state, reason.as_ref().map(Reason::line).as_deref())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_that_are_asked_for() {
        for state in State::value_variants() {
            assert_eq!(<State as ValueEnum>::from_str(state.word(), false).as_ref(), Ok(state));
            assert_eq!(State::of_word(state.word()), Some(*state));
            let named = state.to_possible_value().map(|value| value.get_name().to_owned());
            assert_eq!(named.as_deref(), Some(state.word()));
            assert_ne!(crate::output::colour::of_state(state.word()), anstyle::Style::new(), "{}", state.word());
        }
    }

    #[test]
    fn the_reason_decides_what_failed_means() {
        let of = |code, reason| State::with_reason(JobState::Ended(code), reason);
        assert_eq!(of(0, Some("TimeLimit: x")), State::Success);
        assert_eq!(of(124, Some("TimeLimit: x")), State::TimeLimit);
        assert_eq!(of(143, Some("Cancelled: x")), State::Cancelled);
        assert_eq!(of(130, Some("Interrupted: x")), State::Cancelled);
        assert_eq!(of(125, Some("ImagePull: x")), State::NotRun);
        assert_eq!(of(137, Some("OOMKilled: x")), State::Failed);
        for lost in ["RunnerLost: x", "RunnerDied: x", "ResultUnknown: x", "NodeLost: x"] {
            assert_eq!(of(125, Some(lost)), State::Lost);
        }
        // A newer version may know more reasons. Text without a code has none.
        assert_eq!(of(125, Some("Newer: x")), State::NotRun);
        assert_eq!((of(125, None), of(125, Some("whatever"))), (State::Failed, State::Failed));
    }
}
