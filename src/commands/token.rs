//! `token`: what programs log in with to the suite's API. The schema keeps them in clear; here they are shown once, when
//! they are made.

use clap::ArgMatches;
use sea_query::{Alias, Expr};
use serde_json::json;

use crate::commands::{NoArgs, Noun, Scope, Shows, Verb, mixed_verb, table_verb, user};
use crate::context::Context;
use crate::db::{Db, Value, select, tables};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::output::Outcome;
use crate::table::crud;
use crate::table::joined::{self, Joined};
use crate::table::paging::{Columns, Paging};
use crate::table::{Column, Kind, Table, Values, Wording, args, mask, now};

/// As long as the suite makes them.
const LENGTH: usize = 20;

pub static TABLE: Table = Table {
    sql: tables::TOKEN,
    noun: "token",
    label: "Token",
    wording: Wording::Id,
    id_key: "token_id",
    columns: &[
        Column::new("user_id", Kind::Id, "Its user's id").option("user").required().refers_to(&user::TABLE),
        Column::new("token", Kind::Name(64), "Its value; random unless given").secret().unique(&["token"]),
    ],
    created: &["start"],
    before_create: make_value,
    ..Table::DEFAULT
};

/// A token without a value gets a random one.
fn make_value(values: &mut Values) -> Result<()> {
    if crate::table::text_of(values, "token").is_none() {
        values.retain(|(name, _)| *name != "token");
        values.push(("token", random()?.into()));
    }
    Ok(())
}

/// Letters and digits from the system's random bytes, each as likely as any other.
fn random() -> Result<String> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut token = String::new();
    while token.len() < LENGTH {
        let mut bytes = [0; 2 * LENGTH];
        getrandom::fill(&mut bytes).map_err(|cause| {
            Error::new(ErrorKind::Internal, "the system gives no random bytes").because(anyhow::anyhow!("{cause}"))
        })?;
        // 248 is the largest multiple of 62 in a byte: what is above would make some letters likelier.
        let letters = bytes.iter().filter(|byte| **byte < 248).map(|byte| char::from(LETTERS[usize::from(byte % 62)]));
        token.extend(letters.take(LENGTH - token.len()));
    }
    Ok(token)
}

/// Stores a token for a user that exists, and returns its id and its value.
async fn store(ctx: &mut Context, given: Values) -> Result<(i64, String)> {
    let now = now(ctx);
    ctx.db()
        .await?
        .transaction(async |db| {
            take_turn(db).await?;
            let mut values = given.clone();
            make_value(&mut values)?;
            let token = crate::table::text_of(&values, "token").unwrap_or_default().to_owned();
            Ok((crud::insert(db, &TABLE, values, now.clone()).await?, token))
        })
        .await
}

/// The suite's table of tokens has no key on their values.
async fn take_turn(db: &mut Db) -> Result<()> {
    db.take_turns_at_names().await
}

async fn update(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let first = async |db: &mut Db, _, _: &Values| take_turn(db).await;
    let updated = crud::update_then(ctx, &TABLE, matches, first, async |_, _| Ok(())).await?;
    Ok(updated.0)
}

/// The suite's terminal interface reads whose a token is as a text of this name, and sends it back.
const USER: &str = "user";

fn missing_user() -> Error {
    Error::usage("Missing --user").hint("`multiflexi-cli user list` shows who there is")
}

async fn list(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let mut columns = db.require_columns(TABLE.sql).await?.to_vec();
    let query = select::columns(TABLE.sql, columns.iter().map(Alias::new)).expr_as(Expr::col("user_id"), USER).take();
    columns.push(USER.into());
    let listed = Joined {
        query,
        columns: Columns { all: columns.into(), secret: &TABLE.secrets() },
        listing: &["id", "token", "start", "until", "user_id"],
    };
    joined::stream(db, printer, listed, &Paging::from_args(matches), |row| {
        row.set("token", mask(row.get("token")));
        row.set(USER, row.text(USER).map_or(Value::Null, Value::Text));
    })
    .await
}

async fn get(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let row = crud::pick_to_show(ctx.db().await?, &TABLE, matches).await?;
    let mut record = TABLE.show(&row);
    record.insert(USER.into(), row.text("user_id").into());
    crud::record(record, matches)
}

async fn create(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let values = args::created(matches, &TABLE)?;
    let (id, token) = store(ctx, values).await?;
    let json = json!({"token_id": id, "token": token, "created": true});
    Ok(Outcome::message(format!("Token created with ID: {id}\nToken: {token}"), json))
}

async fn generate(ctx: &mut Context, matches: &ArgMatches) -> Result<Outcome> {
    let user = args::int(matches, "user").ok_or_else(missing_user)?;
    let (id, token) = store(ctx, vec![("user_id", user.into())]).await?;
    let text = format!("Token generated for user: {user}\nToken ID: {id}\nToken: {token}");
    Ok(Outcome::message(text, json!({"token_id": id, "token": token})))
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Tokens: what programs log in with to the suite's API",
    scope: Scope::Data,
    verbs: &[
        mixed_verb!("list", list, TABLE, NoArgs, list, "List tokens, their values masked")
            .listing()
            .showing(Shows::TableAnd(&[USER])),
        mixed_verb!("get", get, TABLE, NoArgs, get, "Show a token, its value masked").reading(),
        mixed_verb!("create", create, TABLE, NoArgs, create, "Create a token; its value is shown only once"),
        Verb::new(
            "generate",
            "Create a random token for a user; it is shown only once",
            |command| command.arg(args::option("user", Kind::Id, "The user's id").required(true)),
            |ctx, _, matches| Box::pin(generate(ctx, matches)),
        ),
        mixed_verb!("update", update, TABLE, NoArgs, update, "Change a token"),
        table_verb!(delete as "delete" "deleted", TABLE, "Delete a token"),
    ],
};
