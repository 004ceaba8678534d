//! HTML to Markdown, judged by rendering it back: the same words, symbols, links, pictures and code, in the same order.

#![allow(clippy::unwrap_used, unreachable_pub)]

#[path = "markdown/content.rs"]
mod content;
#[path = "markdown/dialects.rs"]
mod dialects;
#[path = "markdown/judge.rs"]
mod judge;
#[path = "markdown/soup.rs"]
mod soup;

use blogark::html::{MarkdownOptions, RawHtml, to_markdown};
use judge::{differences, render, render_with, see};
use proptest::prelude::*;

/// How many generated fragments are tried: `BLOGARK_CASES`, else a few.
fn cases() -> ProptestConfig {
    let cases = std::env::var("BLOGARK_CASES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(400);
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    }
}

fn holds(fragment: &str) -> Result<(), TestCaseError> {
    let markdown = to_markdown(fragment, &MarkdownOptions::default());
    let found = differences(fragment, &markdown.text);
    prop_assert!(
        found.is_empty(),
        "{}\n--- fragment\n{fragment}\n--- markdown\n{}--- rendered\n{}",
        found.join("\n"),
        markdown.text,
        render(&markdown.text)
    );
    let shape = markdown.text.is_empty() || markdown.text.ends_with('\n') && !markdown.text.ends_with("\n\n");
    prop_assert!(shape, "does not end in one newline: {:?}", markdown.text);
    Ok(())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn nothing_is_lost_in_paragraphs(fragment in soup::inline_soup(14)) {
        holds(&fragment)?;
    }

    #[test]
    fn nothing_is_lost_in_documents(fragment in soup::soup(24)) {
        holds(&fragment)?;
    }

    #[test]
    fn no_words_are_lost_without_raw_html(fragment in soup::inline_soup(14)) {
        let options = MarkdownOptions { raw_html: RawHtml::None, ..MarkdownOptions::default() };
        let markdown = to_markdown(&fragment, &options).text;
        // Whatever HTML there were would not be rendered.
        let (source, result) = (see(&fragment), see(&render_with(&markdown, false)));
        prop_assert_eq!(source.tokens, result.tokens, "{}\n---\n{}", fragment, markdown);
    }

    #[test]
    fn no_links_and_pictures_are_lost_without_raw_html(fragment in soup::soup(24)) {
        let options = MarkdownOptions { raw_html: RawHtml::None, ..MarkdownOptions::default() };
        let markdown = to_markdown(&fragment, &options).text;
        let rendered = render_with(&markdown, false);
        prop_assert!(!rendered.contains("raw HTML omitted"), "HTML: {}\n---\n{}", fragment, markdown);
        let (source, result) = (see(&fragment), see(&rendered));
        prop_assert_eq!(source.images, result.images, "{}\n---\n{}", fragment, markdown);
        let lost: Vec<_> = source.links.iter().filter(|link| !result.links.contains(link)).collect();
        prop_assert!(lost.is_empty(), "{:?}\n{}\n---\n{}", lost, fragment, markdown);
        // What plays becomes a link, whose address is its text.
        let (source, result) = (source.tokens.concat(), result.tokens.concat());
        let mut characters = result.chars();
        let missing = source.chars().find(|c| !characters.any(|other| other == *c));
        prop_assert!(missing.is_none(), "{:?}\n{}\n---\n{}", missing, fragment, markdown);
    }
}

/// What generated fragments once lost, as small as it gets.
#[test]
fn what_was_lost_once_is_kept() {
    for fragment in [
        "word<a href=\"#n\"><iframe src='https://v.example/1'></iframe><p>word",
        "word<a href='#n'><br><pre>word<center>word",
        "<a href='#n'>word<iframe src='https://v.example/1'></iframe>word",
        "<a href='#n'>word<table class=tr-caption-container><a name=n></a>word",
        "<a href='/l'><q><s><p>",
        "<a href='/l'>\u{3000}<blockquote>word<ol>word",
        "<pre><a href='/l'><q><br><div class=separator>",
        "<pre>word<hr><p><a href='/l'>word",
        "<pre><q><p><a href='/l'>word",
        "<ul><iframe src='https://v.example/1'></iframe><ul><q>",
        "http://a.example/\u{3000}www.a.example",
        "www.a.example/\u{2026}a&lt;5a@b.example",
        "http://a.example/~user%1986. A year",
        "<u>a &lt;</u>",
        "<ul><ul><hr>word",
        "<a href='/l'><pre><iframe src='https://v.example/1'></iframe></pre>a@b.example",
        "<details><summary><pre>word<p> <ol>word",
        "<b>word<s>~</b>a | b",
        "www.a.example/\u{2026}a&lt;5a@b.example&gt;",
        "http://a.example/?b=1&amp;amp;c=2",
    ] {
        let markdown = to_markdown(fragment, &MarkdownOptions::default()).text;
        let lost = differences(fragment, &markdown);
        assert!(lost.is_empty(), "{fragment}\n{markdown}{}", lost.join("\n"));
    }
}

/// Every fragment of `fixtures/html` becomes the Markdown beside it, and nothing in it is lost.
#[test]
fn fixtures_become_what_they_should() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/html");
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
    names.sort();
    assert!(names.len() >= 10, "the fixtures are not where they should be");
    for path in names {
        let fragment = std::fs::read_to_string(&path).unwrap();
        let markdown = to_markdown(&fragment, &MarkdownOptions::default()).text;
        let beside = path.with_extension("md");
        if std::env::var_os("BLOGARK_UPDATE").is_some() {
            std::fs::write(&beside, &markdown).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        assert_eq!(markdown, expected, "{}", path.display());
        let lost = differences(&fragment, &markdown);
        assert!(lost.is_empty(), "{}: {}", path.display(), lost.join("\n"));
    }
}

/// Depth and length cost no more than their share, and no stack.
#[test]
fn depth_and_length_are_no_matter() {
    let deep = format!(
        "{}seed{}",
        "<div><blockquote><b>".repeat(40_000),
        "</b></blockquote></div>".repeat(40_000)
    );
    let markdown = to_markdown(&deep, &MarkdownOptions::default());
    assert!(markdown.text.contains("seed"));
    assert_eq!(markdown.notices.len(), 1);
    let long = "<p>word <b>bold</b> &amp; <a href='/x'>link</a><br>".repeat(40_000);
    assert_eq!(
        to_markdown(&long, &MarkdownOptions::default())
            .text
            .matches("[link](/x)")
            .count(),
        40_000
    );
    let stars = "* a *b ".repeat(100_000);
    assert!(to_markdown(&stars, &MarkdownOptions::default()).text.len() >= stars.len() - 1);
}
