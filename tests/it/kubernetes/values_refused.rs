//! Values for a chart that cannot be understood, or are not here: refused at import, and by a job whose row no import looked at.

use needs::needs;
use serde_json::{Value, json};

use super::release::{CONFIG, with_chart};
use super::{Place, not_run, on_cluster};
use crate::env::{on_each_database, set_script};

/// Runs a job of this `helm` object, which stands in the row as it is.
fn run_row(place: &Place, more: Value) -> (crate::env::Output, Value) {
    let row = with_chart(place, more).to_string().replace('\'', "''");
    place.env.sql(&format!("UPDATE app_kubernetes SET definition = '{row}'"));
    place.env.run_job(&[])
}

on_cluster!(values_that_cannot_be_understood_are_refused, |place| {
    place.chart(&[("config", CONFIG)]);
    place.prepare("echo ran", with_chart(&place, json!({})));
    for set in
        [json!({"list[5000]": 1}), json!({"replicas": 5, "[0]": 1}), json!({"a[0": 1}), json!({"b": 5, "b.c": 6})]
    {
        let (key, _) = set.as_object().unwrap().iter().next_back().unwrap();
        not_run(&run_row(&place, json!({"set": set.clone()})), "ChartValues", &["helm.set", key]);
    }
    let url = "http://user:geheim77@127.0.0.1:1/x";
    let refused = run_row(&place, json!({"valuesFiles": [url]}));
    not_run(&refused, "ValuesFile", &["is a URL", "@127.0.0.1:1/x"]);
    assert!(
        !refused.1["reason"].to_string().contains("geheim77") && !refused.0.stderr.contains("geheim77"),
        "{refused:?}"
    );
    assert!(place.helm(&["status", "test"]).code != 0);
    place.nothing_is_left();
});

on_each_database!(an_import_refuses_them_too, |env| {
    let refused = |helm: Value, words: &str| {
        let mut definition = crate::env::definition("Test");
        set_script(&mut definition, "true");
        definition["kubernetes"] = json!({"helm": helm});
        let file = env.file("test.multiflexi.app.json", &definition.to_string());
        let run = env.run(&["application", "import-json", "--file", file.to_str().unwrap()]);
        assert!(run.code != 0 && run.stderr.contains(words), "{helm}: {run:?}");
        assert!(!run.stderr.contains("geheim77"), "{run:?}");
    };
    for key in ["[0]", "a[0", "list[x]"] {
        refused(json!({"set": {"replicas": 5, key: 1}}), "kubernetes.helm.set: cannot be used");
    }
    refused(json!({"set": {"a": 5, "a.b": 6}}), "same place");
    refused(json!({"valuesFiles": ["https://u:geheim77@host/x"]}), "kubernetes.helm.valuesFiles[0]: is a URL");
    refused(json!({"chart": "https://u:geheim77@host/chart.tgz"}), "kubernetes.helm.chart");
    assert_eq!(env.json(&["application", "list"]), json!([]));
});

#[needs(cluster)]
#[test]
fn a_number_of_64_bits_arrives_whole() {
    let place = Place::new();
    let big = "{apiVersion: v1, kind: ConfigMap, metadata: {name: big}, data: {v: \"{{ .Values.u }}\"}}";
    place.chart(&[("config", big)]);
    let (output, _) = place.run("true", with_chart(&place, json!({"set": {"u": u64::MAX}})), &[]);
    assert_eq!(output.code, 0, "{output:?}");
    let all = place.kubectl(&["get", "configmap", "big", "-o", "jsonpath={.data.v}"]).ok();
    assert_eq!(all.stdout, u64::MAX.to_string());
}
