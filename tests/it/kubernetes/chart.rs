//! The chart in charts/multiflexi-cli: what runs the queue inside the cluster, by the rights of its service account.

use std::path::Path;
use std::process::Command;

use needs::needs;
use serde_json::{Value, json};

use super::{Place, outside, probe, server, tools};
use crate::env::{Env, Output, Server, root};
use crate::job::wait_until;
use crate::manual;

/// A repository and tag of this test program's image.
fn image() -> (String, String) {
    ("localhost/mfx-runner".into(), format!("t{}", std::process::id()))
}

/// An image as the Containerfile describes it, of this machine's libraries, imported into the cluster; and taken out again.
struct Imported;

impl Imported {
    fn new() -> Imported {
        let folder = tempfile::tempdir().unwrap();
        let script = "set -e; cd \"$1\"; mkdir -p usr/bin etc tmp home/multiflexi charts; ln -s usr/bin bin; \
            strip -o usr/bin/multiflexi-cli \"$2\"; cp \"$3/kubectl\" \"$3/helm\" usr/bin/; cp \"$4\"/* etc/; cp -R \"$5\" charts/probe; \
            for program in multiflexi-cli kubectl helm; do \
              ldd usr/bin/$program 2>/dev/null | grep -o '/[^ ]*' || true; \
            done | sort -u | while read -r file; do mkdir -p \".$(dirname \"$file\")\"; cp -L \"$file\" \".$file\"; done; \
            chmod 1777 tmp; chmod -R a+rX .";
        let mut make = Command::new("sh");
        make.args(["-c", script, "-"]).arg(folder.path()).arg(env!("CARGO_BIN_EXE_multiflexi-cli")).arg(tools());
        make.arg(root().join("packaging/container")).arg(probe().join("chart"));
        let made: Output = make.output().unwrap().into();
        made.ok();
        // What the Containerfile says of the container.
        let text = std::fs::read_to_string(root().join("Containerfile")).unwrap();
        for line in ["USER 10001:10001", "ENTRYPOINT [\"/usr/bin/multiflexi-cli\"]", "ENV HOME=/home/multiflexi"] {
            assert!(text.lines().any(|it| it == line), "{line}");
        }
        let config = json!({
            "User": "10001:10001", "WorkingDir": "/home/multiflexi", "Entrypoint": ["/usr/bin/multiflexi-cli"],
            "Env": ["PATH=/usr/bin", "HOME=/home/multiflexi"],
        });
        let (repository, tag) = image();
        cluster(&["image", &format!("{repository}:{tag}"), folder.path().to_str().unwrap(), &config.to_string()]).ok();
        Imported
    }
}

impl Drop for Imported {
    fn drop(&mut self) {
        let (repository, tag) = image();
        let _ = cluster(&["image-rm", &format!("{repository}:{tag}")]);
    }
}

fn cluster(arguments: &[&str]) -> Output {
    let mut cluster = Command::new(root().join("tests/cluster/cluster"));
    cluster.args(arguments).env("MFX_CLUSTER_HOME", std::env::var("MFX_TEST_CLUSTER").unwrap()).output().unwrap().into()
}

/// What makes the chart's pods find this cluster, whose API server listens on the node's loopback address only.
fn of_this_cluster() -> String {
    let server = server();
    let (host, port) = server.split_once(':').unwrap();
    let (repository, tag) = image();
    format!(
        "--set image.repository={repository},image.tag={tag},image.pullPolicy=Never,hostNetwork=true,interval=1s \
         --set env[0].name=KUBERNETES_SERVICE_HOST,env[0].value={host},env[1].name=KUBERNETES_SERVICE_PORT \
         --set-string env[1].value={port}"
    )
}

/// Makes a job on the database for an application without a namespace of its own, whose chart is deployed first.
fn prepare(env: &Env) {
    let script = "echo \"o $GREETING\"; echo e >&2; echo made >/tmp/report; exit 3";
    env.prepare(
        "Kubernetes",
        script,
        json!({
            "helm": {"enabled": true, "chart": "/charts/probe", "releaseName": "probe", "timeoutSeconds": 120},
            "artifacts": {"enabled": true, "outputPath": "/tmp/report"},
        }),
    );
    env.run(&["runtemplate", "update", "--id=1", "--interv=y"]).ok();
}

/// The environment file of a database, as the documents name it.
fn write_settings(env: &Env) {
    let keys = ["DB_CONNECTION", "DB_HOST", "DB_PORT", "DB_USERNAME", "DB_PASSWORD", "DB_DATABASE"];
    let lines = keys.iter().map(|key| format!("{key}={}\n", env.variable(key).unwrap()));
    env.file("multiflexi.env", &lines.collect::<String>());
}

#[track_caller]
fn shell(place: &Place, env: &Env, line: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-ec", line]).current_dir(env.path());
    let output: Output = shell.output().unwrap().into();
    if output.code != 0 {
        let pods = place.kubectl(&["get", "events,pods", "-o", "wide"]);
        let logs = place.kubectl(&["logs", "--all-containers", "-lapp.kubernetes.io/name=multiflexi-cli"]);
        panic!("{line}: {output:#?}\n{}\n{logs:#?}", pods.stdout);
    }
    output
}

