#!/usr/bin/env python3
"""hugo.py HUGO BLOGARK EXPORT...: a site of each export as the flavour for Hugo, and what Hugo understood of it.

Every post must be a page of its own, with the title, date, labels and draft mark of the JSON Lines, at its old address,
and the ready-made template must show what its commenters wrote, each answer inside what it answers. Exit 1 where
something is not so.
"""
import datetime
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

import threads


def moment(text):
    """A date as a moment, to the second."""
    return datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))


def path_of(address):
    return urllib.parse.unquote(urllib.parse.urlsplit(address).path)


def check(hugo, blogark, export, folder):
    site = folder / "site"
    shutil.copytree(pathlib.Path(__file__).parent / "hugo", site)
    subprocess.run([blogark, "convert", export, "--quiet", "--flavor", "hugo", "-o", site], check=True)
    lines = subprocess.run([blogark, "convert", export, "--quiet", "--to", "jsonl"], check=True, stdout=subprocess.PIPE).stdout
    posts = [record for record in map(json.loads, lines.decode().splitlines()) if record["type"] == "post"]
    built = subprocess.run([hugo, "--source", site, "--buildDrafts", "--buildFuture", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if built.returncode or re.search(r"^(WARN|ERROR)", built.stdout, re.M):
        return ["Hugo says: " + built.stdout.strip()[:2000]]
    pages = json.loads((site / "public/index.json").read_text(encoding="utf-8"))
    by_id = {page["id"]: page for page in pages}
    faults = []
    if len(pages) != len(posts) or set(by_id) != {post["id"] for post in posts}:
        faults.append("%d posts became %d pages" % (len(posts), len(pages)))
    if len({page["address"] for page in pages}) != len(pages):
        faults.append("two pages share an address")
    for post in posts:
        page = by_id.get(post["id"])
        if page is None:
            faults.append("%s is not in the site" % post["id"])
            continue
        expected = {
            "title": post.get("title", "").strip(),
            "tags": post.get("tags", []),
            "draft": post["status"] != "published",
        }
        if "url" in post:
            expected["address"] = path_of(post["url"])
        page["address"] = urllib.parse.unquote(page["address"])
        for field, value in expected.items():
            if page[field] != value:
                faults.append("%s: %s is %r, not %r" % (post["id"], field, page[field], value))
        if "date_published" in post and moment(page["date"]) != moment(post["date_published"]):
            faults.append("%s: date is %s, not %s" % (post["id"], page["date"], post["date_published"]))
        faults.extend(threads.faults_of(post, page["comments"]))
        file = site / "public" / page["address"].lstrip("/")
        if not file.exists():
            faults.append("%s: there is no file at %s" % (post["id"], page["address"]))
    print("%-6s %s: %d pages" % ("FAILED" if faults else "ok", export, len(pages)))
    return faults


def main():
    hugo, blogark, *exports = sys.argv[1:]
    failed = 0
    for export in exports:
        with tempfile.TemporaryDirectory() as folder:
            for fault in check(hugo, blogark, export, pathlib.Path(folder)):
                failed += 1
                print("       " + fault)
    sys.exit(1 if failed or not exports else 0)


main()
