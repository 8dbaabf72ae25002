//! One attempt at a job in one pod: what is known of it while it runs, and what may be learned at its end.

mod follow;
pub mod running_pod;

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use tokio::sync::watch;

use crate::executor::kubernetes::kubectl::client::Cluster;
use crate::executor::kubernetes::kubectl::pod_status::PodState;
use crate::executor::kubernetes::pod::{Pod, is_labelled};
use crate::executor::kubernetes::settings::KubernetesSettings;
use crate::executor::kubernetes::stream::marks::Marks;
use crate::executor::kubernetes::stream::recorder::{Mark, ProgramEnd};
use crate::executor::reason::NotStarted;
use crate::executor::{EarlierRun, Job, Output, Reason, Step, Stream};

/// A job in its pod.
pub struct Attempt<'a> {
    pub cluster: Cluster,
    pub settings: &'a KubernetesSettings,
    pub job: &'a Job,
    pub output: Output,
    pub pod: Pod,
    pub out: Marks,
    pub err: Marks,
    /// Another runner let the program go: that nothing came yet says nothing.
    adopted: bool,
    /// What came before is void once the first byte comes again, and not sooner: it may be all that there will ever be.
    void: Cell<bool>,
    /// The pod may be in the cluster.
    pub made: bool,
    begun: watch::Sender<bool>,
    limited: Rc<Cell<bool>>,
    /// `metadata.uid` of the pod, once it was looked at.
    uid: OnceCell<String>,
    /// A pod of somebody else's was seen under its name.
    is_replaced: Cell<bool>,
    /// The pod was seen in the cluster before its program began.
    is_seen: Rc<Cell<bool>>,
}

/// What an attempt brought.
#[derive(Debug)]
pub enum PodResult {
    /// The recorder's word; the pod is held and can be copied from.
    Recorded(ProgramEnd),
    /// How it ended, from the log of a container that is over.
    Logged(ProgramEnd),
    /// The container's own end.
    Container { code: i32, reason: Option<Reason> },
    /// The program ran, but how it ended cannot be learned any more.
    Lost(Reason),
    /// The program may still run.
    Unknown(Reason),
    /// The program never started, and may be started in another pod.
    NotStarted,
    /// The image lacks what the recorder needs.
    NoRecorder(Mark),
}

impl<'a> Attempt<'a> {
    /// Begins an attempt in this pod, of which nothing was read yet, and notes the pod among the job's leftovers.
    pub fn new(
        cluster: &Cluster,
        settings: &'a KubernetesSettings,
        job: &'a Job,
        output: &Output,
        pod: Pod,
    ) -> Attempt<'a> {
        job.leftovers.note(pod.trace(&cluster.namespace));
        Attempt {
            cluster: cluster.clone(),
            settings,
            job,
            output: output.clone(),
            out: Marks::new(&pod.nonce),
            err: Marks::of_stderr(&pod.nonce, &cluster.namespace, &pod.name),
            pod,
            adopted: false,
            void: Cell::new(false),
            made: true,
            begun: watch::Sender::new(false),
            limited: Rc::default(),
            uid: OnceCell::new(),
            is_replaced: Cell::new(false),
            is_seen: Rc::default(),
        }
    }

    /// Has the program been let go?
    pub fn started(&self) -> bool {
        *self.begun.borrow()
    }

    /// May another runner have let it go? That is noted before it is done, so that it is known whatever became of the pod.
    pub fn may_have_begun(&self) -> bool {
        !matches!(self.job.pods.earlier, EarlierRun::Finish { may_have_run: false, .. })
    }

    /// Is it an earlier runner's, who may have let its program go?
    pub fn is_earlier_runners(&self) -> bool {
        self.adopted && self.may_have_begun()
    }

    /// From now on it is followed in place of an earlier runner.
    pub fn set_adopted(&mut self) {
        self.adopted = true;
    }

    /// The pod as the API server knows it; none where it is gone, be it that another one has its name by now.
    ///
    /// # Errors
    /// As of [`Cluster::pod`].
    pub async fn pod_state(&self) -> Result<Option<PodState>, Reason> {
        let Some(state) = self.cluster.pod(&self.pod.name).await? else { return Ok(None) };
        Ok(self.is_same(&state).then_some(state))
    }

    /// Somebody else's pod has its name.
    pub fn note_replaced(&self) {
        self.is_replaced.set(true);
    }

    /// Has somebody else's pod its name?
    pub fn is_replaced(&self) -> bool {
        self.is_replaced.get()
    }

    /// Is this the pod that was looked at first, which is the job's by its labels, and not another one of its name?
    pub fn is_same(&self, state: &PodState) -> bool {
        let is_ours = is_labelled(state, self.job);
        let is_same = match self.uid.get() {
            Some(uid) => *uid == state.metadata.uid,
            None => is_ours,
        };
        if is_same {
            self.uid.get_or_init(|| state.metadata.uid.clone());
        } else if !is_ours {
            self.is_replaced.set(true);
        }
        is_same
    }

    /// Tells once the program has been let go.
    pub fn begun(&self) -> watch::Receiver<bool> {
        self.begun.subscribe()
    }

    /// The program was let go: its time limit begins.
    pub fn set_started(&self) {
        if !self.started() {
            self.begun.send_replace(true);
            self.output.step(Step::Running);
        }
    }

    /// Where it is noted that the pod was seen.
    pub fn seen_cell(&self) -> Rc<Cell<bool>> {
        self.is_seen.clone()
    }

    /// Was it ended by the time limit?
    pub fn limited(&self) -> bool {
        self.limited.get()
    }

    /// Why a program cannot run that is of another processor, or none.
    pub fn foreign(&self) -> Reason {
        let (program, image) = self.program_and_image();
        Reason::ExecFormatError(NotStarted::ForeignInPod { program, image })
    }

    /// What was to be run, for messages.
    pub fn program_and_image(&self) -> (String, String) {
        (self.job.command.first().cloned().unwrap_or_default(), self.settings.image.clone())
    }

    /// Hands the program's bytes on.
    pub async fn pass(&self, stream: Stream, bytes: Vec<u8>) {
        if self.out.started() || self.err.started() {
            self.set_started();
        }
        if !bytes.is_empty() {
            self.write(stream, bytes).await;
        }
    }

    /// Hands bytes on that are the program's for certain.
    pub async fn write(&self, stream: Stream, bytes: impl Into<Vec<u8>>) {
        self.drop_void().await;
        self.output.write(stream, bytes).await;
    }

    /// What came so far is void once something comes in its place.
    pub fn void(&self) {
        self.void.set(true);
    }

    /// Drops void output, even if nothing replaces it.
    pub async fn drop_void(&self) {
        if self.void.take() {
            self.output.restart().await;
        }
    }

    /// Begins both streams anew, from their records.
    pub fn restart(&mut self) {
        self.out = Marks::new(&self.pod.nonce);
        self.err = Marks::new(&self.pod.nonce);
        self.void();
    }
}
