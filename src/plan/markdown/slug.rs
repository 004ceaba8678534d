//! Slugs and names of files: letters of any script, distinct as every file system compares them, refused by none.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::archive::PostCard;
use crate::html::address::percent_decoded;

/// The most bytes of a slug and of a file name without its extension: room for more within the 255 of a file system.
pub const LONGEST: usize = 200;

/// The most bytes of an id that stands behind a slug to tell it from others.
const LONGEST_ID: usize = 40;

/// What becomes of letters that are not Latin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slugs {
    /// They stay as they are.
    #[default]
    Keep,
    /// They are written in Latin letters.
    Transliterate,
    /// They are percent-encoded in the names of files, and where no site is made also in slugs. A generator encodes a
    /// slug by itself wherever it writes it into an address; a file of an encoded name would be found at none.
    Encode,
}

impl Slugs {
    /// A slug of this text, which is at most [`LONGEST`] bytes long; empty where the text has nothing for one.
    pub fn of(self, text: &str) -> String {
        match self {
            Slugs::Keep => slugify(text),
            Slugs::Transliterate => transliterated(text),
            Slugs::Encode => encoded(&slugify(text)),
        }
    }
}

/// Letters and digits of any script in lower case, joined by hyphens; at most [`LONGEST`] bytes.
pub fn slugify(text: &str) -> String {
    // Most are ASCII, of which nothing is composed.
    let slug = if text.is_ascii() {
        joined(text.chars().map(|c| c.to_ascii_lowercase()))
    } else {
        joined(text.nfc().flat_map(char::to_lowercase))
    };
    safe(slug)
}

fn joined(letters: impl Iterator<Item = char>) -> String {
    let mut slug = String::new();
    let mut gap = false;
    for c in letters {
        let is_word =
            c.is_alphanumeric() || (!c.is_ascii() && unicode_normalization::char::is_combining_mark(c)) || c == '_';
        if is_word {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            gap = false;
            if slug.len() + c.len_utf8() > LONGEST {
                break;
            }
            slug.push(c);
        } else if c != '\'' && c != '’' {
            gap = true;
        }
    }
    slug
}

/// The same in the letters of ASCII.
pub(crate) fn transliterated(text: &str) -> String {
    let text: String = text.nfc().collect();
    slugify(&deunicode::deunicode_with_tofu(&text, " "))
}

/// A slug with what is not ASCII percent-encoded; cut between letters.
pub(super) fn encoded(slug: &str) -> String {
    let mut text = String::with_capacity(slug.len() * 3);
    for c in slug.chars() {
        let before = text.len();
        if c.is_ascii() {
            text.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                text.push_str(&format!("%{byte:02x}"));
            }
        }
        if text.len() > LONGEST {
            text.truncate(before);
            break;
        }
    }
    text.truncate(text.trim_end_matches('-').len());
    text
}

/// A name that no system refuses: Windows keeps some words for its devices.
fn safe(mut name: String) -> String {
    const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];
    let is_port = || {
        let rest = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
        let mut rest = rest.unwrap_or_default().chars();
        matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    };
    if DEVICES.contains(&name.as_str()) || is_port() {
        name.push('_');
    }
    name
}

/// A name with an id behind it, cut so that both fit.
pub(super) fn with_id(name: &str, id: &str) -> String {
    let mut id = short_id(id);
    id.truncate(boundary(&id, LONGEST_ID));
    let room = boundary(name, LONGEST.saturating_sub(id.len() + 1));
    let name = name.get(..room).unwrap_or_default().trim_end_matches('-');
    format!("{name}-{id}")
}

/// The last place at or before `at` where a text may be cut: between letters, and not inside a percent-escape.
fn boundary(text: &str, at: usize) -> usize {
    if text.len() <= at {
        return text.len();
    }
    let mut at = (0..=at).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    for back in 1..3 {
        if at >= back && text.as_bytes().get(at - back) == Some(&b'%') {
            at -= back;
            break;
        }
    }
    at
}

/// A name as file systems compare it: some fold case, some fold accents' composition.
pub(super) fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfkc().flat_map(char::to_lowercase).collect()
}

/// An id as part of a file name: numbers as they are, others by their letters and digits.
pub(super) fn short_id(id: &str) -> String {
    let id = id.strip_prefix("sha256:").unwrap_or(id);
    let slug = slugify(id);
    if slug.is_empty() { "post".to_owned() } else { slug }
}

/// The post's own part of its address; where it has none, one made of its title, else of its id.
pub(super) fn of_post(card: PostCard<'_>, slugs: Slugs) -> String {
    let address = card.address();
    let from_address = address.as_deref().and_then(crate::read::permalink::slug_of);
    from_address
        .map(percent_decoded)
        .into_iter()
        .chain(card.name().map(Cow::Owned))
        .map(|text| slugs.of(&text))
        .find(|slug| !slug.is_empty())
        .unwrap_or_else(|| short_id(&card.id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_keep_their_script() {
        assert_eq!(slugify("Crème brûlée & co."), "crème-brûlée-co");
        assert_eq!(slugify("東京の庭"), "東京の庭");
        assert_eq!(slugify("الثلاثاء، 5 مايو"), "الثلاثاء-5-مايو");
        assert_eq!(slugify("Don't — stop!"), "dont-stop");
        assert_eq!(slugify("../../etc/passwd"), "etc-passwd");
        assert_eq!(slugify("..."), "");
        assert_eq!(slugify("trailing. "), "trailing");
        assert!(slugify(&"長".repeat(300)).len() <= LONGEST);
    }

    #[test]
    fn or_are_written_in_latin_letters() {
        let of = |text| Slugs::Transliterate.of(text);
        assert_eq!(of("Crème brûlée"), "creme-brulee");
        assert_eq!(of("Весна в саду"), "vesna-v-sadu");
        assert_eq!(of("東京"), "dong-jing");
        assert!(of(&"長".repeat(300)).len() <= LONGEST);
    }

    #[test]
    fn or_percent_encoded_and_cut_between_letters() {
        assert_eq!(Slugs::Encode.of("Café 1"), "caf%c3%a9-1");
        let long = Slugs::Encode.of(&"é長".repeat(300));
        assert!(long.len() <= LONGEST);
        assert!(percent_decoded(&long).ends_with(['é', '長']));
    }

    #[test]
    fn no_system_refuses_a_name() {
        for name in ["CON", "aux", "Com1", "LPT9", "com¹"] {
            assert!(slugify(name).ends_with('_'), "{name}");
        }
        assert_eq!(slugify("com10"), "com10");
        assert_eq!(slugify("confer"), "confer");
    }

    #[test]
    fn an_id_behind_a_name_leaves_both_within_bounds() {
        let name = slugify(&"長".repeat(300));
        for id in ["5199045806810969980", "sha256:0123456789abcdef", &"x".repeat(300)] {
            assert!(with_id(&name, id).len() <= LONGEST, "{id}");
        }
        let cut = with_id(&Slugs::Encode.of(&"長".repeat(300)), "5199045806810969980");
        assert!(percent_decoded(cut.trim_end_matches("-5199045806810969980")).ends_with('長'));
    }
}
