//! `user-role`: the roles that the suite's access control gives a user. Its tables are in no published migration.

use clap::ArgMatches;
use sea_query::{Alias, Asterisk, Cond, Expr, ExprTrait, Order};
use serde_json::{Value, json};

use crate::audit::{self, Action};
use crate::commands::{Noun, Scope, Shows, mixed_verb, reference, user, verb};
use crate::config::parse_bool;
use crate::context::Context;
use crate::db::expression::refers_to;
use crate::db::rows::{Values, Writer};
use crate::db::{Db, select, tables};
use crate::error::{Error, Kind, Result};
use crate::output::{Outcome, record, success};
use crate::table::args;
use crate::table::joined::{self, Joined};
use crate::table::paging::Paging;

const ROLES: &str = "rbac_roles";
const ASSIGNED: &str = "rbac_user_roles";

#[derive(clap::Args)]
pub struct Set {
    #[command(flatten)]
    user: reference::User,
    /// The roles, separated by commas; an empty text removes all
    #[arg(long, value_name = "NAMES", required = true, value_delimiter = ',')]
    roles: Vec<String>,
    /// Remove the roles that are not named
    #[arg(long, value_name = "BOOL", default_value = "true", default_missing_value = "true", num_args = 0..=1, value_parser = truth)]
    replace: bool,
    /// The id of the user who assigns them
    #[arg(long = "assigned_by", value_name = "ID", num_args = 0..=1, value_parser = args::row_id::<i64>())]
    assigned_by: Option<i64>,
}

#[derive(clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    user: reference::AnyUser,
}

fn truth(text: &str) -> Result<bool, String> {
    parse_bool(text).ok_or_else(|| "it takes true or false".into())
}

/// Refuses where the tables are missing, with what is to be done.
async fn require_tables(db: &mut Db) -> Result<()> {
    let (roles, assigned) = (db.columns(ROLES).await?, db.columns(ASSIGNED).await?);
    let missing: Vec<_> = [(ROLES, &roles), (ASSIGNED, &assigned)]
        .into_iter()
        .filter(|(_, columns)| columns.is_empty())
        .map(|(table, _)| table)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(Kind::Database, format!("there are no roles: this database has no table {}", missing.join(", ")))
        .because(anyhow::anyhow!("no published migration of the suite creates the tables of its access control (RBAC)"))
        .hint(
            "Install a multiflexi-database package that has the RBAC migration and run its migrations; \
             until then `multiflexi-cli user-company assign --company=SLUG --login=LOGIN --role=editor` gives a user a role in one company",
        ))
}

/// The columns of the listing.
const COLUMNS: &[&str] = &["user_id", "login", "role_id", "role", "assigned_by"];

/// Lists which users have which roles.
///
/// # Errors
/// The database lacks the tables of roles, the user that is named does not exist, `--fields` or the order names a column that
/// is not there, or stdout cannot be written.
async fn list(ctx: &mut Context, matches: &ArgMatches, args: ListArgs) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let user = args.user.find(db).await?;
    require_tables(db).await?;
    let column = |name| Expr::col((ASSIGNED, name));
    let mut query = select::from(ASSIGNED)
        .expr_as(column("user_id"), "user_id")
        .expr_as(Expr::col((tables::USER, "login")), "login")
        .expr_as(column("role_id"), "role_id")
        .expr_as(Expr::col((ROLES, "name")), "role")
        .expr_as(column("assigned_by"), "assigned_by")
        .left_join(tables::USER, refers_to((ASSIGNED, "user_id"), tables::USER))
        .left_join(ROLES, refers_to((ASSIGNED, "role_id"), ROLES))
        .take();
    if let Some(user) = user {
        query.and_where(column("user_id").eq(user.int("id")));
    }
    let listed = Joined { listing: &["login", "role"], ..Joined::new(query, COLUMNS) };
    joined::stream(db, printer, listed, &Paging::from_args(matches).or_order("user_id"), |_| {}).await
}

