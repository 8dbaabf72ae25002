//! A small file system of its own, that fills; only root may mount one.

use std::path::Path;
use std::process::Command;

pub struct Disk(tempfile::TempDir);

impl Disk {
    /// `size` as mount takes it, "6m".
    pub fn new(size: &str) -> Disk {
        let disk = Disk(tempfile::Builder::new().prefix("mfx-disk.").tempdir().unwrap());
        disk.mount(&format!("size={size},mode=755"));
        disk
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// What lies on it, in the order of names.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// "size=100m" or "ro".
    pub fn remount(&self, option: &str) {
        self.mount(&format!("remount,{option}"));
    }

    fn mount(&self, options: &str) {
        let output = Command::new("mount").args(["-t", "tmpfs", "-o", options, "none"]).arg(self.path()).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Leaves so many bytes of it.
    pub fn leave(&self, bytes: u64) {
        let ballast = std::fs::File::create(self.path().join("ballast")).unwrap();
        let facts = nix::sys::statvfs::statvfs(self.path()).unwrap();
        let free = facts.blocks_available() * facts.fragment_size();
        std::io::copy(&mut std::io::Read::take(std::io::repeat(1), free - bytes), &mut &ballast).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}
