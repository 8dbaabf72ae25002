//! Secrets taken out of a command line: of those that lie within or across each other nothing may be left.

use serde_json::json;

use crate::env::{Env, definition};

#[test]
fn of_overlapping_secrets_no_part_is_shown() {
    let env = Env::new();
    let mut definition = definition("Test");
    let password = |value| json!({"type": "password", "description": "p", "defval": value, "required": false});
    definition["executable"] = "/bin/echo".into();
    definition["cmdparams"] = "abcdef x-abcdefghi".into();
    definition["environment"] =
        json!({"A_TOKEN": password("abc"), "B_TOKEN": password("abcdef"), "C_TOKEN": password("efghi")});
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test"]).ok();
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, record["stdout"].as_str()), (0, Some("abcdef x-abcdefghi\n")), "{record:#}");
    let wanted = "/bin/echo •••••••• x-••••••••";
    assert_eq!((record["command"].as_str(), env.sql("SELECT command FROM job").trim()), (Some(wanted), wanted));
    // As the suite stores it.
    env.sql("UPDATE job SET command = '/bin/echo abcdef x-abcdefghi'");
    assert_eq!(env.json(&["job", "get", "--id=1"])["command"], wanted);
}
