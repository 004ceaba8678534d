//! Markdown: one file a post, front matter, CommonMark with GFM or the dialect of a site generator.
//!
//! Markdown publishes, so what was not public does not come here (the plan sees to that), and what strangers wrote in
//! comments is sanitised.

mod comment_data;
mod comments;
mod files;
mod flavor;
mod front_matter;
mod gallery;
mod options;
mod site;
mod site_links;

use std::borrow::Cow;
use std::path::Path;

pub use flavor::Flavor;
pub use front_matter::{Fields, Format, Value};
pub use options::{BadOptions, CommentsAs, FrontMatter, Links, Options, Permalinks};

use files::{Calling, Placed};
use flavor::{Facts, Rules, When};
use site::Site;

use super::folder::{Folder, Put, WrittenFolder};
use super::{Run, WriteError, Written, pipeline, redirects};
use crate::archive::{Fetched, PostCard};
use crate::html::{
    Dialect, HtmlNotice, HtmlNoticeCode, Markdown, MarkdownOptions, Newlines, RawHtml, autop, harmless_to_markdown,
    to_markdown,
};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{ContentFormat, Kind, Post, Status, Zone};
use crate::plan::markdown::{MarkdownPlan, old_path};
use crate::wordpress::{shortcodes_to_html, shortcodes_with_galleries};

/// Writes the plan's posts into the folder `root`; nowhere, where there is none.
///
/// # Errors
/// When a source cannot be read or a file cannot be written.
pub fn write(
    run: Run<'_>,
    root: Option<&Path>,
    options: &Options,
    written: &mut Written<'_>,
) -> Result<WrittenFolder, WriteError> {
    let renderer = Renderer::new(run, options);
    let mut folder = match root {
        Some(root) => Folder::begin(root, options.overwrite)?,
        None => Folder::nothing(),
    };
    let mut site = Site::default();
    let gathered = run.media.map(|media| media.gathered);
    pipeline::posts(
        run,
        written,
        |place, fetched| renderer.post(place, fetched),
        |rendered, written| site.put(&mut folder, rendered, gathered, written),
    )?;
    site.finish(&mut folder, options, written)?;
    renderer.write_redirects(&mut folder, written)?;
    let moved = folder.remove_moved()?;
    if moved > 0 {
        let files = if moved == 1 {
            "1 file"
        } else {
            &format!("{moved} files")
        };
        written.hint(format!(
            "{files} of posts that lie elsewhere now, or say no more what they said, were taken away."
        ));
    }
    folder.finish()
}

/// The folder of redirects in that of a site. No generator takes what begins with an underscore for a page.
const REDIRECTS: &str = "_old-addresses";

/// How fragments of HTML become Markdown in this run.
#[derive(Clone, Debug, Default)]
struct Writing {
    dialect: Dialect,
    raw_html: RawHtml,
    summary_marker: Option<&'static str>,
    item_indent: Option<usize>,
}

impl Writing {
    /// A body as Markdown, by the rules of its format.
    fn markdown(&self, html: &str, format: ContentFormat) -> Markdown {
        self.of_text(html, format, shortcodes_to_html, |_| None)
    }

    /// The body of a post, which may have galleries.
    fn body(
        &self,
        post: &Post,
        galleries: &mut gallery::OfPost<'_, '_>,
        last: impl Fn(&str) -> Option<String>,
    ) -> Markdown {
        let html = post.content_html.as_deref().unwrap_or_default();
        let shortcodes = |html| shortcodes_with_galleries(html, &mut |gallery| galleries.html(gallery));
        self.of_text(html, post.format(), shortcodes, last)
    }

