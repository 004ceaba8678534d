//! Comments that look like spam get a label with its reasons. A label, never a drop: who reads it decides.
//!
//! The rules look at one comment alone and want two signs at least: a subject that advertisers have, and the way
//! they write about it. A regular reader who mentions a casino is no advertiser. That the same text stands under many
//! posts is for the archive to see, and stands on the comment when it comes here.

mod glance;
mod reading;
mod sought;
mod terms;

use super::comment_text::{self, Piece};
use crate::fold::fold;
use crate::html;
use crate::model::{Comment, CommentStatus, SuspectedSpam};
use reading::{Found, Lists, Reading};
use terms::SUBJECTS;

/// So many links are many for a comment of few words.
const MANY_LINKS: usize = 4;

/// Why a comment's text looks like spam; empty where it does not.
pub fn reasons(content_html: &str) -> Vec<String> {
    let anchors = memchr::memchr_iter(b'<', content_html.as_bytes())
        .filter(|at| matches!(content_html.as_bytes().get(at + 1..at + 3), Some(b"a " | b"A ")))
        .count();
    if glance::is_worth_reading(content_html, anchors) {
        read_for_reasons(content_html, anchors)
    } else {
        Vec::new()
    }
}

/// Why a comment's text with so many links looks like spam.
fn read_for_reasons(content_html: &str, anchors: usize) -> Vec<String> {
    let found = read(content_html, Lists::Subjects);
    let links = anchors.max(found.addresses);
    let words = found.words;
    let has_subject = found.subjects.iter().any(|hits| *hits > 0);
    let phrases = if has_subject || (links > 0 && words <= 40) {
        read(content_html, Lists::Phrases)
    } else {
        Found::default()
    };
    let mut reasons = Vec::new();
    if links > 0 && is_nothing_but_links(content_html) {
        reasons.push("nothing but links".to_owned());
    } else if links >= MANY_LINKS && words < links * 12 {
        reasons.push(format!("{links} links in {words} words"));
    }
    for ((subject, _), hits) in SUBJECTS.iter().zip(found.subjects) {
        let short = words <= 60;
        if hits >= 3 || (hits > 0 && (links > 0 || (phrases.manner && short))) {
            reasons.push(format!("advertises {subject}"));
        }
    }
    if links > 0 && words <= 40 && phrases.stock {
        reasons.push("a stock phrase with a link".to_owned());
    }
    reasons
}

/// Reads what a comment says.
fn read(content_html: &str, lists: Lists) -> Found {
    let mut reading = Reading::new(lists);
    let is_simple = comment_text::simple(content_html, |piece| match piece {
        Piece::Text(text) => reading.text(text),
        Piece::Link | Piece::LinkEnd => Some(()),
    });
    if is_simple.is_some() {
        return reading.end();
    }
    let text = html::visible_text(content_html);
    let mut reading = Reading::new(lists);
    if reading.text(&text).is_none() {
        reading = Reading::new(lists);
        reading.folded(&fold(&text));
    }
    reading.end()
}

/// Labels a comment that looks like spam. A removed comment and one that the platform held for spam need no label.
pub fn label(comment: &mut Comment) {
    if !matches!(comment.status, CommentStatus::Approved | CommentStatus::Pending) {
        return;
    }
    // The post's own author does not advertise under it.
    if comment.is_post_author == Some(true) {
        return;
    }
    let reasons = comment.content_html.as_deref().map(reasons).unwrap_or_default();
    if !reasons.is_empty() {
        let label = comment
            .suspected_spam
            .get_or_insert(SuspectedSpam { reasons: Vec::new() });
        for reason in reasons {
            if !label.reasons.contains(&reason) {
                label.reasons.push(reason);
            }
        }
    }
}

/// Whether there are not two words outside of links.
fn is_nothing_but_links(content_html: &str) -> bool {
    let mut outside = String::new();
    let mut rest = content_html;
    while let Some(start) = find_tag(rest, "<a ") {
        outside.push_str(rest.get(..start).unwrap_or_default());
        outside.push(' ');
        let link = rest.get(start..).unwrap_or_default();
        rest = find_tag(link, "</a>")
            .and_then(|end| link.get(end + "</a>".len()..))
            .unwrap_or_default();
    }
    outside.push_str(rest);
    !has_two_words(&comment_text::plain(&outside))
}

/// Whether a text, in which no link is, has two words that say something.
fn has_two_words(text: &str) -> bool {
    text.split_whitespace()
        .filter(|w| w.chars().any(char::is_alphabetic) && !w.starts_with("http"))
        .nth(1)
        .is_some()
}

