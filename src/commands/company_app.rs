//! `company-app`: which applications a company uses, by which runtemplates.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait};
use serde_json::json;

use crate::audit::{self, Action};
use crate::commands::runtemplate::delete::Along;
use crate::commands::{Noun, Scope, Shows, company, mixed_verb, reference, runtemplate, verb};
use crate::context::Context;
use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::executor::ExecutorName;
use crate::output::loss::Loss;
use crate::output::{Outcome, on_one_line, success};
use crate::table::crud;
use crate::table::joined::{self, Joined};
use crate::table::paging::Paging;

pub const NOUN: Noun = Noun {
    name: "company-app",
    aliases: &[],
    about: "Which applications a company uses",
    scope: Scope::Data,
    verbs: &[
        mixed_verb!("list", paging, runtemplate::TABLE, Pair, list, "List companies' applications and runtemplates")
            .listing()
            .showing(Shows::Only(COLUMNS)),
        verb!("assign", "Assign an application to a company, with a runtemplate", Pair, assign),
        verb!("unassign", "Unassign an application from a company, with its runtemplates and jobs", Pair, unassign)
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
                .hint("`multiflexi-cli company list` and `multiflexi-cli application list` show what there is")),
        }
    }
}

/// The columns of the listing.
const COLUMNS: &[&str] = &["id", "company_id", "company_name", "company_slug", "app_id", "app_name", "app_uuid"];

async fn list(ctx: &mut Context, matches: &ArgMatches, args: Pair) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let mut query = select::from(tables::RUNTEMPLATE).column((tables::RUNTEMPLATE, "id")).take();
    for (table, refers, column, shown) in [
        (tables::COMPANY, "company_id", "id", "company_id"),
        (tables::COMPANY, "company_id", "name", "company_name"),
        (tables::COMPANY, "company_id", "slug", "company_slug"),
        (tables::APPS, "app_id", "id", "app_id"),
        (tables::APPS, "app_id", "name", "app_name"),
        (tables::APPS, "app_id", "uuid", "app_uuid"),
    ] {
        query.expr_as(Expr::col((table, column)), shown);
        if column == "id" {
            query.left_join(table, refers_to((tables::RUNTEMPLATE, refers), table));
        }
    }
    if let Some(company) = args.company.find(db).await? {
        query.and_where(Expr::col((tables::RUNTEMPLATE, "company_id")).eq(company.int("id")));
    }
    if let Some(application) = args.application.find(db).await? {
        query.and_where(Expr::col((tables::RUNTEMPLATE, "app_id")).eq(application.int("id")));
    }
    let listed = Joined::new(query, COLUMNS);
    joined::stream(db, printer, listed, &Paging::from_args(matches), |_| {}).await
}

/// What joins a company and an application.
async fn find_link(db: &mut Db, company: i64, app: i64) -> Result<Option<Row>> {
    let mut select = select::column(tables::COMPANYAPP, "id", Expr::col("company_id").eq(company));
    db.fetch_optional(select.and_where(Expr::col("app_id").eq(app)).limit(1)).await
}

