//! The lines of the document: containers (quotations, lists), what stands before each line in them, and the one blank line
//! between blocks.

use super::{Dialect, MarkdownOptions};

/// Something that holds blocks.
#[derive(Debug)]
enum Level {
    Quote,
    List {
        ordered: bool,
        start: i64,
        number: i64,
        delimiter: char,
        id: usize,
    },
    Item {
        marker: String,
        written: bool,
    },
}

#[derive(Debug)]
struct Container {
    level: Level,
    /// A block has been written in it.
    used: bool,
    /// The last thing written directly in it was a list: whether ordered, and its delimiter.
    last_list: Option<(bool, char)>,
}

/// A place between two lines that becomes a blank line if the list turns out to be loose.
#[derive(Debug)]
struct Seam {
    at: usize,
    list: usize,
    prefix: String,
}

/// The document as it grows.
#[derive(Debug)]
pub(crate) struct Blocks {
    out: String,
    containers: Vec<Container>,
    root_last_list: Option<(bool, char)>,
    used: bool,
    seams: Vec<Seam>,
    loose: Vec<bool>,
    item_indent: Option<usize>,
    dialect: Dialect,
    /// The last block was HTML, which goes on to the next blank line.
    after_html: bool,
}

impl Blocks {
    /// An empty document.
    pub(crate) fn new(capacity: usize, options: &MarkdownOptions) -> Blocks {
        Blocks {
            out: String::with_capacity(capacity),
            containers: Vec::new(),
            root_last_list: None,
            used: false,
            seams: Vec::new(),
            loose: Vec::new(),
            item_indent: options.item_indent.or(options.dialect.item_indent()),
            dialect: options.dialect,
            after_html: false,
        }
    }

    /// Whether nothing has been written.
    pub(crate) fn is_empty(&self) -> bool {
        !self.used
    }

    /// Whether the next block begins a list's item.
    pub(crate) fn begins_item(&self) -> bool {
        matches!(
            self.containers.last(),
            Some(Container {
                level: Level::Item { .. } | Level::List { .. },
                used: false,
                ..
            })
        )
    }

    /// Whether the last thing written in the innermost container is a list.
    pub(crate) fn follows_list(&self) -> bool {
        match self.containers.last() {
            Some(container) => container.last_list.is_some(),
            None => self.root_last_list.is_some(),
        }
    }

    /// Whether blocks go into a list or a quotation.
    pub(crate) fn is_nested(&self) -> bool {
        !self.containers.is_empty()
    }

    /// Begins a quotation.
    pub(crate) fn open_quote(&mut self) {
        self.containers.push(Container {
            level: Level::Quote,
            used: false,
            last_list: None,
        });
    }

    /// Begins a list.
    pub(crate) fn open_list(&mut self, ordered: bool, start: i64) {
        let before = match self.containers.last() {
            Some(container) => container.last_list,
            None => self.root_last_list,
        };
        // A list right after one of its kind would continue it.
        let before = before.filter(|_| self.dialect.list_divider().is_none());
        let delimiter = match (ordered, before) {
            (false, Some((false, '*'))) => '-',
            (false, _) => '*',
            (true, Some((true, '.'))) => ')',
            (true, _) => '.',
        };
        let id = self.loose.len();
        self.loose.push(false);
        let start = start.clamp(0, 999_999_999);
        let level = Level::List {
            ordered,
            start,
            number: start,
            delimiter,
            id,
        };
        self.containers.push(Container {
            level,
            used: false,
            last_list: None,
        });
    }

    /// Begins an item of the list that was begun last.
    pub(crate) fn open_item(&mut self) {
        let fixed = self.item_indent;
        let marker = match self.containers.last_mut().map(|container| &mut container.level) {
            Some(Level::List {
                ordered: true,
                number,
                delimiter,
                ..
            }) => {
                let marker = format!("{number}{delimiter}");
                *number = (*number + 1).min(999_999_999);
                marker
            }
            Some(Level::List { delimiter, .. }) => delimiter.to_string(),
            _ => "*".to_owned(),
        };
        let width = fixed.unwrap_or(0).max(marker.len() + 1);
        let marker = format!("{marker:width$}");
        let level = Level::Item { marker, written: false };
        self.containers.push(Container {
            level,
            used: false,
            last_list: None,
        });
    }

    /// Whether the innermost container is a list.
    pub(crate) fn in_list(&self) -> bool {
        matches!(
            self.containers.last(),
            Some(Container {
                level: Level::List { .. },
                ..
            })
        )
    }

    /// Opens the last item of the innermost list again, for what stands between its items; a new one where it has none.
    pub(crate) fn reopen_item(&mut self) {
        let used = self.containers.last().is_some_and(|container| container.used);
        if !used {
            self.open_item();
            return;
        }
        let width = match self.containers.last_mut().map(|container| &mut container.level) {
            Some(Level::List {
                ordered: true, number, ..
            }) => format!("{}. ", *number - 1).len(),
            _ => 2,
        };
        let marker = " ".repeat(width.max(self.item_indent.unwrap_or(0)));
        self.containers.push(Container {
            level: Level::Item { marker, written: true },
            used: true,
            last_list: None,
        });
    }

