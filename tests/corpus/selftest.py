#!/usr/bin/env python3
"""Proves the oracle and the comparison: a small export written for this test, read in each of its forms; the archive that is right
for it, written by hand, passes; the same archive with one fault at a time is refused. `selftest.py` needs nothing but Python."""
import copy
import hashlib
import json
import os
import sys
import tempfile

import compare
import export_oracle

TAG = "tag:blogger.com,1999:blog-71"
KIND = "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#%s'/>"
WHO = "<author><name>Ilse &amp; Jan</name><uri>http://www.blogger.com/profile/501</uri><email>%s</email></author>"
LABEL = "<category scheme='http://www.blogger.com/atom/ns#' term='%s'/>"


def entry(sort, number, published, title, content, extra="", email="noreply@blogger.com"):
    tag = "%s.%s-%s" % (TAG, "page" if sort == "page" else "post", number)
    return ("<entry><id>%s</id><published>%s</published><updated>2012-01-01T00:00:00.000+01:00</updated>%s<title type='text'>%s</title>"
            "<content type='html'>%s</content>%s%s</entry>") % (tag, published, KIND % sort, title, content, extra, WHO % email)


def reply(post, number, ref=True, parent=None, extra=""):
    self_link = "<link rel='self' type='application/atom+xml' href='http://www.blogger.com/feeds/71/%s/comments/default/%s'/>" % (post, number)
    in_reply = "<thr:in-reply-to href='http://quern.example/a.html' ref='%s.post-%s' type='text/html'/>" % (TAG, post) if ref else ""
    above = "<link rel='related' type='application/atom+xml' href='http://www.blogger.com/feeds/71/%s/comments/default/%s'/>" % (post, parent) if parent else ""
    return self_link + above + in_reply + extra


SETTING = ("<entry><id>%s.settings.BLOG_COMMENT_EMAIL</id><published>2010-01-01T00:00:00Z</published><updated>2010-01-01T00:00:00Z</updated>%s"
           "<title type='text'>Where to send them</title><content type='text'>miller@quern.example</content></entry>") % (TAG, KIND % "settings")
ENTRIES = [
    SETTING,
    entry("post", "900", "2010-03-04T05:06:00.000+01:00", "Der Mühlstein &lt;1&gt;", "&lt;p&gt;Zwölf &amp;amp; mehr&lt;br /&gt;\n水車 ok&lt;/p&gt;",
          LABEL % "Mühle" + LABEL % "水車" + "<link rel='alternate' type='text/html' href='http://quern.example/2010/03/stein.html' title='x'/><thr:total>3</thr:total>", "ilse@quern.example"),
    entry("post", "901", "2010-03-05T05:06:00.000+01:00", "", "", "<app:control xmlns:app='http://purl.org/atom/app#'><app:draft>yes</app:draft></app:control>"),
    entry("page", "902", "2010-03-06T05:06:00.000+01:00", "عن الطاحونة", "&lt;div dir=&quot;rtl&quot;&gt;…&lt;/div&gt;", "<link rel='alternate' type='text/html' href='http://quern.example/p/about.html'/>"),
    entry("comment", "911", "2010-03-04T06:00:00.000+01:00", "Merci...", "Merci &amp;lt;3", reply("900", "911")),
    entry("comment", "912", "2010-03-04T07:00:00.000+01:00", "", "gone", reply("900", "912", parent="911", extra="<gd:extendedProperty name='blogger.contentRemoved' value='true'/>")),
    entry("comment", "913", "2010-03-04T08:00:00.000+01:00", "On a draft", "On a draft", reply("901", "913", ref=False)),
    entry("comment", "914", "2010-03-04T09:00:00.000+01:00", "On a page", "On a page", reply("902", "914")),
]
HEAD = ("<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:gd='http://schemas.google.com/g/2005'"
        " xmlns:thr='http://purl.org/syndication/thread/1.0'><id>%s.archive</id><title type='text'>Quern</title>") % TAG
EXPORT = HEAD + "".join(ENTRIES) + "</feed>"

