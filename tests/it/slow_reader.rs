//! Somebody looks at a listing in a pager: what others write does not wait for that.

use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::env::{Env, on_each_database};

/// Companies enough to fill a pipe many times, and what a server holds ready.
const ROWS: usize = 20_000;

fn fill(env: &Env) {
    env.run(&["company", "create", "--name=Acme"]).ok();
    let name = "x".repeat(20);
    let rows: Vec<String> = (1..ROWS).map(|n| format!("('{n}{name}', 'slug{n}')")).collect();
    env.sql(&format!("insert into company (name, slug) values {};", rows.join(",\n")));
    // As the suite makes its file; ours has a WAL, where readers stop nobody.
    if env.variable("DB_CONNECTION").is_none() {
        env.sql("pragma journal_mode = delete;");
    }
}

on_each_database!(a_listing_that_is_looked_at_stops_no_writer, |env| {
    fill(env);
    let mut listing = env.command(&["company", "list", "--format=json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = listing.stdout.take().unwrap();
    let mut first = [0];
    stdout.read_exact(&mut first).unwrap();
    let begun = Instant::now();
    env.run(&["company", "create", "--name=Later"]).ok();
    assert!(begun.elapsed() < Duration::from_secs(8), "it took {:?}", begun.elapsed());
    let mut rest = Vec::new();
    stdout.read_to_end(&mut rest).unwrap();
    assert!(listing.wait().unwrap().success());
    let rows: Vec<Value> = serde_json::from_slice(&[&first[..], &rest].concat()).unwrap();
    // A server may tell of the later one already.
    assert!((ROWS..=ROWS + 1).contains(&rows.len()), "{} rows", rows.len());
});

#[test]
fn a_reader_that_goes_away_ends_a_listing_that_waits_for_it() {
    let env = Env::new();
    fill(&env);
    let mut listing = env.command(&["company", "list", "--format=json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = listing.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(listing.try_wait().unwrap(), None, "it waits for its reader");
    drop(stdout);
    assert_eq!(listing.wait().unwrap().code(), Some(0));
}
