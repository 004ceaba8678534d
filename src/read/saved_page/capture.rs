//! What tools that save pages do to them, undone: the Wayback Machine's addresses, toolbar and scripts, wget's and
//! HTTrack's relative links, and the notes that tools leave about where and when a page was saved.

use scraper::{Html, Node};

use super::script::holds;
use crate::model::Date;

/// What the page tells about how it was saved.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Capture {
    /// The address it was saved from.
    pub(super) url: Option<String>,
    /// When it was saved.
    pub(super) at: Option<Date>,
    /// It came out of the Wayback Machine.
    pub(super) wayback: bool,
}

/// Reads the notes in a page's comments, and the Wayback Machine's own script.
pub(super) fn capture(page: &Html, text: &str) -> Capture {
    let mut capture = Capture::default();
    if holds(text, "web.archive.org/web/") || holds(text, "web-static.archive.org") || holds(text, "FILE ARCHIVED ON") {
        wayback(text, &mut capture);
    }
    for node in page.tree.values() {
        if let Node::Comment(comment) = node {
            note(comment, &mut capture);
        }
    }
    // A browser saved it from the Wayback Machine, as it was (`id_`) or not.
    if let Some(url) = capture.url.as_deref()
        && let Some(inner) = without_wayback(url).filter(|inner| inner.starts_with("http"))
    {
        let when = url.split_once("/web/").and_then(|(_, rest)| stamp(rest.get(..14)?));
        capture.at = capture.at.or(when);
        capture.url = Some(inner.to_owned());
    }
    capture
}

fn wayback(text: &str, capture: &mut Capture) {
    capture.wayback = true;
    // __wm.wombat("http://blog.example/","20120304123456", …
    if let Some((_, call)) = text.split_once("__wm.wombat(") {
        let mut strings = call.split('"').skip(1).step_by(2);
        capture.url = strings.next().filter(|url| url.starts_with("http")).map(str::to_owned);
        capture.at = strings.next().and_then(stamp);
    }
    // FILE ARCHIVED ON 12:34:56 Mar 04, 2012 AND RETRIEVED …
    if capture.at.is_none()
        && let Some((_, note)) = text.split_once("FILE ARCHIVED ON ")
    {
        let words: Vec<&str> = note.split_whitespace().take(4).collect();
        let reading = crate::dates::read(&words.join(" "), &crate::dates::Hints::default());
        capture.at = reading
            .and_then(|r| r.local())
            .and_then(|local| Date::from_offset(local, 0));
    }
    if capture.at.is_none() {
        capture.at = text.split("/web/").skip(1).find_map(|rest| stamp(rest.get(..14)?));
    }
}

/// A time as the Wayback Machine writes it in addresses: fourteen digits in UTC.
fn stamp(digits: &str) -> Option<Date> {
    let bytes = digits.as_bytes();
    if bytes.len() != 14 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to);
    Date::parse(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    ))
}

fn note(comment: &str, capture: &mut Capture) {
    let comment = comment.trim();
    if let Some(rest) = comment.strip_prefix("saved from url=(") {
        // `(0042)http://blog.example/2009/05/tea.html`
        capture.url = capture.url.take().or_else(|| web_address(rest.split_once(')')?.1));
    } else if let Some(rest) = comment.strip_prefix("Mirrored from ") {
        // `blog.example/2009/05/tea.html by HTTrack Website Copier/3.x [XR&CO'2014], Tue, 05 May 2009 10:00:00 GMT`
        if let Some((address, tool)) = rest.split_once(" by HTTrack") {
            capture.url = capture
                .url
                .take()
                .or_else(|| web_address(&format!("http://{}", address.trim())));
            let when = tool.split_once("], ").and_then(|(_, when)| moment(when));
            capture.at = capture.at.take().or(when);
        }
    } else if comment.contains("SingleFile") || comment.contains("saved with") {
        for line in comment.lines().map(str::trim) {
            if let Some(url) = line.strip_prefix("url:") {
                capture.url = capture.url.take().or_else(|| web_address(url.trim()));
            } else if let Some(when) = line.strip_prefix("saved date:") {
                capture.at = capture
                    .at
                    .take()
                    .or_else(|| moment(when.split('(').next().unwrap_or(when)));
            }
        }
    }
}

fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    (text.starts_with("http://") || text.starts_with("https://"))
        .then(|| text.split_whitespace().next().unwrap_or(text).to_owned())
}

