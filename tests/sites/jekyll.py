#!/usr/bin/env python3
"""jekyll.py JEKYLL BLOGARK EXPORT...: a site of each export as the flavour for Jekyll, at its old addresses and with its
comments, each answer inside what it answers. Exit 1 where something is not so.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

import threads

LAYOUT = """<!doctype html><html><head><meta charset="utf-8"><title>{{ page.title | escape }}</title></head>
<body id="{{ page.post_id }}">{{ content }}{% include blogark-comments.html %}</body></html>
"""


def check(jekyll, blogark, export, folder):
    site = folder / "site"
    subprocess.run([blogark, "convert", export, "--quiet", "--flavor", "jekyll", "-o", site], check=True)
    lines = subprocess.run([blogark, "convert", export, "--quiet", "--to", "jsonl"], check=True, stdout=subprocess.PIPE).stdout
    posts = [record for record in map(json.loads, lines.decode().splitlines()) if record["type"] == "post"]
    (site / "_layouts").mkdir()
    for name in ["post", "page"]:
        (site / "_layouts" / (name + ".html")).write_text(LAYOUT, encoding="utf-8")
    (site / "_config.yml").write_text("timezone: UTC\nstrict_front_matter: true\nliquid: {error_mode: strict}\n", encoding="utf-8")
    (site / "_includes").mkdir(exist_ok=True)
    (site / "_includes/blogark-comments.html").touch()
    build = [jekyll, "build", "--source", site, "--destination", site / "_site", "--future", "--drafts", "--unpublished", "--disable-disk-cache"]
    built = subprocess.run(build, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={"LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"})
    if built.returncode or "Warning" in built.stdout or "Conflict" in built.stdout:
        return ["Jekyll says: " + built.stdout.strip()[:2000]]
    pages = {}
    for file in (site / "_site").rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        pages[text.partition('<body id="')[2].partition('"')[0]] = (file.relative_to(site / "_site"), text)
    faults = []
    if set(pages) != {post["id"] for post in posts}:
        faults.append("%d posts became %d pages" % (len(posts), len(pages)))
    for post in posts:
        file, page = pages.get(post["id"], (None, ""))
        if "url" in post and "/" + str(file) != urllib.parse.unquote(urllib.parse.urlsplit(post["url"]).path):
            faults.append("%s is at /%s, not at its old address" % (post["id"], file))
        faults.extend(threads.faults_of(post, page.replace("<body", "<div")))
    print("%-6s %s: %d pages" % ("FAILED" if faults else "ok", export, len(pages)))
    return faults


def main():
    jekyll, blogark, *exports = sys.argv[1:]
    failed = 0
    for export in exports:
        with tempfile.TemporaryDirectory() as folder:
            for fault in check(jekyll, blogark, export, pathlib.Path(folder)):
                failed += 1
                print("       " + fault)
    sys.exit(1 if failed or not exports else 0)


main()
