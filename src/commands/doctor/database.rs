//! The database: whether it answers, how it is reached, what it has, and what we may do there.

use chrono::{DateTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait};
use tokio::sync::oneshot;

use crate::clock::{Clock, TOLERANCE};
use crate::commands::credential::values::ValueStore;
use crate::commands::doctor::finding::{Finding, Needs, limit};
use crate::commands::doctor::tools::no_answer;
use crate::commands::doctor::{folders, queue, settings};
use crate::context::Context;
use crate::db::dialect::connect;
use crate::db::{Database, Server, Value, select, tables};
use crate::db::{Db, Sql, migrate};
use crate::encryption::{keyring, unwrap_key};
use crate::error::{Error, Result};
use crate::executor::ExecutorName;
use crate::executor::kubernetes::KubernetesSettings;
use crate::foreign_name::ForeignName;
use crate::job::model::executor_name;
use crate::secret::Secret;

/// From here on jobs begin at the wrong time.
const TOO_MUCH: i64 = 60;

/// What is asked of a database beside what it is itself.
struct Question {
    clock: Clock,
    zone: Tz,
    master_key: Option<Secret>,
    encrypts: bool,
}

/// Tells `needs` as soon as they are known.
pub async fn examine(ctx: &mut Context, needs: oneshot::Sender<Needs>) -> Vec<Finding> {
    const CHECK: &str = "database";
    // What is wrong with the settings is told with them.
    let Ok(target) = ctx.settings.database() else { return Vec::new() };
    if let Database::Sqlite { path } = &target
        && !path.exists()
    {
        if let Some(message) = folders::obstacle(path) {
            let remedy = match settings::is_embedded(&ctx.settings, &target) {
                true => {
                    "Name a file that this user may make, by DB_DATABASE with DB_CONNECTION=sqlite, or set XDG_DATA_HOME"
                }
                false => "Name a file that this user may make by DB_DATABASE",
            };
            return vec![Finding::bad(CHECK, message, remedy)];
        }
        let message = format!("{} does not exist yet; the first command that needs it creates it", path.display());
        return vec![match settings::is_embedded(&ctx.settings, &target) {
            true => Finding::good(CHECK, message),
            false => Finding::doubtful(CHECK, message, "Check DB_DATABASE, if there should be one already"),
        }];
    }
    let mut found: Vec<Finding> = match &target {
        Database::Sqlite { path } => folders::room_of_database(path).into_iter().collect(),
        Database::MySql(_) | Database::Postgres(_) => Vec::new(),
    };
    let examining = async {
        ctx.db().await?.expect_answers(limit());
        found.push(Finding::good(CHECK, format!("{target} answers")));
        ctx.follow_server_clock().await?;
        let question = Question {
            clock: ctx.clock(),
            zone: ctx.zone,
            master_key: keyring::master_key(&ctx.settings),
            encrypts: ValueStore::from_settings(&ctx.settings).is_enabled,
        };
        let db = ctx.db().await?;
        inside(db, &question, needs, &mut found).await
    };
    match tokio::time::timeout(limit(), examining).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => found.push(failed(CHECK, &error)),
        Err(_) => found.push(Finding::bad(
            CHECK,
            no_answer(&target.to_string(), limit()),
            "See whether its server runs and is not stopped or overloaded, and whether somebody holds a lock",
        )),
    }
    found
}

fn failed(check: &'static str, error: &Error) -> Finding {
    Finding::bad(
        check,
        error.line(),
        error.hint.clone().unwrap_or_else(|| "`multiflexi-cli database status` tells more".into()),
    )
}

async fn inside(
    db: &mut Db,
    question: &Question,
    needs: oneshot::Sender<Needs>,
    found: &mut Vec<Finding>,
) -> Result<()> {
    if let Database::MySql(server) | Database::Postgres(server) = db.target().clone() {
        found.push(tls(db, &server).await?);
        found.push(clock(db).await?);
        found.extend(server_zone(db, question.zone).await?);
    }
    let (schema, is_usable) = schema(db).await?;
    found.push(schema);
    if !is_usable {
        return Ok(());
    }
    let _ = needs.send(needed(db).await?);
    found.push(rights(db).await);
    found.push(key(db, question).await?);
    queue::examine(db, question.clock, found).await
}

