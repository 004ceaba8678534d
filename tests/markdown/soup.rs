//! HTML as nobody should write it: tags in any order, text full of Markdown.

use proptest::collection::vec;
use proptest::prelude::*;

const TEXT: &[&str] = &[
    "word", "Größe", "два", "три", "日本語", "テキスト", "「引用」", "“引号”", "、", "。", "한국어", "مرحبا", "שלום", "हिन्दी", "ไทย",
    "😀", "👨‍👩‍👧", "é", "5", "1986. A year", "1. one", "2) two", "+1", "+ plus", "- dash", "* star", "*", "**", "***", "_", "__",
    "_a_", "*a*", "**a**", "snake_case_name", "2*3*4", "~", "~~", "~~~", "~a~", "`", "``", "```", "`a`", "#", "# head", "####### no",
    "=", "===", "---", "- - -", "***", "> quote", "|", "a | b", "|---|---|", "--- | ---", ":-", ": def", "\\", "\\\\", "\\*", "C:\\dir", "&amp;amp;",
    "&amp;lt;", "&amp;copy;", "&lt;b&gt;", "&lt;", "&gt;", "&lt;!-- x --&gt;", "&lt;div", "< 5", "a<5", "[", "]", "[x]", "[x](y)", "[x][y]", "[x]: y",
    "![", "!", "![a](b)", "[ ] task", "[x] task", "[^1]", "[^1]: note", "(", ")", "]( ", "a@b.example", "http://a.example/x_y_z", "https://a.example/*b*?c=1&amp;d=2",
    "www.a.example", "www.a.example/p_q_", "http://a.example/~user", "http://a.example.", "{{ x }}", "{% y %}", "$a_b$", "\\(x\\)", "%", "“", "”", "…", "—", "«", "»", ".", ",", ":", ";", "?", "'", "\"", "$5", "€", "＋",
    " ", " ", " ", " ", "&nbsp;", "\n", "\n\n", "\t", "　", "\u{200b}", "&nbsp; ",
];

const INLINE: &[&str] = &[
    "<b>", "</b>", "<b>", "</b>", "<strong>", "</strong>", "<i>", "</i>", "<i>", "</i>", "<em>", "</em>", "<s>", "</s>", "<code>", "</code>",
    "<u>", "</u>", "<sup>", "</sup>", "<sub>", "</sub>", "<q>", "</q>", "<kbd>", "</kbd>", "<font color=red>", "</font>",
    "<span style=\"font-weight: bold\">", "<span style='font-style:italic'>", "<span>", "</span>", "</span>",
    "<span style='font-weight:normal'>", "<a href='http://l.example/a_(b)'>", "<a href=\"/r?x=1&amp;y=2\" title='a \"t\"'>", "</a>", "</a>", "<a name=n></a>",
    "<a href='#n'>", "<br>", "<br>", "<br>", "<br/>", "<img src='http://i.example/p(1).png' alt='a [b] *c*'>",
    "<img src=\"q r.jpg\">", "<wbr>", "<abbr title='Long form'>", "</abbr>", "<ruby>", "<rt>", "</rt>", "</ruby>", "<tt>", "</tt>",
];

const BLOCK: &[&str] = &[
    "<p>", "</p>", "<p>", "<div>", "</div>", "<div>", "</div>", "<blockquote>", "</blockquote>", "<ul>", "<li>", "</li>", "</ul>", "<ol>", "<ol start=7>",
    "<li>", "</ol>", "<h1>", "</h1>", "<h2>", "</h2>", "<h3>", "</h3>", "<center>", "</center>", "<hr>", "<dl>", "<dt>",
    "<dd>", "</dl>", "<pre>", "</pre>", "<pre class='brush: js'>", "<table>", "<tr>", "<td>", "<th>", "</td>", "</tr>", "</table>", "<td colspan=2>",
    "<div class=separator>", "<figure>", "<figcaption>", "</figure>", "<table class=tr-caption-container>", "<td class=tr-caption>",
    "<iframe src='https://v.example/1'></iframe>", "<section>", "</section>", "<details><summary>", "</summary>", "</details>",
    "<!-- c -->",
];

/// A fragment: up to `length` pieces.
pub(crate) fn soup(length: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(TEXT),
        4 => prop::sample::select(INLINE),
        3 => prop::sample::select(BLOCK),
    ];
    vec(piece, 0..length).prop_map(|pieces| pieces.concat())
}

/// Text and inline markup alone: what paragraphs are made of.
pub(crate) fn inline_soup(length: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(TEXT),
        2 => prop::sample::select(INLINE),
    ];
    vec(piece, 0..length).prop_map(|pieces| pieces.concat())
}
