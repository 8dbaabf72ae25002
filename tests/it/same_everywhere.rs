//! What the three databases print for the same commands is the same, to the byte but for times and places.

use needs::needs;
use regex::Regex;
use serde_json::{Value, json};

use crate::env::{Env, Server, definition};

/// One command after the other; `FILE` stands for an application's definition, `NEW` for a file to be written.
const CALLS: &[&str] = &[
    "company create --name=Acme --slug=acme --ic=12345678 --email=a@example.org --enabled=1",
    "company create --name=Žluťoučký --slug=kun --format=json",
    "company create --name=Verbose --slug=v -v --format=json",
    "company create --name=Acme --slug=acme",
    "company update --id=2 --name=Acme --slug=acme",
    "company list --format=json",
    "company list --format=csv",
    "company list",
    "company list --order=name --limit=2 --offset=1 --fields=id,name",
    "company get --slug=acme --format=json",
    "company get --id=99 --format=json",
    "company env-set --company=acme --env=COLOUR=blue --env=API_TOKEN=marker",
    "company env-list --company=acme --format=json",
    "company env-unset --company=acme --name=COLOUR",
    "company env-unset --company=acme --name=COLOUR",
    "application import-json --file FILE",
    "application import-json --file FILE --format=json",
    "application list --format=json",
    "application get --id=1",
    "application show-config --id=1 --format=json",
    "application export-json --id=1 --file NEW",
    "application create --name=Bare --executable=/bin/true --uuid=0d9f6e9a-40a4-4c4f-8f44-0a8bb1b0a001 -v --format=json",
    "application create --name=Twin --executable=/bin/true --uuid=0d9f6e9a-40a4-4c4f-8f44-0a8bb1b0a001",
    "application update --id=2 --tags=a,b --format=json -v",
    "company-app assign --company=acme --app_id=2 --format=json",
    "company-app assign --company=acme --app_id=2",
    "company-app list --format=json",
    "runtemplate create --name=Daily --app_id=1 --company=acme --executor=Native --interv=d --config=GREETING=hi",
    "runtemplate create --name=Retry --app_id=1 --company_id=1 --executor=Native --max_attempts=3 --retry_backoff=fixed -v --format=json",
    "runtemplate create --name=Wrong --app_id=9 --company_id=1",
    "runtemplate list --format=json",
    "runtemplate list --company=acme --fields=id,name,interv,active",
    "runtemplate get --id=2 --format=json",
    "runtemplate get --name=Daily",
    "runtemplate schedule --id=2 --schedule_time=2030-01-01 --format=json",
    "runtemplate schedule --id=2 --schedule_time=2037-07-01",
    "job create --runtemplate_id=2 --scheduled=2030-01-02 --format=json",
    "job list --format=json",
    "job list --status=pending --fields=id,schedule",
    "job get --id=1 --format=json",
    "job get --id=1 --fields=id,executor",
    "job update --id=1 --schedule_type=adhoc --format=json -v",
    "job status --format=json",
    "job delete --id=99",
    "queue overview --format=json",
    "queue list --fields=id,job,runtemplate_name --format=json",
    "queue fix --format=json",
    "task status --format=json",
    "task list",
    "task get --id=1",
    "artifact list --format=json",
    "artifact get --id=1",
    "credential-prototype create --code=Cloud --name=Cloud --uuid=0d9f6e9a-40a4-4c4f-8f44-0a8bb1b0a002 --format=json",
    "credential-prototype create --code=Cloud --name=Again",
    "credential-prototype list --fields=code,name --format=json",
    "credential-prototype get --code=Cloud --fields=id,code,name,version",
    "credential-type create --company-id=1 --class=Cloud --format=json",
    "credential-type create --company-id=1 --class=Nothing",
    "credential-type list --format=json",
    "credential-type update --id=1 --name=Clouds --format=json",
    "credential create --name=Ours --company-id=1 --credential-type-id=1 --field=USER=me --format=json",
    "credential create --name=Ours --company-id=9 --credential-type-id=1",
    "credential get --id=1 --format=json",
    "credential list",
    "credential update --id=1 --name=Mine --field=USER=you",
    "runtemplate assign-credential --id=2 --credential_id=1",
    "runtemplate list-credentials --id=2 --format=json",
    "credential remove --id=1",
    "credential-type delete --id=1",
    "credential-prototype delete --code=Cloud",
    "user create --login=alice --email=alice@example.org --plaintext=secret --format=json",
    "user create --login=alice --email=other@example.org",
    "user create --login=bob --email=bob@example.org --format=json",
    "user update --id=2 --login=alice",
    "user list --fields=id,login,email,enabled --format=json",
    "user get --login=alice --fields=login,password,enabled --format=json",
    "user update --login=alice --firstname=Alice",
    "token create --user=99",
    "token list",
    "user-company assign --company=acme --login=alice --role=admin --format=json",
    "user-company assign --company=acme --login=alice",
    "user-company unassign --company=acme --login=alice",
    "user-company unassign --company=acme --login=alice",
    "user-role set --login=alice --roles=admin",
    "user-erasure create --user-login=alice --force --format=json",
    "user-erasure create --user-login=alice --force",
    "user-erasure list --fields=id,status,deletion_type --format=json",
    "user-erasure approve --request-id=1 --force",
    "user-erasure process --request-id=1 --format=json",
    "user-erasure audit --request-id=1 --format=json",
    "user get --login=alice --fields=login,enabled,firstname --format=json",
    "event-source create --name=Changes --db_connection=sqlite --db_database=/nonexistent.sqlite3 --format=json",
    "event-source list --format=json",
    "event-source test --id=1",
    "event-source create --name=Changes --db_database=x",
    "event-rule create --event_source_id=1 --runtemplate_id=2 --env_mapping={\"A\":\"$.a\"} -v --format=json",
    "event-rule create --event_source_id=9 --runtemplate_id=2",
    "event-rule list --event_source_id=1 --format=json",
    "event-source remove --id=1",
    "encryption status --format=json",
    "encryption init",
    "prune --logs --jobs --keep=5 --format=json",
    "database status --format=json",
    "company remove --id=1",
    "application delete --id=1",
    "user delete --login=alice --format=json",
    "runtemplate delete --id=2 --format=json",
    "company-app unassign --company=acme --app_id=2 --format=json",
    "application delete --id=2",
    "application remove-json --file FILE --format=json",
    "company remove --id=2 --format=json",
    "company list --fields=id",
];

