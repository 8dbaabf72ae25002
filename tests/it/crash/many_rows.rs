//! Output whose streams take turns: a row for each write, and many of them in a batch.

use serde_json::json;

use super::{counted, job, runs};
use crate::env::on_each_database;

const WRITES: usize = 200_000;

on_each_database!(streams_that_take_turns_are_stored, |env| {
    let program = env.file(
        "turns.py",
        &format!("import os\nfor _ in range({WRITES}):\n  os.write(1, b'o\\n')\n  os.write(2, b'e\\n')\n"),
    );
    env.prepare("Native", &counted(env, &format!("python3 {}; exit 3", program.display())), json!(null));
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, &record["exitcode"], runs(env)), (3, &json!(3), 1), "{}", output.stderr.len());
    assert!(record["stdout"] == "o\n".repeat(WRITES).as_str() && record["stderr"] == "e\n".repeat(WRITES).as_str());
});

// One that was written before a batch had a limit of rows.
on_each_database!(a_recovery_file_of_many_rows_is_loaded, |env| {
    env.prepare("Native", "true", json!(null));
    let id = env.schedule();
    let (q, rows) = (env.quote(), 40_000);
    env.sql(&format!("UPDATE job SET {q}begin{q} = '2026-11-25 06:00:00', pid = 4711 WHERE id = {id}"));
    let mut lines: String = (0..rows)
        .map(|n| {
            let (kind, line) = if n % 2 == 0 { ("stdout", "o\n") } else { ("stderr", "e\n") };
            format!("{}\n", json!({"job": id.parse::<i64>().unwrap(), "seq": n + 1, "type": kind, "line": line}))
        })
        .collect();
    lines += &json!({"job": id.parse::<i64>().unwrap(), "end": "2026-11-25 06:01:00", "exitcode": 3, "command": "c"})
        .to_string();
    let file = env.file("job-1-4711.jsonl", &(lines + "\n"));
    env.run(&["job", "recover", file.to_str().unwrap()]).ok();
    let record = job(env, &id);
    assert_eq!(record["exitcode"], json!(3));
    assert!(record["stdout"] == "o\n".repeat(rows / 2).as_str() && record["stderr"] == "e\n".repeat(rows / 2).as_str());
});
