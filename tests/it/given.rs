//! Secrets that do not stand in an argv: from a file, on stdin, or typed unseen.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use crate::env::{Env, Output, definition, on_each_database, set_script};
use crate::pty::Pty;

/// Runs a command with this on stdin.
fn with_stdin(env: &Env, arguments: &[&str], input: &str) -> Output {
    let mut command = env.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

/// An application whose jobs print two of its variables, the first of which is secret; a company; a runtemplate.
fn prepare(env: &Env) {
    let mut printing = definition("Printing");
    set_script(&mut printing, r#"echo "$KEY|$HANDLE|$FIO_TOKEN""#);
    printing["environment"] = json!({"KEY": {"type": "password"}, "HANDLE": {"type": "string"}});
    env.import_definition(&printing).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
}

const CREATE: [&str; 5] = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=R"];

on_each_database!(secrets_of_jobs_come_from_files_and_stdin, |env| {
    prepare(env);
    let file = env.file("secret", "from file\n");
    let from_file = format!("--config=KEY=@{}", file.display());
    // Of what is no secret an @ is an @.
    env.run(&[&CREATE[..], &[&from_file, "--config=HANDLE=@acme"]].concat()).ok();
    let printed = || env.run(&["runtemplate", "run", "--id=1"]).ok().stdout;
    assert_eq!(printed(), "from file|@acme|\n");
    let for_file = format!("--config=HANDLE=@{}", file.display());
    let told = env.run(&["runtemplate", "update", "--id=1", &for_file]).ok().stderr;
    assert!(
        told.contains("--config HANDLE: the value is") && told.contains("itself, as only a secret is read"),
        "{told}"
    );
    with_stdin(env, &["runtemplate", "update", "--id=1", "--config=KEY=-", "--config=HANDLE=-"], "from stdin\r\n").ok();
    assert_eq!(printed(), "from stdin|-|\n");
    env.run(&["runtemplate", "update", "--id=1", "--config=KEY=@@literal"]).ok();
    assert_eq!(printed(), "@literal|-|\n");
    env.run(&["runtemplate", "update", "--id=1", "--config=KEY=plain"]).ok();

    with_stdin(env, &["company", "env-set", "--company=acme", "--env=FIO_TOKEN=-"], "company's\n").ok();
    assert_eq!(printed(), "plain|-|company's\n");
    let once = format!("--env=FIO_TOKEN=@{}", file.display());
    assert_eq!(env.run(&["runtemplate", "run", "--id=1", &once]).ok().stdout, "plain|-|from file\n");

    // Refused before anything is written, and without the value.
    for (option, words) in [
        ("--config=KEY=@/nowhere/secret", "the file /nowhere/secret cannot be read"),
        ("--config=KEY=@/dev/zero", "is larger than 1 MiB"),
    ] {
        let refused = env.run(&["runtemplate", "update", "--id=1", option]);
        assert!(refused.code != 0 && refused.stderr.contains(words), "{refused:?}");
    }
    let twice = ["company", "env-set", "--company=acme", "--env=A_TOKEN=-", "--env=B_TOKEN=-"];
    with_stdin(env, &twice, "x").refused(2, "stdin can be taken once: by --env A_TOKEN or by --env B_TOKEN");
    assert_eq!(printed(), "plain|-|company's\n");
});

on_each_database!(secrets_of_credentials_and_logins_come_from_files_and_stdin, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    let prototype = json!({
        "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "code": "Bank", "version": "1.0", "name": "Bank",
        "fields": [{"keyword": "LOGIN", "type": "string"}, {"keyword": "KEY", "type": "password"}],
    });
    let file = env.file("prototype.json", &prototype.to_string());
    env.run(&["credential-prototype", "import-json", "--file", file.to_str().unwrap()]).ok();
    env.run(&["credential-type", "create", "--company=acme", "--class=Bank"]).ok();
    let secret = env.file("secret", "s3cret\n");
    let mut unencrypted =
        env.command(&["credential", "create", "--name=C", "--company=acme", "--credential-type-id=1"]);
    unencrypted.env("DATA_ENCRYPTION_ENABLED", "false").arg(format!("--field=KEY=@{}", secret.display()));
    Output::from(unencrypted.arg("--field=LOGIN=@me").output().unwrap()).ok();
    let stored = env.sql("SELECT name, value FROM credata ORDER BY name").replace(['|', '\t'], " ");
    assert_eq!(stored, "KEY s3cret\nLOGIN @me\n");
    let mut command = env.command(&["credential", "update", "--id=1", "--field=KEY=-"]);
    command.env("DATA_ENCRYPTION_ENABLED", "false").stdin(std::fs::File::open(env.file("new", "n3w")).unwrap());
    Output::from(command.output().unwrap()).ok();
    assert_eq!(env.sql("SELECT value FROM credata WHERE name = 'KEY'").trim(), "n3w");

    with_stdin(env, &["user", "create", "--login=u", "--email=u@example.org", "--plaintext=-"], "passw0rd\n").ok();
    let hash = env.sql("SELECT password FROM \"user\"".replace('"', env.quote()).as_str());
    let hash = hash.lines().find(|line| line.starts_with("$2y$")).unwrap().to_owned();
    assert!(hash.len() == 60, "{hash}");
    let user = env.json(&["user", "get", "--login=u"])["id"].to_string();
    with_stdin(env, &["token", "create", "--user", &user, "--token=-"], "t0ken\n").ok();
    let quote = env.quote();
    assert_eq!(env.sql(&format!("SELECT {quote}token{quote} FROM {quote}token{quote}")).trim(), "t0ken");
    let at_secret = format!("--db_password=@{}", secret.display());
    let create =
        ["event-source", "create", "--name=E", "--adapter_type=x", "--db_host=h", "--db_database=d", "--db_username=u"];
    let made = env.run(&[&create[..], &[&at_secret]].concat());
    if made.code == 0 {
        assert_eq!(env.sql("SELECT db_password FROM event_source").trim(), "s3cret");
    } else {
        panic!("{made:?}");
    }
    // What does not fit the column is refused as if it had been given.
    with_stdin(env, &["token", "create", "--user", &user, "--token=-"], &"x".repeat(65))
        .refused(2, "--token: it takes at most 64");
});

#[test]
fn on_a_terminal_a_secret_is_asked_for_unseen() {
    let env = Env::new();
    prepare(&env);
    let shown = env.on_terminal(&[&CREATE[..], &["--config=KEY=-"]].concat(), "typed\n").ok().stdout;
    assert!(shown.contains("--config KEY: "), "{shown:?}");
    assert_eq!(env.run(&["runtemplate", "run", "--id=1"]).ok().stdout, "typed||\n");
    let shown = env.on_terminal(&["runtemplate", "update", "--id=1", "--config=KEY=-", "-n"], "").stdout;
    assert!(shown.contains("-n says to ask nothing"), "{shown:?}");
}

on_each_database!(nothing_is_no_secret, |env| {
    prepare(env);
    env.run(&["company", "env-set", "--company=acme", "--env=FIO_TOKEN=good"]).ok();
    env.run(&[&CREATE[..], &["--config=KEY=good"]].concat()).ok();
    let empty = format!("@{}", env.file("empty", "").display());
    let line_end = format!("@{}", env.file("line", "\r\n").display());
    for (call, option) in [
        (&["company", "env-set", "--company=acme"][..], "--env=FIO_TOKEN="),
        (&["runtemplate", "update", "--id=1"], "--config=KEY="),
        (&["runtemplate", "run", "--id=1"], "--env=FIO_TOKEN="),
        (&["user", "create", "--login=u", "--email=u@example.org"], "--plaintext="),
        (&["user", "create", "--login=u", "--email=u@example.org"], "--password="),
        (&["token", "create", "--user=1"], "--token="),
    ] {
        for file in [&empty, &line_end] {
            env.run(&[call, &[&format!("{option}{file}")]].concat()).refused(2, "is empty");
        }
        let from_stdin = format!("{option}-");
        let by_stdin = [call, &[&from_stdin]].concat();
        for (input, words) in [("", "is empty"), ("\n", "is empty"), ("one\ntwo\n", "has more than one line")] {
            with_stdin(env, &by_stdin, input).refused(2, words);
        }
        let closed = format!("\"$0\" {} <&-", by_stdin.join(" "));
        let ours = env.command(&[]);
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &closed]).arg(ours.get_program()).env_clear().current_dir(env.path());
        shell.envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?))));
        Output::from(shell.output().unwrap()).refused(2, "is empty");
    }
    assert_eq!(env.run(&["runtemplate", "run", "--id=1"]).ok().stdout, "good||good\n");
    // Who wants an empty value says so, and a file may have many lines.
    let lines = format!("--env=FIO_TOKEN=@{}", env.file("lines", "a\nb\n").display());
    env.run(&["company", "env-set", "--company=acme", &lines]).ok();
    assert_eq!(env.run(&["runtemplate", "run", "--id=1", "--env=KEY="]).ok().stdout, "||a\nb\n");
});