    /// `last` changes the HTML that everything else has become, before it becomes Markdown.
    fn of_text<'t>(
        &self,
        html: &'t str,
        format: ContentFormat,
        shortcodes: impl FnOnce(&'t str) -> Cow<'t, str>,
        last: impl Fn(&str) -> Option<String>,
    ) -> Markdown {
        let (html, newlines) = match format {
            ContentFormat::HtmlNewlines => (Cow::Borrowed(html), Newlines::Break),
            ContentFormat::Wpautop => {
                let html = autop(&shortcodes(html)).into_owned();
                (Cow::Owned(html), Newlines::Space)
            }
            ContentFormat::WpBlocks => (shortcodes(html), Newlines::Space),
            ContentFormat::Html | ContentFormat::Text => (Cow::Borrowed(html), Newlines::Space),
        };
        let html = match last(&html) {
            Some(changed) => Cow::Owned(changed),
            None => html,
        };
        to_markdown(&html, &self.options(newlines))
    }

    fn options(&self, newlines: Newlines) -> MarkdownOptions {
        MarkdownOptions {
            newlines,
            dialect: self.dialect,
            raw_html: self.raw_html,
            summary_marker: self.summary_marker.map(Cow::Borrowed),
            item_indent: self.item_indent,
            ..MarkdownOptions::default()
        }
    }

    /// What a stranger wrote, as Markdown, where there is nothing to take out; `None` where it has to be sanitised first.
    fn harmless(&self, html: &str, format: ContentFormat) -> Option<Markdown> {
        let newlines = match format {
            ContentFormat::Html | ContentFormat::Text => Newlines::Space,
            ContentFormat::HtmlNewlines => Newlines::Break,
            // These are changed as HTML before they become Markdown.
            ContentFormat::Wpautop | ContentFormat::WpBlocks => return None,
        };
        harmless_to_markdown(html, &self.options(newlines))
    }
}

/// What turns a post into files.
struct Renderer<'a> {
    run: Run<'a>,
    options: &'a Options,
    rules: &'static Rules,
    plan: MarkdownPlan,
    bodies: Writing,
    data: Writing,
    galleries: gallery::Galleries<'a>,
    files: Option<files::Files<'a>>,
    links: Option<site_links::SiteLinks<'a>>,
}

/// A post as files.
struct Rendered {
    /// The folder of its blog's site, with a slash at the end.
    base: String,
    /// Path and text of the post.
    file: (String, String),
    /// Where the site shows it.
    address: Option<String>,
    /// Paths and texts of its comments, and how many comments are in each.
    comments: Vec<(String, Vec<u8>, u64)>,
    /// How many comments stand in the post itself.
    comments_inside: u64,
    /// Numbers and places of the files that it uses.
    files: Vec<(usize, Placed)>,
    /// Ids of blog and post.
    post: (String, String),
    notices: Vec<Notice>,
    /// What the user should be told at the end.
    found: Vec<When>,
    /// Which of the options' renamings found their field.
    renamed: Vec<bool>,
}

