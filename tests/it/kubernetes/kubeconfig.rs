//! How the cluster is found: kubeconfigs of several files and forms, credentials by plugins and files, proxies, and none at
//! all, in a pod.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::release::{CONFIG, with_chart};
use super::stub::Stub;
use super::{Place, notices, on_cluster, server, until_told, waits};
use crate::env::NOWHERE;

const PRINT: &str = "echo o; echo e >&2";

/// The token of the tests' administrator.
pub fn token() -> String {
    let kubeconfig = std::fs::read_to_string(std::env::var("KUBECONFIG").unwrap()).unwrap();
    kubeconfig.split("token: ").nth(1).unwrap().split('}').next().unwrap().to_owned()
}

/// The parts of a kubeconfig: two clusters, of which nobody answers for the second, and a context for each.
pub fn parts(user: Value) -> Value {
    let cluster = |server: &str| json!({"server": format!("https://{server}"), "insecure-skip-tls-verify": true});
    json!({
        "apiVersion": "v1", "kind": "Config",
        "clusters": [{"name": "here", "cluster": cluster(&server())}, {"name": "nowhere", "cluster": cluster(NOWHERE)}],
        "users": [{"name": "admin", "user": user}],
        "contexts": [
            {"name": "here", "context": {"cluster": "here", "user": "admin"}},
            {"name": "nowhere", "context": {"cluster": "nowhere", "user": "admin"}},
        ],
    })
}

/// Uses these files as kubeconfig.
pub fn configure(place: &mut Place, files: &[(&str, &str)]) -> Vec<PathBuf> {
    let paths: Vec<PathBuf> = files.iter().map(|(name, text)| place.env.file(name, text)).collect();
    let list: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    place.env.set("KUBECONFIG", &list.join(":"));
    paths
}

#[track_caller]
fn runs(place: &Place) {
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:#?}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("o\n"), &json!("e\n")), "{record:#}");
    assert_eq!(record["notices"], Value::Null, "{record:#}");
    place.nothing_is_left();
}

on_cluster!(of_several_files_the_first_that_sets_a_context_counts, |mut place| {
    place.prepare(PRINT, json!(null));
    let clusters = parts(json!({"token": token()})).to_string();
    for (first, second) in [
        ("current-context: 'here'\n", "current-context: nowhere\n"),
        // Only kubectl reads that as it is meant.
        ("current-context: here # the right one\n", "current-context: nowhere\n"),
        ("{\"current-context\": \"here\"}\n", "current-context: nowhere\n"),
        ("current-context: \"\"\n", "current-context: \"here\"\n"),
    ] {
        configure(&mut place, &[("first", first), ("clusters", &clusters), ("second", second)]);
        // A file that is not there is left out.
        std::fs::remove_file(place.env.path().join("missing")).unwrap_or_default();
        let list = format!("{}/missing::{}", place.env.path().display(), place.env.variable("KUBECONFIG").unwrap());
        place.env.set("KUBECONFIG", &list);
        runs(&place);
    }
});

on_cluster!(a_plugin_may_be_slow_and_chatty, |mut place| {
    place.prepare(PRINT, json!(null));
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": token()},
    });
    let script = format!("cat; echo 'plugin: please log in' >&2; sleep 2; echo chat >&2; echo '{credential}'");
    let user = json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "command": "sh", "args": ["-c", script],
        "interactiveMode": "IfAvailable",
    }});
    let mut all = parts(user);
    all["current-context"] = "here".into();
    configure(&mut place, &[("kubeconfig", &all.to_string())]);
    runs(&place);
});

on_cluster!(a_plugin_that_fails_is_quoted, |mut place| {
    place.prepare(PRINT, json!(null));
    let user = json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "command": "sh", "args": ["-c", "echo no ticket >&2; exit 7"],
        "interactiveMode": "Never",
    }});
    let mut all = parts(user);
    all["current-context"] = "here".into();
    configure(&mut place, &[("kubeconfig", &all.to_string())]);
    waits(&place.env.run_job(&[]), "Unauthorized", &["exit code 7", "no ticket"]);
});

/// What stands for a user in a kubeconfig, the code of the reason, and words of it.
fn missing_credentials(place: &Place) -> [(Value, &'static str, &'static str); 5] {
    let exec = |command: &str, script: &str| {
        json!({"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": command, "args": ["-c", script], "interactiveMode": "Never",
        }})
    };
    [
        (json!({"tokenFile": place.env.path().join("nosuch")}), "BadKubeconfig", "nosuch"),
        (json!({"tokenFile": place.env.file("empty", "")}), "Unauthorized", "no credentials"),
        (json!({}), "Unauthorized", "no credentials"),
        (exec("sh", "echo"), "Unauthorized", "the credential plugin"),
        (exec("nosuch-plugin", ""), "Unauthorized", "the credential plugin"),
    ]
}