async fn assign(ctx: &mut Context, args: Pair) -> Result<Outcome> {
    let now = ctx.now();
    let assigning = ctx.db().await?.transaction(async |db| {
        let (company, application) = args.find(db).await?;
        let (company, app) = (company.id("id")?, application.id("id")?);
        // The table has no key that keeps two from making one each.
        company::TABLE.lock(db, company).await?;
        let name = application.text("name").unwrap_or_default();
        if find_link(db, company, app).await?.is_some() {
            return Ok((company, app, name, None));
        }
        db.add_row(tables::COMPANYAPP, vec![("company_id", company.into()), ("app_id", app.into())]).await?;
        let values = vec![
            ("app_id", app.into()),
            ("company_id", company.into()),
            ("name", name.as_str().into()),
            ("interv", "n".into()),
            ("active", true.into()),
            ("executor", ExecutorName::Native.as_str().into()),
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
    let name = on_one_line(&name);
    let text = format!("Application {app} ({name}) assigned to company {company}, RunTemplate {made} created.");
    let json = json!({
        "status": "success", "message": "Application assigned to company", "company_id": company, "app_id": app,
        "runtemplate_id": made,
    });
    Ok(Outcome::message(text, json))
}

/// An application of a company, as far as it uses it.
struct Assignment {
    company: Row,
    application: Row,
    /// Is it marked as one that the company uses?
    is_marked: bool,
    /// The runtemplates of it that the company has.
    runtemplates: Vec<i64>,
}

impl Assignment {
    async fn find(db: &mut Db, args: &Pair) -> Result<Assignment> {
        let (company, application) = args.find(db).await?;
        let (of, app) = (company.id("id")?, application.id("id")?);
        let select =
            select::column(tables::RUNTEMPLATE, "id", Expr::col("company_id").eq(of).and(Expr::col("app_id").eq(app)))
                .order_by("id", sea_query::Order::Asc)
                .take();
        let runtemplates = db.fetch_ids(&select).await?;
        let is_marked = find_link(db, of, app).await?.is_some();
        Ok(Assignment { company, application, is_marked, runtemplates })
    }

    /// Is there anything that could be taken away?
    fn is_there(&self) -> bool {
        self.is_marked || !self.runtemplates.is_empty()
    }

    fn ids(&self) -> Result<(i64, i64)> {
        Ok((self.company.id("id")?, self.application.id("id")?))
    }
}

/// What goes when an application is taken from a company.
async fn loss(db: &mut Db, args: &Pair) -> Result<Loss> {
    let Assignment { company, application, runtemplates, .. } = Assignment::find(db, args).await?;
    let mut along = Along::default();
    for id in &runtemplates {
        along = along.and(Along::count(db, *id).await?);
    }
    let text = |row: &Row, column| row.text(column).unwrap_or_default();
    let what = format!(
        "the assignment of the application {:?} to company {} {:?}",
        text(&application, "name"),
        text(&company, "id"),
        text(&company, "name"),
    );
    Ok(along.add_to(Loss::new(what).with(runtemplates.len() as u64, "runtemplates")))
}

/// Takes an application from a company, and deletes its runtemplates there.
///
/// That it does not use it is no failure: scripts see to it that it does not.
///
/// # Errors
/// The company or the application does not exist, a job of it is running there, or somebody answers no: nothing is changed then.
async fn unassign(ctx: &mut Context, args: Pair) -> Result<Outcome> {
    let now = ctx.now();
    let found = Assignment::find(ctx.db().await?, &args).await?;
    let (company, app) = found.ids()?;
    if !found.is_there() {
        return Ok(no_assignment(company, app));
    }
    let json = json!({"status": "success", "unassigned": false});
    if let Some(answer) = ctx.guard("deleted", json, async |db| loss(db, &args).await).await? {
        return Ok(answer);
    }
    let (db, printer) = ctx.open().await?;
    let first = runtemplate::delete::delete_many_jobs(db, printer, &found.runtemplates, now).await?;
    let removing = db.transaction(async |db| {
        let found = Assignment::find(db, &args).await?;
        let mut along = Along::default();
        for id in &found.runtemplates {
            along = along.and(runtemplate::delete::remove(db, *id, now).await?);
        }
        db.delete_where(tables::COMPANYAPP, Expr::col("company_id").eq(company).and(Expr::col("app_id").eq(app)))
            .await?;
        if found.is_there() {
            audit::changed(db, company::TABLE.sql, company, Action::Update, now).await?;
        }
        Ok((found, along))
    });
    let (found, mut along) = removing.await.map_err(|error| runtemplate::delete::after(first, error))?;
    along.jobs = along.jobs.saturating_add(first);
    if !found.is_there() {
        return Ok(no_assignment(company, app));
    }
    let ids = found.runtemplates;
    let shown: Vec<String> = ids.iter().map(i64::to_string).collect();
    let mut text = format!("Application {app} unassigned from company {company}.");
    if !ids.is_empty() {
        let runtemplates = format!("RunTemplates: {}", shown.join(", "));
        text.push_str(&format!(" Deleted {}", along.add_to(Loss::new(runtemplates))));
    }
    let json = json!({
        "status": "success", "message": "Application unassigned from company", "company_id": company, "app_id": app,
        "removed_runtemplates": ids, "deleted_jobs": along.jobs, "deleted_event_rules": along.event_rules,
    });
    Ok(Outcome::message(text, json))
}

fn no_assignment(company: i64, app: i64) -> Outcome {
    let none: [i64; 0] = [];
    let more = json!({"company_id": company, "app_id": app, "removed_runtemplates": none});
    Outcome::message(
        format!("No assignment found for application {app} in company {company}"),
        success("No assignment found", &more),
    )
}
