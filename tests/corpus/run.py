#!/usr/bin/env python3
"""run.py BLOGARK_BINARY [--only WORD] [--max N] [--keep FOLDER]

Every Blogger export, Takeout feed and public feed of a corpus of real files, converted by the program and held against an
independent reader. BLOGARK_CORPUS names the corpus: a folder with blogger/legacy, blogger/takeout and blogger/feeds.

  each file     convert to JSON Lines, compare, exit status, `check`, the schema (where Python has jsonschema), the report;
                to JSON, and the JSON Lines once more through the program: the same records
  each blog     all files of one blog together: posts and comment feeds join into threads, whatever the order of the
                arguments and the number of jobs, to the byte
  each way in   standard input, gzip, a folder, a zip of several blogs

One line a check, `N passed, N failed` at the end; exit 1 where any failed, 77 where there is no corpus.
"""
import argparse
import csv
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

import compare
import export_oracle

try:
    import jsonschema
except ImportError:
    jsonschema = None

# Files that are looked at but not compared, by what they are.
NOT_COMPARED = {
    "third_party_dump": "another program's dump of an entry, no Blogger output: it must be refused in one sentence",
}


class Checks:
    def __init__(self, binary, folder, most):
        self.binary, self.folder, self.most = binary, folder, most
        self.passed = self.failed = self.turn = 0
        self.schemas = {}

    def result(self, name, problems, note=""):
        self.passed, self.failed = self.passed + (not problems), self.failed + bool(problems)
        print("%-6s %s%s" % ("FAILED" if problems else "ok", name, "  " + note if note else ""))
        for line in problems[:self.most]:
            print("         " + line)
        if len(problems) > self.most:
            print("         … and %d more" % (len(problems) - self.most))
        sys.stdout.flush()

    def run(self, *arguments, given=None):
        """The finished process; a program that hangs or falls over says so in its status."""
        try:
            return subprocess.run([self.binary, *arguments], input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(arguments, -1, b"", b"more than 300 seconds")

    def path(self, ending):
        self.turn += 1
        return os.path.join(self.folder, "out%04d%s" % (self.turn, ending))

    def schema(self, which, path):
        """What the program's own schema says against a file of its own."""
        if jsonschema is None:
            return []
        if which not in self.schemas:
            process = self.run("schema", which)
            if process.returncode:
                return ["schema %s: exit %d" % (which, process.returncode)]
            document = json.loads(process.stdout)
            jsonschema.Draft202012Validator.check_schema(document)
            self.schemas[which] = jsonschema.Draft202012Validator(document, format_checker=jsonschema.FormatChecker())
        with open(path, encoding="utf-8") as file:
            documents = file.read().split("\n") if path.endswith(".jsonl") else [file.read()]
        found = []
        for number, text in enumerate(documents, 1):
            for error in self.schemas[which].iter_errors(json.loads(text)) if text else ():
                where = "".join("[%s]" % p for p in error.absolute_path)
                found.append("schema %s, line %d %s: %s" % (which, number, where, error.validator))
        return found


def wanted_status(readings):
    """The exit statuses that are right, and why."""
    if any(r.damaged for r in readings):
        return {3}, "an entry is damaged"
    groups = compare.Comparison(None, readings).groups()
    if any(g.twins for g in groups.values()):
        return {0, 3}, "one number stands on two posts"
    if any("conflict_markers" in r.traits for r in readings):
        return {0, 3}, "two versions of a file stand in one"
    if any(r.stray for r in readings):
        return {0, 3}, "something outside the entries was lost, nobody can say what"
    return {0}, "every entry is whole"


def fell_over(process):
    return process.returncode not in (0, 1, 2, 3) or b"panicked" in process.stderr


def sentence(process):
    return process.stderr.decode("utf-8", "replace").strip().replace("\n", " / ")[:200]


def converted(checks, inputs, paths, *options, places=True, given=None, readings=None):
    """(path of the JSON Lines, what is wrong, how many records): one run, compared with what `paths` hold."""
    out = checks.path(".jsonl")
    report = out[:-6] + ".report.json"
    process = checks.run("convert", *inputs, "--to", "jsonl", "-o", out, "--quiet", "--report", report, *options, given=given)
    readings = readings or [export_oracle.read(p) for p in paths]
    statuses, why = wanted_status(readings)
    problems = []
    if fell_over(process):
        return out, ["fell over: exit %d: %s" % (process.returncode, sentence(process))], 0
    if process.returncode not in statuses:
        problems.append("exit %d, expected %s (%s): %s" % (process.returncode, " or ".join(map(str, sorted(statuses))), why, sentence(process)))
    if process.stdout:
        problems.append("%d bytes on standard output beside -o" % len(process.stdout))
    if not os.path.exists(out):
        return out, problems + ["no output"], 0
    differences, compared, _ = compare.compare(out, paths, places)
    problems += differences
    checked = checks.run("check", out)
    if checked.returncode:
        problems.append("check: exit %d: %s" % (checked.returncode, (sentence(checked) or checked.stdout.decode("utf-8", "replace").strip())[:200]))
    problems += checks.schema("archive", out)
    if not os.path.exists(report):
        problems.append("no report")
    else:
        problems += checks.schema("report", report)
        checked = checks.run("check", report)
        if checked.returncode:
            problems.append("check of the report: exit %d: %s" % (checked.returncode, sentence(checked)))
    return out, problems, compared


def one_file(checks, name, path):
    reading = export_oracle.read(path)
    for trait, why in NOT_COMPARED.items():
        if trait in reading.traits:
            out = checks.path(".jsonl")
            process = checks.run("convert", path, "--to", "jsonl", "-o", out, "--quiet")
            problems = ["exit %d, expected 1: %s" % (process.returncode, sentence(process))] if process.returncode != 1 else []
            if fell_over(process) or not process.stderr.strip():
                problems.append("no sentence")
            if os.path.exists(out):
                problems.append("it left a file behind")
            checks.result(name, problems, "not compared: " + why)
            return
    out, problems, compared = converted(checks, [path], [path])
    checks.result(name, problems, "%s, %d records" % (reading.format, compared))
    if not os.path.exists(out):
        return
    problems = []
    as_json = checks.path(".json")
    process = checks.run("convert", path, "--to", "json", "-o", as_json, "--quiet")
    if not os.path.exists(as_json):
        problems.append("no JSON: exit %d: %s" % (process.returncode, sentence(process)))
    else:
        one, other = compare.Output(out), compare.Output(as_json)
        for part in ("head", "blogs", "posts", "comments"):
            if strip(getattr(one, part)) != strip(getattr(other, part)):
                problems.append("the %s of JSON and JSON Lines differ" % part)
    again = checks.path(".jsonl")
    process = checks.run("convert", out, "--to", "jsonl", "-o", again, "--quiet")
    if not os.path.exists(again):
        problems.append("not read again: exit %d: %s" % (process.returncode, sentence(process)))
    else:
        problems += ["read again: " + d for d in compare.compare(again, [path], False)[0]]
    checks.result(name, problems, "as JSON, and read again")


def strip(value):
    """A record without its `type`, which JSON need not repeat."""
    if isinstance(value, list):
        return [strip(v) for v in value]
    return {k: v for k, v in value.items() if k != "type"}


def blogs_of(files):
    """The files of each blog that has several: found by the blog's number in them."""
    found = {}
    for name, path in files:
        reading = export_oracle.read(path)
        if reading.format != "other" and reading.blog:
            found.setdefault(reading.blog, []).append(path)
    return {blog: paths for blog, paths in found.items() if len(paths) > 1}


def together(checks, name, paths):
    out, problems, compared = converted(checks, paths, paths)
    threads = 0
    if os.path.exists(out):
        threads = sum(1 for p in compare.Output(out).posts if p.get("comments"))
    checks.result(name, problems, "%d files, %d records, %d posts with comments" % (len(paths), compared, threads))
    same_bytes(checks, name, paths, out)


def same_bytes(checks, name, paths, out):
    if not os.path.exists(out):
        return
    with open(out, "rb") as file:
        first = hashlib.sha256(file.read()).hexdigest()
    problems = []
    for options, inputs in (("1", paths), ("2", paths), ("8", paths), ("8", paths[::-1]), ("2", paths[1:] + paths[:1])):
        other = checks.path(".jsonl")
        checks.run("convert", *inputs, "--to", "jsonl", "-o", other, "--quiet", "--jobs", options)
        if not os.path.exists(other):
            problems.append("no output with %s jobs" % options)
            continue
        with open(other, "rb") as file:
            if hashlib.sha256(file.read()).hexdigest() != first:
                problems.append("other bytes with %s jobs%s" % (options, "" if inputs == paths else " and another order of the inputs"))
    checks.result(name, problems, "the same bytes, any jobs and order")


def settings_for(corpus):
    """settings.csv files of the corpus, by the blog's name in them."""
    folder, found = os.path.join(corpus, "blogger", "takeout", "side_files"), {}
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith("settings.csv"):
            with open(os.path.join(folder, name), "rb") as file:
                raw = file.read()
            for row in csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))):
                found[row.get("blog_name") or name] = raw
    return found


