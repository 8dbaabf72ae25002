//! Definitions as people publish them: what the suite takes is imported, and what is not kept is told.

use serde_json::{Value, json};

use crate::env::{Env, definition, on_each_database};

fn import(env: &Env, noun: &str, definition: &Value) -> Value {
    let file = env.file("given.json", &definition.to_string());
    env.json(&[noun, "import-json", "--file", file.to_str().unwrap()])
}

on_each_database!(a_uuid_that_is_none_is_imported_with_a_warning, |env| {
    let mut published = definition("Published");
    published["uuid"] = "c2e5d7ef-2396-5a46-bfe7-37c58d6215g4".into();
    for created in [true, false] {
        let imported = import(env, "application", &published);
        assert_eq!((&imported["created"], &imported["application_id"]), (&json!(created), &json!(1)), "{imported}");
        assert!(imported["notes"][0].as_str().unwrap().contains("is not a UUID such as"), "{imported}");
    }
    let id = "c2e5d7ef-2396-5a46-bfe7-37c58d6215g4";
    assert_eq!(env.json(&["application", "get", "--uuid", id])["name"], "Published");
    env.run(&["company", "create", "--name=Acme"]).ok();
    env.run(&["runtemplate", "create", "--app_uuid", id, "--company_id=1", "--name=R"]).ok();
    let file = env.path().join("exported.json");
    env.run(&["application", "export-json", "--uuid", id, "--file", file.to_str().unwrap()]).ok();
    let exported: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(exported["uuid"], id);
    // In braces and without dashes it is the same one, in a form that the column has room for.
    let whole = "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a11";
    for (n, uuid) in
        ["{7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a11}", "7f1c9b1e52a14a369d0d0c1b7c6f3a11", whole].iter().enumerate()
    {
        let mut other = definition("Other");
        other["uuid"] = (*uuid).into();
        assert_eq!(import(env, "application", &other)["created"], n == 0, "{uuid}");
        assert_eq!(env.json(&["application", "get", "--uuid", uuid])["uuid"], whole);
    }
    // Of a new one that a person names more is asked.
    env.run(&["application", "create", "--name=C", "--executable=x", "--uuid", id]).refused(2, "it takes a UUID");
});

on_each_database!(a_prototype_keeps_its_languages, |env| {
    let prototype = json!({
        "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "code": "Sample", "version": "1.0",
        "name": {"en": "Sample", "cs": "Ukázka"}, "description": {"cs": "Popis", "en": "Words"},
        "fields": [
            {"keyword": "TOKEN", "type": "password", "name": {"en": "Token", "cs": "Klíč", "de": "Schlüssel"},
             "description": {"en": "Its token", "cs": "Jeho klíč"}, "hint": {"en": "a", "sk": "b"}, "required": true},
            {"keyword": "PLAIN", "type": "string", "name": "Plain"},
        ],
    });
    let file = env.path().join("exported.json");
    for _ in 0..2 {
        import(env, "credential-prototype", &prototype);
        env.run(&["credential-prototype", "export-json", "--code=Sample", "--file", file.to_str().unwrap()]).ok();
        let exported: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        assert_eq!(exported["name"], prototype["name"], "{exported:#}");
        assert_eq!(exported["description"], json!({"en": "Words", "cs": "Popis"}), "{exported:#}");
        for text in ["name", "description", "hint"] {
            assert_eq!(exported["fields"][0][text], prototype["fields"][0][text], "{exported:#}");
        }
        assert_eq!(exported["fields"][1]["name"], "Plain");
    }
    env.run(&["credential-prototype", "delete", "--code=Sample", "--yes"]).ok();
    let left = "SELECT (SELECT count(*) FROM credential_prototype_translations) + (SELECT count(*) FROM credential_prototype_field_translations)";
    assert_eq!(env.sql(left).trim(), "0");
});

#[test]
fn what_is_not_kept_is_named() {
    let env = Env::new();
    let mut published = definition("Published");
    published["author"] = "x".into();
    published["license"] = "MIT".into();
    published["repository"] = "https://example.org/".into();
    published["events"] = json!({});
    published["environment"] = json!({
        "A": {"type": "set", "options": {"x": "X"}, "description": {"en": "a", "cs": "b"}},
        "B": {"type": "string", "requird": true},
    });
    let notes = import(&env, "application", &published)["notes"].clone();
    assert_eq!(
        notes,
        json!([
            "environment.B.requird: is not known and not used, is required meant?",
            "Not stored, as the suite's tables have no place for it: author, license, repository, events",
            "Not stored, as the suite's tables have no place for it: A (options of these variables)",
            "Not stored, as the suite's tables have no place for it: cs (texts of variables in these languages)",
        ])
    );
    let file = env.path().join("given.json");
    let words = env.run(&["application", "import-json", "--file", file.to_str().unwrap()]).ok().stderr;
    assert!(words.contains("warning: environment.B.requird") && words.contains("warning: Not stored"), "{words}");
    let valid = env.json(&["application", "validate-json", "--file", file.to_str().unwrap()]);
    assert_eq!((&valid["status"], &valid["notes"]), (&json!("success"), &notes));
    let plain = import(&env, "application", &definition("Plain"));
    assert_eq!(plain["notes"], json!([]));
}

