//! What is learned of a program, as the job's result.

use super::artifacts::select;
use super::attempt::{Attempt, PodResult};
use super::own_pod::Progress;
use super::pod::ended_by::{self, Hint};
use super::stream::recorder::ProgramEnd;
use crate::executor::reason::OutOfMemory;
use crate::executor::{EarlierRun, Ended, Ending, Job, Reason, Step};

/// Puts what was learned into the result, and fetches the artifact. Returns what becomes of the pod.
pub async fn learn(attempt: &Attempt<'_>, learned: PodResult, ended: &mut Ended) -> Progress {
    ended.started = true;
    let at_hand = matches!(learned, PodResult::Recorded(_));
    let hint = match learned {
        PodResult::Recorded(end) | PodResult::Logged(end) if end.asked_to_end => Hint::Told,
        PodResult::Recorded(_) | PodResult::Logged(_) => Hint::NotTold,
        _ => Hint::None,
    };
    let progress = match learned {
        PodResult::Unknown(reason) => {
            ended.reason = Some(reason);
            return Progress::PodLeft;
        }
        PodResult::Lost(_) if attempt.limited() => Progress::Outlived,
        _ => Progress::Running,
    };
    enter_result(attempt, learned, ended).await;
    // First, for a pod that was told to go does not wait for us.
    attempt.output.step(Step::Collecting);
    select::fetch_artifacts(attempt, at_hand, ended).await;
    if may_be_ended_from_outside(attempt.job, ended, hint)
        && let Some(reason) = attempt.ended_by(hint).await
    {
        match ended.ending {
            // It ended well all the same.
            Ending::Exited(0) => attempt.output.notice(format!("the program was told to end: {reason}")).await,
            _ => ended.reason = Some(reason),
        }
    }
    progress
}

async fn enter_result(attempt: &Attempt<'_>, learned: PodResult, ended: &mut Ended) {
    match learned {
        PodResult::Recorded(end) | PodResult::Logged(end) => {
            let ProgramEnd { code, oom, is_foreign, .. } = end;
            ended.ending = Ending::Exited(code);
            ended.reason = is_foreign.then(|| attempt.foreign());
            if oom > 0 && code == 137 {
                ended.reason = Some(Reason::OOMKilled(OutOfMemory::Pod { code }));
            } else if oom > 0 {
                let message = format!(
                    "the kernel killed {oom} process(es) of the job because its memory limit was reached (OOM), though the program went on and ended with code {code}"
                );
                attempt.output.notice(message).await;
            }
        }
        PodResult::Container { code, reason } => {
            ended.ending = Ending::Exited(code);
            ended.reason = reason;
        }
        PodResult::Lost(reason) | PodResult::Unknown(reason) => ended.reason = Some(reason),
        PodResult::NotStarted | PodResult::NoRecorder(_) => {}
    }
    if attempt.limited() {
        ended.reason = Some(Reason::TimeLimit(attempt.job.time_limit));
        ended.ending = Ending::TimeLimit;
    }
}

/// Is it worth asking the cluster who ended the program?
fn may_be_ended_from_outside(job: &Job, ended: &Ended, hint: Hint) -> bool {
    match (&ended.ending, &ended.reason) {
        // The job was cancelled, and its pod was deleted with that.
        _ if matches!(job.pods.earlier, EarlierRun::End { .. }) => false,
        (Ending::Exited(_), None) if hint == Hint::Told => true,
        (Ending::Exited(code), None | Some(Reason::RecorderLost { .. })) => ended_by::is_signal(*code),
        (_, Some(Reason::PodDeleted { .. })) => true,
        _ => false,
    }
}
