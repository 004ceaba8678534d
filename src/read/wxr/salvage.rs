//! The fields of an item that is not well-formed, found by the names that WordPress's own exporter writes. One damaged byte in
//! a tag costs nothing: a tag is known where all but one of its characters are right, and what belongs together is told by the
//! names of its members, not by the tags around them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memmem;

use super::fields::{Fields, Item, ItemTerm, Meta, WithMetas};
use crate::near;
use crate::read::xml::decode;

/// What the exporter writes into items, values first.
pub(super) const VALUES: &[&str] = &[
    "title",
    "link",
    "pubDate",
    "dc:creator",
    "guid",
    "description",
    "content:encoded",
    "excerpt:encoded",
    "wp:post_id",
    "wp:post_date",
    "wp:post_date_gmt",
    "wp:post_modified",
    "wp:post_modified_gmt",
    "wp:comment_status",
    "wp:ping_status",
    "wp:post_name",
    "wp:status",
    "wp:post_parent",
    "wp:menu_order",
    "wp:post_type",
    "wp:post_password",
    "wp:is_sticky",
    "wp:attachment_url",
    KEY,
    VALUE,
    "wp:comment_id",
    "wp:comment_author",
    "wp:comment_author_email",
    "wp:comment_author_url",
    "wp:comment_author_IP",
    "wp:comment_date",
    "wp:comment_date_gmt",
    "wp:comment_content",
    "wp:comment_approved",
    "wp:comment_type",
    "wp:comment_parent",
    "wp:comment_user_id",
];

const KEY: &str = "wp:meta_key";
const VALUE: &str = "wp:meta_value";
const COMMENT: &str = "wp:comment";
const COMMENT_META: &str = "wp:commentmeta";

/// Whether the markup of a CDATA section is damaged where the item is well-formed all the same: it did not begin, or it ran on
/// to the end of another.
pub(super) fn has_lost_sections(text: &str, item: &Item<'_>) -> bool {
    if are_sections_in_turn(text.as_bytes()) {
        return false;
    }
    let is_lost = |name: &str, value: &str| {
        if seems_unopened(value) && has_unopened_section(text) {
            return true;
        }
        // What ran on has the beginning of that other section in it. Nearly no value has, and few have a `<`.
        let Some(first) = near::find_either(b'<', b'<', value.as_bytes()) else {
            return false;
        };
        let tags = value.as_bytes().get(first..).unwrap_or_default();
        if memmem::find(tags, CDATA.as_bytes()).is_none() {
            return false;
        }
        memmem::find_iter(value.as_bytes(), b"</").any(|at| {
            let runs_on = || {
                value.get(at + 2..)?.strip_prefix(name)?.strip_prefix('>')?;
                let (from, _) = value.get(..at)?.char_indices().nth_back(CDATA_END.len() - 1)?;
                is_near(value.get(from..at)?, CDATA_END)
            };
            runs_on().is_some()
        })
    };
    let of_fields = |fields: &Fields<'_>| fields.0.iter().any(|(name, value)| is_lost(name, value));
    let of_metas = |metas: &[Meta<'_>]| {
        metas
            .iter()
            .any(|(key, value)| is_lost(KEY, key) || is_lost(VALUE, value))
    };
    let mut comments = item.comments.iter();
    of_fields(&item.fields)
        || of_metas(&item.metas)
        || item.terms.iter().any(|term| is_lost("category", &term.name))
        || comments.any(|comment| of_fields(&comment.fields) || of_metas(&comment.metas))
}

