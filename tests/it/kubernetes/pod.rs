//! The pod itself: its command, its limits, its user, images that lack what the recorder needs, applications' names.

use std::collections::BTreeSet;

use needs::needs;
use serde_json::{Value, json};

use super::release::{CONFIG, with_chart};
use super::{Place, not_run, notices, on_cluster};
use crate::at_once::at_once;

/// Runs a job with these pod overrides.
fn with_overrides(place: &Place, script: &str, overrides: &Value) -> (crate::env::Output, Value) {
    let file = place.env.file("overrides.json", &overrides.to_string());
    place.run(script, json!(null), &["--pod-overrides", file.to_str().unwrap()])
}

fn memory() -> Value {
    json!({"spec": {"containers": [{"resources": {"limits": {"memory": "32Mi"}}}]}})
}

on_cluster!(a_program_killed_for_its_memory_is_said_to_be, |place| {
    // F15: what `tail` keeps of a file without lines grows without end.
    let (output, record) = with_overrides(&place, "echo before; exec tail /dev/zero", &memory());
    assert_eq!((output.code, &record["exitcode"]), (137, &json!(137)), "{output:#?}");
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("OOMKilled: "), "{record:#}");
    assert_eq!(record["stdout"], "before\n", "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_child_killed_for_its_memory_is_a_warning, |place| {
    let (output, record) = with_overrides(&place, "tail /dev/zero; echo survived", &memory());
    assert_eq!((output.code, &record["stdout"]), (0, &json!("survived\n")), "{output:#?}");
    assert!(notices(&record).contains("OOM"), "{record:#}");
});

/// F30: image, executable, parameters; what is printed, and the exit code.
const COMMANDS: [(&str, &str, &str, &str, i32); 7] = [
    ("localhost/mfx-shell:1", "pwd", "", "/\n", 0),
    ("localhost/mfx-shell:1", "/bin/echo", "-n 'two  words' \"\" x", "two  words  x", 0),
    ("localhost/mfx-debian:1", "bash", "-c 'echo $BASH_VERSION | cut -c1; exit 5' 2>/dev/null || exit 6", "", 6),
    // Neither shell nor tee: the program is the container's own, and its output comes from the log.
    ("localhost/mfx-noshell:1", "/bin/seq", "3", "1\n2\n3\n", 0),
    // This image has an entrypoint, which is not what the application asks for.
    ("localhost/pause:1", "/bin/sleep", "0", "", 0),
    // Nor does an entrypoint matter in an image with a shell; its user and its working directory stay.
    ("localhost/mfx-entry:1", "/usr/bin/echo", "", "\n", 0),
    ("localhost/mfx-entry:1", "bash", "-c 'id -u; : >file && echo *; kill -TERM $$'", "1000\nfile\n", 143),
];

#[needs(cluster)]
#[test]
fn the_command_is_the_application_s() {
    at_once(COMMANDS, |(image, executable, parameters, stdout, code)| {
        let place = Place::new();
        place.prepare_with(|definition| {
            definition["ociimage"] = image.into();
            definition["executable"] = executable.into();
            definition["cmdparams"] = parameters.into();
        });
        let (output, record) = place.env.run_job(&[]);
        let what = format!("{image} {executable}");
        assert_eq!((output.code, &record["exitcode"]), (code, &json!(code)), "{what}: {output:#?}");
        assert_eq!(record["stdout"], stdout, "{what}: {record:#}");
        place.nothing_is_left();
    });
}

