#!/usr/bin/env python3
"""export_oracle.py EXPORT > expected.jsonl

What a Blogger export says, read by expat and json alone: one line for every post, page and comment of a legacy export,
a Takeout feed.atom, an Atom or RSS feed, or Blogger's JSON and JSONP. It shares no code with the program it judges.

A file that is not well-formed is cut into its entries and each is parsed alone; what cannot be parsed is named on stderr.
Python 3.9 or later, standard library only.
"""
import json
import re
import sys
import xml.parsers.expat as expat

ATOM = "http://www.w3.org/2005/Atom"
APP = ("http://purl.org/atom/app#", "http://www.w3.org/2007/app")
GD = "http://schemas.google.com/g/2005"
THR = "http://purl.org/syndication/thread/1.0"
GEORSS = "http://www.georss.org/georss"
TAKEOUT = "http://schemas.google.com/blogger/2018"
KIND_SCHEME = "http://schemas.google.com/g/2005#kind"
LABEL_SCHEME = "http://www.blogger.com/atom/ns#"

# What a prefix means where a file forgot to declare it (and in JSON feeds, where the prefix is all there is).
CUSTOM_PREFIXES = {
    "": ATOM, "atom": ATOM, "app": APP[0], "gd": GD, "thr": THR, "georss": GEORSS, "blogger": TAKEOUT,
    "media": "http://search.yahoo.com/mrss/", "openSearch": "http://a9.com/-/spec/opensearchrss/1.0/",
    "content": "http://purl.org/rss/1.0/modules/content/", "dc": "http://purl.org/dc/elements/1.1/",
}

PERSONAL_SETTINGS = {
    "BLOG_ADMIN_PERMISSION", "BLOG_AUTHOR_PERMISSION", "BLOG_READER_PERMISSION", "BLOG_COMMENT_EMAIL",
    "BLOG_COMMENT_MODERATION_EMAIL", "BLOG_SEND_EMAIL", "BLOG_M2B_WHITELIST_EMAIL", "BLOG_ANALYTICS_ACCOUNT_NUMBER",
}

POST_STATUS = {"LIVE": "published", "DRAFT": "draft", "SCHEDULED": "scheduled", "SOFT_TRASHED": "trashed"}
COMMENT_STATUS = {"LIVE": "approved", "SPAM_COMMENT": "spam", "GHOSTED_COMMENT": "deleted",
                  "PENDING_COMMENT": "pending", "SOFT_TRASHED": "trashed"}

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")


class Node:
    """An element: what it is called, what it holds, and which bytes of the source it is."""

    __slots__ = ("ns", "name", "attrs", "children", "parts", "start", "end")

    def __init__(self, ns, name, attrs, start=None):
        self.ns, self.name, self.attrs, self.start, self.end = ns, name, attrs, start, None
        self.children, self.parts = [], []

    def text(self):
        return "".join(self.parts)

    def all(self, name, ns=None):
        spaces = (ns,) if isinstance(ns, str) else ns
        return [c for c in self.children if c.name == name and (spaces is None or c.ns in spaces)]

    def first(self, name, ns=None):
        found = self.all(name, ns)
        return found[0] if found else None

    def value(self, name, ns=None):
        """The child's text as it stands; None where there is no such child."""
        child = self.first(name, ns)
        return None if child is None else child.text()


