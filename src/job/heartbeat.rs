//! When the queue was last filled and last run, for whoever watches that: a row each among the suite's settings of modules, of a
//! module that the suite does not have.

use chrono::{Duration, NaiveDateTime};
use sea_query::{Expr, ExprTrait};

use crate::db::rows::Values;
use crate::db::{Db, select, tables};
use crate::error::{Kind, Result};
use crate::unix_user;

const TABLE: &str = tables::MODCONFIG;
const MODULE: &str = "multiflexi-cli";
/// A row that is younger is left as it is: many calls in a row pay for one.
const PACE: Duration = Duration::seconds(20);

/// What is done to the queue again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    Fill,
    Run,
}

impl Round {
    /// Its name in the row.
    fn name(self) -> &'static str {
        match self {
            Round::Fill => "queue fill",
            Round::Run => "queue run",
        }
    }
}

/// Enters that a round begins. That it cannot be entered keeps nobody from the round: whatever is wrong is told there.
///
/// # Errors
/// The database lets nobody in any more, which would be waited for once more by whatever follows.
pub async fn beat(db: &mut Db, round: Round, now: NaiveDateTime) -> Result<()> {
    match enter(db, round, now).await {
        Err(error) if error.may_pass() && !db.is_reachable().await => Err(error),
        Err(error) => {
            tracing::debug!(why = error.line(), "{} is not entered", round.name());
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

async fn enter(db: &mut Db, round: Round, now: NaiveDateTime) -> Result<()> {
    let mut select = select::columns(TABLE, ["id", "DatSave"]).and_where(Expr::col("module").eq(MODULE)).take();
    let row = db.fetch_optional(select.and_where(Expr::col("cfg").eq(round.name())).limit(1)).await?;
    let host: String = unix_user::host().chars().take(255).collect();
    let Some(row) = row else {
        let row: Values = vec![
            ("name", format!("When `{}` last began", round.name()).into()),
            ("module", MODULE.into()),
            ("cfg", round.name().into()),
            ("value", host.into()),
            ("DatSave", now.into()),
        ];
        return db.add_row(TABLE, row).await.map(drop);
    };
    let is_fresh = |saved| (Duration::zero()..PACE).contains(&now.signed_duration_since(saved));
    if row.time("DatSave").is_some_and(is_fresh) {
        return Ok(());
    }
    db.update_where(TABLE, Expr::col("id").eq(row.int("id")), [("DatSave", now.into()), ("value", host.into())])
        .await
        .map(drop)
}

/// When a round of this kind last began; None where none is known of.
///
/// # Errors
/// The database cannot be asked.
pub async fn last(db: &mut Db, round: Round) -> Result<Option<NaiveDateTime>> {
    let mut select = select::column(TABLE, "DatSave", Expr::col("module").eq(MODULE));
    match db.fetch_all(select.and_where(Expr::col("cfg").eq(round.name()))).await {
        // Two first ones at once leave a row each.
        Ok(rows) => Ok(rows.iter().filter_map(|row| row.time("DatSave")).max()),
        Err(error) if error.kind == Kind::NoTable => Ok(None),
        Err(error) => Err(error),
    }
}
