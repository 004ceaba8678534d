//! Preformatted text and program code.

use super::super::raw;
use super::super::tags::{Rule, Tag};
use super::super::tree::{Content, NONE, NodeId, Step};
use super::{Converter, RawHtml, Span, language};

impl Converter<'_> {
    /// Writes `<pre>` as a fenced block, with the language where it is stated. Where it holds links or pictures, which a
    /// fenced block cannot, it stays `<pre>`.
    pub(super) fn pre(&mut self, id: NodeId) {
        let inside = self.survey.inside(id);
        if !inside.visible() {
            self.line();
            return;
        }
        self.line();
        self.flush();
        let link = match self.spans.get((self.link_now() as usize).wrapping_sub(1)) {
            Some(Span::Link { href, .. }) => Some(href),
            _ => None,
        };
        let rich = inside.link() || inside.image() || inside.embed() || link.is_some();
        // Python-Markdown takes HTML for a block at the left margin only.
        let can_be_html = self.options.raw_html != RawHtml::None
            && !(self.options.dialect.indents_nested_code() && self.blocks.is_nested());
        if rich && !can_be_html {
            self.pre_as_lines(id);
            return;
        }
        if rich {
            let mut block = String::from("<pre>");
            if let Some(href) = link {
                block.push_str("<a");
                raw::write_attribute(&mut block, "href", href);
                block.push('>');
            }
            raw::write_inside(&mut block, self.tree, self.survey, id, true);
            block.push_str(if link.is_some() { "</a></pre>" } else { "</pre>" });
            self.spend(self.once != 0 && self.once == self.link_now() && (inside.text() || inside.image()));
            self.write_html(block);
            return;
        }
        let code = self.code_text(id);
        let code = code.trim_matches('\n');
        if code.is_empty() {
            return;
        }
        let Some(code) = self.options.dialect.inert_code(code) else {
            self.inert_pre(code);
            return;
        };
        let language = self.language(id).unwrap_or_default();
        if self.options.dialect.indents_nested_code() && self.blocks.is_nested() {
            self.indented_code(&code, &language);
            return;
        }
        let longest = code
            .lines()
            .map(|line| line.trim_start().bytes().take_while(|b| *b == b'`').count())
            .max()
            .unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let block = format!("{fence}{language}\n{code}\n{fence}");
        self.write_block(&block);
    }

    /// Code that would set off the template language however it is fenced: as HTML, or as lines of text.
    fn inert_pre(&mut self, code: &str) {
        if self.options.raw_html != RawHtml::None {
            let mut block = String::from("<pre><code>");
            raw::write_escaped(&mut block, code);
            block.push_str("</code></pre>");
            self.write_html(block);
            return;
        }
        self.account.add("pre");
        for line in code.split('\n') {
            self.text(line);
            self.line_break();
        }
        self.flush();
    }

    /// Preformatted text as lines of prose, because of the links and pictures in it.
    fn pre_as_lines(&mut self, id: NodeId) {
        self.account.add("pre");
        let before = self.state;
        self.state.newlines = true;
        self.walk(id);
        self.flush();
        self.state = before;
    }

    /// Code as lines that are set in, with the language in the first one, as CodeHilite reads it.
    fn indented_code(&mut self, code: &str, language: &str) {
        let mut block = String::new();
        if self.blocks.begins_item() && self.options.raw_html != RawHtml::None {
            // What is set in right after the marker is no code.
            self.write_block("<!-- -->");
        }
        if !language.is_empty() {
            block.push_str("    :::");
            block.push_str(language);
        } else if code.starts_with("#!") || code.starts_with(":::") {
            block.push_str("    :::text");
        }
        for line in code.split('\n') {
            if !block.is_empty() {
                block.push('\n');
            }
            if !line.is_empty() {
                block.push_str("    ");
                block.push_str(line);
            }
        }
        self.write_block(&block);
    }

    /// The text of an element with its white space; `<br>` and the edges of blocks are newlines.
    fn code_text(&self, id: NodeId) -> String {
        let mut text = String::new();
        let mut pending = false;
        let mut walk = self.tree.walk(id);
        while let Some(step) = walk.next() {
            let (node, entering) = match step {
                Step::Enter(id) => {
                    if self.survey.inside(id).hidden() {
                        walk.pass_over();
                        continue;
                    }
                    (self.tree.node(id), true)
                }
                Step::Leave(id) => (self.tree.node(id), false),
            };
            match &node.content {
                Content::Text(piece) => {
                    if std::mem::take(&mut pending) && !text.is_empty() && !text.ends_with('\n') {
                        text.push('\n');
                    }
                    text.extend(piece.chars().filter(|c| *c != '\r'));
                }
                Content::Element(tag, ..) => match tag.rule() {
                    Rule::Break if entering => {
                        if std::mem::take(&mut pending) && !text.is_empty() && !text.ends_with('\n') {
                            text.push('\n');
                        }
                        text.push('\n');
                    }
                    Rule::Break => {}
                    Rule::Quotation => {
                        if std::mem::take(&mut pending) && !text.is_empty() && !text.ends_with('\n') {
                            text.push('\n');
                        }
                        text.push('"');
                    }
                    rule => pending |= super::super::survey::stands_alone(rule),
                },
                _ => {}
            }
        }
        text
    }

    /// The language that the highlighters of the time, or their successors, wrote down.
    fn language(&self, id: NodeId) -> Option<String> {
        let own = self.tree.node(id);
        let parent = self.tree.node(own.parent);
        let code = self
            .tree
            .children(id)
            .map(|child| self.tree.node(child))
            .find(|child| child.tag() == Tag::Code);
        language::stated(own)
            .or_else(|| code.and_then(language::stated))
            .or_else(|| self.block_comment_before(id).and_then(language::of_block))
            .or_else(|| language::stated(parent))
            .or_else(|| language::stated(self.tree.node(parent.parent)))
    }

    /// The comment that begins a block of WordPress's editor, right before an element.
    fn block_comment_before(&self, id: NodeId) -> Option<&str> {
        let mut at = self.tree.node(id).prev;
        while at != NONE {
            let node = self.tree.node(at);
            match &node.content {
                Content::Comment(text) => return Some(text),
                Content::Text(text) if text.trim().is_empty() => at = node.prev,
                _ => return None,
            }
        }
        None
    }
}
