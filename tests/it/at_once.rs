//! A test of several cases that wait more than they work: all of them at once.

use std::any::Any;
use std::fmt::Debug;
use std::thread::ScopedJoinHandle;

/// Tries all cases at once, and fails with what was said of each that does not hold.
///
/// A thread's own panic is told far above the last line of a test program, and what is kept of a run is mostly its end.
#[track_caller]
pub fn at_once<T: Send + Debug>(cases: impl IntoIterator<Item = T>, holds: impl Fn(T) + Sync) {
    let holds = &holds;
    let faults: Vec<String> = std::thread::scope(|scope| {
        let begun = |case: T| (format!("{case:?}"), scope.spawn(move || holds(case)));
        let cases: Vec<_> = cases.into_iter().map(begun).collect();
        let fault = |(case, end): (String, ScopedJoinHandle<'_, ()>)| {
            Some(format!("{case}: {}", message(end.join().err()?.as_ref())))
        };
        cases.into_iter().filter_map(fault).collect()
    });
    assert!(faults.is_empty(), "{} of the cases: {}", faults.len(), faults.join("\n"));
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_else(|| "it panicked".to_owned())
}
