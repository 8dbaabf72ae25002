//! Who ended a program that was told to end, and not by us: its pod, the pod's conditions and its events tell, at once or some
//! time later.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::executor::Reason;
use crate::executor::kubernetes::attempt::Attempt;
use crate::executor::kubernetes::errors::{pod_reason, stderr};
use crate::executor::kubernetes::kubectl::node;
use crate::executor::kubernetes::kubectl::pod_status::PodState;
use crate::executor::kubernetes::kubectl::queries::Event;
use crate::executor::kubernetes::stream::recorder;
use crate::executor::reason::{Drain, Probe};
use crate::failpoint;

const PAUSE: Duration = Duration::from_millis(500);
/// The kubelet ends a program first and marks its pod after that; events come by themselves.
const SOON: Duration = Duration::from_secs(2);
/// It is allowed a few calls a second, and marks a pod late where it has many.
const LATE: Duration = Duration::from_secs(10);

/// What ends a program from outside: HUP, INT, QUIT, KILL, TERM. The others are its own faults, or kills for want of memory.
const SIGNALS: [i32; 5] = [1, 2, 3, 9, 15];

/// May a program with this exit code have been ended from outside?
pub fn is_signal(code: i32) -> bool {
    code.checked_sub(128).is_some_and(|signal| SIGNALS.contains(&signal))
}

/// What the recorder knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The container was told to end.
    Told,
    /// It was not: the signal was the program's own affair.
    NotTold,
    /// Nobody saw it.
    None,
}

/// What a look at the pod says.
#[derive(Debug)]
struct PodVerdict {
    reason: Option<Reason>,
    sign: Confidence,
}

/// How sure a look is about who ended the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Confidence {
    /// The cause is.
    Cause,
    /// Its node ended it: why is told later.
    ByNode,
    /// It was told to go: why may be told later.
    Deleted,
    Nothing,
}

impl Confidence {
    /// How long to look for more.
    fn wait_limit(self, hint: Hint) -> Duration {
        match (self, hint) {
            (Confidence::Cause, _) | (Confidence::Nothing, Hint::NotTold) => Duration::ZERO,
            (Confidence::ByNode, _) | (Confidence::Nothing, Hint::Told) => failpoint::at_most(LATE),
            (Confidence::Deleted, _) | (Confidence::Nothing, Hint::None) => SOON,
        }
    }
}

impl Attempt<'_> {
    /// Why the program's pod was ended; none where nothing says that it was.
    pub async fn ended_by(&self, hint: Hint) -> Option<Reason> {
        let begun = Instant::now();
        let mut node = String::new();
        // A kubelet whose node shuts down says so once the container has ended, which the recorder holds until then.
        let mut holds = hint == Hint::Told && self.pod.is_recorded();
        loop {
            let (pod, events) = tokio::join!(self.pod_state(), self.cluster.events(&self.pod.name));
            if let Ok(Some(pod)) = &pod {
                node.clone_from(&pod.spec.node_name);
            }
            // Where the cluster does not answer, nothing is known of it.
            let nothing = PodVerdict { reason: None, sign: Confidence::Nothing };
            let verdict = pod.map_or(nothing, |pod| verdict(&self.pod.name, pod.as_ref(), &events));
            tracing::debug!(?verdict, ?hint, "looked for who ended the pod");
            if begun.elapsed() < verdict.sign.wait_limit(hint) {
                if verdict.reason.is_none() && std::mem::take(&mut holds) {
                    let _ = self.cluster.query(&self.pod.exec(recorder::RELEASE)).await;
                }
                sleep(PAUSE).await;
                continue;
            }
            if verdict.reason.is_none() && (hint == Hint::Told || verdict.sign == Confidence::ByNode) {
                let message = "the container was told to end, and neither its pod nor the pod's events say by whom";
                self.output.notice(message).await;
            }
            return match verdict.reason {
                Some(Reason::PodDeleted { pod }) => {
                    Some(self.drained(&pod, &node).await.unwrap_or(Reason::PodDeleted { pod }))
                }
                reason => reason,
            };
        }
    }

    /// Of a drain, servers before 1.26 say nothing, and none does where it deletes the pods itself (`--disable-eviction`).
    ///
    /// The pod was there before its node was closed for new ones.
    async fn drained(&self, pod: &str, node: &str) -> Option<Reason> {
        if node.is_empty() || !node::is_cordoned(&self.cluster, node).await {
            return None;
        }
        Some(Reason::Drained { pod: pod.to_owned(), how: Drain::NodeCordoned(node.to_owned()) })
    }
}

