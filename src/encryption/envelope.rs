//! Stored credentials: the JSON envelope around an encrypted value, and the wrapping of the keys that encrypt.
//!
//! A value is AES-256-GCM under a data key; the data key lies in `encryption_keys.key_data` under the master key's SHA-256.

use aes::Aes256;
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit, block_padding::Pkcs7};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Kind, Result};
use crate::secret::{Secret, is_placeholder_key};

const GCM: &str = "AES-256-GCM";
const CBC: &str = "AES-256-CBC";
const GCM_IV_BYTES: usize = 12;
const GCM_TAG_BYTES: usize = 16;
const CBC_IV_BYTES: usize = 16;

/// A data key of 32 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// A new random key.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn generate() -> Result<Key> {
        Ok(Key(random()?))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(crate::secret::MASK)
    }
}

/// An encrypted value as `credata.value` holds it. The bytes are in base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    pub ciphertext: String,
    pub iv: String,
    /// Only of AES-256-GCM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    pub algorithm: String,
    pub key_name: String,
    /// Unix seconds.
    #[serde(default)]
    pub encrypted_at: i64,
    /// The version of the key; envelopes from before there were versions have none, which means 1.
    #[serde(default = "first_version")]
    pub key_version: i64,
}

fn first_version() -> i64 {
    1
}

impl Envelope {
    /// Reads an envelope; `None` when the text is something else, for instance a value stored in clear.
    pub fn parse(text: &str) -> Option<Envelope> {
        serde_json::from_str(text).ok()
    }

    /// Encrypts with a fresh IV. `now` is Unix seconds.
    ///
    /// # Errors
    /// The system gives no random bytes, or the value is too long for the cipher.
    pub fn encrypt(plain: &Secret, key: &Key, key_name: &str, key_version: i64, now: i64) -> Result<Envelope> {
        let iv: [u8; GCM_IV_BYTES] = random()?;
        let mut sealed = gcm(key)
            .encrypt(Nonce::from_slice(&iv), plain.expose().as_bytes())
            .map_err(|_| Error::new(Kind::Internal, "a secret value cannot be encrypted"))?;
        let tag = sealed.split_off(sealed.len() - GCM_TAG_BYTES);
        Ok(Envelope {
            ciphertext: BASE64_STANDARD.encode(sealed),
            iv: BASE64_STANDARD.encode(iv),
            tag: Some(BASE64_STANDARD.encode(tag)),
            algorithm: GCM.into(),
            key_name: key_name.into(),
            encrypted_at: now,
            key_version,
        })
    }

    /// The value inside.
    ///
    /// # Errors
    /// It was encrypted with another key, was changed, or in a way that is not known. The caller knows which credential it is.
    pub fn decrypt(&self, key: &Key) -> Result<Secret> {
        let failed = |why: &str| {
            Error::refused(format!(
                "an encrypted value (key `{}` version {}) cannot be decrypted",
                self.key_name, self.key_version
            ))
            .because(anyhow::anyhow!("{why}"))
            .hint("Store the value again: `multiflexi-cli credential update --id=N --field=NAME=VALUE`")
        };
        let bytes = |name: &str, text: &str| {
            BASE64_STANDARD.decode(text).map_err(|_| failed(&format!("its {name} is no base64")))
        };
        let mut sealed = bytes("ciphertext", &self.ciphertext)?;
        let iv = bytes("iv", &self.iv)?;
        let wrong_key = || {
            failed("the key does not fit, or the value was changed")
                .hint("check that ENCRYPTION_MASTER_KEY is the one the value was stored with, or store the value again")
        };
        let plain = match self.algorithm.to_ascii_uppercase().as_str() {
            GCM => {
                let tag = bytes("tag", self.tag.as_deref().unwrap_or_default())?;
                if iv.len() != GCM_IV_BYTES || tag.len() != GCM_TAG_BYTES {
                    return Err(failed("its iv has to be 12 bytes and its tag 16"));
                }
                sealed.extend_from_slice(&tag);
                gcm(key).decrypt(Nonce::from_slice(&iv), sealed.as_slice()).map_err(|_| wrong_key())?
            }
            CBC => cbc_decrypt(&key.0, &iv, &sealed).ok_or_else(wrong_key)?,
            other => return Err(failed(&format!("the algorithm `{other}` is not known, only {GCM} and {CBC} are"))),
        };
        String::from_utf8(plain).map(Secret::new).map_err(|_| wrong_key())
    }

    /// The text for the column, keys in the suite's order.
    ///
    /// # Errors
    /// It cannot be written as JSON: a fault of this program.
    pub fn to_text(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|error| Error::new(Kind::Internal, "an envelope cannot be written").because(error))
    }
}

/// Takes a data key out of `encryption_keys.key_data`.
///
/// # Errors
/// The master key is another one, or the column holds something else.
pub fn unwrap_key(key_data: &str, master: &Secret) -> Result<Key> {
    let failed = |why: &str| {
        Error::refused("the encryption key in the database cannot be read").because(anyhow::anyhow!("{why}")).hint(
            "Restore the key's row in encryption_keys from a backup; without it the values under it have to be stored again",
        )
    };
    if is_placeholder_key(key_data) {
        return Err(failed("no key was made yet").hint("run `multiflexi-cli encryption init`"));
    }
    let bytes = BASE64_STANDARD.decode(key_data.trim()).map_err(|_| failed("`key_data` is no base64"))?;
    let Some((iv, wrapped)) = bytes.split_at_checked(CBC_IV_BYTES) else {
        return Err(failed("`key_data` is shorter than 16 bytes"));
    };
    cbc_decrypt(&master_hash(master), iv, wrapped).and_then(|key| key.try_into().ok()).map(Key).ok_or_else(|| {
        failed("the master key does not fit it")
            .hint("set ENCRYPTION_MASTER_KEY to the master key that the suite on this database uses")
    })
}