/// A moment as mails write it.
pub(super) fn moment(text: &str) -> Option<Date> {
    let reading = crate::dates::read(text, &crate::dates::Hints::default())?;
    Date::from_offset(reading.local()?, reading.offset?)
}

/// The address inside one of the Wayback Machine's; `None` for any other.
pub(super) fn without_wayback(address: &str) -> Option<&str> {
    let path = address
        .strip_prefix("https:")
        .or_else(|| address.strip_prefix("http:"))
        .unwrap_or(address);
    let path = path.strip_prefix("//web.archive.org").unwrap_or(path);
    let rest = path.strip_prefix("/web/")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(4..=14).contains(&digits) {
        return None;
    }
    let rest = rest.get(digits..)?;
    // `20120304123456im_/`
    let (modifier, inner) = rest.split_once('/')?;
    let is_modifier = modifier.is_empty() || modifier == "*" || (modifier.ends_with('_') && modifier.len() <= 4);
    let is_address =
        inner.contains("://") || inner.starts_with("//") || inner.starts_with("mailto:") || inner.contains('.');
    (is_modifier && is_address).then_some(inner)
}

/// Whether an element is the Wayback Machine's own.
pub(super) fn is_wayback_part(element: &scraper::node::Element) -> bool {
    let own_id = element
        .id()
        .is_some_and(|id| id.starts_with("wm-ipp") || id == "donato" || id == "wm-capinfo");
    let own_source = matches!(element.name(), "script" | "link")
        && ["src", "href"].iter().any(|name| {
            element.attr(name).is_some_and(|value| {
                value.contains("archive.org/_static/")
                    || value.contains("web-static.archive.org")
                    || value.starts_with("/_static/")
                    || value.contains("//archive.org/includes/")
            })
        });
    own_id || own_source
}

/// Where a page's links lead: its own address, for links that tools made relative.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    /// Address of the page.
    pub(super) page: Option<String>,
    /// The page lies in a mirror: a relative link leads to a file beside it, whose path is the original address.
    pub(super) mirror: bool,
}

impl Addresses {
    /// An address of the page as it was published.
    pub(super) fn original(&self, address: &str) -> String {
        let address = address.trim();
        if let Some((_, digits)) = address.split_once("/cdn-cgi/l/email-protection#")
            && let Some(mail) = hidden_mail(digits)
        {
            return format!("mailto:{mail}");
        }
        let address = without_wayback(address).unwrap_or(address);
        if is_absolute(address) || address.starts_with('#') || address.is_empty() {
            return address.to_owned();
        }
        // `./http://…` is a whole address that a template spoiled.
        if let Some(whole) = address.strip_prefix("./").filter(|a| is_absolute(a)) {
            return whole.to_owned();
        }
        let Some(page) = self.page.as_deref().and_then(Url::parse) else {
            return address.to_owned();
        };
        if let Some(rest) = address.strip_prefix("//") {
            return format!("{}://{rest}", page.scheme);
        }
        // What a browser put beside the page it saved lies nowhere on the web.
        if address
            .split('/')
            .any(|part| part.ends_with("_files") || part.ends_with("_archivos") || part.ends_with("-Dateien"))
        {
            return address.to_owned();
        }
        page.join(&if self.mirror {
            mirrored(address)
        } else {
            address.to_owned()
        })
    }
}

/// Whether an address names its scheme.
pub(super) fn is_absolute(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
    })
}

/// A link of a mirror as the path it was made from: wget writes `?` as `%3F` and adds `.html` behind a query, both
/// name a folder's page `index.html`.
fn mirrored(link: &str) -> String {
    let (path, fragment) = match link.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (link, None),
    };
    let mut path = path.replace("%3F", "?").replace("%3f", "?");
    if let Some((before, query)) = path.clone().split_once('?') {
        path = format!("{before}?{}", query.strip_suffix(".html").unwrap_or(query));
    }
    if path == "index.html" || path.ends_with("/index.html") {
        path.truncate(path.len() - "index.html".len());
        if path.is_empty() {
            path.push_str("./");
        }
    }
    match fragment {
        Some(fragment) => format!("{path}#{fragment}"),
        None => path,
    }
}

