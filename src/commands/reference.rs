//! How options name things of other tables: a company by id or slug, an application by id, UUID or name.

use std::collections::HashSet;
use std::path::Path;

use clap::{ArgMatches, Command};
use sea_query::{Expr, ExprTrait};

use crate::commands::{application, company, user};
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::job::create::environment::is_name;
use crate::output::Printer;
use crate::secret::looks_secret;
use crate::table::args;
use crate::table::given::{SecretReader, is_reference};

/// `--company_id`, or `--company` with a slug or an id.
#[derive(clap::Args)]
pub struct Company {
    /// The company, by its id
    #[arg(long = "company_id", value_name = "ID", hide_short_help = true, value_parser = args::row_id::<i64>())]
    pub company_id: Option<i64>,
    /// The company, by its slug, id or name
    #[arg(long, value_name = "SLUG|ID|NAME", conflicts_with = "company_id")]
    pub company: Option<String>,
}

/// [`Company`] where the suite calls the option `--company-id`, by which its programs look for it.
pub struct DashedCompany(pub Company);

impl clap::FromArgMatches for DashedCompany {
    fn from_arg_matches(matches: &ArgMatches) -> Result<DashedCompany, clap::Error> {
        Company::from_arg_matches(matches).map(DashedCompany)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl clap::Args for DashedCompany {
    fn augment_args(command: Command) -> Command {
        Company::augment_args(command).mut_arg("company_id", |arg| arg.long("company-id"))
    }

    fn augment_args_for_update(command: Command) -> Command {
        DashedCompany::augment_args(command)
    }
}

/// What a command says that needs a company and was given none.
pub fn missing_company() -> Error {
    Error::usage("Missing --company_id or --company").hint("`multiflexi-cli company list` shows what there is")
}

impl Company {
    /// Is a company named, by its id or otherwise?
    pub fn is_given(&self) -> bool {
        self.company_id.is_some() || self.company.is_some()
    }

    /// The company that is named, if one is.
    ///
    /// # Errors
    /// It does not exist, or several are called so.
    pub async fn find(&self, db: &mut Db) -> Result<Option<Row>> {
        if let Some(id) = self.company_id {
            return company::TABLE.require(db, id).await.map(Some);
        }
        let Some(given) = &self.company else { return Ok(None) };
        let shown = format!("--company={given}");
        let row = company::TABLE.find_named(db, given, &shown, "--company_id").await?;
        let what = if given.parse::<i64>().is_ok() { "slug or id" } else { "slug or name" };
        match row {
            Some(row) => Ok(Some(row)),
            None => Err(company::TABLE.unknown_name(db, what, given, given).await),
        }
    }
}

/// `--app_id`, `--app_uuid`, or `--app` with a name.
#[derive(clap::Args)]
pub struct Application {
    /// The application, by its id
    #[arg(long = "app_id", value_name = "ID", hide_short_help = true, value_parser = args::row_id::<i64>())]
    pub app_id: Option<i64>,
    /// The application, by its UUID
    #[arg(long = "app_uuid", value_name = "UUID", hide_short_help = true, value_parser = uuid_text, conflicts_with = "app_id")]
    pub app_uuid: Option<String>,
    /// The application, by its name or id
    ///
    /// Or by its executable or UUID
    #[arg(long = "app", value_name = "NAME|ID", conflicts_with_all = ["app_id", "app_uuid"])]
    pub app: Option<String>,
}

/// `--user_id`, `--login` or `--email`.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct User {
    /// The user, by their id
    #[arg(long = "user_id", value_name = "ID", value_parser = args::row_id::<i64>())]
    pub user_id: Option<i64>,
    /// The user, by their login
    #[arg(long, value_name = "NAME")]
    pub login: Option<String>,
    /// The user, by their e-mail address
    #[arg(long, value_name = "EMAIL")]
    pub email: Option<String>,
}

impl User {
    /// The user that is named.
    ///
    /// # Errors
    /// There is no such user.
    pub async fn find(&self, db: &mut Db) -> Result<Row> {
        let table = &user::TABLE;
        if let Some(id) = self.user_id {
            return table.require(db, id).await;
        }
        for (column, value) in [("login", &self.login), ("email", &self.email)] {
            if let Some(value) = value {
                return table.require_only(db, column, value, value).await;
            }
        }
        Err(Error::usage("Missing --user_id, --login or --email").hint("`multiflexi-cli user list` shows who there is"))
    }
}

/// As [`User`], where nobody need be named.
#[derive(clap::Args)]
#[group(multiple = false)]
pub struct AnyUser {
    /// Only this user, by their id
    #[arg(long = "user_id", value_name = "ID", value_parser = args::row_id::<i64>())]
    user_id: Option<i64>,
    /// Only this user, by their login
    #[arg(long, value_name = "NAME")]
    login: Option<String>,
    /// Only this user, by their e-mail address
    #[arg(long, value_name = "EMAIL")]
    email: Option<String>,
}

impl AnyUser {
    /// The user that is named, if one is.
    ///
    /// # Errors
    /// There is no such user.
    pub async fn find(self, db: &mut Db) -> Result<Option<Row>> {
        let AnyUser { user_id, login, email } = self;
        if user_id.is_none() && login.is_none() && email.is_none() {
            return Ok(None);
        }
        User { user_id, login, email }.find(db).await.map(Some)
    }
}

fn uuid_text(text: &str) -> Result<String, String> {
    // A definition may have been imported with a text that is no UUID.
    match uuid::Uuid::try_parse(text) {
        _ if text.trim().is_empty() => Err("it takes a UUID".into()),
        Ok(uuid) => Ok(uuid.to_string()),
        Err(_) => Ok(text.to_owned()),
    }
}

impl Application {
    /// The application that is named, if one is.
    ///
    /// # Errors
    /// It does not exist, or the name fits several.
    pub async fn find(&self, db: &mut Db) -> Result<Option<Row>> {
        let table = &application::TABLE;
        if let Some(id) = self.app_id {
            return table.require(db, id).await.map(Some);
        }
        if let Some(uuid) = &self.app_uuid {
            let row = table.find_by(db, "uuid", uuid.as_str().into()).await?;
            return row.map(Some).ok_or_else(|| table.unknown("UUID", uuid));
        }
        match &self.app {
            Some(given) => application_called(db, given).await.map(Some),
            None => Ok(None),
        }
    }
}

/// The application of this name, executable, UUID or id.
///
/// # Errors
/// There is none, or the name fits several.
pub async fn application_called(db: &mut Db, given: &str) -> Result<Row> {
    let table = &application::TABLE;
    let row = table.find_named(db, given, &format!("--app={given}"), "--app_id, or by its UUID").await?;
    match row {
        Some(row) => Ok(row),
        None => Err(table.unknown_name(db, "name, executable, UUID or id", given, given).await),
    }
}

/// A `KEY=VALUE` of an option.
#[derive(Clone, Debug)]
pub struct KeyValue {
    pub key: String,
    pub value: String,
}

impl std::str::FromStr for KeyValue {
    type Err = String;

