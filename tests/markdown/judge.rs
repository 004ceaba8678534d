//! What a reader sees: the words, symbols, links, pictures and code of a piece of HTML, for comparing a fragment with the
//! Markdown made of it, rendered back.

use comrak::{Options, markdown_to_html};
use ego_tree::iter::Edge;
use scraper::{Html, Node};

/// What is seen, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) tokens: Vec<String>,
    pub(crate) lines: Vec<String>,
    pub(crate) links: Vec<String>,
    /// Links with links in them, which may or may not be said.
    pub(crate) outer_links: Vec<String>,
    pub(crate) images: Vec<(String, String)>,
    pub(crate) embeds: Vec<String>,
    pub(crate) code: Vec<String>,
}

const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "canvas",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
    "caption",
    "td",
    "th",
    "listing",
    "xmp",
];
const UNSEEN: &[&str] = &[
    "script", "style", "template", "head", "title", "noscript", "iframe", "object", "embed", "video", "audio",
    "canvas", "map", "datalist", "noembed", "noframes",
];
const PREFORMATTED: &[&str] = &["pre", "listing", "xmp", "textarea"];

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || c.is_control() && !c.is_whitespace()
}

/// Looks at a piece of HTML.
pub(crate) fn see(html: &str) -> Seen {
    let document = Html::parse_fragment(html);
    let mut seen = Seen::default();
    let mut text = String::new();
    let mut pre: Vec<usize> = Vec::new();
    let mut links: Vec<(usize, usize)> = Vec::new();
    let mut unseen = 0_usize;
    let mut last_link = 0;
    for edge in document.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(piece) if unseen == 0 => {
                    if pre.is_empty() {
                        let mut space = false;
                        for c in piece.chars() {
                            if c.is_ascii_whitespace() {
                                space = true;
                            } else {
                                if std::mem::take(&mut space) {
                                    text.push(' ');
                                }
                                text.push(c);
                            }
                        }
                        if space {
                            text.push(' ');
                        }
                    } else {
                        text.push_str(piece);
                    }
                }
                Node::Element(element) => {
                    let name = element.name();
                    let style = element
                        .attr("style")
                        .unwrap_or("")
                        .replace(' ', "")
                        .to_ascii_lowercase();
                    if unseen > 0 {
                        unseen += 1;
                        continue;
                    }
                    let embedded = match name {
                        "iframe" | "embed" | "video" | "audio" => element.attr("src"),
                        "object" => element.attr("data"),
                        _ => None,
                    };
                    if embedded.is_some() && pre.is_empty() {
                        text.push('\n');
                    }
                    seen.embeds
                        .extend(embedded.filter(|src| !src.is_empty()).map(str::to_owned));
                    if UNSEEN.contains(&name) || style.contains("display:none") || element.attr("hidden").is_some() {
                        unseen = 1;
                        continue;
                    }
                    if name == "img"
                        && let Some(src) = element.attr("src").filter(|src| !src.is_empty())
                    {
                        let alt: String = element
                            .attr("alt")
                            .unwrap_or("")
                            .chars()
                            .filter(|c| !is_invisible(*c))
                            .collect();
                        seen.images
                            .push((address(src), alt.split_whitespace().collect::<Vec<_>>().join(" ")));
                    }
                    if name == "q" {
                        text.push('"');
                    }
                    if name == "a" {
                        links.push((text.len(), seen.images.len()));
                    }
                    if BLOCKS.contains(&name)
                        && (name == "br" || pre.last().is_none_or(|start| !at_line_start(&text, *start)))
                    {
                        text.push('\n');
                    }
                    if PREFORMATTED.contains(&name) {
                        pre.push(text.len());
                    }
                }
                _ => {}
            },
            Edge::Close(node) => {
                let Node::Element(element) = node.value() else { continue };
                if unseen > 0 {
                    unseen -= 1;
                    continue;
                }
                let name = element.name();
                if PREFORMATTED.contains(&name)
                    && let Some(start) = pre.pop()
                {
                    // Of nested ones, the outermost.
                    let code = text.get(start..).unwrap().trim_matches('\n').to_owned();
                    if code.chars().any(|c| !c.is_whitespace() && !is_invisible(c)) && pre.is_empty() {
                        seen.code.push(code);
                    }
                }
                if name == "q" {
                    text.push('"');
                }
                if name == "a"
                    && let Some((start, images)) = links.pop()
                    && let Some(href) = element.attr("href").map(str::trim).filter(|href| !href.is_empty())
                {
                    let visible = text
                        .get(start..)
                        .unwrap()
                        .chars()
                        .any(|c| !c.is_whitespace() && !is_invisible(c));
                    if (visible || seen.images.len() > images) && !href.starts_with("javascript:") {
                        // Of links in links (which tables make possible), the innermost.
                        if start >= last_link {
                            seen.links.push(address(href));
                        } else {
                            seen.outer_links.push(address(href));
                        }
                        last_link = text.len();
                    }
                }
                let in_pre = pre.last().is_some_and(|start| at_line_start(&text, *start));
                if BLOCKS.contains(&name) && name != "br" && name != "hr" && !in_pre {
                    text.push('\n');
                }
            }
        }
    }
    let text: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    seen.tokens = tokens(&text);
    seen.lines = text
        .split('\n')
        .map(|line| line.chars().filter(|c| !c.is_whitespace()).collect::<String>())
        .filter(|line| !line.is_empty())
        .collect();
    seen
}

