"""Pictures for every address that the texts of an archive show, as a mirror keeps them: HOST/PATH.

    python3 mirror.py ARCHIVE.jsonl FOLDER

The addresses are taken out of the texts with Python's own parser, not with blogark. Each picture is a PNG of a colour of
its own, as large as its address says."""

import hashlib
import json
import os
import re
import struct
import sys
import zlib
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

PICTURE = re.compile(r"\.(jpe?g|png|gif|webp|bmp)$", re.I)
HOSTS = re.compile(r"(\.bp\.blogspot\.com|\.googleusercontent\.com|\.ggpht\.com|photos\d\.blogger\.com)$")


class Addresses(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "img":
            if str(attrs.get("width")) in "01" and str(attrs.get("height")) in "01":
                return
            self.found += [attrs.get(name) for name in ("src", "data-src", "data-original")]
        elif tag == "a" and attrs.get("href"):
            parts = urlsplit(attrs["href"].strip())
            if HOSTS.search(parts.hostname or "") and parts.path.count("/") > 1:
                self.found.append(attrs["href"])

    handle_startendtag = handle_starttag


def png(key, width, height):
    colour = hashlib.sha256(key.encode()).digest()
    line = b"".join(bytes((colour[0], colour[1], colour[2])) if x // 8 % 2 else bytes((colour[3], colour[4], colour[5])) for x in range(width))
    raw = b"".join(b"\0" + line for _ in range(height))

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def main():
    archive, folder = sys.argv[1:3]
    home = ""
    wanted = set()
    for line in open(archive, encoding="utf-8"):
        record = json.loads(line)
        if record["type"] == "blog":
            home = record.get("home_page_url") or home
        if record["type"] != "post":
            continue
        for text in [record.get("content_html")] + [c.get("content_html") for c in record.get("comments", [])]:
            parser = Addresses()
            parser.feed(text or "")
            parser.close()
            wanted |= {urljoin(record.get("url") or home, (a or "").strip()) for a in parser.found if a}
    count = 0
    for address in sorted(wanted):
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or len(parts.path) < 2:
            continue
        path = unquote(parts.path).replace("/s1600-h/", "/s1600/")
        size = re.search(r"[/=][swh](\d+)", path)
        width = max(8, min(int(size.group(1)) if size else 400, 1600)) // 4
        place = os.path.join(folder, parts.hostname + path + ("?" + parts.query if parts.query else ""))
        if place.endswith("/") or os.path.isdir(place):
            continue
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as out:
            out.write(png(path, width, width * 3 // 4))
        count += 1
    print(f"{count} pictures of {len(wanted)} addresses in {folder}")


main()
