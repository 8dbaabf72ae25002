//! Once a runtemplate has succeeded, the pod of its next job is made while helm looks at the release. Nothing of the
//! program may run before helm said `deployed`.

use serde_json::{Value, json};

use super::release::{CONFIG, release, with_chart};
use super::stub::{Stub, until_there};
use super::{Place, not_run, notices, on_cluster, waits};
use crate::env::NOWHERE;

/// A chart and a runtemplate that has succeeded.
fn succeeded(place: &Place, script: &str) {
    place.chart(&[("config", CONFIG)]);
    let (output, record) = place.run(script, with_chart(place, json!({})), &[]);
    assert_eq!(output.code, 0, "{output:#?} {record:#}");
}

/// The next job deploys the release anew, and runs once.
#[track_caller]
fn is_deployed_anew(place: &Place) {
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?} {record:#}");
    assert!(notices(&record).contains("helm: deploying"), "{record:#}");
    assert_eq!(release(place), ("deployed".to_owned(), 1));
    place.nothing_is_left();
}

on_cluster!(nothing_runs_before_helm_said_deployed, |mut place| {
    succeeded(&place, "date +%s");
    let (seen, said) = (place.env.path().join("seen"), place.env.path().join("said"));
    // Long enough for a pod that waits for nothing to begin.
    let late = format!("\"$real\" \"$@\" || exit; {}; sleep 4; date +%s >{}; exit", until_there(&seen), said.display());
    Stub::of("helm").at("status", &late).install(&mut place);
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| !place.pods().is_empty());
    assert!(!said.exists(), "the pod was not made before helm said what it knows");
    place.env.file("seen", "");
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(0), &json!(0)), "{output:?} {record:#}");
    let number = |text: &str| text.trim().parse::<i64>().unwrap();
    let (ran, said) = (number(record["stdout"].as_str().unwrap()), number(&std::fs::read_to_string(said).unwrap()));
    assert!(ran >= said, "the program ran at {ran}, helm said deployed at {said}");
    assert_eq!(record["notices"], Value::Null, "{record:#}");
});

on_cluster!(a_release_that_is_gone_is_deployed_before_the_program_runs, |place| {
    succeeded(&place, "echo ran");
    place.helm(&["uninstall", "test", "--wait"]).ok();
    is_deployed_anew(&place);
    place.helm(&["uninstall", "test", "--wait"]).ok();
    place.import_with(|definition| {
        definition["kubernetes"] = with_chart(&place, json!({"chart": place.env.path().join("nosuch")}));
    });
    not_run(&place.env.run_job(&[]), "ChartNotFound", &["nosuch"]);
    place.nothing_is_left();
});

on_cluster!(a_namespace_that_is_gone_is_made_before_the_program_runs, |place| {
    succeeded(&place, "echo ran");
    place.kubectl(&["delete", "namespace", &place.namespace]).ok();
    is_deployed_anew(&place);
});

on_cluster!(a_cluster_that_cannot_be_reached_any_more_is_named, |mut place| {
    succeeded(&place, "echo ran");
    place.change_kubeconfig(&super::server(), NOWHERE);
    waits(&place.env.run_job(&[]), "ClusterUnreachable", &[NOWHERE]);
});

on_cluster!(without_helm_no_pod_is_made, |mut place| {
    succeeded(&place, "echo ran");
    let (calls, folder) = (place.env.path().join("calls"), place.env.path().join("first"));
    Stub::of("kubectl").logs(&calls).install(&mut place);
    place.env.set("PATH", folder.to_str().unwrap());
    // Which of the two goes first is chance.
    for _ in 0..6 {
        waits(&place.env.run_job(&[]), "HelmMissing", &["no helm in PATH"]);
    }
    assert_eq!(std::fs::read_to_string(calls).unwrap_or_default(), "");
});
