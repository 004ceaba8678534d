//! The comments of a page, found by the tables: independently of its posts, in thread order.

use std::collections::HashSet;

use crate::dates::{self, Hints};
use crate::model::{
    Comment, CommentAuthor, CommentKind, CommentStatus, Date, DateBasis, Dated, IdBasis, Moment, ParentBasis,
};
use crate::read::{derived_id, phrases};

use super::about::About;
use super::outline::{At, Outline, Span, text};
use super::pick::Scope;
use super::posts::applies;
use super::script::{self, Item};
use super::table::{Rule, Table, tables};

/// A comment and where it stands.
pub(super) struct FoundComment {
    pub(super) comment: Comment,
    pub(super) at: At,
}

/// The comments of a page.
pub(super) struct FoundComments {
    pub(super) comments: Vec<FoundComment>,
    pub(super) table: &'static Table,
}

/// What a heading above the comments claims, and where it stands.
pub(super) struct Claim {
    pub(super) count: u64,
    pub(super) at: At,
    /// The page says that there are more pages of comments.
    pub(super) more_pages: bool,
}

/// Finds the comments of a page by the table that finds most.
pub(super) fn find(outline: &Outline<'_>, about: &About, hints: &Hints) -> Option<FoundComments> {
    let mut best: Option<(usize, Vec<At>, &'static Rule, &'static Table)> = None;
    for table in tables().iter().filter(|table| applies(table, about)) {
        for rule in table.comments.get("comment") {
            let items: Vec<At> = outline.find(rule, outline.all()).collect();
            let scopes = scopes(outline, table, &items);
            let told = scopes
                .iter()
                .filter(|scope| scope.any(table.comments.get("body")) || scope.any(table.comments.get("deleted")))
                .count();
            if told > best.as_ref().map_or(0, |(most, ..)| *most) {
                best = Some((told, items, rule, table));
            }
        }
    }
    let (_, items, _, table) = best?;
    let scopes = scopes(outline, table, &items);
    let mut seen: HashSet<String> = HashSet::new();
    // The comments around the one that is read, with the places where they end.
    let mut open: Vec<(At, String)> = Vec::new();
    let mut comments = Vec::new();
    for (at, scope) in items.iter().copied().zip(&scopes) {
        let Some(mut comment) = read(scope, table, about, hints) else {
            continue;
        };
        // Scripts that ran before a page was saved may have left every comment twice.
        if !seen.insert(comment.id.clone()) {
            continue;
        }
        while open.last().is_some_and(|(end, _)| *end <= at) {
            open.pop();
        }
        if comment.in_reply_to.is_none() {
            let enclosing = open.last().map(|(_, id)| id.clone());
            if let Some(parent) = enclosing.filter(|parent| *parent != comment.id) {
                comment.in_reply_to = Some(parent);
                comment.parent_basis = Some(ParentBasis::Nesting);
            }
        }
        open.push((outline.subtree(at).end, comment.id.clone()));
        comments.push(FoundComment { comment, at });
    }
    (!comments.is_empty()).then_some(FoundComments { comments, table })
}

/// The comments that stand in the page's script only, because it was saved before the script drew them: those of the
/// list whose numbers the markup does not show.
pub(super) fn in_script(outline: &Outline<'_>, shown: Option<&FoundComments>, hints: &Hints) -> Vec<FoundComment> {
    let shown = shown.map(|f| f.comments.as_slice()).unwrap_or_default();
    // Where the markup's comments have no numbers, nothing tells which of the list they are.
    if shown.iter().any(|c| c.comment.id_basis.is_some()) {
        return Vec::new();
    }
    let mut seen: HashSet<String> = shown.iter().map(|c| c.comment.id.clone()).collect();
    let mut found = Vec::new();
    for at in outline.tagged_at("script") {
        let Some(script) = outline.get(at).filter(|e| e.attr("src").is_none()) else {
            continue;
        };
        for text in script.text() {
            for item in script::items(text) {
                let comment = from_item(&item, hints);
                if seen.insert(comment.id.clone()) {
                    found.push(FoundComment { comment, at });
                }
            }
        }
    }
    found
}

