//! A text's lines with their indentation. Marks that programs put around text (Markdown's headings, links, escapes)
//! are taken off, so that the same rules read every copy.

/// A line of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Without white space around it and without marks of a heading.
    pub(super) text: &'a str,
    /// As it stands, without white space at its end.
    pub(super) whole: &'a str,
    /// How many characters it is indented.
    pub(super) indent: usize,
    /// Marked as a heading.
    pub(super) heading: bool,
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    text.lines()
        .map(|whole| {
            let whole = whole.trim_end();
            let inner = whole.trim_start();
            let heading = inner.trim_start_matches('#');
            let is_heading =
                heading.len() < inner.len() && (heading.is_empty() || heading.starts_with(' '));
            let text = if is_heading { heading.trim() } else { inner };
            Line {
                heading: is_heading,
                text,
                whole,
                indent: whole.chars().take_while(|c| c.is_whitespace()).count(),
            }
        })
        .collect()
}

/// Whether a text is Markdown that a program made of a page.
pub(super) fn is_markdown(text: &str) -> bool {
    text.contains("](")
        && text.lines().any(|line| {
            line.starts_with("## ") || line.starts_with("### ") || line.starts_with("#### ")
        })
}

/// Markdown without its links, pictures and escapes: what a reader sees.
pub(super) fn without_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', '!', '\\', '*', '_']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let picture = from.starts_with("![");
        if from.starts_with('[') || picture {
            if let Some((inner, length)) =
                link(from.get(usize::from(picture)..).unwrap_or_default())
            {
                if !picture {
                    out.push_str(&without_pictures(inner));
                }
                rest = from
                    .get(length + usize::from(picture)..)
                    .unwrap_or_default();
                continue;
            }
        } else if let Some(escaped) = from
            .strip_prefix('\\')
            .and_then(|r| r.chars().next())
            .filter(char::is_ascii_punctuation)
        {
            out.push(escaped);
            rest = from.get(1 + escaped.len_utf8()..).unwrap_or_default();
            continue;
        }
        let first = from.chars().next().map_or(1, char::len_utf8);
        out.push_str(from.get(..first).unwrap_or_default());
        rest = from.get(first..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The text of a link at the start of `from`, and the length of the whole link. Looks a few thousand characters far,
/// so that a text of nothing but brackets stays linear.
fn link(from: &str) -> Option<(&str, usize)> {
    let mut depth = 0_i32;
    let mut close = None;
    for (at, c) in from.char_indices().take(2000) {
        match c {
            '[' => depth += 1,
            ']' => {
                depth -= 1;
                if depth == 0 {
                    close = Some(at);
                    break;
                }
            }
            _ => {}
        }
    }
    let close = close?;
    let target = from.get(close + 1..)?.strip_prefix('(')?;
    let end = target.char_indices().take(4000).find(|(_, c)| *c == ')')?.0;
    Some((from.get(1..close)?.trim(), close + 1 + 1 + end + 1))
}

fn without_pictures(inner: &str) -> String {
    if inner.starts_with("![") {
        String::new()
    } else {
        inner.to_owned()
    }
}

/// Lines as a text again: blank lines at both ends gone, the indentation that all lines share taken off.
pub(super) fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines: Vec<&str> = lines.collect();
    let shared = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.chars().take_while(|c| c.is_whitespace()).count())
        .min()
        .unwrap_or(0);
    let mut out: Vec<String> = Vec::new();
    for line in lines {
        let line: String = line.chars().skip(shared).collect();
        let line = line.trim_end().to_owned();
        // Several blank lines are one break.
        if line.is_empty() && out.last().is_none_or(String::is_empty) {
            continue;
        }
        out.push(line);
    }
    out.join("\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_as_readers_see_it() {
        assert_eq!(
            without_markdown("[Ada](http://a.example) wrote 1\\. ![cup](c.jpg)tea"),
            "Ada wrote 1. tea"
        );
        assert_eq!(without_markdown("[![x](y) ](z)after"), "after");
        assert_eq!(without_markdown("a [b] c ! d"), "a [b] c ! d");
    }

    #[test]
    fn headings_and_indentation() {
        let text = "##  Title \n    1. one";
        let lines = lines(text);
        assert_eq!((lines[0].text, lines[1].indent), ("Title", 4));
        assert_eq!(
            joined(["", "  a", "", "", "    b", ""].into_iter()),
            "a\n\n  b"
        );
    }
}
