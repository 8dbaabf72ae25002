//! Applications and their definitions.

use serde_json::json;

use crate::env::{Env, definition, on_each_database, root};

fn import(env: &Env, definition: &serde_json::Value) -> crate::env::Output {
    let file = env.file("app.multiflexi.app.json", &definition.to_string());
    env.run(&["application", "import-json", "--file", file.to_str().unwrap(), "--format=json"])
}

on_each_database!(import_again_updates, |env| {
    let mut value = definition("Imported");
    value["environment"] = json!({
        "GREETING": {"type": "string", "description": "What to say", "defval": "hello", "required": false},
        "PASSWORD": {"type": "password", "description": "A secret", "defval": "marker-secret", "required": true},
    });
    value["kubernetes"] = json!({"helm": {"chart": "oci://example.org/charts/one", "namespace": "elsewhere"}});
    import(env, &value).ok();
    let record = env.json(&["application", "get", "--name=Imported"]);
    assert_eq!(record["helmchart"], "oci://example.org/charts/one");
    assert_eq!(record["ociimage"], "localhost/mfx-shell:1");
    value["version"] = "2.0.0".into();
    value["environment"]["GREETING"]["defval"] = "hi".into();
    import(env, &value).ok();
    assert_eq!(env.json(&["application", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(env.json(&["application", "get", "--id=1"])["version"], "2.0.0");
    let fields = env.run(&["application", "show-config", "--id=1", "--format=json"]).ok();
    assert!(!fields.stdout.contains("marker-secret"), "{fields:?}");
    assert_eq!(fields.json()[0]["defval"], "hi");
});

#[test]
fn every_violation_is_told_and_nothing_written() {
    let env = Env::new();
    let mut value = definition("Wrong");
    value["executable"] = json!(7);
    value["environment"] = json!({"FIELD": "no object"});
    let output = import(&env, &value).exits(1);
    let violations = output.json()["violations"].to_string();
    assert!(violations.contains("executable") && violations.contains("FIELD"), "{output:?}");
    assert_eq!(env.json(&["application", "list"]), json!([]));
}

#[test]
fn a_file_that_is_none_is_said_so() {
    let env = Env::new();
    let not_json = env.file("broken.json", "{\"name\": ");
    for (file, words) in [("/nonexistent.json", "/nonexistent.json"), (not_json.to_str().unwrap(), "JSON")] {
        for verb in ["import-json", "validate-json", "remove-json"] {
            env.run(&["application", verb, "--file", file]).refused(1, words);
        }
    }
    env.run(&["application", "import-json"]).refused(2, "--file");
}

#[test]
fn what_is_exported_is_valid_and_imports() {
    let env = Env::new();
    let example = root().join("examples/probe/probe.multiflexi.app.json");
    env.run(&["application", "validate-json", "--file", example.to_str().unwrap()]).ok();
    env.run(&["application", "import-json", "--file", example.to_str().unwrap()]).ok();
    let chart = env.json(&["application", "get", "--id=1"])["helmchart"].as_str().unwrap().to_owned();
    assert!(std::path::Path::new(&chart).join("Chart.yaml").exists(), "{chart}");
    let file = env.path().join("exported.json");
    env.run(&["application", "export-json", "--id=1", "--file", file.to_str().unwrap()]).ok();
    env.run(&["application", "validate-json", "--file", file.to_str().unwrap()]).ok();
    let other = Env::new();
    other.run(&["application", "import-json", "--file", file.to_str().unwrap()]).ok();
    let record = |env: &Env| {
        let mut record = env.json(&["application", "get", "--id=1"]);
        for key in ["DatCreate", "DatUpdate", "deffile"] {
            record.as_object_mut().unwrap().remove(key);
        }
        record
    };
    assert_eq!(record(&env), record(&other));
}

#[test]
fn a_definition_removes_only_the_application_that_it_describes() {
    let env = Env::new();
    env.import("true", json!(null));
    let mut other = crate::env::definition("Test");
    other["uuid"] = "d3d3ae58-d64a-4ab4-afb5-ba439ffc8588".into();
    let file = env.file("other.app.json", &other.to_string());
    env.run(&["application", "remove-json", "--file", file.to_str().unwrap()]).refused(1, "another one");
    assert_eq!(env.json(&["application", "get", "--id=1"])["id"], 1);
}

on_each_database!(a_chart_is_set_and_taken_away_by_an_option, |env| {
    for name in ["One", "Two"] {
        let name = format!("--name={name}");
        env.run(&["application", "create", &name, "--executable=sh", "--cmdparams=-c '{SCRIPT}'"]).ok();
    }
    let update = |id: &str, chart: &str| env.run(&["application", "update", id, &format!("--helmchart={chart}")]);
    update("1", "oci://example.org/charts/one").ok();
    update("2", "oci://example.org/charts/one").refused(1, "its id is 1");
    update("2", "oci://example.org/charts/two").ok();
    let chart = |id: &str| env.json(&["application", "get", id])["helmchart"].clone();
    assert_eq!(
        (chart("1"), chart("2")),
        (json!("oci://example.org/charts/one"), json!("oci://example.org/charts/two"))
    );
    for id in ["1", "2"] {
        update(id, "").ok();
        assert_eq!(chart(id), json!(null));
    }
    let application = env.json(&["application", "get", "1"]);
    assert_eq!((&application["cmdparams"], &application["resultfile"]), (&json!("-c '{SCRIPT}'"), &json!("")));
});