/// Wraps a data key for `encryption_keys.key_data`.
///
/// # Errors
/// The system gives no random bytes.
pub fn wrap_key(key: &Key, master: &Secret) -> Result<String> {
    let iv: [u8; CBC_IV_BYTES] = random()?;
    let wrapped = cbc::Encryptor::<Aes256>::new((&master_hash(master)).into(), (&iv).into())
        .encrypt_padded_vec_mut::<Pkcs7>(&key.0);
    Ok(BASE64_STANDARD.encode([&iv[..], &wrapped].concat()))
}

fn gcm(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new((&key.0).into())
}

/// `None` when the IV has the wrong length or the padding is not as it should be.
fn cbc_decrypt(key: &[u8; 32], iv: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let iv: &[u8; CBC_IV_BYTES] = iv.try_into().ok()?;
    cbc::Decryptor::<Aes256>::new(key.into(), iv.into()).decrypt_padded_vec_mut::<Pkcs7>(sealed).ok()
}

fn master_hash(master: &Secret) -> [u8; 32] {
    Sha256::digest(master.expose().as_bytes()).into()
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::new(Kind::Internal, "the system gives no random bytes").because(anyhow::anyhow!("{error}"))
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made by the PHP suite.
    const MASTER: &str = "php-suite-test-master-key";
    const KEY_DATA: &str = "fJ9L9N7DKLfkbPH1MEW/oEhKZR57953QdPdMSjEDwpbKMYumZ4SNQF3P2gZQh2ZHDNF4VS+zIdcIZWS4Q+EQlQ==";
    const KEY: &str = "e2ae12e89e208be7cbcce533b2f398e4648c41b734c6deb76248b8bb3229d8f2";
    const ENVELOPE: &str = r#"{"ciphertext":"A0qBmuy6FpAImzADfp4TrQ==","iv":"uo9EFf6doCh4XzCO","tag":"vdEXzaIGHbR04mt17ldjvg==","algorithm":"AES-256-GCM","key_name":"credentials","encrypted_at":1795575378,"key_version":1}"#;

    fn key() -> Key {
        unwrap_key(KEY_DATA, &Secret::new(MASTER)).unwrap()
    }

    #[test]
    fn the_suites_key_and_envelope() {
        assert_eq!(crate::hex::hex(&key().0[..]), KEY);
        let envelope = Envelope::parse(ENVELOPE).unwrap();
        assert_eq!(envelope.decrypt(&key()).unwrap().expose(), "s3cr3t pässword");
        assert_eq!(envelope.to_text().unwrap(), ENVELOPE);
    }

    #[test]
    fn there_and_back() {
        let (master, key) = (Secret::new("master"), Key::generate().unwrap());
        assert_eq!(unwrap_key(&wrap_key(&key, &master).unwrap(), &master).unwrap(), key);
        for text in ["", "x", "žluťoučký kůň"] {
            let envelope = Envelope::encrypt(&Secret::new(text), &key, "credentials", 2, 0).unwrap();
            assert_eq!(Envelope::parse(&envelope.to_text().unwrap()).unwrap().decrypt(&key).unwrap().expose(), text);
        }
    }

    #[test]
    fn the_older_algorithm() {
        let iv = [7; CBC_IV_BYTES];
        let sealed =
            cbc::Encryptor::<Aes256>::new((&key().0).into(), (&iv).into()).encrypt_padded_vec_mut::<Pkcs7>(b"old");
        let text = format!(
            r#"{{"ciphertext":"{}","iv":"{}","algorithm":"AES-256-CBC","key_name":"credentials"}}"#,
            BASE64_STANDARD.encode(sealed),
            BASE64_STANDARD.encode(iv)
        );
        assert_eq!(Envelope::parse(&text).unwrap().decrypt(&key()).unwrap().expose(), "old");
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let envelope = Envelope::parse(ENVELOPE).unwrap();
        let told = |error: Error| error.to_string();
        assert!(told(envelope.decrypt(&Key([0; 32])).unwrap_err()).contains("ENCRYPTION_MASTER_KEY"));
        assert!(
            told(Envelope { algorithm: "ROT13".into(), ..envelope.clone() }.decrypt(&key()).unwrap_err())
                .contains("`ROT13`")
        );
        assert!(told(Envelope { tag: None, ..envelope.clone() }.decrypt(&key()).unwrap_err()).contains("tag 16"));
        assert!(told(Envelope { iv: "?".into(), ..envelope }.decrypt(&key()).unwrap_err()).contains("iv is no base64"));
        let other = Secret::new("other");
        assert!(told(unwrap_key(KEY_DATA, &other).unwrap_err()).contains("master key"));
        assert!(told(unwrap_key(crate::secret::PLACEHOLDER_KEY, &other).unwrap_err()).contains("encryption init"));
        assert!(told(unwrap_key("AAAA", &other).unwrap_err()).contains("shorter"));
        assert!(Envelope::parse("plain text").is_none() && Envelope::parse("12").is_none());
    }
}
