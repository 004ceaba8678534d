//! What a page tells about its blog and itself: Blogger's own data block, meta elements, links, the language.

use std::collections::BTreeMap;

use scraper::Html;

use super::capture::{self, Addresses, Capture, Url};
use super::outline::{Outline, raw_text, text};
use super::script::{blogger_data, holds, places};

/// How a page's own address is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AddressFrom {
    Canonical,
    OpenGraph,
    Data,
    Permalink,
    SavedFrom,
    Path,
    BaseUrl,
}

impl AddressFrom {
    /// As provenance says it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            AddressFrom::Canonical => "canonical link",
            AddressFrom::OpenGraph => "og:url",
            AddressFrom::Data => "the page's own data",
            AddressFrom::Permalink => "the post's permalink",
            AddressFrom::SavedFrom => "the saving tool's note",
            AddressFrom::Path => "its path",
            AddressFrom::BaseUrl => "--base-url",
        }
    }
}

/// What a page tells about its blog and itself.
#[derive(Debug, Default)]
pub(super) struct About {
    /// Blogger made the page.
    pub(super) blogger: bool,
    /// The platform, as far as the page names it.
    pub(super) platform: Option<&'static str>,
    pub(super) blog_id: Option<String>,
    pub(super) blog_title: Option<String>,
    pub(super) home: Option<String>,
    pub(super) feed: Option<String>,
    pub(super) language: Option<String>,
    /// Blogger's word for the kind of page: `item`, `static_page`, `archive`, `index`.
    pub(super) page_type: Option<String>,
    /// The page says that it shows one post and nothing else; so far WordPress's do.
    pub(super) one_post: bool,
    /// The page says that it shows a page of WordPress's, beside the posts.
    pub(super) static_page: bool,
    /// Number of the post that the page is about.
    pub(super) post_id: Option<String>,
    /// When the page says its article was published and changed, who wrote it and what it is called: what search
    /// engines and social networks are told.
    pub(super) published: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) author: Option<String>,
    pub(super) title: Option<String>,
    pub(super) addresses: Addresses,
    pub(super) address_from: Option<AddressFrom>,
}