/// Runs a command with this on its stdin.
fn with_stdin(env: &Env, call: &[&str], text: &str) -> crate::env::Output {
    let mut command = env.command(call);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

on_each_database!(many_definitions_are_imported_by_one_command, |env| {
    let write = |file: &str, name: &str, uuid: &str| {
        let mut definition = definition(name);
        definition["uuid"] = format!("7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a{uuid}").into();
        env.file(file, &definition.to_string());
        definition
    };
    write("all/b.multiflexi.app.json", "Bee", "01");
    write("all/a.multiflexi.app.json", "Ant", "02");
    env.file("all/readme.json", "{}");
    write("single.json", "Cat", "03");
    let done = env.json(&["application", "import-json", "all", "single.json"]);
    let of = |done: &Value, key: &str| -> Vec<Value> {
        done["files"].as_array().unwrap().iter().map(|file| file[key].clone()).collect()
    };
    assert_eq!(
        (&done["done"], &done["failed"], of(&done, "application_id")),
        (&json!(3), &json!(0), vec![json!(1), json!(2), json!(3)])
    );
    write("all/b2.multiflexi.app.json", "Bee", "01");
    let twice = env.run(&["application", "import-json", "all"]).ok();
    let words = "all/b2.multiflexi.app.json describes what all/b.multiflexi.app.json does, and took its place (ID: 2)";
    assert!(twice.stderr.contains(words), "{twice:?}");
    std::fs::remove_file(env.path().join("all/b2.multiflexi.app.json")).unwrap();
    assert_eq!(of(&done, "file"), ["all/a.multiflexi.app.json", "all/b.multiflexi.app.json", "single.json"]);
    // One that fails keeps no other from being imported, and nothing of it stays.
    env.file("all/aa.multiflexi.app.json", "{\"name\": \"Half\"}");
    write("all/c.multiflexi.app.json", "Cow", "04");
    let run = env.run(&["application", "import-json", "all"]).exits(1);
    assert!(
        run.stderr.contains("error: all/aa.multiflexi.app.json") && run.stdout.contains("c.multiflexi.app.json: "),
        "{run:?}"
    );
    assert!(run.stdout.ends_with("3 files done, 1 failed\n"), "{run:?}");
    let done = env.json_of(&["application", "import-json", "all"], 1);
    assert_eq!(of(&done, "status"), ["success", "error", "success", "success"]);
    assert_eq!(env.json(&["application", "list", "--fields=name"]).as_array().unwrap().len(), 4);
    env.run(&["application", "validate-json", "all"]).exits(1);
    env.run(&["application", "import-json", "empty-folder"]).refused(1, "there is no file");
    std::fs::create_dir(env.path().join("empty-folder")).unwrap();
    env.run(&["application", "import-json", "empty-folder"]).refused(1, "holds no *.multiflexi.app.json");
    env.run(&["application", "import-json"]).refused(2, "--file");
    // From stdin and to stdout.
    let exported = env.run(&["application", "export-json", "Ant", "--file=-"]).ok().stdout;
    let changed = exported.replace("Of a test", "Of a pipe");
    let imported = with_stdin(env, &["application", "import-json", "--file=-", "--format=json"], &changed).ok().json();
    assert_eq!((&imported["application_id"], &imported["created"]), (&json!(1), &json!(false)));
    let again = env.run(&["application", "export-json", "Ant", "--file=-"]).ok().stdout;
    assert_eq!(again, changed);
    let both = with_stdin(env, &["application", "import-json", "-", "single.json"], &changed).ok();
    assert!(both.stdout.ends_with("2 files done\n"), "{both:?}");
    with_stdin(env, &["application", "import-json", "-"], "no JSON").refused(1, "- is not JSON");
});

on_each_database!(prototypes_come_from_folders_and_pipes, |env| {
    let prototype = |code: &str, uuid: &str| {
        json!({
            "uuid": format!("2f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a{uuid}"), "code": code, "name": code, "description": "Of a test",
            "version": "1.0", "logo": "x.svg", "url": "https://example.org/",
            "fields": [{"keyword": "HOST", "name": "Host", "type": "string", "description": "Its host", "required": true}],
        })
        .to_string()
    };
    env.file("all/mail.credprototype.json", &prototype("Mail", "01"));
    env.file("all/bank.credprototype.json", &prototype("Bank", "02"));
    let done = env.json(&["credential-prototype", "import-json", "all"]);
    assert_eq!((&done["done"], &done["failed"]), (&json!(2), &json!(0)), "{done}");
    let exported = env.run(&["credential-prototype", "export-json", "Mail", "--file=-"]).ok().stdout;
    let call = ["credential-prototype", "import-json", "-", "--format=json"];
    assert_eq!(with_stdin(env, &call, &exported).ok().json()["updated"], true);
});

/// Neither the validator nor the import takes it, and both say the same, on each database.
#[track_caller]
fn refuses(env: &Env, noun: &str, definition: &Value, violations: &[&str]) {
    let file = env.file("given.json", &definition.to_string());
    for verb in ["validate-json", "import-json"] {
        let refused = env.json_of(&[noun, verb, "--file", file.to_str().unwrap()], 1);
        assert_eq!(refused["violations"], json!(violations), "{verb}: {refused:#}");
    }
}

on_each_database!(what_no_application_can_be_is_refused_before_anything_is_written, |env| {
    const NO_NAME: &str = "is no name of a variable: it is not empty, neither begins nor ends with a blank, and has neither `=` nor line ends in it";
    let refuses = |change: &dyn Fn(&mut Value), violations: &[&str]| {
        let mut changed = definition("Bad");
        change(&mut changed);
        refuses(env, "application", &changed, violations);
    };
    for blank in ["", " ", "\t\n"] {
        refuses(&|it| it["name"] = blank.into(), &["name: says nothing"]);
        refuses(&|it| it["name"] = json!({"en": "Good", "cs": blank}), &["name.cs: says nothing"]);
    }
    for name in ["A=B", "", " A ", "A ", "A\nB"] {
        let violation = format!("environment.{}: {NO_NAME}", name.escape_default());
        refuses(&|it| it["environment"] = json!({name: {"type": "string"}}), &[&violation]);
    }
    refuses(
        &|it| it["environment"] = json!({"lower-case": {"type": 5, "required": "yes"}}),
        &[
            "environment.lower-case.type: 5 is a number, not a text",
            "environment.lower-case.required: \"yes\" is a text, not true or false",
        ],
    );
    refuses(
        &|it| it["environment"] = json!({"lower": {"description": 5}, "UPPER": {"note": [7], "type": 5}}),
        &[
            "environment.lower.description: 5 is a number, not a text, or an object of texts by language code",
            "environment.UPPER.note: this is a list, not a text, or an object of texts by language code",
            "environment.UPPER.type: 5 is a number, not a text",
            "environment.UPPER.type: 5 is not one of string, file-path, email, url, integer, float, bool, password, set, text",
        ],
    );
    refuses(&|it| it["description"] = "a\0b".into(), &["description: has the character NUL in it"]);
    refuses(
        &|it| it["kubernetes"] = json!({"helm": {"set": {"a": "\0"}}}),
        &["kubernetes.helm.set.a: has the character NUL in it"],
    );
    refuses(
        &|it| it["environment"] = json!({"A": {"defval": "x\0"}}),
        &["environment.A.defval: has the character NUL in it"],
    );
    assert_eq!(env.json(&["application", "list"]), json!([]));
    // What people declare stays good.
    let mut good = definition("Good");
    good["environment"] =
        json!({"lower-case": {"type": "string"}, "BANKA+": {"required": true}, "2FA": {}, "my password": {}});
    import(env, "application", &good);
});

on_each_database!(a_credential_type_without_a_name_is_refused, |env| {
    let kind = |name: &str, code: &str, keyword: &str| {
        json!({
            "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "code": code, "name": name, "description": "x", "version": "1.0",
            "fields": [{"keyword": keyword, "name": "Field", "type": "string"}],
        })
    };
    refuses(env, "credential-type", &kind("", "Kind", "KEY"), &["name: says nothing"]);
    refuses(env, "credential-type", &kind("Kind", " ", "KEY"), &["code: says nothing"]);
    refuses(env, "credential-type", &kind("Kind", "Kind\0", "KEY"), &["code: has the character NUL in it"]);
    let keyword = "fields[0].keyword: is no name of a variable: it is not empty, neither begins nor ends with a blank, and has neither `=` nor line ends in it";
    refuses(env, "credential-type", &kind("Kind", "Kind", "A=B"), &[keyword]);
    assert_eq!(env.json(&["credential-prototype", "list"]), json!([]));
});

on_each_database!(a_definition_of_two_applications_names_both, |env| {
    let (one, mut other) = (definition("One"), definition("Other"));
    other["uuid"] = "1b4e28ba-2fa1-4d3c-883f-0016d3cca427".into();
    import(env, "application", &one);
    import(env, "application", &other);
    other["name"] = "One".into();
    let refused = env.import_definition(&other).refused(1, "that of application 2");
    assert!(
        refused.stderr.contains("\"One\" that of application 1") && refused.stderr.contains("hint:"),
        "{refused:?}"
    );
    let prototype = |uuid: &str, code: &str| json!({"uuid": uuid, "code": code, "name": code, "version": "1.0"});
    let [first, second] = ["1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a11"];
    import(env, "credential-prototype", &prototype(first, "First"));
    import(env, "credential-prototype", &prototype(second, "Second"));
    let file = env.file("given.json", &prototype(first, "Second").to_string());
    env.run(&["credential-prototype", "import-json", "--file", file.to_str().unwrap()])
        .refused(1, "is that of credential prototype 1, and its code Second that of 2");
});

/// What is the same to a server's unique key is told as `update` tells it, not in the server's words.
#[needs::needs(mariadb)]
#[test]
fn a_name_that_differs_by_case_alone_is_another_s_to_mariadb() {
    let env = Env::on(crate::env::Server::MariaDb, "import_that_differs_by_case");
    let [first, second] = ["1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a11"];
    let prototype = |uuid: &str, code: &str| json!({"uuid": uuid, "code": code, "name": code, "description": "x", "version": "1.0", "fields": [{"keyword": "KEY", "name": "Key", "type": "string"}]});
    let application = |uuid: &str, name: &str| {
        let mut application = definition(name);
        application["uuid"] = uuid.into();
        application
    };
    let same = "which to this database is the same as \"alpha\", exists already: its id is 1";
    for noun in ["credential-prototype", "credential-type", "application"] {
        let make: &dyn Fn(&str, &str) -> Value = if noun == "application" { &application } else { &prototype };
        import(&env, noun, &make(first, "ALPHA"));
        import(&env, noun, &make(second, "beta"));
        for uuid in [second, "6fa459ea-ee8a-4ca4-894e-db77e160355e"] {
            let file = env.file("given.json", &make(uuid, "alpha").to_string());
            let refused = env.run(&[noun, "import-json", "--file", file.to_str().unwrap()]).refused(1, same);
            assert!(
                refused.stderr.contains("get --id=1` shows it") && !refused.stderr.contains("Duplicate"),
                "{refused:?}"
            );
        }
        import(&env, noun, &make(second, "Beta"));
    }
}

// SQLite's columns hold all.
on_each_database!(texts_that_are_too_long_are_named, |env| {
    let long = |width: usize| "ř".repeat(width + 1);
    let refuses = |noun: &str, definition: &Value, violations: &[&str]| match env.variable("DB_CONNECTION") {
        Some(_) => refuses(env, noun, definition, violations),
        None => drop(import(env, noun, definition)),
    };
    let mut application = definition("Wide");
    application["environment"] = json!({"A": {"description": long(1024), "type": "string"}});
    application["title"] = json!({"cs": long(255)});
    refuses(
        "application",
        &application,
        &[
            "environment.A.description: has 1025 characters, the database holds at most 1024",
            "title.cs: has 256 characters, the database holds at most 255",
        ],
    );
    let credential = |hint: usize| {
        json!({
            "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "code": "Wide", "version": "1.0", "name": "Wide",
            "description": "x".repeat(65_536),
            "fields": [{"keyword": "KEY", "type": "string", "name": "Key", "hint": "ř".repeat(hint), "default_value": "x".repeat(257)}],
        })
    };
    for noun in ["credential-prototype", "credential-type"] {
        let mut violations = vec!["description: has 65536 bytes, the database holds at most 65535"];
        let (mut given, mut fitting) = (credential(257), credential(256));
        if noun == "credential-prototype" {
            violations.push("logo: has 256 characters, the database holds at most 255");
            given["logo"] = long(255).into();
            fitting["logo"] = "ř".repeat(255).into();
        }
        violations.push("fields[0].hint: has 257 characters, the database holds at most 256");
        violations.push("fields[0].default_value: has 257 characters, the database holds at most 256");
        refuses(noun, &given, &violations);
        fitting["description"] = "x".repeat(65_535).into();
        fitting["fields"][0]["default_value"] = "x".repeat(256).into();
        import(env, noun, &fitting);
    }
});

on_each_database!(a_main_language_stays_what_it_is, |env| {
    let mut given = definition("Languages");
    given["description"] = json!({"sk": "Slovensky", "cs": "Česky", "de": "Deutsch"});
    import(env, "application", &given);
    let file = env.path().join("exported.json");
    let call = ["application", "export-json", "--id=1", "--file", file.to_str().unwrap()];
    for _ in 0..2 {
        env.run(&call).ok();
        assert_eq!(env.json(&["application", "get", "--id=1"])["description"], "Slovensky");
        env.run(&["application", "import-json", file.to_str().unwrap()]).ok();
    }
    assert_eq!(env.json(&["application", "get", "--id=1"])["description"], "Slovensky");
});
