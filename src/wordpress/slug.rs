//! Slugs and logins in the form in which WordPress leaves them alone.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{MAX_SLUG, clip};

/// A slug as WordPress stores it: lower case, what is not ASCII percent-encoded (accents stay accents, because the
/// old address had them), punctuation out, at most 200 bytes. WordPress's own `sanitize_title` does not change the
/// result. Takes a slug as it stood in an address, encoded or not.
pub fn slug(text: &str) -> String {
    if is_slug(text) {
        return text.to_owned();
    }
    let mut out = Slug::default();
    for c in percent_decode(text).chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' | '_' => out.push(c),
            '-' | '.' | '/' | ' ' | '\t' | '\n' | '\r' => out.dash(),
            '\u{a0}' | '–' | '—' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' => out.dash(),
            '×' => out.push('x'),
            c if c.is_ascii() || is_dropped(c) => {}
            c => out.push(c),
        }
        if out.full {
            break;
        }
    }
    out.text.truncate(out.text.trim_end_matches('-').len());
    out.text
}

/// Whether a text is a slug already, as most ends of addresses are: words of ASCII with a hyphen between each two.
fn is_slug(text: &str) -> bool {
    let is_word = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    let mut before = b'-';
    for byte in text.bytes() {
        if !is_word(byte) && (byte != b'-' || before == b'-') {
            return false;
        }
        before = byte;
    }
    before != b'-' && text.len() <= MAX_SLUG
}

#[derive(Default)]
struct Slug {
    text: String,
    full: bool,
}

impl Slug {
    fn push(&mut self, c: char) {
        let before = self.text.len();
        if c.is_ascii() {
            self.text.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                // Writing to a String cannot fail.
                let _ = write!(self.text, "%{byte:02x}");
            }
        }
        if self.text.len() > MAX_SLUG {
            self.text.truncate(before);
            self.full = true;
        }
    }

    fn dash(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('-') {
            self.push('-');
        }
    }
}

/// Characters that WordPress strikes from a slug when it saves it.
fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '¡' | '¿' | '«' | '»' | '‹' | '›' | '‘' | '’' | '“' | '”' | '‚' | '‛' | '„' | '‟' | '•' | '©'
            | '®' | '°' | '…' | '™' | '´' | 'ˊ' | '\u{301}' | '\u{341}' | '\u{300}' | '\u{304}' | '\u{30c}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{fffc}' | '\u{80}'..='\u{9f}'
    )
}

/// A slug as it stands in an address, from the percent-encoded form that WordPress stores.
pub fn slug_as_written(post_name: &str) -> String {
    percent_decode(post_name)
}

fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes
            .get(at + 1..at + 3)
            .filter(|_| byte == b'%')
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match hex {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// A slug with a number behind it, cut so that both fit.
pub fn with_suffix(base: &str, number: u32) -> String {
    let suffix = format!("-{number}");
    let mut end = clip(base, MAX_SLUG.saturating_sub(suffix.len())).len();
    // Never through the middle of an encoded character.
    let cut = base.len() > end;
    if cut {
        let keep = |end: usize| base.get(..end).unwrap_or_default();
        while end > 0 && !percent_decode_is_whole(keep(end)) {
            end -= 1;
        }
    }
    let base = base.get(..end).unwrap_or_default().trim_end_matches('-');
    format!("{base}{suffix}")
}

fn percent_decode_is_whole(text: &str) -> bool {
    let tail = text.len().saturating_sub(2);
    let broken_escape = text.get(tail..).is_some_and(|t| t.contains('%'));
    !broken_escape && !percent_decode(text).contains('%')
}

/// Whether WordPress puts a number behind a slug by itself: names of feeds, and numbers that an address with the
/// date in it would be confused with.
pub fn is_reserved(slug: &str, hierarchical: bool) -> bool {
    if matches!(slug, "feed" | "rdf" | "rss" | "rss2" | "atom" | "embed") {
        return true;
    }
    if hierarchical {
        let number = slug.strip_prefix("page").unwrap_or(slug);
        !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    } else {
        slug.bytes().all(|b| b.is_ascii_digit()) && slug.parse::<u32>().is_ok_and(|n| (1..32).contains(&n))
    }
}

/// The slug of a tag or category from its name. `C`, `C++` and `C#` get slugs that differ.
pub fn term_slug(name: &str) -> String {
    let spelled = name
        .replace("++", " plus plus ")
        .replace('#', " sharp ")
        .replace('&', " ")
        .replace('+', " plus ");
    let spelled = if name.trim_start().starts_with('#') {
        // A hash in front is a hashtag, not a note.
        name.trim_start().trim_start_matches('#').to_owned()
    } else {
        spelled
    };
    slug(&spelled)
}

/// The start of a login from a person's name: ASCII, lower case, at most 50 bytes; empty where the name has no
/// letter that can be written so.
pub fn login(name: &str) -> String {
    let mut out = String::new();
    for c in name
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'a'..='z' | '0'..='9' | '_' | '.' => out.push(c),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ł' => out.push('l'),
            'þ' => out.push_str("th"),
            'ı' => out.push('i'),
            ' ' | '-' | '\'' | '/' | '@' | '+' if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
        if out.len() >= 48 {
            break;
        }
    }
    let kept = out.trim_matches(['-', '.', '_']);
    if kept.bytes().any(|b| b.is_ascii_alphanumeric()) {
        kept.to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_what_wordpress_would_store() {
        for (text, expected) in [
            ("my-post_12", "my-post_12"),
            ("My Post.html", "my-post-html"),
            ("2010/05/my-post", "2010-05-my-post"),
            ("Привет", "%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82"),
            ("%D0%9F", "%d0%bf"),
            ("caf%c3%a9", "caf%c3%a9"),
            ("“quoted” – yes…", "quoted-yes"),
            ("--a--b--", "a-b"),
            ("100% & more!", "100-more"),
            ("5×3", "5x3"),
            ("?!", ""),
        ] {
            assert_eq!(slug(text), expected, "{text}");
            assert_eq!(slug(expected), expected);
        }
        let long = slug(&"日".repeat(100));
        assert!(
            long.len() <= MAX_SLUG && long.len() > 190 && long.ends_with("%a5"),
            "{long}"
        );
    }

    #[test]
    fn suffixes_fit() {
        assert_eq!(with_suffix("a", 2), "a-2");
        let long = slug(&"日".repeat(100));
        let suffixed = with_suffix(&long, 10);
        assert!(suffixed.len() <= MAX_SLUG && suffixed.ends_with("%a5-10"), "{suffixed}");
        assert_eq!(slug(&suffixed), suffixed);
    }

    #[test]
    fn terms_keep_apart() {
        let slugs: Vec<_> = ["C", "C++", "C#", "#c"].iter().map(|n| term_slug(n)).collect();
        assert_eq!(slugs, ["c", "c-plus-plus", "c-sharp", "c"]);
    }

    #[test]
    fn logins_are_ascii() {
        assert_eq!(login("Zoë O'Hara-Smith"), "zoe-o-hara-smith");
        assert_eq!(login("Анна"), "");
        assert_eq!(login("日本 2"), "2");
        assert_eq!(login("..."), "");
        assert_eq!(login("Łukasz Żółć"), "lukasz-zolc");
    }

    #[test]
    fn reserved_words() {
        assert!(is_reserved("feed", false) && is_reserved("12", false) && is_reserved("page2", true));
        assert!(!is_reserved("2010", false) && is_reserved("2010", true) && !is_reserved("page", true));
    }
}
