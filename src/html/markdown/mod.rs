//! HTML to Markdown (CommonMark with GFM's tables, strikethrough and task lists).
//!
//! One walk over the tree; [`Tag::rule`](super::tags::Tag::rule) says what each element is, [`Converter::enter`] and
//! [`Converter::leave`] what is done about it. Text gathers in a [`paragraph`], finished blocks go to [`blocks`].

mod blocks;
mod code;
mod dialect;
mod embed;
pub(crate) mod escape;
mod figure;
mod language;
mod links;
mod lists;
mod marks;
mod options;
mod paragraph;
mod table;

use super::flatten::{DEPTH_LIMIT, flatten_depth};
use super::raw;
use super::style::{Css, Style, css_of, is_monospace};
use super::survey::{Inside, Survey};
use super::tags::{Rule, Tag};
use super::tree::{Content, NONE, NodeId, Step, Tree};
use blocks::Blocks;
pub use options::{Dialect, HtmlNotice, HtmlNoticeCode, Markdown, MarkdownOptions, Newlines, RawHtml};
use paragraph::{Account, Paragraph, Place, Span};

/// Turns a fragment of HTML into Markdown that shows the same: the same words, symbols, links, pictures and code, in the
/// same order. Never fails; what Markdown cannot say is kept as raw HTML or, where [`MarkdownOptions::raw_html`] forbids
/// that, put in the nearest plain form and named in [`Markdown::notices`].
pub fn to_markdown(fragment: &str, options: &MarkdownOptions) -> Markdown {
    if let Some(tree) = Tree::parse_shallow(fragment, DEPTH_LIMIT) {
        return of_tree(&tree, fragment.len(), options);
    }
    let (flat, is_flatter) = flatten_depth(fragment, DEPTH_LIMIT);
    converted(&Tree::parse(&flat), is_flatter, fragment.len(), options)
}

/// The Markdown of a tree that is no deeper than [`DEPTH_LIMIT`], of a fragment of so many bytes.
pub(super) fn of_tree(tree: &Tree<'_>, length: usize, options: &MarkdownOptions) -> Markdown {
    converted(tree, false, length, options)
}

fn converted(tree: &Tree<'_>, is_flattened: bool, length: usize, options: &MarkdownOptions) -> Markdown {
    let top = tree.top();
    let survey = Survey::of(tree, top);
    let mut converter = Converter::new(tree, &survey, options, length);
    if is_flattened {
        converter.notice(HtmlNoticeCode::DepthFlattened, DEPTH_LIMIT.to_string());
    }
    converter.walk(top);
    converter.finish()
}

/// How deep in what the walk is. Goes back to what it was when an element ends.
#[derive(Debug, Clone, Copy)]
struct State {
    style: Style,
    link: u32,
    /// A newline in the text is a line break.
    newlines: bool,
    /// The level of the heading the text belongs to; 0 for none.
    heading: u8,
    /// Everything belongs to one paragraph: where a block would begin, a line does.
    lines: bool,
}

/// What is done when an element ends.
#[derive(Debug)]
enum End {
    Nothing,
    /// The line ends.
    Line,
    /// The paragraph ends, then so many containers.
    Containers(usize),
    /// The quotation mark.
    Quotation,
    /// The paragraph ends, then a line of raw HTML.
    Raw(&'static str),
}

struct Frame {
    before: State,
    end: End,
}

struct Converter<'t> {
    tree: &'t Tree<'t>,
    survey: &'t Survey,
    options: &'t MarkdownOptions,
    state: State,
    frames: Vec<Frame>,
    paragraph: Paragraph,
    /// Paragraphs whose memory can be used again.
    spare: Vec<Paragraph>,
    spans: Vec<Span>,
    blocks: Blocks,
    /// How far headings are moved down.
    heading_shift: u8,
    summary_marked: bool,
    /// A link around several blocks, where its tags cannot be written: only its first block is made a link.
    once: u32,
    /// Such a link, its first block written.
    spent: u32,
    account: Account,
    notices: Vec<HtmlNotice>,
}