/// Gathers what a page tells.
pub(super) fn about(
    page: &Html,
    outline: &Outline<'_>,
    source: &str,
    capture: &Capture,
    path: Option<&str>,
    base_url: Option<&str>,
) -> About {
    let metas = Metas::of(outline);
    let links = Links::of(outline);
    let data = blogger_data(source);
    let get = |name: &str| data.get(name).filter(|v| !v.is_empty()).cloned();
    let mut about = About::default();
    let generator = metas.get("generator").unwrap_or_default().to_ascii_lowercase();
    about.blogger = generator.starts_with("blogger")
        || !data.is_empty()
        || links.has("service.post", "blogger.com/feeds/")
        || links.has("service.post", "/feeds/")
        || holds(source, "blogger.com/static/")
        || holds(source, "blogger.com/post-edit.g?blogID=");
    about.platform = if about.blogger {
        Some("blogger")
    } else if generator.starts_with("wordpress") || holds(source, "/wp-content/") {
        Some("wordpress")
    } else if generator.contains("typepad") || holds(source, "typepad.com/") {
        Some("typepad")
    } else if generator.starts_with("movable type")
        || ["mt-comments.cgi", "mt-tb.cgi", "mtcmtauth", "/mt-static/"]
            .iter()
            .any(|mark| holds(source, mark))
    {
        Some("movabletype")
    } else {
        None
    };
    about.language = get("locale")
        .or_else(|| html_language(page))
        .or_else(|| metas.get("content-language").map(str::to_owned))
        .or_else(|| metas.get("og:locale").map(str::to_owned))
        .map(|l| language_tag(&l))
        .filter(|l| !l.is_empty());
    if about.blogger {
        about.blog_id = get("blogId")
            .or_else(|| metas.get("blogId").map(str::to_owned))
            .or_else(|| links.first("service.post").and_then(|href| between_feeds(&href)))
            .or_else(|| number_after(source, "blogID="))
            .or_else(|| number_after(source, "blogID\\x3d"));
    }
    about.page_type = get("pageType");
    about.post_id = get("postId").or_else(|| metas.get("postId").map(str::to_owned));
    if about.platform == Some("wordpress") {
        about.post_id = wordpress_number(page, &links);
        about.static_page = is_static_page(page);
        about.one_post = !about.static_page
            && (is_single(page)
                || metas.get("article:published_time").is_some()
                || links.first("shortlink").is_some_and(|href| href.contains("?p=")));
    }
    about.feed = links
        .typed("application/atom+xml")
        .or_else(|| links.typed("application/rss+xml"))
        .filter(|href| !href.contains("/comments/"));
    let meta = |name: &str| metas.get(name).map(str::to_owned);
    about.published = meta("article:published_time");
    about.modified = meta("article:modified_time");
    // Blogger's pages tell the title of the blog where a post has none.
    if !about.blogger {
        about.author = meta("author");
        about.title = meta("og:title").map(|t| unescape(&t));
    }

    let absolute = |url: &Option<String>| {
        url.as_deref()
            .map(|u| capture::without_wayback(u).unwrap_or(u))
            .filter(|u| u.starts_with("http"))
            .map(str::to_owned)
    };
    // Some themes print two canonical links, and the front page's is wrong.
    let canonicals: Vec<String> = links
        .all("canonical")
        .filter_map(|href| absolute(&Some(href)))
        .collect();
    let is_front = |url: &&String| Url::parse(url).is_none_or(|u| u.path.trim_matches('/').is_empty());
    let canonical = canonicals
        .iter()
        .find(|url| !is_front(url))
        .or(canonicals.first())
        .cloned();
    let found = [
        (canonical, AddressFrom::Canonical),
        (
            absolute(&metas.get("og:url").map(str::to_owned)),
            AddressFrom::OpenGraph,
        ),
        (absolute(&get("canonicalUrl").or_else(|| get("url"))), AddressFrom::Data),
        (capture.url.clone(), AddressFrom::SavedFrom),
        (path.and_then(capture::from_path), AddressFrom::Path),
        (base_url.map(|base| under_base(base, path)), AddressFrom::BaseUrl),
    ];
    for (url, from) in found {
        if let Some(url) = url {
            about.addresses.page = Some(url);
            about.address_from = Some(from);
            break;
        }
    }
    about.addresses.mirror = !capture.wayback;
    about.feed = about
        .feed
        .take()
        .map(|feed| about.addresses.original(&feed))
        .filter(|f| f.starts_with("http"));
    about.home = absolute(&get("homepageUrl").or_else(|| get("canonicalHomepageUrl"))).or_else(|| home(&about));
    about.blog_title = get("title")
        .or_else(|| metas.get("og:site_name").map(str::to_owned))
        .or_else(|| heading(outline))
        .map(|t| unescape(&t))
        .filter(|t| !t.is_empty());
    about
}

impl About {
    /// Whether a permalink in the page would tell its address better than what is known.
    pub(super) fn wants_permalink(&self) -> bool {
        !matches!(
            self.address_from,
            Some(AddressFrom::Canonical | AddressFrom::OpenGraph | AddressFrom::Data)
        )
    }

    /// Takes the permalink of the page's posts for its address (`only`: there is one post), or for its blog's.
    pub(super) fn learn_permalink(&mut self, permalink: &str, only: bool) {
        if only {
            self.addresses.page = Some(permalink.to_owned());
            self.address_from = Some(AddressFrom::Permalink);
        }
        if self.home.is_none() || only {
            self.home = Url::parse(permalink).map(|url| format!("{}://{}/", url.scheme, url.host));
        }
    }
}

/// The front page of a blog whose pages' address is known: its host, and for hosts that hold many blogs nothing more
/// can be told.
fn home(about: &About) -> Option<String> {
    let page = about.addresses.page.as_deref()?;
    let url = Url::parse(page)?;
    // TypePad and Movable Type keep several blogs on a host, each with its feed at its own root.
    let feed = about
        .feed
        .as_deref()
        .filter(|_| matches!(about.platform, Some("typepad" | "movabletype")));
    if let Some((root, "atom.xml" | "rss.xml" | "index.rdf" | "index.xml")) = feed.and_then(|f| f.rsplit_once('/'))
        && page.starts_with(root)
    {
        return Some(format!("{root}/"));
    }
    Some(format!("{}://{}/", url.scheme, url.host))
}

