//! kubectl's own words come in the stream that carries the program's stderr: a WebSocket that breaks makes it write three log
//! lines there. None of them is ever in a record. Here a kubectl says them that is the real one in all else, on any server.

use std::path::PathBuf;
use std::process::Child;

use needs::needs;
use serde_json::{Value, json};

use super::{Place, artifact, notices, on_cluster, tools, until_told};
use crate::at_once::at_once;
use crate::job::wait_until;

/// Whose words they are, as a kubectl's log tells it.
const KUBECTL: &str = "@kubectl@";
/// A process that kubectl started, as where what is called so is a script around it.
const CHILD: &str = "@child@";
/// Any other process: what these words are can only be told by the checksum.
const STRANGER: &str = "      1";

/// What kubectl logs when its connection breaks.
fn log_lines(process: &str) -> String {
    let cut = "read tcp 127.0.0.1:50682->127.0.0.1:42161: read: connection reset by peer";
    let line = |place: &str, words: &str| format!("E1128 17:28:12.579876 {process} {place}] {words}\n");
    line("v2.go:168", &format!("\"Copying stderr failed\" err=\"next reader: {cut}\""))
        + &line("v5.go:67", "\"Waiting for server to close stdin\" err=<\n\tone\n\ttwo\n >")
        + &line("v2.go:150", &format!("\"Copying stdout failed\" err=\"next reader: {cut}\""))
}

/// A kubectl that speaks into the program's stderr once it is told to.
struct Talkative(PathBuf);

impl Talkative {
    fn before(place: &mut Place) -> Talkative {
        let folder = place.env.path().join("talk");
        std::fs::create_dir(&folder).unwrap();
        let script = r#"#!/bin/sh
case " $* " in
*" --attach "*)
  echo $$ >FOLDER/pid
  (
    while [ ! -e FOLDER/say ]; do kill -0 $$ || exit; sleep 0.05; done
    child=$(exec sh -c 'echo $PPID')
    words=$(sed "s/@kubectl@/$(printf %7d $$)/; s/@child@/$(printf %7d $child)/" FOLDER/say; echo .)
    printf %s "${words%.}" >&2
    [ ! -e FOLDER/die ] || kill -9 $$
    : >FOLDER/said
  ) &
  ;;
*" exec "*)
  [ ! -e FOLDER/refuse ] || { echo 'error: unable to upgrade connection: refused' >&2; exit 1; }
  [ ! -e FOLDER/exec ] || sed "s/@kubectl@/$(printf %7d $$)/" FOLDER/exec >&2
  ;;
esac
exec KUBECTL "$@"
"#;
        let kubectl = tools().join("kubectl").display().to_string();
        let script = script.replace("FOLDER", &folder.display().to_string()).replace("KUBECTL", &kubectl);
        place.put_script_first("kubectl", &script);
        Talkative(folder)
    }

    fn write(&self, name: &str, words: &str) {
        let file = self.0.join(name);
        std::fs::write(file.with_extension("new"), words).unwrap();
        std::fs::rename(file.with_extension("new"), file).unwrap();
    }

    /// Has the attached kubectl say this, and `dies` then; done when this returns.
    #[track_caller]
    fn says(&self, words: &str, dies: bool) {
        if dies {
            self.write("die", "");
        }
        self.write("say", words);
        wait_until(|| self.0.join("said").exists());
    }

    /// From now on each kubectl that executes something in the pod begins by saying this.
    fn says_at_exec(&self, words: &str) {
        self.write("exec", words);
    }

    fn process(&self) -> String {
        std::fs::read_to_string(self.0.join("pid")).unwrap().trim().to_owned()
    }
}

/// In the middle of a line it waits; then as many lines as kubectl's words have bytes, and more; then it waits again.
const SCRIPT: &str = concat!(
    "echo A; printf 'half ' >&2; ",
    until_told!(),
    "; echo 'a line' >&2; i=100; while [ $i -lt 200 ]; do echo \"stderr line no $i\" >&2; i=$((i+1)); done; echo B; ",
    "until [ -e /tmp/end ]; do sleep 0.2; done; exit 4"
);