def ways_in(checks, files, corpus):
    readings = {path: export_oracle.read(path) for _, path in files}
    takeouts = [p for _, p in files if readings[p].format == "takeout"]
    exports = [p for _, p in files if readings[p].format == "export" and not readings[p].faults]
    for path in sorted(takeouts, key=os.path.getsize)[-2:-1] + sorted(exports, key=os.path.getsize)[-3:-2]:
        with open(path, "rb") as file:
            data = file.read()
        packed = os.path.join(checks.folder, "blog.xml.gz")
        with open(packed, "wb") as file:
            file.write(gzip.compress(data))
        name = readings[path].format
        _, problems, compared = converted(checks, ["-"], [path], places=False, given=data)
        checks.result("way in: standard input, " + name, problems, "%d records" % compared)
        _, problems, compared = converted(checks, [packed], [path], places=False)
        checks.result("way in: gzip, " + name, problems, "%d records" % compared)
        folder = tempfile.mkdtemp(dir=checks.folder)
        shutil.copyfile(path, os.path.join(folder, "feed.atom" if name == "takeout" else "blog.xml"))
        _, problems, compared = converted(checks, [folder], [path])
        checks.result("way in: a folder, " + name, problems, "%d records" % compared)
    if takeouts:
        takeout_zip(checks, takeouts, readings, settings_for(corpus))


