//! An item as its fields, by the names WordPress gives them (`wp:post_id`), whatever prefix the file uses.

use std::borrow::Cow;

use memchr::memmem;

use super::Declared;
use crate::read::xml::{self, Event, Fault, Ns, Walker, decode};

/// A group of fields: an author, a term, a comment, an item.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(pub(super) Vec<(Cow<'static, str>, String)>);

impl Fields {
    /// The value of a field; empty where it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    pub(super) fn take(&mut self, name: &str) -> String {
        let found = self.0.iter_mut().find(|(n, _)| n == name);
        found.map(|(_, v)| std::mem::take(v)).unwrap_or_default()
    }
}

/// A term of an item.
#[derive(Clone, Debug, Default)]
pub(super) struct ItemTerm {
    pub(super) domain: String,
    pub(super) nicename: String,
    pub(super) name: String,
}

/// A group of fields with hidden fields: a comment of an item, a term of the head.
#[derive(Clone, Debug, Default)]
pub(super) struct WithMetas {
    pub(super) fields: Fields,
    pub(super) metas: Vec<(String, String)>,
}

/// An item as it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    pub(super) fields: Fields,
    pub(super) terms: Vec<ItemTerm>,
    pub(super) metas: Vec<(String, String)>,
    pub(super) comments: Vec<WithMetas>,
}

impl Item {
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.get(name)
    }
}

/// The name WordPress gives an element, whatever prefix the file has for it.
pub(super) fn customary(ns: Ns, name: &str) -> Cow<'static, str> {
    if let Some(usual) = usual_name(ns, name) {
        return Cow::Borrowed(usual);
    }
    let prefix = match ns {
        Ns::Wp => "wp:",
        Ns::Content => "content:",
        Ns::Excerpt => "excerpt:",
        Ns::Dc => "dc:",
        Ns::None => "",
        _ => "other:",
    };
    Cow::Owned(format!("{prefix}{name}"))
}

/// The same for the names that WordPress's exporter writes into items; they ask for no memory.
fn usual_name(ns: Ns, name: &str) -> Option<&'static str> {
    macro_rules! with_prefix {
        ($prefix:literal, $($local:literal)|+) => {
            match name {
                $($local => Some(concat!($prefix, $local)),)+
                _ => None,
            }
        };
    }
    match ns {
        Ns::None => with_prefix!(
            "",
            "item" | "title" | "link" | "pubDate" | "guid" | "description" | "category"
        ),
        Ns::Content => with_prefix!("content:", "encoded"),
        Ns::Excerpt => with_prefix!("excerpt:", "encoded"),
        Ns::Dc => with_prefix!("dc:", "creator"),
        Ns::Wp => with_prefix!(
            "wp:",
            "post_id"
                | "post_date"
                | "post_date_gmt"
                | "post_modified"
                | "post_modified_gmt"
                | "comment_status"
                | "ping_status"
                | "post_name"
                | "status"
                | "post_parent"
                | "menu_order"
                | "post_type"
                | "post_password"
                | "is_sticky"
                | "attachment_url"
                | "postmeta"
                | "commentmeta"
                | "meta_key"
                | "meta_value"
                | "comment"
                | "comment_id"
                | "comment_author"
                | "comment_author_email"
                | "comment_author_url"
                | "comment_author_IP"
                | "comment_date"
                | "comment_date_gmt"
                | "comment_content"
                | "comment_approved"
                | "comment_type"
                | "comment_parent"
                | "comment_user_id"
        ),
        _ => None,
    }
}

/// Reads an item. Where it is not well-formed, its fields are cut out by their names, and what is wrong is told.
pub(super) fn item(bytes: &[u8], namespaces: &Declared) -> (Item, Option<String>) {
    let (text, bad) = xml::utf8(bytes);
    let padded = is_padded(&text);
    let mut walker = Walker::new(&text, 0, namespaces);
    let strict = walk(&mut walker);
    let tolerated = walker.tolerated().map(str::to_owned);
    let (mut item, fault) = match strict {
        Ok(item) => (item, tolerated),
        Err(fault) => (
            cut_out(&text),
            Some(format!("{}; the item was read by the names of its fields", fault.what)),
        ),
    };
    let fault = fault.or_else(|| bad.map(|_| "bytes that are no text stand replaced by U+FFFD".to_owned()));
    if padded {
        trim_all(&mut item);
    }
    (item, fault)
}

