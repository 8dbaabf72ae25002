//! Each kind of violation in its words, and definitions that pass.

use serde_json::{Value, json};

use super::*;
use crate::definition::language::LANGUAGES;

/// A small application that is valid, with some members replaced or added.
fn application(members: Value) -> Value {
    let mut definition = json!({
        "$schema": "https://example.org/schema.json",
        "name": "Sample",
        "description": {"en": "A sample", "cs": "Ukázka"},
        "executable": "sample",
        "environment": {"FOO": {"type": "string"}},
    });
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            definition.as_object_mut().unwrap().shift_remove(name);
        } else {
            definition[name] = value.clone();
        }
    }
    definition
}

fn lines(kind: DefinitionKind, definition: &Value) -> Vec<String> {
    validate(kind, definition).iter().map(Violation::to_string).collect()
}

#[track_caller]
fn refused(members: Value, expected: &[&str]) {
    assert_eq!(lines(DefinitionKind::Application, &application(members)), expected);
}

#[test]
fn the_schemas_know_the_same_languages() {
    for kind in [DefinitionKind::Application, DefinitionKind::CredentialPrototype, DefinitionKind::CredentialType] {
        let schema: Value = serde_json::from_str(kind.schema()).unwrap();
        assert_eq!(schema["definitions"]["localized"]["propertyNames"]["enum"], json!(LANGUAGES), "{kind:?}");
    }
}

