//! Tables: those that hold data, those that hold a picture and its caption, and those that only lay out a page.

use super::super::raw;
use super::super::style::Style;
use super::super::survey::Inside;
use super::super::tags::Tag;
use super::super::tree::{NodeId, Tree};
use super::{Converter, End, HtmlNoticeCode, Place, RawHtml, State};

struct Rows {
    caption: Option<NodeId>,
    rows: Vec<Vec<NodeId>>,
}

fn rows_of(tree: &Tree, table: NodeId) -> Rows {
    let mut found = Rows {
        caption: None,
        rows: Vec::new(),
    };
    let row = |id: NodeId| {
        tree.children(id)
            .filter(|cell| matches!(tree.node(*cell).tag(), Tag::Td | Tag::Th))
            .collect()
    };
    for child in tree.children(table) {
        match tree.node(child).tag() {
            Tag::Caption => found.caption = Some(child),
            Tag::Tr => found.rows.push(row(child)),
            Tag::Thead | Tag::Tbody | Tag::Tfoot => {
                found.rows.extend(
                    tree.children(child)
                        .filter(|one| tree.node(*one).tag() == Tag::Tr)
                        .map(row),
                );
            }
            _ => {}
        }
    }
    found.rows.retain(|row: &Vec<NodeId>| !row.is_empty());
    found
}

impl Converter<'_> {
    /// Decides what a table is. `None`: it has been written.
    pub(super) fn table(&mut self, id: NodeId, inside: Inside) -> Option<End> {
        if !inside.visible() || self.state.lines {
            self.line();
            return Some(End::Line);
        }
        self.flush();
        self.state.heading = 0;
        let found = rows_of(self.tree, id);
        let cells = || found.rows.iter().flatten().copied();
        let any = |test: fn(Inside) -> bool| cells().any(|cell| test(self.survey.inside(cell)));
        let captioned = self.tree.node(id).has_class("tr-caption-container")
            || cells().any(|cell| self.tree.node(cell).has_class("tr-caption"));
        let structure = any(Inside::structure);
        if captioned {
            self.state.lines = !structure;
            return Some(End::Containers(0));
        }
        let headed = cells().any(|cell| self.tree.node(cell).tag() == Tag::Th);
        let columns = found.rows.iter().map(Vec::len).max().unwrap_or(0);
        let lays_out = any(Inside::table) || !headed && (columns < 2 || found.rows.len() < 2 || structure);
        if lays_out {
            return Some(End::Containers(0));
        }
        if let Some(caption) = found.caption {
            self.walk(caption);
            self.flush();
        }
        let spans = any(Inside::spans);
        if (structure || spans) && self.options.raw_html != RawHtml::None {
            self.raw_table(id, &found);
            return None;
        }
        if structure {
            self.notice(HtmlNoticeCode::TableFlattened, format!("{} rows", found.rows.len()));
            return Some(End::Containers(0));
        }
        if spans {
            self.notice(HtmlNoticeCode::TableFlattened, format!("{} rows", found.rows.len()));
        }
        self.data_table(&found.rows, columns);
        None
    }

    fn raw_table(&mut self, _: NodeId, found: &Rows) {
        let mut block = String::from("<table>\n");
        for row in &found.rows {
            block.push_str("<tr>");
            for cell in row {
                raw::write_start(&mut block, self.tree, *cell);
                raw::write_inside(&mut block, self.tree, self.survey, *cell, false);
                block.truncate(block.trim_end_matches(' ').len());
                block.push_str(if self.tree.node(*cell).tag() == Tag::Th {
                    "</th>"
                } else {
                    "</td>"
                });
            }
            block.push_str("</tr>\n");
        }
        block.push_str("</table>");
        self.write_html(block);
    }

    fn data_table(&mut self, rows: &[Vec<NodeId>], columns: usize) {
        // A table in Markdown has a header. Where the source's has none, the header stays empty.
        let header = rows
            .first()
            .filter(|row| row.iter().all(|cell| self.tree.node(*cell).tag() == Tag::Th));
        let mut block = String::new();
        let mut body = rows;
        match header {
            Some(row) => {
                self.row(&mut block, row, columns);
                body = rows.get(1..).unwrap_or(&[]);
            }
            None => {
                block.push_str(&"|     ".repeat(columns));
                block.push_str("|\n");
            }
        }
        for column in 0..columns {
            block.push_str(match self.alignment(rows, column) {
                Some("center") => "| :---: ",
                Some("right") => "| ---: ",
                _ => "| --- ",
            });
        }
        block.push_str("|\n");
        for row in body {
            self.row(&mut block, row, columns);
        }
        block.pop();
        self.write_block(&block);
    }

    fn row(&mut self, block: &mut String, row: &[NodeId], columns: usize) {
        for cell in row {
            let text = self.cell(*cell);
            block.push_str("| ");
            block.push_str(&text);
            if !text.is_empty() {
                block.push(' ');
            }
        }
        for _ in row.len()..columns {
            block.push_str("| ");
        }
        block.push_str("|\n");
    }

    /// The content of a cell on one line.
    fn cell(&mut self, id: NodeId) -> String {
        let before = self.state;
        let header = self.tree.node(id).tag() == Tag::Th;
        self.state = State {
            lines: true,
            heading: 0,
            ..before
        };
        let outer = std::mem::take(&mut self.paragraph);
        self.walk(id);
        let mut inner = std::mem::replace(&mut self.paragraph, outer);
        self.state = before;
        self.spend(self.once != 0 && inner.holds_link(self.once));
        if header {
            inner.strip(Style::STRONG);
        }
        inner.write(&self.spans, Place::Cell, self.options, &mut self.unsaid)
    }

    /// How all cells of a column are aligned, if they agree.
    fn alignment(&self, rows: &[Vec<NodeId>], column: usize) -> Option<&'static str> {
        let mut agreed = None;
        for cell in rows.iter().filter_map(|row| row.get(column)) {
            let node = self.tree.node(*cell);
            let said = node.attribute("align").map(str::to_ascii_lowercase).or_else(|| {
                let style = node.attribute("style")?.to_ascii_lowercase();
                let (_, rest) = style.split_once("text-align")?;
                Some(
                    rest.trim_start_matches([' ', ':'])
                        .split(';')
                        .next()
                        .unwrap_or("")
                        .trim()
                        .to_owned(),
                )
            });
            let said = match said.as_deref() {
                Some("center") => "center",
                Some("right" | "end") => "right",
                _ => return None,
            };
            if *agreed.get_or_insert(said) != said {
                return None;
            }
        }
        agreed
    }
}
