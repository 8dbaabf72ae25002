//! Texts are compared byte by byte on every database; what the tables make unique stays so.

use serde_json::{Value, json};

use crate::env::{Env, on_each_database};

/// Each is the same as the next one to a collation that knows no case, no accents, no emoji and no blanks at the end.
const ALIKE: [(&str, &str); 5] =
    [("Job 😀", "Job 🚀"), ("Zálohy", "zalohy"), ("Straße", "Strasse"), ("end", "end "), ("ACME", "acme")];

fn ids(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

on_each_database!(a_name_finds_only_what_has_it, |env| {
    for (name, other) in ALIKE {
        let (of, of_other) = (format!("--name={name}"), format!("--name={other}"));
        env.run(&["application", "create", &of, "--executable=/bin/true"]).ok();
        let app = env.json(&["application", "list"]).as_array().unwrap().last().unwrap()["id"].to_string();
        for verb in ["get", "delete"] {
            env.run(&["application", verb, &of_other]).refused(1, "not found");
        }
        env.run(&["company", "create", &of]).ok();
        env.run(&["company", "get", &of_other]).refused(1, "not found");
        let company = env.json(&["company", "get", &of])["id"].to_string();
        let (app_id, company_id) = (format!("--app_id={app}"), format!("--company_id={company}"));
        env.run(&["runtemplate", "create", &app_id, &company_id, &of]).ok();
        for verb in ["get", "delete"] {
            env.run(&["runtemplate", verb, &of_other]).refused(1, "not found");
        }
        env.run(&["runtemplate", "get", &of]).ok();
        env.run(&["user", "create", &format!("--login={name}"), "--email=a@example.org"]).ok();
        env.run(&["user", "get", &format!("--login={other}")]).refused(1, "not found");
        env.run(&["application", "get", &of]).ok();
    }
    assert_eq!(ids(&env.json(&["application", "list"])), ALIKE.len());
    assert_eq!(ids(&env.json(&["runtemplate", "list"])), ALIKE.len());
});

// To this rule HTTP_PROXY and http_proxy are two. MariaDB's key of the table is of another opinion, and has the last word.
on_each_database!(variables_that_differ_in_case_are_two, |env| {
    env.run(&["company", "create", "--name=Acme"]).ok();
    let set = ["company", "env-set", "--company_id=1", "--env=HTTP_PROXY=a", "--env=http_proxy=b"];
    let there = |env: &Env| -> Vec<String> {
        let list = env.json(&["company", "env-list", "--company_id=1"]);
        let mut names: Vec<String> =
            list.as_array().unwrap().iter().map(|row| row["keyword"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    if env.variable("DB_CONNECTION") == Some("mysql") {
        env.run(&set).refused(1, "\"http_proxy\" cannot stand beside \"HTTP_PROXY\" in companyenv.keyword");
        assert_eq!(there(env), Vec::<String>::new());
        env.run(&set[..4]).ok();
        env.run(&["company", "env-set", "--company_id=1", "--env=http_proxy=b"]).refused(1, "cannot stand beside");
        env.run(&["company", "env-unset", "--company_id=1", "--name=http_proxy"]).refused(1, "has no variable");
        assert_eq!(there(env), ["HTTP_PROXY"]);
    } else {
        env.run(&set).ok();
        assert_eq!(there(env), ["HTTP_PROXY", "http_proxy"]);
        env.run(&["company", "env-unset", "--company_id=1", "--name=http_proxy"]).ok();
        assert_eq!(there(env), ["HTTP_PROXY"]);
    }
});

on_each_database!(what_only_one_may_have_is_told_before_it_is_written, |env| {
    env.run(&["application", "create", "--name=Zálohy", "--executable=/bin/true"]).ok();
    env.run(&["application", "create", "--name=Druhá", "--executable=/bin/true"]).ok();
    let second = ["application", "create", "--name=zalohy", "--executable=/bin/true"];
    let rename = ["application", "update", "--id=2", "--name=zalohy"];
    if env.variable("DB_CONNECTION") == Some("mysql") {
        for command in [&second[..], &rename[..]] {
            let output = env.run(command).refused(1, "its id is 1");
            assert!(
                output.stderr.contains("\"Zálohy\", which to this database is the same as \"zalohy\""),
                "{output:?}"
            );
        }
        assert_eq!(ids(&env.json(&["application", "list"])), 2);
    } else {
        env.run(&second).ok();
        env.run(&rename).refused(1, "its id is 3");
    }
    assert_eq!(env.json(&["application", "get", "--id=2"])["name"], json!("Druhá"));
});
