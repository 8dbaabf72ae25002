//! The beginning of a tar: what an engine's `cp` prints when it copies one file.

use std::io;

use tar::{EntryType, Header, PaxExtensions};
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
///
/// # Errors
/// What is read ends in the middle, or is no tar.
pub async fn first(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Member>> {
    let mut extended_size = None;
    loop {
        let mut block = [0; BLOCK];
        match reader.read_exact(&mut block).await {
            Ok(_) if block[0] != 0 => {}
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let header = Header::from_byte_slice(&block);
        let size = header.entry_size()?;
        match header.entry_type() {
            EntryType::Regular => return Ok(Some(Member::File(extended_size.unwrap_or(size)))),
            // A long name, or facts that do not fit into the header.
            kind
            @ (EntryType::XHeader | EntryType::XGlobalHeader | EntryType::GNULongName | EntryType::GNULongLink) => {
                if size > EXTENSION_MAX {
                    return Err(io::Error::other("the header of its tar is too long"));
                }
                let mut extension = Vec::new();
                let padded = size.next_multiple_of(BLOCK as u64);
                (&mut *reader).take(padded).read_to_end(&mut extension).await?;
                extension.truncate(usize::try_from(size).unwrap_or(usize::MAX));
                if kind == EntryType::XHeader {
                    extended_size = size_in(&extension)?.or(extended_size);
                }
            }
            _ => return Ok(Some(Member::Other)),
        }
    }
}

/// The size that an extension tells of the member behind it.
fn size_in(extension: &[u8]) -> io::Result<Option<u64>> {
    for record in PaxExtensions::new(extension) {
        let record = record?;
        if record.key_bytes() == b"size" {
            let size = record.value().ok().and_then(|size| size.parse().ok());
            return size.map(Some).ok_or_else(|| io::Error::other("its tar tells no size"));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
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
        let mut extension = b"19 size=8589934593\n".to_vec();
        let length = format!("{:011o}", extension.len());
        extension.resize(BLOCK, 0);
        let large = [header(b'x', length.as_bytes()), extension, header(b'0', b"0")].concat();
        // A name may look like a record.
        let mut extension = "21 path=ä size=5\n".as_bytes().to_vec();
        assert_eq!(extension.len(), 18);
        extension[..2].copy_from_slice(b"18");
        let length = format!("{:011o}", extension.len());
        extension.resize(BLOCK, 0);
        let name = [header(b'x', length.as_bytes()), extension, header(b'0', b"00000000017\0")].concat();
        let binary = header(b'0', &[0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]);
        for (tar, wanted) in [
            (large, Some(Member::File(8_589_934_593))),
            (name, Some(Member::File(15))),
            (binary, Some(Member::File(8_589_934_592))),
            (header(b'0', b"00000000017\0"), Some(Member::File(15))),
            (header(b'2', b"00000000000\0"), Some(Member::Other)),
            (Vec::new(), None),
        ] {
            assert_eq!(first(&mut tar.as_slice()).await.unwrap(), wanted);
        }
    }
}
