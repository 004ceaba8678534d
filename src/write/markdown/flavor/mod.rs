//! Flavours: for whom the Markdown is written, a small file each. A flavour is a set of [`Rules`]: where its generator
//! looks for files, which fields it understands and what its readers must be told.

mod astro;
mod eleventy;
mod hugo;
mod jekyll;
mod label;
mod pelican;
mod plain;
mod zola;

use std::borrow::Cow;

use super::files::MediaRules;
use super::front_matter::{Fields, Format, Value};
use super::options::CommentsAs;
use crate::html::Dialect;
use crate::model::{Date, Kind, Moment, Post, PostAuthor, Precision, Status, Zone};
use crate::plan::addresses::Label;
use crate::plan::markdown::Named;

/// Which program the Markdown is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flavor {
    /// None in particular: editors, notes, archives.
    #[default]
    Plain,
    /// [Hugo](https://gohugo.io).
    Hugo,
    /// [Jekyll](https://jekyllrb.com).
    Jekyll,
    /// [Zola](https://www.getzola.org).
    Zola,
    /// [Eleventy](https://www.11ty.dev).
    Eleventy,
    /// [Astro](https://astro.build).
    Astro,
    /// [Pelican](https://getpelican.com).
    Pelican,
}

impl Flavor {
    /// Every flavour, in the order of the documentation.
    pub const ALL: [Flavor; 7] = [
        Flavor::Plain,
        Flavor::Hugo,
        Flavor::Jekyll,
        Flavor::Zola,
        Flavor::Eleventy,
        Flavor::Astro,
        Flavor::Pelican,
    ];

    pub(super) fn rules(self) -> &'static Rules {
        match self {
            Flavor::Plain => &plain::RULES,
            Flavor::Hugo => &hugo::RULES,
            Flavor::Jekyll => &jekyll::RULES,
            Flavor::Zola => &zola::RULES,
            Flavor::Eleventy => &eleventy::RULES,
            Flavor::Astro => &astro::RULES,
            Flavor::Pelican => &pelican::RULES,
        }
    }

    /// The name, as the command line takes it.
    pub fn name(self) -> &'static str {
        self.rules().name
    }
}

/// What a flavour is.
pub(super) struct Rules {
    /// Its name.
    pub(super) name: &'static str,
    /// Which Markdown its generator reads.
    pub(super) dialect: Dialect,
    /// The forms of front matter that it reads, the usual one first.
    pub(super) formats: &'static [Format],
    /// Folder of posts in the folder of the site.
    pub(super) posts: &'static str,
    /// Folder of pages.
    pub(super) pages: &'static str,
    /// Folder of drafts, where they are kept apart.
    pub(super) drafts: Option<&'static str>,
    /// A post may be a folder with an `index.md`.
    pub(super) has_bundles: bool,
    /// Names of files must begin with the date.
    pub(super) is_named_by_date: bool,
    /// It takes no post without a date.
    pub(super) needs_date: bool,
    /// What marks the end of the summary.
    pub(super) summary_marker: &'static str,
    /// The width of a list's marker, where the dialect wants a fixed one.
    pub(super) item_indent: Option<usize>,
    /// Where comments go when nothing is asked for.
    pub(super) comments: CommentsAs,
    /// Where pictures and files go.
    pub(super) media: MediaRules,
    /// The folder for comments as data, a folder a post with a file a comment. Else all of a post are one JSON file.
    pub(super) comment_data: Option<&'static str>,
    /// Templates that show such comments: path and text.
    pub(super) templates: &'static [(&'static str, &'static str)],
    /// Files that a folder of the site needs besides posts: path and text.
    pub(super) sections: &'static [(&'static str, &'static str)],
    /// The front matter.
    pub(super) fields: for<'f> fn(&'f Facts<'_>) -> Fields<'f>,
    /// The address that the generator gives by itself.
    pub(super) own_address: Option<fn(&Named<'_>) -> String>,
    /// The path under which a post is served that has this one.
    pub(super) shown_at: fn(&str) -> String,
    /// The page of a label, where the generator makes one by itself.
    pub(super) label_address: Option<fn(Label<'_>) -> Option<String>>,
    /// The feed that the generator makes by itself.
    pub(super) feed: Option<&'static str>,
    /// Headings have ids of their words, so that a link can lead to the comments.
    pub(super) has_heading_ids: bool,
    /// What to tell who builds the site, where it applies.
    pub(super) hints: &'static [(When, &'static str)],
}

/// When a hint is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Raw HTML stands in a body.
    RawHtml,
    /// Comments were written as data.
    CommentData,
    /// A post has other addresses that lead to it.
    Aliases,
    /// A post is not public.
    Drafts,
    /// A post has tags or categories.
    Terms,
    /// An old path ends in `.html`.
    HtmlPaths,
    /// An old path has letters that are not Latin.
    ForeignPaths,
    /// Pictures and files lie in the folder.
    Files,
}

