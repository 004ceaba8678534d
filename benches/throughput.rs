//! How fast and in how much memory the program reads and writes, beside a bare walk of quick-xml over the same file held in
//! memory, in one run. `cargo bench --bench throughput`
//!
//! `BLOGARK_BENCH_SIZES` are the sizes of the export in megabytes (`10,105`; `10,105,1000` for all of it),
//! `BLOGARK_BENCH_RUNS` how often each is run; the fastest counts. At the end stands what must hold, a row each. Nothing here fails because a machine is slow. Processor
//! time and memory are read from the system while the program runs, which only Linux has.

#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use quick_xml::Reader;
use quick_xml::events::Event;

mod generator;

use generator::{Blog, Shape};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("throughput: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What one run took.
#[derive(Clone, Copy)]
struct Taken {
    wall: Duration,
    /// User and system time, where the system tells it.
    processor: Option<Duration>,
    /// The most memory that was in use, where the system tells it.
    kibibytes: Option<u64>,
}

fn run() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("throughput");
    fs::create_dir_all(&folder)?;
    let mut bars = Bars::default();
    let runs: usize = setting("BLOGARK_BENCH_RUNS", "3").parse().unwrap_or(3);
    for megabytes in setting("BLOGARK_BENCH_SIZES", "10,105").split(',') {
        let size = megabytes.trim().parse::<u64>().map_err(io::Error::other)? * 1_000_000;
        measure(size, runs, &folder, &mut bars)?;
    }
    start_up(&folder, &mut bars)?;
    bars.print();
    fs::remove_dir_all(&folder)
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn measure(size: u64, runs: usize, folder: &Path, bars: &mut Bars) -> io::Result<()> {
    let blog = Blog::new(Shape::of_size(size, 1));
    let file = |name: &str| folder.join(name);
    for (name, write) in [
        (
            "export.xml",
            generator::export as fn(&Blog, &mut dyn io::Write) -> io::Result<()>,
        ),
        ("feed.atom", generator::takeout),
        ("wxr.xml", generator::wxr),
    ] {
        write(
            &blog,
            &mut BufWriter::with_capacity(1 << 20, fs::File::create(file(name))?),
        )?;
    }
    let entries = blog.shape.posts + blog.comments.len() as u64;
    for input in ["export.xml", "feed.atom", "wxr.xml"] {
        let path = file(input);
        let bytes = fs::read_to_string(&path)?;
        let length = bytes.len() as u64;
        let walk = best(runs, || walk(&bytes))?;
        let largest = bytes
            .split("</entry>")
            .flat_map(|part| part.split("</item>"))
            .map(str::len)
            .max()
            .unwrap_or_default();
        drop(bytes);
        let input_of = Input {
            name: format!("{input}, {} MB", size / 1_000_000),
            bytes: length,
            entries,
            largest: largest as u64,
            walk,
        };
        let mut lines = None;
        println!("\n{input}: {:.1} MB, {entries} posts and comments", length as f64 / 1e6);
        println!(
            "{:<38} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "", "wall", "CPU", "MB/s", "× walk", "MB peak"
        );
        row("quick-xml, a bare walk in memory", length, walk, walk);
        let null = PathBuf::from(if cfg!(windows) { "NUL" } else { "/dev/null" });
        let markdown = file("markdown");
        for (what, arguments, output) in [
            ("inspect", &["inspect"][..], None),
            ("inspect --no-bodies", &["inspect", "--no-bodies"], None),
            ("JSON Lines", &["convert", "--to", "jsonl"], Some(&null)),
            (
                "JSON Lines, one job",
                &["convert", "--to", "jsonl", "--jobs", "1"],
                Some(&null),
            ),
            (
                "JSON Lines and a report",
                &["convert", "--to", "jsonl", "--report", REPORT],
                Some(&null),
            ),
            ("JSON", &["convert", "--to", "json"], Some(&null)),
            ("WXR", &["convert", "--to", "wxr"], Some(&null)),
            ("Markdown", &["convert", "--to", "markdown", "--dry-run"], None),
            (
                "Markdown, files written",
                &["convert", "--to", "markdown"],
                Some(&markdown),
            ),
        ] {
            let taken = best(runs, || {
                if markdown.exists() {
                    fs::remove_dir_all(&markdown)?;
                }
                program(arguments, &path, output.map(PathBuf::as_path), folder)
            })?;
            row(what, length, taken, walk);
            bars.hold(&input_of, what, taken, lines);
            if what == "JSON Lines" {
                lines = Some(taken);
            }
        }
    }
    Ok(())
}

/// What is measured at.
struct Input {
    name: String,
    bytes: u64,
    entries: u64,
    /// Bytes of its largest record.
    largest: u64,
    walk: Taken,
}

/// What must hold, a row each: what was measured, the bar, and whether it was held.
#[derive(Default)]
struct Bars {
    rows: Vec<(String, String, String, bool)>,
    /// The memory of each work at the smallest size, besides the catalogue.
    smallest: HashMap<(String, &'static str), f64>,
}

impl Bars {
    fn add(&mut self, what: String, measured: String, bar: String, is_held: bool) {
        self.rows.push((what, measured, bar, is_held));
    }

    fn hold(&mut self, input: &Input, what: &'static str, taken: Taken, lines: Option<Taken>) {
        let seconds = taken.wall.as_secs_f64();
        let name = format!("{}: {what}", input.name);
        match what {
            "JSON Lines" if input.name.starts_with("export") => {
                let times = seconds / input.walk.wall.as_secs_f64();
                let bar = "1.5 × a bare walk".to_owned();
                self.add(name.clone(), format!("{times:.2} ×"), bar, times <= 1.5);
            }
            "inspect --no-bodies" if input.name.starts_with("export") => {
                let speed = input.bytes as f64 / 1e9 / seconds;
                self.add(
                    name.clone(),
                    format!("{speed:.2} GB/s"),
                    "1.5 GB/s".to_owned(),
                    speed >= 1.5,
                );
            }
            "WXR" => {
                if let Some(lines) = lines {
                    let times = seconds / lines.wall.as_secs_f64();
                    let bar = "2 × JSON Lines".to_owned();
                    self.add(name.clone(), format!("{times:.2} ×"), bar, times <= 2.0);
                }
            }
            _ => {}
        }
        let Some(kibibytes) = taken.kibibytes else { return };
        let peak = kibibytes as f64 * 1024.0 / 1e6;
        let catalogue = input.entries as f64 * 100.0 / 1e6;
        let bar = 24.0 + catalogue + 4.0 * input.largest as f64 / 1e6;
        let memory = format!("{name}: memory");
        self.add(memory, format!("{peak:.1} MB"), format!("{bar:.1} MB"), peak <= bar);
        let file = input.name.split(',').next().unwrap_or_default().to_owned();
        let besides = (peak - catalogue).max(1.0);
        let smallest = *self.smallest.entry((file, what)).or_insert(besides);
        if smallest != besides {
            let times = besides / smallest;
            let growth = format!("{name}: memory besides the catalogue");
            let bar = "1.3 × that of the smallest".to_owned();
            self.add(growth, format!("{times:.2} ×"), bar, times <= 1.3);
        }
    }

    fn print(&self) {
        println!("\n| what must hold | measured | bar | held |");
        println!("| --- | ---: | ---: | --- |");
        for (what, measured, bar, is_held) in &self.rows {
            println!(
                "| {what} | {measured} | {bar} | {} |",
                if *is_held { "yes" } else { "**no**" }
            );
        }
    }
}

/// How long the program takes to start, beside one that does nothing.
fn start_up(folder: &Path, bars: &mut Bars) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    let export = folder.join("small.xml");
    let small = Blog::new(Shape::of_size(5_000, 1));
    generator::export(&small, &mut fs::File::create(&export)?)?;
    let blogark = Path::new(env!("CARGO_BIN_EXE_blogark"));
    let lines = ["convert", "--to", "jsonl", "--quiet", "-o", "/dev/null"].map(OsStr::new);
    let nothing = shortest(Path::new("true"), &[])?;
    let bar = nothing * 3 / 2 + Duration::from_millis(5);
    for (what, arguments) in [
        ("--version", vec![OsStr::new("--version")]),
        ("an export of 5 KB", [&lines[..], &[export.as_os_str()]].concat()),
    ] {
        let taken = shortest(blogark, &arguments)?;
        bars.add(
            format!("start-up: {what}"),
            format!("{:.1} ms", taken.as_secs_f64() * 1e3),
            format!("{:.1} ms (1.5 × true + 5 ms)", bar.as_secs_f64() * 1e3),
            taken <= bar,
        );
    }
    Ok(())
}

/// The shortest of many runs.
fn shortest(program: &Path, arguments: &[&OsStr]) -> io::Result<Duration> {
    let mut shortest = Duration::MAX;
    for _ in 0..40 {
        let start = Instant::now();
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null()).status()?;
        shortest = shortest.min(start.elapsed());
    }
    Ok(shortest)
}