/// Whether somebody pretty-printed the file: white space between a tag and its CDATA, which is nothing of the value.
fn is_padded(text: &str) -> bool {
    ["content:encoded>", "wp:post_name>", "wp:status>"].iter().any(|tag| {
        memmem::find(text.as_bytes(), tag.as_bytes()).is_some_and(|at| {
            let value = text.get(at + tag.len()..).unwrap_or_default();
            value.starts_with(['\n', '\r', ' ', '\t']) && value.trim_start().starts_with("<![CDATA[")
        })
    })
}

fn trim_all(item: &mut Item) {
    let of_comments = item.comments.iter_mut();
    let (fields, metas): (Vec<_>, Vec<_>) = of_comments.map(|c| (&mut c.fields, &mut c.metas)).unzip();
    for (_, value) in fields.into_iter().chain([&mut item.fields]).flat_map(|f| &mut f.0) {
        trim(value);
    }
    for (key, value) in metas.into_iter().chain([&mut item.metas]).flatten() {
        trim(key);
        trim(value);
    }
    for term in &mut item.terms {
        trim(&mut term.name);
    }
}

fn trim(value: &mut String) {
    let kept = value.trim();
    if kept.len() != value.len() {
        *value = kept.to_owned();
    }
}

fn walk(walker: &mut Walker<'_>) -> Result<Item, Fault> {
    let mut item = Item::default();
    while let Some(event) = walker.next_event()? {
        let Event::Start { ns, name, attributes } = event else {
            continue;
        };
        let name = customary(ns, &name);
        match &*name {
            "item" | "wp:comments" => {}
            "category" => {
                let domain = attributes.owned("domain").unwrap_or_default();
                let nicename = attributes.owned("nicename").unwrap_or_default();
                item.terms.push(ItemTerm {
                    domain,
                    nicename,
                    name: walker.text()?.into_owned(),
                });
            }
            "wp:postmeta" => item.metas.push(meta(group(walker)?)),
            "wp:comment" => item.comments.push(with_metas(walker, "wp:commentmeta")?),
            _ => {
                let value = walker.text()?.into_owned();
                item.fields.0.push((name, value));
            }
        }
    }
    if walker.depth() > 0 {
        return Err(Fault {
            offset: 0,
            what: "an element is not closed".to_owned(),
        });
    }
    Ok(item)
}

/// The fields of the element that just began.
pub(super) fn group(walker: &mut Walker<'_>) -> Result<Fields, Fault> {
    let depth = walker.depth();
    let mut fields = Fields::default();
    while walker.depth() >= depth {
        match walker.next_event()? {
            Some(Event::Start { ns, name, .. }) => {
                let name = customary(ns, &name);
                let value = walker.text()?.into_owned();
                fields.0.push((name, value));
            }
            Some(_) => {}
            None => break,
        }
    }
    Ok(fields)
}

/// The fields of the element that just began, and its hidden fields, which stand in elements of this name.
pub(super) fn with_metas(walker: &mut Walker<'_>, element: &str) -> Result<WithMetas, Fault> {
    let depth = walker.depth();
    let mut found = WithMetas::default();
    while walker.depth() >= depth {
        match walker.next_event()? {
            Some(Event::Start { ns, name, .. }) => match customary(ns, &name) {
                name if name == element => found.metas.push(meta(group(walker)?)),
                name => {
                    let value = walker.text()?.into_owned();
                    found.fields.0.push((name, value));
                }
            },
            Some(_) => {}
            None => break,
        }
    }
    Ok(found)
}

fn meta(mut fields: Fields) -> (String, String) {
    (fields.take("wp:meta_key"), fields.take("wp:meta_value"))
}

