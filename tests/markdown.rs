//! HTML to Markdown, judged by rendering it back: the same words, symbols, links, pictures and code, in the same order.

#![allow(clippy::unwrap_used, unreachable_pub)]

#[path = "markdown/judge.rs"]
mod judge;
#[path = "markdown/soup.rs"]
mod soup;

use blogark::html::{MarkdownOptions, RawHtml, to_markdown};
use judge::{differences, render, render_with, see};
use proptest::prelude::*;

/// How many generated fragments are tried: `BLOGARK_CASES`, else a few.
fn cases() -> ProptestConfig {
    let cases = std::env::var("BLOGARK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
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
}