class Reading:
    """All that was found in one file."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            self.data = file.read()
        self.format = "other"        # export, takeout, atom, rss, json, jsonp, other
        self.traits = set()          # own_comments, comment_feed, conflict_markers, third_party_dump, …
        self.blog = None             # the blog's number
        self.post = None             # the post a comment feed belongs to
        self.title = None
        self.records = []
        self.damaged = []            # {"offset", "reason", "id"}: entries that cannot be read
        self.faults = []             # faults of form that cost nothing
        self.stray = []              # entry ends with no beginning: something was there, nobody can say what
        self.emails = set()
        self.personal = {}


# ---------------------------------------------------------------------------------------------------- XML and JSON to nodes

def parse_xml(data, reading, base=0, scope=None, encoding=None):
    """The root node of one well-formed document. Prefixes are resolved here, so an undeclared one is a fault and no end."""
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.ordered_attributes = True
    top = Node(None, None, {})
    stack, scopes = [top], [dict(scope or {})]

    def resolve(name):
        prefix, _, local = name.rpartition(":")
        space = scopes[-1].get(prefix)
        if space is None and prefix:
            space = CUSTOM_PREFIXES.get(prefix, "undeclared:" + prefix)
            fault = "undeclared prefix " + prefix
            if fault not in reading.faults:
                reading.faults.append(fault)
        return space, local

    def start(name, flat):
        pairs = list(zip(flat[::2], flat[1::2]))
        here = {k[6:] if k != "xmlns" else "": v for k, v in pairs if k == "xmlns" or k.startswith("xmlns:")}
        scopes.append({**scopes[-1], **here} if here else scopes[-1])
        space, local = resolve(name)
        node = Node(space, local, {k.rpartition(":")[2]: v for k, v in pairs if not k.startswith("xmlns")}, base + parser.CurrentByteIndex)
        stack[-1].children.append(node)
        stack.append(node)

    def end(_):
        node = stack.pop()
        scopes.pop()
        node.end = base + data.find(b">", parser.CurrentByteIndex) + 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: stack[-1].parts.append(text)
    parser.Parse(data, True)
    return top.children[0]


def json_node(name, value):
    """Blogger's JSON is its Atom: `$t` is text, a string is an attribute, `thr$total` is `thr:total`."""
    prefix, _, local = name.rpartition("$")
    node = Node(CUSTOM_PREFIXES.get(prefix, "undeclared:" + prefix), local, {})
    if not isinstance(value, dict):
        node.parts.append(value if isinstance(value, str) else json.dumps(value))
        return node
    for key, inner in value.items():
        if key == "$t":
            node.parts.append(inner)
        elif isinstance(inner, str):
            node.attrs[key.rpartition("$")[2]] = inner
        else:
            for one in inner if isinstance(inner, list) else [inner]:
                node.children.append(json_node(key, one))
    return node


# ---------------------------------------------------------------------------------------------------- damaged files

MARK = re.compile(rb"<!\[CDATA\[|<!--|<(?:[A-Za-z_][\w.-]*:)?(?:entry|item)(?=[\s>/])|</(?:[A-Za-z_][\w.-]*:)?(?:entry|item)\s*>")


# What XML 1.0 forbids and people paste all the same: a fault of form, since nothing a reader sees is lost without it.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def cut(data):
    """(begin, end, whole) of every entry, found by its tags alone; a begin of None is an end that nothing began."""
    pieces, at, begin = [], 0, None
    while True:
        mark = MARK.search(data, at)
        if mark is None:
            break
        word, at = mark.group(), mark.end()
        if word in (b"<![CDATA[", b"<!--"):
            close = data.find(b"]]>" if word[2:3] == b"[" else b"-->", at)
            nearest = MARK.search(data, at)
            # an opening that nothing closes hides no more than itself
            at = close + 3 if close >= 0 else (nearest.start() if nearest else len(data))
        elif word.startswith(b"</"):
            pieces.append((begin, mark.end(), begin is not None))
            begin = None
        else:
            if begin is not None:
                pieces.append((begin, mark.start(), False))
            begin = mark.start()
    if begin is not None:
        pieces.append((begin, len(data), False))
    return pieces


def declared_encoding(data):
    found = re.match(rb"\s*<\?xml[^>]*encoding\s*=\s*['\"]([\w.:-]+)", data)
    return found.group(1).decode("ascii").lower() if found else "utf-8"