/// Whether each section begins right behind a tag or another's end, and ends before the next begins: so it is in nearly every
/// item, and none of its sections is lost.
fn are_sections_in_turn(text: &[u8]) -> bool {
    // Made ready once: there are as many sections as fields.
    static MARKS: LazyLock<[memmem::Finder<'static>; 2]> =
        LazyLock::new(|| ["![CDATA[", CDATA_END].map(memmem::Finder::new));
    let [opening, closing] = &*MARKS;
    let find = |mark: &memmem::Finder<'_>, from: usize| Some(from + mark.find(text.get(from..)?)?);
    let mut next = find(opening, 0);
    while let Some(open) = next {
        let content = open + opening.needle().len();
        next = find(opening, content);
        let is_in_turn = text.get(..open).is_some_and(|before| before.ends_with(b"><"))
            && find(closing, content).is_some_and(|close| next.is_none_or(|next| close < next));
        if !is_in_turn {
            return false;
        }
    }
    true
}

/// Whether a value begins like a section whose first character is gone or another.
fn seems_unopened(value: &str) -> bool {
    let begin = match value.as_bytes().first() {
        Some(b'!'..=b'~') => value,
        _ => value.trim_start(),
    };
    // The second byte of the section stands behind one character at the most.
    if !begin.bytes().take(5).any(|byte| byte == b'!') {
        return false;
    }
    let mut behind_first = begin.chars();
    let first = behind_first.next();
    let section = CDATA.get(1..).unwrap_or_default();
    begin.starts_with(section) || (first != Some('<') && behind_first.as_str().starts_with(section))
}

/// Whether a value begins like a section whose first character is damaged, and ends like one: no other text may hold that end.
fn has_unopened_section(text: &str) -> bool {
    let section = CDATA.get(1..).unwrap_or_default();
    // Those that are looked at are few, or a hostile item could have all of itself looked through for each.
    let mut sections = memmem::find_iter(text.as_bytes(), section.as_bytes()).take(1000);
    sections.any(|at| {
        let (before, behind) = text.split_at_checked(at).unwrap_or_default();
        let mut before = before.chars().rev();
        let is_unopened = before.next().is_some_and(|first| first != '<') && before.next() == Some('>');
        let end = || memmem::find(behind.as_bytes(), CDATA_END.as_bytes());
        is_unopened
            && end().is_some_and(|end| {
                let value = behind.get(..end).unwrap_or_default();
                !value.contains(CDATA)
            })
    })
}

/// What holds values.
const GROUPS: &[[&str; 2]] = &[
    ["<wp:comment>", "</wp:comment>"],
    ["<wp:commentmeta>", "</wp:commentmeta>"],
    ["<wp:postmeta>", "</wp:postmeta>"],
];

/// What stands around items and comments.
const AROUND: &[&str] = &["<item>", "</item>", "<wp:comments>", "</wp:comments>"];

const CDATA: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";

/// An item's fields, and whether all that stands in it was found to be some.
pub(super) fn item(text: &str) -> (Item<'_>, bool) {
    let mut tokens = Tokens::new(text);
    let mut assembly = Assembly::default();
    while let Some(token) = tokens.next_token() {
        assembly.take(token);
    }
    (assembly.finish(), tokens.is_whole)
}

/// A part of an item.
enum Token<'a> {
    /// A group begins.
    Open(&'static str),
    /// A group ends.
    Close(&'static str),
    Field {
        name: &'a str,
        attributes: &'a str,
        value: &'a str,
    },
}

/// Goes over an item.
struct Tokens<'a> {
    text: &'a str,
    rest: &'a str,
    /// Where the last end tag of a name stands.
    ends: HashMap<&'a str, usize>,
    /// Nothing was passed over so far.
    is_whole: bool,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Tokens<'a> {
        let ends = memmem::find_iter(text.as_bytes(), b"</").filter_map(|at| {
            let name = name_at(text.get(at + 2..)?);
            Some((name, at))
        });
        Tokens {
            text,
            rest: text,
            ends: ends.collect(),
            is_whole: true,
        }
    }

    fn next_token(&mut self) -> Option<Token<'a>> {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() {
                return None;
            }
            if AROUND.iter().any(|tag| self.passes(tag, is_exact)) {
                continue;
            }
            let found = self
                .group(is_exact)
                .or_else(|| self.field())
                .or_else(|| self.damaged_field())
                .or_else(|| self.group(is_cut))
                .or_else(|| self.group(is_near))
                .or_else(|| self.own_field());
            if found.is_some() {
                return found;
            }
            // Markup of nobody knows what, or the end of a damaged tag.
            let around = AROUND.iter().any(|tag| self.passes(tag, is_near));
            if !around {
                self.is_whole = false;
                let next = memchr::memchr(b'<', self.rest.as_bytes().get(1..).unwrap_or_default());
                self.rest = next.and_then(|at| self.rest.get(at + 1..)).unwrap_or_default();
            }
        }
    }

    /// Goes behind a tag, where it stands here.
    fn passes(&mut self, tag: &str, stands: Stands) -> bool {
        let length = stands(self.rest, tag);
        self.rest = length.and_then(|length| self.rest.get(length..)).unwrap_or(self.rest);
        length.is_some()
    }

    /// A tag of a group.
    fn group(&mut self, stands: Stands) -> Option<Token<'a>> {
        GROUPS.iter().find_map(|[begin, end]| {
            if self.passes(begin, stands) {
                return Some(Token::Open(name_at(begin.get(1..)?)));
            }
            self.passes(end, stands)
                .then(|| Token::Close(name_at(end.get(2..).unwrap_or_default())))
        })
    }

    /// A field under a name that is known.
    fn field(&mut self) -> Option<Token<'a>> {
        let tag = Tag::at(self.rest)?;
        let is_known = VALUES.contains(&tag.name) || tag.name == "category";
        is_known.then(|| self.value_of(tag.name, tag.attributes, tag.behind))
    }

    /// The same where a byte of its start tag is damaged.
    fn damaged_field(&mut self) -> Option<Token<'a>> {
        if let Some(tag) = Tag::at(self.rest)
            && self.has_end(tag.name)
        {
            return None;
        }
        let term = "<category ";
        let of_term = is_cut(self.rest, term).or_else(|| is_near(self.rest, term));
        let of_term = of_term.and_then(|length| {
            let (attributes, behind) = attributes_at(self.rest.get(length..)?)?;
            Some(("category", attributes, behind))
        });
        let found = of_term.or_else(|| {
            VALUES.iter().find_map(|name| {
                let cut = || self.rest.strip_prefix(name)?.strip_prefix('>').map(|_| name.len() + 1);
                let length = cut().or_else(|| is_near_tag(self.rest, "<", name))?;
                Some((*name, "", self.rest.get(length..)?))
            })
        });
        let (name, attributes, behind) = found?;
        Some(self.value_of(name, attributes, behind))
    }

    /// A field of another program's.
    fn own_field(&mut self) -> Option<Token<'a>> {
        let tag = Tag::at(self.rest)?;
        let is_own = ["wp:", "content:", "excerpt:", "dc:"]
            .iter()
            .any(|prefix| tag.name.starts_with(prefix));
        is_own.then(|| self.value_of(tag.name, tag.attributes, tag.behind))
    }

    fn has_end(&self, name: &str) -> bool {
        let here = self.text.len() - self.rest.len();
        self.ends.get(name).is_some_and(|at| *at >= here)
    }

    fn value_of(&mut self, name: &'a str, attributes: &'a str, inner: &'a str) -> Token<'a> {
        let mut value = "";
        if attributes.ends_with('/') {
            self.rest = inner;
        } else {
            self.rest = inner;
            let (length, behind) = self.ending(name);
            value = inner.get(..length).unwrap_or_default();
            self.rest = inner.get(behind..).unwrap_or_default();
        }
        Token::Field {
            name,
            attributes,
            value,
        }
    }

    /// Where the value ends that begins here, and where its end tag does, of which a byte may be damaged.
    fn ending(&mut self, name: &str) -> (usize, usize) {
        let inner = self.rest;
        let end_tag = format!("</{name}>");
        let is_cdata = opening(inner.trim_start()).is_some();
        let near_at = |at: usize| {
            let length = is_near_tag(inner.get(at..)?, "</", name)?;
            Some((at, at + length))
        };
        // Where it would end if it holds no markup. A damaged end tag is only looked for there, or many fields could have
        // all that is behind them looked through.
        let nearest = match is_cdata {
            true => memmem::find(inner.as_bytes(), CDATA_END.as_bytes()).map(|at| at + CDATA_END.len()),
            false => memchr::memchr(b'<', inner.as_bytes()),
        };
        let nearest = nearest.unwrap_or(inner.len());
        let damaged = near_at(nearest).or_else(|| {
            // Its own `<` is the byte.
            let before = inner.get(..nearest).filter(|_| !is_cdata)?.trim_end();
            let (from, _) = before.char_indices().nth_back(end_tag.len() - 1)?;
            near_at(from)
        });
        if let Some(ending) = damaged {
            return ending;
        }
        if self.has_end(name)
            && let Some(at) = memmem::find(inner.as_bytes(), end_tag.as_bytes())
        {
            return (at, at + end_tag.len());
        }
        self.is_whole = false;
        (nearest, nearest)
    }
}

