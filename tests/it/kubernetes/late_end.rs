//! A program that its time limit ended is read to its end, however slowly that comes.

use serde_json::{Value, json};

use super::stub::Stub;
use super::{kill, on_cluster, tools};
use crate::job::wait_until;

on_cluster!(what_a_program_printed_before_its_time_limit_comes_however_late, |mut place| {
    let (id, runner) = place.begun("echo begun; sleep 1; seq 1 400000; echo all; sleep 300", "begun\n", "");
    kill(runner);
    let pod = place.pods().remove(0);
    wait_until(|| place.kubectl(&["exec", &pod, "--", "tail", "-c", "4", "/.multiflexi/out"]).stdout == "all\n");
    let kubectl = tools().join("kubectl");
    // Some 60 KB a second: it takes longer than a program is given to end.
    let slowly = "import os, sys, time\nwhile True:\n    b = os.read(0, 32768)\n    if not b: break\n    os.write(1, b); time.sleep(0.5)";
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in *' peek '*) {kubectl} \"$@\" | python3 -c '{slowly}'; exit;; esac\nexec {kubectl} \"$@\"\n",
        kubectl = kubectl.display()
    );
    place.put_script_first("kubectl", &script);
    let run = place.env.run(&["job", "run", "--id", &id, "--timeout=2"]).exits(124);
    let record = place.record(&id);
    let numbers: String = (1..=400_000).map(|number| format!("{number}\n")).collect();
    let whole = format!("begun\n{numbers}all\n");
    let came = record["stdout"].as_str().unwrap();
    assert!(came == whole, "{} of {} bytes came: {run:#?}", came.len(), whole.len());
    assert_eq!(record["exitcode"], json!(124));
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("TimeLimit: "), "{}", record["reason"]);
    assert_ne!(record["end"], Value::Null);
    place.nothing_is_left();
});

on_cluster!(what_a_program_prints_that_runs_on_after_its_time_limit_comes, |mut place| {
    // Nothing ends it but the removal of its pod. What it prints last may be the beginning of a mark.
    Stub::of("kubectl").fails("exec", "error: dialing backend").install(&mut place);
    let script = r"trap '' TERM; echo begun; sleep 8; printf 'late\n\036' | tee /dev/stderr; while :; do sleep 1; done";
    let (output, record) = place.run(script, json!(null), &["--timeout=2"]);
    assert_eq!((output.code, &record["exitcode"]), (124, &json!(124)), "{output:#?} {record:#}");
    assert_eq!(
        (&record["stdout"], &record["stderr"]),
        (&json!("begun\nlate\n\u{1e}"), &json!("late\n\u{1e}")),
        "{record:#}"
    );
    let told = "the program did not end at its time limit, and is ended by the removal of its pod; 12 bytes of stdout and 6 of stderr";
    assert!(super::notices(&record).contains(told), "{record:#}");
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("TimeLimit: "), "{record:#}");
    wait_until(|| place.pods().is_empty());
});
