#!/usr/bin/env python3
"""Draws mutants by a fixed seed, builds all of them into one program, and runs the tests with each switched on.

    tests/mutants/run.py FOLDER [--count 300] [--seed 7] [--minutes 75] [--only 3,17] [--again]

The mutants are those that `cargo mutants --list` (https://mutants.rs) names for the rooms below. That program builds anew for
each of them, which takes hours; here, in a copy of the project at FOLDER, every function that has a drawn mutant becomes a
choice between its bodies by the variable MUTANT, so there is one build.

Before the mutants each test runs once alone, and writes down which of these functions it comes to. A mutant is then only
shown to the tests that come to its function, the quick ones first, until one fails. Generated tests take PROPTEST_CASES=24.

Drawn are the mutants with the lowest hash of seed and name, where a name has no line number: so a change elsewhere in the
project changes nothing of the draw. Left out are those that do not compile (as `cargo mutants` does) and those in functions
whose bodies must have one hidden type (`-> impl …`), are constant, or lie within another function that has its turn.

FOLDER/results.json keeps what became of each, and a repeated run goes on from there; `--again` tries those that survived once
more, after tests were added. Whoever survives and is not explained in survivors.tsv beside this file is named. Ends with 1 if
fewer than 85 of 100 are caught.
"""

import argparse
import collections
import concurrent.futures
import csv
import hashlib
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOMS = ["read", "archive", "plan", "shape", "ledger", "write"]
FLOOR = 85
SWITCH = """
/// Which mutant is switched on; and where MUTANT_REACH names a file, the numbers of the places that were come to go there.
pub(crate) fn mutant(place: usize) -> u32 {
    use std::io::Write as _;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};
    static ON: OnceLock<(u32, Option<std::ffi::OsString>)> = OnceLock::new();
    static REACHED: [AtomicBool; 8192] = [const { AtomicBool::new(false) }; 8192];
    let (on, reach) = ON.get_or_init(|| {
        let on = std::env::var("MUTANT").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
        (on, std::env::var_os("MUTANT_REACH"))
    });
    if let Some(path) = reach
        && !REACHED[place].swap(true, Ordering::Relaxed)
        && let Ok(mut file) = std::fs::OpenOptions::new().append(true).create(true).open(path)
    {
        let _ = file.write_all(format!("{place}\\n").as_bytes());
    }
    *on
}
"""


def listed(project):
    """All mutants of the rooms, each with a name that holds no line number."""
    files = [f for room in ROOMS for f in (f"src/{room}.rs", f"src/{room}/**")]
    command = ["cargo", "mutants", "--list", "--json", "--dir", str(project)]
    command += [part for file in files for part in ("--file", file)]
    mutants = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    seen = collections.Counter()
    for mutant in sorted(mutants, key=lambda m: (m["file"], m["span"]["start"]["line"], m["span"]["start"]["column"])):
        place, what = mutant["name"].split(": ", 1)
        name = f"{place.split(':')[0]}: {what}"
        seen[name] += 1
        mutant["name"] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return mutants


def can_be_switched(mutant, text):
    function = mutant["function"]
    if not function or "impl " in (function["return_type"] or ""):
        return False
    start, end = span(text, function["span"])
    head = text[start : body_start(text, start, end)]
    return "const fn" not in head and "impl " not in head.partition("->")[2]


def span(text, place):
    """Places of a span in the text; its columns count characters from 1."""
    lines = text.splitlines(keepends=True)
    at = lambda p: sum(len(line) for line in lines[: p["line"] - 1]) + p["column"] - 1
    return at(place["start"]), at(place["end"])


def body_start(text, start, end):
    """Where the body of the function begins: at the first brace outside of parentheses and brackets."""
    depth = 0
    start = text.find("fn ", start, end)
    for at in range(start, end):
        depth += (text[at] in "([") - (text[at] in ")]")
        if text[at] == "{" and depth == 0:
            return at
    raise ValueError("a function without a body")


