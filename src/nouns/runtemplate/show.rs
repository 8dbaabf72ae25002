//! `runtemplate list` and `runtemplate get`.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait, JoinType, Query};

use crate::context::Context;
use crate::db::Value;
use crate::error::Result;
use crate::nouns::joined::{self, Joined};
use crate::nouns::reference;
use crate::nouns::runtemplate::{TABLE, config, export};
use crate::output::Outcome;
use crate::secret::field_is_secret;
use crate::table::crud::{self, Paging};
use crate::table::mask;

#[derive(clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    application: reference::Application,
    #[command(flatten)]
    company: reference::Company,
}

pub async fn list(ctx: &mut Context, matches: &ArgMatches, args: ListArgs) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let mut query = Query::select();
    query.expr(Expr::cust("runtemplate.*")).expr_as(Expr::col(("apps", "uuid")), "app_uuid").from(TABLE.sql).join(
        JoinType::LeftJoin,
        "apps",
        Expr::col(("apps", "id")).equals((TABLE.sql, "app_id")),
    );
    if let Some(company) = args.company.find(db).await? {
        query.and_where(Expr::col((TABLE.sql, "company_id")).eq(company.int("id")));
    }
    if let Some(application) = args.application.find(db).await? {
        query.and_where(Expr::col((TABLE.sql, "app_id")).eq(application.int("id")));
    }
    let mut columns = db.require_columns(TABLE.sql).await?.to_vec();
    columns.push("app_uuid".into());
    let listed = Joined { query, columns: &columns, listing: TABLE.listing };
    joined::stream(db, printer, listed, &Paging::of(matches), false, |_| {}).await
}

#[derive(clap::Args)]
pub struct GetArgs {
    /// Print the command that makes it in another database, without its secrets
    #[arg(long, conflicts_with = "fields")]
    export: bool,
}

/// The record, and behind its columns the settings that a job would get: the runtemplate's values over the application's
/// defaults, secrets masked.
pub async fn get(ctx: &mut Context, matches: &ArgMatches, args: GetArgs) -> Result<Outcome> {
    let db = ctx.db().await?;
    let row = crud::pick(db, &TABLE, matches).await?;
    if args.export {
        return export::export(db, &row).await;
    }
    let fields = config::fields_of(db, row.int("app_id").unwrap_or_default()).await?;
    let values = config::values_of(db, row.int("id").unwrap_or_default()).await?;
    let mut record = TABLE.show(&row, true);
    let mut settings: Vec<(String, Value)> = Vec::new();
    for field in &fields {
        let Some(key) = field.text("keyname") else { continue };
        let value = values.iter().find(|row| row.text("name").as_deref() == Some(&key)).map(|row| row.get("value"));
        let value = value.filter(|value| !value.is_null()).unwrap_or(field.get("defval"));
        let kind = field.text("type").unwrap_or_default();
        let is_secret = field_is_secret(&key, field.truth("secret"), &kind, &value.to_text());
        settings.push((key, if is_secret { mask(value) } else { value.clone() }));
    }
    for row in &values {
        let Some(key) = row.text("name") else { continue };
        if !settings.iter().any(|(known, _)| *known == key) {
            let value = row.get("value");
            // A key that the application does not describe may be a secret for all we know.
            let is_secret = field_is_secret(&key, false, "string", &value.to_text());
            settings.push((key, if is_secret { mask(value) } else { value.clone() }));
        }
    }
    settings.sort_by(|a, b| a.0.cmp(&b.0));
    for (key, value) in settings {
        // A field named as a column of the table stays in the shade: scripts rely on the columns.
        record.entry(key).or_insert_with(|| value.to_json());
    }
    crud::record(record, matches)
}
