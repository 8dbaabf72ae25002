//! A runner that was killed after its job's result was saved, or could not remove them, leaves pod and Secret: the next `queue run` or `queue fix`
//! removes them.

use serde_json::{Value, json};

use super::stub::Stub;
use super::{Place, on_cluster, server};
use crate::crash::{dies_at, run_files};
use crate::env::{NOWHERE, set_script};

/// A job that failed, and whose runner died before it removed anything. Its pod has a Secret.
fn died(place: &Place, more: &Value) -> String {
    place.prepare_with(|definition| {
        set_script(definition, "exit 3");
        definition["environment"] =
            json!({"PASSWORD": {"type": "password", "description": "p", "defval": "", "required": false}});
        definition["kubernetes"] = json!({"helm": {"enabled": false}});
        for (key, value) in more.as_object().into_iter().flatten() {
            definition["kubernetes"][key] = value.clone();
        }
    });
    place.env.run(&["runtemplate", "update", "--id=1", "--config=PASSWORD=geheim"]).ok();
    let id = place.env.schedule();
    dies_at(&place.env, "finished", &["job", "run", &format!("--id={id}")]);
    assert_eq!((&place.record(&id)["exitcode"], place.pods().len(), run_files(&place.env)), (&json!(3), 1, 1));
    id
}

on_cluster!(queue_fix_removes_it_and_says_so, |place| {
    // Our label and the job's number, but another database's.
    place.apply(
        "{apiVersion: v1, kind: Secret, metadata: {name: stranger, labels: {app.kubernetes.io/managed-by: \
         multiflexi-cli, multiflexi.eu/job: '1', multiflexi.eu/database: '000000000000'}}}",
    );
    let id = died(&place, &json!({}));
    // A job that has not ended keeps its pod.
    let other = place.env.schedule();
    dies_at(&place.env, "ended", &["job", "run", &format!("--id={other}")]);
    let pods = place.pods();
    let dry = place.env.run(&["queue", "fix", "--dry-run"]).ok();
    assert!(dry.stdout.contains(&format!("Would remove what the runner of job #{id} left")), "{dry:?}");
    assert_eq!(place.pods(), pods);
    let fix = place.env.run(&["queue", "fix"]).ok();
    let swept = pods.iter().find(|pod| pod.starts_with(&format!("mf-job-{id}-"))).unwrap();
    for words in [format!("Job #{id}: removed"), format!("pod/{swept}, secret/{swept}")] {
        assert!(fix.stdout.contains(&words), "no {words:?} in {fix:?}");
    }
    let left: Vec<String> = pods.iter().filter(|pod| *pod != swept).cloned().collect();
    assert_eq!((place.pods(), left.len()), (left, 1));
    place.env.run(&["queue", "run"]).ok();
    assert_eq!(place.pods(), Vec::<String>::new());
    let secrets = place.kubectl(&["get", "secrets", super::OURS, "-o", "name"]).ok();
    assert_eq!((secrets.stdout.as_str(), run_files(&place.env)), ("secret/stranger\n", 0));
});

on_cluster!(where_nothing_was_left_nothing_is_said_to_be_removed, |place| {
    died(&place, &json!({}));
    place.kubectl(&["delete", "pods,secrets", super::OURS, "--force", "--grace-period=0"]);
    let run = place.env.run(&["queue", "run"]).ok();
    assert!(!format!("{run:?}").contains("No resources") && !run.stdout.contains("removed what it left"), "{run:?}");
    assert_eq!(run_files(&place.env), 0);
});

on_cluster!(a_pod_that_is_to_be_kept_stays_without_its_secret, |place| {
    let id = died(&place, &json!({"artifacts": {"keepPodOnFailure": true}}));
    let run = place.env.run(&["queue", "run"]).ok();
    assert!(run.stdout.contains(&format!("job {id}: ")) && !run.stdout.contains("pod/"), "{run:?}");
    assert_eq!((place.pods().len(), run_files(&place.env)), (1, 0));
    assert_eq!(place.kubectl(&["get", "secrets", super::OURS, "-o", "name"]).ok().stdout, "");
});

// What the runner was told of its cluster is known by its run file; `queue run` has another kubeconfig.
on_cluster!(it_lies_where_the_runner_made_it, |mut place| {
    died(&place, &json!({}));
    place.import_with(|definition| {
        definition["kubernetes"] = json!({"helm": {"enabled": false, "namespace": "default"}})
    });
    place.env.set("KUBECONFIG", place.env.path().join("nowhere").to_str().unwrap());
    place.env.run(&["queue", "run"]).ok();
    place.nothing_is_left();
});