/// Where this tag begins, whatever the case of its name.
fn find_tag(html: &str, tag: &str) -> Option<usize> {
    let is_it = |at: &usize| {
        html.get(*at..*at + tag.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(tag))
    };
    memchr::memchr_iter(b'<', html.as_bytes()).find(is_it)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_what_advertises() {
        for (html, reason) in [
            (
                "TradeZoom is the best forex platform for newbie traders.",
                "advertises trading and quick money",
            ),
            ("<a href=\"http://x.example\">cheap shoes</a>", "nothing but links"),
            ("http://x.example/a http://x.example/b", "nothing but links"),
            (
                "Nice post! Visit <a href='http://x.example'>my page</a> for more of the same",
                "a stock phrase with a link",
            ),
            ("Лучший казино тут, заходите", "advertises gambling"),
            (
                "wow gold wow gold runescape money",
                "advertises goods that spammers sell",
            ),
            ("Contact us for a loan, apply now", "advertises trading and quick money"),
            (
                "Спасибо за статью! <a href='http://x.example'>Мой сайт</a> тоже об этом, и там много всего",
                "a stock phrase with a link",
            ),
            (
                "Muy buen post, ¡gracias! Más en <a href='http://x.example'>mi página</a> de cosas parecidas",
                "a stock phrase with a link",
            ),
        ] {
            assert!(reasons(html).iter().any(|r| r == reason), "{html}: {:?}", reasons(html));
        }
    }

    #[test]
    fn leaves_readers_alone() {
        for html in [
            "What a lovely post, thank you!",
            "We lost twenty pounds in a casino once and my aunt never spoke of it again.",
            "I wrote about this too: <a href=\"http://neighbour.example/beans\">beans in June</a>, if you care for the long version of it.",
            "Great work!",
            "",
            "The bank refused us a loan for the second greenhouse.",
        ] {
            assert_eq!(reasons(html), [""; 0], "{html}");
        }
    }

    #[test]
    fn labels_only_what_stands_and_is_a_strangers() {
        let spam = || Comment {
            content_html: Some("the best online casino".into()),
            ..Comment::default()
        };
        let mut stranger = spam();
        label(&mut stranger);
        assert!(stranger.suspected_spam.is_some());
        let mut own = Comment {
            is_post_author: Some(true),
            ..spam()
        };
        label(&mut own);
        let mut removed = Comment {
            status: CommentStatus::Deleted,
            ..spam()
        };
        label(&mut removed);
        assert!(own.suspected_spam.is_none() && removed.suspected_spam.is_none());
    }

    /// The way of a copy for each step, to compare with.
    fn by_copies(content_html: &str) -> (Found, bool) {
        let text = fold(&html::visible_text(content_html));
        let mut plain = String::new();
        let mut words = 0;
        let mut is_inside = false;
        for c in text.chars() {
            let is_of_word = c.is_alphanumeric() || matches!(c, '#' | '%');
            if is_of_word != is_inside {
                plain.push(' ');
                words += usize::from(is_of_word);
                is_inside = is_of_word;
            }
            if is_of_word {
                plain.push(c);
            }
        }
        plain.push(' ');
        let holds = |term: &&str| {
            let term = fold(term);
            let spaced = term.replace(' ', "  ");
            let sought = if term.is_ascii() { format!(" {spaced} ") } else { spaced };
            (0..plain.len())
                .filter(|at| plain.get(*at..).is_some_and(|rest| rest.starts_with(&sought)))
                .count()
        };
        let mut found = Found {
            words,
            addresses: text.matches("http://").count() + text.matches("https://").count(),
            manner: terms::MANNERS.iter().any(|t| holds(t) > 0),
            stock: terms::STOCK.iter().any(|t| holds(t) > 0),
            ..Found::default()
        };
        for (hits, (_, terms)) in found.subjects.iter_mut().zip(SUBJECTS) {
            *hits = terms.iter().map(&holds).sum();
        }
        let lower = content_html.to_ascii_lowercase();
        let mut outside = String::new();
        let mut at = 0;
        while let Some(start) = lower[at..].find("<a ").map(|n| at + n) {
            outside.push_str(&content_html[at..start]);
            outside.push(' ');
            at = lower[start..]
                .find("</a>")
                .map_or(lower.len(), |n| start + n + "</a>".len());
        }
        outside.push_str(&content_html[at..]);
        let outside = html::visible_text(&outside)
            .split_whitespace()
            .filter(|w| w.chars().any(char::is_alphabetic) && !w.starts_with("http"))
            .count();
        (found, outside < 2)
    }

    proptest! {
        /// One pass finds what a copy for each step finds, in every script.
        #[test]
        fn one_pass_finds_what_copies_find(pieces in proptest::collection::vec(prop_oneof![
            proptest::sample::select(vec![
                "casino", "Casino ", "cas<b>ino</b>", "slot", "online", " онлайн", "кредит ", "КАЗИНО", "カジノ", "ｶｼﾞﾉ", "카지노",
                "كازينو", "كازِينو", "best ", "#1", "100%", "nice post", "thanks&nbsp;for<br/>sharing", "http", "HTTPS", ":", "//", "/",
                "：／／", "<a href=\"http://x.example\">", "<a href='x'>", "</a>", "<A HREF=x>", "</A>", "<br>", "<p>", "&amp;",
                "&#8230;", "&#x41;", "&#39;", "&#128;", "&eacute;", " ", "\n", "\u{ad}", "\u{200b}", "é", "e\u{301}", "ß", "ﬁ", "…",
                "हिन्दी", "\u{94d}", "\u{93c}", "ไม่", "\u{e48}", "\u{3099}", "か", "\u{200d}", "\u{64e}", "\u{5b4}", "不", "x", ". ", "<u>", "<", "&", "\u{1}", "pret rapide", "prêt rapide",
                "earn", " money", "kredit", " ohne ", "schufa", "great", " post", "-post", "спасибо", " за ", "статью", "参考になりました",
                "<a href=\"http://x.example\" rel=\"nofollow\">", "a word or two of mine ",
            ]).prop_map(str::to_owned),
            "\\PC{0,3}",
            "[a-z ]{1,5}",
        ], 0..10)) {
            let html = pieces.concat();
            // A glance passes over nothing.
            let anchors = html.to_lowercase().matches("<a ").count();
            prop_assert_eq!(reasons(&html), read_for_reasons(&html, anchors), "{}", html);
            let (found, is_nothing_but) = by_copies(&html);
            let phrases = read(&html, Lists::Phrases);
            let read = Found { manner: phrases.manner, stock: phrases.stock, ..read(&html, Lists::Subjects) };
            prop_assert_eq!(read, found, "{}", html);
            prop_assert_eq!(is_nothing_but_links(&html), is_nothing_but, "{}", html);
        }
    }
}
