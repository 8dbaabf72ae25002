//! The example of the README, from the import to the record.

use needs::needs;
use serde_json::{Value, json};

use super::{Place, notices, outside, probe};
use crate::env::{Output, root};

/// One command of the README, as typed there.
fn run(place: &Place, line: &[&str]) -> Output {
    let output = place.env.command(line).current_dir(root()).output().unwrap();
    Output {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
    .ok()
}

#[needs(cluster)]
#[test]
fn the_walkthrough_does_what_the_readme_says() {
    let place = Place::without_namespace();
    run(&place, &["application", "import-json", "--file=examples/probe/probe.multiflexi.app.json"]);
    run(&place, &["company", "create", "--name=Acme", "--slug=acme"]);
    let runtemplate = ["--name=Probe via K8s", "--executor=Kubernetes", "--interv=d", "--cron=0 6 * * *", "--active=1"];
    run(&place, &[&["runtemplate", "create", "--app_id=1", "--company_id=1"], &runtemplate[..]].concat());
    run(&place, &["runtemplate", "update", "--id=1", "--config=GREETING=ahoj"]);
    let runtemplate = run(&place, &["runtemplate", "get", "--id=1", "--format=json"]).json();
    assert_eq!((&runtemplate["GREETING"], &runtemplate["cron"]), (&json!("ahoj"), &json!("0 6 * * *")));
    run(&place, &["runtemplate", "schedule", "--id=1", "--schedule_time=now"]);
    let output = run(&place, &["job", "run", "--id=1"]);
    let record = run(&place, &["job", "get", "--id=1", "--format=json"]).json();

    let stdout =
        "GREETING=ahoj\nPASSWORD=(not set)\nPROBE_SLEEP=0\nFORCE_EXITCODE=0\nRESULT_FILE=/tmp/probe-report.json\n";
    assert_eq!((&record["stdout"], output.stdout.as_str()), (&json!(stdout), stdout));
    assert!(record["stderr"].as_str().unwrap().starts_with("multiflexi-probe: job 1 on mf-job-1-"), "{record:#}");
    assert_eq!((&record["exitcode"], &record["executor"]), (&json!(0), &json!("Kubernetes")));
    assert!(record["begin"].is_string() && record["end"].is_string(), "{record:#}");
    let command = record["command"].as_str().unwrap();
    assert!(command.starts_with("kubectl ") && command.contains("-n multiflexi"), "{command}");
    let status = outside("helm", &["-n", "multiflexi", "status", "probe", "-o", "json"]).ok().json();
    assert_eq!(status["info"]["status"], "deployed");
    let report: Value = serde_json::from_slice(&super::artifact::stored(&place, "1")[0].1).unwrap();
    assert_eq!((&report["greeting"], &report["job"]), (&json!("ahoj"), &json!("1")));
}

/// The example in a namespace of its own: with a secret, an exit code, and a release that is deployed first.
#[needs(cluster)]
#[test]
fn the_example_runs_where_nothing_was_deployed() {
    let place = Place::without_namespace();
    let text = std::fs::read_to_string(probe().join("probe.multiflexi.app.json")).unwrap();
    let mut definition: Value = serde_json::from_str(&text).unwrap();
    definition["kubernetes"]["helm"]["chart"] = probe().join("chart").to_str().unwrap().into();
    place.prepare_with(|other| {
        *other = {
            definition["kubernetes"]["helm"]["namespace"] = place.namespace.as_str().into();
            definition
        }
    });
    let config = ["--config=PASSWORD=x", "--config=FORCE_EXITCODE=3"];
    place.env.run(&[&["runtemplate", "update", "--id=1"], &config[..]].concat()).ok();
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["exitcode"]), (3, &json!(3)), "{output:#?} {record:#}");
    assert!(record["stdout"].as_str().unwrap().contains("PASSWORD=(set)"), "{record:#}");
    assert!(notices(&record).contains("helm: "), "{record:#}");
    assert_eq!(super::artifact::stored(&place, "1").len(), 1);
    place.nothing_is_left();
}
