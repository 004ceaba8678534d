//! Values taken from a page by the rules of a table.

use std::collections::HashSet;

use ego_tree::NodeId;
use scraper::ElementRef;

use super::capture::Addresses;
use super::outline::{At, Outline, Span, raw_text, text};
use super::serialise::inner_html;
use super::table::{Fields, Rule, Take};

/// A part of a page in which values are looked for: some runs of elements, less others that belong to somebody else
/// (the replies in a comment).
pub(super) struct Scope<'o, 'a> {
    pub(super) outline: &'o Outline<'a>,
    pub(super) spans: Vec<Span>,
    pub(super) except: Vec<Span>,
}

impl<'a> Scope<'_, 'a> {
    /// The elements that a rule finds in the scope.
    pub(super) fn find(&self, rule: &Rule) -> Vec<At> {
        if rule.before {
            let start = self.spans.first().map_or(0, |s| s.start);
            return self.outline.find_before(rule, start).into_iter().collect();
        }
        self.spans
            .iter()
            .flat_map(|span| self.outline.find(rule, *span))
            .filter(|at| !self.except.iter().any(|e| e.contains(*at)))
            .collect()
    }

    /// The first element that any rule of a field finds.
    pub(super) fn first(&self, rules: &[Rule]) -> Option<At> {
        rules
            .iter()
            .find_map(|rule| self.find(rule).first().copied())
    }

    /// Whether any rule of a field finds something.
    pub(super) fn any(&self, rules: &[Rule]) -> bool {
        self.first(rules).is_some()
    }

    /// The first value that the rules of a field give.
    pub(super) fn value(&self, rules: &[Rule]) -> Option<String> {
        rules.iter().find_map(|rule| {
            self.find(rule)
                .into_iter()
                .find_map(|at| self.take(rule, at))
        })
    }

    /// Every value of the first rule of a field that gives any.
    pub(super) fn values(&self, rules: &[Rule]) -> Vec<String> {
        rules
            .iter()
            .map(|rule| {
                self.find(rule)
                    .into_iter()
                    .filter_map(|at| self.take(rule, at))
                    .collect::<Vec<_>>()
            })
            .find(|values| !values.is_empty())
            .unwrap_or_default()
    }

    /// The value of one element, as its rule takes it; `None` where it is empty.
    pub(super) fn take(&self, rule: &Rule, at: At) -> Option<String> {
        let element = self.outline.get(at)?;
        let value = match &rule.take {
            Take::Text => text(element, &|id| self.is_excepted(id)),
            Take::LastLine => raw_text(element)
                .lines()
                .map(str::trim)
                .rfind(|line| !line.is_empty())
                .unwrap_or_default()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
            // Of the classes that WordPress gives a post, the one that numbers it.
            Take::Attribute(name) if name == "class" => element
                .value()
                .classes()
                .find(|c| {
                    c.strip_prefix("post-")
                        .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
                })?
                .to_owned(),
            Take::Attribute(name) => element.attr(name)?.trim().to_owned(),
        };
        let value = if rule.digits {
            last_digits(&value)?
        } else if rule.tail {
            value.rsplit('-').next()?.to_owned()
        } else {
            value
        };
        (!value.is_empty()).then_some(value)
    }

    fn is_excepted(&self, id: NodeId) -> bool {
        !self.except.is_empty()
            && self
                .except
                .iter()
                .any(|span| self.outline.get(span.start).is_some_and(|e| e.id() == id))
    }

    /// The HTML of an element, without what the table says is the template's and without what belongs to others.
    pub(super) fn html(&self, at: At, without: &[Rule], addresses: &Addresses) -> Option<String> {
        let element = self.outline.get(at)?;
        let mut dropped: HashSet<NodeId> = HashSet::new();
        let within = Span {
            start: at + 1,
            end: self.outline.subtree(at).end,
        };
        for rule in without {
            dropped.extend(
                self.outline
                    .find(rule, within)
                    .filter_map(|at| self.outline.get(at))
                    .map(|e| e.id()),
            );
        }
        for span in &self.except {
            dropped.extend(self.outline.get(span.start).map(|e| e.id()));
        }
        Some(inner_html(element, &dropped, addresses))
    }

    /// The text in front of an element, up to the start of the enclosing one.
    pub(super) fn text_of(&self, at: At) -> Option<String> {
        self.outline
            .get(at)
            .map(|e: ElementRef<'a>| text(e, &|id| self.is_excepted(id)))
    }
}

/// Whether a table's field finds anything in a scope: the cheap question before the work.
pub(super) fn has_any(outline: &Outline<'_>, fields: &Fields, field: &str) -> bool {
    fields
        .get(field)
        .iter()
        .any(|rule| outline.find(rule, outline.all()).next().is_some())
}

fn last_digits(value: &str) -> Option<String> {
    let end = value.rfind(|c: char| c.is_ascii_digit())? + 1;
    let head = value.get(..end)?;
    let start = head.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| {
        at + head
            .get(at..)
            .and_then(|s| s.chars().next())
            .map_or(1, char::len_utf8)
    });
    head.get(start..).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::last_digits;

    #[test]
    fn takes_the_last_run_of_digits() {
        assert_eq!(last_digits("post-body-42").as_deref(), Some("42"));
        assert_eq!(last_digits("c7é12x").as_deref(), Some("12"));
        assert_eq!(last_digits("none"), None);
    }
}