/// The ids of roles.
///
/// # Errors
/// There is no such role, or it is switched off.
async fn roles_called(db: &mut Db, names: &[&str]) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    for name in names {
        let Some(role) = db.fetch_optional(&select::rows(ROLES, Expr::col("name").eq(*name))).await? else {
            return Err(
                Error::not_found(format!("there is no role {name:?}")).hint(format!("The table {ROLES} holds them"))
            );
        };
        if !role.get("is_active").is_null() && !role.truth("is_active") {
            return Err(Error::refused(format!("the role {name:?} is switched off, and gives nobody anything"))
                .hint(format!("Its row of the table {ROLES} says so: is_active")));
        }
        ids.push(role.id("id")?);
    }
    Ok(ids)
}

/// The roles that a user has: of each the columns of both tables.
async fn roles_of(db: &mut Db, user: i64) -> Result<Vec<serde_json::Map<String, Value>>> {
    let mut query = select::from(ROLES).column((ROLES, Asterisk)).take();
    for column in db
        .columns(ASSIGNED)
        .await?
        .iter()
        .filter(|name| ["assigned_by", "assigned_at", "expires_at"].contains(&name.as_str()))
    {
        query.expr(Expr::col((ASSIGNED, Alias::new(column.as_str()))));
    }
    query
        .inner_join(ASSIGNED, Expr::col((ASSIGNED, "role_id")).equals((ROLES, "id")))
        .and_where(Expr::col((ASSIGNED, "user_id")).eq(user))
        .order_by((ROLES, "name"), Order::Asc);
    Ok(db.fetch_all(&query).await?.iter().map(record).collect())
}

/// Gives a user these roles, and takes away all others unless `--replace=false` is given.
///
/// What is noted of a role that they have already stays: who gave it, and until when.
///
/// # Errors
/// A role or a user does not exist, a role is switched off, or the database lacks the tables of roles: nothing is changed then.
async fn set(ctx: &mut Context, args: Set) -> Result<Outcome> {
    let now = ctx.now();
    let mut names: Vec<&str> = Vec::new();
    for name in args.roles.iter().map(|name| name.trim()) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    let (user_id, roles) = ctx
        .db()
        .await?
        .transaction(async |db| {
            require_tables(db).await?;
            let user_id = args.user.find(db).await?.id("id")?;
            user::TABLE.lock(db, user_id).await?;
            if let Some(by) = args.assigned_by {
                user::TABLE.require(db, by).await?;
            }
            let ids = roles_called(db, &names).await?;
            let of_user = || Cond::all().add(Expr::col("user_id").eq(user_id));
            if args.replace {
                db.delete_where(ASSIGNED, of_user().add(Expr::col("role_id").is_not_in(ids.iter().copied()))).await?;
            }
            let select = select::column(ASSIGNED, "role_id", of_user()).take();
            let has: Vec<i64> = db.fetch_ids(&select).await?;
            let mut writer = Writer::new(db);
            for id in ids.iter().filter(|id| !has.contains(id)) {
                let row: Values = vec![
                    ("user_id", user_id.into()),
                    ("role_id", (*id).into()),
                    ("assigned_by", args.assigned_by.into()),
                    ("assigned_at", now.into()),
                ];
                writer.add(ASSIGNED, row).await?;
            }
            audit::changed(db, user::TABLE.sql, user_id, Action::Update, now).await?;
            Ok((user_id, roles_of(db, user_id).await?))
        })
        .await?;
    let names: Vec<&str> = roles.iter().filter_map(|role| role.get("name").and_then(Value::as_str)).collect();
    let text = match names.is_empty() {
        true => format!("User {user_id} has no roles"),
        false => format!("User {user_id} has the roles {}", names.join(", ")),
    };
    let more = json!({"user_id": user_id, "replace": args.replace, "roles": names, "role_details": roles});
    Ok(Outcome::message(text, success("RBAC roles updated", &more)))
}

pub const NOUN: Noun = Noun {
    name: "user-role",
    aliases: &[],
    about: "The roles of users",
    scope: Scope::Data,
    verbs: &[
        mixed_verb!("list", paging, user::TABLE, ListArgs, list, "List which users have which roles")
            .listing()
            .showing(Shows::Only(COLUMNS)),
        verb!("set", "Set a user's roles", Set, set),
    ],
};
