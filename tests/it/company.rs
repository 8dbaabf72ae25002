//! Companies: the five verbs over a table, on each database.

use serde_json::json;

use crate::env::{Env, definition, on_each_database, on_each_server};

on_each_database!(create_get_update_list_remove, |env| {
    let created = env.json(&["company", "create", "--name=Beta Ltd", "--ic=12345678", "--slug=BETA", "--enabled=1"]);
    assert_eq!(created["company_id"], 1);
    env.run(&["company", "create", "--name=Žluťoučký kůň"]).ok();
    for lookup in ["--id=1", "--slug=BETA", "--name=Beta Ltd", "--ic=12345678"] {
        let record = env.json(&["company", "get", lookup]);
        assert_eq!((&record["id"], &record["enabled"], &record["slug"]), (&json!(1), &json!(true), &json!("BETA")));
    }
    env.run(&["company", "update", "--id=1", "--email=x@example.org"]).ok();
    // The suite's command has it.
    env.run(&["company", "update", "--id=1", "--customer=7"]).ok();
    assert_eq!(env.json(&["company", "get", "--id=1"])["customer"], 7);
    let list = env.json(&["company", "list", "--fields=id,name,email", "--order=D"]);
    let wanted = json!([
        {"id": 2, "name": "Žluťoučký kůň", "email": null},
        {"id": 1, "name": "Beta Ltd", "email": "x@example.org"},
    ]);
    assert_eq!(list, wanted);
    assert_eq!(env.json(&["company", "list", "--limit=1", "--offset=1"])[0]["id"], 2);
    env.run(&["company", "remove", "--id=2"]).ok();
    assert_eq!(env.json(&["company", "list"]).as_array().unwrap().len(), 1);
});

on_each_database!(jobs_of_a_company_that_is_not_enabled_run_all_the_same_and_that_is_said, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme", "--enabled=1"]).ok();
    let off = env.run(&["company", "update", "acme", "--enabled=0"]).ok();
    let words = ["its jobs run all the same", "`multiflexi-cli runtemplate update --id=N --active=0`"];
    assert!(words.iter().all(|words| off.stderr.contains(words)), "{off:?}");
    assert_eq!(env.run(&["company", "update", "acme", "--enabled=1"]).ok().stderr, "");
});

on_each_database!(a_company_in_use_is_not_removed, |env| {
    env.prepare("Native", "true", json!(null));
    let output = env.run(&["company", "remove", "--id=1"]).refused(1, "still used by 1 runtemplate");
    assert!(output.stderr.contains("hint:"), "{output:?}");
    env.run(&["company", "get", "--id=1"]).ok();
});

on_each_database!(what_does_not_exist_is_said_so, |env| {
    for call in [
        ["company", "get", "--id=99", ""],
        ["company", "update", "--id=99", "--name=x"],
        ["company", "remove", "--id=99", ""],
    ] {
        let call: Vec<&str> = call.into_iter().filter(|word| !word.is_empty()).collect();
        env.run(&call).refused(1, "Company with id 99 not found");
    }
});

#[test]
fn bad_input_is_refused_before_anything_is_written() {
    let env = Env::new();
    for (option, words) in [
        ("--email=nobody", "e-mail"),
        ("--enabled=maybe", "true or false"),
        ("--slug=much-too-long", "at most 10"),
        ("--customer=x", "a number from 1 to 2147483647"),
    ] {
        env.run(&["company", "create", "--name=A", option]).refused(2, words);
    }
    env.run(&["company", "create"]).refused(2, "--name");
    env.run(&["company", "update", "--id=1"]).refused(2, "No fields to update");
    env.run(&["company", "get", "--id=x"]).refused(2, "a number from 1 up");
    env.run(&["company", "get"]).refused(2, "Missing --id");
    env.run(&["company", "list", "--fields=id,nosuch"]).refused(2, "nosuch");
    env.run(&["company", "list", "--order=X"]).refused(2, "--order");
    assert_eq!(env.json(&["company", "list"]), json!([]));
}

on_each_database!(a_company_whose_slug_is_a_number_is_found_by_it, |env| {
    env.run(&["company", "create", "--name=First", "--slug=2024"]).ok();
    let list = |company: &str| env.run(&["company", "env", "list", &format!("--company={company}")]);
    env.run(&["company", "env", "set", "--company=2024", "--env=A=first"]).ok();
    assert!(list("2024").ok().stdout.contains("first"));
    assert!(list("1").ok().stdout.contains("first"), "an id does as well");
    list("9").refused(1, "Company with slug or id 9 not found");
    // The slug of one and the id of another: neither is taken for the other.
    env.run(&["company", "create", "--name=Second", "--slug=1"]).ok();
    list("1").refused(1, "--company_id");
    list("2").ok();
});

