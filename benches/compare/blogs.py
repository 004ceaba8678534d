#!/usr/bin/env python3
"""blogark beside other programs on the same generated files: wall time, processor time, peak memory, posts found.

    python3 benches/compare/blogs.py            # 20 MB; a few minutes
    python3 benches/compare/blogs.py 105        # as in BENCHMARKS.md; the others need most of an hour

What is compared is set up in target/compare (a Python environment, an npm folder), with the versions below. Each program
runs alone, after one another; of blogark the fastest of three runs counts, of the others their only one. A program that
gave fewer posts than the file holds is told by its number of posts. Linux or macOS, Python 3.9, Node 18, Rust.
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

PYTHON = ["blogger2hugo==0.1.0", "feedparser==6.0.14", "markdownify==1.2.3"]
NODE = ["wordpress-export-to-markdown@2.2.2", "turndown@7.2.5"]

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "target" / "compare"
OUT = FOLDER / "out"

FEEDPARSER = """
import feedparser, sys
entries = feedparser.parse(sys.argv[1]).entries
print(sum(any(t.term.endswith('#post') for t in e.get('tags', [])) for e in entries))
"""

MARKDOWNIFY = """
import json, markdownify, sys
count = 0
with open(sys.argv[2], 'w') as out:
    for line in open(sys.argv[1]):
        out.write(json.dumps(markdownify.markdownify(json.loads(line)['html'])) + '\\n')
        count += 1
