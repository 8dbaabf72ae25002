//! A job's streams as they come: takes out the recorder's marks, and tells the program's bytes from kubectl's own words. A mark
//! is `\x1e NONCE : WORD \n`; the nonce is random, so no program can print one by accident.

use memchr::memchr;
use nix::unistd::{Pid, getpgid};

use super::checksum::RunningChecksum;
use super::klog::{self, Klog};
use super::recorder::{End, Mark, Record};

const MARK: u8 = 0x1e;
/// The longest that a mark can be.
const MARK_MAX: usize = 200;
/// What is kept of words outside the marks.
const WORDS_MAX: usize = 16 * 1024;
/// The longest sentence that can be kubectl's.
const SENTENCE_MAX: usize = 4 * 1024;
/// How the words begin with which a kubectl ends that failed. A program's may begin so too.
const LAST_WORDS: [&str; 4] =
    ["error: ", "Error from server", "Unable to connect to the server: ", "The connection to the server "];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// What comes is kubectl's words.
    Before,
    /// What comes is the program's.
    Inside,
    /// What comes is in the record, but of processes that the program left behind.
    Late,
    /// What comes is kubectl's words again, if anybody's.
    After,
}

/// What the bytes are at a place where a mark or words of kubectl may begin.
enum Suspect {
    Nothing,
    /// More has to come to tell.
    Beginning,
    /// With these words kubectl gives up on the attach.
    GivesUp,
    /// A log line of kubectl of so many bytes.
    Log(usize),
    /// A mark of so many bytes.
    Mark(Mark, usize),
}

/// The kubectl whose own words come in the program's stderr.
#[derive(Debug)]
struct KubectlProcess {
    /// What it says when it gives the attach up.
    sentences: [String; 3],
    /// Its process, which leads a group of its own.
    process: Option<i32>,
}

impl KubectlProcess {
    /// May words of its own begin with this byte?
    fn may_begin(&self, byte: u8) -> bool {
        matches!(byte, b'w' | b'p' | b'e' | b'U' | b'T') || klog::SEVERITIES.contains(&byte)
    }

    fn judge(&self, rest: &[u8]) -> Suspect {
        match Klog::parse(rest) {
            Klog::Line { process, length } if self.is(process) => return Suspect::Log(length),
            Klog::Beginning => return Suspect::Beginning,
            Klog::Line { .. } | Klog::No => {}
        }
        for sentence in self.sentences.iter().map(String::as_bytes) {
            if rest.starts_with(sentence) {
                return Suspect::GivesUp;
            }
            // kubectl writes a sentence at once; less than a word of it is no reason to hold a program's prompt back.
            if rest.len() >= 4 && sentence.starts_with(rest) {
                return Suspect::Beginning;
            }
        }
        // Behind kubectl's comes nothing more, and no mark.
        let may_be_last = rest.len() < SENTENCE_MAX
            && memchr(MARK, rest).is_none()
            && LAST_WORDS.iter().any(|message| rest.starts_with(message.as_bytes()));
        if may_be_last && memchr(b'\n', rest).is_none_or(|end| end + 1 == rest.len()) {
            return Suspect::Beginning;
        }
        Suspect::Nothing
    }

    /// Is this its process, or one that it started, where what is called kubectl is somebody's script?
    fn is(&self, process: i32) -> bool {
        self.process.is_some_and(|leader| {
            process == leader || getpgid(Some(Pid::from_raw(process))).is_ok_and(|group| group.as_raw() == leader)
        })
    }
}

/// One stream as it comes through kubectl.
#[derive(Debug)]
pub struct Marks {
    needle: Vec<u8>,
    /// None where no words of kubectl can come.
    speaker: Option<KubectlProcess>,
    /// Both streams come in one.
    merged: bool,
    held: Vec<u8>,
    phase: Phase,
    /// The program's bytes handed out.
    delivered: RunningChecksum,
    /// All that came of the record, where what was left behind wrote into it after the program's end.
    late: Option<RunningChecksum>,
    /// Words of kubectl may be among what was handed out.
    doubtful: bool,
    pub end: Option<End>,
    /// A second start mark came: kubectl replays the log, and nothing after it counts.
    pub replayed: bool,
    /// kubectl gave up on the attach.
    pub broken: bool,
    /// Other marks in their order.
    pub marks: Vec<Mark>,
    /// What follows [`Mark::Turn`]: it is of the other stream.
    turned: Option<Vec<u8>>,
    message: Vec<u8>,
}