/// Whether others can read along.
async fn tls(db: &mut Db, server: &Server) -> Result<Finding> {
    const CHECK: &str = "tls";
    let version = match db.dialect.tls_version() {
        Some(sql) => db.fetch_optional(&Sql(sql)).await?.and_then(|row| row.filled("Value")),
        None => None,
    };
    let mode = server.tls.mode;
    let remedy = "Set DB_SSLMODE to require, better to verify-full";
    let host = server.shown_host();
    Ok(match (version, server.exposure()) {
        (Some(version), None) => Finding::good(CHECK, format!("{version} (DB_SSLMODE {mode})")),
        (Some(version), Some(words)) => Finding::doubtful(CHECK, format!("{version} now, but {words}"), remedy),
        (None, _) if server.is_here() => Finding::good(CHECK, "none: the server is on this machine"),
        (None, _) => Finding::doubtful(
            CHECK,
            format!("none: the traffic to {host} can be read on its way (DB_SSLMODE {mode})"),
            remedy,
        ),
    })
}

/// Whether this machine's clock is the server's.
async fn clock(db: &mut Db) -> Result<Finding> {
    const CHECK: &str = "clock";
    let ahead = db.seconds_ahead().await?;
    let message = match ahead {
        0 => "the same as the database server's".to_owned(),
        ahead if ahead > 0 => format!("{ahead} s ahead of the database server's"),
        ahead => format!("{} s behind the database server's", ahead.unsigned_abs()),
    };
    let remedy = "Let NTP set both: `timedatectl set-ntp true`";
    Ok(match ahead.saturating_abs() {
        0..=TOLERANCE => Finding::good(CHECK, message),
        difference if difference <= TOO_MUCH => Finding::doubtful(CHECK, message, remedy),
        _ => Finding::bad(CHECK, message, remedy),
    })
}

/// Looks so often at the server's clock, and so far apart: about a year, in which no summer time is missed.
const LOOKS: i64 = 27;
const BETWEEN_LOOKS: i64 = 14 * 24 * 3600;

/// What is wrong with the zone of a server that stores times by its own clock.
async fn server_zone(db: &mut Db, zone: Tz) -> Result<Option<Finding>> {
    let now = chrono::Utc::now().timestamp();
    let moments: Vec<i64> = (0..LOOKS).map(|turn| now.saturating_add(turn.saturating_mul(BETWEEN_LOOKS))).collect();
    let Some(select) = db.dialect.zone_offsets(moments.iter().copied()) else { return Ok(None) };
    let Some(row) = db.fetch_optional(&select).await? else { return Ok(None) };
    let theirs: Vec<i64> = row.values.iter().filter_map(Value::to_int).collect();
    let ours = moments.iter().filter_map(|moment| DateTime::from_timestamp(*moment, 0));
    let ours: Vec<i64> =
        ours.map(|moment| zone.offset_from_utc_datetime(&moment.naive_utc()).fix().local_minus_utc().into()).collect();
    Ok(leaves_out_others(&theirs, &ours).then(|| {
        Finding::doubtful(
            "server zone",
            format!(
                "the database server's zone is not {zone} (MULTIFLEXI_TIMEZONE), and its clock leaves out an hour in spring: a time of that \
                 hour cannot be stored there, so that no job begins or ends in it"
            ),
            "Let MULTIFLEXI_TIMEZONE, and the suite's zone, be the server's (its `@@time_zone`, and `@@system_time_zone` where that is `SYSTEM`). To give the server \
             another zone in place of that shifts the times that its TIMESTAMP columns hold",
        )
    }))
}

