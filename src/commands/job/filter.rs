//! Which jobs a listing shows: options that `job list`, `queue list`, `runtemplate list` and `runtemplate stats` have alike, and
//! the conditions that they are in SQL.

use chrono::{DateTime, NaiveDateTime, SubsecRound as _, TimeZone as _};
use chrono_tz::Tz;
use sea_query::{Cond, Expr, ExprTrait, Func, JoinType, Order, UnionType};

use crate::clock::Clock;
use crate::commands::{job, reference, runtemplate};
use crate::db::{Db, Dialect, select};
use crate::error::Result;
use crate::job::state::State;
use crate::job::state::is_run;
use crate::schedule::{parse_ago, parse_when, past_instant_of, repeated};
use crate::table::args;

#[derive(clap::Args)]
#[command(next_help_heading = args::FILTERS)]
pub struct Filter {
    /// Only in these states: failed,running
    ///
    /// Separate several with commas. failed includes cancelled, time_limit, not_run and lost; waiting means pending, ok means success
    #[arg(long, value_name = "STATE", value_delimiter = ',', ignore_case = true)]
    pub state: Vec<State>,
    /// Ran or waited since then: yesterday 22:00, 2h
    ///
    /// Also 2026-12-31 or -2 hours; 2h means two hours ago
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = Moment::read)]
    pub since: Option<Moment>,
    /// Began, or is due, by then: today 6:00, 30min
    ///
    /// Also +1 day; 30min means 30 minutes ago
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = Moment::read)]
    pub until: Option<Moment>,
    /// Of this runtemplate, by its id or name
    #[arg(long, value_name = "NAME|ID")]
    pub runtemplate: Option<String>,
    /// With these exit codes: 1,3
    #[arg(long = "exit-code", value_name = "N", value_delimiter = ',', allow_hyphen_values = true, value_parser = exit_code)]
    pub exit_code: Vec<i32>,
    /// Only of active runtemplates
    #[arg(long, conflicts_with = "inactive", hide_short_help = true)]
    pub active: bool,
    /// Only of inactive runtemplates
    #[arg(long, hide_short_help = true)]
    pub inactive: bool,
}

/// `--app`, where a listing has no other options that name an application.
#[derive(clap::Args)]
#[command(next_help_heading = args::FILTERS)]
pub struct App {
    /// Of this application, by its name or id
    ///
    /// Or by its UUID or executable
    #[arg(long, value_name = "NAME|ID")]
    app: Option<String>,
}

/// A moment in the words of `--schedule_time`, or an age: `2h` is two hours ago, `a month` one month, `+2h` is to come.
#[derive(Clone, Debug)]
pub struct Moment(String);

impl Moment {
    fn read(text: &str) -> Result<Moment, String> {
        let moment = Moment(text.to_owned());
        // Whether it is one does not depend on the clock.
        match moment.at(Clock::at(chrono::DateTime::UNIX_EPOCH.with_timezone(&Tz::UTC))) {
            Ok(_) => Ok(moment),
            Err(error) => Err(error.advice()),
        }
    }

    fn at(&self, clock: Clock) -> Result<Bound> {
        // Stored are whole seconds.
        let now = clock.instant.trunc_subsecs(0);
        if let Some(instant) = parse_ago(&self.0, &now)? {
            return Ok(Bound::at(instant, now));
        }
        let moment = parse_when(&self.0, clock.now, clock.zone)?;
        let instant = past_instant_of(moment, &now);
        Ok(instant.map_or(Bound { moment, repeated: None, is_past: moment <= clock.now }, |it| Bound::at(it, now)))
    }
}

/// A moment to compare stored times with, which have no offset.
struct Bound {
    moment: NaiveDateTime,
    /// It lies in an hour that the clock shows twice, the second time by now.
    repeated: Option<Repeated>,
    is_past: bool,
}

struct Repeated {
    begin: NaiveDateTime,
    end: NaiveDateTime,
    /// What of the hour is no later than this was shown twice by now: a stored time of the past is the second one.
    shown: NaiveDateTime,
    /// The bound itself is the second one.
    is_second: bool,
}

impl Bound {
    fn at(instant: DateTime<Tz>, now: DateTime<Tz>) -> Bound {
        let moment = instant.naive_local();
        let repeated = repeated(moment, &now.timezone()).filter(|_| instant <= now).and_then(|(begin, end)| {
            let second = |moment: NaiveDateTime| now.timezone().from_local_datetime(&moment).latest();
            let is_second = second(moment) == Some(instant);
            let shown = std::cmp::min(now.naive_local(), end);
            let has_come = second(begin).is_some_and(|second| second <= now);
            has_come.then_some(Repeated { begin, end, shown, is_second })
        });
        Bound { moment, repeated, is_past: instant <= now }
    }

    /// A time of the past is this moment or later.
    fn not_before(&self, name: &'static str) -> Cond {
        let is_later = column(name).gte(self.moment);
        let Some(Repeated { begin, end, shown, is_second }) = self.repeated else { return Cond::all().add(is_later) };
        let is_second_time = column(name).gte(begin).and(column(name).lte(shown));
        let any = Cond::any().add(column(name).gte(end));
        match is_second {
            true => any.add(is_second_time.and(is_later)),
            false => any.add(is_second_time).add(is_later),
        }
    }