def read_pieces(data, reading):
    """Every entry that is whole, and a word about every one that is not."""
    pieces = cut(data)
    head_end = next((b for b, _, _ in pieces if b is not None), len(data))
    head = data[:head_end]
    scope = dict(CUSTOM_PREFIXES)
    root = re.search(rb"<(?:[\w.-]+:)?(?:feed|rss|RDF)\b[^>]*>", head)
    for prefix, uri in re.findall(rb"xmlns(?::([\w.-]+))?\s*=\s*['\"]([^'\"]*)", root.group() if root else b""):
        scope[prefix.decode()] = uri.decode("utf-8", "replace")
    rss = root is not None and b"rss" in root.group()[:16]
    feed = Node(ATOM, "rss" if rss else "feed", {})
    for name in ("id", "title"):
        found = re.search(rb"<(?:\w+:)?%s\b[^>]*>([^<]*)</" % name.encode(), head)
        if found:
            node = Node(ATOM, name, {})
            node.parts.append(unescape(found.group(1).decode("utf-8", "replace")))
            feed.children.append(node)
    encoding = declared_encoding(data)
    for begin, end, whole in pieces:
        if begin is None:
            reading.stray.append(end)
            continue
        piece = data[begin:end]
        said = re.search(rb"blog-\d+[^<]{0,3}\.(?:post|page)-(\d+)", piece)
        number = said.group(1).decode() if said else None
        try:
            if not whole:
                raise ValueError("the entry has no end")
            text = piece.decode(encoding)
            root_tag = "<feed%s>" % "".join(' xmlns%s="%s"' % (":" + p if p else "", u) for p, u in scope.items())
            try:
                wrapped = parse_xml((root_tag + text + "</feed>").encode("utf-8"), reading, 0, scope, "utf-8")
            except expat.ExpatError:
                if not CONTROLS.search(text):
                    raise
                wrapped = parse_xml((root_tag + CONTROLS.sub("", text) + "</feed>").encode("utf-8"), reading, 0, scope, "utf-8")
                reading.faults.append("control characters at byte %d" % begin)
            entry = wrapped.children[0]
            entry.start, entry.end = begin, end
            feed.children.append(entry)
        except (ValueError, LookupError, expat.ExpatError) as problem:
            reading.damaged.append({"offset": begin, "reason": str(problem), "id": number})
    return feed


def unescape(text):
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text


# ---------------------------------------------------------------------------------------------------- nodes to records

def clean(text):
    """White space round a machine's word (an id, a date) is layout; round a person's it is theirs."""
    return None if text is None else text.strip()


def number_of(tag, sort="post|page"):
    found = re.search(r"\.(?:%s)-(\d+)" % sort, tag or "")
    return found.group(1) if found else None


def blog_of(tag):
    found = re.search(r"blog-(\d+)", tag or "")
    return found.group(1) if found else None


def last_number(address):
    """…/comments/default/N: what a `related` link says of the comment it answers."""
    found = re.search(r"(\d+)/?(?:\?[^#]*)?(?:#.*)?\Z", address or "")
    return found.group(1) if found else None


def date_of(record, name, text):
    text = clean(text)
    if not text:
        return
    record["date_" + name if RFC3339.match(text) else "date_" + name + "_raw"] = text


def person(node):
    return {"name": node.value("name"), "url": node.value("uri")}


def links(entry):
    return [n for n in entry.all("link") if n.attrs]


def extended(entry, name):
    for node in entry.all("extendedProperty", GD):
        if node.attrs.get("name") == name:
            return node.attrs.get("value")
    return None


def entry_record(entry, reading, feed_people):
    """What one Atom entry (XML or JSON) says, in the words of the record; None for what is neither post, page nor comment."""
    tag = clean(entry.value("id")) or ""
    schemed = [(c.attrs.get("scheme") or "", c.attrs.get("term")) for c in entry.all("category")]
    kinds = [term.rpartition("#")[2] for scheme, term in schemed if scheme == KIND_SCHEME and term]
    taken = clean(entry.value("type", TAKEOUT))
    reply_to = entry.first("in-reply-to", THR)
    if kinds:
        kind = kinds[0]
    elif taken:
        kind = taken.lower()
    elif reply_to is not None or "comment_feed" in reading.traits:
        kind = "comment"
    else:
        kind = "page" if re.search(r"\.page-\d", tag) else "post"
    for address in entry.all("author"):
        email = clean(address.value("email"))
        if email and email != "noreply@blogger.com" and "@" in email:
            reading.emails.add(email)
    if kind == "settings":
        key = tag.rpartition(".settings.")[2]
        if key in PERSONAL_SETTINGS and (entry.value("content") or "").strip():
            reading.personal[key] = entry.value("content").strip()
    if kind in ("settings", "template"):
        return None                  # any other word is a kind of post, kept under its own name

    record = {"kind": kind, "blog": blog_of(tag) or reading.blog, "id": number_of(tag)}
    if record["id"] is None or not tag.endswith("-" + record["id"]):
        record["id_tag"] = tag       # no plain number: the whole tag names the entry as well as what can be read of it
    if reading.blog and record["blog"] != reading.blog:
        reading.traits.add("foreign_entries")
    content = entry.first("content")
    record["title"] = entry.value("title")
    title = entry.first("title")
    if title is not None and title.attrs.get("type") in ("html", "xhtml"):
        record["title_type"] = title.attrs["type"]
    record["content"] = None if content is None else content.text()
    if content is not None and (content.children or content.attrs.get("type") == "xhtml"):
        record["content_type"] = "xhtml"
    summary = entry.value("summary")
    record["summary"] = summary if summary is not None else entry.value("metaDescription", TAKEOUT)
    date_of(record, "published", entry.value("published"))
    date_of(record, "modified", entry.value("updated", ATOM))
    date_of(record, "created", entry.value("created", TAKEOUT))
    record["labels"] = [term for scheme, term in schemed if term and scheme != KIND_SCHEME]
    authors = [person(node) for node in entry.all("author")]
    record["authors"] = authors or feed_people
    if not authors and feed_people:
        record["authors_inherited"] = True
    for node in links(entry):
        if node.attrs.get("rel", "alternate") == "alternate" and node.attrs.get("type", "text/html") == "text/html" and node.attrs.get("href"):
            record.setdefault("url", node.attrs["href"])
    filename = clean(entry.value("filename", TAKEOUT))
    if filename:
        record["filename"] = filename
    location(entry, record)
    total = clean(entry.value("total", THR))
    if total and total.isdigit():
        record["claimed"] = int(total)
    if kind == "comment":
        comment(entry, record, reading, reply_to)
    else:
        related = [n.attrs.get("href") for n in links(entry) if n.attrs.get("rel") == "related"]
        if related:
            record["related"] = related
        draft = [d for c in entry.all("control", APP) for d in c.all("draft", APP)]
        status = clean(entry.value("status", TAKEOUT))
        if status is not None:
            record["status"] = POST_STATUS.get(status, "unknown")
        else:
            record["status"] = "draft" if any(d.text().strip() == "yes" for d in draft) else "published"
    if entry.start is not None:
        record["offset"], record["length"] = entry.start, entry.end - entry.start
    return record


