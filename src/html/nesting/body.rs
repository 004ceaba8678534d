//! Tags in a body: the standard's "in body" rules.

use std::borrow::Cow;

use super::kinds::*;
use super::{Builder, Content, Formatting, Inside, StartTag, Tag};

impl<'h> Builder<'h> {
    /// A start tag anywhere else.
    pub(super) fn start_in_body(&mut self, tag: Tag, written: &StartTag<'h, '_>) -> Option<Inside> {
        match tag {
            Tag::P | Tag::Table => {
                self.close_paragraph();
                self.insert(tag, written)?;
            }
            _ if is_block(tag) => {
                self.close_paragraph();
                self.insert(tag, written)?;
            }
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => {
                self.close_paragraph();
                if is_heading(self.current().tag) {
                    self.pop();
                }
                self.insert(tag, written)?;
            }
            Tag::Pre | Tag::Listing => {
                self.close_paragraph();
                self.insert(tag, written)?;
                self.skips_newline = true;
            }
            Tag::Form => {
                if self.form.is_none() {
                    self.close_paragraph();
                    self.form = self.insert(tag, written);
                    self.form?;
                }
            }
            Tag::Li | Tag::Dd | Tag::Dt => {
                let is_item = |one: Tag| match tag {
                    Tag::Li => one == Tag::Li,
                    _ => matches!(one, Tag::Dd | Tag::Dt),
                };
                let before =
                    self.open.iter().rev().map(|open| open.tag).find(|one| {
                        is_item(*one) || is_special(*one) && !matches!(one, Tag::Address | Tag::Div | Tag::P)
                    });
                if let Some(item) = before.filter(|one| is_item(*one)) {
                    self.close(item);
                }
                self.close_paragraph();
                self.insert(tag, written)?;
            }
            Tag::Button => {
                if self.is_open(tag) {
                    self.close_implied(Tag::None);
                    self.pop_until(|one| one == tag);
                }
                self.reopen()?;
                self.insert(tag, written)?;
            }
            Tag::A if self.formatting().any(|(_, _, own)| own == Tag::A) => return None,
            Tag::Nobr => {
                self.reopen()?;
                if self.is_open(tag) {
                    return None;
                }
                self.insert_formatting(tag, written)?;
            }
            _ if is_formatting(tag) => {
                self.reopen()?;
                self.insert_formatting(tag, written)?;
            }
            Tag::Applet | Tag::Marquee | Tag::Object => {
                self.reopen()?;
                self.insert(tag, written)?;
                self.formatting.push(Formatting::Marker);
            }
            Tag::Area | Tag::Br | Tag::Embed | Tag::Img | Tag::Input | Tag::Keygen | Tag::Wbr => {
                self.reopen()?;
                self.void(tag, written)?;
            }
            Tag::Base
            | Tag::Basefont
            | Tag::Bgsound
            | Tag::Link
            | Tag::Meta
            | Tag::Param
            | Tag::Source
            | Tag::Track => {
                self.void(tag, written)?;
            }
            Tag::Hr => {
                self.close_paragraph();
                self.void(tag, written)?;
            }
            Tag::Textarea | Tag::Title => return self.insert_text_element(tag, written, Inside::Text),
            Tag::Xmp => {
                self.close_paragraph();
                self.reopen()?;
                return self.insert_text_element(tag, written, Inside::Verbatim);
            }
            Tag::Iframe | Tag::Noembed | Tag::Noframes | Tag::Noscript | Tag::StyleSheet => {
                return self.insert_text_element(tag, written, Inside::Verbatim);
            }
            Tag::Script => return self.insert_text_element(tag, written, Inside::Script),
            Tag::Rb | Tag::Rtc | Tag::Rp | Tag::Rt => {
                if self.is_open(Tag::Ruby) {
                    let except = match tag {
                        Tag::Rp | Tag::Rt => Tag::Rtc,
                        _ => Tag::None,
                    };
                    self.close_implied(except);
                }
                self.insert(tag, written)?;
            }
            // Parts of a table outside of one.
            Tag::Caption
            | Tag::Col
            | Tag::Colgroup
            | Tag::Frame
            | Tag::Head
            | Tag::Tbody
            | Tag::Td
            | Tag::Tfoot
            | Tag::Th
            | Tag::Thead
            | Tag::Tr => {}
            Tag::Body
            | Tag::Frameset
            | Tag::Html
            | Tag::Image
            | Tag::Isindex
            | Tag::Math
            | Tag::Optgroup
            | Tag::Option
            | Tag::Plaintext
            | Tag::Select
            | Tag::Svg
            | Tag::Template => return None,
            _ => {
                self.reopen()?;
                self.insert(tag, written)?;
            }
        }
        Some(Inside::Markup)
    }

    /// An end tag anywhere but directly in a table.
    pub(super) fn end_in_body(&mut self, tag: Tag, name: &'h str) -> Option<()> {
        match tag {
            Tag::Body | Tag::Html => {}
            _ if is_block(tag) || matches!(tag, Tag::Button | Tag::Listing | Tag::Pre) => {
                if self.is_open(tag) {
                    self.close_implied(Tag::None);
                    self.pop_until(|one| one == tag);
                }
            }
            Tag::Form => {
                let Some(form) = self.form.take() else { return Some(()) };
                let mut open = self.open.iter().rev().take_while(|open| !bounds(open.tag));
                if !open.any(|open| open.id == form) {
                    return Some(());
                }
                self.close_implied(Tag::None);
                if self.current().id != form {
                    return None;
                }
                self.pop();
            }
            Tag::P => {
                if self.paragraphs == 0 || !self.in_scope(|one| one == Tag::P, |one| bounds(one) || one == Tag::Button)
                {
                    self.insert_unwritten(Tag::P, "p")?;
                }
                self.close(Tag::P);
            }
            Tag::Li => {
                if self.in_scope(|one| one == tag, |one| bounds(one) || matches!(one, Tag::Ol | Tag::Ul)) {
                    self.close(tag);
                }
            }
            Tag::Dd | Tag::Dt => {
                if self.is_open(tag) {
                    self.close(tag);
                }
            }
            Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6 => {
                if self.in_scope(is_heading, bounds) {
                    self.close_implied(Tag::None);
                    self.pop_until(is_heading);
                }
            }
            _ if is_formatting(tag) => self.end_formatting(tag, name)?,
            Tag::Applet | Tag::Marquee | Tag::Object => {
                if self.is_open(tag) {
                    self.close_implied(Tag::None);
                    self.pop_until(|one| one == tag);
                    self.forget_to_marker();
                }
            }
            Tag::Br => {
                self.reopen()?;
                self.add(Content::Element(Tag::Br, Cow::Borrowed("br"), Vec::new()))?;
            }
            Tag::Template => return None,
            _ => self.end_other(tag, name),
        }
        Some(())
    }
}
