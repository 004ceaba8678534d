//! An item as its fields, by the names WordPress gives them (`wp:post_id`), whatever prefix the file uses.

use std::borrow::Cow;

use memchr::memmem;

use super::scan::Scanned;
use super::{Declared, salvage, scan};
use crate::read::xml::{Event, Fault, Ns, Walker};

/// A group of fields: an author, a term, a comment, an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields<'a>(pub(super) Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Fields<'a> {
    /// The value of a field; empty where it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    pub(super) fn take(&mut self, name: &str) -> Cow<'a, str> {
        let found = self.0.iter_mut().find(|(n, _)| n == name);
        found.map(|(_, v)| std::mem::take(v)).unwrap_or_default()
    }
}

/// A term of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ItemTerm<'a> {
    pub(super) domain: Cow<'a, str>,
    pub(super) nicename: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
}

/// A group of fields with hidden fields: a comment of an item, a term of the head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WithMetas<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) metas: Vec<Meta<'a>>,
}

/// Key and value of a hidden field.
pub(super) type Meta<'a> = (Cow<'a, str>, Cow<'a, str>);

/// An item as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) terms: Vec<ItemTerm<'a>>,
    pub(super) metas: Vec<Meta<'a>>,
    pub(super) comments: Vec<WithMetas<'a>>,
}

impl Item<'_> {
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.get(name)
    }

    /// The same without the text that it was read from.
    fn into_owned(self) -> Item<'static> {
        fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
            Cow::Owned(text.into_owned())
        }
        fn pairs(list: Vec<Meta<'_>>) -> Vec<Meta<'static>> {
            list.into_iter()
                .map(|(name, value)| (owned(name), owned(value)))
                .collect()
        }
        let terms = self.terms.into_iter().map(|term| ItemTerm {
            domain: owned(term.domain),
            nicename: owned(term.nicename),
            name: owned(term.name),
        });
        let comments = self.comments.into_iter().map(|comment| WithMetas {
            fields: Fields(pairs(comment.fields.0)),
            metas: pairs(comment.metas),
        });
        Item {
            fields: Fields(pairs(self.fields.0)),
            terms: terms.collect(),
            metas: pairs(self.metas),
            comments: comments.collect(),
        }
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

/// What is wrong with an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ItemFault {
    /// It cost nothing.
    Form(String),
    /// Bytes of a value are no text.
    Text,
    /// It was read, but for some of what stands in it.
    Part(String),
}

/// Reads an item. Where it is not well-formed, its fields are found by their names, and what is wrong is told.
pub(super) fn item<'a>(text: Cow<'a, str>, namespaces: &Declared) -> (Item<'a>, Option<ItemFault>) {
    match text {
        Cow::Borrowed(text) => match scan::item(text, namespaces) {
            Some(Scanned { item, has_all_sections })
                if has_all_sections || !salvage::has_lost_sections(text, &item) =>
            {
                (item, None)
            }
            _ => any_item(text, namespaces),
        },
        // Some of its bytes were none.
        Cow::Owned(text) => {
            let (item, fault) = any_item(&text, namespaces);
            (item, Some(fault.unwrap_or(ItemFault::Text)))
        }
    }
}

/// Reads an item, however it is written.
pub(super) fn any_item(text: &str, namespaces: &Declared) -> (Item<'static>, Option<ItemFault>) {
    let padded = is_padded(text);
    let mut walker = Walker::new(text, 0, namespaces);
    let strict = walk(&mut walker);
    let tolerated = walker.tolerated().map(str::to_owned);
    let strict = strict.and_then(|item| match salvage::has_lost_sections(text, &item) {
        true => Err(Fault {
            offset: 0,
            what: "the mark of a CDATA section is damaged".to_owned(),
        }),
        false => Ok(item),
    });
    let (mut item, fault) = match strict {
        Ok(item) => (item, tolerated.map(ItemFault::Form)),
        Err(Fault { what, .. }) => {
            let (mut item, is_whole) = salvage::item(text);
            if !is_whole && !item.fields.has("wp:status") {
                // It may have been any, and nothing private must be published.
                item.fields.0.push(("wp:status".into(), "damaged".into()));
            }
            let fault = match is_whole {
                true => ItemFault::Form(format!("{what}; the item was read by the names of its fields")),
                false => ItemFault::Part(what),
            };
            (item, Some(fault))
        }
    };
    if padded {
        trim_all(&mut item);
    }
    (item.into_owned(), fault)
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

fn trim_all(item: &mut Item<'_>) {
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

fn trim(value: &mut Cow<'_, str>) {
    match value {
        Cow::Borrowed(text) => *text = text.trim(),
        Cow::Owned(text) => *text = text.trim().to_owned(),
    }
}

fn walk<'a>(walker: &mut Walker<'a>) -> Result<Item<'a>, Fault> {
    let mut item = Item::default();
    while let Some(event) = walker.next_event()? {
        let Event::Start {
            ns,
            name,
            mut attributes,
        } = event
        else {
            continue;
        };
        let name = customary(ns, &name);
        match &*name {
            "item" | "wp:comments" => {}
            "category" => {
                let domain = attributes.take("domain").unwrap_or_default();
                let nicename = attributes.take("nicename").unwrap_or_default();
                item.terms.push(ItemTerm {
                    domain,
                    nicename,
                    name: walker.text()?,
                });
            }
            "wp:postmeta" => item.metas.push(meta(group(walker)?)),
            "wp:comment" => item.comments.push(with_metas(walker, "wp:commentmeta")?),
            _ => {
                let value = walker.text()?;
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
pub(super) fn group<'a>(walker: &mut Walker<'a>) -> Result<Fields<'a>, Fault> {
    let depth = walker.depth();
    let mut fields = Fields::default();
    while walker.depth() >= depth {
        match walker.next_event()? {
            Some(Event::Start { ns, name, .. }) => {
                let name = customary(ns, &name);
                let value = walker.text()?;
                fields.0.push((name, value));
            }
            Some(_) => {}
            None => break,
        }
    }
    Ok(fields)
}

/// The fields of the element that just began, and its hidden fields, which stand in elements of this name.
pub(super) fn with_metas<'a>(walker: &mut Walker<'a>, element: &str) -> Result<WithMetas<'a>, Fault> {
    let depth = walker.depth();
    let mut found = WithMetas::default();
    while walker.depth() >= depth {
        match walker.next_event()? {
            Some(Event::Start { ns, name, .. }) => match customary(ns, &name) {
                name if name == element => found.metas.push(meta(group(walker)?)),
                name => {
                    let value = walker.text()?;
                    found.fields.0.push((name, value));
                }
            },
            Some(_) => {}
            None => break,
        }
    }
    Ok(found)
}

pub(super) fn meta(mut fields: Fields<'_>) -> Meta<'_> {
    (fields.take("wp:meta_key"), fields.take("wp:meta_value"))
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
        let (item, fault) = item(text.into(), &Declared::default());
        assert_eq!(fault, None);
        let values: Vec<&str> = item.fields.0.iter().map(|(_, value)| &**value).collect();
        assert_eq!(values, ["a\nb", "", "cd", "e]]>f"]);
    }
}