def comment(entry, record, reading, reply_to):
    """Whose comment it is: the self link knows even where in-reply-to is missing (drafts); a page is named as a post there."""
    own = [re.search(r"/(\d+)/comments/default/(\d+)", n.attrs.get("href") or "") for n in links(entry) if n.attrs.get("rel") in ("self", "edit")]
    posts = [m.group(1) for m in own if m and m.group(1) != record["blog"]]
    if reply_to is not None and number_of(reply_to.attrs.get("ref")):
        posts.append(number_of(reply_to.attrs.get("ref")))
    if number_of(clean(entry.value("parent", TAKEOUT))):
        posts.append(number_of(clean(entry.value("parent", TAKEOUT))))
    if reading.post:
        posts.append(reading.post)
    record["post"] = posts[0] if posts else None
    if len(set(posts)) > 1:
        record["post_doubt"] = sorted(set(posts))
    answered = [last_number(n.attrs.get("href")) for n in links(entry) if n.attrs.get("rel") == "related"]
    answered.append(number_of(clean(entry.value("inReplyTo", TAKEOUT))))
    record["parent"] = next((a for a in answered if a), None)
    status = clean(entry.value("status", TAKEOUT))
    if status is not None:
        record["status"] = COMMENT_STATUS.get(status, "unknown")
        record["newlines"] = True
    else:
        record["status"] = "deleted" if extended(entry, "blogger.contentRemoved") == "true" else "approved"
    record["title"] = None           # made by Blogger from the first words of the body


def location(entry, record):
    place = entry.first("location", TAKEOUT)
    found = {}
    if place is not None:
        found = {"name": clean(place.value("name")), "latitude": clean(place.value("latitude")), "longitude": clean(place.value("longitude"))}
    elif entry.first("point", GEORSS) is not None or entry.first("featurename", GEORSS) is not None:
        point = (clean(entry.value("point", GEORSS)) or "").split()
        found = {"name": clean(entry.value("featurename", GEORSS))}
        if len(point) == 2:
            found["latitude"], found["longitude"] = point
    found = {k: v if k == "name" else float(v) for k, v in found.items() if v}
    if found:
        record["location"] = found


