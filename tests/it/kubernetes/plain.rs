//! Images without a shell, and nothing lent to them: the output comes from the container's log.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use needs::needs;
use serde_json::json;

use super::stub::Stub;
use super::{Place, notices, on_cluster, server, server_is, tools};
use crate::env::root;

/// A program of an image without a shell that prints to both streams and fails.
fn prepare(place: &Place) {
    place.prepare_with(|definition| {
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
        definition["executable"] = "/bin/cat".into();
        definition["cmdparams"] = "/etc/hostname /nowhere".into();
    });
}

const ERROR: &str = "cat: can't open '/nowhere': No such file or directory\n";

on_cluster!(streams_that_come_in_one_are_said_to, |place| {
    prepare(&place);
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stderr"]), (1, &json!("")), "{output:#?} {record:#}");
    let stdout = record["stdout"].as_str().unwrap();
    assert!(stdout.contains("mf-job-1-") && stdout.contains(ERROR), "{record:#}");
    assert!(notices(&record).contains("stdout and stderr come in one"), "{record:#}");
    place.nothing_is_left();
});

/// Programs that end with the test.
struct Server(Vec<Child>);

impl Drop for Server {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Server {
    /// Puts a server in front of the cluster that does with one stream of a log what newer ones do.
    fn before(place: &mut Place, gate: &str, options: &[&str]) -> Server {
        let mut proxy = Command::new("kubectl");
        proxy.args(["proxy", "--port=0", "--disable-filter=true"]);
        let (proxy, line) = Server::start(&mut proxy);
        let mut front = Command::new(root().join("tests/cluster/split-log"));
        front
            .arg(line.split_whitespace().last().unwrap())
            .arg(tools().join("../data/pods"))
            .args(["--gate", gate])
            .args(options);
        let (front, port) = Server::start(&mut front);
        place.change_kubeconfig(&format!("https://{}", server()), &format!("http://127.0.0.1:{port}"));
        Server(vec![proxy, front])
    }

    /// The program, and the first line it prints.
    fn start(command: &mut Command) -> (Child, String) {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (child, line.trim().to_owned())
    }
}

on_cluster!(a_server_that_tells_the_streams_apart_is_asked_to, |mut place| {
    let _server = Server::before(&mut place, "on", &[]);
    prepare(&place);
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stderr"]), (1, &json!(ERROR)), "{output:#?} {record:#}");
    let stdout = record["stdout"].as_str().unwrap();
    assert!(stdout.starts_with("mf-job-1-") && stdout.lines().count() == 1, "{record:#}");
    assert!(!notices(&record).contains("in one"), "{record:#}");
});

/// The feature gate of the server or of the node, and what is said of it.
const GATES: [(&str, &str); 3] = [
    ("off", "the cluster's log"),
    ("above-an-old-kubelet", "the pod's node"),
    ("off-in-the-kubelet", "the pod's node"),
];

#[needs(cluster)]
#[test]
fn what_cannot_tell_the_streams_apart_doubles_nothing() {
    for (gate, words) in GATES {
        let mut place = Place::new();
        let _server = Server::before(&mut place, gate, &[]);
        prepare(&place);
        let begun = std::time::Instant::now();
        let (output, record) = place.env.run_job(&[]);
        // A log that cannot be read is asked for again for half a minute; one that is refused is not.
        assert!(begun.elapsed().as_secs() < 25, "{gate}: {:?}", begun.elapsed());
        assert_eq!((output.code, &record["stderr"]), (1, &json!("")), "{gate}: {output:#?} {record:#}");
        let stdout = record["stdout"].as_str().unwrap();
        assert!(stdout.contains(ERROR) && stdout.lines().count() == 2, "{gate}: {record:#}");
        assert!(notices(&record).contains(words), "{gate}: {record:#}");
    }
}

on_cluster!(what_a_kubelet_says_in_a_log_is_not_output, |mut place| {
    let words = "failed to create fsnotify watcher: too many open files";
    let _server = Server::before(&mut place, "on", &["--words", words, "--words", words]);
    place.prepare_with(|definition| {
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
        definition["executable"] = "/bin/sleep".into();
        definition["cmdparams"] = "10".into();
    });
    let (output, record) = place.env.run_job(&[]);
    assert!(output.stdout.contains(words) && output.stderr.contains(words), "nothing was followed: {output:#?}");
    assert_eq!((output.code, &record["stdout"], &record["stderr"]), (0, &json!(""), &json!("")), "{record:#}");
});

on_cluster!(a_plain_pod_is_taken_over, |place| {
    place.prepare_with(|definition| {
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
        definition["executable"] = "/bin/sleep".into();
        definition["cmdparams"] = "20".into();
    });
    // Taken over while it runs, and when it has ended.
    for ended in [false, true] {
        let id = place.env.schedule();
        let mut job = place.start(&id, &[]);
        crate::job::wait_until(|| {
            let phases = place.kubectl(&["get", "pods", "-o", "jsonpath={.items[*].status.phase}"]).ok().stdout;
            notices(&place.record(&id)).contains("no /bin/sh") && phases.contains("Running")
        });
        job.kill().unwrap();
        job.wait().unwrap();
        let succeeded = || {
            place.kubectl(&["get", "pods", "-o", "jsonpath={.items[*].status.phase}"]).ok().stdout.contains("Succeeded")
        };
        if ended {
            crate::job::wait_until(succeeded);
        }
        let pods = place.pods();
        let output = place.env.run(&["job", "run", &format!("--id={id}")]);
        let record = place.record(&id);
        assert_eq!((output.code, &record["exitcode"]), (0, &json!(0)), "{output:#?} {record:#}");
        assert!(pods.len() == 1 && notices(&record).contains(&pods[0]), "{pods:?} {record:#}");
        place.nothing_is_left();
    }
});

/// A job whose runner died once all that its program prints had come, and that output. The program goes on.
#[track_caller]
fn printed(place: &Place) -> (String, String) {
    place.prepare_with(|definition| {
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
        definition["executable"] = "/bin/cat".into();
        // Nobody ever opens the other end of the last.
        definition["cmdparams"] = "/proc/version /proc/filesystems /dev/ptmx".into();
    });
    let printed = ["/proc/version", "/proc/filesystems"].map(|file| std::fs::read_to_string(file).unwrap()).concat();
    // The containerd of the old cluster was seen to keep a few lines to itself until there are more.
    for _ in 0..8 {
        let id = place.env.schedule();
        let mut job = place.start(&id, &[]);
        let begun = std::time::Instant::now();
        while place.record(&id)["stdout"] != printed && begun.elapsed().as_secs() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        job.kill().unwrap();
        job.wait().unwrap();
        if place.record(&id)["stdout"] == printed {
            return (id, printed);
        }
        place.env.run(&["job", "cancel", "--id", &id]).ok();
    }
    panic!("the log never held what the program prints");
}

/// kubectl's reading of the log of a job that is being cancelled.
const READS_LOG: &str = "get --raw */log?*follow=false*";

/// Cancels such a job with this kubectl.
#[track_caller]
fn cancelled(place: &mut Place, kubectl: Stub) -> serde_json::Value {
    let (id, printed) = printed(place);
    kubectl.install(place);
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "3");
    place.env.run(&["job", "cancel", "--id", &id]).ok();
    let record = place.record(&id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(143), &json!(printed)), "{record:#}");
    place.nothing_is_left();
    record
}

on_cluster!(a_log_that_cannot_be_read_takes_nothing_of_what_came, |mut place| {
    let record = cancelled(&mut place, Stub::of("kubectl").fails(READS_LOG, "error: dialing backend"));
    assert!(notices(&record).contains("may be incomplete"), "{record:#}");
});

on_cluster!(a_log_that_cannot_be_read_for_a_moment_is_read_again, |mut place| {
    let failed = place.env.path().join("failed");
    let kubectl = Stub::of("kubectl").fails_once(READS_LOG, "error: dialing backend", &failed);
    let record = cancelled(&mut place, kubectl);
    assert!(failed.exists() && !notices(&record).contains("may be incomplete"), "{record:#}");
});

on_cluster!(a_program_that_only_its_pod_s_removal_ends_is_not_kept, |mut place| {
    Stub::of("kubectl").fails("patch pod", "error: forbidden").install(&mut place);
    place.prepare_with(|definition| {
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
        definition["executable"] = "/bin/sleep".into();
        definition["cmdparams"] = "600".into();
        definition["kubernetes"]["artifacts"] = json!({"enabled": false, "keepPodOnFailure": true});
    });
    let (output, record) = place.env.run_job(&["--timeout=5"]);
    assert_eq!((output.code, &record["exitcode"]), (124, &json!(124)), "{output:#?} {record:#}");
    assert!(!output.stderr.contains("is kept"), "{output:#?}");
    crate::job::wait_until(|| place.pods().is_empty());
    place.nothing_is_left();
});

/// Runs a program to its time limit that does this once it is told to end, and checks what is kept of it. The notices.
fn to_its_time_limit(place: &Place, at_term: &str, stdout: &str) -> String {
    let script = format!("trap '{at_term}' TERM; echo begun; while :; do /bin/busybox sleep 0.2; done");
    place.prepare_with(|definition| {
        definition["executable"] = "/bin/busybox".into();
        definition["cmdparams"] = format!("sh -c '{}'", script.replace('\'', r"'\''")).into();
        // An image with nothing but a busybox of that name.
        definition["kubernetes"]["podOverrides"] = json!({"spec": {
            "volumes": [{"name": "bin", "emptyDir": {}}],
            "initContainers": [{
                "name": "fill", "image": "localhost/mfx-shell:1", "command": ["/bin/cp", "/bin/busybox", "/to/busybox"],
                "volumeMounts": [{"name": "bin", "mountPath": "/to"}],
            }],
            "containers": [{"volumeMounts": [{"name": "bin", "mountPath": "/bin"}]}],
        }});
    });
    let (output, record) = place.env.run_job(&["--timeout=5"]);
    assert_eq!((output.code, &record["exitcode"]), (124, &json!(124)), "{output:#?} {record:#}");
    assert_eq!(record["stdout"], stdout, "{output:#?} {record:#}");
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("TimeLimit: "), "{record:#}");
    crate::job::wait_until(|| place.pods().is_empty());
    notices(&record)
}

