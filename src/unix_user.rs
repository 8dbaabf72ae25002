//! Who makes a job: the suite keeps a user for each Unix user that uses its tools.

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait};

use crate::db::Db;
use crate::error::Result;
use crate::stop;

/// The id of the Unix user's row in `user`, made where it is missing: without one no job can be made.
pub async fn id(db: &mut Db, now: NaiveDateTime) -> Result<i64> {
    if let Some(id) = known(db).await? {
        return Ok(id);
    }
    let login = login();
    let email = at_host(&login);
    let row = vec![
        ("enabled", false.into()),
        ("email", email.into()),
        ("password", "".into()),
        ("login", login.into()),
        ("DatCreate", now.into()),
    ];
    db.insert_row("user", row).await
}

/// The id of the Unix user's row, if there is one.
pub async fn known(db: &mut Db) -> Result<Option<i64>> {
    db.id_where("user", Expr::col("login").eq(login())).await
}

/// The Unix user's name, as far as the column takes it.
pub fn login() -> String {
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten();
    let mut login = user.map_or_else(|| nix::unistd::geteuid().to_string(), |user| user.name);
    // The column takes 32 characters.
    login.truncate(login.char_indices().nth(32).map_or(login.len(), |(at, _)| at));
    login
}

/// `USER@HOST`.
pub fn at_host(login: &str) -> String {
    format!("{login}@{}", host())
}

/// This machine's name, or this container's.
pub fn host() -> String {
    stop::machine().unwrap_or_else(|| nix::unistd::gethostname().unwrap_or_default().to_string_lossy().into_owned())
}
