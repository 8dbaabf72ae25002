//! The protocol by which several runners share the jobs of one database, as a model that is checked in every order of its steps:
//! three runners, two jobs of one runtemplate. A step is named as the function of the program that it stands for;
//! `docs/runners.md` tells the same in words.
//!
//! Time is but an event: a lease lapses at any moment. So a runner that is stopped, or slow, is one that takes no step while that
//! happens, which is among the orders that are tried, before and after each of its steps; one that cannot reach the database takes
//! no step that needs it, or gives up ([`Step::GiveUp`]). A runner dies at any step. How often leases lapse and runners die or give
//! up is bounded, and one runner neither dies nor gives up: without one that lives nobody could bring a job to its end. The others may
//! be unable to reach the cluster: whenever they take a job over they may have to leave it as it is ([`Step::LeaveUnsettled`]), and take
//! it over again as soon as they see it, for of their own runners they know at once that they are gone.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use stateright::{Checker, HasDiscoveries, Model, Property};

const RUNNERS: usize = 3;
const JOBS: usize = 2;
/// This one neither dies nor gives up. Its leases lapse as those of the others.
const HEALTHY: usize = 2;

/// What keeps the promises; a model without one of them has to break one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    /// `claim` changes only a job that has not begun.
    ClaimsOnce,
    /// `Lease::begin` changes only the runner's own record.
    BeginsOwn,
    /// `Lease::begin` enters the pod's name before that is asked for.
    NamesThePod,
    /// `Lease::take_over` changes only the record that was looked at.
    ReplacesWhatItSaw,
    /// `take_over` begins nothing where the pod that was asked for last is not there.
    WaitsForNoPod,
    /// `take_over` closes the gate of a pod before it begins anew.
    ClosesTheGate,
    /// `runner::lock_held` lets only the runner save whose record it is.
    HoldsToSave,
    /// `crashed::resolve` puts its own record in the place of the lapsed one.
    MarksTheEnd,
    /// `crashed::resolve` never queues a job again whose lease lapsed.
    EndsWhatLapsed,
    /// `find` takes up jobs that nobody holds any more.
    FindsTheLapsed,
    /// `run::leave_unsettled` lets go of the job.
    LetsGo,
    /// `requeue::put_back` lets only the runner put a job back whose record it is.
    HoldsToPutBack,
    /// `requeue::put_back` leaves a job that has ended meanwhile.
    KeepsTheResult,
    /// `resolve::requeue` is for jobs alone of which their runner noted that nothing had begun.
    RequeuesUnbegun,
    /// `result::enter` saves a result only where there is none.
    SavesOnce,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Executor {
    Native,
    Kubernetes,
}

struct Protocol {
    executor: Executor,
    jobs: usize,
    without: Option<Guard>,
    /// So often leases lapse, and so many runners die or give up.
    lapses: u8,
    mishaps: u8,
}

/// The record of who runs a job: the runner, and which of the job's pods it asked for last.
type Record = (usize, Option<usize>);

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Job {
    /// `job.begin` is set.
    has_begun: bool,
    record: Option<Record>,
    /// The lease was not renewed for its whole term.
    has_lapsed: bool,
    /// `job.exitcode` is set.
    has_ended: bool,
    /// A result was saved by somebody who did not hold the job, or over another one.
    is_spoilt: bool,
    /// So often a program of it began.
    starts: u8,
    recovery_file: RecoveryFile,
    pods: Vec<Pod>,
}

/// A runner that could not save its result may have left it in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum RecoveryFile {
    #[default]
    Missing,
    Left,
    /// The result of the job is what it held.
    Loaded,
}

/// A pod and the `kubectl run` that makes it and lets its program go. That goes on while its runner is stopped, and may outlive it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Pod {
    Asked,
    /// It waits at its gate.
    Made,
    LetGo,
    /// Its gate is closed for good.
    Closed,
}

