//! The depth cap: tags nested too deep are taken out before a parser sees them.
//!
//! Building a tree by the HTML standard takes time in proportion to the depth of what is open for every tag. Browsers stop
//! nesting at 512; so does this, in one pass that follows the standard's rules for what closes what closely enough to tell
//! a long post with unclosed `<p>` and `<li>` from a deep one.

use std::borrow::Cow;
use std::collections::HashMap;

use super::scan::{Piece, Scanner, is_void};

/// How deep browsers nest.
pub const DEPTH_LIMIT: usize = 512;

/// Takes out the tags (never the text) of elements nested deeper than `limit`, and says whether there were any. A
/// fragment that is not too deep comes back as it is.
pub fn flatten_depth(fragment: &str, limit: usize) -> (Cow<'_, str>, bool) {
    if memchr::memchr_iter(b'<', fragment.as_bytes()).take(limit + 1).count() <= limit {
        return (Cow::Borrowed(fragment), false);
    }
    let mut flattener = Flattener {
        html: fragment,
        limit,
        open: Vec::new(),
        lingering: Vec::new(),
        dropped: HashMap::new(),
        foreign: 0,
    };
    let mut out = String::new();
    let mut done = 0;
    for piece in Scanner::new(fragment) {
        if !flattener.keeps(&piece) {
            let whole = piece.whole();
            if done == 0 {
                out.reserve(fragment.len());
            }
            out.push_str(fragment.get(done..whole.start).unwrap_or(""));
            done = whole.end;
        }
    }
    if done == 0 {
        return (Cow::Borrowed(fragment), false);
    }
    out.push_str(fragment.get(done..).unwrap_or(""));
    (Cow::Owned(out), true)
}

/// What an element is to the rules of what closes what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Survives the end of what it is in: `<b>`, `<font>`, `<a>`.
    Formatting,
    Paragraph,
    Heading,
    ListItem,
    Definition,
    Option,
    TableRowOrSection,
    TableCell,
    /// Nothing outside is closed by what is inside: a table, a cell, an object.
    Boundary,
    /// Other elements that close an open paragraph.
    Block,
    Other,
}

struct Open<'h> {
    name: &'h str,
    whole: &'h str,
    kind: Kind,
    /// A formatting element that is opened again after the end of what it is in.
    lasting: bool,
}

struct Flattener<'h> {
    html: &'h str,
    limit: usize,
    open: Vec<Open<'h>>,
    /// Formatting elements whose surroundings ended before they did: opened again with the next text.
    lingering: Vec<Open<'h>>,
    dropped: HashMap<String, usize>,
    foreign: usize,
}

fn kind_of(name: &str) -> Kind {
    let mut lower = [0_u8; 12];
    let Some(slot) = lower.get_mut(..name.len()) else {
        return Kind::Other;
    };
    slot.copy_from_slice(name.as_bytes());
    slot.make_ascii_lowercase();
    match &*slot {
        b"a" | b"b" | b"big" | b"code" | b"em" | b"font" | b"i" | b"nobr" | b"s" | b"small" | b"strike" | b"strong"
        | b"tt" | b"u" => Kind::Formatting,
        b"p" => Kind::Paragraph,
        b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => Kind::Heading,
        b"li" => Kind::ListItem,
        b"dd" | b"dt" => Kind::Definition,
        b"option" | b"optgroup" => Kind::Option,
        b"tr" | b"tbody" | b"thead" | b"tfoot" | b"colgroup" => Kind::TableRowOrSection,
        b"td" | b"th" | b"caption" => Kind::TableCell,
        b"table" | b"object" | b"applet" | b"marquee" | b"template" | b"button" | b"select" => Kind::Boundary,
        b"address" | b"article" | b"aside" | b"blockquote" | b"center" | b"details" | b"dialog" | b"dir" | b"div"
        | b"dl" | b"fieldset" | b"figcaption" | b"figure" | b"footer" | b"form" | b"header" | b"hgroup" | b"hr"
        | b"listing" | b"main" | b"menu" | b"nav" | b"ol" | b"pre" | b"section" | b"summary" | b"ul" | b"xmp"
        | b"search" => Kind::Block,
        _ => Kind::Other,
    }
}

impl<'h> Flattener<'h> {
    fn keeps(&mut self, piece: &Piece) -> bool {
        match piece {
            Piece::Comment { .. } => true,
            Piece::Start {
                whole,
                name,
                self_closing,
            } => {
                let name = self.html.get(name.clone()).unwrap_or("");
                self.start(name, self.html.get(whole.clone()).unwrap_or(""), *self_closing)
            }
            Piece::End { name, .. } => self.end(self.html.get(name.clone()).unwrap_or("")),
        }
    }