fn from_item(item: &Item, hints: &Hints) -> Comment {
    let get = |name: &str| item.get(name).filter(|text| !text.is_empty()).cloned();
    let mut comment = Comment {
        id: get("id").unwrap_or_default(),
        status: CommentStatus::Approved,
        content_html: item.get("body").cloned(),
        url: get("permalink").filter(|url| url.starts_with("http")),
        ..Comment::default()
    };
    let moment = get("timestamp").map(|millis| format!("?showComment={millis}"));
    let moment = moment.filter(|query| show_comment(query).is_some());
    let moment = moment.or_else(|| comment.url.clone());
    comment.set_published(published(get("displayTime"), moment.as_deref(), hints));
    let author = CommentAuthor {
        name: get("author.name"),
        url: get("author.profileUrl").filter(|url| url.starts_with("http")),
        avatar: get("author.avatarUrl").filter(|url| !is_stock_picture(url)),
        ..CommentAuthor::default()
    };
    if author.name.is_some() || author.url.is_some() || author.avatar.is_some() {
        comment.author = Some(author);
    }
    if let Some(parent) = get("parentId") {
        comment.in_reply_to = Some(parent);
        comment.parent_basis = Some(ParentBasis::Explicit);
    }
    let body = item.get("body").map(String::as_str).unwrap_or_default();
    let dead_controls = get("deleteclass").is_some_and(|classes| !classes.contains("pid-"));
    let text = crate::html::visible_text(body);
    if dead_controls || body.contains("deleted-comment") || phrases::is_removed(&text) {
        comment.status = CommentStatus::Deleted;
        comment.deleted_by = Some(phrases::remover(&text).into());
    }
    comment
}

/// Where the parts of each comment stand: its own element, or that and the siblings up to the next comment; without
/// the comments inside it.
fn scopes<'o, 'a>(outline: &'o Outline<'a>, table: &Table, items: &[At]) -> Vec<Scope<'o, 'a>> {
    items
        .iter()
        .enumerate()
        .map(|(i, at)| {
            let own = outline.subtree(*at);
            let next = items.get(i + 1).copied();
            let span = if table.siblings {
                let container = outline
                    .parent(*at)
                    .map_or(own.end, |parent| outline.subtree(parent).end);
                Span {
                    start: *at,
                    end: next.map_or(container, |next| next.min(container)).max(own.end),
                }
            } else {
                own
            };
            let except = items
                .get(i + 1..)
                .unwrap_or_default()
                .iter()
                .take_while(|inner| **inner < span.end)
                .map(|inner| outline.subtree(*inner))
                .collect();
            Scope {
                outline,
                spans: vec![span],
                except,
            }
        })
        .collect()
}

