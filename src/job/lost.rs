//! Jobs whose runner died with them: their result cannot be learned, and is saved as that, so that the schedule and the
//! next attempt go on.

use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait};

use crate::config;
use crate::db::{Db, Row};
use crate::error::{Result, exit};
use crate::job::finish::{self, Finished};
use crate::job::output::{self, kind};
use crate::job::overlap::is_kubernetes;
use crate::job::recovery;
use crate::job::runner::{self, Whereabouts};

/// What is saved of them.
pub const EXIT_CODE: i32 = exit::NOT_RUN as i32;

/// Jobs whose runner died on this machine, the oldest first.
#[derive(Default)]
pub struct Lost {
    /// Their pods know how they ended: whoever runs them again brings it home.
    pub in_kubernetes: Vec<Row>,
    pub others: Vec<i64>,
}

pub async fn find(db: &mut Db) -> Result<Lost> {
    let mut lost = Lost::default();
    for job in db.fetch_all(&runner::unfinished()).await?.into_iter().rev() {
        match (runner::whereabouts(&job), is_kubernetes(&job)) {
            (Whereabouts::Gone, true) => lost.in_kubernetes.push(job),
            (Whereabouts::Gone, false) => lost.others.extend(job.int("id")),
            _ => {}
        }
    }
    Ok(lost)
}

/// What became of a job whose runner died.
pub enum Mended {
    /// The runner had written its result to a recovery file, which is loaded now.
    Recovered(i32),
    /// Ended with [`EXIT_CODE`].
    Ended,
    /// Somebody else ended it meanwhile.
    Left,
}

/// Ends a job whose runner died.
pub async fn end(db: &mut Db, zone: Tz, id: i64) -> Result<Mended> {
    let now = config::now(zone);
    let select = runner::unfinished().and_where(Expr::col(("job", "id")).eq(id)).take();
    let Some(job) = db.fetch_optional(&select).await? else { return Ok(Mended::Left) };
    if let Some(file) = job.int("pid").and_then(|pid| recovery::left_by(id, pid)) {
        let (_, code) = recovery::load(db, zone, &file).await?;
        // Loaded, and of no more use; one that stays is refused when it is loaded again.
        let _ = std::fs::remove_file(&file);
        return Ok(Mended::Recovered(code));
    }
    db.transaction(async |db| {
        let still = db.fetch_optional(&select).await?.is_some_and(|job| runner::whereabouts(&job) == Whereabouts::Gone);
        let Some(job) = db.find("job", id).await?.filter(|_| still) else { return Ok(Mended::Left) };
        let words = "RunnerLost: the process that ran it died before it saved the result; the output may be incomplete";
        output::add(db, id, kind::REASON, words, now).await?;
        let command = job.text("command").unwrap_or_default();
        let finished =
            Finished { job: id, end: now, exit_code: EXIT_CODE, command: &command, app_version: None, artifacts: &[] };
        finish::enter(db, &finished, true).await?;
        Ok(Mended::Ended)
    })
    .await
}
