//! Completion in the real shells, of commands, options and of what only the database knows.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use needs::needs;
use serde_json::json;

use crate::env::{Env, on_each_database, root};
use crate::pty::Pty;

/// What `_complete` offers behind these words, the last of which is being typed, with what it says of each.
fn offered(env: &Env, words: &[&str]) -> Vec<(String, String)> {
    let mut call = vec!["_complete".to_owned(), "-szsh".into(), "-a1".into(), format!("-c{}", words.len())];
    call.push("-imultiflexi-cli".into());
    call.extend(words.iter().map(|word| format!("--input={word}")));
    let call: Vec<&str> = call.iter().map(String::as_str).collect();
    let output = env.run(&call).ok();
    assert_eq!(output.stderr, "", "{words:?}");
    let pair = |line: &str| line.split_once('\t').map(|(value, about)| (value.to_owned(), about.to_owned()));
    output.stdout.lines().filter_map(pair).collect()
}

fn values(env: &Env, words: &[&str]) -> Vec<String> {
    offered(env, words).into_iter().map(|(value, _)| value).collect()
}

/// Two companies, an application with variables, two runtemplates, jobs of each state.
fn fill(env: &Env) {
    let mut definition = crate::env::definition("Reminder");
    crate::env::set_script(&mut definition, "test \"$MODE\" = good");
    definition["environment"] = json!({
        "MODE": {"type": "string", "description": "How to do it", "defval": "good", "required": false},
        "MORE": {"type": "string", "description": "Of it", "required": false},
        "LIMIT": {"type": "integer", "description": "No more", "required": false},
    });
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["company", "create", "--name=Beta Ltd", "--slug=beta"]).ok();
    env.run(&["company", "env", "set", "--company=acme", "--env=CURRENCY=CZK", "--env=LANG=cs"]).ok();
    for name in ["nightly", "nightly of Beta", "weekly"] {
        env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", &format!("--name={name}")]).ok();
    }
    env.run(&["runtemplate", "run", "nightly"]).ok();
    env.run(&["runtemplate", "run", "weekly", "--config=MODE=bad"]).exits(1);
    env.run(&["runtemplate", "schedule", "weekly", "--schedule_time=2031-01-01 06:00"]).ok();
}

/// The states of jobs but for `failed`.
const STATES: &str = "pending running success cancelled time_limit not_run lost";