/// The fields of an item that is not well-formed: each from its start tag to the next end tag of its name. It takes
/// the prefixes that WordPress's own exporter writes.
fn cut_out(text: &str) -> Item {
    let mut item = Item::default();
    let mut rest = text;
    while let Some((name, attributes, value, behind)) = next_field(rest) {
        rest = behind;
        match name {
            "category" => item.terms.push(ItemTerm {
                domain: attribute(attributes, "domain"),
                nicename: attribute(attributes, "nicename"),
                name: plain_value(value),
            }),
            "wp:postmeta" => item.metas.push(meta(cut_out_group(value))),
            "wp:comment" => {
                let mut comment = WithMetas::default();
                let mut inner = value;
                while let Some((name, _, value, behind)) = next_field(inner) {
                    inner = behind;
                    if name == "wp:commentmeta" {
                        comment.metas.push(meta(cut_out_group(value)));
                    } else {
                        comment.fields.0.push((name.to_owned().into(), plain_value(value)));
                    }
                }
                item.comments.push(comment);
            }
            name => item.fields.0.push((name.to_owned().into(), plain_value(value))),
        }
    }
    item
}

fn cut_out_group(text: &str) -> Fields {
    let mut fields = Fields::default();
    let mut rest = text;
    while let Some((name, _, value, behind)) = next_field(rest) {
        rest = behind;
        fields.0.push((name.to_owned().into(), plain_value(value)));
    }
    fields
}

/// The next element that WordPress's exporter writes: its name, attributes, raw value, and what stands behind it.
fn next_field(text: &str) -> Option<(&str, &str, &str, &str)> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.find('<')? + 1;
        let tag = text.get(at..)?;
        let length = tag
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-'))
            .count();
        let name = tag.get(..length)?;
        let is_known = ["wp:", "content:", "excerpt:", "dc:"]
            .iter()
            .any(|p| name.starts_with(p))
            || matches!(name, "title" | "link" | "pubDate" | "guid" | "description" | "category");
        if !is_known || name == "wp:comments" {
            continue;
        }
        let close = tag.find('>')?;
        let attributes = tag.get(length..close)?;
        let inner = tag.get(close + 1..)?;
        if attributes.ends_with('/') {
            return Some((name, attributes, "", inner));
        }
        let end_tag = format!("</{name}>");
        let end = memmem::find(inner.as_bytes(), end_tag.as_bytes());
        let (value, behind) = match end {
            Some(end) => (inner.get(..end)?, inner.get(end + end_tag.len()..)?),
            None => (inner, ""),
        };
        return Some((name, attributes, value, behind));
    }
}

fn attribute(attributes: &str, name: &str) -> String {
    let value = attributes.split_once(&format!("{name}=")).map_or("", |(_, rest)| rest);
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let value = quote.and_then(|q| value.get(1..)?.split(q).next()).unwrap_or_default();
    decode(value).text.into_owned()
}

/// A raw value decoded: the outer CDATA taken off, or references decoded.
fn plain_value(raw: &str) -> String {
    let trimmed = raw.trim();
    let Some(inner) = trimmed.strip_prefix("<![CDATA[") else {
        return decode(raw).text.into_owned();
    };
    let inner = inner.strip_suffix("]]>").unwrap_or(inner);
    let joined = inner.replace("]]]]><![CDATA[>", "]]>");
    joined.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_are_those_of_any_other() {
        assert_eq!(customary(Ns::Wp, "post_id"), "wp:post_id");
        assert_eq!(customary(Ns::Wp, "own_field"), "wp:own_field");
        assert_eq!(customary(Ns::Content, "encoded"), "content:encoded");
        assert_eq!(customary(Ns::Excerpt, "encoded"), "excerpt:encoded");
        assert_eq!(customary(Ns::Dc, "encoded"), "dc:encoded");
        assert_eq!(customary(Ns::None, "title"), "title");
        assert_eq!(customary(Ns::Other, "title"), "other:title");
    }

    #[test]
    fn a_value_is_its_cdata_and_what_stands_around_it() {
        let text = "<item><title><![CDATA[a\r\nb]]></title><link><![CDATA[]]></link><guid><![CDATA[c]]>d</guid>\
                    <description><![CDATA[e]]]]><![CDATA[>f]]></description></item>";
        let (item, fault) = item(text.as_bytes(), &Declared::default());
        assert_eq!(fault, None);
        let values: Vec<&str> = item.fields.0.iter().map(|(_, value)| &**value).collect();
        assert_eq!(values, ["a\nb", "", "cd", "e]]>f"]);
    }
}
