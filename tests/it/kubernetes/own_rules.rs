//! What the pod itself asks for keeps its program from starting, or ends it: its probes, its hooks, its volumes.

use needs::needs;
use serde_json::{Value, json};

use super::{Place, notices, on_cluster};
use crate::at_once::at_once;

fn with_container(container: &Value) -> Value {
    json!({"helm": {"enabled": false}, "podOverrides": {"spec": {"terminationGracePeriodSeconds": 2, "containers": [container]}}})
}

/// What the container asks for, the exit codes that the job may have, and how its reason begins and what it says.
fn rules() -> [(Value, &'static [i32], &'static str, &'static str); 3] {
    let probe = json!({"exec": {"command": ["false"]}, "periodSeconds": 1, "failureThreshold": 2});
    let mut late_probe = probe.clone();
    // The program has begun by then, also on a busy machine.
    late_probe["initialDelaySeconds"] = json!(8);
    [
        (json!({"livenessProbe": late_probe}), &[143], "ProbeFailed: ", "the liveness probe of pod mf-job-1-"),
        // A program may begin before the probe has failed twice.
        (json!({"startupProbe": probe}), &[125, 143], "ProbeFailed: ", "the startup probe of pod mf-job-1-"),
        (
            json!({"lifecycle": {"postStart": {"exec": {"command": ["false"]}}}}),
            &[125],
            "HookFailed: ",
            "the postStart hook of pod mf-job-1-",
        ),
    ]
}

#[needs(cluster)]
#[test]
fn a_program_that_its_pod_s_own_rule_ended_is_told_so() {
    at_once(rules(), |(container, codes, begins, words)| {
        let place = Place::new();
        let (output, record) = place.run("sleep 60", with_container(&container), &[]);
        let reason = record["reason"].as_str().unwrap_or_default();
        assert_eq!(record["exitcode"], output.code, "{container}: {record:#}");
        assert!(codes.contains(&output.code), "{container}: {record:#}");
        assert!(reason.starts_with(begins) && reason.contains(words), "{container}: {record:#}");
        assert!(reason.contains("podOverrides") && !notices(&record).contains("by whom"), "{record:#}");
        place.nothing_is_left();
    });
}

on_cluster!(a_volume_that_cannot_be_mounted_is_told_while_it_is_waited_for, |mut place| {
    // The pod may take 20 seconds, as much as a test can ask for.
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "3");
    let overrides = json!({"spec": {
        "volumes": [{"name": "s", "secret": {"secretName": "nosuch"}}],
        "containers": [{"volumeMounts": [{"name": "s", "mountPath": "/s"}]}],
    }});
    let kubernetes = json!({"helm": {"enabled": false}, "podOverrides": overrides});
    let (output, record) = place.run("echo ran", kubernetes, &[]);
    assert_eq!(output.code, 125, "{record:#}");
    let notices = notices(&record);
    assert!(notices.contains("waiting: FailedMount: ") && notices.contains("nosuch"), "{record:#}");
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("DidNotStart: ") && reason.contains("FailedMount: "), "{record:#}");
    assert!(reason.contains("nosuch") && reason.contains("describe pod"), "{record:#}");
    place.nothing_is_left();
});

#[needs(cluster)]
#[test]
fn a_path_of_the_job_s_own_takes_no_tool_from_the_recorder() {
    for image in ["localhost/mfx-debian:1", "localhost/mfx-shell:1"] {
        let place = Place::new();
        place.prepare_with(|definition| {
            let variable = |value| json!({"type": "string", "description": "v", "defval": value, "required": false});
            definition["ociimage"] = image.into();
            definition["executable"] = "/bin/sh".into();
            definition["cmdparams"] = "-c 'echo $PATH; echo e >&2; echo x >/tmp/report'".into();
            definition["environment"] = json!({"PATH": variable("/opt/app/bin")});
            definition["kubernetes"] = json!({
                "helm": {"enabled": false}, "artifacts": {"enabled": true, "outputPath": "/tmp/report"},
            });
        });
        let (output, record) = place.env.run_job(&[]);
        assert_eq!(output.code, 0, "{image}: {record:#}");
        let streams = (&record["stdout"], &record["stderr"]);
        assert_eq!(streams, (&json!("/opt/app/bin\n"), &json!("e\n")), "{image}: {record:#}");
        assert!(!notices(&record).contains("recorder;"), "{image}: {record:#}");
        let stored = super::artifact::stored(&place, &record["id"].to_string());
        assert_eq!(stored.first().map(|artifact| artifact.1.as_slice()), Some(&b"x\n"[..]), "{image}: {record:#}");
        place.nothing_is_left();
    }
}

on_cluster!(a_container_that_is_never_ready_is_named, |mut place| {
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "3");
    let probe = json!({"exec": {"command": ["false"]}, "periodSeconds": 1});
    let side = json!({"name": "side", "image": "localhost/mfx-shell:1", "command": ["sleep", "1000"], "readinessProbe": probe});
    let (output, record) = place.run("echo ran", with_container(&side), &[]);
    assert_eq!(output.code, 125, "{record:#}");
    let words = "container side runs but is not ready (readiness probe)";
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("DidNotStart: ") && reason.contains(words), "{record:#}");
    assert!(notices(&record).contains("waiting: pod mf-job-1-") && notices(&record).contains(words), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_node_that_is_not_there_is_named, |mut place| {
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "1");
    let kubernetes = json!({"helm": {"enabled": false}, "podOverrides": {"spec": {"nodeName": "nosuch"}}});
    let (output, record) = place.run("echo ran", kubernetes, &[]);
    assert_eq!(output.code, 125, "{record:#}");
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("PodOverrides: ") && reason.contains("no node nosuch"), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_pod_has_its_start_s_time_beside_the_program_s, |place| {
    place.prepare(concat!("echo $MULTIFLEXI_TMP; ", super::until_told!()), json!(null));
    let id = place.env.schedule();
    let mut run = place.env.command(&["job", "run", &format!("--id={id}"), "--timeout=60s"]);
    // The folder for temporary files of this machine is none of the pod's.
    let job = run.env("TMPDIR", place.env.path()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    place.wait_for_output(&id, "/tmp\n", "");
    let pod = place.pods().remove(0);
    let deadline = place.kubectl(&["get", "pod", &pod, "-o", "jsonpath={.spec.activeDeadlineSeconds}"]).ok();
    assert_eq!(deadline.stdout, "720");
    place.tell(&pod);
    assert_eq!(job.wait_with_output().unwrap().status.code(), Some(0));
});

on_cluster!(a_claim_that_is_missing_is_to_be_made, |place| {
    let volumes = json!([{"name": "c", "persistentVolumeClaim": {"claimName": "nosuch"}}]);
    let kubernetes = json!({"helm": {"enabled": false}, "podOverrides": {"spec": {"volumes": volumes}}});
    let ran = place.run("true", kubernetes, &[]);
    super::not_run(&ran, "Unschedulable", &["persistentvolumeclaim \"nosuch\" not found", "; make the claim"]);
});
