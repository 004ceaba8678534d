#!/usr/bin/env python3
"""compare.py OUT.jsonl|OUT.json EXPORT...

Holds an archive against what its inputs say (export_oracle.py): every post, page and comment there exactly once, every field
the same, nothing that no input holds, threads joined, places (provenance) true, nothing personal let out. One line a difference,
then a summary; exit 1 where there is any.

Where several inputs show one record, each field must be that of an input of the highest rank that has it (an export before a
feed). Values are shown by their shape and the first place they differ, never at length.
"""
import datetime
import email.utils
import hashlib
import json
import os
import re
import sys

import export_oracle

RANK = {"export": 0, "takeout": 0}
TOP_KEYS = {
    "archive": "type schema_version generator generated_at sources assumptions counts redactions",
    "blog": "type id platform title description home_page_url alternate_urls feed_url language time_zone authors categories settings _source",
    "post": "type id blog kind status protected url slug redirects_from title content_html content_format summary date_published "
            "date_modified date_created authors tags categories language image location attachments parent order sticky comments_status "
            "comment_count_claimed comments links provenance _source",
    "comment": "type id post in_reply_to parent_missing parent_basis kind status suspected_spam is_post_author url author content_html "
               "content_format date_published date_modified provenance _source",
}


class Output:
    """An archive as it was written, and what is wrong with its form."""

    def __init__(self, path):
        self.problems = []
        self.head, self.blogs, self.posts, self.comments = {}, [], [], []
        with open(path, "rb") as file:
            raw = file.read()
        self.raw = raw
        if raw.startswith(b"\xef\xbb\xbf"):
            self.problems.append("starts with a byte order mark")
        text = raw.decode("utf-8-sig")
        if path.endswith(".json"):
            whole = json.loads(text, object_pairs_hook=self.pairs)
            self.head, self.blogs = whole.get("archive", {}), whole.get("blogs", [])
            self.posts, self.comments = whole.get("posts", []), whole.get("comments", [])
            return
        if "\u2028" in text or "\u2029" in text:
            self.problems.append("U+2028 or U+2029 stands unescaped")
        if "\r" in text:
            self.problems.append("a line ends in CR")
        if not text.endswith("\n"):
            self.problems.append("no LF at the end")
        order = ["archive", "blog", "post", "comment", "media"]
        places = {"archive": None, "blog": self.blogs, "post": self.posts, "comment": self.comments, "media": []}
        last, keys_said = -1, set()
        for number, line in enumerate((text[:-1] if text.endswith("\n") else text).split("\n"), 1):
            if not line.strip():
                self.problems.append("line %d is blank" % number)
                continue
            try:
                record = json.loads(line, object_pairs_hook=self.pairs)
            except ValueError as problem:
                self.problems.append("line %d is not JSON: %s" % (number, problem))
                continue
            sort = record.get("type")
            if sort not in order:
                self.problems.append("line %d has the type %r" % (number, sort))
                continue
            if order.index(sort) < last:
                self.problems.append("line %d: %s after %s" % (number, sort, order[last]))
            last = order.index(sort)
            self.keys(sort, record, keys_said)
            if sort == "archive":
                if self.head:
                    self.problems.append("line %d is a second head" % number)
                self.head = record
            else:
                places[sort].append(record)
            for comment in record.get("comments", []) if sort == "post" else []:
                self.keys("comment", comment, keys_said)

    def pairs(self, pairs):
        found = dict(pairs)
        if len(found) != len(pairs):
            self.problems.append("a key stands twice in one object")
        return found

    def keys(self, sort, record, said):
        wanted = TOP_KEYS.get(sort, "").split()
        have = [k for k in record if k in wanted]
        if have != sorted(have, key=wanted.index) and sort not in said:
            said.add(sort)
            self.problems.append("keys of a %s are not in the order of the record: %s" % (sort, " ".join(have)))


# ---------------------------------------------------------------------------------------------------- small measures

def shape(value):
    """What a value looks like without saying it."""
    if value is None:
        return "missing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(text) <= 72 and "\n" not in text:
        return repr(text)
    return "%d characters, sha256 %s" % (len(text), hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8])


def first_difference(one, other):
    if not (isinstance(one, str) and isinstance(other, str)):
        return ""
    at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    return "; differ at %d: %r / %r" % (at, one[at:at + 8], other[at:at + 8])


