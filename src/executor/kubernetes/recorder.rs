//! The recorder: the script that runs the program in the pod and keeps both of its streams, and the marks it writes into
//! them. A mark is `\x1e NONCE : WORD \n`; the nonce is random, so no program can print one by accident.

/// Runs the program; arguments: nonce, seconds to hold, `list` to note which files are
/// there before, program, its arguments. It waits for a line on stdin (delivered
/// only once the attach stands), passes each stream through a fifo and `tee` into a file and on to the attach, waits for the
/// program and not for what it left in the background, and then holds the container.
pub const SCRIPT: &str = include_str!("recorder.sh");
/// Reads on from a record; arguments: nonce, first byte of stdout, of stderr (counted from 1), seconds to wait for more,
/// `read` or anything else to learn only the sizes.
pub const PEEK: &str = include_str!("peek.sh");

/// Tells what lies where artifacts are looked for, each text ended by a NUL: the files that were there before the program
/// began, where the recorder noted them; an empty text; the working directory; the files that are there now, `old:PATH` where
/// they are older than the program's start, else `new:PATH`; `end`.
pub const LIST: &str = include_str!("list.sh");

/// The init container that lends the tools.
pub const LENDER: &str = "multiflexi-recorder";
/// Run in [`LENDER`]: copies its busybox, which has to be linked statically, to where the recorder looks.
pub const LEND: &str = "d=/.multiflexi; for b in /bin/busybox /usr/bin/busybox; do [ -f $b ] && break; done
mkdir -p $d/bin && cp $b $d/busybox || exit
for t in sh mkfifo tee wc mv tail sleep tr grep env cat; do ln -sf ../busybox $d/bin/$t || exit; done";

/// Where the recorder finds its shell and its tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tools {
    /// The application's image has them.
    Image,
    /// Another image lends them.
    Lent,
}

impl Tools {
    pub fn shell(self) -> &'static str {
        if self == Tools::Lent { "/.multiflexi/bin/sh" } else { "/bin/sh" }
    }

    pub fn env(self) -> &'static str {
        if self == Tools::Lent { "/.multiflexi/bin/env" } else { "env" }
    }
}

const MARK: u8 = 0x1e;
/// A mark longer than that is none.
const MARK_MAX: usize = 200;
/// What is kept of words outside the marks.
const WORDS_MAX: usize = 16 * 1024;

/// What the recorder knows at the program's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    pub code: i32,
    /// Bytes of this stream; none where a background process went on writing after the end.
    pub size: Option<u64>,
    /// Processes that the kernel killed for want of memory.
    pub oom: u64,
    pub of_stderr: bool,
}

/// How both records stand, as [`PEEK`] tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordState {
    pub stdout: u64,
    pub stderr: u64,
    /// None while the program runs.
    pub end: Option<RecordEnd>,
}

/// How the program ended, as [`PEEK`] tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordEnd {
    pub code: i32,
    /// Bytes of each record; none where a background process went on writing after the end.
    pub stdout: Option<u64>,
    pub stderr: Option<u64>,
    /// Processes that the kernel killed for want of memory.
    pub oom: u64,
}

impl RecordEnd {
    /// Is so much of both streams all that the program printed?
    pub fn is_all(&self, stdout: u64, stderr: u64) -> bool {
        self.stdout.is_none_or(|size| size == stdout) && self.stderr.is_none_or(|size| size == stderr)
    }
}

/// A mark's meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The program starts: what follows is its output.
    Start,
    /// The program ended; what follows is of processes it left behind.
    Late,
    End(End),
    Rest(Option<RecordState>),
    /// The program has not been let go yet.
    Gate,
    /// The image lacks this tool.
    Unusable(String),
    /// The image lacks the program.
    Absent,
}

impl Mark {
    fn parse(word: &str) -> Option<Mark> {
        let (head, tail) = word.split_once(':').unwrap_or((word, ""));
        Some(match head {
            "start" => Mark::Start,
            "late" => Mark::Late,
            "gate" => Mark::Gate,
            "absent" => Mark::Absent,
            "unusable" => Mark::Unusable(tail.to_owned()),
            "end" => {
                let mut fields = tail.split(':');
                let code = fields.next()?.parse().ok()?;
                let size = fields.next()?.parse().ok();
                let oom = fields.next()?.parse().unwrap_or(0);
                Mark::End(End { code, size, oom, of_stderr: fields.next().is_some() })
            }
            "rest" => Mark::Rest(parse_rest(tail)),
            _ => return None,
        })
    }
}

fn parse_rest(text: &str) -> Option<RecordState> {
    let mut fields = text.split(':');
    let (stdout, stderr) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let end = (|| {
        Some(RecordEnd {
            code: fields.next()?.parse().ok()?,
            stdout: fields.next()?.parse().ok(),
            stderr: fields.next()?.parse().ok(),
            oom: fields.next()?.parse().unwrap_or(0),
        })
    })();
    Some(RecordState { stdout, stderr, end })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// What comes is kubectl's words.
    Before,
    /// What comes is the program's.
    Inside,
    /// What comes is nobody's.
    After,
}

/// What begins at a suspicious byte.
enum Found {
    Nothing,
    /// More has to come to tell.
    Beginning,
    /// kubectl's own words.
    Alien,
    /// A mark of so many bytes.
    Mark(Mark, usize),
}

