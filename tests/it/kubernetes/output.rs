//! What the program printed is what is saved: bytes, order, streams, exit code.

use needs::needs;
use serde_json::json;

use super::{notices, on_cluster};
use crate::at_once::at_once;

/// The lines `PREFIX1`, `PREFIX2`, …
fn lines(prefix: &str, count: usize) -> String {
    (1..=count).map(|n| format!("{prefix}{n}\n")).collect()
}

on_cluster!(short_jobs_are_exact_each_time, |place| {
    let script = "i=1; while [ $i -le 5 ]; do echo out$i; echo err$i >&2; i=$((i+1)); done; exit 3";
    place.prepare(script, json!(null));
    // Two runners take turns; the second one needs a place of its own on the cluster.
    let half = || {
        for _ in 0..10 {
            let (output, record) = place.env.run_job(&[]);
            assert_eq!((output.code, &record["exitcode"]), (3, &json!(3)), "{output:#?} {record:#}");
            assert_eq!((&record["stdout"], &record["stderr"]), (&json!(lines("out", 5)), &json!(lines("err", 5))));
            // Both are jobs of one runtemplate, which is warned of.
            let stderr = output.stderr.lines().filter(|line| !line.starts_with("multiflexi: warning: "));
            assert_eq!(output.stdout, lines("out", 5));
            assert_eq!(stderr.map(|line| format!("{line}\n")).collect::<String>(), lines("err", 5));
            assert!(record["notices"].is_null() && record["reason"].is_null(), "{record:#}");
        }
    };
    at_once([(), ()], |()| half());
    place.nothing_is_left();
});

on_cluster!(bursts_of_lines_are_whole, |place| {
    place.prepare("seq 1 20000; seq 1 300 | sed s/^/e/ >&2", json!(null));
    for _ in 0..3 {
        let (output, record) = place.env.run_job(&[]);
        assert_eq!((output.code, &record["exitcode"]), (0, &json!(0)), "{}", output.stderr);
        assert!(record["stdout"] == lines("", 20_000), "the record of stdout differs: {}", notices(&record));
        assert!(output.stdout == lines("", 20_000), "stdout differs: {}", notices(&record));
        assert!(record["stderr"] == lines("e", 300), "stderr differs: {}", record["stderr"]);
    }
});

on_cluster!(equal_lines_and_slow_lines_survive, |place| {
    // Field report F02: what tells lines apart by their text loses these.
    place.prepare("i=0; while [ $i -lt 500 ]; do echo same; usleep 10000; i=$((i+1)); done", json!(null));
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("same\n".repeat(500))), "{}", output.stderr);
});

/// Scripts, what they print to both streams, and their exit code.
const EXACT: [(&str, &str, &str, &str, i32); 9] = [
    ("nothing at all", "true", "", "", 0),
    // F09: a terminal would make CR LF of every newline.
    ("line ends", r"printf 'a\nb\r\n10%%\r100%%\n'; printf 'e\r\n' >&2; exit 1", "a\nb\r\n10%\r100%\n", "e\r\n", 1),
    // F07: a byte that is not UTF-8 is visibly replaced, a glyph cut in two is whole.
    ("broken bytes", r"printf 'caf\351\n\342\202'; sleep 1; printf '\254\n'", "caf\u{FFFD}\n€\n", "", 0),
    ("a NUL, and no newline at the end", r"printf 'a\000b'; printf 'end' >&2", "a\u{FFFD}b", "end", 0),
    ("only stderr", "echo e >&2; exit 255", "", "e\n", 255),
    // Its own signal: as shells tell it.
    ("a program killed by a signal", "echo a; kill -9 $$", "a\n", "", 137),
    ("a background child that outlives it", "(sleep 20; echo late) & echo now; exit 7", "now\n", "", 7),
    ("stdin is empty", "cat; echo read", "read\n", "", 0),
    (
        "the words of kubectl, as output",
        "echo 'pod \"x\" deleted'; echo 'warning: x' >&2",
        "pod \"x\" deleted\n",
        "warning: x\n",
        0,
    ),
];

#[needs(cluster)]
#[test]
fn any_output_is_exact() {
    at_once(EXACT, |(what, script, stdout, stderr, code)| {
        let place = super::Place::new();
        let (output, record) = place.run(script, json!(null), &[]);
        assert_eq!((output.code, &record["exitcode"]), (code, &json!(code)), "{what}: {output:#?} {record:#}");
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!(stdout), &json!(stderr)), "{what}: {record:#}");
        assert!(record["notices"].is_null(), "{what}: {record:#}");
        place.nothing_is_left();
    });
}