    /// Ends the innermost container. An ordered item that holds nothing is written all the same: the numbers of the rest
    /// depend on it.
    pub(crate) fn close(&mut self) {
        let empty_item = matches!(
            self.containers.last(),
            Some(Container {
                level: Level::Item { written: false, .. },
                used: false,
                ..
            })
        );
        let ordered = self
            .containers
            .len()
            .checked_sub(2)
            .and_then(|at| self.containers.get(at))
            .is_some_and(|container| matches!(container.level, Level::List { ordered: true, .. }));
        if empty_item && ordered {
            self.begin(false);
            let end = self.out.trim_end_matches(' ').len();
            self.out.truncate(end);
            self.out.push('\n');
        }
        let Some(closed) = self.containers.pop() else { return };
        if let Level::List { id, .. } = closed.level
            && self.dialect.list_divider().is_some()
            && self.loose.get(id) == Some(&true)
        {
            // What follows a blank line in an inner list has to be parted from it by one.
            let outer = self
                .containers
                .iter()
                .rev()
                .find_map(|container| match container.level {
                    Level::List { id, .. } => Some(id),
                    _ => None,
                });
            if let Some(loose) = outer.and_then(|id| self.loose.get_mut(id)) {
                *loose = true;
            }
        }
        if let Level::List { ordered, delimiter, .. } = closed.level
            && closed.used
        {
            let after = Some((ordered, delimiter));
            match self.containers.last_mut() {
                Some(container) => container.last_list = after,
                None => self.root_last_list = after,
            }
        }
    }

    /// Writes one block: its lines, parted by `\n`.
    pub(crate) fn write(&mut self, block: &str) {
        self.begin(true);
        self.after_html = block.starts_with('<') && block.ends_with('>');
        if self.containers.is_empty() {
            self.out.push_str(block);
            self.out.push('\n');
            return;
        }
        let prefix = self.prefix(self.containers.len());
        for (number, line) in block.split('\n').enumerate() {
            if number > 0 {
                if line.is_empty() {
                    self.out.push_str(prefix.trim_end());
                } else {
                    self.out.push_str(&prefix);
                }
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// What stands before a line inside the first `depth` containers.
    fn prefix(&self, depth: usize) -> String {
        let mut prefix = String::new();
        for container in self.containers.iter().take(depth) {
            match &container.level {
                Level::Quote => prefix.push_str("> "),
                Level::List { .. } => {}
                Level::Item { marker, .. } => prefix.extend(std::iter::repeat_n(' ', marker.len())),
            }
        }
        prefix
    }

    /// Parts the next block from what is before it, and writes what stands before its first line.
    fn begin(&mut self, is_block: bool) {
        let first_unused = self.containers.iter().position(|container| !container.used);
        if self.used {
            let depth = first_unused.unwrap_or(self.containers.len());
            self.part(depth, first_unused.is_some(), is_block);
        }
        self.used = true;
        if first_unused.is_none() || first_unused == Some(0) {
            match (first_unused, self.containers.last_mut()) {
                (None, Some(container)) => container.last_list = None,
                _ => self.root_last_list = None,
            }
        } else if let Some(depth) = first_unused
            && let Some(parent) = depth.checked_sub(1).and_then(|at| self.containers.get_mut(at))
        {
            parent.last_list = None;
        }
        for container in &mut self.containers {
            container.used = true;
            match &mut container.level {
                Level::Quote => self.out.push_str("> "),
                Level::List { .. } => {}
                Level::Item { marker, written } => {
                    if std::mem::replace(written, true) {
                        self.out.extend(std::iter::repeat_n(' ', marker.len()));
                    } else {
                        self.out.push_str(marker);
                    }
                }
            }
        }
    }

    /// Writes what parts two siblings inside the first `depth` containers.
    fn part(&mut self, depth: usize, sibling_is_container: bool, is_block: bool) {
        let list_of = |at: usize| match self.containers.get(at).map(|container| &container.level) {
            Some(Level::List { id, .. }) => Some(*id),
            _ => None,
        };
        let next = self.containers.get(depth).map(|container| &container.level);
        let parent = depth
            .checked_sub(1)
            .and_then(|at| self.containers.get(at))
            .map(|container| &container.level);
        // A numbered list can follow a line of text at once only if it starts with 1, and not with an empty item.
        let interrupts = !self.after_html
            && !matches!(next, Some(Level::List { ordered: true, start, .. }) if *start != 1 || !is_block);
        let seam = match (parent, next) {
            // Between two items, and between an item's text and a list in it: as the list turns out.
            (Some(Level::List { id, .. }), Some(Level::Item { .. })) if sibling_is_container => Some(*id),
            (Some(Level::Item { .. }), Some(Level::List { .. })) if sibling_is_container && interrupts => {
                depth.checked_sub(2).and_then(list_of)
            }
            (Some(Level::Item { .. }), _) => {
                if let Some(id) = depth.checked_sub(2).and_then(list_of)
                    && let Some(loose) = self.loose.get_mut(id)
                {
                    *loose = true;
                }
                None
            }
            _ => None,
        };
        let prefix = self.prefix(depth).trim_end().to_owned();
        match seam {
            Some(list) => self.seams.push(Seam {
                at: self.out.len(),
                list,
                prefix,
            }),
            None => {
                self.out.push_str(&prefix);
                self.out.push('\n');
            }
        }
    }

    /// The finished text.
    pub(crate) fn finish(self) -> String {
        let loose = |list: usize| self.loose.get(list).copied().unwrap_or(false);
        if !self.seams.iter().any(|seam| loose(seam.list)) {
            return self.out;
        }
        let mut text = String::with_capacity(self.out.len() + self.seams.len() * 2);
        let mut done = 0;
        for seam in self.seams.iter().filter(|seam| loose(seam.list)) {
            text.push_str(self.out.get(done..seam.at).unwrap_or(""));
            text.push_str(&seam.prefix);
            text.push('\n');
            done = seam.at;
        }
        text.push_str(self.out.get(done..).unwrap_or(""));
        text
    }
}
