#!/usr/bin/env python3
"""wordpress.py BLOGARK_BINARY [--only WORD] [--keep FOLDER]

What arrives in a real WordPress. BLOGARK_WP_IMPORT names a command that imports a file into a fresh WordPress with its own importer and dumps
the database: COMMAND FILE.wxr OUT.json, exit 0 or 1.

  BLOGARK_CORPUS   a folder with blogger/legacy and blogger/takeout: every export goes to JSON Lines and to WordPress, and the two are compared:
                   title, text, date, slug, status, terms, author, comments with author, text, date, status, parent. What differs must be
                   announced in the report of the run, record by record
  BLOGARK_WXR      a folder of WordPress exports: each is imported as it is, and what WordPress found in it is compared with what blogark
                   reads; then it goes through blogark (WXR to WXR), is imported again, and the two databases are compared: posts, pages,
                   attachments that the file has, menus, comments, terms, hidden fields

One line a file, `N passed, N failed` at the end; exit 1 where any failed, 77 where there is nothing to run. Python 3.9 and nothing else.
"""
import argparse
import collections
import datetime
import glob
import html
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import urllib.parse

try:
    import zoneinfo
except ImportError:
    zoneinfo = None

STATUS = {"published": "publish", "draft": "draft", "scheduled": "future", "private": "private", "pending": "pending", "trashed": "trash", "unknown": "draft"}
APPROVED = {"approved": "1", "deleted": "1", "pending": "0", "unknown": "0", "spam": "spam", "trashed": "trash"}
# Which notice of the report announces a difference in which field.
ANNOUNCED = {
    "title": {"value-clipped", "character-replaced"},
    "content": {"value-clipped", "character-replaced"},
    "date": {"date-shifted", "no-date", "day-as-midnight"},
    "slug": {"slug-changed"},
    "status": {"protected-as-private"},
    "terms": {"value-clipped", "character-replaced"},
    "author": {"value-clipped", "character-replaced"},
    "parent": {"reply-circle"},
}


def meta(record, key):
    """The values of a hidden field."""
    metas = record["meta"]
    return metas.get(key, []) if isinstance(metas, dict) else []


def kept(record, key):
    """The record's fields that stand in a hidden field."""
    values = meta(record, key)
    return values[0] if values and isinstance(values[0], dict) else json.loads(values[0]) if values else {}


def plain(text):
    """What is meant by a title or name, with or without references."""
    return " ".join(html.unescape(text or "").split())


def guarded(match):
    """A link's rel without what WordPress adds."""
    words = [w for w in match.group(3).split() if w not in ("noopener", "noreferrer")]
    return ' rel="%s"' % " ".join(words) if words else ""


