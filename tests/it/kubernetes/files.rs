//! Uploaded files in a pod.

use serde_json::json;

use super::{Place, not_run, notices, on_cluster};
use crate::container::variables;
use crate::files::upload;

/// Shows each uploaded file: its path, whether it can be written, what is in it, what of it is in the environment.
const SHOW: &str = r#"for f in "$STATEMENT" "$CERTIFICATE"; do echo "$f"; (echo x >>"$f") 2>/dev/null && echo written
    od -An -tx1 "$f"; done; printf %s "$PASSWORD" | wc -c; env | grep -c '\.file'; true"#;

fn prepare(place: &Place, script: &str) {
    place.prepare_with(|definition| {
        crate::env::set_script(definition, script);
        definition["environment"] = json!({
            "PASSWORD": {"type": "password", "description": "p", "defval": "geheim", "required": false},
            "STATEMENT": {"type": "file-path", "description": "s", "defval": "/etc/hostname", "required": false},
        });
    });
}

on_cluster!(uploaded_files_are_mounted_into_the_pod, |place| {
    prepare(&place, SHOW);
    upload(&place.env, "NULL", 1, "STATEMENT", "my výpis.xml", "c3bd0a");
    upload(&place.env, "NULL", 1, "CERTIFICATE", "it's.pem", "00ff0d0a");
    let user = json!({"spec": {"securityContext": {"runAsUser": 1000}}}).to_string();
    let overrides = place.env.file("overrides.json", &user);
    for options in [&[][..], &["--pod-overrides", overrides.to_str().unwrap()]] {
        let (output, record) = place.env.run_job(options);
        let wanted =
            "/.multiflexi-files/0/my výpis.xml\n c3 bd 0a\n/.multiflexi-files/1/it's.pem\n 00 ff 0d 0a\n6\n0\n";
        assert_eq!((output.code, output.stdout.as_str()), (0, wanted), "{output:#?}");
        assert_eq!(notices(&record), "");
        place.nothing_is_left();
    }
});

on_cluster!(files_secrets_and_overrides_of_one_name_each_keep_theirs, |place| {
    place.prepare_with(|definition| {
        crate::env::set_script(
            definition,
            "cat \"$STATEMENT\"; tr '\\0' '\\n' </proc/$$/environ | grep -E '^(file-0|[01].file|PASSWORD)=' | sort",
        );
        let secret =
            |defval: &str| json!({"type": "password", "description": "p", "defval": defval, "required": false});
        definition["environment"] = json!({"PASSWORD": secret("geheim"), "file-0": secret("a secret")});
    });
    upload(&place.env, "NULL", 1, "STATEMENT", "statement.xml", "610a");
    let theirs = json!({"spec": {"containers": [{"env": [{"name": "PASSWORD", "value": "theirs"}]}]}}).to_string();
    let overrides = place.env.file("overrides.json", &theirs);
    let (output, _) = place.env.run_job(&["--pod-overrides", overrides.to_str().unwrap()]);
    assert_eq!((output.code, output.stdout.as_str()), (0, "a\nPASSWORD=theirs\nfile-0=a secret\n"), "{output:#?}");
});

on_cluster!(an_uploaded_file_of_nearly_1_mib_arrives, |place| {
    prepare(&place, "wc -c <\"$STATEMENT\"");
    upload(&place.env, "NULL", 1, "STATEMENT", "large.xml", &"0a".repeat((1 << 20) - 6));
    let (output, _) = place.env.run_job(&[]);
    assert_eq!(output.ok().stdout.trim(), ((1 << 20) - 6).to_string());
    place.nothing_is_left();
});

on_cluster!(larger_uploaded_files_are_refused_before_anything_runs, |place| {
    prepare(&place, "echo ran");
    upload(&place.env, "NULL", 1, "STATEMENT", "large.xml", &"0a".repeat(1 << 20));
    upload(&place.env, "NULL", 1, "CERTIFICATE", "small.pem", "0a");
    let ran = place.env.run_job(&[]);
    not_run(&ran, "FilesTooLarge", &["1048583 bytes", "STATEMENT with 1048576 bytes"]);
    place.nothing_is_left();
});

on_cluster!(variables_that_no_pod_takes_are_refused_before_anything_runs, |place| {
    place.prepare("true", json!(null));
    for (count, bytes, reason, words) in [
        (1, 70_000, "TooLarge", &["the variable V0 has 140", "128 KiB of one"][..]),
        (60, 50_000, "VariablesTooLarge", &["takes 1048576 in a Secret", "with 100000 bytes"]),
    ] {
        variables(&place.env, count, bytes);
        not_run(&place.env.run_job(&[]), reason, words);
    }
    variables(&place.env, 10, 50_000);
    place.env.run_job(&[]).0.ok();
    place.nothing_is_left();
});