fn stderr() -> String {
    (100..200).fold("half a line\n".to_owned(), |lines, number| format!("{lines}stderr line no {number}\n"))
}

#[track_caller]
fn is_exact(place: &Place, id: &str, job: Child, what: &str) -> Value {
    let output = job.wait_with_output().unwrap();
    let record = place.record(id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(4), &json!(4)), "{what}: {record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("A\nB\n"), &json!(stderr())), "{what}: {record:#}");
    place.nothing_is_left();
    record
}

/// Whose words come, whether kubectl dies then, and the image.
const CASES: [(&str, &str, bool, &str); 7] = [
    ("it goes on", KUBECTL, false, "localhost/mfx-shell:1"),
    ("it dies", KUBECTL, true, "localhost/mfx-shell:1"),
    ("one that it started", CHILD, false, "localhost/mfx-shell:1"),
    ("a stranger, and it goes on", STRANGER, false, "localhost/mfx-shell:1"),
    ("a stranger, and it dies", STRANGER, true, "localhost/mfx-shell:1"),
    ("a stranger without a checksum", STRANGER, false, "localhost/mfx-debian:1"),
    ("a stranger that dies without a checksum", STRANGER, true, "localhost/mfx-debian:1"),
];

#[needs(cluster)]
#[test]
fn no_word_of_kubectl_is_in_a_record() {
    at_once(CASES, |(what, process, dies, image)| {
        let mut place = Place::new();
        let kubectl = Talkative::before(&mut place);
        place.prepare_with(|definition| {
            crate::env::set_script(definition, SCRIPT);
            definition["ociimage"] = image.into();
        });
        let id = place.env.schedule();
        let job = place.start(&id, &[]);
        place.wait_for_output(&id, "A\n", "half ");
        kubectl.says(&log_lines(process), dies);
        let pod = place.pods().remove(0);
        place.tell(&pod);
        if process != STRANGER {
            // Nor is there one while it runs.
            place.wait_for_output(&id, "A\nB\n", &stderr());
        }
        place.kubectl(&["exec", &pod, "--", "/bin/sh", "-c", ": >/tmp/end"]).ok();
        let record = is_exact(&place, &id, job, what);
        let unproven = notices(&record).contains("neither cksum nor crc32");
        assert_eq!(unproven, image.contains("debian"), "{what}: {record:#}");
    });
}

on_cluster!(a_program_may_print_what_kubectl_would, |mut place| {
    let kubectl = Talkative::before(&mut place);
    let script = "echo A; until [ -e /tmp/words ]; do sleep 0.2; done; cat /tmp/words >&2; echo end >&2; exit 4";
    let (id, job) = place.begun(script, "A\n", "");
    let words = log_lines(&format!("{:>7}", kubectl.process()));
    let file = place.env.file("words", &words);
    let pod = place.pods().remove(0);
    place.kubectl(&["cp", file.to_str().unwrap(), &format!("{pod}:/tmp/words.new")]).ok();
    place.kubectl(&["exec", &pod, "--", "mv", "/tmp/words.new", "/tmp/words"]).ok();
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["stderr"]), (Some(4), &json!(words + "end\n")), "{record:#}");
});

/// What kubectl says last.
const LAST_WORDS: [&str; 2] = [
    "Unable to connect to the server: dial tcp 127.0.0.1:1: connect: connection refused\n",
    "error: unable to upgrade connection: container not found\n",
];

