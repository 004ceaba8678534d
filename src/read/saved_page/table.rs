//! The selector tables: one readable file a template generation in `templates/`, and how they are read.
//!
//! A line is a field, a CSS selector, and after two or more spaces how the value is taken. The lines of one field are
//! tried in order until one gives a value. `templates/README.md` explains the fields.

use std::collections::HashMap;
use std::sync::OnceLock;

use scraper::Selector;

/// Where to look for the elements a selector may match: its last part's id, class, tag or attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Id(String),
    Class(String),
    Tag(String),
    Attribute(String),
}

/// What of the element is the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Take {
    /// Its text, white space collapsed.
    Text,
    /// Its text's last line that is not empty: templates write a label and the value on lines of their own.
    LastLine,
    /// An attribute.
    Attribute(String),
}

/// One line of a table.
pub(super) struct Rule {
    pub(super) selector: Selector,
    pub(super) key: Key,
    /// Ids and classes of what must stand around a match: a page without one of them has no match.
    pub(super) around: Vec<Key>,
    pub(super) take: Take,
    /// Of the value only its last run of digits, or of letters and digits after the last `-` where `tail` is set.
    pub(super) digits: bool,
    pub(super) tail: bool,
    /// The last match in front of the post counts, not one inside it.
    pub(super) before: bool,
}

/// The rules of one part of a table, by field.
#[derive(Default)]
pub(super) struct Fields {
    rules: HashMap<String, Vec<Rule>>,
}

impl Fields {
    /// The rules of a field in their order.
    pub(super) fn get(&self, field: &str) -> &[Rule] {
        self.rules.get(field).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a field has rules.
    pub(super) fn has(&self, field: &str) -> bool {
        self.rules.contains_key(field)
    }
}

/// A table: how one generation of templates marks posts, comments, or both.
pub(super) struct Table {
    /// Name, as provenance shows it.
    pub(super) name: String,
    /// The platform whose templates these are; empty for markup that any platform may use.
    pub(super) platform: String,
    /// Comments are made of a heading element and the siblings after it (`dt`, `dd`, `dd`).
    pub(super) siblings: bool,
    pub(super) posts: Fields,
    pub(super) comments: Fields,
    pub(super) page: Fields,
}

impl Table {
    /// Every line of the table.
    pub(super) fn rules(&self) -> impl Iterator<Item = &Rule> {
        [&self.posts, &self.comments, &self.page]
            .into_iter()
            .flat_map(|fields| fields.rules.values().flatten())
    }
}

/// The tables in the order in which they are asked. Where several find comments, the one that finds most is right.
const SOURCES: &[&str] = &[
    include_str!("templates/blogger-mobile.txt"),
    include_str!("templates/blogger-2017.txt"),
    include_str!("templates/blogger-layouts.txt"),
    include_str!("templates/blogger-threaded.txt"),
    include_str!("templates/blogger-flat.txt"),
    include_str!("templates/blogger-2007.txt"),
    include_str!("templates/blogger-classic.txt"),
    include_str!("templates/blogger-themes.txt"),
    include_str!("templates/blogger-handmade.txt"),
    include_str!("templates/wordpress-blocks.txt"),
    include_str!("templates/wordpress.txt"),
    include_str!("templates/wordpress-wpdiscuz.txt"),
    include_str!("templates/wordpress-classic.txt"),
    include_str!("templates/wordpress-thesis.txt"),
    include_str!("templates/wordpress-single.txt"),
    include_str!("templates/wordpress-numbered.txt"),
    include_str!("templates/typepad.txt"),
    include_str!("templates/movable-type.txt"),
    include_str!("templates/microformats.txt"),
];

/// Attributes that selectors look for without naming a tag, class or id.
pub(super) const ATTRIBUTES: &[&str] = &["itemprop", "data-comment-id", "rel", "property", "itemtype"];

/// Every table, read once.
pub(super) fn tables() -> &'static [Table] {
    static TABLES: OnceLock<Vec<Table>> = OnceLock::new();
    TABLES.get_or_init(|| SOURCES.iter().map(|source| parse(source).0).collect())
}

/// Reads a table; with it the lines that could not be understood, which a test holds at none.
fn parse(source: &str) -> (Table, Vec<String>) {
    let mut table = Table {
        name: String::new(),
        platform: String::new(),
        siblings: false,
        posts: Fields::default(),
        comments: Fields::default(),
        page: Fields::default(),
    };
    let mut part = "";
    let mut faults = Vec::new();
    for line in source.lines() {
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            part = match name {
                "posts" | "comments" | "page" => name,
                _ => {
                    faults.push(line.to_owned());
                    ""
                }
            };
            continue;
        }
        let (field, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim_start();
        let fields = match part {
            "posts" => &mut table.posts,
            "comments" => &mut table.comments,
            "page" => &mut table.page,
            _ => {
                match field {
                    "name" => rest.clone_into(&mut table.name),
                    "platform" => rest.clone_into(&mut table.platform),
                    _ => faults.push(line.to_owned()),
                }
                continue;
            }
        };
        if field == "parts" {
            table.siblings = rest == "siblings";
            continue;
        }
        match rule(rest) {
            Some(rule) => fields.rules.entry(field.to_owned()).or_default().push(rule),
            None => faults.push(line.to_owned()),
        }
    }
    (table, faults)
}

