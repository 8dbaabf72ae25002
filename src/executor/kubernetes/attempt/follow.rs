//! Following an attempt: attached, or by its records, until its end is learned.

use std::time::Duration;

use tokio::process::Command;
use tokio::time::sleep;

use crate::executor::deadline::TERM_GRACE;
use crate::executor::kubernetes::errors::{pod_reason, stderr};
use crate::executor::kubernetes::kubectl::pod_status::PodState;
use crate::executor::kubernetes::pod::ended_by::Hint;
use crate::executor::kubernetes::pod::{NONCE, secret};
use crate::executor::kubernetes::stream::attach::{ATTACH_FAILED, AttachResult, Gate};
use crate::executor::kubernetes::stream::recorder::{Mark, Record, SIZE_ALONE};
use crate::executor::kubernetes::stream::resume::Finish;
use crate::executor::kubernetes::stream::{attach, recorder, resume};
use crate::executor::reason::NotStarted;
use crate::executor::{Reason, Stream};

use super::running_pod;
use super::{Attempt, PodResult};

/// How long a pod may take to say that its program ended before its time was over.
const LOOK: Duration = Duration::from_secs(5);

impl Attempt<'_> {
    /// Runs the program by the recorder, once the gate is open. An error means that it never started.
    ///
    /// # Errors
    /// The pod cannot be made or does not come up, its image lacks the program, or the job may be another runner's by now. No
    /// word came of the program's start.
    pub async fn run_recorded(&mut self, command: Command, gate: Gate) -> Result<PodResult, Reason> {
        let side = self.side_tasks();
        tokio::select! {
            biased;
            learned = self.attached(command, gate) => learned,
            () = side => Ok(self.outlived().await),
        }
    }

    /// Follows a program that another runner let go, from the first byte.
    ///
    /// # Errors
    /// The pod is gone, has ended or cannot be read, and nothing that came of it shows that its program ever started.
    pub async fn adopt(&mut self) -> Result<PodResult, Reason> {
        self.set_adopted();
        if !self.pod.is_recorded() {
            self.void();
            self.report_read_again().await;
            return self.read_plainly().await;
        }
        let side = self.side_tasks();
        self.restart();
        tokio::select! {
            biased;
            learned = self.follow() => learned,
            () = side => Ok(self.outlived().await),
        }
    }

    /// Sees to it that nobody lets the program of this pod go any more, which waits at its gate. Returns false if somebody just did.
    ///
    /// # Errors
    /// It cannot be told.
    pub async fn close_gate(&self) -> Result<bool, Reason> {
        let captured = self.cluster.query(&self.pod.exec(recorder::CLOSE)).await?;
        match captured.stdout_text().trim() {
            "closed" => Ok(true),
            "open" => Ok(false),
            // Its recorder ended at the gate, whose other end was gone.
            _ => match self.pod_state().await? {
                Some(state) if state.ended() => Ok(true),
                Some(_) => Err(Reason::Failed(
                    self.cluster.failure("the gate of an earlier pod cannot be closed", captured.stderr_text()),
                )),
                None => Err(pod_reason::deleted(&self.pod.name)),
            },
        }
    }

    /// What goes on beside the streams: the Secret gets its owner, and the time limit is kept.
    ///
    /// Ends when the program outlived its end.
    pub fn side_tasks(&self) -> impl Future<Output = ()> + use<> {
        let (cluster, pod, job, limit) = (self.cluster.clone(), self.pod.clone(), self.job.id, self.job.time_limit);
        let (mut begun, limited, adopted) = (self.begun.subscribe(), self.limited.clone(), self.adopted);
        async move {
            if begun.wait_for(|begun| *begun).await.is_err() {
                return std::future::pending().await;
            }
            let owner = async {
                if pod.secret {
                    secret::own(&cluster, &pod).await;
                }
            };
            let timer = async {
                let Some(limit) = limit else { return std::future::pending().await };
                // It goes on from the program's start, whoever let that go.
                let age = if adopted { running_pod::wait_for_age(&cluster, &pod, limit).await } else { Duration::ZERO };
                sleep(limit.saturating_sub(age)).await;
                // Until that is known nobody can end it either, and it is for the one to find out who reads its output.
                if running_pod::has_ended(&cluster, &pod, LOOK).await {
                    return std::future::pending().await;
                }
                limited.set(true);
                if !pod.is_recorded() {
                    // Nothing in its container sends a signal. A deadline has the kubelet do it and keep the log, which goes with a
                    // pod that is deleted. Somebody else's pod of that name has not the label.
                    let deadline = format!(
                        r#"[{{"op": "test", "path": "/metadata/labels/multiflexi.eu~1job", "value": "{job}"}},
                            {{"op": "add", "path": "/spec/activeDeadlineSeconds", "value": 1}}]"#
                    );
                    let patch = ["patch", "pod", &pod.name, "--type=json", "-p", &deadline];
                    if cluster.query(&patch).await.is_ok_and(|captured| captured.ok()) {
                        sleep(TERM_GRACE).await;
                    }
                }
                for (signal, wait) in [("TERM", TERM_GRACE), ("KILL", TERM_GRACE * 2)] {
                    // What the program started goes with it, as it does natively, where it has a group of its own.
                    let script = format!(
                        "read -r pid </.multiflexi/pid && {{ kill -{signal} \"-$pid\" 2>/dev/null || kill -{signal} \"$pid\"; }}"
                    );
                    if pod.is_recorded() {
                        let arguments = pod.exec(&script);
                        _ = tokio::join!(cluster.query(&arguments), sleep(wait));
                    }
                }
                // Else it outlived them, or they never came to it: its pod's deletion ends it, once the cluster can be asked for that.
                if running_pod::has_ended(&cluster, &pod, LOOK).await {
                    std::future::pending().await
                }
            };
            tokio::join!(owner, timer);
        }
    }

    /// No more of its output is waited for.
    async fn outlived(&mut self) -> PodResult {
        let delivered = self.pass_rest().await;
        self.report_outlived(&format!("; {delivered} came")).await
    }

    /// The program should have ended at its time limit, and runs on; `came` says what came of its output.
    pub async fn report_outlived(&self, came: &str) -> PodResult {
        let message = format!(
            "the output may be incomplete: the program did not end at its time limit, and is ended by the removal of its pod{came}"
        );
        self.output.notice(message).await;
        PodResult::Lost(Reason::TimeLimit(self.job.time_limit))
    }

    async fn attached(&mut self, command: Command, gate: Gate) -> Result<PodResult, Reason> {
        let attached = attach::attach(self, command, gate).await?;
        self.report_warnings().await;
        match attached {
            AttachResult::Over(end) => {
                if self.out.is_whole() && self.err.is_whole() {
                    self.report_unproven(&end.record).await;
                } else if self.out.is_cut() || self.err.is_cut() {
                    self.report_cut().await;
                } else {
                    // Something was lost, came twice, or was not the program's: the record has it right.
                    self.report_contradiction().await;
                    self.restart();
                    return self.follow().await;
                }
                Ok(PodResult::Recorded(end.program))
            }
            AttachResult::Special(mark @ (Mark::Absent | Mark::Denied)) => {
                let (program, image) = self.program_and_image();
                Err(match mark {
                    Mark::Absent => Reason::ProgramNotFound(NotStarted::NotInImage { program, image }),
                    _ => Reason::ProgramNotExecutable(NotStarted::NotExecutableInImage { program, image }),
                })
            }
            AttachResult::Special(mark) => Ok(PodResult::NoRecorder(mark)),
            AttachResult::Broken => {
                if !self.started() {
                    self.require_pod().await?;
                }
                self.follow().await
            }
        }
    }

    /// kubectl ended before word of the program's start came: its pod may be there all the same.
    ///
    /// # Errors
    /// It is not, or the cluster cannot be asked.
    async fn require_pod(&mut self) -> Result<(), Reason> {
        let message = self.err.messages();
        let what = self.cluster.pod_failed();
        match self.pod_state().await {
            Ok(state) if self.is_replaced() || state.as_ref().is_some_and(|it| self.is_strangers(it)) => {
                self.note_replaced();
                self.made = false;
                Err(stderr::kubectl_reason(&self.cluster, &what, &message))
            }
            Ok(Some(_)) => Ok(()),
            // kubectl run's own words are nearer to the cause.
            Ok(None) | Err(_) if !message.is_empty() => {
                let reason = stderr::kubectl_reason(&self.cluster, &what, &message);
                // It was made, and kubectl does not find it any more: it went with its namespace, for instance.
                if matches!(reason, Reason::Failed(_)) && stderr::is_not_found(&message) {
                    return Err(pod_reason::deleted(&self.pod.name));
                }
                // It attaches to what it has made, whatever it says of that then.
                self.made = self.seen_cell().get() || message.contains(ATTACH_FAILED) || !reason.nothing_was_done();
                Err(reason)
            }
            Ok(None) => Err(pod_reason::deleted(&self.pod.name)),
            Err(reason) => Err(reason),
        }
    }

    /// Has somebody else's pod the name of this one? Ours has our nonce.
    fn is_strangers(&self, state: &PodState) -> bool {
        self.pod.is_recorded() && state.metadata.annotations.get(NONCE) != Some(&self.pod.nonce)
    }

    /// A size does not prove a content.
    pub async fn report_unproven(&self, record: &Record) {
        if record.checksum.is_none() {
            self.output.notice(format!("the output is proven by its {SIZE_ALONE}")).await;
        }
    }

    /// What came of the output may be all of it, but the record that would prove it is not whole itself.
    pub async fn report_cut(&self) {
        let message = format!(
            "the output is incomplete as far as can be told: what writes its record in the pod was killed or could not write, or the \
             record was removed, while the program ran; {} bytes of stdout and {} of stderr came",
            self.out.delivered(),
            self.err.delivered()
        );
        self.output.notice(message).await;
    }

    /// All came over one connection that did not break, and is not what the record holds.
    async fn report_contradiction(&self) {
        if self.out.contradicts_record() || self.err.contradicts_record() {
            let message = "the output that came is not what its record in the pod holds, though the connection did not break: \
                           the record is saved, into which the program or another process may have written";
            self.output.notice(message).await;
        }
    }

    /// The server's warnings, which kubectl prints before the attach.
    async fn report_warnings(&self) {
        for warning in self.err.messages().lines().filter(|line| line.starts_with("Warning: ")) {
            self.output.notice(format!("kubectl: {warning}")).await;
        }
    }

    /// Reads both records on until the program ended.
    ///
    /// # Errors
    /// The pod is gone or cannot be read any more, or its container ended, before word of the program's start came.
    pub async fn follow(&mut self) -> Result<PodResult, Reason> {
        let mut finish = resume::read_on(self).await;
        // What was sent to our own pod may still come there. Of an earlier runner's pod the gate is closed by the take-over.
        if matches!(finish, Finish::Gate) && !self.adopted && !self.close_gate().await? {
            finish = resume::read_on(self).await;
        }
        let started = self.started();
        Ok(match finish {
            Finish::Recorded(end) => PodResult::Recorded(end),
            Finish::Gate => PodResult::NotStarted,
            Finish::Unknown(reason) => PodResult::Unknown(reason),
            Finish::Gone if self.adopted && !self.may_have_begun() => PodResult::NotStarted,
            Finish::Gone => {
                let reason = pod_reason::deleted(&self.pod.name);
                if !started {
                    return Err(reason);
                }
                self.incomplete().await;
                PodResult::Lost(reason)
            }
            Finish::Lost(reason) => {
                if !started {
                    return Err(reason);
                }
                self.incomplete().await;
                PodResult::Lost(reason)
            }
            Finish::Container(state) if self.adopted => self.learn_from_log(&state).await,
            Finish::Container(state) => {
                if started && let Some(learned) = self.learn_end_from_log(&state).await {
                    return Ok(learned);
                }
                let (code, reason) = resume::judge(self, &state);
                if !started {
                    return self.not_started(code, reason).await;
                }
                self.incomplete().await;
                PodResult::Container { code, reason: Some(reason) }
            }
        })
    }

    /// The container ended before the recorder let the program go.
    async fn not_started(&mut self, code: i32, reason: Reason) -> Result<PodResult, Reason> {
        let no_recorder = Ok(PodResult::NoRecorder(Mark::Unusable("/bin/sh".into())));
        match reason {
            Reason::StartError(NotStarted::InPod { is_shell: true, .. }) => no_recorder,
            // The recorder's own code for a gate that was closed, and maybe a program's.
            _ if code == 125 => match self.first_words().await {
                Some(log) if !log.contains(&format!("{}:start", self.pod.nonce)) => Ok(PodResult::NotStarted),
                // What may have run is not run again.
                _ => {
                    self.set_started();
                    self.incomplete().await;
                    let reason = Some(pod_reason::recorder_lost(&self.pod.name, code));
                    Ok(PodResult::Container { code, reason })
                }
            },
            Reason::RecorderLost { pod, .. } => {
                // A shell that is there and cannot be run, being linked with what is not there or of another processor, is found
                // only in the container, by the runtime.
                let message = self.first_words().await.unwrap_or_default();
                if message.contains(&format!("exec {}: ", self.pod.tools.shell())) {
                    return no_recorder;
                }
                if let Some(reason) = self.ended_by(Hint::None).await {
                    return Err(reason);
                }
                let message = if message.is_empty() { message } else { stderr::tidy(&message) };
                Err(Reason::RecorderLost { pod, code, started: false, message })
            }
            reason => Err(reason),
        }
    }

    async fn incomplete(&mut self) {
        let delivered = self.pass_rest().await;
        let message = format!(
            "the output is incomplete: the container ended before its record could be read to the end; {delivered} came"
        );
        self.output.notice(message).await;
    }

    /// Hands on what is held back of both streams. Says how much of them came.
    async fn pass_rest(&mut self) -> String {
        let (out, err) = (self.out.flush(), self.err.flush());
        self.pass(Stream::Stdout, out).await;
        self.pass(Stream::Stderr, err).await;
        format!("{} bytes of stdout and {} of stderr", self.out.delivered(), self.err.delivered())
    }
}