fn read(scope: &Scope<'_, '_>, table: &Table, about: &About, hints: &Hints) -> Option<Comment> {
    let fields = &table.comments;
    let mut comment = Comment {
        status: CommentStatus::Approved,
        ..Comment::default()
    };
    let body = scope.first(fields.get("body"));
    let text = body.and_then(|at| scope.text_of(at)).unwrap_or_default();
    comment.content_html = body.and_then(|at| scope.html(at, fields.get("without"), &about.addresses));

    if body == Some(scope.spans.first().map_or(0, |s| s.start)) {
        comment.content_html = comment
            .content_html
            .as_deref()
            .map(|html| without_said(html).to_owned());
    }

    let href = scope
        .value(fields.get("url"))
        .map(|href| about.addresses.original(&href));
    let shown = dates_shown(scope, fields.get("date"), hints);
    comment.set_published(published(shown, href.as_deref(), hints));
    comment.url = href.filter(|h| h.starts_with("http") || h.starts_with('#'));

    // A theme of its own says the date anyhow, and WordPress marks the author's link whatever the theme.
    let own_words = about.platform == Some("wordpress");
    let text_alone = body.filter(|body| scope.spans.first().is_none_or(|span| span.start != *body));
    if own_words
        && comment.date_published.is_none()
        && let Some(dated) = marked_date(scope, text_alone, hints)
    {
        comment.set_published(dated);
    }

    let name = scope
        .value(fields.get("author"))
        .or_else(|| scope.value(fields.get("said")).map(|line| name_said(&line)))
        .or_else(|| {
            scope
                .value(fields.get("posted-by"))
                .and_then(|line| phrases::posted_by(&line))
        })
        .or_else(|| {
            let beside = own_words.then(|| beside(scope, body))?;
            let said = beside.split_once(':').map(|(line, _)| format!("{line}:"));
            let said = said.and_then(|line| phrases::said(&line).map(str::to_owned));
            said.filter(|name| name.chars().count() <= 60)
                .or_else(|| marked_name(scope, body))
        });
    let url = scope
        .value(fields.get("author-url"))
        .map(|u| about.addresses.original(&u))
        .filter(|u| u.starts_with("http"));
    let avatar = scope
        .value(fields.get("avatar"))
        .map(|u| about.addresses.original(&u))
        .filter(|u| !is_stock_picture(u));
    if name.is_some() || url.is_some() || avatar.is_some() {
        comment.author = Some(CommentAuthor {
            name,
            url,
            avatar,
            ..CommentAuthor::default()
        });
    }
    if scope.any(fields.get("owner")) {
        comment.is_post_author = Some(true);
    }
    if scope.any(fields.get("ping")) {
        comment.kind = Some(CommentKind::Pingback);
    }
    // Blogger gives every comment that stands a number of its commenter; what was removed has controls without it.
    let dead_controls = scope.any(fields.get("controls")) && !scope.any(fields.get("alive"));
    if scope.any(fields.get("deleted")) || dead_controls || phrases::is_removed(&text) {
        comment.status = CommentStatus::Deleted;
        comment.deleted_by = Some(phrases::remover(&text).into());
    }
    // WordPress counts from 1: the comment that 0 answers is none.
    if let Some(parent) = scope.value(fields.get("parent")).filter(|parent| parent != "0") {
        comment.in_reply_to = Some(parent);
        comment.parent_basis = Some(ParentBasis::Explicit);
    }
    // The form for new comments stands in an element like those of the comments.
    let is_form = comment.author.is_none()
        && comment.date_published.is_none()
        && body.is_some_and(|body| {
            let inside = scope.outline.subtree(body);
            scope.outline.tagged_at("form").any(|at| inside.contains(at))
        });
    if is_form {
        return None;
    }
    let deleted = comment.status == CommentStatus::Deleted;
    if comment.content_html.as_deref().is_none_or(str::is_empty) && comment.author.is_none() && !deleted {
        return None;
    }
    match scope.value(fields.get("id")) {
        Some(id) => comment.id = id,
        None => {
            let author = comment.author.as_ref().and_then(|a| a.name.as_deref());
            comment.id = derived_id(comment.date_published.as_ref().map(Date::as_str), author, Some(&text));
            comment.id_basis = Some(IdBasis::Derived);
        }
    }
    Some(comment)
}

/// What stands in a comment beside its body.
fn beside(scope: &Scope<'_, '_>, body: Option<At>) -> String {
    let mut outside = Vec::new();
    for span in &scope.spans {
        let Some(element) = scope.outline.get(span.start) else {
            continue;
        };
        if span.end - span.start > 1000 {
            continue; // A thread, not a line beside a text.
        }
        let hidden = scope.except.iter().map(|span| span.start).chain(body);
        let hidden: HashSet<_> = hidden.filter_map(|at| scope.outline.get(at)).map(|e| e.id()).collect();
        outside.push(text(element, &|id| hidden.contains(&id)));
    }
    outside.join(" ")
}

/// The small elements of a comment that are not its text, as far as that has an element of its own: those in front of
/// the comments in it, and not very many, for a page may have very many comments.
fn places(scope: &Scope<'_, '_>, body: Option<At>) -> impl Iterator<Item = At> {
    const MANY: usize = 400;
    const SMALL: usize = 30;
    let outline = scope.outline;
    let body = body.map(|at| outline.subtree(at));
    let answers = scope.except.first().map_or(usize::MAX, |answer| answer.start);
    let places = scope.spans.iter().flat_map(|span| span.start + 1..span.end);
    places
        .take_while(move |at| *at < answers)
        .take(MANY)
        .filter(move |at| !body.is_some_and(|body| body.contains(*at)))
        .filter(move |at| {
            let own = outline.subtree(*at);
            own.end - own.start <= SMALL
        })
}

