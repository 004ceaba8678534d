//! Tags in a table and its parts.

use super::{Builder, Formatting, StartTag, Tag};

impl<'h> Builder<'h> {
    /// A start tag directly in a table, a section or a row. `Some(false)`: something was closed or opened, and the tag is to
    /// be looked at again.
    pub(super) fn start_in_table(&mut self, tag: Tag, written: &StartTag<'h, '_>) -> Option<bool> {
        let is_section = |tag| matches!(tag, Tag::Tbody | Tag::Thead | Tag::Tfoot);
        let is_cell = |tag| matches!(tag, Tag::Td | Tag::Th);
        match self.current().tag {
            Tag::Table if is_section(tag) => {
                self.insert(tag, written)?;
            }
            Tag::Table if is_cell(tag) || tag == Tag::Tr => {
                self.insert_unwritten(Tag::Tbody, "tbody")?;
                return Some(false);
            }
            Tag::Tbody | Tag::Thead | Tag::Tfoot if tag == Tag::Tr => {
                self.insert(tag, written)?;
            }
            Tag::Tbody | Tag::Thead | Tag::Tfoot if is_cell(tag) => {
                self.insert_unwritten(Tag::Tr, "tr")?;
                return Some(false);
            }
            Tag::Tbody | Tag::Thead | Tag::Tfoot if is_section(tag) => {
                self.pop();
                return Some(false);
            }
            Tag::Tr if is_cell(tag) => {
                self.insert(tag, written)?;
                self.formatting.push(Formatting::Marker);
            }
            Tag::Tr if is_section(tag) || tag == Tag::Tr => {
                self.pop();
                return Some(false);
            }
            _ => return None,
        }
        Some(true)
    }

    /// The same of an end tag.
    pub(super) fn end_in_table(&mut self, tag: Tag) -> Option<bool> {
        let current = self.current().tag;
        let above = self.open.len().checked_sub(2).and_then(|at| self.open.get(at));
        match (current, tag) {
            (Tag::Table, Tag::Table) | (Tag::Tr, Tag::Tr) => self.pop(),
            (Tag::Tbody | Tag::Thead | Tag::Tfoot, Tag::Tbody | Tag::Thead | Tag::Tfoot) => {
                if current == tag {
                    self.pop();
                }
            }
            (Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Tr, Tag::Table) => {
                self.pop();
                return Some(false);
            }
            (Tag::Tr, Tag::Tbody | Tag::Thead | Tag::Tfoot) => {
                if above.is_some_and(|open| open.tag == tag) {
                    self.pop();
                    return Some(false);
                }
            }
            (
                _,
                Tag::Body
                | Tag::Caption
                | Tag::Col
                | Tag::Colgroup
                | Tag::Html
                | Tag::Tbody
                | Tag::Td
                | Tag::Tfoot
                | Tag::Th
                | Tag::Thead
                | Tag::Tr,
            ) => {}
            _ => return None,
        }
        Some(true)
    }
}