/// What a runner is about to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Phase {
    #[default]
    Idle,
    /// The job is its own, and nothing of it has begun.
    Claimed(usize),
    /// It may ask for a pod.
    Granted(usize),
    /// Its program runs here, or its `kubectl run` has been asked for this pod.
    Running(usize, usize),
    /// It has seen that the lease of this record lapsed.
    Found(usize, Option<Record>),
    /// The job is its own, and it looks for what the runner before it left: for this pod.
    Resumed(usize, Option<usize>),
    /// It knows how the job ended, or that nobody can know that.
    Learned(usize),
    Dead,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct World {
    jobs: Vec<Job>,
    runners: [Phase; RUNNERS],
    lapses: u8,
    mishaps: u8,
}

impl Job {
    /// `requeue::wait_again`: as if nobody had taken it. A result that it has is undone by that.
    fn wait_again(&mut self) {
        self.is_spoilt |= self.has_ended;
        (self.has_begun, self.record, self.has_lapsed) = (false, None, false);
    }
}

impl World {
    /// One of those that differ in nothing but which is called the first of the two runners that are not [`HEALTHY`], and which
    /// the first job: the others need no looking at.
    fn representative(self) -> World {
        let swapped = self.renamed(|runner| if runner == HEALTHY { runner } else { 1 - runner }, |job| job);
        let world = self.min(swapped);
        if world.jobs.len() < 2 {
            return world;
        }
        let last = world.jobs.len() - 1;
        let other = world.renamed(|runner| runner, |job| last - job);
        let both = other.renamed(|runner| if runner == HEALTHY { runner } else { 1 - runner }, |job| job);
        world.min(other).min(both)
    }

    fn renamed(&self, runner: impl Fn(usize) -> usize, job: impl Fn(usize) -> usize) -> World {
        let record = |(holder, pod): Record| (runner(holder), pod);
        let mut world = self.clone();
        for (at, it) in self.jobs.iter().enumerate() {
            world.jobs[job(at)] = Job { record: it.record.map(record), ..it.clone() };
        }
        for (at, phase) in self.runners.iter().enumerate() {
            world.runners[runner(at)] = match phase {
                Phase::Idle => Phase::Idle,
                Phase::Claimed(at) => Phase::Claimed(job(*at)),
                Phase::Granted(at) => Phase::Granted(job(*at)),
                Phase::Running(at, pod) => Phase::Running(job(*at), *pod),
                Phase::Found(at, seen) => Phase::Found(job(*at), seen.map(record)),
                Phase::Resumed(at, last) => Phase::Resumed(job(*at), *last),
                Phase::Learned(at) => Phase::Learned(job(*at)),
                Phase::Dead => Phase::Dead,
            };
        }
        world
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Claim(usize, usize),
    Begin(usize),
    Run(usize),
    Renew(usize),
    Find(usize, usize),
    Resume(usize),
    End(usize),
    TakeOver(usize),
    Finish(usize),
    PutBack(usize),
    Requeue(usize, usize),
    /// The recovery file of a job is loaded, by whomever.
    Load(usize),
    GiveUp(usize),
    LeaveUnsettled(usize),
    Die(usize),
    /// A lease lapses.
    Lapse(usize),
    /// `kubectl run` makes a pod that was asked for.
    Make(usize, usize),
    /// It lets the pod's program go.
    LetGo(usize, usize),
}

impl Protocol {
    fn has(&self, guard: Guard) -> bool {
        self.without != Some(guard)
    }