/// The job of the schedule has run in the cluster, and its record is whole.
#[track_caller]
fn has_run(place: &Place, env: &Env) {
    wait_until(|| {
        let told = env.run(&["job", "get", "--id=1", "--format=json"]);
        told.code == 0 && told.json()["exitcode"].is_number()
    });
    let record = env.json(&["job", "get", "--id=1"]);
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("o \n"), &json!("e\n")), "{record:#}");
    assert_eq!(record["exitcode"], 3, "{record:#}");
    assert!(record["command"].as_str().unwrap().contains(&format!("-n {} ", place.namespace)), "{record:#}");
    assert_eq!(env.json(&["artifact", "list"]).as_array().unwrap().len(), 1);
    place.helm(&["status", "probe"]).ok();
}

#[needs(cluster, root)]
#[needs(postgres)]
#[needs(mariadb)]
#[test]
fn the_chart_runs_the_queue_in_the_cluster() {
    let place = Place::without_namespace();
    let image = Imported::new();
    let env = Env::on(Server::Postgres, "chart");
    prepare(&env);
    write_settings(&env);
    // As docs/install.md has it, in this test's namespace and of its image.
    for line in manual::commands("in a cluster", "the chart") {
        let line = line
            .replace("namespace multiflexi", &format!("namespace {}", place.namespace))
            .replace("-n multiflexi ", &format!("-n {} ", place.namespace))
            .replace("charts/multiflexi-cli", root().join("charts/multiflexi-cli").to_str().unwrap())
            .replace("--set image.repository=registry.example.org/multiflexi-cli", &of_this_cluster());
        shell(&place, &env, &line);
    }
    has_run(&place, &env);
    // A pod that has to go lets its job end first.
    let pods = || -> Value {
        place.kubectl(&["get", "pods", "-lapp.kubernetes.io/name=multiflexi-cli", "-o", "json"]).ok().json()
    };
    let pod = pods()["items"][0]["spec"].clone();
    assert_eq!(pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"], true);
    place.kubectl(&["delete", "pod", "-lapp.kubernetes.io/name=multiflexi-cli", "--timeout=60s"]).ok();

    // The same as a CronJob, on another database.
    let env = Env::on(Server::MariaDb, "chart");
    prepare(&env);
    write_settings(&env);
    let chart = root().join("charts/multiflexi-cli");
    let upgrade = format!(
        "kubectl -n {0} delete secret multiflexi-database; \
         kubectl -n {0} create secret generic multiflexi-database --from-env-file=multiflexi.env; \
         helm -n {0} uninstall probe --wait; helm -n {0} upgrade runner {1} {2} --set mode=cron",
        place.namespace,
        chart.display(),
        of_this_cluster()
    );
    shell(&place, &env, &upgrade);
    // The next minute comes.
    has_run(&place, &env);
    wait_until(|| pods()["items"].as_array().unwrap().iter().any(|pod| pod["status"]["phase"] == "Succeeded"));
    place.helm(&["uninstall", "runner"]).ok();
    drop(image);
}

/// The rules of all roles in a text of several documents, but for their comments.
fn rules(text: &str) -> Vec<String> {
    let blocks = text.split("\n---").filter(|document| document.contains("\nkind: Role\n"));
    let lines = blocks.flat_map(|document| document.split_once("rules:\n").unwrap().1.lines());
    let lines = lines.map(str::trim).filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[needs(program helm)]
#[test]
fn the_chart_is_in_order_and_has_the_documented_rights() {
    let chart = root().join("charts/multiflexi-cli");
    let helm = |arguments: &[&str]| outside("helm", &[arguments, &[chart.to_str().unwrap()]].concat());
    let linted = helm(&["lint", "--strict"]).ok();
    assert!(!linted.stdout.contains("WARNING") && !linted.stdout.contains("ERROR"), "{linted:?}");
    let role = std::fs::read_to_string(root().join("examples/kubernetes-role.yaml")).unwrap();
    assert_eq!(rules(&helm(&["template", "--namespace=jobs", "x"]).ok().stdout), rules(&role));
    let other =
        helm(&["template", "x", "--set=mode=cron,rbac.namespaces={a,b},rbac.charts=false,database.migrate=true"]).ok();
    assert_eq!(other.stdout.matches("\nkind: Role\n").count(), 3);
    assert!(other.stdout.contains("kind: CronJob") && !other.stdout.contains("deployments"), "{}", other.stdout);
    for wrong in ["mode=often", "parallel=0", "database.secretName=", "nosuch=1", "image.digest=x"] {
        assert_ne!(helm(&["template", "x", "--set", wrong]).code, 0, "{wrong}");
    }
    assert!(Path::new(&chart).join("values.schema.json").exists());
}
