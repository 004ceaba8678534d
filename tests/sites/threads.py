"""Comments as a page shows them, and whether they are those of the archive."""
import html
import html.parser
import re


def words(text):
    return re.findall(r"\w+", text)


def words_of_html(fragment):
    return words(html.unescape(re.sub(r"<[^>]*>", " ", fragment)))


class Threads(html.parser.HTMLParser):
    """The comments that a page shows: ids, in order, each with the id of the comment that it stands in."""

    def __init__(self):
        super().__init__()
        self.open, self.parents, self.text = [], {}, {}

    def handle_starttag(self, tag, attributes):
        id = dict(attributes).get("id", "")
        if tag == "li" and id.startswith("c") and dict(attributes).get("class") == "comment":
            self.parents[id[1:]] = self.open[-1] if self.open else None
            self.open.append(id[1:])
        elif tag == "li":
            self.open.append(self.open[-1] if self.open else None)

    def handle_endtag(self, tag):
        if tag == "li" and self.open:
            self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data


def faults_of(post, page):
    """What is wrong with the comments of a post on its page, which is HTML."""
    threads = Threads()
    threads.feed(page)
    comments = post.get("comments", [])
    parents = {comment["id"]: comment.get("in_reply_to") for comment in comments}
    if threads.parents != parents:
        yield "%s: comments are shown as %s, not %s" % (post["id"], threads.parents, parents)
    for comment in comments:
        if comment["status"] == "deleted":
            continue
        shown = set(words(threads.text.get(comment["id"], "")))
        wanted = words_of_html(comment.get("content_html", "")) + words(comment.get("author", {}).get("name", ""))
        missing = [word for word in wanted if word not in shown]
        if missing:
            yield "%s: words of comment %s are not shown: %s" % (post["id"], comment["id"], missing[:5])
