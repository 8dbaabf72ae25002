//! From a definition to rows and back.

use serde_json::json;

use super::super::validate;
use super::*;

fn sample() -> Value {
    json!({
        "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "code": "Sample", "version": "1.0", "name": {"en": "Sample", "cs": "Ukázka"},
        "description": "Plain", "homepage": "https://example.org/", "tags": ["a", "b"],
        "fields": [
            {"keyword": "TOKEN", "type": "password", "name": {"cs": "Klíč", "en": "Key"}, "hint": {"en": "abc"}, "required": true},
            {"keyword": "WAIT", "type": "integer", "default": 30},
            {"keyword": "MODE", "type": "select", "default_value": "a", "options": [{"value": "a", "label": "A"}]},
        ],
    })
}

#[test]
fn rows() {
    let prototype = Prototype::from_value(&sample()).unwrap();
    let columns: Vec<String> = prototype.columns().iter().map(|(column, value)| format!("{column}={value}")).collect();
    assert_eq!(
        columns,
        [
            "uuid=1b4e28ba-2fa1-4d3c-883f-0016d3cca427",
            "code=Sample",
            "name=Sample",
            "description=Plain",
            "version=1.0",
            "url=",
            "logo=",
            "homepage=https://example.org/",
            "tags=a,b",
        ]
    );
    let fields: Vec<_> =
        prototype.fields.iter().map(|field| (field.name(), field.default_text(), field.required)).collect();
    assert_eq!(
        fields,
        [("Key", String::new(), true), ("WAIT", "30".to_owned(), false), ("MODE", "a".to_owned(), false)]
    );
    assert_eq!(prototype.fields[2].options_json().unwrap(), r#"[{"value":"a","label":"A"}]"#);
}

#[test]
fn what_is_written_is_valid() {
    let mut prototype = Prototype::from_value(&sample()).unwrap();
    prototype.fields[0].kind = "secret".to_owned();
    prototype.fields[0].options = Some(json!(["a"]));
    let (written, left_out) = prototype.export();
    assert_eq!(left_out, []);
    assert_eq!(written["fields"][1]["default_value"], "30");
    assert_eq!(
        (&written["fields"][0]["type"], &written["fields"][0]["options"][0]["label"]),
        (&json!("password"), &json!("a"))
    );
    // The suite stores `{}` where it found no options.
    prototype.fields[1].options = Some(json!({}));
    let (written, left_out) = prototype.export();
    assert_eq!(left_out.len(), 1);
    assert_eq!(validate(DefinitionKind::CredentialPrototype, &written), []);
    assert_eq!(Prototype::from_value(&written).unwrap().fields[1].options, None);
}

#[test]
fn a_credential_type_may_keep_its_translations_apart() {
    let prototype =
        Prototype::from_value(&json!({"name": "Sample", "localized": {"name": {"cs": "Ukázka"}, "other": {}}}))
            .unwrap();
    assert_eq!(prototype.name.main(), "Sample");
    assert_eq!(prototype.name.translations().collect::<Vec<_>>(), [("en", "Sample"), ("cs", "Ukázka")]);
}
