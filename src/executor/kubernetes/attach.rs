//! The attached run: makes the pod, lets the program go once the attach stands, and hands both streams on until both end
//! marks were seen. Meanwhile it watches a pod that does not start, and a connection that fell silent.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use super::Run;
use super::cluster::Cluster;
use super::node::{self, Node};
use super::pod_state::PodState;
use super::read_on;
use super::reason::{self, Start};
use super::recorder::{End, Mark, RecordState};
use super::words;
use crate::executor::process::{CHUNK, Group};
use crate::executor::{Output, Reason, Stream};
use crate::stop;

/// A pod that started within this time is not asked about.
const PATIENCE: Duration = Duration::from_millis(1500);
/// A fault that may pass by itself, but seldom does, is believed after this time.
const HINDERED: Duration = Duration::from_secs(15);
/// A registry's passing fault is believed after this time.
const PULL: Duration = Duration::from_secs(120);
/// Silence after which the record is compared with what came.
const SILENCE: Duration = Duration::from_secs(10);
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// What the record has more than came is believed to be lost after so much more silence.
const LAG: Duration = Duration::from_secs(3);

/// How the attached run went.
#[derive(Debug)]
pub enum Attached {
    /// Both end marks were seen; stdout's.
    Over(End),
    /// kubectl ended, or is no longer believed: the record has to be read on.
    Broken,
    /// The image lacks what the recorder needs, or the program.
    Special(Mark),
}

/// The start gate: until it is open no program is let go.
pub struct Gate(watch::Receiver<bool>);

/// Opens its gate.
pub struct Opener(watch::Sender<bool>);

impl Gate {
    pub fn open() -> Gate {
        Gate(watch::channel(true).1)
    }

    pub fn closed() -> (Gate, Opener) {
        let (sender, receiver) = watch::channel(false);
        (Gate(receiver), Opener(sender))
    }

    async fn opened(&mut self) {
        if self.0.wait_for(|open| *open).await.is_err() {
            std::future::pending().await
        }
    }
}

impl Opener {
    pub fn open(&self) {
        self.0.send_replace(true);
    }
}

/// Runs `kubectl run --attach` until the program ended. An error means that the program never started.
pub async fn attach(run: &mut Run<'_>, mut command: Command, mut gate: Gate) -> Result<Attached, Reason> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group =
        Group::spawn(&mut command).map_err(|error| run.cluster.not_started("kubectl", "kubectl run", &error))?;
    stop::at("asked");
    let (stdin, stdout, stderr) = (group.child.stdin.take(), group.child.stdout.take(), group.child.stderr.take());
    let (Some(mut stdin), Some(mut stdout), Some(mut stderr)) = (stdin, stdout, stderr) else {
        return Err(Reason { code: "Internal", message: "kubectl's streams are not there".into() });
    };
    let (mut out_buffer, mut err_buffer) = (vec![0; CHUNK], vec![0; CHUNK]);
    let (mut out_open, mut err_open, mut exited) = (true, true, false);
    let (cluster, name, image) = (run.cluster.clone(), run.pod.name.clone(), run.settings.image.clone());
    let output = run.output.clone();
    let watch = watch_start(&cluster, &name, &image, run.settings.start_limit, &output);
    tokio::pin!(watch);
    let mut silence = SILENCE;
    let mut next_check = Instant::now() + silence;
    let mut behind = false;
    let mut let_go = false;
    // A node that died closes no connection. A program that prints is on one that lives.
    let (mut node, mut silent) = (Node::new(run), false);
    loop {
        tokio::select! {
            biased;
            () = gate.opened(), if !let_go => {
                let_go = true;
                run.job.note_start();
                // kubectl delivers it when the attach stands. The pipe stays open, the container's stdin with it.
                let _ = stdin.write_all(b"go\n").await;
                stop::at("let-go");
                continue;
            }
            // stderr first: kubectl's warning that it falls back to the log is to be seen before the log is.
            read = stderr.read(&mut err_buffer), if err_open => {
                let n = read.unwrap_or(0);
                err_open = n > 0;
                let bytes = run.err.push(&err_buffer[..n]);
                run.pass(Stream::Stderr, bytes).await;
            }
            read = stdout.read(&mut out_buffer), if out_open => {
                let n = read.unwrap_or(0);
                out_open = n > 0;
                let bytes = run.out.push(&out_buffer[..n]);
                run.pass(Stream::Stdout, bytes).await;
            }
            _ = group.wait(), if !exited => {
                exited = true;
                // What it left in the pipes is there at once.
                next_check = Instant::now() + Duration::from_secs(1);
            }
            reason = &mut watch, if !run.started() => return Err(reason),
            () = node.lost(), if silent => return Ok(Attached::Broken),
            () = sleep_until(next_check) => {
                if exited {
                    return Ok(Attached::Broken);
                }
                if run.started() {
                    silent = true;
                    let sizes = tokio::select! {
                        sizes = read_on::sizes(run) => sizes,
                        () = node.lost() => return Ok(Attached::Broken),
                    };
                    let ahead = sizes.is_some_and(|rest| ahead(run, &rest));
                    if ahead && behind {
                        return Ok(Attached::Broken);
                    }
                    behind = ahead;
                    silence = (silence * 2).min(SILENCE_MAX);
                }
                next_check = Instant::now() + if behind { LAG } else { silence };
                continue;
            }
        }
        if let Some(given_up) = given_up(run) {
            return given_up;
        }
        if let (Some(end), Some(_)) = (run.out.end, run.err.end) {
            return Ok(Attached::Over(end));
        }
        if let Some(mark @ (Mark::Unusable(_) | Mark::Absent)) = run.out.marks.pop() {
            return Ok(Attached::Special(mark));
        }
        if run.out.broken || run.err.broken || (!out_open && !err_open && exited) {
            return Ok(Attached::Broken);
        }
        if !exited {
            (behind, silence) = (false, SILENCE);
            next_check = Instant::now() + silence;
        }
    }
}

