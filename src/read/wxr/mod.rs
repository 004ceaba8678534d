//! WordPress exports (WXR 1.0 to 1.2), also those of WordPress.com and Squarespace, and blogark's own.
//!
//! Each item is read strictly first. Where that fails (an unescaped `]]>` in a text, a tag that is not closed) its
//! fields are cut out by their names, because real exports have such items and every one of them can be had.

mod attachment;
mod comment;
mod fields;
mod head;
mod post;
mod record;
mod salvage;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

use super::xml::{self, Namespaces, Piece, PieceKind, Splitter, document_end};
use super::{
    Class, Context, Damage, DamagedKind, Entry, EntryReader, EntryRecords, FormatInfo, ReadError, Sample, Sink, Span,
    Want, outlive, sight, too_long,
};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Blog, PostAuthor};
use crate::wordpress::plain_text;

use fields::{Item, ItemFault};

/// The reader of WordPress exports.
#[derive(Debug)]
pub struct Wxr;

static INFO: FormatInfo = FormatInfo {
    name: "wxr",
    title: "WordPress export",
    about: "WordPress's export (Tools, Export), of any version, also from WordPress.com and Squarespace",
    class: Class::Export,
};

/// What the items of a file need of its head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WxrHead {
    /// Who stands behind a login.
    pub authors: BTreeMap<String, WxrAuthor>,
    /// Names of tags and categories by taxonomy and slug, and whether another term before it has the same name.
    pub terms: BTreeMap<(String, String), (String, bool)>,
    /// Terms of other taxonomies, by taxonomy and slug.
    pub others: BTreeSet<(String, String)>,
    /// blogark wrote the file: its hidden fields are what the record had.
    pub is_own: bool,
    /// Addresses of the attachments that serve as pictures of posts, by their number.
    pub pictures: BTreeMap<String, String>,
    /// Where menu items stand whose number an earlier one has: WordPress takes both, each for its menu.
    pub repeated: BTreeSet<u64>,
}

/// Someone whom the head declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WxrAuthor {
    /// The number by which comments name the person.
    pub number: String,
    /// The person.
    pub who: PostAuthor,
}

/// How much of a file may stand before its first item.
const HEAD: usize = 64 * 1024 * 1024;

impl WxrHead {
    /// Who stands behind a login.
    fn author(&self, login: &str) -> Option<&WxrAuthor> {
        self.authors
            .get(login)
            .or_else(|| self.authors.get(&head::cleaned_login(login)))
    }
}

impl EntryReader for Wxr {
    fn info(&self) -> &'static FormatInfo {
        &INFO
    }

    fn recognise(&self, sample: Sample<'_>) -> bool {
        let text = sample.text();
        let is_rss = xml::root(&text).is_some_and(|root| root.name == "rss");
        is_rss
            && ["//wordpress.org/export/", "<wp:wxr_version", "<wp:post_id"]
                .iter()
                .any(|mark| text.contains(mark))
    }

    fn recognise_damaged(&self, text: &str) -> bool {
        let marks = ["<wp:wxr_version", "<wp:post_id", "<wp:post_type"];
        xml::has_entries(text) && marks.iter().any(|mark| text.contains(mark))
    }

    fn survey(&self, input: &mut (dyn io::Read + Send), sink: &mut dyn Sink) -> Result<Context, ReadError> {
        let mut input = io::BufReader::with_capacity(Sample::SIZE, input);
        let is_large = input.fill_buf()?.len() >= Sample::SIZE;
        let splitter = Splitter::new(input, &["item"]);
        let mut before = Vec::new();
        let mut survey: Option<Survey> = None;
        let mut is_closed = false;
        let mut end = 0;
        xml::each_piece(
            splitter,
            is_large,
            |_| (),
            |piece, ()| {
                end = piece.offset + piece.bytes.len() as u64;
                if piece.kind == PieceKind::Outside {
                    is_closed |= document_end(piece.bytes, "rss").is_some();
                    if survey.is_none() && before.len() < HEAD {
                        before.extend_from_slice(piece.bytes);
                    }
                    return;
                }
                let survey = survey.get_or_insert_with(|| Survey::begin(&std::mem::take(&mut before), sink));
                if let Err(what) = outlive(|| survey.item(piece, sink)) {
                    sink.damaged(Damage {
                        offset: piece.offset,
                        what,
                        kind: DamagedKind::Post,
                        id: None,
                    });
                }
            },
        )?;
        let survey = survey.unwrap_or_else(|| Survey::begin(&before, sink));
        if !is_closed {
            sink.notice(
                Notice::new(
                    NoticeCode::Truncated,
                    "The file ends before it is complete: it was cut off. What is whole was read.",
                )
                .at_byte(end),
            );
        }
        Ok(survey.finish(sink))
    }

    fn entry(&self, context: &Context, bytes: &[u8], offset: u64) -> Result<EntryRecords, Damage> {
        let span = Span {
            offset,
            length: bytes.len() as u64,
        };
        let (item, _) = fields::item(xml::utf8(bytes).0, &context.namespaces);
        Ok(post::records(item, context, span, Want::Record).entries)
    }
}

/// A file while it is surveyed.
struct Survey {
    context: Context,
    blog: Blog,
    /// Names of terms that posts have and the head does not declare, by taxonomy and slug.
    undeclared: BTreeMap<(String, String), String>,
    /// Numbers of menu items.
    menu_items: BTreeSet<String>,
    /// Addresses of all attachments, by number.
    attachments: BTreeMap<String, String>,
    /// Numbers of those that posts have as their picture.
    wanted: BTreeSet<String>,
}

