#!/usr/bin/env python3
"""blogark beside trafilatura on the same folder of generated saved pages: speed, memory, posts and comments found.

    python3 benches/compare/pages.py            # 2,000 pages of 80 KB, as in BENCHMARKS.md
    python3 benches/compare/pages.py 200        # fewer

trafilatura is set up in target/compare with the version below and reads the pages on as many processes as there are
processors, blogark on as many threads. Each runs alone; of blogark the fastest of three runs counts, of trafilatura its only
one. trafilatura gives one text for all comments of a page; it is told by the pages for which it gives any. blogark reads a quarter of the folder too: its memory
does not grow with the number of pages. Linux or macOS, Python 3.9, Rust.
"""

import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import time

PYTHON = ["trafilatura==2.3.1", "lxml_html_clean==0.4.6"]

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "target" / "compare"

TRAFILATURA = """
import multiprocessing, pathlib, sys, trafilatura

def read(path):
    found = trafilatura.bare_extraction(path.read_bytes(), include_comments=True, with_metadata=True)
    return (0, 0) if found is None else (int(bool(found.text)), int(bool(found.comments)))

if __name__ == '__main__':
    pages = sorted(pathlib.Path(sys.argv[1]).glob('*.html'))
    with multiprocessing.Pool(int(sys.argv[2])) as pool:
        found = list(pool.imap(read, pages, chunksize=16))
    print(sum(post for post, _ in found), sum(comments for _, comments in found))
"""


def run(command):
    """Wall and processor seconds, peak megabytes of the largest process, what it printed."""
    read, write = os.pipe()
    start = time.monotonic()
    child = subprocess.Popen([str(c) for c in command], stdout=write, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        printed = pipe.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command[0]} failed")
    unit = 1e6 if sys.platform == "darwin" else 1e6 / 1024
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, printed


def set_up():
    FOLDER.mkdir(parents=True, exist_ok=True)
    python = FOLDER / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER / "venv"], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PYTHON], check=True)
    release = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    own = os.environ.get("BLOGARK")  # A binary that is there already.
    program = [] if own else ["--bin", "blogark"]
    subprocess.run(["cargo", "build", "--release", *program, "--example", "generate"], cwd=ROOT, check=True)
    return python, pathlib.Path(own or release / "blogark"), release / "examples" / "generate"


def generate(program, count):
    """A folder of pages; gives it with its size in bytes and the number of comments in it."""
    folder = FOLDER / f"pages-{count}"
    shutil.rmtree(folder, ignore_errors=True)
    told = subprocess.run([program, "pages", str(count * 80_000), folder], check=True, capture_output=True, text=True)
    comments = int(re.search(r"(\d+) comments", told.stdout + told.stderr).group(1))
    return folder, sum(page.stat().st_size for page in folder.iterdir()), comments


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    python, blogark, program = set_up()
    folder, size, comments = generate(program, count)
    script, out = FOLDER / "trafilatura_all.py", FOLDER / "pages.jsonl"
    script.write_text(TRAFILATURA)
    version = subprocess.run([blogark, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    jobs = os.cpu_count() or 1
    print(f"{platform.machine()}, {jobs} processors, {platform.system()}; {time.strftime('%Y-%m-%d')}")
    print(f"{version}; {', '.join(PYTHON)}; Python {platform.python_version()}")
    print(f"\n{count} pages, {size / 1e6:.0f} MB, {comments} comments.\n")

    # First of all: what this script holds counts for the programs that it starts.
    quarter, _, _ = generate(program, max(count // 4, 1))
    fewer = run([blogark, "convert", quarter, "--to", "jsonl", "--quiet", "-o", out])
    own = min(run([blogark, "convert", folder, "--to", "jsonl", "--quiet", "-o", out]) for _ in range(3))
    other = run([python, script, folder, jobs])
    posts = [json.loads(line) for line in out.open() if line.startswith('{"type":"post"')]
    found = sum(len(post.get("comments", [])) for post in posts)
    texts, with_comments = other[3].split()

    print("| program | MB/s | wall | CPU | peak memory | posts | comments |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    rows = [("blogark", own, len(posts), found), ("trafilatura", other, texts, f"a text for {with_comments} pages")]
    for name, (wall, cpu, peak, _), post_count, comment_count in rows:
        print(f"| {name} | {size / 1e6 / wall:.1f} | {wall:.2f} s | {cpu:.2f} s | {peak:.0f} MB | {post_count} | {comment_count} |")

    print(f"\nblogark's peak memory: {fewer[2]:.0f} MB for {max(count // 4, 1)} pages, {own[2]:.0f} MB for {count}.")
    print("\n| what must hold | measured | bar | held |\n| --- | ---: | ---: | --- |")
    for what, measured, bar, unit in (("saved pages beside trafilatura, wall", other[0] / own[0], 30, "×"),
                                      ("saved pages to JSON Lines", size / 1e6 / own[0], 100, "MB/s")):
        print(f"| {what} | {measured:.0f} {unit} | {bar} {unit} | {'yes' if measured >= bar else '**no**'} |")
    for leftover in (folder, quarter):
        shutil.rmtree(leftover)
    out.unlink()


if __name__ == "__main__":
    main()