    /// What a runner can do next.
    fn steps_of(&self, world: &World, runner: usize) -> Vec<Step> {
        match world.runners[runner] {
            Phase::Dead => Vec::new(),
            Phase::Idle => (0..world.jobs.len())
                .flat_map(|job| [Step::Claim(runner, job), Step::Find(runner, job), Step::Requeue(runner, job)])
                .collect(),
            Phase::Claimed(_) if self.executor == Executor::Kubernetes => vec![Step::Begin(runner)],
            Phase::Claimed(_) | Phase::Granted(_) => vec![Step::Run(runner)],
            Phase::Running(..) | Phase::Learned(_) => vec![Step::Finish(runner), Step::Renew(runner)],
            Phase::Resumed(..) => vec![Step::TakeOver(runner)],
            Phase::Found(..) if self.executor == Executor::Kubernetes => vec![Step::Resume(runner)],
            Phase::Found(..) => vec![Step::End(runner)],
        }
    }

    /// `claim`: the job's row changes only where nobody began it, and only while no other job of the runtemplate runs
    /// (`overlap::find`).
    fn claim(&self, world: &mut World, runner: usize, job: usize) -> Option<()> {
        let others = world.jobs.iter().enumerate().filter(|(at, _)| *at != job);
        let is_busy = others.into_iter().any(|(_, it)| it.has_begun && !it.has_ended);
        let it = &mut world.jobs[job];
        if it.has_begun && self.has(Guard::ClaimsOnce) || it.has_ended || is_busy {
            return None;
        }
        it.has_begun = true;
        it.record = Some((runner, None));
        it.has_lapsed = false;
        world.runners[runner] = Phase::Claimed(job);
        Some(())
    }

    /// `requeue::put_back`, inside `runner::lock_held`: what was wrong here kept the runner from beginning anything.
    fn put_back(&self, world: &mut World, runner: usize) -> Option<()> {
        let Phase::Claimed(job) = world.runners[runner] else { return None };
        let it = &mut world.jobs[job];
        let is_own = it.record.is_some_and(|(holder, _)| holder == runner) || !self.has(Guard::HoldsToPutBack);
        if is_own && (!it.has_ended || !self.has(Guard::KeepsTheResult)) {
            it.wait_again();
        }
        world.runners[runner] = Phase::Idle;
        world.mishaps = world.mishaps.saturating_add(1);
        Some(())
    }

    /// `resolve::requeue`: the runner was on this machine and is gone, and its run file tells that its program had not begun.
    fn requeue(&self, world: &mut World, runner: usize, job: usize) -> Option<()> {
        let it = &mut world.jobs[job];
        let was_here = it.record.is_some_and(|(holder, _)| holder == runner);
        let is_noted = it.starts == 0 || !self.has(Guard::RequeuesUnbegun);
        let is_lost = it.has_begun && !it.has_ended && was_here;
        if !is_lost || !is_noted || self.executor == Executor::Kubernetes {
            return None;
        }
        it.wait_again();
        Some(())
    }

    /// `recovery_load::load`, which holds no job.
    fn load(&self, world: &mut World, job: usize) -> Option<()> {
        let it = &mut world.jobs[job];
        if it.recovery_file != RecoveryFile::Left || !it.has_begun {
            return None;
        }
        self.enter(it);
        it.recovery_file = RecoveryFile::Loaded;
        Some(())
    }

    /// `result::enter`.
    fn enter(&self, job: &mut Job) {
        if !job.has_ended || !self.has(Guard::SavesOnce) {
            job.is_spoilt |= job.has_ended;
            job.has_ended = true;
        }
    }

    /// `Lease::begin`: the fence before a pod is asked for.
    fn begin(&self, world: &mut World, runner: usize) -> Option<()> {
        let Phase::Claimed(job) = world.runners[runner] else { return None };
        let it = &mut world.jobs[job];
        let is_own = it.record.is_some_and(|(holder, _)| holder == runner);
        if is_own {
            let pod = self.has(Guard::NamesThePod).then_some(it.pods.len());
            it.record = Some((runner, pod));
            it.has_lapsed = false;
        }
        world.runners[runner] = if is_own || !self.has(Guard::BeginsOwn) { Phase::Granted(job) } else { Phase::Idle };
        Some(())
    }

