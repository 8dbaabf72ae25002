//! Releases that somebody else works on, or that a killed helm left behind.

use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::release::{CONFIG, release, with_chart};
use super::stub::Stub;
use super::{Place, not_run, notices, on_cluster};

/// Ready a few seconds after its start.
fn slow(image: &str) -> String {
    format!(
        "
apiVersion: apps/v1
kind: Deployment
metadata: {{name: slow}}
spec:
  selector: {{matchLabels: {{app: slow}}}}
  template:
    metadata: {{labels: {{app: slow}}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: slow
        image: {image}
        command: [sleep, '2147483647']
        readinessProbe: {{exec: {{command: ['true']}}, initialDelaySeconds: 3, periodSeconds: 1}}
"
    )
}

/// Somebody else's helm, at work on the release.
fn other_helm(place: &Place, verb: &str) -> Child {
    let chart = place.env.path().join("chart");
    let mut command = Command::new("helm");
    command.args(["-n", &place.namespace, verb, "test", chart.to_str().unwrap(), "--wait", "--timeout=120s"]);
    let helm = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    crate::job::wait_until(|| {
        let status = place.helm(&["status", "test", "-o", "json"]);
        status.code == 0 && status.json()["info"]["status"].as_str().unwrap().starts_with("pending-")
    });
    helm
}

/// A release that helm was killed at, with `verb`.
fn kill_helm(place: &Place, verb: &str) {
    place.chart(&[("config", &slow("localhost/absent:1"))]);
    let mut helm = other_helm(place, verb);
    helm.kill().unwrap();
    helm.wait().unwrap();
}

on_cluster!(a_dead_first_install_is_named_and_mended_where_allowed, |place| {
    // F35. Dead is what has been pending for longer than the time limit.
    kill_helm(&place, "install");
    place.chart(&[("config", CONFIG)]);
    place.prepare("echo ran", with_chart(&place, json!({"timeoutSeconds": 15})));
    // Copied, it mends this cluster's release, whichever context whoever reads it has at hand.
    let mended_by = format!("`helm {} --kube-context=", place.kubeconfig_option());
    not_run(
        &place.env.run_job(&[]),
        "ReleasePending",
        &["pending-install", &mended_by, "uninstall test`", "--repair-release"],
    );
    assert_eq!(release(&place), ("pending-install".to_owned(), 1));
    place.nothing_is_left();
    let (output, record) = place.env.run_job(&["--repair-release"]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?}");
    assert_eq!(release(&place).0, "deployed");
});

on_cluster!(a_dead_upgrade_is_named_and_mended_where_allowed, |place| {
    place.chart(&[("config", CONFIG)]);
    place.prepare("echo ran", with_chart(&place, json!({"timeoutSeconds": 15})));
    crate::env::Output::ok(place.env.run_job(&[]).0);
    kill_helm(&place, "upgrade");
    place.chart(&[("config", CONFIG)]);
    not_run(&place.env.run_job(&[]), "ReleasePending", &["pending-upgrade", "rollback test", "--repair-release"]);
    let (output, record) = place.env.run_job(&["--repair-release"]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?}");
    assert_eq!(release(&place).0, "deployed");
});

on_cluster!(a_terminal_shows_how_far_helm_and_the_pod_are, |mut place| {
    place.env.set("TERM", "xterm");
    place.chart(&[("config", &slow("localhost/mfx-shell:1"))]);
    place.prepare("echo ran; sleep 2", with_chart(&place, json!({})));
    place.env.schedule();
    let written = place.env.on_terminal(&["job", "run", "1", "--color=never"], "").ok().stdout;
    for step in ["helm deploys test, 0 of 1 pods ready", "starting", "running ("] {
        assert!(written.contains(step), "no {step:?} in {written:?}");
    }
    // What is shown in between is gone again.
    let seen = crate::progress::seen(&written);
    let lines: Vec<&str> = seen.lines().filter(|line| !line.starts_with("multiflexi: helm: ")).collect();
    assert_eq!((lines.len(), lines[0]), (2, "ran"), "{seen}");
    assert!(lines[1].starts_with("multiflexi: job 1 (Test) succeeded after "), "{seen}");
    place.nothing_is_left();
});

on_cluster!(a_release_that_is_just_installed_is_waited_for, |place| {
    place.chart(&[("config", &slow("localhost/mfx-shell:1"))]);
    place.prepare("echo ran", with_chart(&place, json!({})));
    let mut helm = other_helm(&place, "install");
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?}");
    assert!(helm.wait().unwrap().success());
    assert_eq!(release(&place).0, "deployed");
});

on_cluster!(a_release_that_is_being_uninstalled_is_waited_for_until_it_is_gone, |mut place| {
    let seen = place.env.path().join("seen");
    let status = r#"{"info": {"status": "uninstalling", "last_deployed": ""}, "version": 1}"#;
    let script = format!("[ -e {0} ] || {{ : >{0}; echo '{status}'; exit; }}", seen.display());
    Stub::of("helm").at("status", &script).install(&mut place);
    place.chart(&[("config", CONFIG)]);
    let (output, record) = place.run("echo ran", with_chart(&place, json!({})), &[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?}");
    assert!(notices(&record).contains("test is uninstalling; waiting until it is gone"), "{record:#}");
});

on_cluster!(two_jobs_that_need_one_release_at_once_both_run, |place| {
    place.chart(&[("config", &slow("localhost/mfx-shell:1"))]);
    place.prepare("echo ran", with_chart(&place, json!({})));
    let both: Vec<(crate::env::Output, Value)> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..2).map(|_| scope.spawn(|| place.env.run_job(&[]))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    for (output, record) in both {
        assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?} {}", notices(&record));
    }
    assert_eq!(release(&place).0, "deployed");
});