/// A start tag.
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    behind: &'a str,
}

impl<'a> Tag<'a> {
    fn at(text: &'a str) -> Option<Tag<'a>> {
        let tag = text.strip_prefix('<')?;
        let name = name_at(tag);
        let (attributes, behind) = attributes_at(tag.get(name.len()..)?)?;
        (!name.is_empty()).then_some(Tag {
            name,
            attributes,
            behind,
        })
    }
}

/// What stands before the end of a start tag, and behind it.
fn attributes_at(text: &str) -> Option<(&str, &str)> {
    let end = memchr::memchr2(b'<', b'>', text.as_bytes())?;
    text.get(end..)?.starts_with('>').then_some(())?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

fn name_at(text: &str) -> &str {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-');
    let length = text.bytes().take_while(is_part).count();
    text.get(..length).unwrap_or_default()
}

/// How many bytes of a text a tag takes, where it stands at its beginning.
type Stands = fn(&str, &str) -> Option<usize>;

fn is_exact(text: &str, tag: &str) -> Option<usize> {
    text.starts_with(tag).then_some(tag.len())
}

/// The same for a tag whose first character has become a space.
fn is_cut(text: &str, tag: &str) -> Option<usize> {
    is_exact(text, tag.get(1..)?)
}

/// The same for a tag of which one character is another.
fn is_near(text: &str, tag: &str) -> Option<usize> {
    is_near_all(text, tag.chars())
}

/// The same for a tag of this name.
fn is_near_tag(text: &str, opening: &str, name: &str) -> Option<usize> {
    is_near_all(text, opening.chars().chain(name.chars()).chain(['>']))
}

fn is_near_all(text: &str, tag: impl Iterator<Item = char>) -> Option<usize> {
    let mut wrong = 0;
    let mut length = 0;
    let mut chars = text.chars();
    let mut is_last_wrong = None;
    for wanted in tag {
        let found = chars.next()?;
        length += found.len_utf8();
        is_last_wrong = (found != wanted && wanted == '>').then_some(found);
        wrong += usize::from(found != wanted);
        if wrong > 1 {
            return None;
        }
    }
    // A longer name is another name.
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-');
    let goes_on = is_last_wrong.is_some_and(is_part) && chars.next().is_some_and(is_part);
    (wrong == 1 && !goes_on).then_some(length)
}

/// An item that is put together.
#[derive(Default)]
struct Assembly<'a> {
    item: Item<'a>,
    comment: Option<WithMetas<'a>>,
    meta: Option<Fields<'a>>,
}

impl<'a> Assembly<'a> {
    fn take(&mut self, token: Token<'a>) {
        match token {
            Token::Open(COMMENT) => {
                self.end_comment();
                self.comment = Some(WithMetas::default());
            }
            Token::Close(COMMENT) => self.end_comment(),
            Token::Open(COMMENT_META) => {
                self.end_meta();
                self.meta = Some(Fields::default());
            }
            Token::Open(_) => {
                self.end_comment();
                self.meta = Some(Fields::default());
            }
            Token::Close(_) => self.end_meta(),
            Token::Field {
                name: "category",
                attributes,
                value,
            } => {
                self.end_comment();
                self.item.terms.push(ItemTerm {
                    domain: attribute(attributes, "domain"),
                    nicename: attribute(attributes, "nicename"),
                    name: plain_value(value),
                });
            }
            Token::Field { name, value, .. } => self.value(name, plain_value(value)),
        }
    }