fn under_base(base: &str, path: Option<&str>) -> String {
    let base = base.trim_end_matches('/');
    // The tail of the path that looks like a blog's own (`2009/05/tea.html`).
    let tail = path.and_then(|path| {
        let parts: Vec<&str> = path.split(['/', '\\']).collect();
        let is_number = |part: &str, digits: usize| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        let month = parts
            .windows(2)
            .position(|pair| matches!(pair, [year, month] if is_number(year, 4) && is_number(month, 2)));
        // Movable Type's pages lie in one folder, by number.
        let numbered = parts.windows(2).position(
            |pair| matches!(pair, ["archives", file] if file.split_once('.').is_some_and(|(n, _)| is_number(n, 6))),
        );
        Some(parts.get(month.or(numbered)?..)?.join("/"))
    });
    format!("{base}/{}", tail.unwrap_or_default())
}

fn heading(outline: &Outline<'_>) -> Option<String> {
    let mut candidates = outline
        .tagged("h1")
        .chain(outline.tagged("p"))
        .chain(outline.tagged("div"));
    let own = |e: &scraper::ElementRef<'_>| {
        e.value().id() == Some("blog-title")
            || e.value()
                .has_class("blog-title", scraper::CaseSensitivity::CaseSensitive)
            || e.value()
                .has_class("site-title", scraper::CaseSensitivity::CaseSensitive)
            || e.value()
                .has_class("wp-block-site-title", scraper::CaseSensitivity::CaseSensitive)
            || (e.value().has_class("title", scraper::CaseSensitivity::CaseSensitive)
                && e.ancestors().filter_map(scraper::ElementRef::wrap).any(|a| {
                    a.value()
                        .id()
                        .is_some_and(|id| id.eq_ignore_ascii_case("header") || id.starts_with("Header"))
                }))
    };
    let found = candidates.find(own).map(|e| text(e, &|_| false));
    found.or_else(|| {
        // Classic templates: the only h1 stands in the header.
        outline
            .tagged("h1")
            .find(|e| {
                e.ancestors().filter_map(scraper::ElementRef::wrap).any(|a| {
                    a.value()
                        .id()
                        .is_some_and(|id| id.to_ascii_lowercase().contains("header"))
                })
            })
            .map(|e| text(e, &|_| false))
    })
}

fn body_of(page: &Html) -> Option<scraper::ElementRef<'_>> {
    let root = page.tree.root().children().find_map(scraper::ElementRef::wrap)?;
    root.child_elements().find(|e| e.value().name() == "body")
}

/// Whether WordPress says in the body's classes that the page is a post's own.
fn is_single(page: &Html) -> bool {
    body_of(page).is_some_and(|body| {
        body.value()
            .classes()
            .any(|class| matches!(class, "single" | "single-post") || class.starts_with("postid-"))
    })
}

fn is_static_page(page: &Html) -> bool {
    body_of(page).is_some_and(|body| body.value().classes().any(|class| class.starts_with("page-id-")))
}

/// The number of a WordPress post on its own page: in the body's classes (`postid-12`) or the short link (`?p=12`).
fn wordpress_number(page: &Html, links: &Links) -> Option<String> {
    let body = body_of(page)?;
    let number = |text: &str| (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned());
    let of_class = body.value().classes().find_map(|class| {
        class
            .strip_prefix("postid-")
            .or_else(|| class.strip_prefix("page-id-"))
            .and_then(number)
    });
    of_class.or_else(|| {
        links
            .first("shortlink")
            .and_then(|href| href.rsplit_once("?p=").and_then(|(_, n)| number(n)))
    })
}

fn html_language(page: &Html) -> Option<String> {
    let root = page.tree.root().children().find_map(scraper::ElementRef::wrap)?;
    root.attr("lang").or_else(|| root.attr("xml:lang")).map(str::to_owned)
}