on_each_database!(a_company_is_named_by_its_slug_wherever_by_its_id, |env| {
    crate::gate::prepare(env);
    env.run(&["company", "create", "--name=Beta", "--slug=beta"]).ok();
    env.run(&["credential-type", "create", "--company=beta", "--class=Bank"]).ok();
    let create = ["credential", "create", "--name=Bank", "--credential-type-id=1"];
    env.run(&create).refused(2, "Missing --company_id or --company");
    env.run(&[&create[..], &["--company=acme"]].concat()).ok();
    env.run(&["credential", "update", "--id=1", "--company=beta"]).ok();
    assert_eq!(env.json(&["credential", "get", "--id=1"])["company_id"], 2);
    assert_eq!(env.json(&["credential-type", "list"])[1]["company_id"], 2);
    env.schedule();
    let count = |company: &str| env.json(&["job", "list", company]).as_array().unwrap().len();
    assert_eq!((count("--company=acme"), count("--company=beta"), count("--company-id=1")), (1, 0, 1));
});

on_each_database!(a_customer_s_number_fits_its_column, |env| {
    env.run(&["company", "create", "--name=Acme", "--customer=2147483647"]).ok();
    for number in ["2147483648", "9223372036854775807", "0", "-1"] {
        let option = format!("--customer={number}");
        env.run(&["company", "update", "1", &option]).refused(2, "--customer");
        env.run(&["company", "create", "--name=Beta", &option]).refused(2, "from 1 to 2147483647");
    }
    assert_eq!(env.json(&["company", "get", "1"])["customer"], 2_147_483_647);
});

on_each_database!(of_one_name_one_company_is_made, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=other"]).refused(1, "exists already");
    env.run(&["company", "create", "--name=Acme"]).refused(1, "its id is 1");
    assert_eq!(env.json(&["company", "list"]).as_array().unwrap().len(), 1);
});

on_each_database!(what_an_application_declares_secret_is_so_for_a_company, |env| {
    let mut application = definition("Test");
    application["environment"] = json!({"KLIC": {"type": "password"}});
    env.import_definition(&application).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    let file = env.file("secret", "marker-8\n");
    env.run(&["company", "env-set", "--company=acme", &format!("--env=KLIC=@{}", file.display()), "--env=PLACE=@home"])
        .ok();
    assert_eq!(env.sql("select value from companyenv where keyword = 'KLIC'").trim(), "marker-8");
    let listed = env.run(&["company", "env-list", "--company=acme"]).ok().stdout;
    assert!(!listed.contains("marker") && listed.contains("@home"), "{listed}");
});

// The suite's tables have no key on these.
on_each_database!(of_several_who_make_one_company_at_once_one_does, |env| {
    env.prepare("Native", "true", serde_json::json!(null));
    for round in 0..3 {
        let (name, slug) = (format!("--name=Company {round}.NUMBER"), format!("--slug=s{round}"));
        let said = env.eight_at_once(&["company", "create", &name, &slug, "--enabled=1"]);
        assert_eq!(said.iter().filter(|output| output.code == 0).count(), 1, "{said:?}");
        assert_eq!(env.sql(&format!("SELECT count(*) FROM company WHERE slug = 's{round}'")).trim(), "1");
    }
});

on_each_database!(of_several_who_assign_one_application_at_once_one_does, |env| {
    env.prepare("Native", "true", serde_json::json!(null));
    for round in 2..5 {
        let id = env.json(&["company", "create", &format!("--name=Company {round}")])["company_id"].to_string();
        all_at_once(env, &["company-app", "assign", &format!("--company_id={id}"), "--app_id=1"]);
        for table in ["companyapp", "runtemplate"] {
            let count = env.sql(&format!("SELECT count(*) FROM {table} WHERE company_id = {id}"));
            assert_eq!(count.trim(), "1", "{table}");
        }
    }
});

// Neither have those of tokens.
on_each_database!(of_several_who_give_one_token_at_once_one_does, |env| {
    env.run(&["user", "create", "--login=jane"]).ok();
    let rows: Vec<String> = (0..8).map(|number| format!("(1{number}, 1, 'token {number}')")).collect();
    env.sql(&format!("INSERT INTO token (id, user_id, token) VALUES {}", rows.join(", ")));
    for round in 0..4 {
        for (verb, whose) in [("create", "--user=1"), ("update", "--id=1NUMBER")] {
            let said = env.eight_at_once(&["token", verb, whose, &format!("--token={verb} {round}")]);
            assert_eq!(said.iter().filter(|output| output.code == 0).count(), 1, "{said:?}");
        }
    }
});

on_each_server!(of_several_who_see_to_the_key_at_once_one_makes_it, |env| {
    env.set("ENCRYPTION_MASTER_KEY", "a-key-of-the-test");
    // There is a row without a key at first, and later none.
    for _ in 0..4 {
        all_at_once(env, &["encryption", "init"]);
        assert_eq!(env.json(&["encryption", "status"])["total_keys"], 1);
        env.sql("DELETE FROM encryption_keys");
    }
});

