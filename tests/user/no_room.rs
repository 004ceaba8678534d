//! Someone's disk is full, a folder is read-only, a limit is reached, an input goes away: one clear sentence, the right
//! status, and what was whole stays whole. All of it for real: with a small disk, limits of the shell and pipes.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

use crate::desk::Desk;
use crate::generator::{self, Blog, Shape};

/// A desk with `blog.xml` (about 400 kB) and `old.xml` (a blog that is smaller).
fn desk() -> Desk {
    let desk = Desk::new();
    for (name, size, seed) in [("blog.xml", 400_000, 3), ("old.xml", 20_000, 4)] {
        let mut file = File::create(desk.path(name)).unwrap();
        generator::export(&Blog::new(Shape::of_size(size, seed)), &mut file).unwrap();
    }
    desk
}

/// Runs lines of a shell on the desk; `$blogark` is the program.
fn shell(desk: &Desk, wrapper: &[&str], lines: &str) -> Output {
    let words = [wrapper, &["sh", "-c", lines]].concat();
    let mut words = words.iter();
    Command::new(words.next().unwrap())
        .args(words)
        .current_dir(desk.path(""))
        .env("blogark", assert_cmd::cargo::cargo_bin("blogark"))
        .env_remove("SOURCE_DATE_EPOCH")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Insists on status 1 and one sentence with these words.
#[track_caller]
fn fails(done: &Output, words: &str) {
    let said = text(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(
        said.starts_with("blogark: ") && said.contains(words),
        "{words:?} is not in: {said}"
    );
    assert_eq!(said.matches('\n').count(), 1, "more than a sentence: {said}");
    assert!(!said.contains("os error"), "words of the machine: {said}");
}

/// Runs lines of a shell with a disk of its own at `disk`, 100 kB large; `None` where the system does not let one.
fn on_a_small_disk(desk: &Desk, lines: &str) -> Option<Output> {
    fs::create_dir_all(desk.path("disk")).unwrap();
    let mount = "mount -t tmpfs -o size=100k tmpfs disk";
    let can = |command: &mut Command| command.output().is_ok_and(|done| done.status.success());
    let mut probe = Command::new("unshare");
    probe.args(["-rm", "sh", "-c", mount]).current_dir(desk.path(""));
    if !can(&mut probe) {
        eprintln!("skipped: this system lets nobody mount a disk of his own");
        return None;
    }
    Some(shell(
        desk,
        &["unshare", "-rm"],
        &format!("{mount} || exit 99; {lines}"),
    ))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_keeps_what_was_there() {
    let desk = desk();
    for (to, full) in [
        ("-o disk/out.jsonl", "the disk is full. Make room"),
        ("-o disk/out.json", "the disk is full. Make room"),
        ("-o disk/out.wxr", "the disk is full. Make room"),
        ("--to markdown -o disk/out", "the disk is full. Make room"),
    ] {
        // First something small is there; what should replace it does not fit.
        let lines = format!(
            "$blogark convert old.xml {to} --quiet && find disk -type f -exec cksum {{}} + | sort > before || exit 98
             $blogark convert blog.xml {to} --quiet; status=$?
             find disk -type f -exec cksum {{}} + | sort > after
             find disk -name '*.part' > parts; exit $status"
        );
        let Some(done) = on_a_small_disk(&desk, &lines) else {
            return;
        };
        fails(&done, full);
        assert_eq!(desk.text("parts"), "", "{to}");
        let (before, after) = (desk.text("before"), desk.text("after"));
        if to.contains("markdown") {
            // File by file: those that were there are whole, be they of the old blog or of the new.
            assert!(
                before
                    .lines()
                    .all(|line| after.contains(line.rsplit(' ').next().unwrap())),
                "{after}"
            );
        } else {
            assert_eq!(before, after, "{to}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_new_folder_that_does_not_fit_is_not_there() {
    let desk = desk();
    let lines =
        "$blogark convert blog.xml --to markdown -o disk/site --quiet; status=$?; ls -A disk > left; exit $status";
    let Some(done) = on_a_small_disk(&desk, lines) else {
        return;
    };
    fails(&done, "the disk is full. Make room");
    assert_eq!(desk.text("left"), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_temporary_folder_is_named() {
    let desk = desk();
    let lines = "TMPDIR=disk $blogark convert - -o out.jsonl --quiet < blog.xml";
    let Some(done) = on_a_small_disk(&desk, lines) else {
        return;
    };
    fails(
        &done,
        "the temporary folder disk is full; make room there, or set TMPDIR",
    );
    assert!(!desk.path("out.jsonl").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_does_not_fit_leaves_the_output() {
    let desk = desk();
    let lines = "head -c 200000 /dev/zero > disk/filling 2> disk-said
                 $blogark convert blog.xml --to markdown -o site --report disk/report.json --quiet";
    let Some(done) = on_a_small_disk(&desk, lines) else {
        return;
    };
    fails(&done, "the output is complete, but not the report");
    assert!(desk.files("site").len() > 10);
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_place_is_said() {
    let desk = desk();
    for to in [
        "-o disk/out.jsonl",
        "--to markdown -o disk/site",
        "-o disk/out.wxr",
        "-o out.json --report disk/report.json",
    ] {
        let lines = format!("mount -o remount,ro disk && $blogark convert blog.xml {to} --quiet");
        let Some(done) = on_a_small_disk(&desk, &lines) else {
            return;
        };
        fails(&done, "the disk cannot be written to. Choose another place");
        assert!(!desk.path("out.json").exists());
    }
}

#[test]
fn a_file_that_outgrows_the_limit_is_said() {
    let desk = desk();
    for to in ["-o out.jsonl", "-o out.wxr", "--to markdown -o site"] {
        let limit = if to.contains("markdown") { 1 } else { 100 };
        let done = shell(
            &desk,
            &[],
            &format!("ulimit -f {limit}; exec $blogark convert blog.xml {to} --quiet"),
        );
        fails(&done, "grows larger than this disk or this account allows");
        assert_eq!(desk.files("").len(), 2, "{to}: something was left behind");
    }
}

#[test]
fn few_open_files_are_enough() {
    let desk = desk();
    for number in 0..60 {
        let mut file = File::create(desk.put(&format!("many/{number}.xml"), "")).unwrap();
        generator::export(&Blog::new(Shape::of_size(5_000, number)), &mut file).unwrap();
    }
    let usual = shell(&desk, &[], "exec $blogark convert many -o usual.jsonl --quiet");
    assert!(usual.status.success(), "{}", text(&usual.stderr));
    let done = shell(
        &desk,
        &[],
        "ulimit -n 32; exec $blogark convert many -o few.jsonl --jobs 16 --quiet",
    );
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(desk.bytes("usual.jsonl"), desk.bytes("few.jsonl"));
    let done = shell(
        &desk,
        &[],
        "ulimit -n 32; exec $blogark convert many --to markdown -o few --jobs 16 --quiet",
    );
    assert!(done.status.success(), "{}", text(&done.stderr));
}

#[test]
fn a_temporary_folder_that_is_not_there() {
    let desk = desk();
    let done = shell(
        &desk,
        &[],
        "TMPDIR=$PWD/nowhere $blogark convert - -o out.jsonl --quiet < blog.xml",
    );
    fails(&done, "it is not there. Set TMPDIR to a folder that can be written");
    assert!(!desk.path("out.jsonl").exists());
    // What can be read twice needs none.
    let done = shell(
        &desk,
        &[],
        "TMPDIR=$PWD/nowhere $blogark convert blog.xml -o out.jsonl --quiet",
    );
    assert!(done.status.success(), "{}", text(&done.stderr));
}

#[test]
fn a_pipe_is_an_input_like_any_other() {
    let desk = desk();
    let lines = "mkfifo pipe && { cat blog.xml > pipe & $blogark convert pipe -o piped.jsonl --quiet; }";
    let done = shell(&desk, &[], lines);
    assert!(done.status.success(), "{}", text(&done.stderr));
    desk.convert_here(["blog.xml"], ["-o", "file.jsonl"]).exits(0);
    let (piped, file) = (desk.archive("piped.jsonl"), desk.archive("file.jsonl"));
    assert_eq!(piped.posts, file.posts);
    assert_eq!(piped.head["sources"][0]["sha256"], file.head["sources"][0]["sha256"]);
}

/// Does something to the input between the survey and the writing, which waits until somebody reads the output.
fn in_the_middle(change: impl FnOnce(&Desk)) -> (i32, String) {
    let desk = desk();
    assert!(shell(&desk, &[], "mkfifo out").status.success());
    let mut run = Command::new(assert_cmd::cargo::cargo_bin("blogark"))
        .args([
            "convert",
            "blog.xml",
            "--to",
            "jsonl",
            "-o",
            "out",
            "--progress",
            "json",
            "--jobs",
            "2",
        ])
        .current_dir(desk.path(""))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(run.stderr.take().unwrap());
    let mut line = String::new();
    // The survey has seen the last byte of it.
    let size = fs::metadata(desk.path("blog.xml")).unwrap().len();
    while said.read_line(&mut line).unwrap() > 0 && !line.contains(&size.to_string()) {
        line.clear();
    }
    assert!(!line.is_empty(), "the survey never ends");
    change(&desk);
    let mut taken = Vec::new();
    File::open(desk.path("out")).unwrap().read_to_end(&mut taken).unwrap();
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    let words = rest.lines().filter(|l| l.starts_with("blogark: ")).collect();
    (run.wait().unwrap().code().unwrap(), words)
}

#[test]
fn an_input_that_shrinks_is_said() {
    let (status, said) = in_the_middle(|desk| {
        File::options()
            .write(true)
            .open(desk.path("blog.xml"))
            .unwrap()
            .set_len(1000)
            .unwrap();
    });
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains("blog.xml") && said.contains("became shorter while it was read"),
        "{said}"
    );
}

#[test]
fn an_input_that_goes_away_is_said() {
    let (status, said) = in_the_middle(|desk| fs::remove_file(desk.path("blog.xml")).unwrap());
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains("blog.xml") && said.contains("not there any more"),
        "{said}"
    );
}

#[test]
fn an_input_that_is_changed_is_said() {
    let (status, said) = in_the_middle(|desk| {
        let xml = desk.text("blog.xml").replace("<entry>", "<entrx>");
        fs::write(desk.path("blog.xml"), xml).unwrap();
    });
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("blog.xml") && said.contains("changed"), "{said}");
}

#[test]
fn a_clock_that_stands_at_the_beginning_changes_nothing() {
    let desk = desk();
    let usual = desk.convert_here(["blog.xml"], ["--to", "jsonl"]).exits(0);
    let file = File::options().write(true).open(desk.path("blog.xml")).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(
        desk.convert_here(["blog.xml"], ["--to", "jsonl"]).exits(0).stdout,
        usual.stdout
    );
    let faked = ["faketime", "-f", "1970-01-01 00:00:10"];
    let there = Command::new("faketime").arg("--version").output().is_ok();
    let wrapper = if there { &faked[..] } else { &[] };
    if !there {
        eprintln!("only half: there is no faketime on this machine");
    }
    for to in ["--to jsonl", "--to markdown -o site", "-o out.wxr --report report.json"] {
        let done = shell(
            &desk,
            wrapper,
            &format!("SOURCE_DATE_EPOCH=0 $blogark convert blog.xml {to} --quiet"),
        );
        assert!(done.status.success(), "{to}: {}", text(&done.stderr));
    }
}