/// The job waits, nothing is said to be left, and no log line of kubectl's is quoted.
#[track_caller]
fn waits_for_credentials(place: &mut Place, (user, code, words): (Value, &str, &str)) {
    let mut all = parts(user);
    all["current-context"] = "here".into();
    configure(place, &[("kubeconfig", &all.to_string())]);
    let ran = place.env.run_job(&[]);
    waits(&ran, code, &[words]);
    assert!(!ran.0.stderr.contains(".go:"), "{ran:#?}");
}

on_cluster!(a_job_waits_while_its_credentials_are_missing, |mut place| {
    place.prepare(PRINT, json!(null));
    for case in missing_credentials(&place) {
        waits_for_credentials(&mut place, case);
    }
});

on_cluster!(a_job_with_a_chart_waits_while_its_credentials_are_missing, |mut place| {
    place.chart(&[("config", CONFIG)]);
    place.prepare(PRINT, with_chart(&place, json!({})));
    let (output, _) = place.env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:#?}");
    for case in missing_credentials(&place) {
        waits_for_credentials(&mut place, case);
    }
});

on_cluster!(what_was_made_before_credentials_expired_is_removed_later, |mut place| {
    place.prepare_with(|definition| {
        crate::env::set_script(definition, PRINT);
        definition["environment"] =
            json!({"PASSWORD": {"type": "password", "description": "p", "defval": "geheim", "required": false}});
    });
    // They expire when the Secret has been made, right before the pod is.
    let expired = place.env.path().join("expired");
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": token()},
    });
    let script = format!("if [ -e {} ]; then exit 7; fi; echo '{credential}'", expired.display());
    let user = json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "command": "sh", "args": ["-c", script], "interactiveMode": "Never",
    }});
    let mut all = parts(user);
    all["current-context"] = "here".into();
    configure(&mut place, &[("kubeconfig", &all.to_string())]);
    Stub::of("kubectl").at("run mf-job-*", &format!(": >{}", expired.display())).install(&mut place);
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["exitcode"]), (125, &json!(125)), "{output:#?} {record:#}");
    assert!(record["reason"].as_str().unwrap().starts_with("Unauthorized: "), "{record:#}");
    let secrets = || {
        super::outside("kubectl", &["-n", &place.namespace, "get", "secrets", super::OURS, "-o", "name"]).ok().stdout
    };
    assert_eq!(secrets().lines().count(), 1);
    std::fs::remove_file(&expired).unwrap();
    place.env.run(&["queue", "run"]).ok();
    assert_eq!(secrets(), "");
});

on_cluster!(switching_the_context_does_not_move_a_job, |mut place| {
    place.prepare(
        concat!("echo before; ", until_told!(), "; echo made >/tmp/report; exit 3"),
        json!({
            "helm": {"enabled": false}, "artifacts": {"enabled": true, "outputPath": "/tmp/report"},
        }),
    );
    let mut all = parts(json!({"token": token()}));
    all["current-context"] = "here".into();
    let file = configure(&mut place, &[("kubeconfig", &all.to_string())]).remove(0);
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| place.record(&id)["stdout"] == "before\n");
    super::outside("kubectl", &["--kubeconfig", file.to_str().unwrap(), "config", "use-context", "nowhere"]).ok();
    place.tell(&place.pods()[0]);
    assert_eq!(job.wait_with_output().unwrap().status.code(), Some(3));
    assert_eq!(super::artifact::stored(&place, &id).len(), 1);
    place.nothing_is_left();
});

on_cluster!(a_token_may_be_in_a_file, |mut place| {
    place.prepare(PRINT, json!(null));
    let file = place.env.file("token", &token());
    let mut all = parts(json!({"tokenFile": file}));
    all["current-context"] = "here".into();
    configure(&mut place, &[("kubeconfig", &all.to_string())]);
    runs(&place);
});

on_cluster!(a_kubeconfig_that_cannot_be_read_is_named, |mut place| {
    place.prepare(PRINT, json!(null));
    std::fs::create_dir(place.env.path().join("folder")).unwrap();
    let folder = place.env.path().join("folder");
    place.env.set("KUBECONFIG", folder.to_str().unwrap());
    waits(&place.env.run_job(&[]), "BadKubeconfig", &["folder"]);
});