/// Stands for a file of the folder that is measured in.
const REPORT: &str = "report.json";

fn row(what: &str, length: u64, taken: Taken, walk: Taken) {
    let seconds = taken.wall.as_secs_f64();
    println!(
        "{what:<38} {:>8.3}s {:>9} {:>9.0} {:>9.2} {:>9}",
        seconds,
        taken
            .processor
            .map_or("-".to_owned(), |p| format!("{:.2}s", p.as_secs_f64())),
        length as f64 / 1e6 / seconds,
        seconds / walk.wall.as_secs_f64(),
        taken
            .kibibytes
            .map_or("-".to_owned(), |k| format!("{:.1}", k as f64 * 1024.0 / 1e6)),
    );
}

fn best(runs: usize, mut run: impl FnMut() -> io::Result<Taken>) -> io::Result<Taken> {
    let mut best = run()?;
    for _ in 1..runs {
        let next = run()?;
        if next.wall < best.wall {
            best = next;
        }
    }
    Ok(best)
}

/// Every event of a document, looked at and no more.
fn walk(text: &str) -> io::Result<Taken> {
    let start = Instant::now();
    let mut reader = Reader::from_str(text);
    let mut events = 0u64;
    loop {
        match reader.read_event().map_err(io::Error::other)? {
            Event::Eof => break,
            event => events += std::hint::black_box(&event).len() as u64,
        }
    }
    std::hint::black_box(events);
    Ok(Taken {
        wall: start.elapsed(),
        processor: None,
        kibibytes: None,
    })
}

