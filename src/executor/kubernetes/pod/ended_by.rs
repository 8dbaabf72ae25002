//! Who ended a program that got a signal which we did not send: its pod, the pod's conditions and its events tell, at once or
//! a moment later.

use std::time::Duration;

use tokio::time::sleep;

use crate::executor::Reason;
use crate::executor::kubernetes::attempt::Run;
use crate::executor::kubernetes::errors::pod_reason;
use crate::executor::kubernetes::kubectl::pod_status::PodState;
use crate::executor::kubernetes::kubectl::queries::Event;

/// The kubelet ends a program first and marks its pod after that; events come by themselves.
const LOOKS: usize = 3;
const PAUSE: Duration = Duration::from_millis(700);

/// What ends a program from outside: HUP, INT, QUIT, KILL, TERM. The others are its own faults, or kills for want of memory.
const SIGNALS: [i32; 5] = [1, 2, 3, 9, 15];

/// May a program with this exit code have been ended from outside?
pub fn is_signal(code: i32) -> bool {
    SIGNALS.contains(&(code - 128))
}

impl Run<'_> {
    /// Why the program's pod was ended; none where nothing says that it was.
    pub async fn ended_by(&self) -> Option<Reason> {
        for look in 1..=LOOKS {
            let (pod, events) = tokio::join!(self.cluster.pod(&self.pod.name), self.cluster.events(&self.pod.name));
            // Where the cluster does not answer, nothing is known of it.
            if let Ok(pod) = pod
                && let Some(reason) = verdict(&self.pod.name, pod.as_ref(), &events)
            {
                return Some(reason);
            }
            if look < LOOKS {
                sleep(PAUSE).await;
            }
        }
        None
    }
}

/// Judges a pod, none where it is gone, by what is known of it. Its own status is nearest to the cause, and that it was told to
/// go is what others do it by.
fn verdict(name: &str, pod: Option<&PodState>, events: &[Event]) -> Option<Reason> {
    pod.and_then(pod_reason::of_status)
        .or_else(|| disruption(pod?))
        .or_else(|| events.iter().rev().find_map(|event| of_event(name, event)))
        .or_else(|| {
            let is_told_to_go = pod.is_none_or(|pod| pod.metadata.deletion_timestamp.is_some());
            is_told_to_go.then(|| pod_reason::deleted(name))
        })
}

/// What the condition `DisruptionTarget` says (Kubernetes 1.26 and later).
fn disruption(pod: &PodState) -> Option<Reason> {
    let condition = pod.status.conditions.iter().find(|it| it.kind == "DisruptionTarget" && it.status == "True")?;
    let (name, words) = (pod.metadata.name.clone(), condition.message.clone());
    match condition.reason.as_str() {
        "EvictionByEvictionAPI" | "DeletionByTaintManager" => Some(Reason::Drained { pod: name, words }),
        "PreemptionByScheduler" => Some(Reason::Preempted { pod: name, words }),
        // The kubelet's own reason follows in the status.
        "TerminationByKubelet" => None,
        state => Some(Reason::NodeFault { pod: name, state: state.to_owned(), words }),
    }
}

fn of_event(name: &str, event: &Event) -> Option<Reason> {
    let (pod, words) = (name.to_owned(), pod_reason::tidy(event.message.trim().trim_end_matches('.')));
    match event.reason.as_str() {
        "Evicted" => Some(Reason::Evicted { pod, words }),
        "DeadlineExceeded" => Some(Reason::DeadlineExceeded { pod, words }),
        "Preempted" | "Preempting" => Some(Reason::Preempted { pod, words }),
        "TaintManagerEviction" => Some(Reason::Drained { pod, words }),
        "NodeShutdown" | "Shutdown" => Some(Reason::NodeShutdown { pod, words }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::executor::reason::Code;

    #[test]
    fn who_ended_it() {
        let event = |reason: &str| Event { reason: reason.into(), message: "m".into() };
        let target =
            |reason: &str| json!([{"type": "DisruptionTarget", "status": "True", "reason": reason, "message": "m"}]);
        let told = json!({"name": "p", "deletionTimestamp": "2026-11-28T12:00:00Z"});
        for (metadata, status, events, code) in [
            (json!({"name": "p"}), json!({}), vec![], None),
            (json!({"name": "p"}), json!({}), vec![event("Pulled"), event("Killing")], None),
            (told.clone(), json!({}), vec![event("Killing")], Some(Code::PodDeleted)),
            (told.clone(), json!({"conditions": target("EvictionByEvictionAPI")}), vec![], Some(Code::Drained)),
            (told.clone(), json!({"conditions": target("PreemptionByScheduler")}), vec![], Some(Code::Preempted)),
            (
                told.clone(),
                json!({"conditions": target("TerminationByKubelet")}),
                vec![event("Evicted")],
                Some(Code::Evicted),
            ),
            (told, json!({}), vec![event("Preempted")], Some(Code::Preempted)),
            (json!({"name": "p"}), json!({}), vec![event("Evicted")], Some(Code::Evicted)),
            (json!({"name": "p"}), json!({}), vec![event("DeadlineExceeded")], Some(Code::DeadlineExceeded)),
            (json!({"name": "p"}), json!({"reason": "Terminated"}), vec![], Some(Code::NodeShutdown)),
            (json!({"name": "p"}), json!({"reason": "Evicted"}), vec![], Some(Code::Evicted)),
        ] {
            let state: PodState = serde_json::from_value(json!({"metadata": metadata, "status": status})).unwrap();
            let found = verdict("p", Some(&state), &events).map(|reason| reason.code());
            assert_eq!(found, code, "{status} {metadata}");
        }
        assert_eq!(verdict("p", None, &[]).unwrap().code(), Code::PodDeleted);
        assert_eq!(verdict("p", None, &[event("Preempted")]).unwrap().code(), Code::Preempted);
    }
}