    fn value(&mut self, name: &'a str, value: Cow<'a, str>) {
        if matches!(name, KEY | VALUE) {
            if self.meta.as_ref().is_some_and(|meta| meta.has(name)) {
                self.end_meta();
            }
            self.meta.get_or_insert_default().0.push((name.into(), value));
            return;
        }
        self.end_meta();
        let is_of_comment = name.starts_with("wp:comment_") && name != "wp:comment_status";
        if is_of_comment {
            if self.comment.as_ref().is_some_and(|comment| comment.fields.has(name)) {
                self.end_comment();
            }
            self.comment.get_or_insert_default();
        } else if VALUES.contains(&name) {
            self.end_comment();
        }
        let fields = match &mut self.comment {
            Some(comment) => &mut comment.fields,
            None => &mut self.item.fields,
        };
        fields.0.push((name.into(), value));
    }

    fn end_meta(&mut self) {
        if let Some(meta) = self.meta.take() {
            let metas = match &mut self.comment {
                Some(comment) => &mut comment.metas,
                None => &mut self.item.metas,
            };
            metas.push(as_meta(meta));
        }
    }

    fn end_comment(&mut self) {
        self.end_meta();
        let comment = self.comment.take();
        let comment = comment.filter(|found| *found != WithMetas::default());
        self.item.comments.extend(comment);
    }

