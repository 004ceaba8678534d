//! Bodies of posts and comments as years of editors left them: lines ended by `<br />`, clouds of `div` and `span`,
//! pictures in separators, tables, code, players, and now and then clean paragraphs.

use super::random::Random;
use super::words::Language;

/// Adds the HTML of a post, about `bytes` long.
pub(crate) fn post(random: &mut Random, language: &Language, bytes: usize, to: &mut String) {
    let end = to.len() + bytes;
    let manner = random.below(10);
    while to.len() < end {
        match random.below(30) {
            0..=2 => picture(random, to),
            3 => list(random, language, to),
            4 if manner < 4 => table(random, language, to),
            5 if manner > 5 => code(random, to),
            6 => player(random, to),
            7 => {
                to.push_str("<blockquote class=\"tr_bq\">");
                language.sentences(random, 2, to);
                to.push_str("</blockquote>\n");
            }
            8 => {
                to.push_str("<h3 style=\"text-align: left;\">");
                language.words(random, 4, to);
                to.push_str("</h3>\n");
            }
            9 if manner == 3 => to.push_str("<a name='more'></a><br />\n"),
            10 => to.push_str("<!--more comes here--><br />"),
            _ => paragraph(random, language, manner, to),
        }
    }
}

/// Adds the HTML of a comment.
pub(crate) fn comment(random: &mut Random, language: &Language, to: &mut String) {
    let lines = random.between(1, 4);
    for line in 0..lines {
        if line > 0 {
            to.push_str("<br /><br />");
        }
        let sentences = random.between(1, 3);
        language.sentences(random, sentences, to);
    }
}

fn paragraph(random: &mut Random, language: &Language, manner: u64, to: &mut String) {
    let sentences = random.between(2, 7);
    match manner {
        0..=3 => {
            language.sentences(random, sentences, to);
            to.push_str("<br />\n<br />\n");
        }
        4 | 5 => {
            to.push_str("<div style=\"text-align: justify;\">\n<span style=\"font-family: &quot;georgia&quot; , serif;\">");
            language.sentences(random, sentences, to);
            to.push_str("</span></div>\n<div style=\"text-align: justify;\">\n<br /></div>\n");
        }
        6 => {
            to.push_str("<div class=\"MsoNormal\" style=\"margin: 0cm 0cm 10pt;\">\n<span lang=\"EN-US\"><span style=\"font-size: small;\">");
            language.sentences(random, sentences, to);
            to.push_str("<o:p></o:p></span></span></div>\n");
        }
        _ => {
            to.push_str("<p>");
            language.sentences(random, sentences, to);
            to.push_str("</p>\n");
        }
    }
}

fn picture(random: &mut Random, to: &mut String) {
    let number = random.below(1_000_000_000);
    let host = 1 + random.below(4);
    to.push_str("<div class=\"separator\" style=\"clear: both; text-align: center;\">\n<a href=\"http://");
    let address = format!("{host}.bp.blogspot.com/-g{number:09}/T{number:x}AAAAA/AAAAAAAA{:03}/e{number:x}", number % 997);
    to.push_str(&format!(
        "{address}/s1600/picture+{n}.jpg\" imageanchor=\"1\" style=\"margin-left: 1em; margin-right: 1em;\"><img border=\"0\" \
         height=\"240\" src=\"http://{address}/s320/picture+{n}.jpg\" width=\"320\" /></a></div>\n",
        n = number % 100
    ));
}

fn list(random: &mut Random, language: &Language, to: &mut String) {
    to.push_str("<ul>\n");
    for _ in 0..random.between(2, 6) {
        to.push_str("<li>");
        language.sentences(random, 1, to);
        to.push_str("</li>\n");
    }
    to.push_str("</ul>\n");
}

fn table(random: &mut Random, language: &Language, to: &mut String) {
    to.push_str("<table border=\"1\" cellpadding=\"2\"><tbody>\n");
    for _ in 0..random.between(2, 5) {
        to.push_str("<tr>");
        for _ in 0..3 {
            to.push_str("<td valign=\"top\">");
            language.words(random, 2, to);
            to.push_str("</td>");
        }
        to.push_str("</tr>\n");
    }
    to.push_str("</tbody></table>\n<br />\n");
}

fn code(random: &mut Random, to: &mut String) {
    to.push_str("<pre class=\"brush: js\">");
    for _ in 0..random.between(3, 12) {
        let n = random.below(900);
        to.push_str(&format!("if (n{n} &lt; {n} &amp;&amp; ok) {{\n    step(\"a{n}\");  // *{n}*\n}}\n"));
    }
    to.push_str("</pre>\n");
}

fn player(random: &mut Random, to: &mut String) {
    to.push_str(&format!(
        "<iframe allowfullscreen=\"\" frameborder=\"0\" height=\"315\" src=\"//www.youtube.com/embed/x{:010x}\" width=\"420\"></iframe><br />\n",
        random.below(1 << 40)
    ));
}
