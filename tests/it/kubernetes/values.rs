//! Values of any kind reach the program byte for byte, as variables and as arguments.

use needs::needs;
use serde_json::{Value, json};

use super::{Place, on_cluster};
use crate::at_once::at_once;

/// F26.
const VALUES: [&str; 14] = [
    "a,b", "x==", "two\nlines", "a\"b'c", "$$", "$(PATH)", "${PATH} $PATH", r"back\slash\", " leading and trailing ",
    "", "Žluťoučký kůň", "--help", "first\n--second", "`id`; exit 9 #",
];

on_cluster!(any_value_arrives_as_it_is, |place| {
    // Half of the cases is secret: those go another way.
    let name = |n: usize| format!("V{n}");
    let dump = "od -An -v -tx1 | tr -d \" \\n\"; echo";
    place.prepare_with(|definition| {
        let mut environment = json!({});
        let (mut script, mut arguments) = (String::new(), String::new());
        for n in 0..VALUES.len() * 2 {
            let kind = if n < VALUES.len() { "string" } else { "password" };
            environment[name(n)] = json!({"type": kind, "description": "v", "defval": "", "required": false});
            script.push_str(&format!("printf %s \"$V{n}\" | {dump}; "));
            arguments.push_str(&format!(" {{V{n}}}"));
        }
        script.push_str(&format!("for a; do printf %s \"$a\" | {dump}; done"));
        definition["environment"] = environment;
        definition["executable"] = "/bin/sh".into();
        definition["cmdparams"] = format!("-c '{script}' x{arguments}").into();
    });
    for (n, value) in VALUES.iter().chain(&VALUES).enumerate() {
        place.env.run(&["runtemplate", "update", "--id=1", &format!("--config=V{n}={value}")]).ok();
    }
    let stored: Value = place.env.json(&["runtemplate", "get", "--id=1"]);
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:#?}");
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let lines: Vec<&str> = record["stdout"].as_str().unwrap().split('\n').collect();
    for (n, value) in VALUES.iter().chain(&VALUES).enumerate() {
        assert!(n >= VALUES.len() || stored[name(n)] == *value, "{value:?} is stored as {}", stored[name(n)]);
        assert_eq!(lines[n], hex(value), "the variable of {value:?}, {}", name(n));
        assert_eq!(lines[VALUES.len() * 2 + n], hex(value), "the argument of {value:?}, {}", name(n));
    }
});

on_cluster!(a_value_too_long_for_an_argv_arrives, |place| {
    place.prepare_with(|definition| {
        crate::env::set_script(definition, "printf %s \"$LONG\" | wc -c; printf %s \"$LONG\" | sha256sum");
        definition["environment"] =
            json!({"LONG": {"type": "string", "description": "v", "defval": "", "required": false}});
    });
    // 100,000 bytes: more than kubectl's argv is to have. No command stores such a value, but the suite's database can hold it.
    place.env.run(&["runtemplate", "update", "--id=1", "--config=LONG=short"]).ok();
    let update = format!("UPDATE configuration SET value = '{}' WHERE name = 'LONG'", "0123456789".repeat(10_000));
    place.env.sql(&update);
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:#?}");
    assert!(record["stdout"].as_str().unwrap().starts_with("100000\n"), "{record:#}");
    place.nothing_is_left();
});

/// Variables whose names a shell cannot write, uses itself, or sets.
const NAMES: [(&str, &str); 30] = [
    ("a.b", "string"),
    ("a-b", "string"),
    ("secret.name", "password"),
    ("n", "string"),
    ("d", "password"),
    ("hold", "string"),
    ("PWD", "string"),
    ("SHLVL", "string"),
    ("OPTIND", "string"),
    ("PPID", "string"),
    ("IFS", "string"),
    ("LINENO", "string"),
    ("RANDOM", "password"),
    ("BASHPID", "string"),
    ("POSIXLY_CORRECT", "string"),
    ("SHELLOPTS", "string"),
    ("BASHOPTS", "string"),
    ("UID", "string"),
    ("EUID", "password"),
    ("_", "string"),
    ("PS1", "string"),
    ("PS4", "string"),
    ("ENV", "string"),
    ("BASH_ENV", "string"),
    ("BASH_COMPAT", "string"),
    ("TMOUT", "string"),
    ("SECONDS", "string"),
    ("mfx_d", "string"),
    ("mfx_is_d", "string"),
    ("REPLY", "string"),
];

