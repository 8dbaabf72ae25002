//! Hex digits: of bytes, of checksums and of random numbers.

use sha2::{Digest as _, Sha256};

/// Are these 12 hex digits, as short checksums and random ids are written?
pub fn is_short_hex(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Random hex digits, two a byte; at most 16 bytes.
pub fn random_hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    // Without the system's random numbers the time has to do: only accidents are to be kept out.
    if getrandom::fill(&mut random).is_err() {
        let time = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos()
            .to_le_bytes();
        random.copy_from_slice(&time[..bytes]);
    }
    hex(&random)
}

/// The first 12 hex digits of a digest (SHA-256), which tell some thousand things apart.
pub fn short_digest(content: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(content)[..6])
}

/// Two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