    /// `Executor::run`: a program of this machine begins at once, a pod's once `kubectl run` has made that and let it go.
    fn run(&self, world: &mut World, runner: usize) -> Option<()> {
        let (Phase::Claimed(job) | Phase::Granted(job)) = world.runners[runner] else { return None };
        let it = &mut world.jobs[job];
        world.runners[runner] = Phase::Running(job, it.pods.len());
        match self.executor {
            Executor::Native => it.starts += 1,
            Executor::Kubernetes => it.pods.push(Pod::Asked),
        }
        Some(())
    }

    /// Is the job nobody's, as this runner sees it? Its lease lapsed; or its last runner was on this machine, and is gone.
    fn is_lost(&self, job: &Job, runner: usize) -> bool {
        let is_own = job.record.is_some_and(|(holder, _)| holder == runner && holder != HEALTHY);
        job.has_lapsed || is_own && self.executor == Executor::Kubernetes
    }

    /// `crashed::find`: begun, not ended, and nobody's.
    fn find(&self, world: &mut World, runner: usize, job: usize) -> Option<()> {
        let it = &world.jobs[job];
        if !it.has_begun || it.has_ended || !self.is_lost(it, runner) || !self.has(Guard::FindsTheLapsed) {
            return None;
        }
        world.runners[runner] = Phase::Found(job, it.record);
        Some(())
    }

    /// `crashed::find_again` and `Lease::take_over`: the record is changed where it is still the one that was looked at.
    fn replaces(&self, world: &World, runner: usize) -> Option<(usize, Option<usize>, bool)> {
        let Phase::Found(job, seen) = world.runners[runner] else { return None };
        let it = &world.jobs[job];
        let is_same = it.record == seen && self.is_lost(it, runner) || !self.has(Guard::ReplacesWhatItSaw);
        Some((job, seen.and_then(|(_, pod)| pod), is_same && !it.has_ended))
    }

    /// `claim::resume`.
    fn resume(&self, world: &mut World, runner: usize) -> Option<()> {
        let (job, pod, is_ours) = self.replaces(world, runner)?;
        if is_ours {
            world.jobs[job].record = Some((runner, pod));
            world.jobs[job].has_lapsed = false;
        }
        world.runners[runner] = if is_ours { Phase::Resumed(job, pod) } else { Phase::Idle };
        Some(())
    }

    /// `run::leave_unsettled`: the cluster cannot be asked from there.
    fn leave_unsettled(&self, world: &mut World, runner: usize) -> Option<()> {
        let Phase::Resumed(job, _) = world.runners[runner] else { return None };
        let it = &mut world.jobs[job];
        if it.record.is_some_and(|(holder, _)| holder == runner) && self.has(Guard::LetsGo) {
            it.has_lapsed = true;
        }
        world.runners[runner] = Phase::Idle;
        world.mishaps = world.mishaps.saturating_add(1);
        Some(())
    }

    /// A machine that cannot reach the cluster takes up whatever it finds, in vain, before anybody else comes to it.
    fn try_in_vain(&self, world: World, runner: usize) -> World {
        if runner == HEALTHY || world.runners[runner] != Phase::Idle || self.executor != Executor::Kubernetes {
            return world;
        }
        (0..world.jobs.len()).fold(world, |world, job| {
            let steps = [Step::Find(runner, job), Step::Resume(runner), Step::LeaveUnsettled(runner)];
            let tried = steps.iter().try_fold(world.clone(), |world, step| self.after(&world, *step));
            tried.unwrap_or(world)
        })
    }

    /// `crashed::resolve` of a job whose lease lapsed: it is never begun again.
    fn end(&self, world: &mut World, runner: usize) -> Option<()> {
        let (job, _, is_ours) = self.replaces(world, runner)?;
        world.runners[runner] = Phase::Idle;
        if !is_ours {
            return Some(());
        }
        let it = &mut world.jobs[job];
        if self.has(Guard::MarksTheEnd) {
            it.record = Some((runner, None));
        }
        if self.has(Guard::EndsWhatLapsed) {
            it.has_ended = true;
        } else {
            it.has_begun = false;
        }
        Some(())
    }