def instant(text):
    """The moment a date names, in UTC; None where it names none."""
    if not text:
        return None
    try:
        moment = datetime.datetime.fromisoformat(re.sub(r"\.(\d{1,6})\d*", lambda m: "." + m.group(1).ljust(6, "0"), text).replace("Z", "+00:00"))
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(text)
        except (TypeError, ValueError):
            return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.astimezone(datetime.timezone.utc)


def same(expected, actual):
    """An empty value in the source may be left out; a missing one may not be made up."""
    return actual in (None, "") if expected == "" else actual == expected


class Group:
    """One post or comment, and every place an input shows it."""

    def __init__(self, key):
        self.key, self.sightings, self.twins = key, [], False

    def best(self, field):
        """The values a field may have."""
        ranked = sorted(self.sightings, key=lambda s: RANK.get(s[1].format, 1))
        for wanted in (lambda v: v not in (None, "", []), lambda v: v is not None):
            ranks = [RANK.get(r.format, 1) for record, r in ranked if wanted(record.get(field))]
            if ranks:
                found = []
                for record, r in ranked:
                    if RANK.get(r.format, 1) == ranks[0] and wanted(record.get(field)) and record[field] not in found:
                        found.append(record[field])
                return found
        return [None]

    def any(self, field):
        return [record[field] for record, _ in self.sightings if record.get(field) is not None]