    /// A time of the past is this moment or earlier.
    fn not_after(&self, name: &'static str) -> Cond {
        let is_earlier = column(name).lte(self.moment);
        let Some(Repeated { begin, end, shown, is_second }) = self.repeated else { return Cond::all().add(is_earlier) };
        let is_first_time = column(name).gt(shown).and(column(name).lt(end));
        match is_second {
            true => Cond::any().add(is_earlier).add(is_first_time),
            false => Cond::any().add(column(name).lt(begin)).add(is_first_time.and(is_earlier)),
        }
    }
}

/// Reads one of the exit codes that `--exit-code` takes.
fn exit_code(text: &str) -> Result<i32, String> {
    text.parse().map_err(|_| "it takes exit codes, whole numbers with commas between: 1,75".to_owned())
}

fn column(name: &'static str) -> Expr {
    Expr::col((job::TABLE.sql, name))
}

impl App {
    /// The condition on the table of jobs.
    ///
    /// # Errors
    /// There is no such application.
    pub async fn of_jobs(&self, db: &mut Db) -> Result<Cond> {
        let Some(given) = &self.app else { return Ok(Cond::all()) };
        let application = reference::application_called(db, given).await?;
        Ok(Cond::all().add(column("app_id").eq(application.int("id"))))
    }
}

impl Filter {
    /// The conditions on the table of jobs.
    ///
    /// # Errors
    /// There is no such runtemplate.
    pub async fn of_jobs(&self, db: &mut Db, clock: Clock) -> Result<Cond> {
        let mut all = self.within(db.dialect, clock)?;
        if !self.state.is_empty() {
            all = all.add(self.state.iter().fold(Cond::any(), |any, state| any.add(state.condition())));
        }
        if !self.exit_code.is_empty() {
            all = all.add(column("exitcode").is_in(self.exit_code.iter().copied()));
        }
        if let Some(given) = &self.runtemplate {
            all = all.add(column("runtemplate_id").is_in(runtemplates_called(db, given).await?));
        }
        if let Some(active) = self.active_condition() {
            let select = select::column(runtemplate::TABLE.sql, "id", active);
            all = all.add(column("runtemplate_id").in_subquery(select));
        }
        Ok(all)
    }

    /// The conditions on the table of runtemplates: a state that a job of theirs is in, or in which their newest result is.
    ///
    /// # Errors
    /// There is no such runtemplate.
    pub async fn of_runtemplates(&self, db: &mut Db, clock: Clock) -> Result<Cond> {
        let id = || Expr::col((runtemplate::TABLE.sql, "id"));
        let mut all = self.of_whose(db).await?;
        // Of few jobs one asks whose they are, and of each runtemplate for its newest result.
        let owns_job = |conditions: Cond| {
            let mut select =
                select::from(job::TABLE.sql).column((job::TABLE.sql, "runtemplate_id")).cond_where(conditions).take();
            id().in_subquery(select.and_where(column("runtemplate_id").is_not_null()).take())
        };
        let has_job = |conditions: Cond| {
            let mut select =
                select::from(job::TABLE.sql).expr(Expr::val(1)).and_where(column("runtemplate_id").eq(id())).take();
            Expr::exists(select.cond_where(conditions).take())
        };
        let dialect = db.dialect;
        let is_newest = || Cond::all().add(is_newest_result(dialect));
        if self.since.is_some() || self.until.is_some() {
            all = all.add(owns_job(self.within(db.dialect, clock)?));
        }
        if !self.state.is_empty() {
            all = all.add(self.state.iter().fold(Cond::any(), |any, state| match state.has_ended() {
                true => any.add(has_job(is_newest().add(state.condition()))),
                false => any.add(owns_job(state.condition())),
            }));
        }
        if !self.exit_code.is_empty() {
            let codes = column("exitcode").is_in(self.exit_code.iter().copied());
            all = all.add(has_job(is_newest().add(codes)));
        }
        Ok(all)
    }

    /// Those conditions that say nothing of jobs, but of their runtemplates.
    ///
    /// # Errors
    /// There is no such runtemplate.
    pub async fn of_whose(&self, db: &mut Db) -> Result<Cond> {
        let mut all = self.active_condition().unwrap_or_else(Cond::all);
        if let Some(given) = &self.runtemplate {
            let is_called = Expr::col((runtemplate::TABLE.sql, "id")).is_in(runtemplates_called(db, given).await?);
            all = Cond::all().add(all).add(is_called);
        }
        Ok(all)
    }

    fn active_condition(&self) -> Option<Cond> {
        let active = || Expr::col((runtemplate::TABLE.sql, "active"));
        match (self.active, self.inactive) {
            (true, _) => Some(Cond::all().add(active().eq(true))),
            (_, true) => Some(Cond::any().add(active().eq(false)).add(active().is_null())),
            _ => None,
        }
    }

