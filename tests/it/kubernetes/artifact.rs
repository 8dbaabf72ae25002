//! Artifacts come home, or the record says why not; pods are kept where that is wanted.

use needs::needs;
use serde_json::{Value, json};

use super::stub::Stub;
use super::{Place, notices, on_cluster};
use crate::at_once::at_once;
use crate::env::Env;

const REPORT: &str = "/tmp/report";

fn wanted() -> Value {
    json!({"artifacts": {"enabled": true, "outputPath": REPORT}})
}

/// What the database holds of a job's artifacts: name, content, and the content of the `artifacts` row.
pub fn stored(place: &Place, job: &str) -> Vec<(String, Vec<u8>, String)> {
    stored_by(&place.env, job)
}

pub fn stored_by(env: &Env, job: &str) -> Vec<(String, Vec<u8>, String)> {
    let query = format!(
        "SELECT f.file_name, hex(f.file_data), hex(a.artifact) FROM file_store f \
         LEFT JOIN artifacts a ON a.job_id = f.job_id AND a.filename = f.file_name \
         WHERE f.job_id = {job} AND f.field = 'artifact'"
    );
    let rows = env.sql(&query);
    rows.lines()
        .map(|row| {
            let columns: Vec<&str> = row.split('|').collect();
            (columns[0].to_owned(), unhex(columns[1]), String::from_utf8(unhex(columns[2])).unwrap())
        })
        .collect()
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// What is stored, or words of why nothing is.
type Stored = Result<&'static [u8], &'static str>;

/// F31, F32: what the job leaves at the artifact's path, and what is stored of it: a content, or words of why not.
const CASES: [(&str, &str, i32, Stored); 9] = [
    ("after exit 0", "echo '{\"a\":1}' >/tmp/report", 0, Ok(b"{\"a\":1}\n")),
    ("after exit 3", "echo text >/tmp/report; exit 3", 3, Ok(b"text\n")),
    ("bytes that are no text", r"printf 'a\000\377' >/tmp/report", 0, Ok(b"a\0\xff")),
    ("an empty file", ": >/tmp/report", 0, Ok(b"")),
    ("no file", "exit 4", 4, Err("does not exist")),
    ("a directory", "mkdir /tmp/report", 0, Err("is a directory")),
    ("a pipe", "mkfifo /tmp/pipe; ln -s /tmp/pipe /tmp/report", 0, Err("is a pipe, a socket or a device")),
    ("a dangling link", "ln -s /nowhere /tmp/report", 0, Err("does not exist")),
    ("a file over the limit", "head -c 1048577 /dev/zero >/tmp/report", 0, Err("1048577")),
];

#[needs(cluster)]
#[test]
fn an_artifact_is_stored_or_said_to_be_missing() {
    at_once(CASES, |(what, script, code, outcome)| {
        let place = Place::new();
        let (output, record) = place.run(script, wanted(), &["--artifact-limit=1"]);
        assert_eq!((output.code, &record["exitcode"]), (code, &json!(code)), "{what}: {output:#?}");
        let stored = stored(&place, "1");
        match outcome {
            Ok(content) => {
                let text = if content.contains(&0) { "" } else { std::str::from_utf8(content).unwrap() };
                assert_eq!(stored, [("report".to_owned(), content.to_vec(), text.to_owned())], "{what}");
                assert!(record["notices"].is_null(), "{what}: {record:#}");
            }
            Err(words) => {
                assert!(stored.is_empty(), "{what}: {stored:?}");
                let notices = notices(&record);
                assert!(notices.contains(REPORT) && notices.contains(words), "{what}: {notices}");
            }
        }
        place.nothing_is_left();
    });
}

#[needs(cluster)]
#[test]
fn an_artifact_that_is_much_too_large_is_told_at_once() {
    // One image whose tools count a file by reading it, and one that has nothing to ask for a size.
    let cases = [
        ("shell", "truncate -s 100G /tmp/report", "has 107374182400 bytes"),
        ("debian", "head -c 3000000 /dev/zero >/tmp/report", "has at least 1048577 bytes"),
    ];
    for (image, script, words) in cases {
        let place = Place::new();
        place.prepare_with(|definition| {
            crate::env::set_script(definition, script);
            definition["ociimage"] = format!("localhost/mfx-{image}:1").into();
            definition["kubernetes"] = wanted();
        });
        let begun = std::time::Instant::now();
        let (output, record) = place.env.run_job(&["--artifact-limit=1"]);
        assert!(begun.elapsed().as_secs() < 50, "{:?}", begun.elapsed());
        assert_eq!(output.code, 0, "{output:#?}");
        assert!(notices(&record).contains(words), "{record:#}");
        assert!(stored(&place, "1").is_empty());
        place.nothing_is_left();
    }
}

on_cluster!(an_artifact_that_still_grows_comes_as_far_as_it_was, |place| {
    let script = "head -c 3000000 /dev/zero | tr '\\0' x >/tmp/report; \
                  (while :; do echo more; sleep 0.01; done) </dev/null >>/tmp/report 2>/dev/null & :";
    let (output, record) = place.run(script, wanted(), &[]);
    assert_eq!(output.code, 0, "{output:#?}");
    let stored = stored(&place, "1");
    let content = stored.first().map(|artifact| artifact.1.as_slice()).unwrap_or_default();
    let (begins, rest) = content.split_at_checked(3_000_000).unwrap_or_default();
    assert!(!begins.is_empty() && begins.iter().all(|byte| *byte == b'x'), "{record:#}");
    assert!("more\n".repeat(rest.len()).as_bytes().starts_with(rest), "{record:#}");
    let words = format!("grew while it was fetched: its first {} bytes", content.len());
    assert!(notices(&record).contains(&words), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(an_unreadable_artifact_is_named, |place| {
    let user = json!({"spec": {"securityContext": {"runAsUser": 1000}}}).to_string();
    let overrides = place.env.file("overrides.json", &user);
    let options = ["--pod-overrides", overrides.to_str().unwrap()];
    let (output, record) = place.run("echo x >/tmp/report; chmod 0 /tmp/report", wanted(), &options);
    assert_eq!(output.code, 0, "{output:#?}");
    assert!(notices(&record).contains("not readable"), "{record:#}");
    assert!(stored(&place, "1").is_empty());
});

on_cluster!(no_artifact_of_an_earlier_run_is_stored, |place| {
    place.prepare("[ {MULTIFLEXI_JOB_ID} = 1 ] && echo first >/tmp/report; true", wanted());
    let (first, _) = place.env.run_job(&[]);
    let (second, record) = place.env.run_job(&[]);
    assert_eq!((first.code, second.code), (0, 0), "{first:#?} {second:#?}");
    assert_eq!((stored(&place, "1").len(), stored(&place, "2").len()), (1, 0));
    assert!(notices(&record).contains("does not exist"), "{record:#}");
});

on_cluster!(what_the_application_says_it_makes_comes_home, |place| {
    place.prepare_with(|definition| {
        crate::env::set_script(
            definition,
            "echo 1 >'/tmp/a,{1,2}'; echo 2 >/tmp/b; echo 3 >/tmp/named; cd /; echo 4 >here",
        );
        let artifact =
            |name: &str, path: &str| json!({"name": name, "path": path, "type": "file", "description": name});
        definition["artifacts"] = json!([
            artifact("A", "/tmp/a,{1,2}"),
            artifact("B", "/tmp/b"),
            artifact("C", "/tmp/c"),
            artifact("D", "named"),
            artifact("E", "here")
        ]);
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:#?}");
    let files: Vec<(String, Vec<u8>)> = stored(&place, "1").into_iter().map(|file| (file.0, file.1)).collect();
    let wanted = [("a,{1,2}", b"1\n"), ("b", b"2\n"), ("named", b"3\n"), ("here", b"4\n")];
    assert_eq!(files, wanted.map(|(name, content)| (name.to_owned(), content.to_vec())), "{record:#}");
    assert!(notices(&record).contains("/tmp/c does not exist"), "{record:#}");
});

on_cluster!(disabled_artifacts_are_not_fetched, |place| {
    let mut off = wanted();
    off["artifacts"]["enabled"] = false.into();
    let (output, record) = place.run("echo x >/tmp/report", off, &[]);
    assert_eq!((output.code, &record["notices"]), (0, &Value::Null), "{output:#?}");
    assert!(stored(&place, "1").is_empty());
});

on_cluster!(a_pod_is_kept_only_where_wanted_and_failed, |place| {
    let keep = json!({"artifacts": {"enabled": false, "keepPodOnFailure": true}});
    place.prepare("exit 0", keep.clone());
    let (output, _) = place.env.run_job(&[]);
    assert_eq!((output.code, place.pods()), (0, vec![]), "{output:#?}");

    place.import_with(|definition| {
        crate::env::set_script(definition, "echo out; exit 3");
        definition["kubernetes"] = keep;
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 3, "{output:#?}");
    let pods = place.pods();
    assert_eq!(pods.len(), 1, "{output:#?}");
    assert!(output.stderr.contains(&pods[0]) && notices(&record).contains(&pods[0]), "{output:#?} {record:#}");
    let (tool, deletion) =
        (format!("`kubectl {} --context=", place.kubeconfig_option()), format!(" delete pod {}`", pods[0]));
    assert!(notices(&record).contains(&tool) && notices(&record).contains(&deletion), "{record:#}");
    // Kept, but ended: nothing runs on and takes up the node.
    crate::job::wait_until(|| {
        place.kubectl(&["get", "pod", &pods[0], "-o", "jsonpath={.status.phase}"]).stdout == "Failed"
    });
    let log = place.kubectl(&["logs", &pods[0]]).ok();
    assert!(log.stdout.contains("out\n"), "{log:#?}");
    place.kubectl(&["delete", "pod", &pods[0], "--wait=false"]).ok();

    place.import_with(|definition| {
        crate::env::set_script(definition, "exit 3");
        definition["kubernetes"] = json!({"artifacts": {"enabled": false, "keepPodOnFailure": false}});
    });
    let (output, _) = place.env.run_job(&[]);
    assert_eq!((output.code, place.pods()), (3, vec![]), "{output:#?}");
});

on_cluster!(a_pod_that_is_gone_is_not_said_to_be_kept, |place| {
    place.prepare("echo out; sleep 300", json!({"artifacts": {"enabled": false, "keepPodOnFailure": true}}));
    let id = place.env.schedule();
    let runner = place.start(&id, &[]);
    place.wait_for_output(&id, "out\n", "");
    place.kubectl(&["delete", "pods", "--all", "--grace-period=0", "--force"]).ok();
    let output = runner.wait_with_output().unwrap();
    let record = place.record(&id);
    assert!(record["reason"].as_str().unwrap().starts_with("PodDeleted: "), "{record:#}");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("is kept"), "{output:?}");
    place.nothing_is_left();
});

/// Runs a job whose artifact says `whole`, by a kubectl that hands it out with another letter the first so many times. Gives the
/// record, what is stored, and how often it was fetched.
fn changed_on_its_way(times: usize) -> (Value, Vec<Vec<u8>>, usize) {
    let mut place = Place::new();
    let fetched = place.env.path().join("fetched");
    let file = fetched.display();
    let change = format!(
        "echo >>{file}; [ $(wc -l <{file}) -gt {times} ] || {{ \"$real\" \"$@\" | sed s/whole/whale/; exit; }}"
    );
    Stub::of("kubectl").at(&format!("exec * artifact {REPORT}"), &change).install(&mut place);
    let (output, record) = place.run("echo whole >/tmp/report; exit 3", wanted(), &[]);
    assert_eq!((output.code, &record["exitcode"]), (3, &json!(3)), "{output:#?}");
    let stored = stored(&place, "1").into_iter().map(|file| file.1).collect();
    (record, stored, std::fs::read_to_string(&fetched).unwrap().lines().count())
}

#[needs(cluster)]
#[test]
fn an_artifact_that_is_not_what_the_pod_holds_is_fetched_again() {
    let (record, stored, fetched) = changed_on_its_way(1);
    assert_eq!((stored, fetched), (vec![b"whole\n".to_vec()], 2), "{record:#}");
    assert!(record["notices"].is_null(), "{record:#}");
}

#[needs(cluster)]
#[test]
fn an_artifact_that_never_is_what_the_pod_holds_is_not_stored() {
    let (record, stored, fetched) = changed_on_its_way(9);
    assert_eq!((stored, fetched), (vec![], 3), "{record:#}");
    let notices = notices(&record);
    assert!(notices.contains(REPORT) && notices.contains("not what the file holds"), "{notices}");
}

on_cluster!(an_artifact_of_an_image_without_checksums_is_said_to_be_unproven, |place| {
    place.prepare_with(|definition| {
        crate::env::set_script(definition, "echo text >/tmp/report");
        definition["ociimage"] = "localhost/mfx-debian:1".into();
        definition["kubernetes"] = wanted();
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:#?}");
    assert_eq!(stored(&place, "1").len(), 1, "{record:#}");
    assert!(notices(&record).contains("the artifact /tmp/report is proven by size alone"), "{record:#}");
});
