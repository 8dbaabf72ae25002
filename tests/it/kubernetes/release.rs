//! The helm release that a job needs: there, missing, broken, slow.

use std::time::{Duration, Instant};

use needs::needs;
use serde_json::{Value, json};

use super::stub::Stub;
use super::{Place, not_run, notices, on_cluster};
use crate::at_once::at_once;

/// A chart that is deployed in no time.
pub const CONFIG: &str = "{apiVersion: v1, kind: ConfigMap, metadata: {name: {{ .Release.Name | quote }}}, data: {x: {{ .Values.x | default \"none\" | quote }}}}";

/// The definition's `kubernetes` object for this place's chart.
pub fn with_chart(place: &Place, more: Value) -> Value {
    let mut helm = json!({
        "enabled": true,
        "chart": place.env.path().join("chart"),
        "releaseName": "test",
        "timeoutSeconds": 60,
    });
    for (key, value) in more.as_object().unwrap() {
        helm[key] = value.clone();
    }
    json!({"helm": helm})
}

/// State and revision of the release.
pub fn release(place: &Place) -> (String, i64) {
    let status: Value = place.helm(&["status", "test", "-o", "json"]).ok().json();
    (status["info"]["status"].as_str().unwrap().to_owned(), status["version"].as_i64().unwrap())
}

#[needs(cluster)]
#[test]
fn a_missing_release_is_deployed_once_and_its_namespace_made() {
    let place = Place::without_namespace();
    place.chart(&[("config", CONFIG)]);
    place.prepare("echo ran", with_chart(&place, json!({})));
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, output.stdout.as_str()), (0, "ran\n"), "{output:#?}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("ran\n"), &json!("")), "{record:#}");
    assert!(notices(&record).contains("helm: deploying"), "{record:#}");
    assert_eq!(release(&place), ("deployed".to_owned(), 1));

    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["notices"]), (0, &Value::Null), "{output:#?} {record:#}");
    assert_eq!(release(&place), ("deployed".to_owned(), 1));
    assert!(record["command"].as_str().unwrap().contains(&place.namespace), "{record:#}");
}

on_cluster!(values_keep_their_types_and_are_in_no_argv, |place| {
    let types = "{apiVersion: v1, kind: ConfigMap, metadata: {name: types}, data: {types: {{ printf \"%v\" (list (kindOf .Values.text) (kindOf .Values.flag) .Values.image.tag .Values.file) | quote }}}}";
    place.chart(&[("types", types)]);
    place.env.file("values.yaml", "file: from-file\nflag: 7\n");
    let set = json!({"text": "1.0", "flag": true, "image.tag": "1.10"});
    // The file is named as it stands beside the definition.
    let more = json!({"set": set, "valuesFiles": ["values.yaml"]});
    let (output, _) = place.run("true", with_chart(&place, more), &[]);
    assert_eq!(output.code, 0, "{output:#?}");
    let types = place.kubectl(&["get", "configmap", "types", "-o", "jsonpath={.data.types}"]).ok();
    assert_eq!(types.stdout, "[string bool 1.10 from-file]");
});

on_cluster!(whole_numbers_reach_the_chart_as_they_are, |mut place| {
    let numbers = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: numbers}\ndata:\n  all: \"{{ .Values.n }} {{ .Values.big }} {{ kindOf (index .Values.list 0) }} {{ index (index .Values \\\"a.b\\\") \\\"c\\\" }} {{ .Values.f }} {{ .Values.pin }}\"\n"
        .replace("\\\"", "`");
    place.chart(&[("numbers", &numbers)]);
    let set = json!({
        "n": 1_234_567, "big": 12_345_678_901_234_567_i64, "list[0]": 7, "a\\.b.c": -5, "f": 1.5, "pin": 4_321_765,
    });
    // What may be a secret is in no argv.
    let calls = place.env.path().join("calls");
    Stub::of("helm").logs(&calls).install(&mut place);
    let (output, _) = place.run("true", with_chart(&place, json!({"set": set})), &[]);
    assert_eq!(output.code, 0, "{output:#?}");
    let all = place.kubectl(&["get", "configmap", "numbers", "-o", "jsonpath={.data.all}"]).ok();
    assert_eq!(all.stdout, "1234567 12345678901234567 int64 -5 1.5 4.321765e+06");
    let calls = std::fs::read_to_string(calls).unwrap();
    assert!(calls.contains("--set n=1234567") && !calls.contains("4321765"), "{calls}");
});

