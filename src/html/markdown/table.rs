//! Tables: those that hold data, those that hold a picture and its caption, and those that only lay out a page.

use super::super::raw;
use super::super::style::Style;
use super::super::survey::Inside;
use super::super::tags::Tag;
use super::super::tree::{NONE, NodeId, Tree};
use super::{Converter, End, HtmlNoticeCode, Place, RawHtml, State};

/// How far a cell may reach; more is no table.
const WIDEST_SPAN: usize = 40;

struct Rows {
    caption: Option<NodeId>,
    rows: Vec<Vec<NodeId>>,
}

fn rows_of(tree: &Tree<'_>, table: NodeId) -> Rows {
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
            if self.figure_shortcode(id) {
                return None;
            }
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
        if spans {
            let rows = self.spread(&found.rows);
            let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
            self.data_table(&rows, columns);
        } else {
            self.data_table(&found.rows, columns);
        }
        None
    }

    /// Rows with an empty cell ([`NONE`]) wherever a cell of another column or row reaches.
    fn spread(&self, rows: &[Vec<NodeId>]) -> Vec<Vec<NodeId>> {
        let mut below: Vec<usize> = Vec::new();
        rows.iter()
            .map(|row| {
                let mut cells = Vec::with_capacity(row.len());
                let mut reached = |cells: &mut Vec<NodeId>| {
                    while let Some(rest) = below.get_mut(cells.len()).filter(|rest| **rest > 0) {
                        *rest -= 1;
                        cells.push(NONE);
                    }
                };
                let mut started = Vec::new();
                for cell in row {
                    reached(&mut cells);
                    let node = self.tree.node(*cell);
                    let span = |name: &str| {
                        let said = node
                            .attribute(name)
                            .and_then(|value| value.trim().parse::<usize>().ok());
                        said.unwrap_or(1).clamp(1, WIDEST_SPAN)
                    };
                    let (wide, high) = (span("colspan"), span("rowspan"));
                    for place in 0..wide {
                        started.push((cells.len(), high - 1));
                        cells.push(if place == 0 { *cell } else { NONE });
                    }
                }
                reached(&mut cells);
                for (column, rest) in started {
                    if below.len() <= column {
                        below.resize(column + 1, 0);
                    }
                    if let Some(slot) = below.get_mut(column) {
                        *slot = rest;
                    }
                }
                cells
            })
            .collect()
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
        let header = rows.first().filter(|row| {
            row.iter()
                .all(|cell| matches!(self.tree.node(*cell).tag(), Tag::Th | Tag::None))
        });
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
            let text = if *cell == NONE { String::new() } else { self.cell(*cell) };
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

    /// The content of a cell.
    fn cell(&mut self, id: NodeId) -> String {
        self.line_of(id, Place::Cell)
    }

    /// The content of an element on one line.
    pub(super) fn line_of(&mut self, id: NodeId, place: Place) -> String {
        let before = self.state;
        let header = self.tree.node(id).tag() == Tag::Th;
        self.state = State {
            lines: true,
            heading: 0,
            ..before
        };
        let fresh = self.spare.pop().unwrap_or_default();
        let outer = std::mem::replace(&mut self.paragraph, fresh);
        self.walk(id);
        let mut inner = std::mem::replace(&mut self.paragraph, outer);
        self.state = before;
        self.spend(self.once != 0 && inner.holds_link(self.once));
        if header {
            inner.strip(Style::STRONG);
        }
        let text = inner.write(&self.spans, place, self.options, &mut self.account);
        inner.reset();
        self.spare.push(inner);
        text
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
