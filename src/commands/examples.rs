//! Examples of each command, for `--help` and the man pages. A test runs every one of them.

/// What an example is for, and the command without the program's name.
pub type Example = (&'static str, &'static str);

/// The examples of a noun's verb.
pub fn for_verb(noun: &str, verb: &str) -> &'static [Example] {
    let verbs = ALL.iter().find(|(name, _)| *name == noun).map_or(&[][..], |(_, verbs)| verbs);
    verbs.iter().find(|(name, _)| *name == verb).map_or(&[], |(_, examples)| examples)
}

/// As `--help` shows them.
pub fn text(examples: &[Example]) -> String {
    let mut text = String::from("Examples:");
    for (purpose, command) in examples {
        text.push_str(&format!("\n  # {purpose}\n  {}", lines(command).join("\n  ")));
    }
    text
}

/// A command as it fits a terminal of 80 columns: a long one goes on behind a backslash, as shells read it.
pub fn lines(command: &str) -> Vec<String> {
    const WIDTH: usize = 64;
    let mut lines = vec![super::PROGRAM.to_owned()];
    for (at, part) in command.split(" --").enumerate() {
        let part = if at == 0 { format!(" {part}") } else { format!(" --{part}") };
        match lines.last_mut() {
            Some(line) if line.len() + part.len() <= WIDTH => line.push_str(&part),
            Some(line) => {
                line.push_str(" \\");
                lines.push(format!("   {part}"));
            }
            None => {}
        }
    }
    lines
}

type Verbs = &'static [(&'static str, &'static [Example])];

