#!/usr/bin/env python3
"""Instructions a byte of input, counted by valgrind: the same on every run, however busy the machine is.

    python3 benches/instructions.py             # counts and holds them against benches/instructions.txt
    python3 benches/instructions.py --write     # counts and writes the floors anew

One job; SHA-256 is left out, because valgrind does not know the processor's instructions for it. A count may be five in a
hundred above its floor (compilers differ); more is a step back that somebody has to explain. Exit status 1 then, 77 where
there is no valgrind.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
FLOORS = ROOT / "benches" / "instructions.txt"
ROOM = 1.05

# What is measured: its name, the generated file and its size in megabytes, the arguments.
WORK = [
    ("export 10 MB, inspect --no-bodies", "export", 10, ["inspect", "--no-bodies"]),
    ("export 10 MB, JSON Lines", "export", 10, ["convert", "--to", "jsonl", "-o", os.devnull]),
    ("export 40 MB, JSON Lines", "export", 40, ["convert", "--to", "jsonl", "-o", os.devnull]),
    ("export 10 MB, Markdown", "export", 10, ["convert", "--to", "markdown", "--dry-run"]),
    ("export 10 MB, WXR", "export", 10, ["convert", "--to", "wxr", "-o", os.devnull]),
    ("takeout 10 MB, JSON Lines", "takeout", 10, ["convert", "--to", "jsonl", "-o", os.devnull]),
    ("wxr 10 MB, Markdown", "wxr", 10, ["convert", "--to", "markdown", "--dry-run"]),
]


def count(command, folder):
    """Instructions of all functions but those of SHA-256."""
    out = folder / "callgrind.out"
    told = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *map(str, command)],
                          capture_output=True, text=True)
    if told.returncode not in (0, 3):
        sys.exit(f"{command} ended with {told.returncode}:\n{told.stderr}")
    total = hashing = 0
    names, is_hashing, is_call = {}, False, False
    for line in open(out, errors="replace"):
        if line.startswith("fn="):
            number, name = re.match(r"fn=\((\d+)\)(?: (.*))?", line).groups()
            name = names.setdefault(number, name or "")
            is_hashing = "sha2" in name or "sha256" in name
        elif line.startswith("cfn="):
            number, name = re.match(r"cfn=\((\d+)\)(?: (.*))?", line).groups()
            if name:
                names.setdefault(number, name)
        elif line.startswith("calls="):
            # The next line is what the callee took, which stands with the callee.
            is_call = True
        elif line[:1] in "0123456789+-*" and line.strip():
            cost = int(line.split()[-1])
            if is_call:
                is_call = False
                continue
            total += cost
            if is_hashing:
                hashing += cost
    return total - hashing


def main():
    if shutil.which("valgrind") is None:
        print("there is no valgrind here; nothing was counted")
        sys.exit(77)
    subprocess.run(["cargo", "build", "--release", "--bin", "blogark", "--example", "generate"], cwd=ROOT, check=True)
    release = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    floors = {}
    if FLOORS.exists():
        for line in FLOORS.read_text().splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(None, 1)
                floors[name] = float(value)
    counted, failed = {}, False
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, form, megabytes, arguments in WORK:
            path = folder / f"{form}-{megabytes}"
            if not path.exists():
                subprocess.run([release / "examples" / "generate", form, f"{megabytes}MB", path], check=True,
                               capture_output=True)
            jobs = ["--jobs", "1"] if arguments[0] == "convert" else []
            value = count([release / "blogark", *arguments, path, "--quiet", *jobs], folder) / path.stat().st_size
            counted[name] = value
            floor = floors.get(name)
            is_worse = floor is not None and value > floor * ROOM
            failed |= is_worse
            print(f"{name:<40} {value:8.1f}  floor {floor if floor is not None else '-'}{'  WORSE' if is_worse else ''}",
                  flush=True)
    if "--write" in sys.argv:
        FLOORS.write_text("# Instructions a byte, SHA-256 left out, one job; benches/instructions.py counts and holds them.\n"
                          + "".join(f"{name:<40} {value:.1f}\n" for name, value in counted.items()))
    elif failed:
        sys.exit("more instructions than before: find out why, or write the floors anew and say so")


if __name__ == "__main__":
    main()