/// What a command printed, without what has to differ: times, the home, the database's own name, random values.
fn shown(env: &Env, call: &str, patterns: &[(Regex, &str)]) -> String {
    let file = env.path().join("app.multiflexi.app.json");
    let new = env.path().join("new.json");
    let arguments: Vec<&str> = call
        .split(' ')
        .map(|word| match word {
            "FILE" => file.to_str().unwrap(),
            "NEW" => new.to_str().unwrap(),
            other => other,
        })
        .collect();
    let output = env.run(&arguments);
    // The columns stand in each database's own order.
    let stdout = match serde_json::from_str::<Value>(&output.stdout) {
        Ok(mut json) => {
            json.sort_all_objects();
            format!("{json:#}")
        }
        Err(_) => output.stdout,
    };
    let text = format!("exit {}\n{stdout}\n{}", output.code, output.stderr);
    let mut text = text.replace(env.path().to_str().unwrap(), "HOME");
    for (pattern, instead) in patterns {
        text = pattern.replace_all(&text, *instead).into_owned();
    }
    text
}

#[needs(mariadb, postgres)]
#[test]
fn the_databases_print_the_same() {
    let path = module_path!();
    let servers = [Server::MariaDb, Server::Postgres];
    let others: Vec<(Server, Env)> = servers.into_iter().map(|server| (server, Env::on(server, path))).collect();
    let sqlite = Env::new();
    let mut value = definition("Everywhere");
    value["environment"] = json!({
        "GREETING": {"type": "string", "description": "What to say", "defval": "hello", "required": false},
        "PASSWORD": {"type": "password", "description": "A secret", "defval": "marker", "required": true},
    });
    value["kubernetes"] = json!({"helm": {"chart": "oci://example.org/chart"}});
    let patterns = [
        (Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").unwrap(), "TIME"),
        (Regex::new(r#""database": "[^"]*""#).unwrap(), "DATABASE"),
        (Regex::new(r"on \S+:\d+ as \S+").unwrap(), "DATABASE"),
    ];
    for env in std::iter::once(&sqlite).chain(others.iter().map(|(_, env)| env)) {
        env.file("app.multiflexi.app.json", &value.to_string());
    }
    let mut differences = String::new();
    for call in CALLS {
        let wanted = shown(&sqlite, call, &patterns);
        for (server, env) in &others {
            let got = shown(env, call, &patterns);
            if got != wanted {
                differences.push_str(&format!("--- {call}\nsqlite: {wanted}\n{server:?}: {got}\n"));
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}
