//! Secrets: in the program's environment, and nowhere else.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::release::{CONFIG, with_chart};
use super::{Place, on_cluster};

/// The command lines on this machine that hold the text, but for those in pods: a program may be given a secret.
fn seen_in_argv(marker: &str, by: &mut BTreeSet<String>) {
    let own = std::fs::read_link("/proc/self/ns/pid").unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let processes =
        processes.filter(|process| std::fs::read_link(process.path().join("ns/pid")).is_ok_and(|it| it == own));
    for line in processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok()) {
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(marker) {
            by.insert(line);
        }
    }
}

fn definition(place: &Place, code: i32, definition: &mut Value) {
    let script = format!("printf %s \"$PASSWORD\" | wc -c; sleep 2; echo \"$PASSWORD\" >/dev/null; exit {code}");
    crate::env::set_script(definition, &script);
    definition["kubernetes"] = with_chart(place, json!({"set": {"x": "plain"}}));
    definition["environment"] =
        json!({"PASSWORD": {"type": "password", "description": "p", "defval": "", "required": false}});
}

on_cluster!(a_secret_reaches_the_program_and_nobody_else, |place| {
    // F27, after exit 0 and after a failure.
    let marker = format!("marker-{}", place.namespace);
    place.chart(&[("config", CONFIG)]);
    place.prepare_with(|all| definition(&place, 0, all));
    place.env.run(&["runtemplate", "update", "--id=1", &format!("--config=PASSWORD={marker}")]).ok();
    // Nothing but its name says that this one is a secret.
    place.env.run(&["company", "env-set", "--company_id=1", &format!("--env=COMPANY_TOKEN={marker}")]).ok();
    for code in [0, 3] {
        place.import_with(|all| definition(&place, code, all));
        let id = place.env.schedule();
        let mut job = place.start(&id, &["-v", "-v", "-v"]);
        let (mut argv, mut pods) = (BTreeSet::new(), String::new());
        while job.try_wait().unwrap().is_none() {
            seen_in_argv(&marker, &mut argv);
            pods.push_str(&place.kubectl(&["get", "pods", "-o", "yaml"]).ok().stdout);
        }
        let output = job.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(argv.is_empty(), "{argv:?}");
        assert!(pods.contains("mf-job-") && !pods.contains(&marker), "{pods}");
        let record = place.record(&id);
        assert_eq!(record["stdout"].as_str().unwrap().trim(), marker.len().to_string(), "{record:#}");
        let release = place.helm(&["get", "all", "test"]).ok().stdout;
        let list = place.env.run(&["job", "list", "--format=json"]).ok().stdout;
        let events = place.kubectl(&["get", "events", "-o", "yaml"]).ok().stdout;
        for shown in [&record.to_string(), &release, &list, &events, &format!("{output:?}")] {
            assert!(!shown.contains(&marker), "{shown}");
        }
        place.nothing_is_left();
    }
});

on_cluster!(a_secret_in_the_parameters_is_not_in_the_pod_s_spec, |place| {
    let marker = format!("marker-{}", place.namespace);
    place.prepare_with(|definition| {
        definition["executable"] = "/bin/sh".into();
        definition["cmdparams"] = "-c 'printf %s \"$1\" | wc -c; sleep 2' x --password={PASSWORD}".into();
        definition["environment"] =
            json!({"PASSWORD": {"type": "password", "description": "p", "defval": "", "required": false}});
    });
    place.env.run(&["runtemplate", "update", "--id=1", &format!("--config=PASSWORD={marker}")]).ok();
    let id = place.env.schedule();
    let mut job = place.start(&id, &[]);
    let (mut argv, mut pods) = (BTreeSet::new(), String::new());
    while job.try_wait().unwrap().is_none() {
        seen_in_argv(&marker, &mut argv);
        pods.push_str(&place.kubectl(&["get", "pods", "-o", "yaml"]).ok().stdout);
    }
    assert_eq!(job.wait_with_output().unwrap().status.code(), Some(0));
    let record = place.record(&id);
    assert_eq!(record["stdout"].as_str().unwrap().trim(), ("--password=".len() + marker.len()).to_string());
    assert!(argv.is_empty(), "{argv:?}");
    assert!(!pods.contains(&marker) && !record.to_string().contains(&marker), "{record:#}");
});