/// Programs that signal their own group, what they print, and their exit code.
const GROUP_SIGNALS: [(&str, &str, i32); 5] = [
    ("trap : TERM; echo before; kill 0; sleep 1; echo after; exit 5", "before\nafter\n", 5),
    ("trap : USR1; echo before; kill -USR1 0; sleep 1; echo after; exit 5", "before\nafter\n", 5),
    ("trap : HUP; echo before; kill -HUP 0; sleep 1; echo after; exit 5", "before\nafter\n", 5),
    ("trap : TERM; echo before; kill -- -$$; sleep 1; echo after; exit 5", "before\nafter\n", 5),
    // It ends itself, and with it what it started.
    ("trap 'kill 0' EXIT; sleep 600 & echo before; exit 5", "before\n", 143),
];

#[needs(cluster)]
#[test]
fn a_program_may_signal_its_own_group() {
    // busybox; bash, which needs no setsid; dash with the lent one.
    let images: [(&str, &[&str]); 3] = [
        ("localhost/mfx-shell:1", &[]),
        ("localhost/mfx-entry:1", &[]),
        ("localhost/mfx-debian:1", &["--recorder-image=localhost/mfx-shell:1"]),
    ];
    at_once(images, |(image, options)| {
        let place = super::Place::new();
        place.prepare("true", json!(null));
        for (script, stdout, code) in GROUP_SIGNALS {
            place.import_with(|definition| {
                crate::env::set_script(definition, script);
                definition["ociimage"] = image.into();
            });
            let (output, record) = place.env.run_job(options);
            let what = format!("{image}: {script}: {output:#?} {record:#}");
            assert_eq!((output.code, &record["exitcode"]), (code, &json!(code)), "{what}");
            assert_eq!((&record["stdout"], &record["stderr"]), (&json!(stdout), &json!("")), "{what}");
            // Of an image without cksum there is a notice.
            assert!(record["reason"].is_null() && !notices(&record).contains("told to end"), "{what}");
        }
        place.nothing_is_left();
    });
}

on_cluster!(a_signal_to_the_group_takes_nothing_of_the_output_where_the_image_cannot_make_one, |place| {
    // dash, and no setsid: program and recorder share their group.
    place.prepare_with(|definition| {
        crate::env::set_script(definition, GROUP_SIGNALS[0].0);
        definition["ociimage"] = "localhost/mfx-debian:1".into();
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["exitcode"]), (5, &json!(5)), "{output:#?} {record:#}");
    assert_eq!(record["stdout"], GROUP_SIGNALS[0].1, "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_long_line_stays_one_line, |place| {
    // F04: the log cuts lines after 16 KiB.
    let script = "head -c 100000 /dev/zero | tr '\\0' x; echo; echo short";
    let (output, record) = place.run(script, json!(null), &[]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(record["stdout"] == format!("{}\nshort\n", "x".repeat(100_000)), "the output differs");
});

on_cluster!(on_a_terminal_nothing_changes, |place| {
    place.prepare(r"[ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo none; printf 'b\n'; echo e >&2", json!(null));
    let id = place.env.schedule();
    // `script` runs us on a terminal of its own.
    let line = format!("{} job run --id={id}", env!("CARGO_BIN_EXE_multiflexi-cli"));
    let run = place.env.command(&["unused"]);
    let mut script = std::process::Command::new("script");
    script
        .args(["-qec", &line, "/dev/null"])
        .stdin(std::process::Stdio::null())
        .current_dir(place.env.path())
        .env_clear();
    script.envs(run.get_envs().filter_map(|(key, value)| Some((key, value?))));
    let output = script.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let record = place.record(&id);
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("none\nb\n"), &json!("e\n")), "{record:#}");
});

on_cluster!(what_a_program_leaves_behind_does_not_hold_the_job_where_grep_is_missing, |place| {
    // coreutils without grep; the child holds both streams, one that is silent and one that is not.
    place.prepare_with(|definition| {
        crate::env::set_script(
            definition,
            "echo now; (sleep 100; echo late) & (while sleep 1; do echo more; done) & exit 7",
        );
        definition["ociimage"] = "localhost/mfx-debian:1".into();
    });
    let started = std::time::Instant::now();
    let (output, record) = place.env.run_job(&[]);
    assert!(started.elapsed() < std::time::Duration::from_secs(90), "{:?}", started.elapsed());
    assert_eq!((output.code, &record["exitcode"]), (7, &json!(7)), "{output:#?} {record:#}");
    assert!(record["stdout"].as_str().unwrap().starts_with("now\n"), "{record:#}");
    place.nothing_is_left();
});