class Copy:
    """A copy of the project in which drawn mutants can be switched on."""

    def __init__(self, project, folder):
        self.project, self.folder = project, folder
        self.originals = {}
        self.left_out = {}
        self.places = {}
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("src", "tests", "benches", "examples", "fixtures", "schemas", "docs"):
            shutil.rmtree(folder / name, ignore_errors=True)
            shutil.copytree(project / name, folder / name, symlinks=True)
        for path in project.iterdir():
            if path.is_file():
                shutil.copy(path, folder / path.name)
        with (folder / "src/lib.rs").open("a") as library:
            library.write(SWITCH)

    def rewrite(self, drawn):
        """Writes the files anew. Gives for each mutant the lines at which it stands."""
        self.places.clear()
        by_file = collections.defaultdict(list)
        for number, mutant in drawn.items():
            if number not in self.left_out:
                by_file[mutant["file"]].append((number, mutant))
        lines = {}
        for file, text in self.originals.items():
            if file not in by_file:
                (self.folder / file).write_text(text)
        for file, mutants in by_file.items():
            path = self.folder / file
            text = self.originals.setdefault(file, path.read_text())
            path.write_text(self.switched(file, text, mutants, lines))
        return lines

    def switched(self, file, text, mutants, lines):
        functions = collections.defaultdict(list)
        for number, mutant in mutants:
            functions[span(text, mutant["function"]["span"])].append((number, mutant))
        out, at = [], 0
        for start, end in sorted(functions):
            if start < at:  # a function in a function: the outer one has its turn
                self.left_out.update({number: "in a function within a function" for number, _ in functions[start, end]})
                continue
            begin = body_start(text, start, end)
            body = text[begin:end]
            place = len(set(self.places.values()))
            out.append(f"{text[at:begin]}{{ #[allow(warnings)] match crate::mutant({place}) {{\n")
            line = "".join(out).count("\n") + 1
            for number, mutant in functions[start, end]:
                self.places[number] = place
                first, last = span(text, mutant["span"])
                changed = text[begin:first] + mutant["replacement"] + text[last:end]
                out.append(f"{number} => {changed}\n")
                lines[number] = (file, line, line + changed.count("\n"))
                line += changed.count("\n") + 1
            out.append(f"_ => {body}\n}} }}")
            at = end
        return "".join(out) + text[at:]

    def build(self, drawn):
        """Takes out the mutants that do not compile and builds the tests with the others. Gives the test programs."""
        while True:
            lines = self.rewrite(drawn)
            done, messages = self.cargo("build", "--lib")
            if done.returncode == 0:
                break
            broken = self.broken(messages, lines, True) or self.broken(messages, lines, False)
            if not broken:
                sys.exit(done.stderr[-6000:])
            print(f"{len(broken)} do not compile", flush=True)
            self.left_out.update(dict.fromkeys(broken, "does not compile"))
        done, messages = self.cargo("test", "--no-run", "--lib", "--bins", "--tests")
        if done.returncode:
            sys.exit(done.stderr[-6000:])
        programs = {}
        for message in messages:
            if message["reason"] == "compiler-artifact" and message.get("executable") and message["profile"]["test"]:
                kind = message["target"]["kind"][0]
                programs[kind if kind in ("lib", "bin") else message["target"]["name"]] = message["executable"]
        return programs

    def cargo(self, *arguments):
        command = ["cargo", arguments[0], "--message-format=json", *arguments[1:]]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        return done, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    @staticmethod
    def broken(messages, lines, primary):
        """The mutants at which the compiler found fault; a type that bodies do not share is told at the first of them."""
        broken = set()
        for message in messages:
            if message["reason"] != "compiler-message" or message["message"]["level"] != "error":
                continue
            for place in message["message"]["spans"]:
                if place["is_primary"] or not primary:
                    for number, (file, first, last) in lines.items():
                        if place["file_name"] == file and first <= place["line_start"] <= last:
                            broken.add(number)
        return broken


def run(program, tests, copy, environment, timeout, threads=2):
    """Runs tests of a program until one fails. Says which, or nothing."""

    def limits():
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))

    process = subprocess.Popen(
        [program, "--exact", f"--test-threads={threads}", *tests], cwd=copy.folder, env=environment, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=limits,
    )
    timed_out = threading.Event()

    def stop(late=True):
        if late:
            timed_out.set()
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    watch = threading.Timer(timeout, stop)
    watch.start()
    failed = None
    for line in process.stdout:
        if line.startswith("test ") and line.rstrip().endswith("FAILED"):
            failed = line.split()[1]
            stop(late=False)
            break
    code = process.wait()
    watch.cancel()
    if failed:
        return failed
    if timed_out.is_set():
        return "takes too long"
    return None if code == 0 else f"ended with {code}"


