#!/usr/bin/env python3
"""Draws mutants by a fixed seed, builds all of them into one program, and runs the tests with each switched on.

    tests/mutants/run.py FOLDER [--count 300] [--seed 7] [--limit MINUTES] [--only NUMBERS]

The list comes from `cargo mutants --list` (https://mutants.rs), so the mutants are that program's. It builds anew for each
of them, which takes hours; here every function that has mutants becomes a choice between its bodies by the variable MUTANT,
in a copy of the project at FOLDER. Mutants that do not compile are left out, as `cargo mutants` does, and so are those in
functions whose bodies must have one hidden type (`-> impl …`) or are constant. FOLDER/mutants.json keeps what became of
each; a run that is repeated goes on where it was stopped.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

ROOMS = ["read", "archive", "plan", "shape", "ledger", "write"]
# The first finds most and takes seconds; the last are only asked where the others found nothing.
TESTS = ["lib", "user", "bin", "wxr", "saved_pages", "copied_text", "markdown", "docs"]
SWITCH = """
/// Which mutant is switched on.
pub(crate) fn mutant() -> u32 {
    static ON: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *ON.get_or_init(|| std::env::var("MUTANT").ok().and_then(|n| n.parse().ok()).unwrap_or(0))
}
"""


def listed(project):
    files = [f for room in ROOMS for f in (f"src/{room}.rs", f"src/{room}/**")]
    command = ["cargo", "mutants", "--list", "--json", "--dir", str(project)]
    command += [part for file in files for part in ("--file", file)]
    mutants = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return sorted(mutants, key=lambda m: m["name"])


def can_be_switched(mutant, text):
    function = mutant["function"]
    if not function or "impl " in (function["return_type"] or ""):
        return False
    start, end = span(text, function["span"])
    head = text[start : text.find("{", start)]
    return "const fn" not in head and "unsafe" not in head and start < end


def span(text, place):
    """Byte places of a span, whose columns count characters from 1."""
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


def rewritten(text, mutants):
    """The file with a choice in each function that has mutants, and the lines at which each of them stands."""
    functions = collections.defaultdict(list)
    for number, mutant in mutants:
        functions[span(text, mutant["function"]["span"])].append((number, mutant))
    kept, out, at, lines = [], [], 0, {}
    for start, end in sorted(functions):
        if kept and start < kept[-1][1]:
            continue  # a function in a function: the outer one has its turn
        kept.append((start, end))
    for start, end in kept:
        begin = body_start(text, start, end)
        body = text[begin:end]
        out.append(text[at:begin] + "{ #[allow(warnings)] match crate::mutant() {\n")
        for number, mutant in functions[start, end]:
            first, last = span(text, mutant["span"])
            changed = text[begin:first] + mutant["replacement"] + text[last:end]
            line = "".join(out).count("\n") + 1
            out.append(f"{number} => {changed}\n")
            lines[number] = (line, line + changed.count("\n"))
        out.append(f"_ => {body}\n}} }}")
        at = end
    out.append(text[at:])
    return "".join(out), lines


def build(folder, drawn):
    """Builds the tests with all mutants; takes out those that do not compile. Gives the test programs and the numbers."""
    originals = {}
    left_out = {}
    while True:
        for file, text in originals.items():
            (folder / file).write_text(text)
        by_file = collections.defaultdict(list)
        for number, mutant in drawn.items():
            if number not in left_out:
                by_file[mutant["file"]].append((number, mutant))
        places = {}
        for file, mutants in by_file.items():
            path = folder / file
            text = originals.setdefault(file, path.read_text())
            changed, lines = rewritten(text, mutants)
            path.write_text(changed)
            places[file] = lines
            for number, _ in mutants:
                if number not in lines:
                    left_out[number] = "in a function within a function"
        command = ["cargo", "test", "--no-run", "--message-format=json", "--lib", "--bins", "--tests"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        programs = {}
        for message in messages:
            if message["reason"] == "compiler-artifact" and message.get("executable") and message["profile"]["test"]:
                kind = message["target"]["kind"][0]
                programs[kind if kind in ("lib", "bin") else message["target"]["name"]] = message["executable"]
        if done.returncode == 0:
            return programs, [n for n in drawn if n not in left_out], left_out
        broken = set()
        for message in messages:
            if message["reason"] != "compiler-message" or message["message"]["level"] != "error":
                continue
            for place in message["message"]["spans"]:
                for number, (first, last) in places.get(place["file_name"], {}).items():
                    if place["is_primary"] and first <= place["line_start"] <= last:
                        broken.add(number)
            # A type that the bodies do not share is told at the first of them.
            if not broken:
                for place in message["message"]["spans"]:
                    for number, (first, last) in places.get(place["file_name"], {}).items():
                        if first <= place["line_start"] <= last:
                            broken.add(number)
        if not broken:
            sys.exit(done.stderr[-6000:])
        print(f"{len(broken)} do not compile", flush=True)
        left_out.update(dict.fromkeys(broken, "does not compile"))


def run(program, folder, environment, timeout):
    """Runs a test program until the first failure. Says what failed, or nothing."""
    def limits():
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))

    started = time.monotonic()
    process = subprocess.Popen(
        [program, "--test-threads=2"], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=limits, errors="replace",
    )
    def stop(*_):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(int(timeout))
    failed = None
    for line in process.stdout:
        if line.startswith("test ") and line.rstrip().endswith("FAILED"):
            failed = line.split()[1]
            break
    if failed:
        stop()
    code = process.wait()
    signal.alarm(0)
    if failed:
        return failed
    if time.monotonic() - started >= timeout:
        return "timeout"
    return None if code == 0 else f"ended with {code}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=float, default=600)
    parser.add_argument("--only", type=lambda text: {int(n) for n in text.split(",")})
    asked = parser.parse_args()
    ends = time.monotonic() + 60 * asked.limit
    project = pathlib.Path(__file__).resolve().parents[2]
    folder = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("src", "tests", "benches", "examples", "fixtures", "schemas", "docs"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(project / name, folder / name, symlinks=True)
    for path in project.iterdir():
        if path.is_file():
            shutil.copy(path, folder / path.name)
    mutants = [m for m in listed(project) if can_be_switched(m, (project / m["file"]).read_text())]
    drawn = dict(enumerate(random.Random(asked.seed).sample(mutants, min(asked.count, len(mutants))), 1))
    print(f"{len(drawn)} drawn of {len(mutants)} by the seed {asked.seed}", flush=True)
    with (folder / "src/lib.rs").open("a") as library:
        library.write(SWITCH)
    programs, numbers, left_out = build(folder, drawn)
    kept = folder / "mutants.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    temporary = folder / "tmp"
    environment = dict(os.environ, TMPDIR=str(temporary), CARGO_MANIFEST_DIR=str(folder))
    limits = {}
    for name in TESTS:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        started = time.monotonic()
        failed = run(programs[name], folder, environment | {"MUTANT": "0"}, 900)
        if failed:
            sys.exit(f"without a mutant {name} fails: {failed}")
        limits[name] = 30 + 8 * (time.monotonic() - started)
    print({name: round(limit) for name, limit in limits.items()}, flush=True)
    for number in numbers:
        name = drawn[number]["name"]
        if results.get(name, {}).get("found_by") or (asked.only and number not in asked.only):
            continue
        if time.monotonic() > ends:
            print("stopped: out of time", flush=True)
            break
        found = None
        for tests in TESTS:
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir()
            found = run(programs[tests], folder, environment | {"MUTANT": str(number)}, limits[tests])
            if found:
                found = f"{tests}: {found}"
                break
        results[name] = {"number": number, "found_by": found}
        kept.write_text(json.dumps(results, indent=1))
        print(f"{number}\t{found or 'SURVIVES'}\t{name}", flush=True)
    tried = [r for r in results.values()]
    caught = sum(1 for r in tried if r["found_by"])
    print(f"{caught} of {len(tried)} found; {len(left_out)} left out")


main()