on_cluster!(a_program_that_is_not_in_the_image_is_named, |place| {
    let program = "/usr/bin/nosuch";
    place.prepare_with(|definition| definition["executable"] = program.into());
    not_run(&place.env.run_job(&[]), "ProgramNotFound", &[program, "localhost/mfx-shell:1"]);
    place.import_with(|definition| {
        definition["executable"] = program.into();
        definition["ociimage"] = "localhost/mfx-entry:1".into();
    });
    not_run(&place.env.run_job(&[]), "ProgramNotFound", &[program, "localhost/mfx-entry:1"]);
    for program in ["/etc/hosts", "/etc"] {
        place.import_with(|definition| definition["executable"] = program.into());
        let (output, record) = place.env.run_job(&[]);
        not_run(&(output, record.clone()), "ProgramNotExecutable", &[program, "localhost/mfx-shell:1"]);
        assert!(!record["stderr"].as_str().unwrap().contains("recorder"), "{record:#}");
    }
    // Without a program there is nothing to run, whatever the image's own is.
    place.import_with(|definition| {
        definition["executable"] = "".into();
        definition["ociimage"] = "localhost/mfx-entry:1".into();
    });
    place.env.run(&["runtemplate", "schedule", "--id=1"]).refused(1, "no executable");
    place.import_with(|definition| {
        definition["executable"] = program.into();
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 125, "{output:#?}");
    assert!(record["reason"].as_str().unwrap().contains(program), "{record:#}");
    place.nothing_is_left();
});

/// Puts a program of another processor (AArch64) into /bad of the job's container.
fn with_foreign_program() -> Value {
    let make = "cd /bad; { head -c 18 /bin/busybox; printf '\\267\\0'; tail -c +21 /bin/busybox | head -c 4000; } >program; chmod 755 program";
    let mount = json!([{"name": "bad", "mountPath": "/bad"}]);
    json!({"podOverrides": {"spec": {
        "volumes": [{"name": "bad", "emptyDir": {}}],
        "initContainers": [{"name": "before", "image": "localhost/mfx-shell:1", "command": ["sh", "-c", make], "volumeMounts": mount}],
        "containers": [{"volumeMounts": mount}],
    }}})
}

#[needs(cluster)]
#[test]
fn a_program_of_another_processor_is_named() {
    // busybox, dash and bash take it for a script; of an image without a shell the runtime says what it is.
    at_once(["shell", "debian", "entry", "noshell"], |image| {
        let place = Place::new();
        let image = format!("localhost/mfx-{image}:1");
        place.prepare_with(|definition| {
            definition["ociimage"] = image.as_str().into();
            definition["executable"] = "/bad/program".into();
            definition["cmdparams"] = "".into();
            definition["kubernetes"] = with_foreign_program();
        });
        let words = ["/bad/program", image.as_str(), "kubernetes.io/arch"];
        let (output, record) = place.env.run_job(&[]);
        let reason = record["reason"].as_str().unwrap_or_default();
        assert!(reason.starts_with("ExecFormatError: "), "{image}: {record:#}");
        assert!(words.iter().all(|word| reason.contains(word)), "{image}: {record:#}");
        if image.contains("noshell") {
            // The runtime's words are not kept as the program's.
            assert_eq!((output.code, &record["stdout"]), (125, &json!("")), "{output:#?} {record:#}");
        } else {
            assert!([2, 126, 127].contains(&output.code), "{image}: {output:#?}");
        }
        place.nothing_is_left();
    });
}

on_cluster!(without_a_recorder_the_exit_code_is_still_the_program_s, |place| {
    place.prepare_with(|definition| {
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
        definition["executable"] = "/bin/cat".into();
        definition["cmdparams"] = "/nosuch".into();
        definition["kubernetes"] = json!({"artifacts": {"enabled": true, "outputPath": "/tmp/report"}});
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["exitcode"]), (1, &json!(1)), "{output:#?}");
    let notices = notices(&record);
    assert!(notices.contains("recorder") && notices.contains("/tmp/report"), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(any_name_of_an_application_makes_a_release, |place| {
    // F29.
    let long = "a".repeat(60);
    let names = [
        "Příliš Žluťoučký_Kůň-".to_owned(),
        "12345".to_owned(),
        format!("{long}1"),
        format!("{long}2"),
        "x".repeat(80),
    ];
    place.chart(&[("config", CONFIG)]);
    place.prepare("true", json!(null));
    for (n, name) in names.iter().enumerate() {
        place.import_with(|definition| {
            definition["name"] = name.as_str().into();
            definition["uuid"] = format!("7f1c9b1e-52a1-4a36-9d0d-00000000000{n}").into();
            definition["kubernetes"] = json!({"helm": {"chart": place.env.path().join("chart")}});
        });
        let app = format!("--app_id={}", n + 2);
        let arguments = ["--company_id=1", "--name=Named", "--executor=Kubernetes"];
        place.env.run(&[&["runtemplate", "create", &app], &arguments[..]].concat()).ok();
        let job = place.env.json(&["runtemplate", "schedule", &format!("--id={}", n + 2)]);
        place.env.run(&["job", "run", &format!("--id={}", job["job_id"])]).ok();
    }
    let releases: BTreeSet<String> = place.helm(&["list", "-q"]).ok().stdout.lines().map(str::to_owned).collect();
    assert_eq!(releases.len(), names.len(), "{releases:?}");
    assert!(releases.iter().all(|name| name.len() <= 53), "{releases:?}");
});

on_cluster!(a_release_name_that_is_too_long_is_refused_with_the_limit, |place| {
    place.chart(&[("config", CONFIG)]);
    place.prepare("true", with_chart(&place, json!({"releaseName": "r".repeat(54)})));
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 125, "{output:#?}");
    assert!(record["reason"].as_str().unwrap().contains("53"), "{record:#}");
    place.nothing_is_left();
});
