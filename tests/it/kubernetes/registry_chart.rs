//! Charts from where users have them: a registry, and a static repository; with and without a login, and what is missing.

use needs::needs;
use serde_json::{Value, json};

use super::registry::{Registry, helm};
use super::release::with_chart;
use super::stub::Stub;
use super::{Place, not_run};

/// A chart that says its version.
const CONFIG: &str =
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: version}, data: {version: {{ .Chart.Version }}}}";

/// Sets the place up, and packs in its home the versions of a chart that has the namespace's name.
fn pack(place: &Place) -> Vec<String> {
    place.prepare("", json!(null));
    let folder = place.chart(&[("config", CONFIG)]);
    let pack = |version: &str| {
        place.env.file("chart/Chart.yaml", &format!("apiVersion: v2\nname: {}\nversion: {version}\n", place.namespace));
        helm(place, &["package", folder.to_str().unwrap()], "");
        format!("{}-{version}.tgz", place.namespace)
    };
    ["1.0.0", "1.1.0"].map(pack).to_vec()
}

/// Runs a job that has this chart deployed. What helm keeps of charts that it had is forgotten before.
fn run(place: &Place, chart: &str, more: &Value) -> (crate::env::Output, Value) {
    let _ = std::fs::remove_dir_all(place.env.path().join(".cache/helm/content"));
    place.import_with(|definition| {
        crate::env::set_script(definition, "echo ran");
        let mut kubernetes = with_chart(place, json!({"chart": chart}));
        for (key, value) in more.as_object().unwrap() {
            kubernetes["helm"][key] = value.clone();
        }
        definition["kubernetes"] = kubernetes;
    });
    place.env.run_job(&[])
}