class Comparison:
    def __init__(self, output, readings, places=True):
        self.output, self.readings, self.places = output, readings, places
        self.differences, self.compared, self.sums = [], 0, {}

    def sha256(self, reading):
        if reading.path not in self.sums:
            self.sums[reading.path] = hashlib.sha256(reading.data).hexdigest()
        return self.sums[reading.path]

    def say(self, where, field, text):
        self.differences.append("%s %s: %s" % (where, field, text))

    # ------------------------------------------------------------------------------------------------ what is expected

    def groups(self):
        found = {}
        for reading in self.readings:
            in_file = {}
            for record in reading.records:
                key = (record["kind"] == "comment", record["blog"], record["id"])
                # one number on two posts that differ in name and date: two posts, whatever the file says
                look = (record.get("title"), record.get("date_published"))
                seen = in_file.setdefault(key, [])
                if look not in seen:
                    seen.append(look)
                turn = seen.index(look)
                group = found.setdefault(key + (turn,), Group(key))
                group.sightings.append((record, reading))
                if turn:
                    found[key + (0,)].twins = group.twins = True
        return found

    def run(self):
        groups = self.groups()
        posts = {key[1:3] for key in groups if not key[0]}
        comments = {key[1:3] for key in groups if key[0]}
        loose = any("foreign_entries" in r.traits for r in self.readings)
        written = {}
        for post in self.output.posts:
            written.setdefault((False, post.get("id")), []).append((post.get("blog"), post, None))
            for comment in post.get("comments", []):
                written.setdefault((True, comment.get("id")), []).append((post.get("blog"), comment, post))
        for comment in self.output.comments:
            written.setdefault((True, comment.get("id")), []).append((None, comment, None))
        used = set()
        for (is_comment, blog, number, _), group in groups.items():
            where = "%s %s/%s" % (group.sightings[0][0]["kind"], blog, number)
            names = dict.fromkeys([number] + group.any("id_tag"))
            here = [w for name in names for w in written.get((is_comment, name), []) if loose or w[0] in (blog, None)]
            if group.twins:
                here = self.twin(group, here, is_comment)
            if not here:
                self.say(where, "record", "missing")
                continue
            if len(here) > 1:
                self.say(where, "record", "%d times in the output" % len(here))
            used.update(id(w[1]) for w in here)
            self.compared += 1
            _, record, post = here[0]
            self.fields(where, group, record, is_comment)
            if is_comment:
                self.thread(where, group, record, post, blog, posts, comments)
            if self.places:
                self.provenance(where, group, record)
        allowed = {d["id"] for r in self.readings for d in r.damaged}
        for (is_comment, number), found in written.items():
            for blog, record, _ in found:
                if id(record) not in used and number not in allowed:
                    self.say("%s %s/%s" % ("comment" if is_comment else record.get("kind"), blog, number), "record", "no input holds it")
        for problem in self.output.problems:
            self.say("output", "form", problem)
        self.blog_lines()
        self.order()
        self.counts()
        self.private()
        return self.differences

    def twin(self, group, here, is_comment):
        if is_comment:
            return here
        record = group.sightings[0][0]
        named = [(p.get("blog"), p, None) for p in self.output.posts
                 if p.get("title") == record["title"] and p.get("date_published") == record.get("date_published")]
        return named or [w for w in here if w[1].get("title") == record["title"]]

    # ------------------------------------------------------------------------------------------------ one record

    def fields(self, where, group, record, is_comment):
        def check(field, name):
            wanted, actual = group.best(field), record.get(name)
            if faulty and isinstance(actual, str):
                actual = export_oracle.CONTROLS.sub("", actual)
            if not any(same(w, actual) for w in wanted):
                self.say(where, name, "expected %s, got %s%s" % (" or ".join(map(shape, wanted)), shape(actual), first_difference(wanted[0], actual)))

        faulty = any(f.startswith("control characters") for _, r in group.sightings for f in r.faults)

        if not any("content_type" in s for s, _ in group.sightings):
            check("content", "content_html")
        check("status", "status")
        for name in ("published", "modified", "created"):
            if not (is_comment and name == "created"):
                self.date(where, group, record, name)
        self.url(where, group, record)
        if is_comment:
            self.person(where, "author", [a[0] if a else {} for a in group.best("authors") or [[]] if a is not None] or [{}], record.get("author") or {})
            if group.any("newlines") and record.get("content_format") != "html_newlines":
                self.say(where, "content_format", "expected 'html_newlines', got %s" % shape(record.get("content_format")))
            return
        check("kind", "kind")
        if not any("title_type" in s for s, _ in group.sightings):
            check("title", "title")
        check("summary", "summary")
        self.tags(where, group, record)
        self.authors(where, group, record)
        if group.best("claimed") != [None]:
            check("claimed", "comment_count_claimed")
        if group.best("location") != [None]:
            got = record.get("location") or {}
            got = {k: float(v) if k != "name" else v for k, v in got.items() if k in ("name", "latitude", "longitude")}
            if got not in group.best("location"):
                self.say(where, "location", "expected %s, got %s" % (shape(group.best("location")[0]), shape(got)))
        hrefs = [link.get("href") for link in record.get("links", [])]
        for wanted in group.any("related"):
            for href in wanted:
                if href not in hrefs:
                    self.say(where, "links", "the related link %s is not there" % shape(href))

    def date(self, where, group, record, name):
        field = "date_" + name
        exact, raw = group.best(field), group.best(field + "_raw")
        actual, kept = record.get(field), record.get(field + "_raw")
        if any(w is not None and w == actual for w in exact):
            return
        if any(w is not None and w == kept and instant(w) == instant(actual) for w in raw):
            return
        if exact == [None] and raw == [None]:
            if actual is not None:
                self.say(where, field, "no input has it, got %s" % shape(actual))
            return
        self.say(where, field, "expected %s, got %s, raw %s" % (" or ".join(shape(w) for w in exact + raw if w), shape(actual), shape(kept)))

    def url(self, where, group, record):
        actual = record.get("url")
        wanted = group.best("url")
        filenames = group.any("filename")
        if wanted == [None] and filenames:
            path = re.sub(r"\Ahttps?://[^/]+", "", actual or "")
            if actual and path not in filenames:
                self.say(where, "url", "expected one that ends in %s, got %s" % (shape(filenames[0]), shape(actual)))
            if filenames[0] not in json.dumps(record, ensure_ascii=False).replace('\\"', '"'):
                self.say(where, "filename", "%s stands nowhere in the record" % shape(filenames[0]))
            return
        for href in wanted:
            if same(href, actual):
                return
            # a mirror made the address relative: it may be kept, resolved or left out
            if href and not re.match(r"[a-z][a-z0-9+.-]*:", href, re.I) and (actual is None or actual.endswith(re.sub(r"\A(?:\.\./|\./)+", "", href))):
                return
        self.say(where, "url", "expected %s, got %s" % (" or ".join(map(shape, wanted)), shape(actual)))

    def tags(self, where, group, record):
        actual = record.get("tags", [])
        wanted = [w or [] for w in group.best("labels")]
        union = {label for one in wanted for label in one}
        if actual not in wanted and not (len(wanted) > 1 and len(actual) == len(set(actual)) and set(actual) == union):
            self.say(where, "tags", "expected %s, got %s" % (shape(wanted[0]), shape(actual)))

    def person(self, where, field, wanted, actual):
        if not any(all(same(w.get(k), actual.get(k)) for k in ("name", "url")) for w in wanted):
            self.say(where, field, "expected %s, got %s" % (shape({k: v for k, v in wanted[0].items() if v is not None}), shape({k: actual.get(k) for k in ("name", "url") if actual.get(k) is not None})))

    def authors(self, where, group, record):
        actual = record.get("authors", [])
        wanted = [w or [] for w in group.best("authors")]
        for people in wanted:
            if len(people) == len(actual) and all(same(w.get(k), a.get(k)) for w, a in zip(people, actual) for k in ("name", "url")):
                return
            if not actual and not any(w.get("name") or w.get("url") for w in people):
                return
        if not actual and any(s.get("authors_inherited") for s, _ in group.sightings):
            return
        self.say(where, "authors", "expected %s, got %s" % (shape(wanted[0]), shape([{k: a.get(k) for k in ("name", "url")} for a in actual])))

    def thread(self, where, group, record, post, blog, posts, comments):
        number = group.best("post")[0]
        parent = group.best("parent")[0]
        damaged = {d["id"] for r in self.readings for d in r.damaged}
        if number in damaged:
            if number != (record.get("post") if post is None else post.get("id")):
                self.say(where, "post", "expected %s, got another" % number)
        elif (blog, number) in posts:
            if post is None or post.get("id") != number:
                self.say(where, "post", "expected under post %s, got %s" % (number, "a line of its own" if post is None else post.get("id")))
        elif post is not None or record.get("post") != number:
            self.say(where, "post", "expected a line of its own for post %s, got %s" % (number, record.get("post") if post is None else "it under post %s" % post.get("id")))
        if all("own_comments" in r.traits for _, r in group.sightings) and not (record.get("_source") or {}).get("own_comment"):
            self.say(where, "_source.own_comment", "not there, though the owner wrote it elsewhere")
        if record.get("in_reply_to") != parent:
            self.say(where, "in_reply_to", "expected %s, got %s" % (shape(parent), shape(record.get("in_reply_to"))))
        lost = parent is not None and (blog, parent) not in comments
        if parent not in damaged and bool(record.get("parent_missing")) != lost:
            self.say(where, "parent_missing", "expected %s, got %s" % (lost, record.get("parent_missing")))

    def provenance(self, where, group, record):
        """The bytes that a record says it came from must hold it."""
        seen = record.get("provenance") or []
        if len(seen) < len(group.sightings) or (len(seen) > len(group.sightings) and not group.twins):
            self.say(where, "provenance", "expected %d, got %d" % (len(group.sightings), len(seen)))
        sources = {s.get("id"): s for s in self.output.head.get("sources", [])}
        for one in seen:
            source = sources.get(one.get("source"))
            if source is None:
                self.say(where, "provenance.source", "%s is not among the sources" % shape(one.get("source")))
                continue
            if one.get("offset") is None or one.get("length") is None:
                continue
            for reading in self.readings:
                if source.get("sha256") and self.sha256(reading) != source["sha256"]:
                    continue
                piece = reading.data[one["offset"]:one["offset"] + one["length"]]
                if (group.key[2] or "").encode() not in piece or piece[:1] not in (b"<", b"{") or piece[-1:] not in (b">", b"}"):
                    self.say(where, "provenance.offset", "bytes %d+%d are not the entry" % (one["offset"], one["length"]))
                break
            else:
                self.say(where, "provenance.source", "no input has the SHA-256 of source %s" % shape(one.get("source")))

    # ------------------------------------------------------------------------------------------------ the whole

    def blog_lines(self):
        lines = {}
        for blog in self.output.blogs:
            if blog.get("id") in lines:
                self.say("blog %s" % blog.get("id"), "record", "twice in the output")
            lines[blog.get("id")] = blog
        for post in self.output.posts:
            if post.get("blog") not in lines:
                self.say("post %s" % post.get("id"), "blog", "%s has no line" % shape(post.get("blog")))
        names = {}
        for reading in self.readings:
            if reading.title is not None and "own_comments" not in reading.traits and reading.records:
                names.setdefault(reading.blog, []).append(reading.title.strip())
        for blog, titles in names.items():
            if blog in lines and (lines[blog].get("title") or "").strip() not in titles:
                self.say("blog %s" % blog, "title", "expected %s, got %s" % (shape(titles[0]), shape(lines[blog].get("title"))))

    def order(self):
        def keys(record):
            moment = instant(record.get("date_published"))
            number = record.get("id") or ""
            late = moment is None
            moment = moment or datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)
            return [(late, moment, number), (late, moment, len(number), number)]

        def sort(records):
            return [sorted(records, key=lambda r, k=k: keys(r)[k]) for k in (0, 1)]

        ids = [p.get("id") for p in self.output.posts]
        by_blog = sorted(self.output.posts, key=lambda p: p.get("blog") or "")
        blogs = len({p.get("blog") for p in self.output.posts})
        if not any([p.get("id") for p in one] == ids for one in sort(self.output.posts)) and not (blogs > 1 and by_blog == self.output.posts):
            self.say("output", "order", "posts are not in the order of their dates")
        for post in self.output.posts:
            comments = post.get("comments", [])
            here = {c.get("id") for c in comments}
            ways = []
            for way in (0, 1):
                children = {}
                for comment in sort(comments)[way]:
                    above = comment.get("in_reply_to")
                    children.setdefault(above if above in here and above != comment.get("id") else None, []).append(comment.get("id"))
                walked, stack = [], list(reversed(children.get(None, [])))
                while stack:
                    one = stack.pop()
                    walked.append(one)
                    stack.extend(reversed(children.get(one, [])))
                ways.append(walked)
            if [c.get("id") for c in comments] not in ways:
                self.say("post %s" % post.get("id"), "comments", "not depth-first with siblings by date")

    def counts(self):
        wanted = {"posts": {}, "pages": {}, "comments": {}}
        for post in self.output.posts:
            sort = wanted["pages" if post.get("kind") == "page" else "posts"]
            sort[post.get("status")] = sort.get(post.get("status"), 0) + 1
        for comment in self.output.comments + [c for p in self.output.posts for c in p.get("comments", [])]:
            wanted["comments"][comment.get("status")] = wanted["comments"].get(comment.get("status"), 0) + 1
        counts = self.output.head.get("counts") or {}
        for name, count in wanted.items():
            actual = {k: v for k, v in (counts.get(name) or {}).items() if v}
            if actual != count:
                self.say("archive", "counts." + name, "expected %s, got %s" % (shape(count), shape(actual)))
        if (counts.get("blogs") or 0) != len(self.output.blogs):
            self.say("archive", "counts.blogs", "expected %d, got %s" % (len(self.output.blogs), counts.get("blogs")))

    def private(self):
        """No e-mail address of an author and no personal setting, outside what a person wrote into a text."""
        def bare(record):
            kept = {k: v for k, v in record.items() if k not in ("content_html", "title", "summary", "comments", "location", "links")}
            if record.get("_source"):
                kept["_source"] = {k: v for k, v in record["_source"].items() if k != "template"}
            # a web address may hold one in its path, and is of no use without it
            return re.sub(r'"(?:https?:)?//[^"]*"', '""', json.dumps(kept, ensure_ascii=False))
        texts = [(r, bare(r)) for r in [self.output.head] + self.output.blogs + self.output.posts + self.output.comments]
        texts += [(c, bare(c)) for p in self.output.posts for c in p.get("comments", [])]
        for reading in self.readings:
            for address in reading.emails:
                if any(address in text for _, text in texts):
                    self.say("output", "privacy", "an author's e-mail address of %d characters" % len(address))
            for key, value in reading.personal.items():
                for blog in self.output.blogs:
                    if key in (blog.get("settings") or {}) or (len(value) > 8 and json.dumps(value)[1:-1] in json.dumps(blog.get("settings") or {})):
                        self.say("blog %s" % blog.get("id"), "privacy", "the personal setting " + key)


def compare(output_path, inputs, places=True):
    """(differences, records compared, the oracle's readings)"""
    readings = [export_oracle.read(path) for path in inputs]
    comparison = Comparison(Output(output_path), readings, places)
    return comparison.run(), comparison.compared, readings


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    differences, compared, readings = compare(arguments[0], arguments[1:])
    for line in differences:
        print(line)
    expected = sum(len(r.records) for r in readings)
    print("%s: %d sightings expected, %d records compared, %d differences" % (os.path.basename(arguments[0]), expected, compared, len(differences)))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
