//! docs/install.md and docs/operate.md: each of their commands is run, where the comment before it says.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use needs::needs;
use serde_json::json;

use crate::env::{Env, Output, Server, root};
use crate::package::{Debian, PACKAGE};

const DOCUMENTS: [&str; 2] = ["docs/install.md", "docs/operate.md"];
/// Where commands are run: a test each.
const PLACES: &[&str] = &[
    "in a clean Debian", "on this machine", "on MariaDB", "on PostgreSQL", "in podman", "in a cluster",
    "with a debug build",
];

/// A block of commands.
struct Block {
    place: String,
    title: String,
    lines: Vec<String>,
}

/// The blocks of the documents, with the comment before each; those without one are no commands.
fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for document in DOCUMENTS {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        let mut comment = None;
        for part in text.split("\n\n") {
            let mut lines = part.lines().peekable();
            if let Some(line) = lines.next_if(|line| line.starts_with("<!-- ")) {
                comment = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")).map(str::to_owned);
            }
            let lines: Vec<String> = lines.map(str::to_owned).collect();
            if lines.is_empty() || !lines.iter().all(|line| line.starts_with("    ")) {
                continue;
            }
            let comment = comment.take().unwrap_or_default();
            let (place, title) = comment.split_once(": ").unwrap_or_default();
            let lines = lines.iter().map(|line| line.trim().to_owned()).collect();
            blocks.push(Block { place: place.into(), title: title.into(), lines });
        }
    }
    blocks
}

/// The commands of a place, by the title of their block.
pub fn commands(place: &str, title: &str) -> Vec<String> {
    let found = blocks().into_iter().find(|block| block.place == place && block.title == title);
    found.unwrap_or_else(|| panic!("no commands {place}: {title}")).lines
}

/// Runs a line of shell as somebody does who has installed the tool, in a home of its own.
fn shell(env: &Env, line: &str) -> Output {
    let programs = env.path().join("bin");
    if !programs.exists() {
        std::fs::create_dir(&programs).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_multiflexi-cli"), programs.join("multiflexi-cli")).unwrap();
        for name in ["man", "completions"] {
            std::os::unix::fs::symlink(root().join(name), env.path().join(name)).unwrap();
        }
    }
    let ours = env.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-ec", line]).current_dir(env.path()).env_clear().stdin(Stdio::null());
    shell.envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?))));
    shell.env("PATH", format!("{}:{}", programs.display(), std::env::var("PATH").unwrap()));
    shell.env("PREFIX", env.path().join("prefix")).output().unwrap().into()
}

fn run_all(env: &Env, place: &str, title: &str) {
    for line in commands(place, title) {
        shell(env, &line).ok();
    }
}

#[test]
fn every_command_has_its_place() {
    let programs = ["multiflexi-cli ", "sudo ", "kubectl ", "helm ", "podman ", "cargo ", "systemctl ", "install "];
    for block in blocks() {
        let is_command = block.lines.iter().any(|line| programs.iter().any(|program| line.starts_with(program)));
        assert_eq!(is_command || !block.place.is_empty(), PLACES.contains(&block.place.as_str()), "{:?}", block.lines);
    }
    // A release takes minutes to build; package.rs makes the package of what is built already, in the same way.
    assert_eq!(commands("with a debug build", "making"), ["cargo deb"]);
    assert_eq!(commands("with a debug build", "from the sources"), ["cargo install --locked --path ."]);
}

#[test]
fn what_is_run_on_this_machine() {
    let env = Env::new();
    run_all(&env, "on this machine", "what stands beside the program");
    for file in ["man/man1/multiflexi-cli.1", "zsh/site-functions/_multiflexi-cli"] {
        assert!(env.path().join("prefix/share").join(file).exists(), "{file}");
    }
    env.prepare("Native", "true", json!(null));
    env.run_job(&[]).0.ok();
    for title in ["is all well?", "a backup", "upgrade"] {
        run_all(&env, "on this machine", title);
    }
    let backup = env.path().join("backup.sqlite3");
    assert!(backup.metadata().unwrap().len() > 10_000);
    env.file("old.env", &format!("DB_CONNECTION=sqlite\nDB_DATABASE={}\n", backup.display()));
    env.file("new.env", &format!("DB_CONNECTION=sqlite\nDB_DATABASE={}\n", env.path().join("new.db").display()));
    run_all(&env, "on this machine", "moving");
    assert_eq!(env.json(&["-e", "new.env", "job", "get", "--id=1"])["exitcode"], 0);
}

#[test]
fn the_first_five_minutes_are_as_the_readme_says() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, section) = text.split_once("## The first five minutes").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let lines: Vec<&str> = section.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    let env = Env::new();
    let mut count = 0;
    for line in lines {
        // What cron is given is a line of shell behind five fields.
        shell(&env, line.trim_start_matches(['*', ' '])).ok();
        count += 1;
    }
    assert!(count >= 9, "only {count}");
    assert_eq!(env.json(&["job", "get", "--id=1"])["exitcode"], 0);
}

fn dumps(mut env: Env, place: &str, file: &str) {
    let password = env.variable("DB_PASSWORD").unwrap().to_owned();
    env.set("MYSQL_PWD", &password);
    env.set("PGPASSWORD", &password);
    run_all(&env, place, "a backup");
    assert!(env.path().join(file).metadata().unwrap().len() > 10_000);
}

#[needs(mariadb)]
#[test]
fn what_is_run_on_mariadb() {
    dumps(Env::on(Server::MariaDb, "manual"), "on MariaDB", "backup.sql");
}

