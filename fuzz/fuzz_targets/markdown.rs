//! Any fragment of HTML as Markdown, for every program that reads it, with raw HTML and without.

#![no_main]

use blogark::html::{Dialect, MarkdownOptions, Newlines, RawHtml, to_markdown};

libfuzzer_sys::fuzz_target!(|input: (u8, &str)| {
    let (how, html) = input;
    let options = MarkdownOptions {
        dialect: Dialect::ALL[usize::from(how) % Dialect::ALL.len()],
        raw_html: if how & 64 == 0 { RawHtml::Minimal } else { RawHtml::None },
        newlines: if how & 128 == 0 { Newlines::Space } else { Newlines::Break },
        ..MarkdownOptions::default()
    };
    let markdown = to_markdown(html, &options);
    assert!(markdown.text.is_empty() || markdown.text.ends_with('\n'));
    assert!(!markdown.text.contains('\0'));
});