    fn start(&mut self, name: &'h str, whole: &'h str, self_closing: bool) -> bool {
        let is = |word: &str| name.eq_ignore_ascii_case(word);
        if is("html") || is("head") || is("body") {
            return true;
        }
        let kind = kind_of(name);
        match kind {
            Kind::Paragraph | Kind::Block => self.close_paragraph(),
            Kind::Heading => {
                self.close_paragraph();
                if self.open.last().is_some_and(|open| open.kind == Kind::Heading) {
                    self.open.pop();
                }
            }
            Kind::Boundary if is("table") => self.close_paragraph(),
            Kind::ListItem | Kind::Definition => {
                // The item before ends, unless a list or another container was opened in it.
                let found = self.open.iter().rposition(|open| {
                    open.kind == kind
                        || open.kind == Kind::Boundary
                        || open.kind == Kind::TableCell
                        || open.kind == Kind::Block
                            && !["address", "div"]
                                .iter()
                                .any(|word| open.name.eq_ignore_ascii_case(word))
                });
                if let Some(at) = found
                    && self.open.get(at).is_some_and(|open| open.kind == kind)
                {
                    self.close_to(at);
                }
                self.close_paragraph();
            }
            Kind::Option if self.open.last().is_some_and(|open| open.kind == Kind::Option) => {
                self.open.pop();
            }
            Kind::TableRowOrSection | Kind::TableCell => {
                let Some(table) = self
                    .open
                    .iter()
                    .rposition(|open| open.name.eq_ignore_ascii_case("table"))
                else {
                    // Outside of a table it is no tag at all.
                    return true;
                };
                let keep = if kind == Kind::TableCell && !is("caption") {
                    let row = self.open.iter().rposition(|open| open.name.eq_ignore_ascii_case("tr"));
                    row.filter(|row| *row > table).unwrap_or(table)
                } else if is("tr") {
                    let section = self.open.iter().rposition(|open| {
                        ["tbody", "thead", "tfoot"]
                            .iter()
                            .any(|word| open.name.eq_ignore_ascii_case(word))
                    });
                    section.filter(|section| *section > table).unwrap_or(table)
                } else {
                    table
                };
                self.close_to(keep + 1);
            }
            Kind::Formatting if is("a") || is("nobr") => {
                if let Some(at) = self.in_scope(name) {
                    self.open.remove(at);
                } else {
                    self.lingering.retain(|open| !open.name.eq_ignore_ascii_case(name));
                }
            }
            _ => {}
        }
        if is_void(name) {
            return true;
        }
        if is("svg") || is("math") {
            self.foreign += 1;
        }
        if self_closing && self.foreign > 0 {
            return true;
        }
        if self.open.len() + self.lingering.len() >= self.limit {
            *self.dropped.entry(name.to_ascii_lowercase()).or_insert(0) += 1;
            return false;
        }
        if kind == Kind::Formatting {
            // Of equal ones, three are opened again and no more.
            let equal = |open: &&mut Open<'_>| open.lasting && open.whole == whole;
            let in_open = self.open.iter_mut().filter(equal).count();
            let in_lingering = self.lingering.iter_mut().filter(equal).count();
            if in_open + in_lingering >= 3 {
                if let Some(at) = self.lingering.iter().position(|open| open.whole == whole) {
                    self.lingering.remove(at);
                } else if let Some(open) = self.open.iter_mut().find(equal) {
                    open.lasting = false;
                }
            }
        }
        self.open.push(Open {
            name,
            whole,
            kind,
            lasting: kind == Kind::Formatting,
        });
        true
    }

    fn end(&mut self, name: &str) -> bool {
        if !self.dropped.is_empty() {
            let lower = name.to_ascii_lowercase();
            if let Some(count) = self.dropped.get_mut(&lower) {
                *count -= 1;
                if *count == 0 {
                    self.dropped.remove(&lower);
                }
                return false;
            }
        }
        if (name.eq_ignore_ascii_case("svg") || name.eq_ignore_ascii_case("math")) && self.foreign > 0 {
            self.foreign -= 1;
        }
        let formatting = kind_of(name) == Kind::Formatting;
        let Some(at) = self.in_scope(name) else {
            if formatting
                && let Some(at) = self
                    .lingering
                    .iter()
                    .rposition(|open| open.name.eq_ignore_ascii_case(name))
            {
                self.lingering.remove(at);
            }
            return true;
        };
        if formatting {
            self.open.remove(at);
        } else {
            self.close_to(at);
            // What was left out was deeper than what has just ended.
            self.dropped = HashMap::new();
        }
        true
    }

