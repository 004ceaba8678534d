#!/usr/bin/env python3
"""Makes the seed corpora of the fuzz targets from fixtures/, into fuzz/corpus/<target>/ (or the folder that is named)."""

import gzip
import hashlib
import pathlib
import re
import sys
import zipfile

here = pathlib.Path(__file__).parent
fixtures = here.parent / "fixtures"
corpus = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "corpus"

# What each target begins with. Large files make a fuzzer slow, so they are left out.
LARGEST = 60_000
FILES = {
    "detect": ["**/*"],
    "atom": ["blogger-export/*.xml", "takeout/**/*.atom", "feeds/*.atom.xml"],
    "feed": ["feeds/*.rss.xml", "feeds/*.json*", "takeout/**/settings*.csv"],
    "wxr": ["wxr/*.xml"],
    "archive": ["wrong/records.jsonl"],
    "saved_page": ["saved-pages/**/*.html", "saved-pages/**/*.mhtml"],
    "copied_text": ["copied-text/*.txt"],
    "packed": ["takeout/*.zip"],
    "html": ["html/*.html"],
    "markdown": ["html/*.html"],
}
DATES = """2011-03-05T08:15:00.001-05:00
Sat, 05 Mar 2011 13:15:00 +0000
Saturday, March 5, 2011 8:15 AM
Samstag, 5. März 2011, 8:15 Uhr
samedi 5 mars 2011 à 8h15
sábado, 5 de marzo de 2011, 8:15
sabato 5 marzo 2011 alle ore 8.15
sobota, 5 marca 2011 08:15
суббота, 5 марта 2011 г., 8:15
2011年3月5日 午前8:15
2011년 3월 5일 토요일 오전 8:15
Σάββατο 5 Μαρτίου 2011, 8:15 π.μ.
السبت، 5 مارس 2011 8:15 ص
יום שבת, 5 במרץ 2011 8:15
วันเสาร์ที่ 5 มีนาคม พ.ศ. 2554
3/5/11 8:15 AM
05.03.2011, 08:15
5-Mar-11
yesterday at noon
1299312900""".splitlines()


def put(target, content):
    folder = corpus / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)


for target, patterns in FILES.items():
    for pattern in patterns:
        for path in sorted(fixtures.glob(pattern)):
            if path.is_file() and path.stat().st_size <= LARGEST:
                put(target, path.read_bytes())

# A post with its comments of every archive form, small enough to be changed byte by byte.
record = (
    b'{"type":"archive","version":"1.0","generator":"blogark"}\n{"type":"blog","id":"1","platform":"blogger"}\n'
    b'{"type":"post","id":"2","blog":"1","kind":"post","status":"published","title":"Lata","content_html":"<p>sol</p>",'
    b'"date_published":"2011-03-05T08:15:00Z","tags":["mar"],"comments":[{"id":"3","status":"approved","content_html":"oi"},'
    b'{"id":"4","status":"approved","in_reply_to":"3","content_html":"ol\xc3\xa1"}]}\n'
)
put("archive", record)
lines = record.splitlines()
put("archive", lines[0][:-1] + b',"blogs":[' + lines[1] + b'],"posts":[' + lines[2] + b"]}")

# Single entries, since one is soon changed and a whole export seldom.
for name in ("garden", "multilingual", "old-2008"):
    text = (fixtures / f"blogger-export/{name}.xml").read_bytes()
    entries = re.findall(rb"<entry>.*?</entry>", text, re.S)
    head = text[: text.find(b"<entry>")]
    for entry in entries[:40:4]:
        put("atom", head + entry + b"</feed>")
for path in sorted(fixtures.glob("wxr/*.xml")):
    text = path.read_bytes()
    items = re.findall(rb"<item>.*?</item>", text, re.S)
    head = text[: text.find(b"<item>")] if items else b""
    for item in items[::5]:
        put("wxr", head + item + b"</channel></rss>")

# Paragraphs of pages, behind the byte that chooses how they are written.
for path in sorted(fixtures.glob("html/*.html")):
    for number, part in enumerate(re.split(rb"\n\s*\n", path.read_bytes())):
        put("markdown", bytes([number % 256]) + part)
        put("html", part)

for text in DATES:
    put("dates", text.encode())
    put("dates", text.encode() + b"\x00\x00pt\x01\x00\x00\x07\xdb\x03" + bytes([len(text.encode()) % 256]))

with zipfile.ZipFile(fixtures / "takeout" / "takeout-001.zip") as archive:
    for member in archive.infolist():
        content = archive.read(member)
        if 0 < len(content) <= 4000:
            put("packed", gzip.compress(content, mtime=0))

for text in ("Lata", "--- title\n---", "<script>alert(1)</script>", "\u202e\u2028 caf\u00e9 {{ x }} [a](b)"):
    put("write", (text * 8).encode() + bytes(range(64)))

for folder in sorted(corpus.iterdir()):
    print(f"{folder.name}: {sum(1 for _ in folder.iterdir())} files")
