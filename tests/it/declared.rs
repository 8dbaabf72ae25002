//! The variables that an application declares: what may be set, what is missing, and names that few programs take.

use serde_json::{Value, json};

use crate::env::{Env, definition, on_each_database, set_script};

/// An application with these variables, whose jobs run a script; a company; both have the id 1.
fn declaring(env: &Env, script: &str, variables: Value) {
    let mut declaring = definition("Bank");
    set_script(&mut declaring, script);
    declaring["environment"] = variables;
    env.import_definition(&declaring).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
}

const CREATE: [&str; 5] = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=R"];

on_each_database!(what_the_application_does_not_have_is_refused, |env| {
    let variables = json!({
        "BANK_API_TOKEN": {"type": "password", "required": true}, "BANK_URL": {"type": "url", "required": true, "defval": "https://x"},
        "ACCOUNT": {"type": "string", "required": true}, "DAYS": {"type": "integer", "defval": 3},
    });
    declaring(env, "env", variables);
    let slip = [&CREATE[..], &["--config=BANK_API_TOKN=abc"]].concat();
    let refused = env.run(&slip).refused(1, "--config BANK_API_TOKN: the application Bank has no such variable");
    assert!(
        refused.stderr.contains("Is BANK_API_TOKEN meant?") && refused.stderr.contains("--undeclared"),
        "{refused:?}"
    );
    assert_eq!(env.json(&["runtemplate", "list"]), json!([]));
    assert_eq!(env.json_of(&slip, 1)["code"], "refused");

    // What is required and missing is said; nothing else is.
    let made = env.json(&[&CREATE[..], &["--config=ACCOUNT=1"]].concat());
    assert_eq!(made["missing"], json!(["BANK_API_TOKEN"]), "{made}");
    let words = env.run(&["runtemplate", "update", "--id=1", "--name=S"]).ok().stderr;
    assert!(
        words.contains("without a value: BANK_API_TOKEN") && words.contains("--config=BANK_API_TOKEN=VALUE"),
        "{words}"
    );
    env.run(&["runtemplate", "update", "--id=1", "--config=ACOUNT=2"]).refused(1, "Is ACCOUNT meant?");
    let made = env.json(&["runtemplate", "update", "--id=1", "--config=BANK_API_TOKEN=x"]);
    assert_eq!(made["missing"], json!(null), "{made}");
    // Also where the company has it.
    env.run(&["company", "env-set", "--company=acme", "--env=BANK_API_TOKEN=x", "--env=ACCOUNT=1"]).ok();
    assert_eq!(env.json(&CREATE)["missing"], json!(null));

    // One that is like none is taken, as the suite does, and told.
    let words = env.run(&["runtemplate", "update", "--id=1", "--config=COMPLETELY_ELSE=2"]).ok().stderr;
    assert!(words.contains("the application Bank has no variable COMPLETELY_ELSE"), "{words}");
    // Somebody may mean the other.
    env.run(&[&slip[..], &["--undeclared"]].concat()).ok();
    // Other programs hand over what they like for one job; a slip is told.
    let words = env.run(&["runtemplate", "schedule", "--id=1", "--config=EVENT_RECORD_ID=1"]).ok().stderr;
    assert!(!words.contains("warning"), "{words}");
    let words = env.run(&["runtemplate", "schedule", "--id=1", "--config=ACOUNT=1"]).ok().stderr;
    assert!(words.contains("has no variable ACOUNT; is ACCOUNT meant?"), "{words}");
});