def undone(text, comment=False):
    """A text without what is done to it on its way (and by WordPress to comments): white space outside elements that keep it, the jump
    break, shortcodes that are only shown."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    shown = re.sub(r"(?s)<!--.*?-->", "", text)
    whole = [m.group(0) for m in re.finditer(r"(?is)<(pre|textarea|script|style)\b.*?</\1\s*>", shown)]
    # WordPress up to 6.6 guards links that open a window of their own.
    text = re.sub(r"(?i)(<a\b[^>]*?\btarget\b[^>]*?)\s+rel=([\"'])([^\"']*)\2", lambda m: m.group(1) + guarded(m), text)
    text = re.sub(r"(?i)(<a\b[^>]*?)\s+rel=([\"'])([^\"']*)\2(?=[^>]*\btarget\b)", lambda m: m.group(1) + guarded(m), text)
    text = re.sub(r"(?i)<a\s+name=([\"']?)more\1\s*/?></a>", "<!--more-->", text)
    text = text.replace("&#91;embed", "[embed")
    text = re.sub(r"\[(\[(caption|wp_caption|gallery|playlist|audio|video)[^\]]*\])\]", r"\1", text)
    if comment:
        text = re.sub(r"(?i)(<a\b[^>]*?)\s+rel=([\"'])[^\"']*\2", r"\1", text)
        text = re.sub(r"(?i)(<a\b[^>]*?)\s*>", lambda m: re.sub(r"\s+", " ", m.group(1)).replace("'", '"') + ">", text)
        text = re.sub(r"(?i)<br\s*/?>", "<br>", text)
        text = html.unescape(text)
    return " ".join(text.split()), [] if comment else whole


def first_difference(wanted, found):
    """Where two values part."""
    a, b = (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in (wanted, found))
    at = next((n for n, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return "%r in the records, %r in WordPress" % (a[max(0, at - 40):at + 60], b[max(0, at - 40):at + 60])


def utc(date, zone):
    """A date of the record as WordPress shows it: local and UTC, to the second. Without an offset it is the blog's own time."""
    if not date or len(date) < 19:
        return None
    stamp = datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", date).replace("Z", "+00:00"))
    own = zoneinfo.ZoneInfo(zone) if zone and zoneinfo else None
    if stamp.tzinfo is None:
        stamp = stamp.replace(tzinfo=own or datetime.timezone.utc)
    local = stamp.astimezone(own) if own else stamp
    form = "%Y-%m-%d %H:%M:%S"
    return local.strftime(form), stamp.astimezone(datetime.timezone.utc).strftime(form)


def slug(text):
    """A slug as people compare them."""
    return re.sub(r"[^\w]+", "-", urllib.parse.unquote(text or "").lower()).strip("-")


# Files of the importer's own tests of which more is kept than WordPress keeps, and why.
KNOWN = {
    "fault-nested-cdata.xml": "WordPress stops at the fault and says that all is done",
    "a11y-unit-test-data.xml": "two items have one number; WordPress drops the one without a type, with its comments",
    "theme-preview.xml": "posts without slugs, dates and numbers; terms without slugs, which WordPress drops",
    "wxr-utf-8-challenges.xml": "an e-mail address that is none",
    "wxr-with-sub-data.xml": "a comment without date and status gets the date of its post and waits for approval",
    "namespace-edge-cases.xml": "an item whose prefixes stand for other namespaces; terms behind the items",
}


