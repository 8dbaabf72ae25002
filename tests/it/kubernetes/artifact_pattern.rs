//! Artifacts that an application names by a pattern, as the executor `Native` takes them.

use serde_json::{Value, json};

use super::artifact::stored;
use super::{Place, notices, on_cluster};

fn prepare(place: &Place, image: &str, script: &str, patterns: &[&str]) {
    place.prepare_with(|definition| {
        crate::env::set_script(definition, script);
        definition["ociimage"] = image.into();
        let artifact = |path: &&str| json!({"name": "a", "path": path, "type": "file", "description": "It"});
        definition["artifacts"] = patterns.iter().map(artifact).collect();
    });
}

/// `NAME=SIZE` of each stored file, a line break as `\n`.
fn names(place: &Place) -> Vec<String> {
    let query = "SELECT replace(file_name, char(10), '\\n') || '=' || length(file_data) FROM file_store ORDER BY id";
    place.env.sql(query).lines().map(str::to_owned).collect()
}

on_cluster!(what_fits_a_pattern_comes_home, |place| {
    // Neither find nor ls is there.
    let script = "cd /tmp; printf a >report_1.json; touch -d 2001-01-01 report_1.json; printf bb >'report_2 b.json'
        printf ccc >./-report_3.json; printf dddd >\"$(printf 'report_4.json\\nx')\"; printf eeeee >/report_5.json
        mkdir report_6.json; ln -s /etc/passwd report_7.json; printf f >report_x.json; printf g >my_named.txt; printf h >plain.txt";
    let patterns = [r"report_\d+.*\.json", "named.txt", "plain.txt", r"nosuch\d"];
    prepare(&place, "localhost/mfx-debian:1", script, &patterns);
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:#?}");
    let wanted = ["report_5.json=5", "-report_3.json=3", "report_1.json=1", "report_2 b.json=2", r"report_4.json\nx=4"];
    let wanted = [&wanted[..], &["my_named.txt=1", "plain.txt=1"]].concat();
    assert_eq!(names(&place), wanted, "{record:#}");
    let told = notices(&record);
    assert!(told.contains(r"no file nosuch\d into /tmp"), "{told}");
    // That image has nothing that takes a checksum, either.
    let unproven = ["the output is proven by its size alone", "artifacts are proven by size alone"];
    assert!(unproven.iter().all(|words| told.contains(words)) && told.lines().count() == 3, "{told}");
    place.nothing_is_left();
});

on_cluster!(what_lay_there_before_is_not_the_jobs, |place| {
    prepare(
        &place,
        "localhost/mfx-shell:1",
        "echo new >/tmp/report_1.json; echo new >>/tmp/report_2.json",
        &[r"report_\d\.json"],
    );
    let make = "for i in 0 2; do echo old >/tmp/report_$i.json; touch -d '2001-01-01 00:00' /tmp/report_$i.json; done";
    let mount = json!([{"name": "t", "mountPath": "/tmp"}]);
    let overrides = json!({"spec": {
        "volumes": [{"name": "t", "emptyDir": {}}],
        "initContainers": [{"name": "before", "image": "localhost/mfx-shell:1", "command": ["sh", "-c", make], "volumeMounts": mount}],
        "containers": [{"volumeMounts": mount}],
    }});
    let file = place.env.file("overrides.json", &overrides.to_string());
    let (output, record) = place.env.run_job(&["--pod-overrides", file.to_str().unwrap()]);
    assert_eq!(output.code, 0, "{output:#?}");
    assert_eq!(names(&place), ["report_1.json=4", "report_2.json=8"], "{record:#}");
    assert_eq!(record["notices"], Value::Null, "{record:#}");
});

on_cluster!(a_name_is_of_the_program_s_own_file_and_of_one, |place| {
    prepare(
        &place,
        "localhost/mfx-shell:1",
        "cd /etc; echo mine >/tmp/hostname; echo r >/tmp/r1.json",
        &["hostname", "r1.json", ".*\\.json"],
    );
    let (output, record) = place.env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:#?} {record:#}");
    let stored = super::artifact::stored(&place, "1");
    let names: Vec<(&str, &str)> = stored.iter().map(|(name, _, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(names, [("hostname", "mine\n"), ("r1.json", "r\n")], "{record:#}");
    // The image's own file is none of the job's.
    place.import_with(|definition| crate::env::set_script(definition, "cd /etc; true"));
    let (_, record) = place.env.run_job(&[]);
    assert!(super::artifact::stored(&place, "2").is_empty(), "{record:#}");
});

on_cluster!(of_too_many_and_too_large_files_the_record_tells, |place| {
    let script = "cd /tmp; for i in $(seq 100 204); do echo >a$i.x; done; head -c 1048577 /dev/zero >b.x";
    prepare(&place, "localhost/mfx-shell:1", script, &[r"^[b].x", r"^a\d+.x"]);
    let (output, record) = place.env.run_job(&["--artifact-limit=1"]);
    assert_eq!((output.code, names(&place).len()), (0, 100), "{output:#?}");
    let told = notices(&record);
    assert!(told.contains("/tmp/b.x has 1048577 bytes") && told.contains("5 more files fit"), "{told}");
});

on_cluster!(the_result_file_comes_home, |place| {
    for (n, (name, script)) in [
        ("/data/out.json", "mkdir /data; echo 1 >$RESULT_FILE"),
        ("out.json", "echo 22 >$RESULT_FILE"),
        ("out.json", ":"),
    ]
    .into_iter()
    .enumerate()
    {
        let change = |definition: &mut Value| {
            crate::env::set_script(definition, script);
            definition["environment"] =
                json!({"RESULT_FILE": {"type": "string", "description": "f", "defval": name, "required": false}});
        };
        if n == 0 {
            place.prepare_with(change)
        } else {
            place.import_with(change)
        }
        let (output, record) = place.env.run_job(&[]);
        assert_eq!(output.code, 0, "{output:#?}");
        let stored = stored(&place, &(n + 1).to_string());
        if n == 2 {
            assert!(stored.is_empty() && notices(&record).contains("out.json does not exist in the pod"), "{record:#}");
        } else {
            assert_eq!((stored[0].0.as_str(), stored[0].1.len()), ("out.json", 2 + n), "{record:#}");
            assert_eq!(record["notices"], Value::Null, "{record:#}");
        }
    }
});

on_cluster!(a_file_whose_name_is_no_text_is_said_to_be_missing, |place| {
    let script = r#"cd /tmp; echo x >"$(printf 'q\377.txt')"; echo y >q1.txt; echo z >"$(printf 'other\377')""#;
    prepare(&place, "localhost/mfx-shell:1", script, &[r"q.\.txt"]);
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, names(&place)), (0, vec!["q1.txt=2".to_owned()]), "{output:#?}");
    let told = notices(&record);
    assert!(
        told.contains(r"artifact missing: /tmp/q\xff.txt has a name that is no text") && told.lines().count() == 1,
        "{told}"
    );
});
