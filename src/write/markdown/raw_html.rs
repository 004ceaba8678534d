//! Whether a body holds raw HTML, which some generators leave out until they are told.

/// Raw HTML stands in this Markdown, outside of code; comments that mark something are none.
pub(super) fn has_raw_html(markdown: &str) -> bool {
    let mut fence: Option<&str> = None;
    let mut code: Option<usize> = None;
    for line in markdown.split_inclusive('\n') {
        let bare = bare(line);
        let marks = bare.len() - bare.trim_start_matches(['`', '~']).len();
        let (run, info) = bare.split_at(marks);
        if let Some(mark) = fence {
            if run.starts_with(mark) && info.trim().is_empty() {
                fence = None;
            }
            continue;
        }
        // Backticks with others in the same line are code in a sentence.
        if code.is_none() && marks > 2 && !info.contains('`') {
            fence = Some(run);
            continue;
        }
        if line.trim().is_empty() {
            code = None;
        }
        if line_has_tag(line, &mut code) {
            return true;
        }
    }
    false
}

/// A line without the marks of the lists and quotations that it stands in.
fn bare(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '>', '*', '-', '+'])
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .trim_start_matches(['.', ')', ' ', '>'])
}

/// A tag, end tag or comment in a line; `code` is the length of the run of backticks that is open.
fn line_has_tag(line: &str, code: &mut Option<usize>) -> bool {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'`' => {
                let run = bytes.iter().skip(at).take_while(|b| **b == b'`').count();
                *code = match *code {
                    None => Some(run),
                    Some(open) if open == run => None,
                    open => open,
                };
                at += run;
                continue;
            }
            b'\\' if code.is_none() => {
                at += 2;
                continue;
            }
            b'<' if code.is_none() && !line.get(..at).unwrap_or_default().ends_with("{{") => {
                let rest = line.get(at + 1..).unwrap_or_default();
                let is_tag = rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '?'))
                    || rest.starts_with('!') && !rest.starts_with("!--");
                let inside = rest.split(['>', ' ']).next().unwrap_or_default();
                let is_address = inside.contains(':') || inside.contains('@');
                if is_tag && !is_address {
                    return true;
                }
            }
            _ => {}
        }
        at += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_from_what_looks_like_them() {
        for html in [
            "a <u>b</u>\n",
            "<div>\nx\n</div>\n",
            "`a` <br> b\n",
            "```\n<b>\n```\n\n<iframe src=\"https://v.example\"></iframe>\n",
            "- item\n\n  <table>\n",
        ] {
            assert!(has_raw_html(html), "{html}");
        }
        for none in [
            "a < b\n",
            "`<b>`\n",
            "``a ` <b>``\n",
            "```html\n<b>\n```\n",
            "- x\n\n  ```\n  <b>\n  ```\n",
            "\\<b>\n",
            "<https://a.example/>\n",
            "<me@a.example>\n",
            "a\n\n<!--more-->\n\nb\n",
            "{{</* youtube x */>}} {{< youtube x >}}\n",
            "~~~\n<b>\n~~~\n",
        ] {
            assert!(!has_raw_html(none), "{none}");
        }
    }
}