on_each_database!(what_the_database_knows_is_offered, |env| {
    fill(env);
    let all = |words: &[&str]| values(env, words).join(" ");
    for (words, wanted) in [
        (&["company", "get", ""][..], "acme beta"),
        (&["company:get", "b"], "beta"),
        (&["company", "get", "--slug=a"], "--slug=acme"),
        (&["company", "get", "--id", ""], "2 1"),
        (&["job", "list", "--company=b"], "--company=beta"),
        (&["job", "list", "--company_id", ""], "2 1"),
        (&["job", "get", ""], "3 2 1"),
        (&["job:get", "2"], "2"),
        (&["job", "get", "--id=3"], "--id=3"),
        (&["job", "run", ""], "3"),
        (&["job", "retry", ""], "2 1"),
        (&["job", "cancel", "--id="], "--id=3"),
        (&["job", "get", "x"], ""),
        (&["run-template", "run", "ni"], "nightly nightly of Beta"),
        (&["runtemplate:run", "w"], "weekly"),
        (&["runt", "run", "w"], "weekly"),
        (&["runtemplate", "list", "--app=R"], "--app=Reminder"),
        (&["runtemplate", "schedule", "nightly", "--config=M"], "--config=MODE= --config=MORE="),
        (&["runtemplate", "update", "--id=1", "--config", ""], "LIMIT= MODE= MORE="),
        (&["runtemplate", "create", "--app=Reminder", "--config", "L"], "LIMIT="),
        (&["company", "env-set", "--company=acme", "--env="], "--env=CURRENCY= --env=LANG="),
        (&["company", "env", "unset", "--company=acme", "--name", "L"], "LANG"),
        (&["company", "list", "--fields=id,na"], "--fields=id,name"),
        (&["job", "list", "--order", "exi"], "exitcode"),
        (&["runtemplate", "create", "--executor=Ku"], "--executor=Kubernetes"),
        (&["runtemplate", "create", "--interv", ""], "n i h d w m y c"),
        (&["job", "list", "--format="], "--format=text --format=json --format=yaml --format=csv"),
        (&["job", "get", "-fj"], "-fjson"),
        (&["job", "list", "--status=fa"], "--status=failed"),
        (&["job", "list", "--state=failed,"], &format!("--state=failed,{}", STATES.replace(' ', " --state=failed,"))),
        (&["queue", "list", "--state", "failed,"], &format!("failed,{}", STATES.replace(' ', " failed,"))),
        (&["job", "list", "--state=failed,f"], ""),
        (&["job", "list", "--sort=-begin,beg"], ""),
        (&["queue", "list", "--fields=af"], "--fields=after"),
        (&["queue", "list", "--sort=-af"], "--sort=-after"),
        (&["job", "list", "--sort=-en"], "--sort=-end"),
        (&["job", "list", "--order=comma"], ""),
        (&["queue", "list", "--sort", "job,-after,sch"], "job,-after,schedule_type"),
        (&["queue", "list", "--order", "runtemplate_n"], "runtemplate_name"),
        (&["runtemplate", "list", "--fields=company_"], "--fields=company_id --fields=company_slug"),
        (&["company-app", "list", "--fields=id,app_n"], "--fields=id,app_name"),
        (&["user-company", "list", "--sort=lo"], "--sort=login"),
        (&["user-role", "list", "--order=role_"], "--order=role_id"),
        (&["jo"], "job"),
        (&["job:re"], "job:retry job:recover"),
        (&["company", "env", "u"], "unset"),
        (&["comp"], "company company-app completion"),
        (&["job", "list", "--sta"], "--status --state"),
        (&["nosuch", "x", ""], ""),
    ] {
        assert_eq!(all(words), wanted, "{words:?}");
    }
    let jobs = offered(env, &["job", "get", ""]);
    assert!(jobs[0].1.starts_with("pending, weekly, 2031-01-01 06:00:00"), "{jobs:?}");
    assert!(
        jobs[1].1.starts_with("failed (1), weekly, 20") && jobs[2].1.starts_with("success, nightly, 20"),
        "{jobs:?}"
    );
    assert_eq!(offered(env, &["company", "get", "b"])[0].1, "Beta Ltd");
    assert_eq!(offered(env, &["runtemplate", "run", "--config=MODE"])[0].1, "How to do it");
});

#[test]
fn files_are_offered_only_where_a_file_is_meant() {
    let env = Env::new();
    env.file("one.json", "");
    env.file("folder/two.json", "");
    assert_eq!(values(&env, &["application", "import-json", "--file=o"]), ["--file=one.json"]);
    assert_eq!(values(&env, &["application", "import-json", "--file", "fol"]), ["folder/"]);
    assert_eq!(values(&env, &["company", "list", "-e", "o"]), ["one.json"]);
    assert_eq!(values(&env, &["company", "create", "--name=o"]), Vec::<String>::new());
    assert_eq!(values(&env, &["company", "get", "o"]), Vec::<String>::new());
}

#[test]
fn to_be_asked_makes_no_database_and_says_nothing_of_faults() {
    let mut env = Env::new();
    assert_eq!(values(&env, &["company", "get", "a"]), Vec::<String>::new());
    assert!(!env.database().exists());
    env.set("DB_CONNECTION", "nonsense");
    assert_eq!(values(&env, &["company", "get", "a"]), Vec::<String>::new());
    assert_eq!(values(&env, &["compan"]), ["company", "company-app"]);
    env.run(&["_complete", "-sksh", "-c1"]).refused(2, "bash, zsh, fish");
}

#[test]
fn the_suite_s_stub_is_answered() {
    let env = Env::new();
    fill(&env);
    // As Symfony's script for bash calls it: words that are empty are left out.
    let call = ["_complete", "--no-interaction", "-sbash", "-c2", "-a1", "-imultiflexi-cli", "-ijob:get"];
    assert_eq!(env.run(&call).ok().stdout, "3\n2\n1\n");
    let call = ["_complete", "--no-interaction", "-sbash", "-c1", "-a1", "-imultiflexi-cli", "-irun-template:sch"];
    assert_eq!(env.run(&call).ok().stdout, "run-template:schedule\n");
}