print(count)
"""

TURNDOWN = """
const fs = require('fs'), Turndown = require('turndown'), turndown = new Turndown();
const lines = fs.readFileSync(process.argv[2], 'utf8').split('\\n').filter(Boolean);
const out = fs.openSync(process.argv[3], 'w');
for (const line of lines) fs.writeSync(out, JSON.stringify(turndown.turndown(JSON.parse(line).html)) + '\\n');
console.log(lines.length);
"""


def run(command, runs=1, **options):
    """The fastest of some runs: wall, processor seconds, peak megabytes, what it printed."""
    best = None
    for _ in range(runs):
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        read, write = os.pipe()
        start = time.monotonic()
        child = subprocess.Popen([str(c) for c in command], stdout=write, stderr=subprocess.DEVNULL, **options)
        os.close(write)
        with os.fdopen(read) as pipe:
            printed = pipe.read()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        unit = 1e6 if sys.platform == "darwin" else 1e6 / 1024
        taken = (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, printed, child.returncode)
        if best is None or taken[0] < best[0]:
            best = taken
    return best


def set_up():
    FOLDER.mkdir(parents=True, exist_ok=True)
    python = FOLDER / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER / "venv"], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PYTHON], check=True)
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", FOLDER / "node", *NODE], check=True)
    subprocess.run(["cargo", "build", "--release", "--bin", "blogark", "--example", "generate", "--example", "html_to_markdown"],
                   cwd=ROOT, check=True)
    release = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    # Named otherwise than the modules that they import.
    (FOLDER / "feedparser_all.py").write_text(FEEDPARSER)
    (FOLDER / "markdownify_all.py").write_text(MARKDOWNIFY)
    (FOLDER / "node" / "turndown_all.js").write_text(TURNDOWN)
    return python, release


def generate(release, form, megabytes):
    """A generated file, and how many posts are in it."""
    path = FOLDER / f"{form}-{megabytes}.xml"
    said = FOLDER / f"{form}-{megabytes}.txt"
    if not said.exists():
        told = subprocess.run([release / "examples" / "generate", form, f"{megabytes}MB", path], check=True,
                              capture_output=True, text=True)
        said.write_text(told.stdout + told.stderr)
    return path, int(re.search(r"(\d+) posts", said.read_text()).group(1))


def files(pattern):
    return sum(1 for _ in OUT.rglob(pattern))


BARS = []


def bar(what, times, wanted):
    """Notes a bar: how many times faster blogark has to be."""
    BARS.append(f"| {what} | {times:.0f} × | {wanted} × | {'yes' if times >= wanted else '**no**'} |")


class Table:
    def __init__(self, title, length, posts):
        print(f"\n### {title}\n")
        print(f"{length / 1e6:.0f} MB, {posts} posts.\n")
        print("| program | wall | CPU | peak memory | posts | blogark is faster: wall, CPU |")
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        self.own = None

    def row(self, name, taken, posts):
        wall, cpu, peak, _, status = taken
        times = "" if self.own is None else f"{wall / self.own[0]:.0f} ×, {cpu / self.own[1]:.0f} ×"
        self.own = self.own or taken
        failed = "" if status in (0, 3) else f" (exit status {status})"
        self.wall, self.cpu = wall / self.own[0], cpu / self.own[1]
        print(f"| {name}{failed} | {wall:.2f} s | {cpu:.2f} s | {peak:.0f} MB | {posts} | {times} |", flush=True)


def number(taken):
    return taken[3].strip().splitlines()[-1] if taken[3].strip() else "none"


def main():
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    python, release = set_up()
    blogark = release / "blogark"
    node = FOLDER / "node" / "node_modules"
    versions = subprocess.run([blogark, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()}; {time.strftime('%Y-%m-%d')}")
    print(f"{versions}; {', '.join(PYTHON + NODE)}; Python {platform.python_version()}, Node "
          + subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip())

    export, posts = generate(release, "export", megabytes)
    table = Table("Blogger export to Hugo's Markdown", export.stat().st_size, posts)
    own = run([blogark, "convert", export, "--to", "markdown", "--quiet", "--comments", "data", "-o", OUT / "site"], 3)
    table.row("blogark", own, files("*.md"))
    other = run([FOLDER / "venv/bin/blogger2hugo", export, "--out", OUT / "posts", "--pages-out", OUT / "pages", "--drafts",
                 "--slug-mode", "id-title"])
    table.row("blogger2hugo", other, files("*.md"))
    bar("export to Markdown beside blogger2hugo, wall", table.wall, 50)

    table = Table("Blogger export, read", export.stat().st_size, posts)
    own = run([blogark, "convert", export, "--to", "jsonl", "--quiet", "-o", OUT / "all.jsonl"], 3)
    # Line by line: what this process holds in memory, a program that it starts is charged with.
    bodies = FOLDER / "bodies.jsonl"
    found = 0
    with open(bodies, "w") as out, open(OUT / "all.jsonl") as lines:
        for line in lines:
            record = json.loads(line)
            if record.get("type") == "post":
                found += 1
                out.write(json.dumps({"html": record.get("content_html", "")}) + "\n")
    table.row("blogark, to JSON Lines", own, found)
    other = run([python, FOLDER / "feedparser_all.py", export])
    table.row("feedparser, into memory", other, number(other))

    wxr, posts = generate(release, "wxr", megabytes * 74 // 105 or 1)
    table = Table("WordPress export to Markdown", wxr.stat().st_size, posts)
    own = run([blogark, "convert", wxr, "--to", "markdown", "--quiet", "-o", OUT / "site"], 3)
    table.row("blogark", own, files("*.md"))
    other = run([node / ".bin/wordpress-export-to-markdown", "--wizard", "false", "--input", wxr, "--output", OUT / "site",
                 "--save-attached-images", "false", "--save-scraped-images", "false", "--include-other-types", "true",
                 "--post-folders", "true"])
    table.row("wordpress-export-to-markdown", other, files("*.md"))
    bar("WXR to Markdown beside wordpress-export-to-markdown, CPU", table.cpu, 20)
    bar("the same, wall", table.wall, 150)

    count = sum(1 for _ in open(bodies))
    table = Table("Bodies of posts to Markdown, HTML in and Markdown out", bodies.stat().st_size, count)
    with open(bodies) as lines:
        own = run(["sh", "-c", '"$0" --jsonl > "$1" && wc -l < "$1"', release / "examples/html_to_markdown", OUT / "all.jsonl"],
                  stdin=lines)
    table.row("blogark's converter, one thread", own, number(own))
    other = run([python, FOLDER / "markdownify_all.py", bodies, OUT / "all.jsonl"])
    table.row("markdownify", other, number(other))
    other = run(["node", FOLDER / "node/turndown_all.js", bodies, OUT / "all.jsonl"])
    table.row("turndown", other, number(other))
    shutil.rmtree(OUT, ignore_errors=True)
    print("\n| what must hold | measured | bar | held |\n| --- | ---: | ---: | --- |")
    print("\n".join(BARS))


if __name__ == "__main__":
    main()
