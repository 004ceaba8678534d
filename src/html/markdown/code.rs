//! Preformatted text and program code.

use super::super::raw;
use super::super::tags::{Rule, Tag};
use super::super::tree::{Content, Node, NodeId, Step};
use super::{Converter, RawHtml, Span};

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
            self.spend(self.once != 0 && self.once == self.link_now());
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
        self.unsaid.add("pre");
        for line in code.split('\n') {
            self.text(line);
            self.line_break();
        }
        self.flush();
    }

    /// Preformatted text as lines of prose, because of the links and pictures in it.
    fn pre_as_lines(&mut self, id: NodeId) {
        self.unsaid.add("pre");
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
        stated(own)
            .or_else(|| code.and_then(stated))
            .or_else(|| stated(parent))
            .or_else(|| stated(self.tree.node(parent.parent)))
    }
}

/// The language an element states by its class or an attribute of its own.
fn stated(node: &Node) -> Option<String> {
    for name in ["data-lang", "data-language", "lang"] {
        if let Some(value) = node.attribute(name)
            && (name != "lang" || matches!(node.tag(), Tag::Pre | Tag::Code) && value.len() > 2 && !value.contains('-'))
        {
            return tidy(value);
        }
    }
    let class = node.attribute("class")?;
    // SyntaxHighlighter 2 and 3: `brush: cpp; gutter: false`.
    if let Some((_, rest)) = class.split_once("brush:") {
        return tidy(rest.split([';', ' ']).find(|word| !word.is_empty())?);
    }
    for word in class.split_ascii_whitespace() {
        for prefix in [
            "language-",
            "lang-",
            "highlight-source-",
            "sh_",
            "brush-",
            "sourceCode-",
        ] {
            if let Some(language) = word.strip_prefix(prefix) {
                return tidy(language);
            }
        }
    }
    // SyntaxHighlighter 1: `<pre name="code" class="java:nocontrols">`. Pandoc and the like: `sourceCode haskell`.
    let mut words = class.split_ascii_whitespace();
    if node.attribute("name") == Some("code") {
        return tidy(words.next()?.split(':').next()?);
    }
    if matches!(words.next(), Some("sourceCode" | "src" | "highlight")) {
        return words
            .next()
            .map(|word| word.strip_prefix("src-").unwrap_or(word))
            .and_then(tidy);
    }
    None
}

/// A language's name as an info string; nothing where it says that there is none.
fn tidy(language: &str) -> Option<String> {
    let language = language.trim().to_ascii_lowercase();
    let plain = !language.is_empty()
        && language.len() <= 24
        && language
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '.' | '_'));
    (plain
        && !matches!(
            language.as_str(),
            "plain" | "text" | "txt" | "none" | "nohighlight" | "plaintext"
        ))
    .then_some(language)
}
