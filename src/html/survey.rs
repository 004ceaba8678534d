//! What must be known of a tree before its first word is written: one pass, from the leaves up.

use std::collections::HashSet;

use super::style::is_hidden;
use super::tags::{Rule, Tag};
use super::tree::{Content, NodeId, Step, Tree};

/// What is inside an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Inside {
    flags: u16,
    /// Pieces of visible content that stand on lines of their own: 0, 1 or 2 for "more than one".
    pub(crate) pieces: u8,
    /// The first piece continues what stands before the element; the last one what follows it.
    pub(crate) leads: bool,
    pub(crate) trails: bool,
}

impl Inside {
    const TEXT: u16 = 1;
    const IMAGE: u16 = 1 << 1;
    const EMBED: u16 = 1 << 2;
    const LINK: u16 = 1 << 3;
    const BREAK: u16 = 1 << 4;
    const TABLE: u16 = 1 << 5;
    const EMPHASIS: u16 = 1 << 6;
    const STRUCTURE: u16 = 1 << 7;
    const PRE: u16 = 1 << 8;
    const SPANS: u16 = 1 << 9;
    const HIDDEN: u16 = 1 << 10;
    const BROKEN: u16 = 1 << 11;

    const fn has(self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// Visible characters.
    pub(crate) const fn text(self) -> bool {
        self.has(Self::TEXT)
    }

    /// A picture.
    pub(crate) const fn image(self) -> bool {
        self.has(Self::IMAGE)
    }

    /// Something to play or load.
    pub(crate) const fn embed(self) -> bool {
        self.has(Self::EMBED)
    }

    /// A link that leads somewhere.
    pub(crate) const fn link(self) -> bool {
        self.has(Self::LINK)
    }

    /// A `<br>`.
    pub(crate) const fn line_break(self) -> bool {
        self.has(Self::BREAK)
    }

    /// A table.
    pub(crate) const fn table(self) -> bool {
        self.has(Self::TABLE)
    }

    /// A cell that spans several columns or rows.
    pub(crate) const fn spans(self) -> bool {
        self.has(Self::SPANS)
    }

    /// Italic text.
    pub(crate) const fn emphasis(self) -> bool {
        self.has(Self::EMPHASIS)
    }

    /// More than lines of text: a list, a table, a heading, code, a quotation, a rule, an embed.
    pub(crate) const fn structure(self) -> bool {
        self.has(Self::STRUCTURE)
    }

    /// The element itself is not shown.
    pub(crate) const fn hidden(self) -> bool {
        self.has(Self::HIDDEN)
    }

    /// Anything that can be seen.
    pub(crate) const fn visible(self) -> bool {
        self.has(Self::TEXT | Self::IMAGE | Self::EMBED)
    }

    fn inline(flags: u16) -> Inside {
        Inside {
            flags,
            pieces: 1,
            leads: true,
            trails: true,
        }
    }

    fn add(&mut self, next: Inside, alone: bool) {
        self.flags |= next.flags & !(Self::HIDDEN | Self::BROKEN);
        if next.pieces == 0 {
            if alone || next.has(Self::BROKEN) {
                // It breaks the line all the same.
                self.trails = false;
                self.flags |= if self.pieces == 0 { Self::BROKEN } else { 0 };
            }
            return;
        }
        if self.pieces == 0 {
            let leads = next.leads && !self.has(Self::BROKEN);
            (self.pieces, self.leads, self.trails) = (next.pieces, leads, next.trails);
            return;
        }
        let joined = u8::from(self.trails && next.leads);
        self.pieces = (self.pieces + next.pieces).saturating_sub(joined).min(2);
        self.trails = next.trails;
    }
}

/// The result of the pass.
#[derive(Debug)]
pub(crate) struct Survey {
    inside: Vec<Inside>,
    /// The highest heading of the fragment (1 to 6), if it has one.
    pub(crate) highest_heading: Option<u8>,
    /// Names that links of the fragment point at (`#name`).
    pub(crate) targets: HashSet<String>,
}

impl Survey {
    /// Looks at every node once.
    pub(crate) fn of(tree: &Tree<'_>, top: NodeId) -> Survey {
        let mut survey = Survey {
            inside: vec![Inside::default(); tree.len()],
            highest_heading: None,
            targets: HashSet::new(),
        };
        let mut walk = tree.walk(top);
        while let Some(step) = walk.next() {
            match step {
                Step::Enter(id) => {
                    let node = tree.node(id);
                    let seen = match &node.content {
                        Content::Text(text) => {
                            if text
                                .chars()
                                .all(|c| c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}')
                            {
                                Inside::default()
                            } else {
                                Inside::inline(Inside::TEXT)
                            }
                        }
                        Content::Element(tag, ..) => {
                            let hidden = matches!(tag.rule(), Rule::Hidden) || is_hidden(node);
                            if hidden {
                                survey.set(
                                    id,
                                    Inside {
                                        flags: Inside::HIDDEN,
                                        ..Inside::default()
                                    },
                                );
                                walk.pass_over();
                                continue;
                            }
                            let own = survey.own(tree, id, *tag);
                            survey.set(id, own);
                            if matches!(tag.rule(), Rule::Embed | Rule::Foreign | Rule::Script) {
                                walk.pass_over();
                                survey.give(node.parent, own, false);
                            }
                            continue;
                        }
                        _ => continue,
                    };
                    survey.give(node.parent, seen, false);
                }
                Step::Leave(id) => {
                    let node = tree.node(id);
                    let mut inside = survey.inside(id);
                    if stands_alone(node.tag().rule()) {
                        (inside.leads, inside.trails) = (false, false);
                        survey.set(id, inside);
                    }
                    if node.tag() == Tag::Q {
                        inside.add(Inside::inline(Inside::TEXT), false);
                        survey.set(id, inside);
                    }
                    if node.tag() == Tag::A
                        && inside.visible()
                        && node.attribute("href").is_some_and(|h| !h.trim().is_empty())
                    {
                        inside.flags |= Inside::LINK;
                    }
                    survey.give(node.parent, inside, stands_alone(node.tag().rule()));
                }
            }
        }
        survey
    }

