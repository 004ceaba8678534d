//! Where a JSON value ends.

/// Goes over a value in any number of portions. Brackets, commas, colons, keys and words are held to RFC 8259, so that a byte
/// that went wrong shows within a word or two; the inside of strings and numbers is left to whoever reads the value. No
/// recursion: what is open stands in a list.
#[derive(Debug)]
pub(super) struct Scan {
    /// The brackets that are open.
    open: Vec<u8>,
    state: State,
}

/// What came of a portion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The value goes on.
    More,
    /// The value ended before this byte of the portion.
    End(usize),
    /// This byte of the portion cannot stand there.
    Broken(usize),
}

#[derive(Clone, Copy, Debug)]
enum State {
    Value,
    /// Behind `[`: a value or the end.
    FirstElement,
    /// Behind `{`: a key or the end.
    FirstKey,
    Key,
    Colon,
    /// Behind a value: a comma or the end.
    Next,
    String {
        is_key: bool,
    },
    Escape {
        is_key: bool,
    },
    Number,
    /// The rest of `true`, `false` or `null`.
    Word(&'static [u8]),
}

impl Scan {
    /// Expects a value.
    pub(super) fn new() -> Scan {
        Scan {
            open: Vec::new(),
            state: State::Value,
        }
    }

    /// Goes on with the next portion.
    pub(super) fn step(&mut self, bytes: &[u8]) -> Step {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            self.state = match self.state {
                State::String { is_key } => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    match memchr::memchr2(b'"', b'\\', rest) {
                        None => return Step::More,
                        Some(n) => at += n,
                    }
                    match (bytes.get(at), is_key) {
                        (Some(b'\\'), _) => State::Escape { is_key },
                        (_, true) => State::Colon,
                        (_, false) if self.open.is_empty() => return Step::End(at + 1),
                        (_, false) => State::Next,
                    }
                }
                State::Escape { is_key } => State::String { is_key },
                State::Number => match byte {
                    b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E' => State::Number,
                    _ if self.open.is_empty() => return Step::End(at),
                    _ => {
                        self.state = State::Next;
                        continue;
                    }
                },
                State::Word(rest) => match rest.split_first() {
                    Some((first, rest)) if *first == byte => match rest {
                        [] if self.open.is_empty() => return Step::End(at + 1),
                        [] => State::Next,
                        rest => State::Word(rest),
                    },
                    _ => return Step::Broken(at),
                },
                state if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => state,
                state => match (state, byte) {
                    (State::FirstElement, b']') | (State::FirstKey, b'}') => match self.close() {
                        true => return Step::End(at + 1),
                        false => State::Next,
                    },
                    (State::Next, b']' | b'}') => {
                        // The two opening brackets are two less than their closing ones.
                        if self.open.last().map(|open| open + 2) != Some(byte) {
                            return Step::Broken(at);
                        }
                        match self.close() {
                            true => return Step::End(at + 1),
                            false => State::Next,
                        }
                    }
                    (State::Next, b',') => match self.open.last() {
                        Some(b'{') => State::Key,
                        _ => State::Value,
                    },
                    (State::FirstKey | State::Key, b'"') => State::String { is_key: true },
                    (State::Colon, b':') => State::Value,
                    (State::Value | State::FirstElement, _) => match byte {
                        b'{' => {
                            self.open.push(byte);
                            State::FirstKey
                        }
                        b'[' => {
                            self.open.push(byte);
                            State::FirstElement
                        }
                        b'"' => State::String { is_key: false },
                        b'-' | b'0'..=b'9' => State::Number,
                        b't' => State::Word(b"rue"),
                        b'f' => State::Word(b"alse"),
                        b'n' => State::Word(b"ull"),
                        _ => return Step::Broken(at),
                    },
                    _ => return Step::Broken(at),
                },
            };
            at += 1;
        }
        Step::More
    }

    /// Closes the innermost bracket; whether that was the value's end.
    fn close(&mut self) -> bool {
        self.open.pop();
        self.open.is_empty()
    }
}