fn rule(text: &str) -> Option<Rule> {
    let (selector, how) = match text.split_once("  ") {
        Some((selector, how)) => (selector.trim(), how.trim()),
        None => (text.trim(), ""),
    };
    let mut rule = Rule {
        selector: Selector::parse(selector).ok()?,
        key: key(selector)?,
        around: around(selector),
        take: Take::Text,
        digits: false,
        tail: false,
        before: false,
    };
    for word in how.split_whitespace() {
        match word {
            "last-line" => rule.take = Take::LastLine,
            "digits" => rule.digits = true,
            "tail" => rule.tail = true,
            "before" => rule.before = true,
            word => rule.take = Take::Attribute(word.strip_prefix('@')?.to_owned()),
        }
    }
    Some(rule)
}

/// The id, class, tag or attribute that every match of a selector has: from the part after its last combinator.
fn key(selector: &str) -> Option<Key> {
    let last = *parts(selector)?.last()?;
    // What stands in `:not(…)` or `[…]` is not what the element has.
    let plain = last.split([':', '[']).next().unwrap_or(last);
    if let Some((_, after)) = plain.split_once('#') {
        return Some(Key::Id(name(after)));
    }
    if let Some((_, after)) = plain.split_once('.') {
        return Some(Key::Class(name(after)));
    }
    let tag = name(plain);
    if !tag.is_empty() {
        return Some(Key::Tag(tag));
    }
    let attribute = name(last.split_once('[')?.1);
    (ATTRIBUTES.contains(&attribute.as_str())).then_some(Key::Attribute(attribute))
}

/// The id or class of each part of a selector before its last.
fn around(selector: &str) -> Vec<Key> {
    let parts = parts(selector).unwrap_or_default();
    let Some((_, before)) = parts.split_last() else {
        return Vec::new();
    };
    before
        .iter()
        .filter_map(|part| {
            let plain = part.split([':', '[']).next().unwrap_or(part);
            let id = plain.split_once('#').map(|(_, after)| Key::Id(name(after)));
            id.or_else(|| plain.split_once('.').map(|(_, after)| Key::Class(name(after))))
        })
        .collect()
}

/// The parts of a selector between its combinators; `None` for a list of selectors: one stands on a line.
fn parts(selector: &str) -> Option<Vec<&str>> {
    let mut depth = 0_i32;
    let mut quote: Option<char> = None;
    let mut start = 0;
    let mut parts = Vec::new();
    for (i, c) in selector.char_indices() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth -= 1,
            (None, ' ' | '>' | '+' | '~') if depth == 0 => {
                parts.extend(selector.get(start..i).filter(|part| !part.is_empty()));
                start = i + 1;
            }
            (None, ',') if depth == 0 => return None,
            _ => {}
        }
    }
    parts.extend(selector.get(start..).filter(|part| !part.is_empty()));
    Some(parts)
}

fn name(from: &str) -> String {
    from.chars()
        .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_table_is_understood() {
        for source in SOURCES {
            let (table, faults) = parse(source);
            assert!(faults.is_empty(), "{}: {faults:?}", table.name);
            assert!(!table.name.is_empty());
            assert!(
                table.posts.has("post") || table.posts.has("main") || table.comments.has("comment"),
                "{}",
                table.name
            );
        }
    }

    #[test]
    fn a_selector_is_looked_up_by_its_last_part() {
        assert_eq!(key("div.post > h3.title a"), Some(Key::Tag("a".into())));
        assert_eq!(key("#comments .comment"), Some(Key::Class("comment".into())));
        assert_eq!(key("dl > dt[id^=\"c\"]:not(.x)"), Some(Key::Tag("dt".into())));
        assert_eq!(key("[itemprop=\"a b\"]"), Some(Key::Attribute("itemprop".into())));
        assert_eq!(key("a, b"), None);
        assert_eq!(key("[data-unknown]"), None);
        assert_eq!(
            around("#comments .x:not(.y) > div a.z"),
            [Key::Id("comments".into()), Key::Class("x".into())]
        );
        assert_eq!(around("a[href=\"a b\"]"), []);
    }

    #[test]
    fn faults_are_named() {
        let (_, faults) = parse("name x\n[posts]\npost div..\n[other]\n");
        assert_eq!(faults.len(), 2);
    }
}
