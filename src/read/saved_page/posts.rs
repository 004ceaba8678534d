//! The posts of a page, found by the tables.

use crate::dates::{self, Day, Hints, Reading};
use crate::model::{
    Certainty, Date, DateBasis, Dated, IdBasis, Kind, Location, Post, PostAuthor, Precision, SourceData, Status,
};
use crate::read::{derived_id, phrases};

use super::about::{About, unescape};
use super::capture::Url;
use super::json_ld::Article;
use super::main_text;
use super::outline::{At, Outline, Span, Spans, text};
use super::permalink::{address, day_of, slug, year_month};
use super::pick::{Scope, has_any};
use super::table::{Fields, Rule, Table, Take, tables};

/// A post and the place it stands in.
pub(super) struct FoundPost {
    pub(super) post: Post,
    pub(super) span: Span,
}

/// The posts of a page, with the table that found them.
pub(super) struct FoundPosts {
    pub(super) posts: Vec<FoundPost>,
    pub(super) table: &'static Table,
    /// Whether the page names where the text stands.
    pub(super) certainty: Certainty,
}

/// What is known of the whole page while its posts are read.
pub(super) struct PageView<'p, 'a> {
    pub(super) outline: &'p Outline<'a>,
    pub(super) about: &'p About,
    pub(super) articles: &'p [Article],
    pub(super) hints: &'p Hints,
    /// The comments of the page: what they say of themselves is not said of the post that they stand in.
    pub(super) comments: Vec<Span>,
}

/// Whether a table is for pages of this platform. Tables of a platform are asked only where the page names it, so
/// that no page is guessed into a post.
pub(super) fn applies(table: &Table, about: &About) -> bool {
    table.platform.is_empty() || about.platform == Some(table.platform.as_str())
}

/// Finds the posts of a page by the first table that finds any. Where the page says that it is one post's, what a
/// table finds must be that post, and whole; else the page's main text is it.
pub(super) fn find(view: &PageView<'_, '_>) -> Option<FoundPosts> {
    let found = by_tables(view, false);
    let found = match found {
        Some(found) if view.about.one_post && main_text::is_missed(view, &found.posts) => {
            main_text::find(view).or(Some(found))
        }
        None if view.about.one_post || view.about.static_page => main_text::find(view),
        found => found,
    };
    found.or_else(|| by_tables(view, true))
}

/// The table of themes that share nothing but the post's number.
const NUMBERED: &str = "wordpress-numbered";

/// The posts of the first table that finds any; those that know a post by its number alone are the last to be asked.
fn by_tables(view: &PageView<'_, '_>, by_number: bool) -> Option<FoundPosts> {
    tables()
        .iter()
        .filter(|table| table.posts.has("post") && applies(table, view.about))
        .filter(|table| by_number == (table.name == NUMBERED))
        .find_map(|table| {
            if table.posts.has("when") && !has_any(view.outline, &table.posts, "when") {
                return None;
            }
            let mut scopes = scopes(view, &table.posts);
            if view.about.one_post && scopes.iter().all(|(span, _)| is_another(view, *span)) {
                scopes.clear();
            }
            let single = scopes.len() == 1;
            let mut posts: Vec<FoundPost> = scopes
                .iter()
                .filter_map(|(span, bodies)| {
                    read(view, &table.posts, *span, bodies, single).map(|post| FoundPost { post, span: *span })
                })
                .collect();
            if view.about.one_post && drop_teasers(&mut posts) {
                // What the page says of itself is said of the one that is left.
                let left = posts.first().map(|found| found.span);
                posts = scopes
                    .iter()
                    .filter(|(span, _)| Some(*span) == left)
                    .filter_map(|(span, bodies)| {
                        read(view, &table.posts, *span, bodies, true).map(|post| FoundPost { post, span: *span })
                    })
                    .collect();
            }
            (!posts.is_empty()).then_some(FoundPosts {
                posts,
                table,
                certainty: Certainty::Exact,
            })
        })
}

/// Takes the teasers of others away from a post's own page: what has neither a date nor more than a few words. Says
/// whether one post is left of several.
fn drop_teasers(posts: &mut Vec<FoundPost>) -> bool {
    let words = |post: &Post| {
        let html = post.content_html.as_deref().unwrap_or_default();
        crate::html::visible_text(html).chars().count()
    };
    let several = posts.len() > 1;
    let longest = posts.iter().map(|found| words(&found.post)).max().unwrap_or_default();
    posts.retain(|found| {
        let length = words(&found.post);
        length == longest || found.post.date_published.is_some() || length > FEW_WORDS
    });
    several && posts.len() == 1
}

