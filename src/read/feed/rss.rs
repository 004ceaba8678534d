//! RSS 2.0: Blogger's `?alt=rss` and that of other blogs. Dates are RFC 2822; Blogger's guid is its Atom id.

use std::borrow::Cow;
use std::io;

use super::{FeedHead, Telling};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Attachment, Blog, Dated, PostAuthor};
use crate::read::atom::{AtomCategory, AtomEntry, AtomLink, AtomText, damage, trimmed};
use crate::read::blogger::{blog_of, entry::is_address};
use crate::read::xml::{self, Event, Fault, Namespaces, Ns, PieceKind, Splitter, Walker, document_end};
use crate::read::{
    Class, Context, Damage, Entry, EntryReader, EntryRecords, FormatInfo, ReadError, Sample, Sink, Span,
    derive_post_id, head, outlive, sight, too_long,
};

/// The reader of RSS feeds.
#[derive(Debug)]
pub struct RssFeed;

static INFO: FormatInfo = FormatInfo {
    name: "rss",
    title: "RSS feed",
    about: "a blog's RSS 2.0 feed (/feeds/posts/default?alt=rss)",
    class: Class::Feed,
};

impl EntryReader for RssFeed {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn recognise(&self, sample: Sample<'_>) -> bool {
        let text = sample.text();
        xml::root(&text).is_some_and(|root| root.name == "rss")
            // WordPress's export is RSS too, and something else.
            && !text.contains("//wordpress.org/export/")
            && !text.contains("<wp:wxr_version")
    }

    fn recognise_damaged(&self, text: &str) -> bool {
        let has_all_of = |marks: [&str; 3]| marks.iter().all(|mark| text.contains(mark));
        xml::has_entries(text)
            && has_all_of(["<channel", "<item", "</title>"])
            && (text.contains("<pubDate>") || text.contains("<link>"))
    }

    fn survey(&self, input: &mut (dyn io::Read + Send), sink: &mut dyn Sink) -> Result<Context, ReadError> {
        let mut splitter = Splitter::new(input, &["item"]);
        let mut namespaces = Namespaces::default();
        let mut telling: Option<Telling> = None;
        let mut is_closed = false;
        let mut end = 0;
        while let Some(piece) = splitter.next_piece()? {
            end = piece.offset + piece.bytes.len() as u64;
            let telling = telling.get_or_insert_with(|| {
                let (text, damaged_at) = xml::utf8(piece.bytes);
                let mut root = xml::root(&text).unwrap_or_default();
                namespaces = std::mem::take(&mut root.namespaces);
                let text = root.document(&text, "rss");
                let mut telling = Telling::default();
                let (feed, fault) = channel(&text, &namespaces);
                head::tell_faults(&root, &["rss"], damaged_at, fault.as_ref(), sink);
                telling.begin(&feed, blog);
                telling
            });
            let span = Span {
                offset: piece.offset,
                length: piece.bytes.len() as u64,
            };
            match piece.kind {
                PieceKind::Outside => {
                    is_closed |= document_end(piece.bytes, "rss").is_some();
                }
                PieceKind::Entry => {
                    let learn = |entry: &AtomEntry<'_>| {
                        telling.entry(entry, sink);
                        telling.head.clone()
                    };
                    match outlive(|| item(piece.bytes, piece.offset, &namespaces, learn))
                        .unwrap_or_else(|what| Err(damage(piece.bytes, piece.offset, what)))
                    {
                        Ok((records, tolerated)) => {
                            if let Some(what) = tolerated {
                                sink.notice(
                                    Notice::new(
                                        NoticeCode::FormFault,
                                        format!("A fault of form that cost nothing: {what}."),
                                    )
                                    .at_byte(piece.offset),
                                );
                            }
                            for record in &records {
                                sight(sink, span, record);
                            }
                        }
                        Err(damage) => sink.damaged(damage),
                    }
                }
                PieceKind::TooLong => sink.damaged(damage(piece.bytes, piece.offset, too_long())),
                PieceKind::Broken | PieceKind::CutOff => sink.damaged(damage(
                    piece.bytes,
                    piece.offset,
                    "the item is broken: its beginning or end is missing".to_owned(),
                )),
            }
        }
        if !is_closed {
            sink.notice(
                Notice::new(
                    NoticeCode::Truncated,
                    "The file ends before it is complete: it was cut off. What is whole was read.",
                )
                .at_byte(end),
            );
        }
        let head = telling.unwrap_or_default().end(sink);
        Ok(Context {
            blog: head.blog,
            post: head.post,
            comments_only: head.is_comments,
            namespaces,
            ..Context::default()
        })
    }

    fn entry(&self, context: &Context, bytes: &[u8], offset: u64) -> Result<EntryRecords, Damage> {
        let head = FeedHead {
            blog: context.blog.clone(),
            post: context.post.clone(),
            is_comments: context.comments_only,
        };
        item(bytes, offset, &context.namespaces, |_| head).map(|(records, _)| records)
    }
}