impl<'t> Converter<'t> {
    fn new(tree: &'t Tree<'t>, survey: &'t Survey, options: &'t MarkdownOptions, length: usize) -> Converter<'t> {
        let first = options.first_heading_level.clamp(1, 6);
        let shift = survey
            .highest_heading
            .map_or(0, |highest| first.saturating_sub(highest));
        Converter {
            tree,
            survey,
            options,
            state: State {
                style: Style::NONE,
                link: 0,
                newlines: options.newlines == Newlines::Break,
                heading: 0,
                lines: false,
            },
            frames: Vec::new(),
            paragraph: Paragraph::again(),
            spare: Vec::new(),
            spans: Vec::new(),
            blocks: Blocks::new(length, options),
            heading_shift: shift,
            summary_marked: false,
            once: 0,
            spent: 0,
            account: Account::default(),
            notices: Vec::new(),
        }
    }

    fn walk(&mut self, top: NodeId) {
        let mut walk = self.tree.walk(top);
        while let Some(step) = walk.next() {
            match step {
                Step::Enter(id) => {
                    if !self.enter(id) {
                        walk.pass_over();
                    }
                }
                Step::Leave(_) => self.leave(),
            }
        }
    }

    fn finish(mut self) -> Markdown {
        self.flush();
        if !self.paragraph.is_empty() {
            // Anchors with nothing after them.
            let text = self
                .paragraph
                .write(&self.spans, Place::Prose, self.options, &mut self.account);
            self.write_block(&text);
        }
        let unsaid: Vec<String> = self
            .account
            .unsaid()
            .map(|(element, count)| format!("{count} <{element}>"))
            .collect();
        for detail in unsaid {
            self.notice(HtmlNoticeCode::RawHtmlDropped, detail);
        }
        self.paragraph.leave();
        Markdown {
            text: self.blocks.finish(),
            raw_html: self.account.html,
            notices: self.notices,
        }
    }

    /// Meets a node. Says whether to go into it; if so, [`Converter::leave`] will be called for it.
    fn enter(&mut self, id: NodeId) -> bool {
        let node = self.tree.node(id);
        let (tag, attributes) = match &node.content {
            Content::Text(text) => {
                self.text(text);
                return false;
            }
            Content::Comment(text) => {
                self.comment(text);
                return false;
            }
            Content::Nothing => return false,
            Content::Element(tag, _, attributes) => (*tag, attributes),
        };
        let inside = self.survey.inside(id);
        if inside.hidden() {
            self.hidden(id);
            return false;
        }
        let css = if attributes.is_empty() {
            Css::default()
        } else {
            css_of(node)
        };
        let before = self.state;
        let Some(end) = self.apply(id, tag, inside, css) else {
            return false;
        };
        if !attributes.is_empty() {
            self.apply_css(id, tag, inside, css);
            self.anchor(id, tag);
        }
        self.frames.push(Frame { before, end });
        true
    }

    /// What an element does when it begins, and what it leaves for its end. `None`: there is nothing to go into.
    fn apply(&mut self, id: NodeId, tag: Tag, inside: Inside, css: Css) -> Option<End> {
        let node = self.tree.node(id);
        match tag.rule() {
            Rule::Plain if css.block && !self.paragraph.ends_in_text() => {
                self.line();
                return Some(End::Line);
            }
            Rule::Plain => {}
            Rule::Style(style) => self.state.style = self.state.style.with(style),
            Rule::Summary if self.tree.node(node.parent).tag() == Tag::Details && self.says_details() => {
                // Written with the start of its `<details>`.
                return None;
            }
            Rule::Block | Rule::TablePart | Rule::Cell | Rule::Summary => {
                self.line();
                if node.has_class("tr-caption") || node.has_class("wp-caption-text") {
                    self.caption(inside);
                }
                return Some(End::Line);
            }
            Rule::Heading(level) => {
                self.line();
                if !self.state.lines && inside.text() {
                    self.state.heading = (level + self.heading_shift).min(6);
                    self.state.style = self.state.style.without(Style::STRONG);
                }
                return Some(End::Line);
            }
            Rule::List(ordered) => return Some(self.list(id, ordered, inside)),
            Rule::Item => return self.item(id, inside),
            Rule::Quote => {
                if !inside.visible() {
                    self.line();
                    return Some(End::Line);
                }
                self.flush();
                self.state.heading = 0;
                let extra = usize::from(self.blocks.in_list());
                if extra > 0 {
                    self.blocks.reopen_item();
                }
                self.blocks.open_quote();
                return Some(End::Containers(1 + extra));
            }
            Rule::Pre => {
                self.pre(id);
                return None;
            }
            Rule::Table => return self.table(id, inside),
            Rule::Figure => {
                self.line();
                if self.state.lines {
                    return Some(End::Line);
                }
                if self.figure_shortcode(id) {
                    return None;
                }
                self.state.lines = !inside.structure();
                return Some(End::Containers(0));
            }
            Rule::Caption => {
                self.line();
                self.caption(inside);
                return Some(End::Line);
            }
            Rule::Term => {
                self.line();
                self.state.style = self.state.style.with(Style::STRONG);
                return Some(End::Line);
            }
            Rule::Ruler => {
                if self.state.lines {
                    self.line();
                } else {
                    self.flush();
                    let ruler = if self.blocks.begins_item() {
                        "___"
                    } else if self.blocks.is_empty() {
                        "***"
                    } else {
                        "---"
                    };
                    self.write_block(ruler);
                }
                return None;
            }
            Rule::Break => {
                self.line_break();
                return None;
            }
            Rule::Image => {
                self.image(id);
                return None;
            }
            Rule::Link => return self.link(id, inside),
            Rule::Abbreviation => {
                if let Some(title) = node.attribute("title").map(str::trim).filter(|title| !title.is_empty())
                    && self.state.link == 0
                    && inside.text()
                    && inside.pieces == 1
                {
                    let mut open = String::from("<abbr");
                    raw::write_attribute(&mut open, "title", title);
                    open.push('>');
                    self.spans.push(Span::Tags { open, close: "</abbr>" });
                    self.state.link = self.spans.len() as u32;
                }
            }
            Rule::Quotation => {
                self.text("\"");
                return Some(End::Quotation);
            }
            Rule::Embed => {
                self.embed(id);
                return None;
            }
            Rule::Script => {
                if inside.embed() {
                    self.embed(id);
                } else {
                    self.notice(
                        HtmlNoticeCode::ScriptDropped,
                        node.attribute("src").unwrap_or("").to_owned(),
                    );
                }
                return None;
            }
            Rule::Foreign => {
                self.foreign(id);
                return None;
            }
            Rule::Details => return Some(self.details(id)),
            Rule::Input => {
                self.input(id);
                return None;
            }
            Rule::Hidden => return None,
        }
        Some(End::Nothing)
    }

    fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        match frame.end {
            End::Nothing => {}
            End::Line => self.line(),
            End::Containers(count) => {
                self.flush();
                for _ in 0..count {
                    self.blocks.close();
                }
            }
            End::Quotation => self.text("\""),
            End::Raw(line) => {
                self.flush();
                self.write_block(line);
            }
        }
        self.state = frame.before;
    }

    /// What `style`, `<font>` and the like say.
    fn apply_css(&mut self, id: NodeId, tag: Tag, inside: Inside, css: Css) {
        let node = self.tree.node(id);
        let mut on = css.on;
        if self.state.heading > 0 {
            on = on.without(Style::STRONG);
        }
        if inside.structure() {
            on = on.without(Style::UNDERLINE).without(Style::SUP).without(Style::SUB);
        }
        if self.state.link != 0 || matches!(tag.rule(), Rule::Link) {
            on = on.without(Style::UNDERLINE);
        }
        self.state.style = self.state.style.without(css.off).with(on);
        if css.newlines {
            self.state.newlines = true;
        }
        let monospace = css.monospace || tag == Tag::Font && node.attribute("face").is_some_and(is_monospace);
        if monospace && self.is_phrase(id, inside) {
            self.state.style = self.state.style.with(Style::CODE);
        }
    }

    /// A few words within a line, and nothing else in them.
    fn is_phrase(&self, id: NodeId, inside: Inside) -> bool {
        let node = self.tree.node(id);
        let plain =
            inside.pieces == 1 && !inside.structure() && !inside.line_break() && !inside.link() && !inside.image();
        plain
            && (node.tag() == Tag::Font || node.tag().is_meaningless())
            && [node.prev, node.next]
                .into_iter()
                .filter(|other| *other != NONE)
                .any(|other| match &self.tree.node(other).content {
                    Content::Text(text) => !text.trim().is_empty(),
                    _ => self.survey.inside(other).text(),
                })
    }

    /// The link that what comes now belongs to.
    fn link_now(&self) -> u32 {
        if self.state.link == self.spent {
            0
        } else {
            self.state.link
        }
    }

    fn text(&mut self, text: &str) {
        if self.state.newlines && text.contains('\n') {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.line_break();
                }
                self.paragraph.push_text(line, self.state.style, self.link_now(), false);
            }
            return;
        }
        self.paragraph.push_text(text, self.state.style, self.link_now(), false);
    }

    fn comment(&mut self, text: &str) {
        if text.trim() == "more" || text.starts_with("more ") {
            self.mark_summary();
        }
    }

    /// Where the summary ends (`<!--more-->`). Only the first counts.
    fn mark_summary(&mut self) {
        if self.summary_marked || self.state.lines {
            return;
        }
        self.summary_marked = true;
        let Some(marker) = &self.options.summary_marker else {
            return;
        };
        self.flush();
        let marker = marker.clone();
        self.write_block(&marker);
    }

    fn hidden(&mut self, id: NodeId) {
        let node = self.tree.node(id);
        if matches!(node.tag().rule(), Rule::Hidden) {
            return;
        }
        let words: usize = self
            .tree
            .walk(id)
            .map(|step| match step {
                Step::Enter(id) => match &self.tree.node(id).content {
                    Content::Text(text) => text.split_whitespace().count(),
                    _ => 0,
                },
                Step::Leave(_) => 0,
            })
            .sum();
        if words > 0 {
            self.notice(HtmlNoticeCode::HiddenDropped, format!("{words} words"));
        }
    }

    fn notice(&mut self, code: HtmlNoticeCode, detail: String) {
        self.notices.push(HtmlNotice { code, detail });
    }

    /// A line ends here: a paragraph, or a line of one where everything belongs to one.
    fn line(&mut self) {
        if self.state.lines {
            if !self.paragraph.ends_in_break() {
                self.paragraph.line_break(self.state.style, self.link_now());
            }
        } else {
            self.flush();
        }
    }

    fn line_break(&mut self) {
        if !self.paragraph.ends_in_break() {
            self.paragraph.line_break(self.state.style, self.link_now());
        } else if !self.state.lines && self.link_now() == 0 {
            // Two in a row end the paragraph, except in a link, which would be two then.
            self.flush();
        }
    }

    /// Ends the paragraph.
    fn flush(&mut self) {
        if !self.paragraph.visible() {
            self.paragraph.clear();
            return;
        }
        self.paragraph.begins_item = self.blocks.begins_item();
        let had = self.once != 0 && self.paragraph.holds_link(self.once);
        let heading = usize::from(self.state.heading);
        let text = if heading > 0 && !self.paragraph.plain().trim().is_empty() {
            let line = self
                .paragraph
                .write(&self.spans, Place::Heading, self.options, &mut self.account);
            let text = format!("{} {line}", "######".get(..heading).unwrap_or(""));
            self.paragraph.recycle(line);
            text
        } else {
            self.paragraph
                .write(&self.spans, Place::Prose, self.options, &mut self.account)
        };
        self.paragraph.clear();
        if !text.trim().is_empty() {
            self.spend(had);
            self.write_block(&text);
        }
        self.paragraph.recycle(text);
    }

    /// A link of which only the first block is made one has had it.
    fn spend(&mut self, had: bool) {
        if had {
            self.spent = std::mem::take(&mut self.once);
        }
    }

    /// Writes a block. What stands between the items of a list belongs to the item before.
    fn write_block(&mut self, block: &str) {
        if self.blocks.in_list() {
            self.blocks.reopen_item();
            self.blocks.write(block);
            self.blocks.close();
        } else {
            self.blocks.write(block);
        }
    }

    /// Writes a block of raw HTML.
    fn write_html(&mut self, html: String) {
        self.account.html = true;
        let html = self.options.dialect.inert_html(html);
        self.write_block(&html);
    }

    /// A caption: set in italics below its picture.
    fn caption(&mut self, inside: Inside) {
        if self.paragraph.ends_in_image() && !inside.emphasis() && !inside.structure() {
            self.state.style = self.state.style.with(Style::EM);
        }
    }

    fn foreign(&mut self, id: NodeId) {
        if self.options.raw_html == RawHtml::None {
            let mut words = String::new();
            for step in self.tree.walk(id) {
                if let Step::Enter(inner) = step
                    && let Content::Text(text) = &self.tree.node(inner).content
                {
                    words.push_str(text);
                }
            }
            self.text(&words);
            self.notice(HtmlNoticeCode::RawHtmlDropped, "drawing or formula".to_owned());
            return;
        }
        let mut markup = String::new();
        raw::write_whole(&mut markup, self.tree, id);
        self.paragraph.atom(markup, self.state.style, self.link_now());
    }

    /// Whether `<details>` can be written here as itself.
    fn says_details(&self) -> bool {
        self.options.raw_html != RawHtml::None && !self.state.lines && self.link_now() == 0
    }

    fn details(&mut self, id: NodeId) -> End {
        self.line();
        if !self.says_details() {
            if self.options.raw_html == RawHtml::None {
                self.account.add("details");
            }
            return End::Line;
        }
        let mut markup = String::from(if self.options.dialect.asks_for_markdown_in_html() {
            "<details markdown=\"1\">"
        } else {
            "<details>"
        });
        if let Some(summary) = self
            .tree
            .children(id)
            .find(|child| self.tree.node(*child).tag() == Tag::Summary)
        {
            markup.push_str("\n<summary>");
            raw::write_inside(&mut markup, self.tree, self.survey, summary, false);
            markup.push_str("</summary>");
        }
        self.write_html(markup);
        End::Raw("</details>")
    }

    fn input(&mut self, id: NodeId) {
        let node = self.tree.node(id);
        let kind = node.attribute("type").unwrap_or("text");
        if kind.eq_ignore_ascii_case("hidden") {
            return;
        }
        let is_box = kind.eq_ignore_ascii_case("checkbox");
        if is_box && self.blocks.begins_item() && !self.paragraph.visible() && self.state.heading == 0 {
            self.paragraph.task = Some(node.attribute("checked").is_some());
            return;
        }
        self.notice(HtmlNoticeCode::FormFieldDropped, kind.to_ascii_lowercase());
    }
}