#[needs(cluster)]
#[test]
fn the_environment_is_what_the_job_says_and_nothing_more() {
    // busybox, dash and bash as the image's shell; the last image has variables, a user and a folder of its own.
    at_once([("shell", "/bin/env"), ("debian", "/usr/bin/env"), ("entry", "/usr/bin/env")], |(image, env)| {
        let place = Place::new();
        let image = format!("localhost/mfx-{image}:1");
        let change = |definition: &mut Value, variables: Value| {
            definition["ociimage"] = image.as_str().into();
            definition["executable"] = env.into();
            definition["environment"] = variables;
        };
        let run = || -> Vec<String> {
            let (output, record) = place.env.run_job(&[]);
            // Two of the images have nothing that sums up what was printed, which is told.
            let notices = record["notices"].as_array().map_or(0, Vec::len);
            let wanted = usize::from(!image.contains("shell"));
            assert_eq!((output.code, notices), (0, wanted), "{image}: {output:#?}");
            record["stdout"].as_str().unwrap().lines().map(str::to_owned).collect()
        };
        place.prepare_with(|definition| change(definition, json!({})));
        let set: Vec<String> = run().into_iter().filter(|line| line.starts_with(['P', 'S', 'O', 'm'])).collect();
        let given = set.iter().filter(|line| !line.starts_with("PATH=")).cloned().collect::<Vec<_>>();
        assert_eq!(given, if image.contains("entry") { vec!["PWD=/of/the/image"] } else { vec![] }, "{image}");

        let field =
            |name, kind| json!({"type": kind, "description": "v", "defval": format!("of {name}"), "required": false});
        let fields = NAMES.iter().map(|(name, kind)| ((*name).to_owned(), field(name, kind))).collect();
        place.import_with(|definition| change(definition, fields));
        let lines = run();
        for (name, _) in NAMES {
            let line = format!("{name}=of {name}");
            assert!(lines.contains(&line), "{image}: no {line} in {lines:?}");
        }
        assert!(!lines.iter().any(|line| line.starts_with("mfx_is_") && line != "mfx_is_d=of mfx_is_d"), "{lines:?}");
    });
}

on_cluster!(a_program_with_an_equals_sign_in_its_path_runs, |place| {
    place.prepare_with(|definition| {
        crate::env::set_script(
            definition,
            "mkdir -p /tmp/a=b; printf '#!/bin/sh\\necho ran; exit 3\\n' >/tmp/a=b/run; chmod 755 /tmp/a=b/run; exec /tmp/a=b/run",
        );
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (3, &json!("ran\n")), "{output:#?}");
    // As a mounted file, with a variable that goes past the shells, and one that is in no argument.
    place.apply(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: program}, data: {run: \"#!/bin/sh\\necho \\\"ran $MAIL\\\"; exit 3\\n\"}}",
    );
    place.import_with(|definition| {
        definition["executable"] = "/of=it/run".into();
        definition["cmdparams"] = "".into();
        definition["environment"] =
            json!({"MAIL": {"type": "string", "description": "v", "defval": "/var/mail", "required": false}});
        definition["kubernetes"]["podOverrides"] = json!({"spec": {
            "volumes": [{"name": "program", "configMap": {"name": "program", "defaultMode": 0o755}}],
            "containers": [{"volumeMounts": [{"name": "program", "mountPath": "/of=it"}]}],
        }});
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (3, &json!("ran /var/mail\n")), "{output:#?}");
});

on_cluster!(many_variables_that_go_past_the_shells_take_no_time, |place| {
    let variable = json!({"type": "string", "description": "v", "defval": "of-it", "required": false});
    place.prepare_with(|definition| {
        crate::env::set_script(definition, "tr '\\0' '\\n' </proc/$$/environ | grep -c of-it");
        definition["environment"] = (0..600).map(|n| (format!("spring.datasource.n{n}"), variable.clone())).collect();
    });
    let (output, record) = place.env.run_job(&["--timeout=20"]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("600\n")), "{output:#?}");
});

on_cluster!(a_secret_of_any_name_is_in_no_argument, |place| {
    place.prepare_with(|definition| {
        // The container's first process is the recorder.
        // A pattern that does not match itself; a shell would not hand the variable on.
        let script = "tr '\\0' ' ' </proc/1/cmdline | grep -c of-the[-]secret; \
                      tr '\\0' '\\n' </proc/$$/environ | grep -c '^secret.name=of-the[-]secret$'";
        crate::env::set_script(definition, script);
        definition["environment"] = json!({
            "secret.name": {"type": "password", "description": "v", "defval": "of-the-secret", "required": false},
        });
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(record["stdout"], "0\n1\n", "{output:#?}");
});

/// A program that is ended by INT where nobody changed that.
#[needs(cluster)]
#[test]
fn a_program_begins_with_its_signals_as_they_are() {
    let place = Place::new();
    place.prepare_with(|definition| {
        crate::env::set_script(
            definition,
            "while read -r key value; do [ $key = SigIgn: ] && echo $value; done </proc/self/status",
        );
        definition["ociimage"] = "localhost/mfx-debian:1".into();
    });
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(record["stdout"], "0000000000000000\n", "{output:#?}");
}