#[needs(postgres)]
#[test]
fn what_is_run_on_postgresql() {
    dumps(Env::on(Server::Postgres, "manual"), "on PostgreSQL", "backup.dump");
}

#[needs(debian)]
#[test]
fn what_is_run_in_a_clean_debian() {
    let debian = Debian::new();
    let write = |path: &str, text: &str| {
        let path: PathBuf = debian.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        assert!(Command::new("chmod").arg("755").arg(path).status().unwrap().success());
    };
    // A clean Debian has no sudo, nobody edits, its apt is to fetch nothing, and there is no systemd that could start anything.
    write(
        "usr/local/bin/sudo",
        "#!/bin/sh\n[ \"$1\" = -u ] || exec \"$@\"\nuser=$2; shift 2\n\
         exec setpriv --reuid=$user --regid=$user --init-groups --reset-env \"$@\"\n",
    );
    write("usr/local/bin/editor", "#!/bin/sh\ntest -f \"$1\"\n");
    write(
        "usr/local/bin/systemctl",
        "#!/bin/sh\nfor word; do shift; [ $word = --now ] || set -- \"$@\" $word; done\nexec /usr/bin/systemctl \"$@\"\n",
    );
    write("etc/apt/sources.list", "");
    write("etc/apt/apt.conf.d/yes", "APT::Get::Assume-Yes \"1\"; APT::Install-Recommends \"0\";\n");
    for unit in ["multiflexi-scheduler", "multiflexi-executor"] {
        write(
            &format!("usr/lib/systemd/system/{unit}.service"),
            "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n",
        );
    }
    let file = Path::new("target/debian").join(PACKAGE.1.file_name().unwrap());
    write(file.to_str().unwrap(), "");
    std::fs::copy(&PACKAGE.1, debian.path(file.to_str().unwrap())).unwrap();
    let place = "in a clean Debian";
    for title in ["installing", "the suite's daemons", "running the queue", "removing"] {
        for line in commands(place, title) {
            debian.shell(&format!("cd /; {line}")).ok();
        }
        if title == "installing" {
            let wants = debian.path("etc/systemd/system/timers.target.wants/multiflexi-cli-queue.timer");
            assert!(wants.symlink_metadata().is_ok());
        }
    }
    assert_eq!(debian.status("multiflexi-cli-rs"), "");
}

/// Podman, on the tests' own store.
fn podman(env: &Env, line: &str) -> Output {
    let ours = env.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-ec", line]).current_dir(root()).env_clear().stdin(Stdio::null());
    shell.envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?)))).output().unwrap().into()
}

/// An image that stands for all those that the Containerfile takes, for there is no registry: busybox, the program under test with its
/// libraries, and a cargo that hands it out.
fn stand_in(env: &Env, name: &str) {
    let script = "set -e; . \"$1/tests/cluster/images.sh\"; d=$2; busybox_tree $d; mkdir -p $d/usr/local/bin $d/etc/ssl/certs; \
        strip -o $d/multiflexi-cli \"$3\"; : >$d/etc/ssl/certs/ca-certificates.crt; \
        for p in bin/kubectl usr/bin/helm; do printf '#!/bin/sh\\necho %s\\n' $p >$d/$p; chmod 755 $d/$p; done; \
        printf '#!/bin/sh\\nmkdir -p target/release; cp /multiflexi-cli target/release/\\n' >$d/usr/local/bin/cargo; \
        chmod 755 $d/usr/local/bin/cargo; \
        ldd $d/multiflexi-cli | grep -o '/[^ ]*' | while read -r f; do mkdir -p $d$(dirname $f); cp -L $f $d$f; done";
    let tree = env.path().join("tree");
    let mut make = Command::new("bash");
    make.args(["-c", script, "-"]).arg(root()).arg(&tree).arg(env!("CARGO_BIN_EXE_multiflexi-cli"));
    let made: Output = make.output().unwrap().into();
    made.ok();
    podman(env, &format!("tar --numeric-owner -C '{}' -cf - . | podman import -q - {name}", tree.display())).ok();
}

#[needs(podman, root)]
#[test]
fn what_is_run_in_podman() {
    let env = Env::on_podman();
    let unique = std::process::id();
    let (parts, image) = (format!("localhost/mfx-parts:{unique}"), format!("localhost/mfx-cli:{unique}"));
    stand_in(&env, &parts);
    let arguments = ["RUST", "DEBIAN", "KUBECTL", "HELM"].map(|name| format!("--build-arg={name}={parts}")).join(" ");
    let mut said = Vec::new();
    for line in commands("in podman", "the image") {
        let line = line
            .replace("podman build", &format!("podman build --isolation=chroot {arguments}"))
            .replace("localhost/multiflexi-cli:0.1.0", &image)
            .replace("volume=multiflexi:", &format!("volume=multiflexi-{unique}:"));
        said.push(podman(&env, &line));
    }
    let look = format!("podman run --rm --read-only --entrypoint=/bin/sh {image} -c 'id -u; kubectl; helm; touch /x'");
    let inside = podman(&env, &look);
    let away = format!("podman rmi -f {image} {parts}; podman volume rm multiflexi-{unique}; podman image prune -f");
    let _ = podman(&env, &away);
    for output in &said {
        assert_eq!(output.code, 0, "{output:#?}");
    }
    assert!(said[1].stderr.contains("Nothing found"), "{said:#?}");
    // Without rights, and nothing of the image can be changed.
    assert_eq!((inside.stdout.as_str(), inside.code), ("10001\nbin/kubectl\nusr/bin/helm\n", 1), "{inside:?}");
    assert!(inside.stderr.contains("Read-only file system"), "{inside:?}");
}
