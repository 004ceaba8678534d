#!/usr/bin/env python3
"""expect.py CONTENT_DIR JSONL [--redirects] [--own-bodies]: what a site generator must have understood, one JSON object a file.

CONTENT_DIR holds the Markdown of any flavour, JSONL the same posts as `blogark convert --to jsonl` gives them. Each file is
found by the id in its front matter; title, date, labels and the source's HTML come from the JSON Lines, so that nothing
is compared with itself. With --redirects, the path at which a post was published must lead somewhere. With --own-bodies the
source's HTML is left out, for outputs whose bodies say something that the HTML does not: comments, links for films.
"""
import json
import pathlib
import re
import sys
import urllib.parse

ID = re.compile(r'^\s*"?(?:id|post_id|Post_id)"?\s*[:=]\s*"?([^"\n,]+)"?,?\s*$', re.M)


def path_of(address):
    return urllib.parse.unquote(urllib.parse.urlsplit(address).path)


def main():
    content, lines, *more = sys.argv[1:]
    posts = {}
    for record in map(json.loads, open(lines, encoding="utf-8")):
        if record["type"] == "post":
            posts.setdefault(record["id"], []).append(record)
    content = pathlib.Path(content)
    for file in sorted(content.rglob("*.md")):
        if file.name == "_index.md":
            continue
        head = file.read_text(encoding="utf-8").split("\n\n", 1)[0] + "\n"
        text = file.read_text(encoding="utf-8")
        found = ID.search(head) or ID.search(text[:20000])
        of = posts.get(found[1].strip()) if found else None
        if not of:
            sys.exit("%s is the file of no post" % file)
        post = of[0]
        expected = {
            "path": file.relative_to(content).as_posix(),
            "title": " ".join(post.get("title", "").split()) if "\n" in post.get("title", "") else post.get("title", "").strip(),
            "tags": post.get("tags", []),
        }
        if not re.match(r"---|\+\+\+|\{", text):
            # Pelican parts labels with semicolons, takes off space around them, and knows no tabs.
            expected["tags"] = [tag.replace(";", ",").replace("\t", " ").strip() for tag in expected["tags"]]
            expected["title"] = expected["title"].replace("\t", " ")
        if "date_published" in post:
            expected["date"] = post["date_published"]
        if "--own-bodies" not in more and post.get("content_format", "html") == "html":
            expected["html"] = post.get("content_html", "")
        if "--redirects" in more and post["status"] == "published" and "url" in post and not urllib.parse.urlsplit(post["url"]).query:
            expected["redirects"] = [path_of(post["url"])]
        print(json.dumps(expected, ensure_ascii=False))


main()
