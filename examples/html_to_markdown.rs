//! HTML on standard input, Markdown on standard output.
//!
//! `html_to_markdown < fragment.html > fragment.md`, or, with `--jsonl`, lines of `{"id": …, "html": …}` to lines with
//! `"markdown"` beside them (`"newlines": "break"` reads newlines as line breaks, as Takeout comments have them).
//! `--no-raw-html` writes no HTML at all; `--dialect hugo|jekyll|zola|eleventy|astro|pelican` writes for that program.

use std::io::{self, BufRead, Read, Write};

use blogark::html::{Dialect, MarkdownOptions, Newlines, RawHtml, to_markdown};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut options = MarkdownOptions::default();
    if arguments.iter().any(|one| one == "--no-raw-html") {
        options.raw_html = RawHtml::None;
    }
    let dialect = arguments.iter().position(|one| one == "--dialect");
    options.dialect = match dialect.and_then(|at| arguments.get(at + 1)).map(String::as_str) {
        Some("hugo") => Dialect::Hugo,
        Some("jekyll") => Dialect::Jekyll,
        Some("zola") => Dialect::Zola,
        Some("eleventy") => Dialect::Eleventy,
        Some("astro") => Dialect::Astro,
        Some("pelican") => Dialect::Pelican,
        _ => Dialect::CommonMark,
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    if !arguments.iter().any(|one| one == "--jsonl") {
        let mut fragment = String::new();
        io::stdin().lock().read_to_string(&mut fragment)?;
        let markdown = to_markdown(&fragment, &options);
        for notice in &markdown.notices {
            eprintln!("{}: {}", notice.code.name(), notice.detail);
        }
        out.write_all(markdown.text.as_bytes())?;
        return out.flush();
    }
    for line in io::stdin().lock().lines() {
        let mut record: serde_json::Value = serde_json::from_str(&line?)?;
        let breaks = record.get("newlines").is_some_and(|value| value == "break");
        options.newlines = if breaks { Newlines::Break } else { Newlines::Space };
        let html = record.get("html").and_then(serde_json::Value::as_str).unwrap_or("");
        let markdown = to_markdown(html, &options).text;
        if let Some(fields) = record.as_object_mut() {
            fields.insert("markdown".to_owned(), markdown.into());
        }
        serde_json::to_writer(&mut out, &record)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