/// The channel's own children, in Atom's words.
fn channel<'a>(text: &'a str, namespaces: &'a Namespaces) -> (AtomEntry<'a>, Option<Fault>) {
    let mut walker = Walker::new(text, 0, namespaces);
    let mut feed = AtomEntry::default();
    let fault = head::read_past_faults(&mut walker, |walker| {
        while let Some(event) = walker.next_event()? {
            let Event::Start { ns, name, .. } = event else {
                continue;
            };
            match (ns, &*name) {
                (Ns::None, "rss" | "channel") => {}
                (Ns::None, "title") => feed.title = Some(plain(trimmed(walker)?)),
                (Ns::None, "description") => feed.subtitle = Some(plain(walker.text()?)),
                (Ns::None, "link") => feed.links.push(AtomLink {
                    href: Some(trimmed(walker)?),
                    ..AtomLink::default()
                }),
                (Ns::None, "language") => feed
                    .others
                    .push(("language".to_owned(), walker.text()?.trim().to_owned())),
                (Ns::Atom, "id") => feed.id = Some(trimmed(walker)?),
                _ => walker.skip()?,
            }
        }
        Ok(())
    });
    (feed, fault)
}

fn plain(text: Cow<'_, str>) -> AtomText<'_> {
    AtomText {
        text,
        ..AtomText::default()
    }
}

fn blog(channel: &AtomEntry<'_>, head: &FeedHead) -> Blog {
    let mut blog = super::blog(channel, head);
    blog.feed_url = None;
    blog.language = channel
        .others
        .iter()
        .find(|(name, _)| name == "language")
        .and_then(|(_, value)| crate::read::blogger::language_tag(value));
    blog
}

type Item = (EntryRecords, Option<String>);

/// Reads an item; what the feed is may hang on what its entry says.
fn item(
    bytes: &[u8],
    offset: u64,
    namespaces: &Namespaces,
    head: impl FnOnce(&AtomEntry<'_>) -> FeedHead,
) -> Result<Item, Damage> {
    let (text, _) = xml::utf8(bytes);
    let span = Span {
        offset,
        length: bytes.len() as u64,
    };
    parse(&text, span, namespaces, head).map_err(|fault| Damage {
        offset: fault.offset,
        ..damage(bytes, offset, fault.what)
    })
}

/// What RSS has beside what Atom has.
#[derive(Default)]
struct Extra {
    date: Option<String>,
    person: Option<PostAuthor>,
    enclosures: Vec<Attachment>,
    has_content: bool,
}

fn parse(
    text: &str,
    span: Span,
    namespaces: &Namespaces,
    head: impl FnOnce(&AtomEntry<'_>) -> FeedHead,
) -> Result<Item, Fault> {
    let mut walker = Walker::new(text, span.offset, namespaces);
    let mut entry = AtomEntry::default();
    let mut extra = Extra::default();
    walker.next_event()?;
    while let Some(event) = walker.next_event()? {
        let Event::Start {
            ns,
            name,
            mut attributes,
        } = event
        else {
            continue;
        };
        match (ns, &*name) {
            (Ns::None, "guid") | (Ns::Atom, "id") => entry.id = Some(trimmed(&mut walker)?),
            (Ns::None, "title") => entry.title = Some(plain(trimmed(&mut walker)?)),
            (Ns::None, "link") => entry.links.push(AtomLink {
                href: Some(trimmed(&mut walker)?),
                ..AtomLink::default()
            }),
            (Ns::None, "description") => {
                let description = plain(walker.text()?);
                if extra.has_content {
                    entry.summary = Some(AtomText {
                        form: Some(Cow::Borrowed("html")),
                        ..description
                    });
                } else {
                    entry.content = Some(description);
                }
            }
            (Ns::Content, "encoded") => {
                // With the whole text in an element of its own, the description is a summary.
                let whole = plain(walker.text()?);
                entry.summary = entry.content.replace(whole).map(|summary| AtomText {
                    form: Some(Cow::Borrowed("html")),
                    ..summary
                });
                extra.has_content = true;
            }
            (Ns::None, "pubDate") | (Ns::Dc, "date") => extra.date = Some(walker.text()?.trim().to_owned()),
            (Ns::Atom, "updated") => entry.updated = Some(trimmed(&mut walker)?),
            (Ns::None, "author") => extra.person = Some(person(walker.text()?.trim())),
            (Ns::Dc, "creator") => {
                extra.person = Some(PostAuthor {
                    name: Some(walker.text()?.trim().to_owned()),
                    ..PostAuthor::default()
                });
            }
            (Ns::None, "category") => {
                let scheme = attributes.take("domain");
                entry.categories.push(AtomCategory {
                    scheme,
                    term: Some(trimmed(&mut walker)?),
                });
            }
            (Ns::Thr, "total") | (Ns::Slash, "comments") => entry.total = Some(trimmed(&mut walker)?),
            (Ns::Thr, "in-reply-to") => {
                entry.in_reply_to = attributes.take("ref");
                walker.skip()?;
            }
            (Ns::Media, "thumbnail") => {
                entry.thumbnail = attributes.take("url");
                walker.skip()?;
            }
            (Ns::None, "enclosure") => {
                extra.enclosures.push(Attachment {
                    url: attributes.owned("url"),
                    mime_type: attributes.owned("type"),
                    size_in_bytes: attributes.get("length").and_then(|l| l.parse().ok()),
                    ..Attachment::default()
                });
                walker.skip()?;
            }
            (ns, other) => {
                let key = match ns {
                    Ns::None => other.to_owned(),
                    ns => format!("{}:{other}", format!("{ns:?}").to_lowercase()),
                };
                let text = walker.text()?.trim().to_owned();
                if !text.is_empty() {
                    entry.others.push((key, text));
                }
            }
        }
    }
    let tolerated = walker.tolerated().map(str::to_owned);
    let head = head(&entry);
    Ok((records(entry, extra, head, span), tolerated))
}

fn records(mut entry: AtomEntry<'_>, extra: Extra, mut head: FeedHead, span: Span) -> EntryRecords {
    let is_blogger = entry.id.as_deref().is_some_and(|id| blog_of(id).is_some());
    // A comment's address names it; RSS has no other word for what it answers.
    let is_answer = entry
        .link("alternate")
        .and_then(|l| l.href())
        .is_some_and(|href| href.contains("?showComment="));
    head.is_comments |= is_blogger && is_answer;
    let mut records = super::records(&mut entry, &head, INFO.name, span);
    let date = extra.date.as_deref().map(|text| {
        let strict = Dated::rfc3339(text);
        if strict.date.is_some() {
            strict
        } else {
            Dated::rfc2822(text)
        }
    });
    for record in &mut records {
        match record {
            Entry::Post(post) => {
                if let Some(date) = &date {
                    post.set_published(date.clone());
                }
                post.authors.extend(extra.person.clone());
                post.attachments.extend(extra.enclosures.iter().cloned());
                if post.id_basis.is_some() {
                    derive_post_id(post);
                }
            }
            Entry::Comment { comment, .. } => {
                if let Some(date) = &date {
                    comment.set_published(date.clone());
                }
                if let Some(person) = &extra.person {
                    comment.author = Some(crate::model::CommentAuthor {
                        name: person.name.clone(),
                        _email: person._email.clone(),
                        ..Default::default()
                    });
                }
            }
            Entry::Media(_) => {}
        }
    }
    records
}

/// RSS's author is an address with the name in brackets: `noreply@blogger.com (Name)`.
fn person(text: &str) -> PostAuthor {
    let (email, name) = match text.split_once('(') {
        Some((email, name)) => {
            let name = name.trim_end();
            (email.trim(), Some(name.strip_suffix(')').unwrap_or(name)))
        }
        None if text.contains('@') && !text.contains(' ') => (text, None),
        None => ("", Some(text)),
    };
    PostAuthor {
        name: name.map(str::to_owned),
        _email: Some(email.to_owned()).filter(|e| is_address(e)),
        ..PostAuthor::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_name_out_of_an_rss_author() {
        assert_eq!(
            person("noreply@blogger.com (Ana (B.))").name.as_deref(),
            Some("Ana (B.)")
        );
        assert_eq!(person("noreply@blogger.com (Ana)")._email, None);
        assert_eq!(person("ana@example.org")._email.as_deref(), Some("ana@example.org"));
        assert_eq!(person("Ana B.").name.as_deref(), Some("Ana B."));
    }
}
