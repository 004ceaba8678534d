//! A date's text cut into numbers, words and signs.

use crate::fold::fold;

/// A piece of a date's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// White space stood in front of it.
    pub(super) spaced: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A run of digits: its value and how many digits it has.
    Number { value: u32, digits: u8 },
    /// A run of letters, folded. In scripts that write without spaces between words, one character.
    Word(String),
    /// Anything else but white space.
    Sign(char),
}

impl Token {
    pub(super) fn number(&self) -> Option<(u32, u8)> {
        match self.kind {
            Kind::Number { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

/// Han and Kana are written without spaces: every character is a word of its own.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}')
}

/// Marks that belong to the letter before them in Indic and South-East Asian scripts.
fn continues_word(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{0900}'..='\u{0DFF}' | '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

/// Cuts a text into tokens. Linear in the text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let folded = fold(text);
    let mut tokens: Vec<Token> = Vec::new();
    let mut spaced = false;
    let mut chars = folded.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ' ' {
            spaced = true;
            continue;
        }
        let kind = if let Some(first) = c.to_digit(10) {
            let (mut value, mut digits) = (first, 1_u8);
            while let Some(next) = chars.peek().and_then(|c| c.to_digit(10)) {
                value = value.saturating_mul(10).saturating_add(next);
                digits = digits.saturating_add(1);
                chars.next();
            }
            Kind::Number { value, digits }
        } else if stands_alone(c) {
            Kind::Word(c.to_string())
        } else if c.is_alphabetic() {
            let mut word = c.to_string();
            while let Some(next) = chars.peek().copied() {
                let inside = continues_word(next) && !stands_alone(next);
                // An apostrophe or a quotation mark stands inside some names: Ukrainian, Hebrew abbreviations.
                let joins = matches!(next, '\'' | '"') && {
                    let mut ahead = chars.clone();
                    ahead.next();
                    ahead.peek().is_some_and(|c| c.is_alphabetic())
                };
                if !(inside || joins) {
                    break;
                }
                word.push(next);
                chars.next();
            }
            Kind::Word(word)
        } else {
            Kind::Sign(c)
        };
        tokens.push(Token { kind, spaced });
        spaced = false;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        tokens(text)
            .iter()
            .map(|t| match &t.kind {
                Kind::Number { value, .. } => format!("<{value}>"),
                Kind::Word(w) => format!("[{w}]"),
                Kind::Sign(c) => c.to_string(),
            })
            .collect()
    }

    #[test]
    fn cuts_numbers_words_and_signs() {
        assert_eq!(shape("5th May, 2009"), "<5>[th][may],<2009>");
        assert_eq!(shape("2009年5月5日"), "<2009>[年]<5>[月]<5>[日]");
        assert_eq!(shape("п'ятниця"), "[п'ятниця]");
        assert_eq!(shape("7:14 אחה״צ"), "<7>:<14>[אחה\"צ]");
        assert_eq!(shape("99999999999999"), format!("<{}>", u32::MAX));
    }
}
