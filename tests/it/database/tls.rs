//! The connection to a server: encrypted as the settings say, or not made at all.

use std::path::PathBuf;
use std::process::Command;

use crate::crash::database::Own;
use crate::env::{Env, Server};

fn openssl(folder: &std::path::Path, line: &str) {
    let output = Command::new("openssl").args(line.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
}

/// A root, a server's certificate for localhost by it, a client's, and another root that signed nothing.
fn certificates(folder: &std::path::Path) {
    let days = "-days 2 -newkey rsa:2048 -nodes";
    openssl(folder, &format!("req -x509 {days} -subj /CN=root -keyout root.key -out root.pem"));
    openssl(folder, &format!("req -x509 {days} -subj /CN=other -keyout other.key -out other.pem"));
    std::fs::write(folder.join("ext"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n").unwrap();
    for (name, extensions) in [("server", " -extfile ext"), ("multiflexi", " -extfile ext")] {
        openssl(folder, &format!("req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}.key -out {name}.csr"));
        openssl(
            folder,
            &format!(
                "x509 -req -days 2 -in {name}.csr -CA root.pem -CAkey root.key -CAcreateserial -out {name}.pem{extensions}"
            ),
        );
    }
}

/// A server of its own with a certificate. `DB_HOST` is localhost, the name in it.
fn secured(kind: &'static str) -> (Own, PathBuf) {
    let mut own = Own::new(kind);
    let folder = own.home.join(kind);
    certificates(&folder);
    let file = |name: &str| folder.join(name).display().to_string();
    let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(folder.join("data")).unwrap());
    for name in ["server.key", "server.pem", "root.pem"] {
        std::os::unix::fs::chown(folder.join(name), Some(owner), Some(owner)).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(folder.join(name), mode).unwrap();
    }
    own.stop();
    if kind == "postgres" {
        let settings = format!(
            "ssl = on\nssl_cert_file = '{}'\nssl_key_file = '{}'\nssl_ca_file = '{}'\n",
            file("server.pem"),
            file("server.key"),
            file("root.pem")
        );
        let path = folder.join("data/postgresql.auto.conf");
        let there = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, there + &settings).unwrap();
        own.start();
    } else {
        own.start_with(&[
            format!("--ssl-cert={}", file("server.pem")),
            format!("--ssl-key={}", file("server.key")),
            format!("--ssl-ca={}", file("root.pem")),
        ]);
    }
    own.env.set("DB_HOST", "localhost");
    (own, folder)
}

/// Is our connection encrypted, as the server sees it? Told by what it lets us do where it demands that.
fn demand(own: &Own, demand: &str) {
    if own.kind == "postgres" {
        let path = own.home.join("postgres/data/pg_hba.conf");
        std::fs::write(path, format!("local all all scram-sha-256\n{demand}\n")).unwrap();
    }
}

fn is_encrypted_as_asked(kind: &'static str) {
    let (mut own, folder) = secured(kind);
    let file = |name: &str| folder.join(name).display().to_string();
    let list = ["company", "list"];
    let modes = ["disable", "prefer", "require"];
    for mode in modes {
        own.env.set("DB_SSLMODE", mode);
        own.env.run(&list).ok();
    }
    own.env.set("DB_SSLMODE", "verify-full");
    // The system's roots know nothing of ours.
    own.env.run(&list).refused(1, "DB_SSLMODE");
    for (root, is_good) in [("root.pem", true), ("other.pem", false)] {
        own.env.set("DB_SSLROOTCERT", &file(root));
        for mode in ["verify-ca", "verify-full"] {
            own.env.set("DB_SSLMODE", mode);
            if is_good {
                own.env.run(&list).ok();
            } else {
                own.env.run(&list).refused(1, "DB_SSLROOTCERT");
            }
        }
        // Roots alone are there to be used.
        own.env.unset("DB_SSLMODE");
        let output = own.env.run(&list);
        assert_eq!(output.code, i32::from(!is_good), "{output:?}");
    }
    // The certificate is of localhost, not of this address.
    own.env.set("DB_SSLROOTCERT", &file("root.pem"));
    own.env.set("DB_HOST", "127.0.0.1");
    own.env.set("DB_SSLMODE", "verify-ca");
    own.env.run(&list).ok();
    own.env.set("DB_SSLMODE", "verify-full");
    own.env.run(&list).refused(1, "DB_SSLMODE");
    // A server that wants to see our certificate.
    own.env.set("DB_SSLMODE", "verify-ca");
    if kind == "postgres" {
        demand(&own, "hostssl all all 127.0.0.1/32 cert");
        own.stop();
        own.start();
    } else {
        own.admin("ALTER USER 'multiflexi'@'127.0.0.1' REQUIRE X509;");
    }
    own.env.run(&list).refused(1, "cannot open the database");
    own.env.set("DB_SSLCERT", &file("multiflexi.pem"));
    own.env.run(&list).refused(1, "DB_SSLCERT is set, but DB_SSLKEY is not");
    own.env.set("DB_SSLKEY", &file("multiflexi.key"));
    own.env.run(&list).ok();
    own.env.set("DB_SSLKEY", "/nowhere");
    own.env.run(&list).refused(1, "DB_SSLKEY is /nowhere, which cannot be read");
}

#[needs::needs(mariadb)]
#[test]
fn mariadb_is_encrypted_as_asked() {
    is_encrypted_as_asked("mariadb");
}

#[needs::needs(postgres)]
#[test]
fn postgres_is_encrypted_as_asked() {
    is_encrypted_as_asked("postgres");
}

/// The shared servers have no certificate: whoever demands encryption does not send them a password.
fn is_refused(server: Server, test: &str) {
    let mut env = Env::on(server, test);
    for mode in ["require", "verify-ca", "verify-full"] {
        env.set("DB_SSLMODE", mode);
        env.run(&["company", "list"]).refused(1, "the password was not sent");
    }
    for mode in ["disable", "prefer", "PREFER"] {
        env.set("DB_SSLMODE", mode);
        env.run(&["company", "list"]).ok();
    }
    env.set("DB_SSLMODE", "verify_ca");
    env.run(&["company", "list"]).refused(1, "which is no mode");
}

#[needs::needs(mariadb)]
#[test]
fn mariadb_without_encryption_is_refused() {
    is_refused(Server::MariaDb, "tls_refused_mariadb");
}

#[needs::needs(postgres)]
#[test]
fn postgres_without_encryption_is_refused() {
    is_refused(Server::Postgres, "tls_refused_postgres");
}

#[needs::needs(mariadb)]
#[test]
fn a_user_without_a_password_gets_in() {
    let mut own = Own::new("mariadb");
    own.admin("CREATE USER 'open'@'127.0.0.1'; GRANT ALL ON *.* TO 'open'@'127.0.0.1';");
    own.env.set("DB_USERNAME", "open");
    own.env.set("DB_PASSWORD", "");
    own.env.run(&["company", "list"]).ok();
    own.env.unset("DB_PASSWORD");
    own.env.run(&["company", "list"]).ok();
}

/// The driver knows the characters of 2002 only (RFC 4013), libpq sends any; which one it is stays untold.
#[needs::needs(postgres)]
#[test]
fn a_password_that_the_driver_cannot_send_is_said_so() {
    let mut env = Env::on(Server::Postgres, "password_of_newer_characters");
    for (key, what) in [("DB_PASSWORD", "the password (DB_PASSWORD)"), ("DB_USERNAME", "the user's name (DB_USERNAME)")]
    {
        let before = env.variable(key).unwrap().to_owned();
        env.set(key, "geheim😀42");
        let refused = env.run(&["company", "list"]).refused(1, &format!("{what} has a character that"));
        let is_shown = key == "DB_PASSWORD" && (refused.stderr.contains('😀') || refused.stderr.contains("geheim"));
        assert!(refused.stderr.contains("hint: ") && !is_shown, "{refused:?}");
        assert!(!refused.stderr.contains("saslprep") && !refused.stderr.contains("Prohibited"), "{refused:?}");
        env.set(key, &before);
    }
    env.run(&["company", "list"]).ok();
}