#[test]
fn valid_ones_pass() {
    refused(json!({}), &[]);
    refused(
        json!({"version": "1", "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "more": [1], "environment": {}}),
        &[],
    );
    for chart in ["oci://registry.example.org/charts/a", "repo/chart", "./chart", "../charts/a", "/srv/charts/a"] {
        refused(json!({"kubernetes": {"helm": {"enabled": true, "releaseName": "a", "chart": chart}}}), &[]);
    }
}

#[test]
fn a_number_that_would_be_rounded_is_refused() {
    let of = |number: &str| {
        let variable = format!(r#"{{"type": "integer", "description": "N", "defval": {number}}}"#);
        json!({"environment": {"FOO": serde_json::from_str::<serde_json::Value>(&variable).unwrap()}})
    };
    refused(of("18446744073709551615"), &[]);
    refused(
        of("18446744073709551616"),
        &["environment.FOO.defval: is too large for a number, which would be rounded: write it as a text"],
    );
}

#[test]
fn every_violation_is_told() {
    refused(
        json!({"executable": 123, "name": null, "environment": {"FOO": {"type": "strng"}, "BAR": "no object"}, "tags": "a"}),
        &[
            "name: is missing",
            "executable: 123 is a number, not a text",
            "environment.FOO.type: \"strng\" is not one of string, file-path, email, url, integer, float, bool, password, set, text",
            "environment.BAR: \"no object\" is a text, not an object",
            "tags: \"a\" is a text, not a list",
        ],
    );
}

#[test]
fn values_that_do_not_fit() {
    refused(
        json!({"version": "1.0-beta"}),
        &["version: \"1.0-beta\" is not one to four numbers with dots between, such as 1.2.3"],
    );
    refused(json!({"name": {"xx": "?"}}), &["name.xx: \"xx\" is not a language code such as en, cs or de"]);
    refused(
        json!({"name": {}}),
        &["name: is an empty object, not a text, or an object of texts by language code such as {\"en\": \"…\"}"],
    );
    refused(
        json!({"name": 1}),
        &["name: 1 is a number, not a text, or an object of texts by language code such as {\"en\": \"…\"}"],
    );
    refused(json!({"environment": []}), &["environment: this is a list, not an object"]);
    refused(
        json!({"artifacts": [{"name": "a", "path": "b", "size": 1}]}),
        &[
            "artifacts[0].type: is missing",
            "artifacts[0].size: is not known here, known are name, path, type, description",
        ],
    );
    refused(
        json!({"exitCodes": {"one": {"description": ""}}}),
        &["exitCodes.one: \"one\" is not an exit code: a whole number"],
    );
}

#[test]
fn what_the_suites_validator_lets_pass_is_a_warning() {
    let definition = application(json!({
        "uuid": "c2e5d7ef-2396-5a46-bfe7-37c58d6215g4", "homepage": "no address", "execuatble": "x",
        "environment": {"FOO": {"type": "string", "requird": true}},
    }));
    let found = examine(DefinitionKind::Application, &definition);
    assert_eq!(found.violations, []);
    let told: Vec<String> = found.warnings.iter().map(Violation::to_string).collect();
    assert_eq!(
        told,
        [
            "environment.FOO.requird: is not known and not used, is required meant?",
            "uuid: \"c2e5d7ef-2396-5a46-bfe7-37c58d6215g4\" is not a UUID such as 1b4e28ba-2fa1-4d3c-883f-0016d3cca427",
            "homepage: \"no address\" is not a web address (a URI such as https://example.org/)",
            "execuatble: is not known and not used, is executable meant?",
        ]
    );
    // An empty text says nothing, and what is refused is not warned of.
    let quiet = examine(DefinitionKind::Application, &application(json!({"uuid": "", "homepage": ""})));
    assert!(quiet.violations.is_empty() && quiet.warnings.is_empty(), "{quiet:?}");
}

#[test]
fn kubernetes() {
    refused(json!({"kubernetes": {}}), &["kubernetes.helm: is missing"]);
    refused(
        json!({"kubernetes": {"helm": {"enabled": true}}}),
        &[
            "kubernetes.helm.chart: is missing, required where enabled is true",
            "kubernetes.helm.releaseName: is missing, required where enabled is true",
        ],
    );
    refused(
        json!({"kubernetes": {"helm": {"timeoutSeconds": 0, "valuesFiles": [], "chart": "a b"}}}),
        &[
            "kubernetes.helm.timeoutSeconds: 0 is less than 1",
            "kubernetes.helm.valuesFiles: is an empty list",
            "kubernetes.helm.chart: \"a b\" is not a chart as oci://registry/chart, repository/chart, or a path that begins with /, ./ or ../",
        ],
    );
    refused(
        json!({"kubernetes": {"helm": {"namespace": "Big_One", "set": {"a": []}}}}),
        &[
            "kubernetes.helm.namespace: \"Big_One\" is not a DNS label: lower-case letters, digits and hyphens, neither first nor last a hyphen",
            "kubernetes.helm.set.a: this is a list, not true or false or a number or a text",
        ],
    );
}

#[test]
fn what_schemas_do_not_find() {
    refused(
        json!({"exitCodes": {"0": {"description": "a"}, "00": {"description": "b"}, "99999999999": {"description": "c"}}}),
        &["exitCodes.00: exit code 0 appears twice", "exitCodes.99999999999: is too large for an exit code"],
    );
    refused(json!({"environment": {"lower": "x"}}), &["environment.lower: \"x\" is a text, not an object"]);
    refused(
        json!({"setup": 5, "topics": {}}),
        &["setup: 5 is a number, not a text", "topics: this is an object, not a list of texts"],
    );
}

#[test]
fn credential_prototypes() {
    let prototype = json!({
        "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "code": "Sample", "version": "1.0",
        "name": {"en": "Sample", "cs": "Ukázka"},
        "fields": [{"keyword": "SAMPLE_TOKEN", "type": "password", "name": {"en": "Token"}, "default": 3}],
    });
    assert_eq!(lines(DefinitionKind::CredentialPrototype, &prototype), [""; 0]);
    let mut bad = prototype;
    bad["code"] = json!("x");
    bad["fields"] = json!([{"keyword": "token", "type": "secret"}, {"keyword": "A", "type": "url"}, {"keyword": "A", "type": "url"}]);
    assert_eq!(
        lines(DefinitionKind::CredentialPrototype, &bad),
        [
            "code: \"x\" is not 2 to 64 letters, digits, hyphens and underscores",
            "fields[0].keyword: \"token\" is not a variable's name: upper-case letters, digits and underscores, a letter first",
            "fields[0].type: \"secret\" is not one of string, password, email, url, integer, boolean, select, textarea, file",
            "fields[2].keyword: \"A\" appears twice",
        ]
    );
}

#[test]
fn credential_types() {
    let kind = json!({
        "$schema": "https://example.org/s", "uuid": "any", "code": "Sample", "version": "1.0.0", "name": "Sample",
        "description": {"cs": "Ukázka"}, "fields": [{"keyword": "TOKEN", "type": "secret", "name": "Token", "default": 3}],
    });
    assert_eq!(lines(DefinitionKind::CredentialType, &kind), [""; 0]);
    let mut bad = kind;
    bad["id"] = json!(1);
    bad.as_object_mut().unwrap().shift_remove("version");
    assert_eq!(
        lines(DefinitionKind::CredentialType, &bad),
        [
            "version: is missing",
            "id: is not known here, known are $schema, uuid, code, name, description, version, fields, localized",
        ]
    );
}

#[test]
fn the_error_lists_all_of_them() {
    let violations = validate(DefinitionKind::Application, &json!([]));
    let error = refuse(DefinitionKind::Application, "a.json", &violations);
    assert_eq!(
        error.to_string(),
        "a.json is not a valid application definition: one violation\n  because: the definition: this is a list, not an object\n  hint: mend each of them in the file and validate it again"
    );
}
