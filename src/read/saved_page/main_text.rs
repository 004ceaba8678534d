//! The main text of a page that says it is one post's own: where no table knows the theme, or what a table found is
//! only a teaser of the post. The page's word stands for what it is; only the place of the text is looked for.

use crate::dates::{self, Day};
use crate::fold::fold;
use crate::model::{Certainty, DateBasis, Dated, PostAuthor};
use crate::read::phrases;

use super::capture::Url;
use super::outline::{At, Outline, Span, Spans, text};
use super::pick::Scope;
use super::posts::{FoundPost, FoundPosts, PageView, add_parts, applies, read};
use super::table::{Fields, Table, tables};

/// So many characters of running text are no accident.
const ENOUGH: usize = 300;

/// Whether the posts that were found hold less than half of what stands together elsewhere on the page.
pub(super) fn is_missed(view: &PageView<'_, '_>, found: &[FoundPost]) -> bool {
    let Some(table) = table(view) else { return false };
    let Some((_, most)) = Running::of(view, &table.posts).densest() else {
        return false;
    };
    let have: usize = found
        .iter()
        .filter_map(|found| found.post.content_html.as_deref())
        .map(|html| crate::html::visible_text(html).chars().count())
        .sum();
    most >= ENOUGH && have < most / 2
}

/// Reads the page's post from its main text.
pub(super) fn find(view: &PageView<'_, '_>) -> Option<FoundPosts> {
    let table = table(view)?;
    let running = Running::of(view, &table.posts);
    let named = named(view, &table.posts, &running);
    let mut bodies = named.map_or_else(|| running.main(), |body| vec![body]);
    let span = around(view.outline, &table.posts, *bodies.first()?);
    if bodies.len() == 1 {
        add_parts(view, table.posts.get("main"), span, &mut bodies);
    }
    let mut post = read(view, &table.posts, span, &bodies, true)?;
    if let Some(title) = title(view, &table.posts, post.title.as_deref()) {
        post.title = Some(title);
    }
    let known = post.date_published.as_ref().map(|date| date.moment().local.date());
    if !matches!(post.date_published_basis, Some(basis) if basis != DateBasis::Inferred)
        && let Some((dated, author)) = byline(view, &running, span, &bodies, known)
    {
        post.set_published(dated);
        if post.authors.is_empty() {
            post.authors.extend(author.map(|name| PostAuthor {
                name: Some(name),
                ..PostAuthor::default()
            }));
        }
    }
    Some(FoundPosts {
        posts: vec![FoundPost { post, span }],
        table,
        certainty: match named {
            Some(_) => Certainty::Exact,
            None => Certainty::Inferred,
        },
    })
}

fn table(view: &PageView<'_, '_>) -> Option<&'static Table> {
    tables()
        .iter()
        .find(|table| table.posts.has("main") && applies(table, view.about))
}

/// The element that a theme names as its text: of the names in their order the first that holds most of the running
/// text.
fn named(view: &PageView<'_, '_>, fields: &Fields, running: &Running<'_, '_>) -> Option<At> {
    let most = running.densest().map_or(0, |(_, most)| most);
    fields.get("main").iter().find_map(|rule| {
        let at = view
            .outline
            .find(rule, view.outline.all())
            .filter(|at| !running.is_aside(*at))
            .max_by_key(|at| running.within(view.outline.subtree(*at)))?;
        let holds = running.within(view.outline.subtree(at));
        let says = || view.outline.get(at).is_some_and(|e| !text(e, &|_| false).is_empty());
        (if most < ENOUGH { says() } else { holds * 2 >= most }).then_some(at)
    })
}