/// kubectl says that it will never attach, and goes on without: it reads the log of a program that waits for its start, or
/// asks again and again to watch a pod that we may not watch.
fn given_up(run: &Run<'_>) -> Option<Result<Attached, Reason>> {
    if run.started() {
        return None;
    }
    let words = run.err.words();
    let attach = words.contains("couldn't attach to pod/");
    if words.contains("is forbidden") && (attach || words.contains("Failed to watch")) {
        let what = format!("the job's pod cannot be attached to in namespace {}", run.settings.namespace);
        return Some(Err(words::reason(&run.cluster, &what, &words)));
    }
    attach.then_some(Ok(Attached::Broken))
}

/// Does the record hold more than came?
fn ahead(run: &Run<'_>, rest: &RecordState) -> bool {
    rest.end.is_some() || rest.stdout > run.out.delivered || rest.stderr > run.err.delivered
}

/// Looks at a pod that takes its time; ends only when the program will not start.
pub async fn watch_start(cluster: &Cluster, name: &str, image: &str, limit: Duration, output: &Output) -> Reason {
    let begun = Instant::now();
    sleep(PATIENCE).await;
    let mut told = None;
    let mut hindered_since: Option<(&'static str, Instant)> = None;
    let mut unreachable_since: Option<Instant> = None;
    let mut pull_words: Option<Reason> = None;
    loop {
        let state = match cluster.pod(name).await {
            Ok(state) => {
                unreachable_since = None;
                state.unwrap_or_default()
            }
            Err(reason) => {
                // kubectl run itself is stuck if nobody answers: it would wait for minutes.
                let since = *unreachable_since.get_or_insert_with(Instant::now);
                if reason.code != "ClusterUnreachable" || since.elapsed() > HINDERED {
                    return reason;
                }
                PodState::default()
            }
        };
        let left = limit.saturating_sub(begun.elapsed());
        let mut start = reason::of_start(&state, image);
        if start == Start::Coming
            && let Some(reason) = node::of_start(cluster, &state, begun).await
        {
            start = Start::Hindered(reason);
        }
        match start {
            Start::Hopeless(reason) => return reason,
            Start::Hindered(mut reason) => {
                if reason.code == "ImagePull" {
                    if reason.message.contains("(ErrImagePull)") {
                        pull_words = Some(reason.clone());
                    } else if pull_words.is_none() {
                        pull_words = cluster.pull_failure(name, image).await;
                        if let Some(Start::Hopeless(reason)) = pull_words.clone().map(reason::judge_pull) {
                            return reason;
                        }
                    }
                    reason = pull_words.clone().unwrap_or(reason);
                }
                if told != Some(reason.code) {
                    told = Some(reason.code);
                    output.notice(format!("waiting: {}", reason.message)).await;
                }
                let since = match hindered_since {
                    Some((code, since)) if code == reason.code => since,
                    _ => Instant::now(),
                };
                hindered_since = Some((reason.code, since));
                let patient = match reason.code {
                    // A registry that is overloaded may need a few of the kubelet's tries; one that refuses is hardly there.
                    "ImagePull" => since.elapsed() < PULL && !reason.message.contains("connection refused"),
                    "Unschedulable" => cluster.scaling_up(name).await,
                    _ => false,
                };
                if left.is_zero() || !patient && since.elapsed() >= HINDERED {
                    return reason;
                }
            }
            Start::Coming if left.is_zero() => {
                let message = format!(
                    "the pod {name} did not start within {} s (phase {}); see `kubectl -n {} describe pod {name}`",
                    limit.as_secs(),
                    if state.status.phase.is_empty() { "unknown" } else { &state.status.phase },
                    cluster.namespace
                );
                return Reason { code: "DidNotStart", message };
            }
            Start::Coming => hindered_since = None,
        }
        sleep(Duration::from_secs(1)).await;
    }
}