on_each_database!(it_is_quick_with_a_hundred_thousand_jobs, |env| {
    fill(env);
    let measured = |words: &[&str]| {
        let begun = Instant::now();
        let found = values(env, words);
        (begun.elapsed(), found)
    };
    let job = |from: u32| {
        let rows = (from..from + 1000).map(|id| {
            format!("({id}, 1, 1, 1, 'Native', '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2026-01-01 00:00:01', {}, '{}', '', 1)", id % 3, "x".repeat(500))
        });
        let quote = env.quote();
        let columns = format!(
            "id, runtemplate_id, company_id, app_id, executor, schedule, {quote}begin{quote}, {quote}end{quote}, exitcode, env, command, launched_by"
        );
        format!("insert into job ({columns}) values {};", rows.collect::<Vec<_>>().join(","))
    };
    let inserts: String = (0..100).map(|thousand| job(1000 * thousand + 100)).collect();
    env.sql(&format!("begin; {inserts} commit;"));
    for (words, first) in [
        (&["job", "get", ""][..], "100099"),
        (&["job", "get", "12"], "12999"),
        (&["job", "retry", ""], "100099"),
        (&["job", "run", ""], "3"),
        (&["job", "update", ""], "3"),
        (&["job", "cancel", ""], "3"),
        (&["job", "wait", ""], "3"),
        (&["job", "stop", "3"], "3"),
        (&["job", "cancel", "1"], ""),
        (&["runtemplate", "run", ""], "nightly"),
    ] {
        // A release takes some 10 ms for all of it, however much there is. This is another build, on a machine that may be busy
        // with other tests: one of many measurements has to be about what a table of two rows takes in the same moment.
        let mut tried = Vec::new();
        while tried.len() < 30 && tried.last().is_none_or(|(took, limit)| took > limit) {
            let (few, _) = measured(&["company", "get", ""]);
            let limit = few * 2 + Duration::from_millis(100);
            let (took, found) = measured(words);
            // Nothing of the database: it took longer than somebody who types waits.
            if found.first().is_some_and(|value| value.starts_with("--")) && !first.is_empty() {
                tried.push((Duration::MAX, limit));
                continue;
            }
            assert_eq!(found.first().map_or("", String::as_str), first, "{words:?}");
            assert!(found.len() <= 100, "{words:?}");
            tried.push((took, limit));
        }
        assert!(tried.last().is_some_and(|(took, limit)| took <= limit), "{words:?} took, of a limit: {tried:?}");
    }
});

#[test]
fn what_names_two_rows_or_steers_a_terminal_is_not_offered() {
    let env = Env::new();
    fill(&env);
    env.run(&["company", "create", "--name=Gamma", "--slug=1"]).ok();
    env.run(&["company", "create", "--name=Delta", "--slug=-delta"]).ok();
    env.run(&["company", "create", "--name=Epsilon", "--slug=12"]).ok();
    env.sql("INSERT INTO company (name, slug) VALUES ('Zeta' || char(27) || '[2J' || char(8238), 'zeta')");
    env.sql("INSERT INTO company (name, slug) VALUES ('Eta', 'eta' || char(8238))");
    env.sql("UPDATE runtemplate SET name = 'week' || char(27) || ']0;x' || char(7) || char(8238) WHERE id = 3");
    assert_eq!(values(&env, &["company", "get", ""]), ["12", "acme", "beta", "zeta"]);
    assert_eq!(values(&env, &["company", "get", "1"]), ["12"]);
    assert_eq!(values(&env, &["company", "get", "4"]), ["4"]);
    assert_eq!(values(&env, &["job", "list", "--company=-"]), ["--company=-delta"]);
    let shown: String =
        ["company", "job"].iter().flat_map(|noun| offered(&env, &[noun, "get", ""])).map(|it| it.1).collect();
    assert!(shown.contains("Zeta\\u{1b}[2J\\u{202e}") && shown.contains("week\\u{1b}]0;x\\u{7}\\u{202e}"), "{shown:?}");
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown:?}");
}

