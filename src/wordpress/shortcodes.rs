//! WordPress's shortcodes as the HTML they stand for, as far as the text itself says it.
//!
//! What `[gallery]` shows is not in the text: whoever knows the attachments says it. Shortcodes of plugins stay as they are.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use memchr::{memchr, memmem};

use super::clip;

/// Shortcodes that every WordPress runs. A text that only looks like one would vanish.
pub const CORE_SHORTCODES: [&str; 7] = [
    "caption",
    "wp_caption",
    "gallery",
    "playlist",
    "audio",
    "video",
    "embed",
];

/// Shortcodes that are understood. Those of the second list have their text between two tags.
const ALONE: [&str; 6] = ["audio", "video", "youtube", "vimeo", "embed", "caption"];
const AROUND: [&str; 7] = ["caption", "wp_caption", "embed", "code", "sourcecode", "audio", "video"];

/// The shortcode of pictures that belong together.
const GALLERY: &str = "gallery";

/// SyntaxHighlighter's shortcodes that name the language themselves.
const LANGUAGES: [&str; 38] = [
    "actionscript3",
    "as3",
    "bash",
    "clojure",
    "coldfusion",
    "cpp",
    "csharp",
    "css",
    "delphi",
    "diff",
    "erlang",
    "fsharp",
    "groovy",
    "html",
    "java",
    "javafx",
    "javascript",
    "js",
    "jscript",
    "latex",
    "matlab",
    "objc",
    "pascal",
    "perl",
    "php",
    "powershell",
    "py",
    "python",
    "rails",
    "ruby",
    "scala",
    "shell",
    "sql",
    "swift",
    "vb",
    "vbnet",
    "xml",
    "yaml",
];

/// A body of WordPress's with its shortcodes as HTML: pictures with their captions, players, embedded addresses as
/// links, code. `[[caption]]`, which WordPress shows as text, becomes that text.
pub fn shortcodes_to_html(content: &str) -> Cow<'_, str> {
    replaced(content, None)
}

/// The same with the galleries as the HTML that `show` gives for them, in the order of the text; one for which it
/// gives none stays as it is. `[[gallery]]` becomes `[gallery]`.
pub fn shortcodes_with_galleries<'a>(
    content: &'a str,
    show: &mut dyn FnMut(&Gallery<'a>) -> Option<String>,
) -> Cow<'a, str> {
    replaced(content, Some(show))
}

type Show<'a, 's> = &'s mut dyn FnMut(&Gallery<'a>) -> Option<String>;

fn replaced<'a>(content: &'a str, mut show: Option<Show<'a, '_>>) -> Cow<'a, str> {
    if memchr(b'[', content.as_bytes()).is_none() {
        return Cow::Borrowed(content);
    }
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    let mut changed = false;
    let mut closers = Closers::default();
    while let Some(open) = content.get(at..).and_then(|rest| memchr(b'[', rest.as_bytes())) {
        let start = at + open;
        at = start + 1;
        let Some(code) = Shortcode::at(content, start, &mut closers) else {
            continue;
        };
        if code.name == GALLERY && show.is_none() {
            continue;
        }
        let is_escaped = start > copied
            && content.as_bytes().get(start - 1) == Some(&b'[')
            && content.as_bytes().get(code.end) == Some(&b']');
        let html = match is_escaped {
            true => content.get(start..code.end).map(str::to_owned),
            false => match &mut show {
                Some(show) if code.name == GALLERY => {
                    let typed = content.get(start..code.end).unwrap_or_default();
                    show(&code.gallery(typed))
                }
                _ => code.html(),
            },
        };
        let Some(html) = html else { continue };
        let (from, to) = match is_escaped {
            true => (start - 1, code.end + 1),
            false => (start, code.end),
        };
        out.push_str(content.get(copied..from).unwrap_or_default());
        out.push_str(&html);
        copied = to;
        at = to;
        changed = true;
    }
    if !changed {
        return Cow::Borrowed(content);
    }
    out.push_str(content.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// What a `[gallery]` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gallery<'a> {
    /// The shortcode as it was typed.
    pub typed: &'a str,
    /// Numbers of the attachments it names (`ids`, `include`), each once; `None` where it shows those of a post.
    pub ids: Option<Vec<&'a str>>,
    /// Number of that post, where it is not the gallery's own.
    pub post: Option<&'a str>,
    /// Numbers of attachments that it does not show.
    pub exclude: Vec<&'a str>,
    /// What they are sorted by.
    pub order: GalleryOrder,
    /// Whether the last comes first.
    pub is_descending: bool,
    /// Whether its pictures are links.
    pub is_linked: bool,
}

