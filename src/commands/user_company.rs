//! `user-company`: which users work for which company.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait};
use serde_json::json;

use crate::audit::{self, Action};
use crate::commands::{Noun, Scope, Shows, company, mixed_verb, reference, user, verb};
use crate::context::Context;
use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Kind, Result};
use crate::output::loss::Loss;
use crate::output::{Outcome, success};
use crate::table::joined::{self, Joined};
use crate::table::paging::Paging;
use crate::table::{Kind as Column, Values};

const TABLE: &str = tables::COMPANY_USER;

#[derive(clap::Args)]
pub struct Assign {
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    user: reference::User,
    /// Their role there
    #[arg(long, value_name = "NAME", default_value = "viewer", num_args = 0..=1, value_parser = role)]
    role: String,
}

#[derive(clap::Args)]
pub struct Unassign {
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    user: reference::User,
}

#[derive(clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    user: reference::AnyUser,
}

fn role(text: &str) -> Result<String, String> {
    let text = text.trim();
    Column::Name(64).parse(text).map(|_| text.into())
}

/// A company and a user that are named, and the row that joins them, if there is one.
struct Pair {
    company: Row,
    user: Row,
    joint: Option<Row>,
}

impl Pair {
    fn ids(&self) -> Result<(i64, i64)> {
        Ok((self.company.id("id")?, self.user.id("id")?))
    }

    fn role(&self) -> Option<String> {
        self.joint.as_ref().and_then(|row| row.text("role"))
    }
}

async fn require_table(db: &mut Db) -> Result<()> {
    if !db.has_table(TABLE).await? {
        return Err(Error::new(Kind::Database, "this database has no table company_user: it is of an older suite")
            .hint("`multiflexi-cli database migrate` completes the schema"));
    }
    Ok(())
}

async fn pair(db: &mut Db, company: &reference::Company, user: &reference::User) -> Result<Pair> {
    require_table(db).await?;
    let company = company.find(db).await?.ok_or_else(|| Error::usage("Missing --company_id or --company"))?;
    let user = user.find(db).await?;
    let mut select = select::rows(TABLE, Expr::col("company_id").eq(company.int("id")));
    let joint = db.fetch_optional(select.and_where(Expr::col("user_id").eq(user.int("id")))).await?;
    Ok(Pair { company, user, joint })
}

/// The columns of the listing.
const COLUMNS: &[&str] =
    &["user_id", "login", "email", "company_id", "company_name", "company_slug", "role", "created_at"];

/// Lists which users work for which companies, and as what.
///
/// # Errors
/// The database lacks the table, the company or the user that is named does not exist, `--fields` or the order names a column
/// that is not there, or stdout cannot be written.
async fn list(ctx: &mut Context, matches: &ArgMatches, args: ListArgs) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    require_table(db).await?;
    let of = |column| Expr::col((TABLE, column));
    let mut query = select::from(TABLE)
        .expr_as(of("user_id"), "user_id")
        .expr_as(Expr::col((tables::USER, "login")), "login")
        .expr_as(Expr::col((tables::USER, "email")), "email")
        .expr_as(of("company_id"), "company_id")
        .expr_as(Expr::col((tables::COMPANY, "name")), "company_name")
        .expr_as(Expr::col((tables::COMPANY, "slug")), "company_slug")
        .expr_as(of("role"), "role")
        .expr_as(of("created_at"), "created_at")
        .left_join(tables::USER, refers_to((TABLE, "user_id"), tables::USER))
        .left_join(tables::COMPANY, refers_to((TABLE, "company_id"), tables::COMPANY))
        .take();
    if let Some(company) = args.company.find(db).await? {
        query.and_where(of("company_id").eq(company.int("id")));
    }
    if let Some(user) = args.user.find(db).await? {
        query.and_where(of("user_id").eq(user.int("id")));
    }
    let listed = Joined { listing: &["login", "company_slug", "role"], ..Joined::new(query, COLUMNS) };
    joined::stream(db, printer, listed, &Paging::from_args(matches).or_order("user_id"), |_| {}).await
}

