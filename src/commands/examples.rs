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
    let mut breaks: Vec<usize> =
        [" --", " > "].iter().flat_map(|mark| command.match_indices(mark)).map(|(at, _)| at).collect();
    breaks.sort_unstable();
    let begins = std::iter::once(0).chain(breaks.iter().copied());
    let ends = breaks.iter().copied().chain([command.len()]);
    for (begin, end) in begins.zip(ends) {
        let part = format!(" {}", command[begin..end].trim_start());
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
            ("Two fields of the newest ten, for a script", "application list --order=D --limit=10 --fields=id,name --format=json"),
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
            ("Use another image", "application update Reminder --ociimage=registry.example.org/reminder:2"),
            ("Use another chart than the definition's", "application update Reminder --helmchart=oci://registry.example.org/charts/reminder"),
            ("By its id", "application update 1 --homepage=https://example.org/"),
        ]),
        ("delete", &[
            ("Show what would be deleted", "application delete Spare --dry-run"),
            ("Delete it", "application delete Spare"),
        ]),
        ("import-json", &[
            ("From its definition; importing it again updates it", "application import-json --file=reminder.multiflexi.app.json"),
            ("All files of a folder", "application import-json ."),
            ("From another program", "application import-json --file=- < reminder.multiflexi.app.json"),
        ]),
        ("export-json", &[
            ("To a file", "application export-json Reminder --file=reminder.json"),
            ("To a pipe", "application export-json Reminder --file=- | grep uuid"),
        ]),
        ("remove-json", &[
            ("Show what would be deleted", "application remove-json --file=spare.multiflexi.app.json --dry-run"),
            ("Delete the application that the file describes", "application remove-json --file=spare.multiflexi.app.json"),
        ]),
        ("validate-json", &[
            ("Show every violation", "application validate-json --file=reminder.multiflexi.app.json"),
            ("All files of a folder", "application validate-json ."),
        ]),
        ("show-config", &[
            ("The variables that its runtemplates may set", "application show-config Reminder"),
            ("Only names and defaults, as CSV", "application show-config Reminder --fields=keyname,defval --format=csv"),
        ]),
    ]),
    ("company", &[
        ("list", &[
            ("All companies", "company list"),
            ("For a script", "company list --fields=id,slug --format=json"),
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
            ("Change the e-mail address", "company update acme --email=office@acme.example"),
            ("Mark it as not enabled; its jobs run all the same", "company update acme --enabled=0"),
        ]),
        ("remove", &[
            ("Show what would be deleted", "company remove spare --dry-run"),
            ("Remove it without a question", "company remove spare --yes"),
        ]),
        ("env-list", &[
            ("All variables; secrets are masked", "company env list --company=acme"),
            ("For a script", "company env list --company=acme --format=json"),
        ]),
        ("env-set", &[
            ("Two variables", "company env set --company=acme --env=CURRENCY=CZK --env=LANG=cs_CZ.UTF-8"),
            ("A secret, kept out of the process list", "company env set --company=acme --env=API_TOKEN=- < secret.txt"),
        ]),
        ("env-unset", &[
            ("Show what would be deleted", "company env unset --company=acme --name=CURRENCY --dry-run"),
            ("Remove it", "company env unset --company=acme --name=CURRENCY"),
        ]),
    ]),
    ("company-app", &[
        ("list", &[
            ("Which applications a company uses", "company-app list --company=acme"),
            ("Which companies use an application", "company-app list --app=Reminder --fields=company_slug"),
        ]),
        ("assign", &[
            ("Assign an application to a company", "company-app assign --company=beta --app=Reminder"),
            ("By their ids", "company-app assign --company_id=2 --app_id=1"),
        ]),
        ("unassign", &[
            ("Show what would be deleted, jobs included", "company-app unassign --company=acme --app=Reminder --dry-run"),
            ("Remove it", "company-app unassign --company=acme --app=Reminder --yes"),
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
            ("The command that creates it in another database", "runtemplate get nightly --export"),
        ]),
        ("create", &[
            ("Each day at six", "runtemplate create --app=Reminder --company=acme --name=daily --interv=c --cron='0 6 * * *'"),
            ("In Kubernetes, by hand only", "runtemplate create --app=Reminder --company=acme --name=probe --executor=Kubernetes --config=MODE=fast"),
        ]),
        ("update", &[
            ("Change a variable", "runtemplate update nightly --config=MODE=fast"),
            ("Each Monday at 4:30", "runtemplate update nightly --interv=c --cron='30 4 * * 1'"),
            ("Daily, beginning with the next midnight instead of at once", "runtemplate update nightly --interv=d --from=next"),
            ("Switch it off", "runtemplate update nightly --active=0"),
        ]),
        ("delete", &[
            ("Show what would be deleted, jobs included", "runtemplate delete nightly --dry-run"),
            ("Delete it without a question", "runtemplate delete nightly --yes"),
        ]),
        ("schedule", &[
            ("As soon as the queue is run", "runtemplate schedule nightly"),
            ("Tomorrow at six, with another value of a variable", "runtemplate schedule nightly --schedule_time='tomorrow 6:00' --config=MODE=fast"),
        ]),
        ("run", &[
            ("Here and now", "runtemplate run nightly"),
            ("With another value of a variable, and for 15 minutes at most", "runtemplate run nightly --config=MODE=fast --timeout=15m"),
        ]),
        ("clone", &[
            ("An inactive copy", "runtemplate clone nightly --new_name='nightly of beta'"),
            ("The same, by id", "runtemplate clone 1 --name='nightly of beta'"),
        ]),
        ("stale", &[
            ("What should have run more than six hours ago", "runtemplate stale"),
            ("More than one hour ago", "runtemplate stale --tolerance-hours=1"),
        ]),
        ("assign-credential", &[
            ("Give its jobs the values of a credential", "runtemplate assign-credential nightly --credential_id=1"),
            ("By its id", "runtemplate assign-credential 1 --credential_id=1"),
        ]),
        ("unassign-credential", &[
            ("Remove it again", "runtemplate unassign-credential weekly --credential_id=1"),
            ("Show what would be removed", "runtemplate unassign-credential weekly --credential_id=1 --dry-run"),
        ]),
        ("stats", &[
            ("Success rates and durations of all", "runtemplate stats"),
            ("One runtemplate since yesterday, for a script", "runtemplate stats nightly --since=yesterday --format=json"),
        ]),
        ("list-credentials", &[
            ("Its credentials", "runtemplate list-credentials weekly"),
            ("For a script", "runtemplate list-credentials weekly --format=json"),
        ]),
    ]),
    ("job", &[
        ("list", &[
            ("The newest twenty", "job list --order=D --limit=20"),
            ("What failed last night and why", "job list --since='yesterday 22:00' --state=failed"),
            ("What ended with exit code 3, oldest first", "job list --app=Reminder --exit-code=3 --sort=begin"),
            ("What failed", "job list --status=failed --fields=id,runtemplate_id,begin,exitcode"),
            ("What is running, for a script", "job list --status=running --format=json"),
        ]),
        ("get", &[
            ("Its record with the end of its output", "job get 1"),
            ("With its command and variables", "job get 1 -v"),
            ("Only its exit code", "job get 1 --fields=exitcode --format=json"),
        ]),
        ("status", &[
            ("Number of jobs in each state", "job status"),
            ("For a monitor", "job status --format=json"),
        ]),
        ("create", &[
            ("A job outside the queue, to be run by hand", "job create --runtemplate_id=1 --scheduled=now"),
            ("Its id, for a script", "job create --runtemplate_id=1 --scheduled=now --format=json"),
        ]),
        ("update", &[
            ("Two hours from now", "job update 3 --scheduled='+2 hours'"),
            ("For tonight", "job update 3 --scheduled='today 22:00'"),
        ]),
        ("delete", &[
            ("Show what would be deleted", "job delete 1 --dry-run"),
            ("Delete it", "job delete 1"),
            ("A job whose runner died", "job delete 3 --force"),
        ]),
        ("output", &[
            ("What it printed to stdout", "job output 1"),
            ("Only its stderr", "job output 2 --stderr"),
            ("Its last ten lines", "job output 1 --tail=10"),
            ("Follow it to its end, and exit with its exit code", "job logs 1 --follow --exit-status"),
        ]),
        ("wait", &[
            ("In a script: 0 if it succeeds within an hour", "job wait 1 --timeout=1h"),
            ("Exit with its exit code", "job wait 1 --exit-status"),
        ]),
        ("cancel", &[
            ("A job that waits or runs", "job cancel 3"),
            ("Show what would be cancelled", "job cancel 3 --dry-run"),
            ("Without a question", "job cancel 3 --yes"),
        ]),
        ("retry", &[
            ("Try it again", "job retry 2"),
            ("In an hour", "job retry 2 --schedule_time='+1 hour'"),
        ]),
        ("cleanup", &[
            ("Show what would be deleted", "job cleanup --older-than=90d --dry-run"),
            ("Keep jobs that failed", "job cleanup --older-than=30d --keep-failed"),
        ]),
        ("recover", &[
            ("A result that could not be saved (the next `queue run` loads it, too)", "job recover ~/.local/state/multiflexi/recovery/job-7.json"),
            ("From another state folder", "job recover /var/lib/multiflexi/recovery/job-7.json"),
        ]),
        ("run", &[
            ("Here and now, with the job's own exit code", "job run 3"),
            ("For 15 minutes at most", "job run 3 --timeout=15m"),
            ("In another cluster", "job run 3 --context=staging"),
        ]),
    ]),
    ("queue", &[
        ("overview", &[
            ("How many jobs wait, and how many are due", "queue overview"),
            ("For a monitor", "queue overview --format=json"),
        ]),
        ("list", &[
            ("What waits, in order", "queue list"),
            ("The next five, for a script", "queue list --limit=5 --format=json"),
            ("What is due within a day for one company", "queue list --company=acme --until='+1 day'"),
        ]),
        ("fill", &[
            ("Show what would be created", "queue fill --dry-run"),
            ("Create the jobs whose time has come", "queue fill"),
        ]),
        ("run", &[
            ("For cron, each minute: fill the queue, then run it", "queue run --fill -q --parallel=4"),
            ("As a service, until a signal", "queue run --watch --parallel=4"),
            ("Only jobs of one company", "queue run --company=acme"),
        ]),
        ("fix", &[
            ("Show what is broken", "queue fix --dry-run"),
            ("Fix it", "queue fix"),
        ]),
        ("truncate", &[
            ("Show how much would be deleted", "queue truncate --dry-run"),
            ("Empty it", "queue truncate --yes"),
        ]),
    ]),
    ("task", &[
        ("status", &[
            ("Number of tasks in each state", "task status"),
            ("For a monitor", "task status --format=json"),
        ]),
        ("list", &[
            ("All windows of a runtemplate", "task list --runtemplate_id=2"),
            ("Those that failed", "task list --state=failed --format=json"),
        ]),
        ("get", &[
            ("A task with its attempts", "task get 1 --with-jobs"),
            ("Its state, for a program", "task get 1 --fields=state --format=json"),
        ]),
    ]),
    ("artifact", &[
        ("list", &[
            ("What a job left behind", "artifact list --job_id=1"),
            ("For a script", "artifact list --job_id=1 --fields=id,filename --format=json"),
        ]),
        ("get", &[
            ("Its record", "artifact get 1 --fields=filename,content_type"),
            ("With its content, for a script", "artifact get 1 --format=json"),
        ]),
        ("save", &[
            ("Under its own name, here", "artifact save 1 --file=report.txt"),
            ("To another program", "artifact save 1 --file=-"),
        ]),
    ]),
    ("credential", &[
        ("list", &[
            ("All credentials", "credential list"),
            ("With the company of each, as CSV", "credential list --fields=id,name,company_id --format=csv"),
        ]),
        ("get", &[
            ("Its secrets masked", "credential get mail"),
            ("One field", "credential get 1 --fields=name"),
        ]),
        ("create", &[
            ("A credential with its values", "credential create --company=acme --name='mail of acme' --credential-type-id=1 --field=MAIL_HOST=mail.example.org"),
            ("A value from a file, kept out of the process list", "credential create --company=acme --name=filed --credential-type-id=1 --field=MAIL_PASSWORD=@secret.txt"),
        ]),
        ("update", &[
            ("Change a value", "credential update mail --field=MAIL_HOST=smtp.example.org"),
            ("Change its name", "credential update mail --name='mail of Acme'"),
        ]),
        ("remove", &[
            ("Show what would be deleted", "credential remove mail --dry-run"),
            ("Remove it", "credential remove spare"),
        ]),
        ("encrypt-existing", &[
            ("Count the unencrypted values", "credential encrypt-existing --dry-run"),
            ("Encrypt them", "credential encrypt-existing"),
        ]),
    ]),
    ("credential-type", &[
        ("list", &[
            ("All credential types", "credential-type list"),
            ("For a script", "credential-type list --fields=id,name,prototype --format=json"),
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
            ("Change its name", "credential-type update 1 --name='Mail of acme'"),
            ("By its id, for a script", "credential-type update --id=1 --name=Mail --format=json"),
        ]),
        ("delete", &[
            ("Show what would be deleted", "credential-type delete 2 --dry-run"),
            ("Delete it", "credential-type delete 2"),
        ]),
        ("import-json", &[
            ("From its definition", "credential-type import-json --file=mail.credtype.json"),
            ("From a pipe", "credential-type import-json - < mail.credtype.json"),
        ]),
        ("validate-json", &[
            ("Show every violation", "credential-type validate-json --file=mail.credtype.json"),
            ("For a script", "credential-type validate-json mail.credtype.json --format=json"),
        ]),
    ]),
    ("credential-prototype", &[
        ("list", &[
            ("All prototypes", "credential-prototype list --fields=id,code,name"),
            ("For a script", "credential-prototype list --fields=code --format=json"),
        ]),
        ("get", &[
            ("With its fields", "credential-prototype get Mail"),
            ("One field", "credential-prototype get Mail --fields=uuid"),
        ]),
        ("create", &[
            ("A prototype", "credential-prototype create --code=Fax --name=Fax"),
            ("And show its record", "credential-prototype create --code=Sms --name=SMS --description='A gateway' -v"),
        ]),
        ("update", &[
            ("Change its name", "credential-prototype update Mail --name='E-mail'"),
            ("Change its version", "credential-prototype update Mail --prototype-version=1.1"),
        ]),
        ("delete", &[
            ("Show what would be deleted", "credential-prototype delete Spare --dry-run"),
            ("Delete it", "credential-prototype delete Spare"),
        ]),
        ("import-json", &[
            ("From its definition", "credential-prototype import-json --file=mail.credprototype.json"),
            ("All files of a folder", "credential-prototype import-json prototypes"),
        ]),
        ("export-json", &[
            ("To a file", "credential-prototype export-json Mail --file=mail.json"),
            ("To a pipe", "credential-prototype export-json Mail --file=- | grep code"),
        ]),
        ("validate-json", &[
            ("Show every violation", "credential-prototype validate-json --file=mail.credprototype.json"),
            ("All files of a folder", "credential-prototype validate-json prototypes"),
        ]),
        ("sync", &[
            ("All definitions of a folder", "credential-prototype sync --directory=prototypes"),
            ("The built-in and installed ones", "credential-prototype sync"),
        ]),
    ]),
    ("encryption", &[
        ("status", &[
            ("The state of the keys", "encryption status"),
            ("For a script", "encryption status --format=json"),
        ]),
        ("init", &[
            ("Create the key; ENCRYPTION_MASTER_KEY must be set", "encryption init"),
            ("Create a new version; older values stay readable", "encryption init --force"),
        ]),
    ]),
    ("user", &[
        ("list", &[
            ("All users", "user list"),
            ("Their logins, for a script", "user list --fields=id,login --format=json"),
        ]),
        ("get", &[
            ("By their login", "user get jane"),
            ("One field", "user get 2 --fields=email"),
        ]),
        ("create", &[
            ("A user", "user create --login=john --email=john@example.org --firstname=John"),
            ("With a password from a pipe (on a terminal, it asks)", "user create --login=jim --email=jim@example.org --plaintext=- < secret.txt"),
        ]),
        ("update", &[
            ("Change the e-mail address", "user update jane --email=jane@example.com"),
            ("Disable the login", "user update jane --enabled=0"),
        ]),
        ("delete", &[
            ("Show what would be deleted", "user delete jane --dry-run"),
            ("Delete them", "user delete jane"),
        ]),
    ]),
    ("token", &[
        ("list", &[
            ("All tokens, with masked values", "token list"),
            ("Whose they are, for a script", "token list --fields=id,user_id --format=json"),
        ]),
        ("get", &[
            ("Whose it is", "token get 1"),
            ("When it expires", "token get 1 --fields=until"),
        ]),
        ("create", &[
            ("A random one; its value is shown only once", "token create --user=2"),
            ("A value from a file, kept out of the process list", "token create --user=2 --token=@secret.txt"),
        ]),
        ("generate", &[
            ("A random one", "token generate --user=2"),
            ("For a script", "token generate --user=2 --format=json"),
        ]),
        ("update", &[
            ("Give it to another user", "token update 1 --user=2"),
            ("A new value, from a pipe", "token update 1 --token=- < secret.txt"),
        ]),
        ("delete", &[
            ("Show what would be deleted", "token delete 1 --dry-run"),
            ("Delete it", "token delete 1"),
        ]),
    ]),
    ("user-company", &[
        ("list", &[
            ("Who works for Acme, and as what", "user-company list --company=acme"),
            ("For whom Joan works", "user-company list --login=joan"),
        ]),
        ("assign", &[
            ("Assign Jane to Acme", "user-company assign --company=acme --login=jane --role=editor"),
            ("Another role", "user-company assign --company=acme --login=joan --role=admin"),
        ]),
        ("unassign", &[
            ("Unassign her", "user-company unassign --company=acme --login=joan"),
            ("Show what would be removed", "user-company unassign --company=acme --login=joan --dry-run"),
        ]),
    ]),
    ("user-role", &[
        ("list", &[
            ("Jane's roles", "user-role list --login=jane"),
            ("Everybody's", "user-role list --format=json"),
        ]),
        ("set", &[
            ("Two roles, instead of all others", "user-role set --login=jane --roles=admin,viewer"),
            ("One more role", "user-role set --login=jane --roles=viewer --replace=0"),
        ]),
    ]),
    ("user-erasure", &[
        ("list", &[
            ("What waits for approval", "user-erasure list --status=pending"),
            ("All, for a script", "user-erasure list --format=json"),
        ]),
        ("create", &[
            ("Without a question", "user-erasure create --user-login=jane --deletion-type=anonymize --reason='as requested' --force"),
            ("Delete the user and all their data", "user-erasure create --user-login=jane --deletion-type=hard --force"),
        ]),
        ("approve", &[
            ("With a note", "user-erasure approve 1 --notes='checked' --force"),
            ("By its option", "user-erasure approve --request-id=1 --force"),
        ]),
        ("reject", &[
            ("With a reason", "user-erasure reject 1 --reason='not their own' --force"),
            ("By its option", "user-erasure reject --request-id=1 --reason=withdrawn --force"),
        ]),
        ("process", &[
            ("Show whose data would be erased", "user-erasure process 2 --dry-run"),
            ("Erase the data", "user-erasure process 2"),
        ]),
        ("audit", &[
            ("What was done", "user-erasure audit 2"),
            ("To a file", "user-erasure audit 2 --export-audit=erasure.json"),
        ]),
        ("cleanup", &[
            ("Show how much would be deleted", "user-erasure cleanup --dry-run"),
            ("Delete what is older than seven years", "user-erasure cleanup"),
        ]),
    ]),
    ("event-source", &[
        ("list", &[
            ("All event sources", "event-source list"),
            ("For a script", "event-source list --fields=id,name,enabled --format=json"),
        ]),
        ("get", &[
            ("By its name", "event-source get changes"),
            ("How far it was read", "event-source get 1 --fields=last_processed_id"),
        ]),
        ("create", &[
            ("A database with a table of changes", "event-source create --name=orders --adapter_type=abraflexi-webhook-acceptor --db_database=webhooks --db_host=db.example.org"),
            ("With a password from a file", "event-source create --name=stock --adapter_type=abraflexi-webhook-acceptor --db_database=webhooks --db_password=@secret.txt"),
        ]),
        ("update", &[
            ("Poll it every five minutes", "event-source update changes --poll_interval=300"),
            ("Switch it off", "event-source update changes --enabled=0"),
        ]),
        ("remove", &[
            ("Show what would be deleted", "event-source remove spare --dry-run"),
            ("Remove it", "event-source remove spare"),
        ]),
        ("test", &[
            ("Check whether it can be reached", "event-source test changes"),
            ("For a monitor", "event-source test 1 --format=json"),
        ]),
    ]),
    ("event-rule", &[
        ("list", &[
            ("All rules of a source", "event-rule list --event_source_id=1"),
            ("For a script", "event-rule list --format=json"),
        ]),
        ("get", &[
            ("By its id", "event-rule get 1"),
            ("The variables it passes on", "event-rule get 1 --fields=env_mapping"),
        ]),
        ("create", &[
            ("Start a runtemplate when an invoice changes, and pass its number", "event-rule create --event_source_id=1 --runtemplate_id=1 --evidence=faktura-vydana --operation=update --env_mapping='{\"INVOICE\": \"$.kod\"}'"),
            ("Start it on any change", "event-rule create --event_source_id=1 --runtemplate_id=1"),
        ]),
        ("update", &[
            ("Switch it off", "event-rule update 1 --enabled=0"),
            ("Apply it before others", "event-rule update 1 --priority=10"),
        ]),
        ("remove", &[
            ("Show what would be deleted", "event-rule remove 1 --dry-run"),
            ("Remove it", "event-rule remove 1"),
        ]),
    ]),
    ("database", &[
        ("status", &[
            ("Which database, and what it lacks", "database status"),
            ("For a script", "database status --format=json"),
        ]),
        ("migrate", &[
            ("What would be done", "database migrate --dry-run"),
            ("Create what is missing", "database migrate"),
        ]),
        ("check", &[
            ("Show problems and how to fix them", "database check"),
            ("For a script", "database check --format=json"),
        ]),
        ("repair", &[
            ("Show what would be fixed", "database repair --dry-run"),
            ("Fix it", "database repair"),
        ]),
        ("backup", &[
            ("Copy the SQLite file", "database backup multiflexi-backup.sqlite3"),
            ("With the date in its name", "database backup backup-$(date +%F).sqlite3"),
        ]),
        ("copy", &[
            ("From one database to another, of any kind", "database copy --from=sqlite.env --to=server.env"),
            ("For a script, with the rows of each table", "database copy --from=sqlite.env --to=server.env --format=json"),
        ]),
    ]),
    ("status", &[
        ("", &[
            ("Everything, for people", "status"),
            ("For a monitor", "status --format=json"),
        ]),
    ]),
    ("doctor", &[
        ("", &[
            ("Check everything", "doctor"),
            ("Show only problems", "doctor -q"),
            ("For a script", "doctor --format=json"),
        ]),
    ]),
    ("prune", &[
        ("", &[
            ("Show what would be deleted", "prune --jobs --logs --keep=1000 --dry-run"),
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
            ("All commands with their options, as JSON", "describe"),
            ("As YAML", "describe --format=yaml"),
        ]),
    ]),
    ("completion", &[
        ("", &[
            ("For bash; the folder may have to be made first", "completion bash > ~/.local/share/bash-completion/completions/multiflexi-cli"),
            ("For fish", "completion fish > ~/.config/fish/completions/multiflexi-cli.fish"),
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
