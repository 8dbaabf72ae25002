//! The beginning of a tar: what an engine's `cp` prints when it copies one file.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

const BLOCK: usize = 512;
/// An extension of a header is a few names and numbers.
const EXTENSION_MAX: u64 = 1 << 20;

/// What is packed.
#[derive(Debug, PartialEq, Eq)]
pub enum Member {
    /// A file of so many bytes, which follow.
    File(u64),
    /// A folder, a link, a device.
    Other,
}

/// Reads to where the content of the first member begins. None where there is no member.
pub async fn first(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Member>> {
    let mut told_size = None;
    loop {
        let mut header = [0; BLOCK];
        match reader.read_exact(&mut header).await {
            Ok(_) if header[0] != 0 => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let size = number(&header[124..136]).ok_or_else(|| io::Error::other("it sends no tar"))?;
        match header[156] {
            b'0' | 0 => return Ok(Some(Member::File(told_size.unwrap_or(size)))),
            // A long name, or facts that do not fit into the header.
            kind @ (b'x' | b'g' | b'L' | b'K') => {
                if size > EXTENSION_MAX {
                    return Err(io::Error::other("the header of its tar is too long"));
                }
                let mut extension = Vec::new();
                let padded = size.next_multiple_of(BLOCK as u64);
                (&mut *reader).take(padded).read_to_end(&mut extension).await?;
                if kind == b'x' {
                    told_size = size_in(&extension).or(told_size);
                }
            }
            _ => return Ok(Some(Member::Other)),
        }
    }
}

/// A number of a header: octal digits, or binary where these do not suffice.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        return Some(field[4..].iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
    }
    let text = std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

/// The size in an extension's lines `LENGTH size=NUMBER`.
fn size_in(extension: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(extension);
    text.lines().find_map(|line| line.split_once(" size=")?.1.parse().ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn header(kind: u8, size: &[u8]) -> Vec<u8> {
        let mut header = vec![0; BLOCK];
        header[0] = b'a';
        header[124..124 + size.len()].copy_from_slice(size);
        header[156] = kind;
        header
    }

    #[tokio::test]
    async fn the_first_member() {
        let mut extension = b"20 size=8589934593\n".to_vec();
        let length = format!("{:011o}", extension.len());
        extension.resize(BLOCK, 0);
        let large = [header(b'x', length.as_bytes()), extension, header(b'0', b"0")].concat();
        let binary = header(b'0', &[0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]);
        for (tar, wanted) in [
            (large, Some(Member::File(8_589_934_593))),
            (binary, Some(Member::File(8_589_934_592))),
            (header(b'0', b"00000000017\0"), Some(Member::File(15))),
            (header(b'2', b"00000000000\0"), Some(Member::Other)),
            (Vec::new(), None),
        ] {
            assert_eq!(first(&mut tar.as_slice()).await.unwrap(), wanted);
        }
    }
}
