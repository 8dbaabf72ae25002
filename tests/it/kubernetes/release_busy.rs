//! A release that others deploy again and again. Only a helm of the test's own keeps to the second at which they do.

use serde_json::json;

use super::release::with_chart;
use super::{not_run, on_cluster};

on_cluster!(a_fresh_revision_is_not_taken_for_dead, |mut place| {
    // Each look finds a revision that has just begun, for longer than one of them may take.
    let script = r#"#!/bin/sh
        log="$(dirname "$0")/../helm.log"; echo "$*" >>"$log"
        case " $* " in *" status "*) ;; *) exit 1 ;; esac
        printf '{"info":{"status":"pending-upgrade","last_deployed":"%s"},"version":%s}' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(wc -l <"$log")"
    "#;
    place.put_script_first("helm", script);
    place.prepare("echo ran", with_chart(&place, json!({"timeoutSeconds": 1})));
    not_run(&place.env.run_job(&["--repair-release"]), "HelmBusy", &["release test", "history test"]);
    let log = std::fs::read_to_string(place.env.path().join("helm.log")).unwrap();
    // What version it is, is asked beside that.
    let asks = |line: &str| line.contains(" status ") || line.starts_with("version ");
    assert!(log.lines().all(asks), "{log}");
    place.nothing_is_left();
});

on_cluster!(what_a_chart_says_of_others_is_the_chart_s, |place| {
    place.prepare("true", with_chart(&place, json!({})));
    for words in ["another operation (install/upgrade/rollback) is in progress", "a release already exists"] {
        place.chart(&[("fails", &format!("{{{{ fail \"{words}\" }}}}"))]);
        not_run(&place.env.run_job(&[]), "HelmFailed", &[words]);
    }
});

on_cluster!(a_namespace_that_a_chart_names_is_the_one_to_be_made, |place| {
    let elsewhere = "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: nowhere-to-be-found}}";
    place.chart(&[("elsewhere", elsewhere)]);
    let tool = format!("`kubectl {} --context=", place.kubeconfig_option());
    let advice = " create namespace nowhere-to-be-found`";
    not_run(&place.run("true", with_chart(&place, json!({})), &[]), "NamespaceNotFound", &[&tool, advice]);
});
