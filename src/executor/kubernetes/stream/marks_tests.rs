use super::super::checksum::Program;
use super::super::recorder::ProgramEnd;
use super::*;

const ALL: &[u8] = b"kubectl says\n\x1eabc:start\nout\x1e put\n\x1eab\n\x1eabc:end:3:14:0\npod deleted\n";

#[test]
fn marks_split_anywhere() {
    for size in 1..ALL.len() {
        let mut marks = Marks::new("abc");
        let out: Vec<u8> = ALL.chunks(size).flat_map(|chunk| marks.push(chunk)).collect();
        assert_eq!(out, b"out\x1e put\n\x1eab\n");
        assert_eq!(marks.end.map(|end| (end.program.code, end.record.size)), Some((3, Some(14))));
        assert!(!marks.is_whole());
        assert_eq!(marks.delivered(), 13);
        assert_eq!(marks.messages(), "kubectl says\npod deleted");
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
    assert_eq!(marks.end.map(|end| (end.program.oom, end.record)), Some((2, Record::default())));
    assert!(marks.is_whole());
}

#[test]
fn kubectl_giving_up_is_not_output() {
    let mut marks = Marks::of_stderr("n", "ns", "mf-job-1-abc");
    assert_eq!(marks.push(b"\x1en:start\nwarning: pod p abcwarn"), b"warning: pod p abc");
    assert_eq!(marks.push(b"ing: couldn't attach to pod/mf-job-1-abc, falling back\n"), b"");
    assert!(marks.broken && marks.delivered() == 18);
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
    let record = Record { size: Some(3), checksum: None, is_cut: false };
    let end = |of_stderr| {
        Mark::End(End {
            program: ProgramEnd { code: 3, oom: 0, asked_to_end: false, is_foreign: false },
            record,
            of_stderr,
        })
    };
    assert_eq!(marks.marks, [Mark::Start, Mark::Start, end(false), end(true)]);
}

const KLOG: &[u8] = b"E1128 17:28:12.579876      77 v2.go:168] \"Copying stderr failed\" err=\"EOF\"\n";

/// The stderr of a kubectl that is process 77.
fn stderr() -> Marks {
    let mut marks = Marks::of_stderr("n", "ns", "p");
    marks.comes_from(Some(77));
    marks
}

#[test]
fn what_kubectl_logs_is_not_output_wherever_it_comes() {
    let all = [b"\x1en:start\nfirst\nhalf ", KLOG, b"a line\nE1128 of ours\n", KLOG, KLOG].concat();
    for size in 1..all.len() {
        let mut marks = stderr();
        let mut out: Vec<u8> = all.chunks(size).flat_map(|chunk| marks.push(chunk)).collect();
        out.extend(marks.flush());
        assert_eq!(String::from_utf8_lossy(&out), "first\nhalf a line\nE1128 of ours\n", "{size}");
        assert!(marks.messages().contains("Copying stderr failed"));
    }
}

#[test]
fn what_another_process_logs_is_output() {
    let mut marks = Marks::of_stderr("n", "ns", "p");
    marks.comes_from(Some(78));
    let start = [b"\x1en:start\n", KLOG].concat();
    assert_eq!(marks.push(&start), KLOG);
    // A program that is said to be process 77 too.
    let mut marks = stderr();
    assert_eq!(marks.push(&start), b"");
    let mut sum = RunningChecksum::default();
    sum.add(KLOG);
    let checksum = Some(sum.checksum(Program::Crc32));
    assert!(!marks.is(&Record { size: Some(KLOG.len() as u64), checksum, is_cut: false }));
    assert!(!marks.is(&Record { size: Some(0), checksum: None, is_cut: false }), "it is believed without a checksum");
}

#[test]
fn last_words_are_held_until_it_is_known_whose_they_are() {
    let mut marks = stderr();
    assert_eq!(marks.push(b"\x1en:start\n50 %error: Get \"https://x\": EOF\n"), b"50 %");
    assert!(marks.holds_words());
    // More comes, so kubectl has not ended.
    assert_eq!(marks.push(b"x"), b"error: Get \"https://x\": EOF\nx");
    assert!(!marks.holds_words());
    assert_eq!(marks.push(b"Error from server (NotFound)"), b"");
    // It has ended.
    marks.reconnect();
    assert_eq!(marks.flush(), b"");
}

#[test]
fn both_records_come_in_one_stream() {
    let all = b"\x1en:start\nout\x1en:late\nnoise\x1en:turn\n\x1en:start\nerr\x1en:rest:13:3:0:3:3:0:1 13:2 3\n";
    for size in 1..all.len() {
        let (mut stdout, mut stderr) = (Marks::new("n"), Marks::new("n"));
        let (mut out, mut err) = (Vec::new(), Vec::new());
        for chunk in all.chunks(size) {
            out.extend(stdout.push(chunk));
            if let Some(turned) = stdout.turned() {
                err.extend(stderr.push(&turned));
            }
        }
        assert_eq!((out.as_slice(), err.as_slice()), (&b"out"[..], &b"err"[..]), "{size}");
        assert_eq!(stdout.late.as_ref().map(RunningChecksum::length), Some(3 + 8 + 5));
        assert!(matches!(stderr.marks[..], [Mark::Rest(Some(_))]), "{:?}", stderr.marks);
    }
}

#[test]
fn a_programs_last_words_may_be_kubectls_and_lack_the_line_break() {
    let all = b"\x1en:start\nerror: no end\x1en:end:3:13:0\n";
    for size in 1..all.len() {
        let mut marks = stderr();
        let out: Vec<u8> = all.chunks(size).flat_map(|chunk| marks.push(chunk)).collect();
        assert_eq!(out, b"error: no end", "in pieces of {size}");
        assert!(marks.end.is_some() && marks.is_whole(), "in pieces of {size}");
    }
}
