//! `user create`, `user update` and `user delete`.

use clap::ArgMatches;
use sea_query::Value;
use serde_json::json;

use crate::commands::NoArgs;
use crate::commands::user::TABLE;
use crate::context::Context;
use crate::db::rows::Values;
use crate::error::{Error, Kind, Result};
use crate::output::{Outcome, Printer, success};
use crate::secret;
use crate::table::deletion;
use crate::table::given::SecretReader;
use crate::table::{args, crud, now};

/// What the suite takes, and what a server can afford at each login.
const BCRYPT_COST: u32 = 12;
/// bcrypt looks at no more.
const PASSWORD_BYTES: usize = 72;

#[derive(clap::Args)]
pub struct Plaintext {
    /// Their password; it is stored hashed (@FILE reads a file, - reads stdin or asks)
    #[arg(long, value_name = "PASSWORD", allow_hyphen_values = true, conflicts_with = "password")]
    plaintext: Option<String>,
}

impl Plaintext {
    /// What was shown in the password's place is sent back: it stays as it is.
    fn is_mask(&self) -> bool {
        self.plaintext.as_deref().is_some_and(secret::is_mask)
    }

    /// The hash of the password, if one is given.
    ///
    /// # Errors
    /// It is empty, or longer than bcrypt can tell apart.
    fn hash(&self, matches: &ArgMatches) -> Result<Option<String>> {
        let Some(given) = self.plaintext.as_deref().filter(|text| !secret::is_mask(text)) else { return Ok(None) };
        let password = SecretReader::default().read("--plaintext", given, args::may_ask(matches))?;
        if password.is_empty() || password.len() > PASSWORD_BYTES {
            return Err(Error::usage(format!("--plaintext has {} bytes", password.len()))
                .hint(format!("It takes a password of 1 to {PASSWORD_BYTES} bytes: bcrypt ignores what is longer")));
        }
        let hashed = bcrypt::hash_with_result(password, BCRYPT_COST)
            .map_err(|cause| Error::new(Kind::Internal, "the password cannot be hashed").because(cause))?;
        // As PHP writes it.
        Ok(Some(hashed.format_for_version(bcrypt::Version::TwoY)))
    }
}

/// Warns of a `--password` that is no hash that the suite compares with: bcrypt's, or MD5 with a salt. The suite takes it.
fn warn_of_no_hash(printer: &Printer, values: &Values) {
    let password = values.iter().find_map(|(name, value)| match value {
        Value::String(Some(text)) if *name == "password" => Some(text.as_str()),
        _ => None,
    });
    let is_md5 = |text: &str| {
        text.split_once(':').is_some_and(|(hash, _)| hash.len() == 32 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    if password.is_some_and(|text| !text.is_empty() && !text.starts_with('$') && !is_md5(text)) {
        printer.note(
            "warning: --password is stored as it is given, and this is no hash: nobody can log in by it, and it stands readable in the \
             database; --plaintext stores the hash of a password",
        );
    }
}

/// Makes a user; their password is stored hashed.
///
/// # Errors
/// The password is empty, too long or a mere mask, the login is another user's, or the database refuses the row: no user is
/// made then.
pub async fn create(ctx: &mut Context, matches: &ArgMatches, args: Plaintext) -> Result<Outcome> {
    let mut values = args::created(matches, &TABLE)?;
    if args.is_mask() {
        return Err(args::only_a_mask("--plaintext"));
    }
    if let Some(hash) = args.hash(matches)? {
        values.retain(|(name, _)| *name != "password");
        values.push(("password", hash.into()));
    }
    warn_of_no_hash(&ctx.printer, &values);
    let now = now(ctx);
    let db = ctx.db().await?;
    let id =
        db.transaction_looking_first(async |db| crud::insert(db, &TABLE, values.clone(), now.clone()).await).await?;
    crud::created(ctx, &TABLE, id).await
}

/// Changes the user that `--id`, login or e-mail address names.
///
/// # Errors
/// No user is named, or several are; nothing new is given; the password is empty or too long; or the login is another user's.
/// The user stays as they were then.
pub async fn update(ctx: &mut Context, matches: &ArgMatches, args: Plaintext) -> Result<Outcome> {
    let values = args::updated(matches, &TABLE)?;
    warn_of_no_hash(&ctx.printer, &values);
    let hash = args.hash(matches)?;
    let now = now(ctx);
    let id = ctx
        .db()
        .await?
        .transaction(async |db| {
            let (id, mut values) = crud::target(db, &TABLE, matches, values.clone()).await?;
            values.extend(hash.clone().map(|hash| ("password", hash.into())));
            if values.is_empty() && !args.is_mask() && !args::keeps_secret(matches, &TABLE) {
                return Err(crud::nothing_to_update(&TABLE, &["plaintext"]));
            }
            crud::change(db, &TABLE, id, values, now.clone()).await?;
            Ok(id)
        })
        .await?;
    if ctx.verbose > 0 {
        return crud::updated(ctx, &TABLE, id).await;
    }
    Ok(Outcome::message(format!("User updated successfully (ID: {id})"), json!({"updated": true, "user_id": id})))
}

/// Deletes a user with their tokens.
///
/// # Errors
/// No user is named, or several are; jobs tell that they launched them; or somebody answers no. Nothing is deleted then.
pub async fn delete(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let row = crud::pick_to_delete(ctx.db().await?, &TABLE, matches).await?;
    let id = row.id("id")?;
    if let Some(answer) = deletion::delete_row(ctx, &TABLE, &row, "deleted").await? {
        return Ok(answer);
    }
    let done = "User deleted successfully";
    Ok(Outcome::message(done, success(done, &json!({"user_id": id, "deleted": true}))))
}
