//! The Debian package: made by cargo-deb, checked by lintian and systemd, and installed, used and purged in a clean Debian.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use needs::needs;
use tempfile::TempDir;

use crate::env::{Output, root};

const NAME: &str = "multiflexi-cli-rs";
const UNITS: [&str; 3] = ["multiflexi-cli-queue.service", "multiflexi-cli-queue.timer", "multiflexi-cli-watch.service"];
/// What the suite's package of settings holds.
const SETTINGS: &str = "DB_CONNECTION=sqlite\nDB_DATABASE=/var/lib/multiflexi/suite.sqlite3\n";

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().unwrap_or_else(|cause| panic!("{program}: {cause}")).into()
}

/// The package of the program under test, made once.
pub static PACKAGE: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_multiflexi-cli"));
    let mut make = Command::new(root().join("target/ci/bin/cargo-deb"));
    make.args(["--no-build", "--profile=dev", "--fast", "--output"]).arg(folder.path()).current_dir(root());
    let made: Output =
        make.env("CARGO_TARGET_DIR", program.parent().unwrap().parent().unwrap()).output().unwrap().into();
    let path = PathBuf::from(made.ok().stdout.trim());
    assert!(path.file_name().unwrap().to_str().unwrap().starts_with(NAME), "{path:?}");
    (folder, path)
});

/// A clean Debian of its own.
pub struct Debian {
    folder: TempDir,
}

impl Debian {
    pub fn new() -> Debian {
        let folder = tempfile::tempdir().unwrap();
        let clean = PathBuf::from(std::env::var("MFX_SERVERS_HOME").unwrap()).join("debian/root");
        run("cp", &["-a", "--reflink=auto", clean.to_str().unwrap(), folder.path().to_str().unwrap()]).ok();
        Debian { folder }
    }

    pub fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join("root").join(inside.trim_start_matches('/'))
    }

    /// Runs a line of shell inside, as root. What is mounted for it goes with it.
    pub fn shell(&self, line: &str) -> Output {
        let root = self.path("");
        let script = format!("mount -t proc proc '{0}/proc' && exec chroot '{0}' /bin/sh -c \"$1\"", root.display());
        let mut shell = Command::new("unshare");
        shell.args(["--mount", "sh", "-c", &script, "-", line]).env_clear();
        shell.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C.UTF-8");
        shell.env("DEBIAN_FRONTEND", "noninteractive").output().unwrap().into()
    }

    /// The same as the user of jobs, with its home and nothing else in the environment.
    fn as_user(&self, line: &str) -> Output {
        let line = line.replace('\'', r"'\''");
        self.shell(&format!(
            "setpriv --reuid=multiflexi --regid=multiflexi --init-groups --reset-env sh -c 'cd; {line}'"
        ))
    }

    /// Installs packages as an operator does, with what the machine has: no other is fetched.
    fn install(&self, package: &Path) -> Output {
        let name = package.file_name().unwrap().to_str().unwrap();
        std::fs::copy(package, self.path(name)).unwrap();
        let offline = "-o Dpkg::Use-Pty=0 -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null";
        self.shell(&format!("apt-get {offline} install -y --no-install-recommends /{name} && rm /{name}"))
    }

    /// Makes a stand-in for a package of the suite, and installs it.
    fn install_stand_in(&self, control: &str, files: &[(&str, &str)]) {
        let folder = tempfile::tempdir().unwrap();
        let name = control.lines().next().unwrap().trim_start_matches("Package: ");
        let fields = "Architecture: all\nMaintainer: A <a@example.org>\nDescription: stand-in\n";
        let control = format!("{control}{fields}");
        for (path, content) in [("DEBIAN/control", control.as_str())].iter().chain(files) {
            let path = folder.path().join("tree").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, content).unwrap();
            if content.starts_with("#!") {
                run("chmod", &["755", path.to_str().unwrap()]).ok();
            }
        }
        let package = folder.path().join(format!("{name}.deb"));
        let tree = folder.path().join("tree");
        run("dpkg-deb", &["--root-owner-group", "-b", tree.to_str().unwrap(), package.to_str().unwrap()]).ok();
        self.install(&package).ok();
    }

    pub fn status(&self, package: &str) -> String {
        self.shell(&format!("dpkg-query -W -f '${{db:Status-Abbrev}}' {package}")).stdout.trim().to_owned()
    }
}

