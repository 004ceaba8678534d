//! The walk over a file: XML itself, the head, and where each value goes.

mod values;

pub(super) use self::values::Value;
use self::values::{Group, Open};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufRead};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::input::{Problem, Watched};
use super::item::{Ended, Item};
use super::known::{Head, Known};
use super::tokens::Tokens;
use super::{CheckOptions, Code, Finding, Report, Summary};
use crate::wordpress::{
    MAX_LOGIN, MAX_META_KEY, MAX_SLUG, MAX_TERM_NAME, MAX_TEXT_NODE, is_xml_char, is_xml_text, looks_serialised,
};

/// Checks a file from its first byte to its last, and gives what it holds and what is known of it.
pub(super) fn check(
    input: impl BufRead,
    options: CheckOptions,
    on_finding: &mut dyn FnMut(Finding),
) -> io::Result<(Summary, Known)> {
    let mut reader = Reader::from_reader(Watched::new(input));
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.check_end_names = true;
    let mut known = Known::default();
    let mut walk = Walk::new(options, on_finding);
    let mut buffer = Vec::new();
    loop {
        let before = reader.buffer_position();
        walk.place = reader.get_ref().line;
        buffer.clear();
        let event = reader.read_event_into(&mut buffer);
        let problems = std::mem::take(&mut reader.get_mut().problems);
        for (line, problem) in problems {
            walk.problem(line, problem);
        }
        match event {
            Ok(Event::Eof) => break,
            Ok(event) => walk.event(&event, before, &mut known.head),
            Err(quick_xml::Error::Io(error)) => {
                return Err(io::Error::new(error.kind(), error.to_string()));
            }
            Err(error) => {
                let line = reader.get_ref().line;
                walk.report.find(
                    Code::E01,
                    line,
                    format!("The file stops being XML here ({error}). WordPress takes what stands before, drops the rest, and says that all is done."),
                );
                walk.open = Open::with_room();
                break;
            }
        }
        for item in walk.ended.drain(..) {
            known.take(item, &mut walk.report);
        }
    }
    let input = reader.get_ref();
    if input.bom {
        walk.report.find(
            Code::E01,
            1,
            "The file begins with a byte order mark: WordPress's second reader finds no posts behind it.",
        );
    }
    walk.place = input.line;
    let (long, first) = input.long_lines;
    let size = input.size;
    if long > 0 {
        walk.report.find(
            Code::W09,
            first,
            format!("{long} lines are longer than 8,191 bytes (this is the first); WordPress's oldest reader, which only old sites use, breaks them there."),
        );
    }
    if let Some(max) = options.max_size
        && size > max
    {
        walk.find(
            Code::E11,
            format!("The file has {size} bytes, more than the {max} that were allowed. Split it."),
        );
    }
    walk.end();
    Ok((walk.report.summary, known))
}

/// Checks whole items by themselves, as what stands in the channel of a file. Findings have the byte of `text` for their
/// line. `also` is shown everything that the XML reader sees.
///
/// # Errors
/// When the text is no XML, or `also` says so.
pub(super) fn check_items(
    text: &str,
    options: CheckOptions,
    on_finding: &mut dyn FnMut(Finding),
    mut also: impl FnMut(&Event<'_>) -> Result<(), String>,
) -> Result<(Vec<Ended>, BTreeMap<Code, u64>), String> {
    if !is_xml_text(text.as_bytes()) {
        return Err("a character that no XML file can hold".to_owned());
    }
    let mut tokens = Tokens::new(text);
    let mut head = Head::default();
    let mut walk = Walk::in_channel(options, on_finding);
    let depth = walk.open.depth();
    loop {
        walk.place = tokens.at() as u64;
        match tokens.read()? {
            Event::Eof => break,
            event => {
                walk.event(&event, walk.place, &mut head);
                also(&event)?;
            }
        }
    }
    if walk.open.depth() != depth {
        return Err("an element is not closed".to_owned());
    }
    Ok((walk.ended, walk.report.summary.findings))
}

struct Walk<'a> {
    report: Report<'a>,
    open: Open,
    /// Attributes of the open field, where it is a category.
    fields: Vec<(String, String)>,
    group: Group,
    item: Option<Item>,
    prefixes: Vec<Cow<'static, str>>,
    value: Value,
    /// Items that have ended and were not yet held to the others.
    ended: Vec<Ended>,
    /// Where the walk is: the line of a file, the byte of a piece.
    place: u64,
    saw_declaration: bool,
    saw_version: bool,
    saw_root: bool,
}