TAKEOUT = ("<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2018'><id>%s</id><title>Quern</title>"
           "<entry><id>%s.post-900</id><blogger:type>POST</blogger:type><blogger:status>SOFT_TRASHED</blogger:status><author><name></name><uri></uri><blogger:type>BLOGGER</blogger:type></author>"
           "<title>Pão</title><content type='html'>a\nb</content><blogger:metaDescription>o moinho</blogger:metaDescription><blogger:created>2011-01-01T00:00:00Z</blogger:created>"
           "<published>2011-01-02T00:00:00Z</published><updated>2011-01-03T00:00:00.100Z</updated><category/><blogger:filename>/2011/01/pao.html</blogger:filename><link/><blogger:trashed>2012-01-01T00:00:00Z</blogger:trashed></entry>"
           "<entry><id>%s.post-911</id><blogger:parent>%s.post-900</blogger:parent><blogger:inReplyTo/><blogger:type>COMMENT</blogger:type><blogger:status>SPAM_COMMENT</blogger:status>"
           "<author><name>x</name></author><content type='html'>a\nb</content><published>2011-01-02T00:00:00Z</published><updated>2011-01-02T00:00:00Z</updated></entry></feed>") % (TAG, TAG, TAG, TAG)

JSONP = "// API callback\nshow(" + json.dumps({"version": "1.0", "encoding": "UTF-8", "feed": {
    "xmlns": export_oracle.ATOM, "id": {"$t": TAG + ".post900..comments"}, "title": {"type": "text", "$t": "Comments on Quern"},
    "entry": [{"id": {"$t": TAG + ".post-912"}, "published": {"$t": "2010-03-04T07:00:00.000+01:00"}, "title": {"type": "text", "$t": "x..."},
               "content": {"type": "html", "$t": "one<br />two"}, "author": [{"name": {"$t": "Ö"}, "email": {"$t": "noreply@blogger.com"}}],
               "link": [{"rel": "related", "href": "http://www.blogger.com/feeds/71/900/comments/default/911?v=2"}],
               "thr$in-reply-to": {"ref": TAG + ".post-900"}, "gd$extendedProperty": [{"name": "blogger.contentRemoved", "value": "true"}]}]}}) + ");"

RSS = ("<?xml version='1.0' encoding='UTF-8'?><rss xmlns:atom='http://www.w3.org/2005/Atom' xmlns:thr='http://purl.org/syndication/thread/1.0' version='2.0'><channel><atom:id>%s</atom:id><title>Quern</title>"
       "<item><guid isPermaLink='false'>%s.post-900</guid><pubDate>Thu, 04 Mar 2010 04:06:00 +0000</pubDate><atom:updated>2012-01-01T00:00:00.000+01:00</atom:updated>"
       "<category domain='http://www.blogger.com/atom/ns#'>Mühle</category><title>Der Mühlstein</title><description>&lt;p&gt;x&lt;/p&gt;</description>"
       "<link>http://quern.example/2010/03/stein.html</link><author>noreply@blogger.com (Ilse &amp; Jan)</author><thr:total>3</thr:total></item></channel></rss>") % (TAG, TAG)

passed, failed = 0, []


def expect(name, condition):
    global passed
    if condition:
        passed += 1
    else:
        failed.append(name)
        print("failed:", name)