/// The moment in the first element beside the body that says one and little else, or in all that stands there.
fn marked_date(scope: &Scope<'_, '_>, body: Option<At>, hints: &Hints) -> Option<Dated> {
    let is_moment = |text: &str| {
        text.chars().any(char::is_numeric)
            && dates::read(text, hints).is_some_and(|reading| reading.local().is_some() && reading.time.is_some())
    };
    let lines = places(scope, body).filter_map(|at| scope.outline.get(at));
    let mut lines = lines.map(|element| text(element, &|_| false));
    let line = lines.find(|line| line.chars().count() <= 100 && is_moment(line));
    let line = line.or_else(|| {
        let all = body.map(|body| beside(scope, Some(body)))?;
        (all.chars().count() <= 200 && is_moment(&all)).then_some(all)
    })?;
    Some(dates::dated(&line, hints))
}

/// The name in the first element beside the body that marks one: a link, or text set apart, that is neither a number
/// nor a date nor something to click.
fn marked_name(scope: &Scope<'_, '_>, body: Option<At>) -> Option<String> {
    let marks = ["cite", "strong", "b", "a", "span", "em", "h3", "h4", "h5"];
    places(scope, body)
        .filter_map(|at| scope.outline.get(at))
        .filter(|element| marks.contains(&element.value().name()))
        .filter(|element| {
            let class = element.attr("class").unwrap_or_default();
            let leads_here = element.attr("href").is_some_and(|href| href.contains("#comment"));
            !leads_here
                && !["reply", "time", "date", "num", "edit", "meta"]
                    .iter()
                    .any(|word| class.contains(word))
        })
        .map(|element| text(element, &|_| false))
        .find(|name| {
            let letters = name.chars().filter(|c| c.is_alphabetic()).count();
            letters > 0
                && name.chars().count() <= 60
                && dates::read(name, &Hints::default()).is_none()
                && phrases::action(name).is_none()
        })
}

/// A body without the word between the author and it (`Says:`), where the comment's text has no element of its own.
fn without_said(html: &str) -> &str {
    let Some((before, _)) = html.split_once("<p") else {
        return html;
    };
    let text: String = crate::html::visible_text(before).split_whitespace().collect();
    let said = text.chars().count() <= 30 && text.ends_with([':', '…']);
    if said || text.is_empty() {
        html.get(before.len()..).unwrap_or(html)
    } else {
        html
    }
}

/// A name from a line such as `NAME said...`: by the known words, else without the last word before the dots.
fn name_said(line: &str) -> String {
    if let Some(name) = phrases::said(line) {
        return name.to_owned();
    }
    if let Some(name) = phrases::posted_by(line) {
        return name;
    }
    let bare = line.trim_end_matches(['.', '…', ':', ' ']);
    match bare.rsplit_once(char::is_whitespace) {
        Some((name, _)) if bare.len() < line.len() => name.trim().to_owned(),
        _ => line.trim().to_owned(),
    }
}

/// Blogger's pictures for people who have none.
fn is_stock_picture(address: &str) -> bool {
    address.starts_with("data:")
        || [
            "/img/blank.gif",
            "b16-rounded.gif",
            "anon16-rounded.gif",
            "anon36.png",
            "blogger_logo_round",
            "b36-rounded.png",
            "openid16-rounded.gif",
            "openid36-rounded.png",
        ]
        .iter()
        .any(|stock| address.contains(stock))
}

/// The texts of a comment's date, as they are shown.
fn dates_shown(scope: &Scope<'_, '_>, rules: &[Rule], hints: &Hints) -> Option<String> {
    let mut spare = None;
    for rule in rules {
        for at in scope.find(rule) {
            let Some(value) = scope.take(rule, at) else {
                continue;
            };
            if dates::read(&value, hints).is_some_and(|r| r.local().is_some()) {
                return Some(value);
            }
            if value.chars().any(|c| c.is_numeric()) {
                spare = spare.or(Some(value));
            }
        }
    }
    spare
}

