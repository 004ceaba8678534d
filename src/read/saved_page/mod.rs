//! Saved pages: one HTML document in, the posts and comments that it shows out.
//!
//! What a template calls its parts stands in the tables of `templates/`; this module only asks them. Posts and
//! comments are looked for independently, because themes mix the markup of several years. A page that no table knows
//! is not recognised, never guessed into a post.

mod about;
mod capture;
mod comments;
mod decode;
mod external;
mod json_ld;
mod main_text;
mod mhtml;
mod outline;
mod permalink;
mod pick;
mod posts;
mod reader;
mod script;
mod serialise;
mod table;

use std::collections::HashMap;

use crate::dates::{self, Hints};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{
    Blog, Certainty, Comment, CommentAuthor, CommentStatus, Date, DateBasis, IdBasis, ParentBasis, Post, PostAuthor,
    Provenance, Status,
};
use crate::read::{UNKNOWN_BLOG, derived_id};

pub use self::reader::SavedPage;
pub(in crate::read) use self::reader::give;

use self::about::About;
use self::capture::Url;
use self::outline::Outline;
use self::posts::{FoundPosts, PageView};

/// What a saved page holds.
#[derive(Debug)]
pub struct Page {
    /// The blog, as far as the page tells.
    pub blog: Blog,
    /// Its posts, with their comments in thread order.
    pub posts: Vec<Post>,
    /// Comments without a post: the page shows comments only.
    pub orphan_comments: Vec<Comment>,
    /// What the user should know.
    pub notices: Vec<Notice>,
    /// The generation of templates that the page was made with.
    pub generation: &'static str,
    /// When the copy was saved, where it tells.
    pub captured_at: Option<Date>,
    /// The page's own address.
    pub url: Option<String>,
    /// The encoding it was read in, by its WHATWG name.
    pub encoding: &'static str,
}

/// Why a document gives no posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAPage {
    /// It is no HTML.
    NotHtml,
    /// It is HTML, but no page of a blog that is known here.
    NotRecognised,
    /// It is a page of a blog that holds no posts; the sentence says why.
    NoContent(&'static str),
}

impl std::fmt::Display for NotAPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NotAPage::NotHtml => "the file is no HTML page",
            NotAPage::NotRecognised => {
                "the page is none that blogark can read: neither a blog's template that it knows, nor microformats or JSON-LD of a post"
            }
            NotAPage::NoContent(why) => why,
        })
    }
}

const DYNAMIC_VIEWS: &str = "the page uses Blogger's Dynamic Views, which load posts by script: the saved file holds none of them. Save the blog's feed instead (/feeds/posts/default)";
const TEMPLATE: &str = "the file is a Blogger template, not a page made with it: it holds no posts";
const ERROR: &str = "the page is the blog's \"not found\" page: no post was there when it was saved";
const EMPTY: &str = "the page is one of a blog, but no post stands in it (an empty list, a profile)";

/// How deep elements may be nested; browsers flatten what is deeper, and parsing is quadratic in depth.
const DEPTH: usize = 512;

/// Whether the start of a file looks like an HTML document, or like one in a mail (MHTML).
pub fn recognise(start: &[u8]) -> bool {
    is_html(start) || mhtml::recognise(start)
}