/// Judges a pod, none where it is gone, by what is known of it.
///
/// Its own status is nearest to the cause, and that it was told to go is what others do it by.
fn verdict(name: &str, pod: Option<&PodState>, events: &[Event]) -> PodVerdict {
    let cause = pod
        .and_then(pod_reason::pod_end_reason)
        .or_else(|| pod_reason::disruption(pod?))
        .or_else(|| events.iter().rev().find_map(|event| of_event(name, event)));
    if cause.is_some() {
        return PodVerdict { reason: cause, sign: Confidence::Cause };
    }
    let is_deleted = pod.is_none_or(|pod| pod.metadata.deletion_timestamp.is_some());
    let by_node = pod.is_some_and(|pod| pod.reached_its_deadline() || pod.disruption().is_some());
    // Its container is called as the pod is.
    let is_killed = || events.iter().any(|event| event.reason == "Killing" && event.message.contains(name));
    // A pod that is deleted has its container killed for that, whatever was wrong with it before.
    if !is_deleted && let Some(reason) = by_own_rule(name, events) {
        return PodVerdict { reason: Some(reason), sign: Confidence::Cause };
    }
    let sign = match is_deleted {
        _ if by_node => Confidence::ByNode,
        // Servers before 1.26 delete a pod that is drained or makes room, and say so afterwards or not at all.
        true => Confidence::Deleted,
        false if is_killed() => Confidence::ByNode,
        false => Confidence::Nothing,
    };
    PodVerdict { reason: is_deleted.then(|| pod_reason::deleted(name)), sign }
}

/// The node ended the container by what the pod itself asks for: a hook, or a probe.
///
/// That a probe failed ends nothing by itself, for it may do so a few times.
fn by_own_rule(name: &str, events: &[Event]) -> Option<Reason> {
    let mut own = events.iter().rev().filter(|event| event.is_of_own_container(name));
    let is_killed = own.clone().any(|event| event.reason == "Killing");
    let tidy = |message: &str| if message.trim().is_empty() { String::new() } else { stderr::tidy(message.trim()) };
    own.find_map(|event| match event.reason.as_str() {
        "FailedPostStartHook" => Some(Reason::HookFailed { pod: name.to_owned(), message: tidy(&event.message) }),
        "Unhealthy" if is_killed => {
            let probes = [("Liveness probe failed:", Probe::Liveness), ("Startup probe failed:", Probe::Startup)];
            let (message, probe) =
                probes.into_iter().find_map(|(head, probe)| Some((event.message.strip_prefix(head)?, probe)))?;
            Some(Reason::ProbeFailed { pod: name.to_owned(), probe, message: tidy(message) })
        }
        _ => None,
    })
}

