//! Rows in the order that is asked for, and as a spreadsheet may have them.

use serde_json::json;

use crate::env::on_each_database;

on_each_database!(columns_are_sorted_both_ways, |env| {
    env.prepare("Native", "true", json!(null));
    for _ in 0..3 {
        env.schedule();
    }
    env.sql(&format!(
        "update job set exitcode = 0, {0}begin{0} = '2026-05-01 10:00:00' where id = 1;\
         update job set exitcode = 3, {0}begin{0} = '2026-05-02 10:00:00' where id = 3;",
        env.quote()
    ));
    let ids = |options: &[&str]| -> Vec<i64> {
        let rows = env.json(&[&["job", "list", "--fields=id,begin"], options].concat());
        rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
    };
    assert_eq!(ids(&["--sort=-id"]), [3, 2, 1]);
    // What has none comes first, and last where the order is turned around; on each database.
    assert_eq!(ids(&["--sort=begin"]), [2, 1, 3]);
    assert_eq!(ids(&["--sort=-begin"]), [3, 1, 2]);
    assert_eq!(ids(&["--order=begin"]), [2, 1, 3]);
    assert_eq!(ids(&["--order=begin DESC"]), [3, 1, 2]);
    assert_eq!(ids(&["--sort", "-begin", "--limit=1", "--offset=1"]), [1]);
    assert_eq!(ids(&["--sort=runtemplate_id,-id"]), [3, 2, 1]);
    env.run(&["job", "list", "--sort=-nosuch"]).refused(2, "--sort is \"nosuch\", which is no column here");
    // A slip is told the column that is like it.
    for option in ["--order=exitcod", "--sort=-exitcod", "--fields=id,exitcod"] {
        env.run(&["job", "list", option]).refused(2, "Did you mean exitcode?");
    }
    // What stands on the screen is told what it is.
    env.run(&["queue", "list", "--sort=-due"]).refused(2, "DUE is the column after. It takes");
    env.run(&["job", "list", "--sort=began"]).refused(2, "BEGAN is the column begin. It takes");
    env.run(&["job", "list", "--sort=-took"]).refused(2, "TOOK is in no column: it is worked out when it is shown");
    env.run(&["job", "list", "--fields=id,why"]).refused(2, "WHY is in no column");
    env.run(&["job", "list", "--sort=id", "--order=D"]).refused(2, "--order");
    env.run(&["queue", "list", "--sort=-job", "--direction=ASC"]).refused(2, "--direction");
    let queued = env.json(&["queue", "list", "--sort=-job", "--fields=job"]);
    assert_eq!(queued, json!([{"job": 3}, {"job": 2}, {"job": 1}]));
});

on_each_database!(formulas_become_texts_on_request, |env| {
    for name in ["=1+1", "+1", "-1", "@SUM(A1)", "plain=1"] {
        env.run(&["company", "create", &format!("--name={name}")]).ok();
    }
    let list = ["company", "list", "--fields=id,name", "--format=csv"];
    let usual = env.run(&list).ok().stdout;
    assert_eq!(usual, "id,name\n1,=1+1\n2,+1\n3,-1\n4,@SUM(A1)\n5,plain=1\n");
    let escaped = env.run(&[&list[..], &["--escape-formulas"]].concat()).ok().stdout;
    assert_eq!(escaped, "id,name\n1,'=1+1\n2,'+1\n3,'-1\n4,'@SUM(A1)\n5,plain=1\n");
    // A number below zero is no formula, and JSON no spreadsheet.
    let fields = ["--fields=id,name", "--format=json", "--escape-formulas"];
    assert_eq!(env.run(&[&["company", "list"][..], &fields].concat()).ok().json()[0]["name"], "=1+1");
    env.run(&["company", "get", "1", "--escape-formulas"]).refused(2, "--escape-formulas");
});

on_each_database!(the_suites_words_for_order_and_limit_are_taken, |env| {
    env.prepare("Native", "true", json!(null));
    for _ in 0..3 {
        env.schedule();
    }
    env.sql("update job set exitcode = 0 where id = 2");
    let ids = |options: &[&str]| -> Vec<i64> {
        let rows = env.json(&[&["job", "list", "--fields=id"], options].concat());
        rows.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
    };
    for option in ["limit", "offset", "order", "fields"] {
        let listed = env.run(&["job", "list", &format!("--{option}=")]).ok();
        assert!(listed.stderr.contains(&format!("--{option} without a value: ignored\n")), "{listed:?}");
    }
    for all in [&["--limit=0"][..], &["--limit="], &["--offset="], &["--order="], &["--limit", "", "--order", "A"]] {
        assert_eq!(ids(all), [1, 2, 3], "{all:?}");
    }
    for status in ["successful", "SUCCESS", "Success"] {
        assert_eq!(ids(&["--status", status]), [2]);
    }
    let queued = |options: &[&str]| {
        let rows = env.json(&[&["queue", "list", "--fields=job"], options].concat());
        rows.as_array().unwrap().iter().map(|row| row["job"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    for turned in [&["--order=job", "--direction=D"][..], &["--order=job DESC"], &["--order=JOB d"]] {
        assert_eq!(queued(turned), [3, 2, 1], "{turned:?}");
    }
    assert_eq!(queued(&["--order=JOB"]), [1, 2, 3]);
    env.run(&["queue", "list", "--order=nosuch DESC"]).refused(2, "--order");
});
