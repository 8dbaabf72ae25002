//! Import, reading back and the rule for charts, on a new SQLite database.

use std::path::Path;

use serde_json::{Value, json};

use super::super::{DefinitionKind, load, validate};
use super::*;
use crate::db::Database;
use crate::db::{Limits, Sql};

/// Runs a test against a new database.
fn with_db(test: impl AsyncFnOnce(&mut Db)) {
    let folder = tempfile::tempdir().unwrap();
    let target = Database::Sqlite { path: Path::new(folder.path()).join("test.sqlite3") };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut db = Db::connect(&target, Limits::chosen_or_default(None)).await.unwrap();
        test(&mut db).await;
    });
}

fn sample(chart: Option<&str>) -> Value {
    let mut definition = json!({
        "$schema": "https://example.org/s", "name": {"en": "Sample", "cs": "Ukázka"}, "title": {"en": "Title"},
        "description": "Words", "executable": "sample", "version": "1.0", "tags": ["a"],
        "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427",
        "environment": {
            "TOKEN": {"type": "password", "description": {"en": "Token", "cs": "Klíč"}, "required": true, "secret": true, "category": "API"},
            "DEBUG": {"type": "bool", "defval": true},
        },
        "artifacts": [{"name": "report", "path": "report\\.json", "type": "file", "description": {"en": "R", "cs": "Z"}}],
        "exitCodes": {"0": {"description": "fine", "severity": "success"}, "2": {"description": {"en": "no", "cs": "ne"}, "retry": true}},
        "produces": {"invoices": {"format": "json", "description": {"en": "Invoices"}, "patterns": ["*.json"]}},
        "consumes": {"orders": {"format": "file", "target": "TOKEN", "required": false}},
    });
    if let Some(chart) = chart {
        definition["kubernetes"] = json!({"helm": {"chart": chart, "namespace": "sample"}});
    }
    definition
}

async fn brought_in(db: &mut Db, definition: &Value, file: &str) -> Imported {
    assert_eq!(validate(DefinitionKind::Application, definition), []);
    let now = chrono::NaiveDate::from_ymd_opt(2026, 1, 2).unwrap().and_hms_opt(3, 4, 5).unwrap();
    import(db, &Application::from_value(definition).unwrap(), file, now, async |_, _, _| Ok(()), async |_, _| Ok(()))
        .await
        .unwrap()
        .0
}

async fn one(db: &mut Db, sql: &str) -> String {
    db.fetch_optional(&Sql(sql)).await.unwrap().map(|row| row.values[0].to_text()).unwrap_or_default()
}

#[test]
fn what_goes_in_comes_out() {
    with_db(async |db| {
        let first = brought_in(db, &sample(Some("oci://example.org/a")), "a.json").await;
        assert!(first.created && first.notes.is_empty());
        let again = brought_in(db, &sample(Some("oci://example.org/a")), "a.json").await;
        assert_eq!((again.created, again.id), (false, first.id));
        for (table, count) in
            [("conffield", "2"), ("app_artifact_translations", "2"), ("app_exit_codes", "3"), ("app_kubernetes", "1")]
        {
            assert_eq!(one(db, &format!("SELECT count(*) FROM {table}")).await, count, "{table}");
        }
        let (written, left_out) = load::application(db, first.id).await.unwrap().export();
        assert_eq!(left_out, []);
        assert_eq!(validate(DefinitionKind::Application, &written), []);
        let mut expected = sample(Some("oci://example.org/a"));
        // No table has the translations of a variable.
        expected["environment"]["TOKEN"]["description"] = json!("Token");
        for (name, value) in expected.as_object().unwrap() {
            match name.as_str() {
                "$schema" | "environment" | "exitCodes" | "title" => {}
                _ => assert_eq!(&written[name], value, "{name}"),
            }
        }
        assert_eq!(written["title"], json!({"en": "Title"}));
        assert_eq!(
            written["exitCodes"]["2"],
            json!({"description": {"en": "no", "cs": "ne"}, "severity": "error", "retry": true})
        );
        assert_eq!(written["environment"]["DEBUG"]["defval"], "1");
        assert_eq!(one(db, "SELECT deffile FROM apps").await, "a.json");
        assert!(load::application(db, 99).await.is_err());
    });
}