#[rustfmt::skip]
static ALL: &[(&str, Verbs)] = &[
    ("help", &[("", &[("The same as `job run --help`", "help job run"), ("Of a noun", "help job")])]),
    ("list", &[("", &[("What can be done with a noun", "list job"), ("All commands, one a line", "list --raw")])]),
    ("application", &[
        ("list", &[
            ("All applications as a table", "application list"),
            ("Two fields of the newest ten, for a program", "application list --order=D --limit=10 --fields=id,name --format=json"),
        ]),
        ("get", &[
            ("By its name", "application get Reminder"),
            ("One field of application 1", "application get 1 --fields=ociimage"),
        ]),
        ("create", &[
            ("An application that runs a program of this machine", "application create --name=Uptime --executable=/usr/bin/uptime"),
            ("One that runs in a container", "application create --name=Probe --executable=/bin/probe --ociimage=registry.example.org/probe:1"),
        ]),
        ("update", &[
            ("Another image", "application update Reminder --ociimage=registry.example.org/reminder:2"),
            ("Another chart than its definition's", "application update Reminder --helmchart=oci://registry.example.org/charts/reminder"),
            ("By its id", "application update 1 --homepage=https://example.org/"),
        ]),
        ("delete", &[
            ("What would go", "application delete Spare --dry-run"),
            ("Delete it", "application delete Spare"),
        ]),
        ("import-json", &[
            ("From its definition; importing it again updates it", "application import-json --file=reminder.multiflexi.app.json"),
            ("All of a folder", "application import-json ."),
            ("What another program writes", "application import-json --file=- < reminder.multiflexi.app.json"),
        ]),
        ("export-json", &[
            ("Into a file", "application export-json Reminder --file=reminder.json"),
            ("Into a pipe", "application export-json Reminder --file=- | grep uuid"),
        ]),
        ("remove-json", &[
            ("What would go", "application remove-json --file=spare.multiflexi.app.json --dry-run"),
            ("Delete the application that the file describes", "application remove-json --file=spare.multiflexi.app.json"),
        ]),
        ("validate-json", &[
            ("Every violation is told", "application validate-json --file=reminder.multiflexi.app.json"),
            ("All of a folder", "application validate-json ."),
        ]),
        ("show-config", &[
            ("The variables that its runtemplates may set", "application show-config Reminder"),
            ("Their names and defaults", "application show-config Reminder --fields=keyname,defval --format=csv"),
        ]),
    ]),
    ("company", &[
        ("list", &[
            ("All companies", "company list"),
            ("For a program", "company list --fields=id,slug --format=json"),
        ]),
        ("get", &[
            ("By its slug", "company get acme"),
            ("By its id", "company get 1 --format=json"),
        ]),
        ("create", &[
            ("A company", "company create --name='Gamma Ltd' --slug=gamma --email=office@gamma.example"),
            ("Its id, for a script", "company create --name=Delta --slug=delta --format=json"),
        ]),
        ("update", &[
            ("Another address", "company update acme --email=office@acme.example"),
            ("Switch it off", "company update acme --enabled=0"),
        ]),
        ("remove", &[
            ("What would go", "company remove spare --dry-run"),
            ("Remove it without a question", "company remove spare --yes"),
        ]),
        ("env-list", &[
            ("Variables that all jobs of a company get; secrets are masked", "company env list --company=acme"),
            ("For a program", "company env list --company=acme --format=json"),
        ]),
        ("env-set", &[
            ("Two variables", "company env set --company=acme --env=CURRENCY=CZK --env=LANG=cs_CZ.UTF-8"),
            ("A secret that no list of processes shows", "company env set --company=acme --env=API_TOKEN=- < secret.txt"),
        ]),
        ("env-unset", &[
            ("What would go", "company env unset --company=acme --name=CURRENCY --dry-run"),
            ("Take it away", "company env unset --company=acme --name=CURRENCY"),
        ]),
    ]),
    ("company-app", &[
        ("list", &[
            ("Which applications a company uses", "company-app list --company=acme"),
            ("Which companies use an application", "company-app list --app=Reminder --fields=company_slug"),
        ]),
        ("assign", &[
            ("Give a company an application", "company-app assign --company=beta --app=Reminder"),
            ("By their ids", "company-app assign --company_id=2 --app_id=1"),
        ]),
        ("unassign", &[
            ("What would go, jobs included", "company-app unassign --company=acme --app=Reminder --dry-run"),
            ("Take it away", "company-app unassign --company=acme --app=Reminder --yes"),
        ]),
    ]),
    ("runtemplate", &[
        ("list", &[
            ("All runtemplates", "runtemplate list"),
            ("Those of a company", "runtemplate list --company=acme --fields=id,name,next_schedule"),
            ("Active ones whose last run failed", "runtemplate list --state=failed --active"),
        ]),
        ("get", &[
            ("By its name", "runtemplate get nightly"),
            ("The command that makes it in another database", "runtemplate get nightly --export"),
        ]),
        ("create", &[
            ("Each day at six", "runtemplate create --app=Reminder --company=acme --name=daily --interv=c --cron='0 6 * * *'"),
            ("In Kubernetes, by hand only", "runtemplate create --app=Reminder --company=acme --name=probe --executor=Kubernetes --config=MODE=fast"),
        ]),
        ("update", &[
            ("Another setting", "runtemplate update nightly --config=MODE=fast"),
            ("Each Monday at 4:30", "runtemplate update nightly --interv=c --cron='30 4 * * 1'"),
            ("Daily from the next midnight on, not at once for the last one", "runtemplate update nightly --interv=d --from=next"),
            ("Switch it off", "runtemplate update nightly --active=0"),
        ]),
        ("delete", &[
            ("What would go, jobs included", "runtemplate delete nightly --dry-run"),
            ("Delete it without a question", "runtemplate delete nightly --yes"),
        ]),
        ("schedule", &[
            ("As soon as the queue is run", "runtemplate schedule nightly"),
            ("Tomorrow at six, with another setting", "runtemplate schedule nightly --schedule_time='tomorrow 6:00' --config=MODE=fast"),
        ]),
        ("run", &[
            ("Here and now", "runtemplate run nightly"),
            ("With another setting, and no longer than 15 minutes", "runtemplate run nightly --config=MODE=fast --timeout=15m"),
        ]),
        ("clone", &[
            ("A copy that is not active yet", "runtemplate clone nightly --new_name='nightly of beta'"),
            ("The same of runtemplate 1", "runtemplate clone 1 --name='nightly of beta'"),
        ]),
        ("stale", &[
            ("What should have run more than six hours ago", "runtemplate stale"),
            ("More than one hour ago", "runtemplate stale --tolerance-hours=1"),
        ]),
        ("assign-credential", &[
            ("Its jobs get the credential's values", "runtemplate assign-credential nightly --credential_id=1"),
            ("By its id", "runtemplate assign-credential 1 --credential_id=1"),
        ]),
        ("unassign-credential", &[
            ("They get them no longer", "runtemplate unassign-credential weekly --credential_id=1"),
            ("What would be taken", "runtemplate unassign-credential weekly --credential_id=1 --dry-run"),
        ]),
        ("stats", &[
            ("How often and how long each ran", "runtemplate stats"),
            ("One of them since yesterday, for a program", "runtemplate stats nightly --since=yesterday --format=json"),
        ]),
        ("list-credentials", &[
            ("Which credentials it has", "runtemplate list-credentials weekly"),
            ("For a program", "runtemplate list-credentials weekly --format=json"),
        ]),
    ]),
    ("job", &[
        ("list", &[
            ("The newest twenty", "job list --order=D --limit=20"),
            ("What failed last night and why", "job list --since='yesterday 22:00' --state=failed"),
            ("What ended with exit code 3, the longest ago first", "job list --app=Reminder --exit-code=3 --sort=begin"),
            ("What failed", "job list --status=failed --fields=id,runtemplate_id,begin,exitcode"),
            ("What runs, for a program", "job list --status=running --format=json"),
        ]),
        ("get", &[
            ("Its record with the end of its output", "job get 1"),
            ("With its command and variables", "job get 1 -v"),
            ("Its exit code alone", "job get 1 --fields=exitcode --format=json"),
        ]),
        ("status", &[
            ("How many jobs there are of each state", "job status"),
            ("For a monitor", "job status --format=json"),
        ]),
        ("create", &[
            ("A job that is not in the queue, to be run by hand", "job create --runtemplate_id=1 --scheduled=now"),
            ("For tomorrow morning", "job create --runtemplate_id=1 --scheduled='tomorrow 06:00'"),
        ]),
        ("update", &[
            ("Later", "job update 3 --scheduled='+2 hours'"),
            ("For tonight", "job update 3 --scheduled='today 22:00'"),
        ]),
        ("delete", &[
            ("What would go", "job delete 1 --dry-run"),
            ("Delete it", "job delete 1"),
            ("One that began and whose runner died", "job delete 3 --force"),
        ]),
        ("output", &[
            ("What it printed", "job output 1"),
            ("Its errors alone", "job output 2 --stderr"),
            ("Its last ten lines", "job output 1 --tail=10"),
            ("As it is printed, to its end, with its exit code", "job logs 1 --follow --exit-status"),
        ]),
        ("wait", &[
            ("In a script: 0 where it succeeds, no longer than an hour", "job wait 1 --timeout=1h"),
            ("Its own exit code", "job wait 1 --exit-status"),
        ]),
        ("cancel", &[
            ("Whether it waits or runs", "job cancel 3"),
            ("What would be cancelled", "job cancel 3 --dry-run"),
            ("Without a question", "job cancel 3 --yes"),
        ]),
        ("retry", &[
            ("A new job like one that ended", "job retry 2"),
            ("In an hour", "job retry 2 --schedule_time='+1 hour'"),
        ]),
        ("cleanup", &[
            ("What would go", "job cleanup --older-than=90d --dry-run"),
            ("Keep what failed", "job cleanup --older-than=30d --keep-failed"),
        ]),
        ("recover", &[
            ("A result that the database did not take; the next `queue run` does so too", "job recover ~/.local/state/multiflexi/recovery/job-7.json"),
            ("One that another state folder keeps", "job recover /var/lib/multiflexi/recovery/job-7.json"),
        ]),
        ("run", &[
            ("Here and now, with the job's own exit code", "job run 3"),
            ("For no longer than 15 minutes", "job run 3 --timeout=15m"),
            ("In another cluster", "job run 3 --context=staging"),
        ]),
    ]),
    ("queue", &[
        ("overview", &[
            ("How much waits, and how much is due", "queue overview"),
            ("For a monitor", "queue overview --format=json"),
        ]),
        ("list", &[
            ("What waits, in order", "queue list"),
            ("The next five", "queue list --limit=5 --format=json"),
            ("What of a company is due within a day", "queue list --company=acme --until='+1 day'"),
        ]),
        ("fill", &[
            ("What would be made", "queue fill --dry-run"),
            ("Make the jobs whose moment has come", "queue fill"),
        ]),
        ("run", &[
            ("For cron, each minute: fill the queue, then run it", "queue run --fill -q --parallel=4"),
            ("As a service, until a signal comes", "queue run --watch --parallel=4"),
            ("Those of one company", "queue run --company=acme"),
        ]),
        ("fix", &[
            ("What is broken", "queue fix --dry-run"),
            ("Mend it", "queue fix"),
        ]),
        ("truncate", &[
            ("How much would go", "queue truncate --dry-run"),
            ("Empty it", "queue truncate --yes"),
        ]),
    ]),
    ("task", &[
        ("status", &[
            ("How many tasks there are of each state", "task status"),
            ("For a monitor", "task status --format=json"),
        ]),
        ("list", &[
            ("All windows of a runtemplate", "task list --runtemplate_id=2"),
            ("Those that failed", "task list --state=failed --format=json"),
        ]),
        ("get", &[
            ("A window with the jobs that were made for it", "task get 1 --with-jobs"),
            ("Its state, for a program", "task get 1 --fields=state --format=json"),
        ]),
    ]),
    ("artifact", &[
        ("list", &[
            ("What a job left behind", "artifact list --job_id=1"),
            ("For a program", "artifact list --job_id=1 --fields=id,filename --format=json"),
        ]),
        ("get", &[
            ("Its record", "artifact get 1 --fields=filename,content_type"),
            ("All of it, for a program", "artifact get 1 --format=json"),
        ]),
        ("save", &[
            ("Under its own name, here", "artifact save 1 --file=report.txt"),
            ("To another program", "artifact save 1 --file=-"),
        ]),
    ]),
    ("credential", &[
        ("list", &[
            ("All credentials", "credential list"),
            ("Of one company", "credential list --fields=id,name,company_id --format=csv"),
        ]),
        ("get", &[
            ("Its secrets masked", "credential get mail"),
            ("One field", "credential get 1 --fields=name"),
        ]),
        ("create", &[
            ("A credential with its values", "credential create --company=acme --name='mail of acme' --credential-type-id=1 --field=MAIL_HOST=mail.example.org"),
            ("A value out of a file, which no list of processes shows", "credential create --company=acme --name=filed --credential-type-id=1 --field=MAIL_HOST=@secret.txt"),
        ]),
        ("update", &[
            ("Another value", "credential update mail --field=MAIL_HOST=smtp.example.org"),
            ("Another name", "credential update mail --name='mail of Acme'"),
        ]),
        ("remove", &[
            ("What would go", "credential remove mail --dry-run"),
            ("Remove it", "credential remove spare"),
        ]),
        ("encrypt-existing", &[
            ("How many are stored in clear", "credential encrypt-existing --dry-run"),
            ("Encrypt them", "credential encrypt-existing"),
        ]),
    ]),
    ("credential-type", &[
        ("list", &[
            ("All credential types", "credential-type list"),
            ("For a program", "credential-type list --fields=id,name,prototype --format=json"),
        ]),
        ("get", &[
            ("By its id", "credential-type get 1"),
            ("Two fields", "credential-type get 1 --fields=name,uuid"),
        ]),
        ("create", &[
            ("Set a prototype up for a company", "credential-type create --company=acme --class=Mail"),
            ("Under a name of its own", "credential-type create --company=acme --class=Mail --name='Mail of acme'"),
        ]),
        ("update", &[
            ("Another name", "credential-type update 1 --name='Mail of acme'"),
            ("By its id, for a program", "credential-type update --id=1 --name=Mail --format=json"),
        ]),
        ("delete", &[
            ("What would go", "credential-type delete 2 --dry-run"),
            ("Delete it", "credential-type delete 2"),
        ]),
        ("import-json", &[
            ("From its definition", "credential-type import-json --file=mail.credtype.json"),
            ("Out of a pipe", "credential-type import-json - < mail.credtype.json"),
        ]),
        ("validate-json", &[
            ("Every violation is told", "credential-type validate-json --file=mail.credtype.json"),
            ("For a program", "credential-type validate-json mail.credtype.json --format=json"),
        ]),
    ]),
    ("credential-prototype", &[
        ("list", &[
            ("What kinds there are", "credential-prototype list --fields=id,code,name"),
            ("For a program", "credential-prototype list --fields=code --format=json"),
        ]),
        ("get", &[
            ("With its fields", "credential-prototype get Mail"),
            ("One field", "credential-prototype get Mail --fields=uuid"),
        ]),
        ("create", &[
            ("A kind of credential", "credential-prototype create --code=Fax --name=Fax"),
            ("With its record", "credential-prototype create --code=Sms --name=SMS --description='A gateway' -v"),
        ]),
        ("update", &[
            ("Another name", "credential-prototype update Mail --name='E-mail'"),
            ("Another version", "credential-prototype update Mail --prototype-version=1.1"),
        ]),
        ("delete", &[
            ("What would go", "credential-prototype delete Spare --dry-run"),
            ("Delete it", "credential-prototype delete Spare"),
        ]),
        ("import-json", &[
            ("From its definition", "credential-prototype import-json --file=mail.credprototype.json"),
            ("All of a folder", "credential-prototype import-json prototypes"),
        ]),
        ("export-json", &[
            ("Into a file", "credential-prototype export-json Mail --file=mail.json"),
            ("Into a pipe", "credential-prototype export-json Mail --file=- | grep code"),
        ]),
        ("validate-json", &[
            ("Every violation is told", "credential-prototype validate-json --file=mail.credprototype.json"),
            ("All of a folder", "credential-prototype validate-json prototypes"),
        ]),
        ("sync", &[
            ("All definitions of a folder", "credential-prototype sync --directory=prototypes"),
            ("The built-in ones, and those that are installed", "credential-prototype sync"),
        ]),
    ]),
    ("encryption", &[
        ("status", &[
            ("Whether secrets are encrypted, and whether the master key fits", "encryption status"),
            ("For a program", "encryption status --format=json"),
        ]),
        ("init", &[
            ("Make the key, with ENCRYPTION_MASTER_KEY set", "encryption init"),
            ("A new version; older values stay readable", "encryption init --force"),
        ]),
    ]),
    ("user", &[
        ("list", &[
            ("All users", "user list"),
            ("Their logins, for a program", "user list --fields=id,login --format=json"),
        ]),
        ("get", &[
            ("By their login", "user get jane"),
            ("One field", "user get 2 --fields=email"),
        ]),
        ("create", &[
            ("A user", "user create --login=john --email=john@example.org --firstname=John"),
            ("With a password that is asked for, or comes from a pipe", "user create --login=jim --email=jim@example.org --plaintext=- < secret.txt"),
        ]),
        ("update", &[
            ("Another address", "user update jane --email=jane@example.com"),
            ("They may log in no longer", "user update jane --enabled=0"),
        ]),
        ("delete", &[
            ("What would go", "user delete jane --dry-run"),
            ("Delete them", "user delete jane"),
        ]),
    ]),
    ("token", &[
        ("list", &[
            ("All tokens, their values masked", "token list"),
            ("Whose they are, for a program", "token list --fields=id,user_id --format=json"),
        ]),
        ("get", &[
            ("Whose it is", "token get 1"),
            ("Until when it is good", "token get 1 --fields=until"),
        ]),
        ("create", &[
            ("Its value is shown this once", "token create --user=2"),
            ("One that comes from a file, which no list of processes shows", "token create --user=2 --token=@secret.txt"),
        ]),
        ("generate", &[
            ("A random one", "token generate --user=2"),
            ("For a program", "token generate --user=2 --format=json"),
        ]),
        ("update", &[
            ("Give it to another user", "token update 1 --user=2"),
            ("A new value, out of a pipe", "token update 1 --token=- < secret.txt"),
        ]),
        ("delete", &[
            ("What would go", "token delete 1 --dry-run"),
            ("Delete it", "token delete 1"),
        ]),
    ]),
    ("user-company", &[
        ("list", &[
            ("Who works for Acme, and as what", "user-company list --company=acme"),
            ("For whom Joan works", "user-company list --login=joan"),
        ]),
        ("assign", &[
            ("Jane works for Acme", "user-company assign --company=acme --login=jane --role=editor"),
            ("Another role", "user-company assign --company=acme --login=joan --role=admin"),
        ]),
        ("unassign", &[
            ("No longer", "user-company unassign --company=acme --login=joan"),
            ("Who would be taken", "user-company unassign --company=acme --login=joan --dry-run"),
        ]),
    ]),
    ("user-role", &[
        ("list", &[
            ("Jane's roles", "user-role list --login=jane"),
            ("Everybody's", "user-role list --format=json"),
        ]),
        ("set", &[
            ("Two roles in place of all others", "user-role set --login=jane --roles=admin,viewer"),
            ("Beside those that there are", "user-role set --login=jane --roles=viewer --replace=0"),
        ]),
    ]),
    ("user-erasure", &[
        ("list", &[
            ("What waits for approval", "user-erasure list --status=pending"),
            ("All, for a program", "user-erasure list --format=json"),
        ]),
        ("create", &[
            ("Asks first on a terminal; --force does not", "user-erasure create --user-login=jane --deletion-type=anonymize --reason='as requested' --force"),
            ("All that is known of them goes", "user-erasure create --user-login=jane --deletion-type=hard --force"),
        ]),
        ("approve", &[
            ("With a note", "user-erasure approve 1 --notes='checked' --force"),
            ("Asks first on a terminal", "user-erasure approve --request-id=1 --force"),
        ]),
        ("reject", &[
            ("With a reason", "user-erasure reject 1 --reason='not their own' --force"),
            ("By its option", "user-erasure reject --request-id=1 --reason=withdrawn --force"),
        ]),
        ("process", &[
            ("Whose data would go", "user-erasure process 2 --dry-run"),
            ("Erase it", "user-erasure process 2"),
        ]),
        ("audit", &[
            ("What was done", "user-erasure audit 2"),
            ("Into a file", "user-erasure audit 2 --export-audit=erasure.json"),
        ]),
        ("cleanup", &[
            ("How much would go", "user-erasure cleanup --dry-run"),
            ("Delete what is older than seven years", "user-erasure cleanup"),
        ]),
    ]),
    ("event-source", &[
        ("list", &[
            ("All event sources", "event-source list"),
            ("For a program", "event-source list --fields=id,name,enabled --format=json"),
        ]),
        ("get", &[
            ("By its name", "event-source get changes"),
            ("How far it was read", "event-source get 1 --fields=last_processed_id"),
        ]),
        ("create", &[
            ("A database with a table of changes", "event-source create --name=orders --adapter_type=abraflexi-webhook-acceptor --db_database=webhooks --db_host=db.example.org"),
            ("With a password that comes from a file", "event-source create --name=stock --adapter_type=abraflexi-webhook-acceptor --db_database=webhooks --db_password=@secret.txt"),
        ]),
        ("update", &[
            ("Ask it more seldom", "event-source update changes --poll_interval=300"),
            ("Switch it off", "event-source update changes --enabled=0"),
        ]),
        ("remove", &[
            ("What would go", "event-source remove spare --dry-run"),
            ("Remove it", "event-source remove spare"),
        ]),
        ("test", &[
            ("Can it be reached?", "event-source test changes"),
            ("For a monitor", "event-source test 1 --format=json"),
        ]),
    ]),
    ("event-rule", &[
        ("list", &[
            ("All rules of a source", "event-rule list --event_source_id=1"),
            ("For a program", "event-rule list --format=json"),
        ]),
        ("get", &[
            ("By its id", "event-rule get 1"),
            ("What it hands on", "event-rule get 1 --fields=env_mapping"),
        ]),
        ("create", &[
            ("A changed invoice starts a runtemplate, with its number", "event-rule create --event_source_id=1 --runtemplate_id=1 --evidence=faktura-vydana --operation=update --env_mapping='{\"INVOICE\": \"$.kod\"}'"),
            ("Whatever changes", "event-rule create --event_source_id=1 --runtemplate_id=1"),
        ]),
        ("update", &[
            ("Switch it off", "event-rule update 1 --enabled=0"),
            ("Before others", "event-rule update 1 --priority=10"),
        ]),
        ("remove", &[
            ("What would go", "event-rule remove 1 --dry-run"),
            ("Remove it", "event-rule remove 1"),
        ]),
    ]),
    ("database", &[
        ("status", &[
            ("Which database, and what it lacks", "database status"),
            ("For a program", "database status --format=json"),
        ]),
        ("migrate", &[
            ("What would be done", "database migrate --dry-run"),
            ("Make what is missing", "database migrate"),
        ]),
        ("check", &[
            ("What does not agree, and what mends it", "database check"),
            ("For a program", "database check --format=json"),
        ]),
        ("repair", &[
            ("What would be mended", "database repair --dry-run"),
            ("Mend it", "database repair"),
        ]),
        ("backup", &[
            ("A copy of the SQLite file, while others write", "database backup multiflexi-backup.sqlite3"),
            ("With the day in its name", "database backup backup-$(date +%F).sqlite3"),
        ]),
        ("copy", &[
            ("From one database into another, of any kind", "database copy --from=sqlite.env --to=server.env"),
            ("For a program: each table with its rows", "database copy --from=sqlite.env --to=server.env --format=json"),
        ]),
    ]),
    ("status", &[
        ("", &[
            ("The program, the database and the encryption", "status"),
            ("For a monitor", "status --format=json"),
        ]),
    ]),
    ("doctor", &[
        ("", &[
            ("What is wrong here, and what mends it", "doctor"),
            ("Only what is not as it should be", "doctor -q"),
            ("For a program", "doctor --format=json"),
        ]),
    ]),
    ("prune", &[
        ("", &[
            ("What would go", "prune --jobs --logs --keep=1000 --dry-run"),
            ("Keep the newest 1000 jobs", "prune --jobs --keep=1000"),
        ]),
    ]),
    ("telemetry", &[
        ("test", &[
            ("Send test metrics to a collector", "telemetry test --endpoint=http://127.0.0.1:4318"),
            ("To the collector of the settings", "telemetry test"),
        ]),
    ]),
    ("describe", &[
        ("", &[
            ("All commands with their options, for a program", "describe"),
            ("As YAML, for eyes", "describe --format=yaml"),
        ]),
    ]),
    ("completion", &[
        ("", &[
            ("For bash, now", "completion bash > ~/.bash_completion"),
            ("For fish, from now on", "completion fish > multiflexi-cli.fish"),
        ]),
    ]),
];

#[cfg(test)]
mod tests {
    use crate::commands::registry;

    #[test]
    fn each_command_has_two_examples() {
        for noun in registry::ALL.iter().filter(|noun| !noun.is_hidden()) {
            for verb in noun.verbs {
                assert!(
                    super::for_verb(noun.name, verb.name).len() >= 2,
                    "{} {} has not two examples",
                    noun.name,
                    verb.name
                );
            }
        }
    }
}
