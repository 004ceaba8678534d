//! Comments that look like spam get a label with its reasons. A label, never a drop: who reads it decides.
//!
//! The rules look at one comment alone and want two signs at least: a subject that advertisers have, and the way
//! they write about it. A regular reader who mentions a casino is no advertiser. That the same text stands under many
//! posts is for the archive to see, and stands on the comment when it comes here.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

use super::comment_text;
use crate::fold::fold;
use crate::html;
use crate::model::{Comment, CommentStatus, SuspectedSpam};

/// Subjects of advertisers; a word stands for everything that starts with it.
const SUBJECTS: &[(&str, &[&str])] = &[
    (
        "gambling",
        &[
            "casino",
            "casinos",
            "poker",
            "slot online",
            "slots",
            "roulette",
            "betting",
            "sportsbook",
            "judi",
            "bandar",
            "togel",
            "baccarat",
            "gclub",
            "казино",
            "букмекер",
            "カジノ",
            "博彩",
            "카지노",
            "토토",
            "كازينو",
            "bahis",
            "kumar",
            "apuestas online",
        ],
    ),
    (
        "trading and quick money",
        &[
            "forex",
            "binary option",
            "etoro",
            "bitcoin invest",
            "crypto invest",
            "earn money",
            "make money online",
            "work from home",
            "payday",
            "loan",
            "loans",
            "bad credit",
            "форекс",
            "займ",
            "кредит онлайн",
            "prestamo",
            "prestamos rapidos",
            "emprestimo",
            "kredit ohne schufa",
            "pret entre particulier",
            "pret rapide",
            "ganar dinero",
            "hard money",
        ],
    ),
    (
        "medicine by mail",
        &[
            "viagra",
            "cialis",
            "levitra",
            "kamagra",
            "xanax",
            "tramadol",
            "ambien",
            "phentermine",
            "weight loss pill",
            "male enhancement",
            "виагра",
            "herbal cure",
            "herpes cure",
            "penis enlarge",
        ],
    ),
    (
        "goods that spammers sell",
        &[
            "replica watch",
            "replica handbag",
            "louis vuitton",
            "ugg boots",
            "nfl jersey",
            "rolex",
            "runescape gold",
            "runescape money",
            "wow gold",
            "wow power leveling",
            "power leveling",
            "game gold",
            "lotro gold",
            "dofus kamas",
            "essay writing",
            "write my essay",
            "assignment help",
            "dissertation",
            "buy followers",
            "backlinks",
            "seo service",
            "seo company",
            "web hosting cheap",
            "packers and movers",
            "escort",
            "call girls",
            "spell caster",
            "love spell",
            "hire a hacker",
            "fake passport",
            "clone card",
            "atm card",
        ],
    ),
];

/// The way advertisers write.
const MANNERS: &[&str] = &[
    "ultimate",
    "best",
    "cheap",
    "cheapest",
    "discount",
    "buy",
    "order now",
    "online",
    "visit",
    "click here",
    "click",
    "check out my",
    "my website",
    "my site",
    "my blog",
    "our website",
    "free",
    "bonus",
    "trusted",
    "guarantee",
    "guaranteed",
    "no 1",
    "#1",
    "contact us",
    "contact me",
    "whatsapp",
    "email me",
    "apply now",
    "sign up",
    "offer",
    "professional traders",
    "legit",
    "100%",
    "highly recommend",
    "get started",
    "for newbie",
    "лучший",
    "лучшие",
    "бесплатно",
    "купить",
    "заходите",
    "mejor",
    "gratis",
    "visita",
    "comprar",
    "barato",
    "melhor",
    "compre",
    "meilleur",
    "achetez",
    "beste",
    "kaufen",
    "kostenlos",
    "jetzt",
    "terbaik",
    "terpercaya",
    "daftar",
];

/// Sentences that advertisers use to seem to read. They count only together with a link.
const STOCK: &[&str] = &[
    "nice post",
    "great post",
    "good post",
    "great article",
    "nice article",
    "nice blog",
    "great blog",
    "awesome blog",
    "thanks for sharing",
    "thank you for sharing",
    "very informative",
    "keep up the good work",
    "i really enjoyed reading",
    "your blog is very",
    "great work",
    "well done",
    "good design",
    "nice site",
    "interesting site",
    "i have read your",
    "i will bookmark",
    "this is very helpful",
    "excellent article",
    "useful information",
    "great information",
    "muy buen post",
    "excelente post",
    "buen articulo",
    "excelente articulo",
    "gracias por compartir",
    "otimo post",
    "otimo artigo",
    "parabens pelo blog",
    "obrigado por compartilhar",
    "tres bon article",
    "super article",
    "merci pour le partage",
    "toller beitrag",
    "toller artikel",
    "danke fur den artikel",
    "ottimo articolo",
    "grazie per aver condiviso",
    "terima kasih infonya",
    "makasih infonya",
    "terima kasih sudah berbagi",
    "artikel yang bagus",
    "nice info",
    "спасибо за статью",
    "отличная статья",
    "полезная информация",
    "素晴らしい記事",
    "参考になりました",
    "شكرا على الموضوع",
];