on_cluster!(what_cannot_be_removed_now_is_removed_later, |mut place| {
    let kubeconfig = std::fs::read_to_string(std::env::var("KUBECONFIG").unwrap()).unwrap();
    let own = place.env.file("own", &kubeconfig);
    place.env.set("KUBECONFIG", own.to_str().unwrap());
    let id = died(&place, &json!({}));
    place.env.file("own", &kubeconfig.replace("token: ", "token: wrong"));
    let run = place.env.run(&["queue", "run"]).ok();
    assert!(
        run.stdout.contains(&format!("job {id}: not all that it left is removed: "))
            && run.stdout.contains("tries again"),
        "{run:?}"
    );
    assert_eq!((place.pods().len(), run_files(&place.env)), (1, 1));
    place.env.file("own", &kubeconfig);
    let run = place.env.run(&["job", "run", &format!("--id={id}")]).refused(1, "ended already");
    assert!(run.stderr.contains("removed what it left: pod/"), "{run:?}");
    place.nothing_is_left();
    assert_eq!(run_files(&place.env), 0);
});

on_cluster!(a_runner_that_could_not_remove_its_pod_is_not_said_to_have_died, |mut place| {
    Stub::of("kubectl").fails("delete", "error: forbidden").install(&mut place);
    let (output, record) = place.run("echo ran", json!(null), &[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:?}");
    let failed = place.env.run(&["queue", "run"]).ok();
    let dry = place.env.run(&["queue", "fix", "--dry-run"]).ok();
    Stub::of("kubectl").install(&mut place);
    let run = place.env.run(&["queue", "run"]).ok();
    assert!(run.stdout.contains("job 1: removed what it left: pod/"), "{run:?}");
    let told = format!("{failed:?} {dry:?} {run:?}");
    assert!(told.contains("tries again") && told.contains("Would remove") && !told.contains("died"), "{told}");
    place.nothing_is_left();
});

on_cluster!(what_cannot_be_removed_keeps_nothing_in_another_place, |mut place| {
    let usual = place.env.variable("KUBECONFIG").unwrap().to_owned();
    let text = std::fs::read_to_string(&usual).unwrap();
    let own = place.env.file("own", &text);
    place.env.set("KUBECONFIG", own.to_str().unwrap());
    let mut ids = vec![died(&place, &json!({}))];
    for kubeconfig in [own.to_str().unwrap(), &usual] {
        place.env.set("KUBECONFIG", kubeconfig);
        ids.push(place.env.schedule());
        dies_at(&place.env, "finished", &["job", "run", &format!("--id={}", ids[ids.len() - 1])]);
    }
    place.env.file("own", &text.replace(&server(), NOWHERE));
    let run = place.env.run(&["queue", "run"]).ok().stdout;
    for words in [
        format!("job {}: not all that it left is removed: ", ids[0]),
        format!("job {}: what it left is not removed, for the cluster could not be asked", ids[1]),
        format!("job {}: removed what it left: pod/", ids[2]),
    ] {
        assert!(run.contains(&words), "no {words:?} in {run}");
    }
    place.env.file("own", &text);
    place.env.run(&["queue", "run"]).ok();
    place.nothing_is_left();
    assert_eq!(run_files(&place.env), 0);
});

on_cluster!(a_kubeconfig_that_is_gone_does_not_keep_what_another_one_reaches, |place| {
    place.prepare("exit 3", json!(null));
    let text = std::fs::read_to_string(place.env.variable("KUBECONFIG").unwrap()).unwrap();
    let own = place.env.file("own", &text);
    let id = format!("--id={}", place.env.schedule());
    dies_at(&place.env, "finished", &["job", "run", &id, "--kubeconfig", own.to_str().unwrap()]);
    assert_eq!(place.pods().len(), 1);
    std::fs::remove_file(own).unwrap();
    let run = place.env.run(&["queue", "run"]).ok();
    assert!(run.stdout.contains("removed what it left: pod/"), "{run:?}");
    place.nothing_is_left();
    assert_eq!(run_files(&place.env), 0);
});

on_cluster!(only_what_was_not_deleted_is_said_to_be_left, |mut place| {
    place.prepare_with(|definition| {
        set_script(definition, "echo ran");
        definition["environment"] =
            json!({"PASSWORD": {"type": "password", "description": "p", "defval": "geheim", "required": false}});
    });
    let keeps_pods = "for word; do shift; [[ $word == pod/* ]] || set -- \"$@\" \"$word\"; done; \"$real\" \"$@\"; echo error: no >&2; exit 1";
    Stub::of("kubectl").at("delete * -f", "exit 1").at("delete", keeps_pods).install(&mut place);
    let (output, record) = place.env.run_job(&[]);
    let told = super::notices(&record);
    assert_eq!(output.code, 0, "{output:#?}");
    assert!(told.contains("pod/mf-job-1-") && !told.contains("secret/"), "{told}");
});