    /// Jobs that ran or waited in the time that is asked for. One that has not begun counts by the moment at which it is to.
    fn within(&self, dialect: Dialect, clock: Clock) -> Result<Cond> {
        let mut all = Cond::all();
        if let Some(since) = &self.since {
            let since = since.at(clock)?;
            let has_not_ended = match since.is_past {
                true => Cond::all().add(column("exitcode").is_null()),
                false => Cond::all().add(column("exitcode").is_null()).add(column("schedule").gte(since.moment)),
            };
            // The suite leaves jobs without an end that its executor lost.
            let lost = Cond::all().add(column("end").is_null()).add(since.not_before("begin"));
            all = all.add(any_of(dialect, since.not_before("end"), [has_not_ended, lost]));
        }
        if let Some(until) = &self.until {
            let until = until.at(clock)?;
            let is_to_begin = Cond::all().add(column("begin").is_null()).add(until.not_after("schedule"));
            all = all.add(any_of(dialect, until.not_after("begin"), [is_to_begin]));
        }
        Ok(all)
    }
}

/// Jobs to which one of these conditions applies, each of which has an index.
fn any_of<const N: usize>(dialect: Dialect, first: Cond, others: [Cond; N]) -> Cond {
    if dialect.combines_indexes() {
        return others.into_iter().fold(Cond::any().add(first), Cond::add);
    }
    let ids =
        |conditions: Cond| select::from(job::TABLE.sql).column((job::TABLE.sql, "id")).cond_where(conditions).take();
    let mut all = ids(first);
    for other in others {
        all.union(UnionType::All, ids(other));
    }
    Cond::all().add(column("id").in_subquery(all))
}

/// A job is the one of its runtemplate that has a result and ended last; a schedule's job is made long before it runs.
///
/// Of those that ended in one second the newest, and one without an end counts as the oldest.
fn is_newest_result(dialect: Dialect) -> Expr {
    let other = |name: &'static str| Expr::col(("other", name));
    let mut newest = select::from_as(job::TABLE.sql, "other").and_where(is_run("other")).take();
    if !dialect.prefers_one_pass() {
        newest.column(("other", "id")).and_where(other("runtemplate_id").equals((runtemplate::TABLE.sql, "id")));
        newest.order_by(("other", "end"), Order::Desc).order_by(("other", "id"), Order::Desc).limit(1);
        return column("id").eq(newest);
    }
    let end = |end: Expr| Func::coalesce([end, dialect.before_all_moments()]);
    let ends = select::column(job::TABLE.sql, "runtemplate_id", is_run(job::TABLE.sql))
        .expr_as(Func::max(end(column("end"))), "newest")
        .group_by_col("runtemplate_id")
        .take();
    let is_last = Expr::col(("last", "runtemplate_id")).equals(("other", "runtemplate_id"));
    let is_last = is_last.and(Expr::col(("last", "newest")).eq(end(other("end"))));
    newest.expr(other("id").max()).join_subquery(JoinType::InnerJoin, ends, "last", is_last);
    column("id").in_subquery(newest.group_by_col(("other", "runtemplate_id")).take())
}

/// The ids of the runtemplates that are called so: several may have one name.
///
/// # Errors
/// No runtemplate is called so, or it is the name of one and the id of another.
async fn runtemplates_called(db: &mut Db, given: &str) -> Result<Vec<i64>> {
    let table = &runtemplate::TABLE;
    let select = select::column(table.sql, "id", Expr::col("name").eq(given));
    let named: Vec<i64> = db.fetch_ids(&select).await?;
    let by_id = match given.parse::<i64>() {
        Ok(id) => db.find(table.sql, id).await?.and_then(|row| row.int("id")),
        Err(_) => None,
    };
    match (named.iter().find(|id| Some(**id) != by_id), by_id) {
        (Some(other), Some(id)) => {
            let ids = [other, &id].map(ToString::to_string);
            Err(table.ambiguous(&format!("--runtemplate={given}"), "name", ids).hint(format!(
                "Give the one that is called so another name: `multiflexi-cli runtemplate update --id={other} --name=NAME`"
            )))
        }
        (None, Some(id)) => Ok(vec![id]),
        (Some(_), None) => Ok(named),
        (None, None) => Err(table.unknown_name(db, "name or id", given, given).await),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn an_age_is_in_the_past() {
        let now = crate::row::parse_time("2026-10-25 12:00:00").unwrap();
        let clock = Clock::at(Tz::Europe__Prague.from_local_datetime(&now).unwrap());
        for (text, wanted) in [
            ("2h", "2026-10-25 10:00:00"),
            ("+2h", "2026-10-25 14:00:00"),
            ("1 month", "2026-09-25 12:00:00"),
            ("a year", "2025-10-25 12:00:00"),
            ("-2 hours", "2026-10-25 10:00:00"),
            // The clock was set back in the night.
            ("12h", "2026-10-25 01:00:00"),
            ("yesterday 22:00", "2026-10-24 22:00:00"),
            ("2026-10-01", "2026-10-01 00:00:00"),
        ] {
            assert_eq!(Moment::read(text).unwrap().at(clock).unwrap().moment.to_string(), wanted, "{text}");
        }
        assert!(Moment::read("whenever").is_err());
        assert!(Moment::read("99999999d").is_err());
    }
}