/// One stream as it comes through kubectl: takes out the marks, and tells the program's bytes from kubectl's words.
#[derive(Debug)]
pub struct Marks {
    needle: Vec<u8>,
    /// What kubectl itself says when it gives the attach up.
    alien: Vec<String>,
    /// Both streams come in one.
    merged: bool,
    held: Vec<u8>,
    phase: Phase,
    /// Bytes of the program handed out.
    pub delivered: u64,
    pub end: Option<End>,
    /// A second start mark came: kubectl replays the log, and nothing after it counts.
    pub replayed: bool,
    /// kubectl gave up on the attach.
    pub broken: bool,
    /// Other marks in their order.
    pub marks: Vec<Mark>,
    words: Vec<u8>,
}

impl Marks {
    pub fn new(nonce: &str) -> Marks {
        let mut needle = vec![MARK];
        needle.extend_from_slice(nonce.as_bytes());
        needle.push(b':');
        Marks {
            needle,
            alien: Vec::new(),
            merged: false,
            held: Vec::new(),
            phase: Phase::Before,
            delivered: 0,
            end: None,
            replayed: false,
            broken: false,
            marks: Vec::new(),
            words: Vec::new(),
        }
    }

    /// For kubectl's stderr: knows the sentences with which kubectl gives up on the attach of this pod. They bear its name,
    /// which is random, so no program says them.
    pub fn of_stderr(nonce: &str, namespace: &str, pod: &str) -> Marks {
        let alien = vec![
            format!("warning: couldn't attach to pod/{pod}"),
            format!("pod {namespace}/{pod} terminated ("),
            format!("error: pod {namespace}/{pod} failed with unknown exit code"),
        ];
        Marks { alien, ..Marks::new(nonce) }
    }

    /// For the container's log, which has both streams in one. Nobody but the recorder and its program speaks there; its
    /// beginning may have been rotated away. All marks are kept.
    pub fn of_log(nonce: &str) -> Marks {
        Marks { merged: true, phase: Phase::Inside, ..Marks::new(nonce) }
    }

    /// What is held back, when no more will come.
    pub fn flush(&mut self) -> Vec<u8> {
        let held = std::mem::take(&mut self.held);
        let mut out = Vec::new();
        self.take(&held, &mut out);
        self.count(out)
    }

    /// For the next connection to the same record: what was delivered stays delivered.
    pub fn reconnect(&mut self) {
        self.held.clear();
        self.words.clear();
        self.marks.clear();
        self.replayed = false;
        self.broken = false;
        self.phase = Phase::Before;
    }

    pub fn started(&self) -> bool {
        self.phase != Phase::Before
    }

    /// Everything that the program printed has been handed out, proven by the size its recorder told.
    pub fn whole(&self) -> bool {
        self.end.is_some_and(|end| end.size.is_none_or(|size| size == self.delivered))
    }

    /// kubectl's own words.
    pub fn words(&self) -> String {
        let mut words = self.words.clone();
        if self.phase == Phase::Before {
            words.extend_from_slice(&self.held);
        }
        String::from_utf8_lossy(&words).trim().to_owned()
    }

    /// Takes what was read and gives what is the program's. The beginning of what may be a mark is held back until more
    /// comes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
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
        while let Some(at) = rest[from..].iter().position(|byte| self.suspicious(*byte)).map(|at| from + at) {
            match self.judge(&rest[at..]) {
                Found::Nothing => from = at + 1,
                Found::Beginning => {
                    self.take(&rest[..at], &mut out);
                    self.held = rest[at..].to_vec();
                    return self.count(out);
                }
                Found::Alien => {
                    self.take(&rest[..at], &mut out);
                    self.broken = true;
                    self.phase = Phase::After;
                    (rest, from) = (&rest[at..], 1);
                }
                Found::Mark(mark, end) => {
                    self.take(&rest[..at], &mut out);
                    self.mark(mark);
                    (rest, from) = (&rest[at + end..], 0);
                }
            }
        }
        self.take(rest, &mut out);
        self.count(out)
    }

    /// May a mark or a sentence of kubectl's begin with this byte?
    fn suspicious(&self, byte: u8) -> bool {
        byte == MARK || self.phase == Phase::Inside && self.alien.iter().any(|alien| alien.as_bytes()[0] == byte)
    }

    fn judge(&self, rest: &[u8]) -> Found {
        if rest[0] != MARK {
            for alien in self.alien.iter().map(String::as_bytes) {
                if rest.starts_with(alien) {
                    return Found::Alien;
                }
                // kubectl writes a sentence at once; less than a word of it is no reason to hold a program's prompt back.
                if rest.len() >= 4 && alien.starts_with(rest) {
                    return Found::Beginning;
                }
            }
            return Found::Nothing;
        }
        let head = rest.len().min(self.needle.len());
        if rest[..head] != self.needle[..head] {
            return Found::Nothing;
        }
        match rest.iter().take(MARK_MAX).position(|byte| *byte == b'\n') {
            Some(end) if end >= self.needle.len() => {
                let word = String::from_utf8_lossy(&rest[self.needle.len()..end]);
                Mark::parse(word.trim_end_matches('\r')).map_or(Found::Nothing, |mark| Found::Mark(mark, end + 1))
            }
            None if rest.len() < MARK_MAX => Found::Beginning,
            _ => Found::Nothing,
        }
    }

    fn count(&mut self, out: Vec<u8>) -> Vec<u8> {
        self.delivered += out.len() as u64;
        out
    }

    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.phase == Phase::Inside {
            out.extend_from_slice(bytes);
        } else {
            let room = WORDS_MAX.saturating_sub(self.words.len());
            self.words.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    fn mark(&mut self, mark: Mark) {
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
            Mark::Late => self.phase = Phase::After,
            Mark::Rest(_) => {
                self.phase = Phase::After;
                self.marks.push(mark);
            }
            other => self.marks.push(other),
        }
    }
}

#[cfg(test)]
#[path = "recorder_tests.rs"]
mod tests;
