//! A program that its time limit ended is read to its end, however slowly that comes.

use serde_json::{Value, json};

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
