//! One post as an item.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::NaiveDateTime;
use memchr::memmem;
use sha2::{Digest, Sha256};

use crate::check::wxr::{CheckOptions, CheckedItems};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{CommentsStatus, ContentFormat, Dated, Kind, Post, Precision, Status};
use crate::wordpress::{
    CORE_POST_TYPES, CORE_TAXONOMIES, EMPTY_POST, KeptFields, MAX_GUID, MAX_TERM_NAME, MAX_TEXT, MAX_TEXT_NODE,
    META_CONTENT_REST, META_POST, META_PUBLISHED, UNKNOWN_LOGIN, ZERO_DATE, clip, dated, escape_name, escape_title,
    has_sql_date, plain_text, published_url, slug_as_written, sql_date, xml_text,
};

use super::piece::{Piece, Pieces, ReadsBack, write};
use super::plan::{Planned, PlannedAuthor, WxrPlan, shown_date};
use super::{WxrFault, comment, content, pictures, slugs};

/// What is written while an item is made.
pub(super) struct Item<'a, 'n> {
    pub(super) plan: &'a WxrPlan,
    pub(super) post: &'a Post,
    pub(super) planned: Planned,
    pub(super) author: Option<&'a PlannedAuthor>,
    /// Dates of the post as the item has them: local and UTC.
    pub(super) dates: (NaiveDateTime, NaiveDateTime),
    pub(super) pieces: Pieces<'a>,
    /// What of the body was too long for its element.
    pub(super) rest: Vec<Cow<'a, str>>,
    pub(super) kept: KeptFields,
    pub(super) notices: &'n mut Vec<Notice>,
}

/// The bytes of one post with its comments, in thread order. `index` is that of its card in the plan; the post is
/// whole, and all of it is to be written. What WordPress cannot take as it is becomes a notice.
///
/// # Errors
/// When the bytes do not read back as they were meant, which would be a fault of this program.
pub fn item(plan: &WxrPlan, index: usize, post: &Post, notices: &mut Vec<Notice>) -> Result<Vec<u8>, WxrFault> {
    Ok(checked_item(plan, index, post, notices)?.bytes)
}

/// An item, and what the check of it found.
pub(super) struct CheckedItem {
    pub(super) bytes: Vec<u8>,
    pub(super) checked: CheckedItems,
}

/// The same as [`item`], for a file that is checked as it is written.
///
/// # Errors
/// As [`item`].
pub(super) fn checked_item(
    plan: &WxrPlan,
    index: usize,
    post: &Post,
    notices: &mut Vec<Notice>,
) -> Result<CheckedItem, WxrFault> {
    let planned = plan.posts.get(index).copied().ok_or_else(|| WxrFault::Item {
        post: post.id.clone(),
        what: format!("the plan has no post {index}"),
    })?;
    let moment = post.date_published.as_ref().map(|d| d.moment());
    let local = shown_date(moment, plan.zone);
    let unusable = moment.is_none_or(|m| !has_sql_date(m.in_blog_time(plan.zone)));
    let offset = moment
        .filter(|_| !unusable)
        .map_or(0, |m| (m.in_blog_time(plan.zone) - m.in_utc(plan.zone)).num_seconds());
    let local = local + chrono::TimeDelta::seconds(i64::from(planned.shift));
    let utc = local - chrono::TimeDelta::seconds(offset);
    let mut item = Item {
        plan,
        post,
        planned,
        author: plan.author(post.authors.first()),
        dates: (local, utc),
        pieces: Pieces::with_room(PIECES + PIECES_OF_COMMENT * post.comments.len()),
        rest: Vec::new(),
        kept: KeptFields::default(),
        notices,
    };
    item.pieces.open("item");
    item.fields();
    item.terms();
    item.metas();
    comment::write_all(&mut item);
    item.finish(&post.id)
}

/// About how many pieces an item has, and each of its comments.
const PIECES: usize = 64;
const PIECES_OF_COMMENT: usize = 30;

/// How items are checked: of what is found in one the first is told.
const CHECK: CheckOptions = CheckOptions {
    per_code: 1,
    now: None,
    max_size: None,
};