/// The words of a unit's `ExecStart=`.
fn command_line(unit: &str) -> String {
    let text = std::fs::read_to_string(root().join("packaging/systemd").join(unit)).unwrap();
    text.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap().to_owned()
}

/// What the packaged documents say of examples and charts that lies nowhere beside them. The walkthrough builds the tool from its sources.
fn missing_in(debian: &Debian) -> Vec<String> {
    let folder = debian.path("usr/share/doc/multiflexi-cli-rs");
    let documents = std::fs::read_dir(folder.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut missing = Vec::new();
    for document in documents.chain([folder.join("README.md")]) {
        let Ok(text) = std::fs::read_to_string(&document) else { continue };
        let words = text.split(|c: char| c.is_whitespace() || "`=()|,;".contains(c));
        missing.extend(
            words
                .map(|word| word.trim_end_matches([':', '.']))
                .filter(|word| word.starts_with("examples/") || word.starts_with("charts/"))
                .filter(|word| *word != "examples/walkthrough" && !folder.join(word).exists())
                .map(str::to_owned),
        );
    }
    missing
}

#[needs(debian)]
#[test]
fn the_package_is_installed_used_and_purged_in_a_clean_debian() {
    let debian = Debian::new();
    debian.install(&PACKAGE.1).ok();
    assert_eq!(debian.status(NAME), "ii");
    assert_eq!(debian.shell("ls -A /etc/systemd/system/timers.target.wants | grep multiflexi").stdout, "");
    debian.shell("gzip -t /usr/share/man/man1/multiflexi-cli.1.gz").ok();
    debian.shell("bash -n /usr/share/bash-completion/completions/multiflexi-cli").ok();
    for file in [
        "usr/share/zsh/vendor-completions/_multiflexi-cli",
        "usr/share/fish/vendor_completions.d/multiflexi-cli.fish",
        "usr/share/doc/multiflexi-cli-rs/docs/operate.md",
        "usr/share/doc/multiflexi-cli-rs/examples/probe/chart/Chart.yaml",
    ] {
        assert!(debian.path(file).exists(), "{file}");
    }
    assert_eq!(missing_in(&debian), [""; 0], "packaged documents name what is not packaged");

    // As docs/install.md has it, with the example of the settings.
    let example = "/usr/share/doc/multiflexi-cli-rs/examples/multiflexi.env";
    debian.shell(&format!("install -o root -g multiflexi -m 640 {example} /etc/multiflexi/multiflexi.env")).ok();
    for command in [
        "company create --name=Acme --slug=acme",
        "application create --name=Hello --executable=/bin/echo",
        "runtemplate create --name=Greet --app_id=1 --company=acme --executor=Native --interv=y",
        "runtemplate run --id=1",
    ] {
        debian.as_user(&format!("multiflexi-cli {command}")).ok();
    }
    // What systemd prepares for the unit, and how it calls it.
    debian.shell("install -d -o multiflexi -g multiflexi -m 700 /var/lib/multiflexi-cli").ok();
    let line = command_line("multiflexi-cli-queue.service");
    debian.as_user(&format!("STATE_DIRECTORY=/var/lib/multiflexi-cli {line}")).ok();
    let jobs = debian.as_user("multiflexi-cli job list --format=json --fields=id,exitcode --order=A").ok().json();
    assert_eq!(jobs, serde_json::json!([{"id": 1, "exitcode": 0}, {"id": 2, "exitcode": 0}]));
    let owner = debian.shell("stat -c %U:%a /var/lib/multiflexi/multiflexi.sqlite3").ok().stdout;
    assert!(owner.starts_with("multiflexi:"), "{owner}");

    // The watch ends in good order on systemd's TERM.
    let line = command_line("multiflexi-cli-watch.service");
    debian.as_user(&format!("STATE_DIRECTORY=/var/lib/multiflexi-cli timeout --preserve-status 3 {line}")).exits(143);

    // Purged, nothing of ours is left but what the operator wrote.
    let purged = debian.shell(&format!("dpkg --purge {NAME}")).ok();
    assert!(purged.stderr.contains("/etc/multiflexi is not empty and stays"), "{purged:?}");
    let left = debian.shell(
        "find / -path /proc -prune -o -path '/var/lib/multiflexi/*' -prune -o -name '*multiflexi*' -print | sort",
    );
    assert_eq!(left.stdout, "/etc/multiflexi\n/etc/multiflexi/multiflexi.env\n/var/lib/multiflexi\n");
    assert!(debian.path("var/lib/multiflexi/multiflexi.sqlite3").exists());
}

#[needs(debian)]
#[test]
fn the_package_takes_the_suite_s_place() {
    let debian = Debian::new();
    let settings = "etc/multiflexi/multiflexi.env";
    debian.install_stand_in(
        "Package: multiflexi-common\nVersion: 2.5.0\n",
        &[(settings, SETTINGS), ("DEBIAN/conffiles", "/etc/multiflexi/multiflexi.env\n")],
    );
    debian.install_stand_in(
        "Package: multiflexi-cli\nVersion: 2.5.4\nDepends: multiflexi-common\n",
        &[
            ("usr/bin/multiflexi-cli", "#!/bin/sh\necho the suite\n"),
            ("usr/share/man/man1/multiflexi-cli.1.gz", ""),
            (
                "DEBIAN/postinst",
                "#!/bin/sh\nuseradd --system --home-dir /var/lib/multiflexi --create-home --comment Suite multiflexi\n",
            ),
        ],
    );
    // As the suite's packages of credentials have it.
    debian.install_stand_in(
        "Package: multiflexi-mail\nVersion: 2.0.0\nDepends: multiflexi-cli (>= 2.2.0)\n",
        &[("DEBIAN/postinst", "#!/bin/sh\nset -e\nmultiflexi-cli crprototype sync\n")],
    );
    assert_eq!(debian.shell("multiflexi-cli").ok().stdout, "the suite\n");

    debian.install(&PACKAGE.1).ok();
    assert_eq!((debian.status(NAME).as_str(), debian.status("multiflexi-mail").as_str()), ("ii", "ii"));
    assert!(!debian.status("multiflexi-cli").starts_with("ii"));
    debian.shell("apt-get check").ok();
    assert_eq!(std::fs::read_to_string(debian.path(settings)).unwrap(), SETTINGS);
    assert!(debian.shell("getent passwd multiflexi").ok().stdout.contains("Suite"));
    // What the suite's packages call goes on, on the suite's own database.
    debian.shell("dpkg-reconfigure multiflexi-mail").ok();
    assert!(debian.path("var/lib/multiflexi/suite.sqlite3").exists());

    // The way back.
    debian.shell(&format!("dpkg --purge --force-depends {NAME}")).ok();
    assert_eq!(std::fs::read_to_string(debian.path(settings)).unwrap(), SETTINGS);
}

#[needs(debian)]
#[test]
fn lintian_and_systemd_find_nothing_wrong() {
    let lintian =
        run("lintian", &["--allow-root", "--fail-on=error", "--tag-display-limit=0", PACKAGE.1.to_str().unwrap()]);
    assert_eq!((lintian.code, lintian.stdout.contains("E: ")), (0, false), "{lintian:?}");
    let debian = Debian::new();
    debian.install(&PACKAGE.1).ok();
    for unit in UNITS {
        let verified = debian.shell(&format!("systemd-analyze verify --man=no /usr/lib/systemd/system/{unit}"));
        assert_eq!((verified.code, verified.stderr.as_str()), (0, ""), "{unit}: {verified:?}");
    }
    for unit in UNITS.iter().filter(|unit| unit.ends_with(".service")) {
        let path = format!("/usr/lib/systemd/system/{unit}");
        let told = debian.shell(&format!("systemd-analyze security --no-pager --offline=yes {path}")).stdout;
        let overall = told.lines().find(|line| line.contains("Overall exposure level")).unwrap_or_default();
        assert!(overall.contains("OK") && !told.contains("UNSAFE"), "{told}");
    }
}