    /// `Kubernetes::take_over`, and `Attempt::close_gate`: one of those who would close the gate and let the program go comes first.
    fn take_over(&self, world: &mut World, runner: usize) -> Option<()> {
        let Phase::Resumed(job, last) = world.runners[runner] else { return None };
        let it = &mut world.jobs[job];
        let is_decided = match last.map(|at| (at, it.pods.get(at).copied())) {
            None | Some((_, Some(Pod::Closed))) => false,
            Some((_, Some(Pod::LetGo))) => true,
            Some((at, Some(Pod::Made))) => {
                if self.has(Guard::ClosesTheGate) {
                    it.pods[at] = Pod::Closed;
                }
                false
            }
            // It may be made in a moment, or never.
            Some((_, None | Some(Pod::Asked))) => self.has(Guard::WaitsForNoPod),
        };
        world.runners[runner] = if is_decided { Phase::Learned(job) } else { Phase::Claimed(job) };
        Some(())
    }

    /// `finish`, inside `runner::lock_held`.
    fn finish(&self, world: &mut World, runner: usize) -> Option<()> {
        let (Phase::Running(job, _) | Phase::Learned(job)) = world.runners[runner] else { return None };
        let it = &mut world.jobs[job];
        if let (Phase::Running(_, pod), Executor::Kubernetes) = (&world.runners[runner], self.executor)
            && !matches!(it.pods[*pod], Pod::LetGo | Pod::Closed)
        {
            return None;
        }
        let is_own = it.record.is_some_and(|(holder, _)| holder == runner);
        if is_own || !self.has(Guard::HoldsToSave) {
            // Of any other end its record has to tell.
            it.is_spoilt |= !is_own || it.has_ended && it.recovery_file != RecoveryFile::Loaded;
            self.enter(it);
        }
        world.runners[runner] = Phase::Idle;
        Some(())
    }

    /// `Lease::renew`, and `JobHold::look`: one whose job is another's gives up.
    fn renew(&self, world: &mut World, runner: usize) -> Option<()> {
        let (Phase::Running(job, _) | Phase::Learned(job)) = world.runners[runner] else { return None };
        let it = &mut world.jobs[job];
        match it.record {
            Some((holder, _)) if holder == runner && it.has_lapsed => it.has_lapsed = false,
            Some((holder, _)) if holder == runner => return None,
            _ => world.runners[runner] = Phase::Idle,
        }
        Some(())
    }

    /// The world after a step; None where the step changes nothing.
    fn after(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        let world = &mut next;
        match step {
            Step::Claim(runner, job) => self.claim(world, runner, job)?,
            Step::Begin(runner) => self.begin(world, runner)?,
            Step::Run(runner) => self.run(world, runner)?,
            Step::Renew(runner) => self.renew(world, runner)?,
            Step::Find(runner, job) => self.find(world, runner, job)?,
            Step::Resume(runner) => self.resume(world, runner)?,
            Step::End(runner) => self.end(world, runner)?,
            Step::TakeOver(runner) => self.take_over(world, runner)?,
            Step::Finish(runner) => self.finish(world, runner)?,
            Step::PutBack(runner) => self.put_back(world, runner)?,
            Step::Requeue(runner, job) => self.requeue(world, runner, job)?,
            Step::Load(job) => self.load(world, job)?,
            Step::Make(job, pod) => world.jobs[job].pods[pod] = Pod::Made,
            Step::LeaveUnsettled(runner) => self.leave_unsettled(world, runner)?,
            Step::LetGo(job, pod) => {
                world.jobs[job].pods[pod] = Pod::LetGo;
                world.jobs[job].starts += 1;
            }
            Step::Lapse(job) => {
                world.jobs[job].has_lapsed = true;
                world.lapses += 1;
            }
            Step::Die(runner) => {
                world.runners[runner] = Phase::Dead;
                world.mishaps += 1;
            }
            Step::GiveUp(runner) => {
                // It concerns one job alone; with two in Kubernetes there are too many states without it.
                if let Phase::Running(job, _) = world.runners[runner]
                    && world.jobs[job].recovery_file == RecoveryFile::Missing
                    && (self.jobs == 1 || self.executor == Executor::Native)
                {
                    world.jobs[job].recovery_file = RecoveryFile::Left;
                }
                world.runners[runner] = Phase::Idle;
                world.mishaps += 1;
            }
        }
        Some(next)
    }