impl<'a> Renderer<'a> {
    fn new(run: Run<'a>, options: &'a Options) -> Renderer<'a> {
        let rules = options.flavor.rules();
        let bodies = Writing {
            dialect: rules.dialect,
            raw_html: options.html,
            summary_marker: Some(rules.summary_marker),
            item_indent: rules.item_indent,
        };
        // Hugo runs no shortcodes in data.
        let dialect = match rules.dialect {
            Dialect::Hugo => Dialect::CommonMark,
            own => own,
        };
        Renderer {
            run,
            options,
            rules,
            plan: MarkdownPlan::new(run.archive, run.plan, options.naming()),
            data: Writing {
                dialect,
                summary_marker: None,
                ..bodies.clone()
            },
            bodies,
            galleries: gallery::Galleries::default(),
            files: files::Files::new(run, options, rules),
            links: site_links::SiteLinks::new(run, options, rules),
        }
    }

    fn post(&self, place: usize, fetched: Fetched) -> Result<Rendered, WriteError> {
        let mut post = fetched.post;
        let mut notices = fetched.notices;
        let mut found = Vec::new();
        let card = self.run.archive.post(fetched.number);
        let blog = card.map(|c| c.blog_place()).unwrap_or_default();
        let zone = self.run.archive.zone(blog);
        let base = self.plan.folders.get(blog).filter(|f| !f.is_empty());
        let base = base.map(|f| format!("{f}/")).unwrap_or_default();
        let name = self.plan.names.get(place).unwrap_or("post");
        let file = card.map_or_else(|| name.to_owned(), |card| self.plan.file(place, card));

        if let Some(links) = &self.links {
            links.rewrite(&self.plan, place, &mut post, &mut notices);
        }
        let mut galleries = gallery::OfPost::new(self.run, &self.galleries, &post);
        let home = self.run.home(fetched.number);
        let ids = (post.blog.clone(), post.id.clone());
        let url = post.url.clone();
        let files = self.files.as_ref();
        let page = card.and_then(|card| self.plan.address(place, card));
        let page = page.map(|path| (self.rules.shown_at)(&path));
        let user = files::User {
            ids: (&ids.0, &ids.1),
            file: &file,
            page: page.as_deref(),
        };
        let calling = files.map(|files| Calling::new(files, user, url.as_deref(), home));
        let body = self
            .bodies
            .body(&post, &mut galleries, |html| calling.as_ref()?.rewritten(html));
        if let Some(error) = galleries.error {
            return Err(error.into());
        }
        notices.extend(galleries.notices);
        for notice in body.notices {
            notices.push(told(notice).about_post(&post.blog, &post.id));
        }
        let mut has_raw_html = body.raw_html;
        let body = body.text;
        let comments = if post.comments.is_empty() {
            CommentsAs::None
        } else {
            self.options.comments()
        };
        // As JSON they stay to the letter.
        let is_text = comments == CommentsAs::Section || self.rules.comment_data.is_some();
        if let Some(calling) = calling.as_ref().filter(|_| is_text) {
            for html in post
                .comments
                .iter_mut()
                .filter_map(|comment| comment.content_html.as_mut())
            {
                if let Some(changed) = calling.rewritten(html) {
                    *html = changed;
                }
            }
        }
        if let Some(calling) = &calling {
            calling.enclosures(&post);
        }
        let image = calling.as_ref().and_then(|calling| calling.image(&post));
        let mut section = String::new();
        if comments == CommentsAs::Section {
            has_raw_html |= comments::section(&post, zone, &self.bodies, &mut section, &mut notices);
        }
        let data = match comments {
            CommentsAs::Data => self.comment_files(place, name, &post, zone, &mut notices)?,
            _ => Vec::new(),
        };
        let (matter, renamed) = self.front_matter(
            place,
            card,
            &post,
            zone,
            &body,
            image.as_deref(),
            &mut notices,
            &mut found,
        );
        let mut text = matter;
        for part in [&body, &section] {
            if !part.is_empty() {
                text.push('\n');
                text.push_str(part);
            }
        }
        if has_raw_html {
            found.push(When::RawHtml);
        }
        let files = calling.map(Calling::into_used).unwrap_or_default();
        if !files.is_empty() {
            found.push(When::Files);
        }
        if !data.is_empty() {
            found.push(When::CommentData);
        }
        if post.status != Status::Published {
            found.push(When::Drafts);
        }
        if !post.tags.is_empty() || !post.categories.is_empty() {
            found.push(When::Terms);
        }
        notices.extend(not_carried(&post, self.rules.dialect));
        Ok(Rendered {
            comments: data
                .into_iter()
                .map(|(path, bytes, count)| (format!("{base}{path}"), bytes, count))
                .collect(),
            comments_inside: match comments {
                CommentsAs::Section => post.comments.len() as u64,
                _ => 0,
            },
            files: files
                .into_iter()
                .map(|(number, placed)| {
                    let path = format!("{base}{}", placed.path);
                    (number, Placed { path, ..placed })
                })
                .collect(),
            file: (format!("{base}{file}.md"), text),
            address: self.site_address(place, card),
            base,
            post: (post.blog, post.id),
            notices,
            found,
            renamed,
        })
    }

    /// The address at which the site shows the post at this place, if it is public.
    fn site_address(&self, place: usize, card: Option<PostCard<'_>>) -> Option<String> {
        let card = card.filter(|card| card.status() == Status::Published)?;
        let folder = self
            .options
            .new_url
            .as_deref()
            .map(redirects::list::path_of_site)
            .unwrap_or_default();
        let path = self.plan.address(place, card)?;
        Some(format!("{folder}{}", (self.rules.shown_at)(&path)))
    }

    /// Writes the redirects of each blog, beside its posts.
    fn write_redirects(&self, folder: &mut Folder, written: &mut Written<'_>) -> Result<(), WriteError> {
        let Some(links) = self.links.as_ref().filter(|_| !self.options.redirects.is_empty()) else {
            return Ok(());
        };
        let is_one = self.run.plan.blogs.len() < 2;
        for blog in self.run.plan.blogs.iter().copied() {
            let base = self.plan.folders.get(blog).map_or("", |folder| folder);
            let redirects = links.redirects(&self.plan, blog);
            let about = redirects::About {
                hosts: links.old.hosts(blog).map(str::to_owned).collect(),
                name: if is_one { String::new() } else { blog.to_string() },
                new_url: self.options.new_url.clone(),
            };
            let base = if base.is_empty() {
                String::new()
            } else {
                format!("{base}/")
            };
            for form in &self.options.redirects {
                let made = form.write(&redirects, &about);
                let path = format!("{base}{REDIRECTS}/{}", form.file());
                if folder.put(&path, made.text.as_bytes(), None)? == Put::Kept {
                    written.notice(&Notice::new(
                        NoticeCode::FileKept,
                        format!(
                            "{path} was changed since blogark wrote it; it was left as it is. --overwrite replaces it."
                        ),
                    ));
                    continue;
                }
                made.tell(*form, &path, redirects.len(), written);
            }
        }
        Ok(())
    }

    /// The comments of a post as data: paths in the folder of the site, bytes, and how many comments each holds.
    fn comment_files(
        &self,
        place: usize,
        name: &str,
        post: &Post,
        zone: Zone,
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<(String, Vec<u8>, u64)>, WriteError> {
        let Some(folder) = self.rules.comment_data else {
            let mut bytes = serde_json::to_vec_pretty(&post.comments)?;
            bytes.push(b'\n');
            return Ok(vec![(
                format!("comments/{name}.json"),
                bytes,
                post.comments.len() as u64,
            )]);
        };
        let key = self.plan.key(place);
        let files = comment_data::files(post, zone, &self.data, notices).into_iter();
        Ok(files
            .map(|(file, text)| (format!("{folder}/{key}/{file}"), text.into_bytes(), 1))
            .collect())
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "all that is known of a post comes together here"
    )]
    fn front_matter(
        &self,
        place: usize,
        card: Option<PostCard<'_>>,
        post: &Post,
        zone: Zone,
        body: &str,
        image: Option<&str>,
        notices: &mut Vec<Notice>,
        found: &mut Vec<When>,
    ) -> (String, Vec<bool>) {
        let permalinks = self.options.permalinks;
        let keeps = permalinks == Permalinks::Keep;
        let path = card.and_then(|card| self.plan.old_path(place, card));
        let is_site = self.rules.own_address.is_some();
        if is_site && permalinks != Permalinks::None && path.is_none() && post.url.is_some() {
            let why = if self.plan.lost_its_path(place) {
                "another post has the same path"
            } else {
                "its old address has no path of its own"
            };
            notices.push(
                Notice::new(
                    NoticeCode::FieldNotCarried,
                    format!("The post cannot keep its address: {why}."),
                )
                .about_post(&post.blog, &post.id),
            );
        }
        let mut aliases: Vec<String> = Vec::new();
        if permalinks != Permalinks::None {
            let old = path.iter().filter(|_| !keeps).cloned();
            let older = post.redirects_from.iter().filter_map(|address| old_path(address));
            for alias in old.chain(older) {
                let is_own = keeps && path.as_ref() == Some(&alias);
                if !is_own && !aliases.contains(&alias) && (is_site || !keeps) {
                    aliases.push(alias);
                }
            }
        }
        let slug = self.plan.slugs.get(place).unwrap_or("post");
        let is_data = self.options.comments() == CommentsAs::Data && self.rules.comment_data.is_some();
        let key = self.plan.key(place);
        let facts = Facts {
            post,
            zone,
            slug,
            path: path.filter(|_| keeps),
            address: card
                .filter(|_| self.plan.names.get(place).is_some_and(|name| name.contains('%')))
                .and_then(|card| self.plan.address(place, card)),
            aliases,
            url: post.url.as_deref().filter(|_| keeps),
            comments_key: (is_data && key != slug && !post.comments.is_empty()).then_some(key),
            image,
            has_summary: body.contains(self.rules.summary_marker)
                && body.lines().any(|line| line == self.rules.summary_marker),
        };
        if !facts.aliases.is_empty() {
            found.push(When::Aliases);
        }
        if let Some(path) = &facts.path {
            if path.ends_with(".html") {
                found.push(When::HtmlPaths);
            }
            if !path.is_ascii() {
                found.push(When::ForeignPaths);
            }
        }
        if self.rules.needs_date && post.date_published.is_none() && post.kind != Kind::Page {
            notices.push(
                Notice::new(
                    NoticeCode::NoDate,
                    format!(
                        "The post has no date of publication, and {} takes no post without; it got the next best that is known, or {}.",
                        self.rules.name,
                        flavor::NO_DATE
                    ),
                )
                .about_post(&post.blog, &post.id),
            );
        }
        let mut fields = (self.rules.fields)(&facts);
        let format = self.options.format();
        if self.options.flavor == Flavor::Plain && format == Format::Yaml {
            // Parsers of YAML 1.1 and 1.2 read a bare date differently.
            fields.quote_dates();
        }
        let renamed = self
            .options
            .renamed
            .iter()
            .map(|(old, new)| fields.rename(old, new))
            .collect();
        for (name, value) in &self.options.constants {
            fields.set(name, value.clone());
        }
        let mut text = fields.write(format);
        if format == Format::Pelican && body.is_empty() {
            text.push('\n');
        }
        (text, renamed)
    }
}