class Runs:
    def __init__(self, binary, command, folder):
        self.binary, self.command, self.folder = binary, shlex.split(command), folder
        self.passed = self.failed = 0

    def result(self, name, problems, note=""):
        if problems and name in KNOWN:
            note, problems = "%s; %d known differences: %s" % (note, len(problems), KNOWN[name]), []
        self.passed, self.failed = self.passed + (not problems), self.failed + bool(problems)
        print("%-6s %s  %s" % ("FAILED" if problems else "ok", name, note))
        for line in problems[:12]:
            print("         " + line[:400])
        if len(problems) > 12:
            print("         … and %d more" % (len(problems) - 12))
        sys.stdout.flush()

    def convert(self, *arguments):
        done = subprocess.run([self.binary, "convert", *arguments, "-q"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
        return done.returncode, done.stderr.decode("utf-8", "replace")

    def imported(self, file):
        """The dump of a WordPress that imported a file, and what it complained of."""
        out = file + ".dump.json"
        done = subprocess.run([*self.command, os.path.abspath(file), os.path.abspath(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=1800)
        if not os.path.exists(out):
            return None, "the import gave nothing (status %d): %s" % (done.returncode, done.stderr.decode("utf-8", "replace")[-300:])
        with open(out, encoding="utf-8") as stream:
            return json.load(stream), None


def records(path):
    with open(path, encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def compare_export(posts, blog, dump, notices):
    """What differs between the records and the database, but for what was announced."""
    told = collections.defaultdict(set)
    for notice in notices:
        told[notice.get("comment") or notice.get("post")].add(notice["code"])
    users = {u["login"]: u["display_name"] for u in dump["users"]}
    by_id, problems, announced = {}, [], 0

    def same(record, field, wanted, found, where):
        nonlocal announced
        if wanted == found:
            return
        if told[record] & ANNOUNCED.get(field, set()):
            announced += 1
            return
        problems.append("%s: %s: %s" % (where, field, first_difference(wanted, found)))

    for post in dump["posts"]:
        guid = meta(post, "_blogger_original_guid")
        own = kept(post, "_blogark_post").get("id") or (re.split(r"post-|page-", guid[0])[-1] if guid else str(post["wxr_id"]))
        by_id[own] = post
    comments = collections.defaultdict(list)
    for comment in dump["comments"]:
        comments[comment["post"]].append(comment)
    for record in posts:
        where, post = "post " + record["id"], by_id.pop(record["id"], None)
        if post is None:
            problems.append(where + " is not in WordPress")
            continue
        key = record["id"]
        same(key, "title", plain(record.get("title")), plain(post["title"]), where)
        body = record.get("content_html") or ""
        if record.get("content_format") == "html_newlines":
            body = re.sub(r"\r\n|\n|\r", "<br />", body)
        content = post["content"] if post["content"] != "<!-- empty post -->" else ""
        same(key, "content", undone(body), undone(content), where)
        dates = utc(record.get("date_published"), blog.get("time_zone"))
        if dates:
            in_drawer = post["status"] in ("draft", "pending")
            same(key, "date", dates if not in_drawer else dates[0], (post["date"], post["date_gmt"]) if not in_drawer else post["date"], where)
        named = record.get("slug") or re.sub(r"\.html?$", "", urllib.parse.urlsplit(record.get("url") or "").path.rsplit("/", 1)[-1])
        if named:
            same(key, "slug", slug(named), slug(post["slug"]), where)
        same(key, "status", STATUS[record["status"]], post["status"], where)
        same(key, "terms", sorted({plain(t) for t in record.get("tags", [])}), sorted({plain(t["name"]) for t in post["tags"]}), where)
        name = (record.get("authors") or [{}])[0].get("name")
        shown = plain(users.get(post["author"]))
        # Somebody of whom only a profile is known has a login for a name.
        same(key, "author", plain(name) or (shown if shown in ("Unknown author", post["author"]) else ""), shown, where)
        ids = {}
        for comment in comments.pop(post["id"], []):
            guid = meta(comment, "blogger_comment_id")
            own = kept(comment, "_blogark_comment").get("id") or (guid[0].split("post-")[-1] if guid else str(comment["id"]))
            ids[own] = comment
        numbers = {c["id"]: own for own, c in ids.items()}
        for one in record.get("comments", []):
            where, comment = "comment %s of post %s" % (one["id"], key), ids.pop(one["id"], None)
            if comment is None:
                problems.append(where + " is not in WordPress")
                continue
            who = one.get("author") or {}
            same(one["id"], "author", plain(who.get("name")), plain(comment["author"]), where)
            text = one.get("content_html") or ("[removed]" if one["status"] == "deleted" else "")
            same(one["id"], "content", undone(text, True), undone(comment["content"], True), where)
            dates = utc(one.get("date_published"), blog.get("time_zone"))
            if dates:
                same(one["id"], "date", dates, (comment["date"], comment["date_gmt"]), where)
            same(one["id"], "status", APPROVED[one["status"]], comment["approved"], where)
            parent = one.get("in_reply_to") if not one.get("parent_missing") else None
            same(one["id"], "parent", parent, numbers.get(comment["parent"]), where)
        problems += ["comment %s of post %s is in WordPress and not in the records" % (own, key) for own in ids]
    problems += ["post %s is in WordPress and not in the records" % own for own in by_id]
    return problems, announced


def export(runs, path):
    name = os.path.basename(path)
    base = os.path.join(runs.folder, re.sub(r"[^\w.-]", "_", name))
    lines, wxr, report = base + ".jsonl", base + ".wxr", base + ".report.json"
    status, error = runs.convert(path, "-o", lines)
    if status not in (0, 3):
        return runs.result(name, [], "refused: " + error.strip()[:100])
    status, error = runs.convert(path, "-o", wxr, "--split", "0", "--report", report)
    files = [f for f in glob.glob(base + "*.wxr")]
    if not any(r["type"] in ("blog", "post") for r in records(lines)):
        return runs.result(name, [], "comments without a blog: " + error.strip()[:100])
    if status not in (0, 3) or not files:
        return runs.result(name, ["no WordPress file (status %d): %s" % (status, error.strip()[-200:])])
    whole, notices = records(lines), json.load(open(report, encoding="utf-8"))["notices"]
    problems, announced, count = [], 0, 0
    blogs = {b["id"]: b for b in whole if b["type"] == "blog"}
    if len(files) < len(blogs) and len(files) != 1:
        problems.append("%d blogs, %d files" % (len(blogs), len(files)))
    for file in files:
        dump, error = runs.imported(file)
        if error:
            problems.append(error)
            continue
        problems += ["%s: %s" % (m["kind"], m["text"]) for m in dump["messages"] if m["kind"] in ("error", "duplicate")]
        with open(file, encoding="utf-8") as stream:
            own = json.loads(re.search(r"<blogark:blog><!\[CDATA\[(.*?)\]\]></blogark:blog>", stream.read(), re.S).group(1).replace("]]]]><![CDATA[>", "]]>"))["blog"]
        posts = [r for r in whole if r["type"] == "post" and r["blog"] == own["id"]]
        count += len(posts)
        found, told = compare_export(posts, blogs.get(own["id"], own), dump, notices)
        problems, announced = problems + found, announced + told
    runs.result(name, problems, "%d posts, %d announced differences" % (count, announced))


def texts(value):
    return re.sub(r"\s+", " ", str(value or "")).strip()


def item_key(post, numbered=True):
    """What an item is known by: its number in the file, or its title where the file has no numbers."""
    return (post["type"], post["wxr_id"] if numbered and post["wxr_id"] is not None else texts(html.unescape(post["title"])))


def compare_databases(before, after, notices):
    """What differs between two databases, but for hidden fields that blogark adds, white space that a pretty-printer put in, and
    protected posts, which were announced."""
    problems, protected = [], {n.get("post") for n in notices if n["code"] == "protected-as-private"}
    clipped = {n.get("post") for n in notices if n["code"] in ("value-clipped", "character-replaced", "slug-changed", "date-shifted", "no-date", "kind-not-carried")}

    admins = {u["login"] for u in before["users"] if u["is_harness_admin"]}

    numbered = any(p["wxr_id"] for p in before["posts"])

    def lists(dump):
        out = collections.defaultdict(list)
        for post in dump["posts"]:
            if post["type"] != "nav_menu_item":
                out[item_key(post, numbered)].append(post)
        return out

    def menus(dump):
        """Menu items by what they show: menu, place, title, target, the item above."""
        posts = {p["id"]: p for p in dump["posts"]}
        terms = {t["id"]: t["slug"] for t in dump["terms"]}

        def shown(post):
            one = lambda key: (meta(post, key) or [""])[0]
            target = one("_menu_item_object_id")
            number = int(target) if str(target).isdigit() else 0
            if one("_menu_item_type") == "post_type":
                target = item_key(posts[number], numbered) if number in posts else "gone"
            elif one("_menu_item_type") == "taxonomy":
                target = terms.get(number, "gone")
            else:
                target = one("_menu_item_url")
            menu = tuple(t["slug"] for t in (post["terms"] or {}).get("nav_menu", []))
            return (menu, post["menu_order"], texts(post["title"]), str(target), texts(post["content"]), str(one("_menu_item_classes")))

        items = [p for p in dump["posts"] if p["type"] == "nav_menu_item"]
        own = {p["id"]: shown(p) for p in items}
        above = lambda p: own.get(int((meta(p, "_menu_item_menu_item_parent") or ["0"])[0] or 0))
        return collections.Counter((own[p["id"]], above(p) and above(p)[2:4]) for p in items)

    first, second = lists(before), lists(after)
    for key in sorted(set(first) | set(second), key=str):
        if len(first[key]) != len(second[key]):
            problems.append("%s: %d before, %d after" % (key, len(first[key]), len(second[key])))
            continue
        for old, new in zip(first[key], second[key]):
            number = str(old["wxr_id"])
            if number in protected:
                continue
            for field in ("title", "content", "excerpt"):
                if texts(html.unescape(old[field])) != texts(html.unescape(new[field])) and number not in clipped and new[field] != "<!-- empty post -->":
                    problems.append("%s: %s: %r, then %r" % (key, field, old[field][:120], new[field][:120]))
            # Whom the file does not declare, WordPress takes for whoever runs the import; blogark declares them.
            nobody = new["author"] == "unknown-author" or old["author"] in admins
            # A draft without a slug may have one of the address that the file gives it.
            drawer = new["status"] in ("draft", "pending") and not old["slug"]
            for field in ("slug", "status", "date", "date_gmt", "author", "menu_order", "comment_status", "ping_status", "sticky", "password"):
                if (field == "author" and nobody) or (field == "slug" and drawer):
                    continue
                if old[field] != new[field] and number not in clipped:
                    problems.append("%s: %s: %r, then %r" % (key, field, old[field], new[field]))
            for field in ("categories", "tags"):
                if old[field] != new[field]:
                    problems.append("%s: %s: %r, then %r" % (key, field, old[field], new[field]))
            if (old["terms"] or {}) != (new["terms"] or {}):
                problems.append("%s: terms: %r, then %r" % (key, old["terms"], new["terms"]))
            if bool(old["parent"]) != bool(new["parent"]):
                problems.append("%s: parent: %r, then %r" % (key, old["parent"], new["parent"]))
            for name in meta_names(old, new):
                a, b = ([texts(v) for v in meta(p, name)] for p in (old, new))
                if a != b:
                    problems.append("%s: hidden field %s: %r, then %r" % (key, name, str(a)[:120], str(b)[:120]))
    one, two = menus(before), menus(after)
    problems += ["menu item %s: %d before, %d after" % (i, one[i], two[i]) for i in sorted(set(one) | set(two), key=str) if one[i] != two[i]]

    def comments(dump):
        posts = {p["id"]: item_key(p, numbered) for p in dump["posts"]}
        told = {c["id"]: (texts(c["author"]), c["date"]) for c in dump["comments"]}
        return collections.Counter(
            (posts.get(c["post"]), told.get(c["parent"]), texts(html.unescape(c["author"])), c["url"], c["email"], c["ip"], c["date"], c["date_gmt"], texts(html.unescape(c["content"])), c["approved"], c["type"], c["user"],
             str(sorted((k, v) for k, v in (c["meta"] or {}).items() if not k.startswith(("_blogark", "_original"))))) for c in dump["comments"])

    one, two = comments(before), comments(after)
    problems += ["comment: %d before, %d after: %s" % (one[c], two[c], str(c)[:250]) for c in sorted(set(one) | set(two), key=str) if one[c] != two[c]]

    def terms(dump):
        slugs = {t["id"]: t["slug"] for t in dump["terms"]}
        return {(t["taxonomy"], t["slug"]): (texts(html.unescape(t["name"])), texts(html.unescape(t["description"])), slugs.get(t["parent"]), str(t.get("meta"))) for t in dump["terms"]}

    one, two = terms(before), terms(after)
    problems += ["term %s: %r, then %r" % (t, one.get(t), two.get(t)) for t in sorted(set(one) | set(two)) if one.get(t) != two.get(t) and not (protected and t not in two)]
    undeclared = {p["author"] for p in after["posts"]} - {p["author"] for p in before["posts"]} if any(p["author"] in admins for p in before["posts"]) else set()
    users = lambda dump: {(u["login"], u["display_name"], u["first_name"], u["last_name"], u["email"]) for u in dump["users"] if not u["is_harness_admin"] and u["login"] not in undeclared | {"unknown-author"}}
    if users(before) != users(after):
        problems.append("users: %r, then %r" % (sorted(users(before) - users(after)), sorted(users(after) - users(before))))
    return problems


def meta_names(old, new):
    names = set(old["meta"] or {}) | set(new["meta"] or {})
    # A body of the same date and its last change: what blogark adds.
    added = ("_blogark", "_original", "_thumbnail_id", "_wp_old_slug")
    return sorted(n for n in names if not n.startswith(added))


def wordpress_export(runs, path):
    name = os.path.basename(path)
    base = os.path.join(runs.folder, re.sub(r"[^\w.-]", "_", name))
    before, error = runs.imported(shutil_copy(path, base + ".original.xml"))
    lines, wxr, report = base + ".jsonl", base + ".wxr", base + ".report.json"
    status, said = runs.convert(path, "-o", lines)
    if status not in (0, 3):
        return runs.result(name, [] if error else ["refused: " + said.strip()[-200:]], "refused: " + said.strip()[:120])
    whole = records(lines)
    kinds = collections.Counter(r["kind"] for r in whole if r["type"] == "post")
    kinds["attachment"] = sum(r["type"] == "media" for r in whole)
    comments = sum(len(r.get("comments", [])) for r in whole if r["type"] == "post") + sum(r["type"] == "comment" for r in whole)
    note = "%d items, %d comments" % (sum(kinds.values()), comments)
    if error or not before or not before["in_file"]:
        return runs.result(name, [], note + "; WordPress reads nothing: %s" % (error or [m["text"] for m in before["messages"]][:1]))
    problems, found = [], before["in_file"]
    if found["posts"] != sum(kinds.values()) or found["comments"] != comments:
        problems.append("WordPress reads %d items and %d comments, blogark %s" % (found["posts"], found["comments"], note))
    status, said = runs.convert(path, "-o", wxr, "--split", "0", "--include", "emails,ips", "--report", report)
    if status not in (0, 3):
        return runs.result(name, problems + ["no WordPress file: " + said.strip()[-300:]], note)
    after, error = runs.imported(wxr)
    if error:
        return runs.result(name, problems + [error], note)
    notices = json.load(open(report, encoding="utf-8"))["notices"]
    runs.result(name, problems + compare_databases(before, after, notices), note)


def shutil_copy(path, to):
    with open(path, "rb") as source, open(to, "wb") as out:
        out.write(source.read())
    return to


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("binary")
    parser.add_argument("--only", default="")
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    command, corpus, wxr = (os.environ.get(n) for n in ("BLOGARK_WP_IMPORT", "BLOGARK_CORPUS", "BLOGARK_WXR"))
    if not command or not (corpus or wxr):
        print("skipped: BLOGARK_WP_IMPORT names the command that imports, BLOGARK_CORPUS or BLOGARK_WXR what", file=sys.stderr)
        return 77
    exports = sorted(glob.glob(os.path.join(corpus, "blogger/legacy/*.xml")) + glob.glob(os.path.join(corpus, "blogger/takeout/*.atom"))) if corpus else []
    files = sorted(glob.glob(os.path.join(wxr, "**/*.xml"), recursive=True)) if wxr else []
    with tempfile.TemporaryDirectory() as folder:
        if arguments.keep:
            folder = arguments.keep
            os.makedirs(folder, exist_ok=True)
        runs = Runs(os.path.abspath(arguments.binary), command, folder)
        for path in exports:
            if arguments.only in path:
                export(runs, path)
        for path in files:
            if arguments.only in path:
                wordpress_export(runs, path)
    print("%d passed, %d failed" % (runs.passed, runs.failed))
    return 1 if runs.failed else 0


if __name__ == "__main__":
    sys.exit(main())
