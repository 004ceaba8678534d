//! Links between the posts of a blog become links of the new site; nothing else of a text is changed.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::html::{Reference, ReferenceKind, link_plain_addresses, replace_references};
use crate::ledger::{Notice, NoticeCode};
use crate::model::Post;
use crate::plan::addresses::{Anchor, Destination, OldAddresses, is_relative};

/// What becomes of links to posts that are not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingLinks {
    /// They stay as they are.
    #[default]
    Keep,
    /// They lead to the Wayback Machine's copy of about the day of the post that has the link.
    Wayback,
}

/// Where a place of the old blog is on the new site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewPlace {
    /// At this address.
    At(String),
    /// The post is there, but not in this output, or not public in it.
    LeftOut,
    /// The new site has nothing like it.
    Nowhere,
}

/// Replaces the links of a post and its comments that lead to places of its own blog. `blog` is the blog's place in the
/// archive, `number` the post's; `new` says where a place of the old blog is now.
pub fn post(
    post: &mut Post,
    (blog, number): (usize, u32),
    old: &OldAddresses<'_>,
    missing: MissingLinks,
    new: &mut dyn FnMut(&Destination<'_>) -> NewPlace,
    notices: &mut Vec<Notice>,
) {
    let page = post.url.take();
    let day = post.date_published.as_ref().and_then(|date| date.as_str().get(..10));
    let day = day.map(|day| day.replace('-', ""));
    let mut links = Links {
        blog,
        number,
        page: page.as_deref(),
        day,
        old,
        missing,
        new,
        told: HashSet::new(),
        found: Vec::new(),
    };
    if let Some(html) = &post.content_html
        && let Some(changed) = links.text(html)
    {
        post.content_html = Some(changed);
    }
    links.tell(&post.blog, &post.id, None, notices);
    for comment in &mut post.comments {
        if let Some(html) = &comment.content_html
            && let Some(changed) = links.text(html)
        {
            comment.content_html = Some(changed);
        }
        // A blog that links to itself leaves pingbacks, whose author is a post.
        if let Some(url) = comment.author.as_mut().and_then(|author| author.url.as_mut())
            && let Some(changed) = links.address(url).filter(|changed| changed.starts_with('/'))
        {
            *url = changed;
        }
        links.tell(&post.blog, &post.id, Some(&comment.id), notices);
    }
    post.url = page;
}

struct Links<'l> {
    blog: usize,
    number: u32,
    page: Option<&'l str>,
    /// The day of the post, as the Wayback Machine writes it.
    day: Option<String>,
    old: &'l OldAddresses<'l>,
    missing: MissingLinks,
    new: &'l mut dyn FnMut(&Destination<'_>) -> NewPlace,
    /// Addresses that there was a notice about: one for a post is enough.
    told: HashSet<String>,
    found: Vec<(NoticeCode, String)>,
}

impl Links<'_> {
    /// The text with its links replaced, if there is one to replace.
    fn text(&mut self, html: &str) -> Option<String> {
        let replaced = replace_references(html, |reference: &Reference<'_>| match reference.kind {
            ReferenceKind::Link => self
                .address(&reference.address)
                .or_else(|| self.whole(&reference.address)),
            ReferenceKind::Form | ReferenceKind::Source => None,
            // What a page shows from its own host is not on the new one.
            _ => self.whole(&reference.address),
        });
        let changed = match replaced {
            Cow::Owned(changed) => Some(changed),
            Cow::Borrowed(_) => None,
        };
        // A plain address of a post becomes a link in most programs, which would lead to the old host.
        let text = changed.as_deref().unwrap_or(html);
        if !self.old.may_be_in(self.blog, text) {
            return changed;
        }
        let linked = link_plain_addresses(text, |address| self.of_post(address));
        match linked {
            Cow::Owned(linked) => Some(linked),
            Cow::Borrowed(_) => changed,
        }
    }

    /// The new address of a post.
    fn of_post(&mut self, address: &str) -> Option<String> {
        let destination = self.old.destination(self.blog, self.page, address);
        if !matches!(destination, Destination::Post { .. }) {
            return None;
        }
        match (self.new)(&destination) {
            NewPlace::At(address) => Some(address),
            NewPlace::LeftOut | NewPlace::Nowhere => None,
        }
    }

    /// A relative address as a whole one of the old blog: on another host it would mean something else.
    fn whole(&self, address: &str) -> Option<String> {
        is_relative(address)
            .then(|| self.old.whole(self.blog, self.page, address))
            .flatten()
    }

    /// The new address of a link, if it gets one.
    fn address(&mut self, address: &str) -> Option<String> {
        let destination = self.old.destination(self.blog, self.page, address);
        match &destination {
            Destination::File if is_relative(address) && self.whole(address).is_none() => {
                return self.is_missing(address, "a file on the blog's own host, which the input does not name");
            }
            Destination::Elsewhere | Destination::File => return None,
            Destination::Missing => return self.is_missing(address, "at which its blog has no post"),
            // Links of a text to a place in itself are kept whole by whoever writes the text.
            Destination::Post {
                number,
                anchor: Anchor::Place(place),
            } if *number == self.number => return Some(format!("#{place}")),
            _ => {}
        }
        match (self.new)(&destination) {
            NewPlace::At(address) => Some(address),
            NewPlace::LeftOut => self.is_missing(address, "a post that is not public in this output"),
            NewPlace::Nowhere => {
                let what = match destination {
                    Destination::Label(_) => "a label",
                    Destination::Archive(..) => "the posts of a month or year",
                    Destination::Feed => "a feed",
                    _ => "a list of the old blog",
                };
                if self.told.insert(address.to_owned()) {
                    self.found.push((
                        NoticeCode::LinkKept,
                        format!("A link leads to {address}, {what}: the new site has no address for it, so the old one stays."),
                    ));
                }
                None
            }
        }
    }

    fn is_missing(&mut self, address: &str, why: &str) -> Option<String> {
        let archived = match self.missing {
            MissingLinks::Keep => None,
            MissingLinks::Wayback => self
                .old
                .whole(self.blog, self.page, address)
                .map(|whole| match &self.day {
                    Some(day) => format!("https://web.archive.org/web/{day}/{whole}"),
                    None => format!("https://web.archive.org/web/{whole}"),
                }),
        };
        if self.told.insert(address.to_owned()) {
            let end = match &archived {
                Some(_) => "it leads to the Wayback Machine's copy now",
                None => "it stays as it is",
            };
            self.found.push((
                NoticeCode::LinkMissing,
                format!("A link leads to {address}, {why}; {end}."),
            ));
        }
        archived
    }

    fn tell(&mut self, blog: &str, post: &str, comment: Option<&str>, notices: &mut Vec<Notice>) {
        for (code, message) in self.found.drain(..) {
            let notice = Notice::new(code, message).about_post(blog, post);
            notices.push(match comment {
                Some(comment) => notice.about_comment(comment),
                None => notice,
            });
        }
    }
}