/// What front matter has no place for.
fn not_carried(post: &Post, dialect: Dialect) -> Option<Notice> {
    let mut terms = post.tags.iter().chain(&post.categories);
    let fields: Vec<&str> = [
        (
            "semicolons in labels (Pelican parts labels with them; they became commas)",
            dialect == Dialect::Pelican && terms.any(|term| term.contains(';')),
        ),
        ("location", post.location.is_some()),
        ("attachments", !post.attachments.is_empty()),
        ("links of the entry", !post.links.is_empty()),
        ("page above it", post.parent.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, is_there)| is_there.then_some(field))
    .collect();
    (!fields.is_empty()).then(|| {
        Notice::new(
            NoticeCode::FieldNotCarried,
            format!(
                "Front matter has no place for this post's {}. JSON keeps it.",
                fields.join(", ")
            ),
        )
        .about_post(&post.blog, &post.id)
    })
}

/// A notice of the converter in the words of the ledger.
fn told(notice: HtmlNotice) -> Notice {
    let code = match notice.code {
        HtmlNoticeCode::DepthFlattened => NoticeCode::HtmlFlattened,
        _ => NoticeCode::HtmlSimplified,
    };
    let what = notice.code.sentence();
    let message = if notice.detail.is_empty() {
        what.to_owned()
    } else {
        format!("{what} ({})", notice.detail)
    };
    Notice::new(code, message)
}