/// The path itself: the generator serves a post where it was told.
fn same(path: &str) -> String {
    path.to_owned()
}

/// A path as a folder, if its last part has no extension.
fn folder_unless_file(path: &str) -> String {
    let is_folder = !path.rsplit('/').next().unwrap_or_default().contains('.');
    let end = if is_folder && !path.ends_with('/') { "/" } else { "" };
    format!("{path}{end}")
}

/// What is known of a post when its front matter is written.
pub(super) struct Facts<'a> {
    pub(super) post: &'a Post,
    pub(super) zone: Zone,
    pub(super) slug: &'a str,
    /// The path that the post keeps.
    pub(super) path: Option<String>,
    /// The address that is not to be made of the file's name, because that is percent-encoded.
    pub(super) address: Option<String>,
    /// Paths that lead to it.
    pub(super) aliases: Vec<String>,
    /// The whole old address, where it stays the post's.
    pub(super) url: Option<&'a str>,
    /// The name of its comments' data, where that is not its slug.
    pub(super) comments_key: Option<&'a str>,
    /// The body has the mark that ends the summary.
    pub(super) has_summary: bool,
    /// The picture that stands for the post, where it lies in the folder.
    pub(super) image: Option<&'a str>,
}

impl Facts<'_> {
    fn title(&self) -> &str {
        self.post.title.as_deref().map(str::trim).unwrap_or_default()
    }

    /// The title in one line, as a site shows it.
    fn title_line(&self) -> String {
        let title = self.title();
        if title.contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
            title.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            title.to_owned()
        }
    }

    fn is_page(&self) -> bool {
        self.post.kind == Kind::Page
    }

    /// The post's own type, where it is no post.
    fn kind(&self) -> Option<&str> {
        (self.post.kind != Kind::Post).then(|| self.post.kind.as_str())
    }

    fn is_public(&self) -> bool {
        self.post.status == Status::Published
    }

    /// Why it is not public, where that is more than being a draft.
    fn status(&self) -> Option<&str> {
        let status = self.post.status;
        (!matches!(status, Status::Published | Status::Draft)).then(|| status.as_str())
    }

    fn date(&self) -> Option<Value<'_>> {
        self.local(self.post.date_published.as_ref())
    }

    /// The date, or the next best that is known, or the beginning of time: for generators that take no post without.
    fn some_date(&self) -> Value<'_> {
        let post = self.post;
        let dates = [&post.date_published, &post.date_created, &post.date_modified];
        let known = dates.into_iter().find_map(|date| self.local(date.as_ref()));
        known.unwrap_or_else(|| Value::Date(NO_DATE.into()))
    }

    fn modified(&self) -> Option<Value<'_>> {
        self.local(self.post.date_modified.as_ref())
    }

    fn local<'d>(&self, date: Option<&'d Date>) -> Option<Value<'d>> {
        date.map(|date| Value::Date(local(date, self.zone)))
    }

    fn authors(&self) -> impl Iterator<Item = &str> {
        self.post.authors.iter().filter_map(name)
    }

    fn description(&self) -> Option<&str> {
        self.post.summary.as_deref().map(str::trim).filter(|s| !s.is_empty())
    }
}

/// The date of a post of which none is known, where a generator insists on one.
pub(super) const NO_DATE: &str = "1970-01-01";

fn name(author: &PostAuthor) -> Option<&str> {
    author.name.as_deref().map(str::trim).filter(|n| !n.is_empty())
}

/// Whether a date in UTC is written as it would be written anew: whole seconds or thousandths, and `Z`.
fn is_written_out(date: &str) -> bool {
    date.ends_with('Z') && (date.len() == 20 || (date.len() == 24 && !date.ends_with(".000Z")))
}

/// A date on the blog's own clock with its offset; a bare day stays one.
pub(super) fn local(date: &Date, zone: Zone) -> Cow<'_, str> {
    let moment: Moment = date.moment();
    let offset = match (moment.precision, moment.offset) {
        (Precision::Day, _) => return date.as_str().into(),
        (_, Some(0)) => zone.offset_at_utc(moment.local),
        (_, Some(_)) => return date.as_str().into(),
        (_, None) => zone.offset_at_local(moment.local),
    };
    if offset == 0 && moment.offset == Some(0) && is_written_out(date.as_str()) {
        return date.as_str().into();
    }
    Date::from_offset(moment.in_blog_time(zone), offset)
        .map_or_else(|| date.as_str().into(), |d| String::from(d).into())
}