    fn from_str(text: &str) -> Result<KeyValue, String> {
        let (key, value) = text.split_once('=').ok_or("it takes KEY=VALUE")?;
        // Whether a key that is no plain name may be used is for the application's definition: see `check_keys`.
        if key.is_empty()
            || key.chars().count() > KEY_LIMIT
            || key.starts_with('-')
            || key.contains(|c: char| c.is_control() || c.is_whitespace())
        {
            return Err(KEY_RULE.into());
        }
        Ok(KeyValue { key: key.into(), value: value.into() })
    }
}

/// The width of the columns that hold the names of variables.
const KEY_LIMIT: usize = 64;
const KEY_RULE: &str = "KEY is a name of at most 64 letters, digits and underscores that does not begin with a digit, or one that the application declares";

/// Refuses keys that are no plain names, except those that an application declares.
///
/// Its definition may call a variable `BANKA+` or `2FA_TOKEN`. Without an application any application's names will do.
///
/// # Errors
/// The first key that is refused, by the option it was given to.
pub async fn check_keys(db: &mut Db, option: &str, pairs: &[KeyValue], application: Option<i64>) -> Result<()> {
    let odd: Vec<&str> = pairs.iter().map(|pair| pair.key.as_str()).filter(|key| !is_name(key)).collect();
    if odd.is_empty() {
        return Ok(());
    }
    let mut select = select::column(tables::CONFFIELD, "keyname", Expr::col("keyname").is_in(odd.iter().copied()));
    if let Some(id) = application {
        select.and_where(Expr::col("app_id").eq(id));
    }
    let declared: Vec<String> = db.fetch_all(&select).await?.iter().filter_map(|row| row.text("keyname")).collect();
    match odd.into_iter().find(|key| !declared.iter().any(|name| name == key)) {
        Some(key) => {
            let id = application.map_or_else(|| "ID".to_owned(), |id| id.to_string());
            Err(Error::usage(format!("{option} {key}: {KEY_RULE}"))
                .hint(format!("`multiflexi-cli application show-config --id={id}` lists an application's variables")))
        }
        None => Ok(()),
    }
}

/// Those of some names that any application declares to be of a secret.
///
/// # Errors
/// The database cannot be asked.
pub async fn declared_secret(db: &mut Db, names: impl IntoIterator<Item = String>) -> Result<HashSet<String>> {
    let names: Vec<String> = names.into_iter().collect();
    let mut found = HashSet::new();
    let has_mark = db.has_column(tables::CONFFIELD, "secret").await?;
    for names in names.chunks(select::AT_ONCE) {
        let mut select = select::columns(tables::CONFFIELD, ["keyname", "type"]);
        if has_mark {
            select.column("secret");
        }
        let select = select.and_where(Expr::col("keyname").is_in(names.iter().map(String::as_str))).take();
        let rows = db.fetch_all(&select).await?;
        let secret = rows
            .iter()
            .filter(|row| looks_secret(has_mark && row.truth("secret"), &row.text("type").unwrap_or_default()));
        found.extend(secret.filter_map(|row| row.text("keyname")));
    }
    Ok(found)
}

/// Puts secrets in the place of what says where they are: `KEY=@FILE`, `KEY=-`.
///
/// Of other keys `@name` is a name; where it is more likely meant as a file, that is told.
///
/// # Errors
/// A secret cannot be read.
pub fn read_secrets(
    secrets: &mut SecretReader,
    option: &str,
    pairs: &mut [KeyValue],
    may_ask: bool,
    printer: &Printer,
    is_secret: impl Fn(&str) -> bool,
) -> Result<()> {
    for KeyValue { key, value } in pairs.iter_mut().filter(|pair| is_reference(&pair.value)) {
        if is_secret(key) {
            *value = secrets.read(&format!("{option} {key}"), value, may_ask)?;
        } else if value.strip_prefix('@').is_some_and(|file| Path::new(file).is_file()) {
            printer.note(&format!(
                "warning: {option} {key}: the value is {value:?} itself, as only a secret is read from a file"
            ));
        }
    }
    Ok(())
}