on_cluster!(a_proxy_that_does_not_answer_is_named, |mut place| {
    place.prepare(PRINT, json!(null));
    // A proxy is not asked for an address of this machine.
    let mut all = parts(json!({"token": token()}));
    all["clusters"][0]["cluster"]["server"] = "https://kubernetes.example.org:6443".into();
    all["current-context"] = "here".into();
    configure(&mut place, &[("kubeconfig", &all.to_string())]);
    place.env.set("HTTPS_PROXY", &format!("http://user:geheim@{NOWHERE}"));
    let ran = place.env.run_job(&[]);
    waits(&ran, "ClusterUnreachable", &[&format!("HTTPS_PROXY=http://{NOWHERE}"), "NO_PROXY"]);
    assert!(!ran.0.stderr.contains("geheim") && !ran.1.to_string().contains("geheim"), "{ran:#?}");
    place.env.unset("HTTPS_PROXY");
    all["clusters"][0]["cluster"]["proxy-url"] = format!("http://{NOWHERE}").into();
    configure(&mut place, &[("kubeconfig", &all.to_string())]);
    waits(&place.env.run_job(&[]), "ClusterUnreachable", &[NOWHERE, "proxy-url"]);
});

/// Runs a job as in a pod of this namespace: without kubeconfig, in a mount namespace of its own that has what a pod finds mounted.
fn in_a_pod(place: &mut Place, namespace: &str, is_token_mounted: bool) -> (String, crate::env::Output) {
    place.env.unset("KUBECONFIG");
    let (host, port) = server().split_once(':').map(|(host, port)| (host.to_owned(), port.to_owned())).unwrap();
    place.env.set("KUBERNETES_SERVICE_HOST", &host);
    place.env.set("KUBERNETES_SERVICE_PORT", &port);
    let id = place.env.schedule();
    let command = place.env.command(&["job", "run", "--id", &id]);
    let mount = match is_token_mounted {
        true => {
            "mount -t tmpfs none /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount && \
             cd /run/secrets/kubernetes.io/serviceaccount && cp \"$CA\" ca.crt && printf %s \"$TOKEN\" >token && \
             printf %s \"$NAMESPACE\" >namespace && exec \"$@\""
        }
        false => "mount -t tmpfs none /run && exec \"$@\"",
    };
    let certificate = PathBuf::from(std::env::var("MFX_TEST_CLUSTER").unwrap()).join("data/pki/apiserver.crt");
    let mut inside = Command::new("unshare");
    inside.args(["-m", "sh", "-c", mount, "sh"]).arg(command.get_program()).args(command.get_args()).env_clear();
    inside.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
    inside.env("CA", certificate).env("TOKEN", token()).env("NAMESPACE", namespace).stdin(Stdio::null());
    (id, inside.output().unwrap().into())
}

on_cluster!(in_a_pod_its_service_account_is_enough, |mut place| {
    place.prepare(PRINT, json!(null));
    let (id, output) = in_a_pod(&mut place, "default", true);
    assert_eq!((output.code, output.stdout.as_str()), (0, "o\n"), "{output:?}");
    assert_eq!(notices(&place.record(&id)), "");
    place.nothing_is_left();
});

on_cluster!(in_a_pod_a_job_without_a_namespace_runs_in_the_pod_s_own, |mut place| {
    place.prepare(PRINT, json!(null));
    place.env.sql("UPDATE app_kubernetes SET definition = '{\"helm\": {\"enabled\": false}}'");
    // What the image has where a state folder would be may not be written.
    let state = place.env.file("state", "");
    place.env.set("XDG_STATE_HOME", state.to_str().unwrap());
    let namespace = place.namespace.clone();
    let (id, output) = in_a_pod(&mut place, &namespace, true);
    assert_eq!((output.code, output.stdout.as_str(), output.stderr.as_str()), (0, "o\n", "e\n"), "{output:?}");
    let record = place.record(&id);
    assert!(record["command"].as_str().unwrap().contains(&format!("-n {namespace} ")), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(in_a_pod_without_a_token_its_place_is_named, |mut place| {
    place.prepare(PRINT, json!(null));
    let (id, output) = in_a_pod(&mut place, "default", false);
    let words = ["/var/run/secrets/kubernetes.io/serviceaccount/token", "automountServiceAccountToken"];
    waits(&(output, place.record(&id)), "NoKubeconfig", &words);
});

on_cluster!(a_kubeconfig_that_goes_while_a_job_runs_leaves_word_of_its_pod, |mut place| {
    place.prepare(PRINT, json!(null));
    let text = std::fs::read_to_string(place.env.variable("KUBECONFIG").unwrap()).unwrap();
    let own = place.env.file("own", &text);
    let stub = Stub::of("kubectl").at("delete * -f", "exit 1").at("delete", &format!("rm -f {}", own.display()));
    stub.install(&mut place);
    let (output, record) = place.env.run_job(&["--kubeconfig", own.to_str().unwrap()]);
    assert_eq!(output.code, 0, "{output:#?}");
    let (pod, told) = (&place.pods()[0], notices(&record));
    assert!(told.contains(&format!("pod/{pod} in namespace {} could not be deleted", place.namespace)), "{told}");
    assert!(told.contains("there is no usable kubeconfig"), "{told}");
});
