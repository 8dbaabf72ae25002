//! From a definition to rows and back.

use serde_json::json;

use super::super::validate;
use super::*;

fn sample() -> Value {
    json!({
        "$schema": "https://example.org/schema.json",
        "name": {"en": "Sample", "cs": "Ukázka"},
        "title": "A title",
        "description": "Plain words",
        "executable": "sample",
        "cmdparamsTemplate": "--to ${TARGET} --home ${HOME}",
        "topics": ["a", "", "b"],
        "requirements": ["FioBank", "SQLServer"],
        "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427",
        "image": "",
        "environment": {
            "TARGET": {"type": "url", "description": {"cs": "Cíl", "en": "Target"}, "defval": "https://example.org", "required": true,
                "category": "API", "hint": "where", "note": "mind", "secret": true, "expiring": 1},
            "DEBUG": {"type": "bool", "defval": "True"},
            "COUNT": {"type": "integer", "defval": 3},
            "PLAIN": {},
        },
        "artifacts": [
            {"name": "report.json", "path": "report.*\\.json", "type": "file", "description": {"en": "Report", "cs": "Zpráva"}},
            {"name": {"en": "Log"}, "path": "log", "type": "file"},
        ],
        "exitCodes": {"0": {"description": "fine", "severity": "success"}, "3": {"description": {"en": "no", "cs": "ne"}, "retry": true}},
        "produces": {"invoices": {"format": "json", "patterns": ["*.json"], "fields": {"id": "int"}}},
        "consumes": {"orders": {"format": "file", "target": "TARGET"}},
        "kubernetes": {"helm": {"chart": "oci://example.org/sample", "namespace": "sample"}},
    })
}

#[test]
fn columns_in_the_order_of_the_suite() {
    let application = Application::from_value(&sample()).unwrap();
    let columns: Vec<String> =
        application.columns().iter().map(|(column, value)| format!("{column}={value}")).collect();
    assert_eq!(
        columns,
        [
            "name=Sample",
            "description=Plain words",
            "executable=sample",
            "cmdparams=--to {TARGET} --home ${HOME}",
            "deploy=",
            "homepage=",
            "requirements=FioBank,SQLServer",
            "uuid=1b4e28ba-2fa1-4d3c-883f-0016d3cca427",
            "tags=a,b",
            "artifacts=report.*\\.json,log",
            "helmchart=oci://example.org/sample",
        ]
    );
    assert_eq!(application.image, None);
}

#[test]
fn translations_of_names_and_artifacts() {
    let application = Application::from_value(&sample()).unwrap();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        application.translations(),
        [("en".to_owned(), [text("Sample"), text("A title"), None]), ("cs".to_owned(), [text("Ukázka"), None, None]),]
    );
    let artifacts = application.artifacts.unwrap();
    assert_eq!(
        artifacts[0].translations(),
        [("en".to_owned(), [text("report.json"), text("Report")]), ("cs".to_owned(), [None, text("Zpráva")]),]
    );
}

#[test]
fn variables() {
    let application = Application::from_value(&sample()).unwrap();
    let names: Vec<_> = application.environment.keys().collect();
    assert_eq!(names, ["TARGET", "DEBUG", "COUNT", "PLAIN"]);
    let target = &application.environment["TARGET"];
    assert_eq!((target.kind(), target.description.main(), target.category.as_str()), ("url", "Target", "API"));
    assert_eq!((target.hint.main(), target.note.main()), ("where", "mind"));
    assert_eq!((target.required, target.secret, target.multiline, target.expiring), (true, true, false, true));
    let defaults: Vec<String> = application.environment.values().map(Variable::default_text).collect();
    assert_eq!(defaults, ["https://example.org", "1", "3", ""]);
    assert_eq!(application.environment["PLAIN"].kind(), "string");
}

#[test]
fn exit_codes_per_language() {
    let rows: Vec<String> = Application::from_value(&sample())
        .unwrap()
        .exit_code_rows()
        .iter()
        .map(|row| format!("{} {} {} {} {}", row.code, row.language, row.description, row.severity, row.retry))
        .collect();
    assert_eq!(rows, ["0 en fine success false", "3 en no error true", "3 cs ne error true"]);
}

#[test]
fn what_is_written_is_valid_and_reads_the_same() {
    let application = Application::from_value(&sample()).unwrap();
    let (written, left_out) = application.export();
    assert_eq!(left_out, []);
    assert_eq!(validate(DefinitionKind::Application, &written), []);
    assert_eq!(written.as_object().unwrap().keys().next().unwrap(), "$schema");
    assert_eq!(written["cmdparamsTemplate"], written["cmdparams"]);
    assert_eq!(written["kubernetes"], sample()["kubernetes"]);
    // What it leaves open is written out.
    let mut again = application;
    again.environment[3].kind = "string".to_owned();
    let read = Application::from_value(&written).unwrap();
    assert_eq!(read, again);
    // Maps are equal whatever their order; printed they are not.
    assert_eq!(format!("{read:?}"), format!("{again:?}"));
}

#[test]
fn old_types_are_written_in_their_new_words() {
    let variable = |kind: &str| Variable { kind: kind.to_owned(), ..Variable::default() };
    let environment = [("A".to_owned(), variable("checkbox")), ("B".to_owned(), variable("odd"))].into();
    let named = Application { name: "A".into(), executable: "a".into(), ..Application::default() };
    let application = Application { version: Some("n/a".into()), environment, ..named };
    let (written, left_out) = application.export();
    assert_eq!(
        (&written["environment"]["A"]["type"], &written["environment"]["B"]["type"]),
        (&json!("bool"), &json!("string"))
    );
    assert_eq!(left_out.iter().map(|violation| violation.path.as_str()).collect::<Vec<_>>(), ["version"]);
    assert_eq!(validate(DefinitionKind::Application, &written), []);
}

#[test]
fn what_was_not_validated_is_refused() {
    let error = Application::from_value(&json!({"name": ["?"]})).unwrap_err();
    assert!(error.to_string().starts_with("the application's definition cannot be understood"), "{error}");
}
