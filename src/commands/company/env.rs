//! `company env list`, `set` and `unset`: variables that each job of a company gets.

use sea_query::{Expr, ExprTrait, Order};
use serde_json::json;

use crate::audit::{self, Action};
use crate::commands::company::TABLE;
use crate::commands::reference::{self, KeyValue};
use crate::context::Context;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::id::CompanyId;
use crate::job::queue::withdraw::{self, Changed, withdraw};
use crate::output::Outcome;
use crate::output::loss::Loss;
use crate::secret::{self, field_is_secret, name_looks_secret};
use crate::table::given::{SecretReader, is_reference};
use crate::table::{Values, args, mask};

/// What the suite's column takes on a server.
const VALUE_LIMIT: usize = 255;

#[derive(clap::Args)]
pub struct List {
    #[command(flatten)]
    company: reference::Company,
}

#[derive(clap::Args)]
pub struct Set {
    #[command(flatten)]
    company: reference::Company,
    /// A variable; may be given several times. KEY=@FILE reads a secret from a file, KEY=- from stdin or asks
    #[arg(long, value_name = "KEY=VALUE", required = true)]
    env: Vec<KeyValue>,
}

#[derive(clap::Args)]
pub struct Unset {
    #[command(flatten)]
    company: reference::Company,
    /// The name of a variable; may be given several times
    #[arg(long, alias = "env", value_name = "KEY", required = true)]
    name: Vec<String>,
}

async fn id_of(db: &mut Db, company: &reference::Company) -> Result<i64> {
    let row = company.find(db).await?.ok_or_else(reference::missing_company)?;
    row.id("id")
}

/// The table has no mark for secrets: values are masked whose name says so, or that any application declares to be secret.
///
/// # Errors
/// No company is named, there is no such company, or stdout cannot be written.
pub async fn list(ctx: &mut Context, args: List) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let company = id_of(db, &args.company).await?;
    let columns = ["id", "company_id", "keyword", "value"];
    let select = select::columns(tables::COMPANYENV, columns)
        .and_where(Expr::col("company_id").eq(company))
        .order_by("keyword", Order::Asc)
        .take();
    let names = select::column(tables::COMPANYENV, "keyword", Expr::col("company_id").eq(company));
    let names: Vec<String> = db.fetch_all(&names).await?.iter().filter_map(|row| row.text("keyword")).collect();
    let declared = reference::declared_secret(db, names).await?;
    let mut list = printer.list(columns.iter().map(|name| (*name).to_owned()).collect());
    db.for_each(&select, |mut row| {
        let text = |column| row.text(column).unwrap_or_default();
        let name = text("keyword");
        if field_is_secret(&name, declared.contains(&name), "string", &text("value")) {
            let masked = mask(row.get("value"));
            row.set("value", masked);
        }
        list.row(&row.values)
    })
    .await?;
    list.finish()
}

/// Sets variables that a company's jobs get; scheduled jobs that wait are taken back, to be made anew.
///
/// # Errors
/// No company is named, there is no such company, a key is no name, or a value is too long, a mere mask or cannot be read:
/// nothing is changed then.
pub async fn set(ctx: &mut Context, mut args: Set) -> Result<Outcome> {
    if args.env.iter().any(|pair| is_reference(&pair.value)) {
        let names: Vec<String> = args.env.iter().map(|pair| pair.key.clone()).collect();
        let may_ask = ctx.interactive;
        let declared = reference::declared_secret(ctx.db().await?, names).await?;
        let is_secret = |name: &str| name_looks_secret(name) || declared.contains(name);
        reference::read_secrets(
            &mut SecretReader::default(),
            "--env",
            &mut args.env,
            may_ask,
            &ctx.printer,
            is_secret,
        )?;
    }
    if let Some(long) = args.env.iter().find(|pair| pair.value.chars().count() > VALUE_LIMIT) {
        return Err(Error::usage(format!("--env {}: the value is longer than {VALUE_LIMIT} characters", long.key)));
    }
    let now = ctx.now();
    let (db, printer) = ctx.open().await?;
    let setting = db.transaction_looking_first(async |db| {
        let company = id_of(db, &args.company).await?;
        let changed = Changed::Company(CompanyId(company));
        withdraw::lock(db, changed).await?;
        reference::check_keys(db, "--env", &args.env, None).await?;
        for KeyValue { key, value } in &args.env {
            put(db, company, key, value).await?;
        }
        audit::changed(db, TABLE.sql, company, Action::Update, now).await?;
        Ok((company, withdraw(db, changed).await?))
    });
    let (company, withdrawn) = setting.await?;
    let names: Vec<_> = args.env.iter().map(|pair| pair.key.as_str()).collect();
    let mut json = json!({"company_id": company, "set": names});
    withdrawn.tell(printer, &mut json);
    Ok(Outcome::message(format!("Company {company}: {} set", names.join(", ")), json))
}