#[test]
fn the_settings_that_a_line_names_are_asked() {
    let env = Env::new();
    fill(&env);
    let other = Env::new();
    other.run(&["company", "create", "--name=Other", "--slug=other"]).ok();
    let file = env.file("other.env", &format!("DB_CONNECTION=sqlite\nDB_DATABASE={}\n", other.database().display()));
    let file = file.to_str().unwrap();
    let (glued, flags, long) = (format!("-e{file}"), format!("-qve{file}"), format!("--environment={file}"));
    for words in [
        &["company", "get", "-e", file, ""][..],
        &["company", "get", &glued, ""],
        &["company", "get", &flags, ""],
        &["company", "get", &long, ""],
        &["company", "get", "--environment", file, ""],
        &["--environment", file, "company", "get", ""],
        &["-e", file, "company:get", ""],
        &[&glued, "company", "get", ""],
    ] {
        assert_eq!(values(&env, words), ["other"], "{words:?}");
    }
}

/// A folder with the program in it, for PATH.
fn programs(env: &Env) -> String {
    let folder = env.path().join("bin");
    std::fs::create_dir_all(&folder).unwrap();
    let _ = std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_multiflexi-cli"), folder.join("multiflexi-cli"));
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

/// Runs a script in a shell, in the test's own place.
fn shell(env: &Env, program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    let ours = env.command(&[]);
    command.args(arguments).current_dir(env.path()).env_clear();
    command.envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?)))).env("PATH", programs(env));
    command.env("LANG", "C.UTF-8").env("TERM", "dumb");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn stub(name: &str) -> String {
    Path::new(root()).join("completions").join(name).display().to_string()
}

/// What each shell has to offer, by the line that is typed.
const LINES: &[(&str, &[&str])] = &[
    ("multiflexi-cli jo", &["job"]),
    ("multiflexi-cli job ret", &["retry"]),
    ("multiflexi-cli job get ", &["3", "2", "1"]),
    ("multiflexi-cli job:get 2", &["2"]),
    ("multiflexi-cli company get b", &["beta"]),
    ("multiflexi-cli job list --sta", &["--status", "--state"]),
];

#[test]
fn bash_completes() {
    let env = Env::new();
    fill(&env);
    // bash hands a line over parted at blanks, `:` and `=`.
    let program = "source \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _multiflexi_cli; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let bash = |words: &[&str]| {
        let stub = stub("multiflexi-cli.bash");
        let arguments: Vec<&str> = ["-c", program, &stub].into_iter().chain(words.iter().copied()).collect();
        shell(&env, "bash", &arguments).lines().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    for (words, wanted) in [
        (&["multiflexi-cli", "jo"][..], "job"),
        (&["multiflexi-cli", "job", "get", ""], "3 2 1"),
        (&["multiflexi-cli", "job", ":", "ret"], "retry"),
        (&["multiflexi-cli", "job", ":", "get", "2"], "2"),
        (&["multiflexi-cli", "job", "get", "--id", "=", "3"], "3"),
        (&["multiflexi-cli", "job", "list", "--status", "="], "pending running success failed"),
        (&["multiflexi-cli", "runtemplate", "run", "nightly\\ o"], "nightly\\ of\\ Beta"),
        (&["multiflexi-cli", "runtemplate", "run", "nightly", "--config", "=", "M"], "MODE= MORE="),
        (&["multiflexi-cli", "runtemplate", "create", "--executor", "=", "Ku"], "Kubernetes"),
        (&["multiflexi-cli", "runtemplate", "run", "nightly", "--config", "=", "MODE", "="], ""),
        (&["multiflexi-cli", "runtemplate", "run", "nightly", "--config", "MODE", "="], ""),
        (&["multiflexi-cli", "job", "list", "--state", "=", "failed,p"], "failed,pending"),
        (&["multiflexi-cli", "job", "list", "--fields", "id,beg"], "id,begin"),
    ] {
        assert_eq!(bash(words), wanted, "{words:?}");
    }
}