fn is_html(start: &[u8]) -> bool {
    let mut head = start.to_ascii_lowercase();
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
        head.retain(|byte| *byte != 0); // UTF-16: what is ASCII in it
    }
    let skipped = head
        .iter()
        .take_while(|byte| !byte.is_ascii() || byte.is_ascii_whitespace())
        .count();
    let text = head.get(skipped..).unwrap_or_default();
    if text.first() != Some(&b'<') {
        return false;
    }
    let find = |mark: &str| memchr::memmem::find(text, mark.as_bytes());
    let root = ["<feed", "<rss", "<rdf:rdf"].into_iter().filter_map(find).min();
    let html = ["<!doctype html", "<html", "<head", "<body"]
        .into_iter()
        .filter_map(find)
        .min();
    match (html, root) {
        (Some(html), Some(root)) => html < root,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Reads a saved page. `path_hint` is its path under the folder or zip it came from, `base_url` the address that the
/// user gave for the blog; both serve only where the page does not tell its own address.
///
/// # Errors
/// When the document is no page of a blog, or one without posts; see [`NotAPage`].
pub fn read(html_bytes: &[u8], path_hint: Option<&str>, base_url: Option<&str>) -> Result<Page, NotAPage> {
    let mail = mhtml::page(html_bytes);
    let html_bytes = mail.as_ref().map_or(html_bytes, |mail| &mail.html);
    let start = html_bytes.get(..html_bytes.len().min(64 * 1024)).unwrap_or(html_bytes);
    if !is_html(start) {
        return Err(NotAPage::NotHtml);
    }
    let decoded = decode::decode(html_bytes);
    let (source, flattened) = crate::html::flatten_depth(&decoded.text, DEPTH);
    let document = crate::html::parse_page(&source);
    let outline = Outline::of(&document);
    let mut capture = capture::capture(&document, &source);
    if let Some(mail) = mail {
        capture.url = capture.url.or(mail.url);
        capture.at = capture.at.or(mail.at);
    }
    let mut about = about::about(&document, &outline, &source, &capture, path_hint, base_url);
    let articles = json_ld::articles(&outline);

    let mut hints = Hints {
        language: about.language.clone(),
        ..Hints::default()
    };
    let mut found = gather(&outline, &about, &articles, &hints);
    if about.wants_permalink()
        && let Some((permalink, only)) = found.permalink()
    {
        about.learn_permalink(&permalink, only);
        found = gather(&outline, &about, &articles, &hints);
    }
    if found.has_ambiguous_dates() {
        hints.order = found.order(&outline, &about);
        if hints.order.is_some() {
            found = gather(&outline, &about, &articles, &hints);
        }
    }
    if found.posts.is_none() && found.comments.is_none() {
        match from_json_ld(&articles, &about, &hints) {
            posts if !posts.is_empty() => found.json_ld = posts,
            _ => return Err(why_nothing(&source, &about)),
        }
    }

    let mut page = found.into_page(&outline, &about, &articles, &hints, capture.at.clone());
    page.encoding = decoded.encoding;
    if decoded.damaged {
        page.notices.push(Notice::new(
            NoticeCode::DamagedText,
            format!(
                "some bytes of the page are no valid {}; they stand replaced by the sign U+FFFD",
                decoded.encoding
            ),
        ));
    }
    if flattened {
        page.notices.push(Notice::new(
            NoticeCode::HtmlFlattened,
            "the page nests elements deeper than browsers show; what is deeper was flattened".to_owned(),
        ));
    }
    for service in external::services(&outline) {
        page.notices.push(Notice::new(
            NoticeCode::ExternalComments,
            format!("{service} kept comments of this page; they are not in the file"),
        ));
    }
    Ok(page)
}

fn why_nothing(source: &str, about: &About) -> NotAPage {
    if source.contains("<$Blog") || source.contains("<b:section") || source.contains("<data:post.") {
        return NotAPage::NoContent(TEMPLATE);
    }
    if about.page_type.as_deref() == Some("error_page") {
        return NotAPage::NoContent(ERROR);
    }
    if about.blogger && (source.contains("blogger.ui()") || source.contains("/dynamicviews/")) {
        return NotAPage::NoContent(DYNAMIC_VIEWS);
    }
    if about.blogger {
        return NotAPage::NoContent(EMPTY);
    }
    NotAPage::NotRecognised
}

/// What the tables found.
struct Found {
    posts: Option<FoundPosts>,
    comments: Option<comments::FoundComments>,
    /// Comments that stand in a script alone.
    in_script: Vec<comments::FoundComment>,
    json_ld: Vec<Post>,
}

fn gather(outline: &Outline<'_>, about: &About, articles: &[json_ld::Article], hints: &Hints) -> Found {
    let comments = comments::find(outline, about, hints);
    let view = PageView {
        outline,
        about,
        articles,
        hints,
        comments: comments
            .iter()
            .flat_map(|found| &found.comments)
            .map(|comment| outline.subtree(comment.at))
            .collect(),
    };
    let in_script = if about.blogger {
        comments::in_script(outline, comments.as_ref(), hints)
    } else {
        Vec::new()
    };
    Found {
        posts: posts::find(&view),
        comments,
        in_script,
        json_ld: Vec::new(),
    }
}

impl Found {
    /// The permalink of the first post, and whether there is no other.
    fn permalink(&self) -> Option<(String, bool)> {
        let posts = &self.posts.as_ref()?.posts;
        let url = posts.iter().find_map(|p| p.post.url.clone())?;
        (url.starts_with("http") && !url.contains('#')).then_some((url, posts.len() == 1))
    }

    fn has_ambiguous_dates(&self) -> bool {
        let ambiguous = |basis: Option<DateBasis>| basis == Some(DateBasis::Ambiguous);
        self.posts
            .iter()
            .flat_map(|f| &f.posts)
            .any(|p| ambiguous(p.post.date_published_basis))
            || self
                .comments
                .iter()
                .flat_map(|f| &f.comments)
                .any(|c| ambiguous(c.comment.date_published_basis))
    }

    /// The order of day and month that the page's dates show together.
    fn order(&self, outline: &Outline<'_>, about: &About) -> Option<dates::Order> {
        let mut texts: Vec<String> = Vec::new();
        for table in table::tables().iter().filter(|t| posts::applies(t, about)) {
            let scope = pick::Scope {
                outline,
                spans: vec![outline.all()],
                except: Vec::new(),
            };
            for rule in table
                .posts
                .get("day")
                .iter()
                .chain(table.posts.get("time"))
                .chain(table.comments.get("date"))
            {
                let inside = outline.find(rule, outline.all());
                texts.extend(inside.filter_map(|at| scope.take(rule, at)));
            }
        }
        let known: Vec<chrono::NaiveDate> = self
            .posts
            .iter()
            .flat_map(|f| &f.posts)
            .filter_map(|p| p.post.date_published.as_ref())
            .map(|d| d.moment().local.date())
            .collect();
        let texts = || texts.iter().map(String::as_str);
        dates::order_of(texts()).or_else(|| dates::order_agreeing(texts(), &known))
    }

    fn into_page(
        self,
        outline: &Outline<'_>,
        about: &About,
        articles: &[json_ld::Article],
        hints: &Hints,
        captured_at: Option<Date>,
    ) -> Page {
        let mut notices = Vec::new();
        let generation = match (&self.posts, &self.comments) {
            (Some(found), _) => found.table.name.as_str(),
            (None, Some(found)) => found.table.name.as_str(),
            (None, None) => "json-ld",
        };
        let blog = blog(about);
        let mut starts = Vec::new();
        let mut posts = Vec::new();
        if let Some(of_tables) = self.posts {
            for found in of_tables.posts {
                starts.push(found.span.start);
                let mut post = found.post;
                post.provenance.push(Provenance {
                    certainty: Some(of_tables.certainty),
                    ..provenance(generation, &captured_at)
                });
                posts.push(post);
            }
        }
        posts.extend(self.json_ld.into_iter().map(|mut post| {
            starts.push(0);
            post.provenance.push(provenance("json-ld", &captured_at));
            post
        }));
        for post in &mut posts {
            post.blog.clone_from(&blog.id);
        }

        // Some themes tell search engines of comments that a script draws for people.
        if self.comments.is_none() && self.in_script.is_empty() {
            let single = posts.len() == 1;
            for post in posts.iter_mut().filter(|post| post.comments.is_empty()) {
                let article = json_ld::matching(articles, post.url.as_deref(), post.title.as_deref(), single);
                if let Some(article) = article.filter(|article| !article.comments.is_empty()) {
                    post.comments = remarks(article, hints);
                    post.comment_count_claimed = post.comment_count_claimed.or(article.comment_count);
                }
            }
        }

        let owner_of = |at: usize| {
            starts
                .iter()
                .rposition(|start| *start <= at)
                .or_else(|| (!starts.is_empty()).then_some(0))
        };
        let claims = comments::claims(outline, about);
        let mut orphan_comments = Vec::new();
        let in_markup = self.comments.into_iter().flat_map(|found| {
            let name = found.table.name.as_str();
            found.comments.into_iter().map(move |item| (item, name))
        });
        let in_script = self.in_script.into_iter().map(|item| (item, "blogger-script"));
        for (item, method) in in_markup.chain(in_script) {
            let mut comment = item.comment;
            comment.provenance.push(provenance(method, &captured_at));
            match owner_of(item.at).and_then(|i| posts.get_mut(i)) {
                Some(post) => {
                    finish_comment(&mut comment, post);
                    post.comments.push(comment);
                }
                None => orphan_comments.push(comment),
            }
        }
        for claim in claims {
            let Some(post) = owner_of(claim.at).and_then(|i| posts.get_mut(i)) else {
                continue;
            };
            post.comment_count_claimed = Some(claim.count);
            let found = post.comments.len() as u64;
            if claim.count != found {
                notices.push(count_notice(post, found, &claim));
            }
        }
        for post in &mut posts {
            mend_parents(&mut post.comments);
        }
        // Read before: whoever writes the notice knows the blog only now.
        for notice in &mut notices {
            notice.blog = Some(blog.id.clone());
        }
        Page {
            blog,
            posts,
            orphan_comments,
            notices,
            generation,
            captured_at,
            url: about.addresses.page.clone(),
            encoding: "UTF-8",
        }
    }
}

fn count_notice(post: &Post, found: u64, claim: &comments::Claim) -> Notice {
    let title = post.title.as_deref().unwrap_or(&post.id);
    let paged = if claim.more_pages {
        "; the rest stands on other pages of comments"
    } else {
        ""
    };
    Notice::new(
        NoticeCode::CommentCount,
        format!(
            "the page of {title:?} claims {} comments and holds {found}{paged}",
            claim.count
        ),
    )
    .about_post("", &post.id)
}

fn provenance(table: &str, captured_at: &Option<Date>) -> Provenance {
    Provenance {
        method: Some(format!("html:{table}").into()),
        certainty: Some(Certainty::Exact),
        captured_at: captured_at.clone(),
        ..Provenance::default()
    }
}

/// Completes a comment from the post it stands under: its address, and whether the post's author wrote it.
fn finish_comment(comment: &mut Comment, post: &Post) {
    if let Some(fragment) = comment.url.as_deref().filter(|u| u.starts_with('#')) {
        comment.url = post.url.as_ref().map(|url| format!("{url}{fragment}"));
    }
    let profile = comment.author.as_ref().and_then(|a| a.url.as_deref());
    let own = post.authors.first().and_then(|a| a.url.as_deref());
    if let (Some(profile), Some(own)) = (profile, own) {
        let bare = |url: &str| {
            url.trim_start_matches("https:")
                .trim_start_matches("http:")
                .trim_end_matches('/')
                .to_owned()
        };
        if bare(profile) == bare(own) {
            comment.is_post_author = Some(true);
        }
    }
}

/// Marks answers to comments that are not there, and turns addresses of parents into their ids.
fn mend_parents(comments: &mut [Comment]) {
    let ids: HashMap<String, ()> = comments.iter().map(|c| (c.id.clone(), ())).collect();
    for comment in comments {
        let own = comment.id.clone();
        if comment.in_reply_to.as_deref() == Some(own.as_str()) {
            comment.in_reply_to = None;
            comment.parent_basis = None;
        }
        if let Some(parent) = &comment.in_reply_to {
            comment.parent_missing = !ids.contains_key(parent);
        }
    }
}

fn blog(about: &About) -> Blog {
    let host = about.home.as_deref().and_then(Url::parse).map(|u| u.host.to_owned());
    Blog {
        id: about
            .blog_id
            .clone()
            .or(host)
            .unwrap_or_else(|| UNKNOWN_BLOG.to_owned()),
        platform: about.platform.map(str::to_owned),
        title: about.blog_title.clone(),
        home_page_url: about.home.clone(),
        feed_url: about.feed.clone(),
        language: about.language.clone(),
        ..Blog::default()
    }
}

/// Posts that stand in JSON-LD alone.
fn from_json_ld(articles: &[json_ld::Article], about: &About, hints: &Hints) -> Vec<Post> {
    let with_body = articles
        .iter()
        .filter(|a| a.is_blog_posting && (a.body.is_some() || !a.comments.is_empty()));
    with_body
        .map(|article| {
            let mut post = Post {
                status: Status::Published,
                ..Post::default()
            };
            post.title = article.headline.as_deref().map(about::unescape);
            post.url = article.url.clone().or_else(|| about.addresses.page.clone());
            if let Some(published) = &article.published {
                post.set_published(dates::dated(published, hints));
            }
            if let Some(modified) = article
                .modified
                .as_deref()
                .filter(|m| Some(*m) != article.published.as_deref())
            {
                post.set_modified(dates::dated(modified, hints));
            }
            post.authors = article
                .author
                .iter()
                .map(|name| PostAuthor {
                    name: Some(name.clone()),
                    ..PostAuthor::default()
                })
                .collect();
            post.content_html = article.body.as_deref().map(|text| paragraphs(&about::unescape(text)));
            post.content_format = article.body.as_ref().map(|_| crate::model::ContentFormat::Text);
            post.comment_count_claimed = article.comment_count;
            post.language.clone_from(&article.language);
            post.tags.clone_from(&article.keywords);
            post.id = derived_id(
                post.date_published.as_ref().map(Date::as_str),
                post.title.as_deref(),
                article.body.as_deref(),
            );
            post.id_basis = Some(IdBasis::Derived);
            post.comments = remarks(article, hints);
            post
        })
        .collect()
}

/// The comments of a post in JSON-LD.
fn remarks(article: &json_ld::Article, hints: &Hints) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    for remark in &article.comments {
        let mut comment = Comment {
            status: CommentStatus::Approved,
            ..Comment::default()
        };
        if let Some(published) = &remark.published {
            comment.set_published(dates::dated(published, hints));
        }
        comment.id = remark.id.clone().unwrap_or_else(|| {
            comment.id_basis = Some(IdBasis::Derived);
            derived_id(
                remark.published.as_deref(),
                remark.author.as_deref(),
                remark.text.as_deref(),
            )
        });
        comment.url.clone_from(&remark.url);
        comment.content_html = remark.text.as_deref().map(|text| paragraphs(&about::unescape(text)));
        comment.content_format = Some(crate::model::ContentFormat::Text);
        comment.author = (remark.author.is_some() || remark.author_url.is_some()).then(|| CommentAuthor {
            name: remark.author.clone(),
            url: remark.author_url.clone(),
            ..CommentAuthor::default()
        });
        let enclosing = remark.parent.and_then(|place| ids.get(place).cloned());
        comment.parent_basis = match (&remark.parent_id, &enclosing) {
            (Some(_), _) => Some(ParentBasis::Explicit),
            (None, Some(_)) => Some(ParentBasis::Nesting),
            (None, None) => None,
        };
        comment.in_reply_to = remark.parent_id.clone().or(enclosing);
        comment.provenance.push(provenance("json-ld", &None));
        ids.push(comment.id.clone());
        comments.push(comment);
    }
    comments
}

/// The text of a file without markup, its encoding, and whether bytes were damaged.
pub(crate) fn plain_text(bytes: &[u8]) -> (String, &'static str, bool) {
    let decoded = decode::decode(bytes);
    (decoded.text, decoded.encoding, decoded.damaged)
}

/// The host of a web address.
pub(crate) fn web_host(address: &str) -> Option<&str> {
    Url::parse(address).map(|url| url.host)
}

/// Plain text as escaped paragraphs.
pub(crate) fn paragraphs(text: &str) -> String {
    let escape = |line: &str| line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace("\r\n", "\n")
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| format!("<p>{}</p>", escape(paragraph).replace('\n', "<br>")))
        .collect::<Vec<_>>()
        .join("\n")
}