on_each_database!(declared_names_can_be_set_passed_and_put_in, |env| {
    let variables = json!({"2FA_TOKEN": {"type": "string"}, "BANKA+": {"type": "string"}, "P": {"type": "password"}});
    declaring(env, "", variables);
    let mut plain = definition("Plain");
    plain["uuid"] = "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a12".into();
    plain["executable"] = "/usr/bin/printenv".into();
    plain["environment"] = json!({"2FA_TOKEN": {"type": "string"}, "BANKA+": {"type": "string"}});
    env.import_definition(&plain).ok();

    // A program that is started without a shell finds them in its environment.
    let create = ["runtemplate", "create", "--app_id=2", "--company_id=1", "--name=Plain"];
    env.run(&[&create[..], &["--config=2FA_TOKEN=two", "--config=BANKA+=it's $HOME"]].concat()).ok();
    let printed = env.run(&["runtemplate", "run", "--id=1"]).ok().stdout;
    assert!(printed.contains("2FA_TOKEN=two\n") && printed.contains("BANKA+=it's $HOME\n"), "{printed}");
    let printed =
        env.run(&["runtemplate", "run", "--id=1", "--env=BANKA+=once", "--config=2FA_TOKEN=once"]).ok().stdout;
    assert!(printed.contains("2FA_TOKEN=once\n") && printed.contains("BANKA+=once\n"), "{printed}");
    env.run(&["company", "env-set", "--company=acme", "--env=BANKA+=company"]).ok();
    assert!(env.run(&["runtemplate", "run", "--id=1"]).ok().stdout.contains("BANKA+=company\n"));
    env.run(&["company", "env-unset", "--company=acme", "--name=BANKA+", "--yes"]).ok();

    // As macros, bare and quoted, with a shell and without.
    let executable = |program: &str, parameters: &str| {
        let mut literal = parameters.replace('\'', "''");
        if env.variable("DB_CONNECTION") == Some("mysql") {
            literal = literal.replace('\\', r"\\");
        }
        env.sql(&format!("UPDATE apps SET executable = '{program}', cmdparams = '{literal}' WHERE id = 2"));
        env.run(&["runtemplate", "run", "--id=1"])
    };
    let output = executable("/usr/bin/printf", r"%s, {2FA_TOKEN} ${BANKA+} '{BANKA+}' \{2FA_TOKEN} {NO+}").ok();
    assert_eq!(output.stdout, "two,it's $HOME,it's $HOME,{2FA_TOKEN},{NO+},");
    let output = executable("/usr/bin/printf", r#"%s, {2FA_TOKEN} "{BANKA+}" '{BANKA+}' | cat; true"#).ok();
    assert_eq!(output.stdout, "two,it's $HOME,it's $HOME,");
    let notices = env.json(&["job", "get", "--id=5"])["notices"].clone();
    assert!(notices[0].as_str().unwrap().contains("the variable 2FA_TOKEN: the shell"), "{notices}");

    // What nobody declares stays refused.
    for option in ["--config=3FA=x", "--env=X+=x", "--config=2FA_TOKEN ;=x", "--env==x"] {
        env.run(&["runtemplate", "schedule", "--id=1", option]).refused(2, "KEY is a name of");
    }
    env.run(&["runtemplate", "update", "--id=1", "--config=3FA=x", "--undeclared"]).refused(2, "KEY is a name of");
    env.run(&["company", "env-set", "--company=acme", "--env=3FA=x"]).refused(2, "KEY is a name of");
});

on_each_database!(a_credential_without_what_its_type_requires_is_told, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    let prototype = json!({
        "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "code": "Bank", "version": "1.0", "name": "Bank",
        "fields": [
            {"keyword": "LOGIN", "type": "string", "required": true},
            {"keyword": "URL", "type": "url", "required": true, "default_value": "https://x"},
            {"keyword": "NOTE", "type": "string"},
        ],
    });
    let file = env.file("prototype.json", &prototype.to_string());
    env.run(&["credential-prototype", "import-json", "--file", file.to_str().unwrap()]).ok();
    env.run(&["credential-type", "create", "--company=acme", "--class=Bank"]).ok();
    let create = ["credential", "create", "--name=C", "--company=acme", "--credential-type-id=1"];
    assert_eq!(env.json(&create)["missing"], json!(["LOGIN"]));
    let words = env.run(&["credential", "update", "--id=1", "--field=NOTE=x"]).ok().stderr;
    assert!(words.contains("without a value: LOGIN"), "{words}");
    assert_eq!(env.json(&["credential", "update", "--id=1", "--field=LOGIN=x"])["missing"], json!(null));
});

on_each_database!(companies_do_not_share_a_slug, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["company", "create", "--name=Other", "--slug=acme"]).refused(1, "slug \"acme\" exists already");
    env.run(&["company", "create", "--name=Other"]).ok();
    env.run(&["company", "update", "--id=2", "--slug=acme"]).refused(1, "slug \"acme\" exists already");
    env.run(&["company", "update", "--id=2", "--slug=other"]).ok();
    // One that is made of the name is free too.
    let slug = |name: &str| {
        let id = env.json(&["company", "create", "--name", name])["company_id"].to_string();
        env.json(&["company", "get", "--id", &id])["slug"].as_str().unwrap().to_owned()
    };
    let slugs = [slug("bank a"), slug("bank-a"), slug("bank.a")];
    assert_eq!(slugs, ["bank_a", "bank_a2", "bank_a3"].map(String::from), "{slugs:?}");
    let long = [slug("consulting one"), slug("consulting two")];
    assert_ne!(long[0], long[1]);
    // That it is stored as not enabled, as the suite does, is said.
    let told = |more: &[&str]| env.run(&[&["company", "create"], more].concat()).ok().stderr;
    assert!(
        told(&["--name=X"]).contains("not marked as enabled")
            && told(&["--name=Y", "--enabled=0"]).contains("not marked")
    );
    assert_eq!(told(&["--name=Z", "--enabled=1"]), "");
});

#[test]
fn what_is_too_much_together_is_told_by_the_total() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    for n in 0..70 {
        let value = "replace(hex(zeroblob(50000)), '00', 'xx')";
        env.sql(&format!("INSERT INTO companyenv (company_id, keyword, value) VALUES (1, 'V{n}', {value})"));
    }
    let told = env.run(&["runtemplate", "run", "--id=1"]).exits(125).stderr;
    assert!(told.contains("bytes together, more than the ") && told.contains("the variable V"), "{told}");
    assert!(!told.contains("128 KiB"), "{told}");
    env.sql("DELETE FROM companyenv WHERE keyword <> 'V1'");
    env.run(&["runtemplate", "run", "--id=1"]).ok();
    env.sql("UPDATE companyenv SET value = replace(hex(zeroblob(70000)), '00', 'xx')");
    let told = env.run(&["runtemplate", "run", "--id=1"]).exits(125).stderr;
    assert!(told.contains("the variable V1 has 140") && told.contains("128 KiB of one"), "{told}");
}
