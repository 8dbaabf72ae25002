#![allow(clippy::unwrap_used)]
use super::*;

const ALL: &[u8] = b"kubectl says\n\x1eabc:start\nout\x1e put\n\x1eab\n\x1eabc:end:3:14:0\npod deleted\n";

#[test]
fn marks_split_anywhere() {
    for size in 1..ALL.len() {
        let mut marks = Marks::new("abc");
        let out: Vec<u8> = ALL.chunks(size).flat_map(|chunk| marks.push(chunk)).collect();
        assert_eq!(out, b"out\x1e put\n\x1eab\n");
        assert_eq!(marks.end, Some(End { code: 3, size: Some(14), oom: 0, of_stderr: false }));
        assert!(!marks.whole());
        assert_eq!(marks.delivered, 13);
        assert_eq!(marks.words(), "kubectl says\npod deleted");
    }
}

#[test]
fn a_replayed_log_is_not_output() {
    let mut marks = Marks::new("n");
    let out = marks.push(b"\x1en:start\nab\x1en:start\nab\x1en:end:0:2:0\n");
    assert_eq!(out, b"ab");
    assert!(marks.replayed && marks.end.is_none());
}

#[test]
fn what_follows_the_late_mark_is_dropped() {
    let mut marks = Marks::new("n");
    assert_eq!(marks.push(b"\x1en:start\nab\x1en:late\nnoise\x1en:end:0:-:2\n"), b"ab");
    assert_eq!(marks.end, Some(End { code: 0, size: None, oom: 2, of_stderr: false }));
    assert!(marks.whole());
}

#[test]
fn kubectl_giving_up_is_not_output() {
    let mut marks = Marks::of_stderr("n", "ns", "mf-job-1-abc");
    assert_eq!(marks.push(b"\x1en:start\nwarning: pod p abcwarn"), b"warning: pod p abc");
    assert_eq!(marks.push(b"ing: couldn't attach to pod/mf-job-1-abc, falling back\n"), b"");
    assert!(marks.broken && marks.delivered == 18);
    let mut marks = Marks::of_stderr("n", "ns", "p");
    assert_eq!(marks.push(b"\x1en:start\nerror: pod ns/p failed with unknown exit code\n"), b"");
    assert!(marks.broken);
    let mut marks = Marks::of_stderr("n", "ns", "p");
    assert_eq!(marks.push(b"\x1en:start\nxwarning"), b"x");
    assert_eq!(marks.flush(), b"warning");
}

#[test]
fn a_log_has_both_streams_and_all_marks() {
    let mut marks = Marks::of_log("n");
    let log = b"\x1en:start\n\x1en:start\nout\x1en:end:3:3:0\nerr\x1en:end:3:3:0:err\n";
    assert_eq!(marks.push(log), b"outerr");
    let end = |of_stderr| Mark::End(End { code: 3, size: Some(3), oom: 0, of_stderr });
    assert_eq!(marks.marks, [Mark::Start, Mark::Start, end(false), end(true)]);
}

#[test]
fn rest_marks() {
    assert_eq!(Mark::parse("rest:5:7:"), Some(Mark::Rest(Some(RecordState { stdout: 5, stderr: 7, end: None }))));
    let end = Some(RecordEnd { code: 3, stdout: Some(5), stderr: None, oom: 1 });
    assert_eq!(Mark::parse("rest:5:7:3:5:-:1"), Some(Mark::Rest(Some(RecordState { stdout: 5, stderr: 7, end }))));
    assert_eq!(Mark::parse("rest:"), Some(Mark::Rest(None)));
}