/// Runs the program and watches it.
fn program(arguments: &[&str], input: &Path, output: Option<&Path>, folder: &Path) -> io::Result<Taken> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blogark"));
    for argument in arguments {
        match *argument {
            REPORT => command.arg(folder.join(REPORT)),
            plain => command.arg(plain),
        };
    }
    command
        .arg(input)
        .arg("--quiet")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    if let Some(output) = output {
        command.arg("-o").arg(output);
    }
    let start = Instant::now();
    let mut child = command.spawn()?;
    let mut kibibytes = None;
    let process = PathBuf::from(format!("/proc/{}", child.id()));
    let mut processor = None;
    // What has ended keeps its times until it is waited for, but not its memory.
    while let Ok(stat) = fs::read_to_string(process.join("stat")) {
        // The name of the program may hold anything; behind its bracket stand state, parents and numbers.
        let fields: Vec<&str> = stat.rsplit_once(") ").map_or("", |(_, f)| f).split(' ').collect();
        if fields.first() == Some(&"Z") {
            let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<u64>().ok());
            processor = ticks(11)
                .zip(ticks(12))
                .map(|(user, system)| Duration::from_millis((user + system) * 10));
            break;
        }
        let status = fs::read_to_string(process.join("status")).unwrap_or_default();
        let peak = status
            .lines()
            .find_map(|l| l.strip_prefix("VmHWM:"))
            .and_then(|l| l.split_whitespace().next()?.parse().ok());
        kibibytes = kibibytes.max(peak);
        std::thread::sleep(Duration::from_millis(1));
    }
    let wall = start.elapsed();
    let status = child.wait()?;
    // 3 says that something was left out, which is told and no failure.
    if !matches!(status.code(), Some(0 | 3)) {
        return Err(io::Error::other(format!("{arguments:?} ended with {status}")));
    }
    Ok(Taken {
        wall: if processor.is_some() { wall } else { start.elapsed() },
        processor,
        kibibytes,
    })
}
