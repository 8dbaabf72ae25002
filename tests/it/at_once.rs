//! A test of several cases that wait more than they work: all of them at once.

use std::any::Any;

/// Tries all cases at once, and fails with what was said of each that does not hold.
///
/// A thread's own panic is told far above the last line of a test program, and what is kept of a run is mostly its end.
#[track_caller]
pub fn at_once<T: Send>(cases: impl IntoIterator<Item = T>, holds: impl Fn(T) + Sync) {
    let holds = &holds;
    let faults: Vec<String> = std::thread::scope(|scope| {
        let cases: Vec<_> = cases.into_iter().map(|case| scope.spawn(move || holds(case))).collect();
        cases.into_iter().filter_map(|case| case.join().err()).map(|panic| message(panic.as_ref())).collect()
    });
    assert!(faults.is_empty(), "{} of the cases: {}", faults.len(), faults.join("\n"));
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_else(|| "it panicked".to_owned())
}