fn of_event(name: &str, event: &Event) -> Option<Reason> {
    let (pod, message) = (name.to_owned(), stderr::tidy(event.message.trim()));
    match event.reason.as_str() {
        "Evicted" => Some(Reason::Evicted { pod, message }),
        "DeadlineExceeded" => Some(Reason::DeadlineExceeded { pod, message }),
        "Preempted" | "Preempting" => Some(Reason::Preempted { pod, message }),
        "TaintManagerEviction" => Some(Reason::Drained { pod, how: Drain::Told(message) }),
        "NodeShutdown" | "Shutdown" => Some(Reason::NodeShutdown { pod, message }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::executor::kubernetes::kubectl::queries::EventObject;
    use crate::executor::reason::Code;

    #[test]
    fn who_ended_it() {
        let event =
            |reason: &str| Event { reason: reason.into(), message: "Stopping container p".into(), ..Event::default() };
        let target =
            |reason: &str| json!([{"type": "DisruptionTarget", "status": "True", "reason": reason, "message": "m"}]);
        let told = json!({"name": "p", "deletionTimestamp": "2026-11-28T12:00:00Z"});
        let of_kubelet = json!({"conditions": target("TerminationByKubelet")});
        let lived = |seconds: u32| {
            json!({"startTime": "2026-11-28T12:00:00Z", "containerStatuses": [{"name": "p", "state": {"terminated":
                {"exitCode": 143, "finishedAt": format!("2026-11-28T12:00:{seconds:02}Z")}}}]})
        };
        for (metadata, status, events, code, sign) in [
            (json!({"name": "p"}), json!({}), vec![], None, Confidence::Nothing),
            (json!({"name": "p"}), json!({}), vec![event("Pulled")], None, Confidence::Nothing),
            (json!({"name": "p"}), json!({}), vec![event("Pulled"), event("Killing")], None, Confidence::ByNode),
            (json!({"name": "p"}), lived(6), vec![], None, Confidence::Nothing),
            (json!({"name": "p"}), lived(7), vec![], None, Confidence::ByNode),
            (json!({"name": "p"}), of_kubelet.clone(), vec![], None, Confidence::ByNode),
            (told.clone(), json!({}), vec![event("Killing")], Some(Code::PodDeleted), Confidence::Deleted),
            (told.clone(), of_kubelet.clone(), vec![], Some(Code::PodDeleted), Confidence::ByNode),
            (
                told.clone(),
                json!({"conditions": target("EvictionByEvictionAPI")}),
                vec![],
                Some(Code::Drained),
                Confidence::Cause,
            ),
            (
                told.clone(),
                json!({"conditions": target("PreemptionByScheduler")}),
                vec![],
                Some(Code::Preempted),
                Confidence::Cause,
            ),
            (
                told.clone(),
                json!({"conditions": target("DeletionByTaintManager")}),
                vec![],
                Some(Code::Drained),
                Confidence::Cause,
            ),
            (told.clone(), of_kubelet, vec![event("Evicted")], Some(Code::Evicted), Confidence::Cause),
            (told, json!({}), vec![event("Preempted")], Some(Code::Preempted), Confidence::Cause),
            (json!({"name": "p"}), json!({}), vec![event("Evicted")], Some(Code::Evicted), Confidence::Cause),
            (
                json!({"name": "p"}),
                json!({}),
                vec![event("DeadlineExceeded")],
                Some(Code::DeadlineExceeded),
                Confidence::Cause,
            ),
            (
                json!({"name": "p"}),
                json!({"reason": "Terminated"}),
                vec![],
                Some(Code::NodeShutdown),
                Confidence::Cause,
            ),
            (json!({"name": "p"}), json!({"reason": "Evicted"}), vec![], Some(Code::Evicted), Confidence::Cause),
        ] {
            let state = json!({"metadata": metadata, "status": status, "spec": {"activeDeadlineSeconds": 8}});
            let state: PodState = serde_json::from_value(state).unwrap();
            let verdict = verdict("p", Some(&state), &events);
            let found = (verdict.reason.map(|reason| reason.code()), verdict.sign);
            assert_eq!(found, (code, sign), "{status} {metadata}");
        }
        let gone = |events: &[Event]| verdict("p", None, events).reason.unwrap().code();
        assert_eq!(gone(&[]), Code::PodDeleted);
        assert_eq!(gone(&[event("Preempted")]), Code::Preempted);
    }

    #[test]
    fn ended_by_its_own_rule() {
        let own = |reason: &str, message: &str, container: &str| Event {
            reason: reason.into(),
            message: message.into(),
            involved_object: EventObject { field_path: format!("spec.containers{{{container}}}") },
        };
        let failed = |container| own("Unhealthy", "Liveness probe failed: no", container);
        let killed = own("Killing", "Stopping container p", "p");
        let hook = own("FailedPostStartHook", "PostStartHook failed", "p");
        let found = |metadata: Value, events: &[Event]| {
            let state: PodState = serde_json::from_value(json!({"metadata": metadata})).unwrap();
            verdict("p", Some(&state), events).reason.map(|reason| reason.code())
        };
        let stays = json!({"name": "p"});
        assert_eq!(found(stays.clone(), &[failed("p"), killed.clone()]), Some(Code::ProbeFailed));
        assert_eq!(found(stays.clone(), &[failed("p")]), None);
        assert_eq!(found(stays.clone(), &[failed("side"), killed.clone()]), None);
        assert_eq!(found(stays, &[hook]), Some(Code::HookFailed));
        let deleted = json!({"name": "p", "deletionTimestamp": "2026-11-28T12:00:00Z"});
        assert_eq!(found(deleted, &[failed("p"), killed]), Some(Code::PodDeleted));
    }
}
