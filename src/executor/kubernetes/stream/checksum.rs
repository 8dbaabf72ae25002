//! The checksum of a record. It proves that what came is what the pod holds, where a size would only prove that so many bytes
//! came. `cksum` is in POSIX and in nearly every image; the busybox of Debian has `crc32` in its place.

use std::fmt;

use crc::{CRC_32_CKSUM, CRC_32_ISO_HDLC, Crc, Digest, Table};

type Lanes = Table<16>;

static CKSUM: Crc<u32, Lanes> = Crc::<u32, Lanes>::new(&CRC_32_CKSUM);
static CRC32: Crc<u32, Lanes> = Crc::<u32, Lanes>::new(&CRC_32_ISO_HDLC);

/// The program that took a checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `cksum`, whose sum covers the length too.
    Cksum,
    /// `crc32`, the sum of zlib.
    Crc32,
}

/// What such a program says of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum {
    pub program: Program,
    pub sum: u32,
    pub length: u64,
}

impl Checksum {
    /// Reads `SUM LENGTH`, as `cksum` prints it, or `crc32 SUM LENGTH`.
    pub fn parse(text: &str) -> Option<Checksum> {
        let message: Vec<&str> = text.split(' ').collect();
        let (program, sum, length) = match message[..] {
            [sum, length] => (Program::Cksum, sum.parse(), length),
            ["crc32", sum, length] => (Program::Crc32, u32::from_str_radix(sum, 16), length),
            _ => return None,
        };
        Some(Checksum { program, sum: sum.ok()?, length: length.parse().ok()? })
    }
}

/// The checksums of bytes that are still coming. Which one will be needed is told only at their end.
#[derive(Clone)]
pub struct RunningChecksum {
    cksum: Digest<'static, u32, Lanes>,
    crc32: Digest<'static, u32, Lanes>,
    length: u64,
}

impl RunningChecksum {
    /// Takes the bytes that came next.
    pub fn add(&mut self, bytes: &[u8]) {
        self.cksum.update(bytes);
        self.crc32.update(bytes);
        self.length = self.length.saturating_add(bytes.len() as u64);
    }

    /// How many bytes came.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What this program would say of what came so far.
    pub fn checksum(&self, program: Program) -> Checksum {
        let sum = match program {
            Program::Cksum => {
                let mut digest = self.cksum.clone();
                // The length follows the bytes, its lowest byte first, and without the zeros above its highest.
                let used = 8 - self.length.leading_zeros() as usize / 8;
                digest.update(&self.length.to_le_bytes()[..used]);
                digest.finalize()
            }
            Program::Crc32 => self.crc32.clone().finalize(),
        };
        Checksum { program, sum, length: self.length }
    }

    /// Is this what came?
    pub fn is(&self, told: &Checksum) -> bool {
        self.checksum(told.program) == *told
    }
}

impl Default for RunningChecksum {
    fn default() -> RunningChecksum {
        RunningChecksum { cksum: CKSUM.digest(), crc32: CRC32.digest(), length: 0 }
    }
}

impl fmt::Debug for RunningChecksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.checksum(Program::Cksum).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What coreutils and busybox print: `printf … | cksum`, `printf … | busybox crc32`.
    #[test]
    fn it_is_what_the_programs_print() {
        let zeros = vec![0; 70_000];
        for (bytes, cksum, crc32) in [
            (&b""[..], "4294967295 0", "crc32 00000000 0"),
            (b"\0", "4215202376 1", "crc32 d202ef8d 1"),
            (b"123456789", "930766865 9", "crc32 cbf43926 9"),
            (&zeros[..256], "4215202376 256", "crc32 0d968558 256"),
            (&zeros, "1774371287 70000", "crc32 a6a9c8dc 70000"),
        ] {
            let mut sum = RunningChecksum::default();
            for piece in bytes.chunks(1000) {
                sum.add(piece);
            }
            assert_eq!(Some(sum.checksum(Program::Cksum)), Checksum::parse(cksum));
            assert_eq!(Some(sum.checksum(Program::Crc32)), Checksum::parse(crc32));
        }
        for none in ["-", "12", "", "a 1", "md5 12 3"] {
            assert_eq!(Checksum::parse(none), None);
        }
    }
}
