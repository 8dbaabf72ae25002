//! A job whose runner died is looked for where it was made, whatever the kubeconfig and the definition say by now; and nothing is
//! taken for it that another installation made.

use needs::needs;
use serde_json::json;

use super::kubeconfig::{configure, parts, token};
use super::{Place, kill, server};
use crate::env::set_script;

const SCRIPT: &str = "echo before; sleep 4; echo after; exit 3";

#[track_caller]
fn ends_as_it_did(place: &Place, id: &str) {
    place.env.run(&["queue", "run"]).ok();
    let record = place.record(id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(3), &json!("before\nafter\n")), "{record:#}");
    place.nothing_is_left();
}

/// A kubeconfig of two contexts, one of which is the current one.
fn with_context(place: &mut Place, current: &str) {
    let mut all = parts(json!({"token": token()}));
    all["current-context"] = current.into();
    configure(place, &[(&format!("kubeconfig-{current}"), &all.to_string())]);
}

#[needs(cluster)]
#[test]
fn another_current_context_is_no_other_place() {
    let mut place = Place::new();
    with_context(&mut place, "here");
    let (id, runner) = place.begun(SCRIPT, "before\n", "");
    kill(runner);
    with_context(&mut place, "nowhere");
    ends_as_it_did(&place, &id);
}

#[needs(cluster)]
#[test]
fn another_namespace_of_the_definition_is_no_other_place() {
    let place = Place::new();
    let (id, runner) = place.begun(SCRIPT, "before\n", "");
    kill(runner);
    place.import_with(|definition| {
        set_script(definition, SCRIPT);
        definition["kubernetes"] = json!({"helm": {"enabled": false, "namespace": "mfx-another"}});
    });
    ends_as_it_did(&place, &id);
}

/// What another cluster does not have may be in its own.
#[needs(cluster)]
#[test]
fn a_pod_is_not_gone_because_another_cluster_lacks_it() {
    let mut place = Place::new();
    let (id, runner) = place.begun("echo before; sleep 60", "before\n", "");
    kill(runner);
    place.kubectl(&["delete", "pod", &place.pods()[0], "--grace-period=0", "--force"]).ok();
    let own = place.env.variable("KUBECONFIG").map(str::to_owned);
    let mut all = parts(json!({"token": token()}));
    // By another address, and without the authority by which it is known.
    all["clusters"][0]["cluster"]["server"] = format!("https://{}", server().replace("127.0.0.1", "localhost")).into();
    all["current-context"] = "here".into();
    configure(&mut place, &[("other", &all.to_string())]);
    let run = place.env.run(&["queue", "run", "-q"]).exits(1);
    assert!(run.stderr.contains("OtherCluster: ") && run.stderr.contains("job cancel"), "{run:#?}");
    assert_eq!(place.record(&id)["exitcode"], json!(null));
    match own {
        Some(own) => place.env.set("KUBECONFIG", &own),
        None => place.env.unset("KUBECONFIG"),
    }
    let _ = place.env.run(&["queue", "run"]);
    let record = place.record(&id);
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("RunnerDied: "), "{record:#}");
}

/// Two machines with a SQLite file at the same path may share a namespace: their jobs have the same number and database.
#[needs(cluster)]
#[test]
fn another_installations_pod_is_left_alone() {
    let place = Place::new();
    let (id, runner) = place.begun("echo before; sleep 60", "before\n", "");
    let pods = place.kubectl(&["get", "pods", super::OURS, "-o", "json"]).ok().json();
    let labels = pods["items"][0]["metadata"]["labels"].as_object().unwrap();
    let theirs = labels.iter().map(|(name, value)| match name.as_str() {
        "multiflexi.eu/claim" => format!("{name}=0123456789ab"),
        _ => format!("{name}={}", value.as_str().unwrap()),
    });
    let labels = format!("--labels={}", theirs.collect::<Vec<_>>().join(","));
    let name = "mf-job-1-000000";
    let run = ["run", name, "--image=localhost/mfx-shell:1", "--restart=Never", &labels, "--", "sleep", "60"];
    place.kubectl(&run).ok();
    kill(runner);
    place.env.run(&["job", "cancel", "--id", &id]).ok();
    assert_eq!(place.record(&id)["exitcode"], json!(143));
    assert_eq!(place.pods(), [name]);
}

/// `kubectl` asks before it deletes where a user prefers that.
#[needs(cluster)]
#[test]
fn a_users_preferences_of_kubectl_do_not_matter() {
    let mut place = Place::new();
    let preferences = "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ndefaults:\n- command: delete\n  options:\n  - {name: interactive, default: 'true'}\n";
    let file = place.env.file("kuberc", preferences);
    place.env.set("KUBERC", file.to_str().unwrap());
    let (output, _) = place.run("echo ran", json!(null), &[]);
    output.ok();
    place.nothing_is_left();
}