def reading(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
    return export_oracle.read(path)


def by_id(found):
    return {r["id"]: r for r in found.records}


def the_forms(folder):
    whole = reading(folder, "export.xml", EXPORT)
    records = by_id(whole)
    expect("export: kinds", [(r["kind"], r["id"]) for r in whole.records] == [("post", "900"), ("post", "901"), ("page", "902")] + [("comment", str(n)) for n in range(911, 915)])
    expect("export: title decoded once", records["900"]["title"] == "Der Mühlstein <1>")
    expect("export: content decoded once", records["900"]["content"] == "<p>Zwölf &amp; mehr<br />\n水車 ok</p>")
    expect("export: labels in order", records["900"]["labels"] == ["Mühle", "水車"])
    expect("export: statuses", [r["status"] for r in whole.records] == ["published", "draft", "published", "approved", "deleted", "approved", "approved"])
    expect("export: draft has no address", "url" not in records["901"] and records["901"]["title"] == "")
    expect("export: a comment on a draft knows its post", records["913"]["post"] == "901")
    expect("export: a comment on a page", records["914"]["post"] == "902")
    expect("export: a reply", records["912"]["parent"] == "911" and records["911"]["parent"] is None)
    expect("export: personal things found", whole.emails == {"ilse@quern.example"} and whole.personal == {"BLOG_COMMENT_EMAIL": "miller@quern.example"})
    expect("export: places", all(whole.data[r["offset"]:r["offset"] + r["length"]].decode().count("<entry>") == 1 for r in whole.records))
    expect("export: nothing damaged", not whole.damaged and not whole.faults)

    unbound = reading(folder, "unbound.xml", EXPORT.replace(" xmlns:app='http://purl.org/atom/app#'", "").replace(" xmlns:gd='http://schemas.google.com/g/2005'", ""))
    expect("undeclared prefix: a fault of form, the same records", unbound.faults and not unbound.damaged and [dict(r, offset=0, length=0) for r in unbound.records] == [dict(r, offset=0, length=0) for r in whole.records])
    cut = reading(folder, "cut.xml", EXPORT[:EXPORT.index("On a page")])
    expect("cut off: the last entry is named", [d["id"] for d in cut.damaged] == ["914"] and len(cut.records) == 6)
    broken = reading(folder, "broken.xml", EXPORT.replace("Merci &amp;lt;3", "Merci &lt;3 <b> & c"))
    expect("one broken entry costs only itself", [d["id"] for d in broken.damaged] == ["911"] and len(broken.records) == 6)
    bytes_ = reading(folder, "bytes.xml", EXPORT.encode("utf-8").replace("Zwölf".encode(), b"Zw\xf6lf"))
    expect("bytes that are no UTF-8 cost only their entry", [d["id"] for d in bytes_.damaged] == ["900"] and len(bytes_.records) == 6)
    nul = reading(folder, "nul.xml", EXPORT + "\0" * 64)
    expect("zeros behind the end cost nothing", not nul.damaged and not nul.stray and len(nul.records) == 7)
    wide = reading(folder, "wide.xml", EXPORT.replace("UTF-8", "UTF-16").encode("utf-16"))
    expect("UTF-16", [r["title"] for r in wide.records] == [r["title"] for r in whole.records])
    control = reading(folder, "control.xml", EXPORT.replace("On a draft</content>", "On a \x0bdraft</content>"))
    expect("a control character is a fault of form", not control.damaged and by_id(control)["913"]["content"] == "On a draft" and len(control.faults) == 2)
    poll = reading(folder, "poll.xml", EXPORT.replace("kind#page", "kind#poll"))
    expect("a kind of its own keeps its name", by_id(poll)["902"]["kind"] == "poll")
    stray = reading(folder, "stray.xml", EXPORT.replace("<entry>", "", 1))
    expect("an end without a beginning is told", stray.stray and len(stray.records) == 7)
    cdata = reading(folder, "cdata.xml", EXPORT[:-7].replace("On a draft</content>", "<![CDATA[a <entry> & </entry>]]></content>"))
    expect("CDATA hides tags", [r["content"] for r in cdata.records if r["id"] == "913"] == ["a <entry> & </entry>"] and not cdata.damaged)
    bare = reading(folder, "bare.xml", ENTRIES[1].replace("<entry>", "<entry xmlns='http://www.w3.org/2005/Atom'>"))
    expect("a bare entry is a document", [r["id"] for r in bare.records] == ["900"])

    takeout = by_id(reading(folder, "feed.atom", TAKEOUT))
    post, spam = takeout["900"], takeout["911"]
    expect("Takeout: post", (post["status"], post["filename"], post["summary"], post["date_created"], post["labels"]) == ("trashed", "/2011/01/pao.html", "o moinho", "2011-01-01T00:00:00Z", []))
    expect("Takeout: comment", (spam["status"], spam["post"], spam["parent"], spam["newlines"]) == ("spam", "900", None, True))
    jsonp = reading(folder, "feed.json", JSONP)
    one = jsonp.records[0]
    expect("JSONP: a comment feed", jsonp.format == "jsonp" and (one["kind"], one["post"], one["parent"], one["status"], one["content"], one["authors"][0]["name"]) == ("comment", "900", "911", "deleted", "one<br />two", "Ö"))
    rss = reading(folder, "feed.rss", RSS)
    item = rss.records[0]
    expect("RSS", (item["id"], item["date_published_raw"], item["date_modified"], item["labels"], item["authors"][0]["name"], item["url"], item["claimed"])
           == ("900", "Thu, 04 Mar 2010 04:06:00 +0000", "2012-01-01T00:00:00.000+01:00", ["Mühle"], "Ilse & Jan", "http://quern.example/2010/03/stein.html", 3))
    return whole


def the_right_archive(whole):
    """What the export must become, written by hand."""
    jan = {"name": "Ilse & Jan", "url": "http://www.blogger.com/profile/501"}
    places = {r["id"]: [{"source": "s1", "offset": r["offset"], "length": r["length"]}] for r in whole.records}
    modified = "2012-01-01T00:00:00.000+01:00"

    def comment(number, hour, text, **more):
        first = {k: more.pop(k) for k in ("in_reply_to",) if k in more}
        return {"id": number, **first, "status": more.get("status", "approved"), "author": jan, "content_html": text,
                "date_published": "2010-03-04T0%d:00:00.000+01:00" % hour, "date_modified": modified, "provenance": places[number]}

    return [
        {"type": "archive", "schema_version": "1.0", "sources": [{"id": "s1", "path": "export.xml", "sha256": hashlib.sha256(whole.data).hexdigest()}],
         "counts": {"posts": {"published": 1, "draft": 1}, "pages": {"published": 1}, "comments": {"approved": 3, "deleted": 1}, "media": 0, "blogs": 1}},
        {"type": "blog", "id": "71", "platform": "blogger", "title": "Quern"},
        {"type": "post", "id": "900", "blog": "71", "kind": "post", "status": "published", "url": "http://quern.example/2010/03/stein.html", "title": "Der Mühlstein <1>",
         "content_html": "<p>Zwölf &amp; mehr<br />\n水車 ok</p>", "date_published": "2010-03-04T05:06:00.000+01:00", "date_modified": modified, "authors": [jan], "tags": ["Mühle", "水車"],
         "comment_count_claimed": 3, "comments": [comment("911", 6, "Merci &lt;3"), comment("912", 7, "gone", in_reply_to="911", status="deleted")], "provenance": places["900"]},
        {"type": "post", "id": "901", "blog": "71", "kind": "post", "status": "draft", "title": "", "content_html": "", "date_published": "2010-03-05T05:06:00.000+01:00", "date_modified": modified,
         "authors": [jan], "comments": [comment("913", 8, "On a draft")], "provenance": places["901"]},
        {"type": "post", "id": "902", "blog": "71", "kind": "page", "status": "published", "url": "http://quern.example/p/about.html", "title": "عن الطاحونة",
         "content_html": "<div dir=\"rtl\">…</div>", "date_published": "2010-03-06T05:06:00.000+01:00", "date_modified": modified, "authors": [jan], "comments": [comment("914", 9, "On a page")], "provenance": places["902"]},
    ]


def put(*path, value):
    def change(lines):
        at = lines
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
    return change


FAULTS = {
    "a title cut": put(2, "title", value="Der Mühlstein"),
    "a title decoded twice": put(2, "content_html", value="<p>Zwölf & mehr<br />\n水車 ok</p>"),
    "a newline lost": put(2, "content_html", value="<p>Zwölf &amp; mehr<br /> 水車 ok</p>"),
    "a date in another offset": put(2, "date_published", value="2010-03-04T04:06:00.000Z"),
    "a date without its fraction": put(2, "date_published", value="2010-03-04T05:06:00+01:00"),
    "labels turned round": put(2, "tags", value=["水車", "Mühle"]),
    "a label lost": put(2, "tags", value=["Mühle"]),
    "a draft made public": put(3, "status", value="published"),
    "an address made up": put(3, "url", value="http://quern.example/901"),
    "a page made a post": put(4, "kind", value="post"),
    "a summary made up": put(2, "summary", value="Zwölf"),
    "an author renamed": put(2, "authors", value=[{"name": "Ilse", "url": "http://www.blogger.com/profile/501"}]),
    "a comment's author lost": put(2, "comments", 0, "author", value={}),
    "a claim changed": put(2, "comment_count_claimed", value=4),
    "a reply loosened": lambda lines: lines[2]["comments"][1].pop("in_reply_to"),
    "a tombstone made a comment": put(2, "comments", 1, "status", value="approved"),
    "a comment's text changed": put(4, "comments", 0, "content_html", value="On a  page"),
    "a comment lost": lambda lines: lines[3]["comments"].pop(),
    "a comment twice": lambda lines: lines[3]["comments"].append(copy.deepcopy(lines[3]["comments"][0])),
    "a comment under another post": lambda lines: lines[3]["comments"].append(lines[4]["comments"].pop()),
    "a comment on a line of its own": lambda lines: lines.append({"type": "comment", "post": "902", **lines[4]["comments"].pop()}),
    "a parent called missing": put(2, "comments", 1, "parent_missing", value=True),
    "a post lost": lambda lines: lines.pop(3),
    "a post twice": lambda lines: lines.insert(3, copy.deepcopy(lines[2])),
    "a post made up": lambda lines: lines.append({**copy.deepcopy(lines[4]), "id": "999", "comments": []}),
    "posts out of order": lambda lines: lines.insert(2, lines.pop(3)),
    "comments out of order": lambda lines: lines[2]["comments"].reverse(),
    "keys out of order": lambda lines: lines[2].update(id=lines[2].pop("id")),
    "a blog unnamed": put(1, "title", value="Querns"),
    "a blog without a line": lambda lines: lines.pop(1),
    "counts that are not so": put(0, "counts", "posts", value={"published": 2}),
    "a place that is not so": put(2, "provenance", value=[{"source": "s1", "offset": 0, "length": 20}]),
    "no place": put(2, "provenance", value=[]),
    "an e-mail address let out": lambda lines: lines[2]["authors"][0].update(email="ilse@quern.example"),
    "a personal setting let out": put(1, "settings", value={"BLOG_COMMENT_EMAIL": "miller@quern.example"}),
}
RAW_FAULTS = {
    "a byte order mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "CR LF": lambda raw: raw.replace(b"\n", b"\r\n"),
    "no last LF": lambda raw: raw[:-1],
    "a blank line": lambda raw: raw + b"\n",
    "a key twice": lambda raw: raw.replace(b'{"type": "post"', b'{"type": "post", "type": "post"', 1),
    "a bare U+2028": lambda raw: raw.replace("水車 ok".encode(), "水車\u2028ok".encode(), 1),
}


def main():
    with tempfile.TemporaryDirectory() as folder:
        whole = the_forms(folder)
        right = the_right_archive(whole)
        path = os.path.join(folder, "out.jsonl")

        def differences(raw):
            with open(path, "wb") as file:
                file.write(raw)
            return compare.compare(path, [whole.path])[0]

        def encode(lines):
            return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode("utf-8")

        found = differences(encode(right))
        expect("the right archive passes: %s" % found, not found)
        for name, fault in FAULTS.items():
            lines = copy.deepcopy(right)
            fault(lines)
            expect("refused: " + name, differences(encode(lines)))
        for name, fault in RAW_FAULTS.items():
            expect("refused: " + name, differences(fault(encode(right))))
    print("%d passed, %d failed" % (passed, len(failed)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