on_cluster!(an_image_without_a_shell_runs_beside_a_sidecar, |place| {
    place.prepare_with(|definition| {
        definition["executable"] = "/bin/seq".into();
        definition["cmdparams"] = "3".into();
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
    });
    let mut side = json!({"name": "side", "image": "localhost/mfx-shell:1", "command": ["sleep", "1000"]});
    let mut pods = vec![json!({"terminationGracePeriodSeconds": 90, "containers": [side]})];
    if server_is(29) {
        side["restartPolicy"] = "Always".into();
        pods.push(json!({"terminationGracePeriodSeconds": 90, "initContainers": [side]}));
    }
    for pod in pods {
        let file = place.env.file("overrides.json", &json!({"spec": pod}).to_string());
        let begun = Instant::now();
        let (output, record) = place.env.run_job(&["--pod-overrides", file.to_str().unwrap()]);
        assert_eq!((output.code, &record["stdout"]), (0, &json!("1\n2\n3\n")), "{output:#?} {record:#}");
        assert!(!notices(&record).contains("StartError") && begun.elapsed().as_secs() < 60, "{record:#}");
        place.nothing_is_left();
    }
});

on_cluster!(what_a_program_prints_at_its_time_limit_is_kept_without_a_recorder_too, |place| {
    let told = to_its_time_limit(&place, "echo ending; exit 3", "begun\nending\n");
    assert!(!told.contains("the output may be incomplete"), "{told}");
});

