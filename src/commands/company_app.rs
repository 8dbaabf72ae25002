//! `company-app`: which applications a company uses, by which runtemplates.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait, JoinType};
use serde_json::json;

use crate::audit::{self, Action};
use crate::commands::{Noun, Scope, company, mixed_verb, reference, runtemplate, verb};
use crate::context::Context;
use crate::db::{Db, Row, select};
use crate::error::{Error, Result};
use crate::executor;
use crate::output::Outcome;
use crate::output::loss::Loss;
use crate::table::crud;
use crate::table::joined::{self, Joined};
use crate::table::paging::{Columns, Paging};

pub const NOUN: Noun = Noun {
    name: "company-app",
    aliases: &[],
    about: "Which applications a company uses",
    scope: Scope::Data,
    verbs: &[
        mixed_verb!("list", paging, runtemplate::TABLE, Pair, list, "List companies' applications and runtemplates")
            .listing(),
        verb!("assign", "Give a company an application, with a runtemplate of it", Pair, assign),
        verb!("unassign", "Take an application from a company, with its runtemplates and jobs", Pair, unassign)
            .destroying(),
    ],
};

#[derive(clap::Args)]
struct Pair {
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    application: reference::Application,
}

impl Pair {
    /// The company and the application, both of which are needed.
    async fn find(&self, db: &mut Db) -> Result<(Row, Row)> {
        match (self.company.find(db).await?, self.application.find(db).await?) {
            (Some(company), Some(application)) => Ok((company, application)),
            _ => Err(Error::usage("--company_id or --company, and --app_id, --app_uuid or --app are required")
                .hint("`multiflexi-cli company list` and `application list` show what there is")),
        }
    }
}

async fn list(ctx: &mut Context, matches: &ArgMatches, args: Pair) -> Result<Outcome> {
    const COLUMNS: &[&str] = &["id", "company_id", "company_name", "company_slug", "app_id", "app_name", "app_uuid"];
    let (db, printer) = ctx.open().await?;
    let mut query = select::from("runtemplate").column(("runtemplate", "id")).take();
    for (table, refers, column, shown) in [
        ("company", "company_id", "id", "company_id"),
        ("company", "company_id", "name", "company_name"),
        ("company", "company_id", "slug", "company_slug"),
        ("apps", "app_id", "id", "app_id"),
        ("apps", "app_id", "name", "app_name"),
        ("apps", "app_id", "uuid", "app_uuid"),
    ] {
        query.expr_as(Expr::col((table, column)), shown);
        if column == "id" {
            query.join(JoinType::LeftJoin, table, Expr::col((table, "id")).equals(("runtemplate", refers)));
        }
    }
    if let Some(company) = args.company.find(db).await? {
        query.and_where(Expr::col(("runtemplate", "company_id")).eq(company.int("id")));
    }
    if let Some(application) = args.application.find(db).await? {
        query.and_where(Expr::col(("runtemplate", "app_id")).eq(application.int("id")));
    }
    let columns: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let listed = Joined { query, columns: Columns { all: &columns, secret: &[] }, listing: &[] };
    joined::stream(db, printer, listed, &Paging::from_args(matches), |_| {}).await
}

/// What joins a company and an application.
async fn find_link(db: &mut Db, company: i64, app: i64) -> Result<Option<Row>> {
    let mut select = select::column("companyapp", "id", Expr::col("company_id").eq(company));
    db.fetch_optional(select.and_where(Expr::col("app_id").eq(app)).limit(1)).await
}

