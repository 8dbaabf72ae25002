//! A namespace that admits only restricted pods (F22). The tests' server is too old for pod security admission, so a webhook
//! stands before it that judges and speaks as newer servers do.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::release::{CONFIG, with_chart};
use super::{Place, artifact, not_run, notices, on_cluster, waits};
use crate::env::{NOWHERE, root, set_script};

/// Slow machines get their time, but no limit is sat out.
const AT_ONCE: Duration = Duration::from_secs(100);
/// What the server has against a pod without a security context, `x` standing for its container.
const VIOLATIONS: [&str; 5] = [
    "violates PodSecurity \"restricted:latest\": ",
    "allowPrivilegeEscalation != false (container \"x\" must set securityContext.allowPrivilegeEscalation=false)",
    "unrestricted capabilities (container \"x\" must set securityContext.capabilities.drop=[\"ALL\"])",
    "runAsNonRoot != true (pod or container \"x\" must set securityContext.runAsNonRoot=true)",
    "seccompProfile (pod or container \"x\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")",
];
const SCRIPT: &str = "echo o; echo e >&2; printf %s \"$PASSWORD\" | wc -c; echo made >/tmp/report; exit 3";

/// What judges the pods of one namespace; gone when it is dropped.
struct Admission(Child);

impl Admission {
    /// `mode` is what the namespace's label asks for: `enforce` or `warn`.
    fn before(place: &Place, mode: &str) -> Admission {
        let mut command = Command::new(root().join("tests/cluster/podsecurity"));
        command.arg(place.env.path()).stdout(Stdio::piped());
        let mut webhook = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(webhook.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let admission = Admission(webhook);
        let listens: Value = serde_json::from_str(&line).unwrap();
        let label = format!("pod-security.kubernetes.io/{mode}=restricted");
        let ours = format!("multiflexi.eu/test={}", place.namespace);
        place.kubectl(&["label", "namespace", &place.namespace, &label, &ours]).ok();
        let configuration = json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": place.namespace},
            "webhooks": [{
                "name": "pod-security.multiflexi.eu",
                "admissionReviewVersions": ["v1"],
                "sideEffects": "None",
                "failurePolicy": "Fail",
                "namespaceSelector": {"matchLabels": {"multiflexi.eu/test": place.namespace}},
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
                "clientConfig": {
                    "url": format!("https://127.0.0.1:{}/{mode}", listens["port"]),
                    "caBundle": listens["caBundle"],
                },
            }],
        });
        place.apply(&configuration.to_string());
        // The server takes it up a moment later.
        let probe = ["run", "probe", "--image=localhost/mfx-shell:1", "--restart=Never", "--dry-run=server"];
        crate::job::wait_until(|| place.kubectl(&probe).stderr.contains("violate"));
        admission
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn restricted() -> String {
    format!("--pod-overrides={}", root().join("examples/restricted-pod.json").display())
}

/// The application: with an artifact, and with a secret variable where that has a value.
fn import(place: &Place, password: &str) {
    place.import_with(|definition| {
        set_script(definition, SCRIPT);
        definition["kubernetes"] =
            json!({"helm": {"enabled": false}, "artifacts": {"enabled": true, "outputPath": "/tmp/report"}});
        if !password.is_empty() {
            definition["environment"] =
                json!({"PASSWORD": {"type": "password", "description": "p", "defval": password, "required": false}});
        }
    });
}

/// The server's words are told in full and soon, with what to do, and nothing is left.
#[track_caller]
fn is_refused(place: &Place) {
    let started = Instant::now();
    let ran = place.env.run_job(&[]);
    assert!(started.elapsed() < AT_ONCE, "{:?}: {ran:#?}", started.elapsed());
    let reason = ran.1["reason"].as_str().unwrap_or_default();
    let pod = reason.split("pods \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("?");
    assert!(pod.starts_with("mf-job-"), "{:#}", ran.1);
    let words = VIOLATIONS.map(|words| words.replace("\"x\"", &format!("\"{pod}\"")));
    let advice = [place.namespace.as_str(), "--pod-overrides", "examples/restricted-pod.json", "podOverrides"];
    not_run(&ran, "PodSecurity", &words.iter().map(String::as_str).chain(advice).collect::<Vec<_>>());
    place.nothing_is_left();
}

/// The job runs, and its record has what the program printed and nothing else.
#[track_caller]
fn is_exact(place: &Place, password: &str, options: &[&str]) -> Value {
    let (output, record) = place.env.run_job(options);
    assert_eq!((output.code, &record["exitcode"]), (3, &json!(3)), "{output:#?} {record:#}");
    let stdout = format!("o\n{}\n", password.len());
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!(stdout), &json!("e\n")), "{record:#}");
    let stored = artifact::stored(place, record["id"].to_string().trim_matches('"'));
    assert_eq!(stored, [("report".to_owned(), b"made\n".to_vec(), "made\n".to_owned())], "{record:#}");
    place.nothing_is_left();
    record
}