#[test]
fn what_is_typed_as_soon_as_the_question_stands_is_hidden() {
    use std::io::Read as _;
    let env = Env::new();
    prepare(&env);
    for _ in 0..10 {
        let ours = env.command(&["company", "env-set", "--company=acme", "--env=FIO_TOKEN=-"]);
        let words: Vec<_> = ours.get_args().map(|word| word.to_str().unwrap()).collect();
        let line = format!("{} {}", ours.get_program().display(), words.join(" "));
        let mut command = std::process::Command::new("script");
        command
            .args(["-q", "-e", "-c", &line, "/dev/null"])
            .current_dir(env.path())
            .env_clear()
            .env("SHELL", "/bin/sh");
        command.envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?))));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (mut input, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (mut shown, mut piece) = (Vec::new(), [0; 64]);
        while !String::from_utf8_lossy(&shown).contains("FIO_TOKEN: ") {
            let read = screen.read(&mut piece).unwrap();
            assert_ne!(read, 0, "{}", String::from_utf8_lossy(&shown));
            shown.extend_from_slice(&piece[..read]);
        }
        input.write_all(b"marker-secret\n").unwrap();
        screen.read_to_end(&mut shown).unwrap();
        assert!(child.wait().unwrap().success());
        let shown = String::from_utf8(shown).unwrap();
        assert!(!shown.contains("marker-secret"), "{shown:?}");
    }
    assert_eq!(env.sql("SELECT value FROM companyenv").trim(), "marker-secret");
}

