//! An application's image without a shell: another image lends the recorder its tools.

use serde_json::{Value, json};

use super::{Place, artifact, not_run, notices, on_cluster};

const LENT: &str = "--recorder-image=localhost/mfx-shell:1";

/// A program of an image that has neither shell nor tools.
fn program(place: &Place, executable: &str, parameters: &str, kubernetes: Value) {
    place.prepare_with(|definition| {
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
        definition["executable"] = executable.into();
        definition["cmdparams"] = parameters.into();
        definition["kubernetes"] = kubernetes;
    });
}

on_cluster!(without_a_shell_of_its_own_a_job_is_recorded_all_the_same, |place| {
    // The kubelet puts this file into each container: the pod's name.
    let artifacts = json!({"artifacts": {"enabled": true, "outputPath": "/etc/hostname"}});
    program(&place, "/bin/cat", "/nowhere /etc/hostname", artifacts);
    let (output, record) = place.env.run_job(&[LENT]);
    assert_eq!((output.code, &record["exitcode"]), (1, &json!(1)), "{output:#?} {record:#}");
    let name = record["stdout"].as_str().unwrap();
    assert!(name.starts_with("mf-job-1-") && name.ends_with('\n'), "{record:#}");
    assert_eq!(record["stderr"], "cat: can't open '/nowhere': No such file or directory\n", "{record:#}");
    assert_eq!(artifact::stored(&place, "1"), [("hostname".to_owned(), name.as_bytes().to_vec(), name.to_owned())]);
    assert_eq!(notices(&record), "", "{record:#}");
    place.nothing_is_left();
});

on_cluster!(the_lent_tools_change_nothing_for_the_program, |place| {
    place.prepare_with(|definition| {
        crate::env::set_script(definition, "env; command -v grep env; pwd; id -u");
        definition["ociimage"] = "localhost/mfx-entry:1".into();
    });
    let (_, own) = place.env.run_job(&[]);
    let (output, lent) = place.env.run_job(&[LENT]);
    // The job's number and the pod's name are each run's own.
    let text = |record: &Value| {
        let lines = record["stdout"].as_str().unwrap().lines();
        let mut lines: Vec<_> =
            lines.filter(|line| !line.contains("JOB_ID=") && !line.starts_with("HOSTNAME=")).collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    assert_eq!((output.code, text(&lent)), (0, text(&own)), "{output:#?}");
    assert!(text(&own).contains("PATH="), "{own:#}");
});

on_cluster!(a_restricted_pod_may_borrow_too, |place| {
    let overrides = crate::env::root().join("examples/restricted-pod.json");
    program(&place, "/bin/seq", "3", json!({"recorderImage": "localhost/mfx-shell:1"}));
    let (output, record) = place.env.run_job(&["--pod-overrides", overrides.to_str().unwrap()]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("1\n2\n3\n")), "{output:#?} {record:#}");
    assert_eq!(notices(&record), "", "{record:#}");
});

on_cluster!(a_pod_with_lent_tools_is_taken_over, |place| {
    let kubernetes = json!({"artifacts": {"enabled": true, "outputPath": "/etc/hostname"}});
    program(&place, "/bin/sleep", "10", kubernetes);
    let id = place.env.schedule();
    let mut job = place.start(&id, &[LENT]);
    crate::job::wait_until(|| place.pods().len() == 1);
    // A program of this image cannot be told to go on: it runs for long enough.
    place.wait_for_file(&place.pods()[0], "go");
    job.kill().unwrap();
    job.wait().unwrap();
    let output = place.env.run(&["job", "run", &format!("--id={id}")]);
    assert_eq!(output.code, 0, "{output:#?}");
    assert_eq!(artifact::stored(&place, &id).len(), 1, "{output:#?}");
    place.nothing_is_left();
});

on_cluster!(a_recorder_image_without_busybox_is_named, |place| {
    program(&place, "/bin/seq", "3", json!(null));
    let image = "localhost/mfx-debian:1";
    not_run(&place.env.run_job(&["--recorder-image", image]), "InitContainer", &[image, "busybox"]);
    place.nothing_is_left();
});

on_cluster!(a_busybox_that_does_not_run_in_the_image_is_named, |place| {
    program(&place, "/bin/seq", "3", json!(null));
    let image = "localhost/mfx-linked:1";
    let (output, record) = place.env.run_job(&["--recorder-image", image]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("1\n2\n3\n")), "{output:#?} {record:#}");
    let notices = notices(&record);
    assert!(notices.contains(image) && notices.contains("linked statically"), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_time_limit_ends_a_program_by_lent_tools, |place| {
    program(&place, "/bin/sleep", "60", json!(null));
    let (output, record) = place.env.run_job(&[LENT, "--timeout=2"]);
    assert_eq!((output.code, &record["exitcode"]), (124, &json!(124)), "{output:#?} {record:#}");
    place.nothing_is_left();
});