#[test]
fn a_chart_set_in_the_database_wins() {
    with_db(async |db| {
        let id = brought_in(db, &sample(Some("oci://example.org/a")), "a.json").await.id;
        // The definition's own chart follows the definition.
        assert!(brought_in(db, &sample(Some("oci://example.org/b")), "a.json").await.notes.is_empty());
        assert_eq!(one(db, "SELECT helmchart FROM apps").await, "oci://example.org/b");
        // One that the definition no longer speaks of stays.
        brought_in(db, &sample(None), "a.json").await;
        assert_eq!(one(db, "SELECT helmchart FROM apps").await, "oci://example.org/b");
        db.control("UPDATE apps SET helmchart = './mine'").await.unwrap();
        let kept = brought_in(db, &sample(Some("oci://example.org/c")), "a.json").await;
        assert_eq!(
            kept.notes,
            ["The chart ./mine was set in the database and stays, the definition's oci://example.org/c is not used"]
        );
        assert_eq!(one(db, "SELECT helmchart FROM apps").await, "./mine");
        assert_eq!(load::application(db, id).await.unwrap().helm_chart(), Some("./mine"));
        // Without a chart of its own a definition takes its old one away.
        db.control("UPDATE apps SET helmchart = 'oci://example.org/c'").await.unwrap();
        let mut without = sample(Some(""));
        without["kubernetes"] = json!({"helm": {"enabled": false}});
        brought_in(db, &without, "a.json").await;
        assert_eq!(one(db, "SELECT helmchart FROM apps").await, "");
    });
}

#[test]
fn one_chart_and_one_file_for_two_applications() {
    with_db(async |db| {
        brought_in(db, &sample(Some("oci://example.org/a")), "a.json").await;
        let mut other = sample(Some("oci://example.org/a"));
        other["name"] = json!("Other");
        other["uuid"] = json!("2b4e28ba-2fa1-4d3c-883f-0016d3cca427");
        let second = brought_in(db, &other, "a.json").await;
        assert!(second.created && second.notes[0].starts_with("The application Sample has the chart"), "{second:?}");
        assert_eq!(load::application(db, second.id).await.unwrap().helm_chart(), Some("oci://example.org/a"));
        assert_eq!(one(db, "SELECT count(*) FROM apps WHERE deffile = 'a.json'").await, "1");
        // A second import is no different from the first.
        assert_eq!(brought_in(db, &other, "a.json").await.notes, second.notes);
    });
}

#[test]
fn a_name_that_another_has_is_refused_and_nothing_written() {
    with_db(async |db| {
        brought_in(db, &sample(None), "a.json").await;
        let mut other = sample(None);
        other["name"] = json!("Other");
        other["uuid"] = json!("2b4e28ba-2fa1-4d3c-883f-0016d3cca427");
        brought_in(db, &other, "b.json").await;
        other["name"] = json!("Sample");
        let error = import(
            db,
            &Application::from_value(&other).unwrap(),
            "b.json",
            chrono::NaiveDateTime::default(),
            async |_, _, _| Ok(()),
            async |_, _| Ok(()),
        )
        .await
        .unwrap_err();
        let words = "is that of application 2, and its name \"Sample\" that of application 1";
        assert!(error.message.ends_with(words), "{error}");
        assert_eq!(one(db, "SELECT count(*) FROM conffield").await, "4");
    });
}

#[test]
fn older_databases_lack_tables() {
    with_db(async |db| {
        db.control("DROP TABLE app_kubernetes; DROP TABLE app_produces; ALTER TABLE conffield DROP COLUMN category")
            .await
            .unwrap();
        let id = brought_in(db, &sample(Some("repo/chart")), "a.json").await.id;
        let application = load::application(db, id).await.unwrap();
        assert_eq!(application.kubernetes, Some(json!({"helm": {"chart": "repo/chart"}})));
        assert_eq!(application.produces, None);
    });
}

#[test]
fn credential_prototypes() {
    use super::super::credential::Prototype;
    use super::super::import_credential;
    with_db(async |db| {
        let definition = json!({
            "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "code": "Sample", "version": "1.0", "name": {"en": "Sample"},
            "fields": [
                {"keyword": "TOKEN", "type": "password", "name": {"en": "Token"}, "required": true},
                {"keyword": "WAIT", "type": "integer", "default": 30, "options": [{"value": "1", "label": "one"}]},
            ],
        });
        let prototype = Prototype::from_value(&definition).unwrap();
        let now = chrono::NaiveDateTime::default();
        let first = import_credential::import(db, &prototype, now, &[], async |_, _, _| Ok(())).await.unwrap();
        let again = import_credential::import(db, &prototype, now, &[], async |_, _, _| Ok(())).await.unwrap();
        assert_eq!((first.created, again.created, again.id), (true, false, first.id));
        let (written, left_out) = load::prototype(db, first.id).await.unwrap().export();
        assert_eq!(left_out, []);
        assert_eq!(
            written["fields"],
            json!([
                {"keyword": "TOKEN", "type": "password", "name": {"en": "Token"}, "required": true},
                {"keyword": "WAIT", "type": "integer", "name": "WAIT", "default_value": "30", "required": false, "options": [{"value": "1", "label": "one"}]},
            ])
        );
    });
}