on_cluster!(
    what_a_program_prints_after_its_time_limit_is_said_to_be_missing_where_pods_may_not_be_patched,
    |mut place| {
        Stub::of("kubectl").fails("patch pod", "error: forbidden").install(&mut place);
        let told = to_its_time_limit(&place, "echo ending; exit 3", "begun\n");
        assert!(told.contains("the output may be incomplete"), "{told}");
    }
);

on_cluster!(a_log_that_breaks_off_at_the_time_limit_is_read_to_its_end, |mut place| {
    // An old server calls the pod over at once, and its program prints on.
    let broken = place.env.path().join("broken");
    let breaks = format!(
        "[ -e {broken} ] || {{ : >{broken}; \"$real\" \"$@\" & until \"$real\" -n {} get pods -o 'jsonpath={{.items[0].status.phase}}' \
         | grep -q Failed; do sleep 0.2; done; kill $!; exit 1; }}",
        place.namespace,
        broken = broken.display()
    );
    Stub::of("kubectl").at("get --raw */log?*follow=true*", &breaks).install(&mut place);
    let told =
        to_its_time_limit(&place, "echo ending; /bin/busybox sleep 4; echo ended; exit 3", "begun\nending\nended\n");
    assert!(broken.exists() && !told.contains("the output may be incomplete"), "{told}");
});