    /// Where the innermost open element of that name is, if nothing keeps its end tag from closing it.
    fn in_scope(&self, name: &str) -> Option<usize> {
        let ends_table = matches!(
            kind_of(name),
            Kind::TableRowOrSection | Kind::TableCell | Kind::Boundary
        );
        for (at, open) in self.open.iter().enumerate().rev() {
            if open.name.eq_ignore_ascii_case(name) {
                return Some(at);
            }
            if !ends_table && matches!(open.kind, Kind::Boundary | Kind::TableCell) {
                return None;
            }
        }
        None
    }

    fn close_paragraph(&mut self) {
        for (at, open) in self.open.iter().enumerate().rev() {
            match open.kind {
                Kind::Paragraph => {
                    self.close_to(at);
                    return;
                }
                Kind::Boundary | Kind::TableCell => return,
                _ => {}
            }
        }
    }

    /// Closes everything from `at` on; formatting elements linger.
    fn close_to(&mut self, at: usize) {
        let closed = self.open.drain(at.min(self.open.len())..);
        self.lingering.extend(closed.filter(|open| open.lasting));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_deep_is_not_touched() {
        let posts = "<p>uno<p>dos<ul><li>a<li>b<li>c</ul>".repeat(2000);
        let (text, flattened) = flatten_depth(&posts, DEPTH_LIMIT);
        assert!(!flattened && matches!(text, Cow::Borrowed(_)));
        let soup = "<p><font color=red>one</p><table><tr><td>x<td>y<tr><td>z</table>".repeat(2000);
        assert!(!flatten_depth(&soup, DEPTH_LIMIT).1);
    }

    /// How deep the parser really nests.
    fn depth(html: &str) -> usize {
        let tree = super::super::tree::Tree::parse(html);
        let (mut now, mut most) = (0_usize, 0);
        for step in tree.walk(tree.top()) {
            match step {
                super::super::tree::Step::Enter(id) if tree.node(id).tag() != super::super::tags::Tag::None => {
                    now += 1;
                    most = most.max(now);
                }
                super::super::tree::Step::Leave(_) => now -= 1,
                super::super::tree::Step::Enter(_) => {}
            }
        }
        most
    }

    #[test]
    fn the_parser_nests_no_deeper_than_was_counted() {
        for piece in [
            "<div>",
            "<b>",
            "<p><b>",
            "<ul><li>",
            "<b><p>",
            "<font size=1><p><font size=2>",
            "<table><tr><td>",
            "<a><div>",
            "<dl><dd>",
            "<i><table>",
            "<b></p>",
            "<blockquote><p>",
            "<span>",
            "<x-y>",
            "<button><p>",
            "<select><option>",
            "<svg><g>",
            "<table><b>",
            "<h1>",
            "<nobr>",
            "<object><p>",
            "<ruby><rt>",
            "<form>",
            "<details><summary>",
        ] {
            let html = piece.repeat(3000);
            let (flat, _) = flatten_depth(&html, 100);
            let real = depth(&flat);
            assert!(real <= 210, "{piece}: {real}");
        }
        let distinct: String = (0..3000).map(|n| format!("<p><font size={n}>x</p>")).collect();
        assert!(depth(&flatten_depth(&distinct, 100).0) <= 110);
    }

    #[test]
    fn deep_tags_go_and_text_stays() {
        let depth = 100_000;
        let html = format!("{}ädelsten{}after", "<div>".repeat(depth), "</div>".repeat(depth));
        let (text, flattened) = flatten_depth(&html, DEPTH_LIMIT);
        assert!(flattened);
        assert_eq!(text.matches("<div>").count(), DEPTH_LIMIT);
        assert_eq!(text.matches("</div>").count(), DEPTH_LIMIT);
        assert!(text.ends_with("</div>after") && text.contains(">ädelsten<"));
    }

    #[test]
    fn ends_of_what_went_go_with_it() {
        let (text, flattened) = flatten_depth("<div><b><i><u>deep</u></i></b></div><p>after</p>", 2);
        assert!(flattened);
        assert_eq!(text, "<div><b>deep</b></div><p>after</p>");
    }
}