/// Reads bytes once, compares them with the pieces that they were written from and checks them by the rules of WordPress's
/// importer.
fn read_back(bytes: &[u8], pieces: &[Piece<'_>]) -> Result<CheckedItems, String> {
    let text = simdutf8::basic::from_utf8(bytes).map_err(|e| e.to_string())?;
    let mut reads_back = ReadsBack::new(pieces);
    let checked = CheckedItems::new(text, CHECK, |event| reads_back.event(event))?;
    reads_back.end()?;
    Ok(checked)
}

impl<'a> Item<'a, '_> {
    /// Ends the item, reads its bytes back and checks them; `id` is the record's, for the fault.
    ///
    /// # Errors
    /// When the bytes do not read back as they were meant, which would be a fault of this program.
    pub(super) fn finish(mut self, id: &str) -> Result<CheckedItem, WxrFault> {
        self.pieces.close("item");
        if self.pieces.replaced > 0 {
            let count = self.pieces.replaced;
            self.note(
                NoticeCode::CharacterReplaced,
                format!("{count} control characters, which no XML file can hold, were replaced by \u{fffd}."),
            );
        }
        let mut bytes = Vec::new();
        write(&self.pieces.list, 1, &mut bytes);
        let fault = |what| WxrFault::Item {
            post: id.to_owned(),
            what,
        };
        let checked = read_back(&bytes, &self.pieces.list).map_err(fault)?;
        Ok(CheckedItem { bytes, checked })
    }

    pub(super) fn note(&mut self, code: NoticeCode, message: impl Into<String>) {
        let notice = Notice::new(code, message).about_post(&self.post.blog, &self.post.id);
        self.notices.push(notice);
    }

    /// The source's own data under a name.
    pub(super) fn source(&self, name: &str) -> Option<&'a serde_json::Value> {
        self.post._source.as_ref()?.get(name)
    }

    pub(super) fn is_blogger(&self) -> bool {
        self.plan.blog.platform.as_deref() == Some("blogger")
    }

    /// Elements from the title to the flag that keeps a post on top.
    fn fields(&mut self) {
        let post = self.post;
        let status = self.status();
        let title = self.title();
        let login = self.author.map_or(UNKNOWN_LOGIN, |a| &a.login);
        self.pieces.text("title", title.clone());
        let link = post.url.as_deref().unwrap_or_default();
        self.kept.keep(
            "url",
            &post.url,
            &published_url(link, status == "publish").map(str::to_owned),
        );
        self.pieces.plain("link", link);
        self.pieces.plain(
            "pubDate",
            self.dates.1.format("%a, %d %b %Y %H:%M:%S +0000").to_string(),
        );
        self.pieces.text("dc:creator", login);
        let guid = self.guid();
        self.pieces.plain("guid", guid);
        self.pieces.plain("description", "");
        let excerpt = self.excerpt();
        let body = self.body(&title, &excerpt);
        self.pieces.text("content:encoded", body);
        self.pieces.text("excerpt:encoded", excerpt);
        self.pieces.plain("wp:post_id", self.planned.post_id.to_string());
        self.dates(status);
        let comments = match post.comments_status {
            Some(CommentsStatus::Closed | CommentsStatus::Hidden) => "closed",
            None if post.kind == Kind::Page => "closed",
            Some(CommentsStatus::Open) | None => "open",
        };
        let read = if comments == "open" {
            CommentsStatus::Open
        } else {
            CommentsStatus::Closed
        };
        self.kept.keep("comments_status", &post.comments_status, &Some(read));
        let pings = match self.source("ping_status").and_then(|v| v.as_str()) {
            Some("open") => "open",
            _ => "closed",
        };
        self.pieces.text("wp:comment_status", comments);
        self.pieces.text("wp:ping_status", pings);
        let name = self.post_name();
        self.pieces.text("wp:post_name", name);
        self.pieces.text("wp:status", status);
        self.pieces.plain("wp:post_parent", self.planned.parent.to_string());
        let read = (self.planned.parent != 0).then(|| self.planned.parent.to_string());
        self.kept.keep("parent", &post.parent, &read);
        let order = post.order.and_then(|o| i32::try_from(o).ok()).unwrap_or(0);
        self.kept
            .keep("order", &post.order, &(order != 0).then_some(i64::from(order)));
        self.pieces.plain("wp:menu_order", order.to_string());
        let kind = self.kind();
        self.pieces.text("wp:post_type", kind);
        self.pieces.text("wp:post_password", "");
        self.pieces.plain("wp:is_sticky", if post.sticky { "1" } else { "0" });
    }

    fn status(&mut self) -> &'static str {
        let status = self.post.status;
        let word = match status {
            Status::Published => "publish",
            Status::Draft | Status::Unknown => "draft",
            Status::Scheduled => "future",
            Status::Private => "private",
            Status::Pending => "pending",
            Status::Trashed => "trash",
        };
        self.kept.keep("protected", &self.post.protected, &false);
        let (word, read) = match (word, status) {
            ("publish" | "future", _) if self.post.protected => {
                self.note(
                    NoticeCode::ProtectedAsPrivate,
                    "This post had a password. Passwords are never kept, so it was written as private: only people who log in see it.",
                );
                ("private", Status::Private)
            }
            (word, Status::Unknown) => (word, Status::Draft),
            (word, status) => (word, status),
        };
        self.kept.keep("status", &status, &read);
        word
    }

    fn title(&mut self) -> Cow<'a, str> {
        let title = self.post.title.as_deref();
        let whole = self
            .source_html("title_html", title)
            .unwrap_or_else(|| escape_title(title.unwrap_or_default()));
        let title = self.clipped(whole, MAX_TEXT, "title");
        let read = read_text(&title);
        self.kept.keep("title", &self.post.title, &non_empty(read));
        title
    }

    /// A value cut to what WordPress takes; the whole of it stands in the hidden meta.
    fn clipped(&mut self, value: Cow<'a, str>, max: usize, what: &str) -> Cow<'a, str> {
        // What XML cannot hold is replaced by three bytes.
        let room = max.saturating_sub(2 * xml_text(&value).1);
        if value.len() <= room {
            return value;
        }
        self.note(
            NoticeCode::ValueClipped,
            format!("The {what} is longer than the {max} bytes that WordPress takes; the whole of it stands in the hidden field {META_POST}."),
        );
        Cow::Owned(clip(&value, room).to_owned())
    }

    /// The old address where it can serve, because tools recognise a post by it; else a number made of the ids.
    fn guid(&self) -> Cow<'a, str> {
        let fits = |guid: &str| {
            guid.len() <= MAX_GUID
                && ["http://", "https://", "urn:"]
                    .iter()
                    .any(|scheme| guid.starts_with(scheme))
                && guid.bytes().all(|b| {
                    b.is_ascii_graphic()
                        && !matches!(b, b'&' | b'<' | b'>' | b'"' | b'\'' | b'\\' | b'`' | b'{' | b'}' | b'^')
                })
        };
        let own = self.source("guid").and_then(|v| v.as_str()).filter(|g| fits(g));
        let address = self
            .post
            .url
            .as_deref()
            .filter(|url| fits(url) && !self.planned.address_taken);
        own.or(address)
            .map_or_else(|| Cow::Owned(uuid(&self.post.blog, &self.post.id)), Cow::Borrowed)
    }

    /// The summary where WordPress shows it; Blogger's search description was never shown and goes into meta.
    fn excerpt(&mut self) -> Cow<'a, str> {
        if self.is_blogger() {
            return Cow::Borrowed("");
        }
        let summary = self.post.summary.as_deref();
        let whole = self
            .source_html("excerpt_html", summary)
            .unwrap_or_else(|| escape_title(summary.unwrap_or_default()));
        let excerpt = self.clipped(whole, MAX_TEXT, "summary");
        let read = read_text(&excerpt);
        self.kept.keep("summary", &self.post.summary, &non_empty(read));
        excerpt
    }

    fn body(&mut self, title: &str, excerpt: &str) -> Cow<'a, str> {
        let post = self.post;
        let html = post.content_html.as_deref().unwrap_or_default();
        let attachments = &self.plan.attachments;
        let body = if attachments.rewrites() {
            let html = pictures::rewritten(html, |key| attachments.address(key));
            match html {
                Cow::Borrowed(html) => content::post_body(html, post.format(), self.plan.options.html),
                Cow::Owned(html) => {
                    Cow::Owned(content::post_body(&html, post.format(), self.plan.options.html).into_owned())
                }
            }
        } else {
            content::post_body(html, post.format(), self.plan.options.html)
        };
        let nothing = |text: &str| matches!(text.trim(), "" | "0");
        // WordPress takes menu items whatever they say.
        let is_menu_item = matches!(&post.kind, Kind::Other(own) if own == "nav_menu_item");
        let body = if !is_menu_item && nothing(title) && nothing(excerpt) && nothing(&body) {
            let read = Some(EMPTY_POST.to_owned());
            self.kept.keep("content_html", &post.content_html, &read);
            Cow::Borrowed(EMPTY_POST)
        } else {
            if body.is_empty() {
                self.kept.keep("content_html", &post.content_html, &None);
            }
            body
        };
        // How reading the file takes the body, as [`crate::read`] does it.
        let is_block = body.starts_with("<!-- wp:html -->\n")
            && body.matches("<!-- wp:").count() == 1
            && body.ends_with("\n<!-- /wp:html -->");
        let read = if body.is_empty() || is_block {
            None
        } else if memmem::find(body.as_bytes(), b"<!-- wp:").is_some() {
            Some(ContentFormat::WpBlocks)
        } else {
            Some(ContentFormat::Wpautop)
        };
        self.kept.keep("content_format", &post.content_format, &read);
        if body.len() <= MAX_TEXT_NODE {
            return body;
        }
        self.note(
            NoticeCode::ValueClipped,
            format!(
                "The body is longer than the {MAX_TEXT_NODE} bytes that one value of a WordPress file can have; what is beyond stands in the hidden field {META_CONTENT_REST}."
            ),
        );
        let mut rest = body.as_ref();
        let mut parts = Vec::new();
        while rest.len() > MAX_TEXT_NODE {
            let start = clip(rest, MAX_TEXT_NODE);
            // Behind the last tag, so that no tag is cut in two.
            let cut = start.rfind('>').map_or(start.len(), |at| at + 1);
            let (part, after) = rest.split_at(cut);
            parts.push(part.to_owned());
            rest = after;
        }
        let first = parts.first().cloned().unwrap_or_default();
        self.rest = parts.into_iter().skip(1).map(Cow::Owned).collect();
        self.rest.push(Cow::Owned(rest.to_owned()));
        Cow::Owned(first)
    }

    /// Whether the item says the UTC date. A draft has none, but where somebody set one in WordPress.
    pub(super) fn has_utc_date(&self, status: &str) -> bool {
        let moment = self.post.date_published.as_ref().map(|d| d.moment());
        let was_set = self.plan.blog.platform.as_deref() == Some("wordpress")
            && moment.is_some_and(|m| m.precision == Precision::Moment);
        was_set || !matches!(status, "draft" | "pending")
    }

    fn dates(&mut self, status: &str) {
        let post = self.post;
        let (local, utc) = self.dates;
        let local = sql_date(local).unwrap_or_else(|| ZERO_DATE.to_owned());
        // WordPress sets the date of a draft when it is published, unless it has a UTC date already.
        let utc = if self.has_utc_date(status) {
            sql_date(utc).unwrap_or_else(|| local.clone())
        } else {
            ZERO_DATE.to_owned()
        };
        match post.date_published.as_ref().map(|d| d.moment()) {
            None => self.note(
                NoticeCode::NoDate,
                format!("This post has no date; WordPress wants one and got {local}."),
            ),
            Some(moment) if !has_sql_date(moment.in_blog_time(self.plan.zone)) => self.note(
                NoticeCode::NoDate,
                format!("WordPress cannot hold the date of this post; it got {local}. The date itself stands in the hidden field {META_PUBLISHED}."),
            ),
            Some(moment) if moment.precision == Precision::Day => self.note(
                NoticeCode::DayAsMidnight,
                "Only the day of this post is known; it was written as midnight.",
            ),
            Some(_) => {}
        }
        if self.planned.shift > 0 {
            let seconds = self.planned.shift;
            self.note(
                NoticeCode::DateShifted,
                format!("WordPress would take this post for another one of the same date and title, so its date was moved by {seconds} s. The date itself stands in the hidden field {META_PUBLISHED}."),
            );
        }
        let read = self.read_published(&local, &utc);
        self.kept.keep("date_published", &post.date_published, &read.date);
        self.kept
            .keep("date_published_raw", &post.date_published_raw, &read.raw);
        self.kept
            .keep("date_published_basis", &post.date_published_basis, &read.basis);
        self.pieces.text("wp:post_date", local);
        self.pieces.text("wp:post_date_gmt", utc);
        if let Some(modified) = &post.date_modified {
            let moment = modified.moment();
            let zone = self.plan.zone;
            if let (Some(local), Some(utc)) = (sql_date(moment.in_blog_time(zone)), sql_date(moment.in_utc(zone))) {
                self.pieces.text("wp:post_modified", local);
                self.pieces.text("wp:post_modified_gmt", utc);
            }
        }
        let read = post
            .date_modified
            .as_ref()
            .map_or_else(Dated::default, |d| Dated::rfc3339(d.as_str()));
        self.kept.keep("date_modified_raw", &post.date_modified_raw, &read.raw);
        self.kept
            .keep("date_modified_basis", &post.date_modified_basis, &read.basis);
        self.kept.keep("date_created", &post.date_created, &None);
        self.kept.keep("date_created_raw", &post.date_created_raw, &None);
        self.kept.keep("date_created_basis", &post.date_created_basis, &None);
    }

    /// What reading the dates gives: those of the hidden field where that had to be written.
    fn read_published(&self, local: &str, utc: &str) -> Dated {
        let read = dated(local, utc);
        match &self.post.date_published {
            Some(date) if read.date.as_ref() != Some(date) => Dated::rfc3339(date.as_str()),
            _ => read,
        }
    }

    fn post_name(&mut self) -> String {
        let post = self.post;
        let (base, name) = slugs::planned(post, self.planned);
        // A slug that is made here, of a title, changes no address.
        let had_address = post.slug.is_some() || post.url.is_some();
        if name != base && had_address {
            self.note(
                NoticeCode::SlugChanged,
                format!("The slug {base:?} is taken by another post or kept by WordPress for itself; this one got {name:?}, so its address changes. The old one stands in the hidden field _wp_old_slug."),
            );
        }
        self.kept.keep("slug", &post.slug, &non_empty(slug_as_written(&name)));
        name
    }

    fn kind(&mut self) -> &'a str {
        let word = slugs::post_type(&self.post.kind);
        let own = self.post.kind.as_str();
        if word != own {
            self.note(
                NoticeCode::KindNotCarried,
                format!("WordPress has no posts of the kind {own:?}; it was written as a post."),
            );
        } else if !CORE_POST_TYPES.contains(&word) {
            self.note(
                NoticeCode::KindNotCarried,
                format!("WordPress takes a post of the kind {own:?} only where the plugin that knows this kind is active: activate it before the import."),
            );
        }
        self.kept.keep("kind", &self.post.kind, &Kind::from(word));
        word
    }

    fn terms(&mut self) {
        let mut tags = Vec::new();
        let mut categories = Vec::new();
        let mut seen = HashSet::new();
        let labels = self.plan.tag_taxonomy();
        let all = self.post.categories.iter().map(|name| ("category", name));
        for (taxonomy, name) in all.chain(self.post.tags.iter().map(|name| (labels, name))) {
            let Some(term) = self.plan.term(taxonomy, name) else {
                continue;
            };
            if !seen.insert((taxonomy, &**name)) {
                continue;
            }
            let written: String = escape_name(name).chars().take(MAX_TERM_NAME).collect();
            if escape_name(name).chars().count() > MAX_TERM_NAME {
                self.note(
                    NoticeCode::ValueClipped,
                    format!("A label is longer than the {MAX_TERM_NAME} characters that WordPress takes; the whole of it stands in the hidden field {META_POST}."),
                );
            }
            let read = read_text(&written);
            if taxonomy == "category" {
                &mut categories
            } else {
                &mut tags
            }
            .push(read);
            let slug = self.source_slug(taxonomy, name).unwrap_or_else(|| term.slug.clone());
            self.pieces.category(taxonomy, slug, written);
        }
        self.kept.keep("tags", &self.post.tags, &tags);
        self.kept.keep("categories", &self.post.categories, &categories);
        let mut plugins: Vec<&str> = Vec::new();
        let others = self.source("terms").and_then(|v| v.as_array()).into_iter().flatten();
        for term in others {
            let field = |name: &str| term.get(name).and_then(|v| v.as_str()).unwrap_or_default();
            let (domain, name) = (field("domain"), field("name"));
            let nicename = match self.plan.term(domain, name) {
                Some(planned) => planned.slug.clone(),
                // WordPress's own (the format of a post) are declared nowhere.
                None => crate::wordpress::slug(field("nicename")),
            };
            let built_in = matches!(domain, "category" | "post_tag");
            let nicename = match built_in {
                true => crate::wordpress::slug(field("nicename")),
                false => nicename,
            };
            let is_wanted = match built_in {
                true => is_another(term) && self.plan.declares(domain, &nicename),
                false => is_taxonomy(domain),
            };
            if is_wanted && !nicename.is_empty() {
                if !CORE_TAXONOMIES.contains(&domain) && !plugins.contains(&domain) {
                    plugins.push(domain);
                    self.note(
                        NoticeCode::PluginNeeded,
                        format!("WordPress takes terms of {domain:?} only where the plugin that knows them is active: activate it before the import."),
                    );
                }
                self.pieces.category(domain, nicename, escape_name(name).into_owned());
            }
        }
    }

    /// The slug by which a WordPress source told this term from another of the same name.
    fn source_slug(&self, taxonomy: &str, name: &str) -> Option<String> {
        let terms = self.source("terms")?.as_array()?;
        let is =
            |term: &serde_json::Value, key: &str, value: &str| term.get(key).and_then(|v| v.as_str()) == Some(value);
        let term = terms
            .iter()
            .find(|t| is(t, "domain", taxonomy) && is(t, "name", name) && !is_another(t))?;
        let slug = crate::wordpress::slug(term.get("nicename")?.as_str()?);
        self.plan.declares(taxonomy, &slug).then_some(slug)
    }

    /// The HTML that a WordPress source had, where the record's plain text is still what it says.
    fn source_html(&self, key: &str, text: Option<&str>) -> Option<Cow<'a, str>> {
        let html = self.source(key)?.as_str()?;
        (Some(read_text(html).as_str()) == text).then_some(Cow::Borrowed(html))
    }
}

/// What reading the file gives of a value that stands in it as HTML.
pub(super) fn read_text(value: &str) -> String {
    let (value, _) = xml_text(value);
    plain_text(value.trim()).into_owned()
}

pub(super) fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// A second term of the same name, as the reader of WordPress exports marks it.
fn is_another(term: &serde_json::Value) -> bool {
    term.get("another").and_then(serde_json::Value::as_bool) == Some(true)
}

fn is_taxonomy(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A UUID (version 8, of free content) of a post: the same for the same post, in every run.
fn uuid(blog: &str, id: &str) -> String {
    let mut hash = Sha256::new();
    hash.update((blog.len() as u64).to_be_bytes());
    hash.update(blog);
    hash.update(id);
    let mut bytes: [u8; 16] = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
    *version = (*version & 0x0f) | 0x80;
    *variant = (*variant & 0x3f) | 0x80;
    let mut out = String::from("urn:uuid:");
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        out.push_str(&format!("{byte:02x}"));
    }
    out
}
