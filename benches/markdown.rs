//! How fast a fragment becomes Markdown, in bytes of HTML a second. `cargo bench --bench markdown`

#![allow(clippy::print_stdout)]

use blogark::html::{MarkdownOptions, to_markdown, visible_text};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
    compare();
}

/// Both in one run, so that a busy machine slows both: what a fragment takes to become Markdown, and what html5ever takes
/// to parse it.
fn compare() {
    let html = posts(5_000_000);
    let options = MarkdownOptions::default();
    let fastest = |run: &dyn Fn()| {
        let time = |_| {
            let start = std::time::Instant::now();
            run();
            start.elapsed()
        };
        (0..10).map(time).min().map_or(f64::INFINITY, |time| time.as_secs_f64())
    };
    let markdown = fastest(&|| drop(divan::black_box(to_markdown(&html, &options))));
    let parse = fastest(&|| drop(divan::black_box(scraper::Html::parse_fragment(&html))));
    let speed = |seconds: f64| html.len() as f64 / seconds / 1e6;
    println!(
        "to Markdown {:.0} MB/s, html5ever's parse alone {:.0} MB/s: {:.2} of it",
        speed(markdown),
        speed(parse),
        parse / markdown
    );
}

/// What posts are made of, repeated until it is long: paragraphs by `<br>`, pictures in links, lists, code, a table.
fn posts(bytes: usize) -> String {
    let post = "<div dir=\"ltr\" style=\"text-align: left;\" trbidi=\"on\">\n<div class=\"separator\" style=\"clear: both; text-align: center;\">\n\
        <a href=\"http://2.bp.example.com/-aB/cD/AAA/s1600/IMG_0042.JPG\" imageanchor=\"1\" style=\"margin-left: 1em; margin-right: 1em;\">\
        <img border=\"0\" height=\"240\" src=\"http://2.bp.example.com/-aB/cD/AAA/s320/IMG_0042.JPG\" width=\"320\" alt=\"The harbour\" /></a></div>\n<br />\n\
        On the second morning we walked from the harbour up to the old chapel, which took <b>three hours</b> and rather more \
        water than we had carried. The path follows a dry stream; where it bends, someone has built a bench &amp; a well.<br />\n<br />\n\
        Das Wetter hielt, obwohl die Wolken <i>sehr</i> tief hingen &ndash; und am Abend sahen wir den Leuchtturm. Mais il faut \
        dire que la route n&#39;&eacute;tait pas facile, ni courte.<br />\n<span style=\"font-family: Georgia, serif;\">We stayed at \
        <a href=\"http://inn.example.org/rooms?id=7&amp;lang=en\">the inn</a>, and slept.</span><br />\n<br />\n\
        <ul>\n<li>two tins of <b>sardines</b></li>\n<li>bread, cheese, 1 l of milk</li>\n<li>a map (1:25.000)</li>\n</ul>\n\
        <blockquote class=\"tr_bq\">Travel is a fool&#8217;s paradise, he wrote; but he had been to Naples.</blockquote>\n\
        <table border=\"1\"><tbody><tr><th>Day</th><th>Distance</th></tr><tr><td>1</td><td>12 km</td></tr><tr><td>2</td><td>19 km</td></tr></tbody></table>\n\
        <pre class=\"brush: python\">for day in trip:\n    print(day.distance * 1.6)\n</pre>\n<p class=\"MsoNormal\"><span lang=\"EN-US\">Next week: \
        the way back, by *boat*, with snake_case and #5.<o:p></o:p></span></p>\n</div>\n";
    post.repeat(bytes / post.len() + 1)
}

#[divan::bench(args = [4_000, 100_000, 5_000_000], sample_count = 20)]
fn markdown(bencher: Bencher<'_, '_>, bytes: usize) {
    let html = posts(bytes);
    let options = MarkdownOptions::default();
    bencher
        .counter(BytesCount::of_str(&html))
        .bench(|| to_markdown(&html, &options));
}

#[divan::bench(args = [100_000], sample_count = 20)]
fn text(bencher: Bencher<'_, '_>, bytes: usize) {
    let html = posts(bytes);
    bencher.counter(BytesCount::of_str(&html)).bench(|| visible_text(&html));
}

#[divan::bench(args = [10_000, 100_000], sample_count = 5)]
fn nested_tags(bencher: Bencher<'_, '_>, depth: usize) {
    let html = format!("{}x{}", "<div><b>".repeat(depth / 2), "</b></div>".repeat(depth / 2));
    let options = MarkdownOptions::default();
    bencher
        .counter(BytesCount::of_str(&html))
        .bench(|| to_markdown(&html, &options));
}

#[divan::bench(sample_count = 2)]
fn fifty_megabytes(bencher: Bencher<'_, '_>) {
    let html = posts(50_000_000);
    let options = MarkdownOptions::default();
    bencher
        .counter(BytesCount::of_str(&html))
        .bench(|| to_markdown(&html, &options));
}

/// The parser alone, for comparison.
#[divan::bench(args = [100_000], sample_count = 20)]
fn scraper_parse(bencher: Bencher<'_, '_>, bytes: usize) {
    let html = posts(bytes);
    bencher
        .counter(BytesCount::of_str(&html))
        .bench(|| scraper::Html::parse_fragment(&html));
}