    /// Whatever has happened: the one that lives brings every job to its end by itself, while the others do nothing more, or nothing that
    /// helps.
    fn can_end(&self, world: &World) -> bool {
        let mut world = world.clone();
        for _ in 0..50 {
            if world.jobs.iter().all(|job| job.has_ended) {
                return true;
            }
            // Its own lease it renews; those of the others lapse, unless they take the job up again before that.
            let is_idle = |runner: usize| world.runners[runner] == Phase::Idle && self.executor == Executor::Kubernetes;
            let holders = world.jobs.iter().map(|job| job.record.map(|(holder, _)| holder));
            let lapse: Vec<bool> = holders.map(|it| it.is_some_and(|it| it != HEALTHY && !is_idle(it))).collect();
            for (job, lapses) in world.jobs.iter_mut().zip(lapse) {
                let is_own = job.record.is_some_and(|(holder, _)| holder == HEALTHY);
                job.has_lapsed = job.has_begun && (lapses || job.has_lapsed && !is_own);
            }
            world = (0..RUNNERS).fold(world, |world, runner| self.try_in_vain(world, runner));
            let own = match world.runners[HEALTHY] {
                Phase::Running(job, pod) if self.executor == Executor::Kubernetes => match world.jobs[job].pods[pod] {
                    Pod::Asked => Some(Step::Make(job, pod)),
                    Pod::Made => Some(Step::LetGo(job, pod)),
                    Pod::LetGo | Pod::Closed => None,
                },
                _ => None,
            };
            let mut steps = own.into_iter().chain(self.steps_of(&world, HEALTHY));
            let Some(next) = steps.find_map(|step| self.after(&world, step)) else { return false };
            world = next;
        }
        false
    }
}

impl Model for Protocol {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World { jobs: vec![Job::default(); self.jobs], ..World::default() }]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        for (at, phase) in world.runners.iter().enumerate() {
            steps.extend(self.steps_of(world, at));
            // What befalls one that has nothing to do is of no consequence.
            if at != HEALTHY && !matches!(phase, Phase::Idle | Phase::Dead) && world.mishaps < self.mishaps {
                steps.extend([Step::Die(at), Step::GiveUp(at)]);
                match phase {
                    Phase::Resumed(..) => steps.push(Step::LeaveUnsettled(at)),
                    Phase::Claimed(_) => steps.push(Step::PutBack(at)),
                    _ => {}
                }
            }
        }
        for (at, job) in world.jobs.iter().enumerate() {
            if job.recovery_file == RecoveryFile::Left {
                steps.push(Step::Load(at));
            }
            if job.has_begun && !job.has_ended && !job.has_lapsed && world.lapses < self.lapses {
                steps.push(Step::Lapse(at));
            }
            for (number, pod) in job.pods.iter().enumerate() {
                match pod {
                    Pod::Asked => steps.push(Step::Make(at, number)),
                    Pod::Made => steps.push(Step::LetGo(at, number)),
                    Pod::LetGo | Pod::Closed => {}
                }
            }
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        self.after(world, step).map(World::representative)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no program is begun twice", |_, world: &World| {
                world.jobs.iter().all(|job| job.starts < 2)
            }),
            Property::always("no result is an older runner's", |_, world: &World| {
                world.jobs.iter().all(|job| !job.is_spoilt)
            }),
            Property::always("no job is open for ever", |protocol: &Protocol, world: &World| protocol.can_end(world)),
        ]
    }
}