impl Marks {
    /// For a stream that holds what the recorder of this nonce passes on: its marks and the program's bytes.
    pub fn new(nonce: &str) -> Marks {
        let mut needle = vec![MARK];
        needle.extend_from_slice(nonce.as_bytes());
        needle.push(b':');
        Marks {
            needle,
            speaker: None,
            merged: false,
            held: Vec::new(),
            phase: Phase::Before,
            delivered: RunningChecksum::default(),
            late: None,
            doubtful: false,
            end: None,
            replayed: false,
            broken: false,
            marks: Vec::new(),
            turned: None,
            message: Vec::new(),
        }
    }

    /// For the stderr of the kubectl that attaches to this pod.
    ///
    /// The sentences with which it gives up bear the pod's name, which is random, so no program says them.
    pub fn of_stderr(nonce: &str, namespace: &str, pod: &str) -> Marks {
        let sentences = [
            format!("warning: couldn't attach to pod/{pod}"),
            format!("pod {namespace}/{pod} terminated ("),
            format!("error: pod {namespace}/{pod} failed with unknown exit code"),
        ];
        Marks { speaker: Some(KubectlProcess { sentences, process: None }), ..Marks::new(nonce) }
    }

    /// For the container's log, which has both streams in one.
    ///
    /// Nobody but the recorder and its program speaks there; its beginning may have been rotated away. All marks are kept.
    pub fn of_log(nonce: &str) -> Marks {
        Marks { merged: true, phase: Phase::Inside, ..Marks::new(nonce) }
    }

    /// The kubectl that attaches is this process.
    pub fn comes_from(&mut self, process: Option<i32>) {
        if let Some(speaker) = &mut self.speaker {
            speaker.process = process;
        }
    }

    /// What is held back, when no more will come.
    pub fn flush(&mut self) -> Vec<u8> {
        let held = std::mem::take(&mut self.held);
        let mut out = Vec::new();
        self.take(&held, &mut out);
        out
    }

    /// Is something held back that may be kubectl's words, and comes at once if it is?
    pub fn holds_words(&self) -> bool {
        self.held.first().is_some_and(|byte| *byte != MARK)
    }

    /// For the next connection to the same record, on which kubectl has no words of its own: what was delivered stays delivered.
    pub fn reconnect(&mut self) {
        self.doubtful |= self.speaker.take().is_some();
        self.held.clear();
        self.message.clear();
        self.marks.clear();
        self.late = None;
        self.turned = None;
        self.replayed = false;
        self.broken = false;
        self.phase = Phase::Before;
    }

    /// Did the recorder's mark come that the program starts? Of a log that has both streams it counts as come.
    pub fn started(&self) -> bool {
        self.phase != Phase::Before
    }

    /// Bytes of the program handed out.
    pub fn delivered(&self) -> u64 {
        self.delivered.length()
    }

    /// Everything that the program printed has been handed out, and nothing else, proven by what its recorder told.
    pub fn is_whole(&self) -> bool {
        self.end.is_some_and(|end| self.is(&end.record))
    }

    /// The record lacks bytes that the program printed: what came may be more than it holds.
    pub fn is_cut(&self) -> bool {
        self.end.is_some_and(|end| end.record.is_cut)
    }

    /// Everything came over one connection, on which nobody else spoke, and yet it is not what the record holds.
    pub fn contradicts_record(&self) -> bool {
        self.end.is_some() && !self.is_whole() && !self.doubtful && self.late.is_none()
    }

    /// Is this what came? Without a checksum it is believed where nobody else may have spoken.
    pub fn is(&self, record: &Record) -> bool {
        match record.checksum {
            _ if record.is_cut => false,
            Some(told) => self.late.as_ref().unwrap_or(&self.delivered).is(&told),
            None => !self.doubtful && record.size.is_none_or(|size| size == self.delivered()),
        }
    }

    /// kubectl's own words.
    pub fn messages(&self) -> String {
        let mut message = self.message.clone();
        if self.phase == Phase::Before {
            message.extend_from_slice(&self.held);
        }
        String::from_utf8_lossy(&message).trim().to_owned()
    }

    /// What came behind [`Mark::Turn`], each byte given once; none where that has not come.
    pub fn turned(&mut self) -> Option<Vec<u8>> {
        self.turned.as_mut().map(std::mem::take)
    }