impl Survey {
    fn begin(before: &[u8], sink: &mut dyn Sink) -> Survey {
        let (text, damaged_at) = xml::utf8(before);
        let root = xml::root(&text).unwrap_or_default();
        let head = head::read(&root.document(&text, "rss"), &root.namespaces);
        crate::read::head::tell_faults(&root, &["rss"], damaged_at, head.fault.as_ref(), sink);
        let context = Context {
            blog: head.blog.id.clone(),
            namespaces: root.namespaces,
            version: head.version,
            wxr: WxrHead {
                authors: head.authors,
                is_own: head.is_own,
                terms: head.terms,
                others: head.others,
                pictures: BTreeMap::new(),
                repeated: BTreeSet::new(),
            },
            ..Context::default()
        };
        Survey {
            context,
            blog: head.blog,
            undeclared: BTreeMap::new(),
            menu_items: BTreeSet::new(),
            attachments: BTreeMap::new(),
            wanted: BTreeSet::new(),
        }
    }

    fn item(&mut self, piece: Piece<'_>, sink: &mut dyn Sink) {
        let span = Span {
            offset: piece.offset,
            length: piece.bytes.len() as u64,
        };
        if piece.kind == PieceKind::TooLong {
            sink.damaged(Damage {
                offset: piece.offset,
                what: too_long(),
                kind: DamagedKind::Post,
                id: None,
            });
            return;
        }
        let (mut item, fault) = fields::item(piece.text().0, &self.context.namespaces);
        // A piece whose end is missing holds what its neighbour's end tag did not take; without its type and text it
        // is nothing that could be shown.
        if piece.kind != PieceKind::Entry && (piece.kind == PieceKind::CutOff || item.get("wp:post_type").is_empty()) {
            sink.damaged(Damage {
                offset: piece.offset,
                what: "the item is broken: its beginning or end is missing".to_owned(),
                kind: DamagedKind::Post,
                id: Some(item.get("wp:post_id").trim().to_owned()).filter(|id| !id.is_empty()),
            });
            return;
        }
        let number = item.get("wp:post_id").trim().to_owned();
        if let Some(fault) = fault {
            let mut notice = match fault {
                ItemFault::Form(what) => Notice::new(
                    NoticeCode::FormFault,
                    format!("A fault of form that cost nothing: {what}."),
                ),
                ItemFault::Text => Notice::new(
                    NoticeCode::DamagedText,
                    "Bytes that are no text were replaced in this item.",
                ),
                ItemFault::Part(what) => Notice::new(
                    NoticeCode::DamagedEntry,
                    format!(
                        "An item is broken: {what}. It was read by the names of its fields, and some of what stands in it could not be."
                    ),
                ),
            };
            notice.post = Some(number.clone()).filter(|id| !id.is_empty() && notice.code == NoticeCode::DamagedEntry);
            sink.notice(notice.at_byte(piece.offset));
        }
        if item.get("wp:post_type").trim() == "nav_menu_item" && !self.menu_items.insert(number.clone()) {
            self.context.wxr.repeated.insert(piece.offset);
        }
        self.terms(&item);
        // Nearly all comments are told of without a record of them.
        let are_seen = item.get("wp:post_type").trim() != "attachment"
            && comment::are_seen(&item.comments, self.context.wxr.is_own);
        let comments = match are_seen {
            true => std::mem::take(&mut item.comments),
            false => Vec::new(),
        };
        let records = post::records(item, &self.context, span, Want::Card);
        if let Some(url) = records.attachment {
            self.attachments.insert(number, url);
        }
        self.wanted.extend(records.picture);
        sink.redacted("password", records.passwords);
        for notice in records.notices {
            sink.notice(notice.at_byte(piece.offset));
        }
        for entry in &records.entries {
            sight(sink, span, entry);
            if let Entry::Post(post) = entry {
                for one in &comments {
                    sink.comment_of(span, post, comment::seen_comment(one));
                }
            }
        }
    }

    /// Files that were made by hand, and other programs', declare no terms: what their posts say of them goes to the
    /// blog, or the slugs would be lost.
    fn terms(&mut self, item: &Item<'_>) {
        if self.context.wxr.is_own {
            return;
        }
        for term in &item.terms {
            let taxonomy = if term.domain == "tag" {
                "post_tag"
            } else {
                &*term.domain
            };
            if taxonomy.is_empty() || term.nicename.is_empty() || taxonomy == "post_format" {
                continue;
            }
            let key = (taxonomy.to_owned(), term.nicename.clone().into_owned());
            if !self.context.wxr.terms.contains_key(&key) && !self.context.wxr.others.contains(&key) {
                self.undeclared
                    .entry(key)
                    .or_insert_with(|| plain_text(term.name.trim()).into_owned());
            }
        }
    }

    fn finish(mut self, sink: &mut dyn Sink) -> Context {
        head::declare(&mut self.blog, &mut self.context.wxr.terms, self.undeclared);
        sink.blog(self.blog);
        self.context.wxr.pictures = self
            .attachments
            .into_iter()
            .filter(|(number, _)| self.wanted.contains(number))
            .collect();
        self.context
    }
}

/// The namespaces that items are read under.
type Declared = Namespaces;