/// Does a clock leave out times that ours shows? By how far both are ahead of UTC, look by look.
fn leaves_out_others(theirs: &[i64], ours: &[i64]) -> bool {
    let leaves_out_some = theirs.windows(2).any(|pair| pair[0] < pair[1]);
    leaves_out_some && theirs != ours
}

/// Whether the schema is whole, and whether anything can be done with it.
async fn schema(db: &mut Db) -> Result<(Finding, bool)> {
    const CHECK: &str = "schema";
    const REMEDY: &str = "`multiflexi-cli database migrate` adds it; `multiflexi-cli database status` tells what it is";
    let state = migrate::inspect(db).await?;
    let version = state.version.clone().unwrap_or_else(|| "of no known version".into());
    if state.is_foreign {
        let message = format!("{} is not a database of MultiFlexi", db.target());
        return Ok((Finding::bad(CHECK, message, "Check DB_DATABASE"), false));
    }
    if state.is_empty {
        let remedy = "`multiflexi-cli database migrate` creates the tables";
        return Ok((Finding::bad(CHECK, format!("{} is empty", db.target()), remedy), false));
    }
    let tables: Vec<String> = state.missing_tables.iter().map(ToString::to_string).collect();
    let lacks_one = tables.iter().any(|table| !migrate::OWN_TABLES.contains(&table.as_str()));
    let is_usable = !tables.iter().any(|table| {
        [tables::JOB, tables::SCHEDULE, tables::RUNTEMPLATE, tables::APPS, tables::COMPANY].contains(&table.as_str())
    });
    let finding = match (lacks_one, state.steps.is_empty() && state.missing_columns.is_empty()) {
        (true, _) if tables.len() > 5 => {
            Finding::bad(CHECK, format!("{version}; it lacks {} tables", tables.len()), REMEDY)
        }
        (true, _) => Finding::bad(CHECK, format!("{version}; it lacks tables: {}", tables.join(", ")), REMEDY),
        (false, false) => {
            let missing: Vec<String> = tables
                .into_iter()
                .chain(state.missing_columns.iter().cloned())
                .chain(state.missing_indexes.iter().map(ToString::to_string))
                .collect();
            // What lacks an index is read whole.
            let cost = match state.missing_indexes.is_empty() {
                true => "",
                false => "; without an index each job costs the more, the longer queue and history are",
            };
            Finding::doubtful(CHECK, format!("{version}; it works, but lacks {}{cost}", missing.join(", ")), REMEDY)
        }
        (false, true) => Finding::good(CHECK, format!("{version}, complete")),
    };
    Ok((finding, is_usable))
}

/// Whether we may write. What would be changed fits no row.
async fn rights(db: &mut Db) -> Finding {
    const CHECK: &str = "database rights";
    const REMEDY: &str = "Give the database's user SELECT, INSERT, UPDATE and DELETE on all of its tables";
    if let Database::Sqlite { path } = db.target()
        && connect::is_read_only(path)
    {
        return Finding::bad(
            CHECK,
            "this user may read the database, but not write it",
            "Run this as a user who may write the file and its folder",
        );
    }
    let tried = db.transaction_once(async |db| {
        db.update_where(tables::JOB, Expr::col("id").eq(-1), [("pid", 0.into())]).await?;
        db.delete_where(tables::SCHEDULE, Expr::col("id").eq(-1)).await?;
        let none = select::columns(tables::SCHEDULE, ["after", "job"]).and_where(Expr::col("id").eq(-1)).take();
        db.execute(&select::into(tables::SCHEDULE, ["after", "job"], none)?).await
    });
    match tried.await {
        Ok(_) => Finding::good(CHECK, "reading and writing"),
        Err(error) => Finding::bad(CHECK, format!("the database cannot be written: {}", error.line()), REMEDY),
    }
}

