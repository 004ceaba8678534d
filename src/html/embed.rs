//! Things that play or load from elsewhere, and whose they are.

use super::tags::Tag;
use super::tree::{Node, NodeId, Step, Tree};

/// A video, a sound, a map, a game: what an element embeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Embed {
    /// A YouTube video: its id, and the second it starts at.
    YouTube { id: String, start: Option<u32> },
    /// A Vimeo video: its number.
    Vimeo { id: String },
    /// A video kept by Blogger itself, which has an id and no lasting address.
    BloggerVideo { id: String },
    /// A gist on GitHub: the address of its page, without scheme (`gist.github.com/user/id`).
    Gist { page: String },
    /// Anything else: its address.
    Other { address: String },
}

impl Embed {
    /// The address a person would open.
    pub(crate) fn page(&self) -> Option<String> {
        Some(match self {
            Embed::YouTube { id, start: Some(start) } => format!("https://www.youtube.com/watch?v={id}&t={start}s"),
            Embed::YouTube { id, start: None } => format!("https://www.youtube.com/watch?v={id}"),
            Embed::Vimeo { id } => format!("https://vimeo.com/{id}"),
            Embed::Gist { page } => format!("https://{page}"),
            Embed::Other { address } if address.starts_with("//") => format!("https:{address}"),
            Embed::Other { address } => address.clone(),
            Embed::BloggerVideo { .. } => return None,
        })
    }
}

/// What an address embeds.
pub(crate) fn embed_of(address: &str) -> Embed {
    let address = super::address::cleaned(address);
    youtube(&address)
        .or_else(|| vimeo(&address))
        .unwrap_or_else(|| Embed::Other {
            address: address.clone().into_owned(),
        })
}

/// Host without `www.` in lower case, path and query (also one that starts at the first `&`, as old embed codes have it).
fn parts(address: &str) -> Option<(String, &str, &str)> {
    let rest = address
        .strip_prefix("//")
        .or_else(|| address.split_once("://").map(|(_, rest)| rest))?;
    let (host, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (path, query) = match rest.find(['?', '&', '#']) {
        Some(at) => (rest.get(..at).unwrap_or(""), rest.get(at + 1..).unwrap_or("")),
        None => (rest, ""),
    };
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").map(str::to_owned).unwrap_or(host);
    Some((host, path, query))
}

fn query_value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split(['&', '?', '#'])
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn youtube(address: &str) -> Option<Embed> {
    let (host, path, query) = parts(address)?;
    let id = match host.as_str() {
        "youtube.com" | "youtube-nocookie.com" | "m.youtube.com" => {
            let path = path.trim_start_matches('/');
            match path.split_once('/') {
                Some(("v" | "embed" | "e" | "shorts", id)) => id,
                _ if path == "watch" => query_value(query, "v")?,
                _ => return None,
            }
        }
        "youtu.be" => path.trim_start_matches('/'),
        _ => return None,
    };
    let id = id.split('/').next().unwrap_or("");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if id.is_empty() || id == "videoseries" || !id.chars().all(plain) {
        return None;
    }
    let start = query_value(query, "start").or_else(|| query_value(query, "t"));
    let start = start
        .and_then(|value| value.trim_end_matches('s').parse().ok())
        .filter(|second| *second > 0);
    Some(Embed::YouTube {
        id: id.to_owned(),
        start,
    })
}

fn vimeo(address: &str) -> Option<Embed> {
    let (host, path, query) = parts(address)?;
    let id = match host.as_str() {
        "vimeo.com" if path.starts_with("/moogaloop") => query_value(query, "clip_id")?,
        "vimeo.com" => path.trim_start_matches('/'),
        "player.vimeo.com" => path.strip_prefix("/video/")?,
        _ => return None,
    };
    let id = id.split('/').next().unwrap_or("");
    (!id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())).then(|| Embed::Vimeo { id: id.to_owned() })
}

/// The gist that a `<script>` shows.
pub(crate) fn gist_of(node: &Node<'_>) -> Option<String> {
    let address = super::address::cleaned(node.attribute("src")?);
    let rest = address
        .strip_prefix("//")
        .or_else(|| address.split_once("://").map(|(_, rest)| rest))?;
    let rest = rest.split(['?', '#']).next().unwrap_or("");
    if !rest.starts_with("gist.github.com/") {
        return None;
    }
    Some(
        rest.strip_suffix(".js")
            .or_else(|| rest.strip_suffix(".json"))
            .unwrap_or(rest)
            .to_owned(),
    )
}

/// What an element embeds; nothing where it names no address.
pub(crate) fn embed_in(tree: &Tree<'_>, id: NodeId) -> Option<Embed> {
    let node = tree.node(id);
    let address = |name: &str| node.attribute(name).map(str::trim).filter(|value| !value.is_empty());
    match node.tag() {
        Tag::Script => gist_of(node).map(|page| Embed::Gist { page }),
        Tag::Object => {
            if let Some(video) = blogger_video(node) {
                return Some(video);
            }
            let mut found = address("data").map(str::to_owned);
            for step in tree.walk(id) {
                let Step::Enter(inner) = step else { continue };
                let inner = tree.node(inner);
                let value = match inner.tag() {
                    Tag::Embed | Tag::Iframe => inner.attribute("src"),
                    Tag::Object => inner.attribute("data"),
                    _ if inner.attribute("name").is_some_and(|name| {
                        ["movie", "src", "url", "filename"]
                            .iter()
                            .any(|known| name.eq_ignore_ascii_case(known))
                    }) =>
                    {
                        inner.attribute("value")
                    }
                    _ => None,
                };
                if found.is_none() {
                    found = value
                        .map(str::trim)
                        .filter(|value| !value.is_empty())
                        .map(str::to_owned);
                }
            }
            found.map(|address| embed_of(&address))
        }
        Tag::Audio | Tag::Video => address("src")
            .or_else(|| {
                tree.children(id)
                    .find_map(|child| tree.node(child).attribute("src").filter(|src| !src.is_empty()))
            })
            .map(|address| Embed::Other {
                address: super::address::cleaned(address).into_owned(),
            }),
        _ => address("src").or_else(|| address("data-src")).map(embed_of),
    }
}

fn blogger_video(node: &Node<'_>) -> Option<Embed> {
    let class = node.has_class("BLOG_video_class");
    let id = node
        .attribute("contentid")
        .or_else(|| node.attribute("id")?.strip_prefix("BLOG_video-"));
    match id {
        Some(id) if class || node.attribute("contentid").is_some() || !id.is_empty() => {
            Some(Embed::BloggerVideo { id: id.to_owned() })
        }
        _ => None,
    }
}
