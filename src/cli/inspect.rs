//! `blogark inspect`: what is in an export, before anything is converted.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use blogark::archive::Archive;
use blogark::html::{ReferenceKind, references};
use blogark::ledger::{Ledger, Notice};
use blogark::model::{CommentStatus, Date, Kind, SourceInfo};

use super::terminal::{count, number, say};
use super::{InputArgs, Outcome, convert};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Do not read bodies: faster, and says nothing of pictures
    #[arg(long)]
    no_bodies: bool,
}

/// What is in the input.
#[derive(Serialize)]
struct Inspection<'a> {
    sources: &'a [SourceInfo],
    blogs: Vec<BlogView>,
    /// Comments whose post is not there.
    comments_without_post: u64,
    /// Comments that the owner wrote on other blogs.
    own_comments_elsewhere: u64,
    notices: &'a [Notice],
    ledger: &'a Ledger,
}

#[derive(Default, Serialize)]
struct BlogView {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    home_page_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    posts: BTreeMap<String, u64>,
    pages: BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    others: BTreeMap<String, u64>,
    comments: BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<String>,
    authors: BTreeMap<String, u64>,
    labels: BTreeMap<String, u64>,
    /// Hosts of the pictures that bodies show.
    picture_hosts: BTreeMap<String, u64>,
    oddities: BTreeMap<&'static str, u64>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let (archive, _) = convert::survey(&args.input, convert::processors(), !args.json)?;
    let mut blogs: Vec<BlogView> = archive
        .blogs()
        .map(|b| BlogView {
            id: b.id.clone(),
            title: b.title.clone(),
            home_page_url: b.home_page_url.clone(),
            language: b.language.clone(),
            time_zone: b.time_zone.clone(),
            ..BlogView::default()
        })
        .collect();
    count_cards(&archive, &mut blogs);
    if !args.no_bodies {
        count_pictures(&archive, &mut blogs)?;
    }
    let own = archive.loose_comments().filter(|c| c.is_own_elsewhere()).count() as u64;
    let inspection = Inspection {
        sources: archive.sources(),
        blogs,
        comments_without_post: archive.loose_comments().len() as u64 - own,
        own_comments_elsewhere: own,
        notices: archive.notices(),
        ledger: archive.ledger(),
    };
    if args.json {
        let mut text = serde_json::to_string_pretty(&inspection)?;
        text.push('\n');
        super::print(&text)?;
    } else {
        super::print(&super::terminal::plain(&in_words(&inspection)))?;
        if !args.input.quiet {
            say("Next: `blogark convert INPUT --to markdown -o FOLDER`, or --to wxr, jsonl or json.");
        }
    }
    Ok(if archive.ledger().has_losses() {
        Outcome::Losses
    } else {
        Outcome::Done
    })
}

/// What is asked of every card of a blog, which may have hundreds of thousands.
#[derive(Clone, Default)]
struct Cards {
    /// Comments by status.
    comments: [u64; CommentStatus::ALL.len()],
    /// First and last day.
    days: Option<(NaiveDate, NaiveDate)>,
}

fn count_cards(archive: &Archive, blogs: &mut [BlogView]) {
    let mut all_cards = vec![Cards::default(); blogs.len()];
    for card in archive.post_cards() {
        let place = card.blog_place();
        let (Some(view), Some(cards)) = (blogs.get_mut(place), all_cards.get_mut(place)) else {
            continue;
        };
        match card.kind() {
            Kind::Post => add(&mut view.posts, card.status().as_str()),
            Kind::Page => add(&mut view.pages, card.status().as_str()),
            Kind::Other(kind) => add(&mut view.others, kind),
        }
        for comment in card.comments() {
            if let Some(count) = cards.comments.get_mut(comment.status() as usize) {
                *count += 1;
            }
        }
        let day = card.published().map(|m| m.in_blog_time(card.zone()).date());
        // Others cannot be written.
        match day.filter(|day| (0..=9_999).contains(&day.year())) {
            Some(day) => {
                let (first, last) = cards.days.unwrap_or((day, day));
                cards.days = Some((first.min(day), last.max(day)));
            }
            None => *view.oddities.entry("without a date").or_default() += 1,
        }
        let author = card.author().and_then(|(_, a)| a.name.as_deref()).unwrap_or_default();
        if !author.is_empty() {
            add(&mut view.authors, author);
        }
        for term in card.terms() {
            add(&mut view.labels, term.name);
        }
        for (is_odd, what) in [
            (card.folded_title() == 0, "without a title"),
            (card.address().is_none(), "without an address"),
            (card.protected(), "with a password"),
        ] {
            if is_odd {
                *view.oddities.entry(what).or_default() += 1;
            }
        }
    }
    for (view, cards) in blogs.iter_mut().zip(all_cards) {
        let counts = CommentStatus::ALL.iter().zip(cards.comments).filter(|(_, n)| *n > 0);
        view.comments = counts.map(|(status, n)| (status.as_str().to_owned(), n)).collect();
        let text = |day| Date::from_day(day).map(|d| d.as_str().to_owned());
        view.first_day = cards.days.and_then(|(first, _)| text(first));
        view.last_day = cards.days.and_then(|(_, last)| text(last));
    }
}