/// A language as BCP 47 writes it: Blogger and Open Graph write `pt_BR`, Blogger keeps codes of before 1989.
fn language_tag(text: &str) -> String {
    let tag = text.trim().replace('_', "-");
    let (primary, rest) = match tag.split_once('-') {
        Some((primary, rest)) => (primary, format!("-{rest}")),
        None => (tag.as_str(), String::new()),
    };
    let primary = primary.to_ascii_lowercase();
    let primary = match primary.as_str() {
        "in" => "id",
        "iw" => "he",
        "ji" => "yi",
        other => other,
    };
    let plausible = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic());
    let rest_plausible = rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if plausible && rest_plausible {
        format!("{primary}{rest}")
    } else {
        String::new()
    }
}

fn between_feeds(href: &str) -> Option<String> {
    let (_, rest) = href.split_once("/feeds/")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (digits.len() > 3).then_some(digits)
}

/// The digits after the first occurrence of a marker that digits follow.
fn number_after(source: &str, marker: &str) -> Option<String> {
    places(source, marker).find_map(|at| {
        let rest = source.get(at + marker.len()..)?;
        let digits: String = rest.chars().take(24).take_while(char::is_ascii_digit).collect();
        (digits.len() > 3).then_some(digits)
    })
}

/// The page's meta elements by name, property or itemprop; the first of a name counts.
struct Metas(BTreeMap<String, String>);

impl Metas {
    fn of(outline: &Outline<'_>) -> Metas {
        let mut metas = BTreeMap::new();
        for meta in outline.tagged("meta") {
            let Some(content) = meta.attr("content") else {
                continue;
            };
            for name in ["name", "property", "itemprop", "http-equiv"] {
                if let Some(name) = meta.attr(name) {
                    let key = if name.eq_ignore_ascii_case("generator") || name.eq_ignore_ascii_case("content-language")
                    {
                        name.to_ascii_lowercase()
                    } else {
                        name.to_owned()
                    };
                    metas.entry(key).or_insert_with(|| content.trim().to_owned());
                }
            }
        }
        Metas(metas)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }
}

/// The page's link elements.
struct Links(Vec<(String, String, String)>);

impl Links {
    fn of(outline: &Outline<'_>) -> Links {
        Links(
            outline
                .tagged("link")
                .filter_map(|link| {
                    let href = link.attr("href")?.trim().to_owned();
                    let part = |name| link.attr(name).unwrap_or_default().to_ascii_lowercase();
                    Some((part("rel"), part("type"), href))
                })
                .collect(),
        )
    }

    fn all<'l>(&'l self, rel: &'l str) -> impl Iterator<Item = String> + 'l {
        self.0
            .iter()
            .filter(move |(r, _, _)| r == rel)
            .map(|(_, _, href)| href.clone())
    }

    fn first(&self, rel: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(r, _, _)| r == rel)
            .map(|(_, _, href)| href.clone())
    }

    fn has(&self, rel: &str, part: &str) -> bool {
        self.0.iter().any(|(r, _, href)| r == rel && href.contains(part))
    }

    fn typed(&self, mime: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(rel, t, _)| rel == "alternate" && t == mime)
            .map(|(_, _, href)| href.clone())
    }
}

/// Text in which a template wrote entities twice (`Tom &amp;amp; Ada`).
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.trim().to_owned();
    }
    let fragment = Html::parse_fragment(text);
    raw_text(fragment.root_element()).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        for (text, tag) in [
            ("pt_BR", "pt-BR"),
            ("iw", "he"),
            ("in", "id"),
            ("EN", "en"),
            ("zh-Hant-TW", "zh-Hant-TW"),
            ("<x>", ""),
        ] {
            assert_eq!(language_tag(text), tag);
        }
    }

    #[test]
    fn a_base_address_takes_the_paths_own_tail() {
        assert_eq!(
            under_base("http://tea.example/", Some("x/2009/05/green.html")),
            "http://tea.example/2009/05/green.html"
        );
        assert_eq!(
            under_base("http://tea.example/", Some("archives/2009/05/green.html")),
            "http://tea.example/2009/05/green.html"
        );
        assert_eq!(
            under_base("http://tea.example/", Some("x/archives/000174.html")),
            "http://tea.example/archives/000174.html"
        );
        assert_eq!(
            under_base("http://tea.example", Some("x/green.html")),
            "http://tea.example/"
        );
    }
}
