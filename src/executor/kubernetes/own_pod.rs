//! The pod that a run answers for, and what becomes of it.

use super::pod::Pod;

/// The pod, with its Secret, that this run made or took over, and has to remove.
#[derive(Default)]
pub enum OwnPod {
    #[default]
    None,
    /// Nothing was asked of the cluster, or it is certain that the asking did nothing.
    Planned(Pod),
    /// Pod or Secret may be there: a call that makes one of them was begun. Only a deletion takes this back, or that certainty.
    Made(Pod),
}

impl OwnPod {
    fn new(pod: Pod, is_made: bool) -> OwnPod {
        if is_made { OwnPod::Made(pod) } else { OwnPod::Planned(pod) }
    }

    /// The pod, whether or not anything of it was asked for.
    pub fn pod(&self) -> Option<&Pod> {
        match self {
            OwnPod::None => None,
            OwnPod::Planned(pod) | OwnPod::Made(pod) => Some(pod),
        }
    }

    /// May something of it be in the cluster?
    pub fn is_made(&self) -> bool {
        matches!(self, OwnPod::Made(_))
    }

    /// Notes whether another pod has its name by now, which is left alone.
    pub fn set_replaced(&mut self, is_replaced: bool) {
        if let OwnPod::Planned(pod) | OwnPod::Made(pod) = self {
            pod.is_replaced = is_replaced;
        }
    }

    /// Notes whether something of it may be in the cluster.
    pub fn set_made(&mut self, is_made: bool) {
        if let OwnPod::Planned(pod) | OwnPod::Made(pod) = std::mem::take(self) {
            *self = OwnPod::new(pod, is_made);
        }
    }
}

/// How far the run has come, and so what becomes of its pod.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A run that is dropped in the middle takes its pod along.
    Running,
    /// It came to its end, whatever that was: the pod is clean_up's business, and a later take-over's.
    Over,
    /// It came to its end, but its program may still run: the pod must not be removed.
    PodLeft,
    /// It came to its end, and its program runs on that should have ended: only the pod's removal ends it.
    Outlived,
}