fn add(counts: &mut BTreeMap<String, u64>, word: &str) {
    match counts.get_mut(word) {
        Some(count) => *count += 1,
        None => {
            counts.insert(word.to_owned(), 1);
        }
    }
}

/// Reads the bodies for the hosts of their pictures: those are what goes when the host goes.
fn count_pictures(archive: &Archive, blogs: &mut [BlogView]) -> anyhow::Result<()> {
    let numbers: Vec<u32> = (0..archive.post_count()).collect();
    for fetched in archive.posts(&numbers) {
        let fetched = fetched?;
        let view = blogs.iter_mut().find(|b| b.id == fetched.post.blog);
        let Some(view) = view else { continue };
        let body = fetched.post.content_html.as_deref().unwrap_or_default();
        if body.trim().is_empty() {
            *view.oddities.entry("without a body").or_default() += 1;
        }
        for host in picture_hosts(body) {
            *view.picture_hosts.entry(host).or_default() += 1;
        }
        if fetched
            .post
            .comment_count_claimed
            .is_some_and(|claimed| claimed != fetched.post.comments.len() as u64)
        {
            *view
                .oddities
                .entry("with another number of comments than the source claims")
                .or_default() += 1;
        }
    }
    Ok(())
}

/// Hosts of the pictures that a body shows.
fn picture_hosts(body: &str) -> Vec<String> {
    references(body)
        .filter(|r| matches!(r.kind, ReferenceKind::Image | ReferenceKind::LazyImage))
        .filter_map(|r| host(&r.address))
        .collect()
}

fn host(address: &str) -> Option<String> {
    if address.starts_with("data:") {
        return Some("(in the post itself)".to_owned());
    }
    let rest = ["https:", "http:", ""]
        .iter()
        .find_map(|scheme| address.strip_prefix(scheme)?.strip_prefix("//"))?;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// Labels, authors and hosts that are named; the rest is counted.
const NAMED: usize = 8;

fn in_words(inspection: &Inspection<'_>) -> String {
    let mut text = String::new();
    let mut line = |words: String| {
        text.push_str(&words);
        text.push('\n');
    };
    for source in inspection.sources {
        line(format!(
            "{}: {}{}, {} bytes",
            source.path.as_deref().unwrap_or("-"),
            source.format,
            source
                .format_version
                .as_ref()
                .map(|v| format!(" {v}"))
                .unwrap_or_default(),
            number(source.size_in_bytes.unwrap_or_default()),
        ));
    }
    for blog in &inspection.blogs {
        line(String::new());
        line(format!(
            "{} ({})",
            blog.title.as_deref().unwrap_or("A blog without a title"),
            blog.id
        ));
        for (name, value) in [
            ("address", &blog.home_page_url),
            ("language", &blog.language),
            ("time zone", &blog.time_zone),
        ] {
            if let Some(value) = value {
                line(format!("  {name}: {value}"));
            }
        }
        for (name, counts) in [
            ("posts", &blog.posts),
            ("pages", &blog.pages),
            ("other kinds", &blog.others),
            ("comments", &blog.comments),
        ] {
            if !counts.is_empty() {
                let total: u64 = counts.values().sum();
                line(format!("  {name}: {} ({})", number(total), list(counts, usize::MAX)));
            }
        }
        if let (Some(first), Some(last)) = (&blog.first_day, &blog.last_day) {
            line(format!("  from {first} to {last}"));
        }
        for (name, counts) in [
            ("authors", &blog.authors),
            ("labels", &blog.labels),
            ("pictures on", &blog.picture_hosts),
        ] {
            if !counts.is_empty() {
                line(format!("  {name}: {}", list(counts, NAMED)));
            }
        }
        for (what, n) in &blog.oddities {
            line(format!("  {} {what}", count(*n, "post", "posts")));
        }
    }
    if inspection.comments_without_post > 0 {
        line(format!(
            "\n{} whose post is not there",
            count(inspection.comments_without_post, "comment", "comments")
        ));
    }
    if inspection.own_comments_elsewhere > 0 {
        line(format!(
            "\n{} that the owner wrote on other blogs",
            count(inspection.own_comments_elsewhere, "comment", "comments")
        ));
    }
    if !inspection.notices.is_empty() {
        line(String::new());
    }
    for notice in inspection.notices {
        line(format!("! {}", notice.message));
    }
    text
}

/// Most frequent first.
fn list(counts: &BTreeMap<String, u64>, most: usize) -> String {
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let mut words: Vec<String> = sorted
        .iter()
        .take(most)
        .map(|(word, n)| format!("{} {word}", number(**n)))
        .collect();
    if sorted.len() > most {
        words.push(format!("and {} more", number((sorted.len() - most) as u64)));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_hosts_of_pictures() {
        let body = r#"<a href="x"><img alt='' src='http://1.BP.blogspot.com/a.jpg'></a><img src="//x.example:8080/b">
            <img src="data:image/png;base64,AA=="><img src="/local.png"><imgx src='http://no.example/'>"#;
        assert_eq!(
            picture_hosts(body),
            ["1.bp.blogspot.com", "x.example", "(in the post itself)"]
        );
    }
}