/// An address taken apart as far as links need it.
pub(super) struct Url<'a> {
    pub(super) scheme: &'a str,
    pub(super) host: &'a str,
    /// Path without query and fragment, with its first slash.
    pub(super) path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Url<'a> {
    /// Takes a web address apart; `None` for what is none.
    pub(super) fn parse(address: &'a str) -> Option<Url<'a>> {
        let (scheme, rest) = address.split_once("://")?;
        if !matches!(scheme, "http" | "https") {
            return None;
        }
        let rest = rest.split('#').next().unwrap_or(rest);
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let (host, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        (!host.is_empty()).then_some(Url {
            scheme,
            host,
            path,
            query,
        })
    }

    /// The address that a relative link leads to. A link that climbs above the root leads to a host's folder beside
    /// this one's, as in mirrors of several hosts.
    fn join(&self, link: &str) -> String {
        if let Some(fragment) = link.strip_prefix('#') {
            let query = self.query.map(|q| format!("?{q}")).unwrap_or_default();
            return format!("{}://{}{}{query}#{fragment}", self.scheme, self.host, self.path);
        }
        if link.starts_with('/') {
            return format!("{}://{}{link}", self.scheme, self.host);
        }
        if link.starts_with('?') {
            return format!("{}://{}{}{link}", self.scheme, self.host, self.path);
        }
        let cut = link.find(['?', '#']).unwrap_or(link.len());
        let (path, rest) = link.split_at(cut);
        let mut parts: Vec<&str> = vec![self.host];
        parts.extend(self.path.split('/').skip(1));
        parts.pop_if(|_| self.path.contains('/'));
        let mut left_host = false;
        let mut folder = false;
        for part in path.split('/') {
            folder = matches!(part, "" | "." | "..");
            match part {
                "." | "" => {}
                ".." => {
                    if parts.len() <= 1 {
                        left_host = true;
                        parts.clear();
                    } else {
                        parts.pop();
                    }
                }
                part => parts.push(part),
            }
        }
        let is_host = |p: &str| p.contains('.') && !p.ends_with(".html") && !p.ends_with(".htm") && !p.starts_with('.');
        if left_host && !parts.first().is_some_and(|p| is_host(p)) {
            parts.insert(0, self.host);
        }
        let mut joined = parts.join("/");
        if parts.len() == 1 || (folder && !joined.ends_with('/')) {
            joined.push('/');
        }
        format!("{}://{joined}{rest}", self.scheme)
    }
}

/// The address that a path under a folder names, where one of the folders is called like a host
/// (`mirror/blog.example/2009/05/tea.html`).
pub(super) fn from_path(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|p| !p.is_empty() && *p != ".").collect();
    let (_, folders) = parts.split_last()?;
    let at = folders.iter().position(|folder| is_host_name(folder))?;
    let host = folders.get(at)?;
    let rest = mirrored(&parts.get(at + 1..)?.join("/"));
    Some(format!("http://{host}/{}", rest.trim_start_matches("./")))
}