#[needs(cluster)]
#[test]
fn nor_is_there_one_where_the_pod_is_lost() {
    at_once(LAST_WORDS, |last| {
        let mut place = Place::new();
        let kubectl = Talkative::before(&mut place);
        let (id, job) = place.begun(SCRIPT, "A\n", "half ");
        let pod = place.pods().remove(0);
        // Nothing can be fetched any more before the pod is gone.
        kubectl.write("refuse", "");
        kubectl.says(&(log_lines(KUBECTL) + last), true);
        place.kubectl(&["delete", "pod", &pod, "--grace-period=0", "--force"]).ok();
        let output = job.wait_with_output().unwrap();
        let record = place.record(&id);
        assert_eq!(output.status.code(), Some(125), "{record:#}");
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!("A\n"), &json!("half ")), "{record:#}");
        assert!(record["reason"].as_str().unwrap_or_default().starts_with("PodDeleted: "), "{record:#}");
        assert!(notices(&record).contains("the output is incomplete"), "{record:#}");
    });
}

on_cluster!(what_is_read_on_and_copied_has_none_of_them, |mut place| {
    let kubectl = Talkative::before(&mut place);
    let script =
        concat!("echo A; printf 'half ' >&2; ", until_told!(), "; echo line >&2; seq 1 1000 >/tmp/report; exit 4");
    place.prepare(script, json!({"artifacts": {"enabled": true, "outputPath": "/tmp/report"}}));
    let id = place.env.schedule();
    kubectl.says_at_exec(&(log_lines(KUBECTL) + "error: of kubectl\n"));
    let mut job = place.start(&id, &[]);
    place.wait_for_output(&id, "A\n", "half ");
    job.kill().unwrap();
    job.wait().unwrap();
    let output = place.take_over(&id);
    let record = place.record(&id);
    assert_eq!((output.code, &record["stdout"]), (4, &json!("A\n")), "{output:#?} {record:#}");
    assert_eq!(record["stderr"], "half line\n", "{record:#}");
    let report: String = (1..=1000).map(|number| format!("{number}\n")).collect();
    assert_eq!(artifact::stored(&place, &id).first().map(|it| it.1.clone()), Some(report.into_bytes()), "{record:#}");
});

on_cluster!(a_program_may_end_with_words_like_kubectls, |place| {
    let (output, record) = place.run("echo o; printf 'error: no end' >&2; exit 3", json!(null), &[]);
    assert_eq!((output.code, output.stdout.as_str()), (3, "o\n"), "{output:#?}");
    assert!(!output.stderr.contains('\u{1e}') && !output.stderr.contains("follows again"), "{output:#?}");
    assert_eq!((&record["stderr"], &record["notices"]), (&json!("error: no end"), &Value::Null), "{record:#}");
});

/// Whether kubectl dies behind a stranger's words, and whether what the pod holds cannot be read, so that its log has to tell.
const SILENT: [(&str, bool, bool); 3] =
    [("it goes on", false, false), ("it dies", true, false), ("it dies, and the log tells", true, true)];

#[needs(cluster)]
#[test]
fn nor_in_that_of_a_program_that_prints_nothing() {
    at_once(SILENT, |(what, dies, is_refused)| {
        let mut place = Place::new();
        let kubectl = Talkative::before(&mut place);
        place.prepare(concat!(until_told!(), "; exit 4"), json!(null));
        let id = place.env.schedule();
        let job = place.start(&id, if is_refused { &["--hold=1"] } else { &[] });
        wait_until(|| !place.pods().is_empty());
        let pod = place.pods().remove(0);
        place.wait_for_file(&pod, "begun");
        if is_refused {
            kubectl.write("refuse", "");
        }
        let words = log_lines(STRANGER);
        kubectl.says(&words, dies);
        // They cannot be told from the program's yet.
        place.wait_for_output(&id, "", &words);
        place.tell(&pod);
        let output = job.wait_with_output().unwrap();
        let record = place.record(&id);
        assert_eq!((output.status.code(), &record["exitcode"]), (Some(4), &json!(4)), "{what}: {record:#}");
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!(""), &json!("")), "{what}: {record:#}");
        place.nothing_is_left();
    });
}