/// Where the whole objects stand that a text holds beside each other, of those that are wanted; what is in one is no further
/// one. Tries a few hundred places at the most.
pub(crate) fn objects(bytes: &[u8], is_wanted: impl Fn(&[u8]) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for _ in 0..300 {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(begin) = memchr::memchr(b'{', rest).map(|n| at + n) else {
            break;
        };
        at = begin + 1;
        if let Step::End(length) = Scan::new().step(bytes.get(begin..).unwrap_or_default()) {
            at = begin + length;
            if bytes.get(begin..at).is_some_and(&is_wanted) {
                found.push(begin..at);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of a text in portions of one size.
    fn scan(text: &str, portion: usize) -> Step {
        let mut scan = Scan::new();
        for (number, bytes) in text.as_bytes().chunks(portion).enumerate() {
            match scan.step(bytes) {
                Step::More => {}
                Step::End(at) => return Step::End(number * portion + at),
                Step::Broken(at) => return Step::Broken(number * portion + at),
            }
        }
        Step::More
    }

    #[test]
    fn a_value_ends_where_it_ends() {
        for text in [
            r#"{"a":[1,-2.5e+7,{"b":"}]\"\\"}],"c":{},"d":[],"é":true}"#,
            "[ false , null ,\n\t\"x\" ]",
            r#""a \u0022 b\"""#,
            "true",
            "{}",
        ] {
            for portion in [1, 2, 7, 100] {
                assert_eq!(scan(&format!("{text} , 1"), portion), Step::End(text.len()), "{text}");
            }
            for at in 0..text.len() {
                if text.is_char_boundary(at) {
                    assert_eq!(scan(&text[..at], 3), Step::More, "{}", &text[..at]);
                }
            }
        }
        assert_eq!(scan("12,", 1), Step::End(2));
    }

    #[test]
    fn what_is_no_json_is_found_where_it_is() {
        for (text, at) in [
            (r#"{"a":1]"#, 6),
            (r#"[1}"#, 2),
            (r#"{"a" 1}"#, 5),
            (r#"{"a":1,}"#, 7),
            (r#"{"a":1 "b":2}"#, 7),
            (r#"{a:1}"#, 1),
            (r#"{"a":x"y"}"#, 5),
            (r#"{"a":"y","b"x:"z"}"#, 12),
            (r#"[1,,2]"#, 3),
            ("trun", 3),
            ("}", 0),
            ("[]]", usize::MAX),
        ] {
            let expected = if at == usize::MAX {
                Step::End(2)
            } else {
                Step::Broken(at)
            };
            for portion in [1, 5, 100] {
                assert_eq!(scan(text, portion), expected, "{text}");
            }
        }
    }

    #[test]
    fn what_json_readers_take_is_taken() {
        let values = ["{\"x\":[0,1e9,\"\\\\\",[[]],{\"y\":null}]}", "[\"a\\\"b\",true,false]"];
        for value in values {
            assert!(serde_json::from_str::<serde_json::Value>(value).is_ok());
            // Each byte in turn is gone: the two agree on whether that is JSON still.
            for at in 0..value.len() {
                let without = format!("{}{}", &value[..at], &value[at + 1..]);
                let is_json = serde_json::from_str::<serde_json::Value>(&without).is_ok();
                let ends = scan(&format!("{without} "), 4) == Step::End(without.len());
                assert!(ends || !is_json, "{without}");
            }
        }
    }

    #[test]
    fn objects_beside_each_other_are_found() {
        let text = br#"{"a":{"a":1}}x{"b":1} {"a":"{}"}{"a":{"a":2}"#;
        let found = objects(text, |object| object.starts_with(b"{\"a\""));
        let texts: Vec<&str> = found
            .into_iter()
            .map(|r| std::str::from_utf8(&text[r]).unwrap())
            .collect();
        assert_eq!(texts, [r#"{"a":{"a":1}}"#, r#"{"a":"{}"}"#, r#"{"a":2}"#]);
    }
}