def reach(programs, copy, environment):
    """Runs each test alone, without a mutant. Gives (program, test, seconds, places come to)."""
    asked = []
    for name, program in programs.items():
        names = subprocess.run([program, "--list", "--format=terse"], cwd=copy.folder, capture_output=True, text=True).stdout
        asked += [(name, line.removesuffix(": test")) for line in names.splitlines() if line.endswith(": test")]

    def one(number):
        name, test = asked[number]
        file = copy.folder / "reach" / str(number)
        started = time.monotonic()
        failed = run(programs[name], [test], copy, environment | {"MUTANT": "0", "MUTANT_REACH": str(file)}, 900, threads=1)
        if failed:
            print(f"fails without a mutant and is left out: {name} {test}: {failed}", flush=True)
            return None
        places = {int(line) for line in file.read_text().split()} if file.exists() else set()
        return name, test, time.monotonic() - started, places

    shutil.rmtree(copy.folder / "reach", ignore_errors=True)
    (copy.folder / "reach").mkdir()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return [test for test in pool.map(one, range(len(asked))) if test]


def batches(tests, place):
    """The tests that come to a place, quick ones first, in portions of one program each."""
    bounds = [0.1, 0.4, 1.5, 5, 20, 10_000]
    for low, high in zip([-1, *bounds], bounds):
        by_program = collections.defaultdict(list)
        for name, test, seconds, places in tests:
            if low < seconds <= high and place in places:
                by_program[name].append((seconds, test))
        for name in sorted(by_program, key=lambda name: name != "lib"):
            found = sorted(by_program[name])
            for first in range(0, len(found), 40):
                portion = found[first : first + 40]
                yield name, [test for _, test in portion], sum(seconds for seconds, _ in portion)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--only", type=lambda text: {int(n) for n in text.split(",")})
    parser.add_argument("--again", action="store_true")
    asked = parser.parse_args()
    # Tests are run hundreds of times: that is worth a longer build.
    os.environ.setdefault("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
    os.environ.setdefault("CARGO_PROFILE_DEV_DEBUG", "0")
    os.environ.pop("CARGO_TARGET_DIR", None)
    project = pathlib.Path(__file__).resolve().parents[2]
    copy = Copy(project, asked.folder.resolve())
    mutants = [m for m in listed(project) if can_be_switched(m, (project / m["file"]).read_text())]
    mutants.sort(key=lambda m: hashlib.sha256(f"{asked.seed} {m['name']}".encode()).digest())
    # A few more than asked for, in the place of those that do not compile.
    drawn = dict(enumerate(mutants[: asked.count * 11 // 10], 1))
    print(f"{asked.count} of {len(mutants)} by the seed {asked.seed}", flush=True)
    programs = copy.build(drawn)
    numbers = [number for number in drawn if number not in copy.left_out][: asked.count]

    kept = copy.folder / "results.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    temporary = copy.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = dict(os.environ, TMPDIR=str(temporary), CARGO_MANIFEST_DIR=str(copy.folder), PROPTEST_CASES="24")
    tests = reach(programs, copy, environment)
    print(f"{len(tests)} tests, {sum(t[2] for t in tests):.0f} s", flush=True)

    ends = time.monotonic() + 60 * asked.minutes
    tried = []
    for number in numbers:
        name = drawn[number]["name"]
        old = results.get(name)
        if old and (old["caught_by"] or not asked.again) and not asked.only or asked.only and number not in asked.only:
            tried += [name] if old else []
            continue
        if time.monotonic() > ends:
            print("stopped: out of time", flush=True)
            break
        caught = None
        for program, names, seconds in batches(tests, copy.places[number]):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir()
            caught = run(programs[program], names, copy, environment | {"MUTANT": str(number)}, 10 + 8 * seconds)
            if caught:
                caught = f"{program}: {caught}"
                break
        tried.append(name)
        results[name] = {"number": number, "caught_by": caught, "line": drawn[number]["span"]["start"]["line"]}
        kept.write_text(json.dumps(results, indent=1, ensure_ascii=False))
        print(f"{number}\t{caught or 'SURVIVES'}\t{name}", flush=True)

    beside = pathlib.Path(__file__).with_name("survivors.tsv")
    known = {row[0]: row[1] for row in csv.reader(beside.open(), delimiter="\t", quoting=csv.QUOTE_NONE)} if beside.exists() else {}
    survivors = [name for name in tried if not results[name]["caught_by"]]
    caught = len(tried) - len(survivors)
    share = 100 * caught / max(1, len(tried))
    for name in survivors:
        print(f"survives: {name}: {known.get(name, 'NOT EXPLAINED')}")
    print(f"{caught} of {len(tried)} caught ({share:.1f} %); {len(copy.left_out)} of the draw left out")
    sys.exit(share < FLOOR)


main()
