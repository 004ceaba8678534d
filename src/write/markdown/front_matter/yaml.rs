//! Front matter as YAML, such that parsers of 1.1 and 1.2 read it alike. Most fields are so plain that no rule of YAML
//! touches them; the others are left to a writer that knows all rules.

use super::{Entry, Map, Value, is_plain};

/// Each field by itself, because a date stands bare, as people write it.
pub(super) fn write(entries: &[(&str, Entry<'_>)]) -> String {
    let size = |entry: &(&str, Entry<'_>)| match entry {
        (name, Entry::Value(Value::Text(own))) => name.len() + own.len() + own.len() / 16 + 8,
        (name, _) => name.len() + 40,
    };
    let mut text = String::with_capacity(entries.iter().map(size).sum());
    for entry in entries {
        match entry {
            (name, Entry::Value(Value::Date(date))) if is_bare(name) => {
                for part in [name, ": ", date, "\n"] {
                    text.push_str(part);
                }
            }
            (name, Entry::Value(value)) if is_bare(name) && write_simple(&mut text, name, value) => {}
            _ => write_carefully(&mut text, entry),
        }
    }
    text
}

/// Whether a name needs no quotation marks.
fn is_bare(name: &str) -> bool {
    is_plain(name.strip_prefix('_').unwrap_or(name))
}

/// A field by the writer that knows all of YAML's rules.
fn write_carefully(text: &mut String, entry: &(&str, Entry<'_>)) {
    let one = Map(std::slice::from_ref(entry));
    let own = serde_saphyr::to_string(&one).unwrap_or_default();
    text.push_str(own.trim_end());
    text.push('\n');
}

/// A field whose value no rule of YAML can touch: plain words, numbers and dates as text, lists of them. It comes out as
/// [`write_carefully`] has it, in a fraction of the time; a test holds the two equal. Whether it was such a field.
fn write_simple(text: &mut String, name: &str, value: &Value<'_>) -> bool {
    let before = text.len();
    text.push_str(name);
    text.push(':');
    let is_simple = match value {
        Value::Text(own) => {
            text.push(' ');
            write_scalar(text, own) || write_lines(text, own)
        }
        Value::Flag(own) => {
            text.push_str(if *own { " true" } else { " false" });
            true
        }
        Value::List(own) => {
            own.iter().all(|item| {
                text.push_str("\n- ");
                write_scalar(text, item)
            }) && !own.is_empty()
        }
        Value::Date(_) | Value::Whole(_) | Value::Number(_) => false,
    };
    if is_simple {
        text.push('\n');
    } else {
        text.truncate(before);
    }
    is_simple
}

/// Words that some parser takes for something else than text.
const MEANINGFUL: [&str; 11] = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf",
];

/// Writes a text that stands bare or in quotation marks beyond doubt. Whether it is one.
fn write_scalar(text: &mut String, own: &str) -> bool {
    let bytes = own.as_bytes();
    let is_number = (1..40).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit);
    if is_number || is_timestamp(bytes) {
        text.push('"');
        text.push_str(own);
        text.push('"');
        return true;
    }
    // Words that mean something are short, and what is longer may be folded.
    let may_be_bare = (1..72).contains(&bytes.len())
        && own.starts_with(|c: char| c.is_alphabetic() || c == '/')
        && (bytes.len() > 5 || !MEANINGFUL.iter().any(|word| own.eq_ignore_ascii_case(word)));
    let is_word = may_be_bare && {
        let mut before = 'a';
        let mut all = own.chars();
        let is_plain = all.all(|c| {
            let last = std::mem::replace(&mut before, c);
            match last {
                ':' => c == '/',
                ' ' => c.is_alphanumeric(),
                _ => {
                    c.is_alphanumeric()
                        || matches!(
                            c,
                            ' ' | ':' | '-' | '_' | '.' | '/' | ',' | '\'' | '!' | '?' | '(' | ')'
                        )
                }
            }
        });
        is_plain && (before.is_alphanumeric() || matches!(before, '.' | '!' | '?' | ')'))
    };
    if is_word {
        text.push_str(own);
    }
    is_word
}

/// Whether a line is ASCII without control characters: looked at as a whole, which is done at once.
fn is_plain_ascii(line: &str) -> bool {
    line.bytes().fold(true, |all, b| all & matches!(b, b' '..=b'~' | b'\t'))
}

/// Writes several lines as a block, each as it is: none begins with white space or holds what a block cannot hold. Whether
/// it is such a text.
fn write_lines(text: &mut String, own: &str) -> bool {
    let fits = |line: &str| {
        !line.starts_with([' ', '\t'])
            && (is_plain_ascii(line)
                || line.chars().all(|c| match c {
                    ' '..='~' | '\t' => true,
                    '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
                    c => ('\u{a0}'..='\u{fffd}').contains(&c) || c >= '\u{10000}',
                }))
    };
    let is_whole = !own.starts_with('\n') && !own.ends_with(char::is_whitespace);
    if !is_whole || memchr::memchr(b'\n', own.as_bytes()).is_none() {
        return false;
    }
    let before = text.len();
    text.push_str("|-");
    let mut rest = Some(own);
    while let Some(lines) = rest {
        let end = memchr::memchr(b'\n', lines.as_bytes());
        let (line, behind) = match end.and_then(|end| lines.split_at_checked(end)) {
            Some((line, behind)) => (line, behind.get(1..)),
            None => (lines, None),
        };
        if !fits(line) {
            text.truncate(before);
            return false;
        }
        text.push_str(if line.is_empty() { "\n" } else { "\n  " });
        text.push_str(line);
        rest = behind;
    }
    true
}

/// `2011-03-05T10:12:00Z`, with a fraction or another zone, or less of it.
fn is_timestamp(bytes: &[u8]) -> bool {
    let shape = b"0000-00-00T00:00:00";
    let fits = |length: usize| {
        bytes.iter().zip(shape).take(length).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            _ => byte == shape,
        })
    };
    let digits = |from: usize, count: usize| {
        let all = bytes.get(from..from + count);
        all.is_some_and(|all| all.iter().all(u8::is_ascii_digit))
    };
    let zone = match bytes.len() {
        10 => return fits(10),
        20 | 25 => 19,
        24 | 29 if bytes.get(19) == Some(&b'.') && digits(20, 3) => 23,
        _ => return false,
    };
    let is_zone = match bytes.get(zone) {
        Some(b'Z') => bytes.len() == zone + 1,
        Some(b'+' | b'-') => digits(zone + 1, 2) && bytes.get(zone + 3) == Some(&b':') && digits(zone + 4, 2),
        _ => false,
    };
    fits(19) && is_zone
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn same(value: &Value<'_>) {
        let mut simple = String::new();
        if write_simple(&mut simple, "name", value) {
            let mut careful = String::new();
            write_carefully(&mut careful, &("name", Entry::Value(value)));
            assert_eq!(simple, careful);
        }
    }

    #[test]
    fn simple_fields_are_written_as_careful_ones() {
        for word in [
            "infinity",
            "string",
            "0123456",
            "1e10",
            "0x1F",
            "12",
            "1_000",
            "2011-03-05",
            "2011-13-45",
            "2011-03-05T10:12:00Z",
            "2011-03-05T10:12:00.002Z",
            "http://a.example/b",
            "a:/bcde",
            "a: bcde",
            "a b c d",
            "a - b - c",
            "Nullish",
            "on off",
            "true or false",
            "abc-def",
            "abc def.",
            "...abc",
            "abc/def_g.h",
            "0000000",
            "00:00:00",
            "key-: x",
            "a #bcdef",
            "a:/",
            "Пирог с яблоками",
            "Äpfel, (rot)!",
            "don't #1",
            "don't",
            "what's this?",
            "日本語のブログ記事",
            "a\u{300}bcdefg",
            "naïve: x",
            "2011-03-05T10:12:00.002+01:00",
            "2011-03-05T10:12:00-11:30",
            "2011-03-05T10:12:00+0130x",
            "two\nlines",
            "two\n\nlines\t \n# x\n---\n...\n- y: z",
            "two\n lines",
            " two\nlines",
            "two\nlines\n",
            "\ntwo\nlines",
            "two\r\nlines",
            "two\u{85}\nlines",
            "two\u{2028}\nlines",
            "wo\u{7f}\nlines",
            "🌿\n🌿",
            "Yes",
            "NULL",
            "inf",
            "nan",
            "e1",
            "x",
            "早上",
            "/2011/03/a.html",
            "/",
            "/: x",
            "//x",
        ] {
            same(&Value::from(word));
            same(&Value::List(vec![word.into(), "plainly".into()]));
        }
        same(&Value::Flag(true));
        let mut text = String::new();
        assert!(write_simple(&mut text, "name", &Value::from("A plain title")));
        assert!(write_simple(&mut text, "id", &Value::from("51990458")));
        assert!(!write_simple(&mut text, "no", &Value::from("no")));
        let mut own = String::new();
        assert!(write_simple(&mut own, "name", &Value::from("Ann")));
        assert!(write_simple(&mut own, "url", &Value::from("/2011/03/a.html")));
        assert!(write_simple(&mut text, "message", &Value::from("Ett,\n\ntvå")));
        assert_eq!(
            text,
            "name: A plain title\nid: \"51990458\"\nmessage: |-\n  Ett,\n\n  två\n"
        );
    }

    /// Every short word that some parser could take for something else would be found here.
    #[test]
    fn short_words_are_written_as_careful_ones() {
        let letters = || 'a'..='z';
        let mut words: Vec<String> = letters().map(String::from).collect();
        words.extend(letters().flat_map(|a| letters().map(move |b| format!("{a}{b}"))));
        words.extend(
            letters().flat_map(|a| letters().flat_map(move |b| "eflnspx".chars().map(move |c| format!("{a}{b}{c}")))),
        );
        for more in [
            "null", "none", "true", "False", "nil", "void", "undef", "YES", "On", "oFF", "NaN", "Inf",
        ] {
            words.push(more.to_owned());
        }
        for word in words {
            same(&Value::from(word.as_str()));
            let mut simple = String::new();
            if write_simple(&mut simple, "_id", &Value::from(word.as_str())) {
                let mut careful = String::new();
                write_carefully(&mut careful, &("_id", Entry::Value(&Value::from(word.as_str()))));
                assert_eq!(simple, careful);
            }
        }
    }

    #[test]
    fn what_looks_like_a_time_is_known() {
        for time in [
            "2011-03-05",
            "2011-03-05T10:12:00Z",
            "2011-03-05T10:12:00+01:00",
            "2011-03-05T10:12:00-11:30",
            "2011-03-05T10:12:00.002Z",
            "2011-03-05T10:12:00.002+01:00",
        ] {
            assert!(is_timestamp(time.as_bytes()), "{time}");
        }
        for text in [
            "2011-03-0x",
            "2011-03-05T10:12:00",
            "2011-03-05T10:12:00z",
            "2011-03-05T10:12:00+01x00",
            "2011-03-05T10:12:00+0x:00",
            "2011-03-05T10:12:00.0x2Z",
            "2011-03-05T10:12:00,002Z",
            "2011-03-05 10:12:00Z",
        ] {
            assert!(!is_timestamp(text.as_bytes()), "{text}");
        }
    }

    proptest! {
        #![proptest_config(crate::many_cases())]

        #[test]
        fn any_simple_field_is_written_as_a_careful_one(text in "[a-zA-Z0-9 _./:-]{0,80}", number in "[0-9T:.Z+-]{0,30}", words in "[a-zäжא日ก',!?() #.:-]{1,30}", path in "/[a-zé0-9/.:_ -]{0,20}", lines in "[ab:#é\\-\"' \t\r\n\u{85}\u{a0}\u{2028}\u{feff}🌿>|]{0,30}", date in "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?(Z|[+-][0-9]{2}:[0-9]{2}))?") {
            for text in [text, number, words, path, lines, date] {
                same(&Value::from(text.as_str()));
                same(&Value::List(vec![text.clone().into(), text.into()]));
            }
        }
    }
}