async fn put(db: &mut Db, company: i64, key: &str, value: &str) -> Result<()> {
    let mut select = select::column(tables::COMPANYENV, "id", Expr::col("company_id").eq(company));
    let there = db.fetch_optional(select.and_where(Expr::col("keyword").eq(key)).limit(1)).await?;
    if secret::is_mask(value) {
        return if there.is_some() { Ok(()) } else { Err(args::only_a_mask(&format!("--env {key}"))) };
    }
    if there.as_ref().and_then(Row::first_int).is_some() {
        return db
            .update_where(
                tables::COMPANYENV,
                Expr::col("company_id").eq(company).and(Expr::col("keyword").eq(key)),
                [("value", value.into())],
            )
            .await
            .map(drop);
    }
    let row: Values = vec![("company_id", company.into()), ("keyword", key.into()), ("value", value.into())];
    db.add_row(tables::COMPANYENV, row).await
}

/// What goes when variables are unset.
async fn loss(db: &mut Db, args: &Unset) -> Result<Loss> {
    let company = id_of(db, &args.company).await?;
    for name in &args.name {
        let mut select = select::column(tables::COMPANYENV, "id", Expr::col("company_id").eq(company));
        if db.fetch_optional(select.and_where(Expr::col("keyword").eq(name.as_str())).limit(1)).await?.is_none() {
            return Err(no_variable(company, name));
        }
    }
    Ok(Loss::new(format!("{} of company {company}", args.name.join(", "))))
}

fn no_variable(company: i64, name: &str) -> Error {
    Error::not_found(format!("Company {company} has no variable {name}"))
        .hint(format!("`multiflexi-cli company env list --company_id={company}` shows what it has"))
}

/// Takes variables from a company's jobs; scheduled jobs that wait are taken back, to be made anew.
///
/// # Errors
/// No company is named, there is no such company, it does not have one of the variables, or somebody answers no: nothing is
/// changed then.
pub async fn unset(ctx: &mut Context, mut args: Unset) -> Result<Outcome> {
    args.name.sort_unstable();
    args.name.dedup();
    if let Some(answer) = ctx.guard("unset", json!({"unset": []}), async |db| loss(db, &args).await).await? {
        return Ok(answer);
    }
    let now = ctx.now();
    let (db, printer) = ctx.open().await?;
    let company = id_of(db, &args.company).await?;
    let changed = Changed::Company(CompanyId(company));
    let removing = db.transaction(async |db| {
        withdraw::lock(db, changed).await?;
        for name in &args.name {
            if db
                .delete_where(
                    tables::COMPANYENV,
                    Expr::col("company_id").eq(company).and(Expr::col("keyword").eq(name.as_str())),
                )
                .await?
                == 0
            {
                return Err(no_variable(company, name));
            }
        }
        audit::changed(db, TABLE.sql, company, Action::Update, now).await?;
        withdraw(db, changed).await
    });
    let withdrawn = removing.await?;
    let mut json = json!({"company_id": company, "unset": args.name});
    withdrawn.tell(printer, &mut json);
    Ok(Outcome::message(format!("Company {company}: {} unset", args.name.join(", ")), json))
}
