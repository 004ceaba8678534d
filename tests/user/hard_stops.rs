//! Someone pulls the plug: at whatever moment a run ends, nothing half-written has a name, and the same command run again
//! ends as if nothing had happened.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assert_cmd::cargo::CommandCargoExt;

use crate::desk::Desk;
use crate::generator::{self, Blog, Shape};

/// How often each run is stopped; `BLOGARK_KILLS=200` is what a release wants.
fn kills() -> u32 {
    let asked = std::env::var("BLOGARK_KILLS").ok().and_then(|n| n.parse().ok());
    asked.unwrap_or(8)
}

fn export(desk: &Desk, name: &str, size: u64) {
    let mut file = File::create(desk.path(name)).unwrap();
    generator::export(&Blog::new(Shape::of_size(size, 3)), &mut file).unwrap();
}

fn begin(desk: &Desk, args: &[&str]) -> Child {
    Command::cargo_bin("blogark")
        .unwrap()
        .current_dir(desk.path(""))
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Moments spread over a run's time, in no order, the same on every run of the test.
fn moments(whole: Duration) -> impl Iterator<Item = Duration> {
    let count = kills();
    (0..count).map(move |n| whole.mul_f64(f64::from(n * 7919 % count) / f64::from(count)))
}

/// Names that a run gives to what it has not finished.
fn unfinished(desk: &Desk) -> Vec<String> {
    let names = desk.files("").into_keys();
    names.filter(|name| name.contains(".part")).collect()
}

/// Stops a run at many moments. Each time, every file below `out` is one of those before or one of those after; then a run
/// that is left alone ends with the bytes of an undisturbed one.
fn stop_and_repeat(args: &[&str], before: Option<&[&str]>, stop: impl Fn(&mut Child)) {
    let desk = Desk::new();
    export(&desk, "old.xml", 150_000);
    export(&desk, "blog.xml", 400_000);
    let fresh = || {
        let _ = fs::remove_dir_all(desk.path("out"));
        fs::create_dir(desk.path("out")).unwrap();
        if let Some(before) = before {
            assert!(begin(&desk, before).wait().unwrap().success());
        }
        desk.files("out")
    };
    let old = fresh();
    let started = Instant::now();
    assert!(begin(&desk, args).wait().unwrap().success());
    let whole = started.elapsed();
    let new = desk.files("out");
    assert_ne!(old, new);
    for moment in moments(whole) {
        assert_eq!(fresh(), old);
        let mut run = begin(&desk, args);
        sleep(moment);
        stop(&mut run);
        run.wait().unwrap();
        for (name, bytes) in desk.files("out") {
            if !name.contains(".part") {
                let is_whole = [&old, &new].iter().any(|files| files.get(&name) == Some(&bytes));
                assert!(is_whole, "{name} is half-written after {moment:?}");
            }
        }
        assert!(begin(&desk, args).wait().unwrap().success());
        same(&desk.files("out"), &new);
    }
}

/// The files of an output, be it one or a folder.
fn below(desk: &Desk, name: &str) -> BTreeMap<String, Vec<u8>> {
    if desk.path(name).is_dir() {
        return desk.files(name);
    }
    BTreeMap::from([(String::new(), desk.bytes(name))])
}

fn same(found: &BTreeMap<String, Vec<u8>>, wanted: &BTreeMap<String, Vec<u8>>) {
    let names: Vec<&String> = found.keys().collect();
    assert_eq!(names, wanted.keys().collect::<Vec<_>>());
    for (name, bytes) in found {
        assert!(wanted.get(name) == Some(bytes), "{name} differs");
    }
}

fn kill(run: &mut Child) {
    let _ = run.kill();
}

#[test]
fn a_killed_run_leaves_no_half_file() {
    for name in ["out/blog.jsonl", "out/blog.json", "out/blog.wxr"] {
        stop_and_repeat(
            &["convert", "blog.xml", "-o", name, "--report", "out/report.json"],
            None,
            kill,
        );
    }
}

#[test]
fn a_killed_run_leaves_the_file_that_was_there() {
    let to = ["-o", "out/blog.jsonl"];
    let old = ["convert", "old.xml", to[0], to[1]];
    stop_and_repeat(&["convert", "blog.xml", to[0], to[1]], Some(&old), kill);
}

#[test]
fn a_killed_run_leaves_no_half_folder() {
    let args = ["convert", "blog.xml", "--to", "markdown", "-o", "out/site"];
    stop_and_repeat(&args, None, kill);
}

#[test]
fn a_killed_update_leaves_whole_files() {
    let to = ["--to", "markdown", "-o", "out/site"];
    let old = ["convert", "old.xml", to[0], to[1], to[2], to[3]];
    stop_and_repeat(&["convert", "blog.xml", to[0], to[1], to[2], to[3]], Some(&old), kill);
}

#[test]
fn an_interrupted_run_takes_its_own_away() {
    let desk = Desk::new();
    export(&desk, "blog.xml", 400_000);
    for (signal, to) in [("-TERM", "markdown"), ("-INT", "jsonl"), ("-HUP", "wxr")] {
        let args = ["convert", "blog.xml", "--to", to, "-o", to];
        let mut run = begin(&desk, &args);
        // Until it has begun to write, and before it has ended.
        let started = Instant::now();
        while unfinished(&desk).is_empty() && run.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < Duration::from_secs(60));
            sleep(Duration::from_millis(1));
        }
        let pid = run.id().to_string();
        let _ = Command::new("kill").args([signal, &pid]).status().unwrap();
        let ended = run.wait().unwrap();
        if ended.success() {
            continue;
        }
        assert_eq!(ended.code(), Some(130), "{to}");
        assert_eq!(unfinished(&desk), Vec::<String>::new(), "{to}");
        // It may have been put in its place a moment before the signal came: then it is whole.
        if desk.path(to).exists() {
            let again = format!("again-{to}");
            let args = ["convert", "blog.xml", "--to", to, "-o", &again];
            assert!(begin(&desk, &args).wait().unwrap().success());
            same(&below(&desk, to), &below(&desk, &again));
        }
    }
}
