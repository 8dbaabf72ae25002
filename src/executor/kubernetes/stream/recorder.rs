//! The recorder: the script that runs the program in the pod and keeps both of its streams, and what the marks say that it
//! writes into them.

use super::checksum::Checksum;

/// The script in the pod that runs the program and records its streams.
///
/// Arguments: nonce, seconds to hold, `list` to note which files are there before, the `env` that has to give variables to the
/// program or `-`, program, its arguments.
///
/// It waits for a line on stdin (delivered only once the attach stands), passes each stream through a fifo and `tee` into a
/// file and on to the attach, waits for the program and not for what it left in the background, and then holds the container.
pub const SCRIPT: &str = include_str!("recorder.sh");
/// The script that reads on from both records.
///
/// Arguments: nonce, first byte of stdout, of stderr (counted from 1), seconds to wait for more, `read` or anything else to
/// learn only the sizes, `begun` where it is known that the program was let go.
///
/// All comes on stdout: the rest of stdout's record, a mark, that of stderr's.
pub const PEEK: &str = include_str!("peek.sh");

/// Closes the gate of a pod whose program was not let go, for good: `closed`. Where it was, that stays: `open`.
pub const CLOSE: &str = include_str!("close.sh");

/// Says `ended` where the program has, even if its record is not closed yet.
pub const ENDED: &str = "d=/.multiflexi p=; [ -e $d/rc ] && { echo ended; exit 0; }
{ read -r p <$d/pid; } 2>/dev/null; [ $p ] && [ -e /proc/$$ ] && [ ! -e /proc/$p ] && echo ended; :";

/// Has the recorder, which holds the container after the program's end, end it.
pub const RELEASE: &str = ": >/.multiflexi/done";

/// Says in hundredths of a second when the program began and in seconds how long the machine runs: nothing where it has ended.
///
/// A shell can read both by itself, and no clock has to be right.
pub const AGE: &str =
    "IFS=' ' p=; { read -r p </.multiflexi/pid; } 2>/dev/null; [ $p ] && [ -e /proc/$p/stat ] || exit 0
read -r s </proc/$p/stat; set -- ${s##*) }; read -r u v </proc/uptime; echo ${20} $u";

/// The script that lists what lies where artifacts are looked for, each text ended by a NUL.
///
/// The files that were there before the program began, where the recorder noted them; an empty text; the working directory; the
/// files that are there now, `old:PATH` where they are older than the program's start, else `new:PATH`; `end`.
pub const LIST: &str = include_str!("list.sh");

/// The end of a notice about what is proven by that: a size does not prove a content.
pub const SIZE_ALONE: &str =
    "size alone, for the image has neither cksum nor crc32: a recorder image (--recorder-image) lends one";

/// The init container that lends the tools.
pub const LENDER: &str = "multiflexi-recorder";
/// Run in [`LENDER`]: copies its busybox, which has to be linked statically, to where the recorder looks.
pub const LEND: &str = "d=/.multiflexi; for b in /bin/busybox /usr/bin/busybox; do [ -f $b ] && break; done
mkdir -p $d/bin && cp $b $d/busybox || exit
for t in sh mkfifo tee wc mv tail sleep tr grep env cat; do ln -sf ../busybox $d/bin/$t || exit; done
for t in cksum crc32 head dd; do $d/busybox $t </dev/null >/dev/null 2>&1 && ln -sf ../busybox $d/bin/$t; done
$d/busybox setsid $d/bin/sh -c : >/dev/null 2>&1 && ln -sf ../busybox $d/bin/setsid; :";

/// Where the recorder finds its shell and its tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tools {
    /// The application's image has them.
    Image,
    /// Another image lends them.
    Lent,
}

impl Tools {
    /// The path of the shell in the pod.
    pub fn shell(self) -> &'static str {
        if self == Tools::Lent { "/.multiflexi/bin/sh" } else { "/bin/sh" }
    }

    /// The program `env` in the pod: a name to be found in PATH, or the path of the lent one.
    pub fn env(self) -> &'static str {
        if self == Tools::Lent { "/.multiflexi/bin/env" } else { "env" }
    }
}

/// What the recorder says of one stream's record, once the program has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Bytes of the program; none where a background process went on writing after the end.
    pub size: Option<u64>,
    /// Of all that is in it; none where the image has no program that takes one.
    pub checksum: Option<Checksum>,
    /// It lacks some of the program's bytes: what writes it was killed or could not write, or the file was removed.
    pub is_cut: bool,
}

impl Record {
    fn new(size: Option<&str>, checksum: Option<&str>, is_cut: bool) -> Record {
        let size = size.and_then(|size| size.parse().ok());
        Record { size, checksum: checksum.and_then(Checksum::parse), is_cut }
    }
}

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramEnd {
    pub code: i32,
    /// Processes that the kernel killed for want of memory.
    pub oom: u64,
    /// The container was told to end while the program ran.
    pub asked_to_end: bool,
    /// Its file is of another processor than the recorder's shell, and what ended is a shell that took it for a script.
    pub is_foreign: bool,
}

impl ProgramEnd {
    fn new(code: i32, oom: u64, flags: &[&str]) -> ProgramEnd {
        ProgramEnd { code, oom, asked_to_end: flags.contains(&"told"), is_foreign: flags.contains(&"foreign") }
    }
}