def takeout_zip(checks, takeouts, readings, settings):
    """A Takeout of several blogs as one zip, as two, and unpacked."""
    members = []
    for turn, path in enumerate(takeouts):
        own = "own_comments" in readings[path].traits
        place = "Takeout/Blogger/%s/%d/" % ("Comments" if own else "Blogs", turn)
        members.append((place + "feed.atom", readings[path].data))
        for blog, raw in settings.items():
            if not own and (readings[path].title == blog or (readings[path].title is None and blog.replace(" ", "_") in os.path.basename(path))):
                members.append((place + "settings.csv", raw))
    whole = os.path.join(checks.folder, "takeout-001.zip")
    parts = [os.path.join(checks.folder, "part-00%d.zip" % n) for n in (1, 2)]
    folder = os.path.join(checks.folder, "unpacked")
    for target, some in ((whole, members), (parts[0], members[::2]), (parts[1], members[1::2])):
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for member, data in some:
                packed.writestr(member, data)
    for member, data in members:
        os.makedirs(os.path.dirname(os.path.join(folder, member)), exist_ok=True)
        with open(os.path.join(folder, member), "wb") as file:
            file.write(data)
    paths = takeouts
    note = "%d feeds, %d settings" % (len(paths), len(members) - len(paths))
    for name, inputs in (("a Takeout zip", [whole]), ("a Takeout in two zips", parts), ("a Takeout unpacked", [folder])):
        out, problems, compared = converted(checks, inputs, paths, places=False)
        if os.path.exists(out):
            addressed = sum(1 for p in compare.Output(out).posts if p.get("url"))
            if len(members) > len(paths) and not addressed:
                problems.append("no post has an address, though settings.csv names the host")
        checks.result("way in: " + name, problems, "%s, %d records" % (note, compared))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--only", default="", help="files whose path has this word; no blogs, no ways in")
    parser.add_argument("--max", type=int, default=6, help="lines shown for a failed check")
    parser.add_argument("--keep", help="write what is made here, and leave it")
    options = parser.parse_args()
    corpus = os.environ.get("BLOGARK_CORPUS", "")
    files = []
    for part in ("legacy", "takeout", "feeds"):
        folder = os.path.join(corpus, "blogger", part)
        for name in sorted(os.listdir(folder)) if corpus and os.path.isdir(folder) else []:
            if os.path.isfile(os.path.join(folder, name)) and options.only in part + "/" + name:
                files.append((part + "/" + name, os.path.join(folder, name)))
    if not files:
        print("no corpus: set BLOGARK_CORPUS", file=sys.stderr)
        return 77
    folder = options.keep or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    checks = Checks(os.path.abspath(options.binary), folder, options.max)
    try:
        if jsonschema is None:
            print("note: Python has no jsonschema here; the schema is not tried")
        for name, path in files:
            one_file(checks, name, path)
        if not options.only:
            for blog, paths in sorted(blogs_of(files).items()):
                together(checks, "blog " + blog, paths)
            largest = max((p for _, p in files), key=os.path.getsize)
            out, problems, compared = converted(checks, [largest], [largest])
            same_bytes(checks, "the largest export", [largest], out)
            ways_in(checks, files, corpus)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print("%d passed, %d failed" % (checks.passed, checks.failed))
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