// The prototype's UUID goes to one of them.
on_each_database!(of_several_who_set_a_prototype_up_at_once_each_has_it, |env| {
    env.run(&["credential-prototype", "sync"]).ok();
    for number in 0..8 {
        env.run(&["company", "create", &format!("--name=Company {number}"), &format!("--slug=slug{number}")]).ok();
    }
    all_at_once(env, &["credential-type", "create", "--class=SQLServer", "--company=slugNUMBER"]);
});

// Whoever comes too late learns what is in the way, however close it was.
on_each_database!(of_several_who_make_one_row_at_once_each_learns_of_it, |env| {
    let table = |noun: &str| match noun {
        "application" => "apps".to_owned(),
        _ => format!("{0}{1}{0}", env.quote(), noun.replace('-', "_")),
    };
    let id_of = |noun: &str| env.sql(&format!("SELECT min(id) FROM {}", table(noun))).trim().to_owned();
    for command in [
        &["user", "create", "--login=jane"][..],
        &["event-source", "create", "--name=Source", "--adapter_type=x", "--db_database=y"],
        &["credential-prototype", "create", "--code=Mail", "--name=Mail"],
        &["application", "create", "--name=App", "--executable=true"],
    ] {
        let said = env.eight_at_once(command);
        assert_eq!(said.iter().filter(|output| output.code == 0).count(), 1, "{said:?}");
        // Not always 1: a server gives a number away before it sees that a key is taken.
        let known = format!("its id is {}", id_of(command[0]));
        assert!(said.iter().all(|output| output.code == 0 || output.stderr.contains(&known)), "{said:?}");
    }
    for [noun, verb] in [["event-source", "remove"], ["credential-prototype", "delete"]] {
        let said = env.eight_at_once(&[noun, verb, &format!("--id={}", id_of(noun))]);
        assert_eq!(said.iter().filter(|output| output.code == 0).count(), 1, "{said:?}");
        assert!(said.iter().all(|output| output.code == 0 || output.stderr.contains("not found")), "{said:?}");
    }
});

/// Eight of one command at once, all of which end well.
fn all_at_once(env: &Env, arguments: &[&str]) {
    for output in env.eight_at_once(arguments) {
        output.ok();
    }
}

// What scripts see to, several of them may see to at the same moment.
on_each_database!(what_is_seen_to_is_so_for_each_of_several_at_once, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["user", "create", "--login=jane"]).ok();
    for round in 0..3 {
        let mut described = definition(&format!("App {round}"));
        described["uuid"] = format!("7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a{round:02}").into();
        let file = env.file(&format!("{round}.json"), &described.to_string());
        all_at_once(env, &["application", "import-json", "--file", file.to_str().unwrap()]);
        all_at_once(env, &["company", "env-set", "--company=acme", &format!("--env=KEY_{round}=x")]);
    }
    all_at_once(env, &["user-company", "assign", "--company=acme", "--login=jane", "--role=editor"]);
    for _ in 0..4 {
        let tables = ["_field_translations", "_field", "_translations", ""];
        for table in tables {
            env.sql(&format!("DELETE FROM credential_prototype{table}"));
        }
        all_at_once(env, &["credential-prototype", "sync"]);
    }
    for (table, count) in [("apps", "3"), ("companyenv", "3"), ("company_user", "1"), ("credential_prototype", "3")] {
        assert_eq!(env.sql(&format!("SELECT count(*) FROM {table}")).trim(), count, "{table}");
    }
});

// The suite's table of values has no key on a credential's field.
on_each_database!(of_several_who_set_a_credential_s_value_at_once_each_sets_the_same, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["credential-prototype", "sync"]).ok();
    env.run(&["credential-type", "create", "--class=SQLServer", "--name=T", "--company-id=1"]).ok();
    env.run(&["credential", "create", "--company-id=1", "--credential-type-id=1", "--name=C"]).ok();
    all_at_once(env, &["credential", "update", "--id=1", "--field=DB_HOST=db.example.org"]);
    assert_eq!(env.sql("SELECT count(*) FROM credata WHERE name = 'DB_HOST'").trim(), "1");
});

#[test]
fn a_slug_that_was_made_up_or_taken_away_is_told() {
    let env = Env::new();
    let made = env.on_terminal(&["company", "create", "--name=Sam"], "").stdout;
    assert!(made.contains("its slug is _am; `multiflexi-cli company update --id=1 --slug=SLUG` changes it"), "{made}");
    assert!(!env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok().stderr.contains("slug"));
    let emptied = env.run(&["company", "update", "acme", "--slug="]).ok().stderr;
    assert!(emptied.contains("the company has no slug now"), "{emptied}");
}