/// The chart is deployed in this version; and taken away again.
#[track_caller]
fn deploys(place: &Place, chart: &str, more: &Value, version: &str) {
    let (output, record) = run(place, chart, more);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{more}: {output:#?} {record:#}");
    let deployed = place.kubectl(&["get", "configmap", "version", "-o", "jsonpath={.data.version}"]).ok();
    assert_eq!(deployed.stdout, version, "{more}");
    place.helm(&["uninstall", "test", "--wait"]).ok();
}

#[needs(cluster)]
#[test]
fn a_chart_of_a_registry_comes_by_version_and_without() {
    let (mut place, registry) = (Place::new(), Registry::new());
    let (host, ca, password) = (registry.host(), registry.ca(), registry.password());
    let account = ["--username=tester", "--password-stdin", "--ca-file", &ca];
    let login = |more: &[&str]| helm(&place, &[&["registry", "login", &host], &account[..], more].concat(), &password);
    login(&["--registry-config=login.json"]);
    for file in pack(&place) {
        let to = format!("oci://{host}/charts");
        helm(&place, &["push", &file, &to, "--ca-file", &ca, "--registry-config=login.json"], "");
    }
    let chart = format!("oci://{host}/charts/{}", place.namespace);
    let with_file = json!({"caFile": ca, "registryConfig": "./login.json"});
    let with = |key: &str, value: &str| {
        let mut more = with_file.clone();
        more[key] = value.into();
        more
    };
    let without_login = json!({"caFile": ca});
    let without_authority = json!({"registryConfig": "./login.json"});
    let denied = registry.charts_url().replace("https://", "oci://") + "/forbidden/chart";
    let nosuch = format!("oci://{host}/charts/nosuch");
    let the_command = format!("helm registry login {host}");
    let faults: [(&str, &Value, &str, &[&str]); 8] = [
        (&chart, &without_login, "ChartLogin", &[&the_command, "registryConfig"]),
        (&chart, &with("version", "1.0.0"), "", &[]),
        (&chart, &with("version", "9.9.9"), "ChartNotFound", &["9.9.9", "kubernetes.helm.version"]),
        (&nosuch, &with_file, "ChartNotFound", &["nosuch", "helm registry login", "local chart path"]),
        (&denied, &with_file, "ChartLogin", &["denied", "helm registry login"]),
        (&chart, &without_authority, "ChartUntrusted", &["unknown authority", "kubernetes.helm.caFile"]),
        (&chart, &with("registryConfig", "./nosuch.json"), "HelmFile", &["registryConfig", "nosuch.json"]),
        (&chart, &with("caFile", "/nosuch.crt"), "HelmFile", &["caFile", "/nosuch.crt"]),
    ];
    for (chart, more, code, words) in faults.into_iter().filter(|(_, _, code, _)| !code.is_empty()) {
        not_run(&run(&place, chart, more), code, words);
    }
    place.nothing_is_left();

    // What helm was called with.
    let calls = place.env.path().join("calls");
    let with_version = with("version", "1.0.0");
    login(&[]);
    Stub::of("helm").logs(&calls).install(&mut place);
    deploys(&place, &chart, &with_file, "1.1.0");
    deploys(&place, &chart, &with_version, "1.0.0");
    // The login that helm keeps for the user.
    deploys(&place, &chart, &without_login, "1.1.0");
    let calls = std::fs::read_to_string(calls).unwrap();
    assert!(calls.contains("--version=1.0.0") && !calls.contains(&password), "{calls}");
}

#[needs(cluster)]
#[test]
fn a_chart_of_a_static_repository_comes_by_version_and_without() {
    let (place, registry) = (Place::new(), Registry::new());
    let (ca, password, name) = (registry.ca(), registry.password(), &place.namespace);
    let files = pack(&place);
    // Two repositories on one server, of which the second asks for a login.
    for folder in [name.clone(), format!("private/{name}")] {
        let (served, url) = (registry.charts().join(&folder), format!("{}/{folder}", registry.charts_url()));
        std::fs::create_dir_all(&served).unwrap();
        for file in &files {
            std::fs::copy(place.env.path().join(file), served.join(file)).unwrap();
        }
        helm(&place, &["repo", "index", served.to_str().unwrap(), "--url", &url], "");
        let repository = if folder.starts_with("private") { "private" } else { "open" };
        let account: &[&str] = if repository == "private" { &["--username=tester", "--password-stdin"] } else { &[] };
        helm(&place, &[&["repo", "add", repository, &url, "--ca-file", &ca], account].concat(), &password);
    }
    let chart = |repository: &str| format!("{repository}/{name}");
    let none = json!({});
    for repository in ["open", "private"] {
        deploys(&place, &chart(repository), &none, "1.1.0");
        deploys(&place, &chart(repository), &json!({"version": "~1.0"}), "1.0.0");
    }
    let update = "helm repo update";
    not_run(&run(&place, &chart("open"), &json!({"version": "9.9.9"})), "ChartNotFound", &["9.9.9", update]);
    not_run(&run(&place, "open/nosuch", &none), "ChartNotFound", &["nosuch", update]);

    // The login is refused from now on, the archive gone, the repository forbidden, the authority not known.
    let config = place.env.path().join(".config/helm/repositories.yaml");
    let configured = std::fs::read_to_string(&config).unwrap();
    let changed = |old: &str, new: &str| {
        assert!(configured.contains(old), "no {old} in {configured}");
        std::fs::write(&config, configured.replace(old, new)).unwrap();
    };
    changed(&password, "wrong");
    not_run(&run(&place, &chart("private"), &none), "ChartLogin", &["401", "helm repo add", "private"]);
    changed(&ca, "");
    not_run(&run(&place, &chart("open"), &none), "ChartUntrusted", &["unknown authority", "kubernetes.helm.caFile"]);
    deploys(&place, &chart("open"), &json!({"caFile": ca}), "1.1.0");
    std::fs::write(&config, &configured).unwrap();
    std::fs::remove_file(registry.charts().join(name).join(&files[1])).unwrap();
    not_run(&run(&place, &chart("open"), &none), "ChartNotFound", &["404", update]);
    let index = place.env.path().join(".cache/helm/repository/open-index.yaml");
    let forbidden = std::fs::read_to_string(&index).unwrap().replace(&format!("/{name}/"), "/forbidden/");
    std::fs::write(&index, forbidden).unwrap();
    not_run(&run(&place, &chart("open"), &none), "ChartLogin", &["403", "open"]);
    std::fs::remove_file(&index).unwrap();
    not_run(&run(&place, &chart("open"), &none), "ChartNotFound", &[update]);
    place.nothing_is_left();
}