fn at_line_start(text: &str, from: usize) -> bool {
    text.len() == from || text.ends_with('\n')
}

/// Words, and every symbol by itself; scripts without spaces are taken a character at a time.
fn tokens(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        let alone = matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
        if c.is_alphanumeric() && !alone {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if !c.is_whitespace() {
            all.push(c.to_string());
        }
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

/// An address as it is compared: percent-encoding undone.
fn address(raw: &str) -> String {
    let mut bytes = Vec::new();
    let cleaned: String = raw
        .trim()
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let mut rest = cleaned.as_bytes();
    while let [first, after @ ..] = rest {
        if let [b'%', high, low, tail @ ..] = rest
            && let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16))
        {
            bytes.push((high * 16 + low) as u8);
            rest = tail;
            continue;
        }
        bytes.push(*first);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Renders Markdown as GitHub does, raw HTML included.
pub(crate) fn render(markdown: &str) -> String {
    render_with(markdown, true)
}

/// Renders Markdown with or without the raw HTML in it.
pub(crate) fn render_with(markdown: &str, raw_html: bool) -> String {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.render.r#unsafe = raw_html;
    markdown_to_html(markdown, &options)
}

/// What differs between a fragment and the Markdown made of it; nothing where nothing was lost or added.
pub(crate) fn differences(fragment: &str, markdown: &str) -> Vec<String> {
    let source = see(fragment);
    let result = see(&render(markdown));
    let mut found = Vec::new();
    if source.tokens != result.tokens {
        let at = source
            .tokens
            .iter()
            .zip(&result.tokens)
            .take_while(|(a, b)| a == b)
            .count();
        let near = |tokens: &[String]| {
            tokens
                .iter()
                .skip(at.saturating_sub(2))
                .take(6)
                .cloned()
                .collect::<Vec<_>>()
                .join(" ")
        };
        found.push(format!(
            "words: source «{}», result «{}»",
            near(&source.tokens),
            near(&result.tokens)
        ));
    }
    let mut extra = result.links.clone();
    let mut lost = Vec::new();
    for link in &source.links {
        match extra.iter().position(|other| other == link) {
            Some(at) => {
                extra.remove(at);
            }
            None => lost.push(link.clone()),
        }
    }
    // A bare address in the text is made a link by GFM itself.
    let text = source.lines.join("\n");
    extra.retain(|link| !source.outer_links.contains(link));
    let decoded: String = address(&text).chars().filter(|c| !is_invisible(*c)).collect();
    extra.retain(|link| {
        let link: String = link
            .chars()
            .filter(|c| !is_invisible(*c) && !c.is_whitespace())
            .collect();
        let bare = link.trim_start_matches("http://").trim_start_matches("mailto:");
        let is_written = text.contains(&link.replace(char::is_whitespace, "")) || decoded.contains(&*link);
        let is_bare = bare.contains(['@', '/', '?', '#']) && text.contains(bare);
        !(is_written || is_bare)
    });
    if !lost.is_empty() || !extra.is_empty() {
        found.push(format!("links: lost {lost:?}, added {extra:?}"));
    }
    // What an `<object>` plays is named by its content, and is an embed of its own in the result.
    let missing: Vec<_> = source
        .embeds
        .iter()
        .filter(|one| !result.embeds.contains(one))
        .collect();
    if !missing.is_empty() {
        found.push(format!("embeds: lost {missing:?}"));
    }
    if source.code != result.code {
        found.push(format!("code: source {:?}, result {:?}", source.code, result.code));
    }
    if source.images != result.images {
        found.push(format!(
            "pictures: source {:?}, result {:?}",
            source.images, result.images
        ));
    }
    if source.lines != result.lines {
        let at = source
            .lines
            .iter()
            .zip(&result.lines)
            .take_while(|(a, b)| a == b)
            .count();
        found.push(format!(
            "lines: source {:?}, result {:?}",
            source.lines.get(at),
            result.lines.get(at)
        ));
    }
    found
}