/// The date in the line that stands nearest in front of the text, else behind it, with the author whom it names. Where
/// the address tells the day, it must be that.
fn byline(
    view: &PageView<'_, '_>,
    running: &Running<'_, '_>,
    span: Span,
    bodies: &[At],
    known: Option<chrono::NaiveDate>,
) -> Option<(Dated, Option<String>)> {
    let outline = view.outline;
    let read = |at: At| {
        let element = outline.get(at)?;
        // A day in a heading is what the post is about.
        if matches!(element.value().name(), "h1" | "h2" | "h3") {
            return None;
        }
        let line = text(element, &|_| false);
        if line.chars().count() > LINE || !line.chars().any(char::is_numeric) {
            return None;
        }
        let reading = dates::read(&line, view.hints)?;
        let Day::Known(day) = reading.day else { return None };
        // Two numbers and a month may be anything; a year is written out.
        let plain = line.contains(&day.format("%Y").to_string());
        (plain && reading.other_words <= FEW && known.is_none_or(|known| known == day))
            .then(|| (reading.dated(&line), phrases::posted_by(&line)))
    };
    let taken = Spans::of(
        bodies
            .iter()
            .map(|body| outline.subtree(*body))
            .chain(view.comments.iter().copied()),
    );
    let is_free = |at: &At| {
        let own = outline.subtree(*at);
        own.end - own.start <= SMALL && !taken.meet(own) && !running.is_aside(*at)
    };
    let (first, last) = (*bodies.first()?, *bodies.last()?);
    let before = (span.start + 1..first)
        .rev()
        .take(NEAR * 10)
        .filter(is_free)
        .take(NEAR)
        .find_map(read);
    before.or_else(|| {
        (outline.subtree(last).end..span.end)
            .take(NEAR * 10)
            .filter(is_free)
            .take(NEAR)
            .find_map(read)
    })
}

/// A line is shorter than this, in characters.
const LINE: usize = 120;

/// An element with more elements in it is no line.
const SMALL: usize = 60;

/// So many words beside the date are a byline's.
const FEW: usize = 8;

/// So many elements away a date still belongs to the text.
const NEAR: usize = 40;

/// A title that agrees with what the page says of itself, where the one that was found does not: a heading that stands
/// in the page's own title, or what social networks are told.
fn title(view: &PageView<'_, '_>, fields: &Fields, found: Option<&str>) -> Option<String> {
    let whole = Scope {
        outline: view.outline,
        spans: vec![view.outline.all()],
        except: Vec::new(),
    };
    let told: Vec<String> = whole
        .value(fields.get("told"))
        .into_iter()
        .chain(view.about.title.clone())
        .map(|title| fold(&title.chars().take(500).collect::<String>()))
        .collect();
    let names = front_page_names(view, fields);
    let is_blog = |title: &str| {
        names.contains(&fold(title))
            || view
                .about
                .blog_title
                .as_deref()
                .is_some_and(|blog| fold(blog) == fold(title))
    };
    let agrees = |title: &str| {
        let title_folded = fold(title);
        title_folded.chars().count() > 1
            && !is_blog(title)
            && told
                .iter()
                .any(|told| told.contains(&title_folded) || title_folded.contains(told.as_str()))
    };
    if told.is_empty() || found.is_some_and(agrees) {
        return None;
    }
    let headings = fields.get("title").iter().chain(fields.get("heading"));
    let mut headings = headings.flat_map(|rule| whole.find(rule).into_iter().filter_map(|at| whole.take(rule, at)));
    headings
        .find(|heading| agrees(heading))
        .or_else(|| view.about.title.clone())
}

/// The texts of headings that lead to the front page: the blog's name.
fn front_page_names(view: &PageView<'_, '_>, fields: &Fields) -> Vec<String> {
    let outline = view.outline;
    let leads_home = |at: &At| {
        let inside = outline.subtree(*at);
        let inside = (inside.start..inside.end).take(SMALL);
        let mut hrefs = inside.filter_map(|at| outline.get(at)?.attr("href"));
        hrefs.any(|href| {
            let href = view.about.addresses.original(href);
            Url::parse(&href).is_some_and(|url| url.path.trim_matches('/').is_empty())
        })
    };
    let headings = fields.get("title").iter().chain(fields.get("heading"));
    headings
        .flat_map(|rule| outline.find(rule, outline.all()))
        .filter(leads_home)
        .take(SMALL)
        .filter_map(|at| outline.get(at))
        .map(|element| fold(&text(element, &|_| false)))
        .collect()
}

/// The part of the page around a body that holds its title too: what stands there is said of the post.
fn around(outline: &Outline<'_>, fields: &Fields, body: At) -> Span {
    let own = outline.subtree(body);
    let has_title = |span: Span, outside: Option<Span>| {
        fields.get("title").iter().any(|rule| {
            outline
                .find(rule, span)
                .any(|at| !outside.is_some_and(|own| own.contains(at)))
        })
    };
    if has_title(own, None) {
        return outline.parent(body).map_or(own, |parent| outline.subtree(parent));
    }
    let mut at = body;
    while let Some(parent) = outline.parent(at) {
        let span = outline.subtree(parent);
        if has_title(span, Some(own)) {
            return span;
        }
        at = parent;
    }
    outline.all()
}

