//! Addresses and names of posts in few bytes. Addresses of a blog begin alike (host, year, month): each beginning is kept
//! once, and of an address only what comes behind it.

use super::ids::Interner;

/// Beginnings that are kept by themselves. Where every address has one of its own (a folder a post), nothing is won by it.
const BEGINNINGS: usize = 4096;

/// A text of the catalogue, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TextRef(u32);

/// Texts of many cards: the number of the beginning, the length of the rest, the rest.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    bytes: Vec<u8>,
    beginnings: Interner,
}

impl Texts {
    /// Keeps a text. An empty one is none, and so is what would not fit into four gigabytes of them.
    pub(crate) fn add(&mut self, text: &str) -> TextRef {
        // The first place is 1: 0 stands for none.
        let Ok(at) = u32::try_from(self.bytes.len() + 1) else {
            return TextRef::default();
        };
        if text.is_empty() {
            return TextRef::default();
        }
        let end = text.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
        let (beginning, rest) = text.split_at(end);
        let (number, rest) = match self.beginning(beginning) {
            Some(number) => (number, rest),
            None => (0, text),
        };
        self.push_number(number);
        self.push_number(rest.len());
        self.bytes.extend_from_slice(rest.as_bytes());
        TextRef(at)
    }

    /// The number of a beginning: 0 is the empty one. None where it is new and there are too many.
    fn beginning(&mut self, beginning: &str) -> Option<usize> {
        if beginning.is_empty() {
            return Some(0);
        }
        match self.beginnings.find(beginning) {
            Some(number) => Some(number as usize + 1),
            None if self.beginnings.len() < BEGINNINGS => Some(self.beginnings.intern(beginning) as usize + 1),
            None => None,
        }
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    fn push_number(&mut self, mut number: usize) {
        while number > 0x7f {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// The text; nothing where there is none.
    pub(crate) fn get(&self, text: TextRef) -> Option<String> {
        let mut bytes = self.bytes.get((text.0 as usize).checked_sub(1)?..)?.iter();
        let mut number = || -> Option<usize> {
            let (mut number, mut shift) = (0, 0);
            loop {
                let byte = *bytes.next()?;
                number |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    return Some(number);
                }
            }
        };
        let (beginning, length) = (number()?, number()?);
        let beginning = match beginning.checked_sub(1) {
            Some(number) => self.beginnings.get(u32::try_from(number).ok()?),
            None => "",
        };
        let rest = std::str::from_utf8(bytes.as_slice().get(..length)?).ok()?;
        Some([beginning, rest].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were() {
        let mut texts = Texts::default();
        let mut all: Vec<String> = [
            "http://vrt.example/2011/05/ruze.html",
            "http://vrt.example/2011/05/",
            "/2017/03/x.html",
            "/",
            "///",
            "růže v zahradě",
            "http://vrt.example/růže/",
            "x",
        ]
        .map(str::to_owned)
        .to_vec();
        all.push("long ".repeat(10_000));
        // More beginnings than are kept.
        all.extend((0..BEGINNINGS * 2).map(|n| format!("http://vrt.example/{n}/post.html")));
        all.push("http://vrt.example/5/other.html".to_owned());
        let refs: Vec<TextRef> = all.iter().map(|text| texts.add(text)).collect();
        for (text, kept) in all.iter().zip(refs) {
            assert_eq!(texts.get(kept).as_ref(), Some(text));
        }
        assert_eq!(texts.add(""), TextRef::default());
        assert_eq!(texts.get(TextRef::default()), None);
    }

    #[test]
    fn what_addresses_begin_with_is_kept_once() {
        let mut texts = Texts::default();
        for n in 0..1000 {
            texts.add(&format!("http://a-garden-in-the-north.example/2011/05/{n:03}.html"));
        }
        assert_eq!(texts.bytes.len(), 1000 * (2 + "000.html".len()));
    }
}
