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

on_cluster!(what_others_say_of_a_secret_is_masked, |place| {
    // Notes go to helm's stdout, and a fault in the chart's words to the reason.
    let marker = format!("marker\"{}", place.namespace);
    place.chart(&[("config", CONFIG)]);
    place
        .env
        .file("chart/templates/NOTES.txt", "Log in with {{ .Values.token }} or {{ .Values.db.password | b64enc }}");
    let prepare = |definition: &mut Value| {
        crate::env::set_script(definition, "echo \"$TOKEN\"; exit 3");
        definition["kubernetes"] = with_chart(&place, json!({"set": {"token": marker, "db.password": "geheim5566"}}));
        let variable =
            |kind: &str, value: &str| json!({"type": kind, "description": "v", "defval": value, "required": false});
        definition["environment"] =
            json!({"TOKEN": variable("password", ""), "RESULT_FILE": variable("string", "/tmp/{TOKEN}.json")});
    };
    place.prepare_with(prepare);
    place.env.run(&["runtemplate", "update", "--id=1", &format!("--config=TOKEN={marker}")]).ok();
    let (output, record) = place.env.run_job(&["--format=json"]);
    assert_eq!(output.code, 3, "{output:?}");
    let told = super::notices(&record);
    assert!(told.contains("Log in with ••••••••") && told.contains("artifact missing: ••••••••"), "{told}");
    // What the program printed is the program's.
    assert_eq!(record["stdout"], format!("{marker}\n"), "{record:#}");
    let secret = |text: &str| {
        text.contains(&marker) || text.contains(&marker.replace('"', "\\\"")) || text.contains("Z2VoZWltNTU2N")
    };
    assert!(!secret(&told) && !secret(&output.stderr) && !record["notices"].to_string().contains("geheim"), "{told}");

    place.chart(&[("config", "{{ fail (printf \"no %s and %s\" .Values.token .Values.db.password) }}")]);
    place.helm(&["uninstall", "test"]).ok();
    let (output, record) = place.env.run_job(&["--format=json"]);
    assert_eq!(output.code, 125, "{output:?}");
    let reason = record["reason"].as_str().unwrap();
    assert!(reason.starts_with("HelmFailed: ") && reason.contains("••••••••"), "{record:#}");
    for shown in [reason, &super::notices(&record), &output.stderr, &output.stdout] {
        assert!(!secret(shown) && !shown.contains("geheim5566"), "{shown}");
    }
});