/// The running text of a page: its paragraphs and what stands in boxes without one, each with its length, less what
/// belongs to comments, menus and the like.
struct Running<'o, 'a> {
    outline: &'o Outline<'a>,
    aside: Spans,
    /// In document order: the element that the text stands in directly, and its length.
    texts: Vec<(At, usize)>,
    /// The length of all texts in front of each, and at last of all.
    sums: Vec<usize>,
}

impl<'o, 'a> Running<'o, 'a> {
    fn of(view: &PageView<'o, 'a>, fields: &Fields) -> Running<'o, 'a> {
        let outline = view.outline;
        let aside = fields
            .get("aside")
            .iter()
            .flat_map(|rule| outline.find(rule, outline.all()))
            .map(|at| outline.subtree(at))
            // A page or a frame around all of it may have such a class for saying that it has such a part.
            .filter(|span| (span.end - span.start) * 2 < outline.all().end)
            .chain(view.comments.iter().copied());
        let mut running = Running {
            outline,
            aside: Spans::of(aside),
            texts: Vec::new(),
            sums: vec![0],
        };
        let whole = Scope {
            outline,
            spans: vec![outline.all()],
            except: Vec::new(),
        };
        for rule in fields.get("running") {
            for at in whole.find(rule) {
                let Some(element) = outline.get(at) else { continue };
                let length = match element.value().name() {
                    "p" => text(element, &|_| false).chars().count(),
                    _ => element
                        .children()
                        .filter_map(|child| child.value().as_text())
                        .map(|text| text.trim().chars().count())
                        .sum(),
                };
                let place = match element.value().name() {
                    "p" => outline.parent(at).unwrap_or(at),
                    _ => at,
                };
                if length > 0 && !running.is_aside(at) {
                    running.texts.push((place, length));
                }
            }
        }
        running.texts.sort_unstable();
        let mut sum = 0;
        for (_, length) in &running.texts {
            sum += length;
            running.sums.push(sum);
        }
        running
    }

    fn is_aside(&self, at: At) -> bool {
        self.aside.contain(at)
    }

    /// The element in which most text stands directly, and how much.
    fn densest(&self) -> Option<(At, usize)> {
        let mut best: Option<(At, usize)> = None;
        for group in self.texts.chunk_by(|a, b| a.0 == b.0) {
            let length = group.iter().map(|(_, length)| length).sum();
            let Some((at, _)) = group.first() else { continue };
            if best.is_none_or(|(_, most)| length > most) {
                best = Some((*at, length));
            }
        }
        best
    }

    /// How much text stands in a part of the page.
    fn within(&self, span: Span) -> usize {
        let before = |at: At| {
            let place = self.texts.partition_point(|(own, _)| *own < at);
            self.sums.get(place).copied().unwrap_or_default()
        };
        before(span.end).saturating_sub(before(span.start))
    }

    /// The smallest element around all that is long enough to be part of the same text. Where that is the whole page,
    /// an article or the main part of it around the densest, or else every long part by itself.
    fn main(&self) -> Vec<At> {
        let Some((densest, most)) = self.densest() else {
            return Vec::new();
        };
        if self.within(self.outline.all()) < ENOUGH {
            return Vec::new();
        }
        let lengths = self
            .texts
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|group| Some((group.first()?.0, group.iter().map(|(_, length)| length).sum::<usize>())));
        let parts: Vec<At> = lengths
            .filter(|(_, length)| *length * 4 >= most)
            .map(|(at, _)| at)
            .collect();
        let name = |at: At| self.outline.get(at).map(|element| element.value().name());
        let mut around = std::iter::successors(Some(densest), |at| self.outline.parent(*at))
            .take_while(|at| !matches!(name(*at), Some("body" | "html")));
        let holds = |at: &At| {
            let span = self.outline.subtree(*at);
            // In document order, so what holds the first and the last holds all.
            parts
                .first()
                .into_iter()
                .chain(parts.last())
                .all(|part| span.contains(*part))
        };
        let one = around
            .clone()
            .find(holds)
            .or_else(|| around.find(|at| matches!(name(*at), Some("article" | "main"))));
        match one {
            Some(at) => vec![at],
            None => {
                let mut apart: Vec<At> = Vec::new();
                for at in parts {
                    if !apart
                        .last()
                        .is_some_and(|before| self.outline.subtree(*before).contains(at))
                    {
                        apart.push(at);
                    }
                }
                apart
            }
        }
    }
}