on_cluster!(a_restricted_namespace_refuses_in_full_and_takes_the_documented_pod, |place| {
    place.prepare("true", json!(null));
    let _admission = Admission::before(&place, "enforce");
    for password in ["", "geheim"] {
        import(&place, password);
        is_refused(&place);
        let record = is_exact(&place, password, &[&restricted()]);
        assert_eq!(record["notices"], Value::Null, "{record:#}");
    }
    // The definition may say it once for all.
    let file = std::fs::read_to_string(root().join("examples/restricted-pod.json")).unwrap();
    place.import_with(|definition| {
        set_script(definition, SCRIPT);
        let overrides: Value = serde_json::from_str(&file).unwrap();
        let artifacts = json!({"enabled": true, "outputPath": "/tmp/report"});
        definition["kubernetes"] = json!({"podOverrides": overrides, "artifacts": artifacts});
        definition["kubernetes"]["helm"] = json!({"enabled": false});
    });
    is_exact(&place, "", &[]);
});

on_cluster!(a_restricted_namespace_refuses_a_pod_that_is_made_while_helm_looks, |place| {
    place.chart(&[("config", CONFIG)]);
    // The pod of the second job is made early.
    place.prepare("true", with_chart(&place, json!({})));
    assert_eq!(place.env.run_job(&[]).0.code, 0);
    place.import_with(|definition| {
        set_script(definition, SCRIPT);
        definition["kubernetes"] = with_chart(&place, json!({}));
        definition["kubernetes"]["artifacts"] = json!({"enabled": true, "outputPath": "/tmp/report"});
    });
    let _admission = Admission::before(&place, "enforce");
    is_refused(&place);
    is_exact(&place, "", &[&restricted()]);
});

on_cluster!(a_warning_of_the_server_is_a_notice_and_not_the_job_s, |place| {
    place.prepare("true", json!(null));
    let _admission = Admission::before(&place, "warn");
    for password in ["", "geheim"] {
        import(&place, password);
        let record = is_exact(&place, password, &[]);
        assert!(notices(&record).contains("would violate PodSecurity \"restricted:latest\": "), "{record:#}");
        let record = is_exact(&place, password, &[&restricted()]);
        assert_eq!(record["notices"], Value::Null, "{record:#}");
    }
});

on_cluster!(a_webhook_that_does_not_answer_is_no_cluster_that_cannot_be_reached, |place| {
    let ours = format!("multiflexi.eu/test={}", place.namespace);
    place.kubectl(&["label", "namespace", &place.namespace, &ours]).ok();
    let configuration = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": place.namespace},
        "webhooks": [{
            "name": "away.multiflexi.eu", "admissionReviewVersions": ["v1"], "sideEffects": "None", "failurePolicy": "Fail",
            "namespaceSelector": {"matchLabels": {"multiflexi.eu/test": place.namespace}},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
            "clientConfig": {"url": format!("https://{NOWHERE}/")},
        }],
    });
    place.apply(&configuration.to_string());
    let probe = ["run", "probe", "--image=localhost/mfx-shell:1", "--restart=Never", "--dry-run=server"];
    crate::job::wait_until(|| place.kubectl(&probe).stderr.contains("failed calling webhook"));
    place.prepare("echo ran", json!(null));
    let ran = place.env.run_job(&[]);
    // It is no job's fault, and the next one would come to the same: the job waits.
    waits(&ran, "ClusterUnreachable", &["away.multiflexi.eu", "see to what serves it"]);
    assert!(!ran.0.stderr.contains("check its address"), "{ran:#?}");
    let _ = super::outside("kubectl", &["delete", "validatingwebhookconfiguration", &place.namespace]);
    let ran = place.env.json(&["queue", "run"]);
    assert_eq!(ran["success"], 1, "{ran:#}");
    place.nothing_is_left();
});
