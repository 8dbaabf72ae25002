//! What happens between the making of a pod and its program's first word.

use needs::needs;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::connection::Relay;
use super::{Place, notices, on_cluster, tools};
use crate::at_once::at_once;
use crate::env::set_script;

/// An application whose pod takes so many seconds to start.
fn prepare(place: &Place, seconds: u32) {
    place.prepare_with(|definition| {
        set_script(definition, "echo ran");
        definition["kubernetes"]["podOverrides"] = json!({"spec": {"initContainers": [
            {"name": "slow", "image": "localhost/mfx-shell:1", "command": ["sleep", seconds.to_string()]},
        ]}});
    });
}

on_cluster!(a_pod_that_cannot_be_attached_to_is_one_that_was_made, |mut place| {
    place.prepare("echo ran", json!(null));
    let id = place.env.schedule();
    let kubectl = tools().join("kubectl").display().to_string();
    let refused = "dial tcp 127.0.0.1:9: connect: connection refused";
    let away = "The connection to the server 127.0.0.1:9 was refused - did you specify the right host or port?";
    // It makes the pod, and then the cluster is away.
    let script = format!(
        "#!/bin/sh\n[ ! -e \"$0.down\" ] || {{ echo '{away}' >&2; exit 1; }}\ncase \" $* \" in *' run mf-job-'*)\n\
         {kubectl} \"$@\" </dev/null >/dev/null 2>&1; : >\"$0.down\"\n\
         echo \"warning: couldn't attach to pod/mf-job-{id}-000000, falling back to streaming logs: {refused}\" >&2\n\
         echo 'error: {refused}' >&2; exit 1;; esac\nexec {kubectl} \"$@\"\n"
    );
    place.put_script_first("kubectl", &script);
    let run = place.env.run(&["job", "run", "--id", &id]).exits(125);
    assert_eq!(place.record(&id)["exitcode"], 125, "{run:#?}");
    place.put_script_first("kubectl", &format!("#!/bin/sh\nexec {kubectl} \"$@\"\n"));
    place.env.run(&["queue", "run"]).ok();
    place.nothing_is_left();
});

on_cluster!(a_cluster_that_is_away_for_a_while_before_the_program_began_is_waited_for, |mut place| {
    let mut relay = Relay::before(&mut place, &["--down", "60"]);
    // A watch that stands says nothing for half a minute before it is asked.
    prepare(&place, 75);
    let id = place.env.schedule();
    let runner = place.start(&id, &[]);
    crate::job::wait_until(|| !place.pods().is_empty());
    relay.fault(Signal::SIGUSR1);
    let output = runner.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(0), &json!("ran\n")), "{output:?} {record:#}");
    assert!(notices(&record).contains("waiting: the pod"), "{record:#}");
    place.nothing_is_left();
});

#[needs(cluster)]
#[test]
fn a_readiness_that_waits_for_the_program_does_not_keep_it_from_running() {
    let cases = [
        json!({"containers": [{"readinessProbe": {"exec": {"command": ["test", "-e", "/tmp/ready"]}, "periodSeconds": 1}}]}),
        json!({"readinessGates": [{"conditionType": "example.org/never"}]}),
    ];
    at_once(cases, |more| {
        let place = Place::new();
        let probed = json!({"helm": {"enabled": false}, "podOverrides": {"spec": more}});
        place.prepare("touch /tmp/ready; echo ran", probed);
        let id = place.env.schedule();
        let runner = place.start(&id, &[]);
        // One that waits for ever is told to end.
        let pid = runner.id().to_string();
        let end = ["-c", "sleep 60; kill -TERM \"$1\"", "end", &pid];
        let mut alarm = std::process::Command::new("sh").args(end).stderr(std::process::Stdio::null()).spawn().unwrap();
        let output = runner.wait_with_output().unwrap();
        alarm.kill().unwrap();
        alarm.wait().unwrap();
        let record = place.record(&id);
        assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(0), &json!("ran\n")), "{output:?} {record:#}");
        assert_eq!(record["reason"], Value::Null);
        place.nothing_is_left();
    });
}