/// When a comment was written. Blogger's addresses of comments hold the moment to the millisecond; the time shown
/// beside it tells the blog's offset from UTC.
fn published(shown: Option<String>, href: Option<&str>, hints: &Hints) -> Dated {
    let reading = shown.as_deref().and_then(|text| dates::read(text, hints));
    if let Some(moment) = href.and_then(show_comment) {
        let local = reading.as_ref().and_then(|r| r.time.and(r.local()));
        let offset = local.and_then(|local| offset_between(local, &moment));
        let date = match offset {
            Some(offset) if offset != 0 => moment
                .local
                .checked_add_signed(chrono::TimeDelta::seconds(i64::from(offset)))
                .and_then(|local| Date::from_offset(local, offset)),
            _ => Date::from_offset(moment.local, 0),
        };
        let basis = if offset.is_some_and(|o| o != 0) {
            DateBasis::Offset
        } else {
            DateBasis::Utc
        };
        return Dated {
            basis: date.is_some().then_some(basis),
            date,
            raw: shown,
        };
    }
    match (reading, shown) {
        (Some(reading), Some(raw)) => reading.dated(&raw),
        (_, shown) => Dated {
            date: None,
            raw: shown,
            basis: None,
        },
    }
}

/// The moment in a comment's address (`?showComment=1280031868312`), in UTC.
fn show_comment(href: &str) -> Option<Moment> {
    let (_, rest) = href.split_once("showComment=")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let millis: i64 = digits.parse().ok()?;
    let time = chrono::DateTime::from_timestamp_millis(millis)?;
    // Blogger began in 1999; smaller numbers are something else.
    (millis > 900_000_000_000 && digits.len() <= 13).then_some(Moment {
        local: time.naive_utc(),
        offset: Some(0),
        precision: crate::model::Precision::Moment,
    })
}

/// The offset that lies between a local time to the minute and a moment in UTC: a multiple of a quarter of an hour.
fn offset_between(local: chrono::NaiveDateTime, utc: &Moment) -> Option<i32> {
    use chrono::Timelike;
    let utc = utc.local.with_second(0)?.with_nanosecond(0)?;
    let seconds = i32::try_from((local.with_second(0)? - utc).num_seconds()).ok()?;
    (seconds % 900 == 0 && seconds.abs() <= 14 * 3600).then_some(seconds)
}

/// What the headings above the comments claim.
pub(super) fn claims(outline: &Outline<'_>, about: &About) -> Vec<Claim> {
    for table in tables().iter().filter(|table| applies(table, about)) {
        let scope = Scope {
            outline,
            spans: vec![outline.all()],
            except: Vec::new(),
        };
        let claims: Vec<Claim> = table
            .comments
            .get("heading")
            .iter()
            .map(|rule| {
                scope
                    .find(rule)
                    .into_iter()
                    .filter_map(|at| {
                        let count = phrases::claimed(&scope.take(rule, at)?)?;
                        Some(Claim {
                            count,
                            at,
                            more_pages: scope.any(table.comments.get("more-pages")),
                        })
                    })
                    .collect::<Vec<_>>()
            })
            .find(|claims| !claims.is_empty())
            .unwrap_or_default();
        if !claims.is_empty() {
            return claims;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_comment_tells_its_moment_and_the_blogs_offset() {
        let hints = Hints {
            language: Some("en".into()),
            ..Hints::default()
        };
        let dated = published(
            Some("May 30, 2019 at 1:06 PM".into()),
            Some("https://tea.example/a.html?showComment=1559192764955#c42"),
            &hints,
        );
        assert_eq!(dated.date.unwrap().as_str(), "2019-05-30T13:06:04.955+08:00");
        let no_text = published(Some("1:06 PM".into()), Some("a.html?showComment=1559192764955"), &hints);
        assert_eq!(no_text.date.unwrap().as_str(), "2019-05-30T05:06:04.955Z");
        let time_only = published(Some("1:06 PM".into()), Some("#c42"), &hints);
        assert_eq!((time_only.date, time_only.raw.as_deref()), (None, Some("1:06 PM")));
    }

    #[test]
    fn names_above_comments() {
        assert_eq!(name_said("Ada said..."), "Ada");
        assert_eq!(name_said("Lo dijo Ada"), "Ada");
        assert_eq!(name_said("Ada kvakis..."), "Ada");
        assert_eq!(name_said("Ada"), "Ada");
    }
}
