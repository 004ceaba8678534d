//! Texts made comparable: case, accents, widths, digits and the marks that only steer how text is laid out.

use unicode_normalization::UnicodeNormalization;

/// The zero of every decimal digit row that blogs are written with; digits follow their zero in order.
const ZEROS: [char; 24] = [
    '\u{0660}', '\u{06F0}', '\u{07C0}', '\u{0966}', '\u{09E6}', '\u{0A66}', '\u{0AE6}', '\u{0B66}', '\u{0BE6}',
    '\u{0C66}', '\u{0CE6}', '\u{0D66}', '\u{0DE6}', '\u{0E50}', '\u{0ED0}', '\u{0F20}', '\u{1040}', '\u{17E0}',
    '\u{1810}', '\u{19D0}', '\u{1A80}', '\u{1B50}', '\u{1C50}', '\u{FF10}',
];

/// The value of a decimal digit of any script.
pub(super) fn digit(c: char) -> Option<u32> {
    c.to_digit(10).or_else(|| {
        ZEROS.iter().find_map(|zero| {
            let value = u32::from(c).checked_sub(u32::from(*zero))?;
            (value < 10).then_some(value)
        })
    })
}

/// Folds a text for comparing: lower case, no accents, one form for letters that differ by keyboard or width only,
/// every space a plain one, native digits as 0 to 9.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    folded.extend(text.nfkd().flat_map(char::to_lowercase).nfkd().filter_map(|c| match c {
        // Accents, and the marks that vowel Arabic and Hebrew. Marks of other scripts are letters of their words.
        '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{065F}' | '\u{0591}'..='\u{05BD}' => None,
        // Marks of direction and joining, soft hyphen, byte order mark, Arabic's stretching sign.
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' => None,
        '\u{00AD}' | '\u{FEFF}' | '\u{0640}' | '\u{061C}' => None,
        'ı' => Some('i'),
        'ς' => Some('σ'),
        'ی' | 'ى' => Some('ي'),
        'ک' => Some('ك'),
        'ة' => Some('ه'),
        '’' | '‘' | 'ʼ' | '´' | '`' => Some('\''),
        '״' | '“' | '”' => Some('"'),
        '–' | '—' | '‐' | '‑' | '−' => Some('-'),
        c if c.is_whitespace() => Some(' '),
        c => match digit(c) {
            Some(value) => char::from_digit(value, 10),
            None => Some(c),
        },
    }));
    folded.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn makes_comparable() {
        assert_eq!(fold("MÄRZ"), "marz");
        assert_eq!(fold("Μαΐου"), "μαιου");
        assert_eq!(fold("İstanbul ılık"), "istanbul ilik");
        assert_eq!(fold("۱۳۸۸"), "1388");
        assert_eq!(fold("２００９年"), "2009年");
        assert_eq!(fold("3:37\u{202F}PM"), "3:37 pm");
        assert_eq!(fold("화요일"), "화요일");
        assert_eq!(fold("سه\u{200C}شنبه"), "سهشنبه");
    }
}