/// Checks it, and tells how many states there are, and what breaks which promise.
fn check(protocol: Protocol) -> (usize, Vec<String>) {
    let finish = if protocol.without.is_some() { HasDiscoveries::Any } else { HasDiscoveries::All };
    let checker = protocol.checker().threads(2).finish_when(finish).spawn_bfs().join();
    let found = checker.discoveries();
    let told = |(name, path): (&&'static str, &stateright::Path<World, Step>)| {
        format!("{name}: {:?}", path.clone().into_actions())
    };
    (checker.unique_state_count(), found.iter().map(told).collect())
}

fn holds(executor: Executor, jobs: usize, lapses: u8, mishaps: u8, least: usize) {
    let begun = std::time::Instant::now();
    let (states, found) = check(Protocol { executor, jobs, without: None, lapses, mishaps });
    println!("{executor:?}, {jobs} jobs, {lapses} lapses, {mishaps} mishaps: {states} states in {:?}", begun.elapsed());
    assert!(found.is_empty(), "{found:#?}");
    assert!(states > least, "only {states} states");
}

#[test]
fn one_kubernetes_job() {
    holds(Executor::Kubernetes, 1, 3, 2, 1_000);
}

#[test]
fn two_kubernetes_jobs_of_one_runtemplate() {
    holds(Executor::Kubernetes, JOBS, 2, 2, 1_000);
}

#[test]
fn two_native_jobs_of_one_runtemplate() {
    holds(Executor::Native, JOBS, 3, 2, 1_000);
}

/// A model that holds whatever is taken out of it checks nothing.
#[test]
fn each_guard_is_needed() {
    use Executor::{Kubernetes, Native};
    for (guard, executor, promise) in [
        (Guard::ClaimsOnce, Native, "no program is begun twice"),
        (Guard::ClaimsOnce, Kubernetes, "no program is begun twice"),
        (Guard::BeginsOwn, Kubernetes, "no program is begun twice"),
        (Guard::NamesThePod, Kubernetes, "no program is begun twice"),
        (Guard::ReplacesWhatItSaw, Kubernetes, "no program is begun twice"),
        (Guard::WaitsForNoPod, Kubernetes, "no program is begun twice"),
        (Guard::ClosesTheGate, Kubernetes, "no program is begun twice"),
        (Guard::HoldsToSave, Kubernetes, "no result is an older runner's"),
        (Guard::HoldsToSave, Native, "no result is an older runner's"),
        (Guard::MarksTheEnd, Native, "no result is an older runner's"),
        (Guard::EndsWhatLapsed, Native, "no program is begun twice"),
        (Guard::FindsTheLapsed, Native, "no job is open for ever"),
        (Guard::FindsTheLapsed, Kubernetes, "no job is open for ever"),
        (Guard::LetsGo, Kubernetes, "no job is open for ever"),
        (Guard::HoldsToPutBack, Kubernetes, "no program is begun twice"),
        (Guard::KeepsTheResult, Kubernetes, "no result is an older runner's"),
        (Guard::RequeuesUnbegun, Native, "no program is begun twice"),
        (Guard::SavesOnce, Native, "no result is an older runner's"),
        (Guard::SavesOnce, Kubernetes, "no result is an older runner's"),
    ] {
        let (_, found) = check(Protocol { executor, jobs: 1, without: Some(guard), lapses: 3, mishaps: 2 });
        assert!(
            found.iter().any(|it| it.starts_with(promise)),
            "nothing breaks {promise:?} without {guard:?}: {found:#?}"
        );
    }
}