/// What the recorder knows at the program's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    pub program: ProgramEnd,
    /// Of this stream.
    pub record: Record,
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
    pub program: ProgramEnd,
    pub stdout: Record,
    pub stderr: Record,
}

/// A mark's meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The program starts: what follows is its output.
    Start,
    /// The program ended; what follows is of processes it left behind.
    Late,
    End(End),
    /// What follows is read from stderr's record.
    Turn,
    Rest(Option<RecordState>),
    /// The program has not been let go yet.
    Gate,
    /// The image lacks this tool.
    Unusable(String),
    /// The image lacks the program.
    Absent,
    /// The program is a directory, or not executable.
    Denied,
}

impl Mark {
    /// Reads the word of a mark, which stands behind the nonce; None where it is not known here.
    pub fn parse(word: &str) -> Option<Mark> {
        let (head, tail) = word.split_once(':').unwrap_or((word, ""));
        Some(match head {
            "start" => Mark::Start,
            "late" => Mark::Late,
            "turn" => Mark::Turn,
            "gate" => Mark::Gate,
            "absent" => Mark::Absent,
            "denied" => Mark::Denied,
            "unusable" => Mark::Unusable(tail.to_owned()),
            "end" => {
                let mut fields = tail.split(':');
                let code = fields.next()?.parse().ok()?;
                let size = Some(fields.next()?);
                let oom = fields.next()?.parse().unwrap_or(0);
                // A recorder of an earlier version told no checksum.
                let checksum = fields.next();
                let flags: Vec<&str> = checksum.into_iter().chain(fields).collect();
                let record = Record::new(size, checksum, flags.contains(&"cut"));
                let of_stderr = flags.contains(&"err");
                Mark::End(End { program: ProgramEnd::new(code, oom, &flags), record, of_stderr })
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
        let code = fields.next()?.parse().ok()?;
        let sizes = [fields.next(), fields.next()];
        let oom = fields.next()?.parse().unwrap_or(0);
        let checksums = [fields.next(), fields.next()];
        let flags: Vec<&str> = fields.collect();
        let stdout = Record::new(sizes[0], checksums[0], flags.contains(&"cutout"));
        let stderr = Record::new(sizes[1], checksums[1], flags.contains(&"cuterr"));
        Some(RecordEnd { program: ProgramEnd::new(code, oom, &flags), stdout, stderr })
    })();
    Some(RecordState { stdout, stderr, end })
}

#[cfg(test)]
mod tests {
    use super::super::checksum::Program;
    use super::*;

    const PROGRAM: ProgramEnd = ProgramEnd { code: 3, oom: 1, asked_to_end: false, is_foreign: false };
    const ASKED_TO_END: ProgramEnd = ProgramEnd { asked_to_end: true, ..PROGRAM };

    fn record(size: Option<u64>, checksum: Option<(u32, u64)>) -> Record {
        let checksum = checksum.map(|(sum, length)| Checksum { program: Program::Cksum, sum, length });
        Record { size, checksum, is_cut: false }
    }

    #[test]
    fn end_marks() {
        let end = |record, of_stderr| Some(Mark::End(End { program: PROGRAM, record, of_stderr }));
        let whole = record(Some(5), Some((7, 28)));
        assert_eq!(Mark::parse("end:3:5:1:7 28"), end(whole, false));
        assert_eq!(Mark::parse("end:3:5:1:7 28:err"), end(whole, true));
        assert_eq!(Mark::parse("end:3:-:1:-:err"), end(Record::default(), true));
        for (word, of_stderr) in [("end:3:5:1:7 28:told", false), ("end:3:5:1:7 28:err:told", true)] {
            let told = End { program: ASKED_TO_END, record: whole, of_stderr };
            assert_eq!(Mark::parse(word), Some(Mark::End(told)));
        }
        let foreign = End { program: ProgramEnd { is_foreign: true, ..PROGRAM }, record: whole, of_stderr: true };
        assert_eq!(Mark::parse("end:3:5:1:7 28:err:foreign"), Some(Mark::End(foreign)));
        let cut = Record { is_cut: true, ..whole };
        assert_eq!(Mark::parse("end:3:5:1:7 28:cut"), end(cut, false));
        // Of a pod that an earlier version made.
        assert_eq!(Mark::parse("end:3:5:1"), end(record(Some(5), None), false));
        assert_eq!(Mark::parse("end:3:5:1:err"), end(record(Some(5), None), true));
    }

    #[test]
    fn rest_marks() {
        let rest = |end| Some(Mark::Rest(Some(RecordState { stdout: 5, stderr: 7, end })));
        assert_eq!(Mark::parse("rest:5:7:"), rest(None));
        let (stdout, stderr) = (record(Some(5), Some((1, 5))), record(None, Some((2, 7))));
        let end = RecordEnd { program: PROGRAM, stdout, stderr };
        assert_eq!(Mark::parse("rest:5:7:3:5:-:1:1 5:2 7"), rest(Some(end)));
        assert_eq!(
            Mark::parse("rest:5:7:3:5:-:1:1 5:2 7:told"),
            rest(Some(RecordEnd { program: ASKED_TO_END, ..end }))
        );
        let [stdout, stderr] = [record(Some(5), None), record(Some(7), None)];
        assert_eq!(Mark::parse("rest:5:7:3:5:7:1"), rest(Some(RecordEnd { stdout, stderr, ..end })));
        assert_eq!(Mark::parse("rest:"), Some(Mark::Rest(None)));
    }
}