    fn own(&mut self, tree: &Tree<'_>, id: NodeId, tag: Tag) -> Inside {
        let node = tree.node(id);
        let flags = match tag.rule() {
            Rule::Heading(level) => {
                self.highest_heading = Some(self.highest_heading.map_or(level, |before| before.min(level)));
                return Inside {
                    flags: Inside::STRUCTURE,
                    ..Inside::default()
                };
            }
            Rule::List(_) | Rule::Item | Rule::Quote | Rule::Ruler | Rule::Details | Rule::Term => {
                return Inside {
                    flags: Inside::STRUCTURE,
                    ..Inside::default()
                };
            }
            Rule::Table => {
                return Inside {
                    flags: Inside::STRUCTURE | Inside::TABLE,
                    ..Inside::default()
                };
            }
            Rule::Pre => {
                return Inside {
                    flags: Inside::STRUCTURE | Inside::PRE,
                    ..Inside::default()
                };
            }
            Rule::Cell => {
                let spans = node.attributes().iter().any(|one| {
                    matches!(&*one.name, "colspan" | "rowspan") && one.value.trim().parse::<u32>().is_ok_and(|n| n != 1)
                });
                return Inside {
                    flags: if spans { Inside::SPANS } else { 0 },
                    ..Inside::default()
                };
            }
            Rule::Style(style) if style.has(super::style::Style::EM) => {
                return Inside {
                    flags: Inside::EMPHASIS,
                    ..Inside::default()
                };
            }
            Rule::Break => {
                return Inside {
                    flags: Inside::BREAK,
                    ..Inside::default()
                };
            }
            Rule::Image => Inside::IMAGE,
            // Its marks are seen even where it is empty.
            Rule::Quotation => Inside::TEXT,
            Rule::Foreign => Inside::IMAGE,
            Rule::Embed | Rule::Script => {
                if tag == Tag::Script && super::embed::gist_of(node).is_none() {
                    return Inside::default();
                }
                return Inside {
                    flags: Inside::EMBED | Inside::STRUCTURE,
                    pieces: 1,
                    leads: false,
                    trails: false,
                };
            }
            Rule::Link => {
                if let Some(href) = node.attribute("href")
                    && let Some((_, name)) = href.split_once('#')
                    && !name.is_empty()
                {
                    let name = name.trim_end();
                    self.targets.insert(super::address::percent_decoded(name).into_owned());
                    self.targets.insert(name.to_owned());
                }
                0
            }
            _ => 0,
        };
        if flags == 0 {
            Inside::default()
        } else {
            Inside::inline(flags)
        }
    }

    fn set(&mut self, id: NodeId, inside: Inside) {
        if let Some(slot) = self.inside.get_mut(id as usize) {
            *slot = inside;
        }
    }

    fn give(&mut self, id: NodeId, inside: Inside, alone: bool) {
        if let Some(slot) = self.inside.get_mut(id as usize) {
            slot.add(inside, alone);
        }
    }

    /// What is inside a node.
    pub(crate) fn inside(&self, id: NodeId) -> Inside {
        self.inside.get(id as usize).copied().unwrap_or_default()
    }
}

/// Whether an element of this kind begins and ends a line.
pub(crate) fn stands_alone(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::Block
            | Rule::Heading(_)
            | Rule::List(_)
            | Rule::Item
            | Rule::Quote
            | Rule::Pre
            | Rule::Table
            | Rule::TablePart
            | Rule::Cell
            | Rule::Figure
            | Rule::Caption
            | Rule::Term
            | Rule::Ruler
            | Rule::Details
            | Rule::Summary
    )
}