async fn assign(ctx: &mut Context, args: Pair) -> Result<Outcome> {
    let now = ctx.now();
    let assigning = ctx.db().await?.transaction(async |db| {
        let (company, application) = args.find(db).await?;
        let (company, app) = (company.id("id")?, application.id("id")?);
        let name = application.text("name").unwrap_or_default();
        if find_link(db, company, app).await?.is_some() {
            return Ok((company, app, name, None));
        }
        db.add_row("companyapp", vec![("company_id", company.into()), ("app_id", app.into())]).await?;
        let values = vec![
            ("app_id", app.into()),
            ("company_id", company.into()),
            ("name", name.as_str().into()),
            ("interv", "n".into()),
            ("active", true.into()),
            ("executor", executor::NATIVE.into()),
        ];
        let id = crud::insert(db, &runtemplate::TABLE, values, now.into()).await?;
        audit::changed(db, company::TABLE.sql, company, Action::Update, now).await?;
        Ok((company, app, name, Some(id)))
    });
    let (company, app, name, made) = assigning.await?;
    let Some(made) = made else {
        let text = format!("Application {app} already assigned to company {company}");
        let json = json!({"status": "ok", "message": "Already assigned", "company_id": company, "app_id": app});
        return Ok(Outcome::message(text, json));
    };
    let text = format!("Application {app} ({name}) assigned to company {company}, RunTemplate {made} created.");
    let json = json!({
        "status": "success", "message": "Application assigned to company", "company_id": company, "app_id": app,
        "runtemplate_id": made,
    });
    Ok(Outcome::message(text, json))
}

/// What goes when an application is taken from a company.
async fn loss(db: &mut Db, args: &Pair) -> Result<Loss> {
    let (company, application) = args.find(db).await?;
    let of = |table: &str| {
        select::from(sea_query::Alias::new(table))
            .and_where(Expr::col("company_id").eq(company.int("id")))
            .and_where(Expr::col("app_id").eq(application.int("id")))
            .take()
    };
    let runtemplates = db.fetch_all(of("runtemplate").expr(Expr::cust("*"))).await?;
    let mut jobs = 0_u64;
    for row in &runtemplates {
        // Refuses where a job is running.
        runtemplate::delete::loss(db, row).await?;
        jobs = jobs.saturating_add(db.count_where("job", Expr::col("runtemplate_id").eq(row.int("id"))).await?);
    }
    let text = |row: &Row, column| row.text(column).unwrap_or_default();
    let what = format!(
        "the application {:?} of company {} {:?}",
        text(&application, "name"),
        text(&company, "id"),
        text(&company, "name"),
    );
    Ok(Loss::new(what).with(runtemplates.len() as u64, "runtemplates").with(jobs, "jobs"))
}

async fn unassign(ctx: &mut Context, args: Pair) -> Result<Outcome> {
    let now = ctx.now();
    let json = json!({"status": "success", "unassigned": false});
    if let Some(answer) = ctx.guard("unassigned", json, async |db| loss(db, &args).await).await? {
        return Ok(answer);
    }
    let removing = ctx.db().await?.transaction(async |db| {
        let (company, application) = args.find(db).await?;
        let (company, app) = (company.id("id")?, application.id("id")?);
        let select =
            select::column("runtemplate", "id", Expr::col("company_id").eq(company).and(Expr::col("app_id").eq(app)))
                .order_by("id", sea_query::Order::Asc)
                .take();
        let ids: Vec<i64> = db.fetch_all(&select).await?.iter().filter_map(Row::first_int).collect();
        for id in &ids {
            runtemplate::delete::remove(db, *id, now).await?;
        }
        db.delete_where("companyapp", Expr::col("company_id").eq(company).and(Expr::col("app_id").eq(app))).await?;
        audit::changed(db, company::TABLE.sql, company, Action::Update, now).await?;
        Ok((company, app, ids))
    });
    let (company, app, ids) = removing.await?;
    let shown: Vec<String> = ids.iter().map(i64::to_string).collect();
    let text =
        format!("Application {app} unassigned from company {company}. Removed RunTemplates: {}", shown.join(", "));
    let json = json!({
        "status": "success", "message": "Application unassigned from company", "company_id": company, "app_id": app,
        "removed_runtemplates": ids,
    });
    Ok(Outcome::message(text, json))
}
