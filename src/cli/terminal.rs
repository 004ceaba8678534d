//! Words for the user, on standard error. What comes from a blog may hold control sequences of terminals: they are
//! shown, not obeyed.

use std::io::Write;

/// Text without anything that a terminal would obey.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '\n',
            '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            // Marks that turn the direction of everything after them.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Prints an error. Where standard error is closed nobody is there to be told.
pub(crate) fn error(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", plain(text));
}

/// Prints words for the user.
pub(crate) fn say(text: &str) {
    error(text);
}

/// A number as people read it: 12,345.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 post", "12 posts".
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_drive_the_terminal() {
        assert_eq!(
            plain("a\u{1b}[31mb\u{7}\u{9b}c\u{202e}d\n"),
            "a\u{fffd}[31mb\u{fffd}\u{fffd}c\u{fffd}d\n"
        );
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(1), "1");
        assert_eq!(number(1234567), "1,234,567");
        assert_eq!(count(1, "post", "posts"), "1 post");
    }
}