/// Assigns a user to a company, or gives them another role there.
///
/// # Errors
/// No company is named, the company or the user does not exist, or the database lacks the table: nothing is changed then.
async fn assign(ctx: &mut Context, args: Assign) -> Result<Outcome> {
    let now = ctx.now();
    let role = args.role.as_str();
    let (company, user, was) = ctx
        .db()
        .await?
        .transaction_looking_first(async |db| {
            let found = pair(db, &args.company, &args.user).await?;
            let ((company, user), was) = (found.ids()?, found.role());
            if found.joint.is_none() {
                let row: Values = vec![
                    ("company_id", company.into()),
                    ("user_id", user.into()),
                    ("role", role.into()),
                    ("created_at", now.into()),
                ];
                db.add_row(TABLE, row).await?;
            } else if was.as_deref() != Some(role) {
                db.update_where(
                    TABLE,
                    Expr::col("company_id").eq(company).and(Expr::col("user_id").eq(user)),
                    [("role", role.into())],
                )
                .await?;
            }
            if was.as_deref() != Some(role) {
                audit::changed(db, user::TABLE.sql, user, Action::Update, now).await?;
            }
            Ok((company, user, was))
        })
        .await?;
    let text = match was.as_deref() {
        None => format!("User {user} assigned to company {company} as {role}"),
        Some(was) if was == role => format!("User {user} already assigned to company {company} as {role}"),
        Some(was) => format!("User {user} of company {company} is now {role}, no longer {was}"),
    };
    let more = json!({"company_id": company, "user_id": user, "role": role, "assigned": was.is_none()});
    Ok(Outcome::message(text, success("User assigned to company", &more)))
}

/// Who is to be taken from which company.
async fn loss(db: &mut Db, args: &Unassign) -> Result<Loss> {
    let pair = pair(db, &args.company, &args.user).await?;
    let (user, company) =
        (Loss::of_row(user::TABLE.noun, &pair.user)?, Loss::of_row(company::TABLE.noun, &pair.company)?);
    Ok(Loss::new(format!("{user}, {} of {company},", pair.role().unwrap_or_else(|| "a member".into()))))
}

/// Takes a user from a company. That they do not work for it is no failure: scripts see to it that they do not.
///
/// # Errors
/// The company or the user does not exist, or somebody answers no: nothing is changed then.
async fn unassign(ctx: &mut Context, args: Unassign) -> Result<Outcome> {
    let found = pair(ctx.db().await?, &args.company, &args.user).await?;
    let (company, user) = found.ids()?;
    if found.joint.is_none() {
        return Ok(no_assignment(company, user));
    }
    let json = json!({"company_id": company, "user_id": user, "deleted": 0});
    if let Some(answer) = ctx.guard("unassigned", json, async |db| loss(db, &args).await).await? {
        return Ok(answer);
    }
    let now = ctx.now();
    let removing = ctx.db().await?.transaction(async |db| {
        let is_it = Expr::col("company_id").eq(company).and(Expr::col("user_id").eq(user));
        let deleted = db.delete_where(TABLE, is_it).await?;
        if deleted > 0 {
            audit::changed(db, user::TABLE.sql, user, Action::Update, now).await?;
        }
        Ok(deleted)
    });
    let deleted = removing.await?;
    if deleted == 0 {
        return Ok(no_assignment(company, user));
    }
    let text = format!("User {user} unassigned from company {company}");
    let more = json!({"company_id": company, "user_id": user, "deleted": deleted});
    Ok(Outcome::message(text, success("User unassigned from company", &more)))
}

fn no_assignment(company: i64, user: i64) -> Outcome {
    let more = json!({"company_id": company, "user_id": user, "deleted": 0});
    Outcome::message(
        format!("No assignment found for user {user} in company {company}"),
        success("No assignment found", &more),
    )
}

pub const NOUN: Noun = Noun {
    name: "user-company",
    aliases: &[],
    about: "Which users work for which company",
    scope: Scope::Data,
    verbs: &[
        mixed_verb!("list", paging, user::TABLE, ListArgs, list, "List which users work for which companies")
            .listing()
            .showing(Shows::Only(COLUMNS)),
        verb!("assign", "Assign a user to a company, or change their role there", Assign, assign),
        verb!("unassign", "Unassign a user from a company", Unassign, unassign).destroying(),
    ],
};
