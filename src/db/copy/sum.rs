//! Summing up rows without regard to their order.

use sha2::{Digest as _, Sha256};

use crate::db::Value;
use crate::db::copy::Plan;
use crate::db::copy::fit::canonical;

/// The number of rows, and a digest of all of them in any order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub rows: u64,
    pub digest: u128,
}

impl Sum {
    /// Adds a row. The order of rows does not count.
    pub fn add(&mut self, row: Digest) {
        self.rows = self.rows.saturating_add(1);
        self.add_digest(row.0);
    }

    /// Adds what stands for something that belongs to a row.
    pub fn add_digest(&mut self, digest: [u8; 32]) {
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        self.digest = self.digest.wrapping_add(u128::from_le_bytes(first));
    }
}

/// What stands for the values of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of a row's values, as they are to be on both sides.
    pub fn of_row(plan: &Plan, values: &[Value]) -> Digest {
        let mut hash = Sha256::new();
        for ((value, one), other) in values.iter().zip(&plan.source).zip(&plan.target) {
            match canonical(value, [one, other]) {
                None => hash.update([0]),
                Some(bytes) => {
                    hash.update([1]);
                    hash.update((bytes.len() as u64).to_le_bytes());
                    hash.update(bytes);
                }
            }
        }
        Digest(hash.finalize().into())
    }
}