/// What the pictures of a gallery are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GalleryOrder {
    /// The order in which the gallery names them.
    Named,
    /// The place that their post gives them, then their numbers.
    Menu,
    /// Date.
    Date,
    /// Title.
    Title,
    /// Number.
    Id,
}

struct Shortcode<'a> {
    name: &'a str,
    attributes: &'a str,
    inner: Option<&'a str>,
    /// Behind its last byte.
    end: usize,
}

/// Where the next closing tag of each name stands, so that no stretch of text is searched twice for it.
#[derive(Default)]
struct Closers(HashMap<&'static str, Option<usize>>);

impl Closers {
    fn after(&mut self, content: &str, name: &'static str, from: usize) -> Option<usize> {
        match self.0.get(name) {
            Some(None) => return None,
            Some(Some(at)) if *at >= from => return Some(*at),
            _ => {}
        }
        let closer = format!("[/{name}]");
        let rest = content.get(from..).unwrap_or_default();
        let found = memmem::find(rest.as_bytes(), closer.as_bytes()).map(|at| from + at);
        self.0.insert(name, found);
        found
    }
}

impl<'a> Shortcode<'a> {
    /// The shortcode that begins at a bracket, if one does.
    fn at(content: &'a str, start: usize, closers: &mut Closers) -> Option<Shortcode<'a>> {
        let rest = content.get(start + 1..)?;
        let length = rest
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
            .count();
        let name = rest.get(..length)?;
        let is_known = name == GALLERY || ALONE.contains(&name) || AROUND.contains(&name) || LANGUAGES.contains(&name);
        if !is_known || !matches!(rest.as_bytes().get(length)?, b' ' | b']' | b'=' | b'\n' | b'\t' | b'/') {
            return None;
        }
        let tag = rest.get(length..)?;
        let close = tag_end(tag)?;
        let attributes = tag.get(..close)?;
        let behind = start + 1 + length + close + 1;
        let inner_end = AROUND
            .iter()
            .chain(&LANGUAGES)
            .find(|known| **known == name)
            .and_then(|name| closers.after(content, name, behind));
        let (inner, end) = match inner_end {
            Some(at) => (content.get(behind..at), at + name.len() + "[/]".len()),
            None => (None, behind),
        };
        Some(Shortcode {
            name,
            attributes,
            inner,
            end,
        })
    }

    /// What WordPress makes of a gallery's attributes: `ids` come in their order, `include` and the attachments of a
    /// post in the post's. An order by chance is the post's, too.
    fn gallery(&self, typed: &'a str) -> Gallery<'a> {
        let list = |name: &str| self.attribute(name).map(numbers);
        let (ids, include) = (list("ids"), list("include"));
        let named = ids.is_some();
        let order = match self.attribute("orderby").and_then(|by| by.split_whitespace().next()) {
            None if named => GalleryOrder::Named,
            Some("post__in") => GalleryOrder::Named,
            Some("date" | "post_date") => GalleryOrder::Date,
            Some("title" | "post_title") => GalleryOrder::Title,
            Some("ID" | "id") => GalleryOrder::Id,
            _ => GalleryOrder::Menu,
        };
        let order_is = |word: &str| self.attribute("order").is_some_and(|o| o.eq_ignore_ascii_case(word));
        Gallery {
            typed,
            ids: ids.or(include),
            post: self.attribute("id").and_then(|id| numbers(id).into_iter().next()),
            exclude: list("exclude").unwrap_or_default(),
            is_descending: order_is("desc") && order != GalleryOrder::Named,
            order,
            is_linked: self.attribute("link") != Some("none"),
        }
    }

    fn html(&self) -> Option<String> {
        match self.name {
            "caption" | "wp_caption" => self.caption(),
            "embed" => self.link(self.inner),
            "youtube" | "vimeo" => self.link(None),
            "audio" => self.player("audio", &["src", "mp3", "m4a", "ogg", "wav", "flac"]),
            "video" => self.player("video", &["src", "mp4", "m4v", "webm", "ogv", "flv"]),
            // "code", "sourcecode", and the languages.
            _ => self.code(),
        }
    }

    /// A picture, in its link where it has one, and the text behind it; old posts have the text as an attribute.
    fn caption(&self) -> Option<String> {
        let inner = self.inner?.trim();
        // The picture comes first; what has none nearby is no caption.
        let image = clip(inner, 4_096).find("<img")?;
        let mut end = image + inner.get(image..)?.find('>')? + 1;
        let behind = inner.get(end..)?;
        if behind.trim_start().starts_with("</a>") {
            end += behind.len() - behind.trim_start().len() + "</a>".len();
        }
        let picture = inner.get(..end)?;
        let text = inner.get(end..)?.trim();
        let text = if text.is_empty() {
            self.attribute("caption").unwrap_or_default()
        } else {
            text
        };
        Some(match text {
            "" => picture.to_owned(),
            text => format!("\n\n<figure>{picture}<figcaption>{text}</figcaption></figure>\n\n"),
        })
    }

    /// An address that WordPress would embed: in the text, the `src` or `id` attribute, or behind the name.
    fn link(&self, inner: Option<&str>) -> Option<String> {
        let bare = self.attributes.trim().trim_start_matches('=').trim();
        let address = inner
            .map(str::trim)
            .filter(|a| !a.is_empty())
            .or_else(|| self.attribute("src"))
            .or_else(|| self.attribute("id"))
            .or_else(|| bare.split_whitespace().next())
            .map(|a| a.trim_matches(['"', '\'']))?;
        // Jetpack's players also take a bare number.
        let address = match self.name {
            _ if address.starts_with("http://") || address.starts_with("https://") => Cow::Borrowed(address),
            "youtube" if is_token(address) => Cow::Owned(format!("https://www.youtube.com/watch?v={address}")),
            "vimeo" if is_token(address) => Cow::Owned(format!("https://vimeo.com/{address}")),
            _ => return None,
        };
        let address = address.replace('<', "%3C").replace('"', "%22");
        Some(format!("\n\n<p><a href=\"{address}\">{address}</a></p>\n\n"))
    }

    fn player(&self, element: &str, names: &[&str]) -> Option<String> {
        let bare = self.attributes.trim().split(['|', ' ']).next();
        let address = names
            .iter()
            .find_map(|name| self.attribute(name))
            .or(bare)
            .filter(|a| a.contains("://") || a.starts_with('/'))?;
        let address = address.replace('"', "%22");
        Some(format!("\n\n<{element} controls src=\"{address}\"></{element}>\n\n"))
    }

    /// Code stands as it was typed, or escaped already.
    fn code(&self) -> Option<String> {
        let text = self.inner?.trim_matches(['\n', '\r']);
        let text = text.replace('<', "&lt;").replace('>', "&gt;");
        let language = self
            .attribute("language")
            .or_else(|| self.attribute("lang"))
            .or_else(|| Some(self.attributes.trim().trim_start_matches('=')).filter(|l| !l.contains('=')))
            .map(|l| l.trim_matches(['"', '\'']))
            .filter(|l| is_token(l))
            .or_else(|| LANGUAGES.contains(&self.name).then_some(self.name));
        Some(match language {
            Some(language) => {
                format!("\n\n<pre><code class=\"language-{language}\">{text}</code></pre>\n\n")
            }
            None => format!("\n\n<pre><code>{text}</code></pre>\n\n"),
        })
    }

    fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        while let Some(at) = rest.find(name) {
            let before = rest.get(..at)?;
            let after = rest.get(at + name.len()..)?;
            let is_whole = before.is_empty() || before.ends_with([' ', '\n', '\t']);
            if let Some(value) = after.strip_prefix('=').filter(|_| is_whole) {
                let value = match value.chars().next() {
                    Some(quote @ ('"' | '\'')) => value.get(1..)?.split(quote).next(),
                    _ => value.split([' ', '\n', '\t']).next(),
                };
                return value.map(str::trim).filter(|v| !v.is_empty());
            }
            rest = after;
        }
        None
    }
}

/// Numbers in a list, each once, as the record writes them.
fn numbers(list: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    list.split([',', ' ', '\n', '\t'])
        .map(|number| number.trim_start_matches('0'))
        .filter(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
        .filter(|number| seen.insert(*number))
        .collect()
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'#'))
}

/// Where a tag's closing bracket is, past quoted values. A tag that holds another bracket is none.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate().take(4_096) {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b']') => return Some(at),
            (None, b'[') => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(content: &str) -> String {
        shortcodes_to_html(content).trim().to_owned()
    }

    #[test]
    fn captions_stand_under_their_pictures() {
        assert_eq!(
            html(
                "[caption id=\"a\" align=\"left\" width=\"30\"]<a href=\"x\"><img src=\"y\" /></a> Le <em>chat</em>[/caption]"
            ),
            "<figure><a href=\"x\"><img src=\"y\" /></a><figcaption>Le <em>chat</em></figcaption></figure>"
        );
        assert_eq!(
            html("[wp_caption caption=\"Der Hund\"]<img src=\"y\">[/wp_caption]"),
            "<figure><img src=\"y\"><figcaption>Der Hund</figcaption></figure>"
        );
        assert_eq!(html("[caption]<img src=\"y\">[/caption]"), "<img src=\"y\">");
    }

    #[test]
    fn addresses_become_links_and_players() {
        let link = |a: &str| format!("<p><a href=\"{a}\">{a}</a></p>");
        assert_eq!(
            html("[embed width=\"1\"]https://v.example/1[/embed]"),
            link("https://v.example/1")
        );
        assert_eq!(
            html("[youtube=http://y.example/w?v=a&w=1]"),
            link("http://y.example/w?v=a&w=1")
        );
        assert_eq!(html("[youtube abc_1]"), link("https://www.youtube.com/watch?v=abc_1"));
        assert_eq!(html("[vimeo 12]"), link("https://vimeo.com/12"));
        assert_eq!(
            html("[audio http://a.example/a.mp3]"),
            "<audio controls src=\"http://a.example/a.mp3\"></audio>"
        );
        assert_eq!(
            html("[video width='4' mp4=\"http://a.example/a.mp4\"][/video]"),
            "<video controls src=\"http://a.example/a.mp4\"></video>"
        );
    }

    #[test]
    fn code_is_code() {
        assert_eq!(
            html("[code lang=\"php\"]\nif (a < b) { c[0]; }\n[/code]"),
            "<pre><code class=\"language-php\">if (a &lt; b) { c[0]; }</code></pre>"
        );
        assert_eq!(
            html("[python]\nprint(1)\n[/python] et [php] seul"),
            "<pre><code class=\"language-python\">print(1)</code></pre>\n\n et [php] seul"
        );
        assert_eq!(
            html("[sourcecode]&lt;b&gt;[/sourcecode]"),
            "<pre><code>&lt;b&gt;</code></pre>"
        );
    }

    #[test]
    fn galleries_say_what_they_show() {
        let mut asked = Vec::new();
        let text = "a [gallery ids=\"3, 01,2,3,x\" link='none'] b [[gallery ids='1']] c [gallery orderby=title order=DESC \
                    exclude=4 id=9] d [gallery include='5' /][gallery]";
        let html = shortcodes_with_galleries(text, &mut |gallery| {
            asked.push(gallery.clone());
            (gallery.typed != "[gallery]").then(|| "<img>".to_owned())
        });
        assert_eq!(html, "a <img> b [gallery ids='1'] c <img> d <img>[gallery]");
        let [named, sorted, included, bare] = asked.as_slice() else {
            panic!("{asked:?}")
        };
        assert_eq!(named.ids, Some(vec!["3", "1", "2"]));
        assert_eq!((named.order, named.is_linked), (GalleryOrder::Named, false));
        assert_eq!((sorted.ids.as_ref(), sorted.post), (None, Some("9")));
        assert_eq!(sorted.exclude, ["4"]);
        assert_eq!((sorted.order, sorted.is_descending), (GalleryOrder::Title, true));
        assert_eq!((&included.ids, included.order), (&Some(vec!["5"]), GalleryOrder::Menu));
        assert_eq!(
            (bare.ids.as_ref(), bare.post, bare.order),
            (None, None, GalleryOrder::Menu)
        );
        assert!(bare.is_linked && !bare.is_descending);
    }

    #[test]
    fn what_is_text_stays_text() {
        for text in [
            "[1] and [x]",
            "[gallery ids=\"1\"]",
            "[[gallery]]",
            "[captions]",
            "[caption",
            "[caption]text[/caption]",
            "[youtube]",
            "a [code",
        ] {
            assert_eq!(html(text), text);
        }
        assert_eq!(html("[[embed]http://x[/embed]]"), "[embed]http://x[/embed]");
        assert_eq!(html("[[caption]]"), "[caption]");
        assert_eq!(html("[[[caption]]]"), "[[caption]]");
    }

    #[test]
    fn a_million_brackets_take_no_time() {
        let start = std::time::Instant::now();
        for many in [
            "[code]".repeat(100_000),
            format!("{}[/caption]", "[caption]".repeat(100_000)),
        ] {
            assert_eq!(shortcodes_to_html(&many), many);
        }
        for many in ["[gallery ".repeat(100_000), "[gallery '\"".repeat(100_000)] {
            assert_eq!(shortcodes_with_galleries(&many, &mut |_| None), many);
        }
        assert!(start.elapsed().as_secs() < 20);
    }
}
