//! Clusters that cannot be used: each says in words what is wrong, and the job's row too.

use std::time::{Duration, Instant};

use needs::needs;
use serde_json::json;

use super::{Place, not_run, on_cluster, server, waits};
use crate::env::NOWHERE;

/// Runs a job with a chart, then one without; both must fail alike, and at once.
fn both_fail(place: &Place, options: &[&str], code: &str, words: &[&str]) {
    let chart = place.chart(&[]);
    place.prepare("echo ran", json!({"helm": {"enabled": true, "chart": chart, "releaseName": "test"}}));
    fails(place, options, code, words);
    place.import_with(|definition| definition["kubernetes"] = json!({"helm": {"enabled": false}}));
    fails(place, options, code, words);
}

fn fails(place: &Place, options: &[&str], code: &str, words: &[&str]) {
    let started = Instant::now();
    let ran = place.env.run_job(options);
    assert!(started.elapsed() < Duration::from_secs(120), "it took {:?}", started.elapsed());
    match code {
        "NamespaceTerminating" | "NamespaceNotFound" => not_run(&ran, code, words),
        _ => waits(&ran, code, words),
    }
}

on_cluster!(without_a_program_it_is_named, |mut place| {
    let chart = place.chart(&[]);
    let with_chart = json!({"helm": {"enabled": true, "chart": chart, "releaseName": "test"}});
    place.prepare("echo ran", with_chart);
    for (there, missing, code) in [("kubectl", "helm", "HelmMissing"), ("helm", "kubectl", "KubectlMissing")] {
        let folder = place.env.path().join(there);
        std::fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink(super::tools().join(there), folder.join(there)).unwrap();
        place.env.set("PATH", folder.to_str().unwrap());
        fails(&place, &[], code, &[&format!("no {missing} in PATH")]);
        // It is noticed before anything is made.
        assert_eq!(place.helm(&["list", "-q"]).ok().stdout, "");
    }
    // Without a chart nobody misses helm.
    let folder = place.env.path().join("kubectl");
    place.env.set("PATH", folder.to_str().unwrap());
    place.import_with(|definition| definition["kubernetes"] = json!({"helm": {"enabled": false}}));
    crate::env::Output::ok(place.env.run_job(&[]).0);
});

on_cluster!(without_a_kubeconfig_it_says_where_it_looked, |mut place| {
    place.env.unset("KUBECONFIG");
    both_fail(&place, &[], "NoKubeconfig", &[".kube/config"]);
    let nowhere = place.env.path().join("nowhere");
    place.env.set("KUBECONFIG", nowhere.to_str().unwrap());
    fails(&place, &[], "NoKubeconfig", &["nowhere"]);
    place.env.unset("KUBECONFIG");
    fails(&place, &["--kubeconfig", nowhere.to_str().unwrap()], "NoKubeconfig", &["nowhere"]);
    let broken = place.env.file("broken", "clusters: [\n");
    fails(&place, &["--kubeconfig", broken.to_str().unwrap()], "BadKubeconfig", &["broken"]);
});

on_cluster!(a_cluster_that_cannot_be_reached_is_named, |mut place| {
    place.change_kubeconfig(&server(), NOWHERE);
    both_fail(&place, &[], "ClusterUnreachable", &[NOWHERE, "of context mfx"]);
});

on_cluster!(credentials_that_are_refused_are_named, |mut place| {
    place.change_kubeconfig("token: ", "token: wrong");
    both_fail(&place, &[], "Unauthorized", &["credentials"]);
});

on_cluster!(a_context_that_is_not_there_is_named, |place| {
    both_fail(&place, &["--context=elsewhere"], "UnknownContext", &["elsewhere"]);
});

on_cluster!(a_terminating_namespace_is_one_clear_error, |place| {
    // F23: the finalizer keeps the namespace from going.
    place.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: held, finalizers: [example.org/hold]}}");
    place.kubectl(&["delete", "namespace", &place.namespace, "--wait=false"]).ok();
    both_fail(&place, &[], "NamespaceTerminating", &[&place.namespace, "terminating"]);
    let patch = r#"{"metadata":{"finalizers":null}}"#;
    place.kubectl(&["patch", "configmap", "held", "--type=merge", "-p", patch]).ok();
});

#[needs(cluster)]
#[test]
fn a_namespace_that_is_not_there_is_named() {
    let place = Place::without_namespace();
    place.prepare("echo ran", json!(null));
    fails(&place, &[], "NamespaceNotFound", &[&place.namespace, "create"]);
}
