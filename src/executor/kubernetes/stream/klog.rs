//! kubectl's own log lines. They go to its stderr, where the program's stderr comes too, in the middle of whatever line the
//! program is at: `E1128 17:28:12.579876   32103 v2.go:168] "Copying stderr failed" err="…"`. Each is written at once, so it
//! is never taken apart by what the program prints.

use memchr::memchr;

/// A log line is not longer than that.
const LINE_MAX: usize = 8 * 1024;
/// How a line begins: the severity, `mmdd hh:mm:ss.uuuuuu`.
const STAMP: &[u8] = b"L0000 00:00:00.000000 ";
/// What it may begin with: information, warning, error, fatal.
pub const SEVERITIES: &[u8] = b"IWEF";

/// What some bytes begin with.
#[derive(Debug, PartialEq, Eq)]
pub enum Klog {
    No,
    /// More has to come to tell.
    Beginning,
    /// A log line of so many bytes, written by this process.
    Line {
        process: i32,
        length: usize,
    },
}

impl Klog {
    /// Returns whether a log line of kubectl stands at the beginning of these bytes, of which more may come.
    pub fn parse(bytes: &[u8]) -> Klog {
        match read(&mut Cursor(bytes)) {
            Ok((process, length)) => Klog::Line { process, length },
            Err(LineError::End) if bytes.len() < LINE_MAX => Klog::Beginning,
            Err(_) => Klog::No,
        }
    }
}

/// Why reading ended before the line did.
enum LineError {
    /// The bytes ended.
    End,
    /// It is no log line.
    Other,
}

/// What is left of the bytes.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    /// Takes a byte, which must be one that `is` takes.
    fn expect(&mut self, is: impl Fn(u8) -> bool) -> Result<(), LineError> {
        let (first, rest) = self.0.split_first().ok_or(LineError::End)?;
        self.0 = rest;
        if is(*first) { Ok(()) } else { Err(LineError::Other) }
    }

    /// Takes all up to a byte that `is` does not take.
    fn take_while(&mut self, is: impl Fn(u8) -> bool) -> Result<&'a [u8], LineError> {
        let end = self.0.iter().position(|byte| !is(*byte)).ok_or(LineError::End)?;
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        Ok(taken)
    }

    fn line(&mut self) -> Result<&'a [u8], LineError> {
        let line = &self.0[..memchr(b'\n', self.0).ok_or(LineError::End)?];
        self.0 = &self.0[line.len() + 1..];
        Ok(line)
    }
}

/// Reads a line to its end, and returns its writer and its length.
fn read(rest: &mut Cursor<'_>) -> Result<(i32, usize), LineError> {
    let size = rest.0.len();
    for shape in STAMP {
        rest.expect(|byte| match shape {
            b'L' => SEVERITIES.contains(&byte),
            b'0' => byte.is_ascii_digit(),
            other => byte == *other,
        })?;
    }
    rest.take_while(|byte| byte == b' ')?;
    let process = rest.take_while(|byte| byte.is_ascii_digit())?;
    let process = std::str::from_utf8(process).ok().and_then(|digits| digits.parse().ok()).ok_or(LineError::Other)?;
    rest.expect(|byte| byte == b' ')?;
    let file = rest.take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))?;
    rest.expect(|byte| byte == b':' && file.ends_with(b".go"))?;
    rest.take_while(|byte| byte.is_ascii_digit())?;
    rest.expect(|byte| byte == b']')?;
    // A value of several lines comes between `name=<` and ` >`.
    let mut is_open = false;
    loop {
        let line = rest.line()?;
        is_open = line.ends_with(b"=<") || is_open && !line.starts_with(b" >");
        if !is_open {
            return Ok((process, size - rest.0.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &[u8] =
        b"E1128 17:28:12.579876   32103 v2.go:168] \"Copying stderr failed\" err=\"next reader: EOF\"\n";

    #[test]
    fn a_line_is_known_wherever_it_is_cut() {
        let length = LINE.len();
        assert_eq!(Klog::parse(LINE), Klog::Line { process: 32103, length });
        assert_eq!(Klog::parse(&[LINE, b"more\n"].concat()), Klog::Line { process: 32103, length });
        for end in 0..length {
            assert_eq!(Klog::parse(&LINE[..end]), Klog::Beginning, "{end}");
        }
        let long = b"I0101 00:00:00.000000 12345678 a_b-c.go:1] \n";
        assert_eq!(Klog::parse(long), Klog::Line { process: 12_345_678, length: long.len() });
        assert_eq!(Klog::parse(&[&LINE[..60], &vec![b'x'; LINE_MAX][..]].concat()), Klog::No);
    }

    #[test]
    fn a_value_of_several_lines_belongs_to_it() {
        let head = "E1128 17:28:12.579876   32103 v2.go:168] \"Unhandled\"";
        for tail in ["err=<\n\tone\n\ttwo\n >\n", "err=<\n\tone\n > more=<\n\ttwo\n > x=1\n"] {
            let line = format!("{head} {tail}");
            let both = format!("{line}of the program\n");
            assert_eq!(Klog::parse(both.as_bytes()), Klog::Line { process: 32103, length: line.len() });
            assert_eq!(Klog::parse(&line.as_bytes()[..line.len() - 1]), Klog::Beginning);
        }
    }

    #[test]
    fn what_looks_like_one_is_none() {
        for text in [
            "E1128 is an error code of ours",
            "Error: 12",
            "E1128 17:28:12.579876   32103 v2.rs:168] x\n",
            "E1128 17:28:12.579876   32103 v2.go] x\n",
            "E1128 17:28:12.579876   v2.go:168] x\n",
            "E1128 17:28:12   32103 v2.go:168] x\n",
        ] {
            assert_eq!(Klog::parse(text.as_bytes()), Klog::No, "{text}");
        }
    }
}