#[test]
fn the_next_option_is_no_value() {
    let env = Env::new();
    env.run(&["user", "create", "--login=jane", "--plaintext=first"]).ok();
    let password = || env.sql("select password from \"user\" where login = 'jane'");
    let before = password();
    for call in [
        &["user", "update", "--id=1", "--plaintext", "--format=json"][..],
        &["user", "update", "--id=1", "--plaintext", "-n"],
        &["company", "create", "--name", "--slug=X"],
        &["company", "create", "--name=A", "--email", "--enabled"],
        &["company", "create", "--name", "-fjson"],
        &["company", "create", "--name=A", "--slug", "--no-ansi"],
        // What follows the option is an argument more than there are.
        &["user", "create", "--login=bob", "--email=b@e.org", "--firstname", "--lastname", "Novak"],
    ] {
        let output = env.run(call).exits(2);
        let told = format!("{}{}", output.stdout, output.stderr);
        assert!(told.contains("none was supplied") && told.contains("=--x"), "{call:?}: {output:?}");
    }
    assert_eq!(password(), before);
    assert_eq!(env.json(&["company", "list"]), serde_json::json!([]));
    // Behind a `=` stands what was meant, and a text that only begins with a dash is one.
    env.run(&["company", "create", "--name=--slug=X", "--slug=x", "--ic", "-12", "--zabbix_host", "-c x"]).ok();
    let company = &env.json(&["company", "list"])[0];
    assert_eq!(
        (&company["name"], &company["ic"], &company["zabbix_host"]),
        (&"--slug=X".into(), &"-12".into(), &"-c x".into())
    );
}

/// Ctrl-C at a hidden question ends the command, and what is typed then is seen again.
#[test]
fn a_key_that_interrupts_leaves_the_terminal_as_it_was() {
    let env = Env::new();
    env.run(&["user", "create", "--login=jane", "--plaintext=first"]).ok();
    let program = env!("CARGO_BIN_EXE_multiflexi-cli");
    let script = format!("trap : INT; {program} user update --id=1 --plaintext=-; echo ended $?; stty -a; echo done");
    let mut terminal = Pty::start(&env, &script, &[]);
    terminal.read_until("--plaintext: ");
    terminal.type_in("half\x03");
    terminal.read_until("done\r\n");
    let shown = terminal.end();
    assert!(shown.contains("ended 130") && !shown.contains("half"), "{shown}");
    assert!(shown.contains(" echo ") && !shown.contains("-echo ") && !shown.contains("-isig"), "{shown}");
}