fn is_host_name(folder: &str) -> bool {
    let labels: Vec<&str> = folder.split('.').collect();
    labels.len() >= 2
        && labels
            .iter()
            .all(|l| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-'))
        && labels.last().is_some_and(|tld| {
            tld.len() >= 2
                && tld.chars().all(char::is_alphabetic)
                && !matches!(
                    *tld,
                    "html" | "htm" | "zip" | "git" | "xml" | "txt" | "tar" | "old" | "bak"
                )
        })
        && labels.iter().any(|l| l.chars().any(char::is_alphabetic))
}

/// A mail address that Cloudflare hid from robots: hexadecimal digits, the first byte mixed into all others. A browser's
/// script puts it back; a saved file says "[email protected]" in its place.
pub(super) fn hidden_mail(digits: &str) -> Option<String> {
    let mut bytes = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    let key = bytes.next()??;
    let mail: Option<Vec<u8>> = bytes.map(|byte| byte.map(|byte| byte ^ key)).collect();
    String::from_utf8(mail?)
        .ok()
        .filter(|mail| mail.contains('@') && !mail.contains(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(page: &str, mirror: bool) -> Addresses {
        Addresses {
            page: Some(page.to_owned()),
            mirror,
        }
    }

    #[test]
    fn wayback_addresses() {
        for (address, inner) in [
            (
                "http://web.archive.org/web/20120304123456/http://tea.example/2009/05/a.html",
                Some("http://tea.example/2009/05/a.html"),
            ),
            (
                "/web/20120304123456im_/http://tea.example/a.jpg",
                Some("http://tea.example/a.jpg"),
            ),
            (
                "https://web.archive.org/web/2012/https://tea.example/",
                Some("https://tea.example/"),
            ),
            (
                "//web.archive.org/web/20120304123456js_/http://tea.example/x.js",
                Some("http://tea.example/x.js"),
            ),
            ("http://tea.example/web/2012/05/a.html", None),
            ("/web/design.html", None),
        ] {
            assert_eq!(without_wayback(address), inner, "{address}");
        }
    }

    #[test]
    fn links_of_mirrors() {
        let a = addresses("http://tea.example/2009/05/green.html", true);
        for (link, original) in [
            ("black.html", "http://tea.example/2009/05/black.html"),
            ("../../2010/01/white.html", "http://tea.example/2010/01/white.html"),
            ("../../index.html", "http://tea.example/"),
            (
                "green.html%3FshowComment=1280031868312.html#c42",
                "http://tea.example/2009/05/green.html?showComment=1280031868312#c42",
            ),
            (
                "../../../1.pictures.example/s320/cup.jpg",
                "http://1.pictures.example/s320/cup.jpg",
            ),
            ("../../../s320/cup.jpg", "http://tea.example/s320/cup.jpg"),
            ("green_files/cup.jpg", "green_files/cup.jpg"),
            ("//cdn.example/x.png", "http://cdn.example/x.png"),
            ("mailto:ada@tea.example", "mailto:ada@tea.example"),
            ("#c42", "#c42"),
            ("./http://tea.example/x.html", "http://tea.example/x.html"),
            ("/search/label/Oolong", "http://tea.example/search/label/Oolong"),
            ("?m=1", "http://tea.example/2009/05/green.html?m=1"),
        ] {
            assert_eq!(a.original(link), original, "{link}");
        }
        assert_eq!(Addresses::default().original("black.html"), "black.html");
        assert_eq!(
            addresses("http://tea.example", false).original("a.html"),
            "http://tea.example/a.html"
        );
    }

    #[test]
    fn addresses_from_folders() {
        assert_eq!(
            from_path("old/tea.example/2009/05/green.html").as_deref(),
            Some("http://tea.example/2009/05/green.html")
        );
        assert_eq!(
            from_path("tea.example/index.html").as_deref(),
            Some("http://tea.example/")
        );
        assert_eq!(from_path("backup.old/green.html"), None);
        assert_eq!(from_path("pages/green.html"), None);
        assert_eq!(from_path("green.html"), None);
    }

    #[test]
    fn notes_of_tools() {
        let of = |text: &str| capture(&Html::parse_document(text), text);
        assert_eq!(
            of("<!-- saved from url=(0035)http://tea.example/2009/05/a.html --><p>")
                .url
                .as_deref(),
            Some("http://tea.example/2009/05/a.html")
        );
        let mirrored = of(
            "<!-- Mirrored from tea.example/a.html by HTTrack Website Copier/3.x [XR&CO'2014], Tue, 05 May 2009 10:00:00 GMT --><p>",
        );
        assert_eq!(mirrored.url.as_deref(), Some("http://tea.example/a.html"));
        assert_eq!(mirrored.at.unwrap().as_str(), "2009-05-05T10:00:00Z");
        let single = of(
            "<!--\n Page saved with SingleFile \n url: https://tea.example/a.html \n saved date: Tue May 05 2009 10:00:00 GMT+0200 (Central European Summer Time)\n--><p>",
        );
        assert_eq!(single.url.as_deref(), Some("https://tea.example/a.html"));
        assert_eq!(single.at.unwrap().as_str(), "2009-05-05T10:00:00+02:00");
        let wayback = of(
            "<script>__wm.wombat(\"http://tea.example/a.html\",\"20120304123456\",\"https://web.archive.org/\")</script><a href='https://web.archive.org/web/2012/x'>",
        );
        assert!(wayback.wayback);
        assert_eq!(wayback.url.as_deref(), Some("http://tea.example/a.html"));
        assert_eq!(wayback.at.unwrap().as_str(), "2012-03-04T12:34:56Z");
        let old = of(
            "<a href='http://web.archive.org/web/x'></a><!--\n FILE ARCHIVED ON 12:34:56 Mar 04, 2012 AND RETRIEVED FROM THE\n-->",
        );
        assert_eq!(old.at.unwrap().as_str(), "2012-03-04T12:34:56Z");
    }
}
