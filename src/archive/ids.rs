//! Ids packed: Blogger's numbers are eight bytes here, not a string each.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::read::derived_digits;

/// Strings that occur often, each kept once.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    list: Vec<Box<str>>,
    index: HashMap<Box<str>, u32>,
    /// The one that was asked for last, which nearly always is the one that is asked for next: there is one blog.
    last: u32,
}

impl Interner {
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if self.list.get(self.last as usize).is_some_and(|last| **last == *text) {
            return self.last;
        }
        self.last = match self.index.get(text) {
            Some(at) => *at,
            None => {
                let at = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
                self.list.push(text.into());
                self.index.insert(text.into(), at);
                at
            }
        };
        self.last
    }

    /// The number of a text that is kept already.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.index.get(text).copied()
    }

    pub(crate) fn get(&self, at: u32) -> &str {
        self.list.get(at as usize).map_or("", |t| t)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}

/// Eight bytes of a number that may stand at any place: beside them an id's kind takes one byte and not eight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Eight([u8; 8]);

impl Eight {
    pub(crate) const ZERO: Eight = Eight([0; 8]);

    pub(crate) fn get(self) -> u64 {
        u64::from_ne_bytes(self.0)
    }
}

impl From<u64> for Eight {
    fn from(number: u64) -> Eight {
        Eight(number.to_ne_bytes())
    }
}

/// The number of a text, likewise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Four([u8; 4]);

impl Four {
    pub(crate) fn get(self) -> u32 {
        u32::from_ne_bytes(self.0)
    }
}

/// An id of a post or comment. There are three of them in each card of a comment, so they are packed as tightly as can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Id {
    /// There is none.
    #[default]
    None,
    /// A number without leading zeros.
    Number(Eight),
    /// `sha256:` and 16 hexadecimal digits.
    Derived(Eight),
    /// Anything else.
    Text(Four),
}

impl Id {
    pub(crate) fn pack(text: &str, texts: &mut Interner) -> Id {
        Id::plain(text).unwrap_or_else(|| Id::Text(Four(texts.intern(text).to_ne_bytes())))
    }

    fn plain(text: &str) -> Option<Id> {
        if text.is_empty() {
            return Some(Id::None);
        }
        if let Some(number) = number(text) {
            return Some(Id::Number(number.into()));
        }
        let hash = u64::from_str_radix(derived_digits(text)?, 16).ok()?;
        Some(Id::Derived(hash.into()))
    }

    /// Whether this is the id, without making a text of it where both are numbers.
    pub(crate) fn is(self, text: &str, texts: &Interner) -> bool {
        match (self, Id::plain(text)) {
            (Id::Text(at), None) => texts.get(at.get()) == text,
            (own, Some(other)) => own == other,
            _ => false,
        }
    }

    pub(crate) fn unpack(self, texts: &Interner) -> String {
        match self {
            Id::None => String::new(),
            Id::Number(number) => number.get().to_string(),
            Id::Derived(hash) => format!("sha256:{:016x}", hash.get()),
            Id::Text(at) => texts.get(at.get()).to_owned(),
        }
    }

    /// The order of the ids as strings, which is that of the record.
    pub(crate) fn compare(self, other: Id, texts: &Interner) -> Ordering {
        match (self, other) {
            (Id::Number(a), Id::Number(b)) if a.get().ilog10_or_zero() == b.get().ilog10_or_zero() => {
                a.get().cmp(&b.get())
            }
            (Id::Derived(a), Id::Derived(b)) => a.get().cmp(&b.get()),
            _ if self == other => Ordering::Equal,
            _ => self.unpack(texts).cmp(&other.unpack(texts)),
        }
    }

    /// Any fixed order, for grouping.
    pub(crate) fn grouping(self) -> (u8, u64) {
        match self {
            Id::None => (0, 0),
            Id::Number(number) => (1, number.get()),
            Id::Derived(hash) => (2, hash.get()),
            Id::Text(at) => (3, u64::from(at.get())),
        }
    }
}

/// A number of digits alone, the first of which is no zero. This is asked three times for every comment.
fn number(text: &str) -> Option<u64> {
    if text.starts_with('0') {
        return None;
    }
    text.bytes().try_fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

trait Digits {
    fn ilog10_or_zero(self) -> u32;
}

impl Digits for u64 {
    fn ilog10_or_zero(self) -> u32 {
        self.checked_ilog10().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_as_they_were() {
        let mut texts = Interner::default();
        for text in [
            "5199045806810969980",
            "0",
            "007",
            "99999999999999999999999",
            "18446744073709551615",
            "18446744073709551616",
            "12a",
            "+1",
            "sha256:00ff00ff00ff00ff",
            "sha256:00FF",
            "tag:example.org,2004:x",
            "",
        ] {
            assert_eq!(Id::pack(text, &mut texts).unpack(&texts), text);
        }
    }

    #[test]
    fn compares_like_strings() {
        let mut texts = Interner::default();
        let ids = ["10", "9", "100", "a", "sha256:0000000000000001", "98"];
        for a in ids {
            for b in ids {
                let (x, y) = (Id::pack(a, &mut texts), Id::pack(b, &mut texts));
                assert_eq!(x.compare(y, &texts), a.cmp(b), "{a} {b}");
            }
        }
    }
}