/// Why a comment's text looks like spam; empty where it does not.
pub fn reasons(content_html: &str) -> Vec<String> {
    let text = comment_text::folded(content_html);
    let (plain, words) = spaced_words(&text);
    let anchors = memchr::memchr_iter(b'<', content_html.as_bytes())
        .filter(|at| matches!(content_html.as_bytes().get(at + 1..at + 3), Some(b"a " | b"A ")))
        .count();
    let links = anchors.max(bare_addresses(&text));
    let mut reasons = Vec::new();
    if links > 0 && outside_links(content_html) < 2 {
        reasons.push("nothing but links".to_owned());
    } else if links >= 4 && words < links * 12 {
        reasons.push(format!("{links} links in {words} words"));
    }
    let found = terms().find(&plain);
    for ((subject, _), hits) in SUBJECTS.iter().zip(found.subjects) {
        let short = words <= 60;
        if hits >= 3 || (hits > 0 && (links > 0 || (found.manner && short))) {
            reasons.push(format!("advertises {subject}"));
        }
    }
    if links > 0 && words <= 40 && found.stock {
        reasons.push("a stock phrase with a link".to_owned());
    }
    reasons
}

/// The words of a text with a space on both sides of each, so that words that follow each other do not share one; and how
/// many they are.
fn spaced_words(text: &str) -> (String, usize) {
    let mut spaced = String::with_capacity(text.len() + text.len() / 4 + 2);
    let mut words = 0;
    let mut is_inside = false;
    for c in text.chars() {
        let is_of_word = is_of_word(c);
        if is_of_word != is_inside {
            spaced.push(' ');
            words += usize::from(is_of_word);
            is_inside = is_of_word;
        }
        if is_of_word {
            spaced.push(c);
        }
    }
    if is_inside {
        spaced.push(' ');
    }
    (spaced, words)
}

fn is_of_word(c: char) -> bool {
    match c {
        'a'..='z' | '0'..='9' | '#' | '%' => true,
        // The letters of most texts, told without a search.
        'а'..='я' | 'α'..='ω' | 'א'..='ת' | 'ء'..='غ' | 'ف'..='ي' => true,
        'ऄ'..='ह' | 'ก'..='ะ' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='鿿' | '가'..='힣' => true,
        c if c.is_ascii() => c.is_ascii_uppercase(),
        c => c.is_alphanumeric(),
    }
}

/// How many addresses stand in a text.
fn bare_addresses(text: &str) -> usize {
    memchr::memchr_iter(b':', text.as_bytes())
        .filter_map(|at| text.split_at_checked(at))
        .filter(|(before, rest)| rest.starts_with("://") && (before.ends_with("http") || before.ends_with("https")))
        .count()
}

/// Every term of every list, sought in one pass.
struct Terms {
    /// `None` where the lists could not be made into one, which a test rules out.
    search: Option<AhoCorasick>,
    /// Whose each term is.
    lists: Vec<List>,
}

#[derive(Clone, Copy)]
enum List {
    Subject(usize),
    Manner,
    Stock,
}

/// What of the lists a text holds.
#[derive(Default)]
struct Found {
    subjects: [usize; SUBJECTS.len()],
    manner: bool,
    stock: bool,
}

fn terms() -> &'static Terms {
    static TERMS: OnceLock<Terms> = OnceLock::new();
    TERMS.get_or_init(|| {
        let subjects = SUBJECTS
            .iter()
            .enumerate()
            .flat_map(|(n, (_, terms))| terms.iter().map(move |t| (List::Subject(n), *t)));
        let manners = MANNERS.iter().map(|t| (List::Manner, *t));
        let stock = STOCK.iter().map(|t| (List::Stock, *t));
        let (lists, terms): (Vec<List>, Vec<String>) = subjects
            .chain(manners)
            .chain(stock)
            .map(|(list, term)| (list, spaced(term)))
            .unzip();
        Terms {
            search: AhoCorasick::new(terms).ok(),
            lists,
        }
    })
}

impl Terms {
    fn find(&self, plain: &str) -> Found {
        let mut found = Found::default();
        let matches = self.search.iter().flat_map(|s| s.find_overlapping_iter(plain));
        for list in matches.filter_map(|m| self.lists.get(m.pattern().as_usize())) {
            match list {
                List::Subject(n) => {
                    if let Some(hits) = found.subjects.get_mut(*n) {
                        *hits += 1;
                    }
                }
                List::Manner => found.manner = true,
                List::Stock => found.stock = true,
            }
        }
        found
    }
}

/// A term as it stands in a text whose words have a space on both sides. Scripts without spaces have it anywhere.
fn spaced(term: &str) -> String {
    let words = fold(term).replace(' ', "  ");
    if term.is_ascii() { format!(" {words} ") } else { words }
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

/// How many words stand outside of links.
fn outside_links(content_html: &str) -> usize {
    // Lower case in ASCII alone moves nothing: places in one are places in the other.
    let lower = content_html.to_ascii_lowercase();
    let mut outside = String::new();
    let mut at = 0;
    while let Some(start) = lower.get(at..).and_then(|rest| rest.find("<a ")).map(|n| at + n) {
        outside.push_str(content_html.get(at..start).unwrap_or_default());
        outside.push(' ');
        at = lower
            .get(start..)
            .and_then(|rest| rest.find("</a>"))
            .map_or(lower.len(), |n| start + n + "</a>".len());
    }
    outside.push_str(content_html.get(at..).unwrap_or_default());
    html::visible_text(&outside)
        .split_whitespace()
        .filter(|w| w.chars().any(char::is_alphabetic) && !w.starts_with("http"))
        .count()
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn letters_and_digits_of_all_scripts_make_words() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_of_word(c), c.is_alphanumeric() || matches!(c, '#' | '%'), "{c:?}");
        }
    }

    #[test]
    fn the_lists_make_one_search() {
        assert!(terms().search.is_some());
    }
}