/// The words of a line as an interactive shell has them after a tab; `setting` is what it reads first.
fn tabbed(env: &Env, shell: &str, setting: &str, line: &str) -> String {
    let path = programs(env);
    let variables = [("PATH", path.as_str()), ("LANG", "C.UTF-8"), ("TERM", "dumb"), ("PS1", "$ ")];
    let mut terminal = Pty::start(env, shell, &variables);
    let show = "show() { printf '<%s>' \"$@\"; echo; }; echo rea''dy";
    terminal.type_in(&format!("stty cols 500; {setting}; {show}\n"));
    terminal.read_until("ready\r\n");
    // What the line is then is told by the words it is parted into, of which the program's name is replaced.
    terminal.type_in(&format!("multiflexi-cli {line}\t\u{1}show \n"));
    terminal.read_until(">\r\n");
    let shown = terminal.end();
    shown.lines().find_map(|line| line.trim_end().split_once("<multiflexi-cli>")).unwrap().1.to_owned()
}

/// Lines with a name of two words that is begun, and their words after a tab.
const WITHIN_QUOTES: [(&str, &str); 6] = [
    (r#"runtemplate get "Two W"#, "<runtemplate><get><Two Words>"),
    (r"runtemplate get 'Two W", "<runtemplate><get><Two Words>"),
    (r"runtemplate get Two\ W", "<runtemplate><get><Two Words>"),
    (r#"runtemplate get --name="Two W"#, "<runtemplate><get><--name=Two Words>"),
    (r#"runtemplate get "--name=Two W"#, "<runtemplate><get><--name=Two Words>"),
    (r#"runtemplate get Two" W"#, "<runtemplate><get><Two Words>"),
];

#[test]
fn bash_completes_within_quotes() {
    let env = Env::new();
    fill(&env);
    env.sql("UPDATE runtemplate SET name = 'Two Words' WHERE id = 2");
    env.sql("UPDATE runtemplate SET name = 'Odd $x \"q\" `o` \\ it''s' WHERE id = 3");
    let odd = "<runtemplate><get><Odd $x \"q\" `o` \\ it's>";
    let readline = "bind 'set bell-style none' 'set enable-bracketed-paste off'";
    let setting = format!("{readline}; source {}", stub("multiflexi-cli.bash"));
    let more = [
        (r#"runtemplate:get "Two W"#, "<runtemplate:get><Two Words>"),
        ("runtemplate get Od", odd),
        ("runtemplate get \"Od", odd),
        ("runtemplate get 'Od", odd),
        ("runtemplate run weekly --config=MODE=", "<runtemplate><run><weekly><--config=MODE=>"),
        ("runtemplate run weekly --config=MOD", "<runtemplate><run><weekly><--config=MODE=>"),
        ("runtemplate run weekly --config MODE=", "<runtemplate><run><weekly><--config><MODE=>"),
        ("job list --sort=-begin,exitc", "<job><list><--sort=-begin,exitcode>"),
        ("job list --state=failed\\,pend", "<job><list><--state=failed,pending>"),
    ];
    for (line, wanted) in WITHIN_QUOTES.into_iter().chain(more) {
        assert_eq!(tabbed(&env, "bash --norc --noprofile -i", &setting, line), wanted, "{line}");
    }
}

#[test]
fn bash_says_what_each_of_a_list_is() {
    let env = Env::new();
    fill(&env);
    let path = programs(&env);
    let variables = [("PATH", path.as_str()), ("LANG", "C.UTF-8"), ("TERM", "dumb"), ("PS1", "$ ")];
    let mut terminal = Pty::start(&env, "bash --norc --noprofile -i", &variables);
    let setting = format!("bind 'set bell-style none'; source {}; stty cols 60", stub("multiflexi-cli.bash"));
    terminal.type_in(&format!("{setting}; echo rea''dy\n"));
    terminal.read_until("ready\r\n");
    terminal.type_in("multiflexi-cli job get \t\t");
    terminal.read_until("1  (");
    terminal.type_in("\u{15}multiflexi-cli runtemplate run n\t\t\t");
    terminal.read_until("\\ Beta  (");
    let shown = terminal.end();
    assert!(shown.contains("3  (pending"), "{shown}");
    // No more than what both begin with is put into the line.
    assert!(shown.contains("run nightly\r\n"), "{shown}");
}

#[needs(program zsh)]
#[test]
fn zsh_completes() {
    let env = Env::new();
    fill(&env);
    // Which candidates come is asked of `compadd`, which the stub ends in; words are parted as zsh parts them.
    let program = "compadd() { local -a all; while (( $# )); do case $1 in -a) shift; all+=(\"${(@P)1}\");; -S|-d|-V) shift;; esac; shift; done; print -rl -- $all }
        source \"$0\"; words=(\"${(@z)1}\"); [[ $1 == *' ' ]] && words+=(''); CURRENT=$#words; _multiflexi_cli; true";
    for (line, wanted) in LINES {
        let offered = shell(&env, "zsh", &["-f", "-c", program, &stub("_multiflexi-cli"), line]);
        assert_eq!(offered.lines().collect::<Vec<_>>(), *wanted, "{line:?}");
    }
    // And zsh takes the file for what it is, in its own system of completion.
    let loaded =
        "fpath=(${0:h} $fpath); autoload -Uz compinit; compinit -u -d $HOME/.zcompdump; print $_comps[multiflexi-cli]";
    assert_eq!(shell(&env, "zsh", &["-f", "-c", loaded, &stub("_multiflexi-cli")]), "_multiflexi-cli\n");
}

#[needs(program zsh)]
#[test]
fn zsh_completes_within_quotes() {
    let env = Env::new();
    fill(&env);
    env.sql("UPDATE runtemplate SET name = 'Two Words' WHERE id = 2");
    env.sql("UPDATE runtemplate SET name = 'it''s odd' WHERE id = 3");
    let options = "unsetopt beep prompt_cr prompt_sp; autoload -Uz compinit; compinit -u -D";
    let setting = format!("{options}; source {}; compdef _multiflexi_cli multiflexi-cli", stub("_multiflexi-cli"));
    let more = [(r#"runtemplate get "it's o"#, "<runtemplate><get><it's odd>")];
    for (line, wanted) in WITHIN_QUOTES.into_iter().chain(more) {
        assert_eq!(tabbed(&env, "zsh -f -i", &setting, line), wanted, "{line}");
    }
}

#[needs(program fish)]
#[test]
fn fish_completes() {
    let env = Env::new();
    fill(&env);
    for (line, wanted) in LINES {
        let program = format!("source {}; complete -C {}", stub("multiflexi-cli.fish"), quoted(line));
        let offered = shell(&env, "fish", &["--no-config", "-c", &program]);
        let offered: Vec<_> = offered.lines().map(|line| line.split('\t').next().unwrap_or_default()).collect();
        assert_eq!(offered, *wanted, "{line:?}");
    }
}

fn quoted(text: &str) -> String {
    format!("'{text}'")
}

on_each_database!(a_name_that_two_rows_have_is_not_offered, |env| {
    fill(env);
    assert_eq!(values(env, &["runtemplate", "run", "ni"]), ["nightly", "nightly of Beta"]);
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=2", "--name=nightly"]).ok();
    assert_eq!(values(env, &["runtemplate", "run", "ni"]), ["nightly of Beta"]);
    assert_eq!(values(env, &["runtemplate", "get", "--name=n"]), ["--name=nightly of Beta"]);
});

#[test]
fn commands_that_help_is_about_and_options_before_the_command_are_offered() {
    let env = Env::new();
    env.file("one.env", "");
    let nouns = values(&env, &["help", ""]);
    assert!(nouns.contains(&"company".into()) && nouns.contains(&"runtemplate".into()), "{nouns:?}");
    assert!(nouns.iter().all(|noun| !noun.starts_with('-')), "{nouns:?}");
    assert_eq!(values(&env, &["help", "run"]), ["runtemplate"]);
    assert_eq!(values(&env, &["help", "runtemplate", "sta"]), ["stats", "stale"]);
    assert_eq!(values(&env, &["help", "job", "list", ""]), Vec::<String>::new());
    for options in [&["-f"][..], &["--format"], &["-q", "-f"]] {
        let words = [options, &["j"]].concat();
        assert_eq!(values(&env, &words), ["json"], "{words:?}");
    }
    assert_eq!(values(&env, &["--color", ""]), ["auto", "always", "never"]);
    assert_eq!(values(&env, &["--color=a"]), ["--color=auto", "--color=always"]);
    assert_eq!(values(&env, &["-e", "o"]), ["one.env"]);
    assert_eq!(values(&env, &["-f", "json", "compan"]), ["company", "company-app"]);
    assert_eq!(values(&env, &["-f", "json", "company", "li"]), ["list"]);
}
