//! A pod that somebody puts in the place of a job's, under its name, is not the job's.

use std::time::{Duration, Instant};

use needs::needs;
use serde_json::{Value, json};

use super::stages::kill_helper;
use super::{Place, interrupt, tools};
use crate::job::wait_until;

/// Somebody puts a copy of a job's pod, changed, in its place while nobody looks. Its place, its name, and what the record says.
#[track_caller]
fn replaced(change: impl FnOnce(&mut Value)) -> (Place, String, Value) {
    let mut place = Place::new();
    let (kubectl, hold) = (tools().join("kubectl"), place.env.path().join("hold"));
    // Nothing is seen of the moment in which there is none.
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *' get pod '*|*' exec '*) while [ -e {} ]; do sleep 0.1; done;; esac\nexec {} \"$@\"\n",
        hold.display(),
        kubectl.display()
    );
    place.put_script_first("kubectl", &script);
    let (id, mut runner) = place.begun("echo begun; sleep 600", "begun\n", "");
    let name = place.pods().remove(0);
    let mut pod = place.kubectl(&["get", "pod", &name, "-o", "json"]).ok().json();
    for key in ["uid", "resourceVersion", "creationTimestamp", "managedFields", "selfLink"] {
        pod["metadata"].as_object_mut().unwrap().remove(key);
    }
    pod["status"] = json!(null);
    pod["spec"]["nodeName"] = json!(null);
    change(&mut pod);
    let file = place.env.file("pod.json", &pod.to_string());
    kill_helper(&place, &["kubectl", "--attach"]);
    // It has looked at its pod by then.
    std::thread::sleep(Duration::from_secs(5));
    place.env.file("hold", "");
    place.kubectl(&["replace", "--force", "--grace-period=0", "-f", file.to_str().unwrap()]).ok();
    wait_until(|| !place.kubectl(&["get", "pod", &name, "-o", "jsonpath={.status.phase}"]).stdout.is_empty());
    std::fs::remove_file(hold).unwrap();
    let begun = Instant::now();
    while runner.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(100) {
            interrupt::send(&runner, nix::sys::signal::Signal::SIGTERM);
            let output = runner.wait_with_output().unwrap();
            panic!("it waits for another pod: {output:?}");
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let record = place.record(&id);
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("PodDeleted: "), "{record:#}");
    assert_eq!(record["stdout"], "begun\n", "{record:#}");
    (place, name, record)
}

#[needs(cluster)]
#[test]
fn a_pod_of_the_same_name_is_not_waited_for() {
    replaced(|_| ());
}

#[needs(cluster)]
#[test]
fn one_of_somebody_else_s_is_left_alone() {
    let (place, name, record) = replaced(|pod| pod["metadata"]["labels"] = json!({"whose": "another"}));
    let pod = place.kubectl(&["get", "pod", &name, "-o", "json"]).ok().json();
    assert!(pod["metadata"]["deletionTimestamp"].is_null(), "{pod:#} {record:#}");
}