/// Prefixes that every file is taken to declare: what their root says of them is judged there.
const PREFIXES: [&str; 5] = ["wp", "excerpt", "content", "dc", "xml"];

impl<'a> Walk<'a> {
    /// A walk that begins with a file.
    fn new(options: CheckOptions, on_finding: &'a mut dyn FnMut(Finding)) -> Walk<'a> {
        Walk {
            report: Report {
                options,
                summary: Summary::default(),
                on_finding,
            },
            open: Open::with_room(),
            fields: Vec::new(),
            group: Group::default(),
            item: None,
            prefixes: Vec::new(),
            value: Value::default(),
            ended: Vec::new(),
            place: 1,
            saw_declaration: false,
            saw_version: false,
            saw_root: false,
        }
    }

    /// A walk that begins within the channel of a file.
    fn in_channel(options: CheckOptions, on_finding: &'a mut dyn FnMut(Finding)) -> Walk<'a> {
        let mut walk = Walk {
            saw_declaration: true,
            saw_version: true,
            saw_root: true,
            prefixes: PREFIXES.map(Cow::Borrowed).into(),
            ..Walk::new(options, on_finding)
        };
        walk.open.push("rss");
        walk.open.push("channel");
        walk
    }

    fn find(&mut self, code: Code, message: impl Into<String>) {
        self.report.find(code, self.place, message);
    }

    fn problem(&mut self, line: u64, problem: Problem) {
        let message = match problem {
            Problem::NotUtf8 => "Bytes that are no UTF-8: WordPress's first reader refuses the file.".to_owned(),
            Problem::NotXml(code) => format!(
                "The character U+{code:04X}, which no XML file can hold: WordPress's first reader refuses the file, and the second ends here."
            ),
        };
        self.report.find(Code::E01, line, message);
    }

    fn event(&mut self, event: &Event<'_>, at: u64, head: &mut Head) {
        if !self.saw_declaration && !self.saw_root && !matches!(event, Event::Decl(_)) {
            self.saw_declaration = true;
            self.find(
                Code::E01,
                "The file does not begin with an XML declaration (<?xml …) at its very first byte.",
            );
        }
        match event {
            Event::Decl(declaration) => self.declaration(declaration, at),
            Event::DocType(_) => self.find(Code::E01, "A DOCTYPE: WordPress refuses the file for its safety."),
            Event::Comment(text) => {
                if text.contains("--") || text.ends_with('-') {
                    self.find(
                        Code::E01,
                        "Two hyphens within an XML comment: the file is not well-formed.",
                    );
                }
            }
            Event::PI(_) => {}
            Event::Start(tag) => self.start(tag),
            Event::Empty(tag) => {
                self.start(tag);
                self.value.closed_itself = true;
                self.close(head);
            }
            Event::End(_) => self.close(head),
            Event::Text(text) => self.text(text),
            Event::CData(data) => {
                if self.value.bare && !self.value.cdata && self.value.text.trim().is_empty() {
                    self.value.padded = true;
                }
                self.value.cdata = true;
                self.value.text.push_str(data);
                self.check_size();
            }
            Event::GeneralRef(reference) => self.reference(reference),
            Event::Eof => {}
        }
    }

    fn declaration(&mut self, declaration: &quick_xml::events::BytesDecl<'_>, at: u64) {
        self.saw_declaration = true;
        if at != 0 {
            self.find(
                Code::E01,
                "Something stands before the XML declaration: WordPress's first reader refuses the file.",
            );
        }
        let encoding = declaration.encoding().and_then(Result::ok);
        if let Some(encoding) = encoding.filter(|e| !e.eq_ignore_ascii_case("utf-8")) {
            self.find(
                Code::E01,
                format!("The file says that it is in {encoding}; WordPress's second reader takes UTF-8 only."),
            );
        }
    }

    fn text(&mut self, text: &str) {
        // Nearly always what puts each element on a line of its own.
        if self.open.depth() > 0 && text.bytes().all(|b| matches!(b, b'\n' | b'\t' | b' ')) {
            self.value.padded |= self.value.cdata && !text.is_empty();
            self.value.bare = true;
            self.value.text.push_str(text);
            return;
        }
        if text.contains("]]>") {
            self.find(
                Code::E01,
                "\"]]>\" outside CDATA: WordPress's readers stop here. A CDATA before it was ended by a \"]]>\" in its text.",
            );
        }
        if text.starts_with('&') {
            self.find(
                Code::E01,
                "A bare \"&\": write it as &amp; or in CDATA. WordPress's first reader refuses the file.",
            );
            self.value.references = true;
        }
        if self.open.depth() == 0 {
            if !text.trim().trim_start_matches('\u{feff}').is_empty() {
                self.find(Code::E01, "Text outside the root element.");
            }
            return;
        }
        if self.value.cdata && !text.is_empty() && text.trim().is_empty() {
            self.value.padded = true;
        }
        self.value.bare = true;
        self.value.text.push_str(text);
        self.check_size();
    }

    fn reference(&mut self, reference: &quick_xml::events::BytesRef<'_>) {
        self.value.references = true;
        self.value.bare = true;
        let decoded = match reference.resolve_char_ref() {
            Ok(Some(c)) if is_xml_char(c) => Some(c),
            Ok(None) => match &**reference {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "quot" => Some('"'),
                "apos" => Some('\''),
                _ => None,
            },
            _ => None,
        };
        match decoded {
            Some(c) => self.value.text.push(c),
            None => {
                let name: &str = reference;
                self.find(
                    Code::E01,
                    format!("&{name}; is no reference that XML knows: WordPress's first reader refuses the file."),
                );
                self.value.text.push('\u{fffd}');
            }
        }
    }

    fn check_size(&mut self) {
        if self.value.text.len() > MAX_TEXT_NODE && self.value.text.len() - MAX_TEXT_NODE < 1 << 20 {
            self.find(
                Code::E11,
                format!("One value has more than {MAX_TEXT_NODE} bytes: PHP's XML reader gives up at ten million."),
            );
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        let qname = tag.name();
        let name: &str = qname.as_ref();
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            match attribute {
                Ok(attribute) => {
                    let value: &str = &attribute.value;
                    if value.contains('<') {
                        self.find(Code::E01, format!("A bare \"<\" in an attribute of <{name}>."));
                    }
                    let decoded = quick_xml::escape::unescape(value).map(std::borrow::Cow::into_owned);
                    let decoded = decoded.unwrap_or_else(|_| {
                        self.find(
                            Code::E01,
                            format!("A bare \"&\" or an unknown reference in an attribute of <{name}>."),
                        );
                        value.to_owned()
                    });
                    attributes.push((attribute.key.0.to_owned(), decoded));
                }
                Err(error) => self.find(
                    Code::E01,
                    format!("The attributes of <{name}> are not well-formed ({error})."),
                ),
            }
        }
        if self.open.depth() == 0 {
            if self.saw_root {
                self.find(Code::E01, "A second root element.");
            }
            self.root(name, &attributes);
        }
        let declared_here = |prefix: &str| attributes.iter().any(|(n, _)| n.strip_prefix("xmlns:") == Some(prefix));
        // A search by hand: a name is shorter than any other is worth.
        let colon = name.bytes().position(|b| b == b':');
        if let Some(prefix) = colon.and_then(|at| name.get(..at))
            && !self.prefixes.iter().any(|p| p == prefix)
            && !declared_here(prefix)
        {
            self.find(Code::E01, format!("The prefix {prefix:?} of <{name}> is not declared."));
            self.prefixes.push(prefix.to_owned().into());
        }
        match (self.open.last(), name) {
            ("channel", "item") => self.item = Some(Item::new(self.place)),
            ("channel", "wp:author" | "wp:category" | "wp:tag" | "wp:term") => self.group.clear(),
            ("item", "wp:comment") => {
                if let Some(item) = &mut self.item {
                    item.begin_comment(self.place);
                }
            }
            ("item", "wp:postmeta") | ("wp:comment", "wp:commentmeta") => {
                self.group.clear();
                if let Some(item) = &mut self.item {
                    item.begin_meta(name);
                }
            }
            ("item", "wp:comments") => self.find(
                Code::E02,
                "Comments stand in a <wp:comments> of their own: WordPress's first reader finds none of them there.",
            ),
            _ => {}
        }
        self.fields = attributes;
        self.value.clear();
        self.open.push(name);
    }

    fn root(&mut self, name: &str, attributes: &[(String, String)]) {
        self.saw_root = true;
        let declared = |prefix: &str| {
            attributes
                .iter()
                .find(|(n, _)| n.strip_prefix("xmlns:") == Some(prefix))
        };
        let mut messages = Vec::new();
        if name != "rss" {
            messages.push((Code::E02, format!("The root element is <{name}>: this is not WXR.")));
        } else {
            for prefix in ["wp", "excerpt"] {
                let is_known = |uri: &str| {
                    let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
                    let rest = rest.and_then(|r| r.strip_prefix("wordpress.org/export/1."));
                    let tail = rest.and_then(|r| r.strip_prefix(['0', '1', '2']));
                    tail == Some(if prefix == "wp" { "/" } else { "/excerpt/" })
                };
                match declared(prefix) {
                    Some((_, uri)) if is_known(uri) => {}
                    Some((_, uri)) => messages.push((
                        Code::E01,
                        format!("The prefix {prefix:?} stands for {uri:?}, which is not WordPress's namespace: its second reader finds nothing."),
                    )),
                    None => messages.push((Code::E01, format!("The prefix {prefix:?} is not declared on <rss>."))),
                }
            }
            for (prefix, wanted) in [
                ("content", crate::wordpress::NS_CONTENT),
                ("dc", crate::wordpress::NS_DC),
            ] {
                match declared(prefix) {
                    Some((_, uri)) if uri == wanted => {}
                    _ => messages.push((
                        Code::E01,
                        format!(
                            "The prefix {prefix:?} does not stand for {wanted:?}: bodies or authors are not found."
                        ),
                    )),
                }
            }
        }
        for (code, message) in messages {
            self.find(code, message);
        }
        // What is reported here is not reported again for every element.
        let own = attributes.iter().filter_map(|(n, _)| n.strip_prefix("xmlns:"));
        let own = own.map(|prefix| prefix.to_owned().into());
        self.prefixes = own.chain(PREFIXES.map(Cow::Borrowed)).collect();
    }

    fn close(&mut self, head: &mut Head) {
        // Nothing below looks at the open elements or the value.
        let mut open = std::mem::take(&mut self.open);
        let mut value = std::mem::take(&mut self.value);
        if open.depth() > 0 {
            self.closed(open.parent(), open.last(), &value, head);
            open.pop();
        }
        value.clear();
        self.open = open;
        self.value = value;
    }

    /// An element of this name has ended within another.
    fn closed(&mut self, parent: &str, name: &str, value: &Value, head: &mut Head) {
        match (parent, name) {
            ("wp:comment", "wp:commentmeta") | ("item", "wp:postmeta") => self.meta(),
            ("wp:comment", _) => {
                self.closed_itself(value, name);
                if let Some(item) = &mut self.item {
                    item.comment_field(name, value, self.place, &mut self.report);
                }
            }
            ("wp:postmeta" | "wp:commentmeta" | "wp:author" | "wp:category" | "wp:tag" | "wp:term", _) => {
                self.closed_itself(value, name);
                self.group.put(name, &value.text);
            }
            ("item", "wp:comment") => {
                if let Some(item) = &mut self.item {
                    item.end_comment(&mut self.report);
                }
            }
            ("item", _) => {
                self.closed_itself(value, name);
                let fields = std::mem::take(&mut self.fields);
                if let Some(item) = &mut self.item {
                    item.field(name, value, fields, self.place, &mut self.report);
                }
            }
            ("channel", "item") => {
                let item = self.item.take();
                self.ended.extend(item.map(|item| item.finish(&mut self.report)));
            }
            ("channel", "wp:wxr_version") => self.version(value),
            ("channel", "wp:author") => self.author(head),
            ("channel", "wp:category" | "wp:tag" | "wp:term") => self.term(name, head),
            _ => {}
        }
    }

    fn closed_itself(&mut self, value: &Value, name: &str) {
        if value.closed_itself {
            self.find(
                Code::E02,
                format!("<{name}/> closes itself: two of WordPress's readers miss the field. Write <{name}></{name}>."),
            );
        }
        if value.cdata && value.padded {
            self.find(
                Code::E02,
                format!("White space stands between <{name}> and its CDATA: WordPress takes it as part of the value."),
            );
        }
    }

    fn version(&mut self, value: &Value) {
        self.saw_version = true;
        self.report.summary.version = value.text.trim().to_owned();
        if value.text != "1.2" || value.cdata {
            let found = &value.text;
            let message = format!(
                "The version is written as {found:?}; all of WordPress's readers take exactly 1.2, without CDATA."
            );
            self.find(Code::E02, message);
        }
    }

    fn author(&mut self, head: &mut Head) {
        self.report.summary.authors += 1;
        let group = std::mem::take(&mut self.group);
        let login = group.get("wp:author_login");
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'_' | b'.' | b'-' | b'*' | b'@');
        if login.is_empty() || login.len() > MAX_LOGIN || !login.bytes().all(is_plain) {
            self.find(
                Code::E07,
                format!("The login {login:?} is not one that WordPress takes (ASCII letters, digits, space _ . - * @, at most 60): the posts go to whoever runs the import."),
            );
        }
        if !head.logins_folded.insert(login.to_lowercase()) {
            self.find(Code::E07, format!("The login {login:?} is declared twice."));
        }
        head.logins.insert(login.to_owned());
        if group.get("wp:author_email").len() > crate::wordpress::MAX_EMAIL {
            self.find(
                Code::E08,
                format!("The e-mail address of {login:?} is longer than 100 bytes."),
            );
        }
        if group.get("wp:author_display_name").chars().count() > crate::wordpress::MAX_DISPLAY_NAME {
            self.find(
                Code::E08,
                format!("The name of {login:?} is longer than 250 characters."),
            );
        }
    }

    fn term(&mut self, element: &str, head: &mut Head) {
        self.report.summary.terms += 1;
        let group = std::mem::take(&mut self.group);
        let (taxonomy, slug, name, parent) = match element {
            "wp:category" => ("category", "wp:category_nicename", "wp:cat_name", "wp:category_parent"),
            "wp:tag" => ("post_tag", "wp:tag_slug", "wp:tag_name", "wp:tag_parent"),
            _ => (
                group.get("wp:term_taxonomy"),
                "wp:term_slug",
                "wp:term_name",
                "wp:term_parent",
            ),
        };
        let (slug, name, parent) = (group.get(slug), group.get(name), group.get(parent));
        if slug.is_empty() || name.trim().is_empty() {
            self.find(
                Code::E10,
                format!(
                    "A {taxonomy} (slug {slug:?}, name {name:?}) has no slug or no name: WordPress does not make it."
                ),
            );
        }
        if slug.len() > MAX_SLUG || name.chars().count() > MAX_TERM_NAME {
            self.find(
                Code::E08,
                format!("The {taxonomy} {name:?} is longer than the 200 that WordPress takes."),
            );
        }
        let taxonomy = taxonomy.to_owned();
        let declared = head.terms.entry(taxonomy.clone()).or_default();
        let parent_missing = !parent.is_empty() && !declared.contains(parent);
        let is_new = declared.insert(slug.to_owned());
        if parent_missing {
            self.find(
                Code::E10,
                format!("The {taxonomy} {slug:?} stands before its parent {parent:?}, or that is not declared: it comes in without a parent."),
            );
        }
        if !is_new {
            self.find(
                Code::E10,
                format!("The slug {slug:?} is declared twice in {taxonomy}: WordPress makes one term of the two."),
            );
        }
        if super::item::is_altered_name(name) {
            self.find(
                Code::W07,
                format!("WordPress changes the name {name:?}: markup, %41-like sequences and double spaces go."),
            );
        }
    }

    fn meta(&mut self) {
        let group = std::mem::take(&mut self.group);
        let (key, value) = (group.get("wp:meta_key"), group.get("wp:meta_value"));
        if key.is_empty() || key.chars().count() > MAX_META_KEY {
            self.find(
                Code::E08,
                "A hidden field has no key, or one longer than 255 characters: WordPress drops it.",
            );
        }
        if looks_serialised(value) {
            let message = format!(
                "The value of {key:?} is in PHP's serialised form: WordPress unpacks it, and what cannot be unpacked is lost."
            );
            self.find(Code::W10, message);
        }
        self.group = group;
    }

    fn end(&mut self) {
        if self.open.depth() > 0 {
            let name = self.open.last().to_owned();
            self.find(Code::E01, format!("The file ends within <{name}>: it was cut off. WordPress drops the last posts and says that all is done."));
        }
        if !self.saw_root {
            self.find(Code::E01, "There is no XML in this file.");
        } else if !self.saw_version {
            self.find(
                Code::E02,
                "There is no <wp:wxr_version>: WordPress does not take this file for an export.",
            );
        }
    }
}