    /// Takes what was read and gives what is the program's.
    ///
    /// The beginning of what may be a mark, or words of kubectl, is held back until more comes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        if let Some(turned) = &mut self.turned {
            turned.extend_from_slice(bytes);
            return Vec::new();
        }
        let owned;
        let mut rest: &[u8] = if self.held.is_empty() {
            bytes
        } else {
            self.held.extend_from_slice(bytes);
            owned = std::mem::take(&mut self.held);
            &owned
        };
        let mut out = Vec::new();
        let mut from = 0;
        while let Some(at) = self.find_suspicious(&rest[from..]).map(|at| from + at) {
            match self.judge(&rest[at..]) {
                Suspect::Nothing => from = at + 1,
                Suspect::Beginning => {
                    self.take(&rest[..at], &mut out);
                    self.held = rest[at..].to_vec();
                    return out;
                }
                Suspect::GivesUp => {
                    self.take(&rest[..at], &mut out);
                    self.broken = true;
                    self.phase = Phase::After;
                    (rest, from) = (&rest[at..], 1);
                }
                Suspect::Log(length) => {
                    self.take(&rest[..at], &mut out);
                    self.hear(&rest[at..at + length]);
                    self.doubtful = true;
                    (rest, from) = (&rest[at + length..], 0);
                }
                Suspect::Mark(Mark::Turn, end) => {
                    self.take(&rest[..at], &mut out);
                    self.phase = Phase::After;
                    self.turned = Some(rest[at + end..].to_vec());
                    return out;
                }
                Suspect::Mark(mark, end) => {
                    self.take(&rest[..at], &mut out);
                    self.mark(mark, &rest[at..at + end]);
                    (rest, from) = (&rest[at + end..], 0);
                }
            }
        }
        self.take(rest, &mut out);
        out
    }

    /// Where a mark or words of kubectl may begin.
    fn find_suspicious(&self, rest: &[u8]) -> Option<usize> {
        match self.active_kubectl() {
            None => memchr(MARK, rest),
            Some(speaker) => rest.iter().position(|byte| *byte == MARK || speaker.may_begin(*byte)),
        }
    }

    /// Who speaks among what is of the record.
    fn active_kubectl(&self) -> Option<&KubectlProcess> {
        self.speaker.as_ref().filter(|_| matches!(self.phase, Phase::Inside | Phase::Late))
    }

    fn judge(&self, rest: &[u8]) -> Suspect {
        if rest[0] != MARK {
            return self.active_kubectl().map_or(Suspect::Nothing, |speaker| speaker.judge(rest));
        }
        let head = rest.len().min(self.needle.len());
        if rest[..head] != self.needle[..head] {
            return Suspect::Nothing;
        }
        match rest.iter().take(MARK_MAX).position(|byte| *byte == b'\n') {
            Some(end) if end >= self.needle.len() => {
                let word = String::from_utf8_lossy(&rest[self.needle.len()..end]);
                Mark::parse(word.trim_end_matches('\r')).map_or(Suspect::Nothing, |mark| Suspect::Mark(mark, end + 1))
            }
            None if rest.len() < MARK_MAX => Suspect::Beginning,
            _ => Suspect::Nothing,
        }
    }

    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match (self.phase, &mut self.late) {
            (Phase::Inside, _) => {
                self.delivered.add(bytes);
                out.extend_from_slice(bytes);
            }
            (Phase::Late, Some(late)) => late.add(bytes),
            _ => self.hear(bytes),
        }
    }

    fn hear(&mut self, message: &[u8]) {
        let room = WORDS_MAX.saturating_sub(self.message.len());
        self.message.extend_from_slice(&message[..message.len().min(room)]);
    }

    fn mark(&mut self, mark: Mark, bytes: &[u8]) {
        match mark {
            _ if self.replayed => {}
            mark if self.merged => self.marks.push(mark),
            Mark::Start if self.phase == Phase::Before => self.phase = Phase::Inside,
            Mark::Start => {
                self.replayed = true;
                self.broken = true;
                self.phase = Phase::After;
            }
            Mark::End(end) => {
                self.end = Some(end);
                self.phase = Phase::After;
            }
            Mark::Late => {
                // It is in the record itself.
                let mut late = self.delivered.clone();
                late.add(bytes);
                self.late = Some(late);
                self.phase = Phase::Late;
            }
            Mark::Rest(_) => {
                self.phase = Phase::After;
                self.marks.push(mark);
            }
            other => self.marks.push(other),
        }
    }
}

#[cfg(test)]
#[path = "marks_tests.rs"]
mod tests;