/// A pod that fails before the chart's own objects are made.
const HOOK: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: hook, annotations: {helm.sh/hook: 'pre-install,pre-upgrade'}}\nspec: {restartPolicy: Never, containers: [{name: c, image: 'localhost/mfx-shell:1', command: ['false']}]}\n";

on_cluster!(a_chart_s_hook_that_fails_is_named, |place| {
    place.chart(&[("hook", HOOK)]);
    place.prepare("echo ran", with_chart(&place, json!({})));
    let ran = place.env.run_job(&[]);
    not_run(&ran, "HelmHookFailed", &["a hook of the chart failed", "correct the chart"]);
    assert!(!ran.1["reason"].as_str().unwrap().contains("the limit is"), "{:#}", ran.1);
});

on_cluster!(a_file_that_is_no_chart_is_named, |place| {
    place.prepare("echo ran", with_chart(&place, json!({"chart": "/etc/hostname"})));
    not_run(&place.env.run_job(&[]), "ChartNotFound", &["/etc/hostname", "is no chart"]);
});

on_cluster!(a_chart_that_is_not_there_is_named, |place| {
    let chart = place.env.path().join("nosuch");
    place.prepare("echo ran", with_chart(&place, json!({"chart": chart})));
    not_run(&place.env.run_job(&[]), "ChartNotFound", &[chart.to_str().unwrap()]);
    place.nothing_is_left();
    for (chart, code) in [
        ("nosuchrepo/chart", "ChartNotFound"),
        // No such host: the registry, not the cluster, is what cannot be reached.
        ("oci://registry.invalid/chart", "ChartUnreachable"),
    ] {
        place.import_with(|definition| definition["kubernetes"] = with_chart(&place, json!({"chart": chart})));
        not_run(&place.env.run_job(&[]), code, &[chart]);
    }
    place.nothing_is_left();
});

on_cluster!(a_release_that_failed_is_deployed_again, |place| {
    // F36: the server refuses the object, so that the first install is recorded as failed.
    place.chart(&[("config", "{apiVersion: v1, kind: ConfigMap, metadata: {name: UPPER}}")]);
    place.prepare("echo ran", with_chart(&place, json!({})));
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["exitcode"]), (125, &json!(125)), "{output:#?}");
    assert!(record["reason"].as_str().unwrap().contains("UPPER"), "{record:#}");
    place.nothing_is_left();

    place.chart(&[("config", CONFIG)]);
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?}");
    assert_eq!(release(&place).0, "deployed");
});

/// A Deployment of a pod with this image.
pub const DEPLOYMENT: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: slow}
spec:
  selector: {matchLabels: {app: slow}}
  template:
    metadata: {labels: {app: slow}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: slow, image: "IMAGE", command: [sleep, "2147483647"]}]
"#;
const BARE_POD: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec:
  terminationGracePeriodSeconds: 1
  containers: [{name: bare, image: "IMAGE", command: [sleep, "2147483647"]}]
"#;

#[needs(cluster)]
#[test]
fn why_a_chart_s_pod_is_not_ready_is_told() {
    // F37: a chart's Deployment, and its bare pod.
    at_once([("deployment", DEPLOYMENT), ("bare pod", BARE_POD)], |(what, template)| {
        let place = Place::new();
        let image = "localhost/absent:1";
        place.chart(&[("pod", &template.replace("IMAGE", image))]);
        place.prepare("echo ran", with_chart(&place, json!({"timeoutSeconds": 40})));
        let started = Instant::now();
        let ran = place.env.run_job(&[]);
        let took = started.elapsed();
        assert!(took > Duration::from_secs(5) && took < Duration::from_secs(150), "{what}: {took:?}");
        not_run(&ran, "HelmNotReady", &[image, "40 s"]);
        place.nothing_is_left();
    });
}

on_cluster!(a_chart_with_a_bare_pod_that_runs_is_no_obstacle, |place| {
    place.chart(&[("pod", &BARE_POD.replace("IMAGE", "localhost/mfx-shell:1"))]);
    let (output, record) = place.run("echo ran", with_chart(&place, json!({})), &[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?}");
});

#[needs(cluster)]
#[test]
fn a_disabled_chart_is_left_alone() {
    let place = Place::new();
    place.chart(&[("config", CONFIG)]);
    let (output, _) = place.run("true", with_chart(&place, json!({"enabled": false})), &[]);
    assert_eq!(output.code, 0, "{output:#?}");
    assert_eq!(place.helm(&["list", "-q"]).ok().stdout, "");
}
