//! `company`: for whom applications run.

mod env;

use crate::db::{Db, Dialect};
use crate::error::Result;
use crate::nouns::{Noun, Scope, table_verb, verb};
use crate::table::{Column, Dependent, Kind, Table, Values, text_of};

/// What the suite's column takes on a server.
const SLUG_LIMIT: usize = 10;

pub static TABLE: Table = Table {
    sql: "company",
    noun: "company",
    label: "Company",
    id_key: "company_id",
    listing: &["id", "name", "slug", "ic", "email", "enabled"],
    columns: &[
        Column::new("name", Kind::Name(32), "Its name").required().lookup().unique(&["name", "slug"]),
        Column::new("customer", Kind::Id, "Its customer's id"),
        Column::new("enabled", Kind::Bool, "Is it enabled?").shown_as_bool(),
        Column::new("settings", Kind::Text(65_535), "Settings, as the suite keeps them"),
        Column::new("logo", Kind::Text(1 << 24), "Its logo, a URL or a data: URL").default(""),
        Column::new("ic", Kind::Text(32), "Its registration number").lookup(),
        Column::new("slug", Kind::Name(SLUG_LIMIT), "A short name for paths and programs").lookup(),
        Column::new("email", Kind::Email, "Its e-mail address"),
        Column::new("zabbix_host", Kind::Text(255), "Its host in Zabbix"),
    ],
    created: Some("DatCreate"),
    changed: Some("DatUpdate"),
    dependents: &[
        Dependent { table: "runtemplate", column: "company_id", blocks_as: "runtemplates" },
        Dependent { table: "job", column: "company_id", blocks_as: "jobs" },
        Dependent { table: "credentials", column: "company_id", blocks_as: "credentials" },
        Dependent { table: "companyenv", column: "company_id", blocks_as: "" },
        Dependent { table: "companyapp", column: "company_id", blocks_as: "" },
        Dependent { table: "company_apps", column: "company_id", blocks_as: "" },
    ],
    before_create: derive_slug,
};

/// A company without a slug gets one of its name as the suite makes it: what is no lower-case letter or digit becomes
/// `_`, several in a row one. Servers take 10 characters; SQLite takes what the suite writes there.
fn derive_slug(db: &Db, values: &mut Values) -> Result<()> {
    if text_of(values, "slug").is_some_and(|slug| !slug.is_empty()) {
        return Ok(());
    }
    let mut slug = String::new();
    for c in text_of(values, "name").unwrap_or_default().chars() {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if slug.ends_with('_') => {}
            _ => slug.push('_'),
        }
    }
    if db.dialect != Dialect::Sqlite {
        slug.truncate(SLUG_LIMIT);
    }
    values.retain(|(name, _)| *name != "slug");
    values.push(("slug", slug.into()));
    Ok(())
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Companies, for which applications run",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List companies").listing(),
        table_verb!(get, TABLE, "Show a company"),
        table_verb!(create, TABLE, "Create a company"),
        table_verb!(update, TABLE, "Change a company"),
        table_verb!(delete as "remove" "removed", TABLE, "Remove a company that nothing uses"),
        verb!("env-list", "List the variables that a company's jobs get", env::List, env::list).listing(),
        verb!("env-set", "Set variables that a company's jobs get", env::Set, env::set),
        verb!("env-unset", "Take variables from a company's jobs", env::Unset, env::unset).destroying(),
    ],
};