    fn finish(mut self) -> Item<'a> {
        self.end_comment();
        self.item
    }
}

fn as_meta(mut fields: Fields<'_>) -> Meta<'_> {
    (fields.take(KEY), fields.take(VALUE))
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Cow<'a, str> {
    let value = attributes.split_once(&format!("{name}=")).map_or("", |(_, rest)| rest);
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let value = quote.and_then(|q| value.get(1..)?.split(q).next()).unwrap_or_default();
    decode(value).text
}

/// How long the mark is that opens a CDATA section here.
fn opening(text: &str) -> Option<usize> {
    let stands = [is_exact, is_near, is_cut];
    stands.iter().find_map(|stands| stands(text, CDATA))
}

/// A raw value decoded: the outer CDATA taken off, or references decoded.
fn plain_value(raw: &str) -> Cow<'_, str> {
    let trimmed = raw.trim();
    let Some(inner) = opening(trimmed).and_then(|length| trimmed.get(length..)) else {
        return decode(raw).text;
    };
    let inner = inner.strip_suffix(CDATA_END).unwrap_or_else(|| {
        let last = inner.char_indices().nth_back(CDATA_END.len() - 1);
        last.filter(|(at, _)| inner.get(*at..).and_then(|end| is_near(end, CDATA_END)).is_some())
            .and_then(|(at, _)| inner.get(..at))
            // Its last may have become a space.
            .or_else(|| inner.strip_suffix("]]"))
            .unwrap_or(inner)
    });
    let joined = inner.replace("]]]]><![CDATA[>", "]]>");
    joined.replace("\r\n", "\n").replace('\r', "\n").into()
}

#[cfg(test)]
mod tests;