/// A teaser is shorter than this, in characters.
const FEW_WORDS: usize = 400;

/// Whether an element is one of another post than the page's: a teaser, by the number that WordPress gives it.
fn is_another(view: &PageView<'_, '_>, span: Span) -> bool {
    let Some(element) = view.outline.get(span.start) else {
        return false;
    };
    let names = element.value().id().into_iter().chain(element.value().classes());
    let number = names
        .filter_map(|name| name.strip_prefix("post-"))
        .find(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
    number.is_some_and(|number| view.about.post_id.as_deref().is_some_and(|of_page| of_page != number))
}

/// The other parts of a body that stands in several elements of one name (a standfirst and the text): those beside it
/// in the post, and not in the teaser of another.
pub(super) fn add_parts(view: &PageView<'_, '_>, rules: &[Rule], span: Span, bodies: &mut Vec<At>) {
    let outline = view.outline;
    let Some(body) = bodies.first().copied() else { return };
    let Some(rule) = rules.iter().find(|rule| outline.matches(rule, body)) else {
        return;
    };
    let remarks = Spans::of(view.comments.iter().copied());
    let mut parts: Vec<At> = Vec::new();
    for at in outline.find(rule, span) {
        let nested = parts.last().is_some_and(|before| outline.subtree(*before).contains(at));
        let teaser = std::iter::successors(Some(at), |at| outline.parent(*at))
            .take_while(|around| *around > span.start)
            .any(|around| is_teaser(outline, around));
        if !nested && !teaser && !remarks.contain(at) {
            parts.push(at);
        }
    }
    if parts.contains(&body) {
        *bodies = parts;
    }
}

fn is_teaser(outline: &Outline<'_>, at: At) -> bool {
    outline.get(at).is_some_and(|element| {
        let value = element.value();
        matches!(value.name(), "article" | "aside" | "footer" | "nav" | "li")
            || value
                .classes()
                .any(|class| matches!(class, "hentry" | "type-post" | "widget"))
    })
}

/// The places of posts, each with its body.
fn scopes(view: &PageView<'_, '_>, fields: &Fields) -> Vec<(Span, Vec<At>)> {
    let outline = view.outline;
    let outside: Vec<Span> = fields
        .get("outside")
        .iter()
        .flat_map(|rule| outline.find(rule, outline.all()))
        .map(|at| outline.subtree(at))
        .collect();
    for rule in fields.get("post") {
        let mut found: Vec<(Span, Vec<At>)> = Vec::new();
        for at in outline.find(rule, outline.all()) {
            let span = outline.subtree(at);
            let nested = found.last().is_some_and(|(before, _)| before.contains(at));
            if nested || outside.iter().any(|o| o.contains(at)) {
                continue;
            }
            let scope = Scope {
                outline,
                spans: vec![span],
                except: Vec::new(),
            };
            if let Some(body) = scope.first(fields.get("body")) {
                found.push((span, vec![body]));
            }
        }
        // One element around several bodies is no post: a template whose posts have no element of their own.
        if let [(span, bodies)] = found.as_mut_slice()
            && view.about.one_post
        {
            add_parts(view, fields.get("body"), *span, bodies);
        }
        if !found.is_empty() {
            return found;
        }
    }
    for rule in fields.get("body-alone") {
        let bodies: Vec<At> = outline
            .find(rule, outline.all())
            .filter(|at| !outside.iter().any(|o| o.contains(*at)))
            .collect();
        match bodies.as_slice() {
            [] => {}
            [body] => return vec![(outline.all(), vec![*body])],
            several => {
                return several
                    .iter()
                    .map(|body| (outline.subtree(*body), vec![*body]))
                    .collect();
            }
        }
    }
    Vec::new()
}

/// Reads the post in a span, with its body.
pub(super) fn read(view: &PageView<'_, '_>, fields: &Fields, span: Span, bodies: &[At], single: bool) -> Option<Post> {
    let about = view.about;
    let whole = Scope {
        outline: view.outline,
        spans: vec![span],
        except: Vec::new(),
    };
    let without = fields.get("without");
    let (body, parts) = bodies.split_first()?;
    let mut content = whole.html(*body, without, &about.addresses)?;
    let inside = |comment: &&Span| span.contains(comment.start) && !comment.contains(span.start);
    let scope = Scope {
        except: view.comments.iter().filter(inside).copied().collect(),
        ..whole
    };
    let mut done: Vec<At> = Vec::new();
    let more = fields.get("more").iter().flat_map(|rule| scope.find(rule));
    for at in parts.iter().copied().chain(more) {
        // Several lines may find the same element.
        if done.contains(&at) {
            continue;
        }
        done.push(at);
        if let Some(more) = scope
            .html(at, without, &about.addresses)
            .filter(|more| !more.is_empty())
        {
            content.push('\n');
            content.push_str(&more);
        }
    }
    if content.contains("&lt;$Blog") || content.contains("<data:post") {
        return None; // A template's source, where the post's text would go.
    }
    let mut post = Post {
        status: Status::Published,
        ..Post::default()
    };
    let id = scope.value(fields.get("id")).filter(|id| is_number(id, about));
    let id = id.or_else(|| about.post_id.clone().filter(|_| single));
    post.title = scope.value(fields.get("title")).map(|t| unescape_title(&t));
    post.url = address(view, &scope, fields, single, id.as_deref());
    let article = super::json_ld::matching(view.articles, post.url.as_deref(), post.title.as_deref(), single);
    if post.title.is_none() {
        post.title = article.and_then(|a| a.headline.as_deref()).map(unescape);
    }
    if post.title.is_none() && single {
        post.title.clone_from(&about.title);
    }
    // Where only a header has a heading, it is the blog's.
    if view.about.one_post && about.title.is_some() && post.title.is_some() && post.title == about.blog_title {
        post.title.clone_from(&about.title);
    }
    let hints = Hints {
        year_month: post.url.as_deref().and_then(year_month),
        ..view.hints.clone()
    };
    post.set_published(published(&scope, fields, article, &hints));
    // A day, or nothing, is less than the moment that the page tells search engines.
    if single
        && post
            .date_published
            .as_ref()
            .is_none_or(|d| d.moment().precision == Precision::Day)
    {
        let told = about.published.as_deref().map(|text| dates::dated(text, &hints));
        if let Some(told) = told.filter(|told| told.date.is_some()) {
            post.set_published(told);
        }
    }
    if post.date_published.is_none()
        && post.date_published_raw.is_none()
        && let Some(day) = post.url.as_deref().and_then(day_of)
    {
        post.date_published = Some(day);
        post.date_published_basis = Some(DateBasis::Inferred);
    }
    let modified = article
        .and_then(|a| a.modified.as_deref())
        .filter(|_| modified_differs(article));
    let modified = modified.or(about
        .modified
        .as_deref()
        .filter(|m| single && about.published.as_deref() != Some(m)));
    if let Some(dated) = modified.map(|m| dates::dated(m, &hints)).filter(|d| d.date.is_some()) {
        post.set_modified(dated);
    }
    post.slug = post.url.as_deref().and_then(slug);
    post.kind = kind(view, span, post.url.as_deref(), single);
    post.authors = authors(view, &scope, fields, article, single);
    for (field, into) in [("label", &mut post.tags), ("category", &mut post.categories)] {
        for label in scope.values(fields.get(field)) {
            let label = label.trim_matches(|c: char| c == ',' || c.is_whitespace()).to_owned();
            if !label.is_empty() && !into.contains(&label) {
                into.push(label);
            }
        }
    }
    if let Some(name) = scope.value(fields.get("place")) {
        post.location = Some(Location {
            name: Some(name),
            ..Location::default()
        });
    }
    post.comment_count_claimed = scope
        .value(fields.get("count"))
        .and_then(|text| phrases::claimed(&text));
    let mut source = SourceData::new();
    if single && let Some(from) = about.address_from {
        source.insert("url_from".into(), from.as_str().into());
    }
    if scope.any(fields.get("jump")) {
        source.insert("body_is_cut".into(), true.into());
    }
    if !source.is_empty() {
        post._source = Some(source);
    }
    match id {
        Some(id) => post.id = id,
        None => {
            let visible = scope.text_of(*body);
            post.id = derived_id(
                post.date_published.as_ref().map(Date::as_str),
                post.title.as_deref(),
                visible.as_deref(),
            );
            post.id_basis = Some(IdBasis::Derived);
        }
    }
    post.content_html = Some(content);
    Some(post)
}

fn unescape_title(title: &str) -> String {
    title.trim().to_owned()
}

/// Blogger's numbers are long; a short one comes from something else (`post-1`, `c1`).
fn is_number(id: &str, about: &About) -> bool {
    !about.blogger || (id.len() >= 5 && id.bytes().all(|b| b.is_ascii_digit()))
}

fn modified_differs(article: Option<&Article>) -> bool {
    article.is_some_and(|a| a.modified != a.published)
}

fn kind(view: &PageView<'_, '_>, span: Span, url: Option<&str>, single: bool) -> Kind {
    let blogger_page = view.about.blogger
        && (single && view.about.page_type.as_deref() == Some("static_page")
            || url.and_then(Url::parse).is_some_and(|u| u.path.starts_with("/p/")));
    let classes = view
        .outline
        .get(span.start)
        .and_then(|e| e.attr("class"))
        .unwrap_or_default();
    let wordpress_page = view.about.platform == Some("wordpress")
        && (single && view.about.static_page
            || classes
                .split_ascii_whitespace()
                .any(|c| c == "type-page" || c == "page"));
    if blogger_page || wordpress_page {
        Kind::Page
    } else {
        Kind::Post
    }
}

fn authors(
    view: &PageView<'_, '_>,
    scope: &Scope<'_, '_>,
    fields: &Fields,
    article: Option<&Article>,
    single: bool,
) -> Vec<PostAuthor> {
    let named = fields.get("author").iter().find_map(|rule| {
        let value = scope.find(rule).into_iter().find_map(|at| scope.take(rule, at))?;
        // A line of its own may still hold the label in front of the name.
        let name = if rule.take == Take::Attribute("content".to_owned()) {
            value
        } else {
            phrases::posted_by(&value)
                .filter(|_| value.split_whitespace().count() > 2)
                .unwrap_or(value)
        };
        (!name.chars().any(|c| c == ':') && name.chars().count() <= 100).then_some(name)
    });
    let name = named
        .or_else(|| {
            fields.get("posted-by").iter().find_map(|rule| {
                scope
                    .find(rule)
                    .into_iter()
                    .find_map(|at| phrases::posted_by(&footer_text(scope.outline, at)))
            })
        })
        .or_else(|| article.and_then(|a| a.author.clone()))
        .or_else(|| view.about.author.clone().filter(|_| single));
    let url = scope
        .value(fields.get("author-url"))
        .map(|u| view.about.addresses.original(&u))
        .filter(|u| u.starts_with("http"));
    if name.is_none() && url.is_none() {
        return Vec::new();
    }
    vec![PostAuthor {
        name,
        url,
        ..PostAuthor::default()
    }]
}

/// A footer's text up to its first separator: what follows the author belongs to other things.
pub(super) fn footer_text(outline: &Outline<'_>, at: At) -> String {
    outline.get(at).map(|e| text(e, &|_| false)).unwrap_or_default()
}

/// The date shown with a post: machine-readable first, then JSON-LD, then the header above it with the time in its
/// footer.
fn published(scope: &Scope<'_, '_>, fields: &Fields, article: Option<&Article>, hints: &Hints) -> Dated {
    let mut spare: Option<(Reading, String)> = None;
    for rule in fields.get("date") {
        for at in scope.find(rule) {
            let Some(value) = scope.take(rule, at) else {
                continue;
            };
            let Some(reading) = dates::read(&value, hints) else {
                continue;
            };
            match reading.day {
                Day::Known(_) if reading.time.is_some() => return reading.dated(&value),
                Day::Known(_) | Day::Inferred(_) | Day::Ambiguous if spare.is_none() => spare = Some((reading, value)),
                _ => {}
            }
        }
    }
    if let Some(published) = article.and_then(|a| a.published.as_deref()) {
        let dated = dates::dated(published, hints);
        if dated.date.is_some() {
            return dated;
        }
    }
    let part = |field: &str| {
        fields.get(field).iter().find_map(|rule| {
            scope.find(rule).into_iter().find_map(|at| {
                let value = scope.take(rule, at)?;
                Some((dates::read(&value, hints)?, value))
            })
        })
    };
    let day = part("day").filter(|(r, _)| r.day != Day::Absent);
    let time = part("time");
    match (spare, day, time) {
        (Some((reading, raw)), None, time) => joined(reading, raw, time),
        (_, Some((reading, raw)), time) => joined(reading, raw, time),
        (None, None, Some((reading, raw))) => reading.dated(&raw),
        (None, None, None) => Dated::default(),
    }
}

/// A day with the time that stands elsewhere. Where that other place has a day of its own and a time, it is the
/// better one.
fn joined(day: Reading, raw: String, time: Option<(Reading, String)>) -> Dated {
    let Some((time, time_raw)) = time else {
        return day.dated(&raw);
    };
    match (day.time, time.time, time.day) {
        (Some(_), _, _) | (None, None, _) => match (day.day, time.day) {
            (Day::Ambiguous, Day::Known(_)) => time.dated(&time_raw),
            _ => day.dated(&raw),
        },
        (None, Some(_), Day::Known(_)) => time.dated(&time_raw),
        (None, Some(clock), _) => day.at(clock, time.offset).dated(&format!("{raw} {time_raw}")),
    }
}