/// Whether secret values can be read and written.
async fn key(db: &mut Db, question: &Question) -> Result<Finding> {
    const CHECK: &str = "key";
    const SET: &str = "Set ENCRYPTION_MASTER_KEY to the key they were written with";
    let encrypted = match db.has_column(tables::CREDATA, "is_encrypted").await? {
        true => db.count_where(tables::CREDATA, Expr::col("is_encrypted").eq(true)).await?,
        false => 0,
    };
    let Some(master_key) = &question.master_key else {
        return Ok(match (encrypted, question.encrypts) {
            (0, false) => Finding::good(CHECK, "none is needed: DATA_ENCRYPTION_ENABLED is false"),
            (0, true) => Finding::doubtful(
                CHECK,
                "no master key is set: a credential's secret values cannot be stored",
                "Set ENCRYPTION_MASTER_KEY to a long random text, keep a copy, and run `multiflexi-cli encryption init`",
            ),
            (count, _) => {
                Finding::bad(CHECK, format!("no master key is set: {count} encrypted values cannot be read"), SET)
            }
        });
    };
    if !db.has_table(keyring::TABLE).await? {
        return Ok(Finding::doubtful(CHECK, "the schema has no place for keys", "`multiflexi-cli database migrate`"));
    }
    let Some(row) = keyring::active_row(db).await?.filter(keyring::is_initialized) else {
        return Ok(Finding::doubtful(CHECK, "there is no key yet", "`multiflexi-cli encryption init` creates one"));
    };
    let version = row.int("version").unwrap_or(1);
    Ok(match unwrap_key(&row.text("key_data").unwrap_or_default(), master_key) {
        Ok(_) => {
            Finding::good(CHECK, format!("version {version} fits the master key; {encrypted} values are encrypted"))
        }
        Err(_) => Finding::bad(CHECK, format!("the master key does not fit the key of version {version}"), SET),
    })
}

/// What active runtemplates need.
async fn needed(db: &mut Db) -> Result<Needs> {
    let select =
        select::from(tables::RUNTEMPLATE).distinct().column("executor").and_where(Expr::col("active").eq(true)).take();
    let executors = db.fetch_all(&select).await?.iter().map(executor_name).collect();
    let mut needs = Needs { executors, namespaces: Vec::new() };
    if !needs.executor(&ExecutorName::Kubernetes) || !db.has_table(tables::APP_KUBERNETES).await? {
        return Ok(needs);
    }
    let joined = Expr::col((tables::APP_KUBERNETES, "app_id")).equals((tables::RUNTEMPLATE, "app_id"));
    let mut select = select::from(tables::RUNTEMPLATE).column((tables::APP_KUBERNETES, "definition")).distinct().take();
    select.left_join(tables::APP_KUBERNETES, joined).and_where(Expr::col("active").eq(true));
    select.and_where(Expr::col("executor").eq(ExecutorName::Kubernetes.as_str()));
    for row in db.fetch_all(&select).await? {
        let definition = row.text("definition").and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let settings = KubernetesSettings::new("", "", None, &definition);
        let is_name = ForeignName::Namespace.option(&settings.namespace).is_ok();
        // One that is not named is the pod's own, where we run in one.
        if settings.is_namespace_named && is_name && !needs.namespaces.contains(&settings.namespace) {
            needs.namespaces.push(settings.namespace);
        }
    }
    Ok(needs)
}

#[cfg(test)]
mod tests {
    use super::leaves_out_others;

    #[test]
    fn a_clock_that_goes_as_ours_leaves_out_what_ours_does() {
        let (winter, summer) = (3600, 7200);
        let prague = [winter, winter, summer, summer, winter];
        for (theirs, ours, is_wrong) in [
            (prague, prague, false),
            ([0; 5], prague, false),
            (prague, [0; 5], true),
            (prague, prague.map(|offset| offset - 3600), true),
            (prague, [winter; 5], true),
            ([summer, winter, winter, winter, winter], [0; 5], false),
        ] {
            assert_eq!(leaves_out_others(&theirs, &ours), is_wrong, "{theirs:?} {ours:?}");
        }
    }
}
