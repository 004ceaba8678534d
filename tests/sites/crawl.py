#!/usr/bin/env python3
"""crawl.py SITE BLOG.jsonl... [REPORT.json]: the links of a built site, crawled without a line of blogark.

Every link inside the site must lead to a file that is there, and where it names a place, to an element of that id. No link
may lead to a public post of the blog at its old host: which those are is taken from the JSON Lines. Places that the
author's own text never had (a link to #x on its own page) are counted apart, and so are links of which the report says
that the old blog had nothing there (link-missing) or the new site has nothing like it (link-kept). Exit 1 where something
is not so.
"""
import html.parser
import json
import pathlib
import re
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.links, self.files, self.ids = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = {}
        for name, value in attrs:
            given.setdefault(name, value or "")
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "a" and "name" in given:
            self.ids.add(given["name"])
        if tag in ("a", "area") and "href" in given:
            self.links.append(given["href"].strip())
        for name in ("src", "poster"):
            if tag in ("img", "video", "audio", "source", "iframe", "embed") and given.get(name):
                self.files.append(given[name].strip())


def host_of(netloc):
    host = netloc.lower().split(":")[0]
    host = host[4:] if host.startswith("www.") else host
    return re.sub(r"\.blogspot\..*", ".blogspot.com", host)


def old_posts(archives):
    """Host and path of every public post."""
    found, hosts = {}, set()
    for archive in archives:
        for line in open(archive, encoding="utf-8"):
            record = json.loads(line)
            if record["type"] == "blog":
                for address in [record.get("home_page_url"), *record.get("alternate_urls", [])]:
                    if address:
                        hosts.add(host_of(urllib.parse.urlsplit(address).netloc))
            if record["type"] == "post" and record["status"] == "published" and record.get("url"):
                parts = urllib.parse.urlsplit(record["url"])
                found[urllib.parse.unquote(parts.path).rstrip("/")] = record["id"]
    return found, hosts


NAMED = re.compile(r"A link leads to (.*), (?:at which its blog has no post|a post that|a file on|a label|a feed|a list|the posts of a)", re.S)


def unquoted(address):
    return urllib.parse.unquote(address.strip())


def named_by(report):
    """The addresses that a report names as leading nowhere."""
    notices = json.load(open(report, encoding="utf-8"))["notices"] if report else []
    found = (NAMED.match(n["message"]) for n in notices if n["code"] in ("link-missing", "link-kept"))
    return {unquoted(match.group(1)) for match in found if match}


def crawl(site, archives, report=None):
    site = pathlib.Path(site)
    pages = {}
    for file in sorted(site.rglob("*.html")):
        pages["/" + file.relative_to(site).as_posix()] = Page(file.read_text(encoding="utf-8", errors="replace"))
    posts, hosts = old_posts(archives)
    faults, inside, own, elsewhere, named = [], 0, 0, 0, 0
    known = named_by(report)

    def file_at(path):
        path = urllib.parse.unquote(path)
        for name in (path, path.rstrip("/") + "/index.html"):
            if not name.endswith("/") and (site / name.lstrip("/")).is_file():
                return name
        return None

    for at, page in pages.items():
        for address in page.links + page.files:
            try:
                whole = urllib.parse.urljoin("http://built.site.invalid" + urllib.parse.quote(at), address)
                parts = urllib.parse.urlsplit(whole)
            except ValueError:
                continue
            if parts.scheme not in ("http", "https"):
                continue
            if parts.netloc != "built.site.invalid":
                path = urllib.parse.unquote(parts.path).rstrip("/")
                is_mine = host_of(parts.netloc) in hosts and path in posts and not parts.query.startswith("p=")
                if is_mine and address in page.links:
                    faults.append("%s still leads to the old blog: %s" % (at, address))
                elsewhere += 1
                continue
            inside += 1
            file = file_at(parts.path)
            place = urllib.parse.unquote(parts.fragment)
            if file is None and address in page.links and unquoted(address) in known:
                named += 1
            elif file is None:
                faults.append("%s leads to %s, which is not there" % (at, address))
            elif place and place != "top" and file in pages and place not in pages[file].ids and parts.fragment not in pages[file].ids:
                if file == at and address.startswith("#"):
                    own += 1
                else:
                    faults.append("%s leads to %s, which has no such place" % (at, address))
    return len(pages), inside, elsewhere, own, named, faults


def main():
    site, *archives = sys.argv[1:]
    report = archives.pop() if archives and archives[-1].endswith(".json") else None
    pages, inside, elsewhere, own, named, faults = crawl(site, archives, report)
    print("%-6s %s: %d pages, %d links inside, %d elsewhere, %d to places that the author never made, %d named by the report" % ("FAILED" if faults or not pages else "ok", site, pages, inside, elsewhere, own, named))
    for fault in faults[:20]:
        print("       " + fault)
    sys.exit(1 if faults or not pages else 0)


if __name__ == "__main__":
    main()