def item_record(item, reading):
    """What one RSS item says."""
    tag = clean(item.value("guid")) or ""
    kind = "comment" if "comment_feed" in reading.traits else "page" if re.search(r"\.page-\d", tag) else "post"
    record = {"kind": kind, "blog": blog_of(tag) or reading.blog, "id": number_of(tag), "title": item.value("title")}
    body = item.first("encoded") or item.first("description")
    record["content"] = None if body is None else body.text()
    date_of(record, "published", item.value("pubDate"))
    date_of(record, "modified", item.value("updated", ATOM))
    record["labels"] = [c.text() for c in item.all("category") if c.text() and c.attrs.get("domain") != KIND_SCHEME]
    address = clean(item.value("link"))
    if address:
        record["url"] = address
    author = clean(item.value("author")) or ""
    found = re.match(r"(\S+@\S+)\s*\((.*)\)\Z", author, re.S)
    if found and found.group(1) != "noreply@blogger.com":
        reading.emails.add(found.group(1))
    record["authors"] = [{"name": found.group(2) if found else author, "url": None}] if author else []
    total = clean(item.value("total", THR))
    if total and total.isdigit():
        record["claimed"] = int(total)
    record["status"] = "approved" if kind == "comment" else "published"
    if kind == "comment":
        record["title"] = None
        record["post"], record["parent"] = reading.post, None
    record["offset"], record["length"] = item.start, (item.end or 0) - (item.start or 0)
    return record


# ---------------------------------------------------------------------------------------------------- one file

def feed_identity(reading, tag, title):
    reading.blog = blog_of(tag)
    reading.title = title
    found = re.search(r"\.(?:post|page)-?(\d+)\.\.comments\Z", tag or "")
    reading.post = found.group(1) if found else None
    if found or (tag or "").endswith(".comments"):
        reading.traits.add("comment_feed")
        reading.title = None         # "Comments on …", in the blog's language: not the blog's name


def read_feed(root, reading):
    if root.name == "rss" or root.first("channel") is not None:
        channel = root.first("channel") or root
        reading.format = "rss"
        feed_identity(reading, clean(channel.value("id")), channel.value("title"))
        reading.records = [item_record(i, reading) for i in channel.all("item")]
        return
    entries = [root] if root.name == "entry" else root.all("entry")
    tag = None if root.name == "entry" else clean(root.value("id"))
    feed_identity(reading, tag or next((e.value("id") for e in entries), None), None if root.name == "entry" else root.value("title"))
    if root.name == "entry":
        reading.post = None
        reading.traits.discard("comment_feed")
    if any(e.first("type", TAKEOUT) is not None for e in entries):
        reading.format = "takeout"
        types = {clean(e.value("type", TAKEOUT)) for e in entries}
        if types == {"COMMENT"}:
            reading.traits.add("own_comments")
    elif reading.format == "other":
        kinds = any(c.attrs.get("scheme") == KIND_SCHEME for e in entries for c in e.all("category"))
        reading.format = "export" if kinds or (tag or "").endswith(".archive") else "atom"
    people = [person(a) for a in root.all("author")] if root.name == "feed" else []
    reading.records = [r for r in (entry_record(e, reading, people) for e in entries) if r]


def read(path):
    """Everything that can be said of one file."""
    reading = Reading(path)
    data = reading.data
    if re.search(rb"^(<{7} |={7}$|>{7} )", data, re.M):
        reading.traits.add("conflict_markers")
    text_start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text_start.startswith(b"<") and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-8", "replace").lstrip("\ufeff")
        body = text.find("{")
        try:
            document, _ = json.JSONDecoder().raw_decode(text[body:])
        except ValueError as problem:
            reading.damaged.append({"offset": 0, "reason": str(problem), "id": None})
            return reading
        if not isinstance(document, dict) or not isinstance(document.get("feed"), dict):
            reading.traits.add("third_party_dump")
            return reading
        reading.format = "jsonp" if text[:body].strip() else "json"
        read_feed(json_node("feed", document["feed"]), reading)
        return reading
    try:
        root = parse_xml(data, reading)
    except expat.ExpatError as problem:
        reading.faults.append(str(problem))
        root = read_pieces(data, reading)
    read_feed(root, reading)
    return reading


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    reading = read(arguments[0])
    for record in reading.records:
        print(json.dumps(record, ensure_ascii=False))
    for fault in reading.faults:
        print("fault of form:", fault, file=sys.stderr)
    for at in reading.stray:
        print("an end of an entry that nothing began, before byte", at, file=sys.stderr)
    for one in reading.damaged:
        print("damaged: byte {offset}, entry {id}: {reason}".format(**one), file=sys.stderr)
    print("%s: %d records, %d damaged" % (reading.format, len(reading.records), len(reading.damaged)), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
