//! Rights in the cluster: the documented role is enough, and a right that is missing is named.

use serde_json::{Value, json};

use super::release::with_chart;
use super::stages::kill_helper;
use super::{Place, artifact, not_run, notices, on_cluster, probe, until_told};
use crate::env::root;

const ACCOUNT: &str = "multiflexi-runner";

/// Uses the token of a service account of this place from now on.
pub fn act_as(place: &mut Place, account: &str) {
    let token = place.kubectl(&["create", "token", account]).ok().stdout;
    let kubeconfig = std::fs::read_to_string(std::env::var("KUBECONFIG").unwrap()).unwrap();
    let old = kubeconfig.split("token: ").nth(1).unwrap().split('}').next().unwrap().to_owned();
    place.change_kubeconfig(&old, token.trim());
}

/// Applies the documented role, for this namespace and with one text replaced.
pub fn apply_role(place: &Place, old: &str, new: &str) {
    let role = std::fs::read_to_string(root().join("examples/kubernetes-role.yaml")).unwrap();
    assert!(role.contains(old), "no {old:?} in the role");
    let here = format!("namespace: {}", place.namespace);
    place.apply(&role.replace(old, new).replace("namespace: multiflexi", &here));
}

/// The definition of a job with a secret and an artifact.
fn job(definition: &mut Value, script: &str, helm: Value, keep: bool) {
    crate::env::set_script(definition, script);
    definition["environment"] =
        json!({"PASSWORD": {"type": "password", "description": "p", "defval": "geheim", "required": false}});
    definition["kubernetes"] = json!({
        "helm": helm, "artifacts": {"enabled": true, "outputPath": "/tmp/report", "keepPodOnFailure": keep},
    });
}

on_cluster!(the_documented_role_is_enough, |mut place| {
    apply_role(&place, "", "");
    act_as(&mut place, ACCOUNT);
    let script = "printf %s $PASSWORD | wc -c; echo e >&2; echo made >/tmp/report; exit 3";
    let chart = with_chart(&place, json!({"chart": probe().join("chart")}))["helm"].take();
    place.prepare_with(|definition| job(definition, script, chart, true));
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (3, &json!("6\n")), "{output:#?} {record:#}");
    assert_eq!(artifact::stored(&place, "1").len(), 1, "{record:#}");
    let kept = place.pods();
    assert!(kept.len() == 1 && notices(&record).contains(&kept[0]), "{record:#}");
    place.kubectl(&["delete", "pod", &kept[0], "--wait=false"]).ok();
    assert_eq!(place.helm(&["status", "test", "-o", "json"]).ok().json()["info"]["status"], "deployed");

    // Without the charts' role, without a chart.
    place.kubectl(&["delete", "role", "multiflexi-charts"]).ok();
    place.import_with(|definition| job(definition, "echo made >/tmp/report", json!({"enabled": false}), false));
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["notices"]), (0, &Value::Null), "{output:#?} {record:#}");
    place.nothing_is_left();

    // A runner that died, and the output of an image without a shell.
    let script = concat!("echo one; ", until_told!(), "; echo two");
    place.import_with(|definition| job(definition, script, json!({"enabled": false}), false));
    let id = place.env.schedule();
    let mut runner = place.start(&id, &[]);
    crate::job::wait_until(|| place.record(&id)["stdout"] == "one\n");
    runner.kill().unwrap();
    runner.wait().unwrap();
    place.take_over(&id).ok();
    assert_eq!(place.record(&id)["stdout"], "one\ntwo\n");
    place.import_with(|definition| {
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
        definition["executable"] = "/bin/seq".into();
        definition["cmdparams"] = "3".into();
    });
    assert_eq!(place.env.run_job(&[]).1["stdout"], "1\n2\n3\n");
    place.nothing_is_left();
});

/// What is taken out of the role, and the right that is then named.
const MISSING: [(&str, &str, &str); 4] = [
    ("[pods]\n    verbs: [create, ", "[pods]\n    verbs: [", "create pods"),
    ("[pods]\n    verbs: [create, get, list, watch, ", "[pods]\n    verbs: [create, get, ", "list pods"),
    ("[pods/attach, pods/exec]", "[pods/exec]", "create pods/attach"),
    ("[secrets]\n    verbs: [create, ", "[secrets]\n    verbs: [", "create secrets"),
];

on_cluster!(a_missing_right_is_named, |mut place| {
    apply_role(&place, "", "");
    act_as(&mut place, ACCOUNT);
    place.kubectl(&["delete", "rolebinding", "multiflexi-charts"]).ok();
    place
        .prepare_with(|definition| job(definition, "echo made >/tmp/report; exit 3", json!({"enabled": false}), false));
    for (old, new, right) in MISSING {
        apply_role(&place, old, new);
        place.kubectl(&["delete", "rolebinding", "multiflexi-charts"]).ok();
        let account = format!("system:serviceaccount:{}:{ACCOUNT}", place.namespace);
        let words = format!("{account} may not {right} in the namespace {}", place.namespace);
        not_run(&place.env.run_job(&[]), "Forbidden", &[&words, "kubernetes-role.yaml"]);
        place.nothing_is_left();
    }
    // Without exec the job runs all the same; only what it made stays behind.
    apply_role(&place, "[pods/attach, pods/exec]", "[pods/attach]");
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 3, "{output:#?}");
    let notices = notices(&record);
    assert!(notices.contains("artifact missing: /tmp/report") && notices.contains("pods/exec"), "{notices}");
    // And without helm's rights a chart is not deployed.
    let chart = with_chart(&place, json!({"chart": probe().join("chart")}))["helm"].take();
    place.import_with(|definition| job(definition, "true", chart, false));
    place.kubectl(&["delete", "rolebinding", "multiflexi-charts"]).ok();
    not_run(&place.env.run_job(&[]), "Forbidden", &["may not get ", &place.namespace]);
});

on_cluster!(an_account_without_any_right_is_told_so, |mut place| {
    place.create("serviceaccount", "nobody");
    act_as(&mut place, "nobody");
    place.chart(&[]);
    place.prepare("echo ran", with_chart(&place, json!({})));
    not_run(&place.env.run_job(&[]), "Forbidden", &["may not list secrets"]);
    place.import_with(|definition| definition["kubernetes"] = json!({"helm": {"enabled": false}}));
    not_run(&place.env.run_job(&[]), "Forbidden", &["may not create pods"]);
});

on_cluster!(a_record_that_may_not_be_read_on_is_told_while_the_job_runs, |mut place| {
    apply_role(&place, "[pods/attach, pods/exec]", "[pods/attach]");
    act_as(&mut place, ACCOUNT);
    place.prepare(concat!("echo A; echo e >&2; ", until_told!(), "; exit 4"), json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &["--hold=2"]);
    place.wait_for_output(&id, "A\n", "e\n");
    kill_helper(&place, &["kubectl", "--attach"]);
    crate::job::wait_until(|| notices(&place.record(&id)).contains("pods/exec"));
    assert!(place.record(&id)["exitcode"].is_null());
    place.tell(&place.pods()[0]);
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(4), &json!(4)), "{output:?} {record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("A\n"), &json!("e\n")), "{record:#}");
    // The marks in the container's log prove that all had come.
    assert!(!notices(&record).contains("incomplete") && record["reason"].is_null(), "{record:#}");
    place.nothing_is_left();
});
