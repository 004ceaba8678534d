//! Cards: what the catalogue keeps of a sighting, less than a hundred bytes. Bodies stay on disk.

use super::ids::{Eight, Id, Interner};
use super::repeats;
use super::texts::TextRef;
use crate::model::{CommentStatus, Kind, Moment, Post, Precision, Status, Zone};
use crate::read::{SeenComment, Span};
use crate::wordpress;

/// A date in ten bytes, which may stand at any place: microseconds of the local clock, the offset where there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PackedDate {
    /// Microseconds since 1970 on the date's own clock.
    local: [u8; 8],
    /// Minutes from UTC, or one of the marks below.
    offset: [u8; 2],
}

impl PackedDate {
    const NONE: i16 = i16::MAX;
    const DAY: i16 = i16::MAX - 1;
    const LOCAL: i16 = i16::MAX - 2;

    /// No date is known.
    pub(crate) const UNKNOWN: PackedDate = PackedDate {
        local: [0; 8],
        offset: PackedDate::NONE.to_ne_bytes(),
    };

    pub(crate) fn pack(moment: Option<Moment>) -> PackedDate {
        let Some(moment) = moment else {
            return PackedDate::UNKNOWN;
        };
        let offset = match (moment.precision, moment.offset) {
            (Precision::Day, _) => PackedDate::DAY,
            (_, None) => PackedDate::LOCAL,
            (_, Some(seconds)) => i16::try_from(seconds / 60).unwrap_or(PackedDate::LOCAL),
        };
        PackedDate {
            local: moment.local.and_utc().timestamp_micros().to_ne_bytes(),
            offset: offset.to_ne_bytes(),
        }
    }

    pub(crate) fn unpack(self) -> Option<Moment> {
        let offset = i16::from_ne_bytes(self.offset);
        if offset == PackedDate::NONE {
            return None;
        }
        let local = chrono::DateTime::from_timestamp_micros(i64::from_ne_bytes(self.local))?.naive_utc();
        let (precision, offset) = match offset {
            PackedDate::DAY => (Precision::Day, None),
            PackedDate::LOCAL => (Precision::Local, None),
            minutes => (Precision::Moment, Some(i32::from(minutes) * 60)),
        };
        Some(Moment {
            local,
            offset,
            precision,
        })
    }

    /// [`Moment::sort_key`], where a date is known.
    pub(crate) fn sort_key(self, zone: Zone) -> Option<i64> {
        match i16::from_ne_bytes(self.offset) {
            PackedDate::NONE | PackedDate::DAY | PackedDate::LOCAL => self.unpack().map(|moment| moment.sort_key(zone)),
            minutes => Some(i64::from_ne_bytes(self.local) - i64::from(minutes) * 60_000_000),
        }
    }
}

/// Where a sighting lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    offset: Eight,
    pub(crate) length: u32,
    pub(crate) source: u32,
}

impl Place {
    pub(crate) const NONE: Place = Place {
        offset: Eight::ZERO,
        length: 0,
        source: 0,
    };

    pub(crate) fn new(source: u32, span: Span) -> Place {
        Place {
            offset: span.offset.into(),
            length: u32::try_from(span.length).unwrap_or(u32::MAX),
            source,
        }
    }

    /// In bytes, from the beginning of the source.
    pub(crate) fn offset(self) -> u64 {
        self.offset.get()
    }
}

/// One place where a post was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PostSighting {
    pub(crate) id: Id,
    pub(crate) place: Place,
    pub(crate) published: PackedDate,
    /// Hash of the folded title; 0 where there is none.
    pub(crate) title: Eight,
    /// Address as published; else the path that the source reserves for it.
    pub(crate) address: TextRef,
    /// The first words of the title, where there is no address to name the post by.
    pub(crate) name: TextRef,
    /// First of the card's terms in the catalogue's list.
    pub(crate) terms: u32,
    pub(crate) terms_count: u16,
    pub(crate) blog: u16,
    pub(crate) author: u32,
    /// Kind: 0 post, 1 page, else 2 + the number of its own word.
    pub(crate) kind: u8,
    pub(crate) status: Status,
    pub(crate) protected: bool,
    pub(crate) emails: u8,
}

/// No author is known.
pub(crate) const NOBODY: u32 = u32::MAX;

/// One place where a comment was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommentSighting {
    pub(crate) id: Id,
    pub(crate) post: Id,
    pub(crate) parent: Id,
    pub(crate) place: Place,
    pub(crate) published: PackedDate,
    /// Hash of the body as its source writes it; 0 for a short one.
    pub(crate) body: Eight,
    /// Place among the comments of its source.
    pub(crate) position: u32,
    pub(crate) blog: u16,
    pub(crate) marks: Marks,
}

/// Status and flags of a comment in one byte: there are as many as comments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marks(u8);

impl Marks {
    pub(crate) const EMAIL: u8 = 1;
    pub(crate) const IP: u8 = 2;
    /// Written by the owner on somebody else's blog.
    pub(crate) const OWN: u8 = 4;
    pub(crate) const SUSPECTED_SPAM: u8 = 8;

    /// The highest bits are the status.
    const SHIFT: u32 = 4;

    pub(crate) const fn new(status: CommentStatus, flags: u8) -> Marks {
        Marks(((status as u8) << Marks::SHIFT) | flags)
    }

    pub(crate) fn status(self) -> CommentStatus {
        let number = usize::from(self.0 >> Marks::SHIFT);
        let status = CommentStatus::ALL.get(number).copied();
        status.unwrap_or(CommentStatus::Unknown)
    }

    pub(crate) fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }

    pub(crate) fn set(&mut self, flag: u8) {
        self.0 |= flag;
    }
}

impl CommentSighting {
    pub(crate) fn of(comment: SeenComment<'_>, blog: u16, place: Place, ids: &mut Interner) -> CommentSighting {
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        let flags = flag(comment.has_email, Marks::EMAIL)
            | flag(comment.has_ip, Marks::IP)
            | flag(comment.is_own_elsewhere, Marks::OWN)
            | flag(comment.is_suspected_spam, Marks::SUSPECTED_SPAM);
        let mut pack = |id: Option<&str>| Id::pack(id.unwrap_or_default(), ids);
        CommentSighting {
            id: pack(Some(comment.id)),
            post: pack(comment.post),
            parent: pack(comment.in_reply_to),
            place,
            published: PackedDate::pack(comment.published),
            body: repeats::hash(comment.body).into(),
            position: 0,
            blog,
            marks: Marks::new(comment.status, flags),
        }
    }
}

/// The words of kinds that are neither post nor page.
#[derive(Debug, Default)]
pub(crate) struct Kinds(Vec<Kind>);

impl Kinds {
    pub(crate) fn pack(&mut self, kind: &Kind) -> u8 {
        match kind {
            Kind::Post => 0,
            Kind::Page => 1,
            other => {
                let at = self.0.iter().position(|k| k == other).unwrap_or_else(|| {
                    // 253 kinds are more than any platform has; what comes after them shares the last.
                    if self.0.len() < 253 {
                        self.0.push(other.clone());
                    }
                    self.0.len() - 1
                });
                u8::try_from(at + 2).unwrap_or(u8::MAX)
            }
        }
    }

    pub(crate) fn unpack(&self, kind: u8) -> &Kind {
        match kind {
            0 => &Kind::Post,
            1 => &Kind::Page,
            own => self.0.get(own as usize - 2).unwrap_or(&Kind::Post),
        }
    }
}

/// A title as WordPress's database compares it: without case, accents and trailing space.
pub(crate) fn folded_title(post: &Post) -> u64 {
    wordpress::title_fold(post.title.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Date;

    #[test]
    fn dates_come_back_as_they_were() {
        for text in [
            "2009-05-05",
            "2009-05-05T14:03:00",
            "1969-12-31T23:59:59.123456-11:30",
            "2018-01-01T00:00:00Z",
        ] {
            let moment = Date::parse(text).unwrap().moment();
            let packed = PackedDate::pack(Some(moment));
            assert_eq!(packed.unpack(), Some(moment));
            assert_eq!(packed.sort_key(Zone::Utc), Some(moment.sort_key(Zone::Utc)));
        }
        assert_eq!(PackedDate::pack(None).unpack(), None);
        assert_eq!(PackedDate::pack(None).sort_key(Zone::Utc), None);
    }

    #[test]
    fn titles_fold_as_databases_do() {
        let hash = |t: &str| {
            folded_title(&Post {
                title: Some(t.to_owned()),
                ..Post::default()
            })
        };
        assert_eq!(hash("Café "), hash("cafe"));
        assert_ne!(hash("cafe"), hash("cafes"));
        assert_eq!(hash(" "), 0);
    }

    #[test]
    fn cards_stay_small() {
        assert!(size_of::<CommentSighting>() <= 68, "{}", size_of::<CommentSighting>());
        assert!(size_of::<PostSighting>() <= 68, "{}", size_of::<PostSighting>());
    }

    #[test]
    fn marks_keep_status_and_flags() {
        for status in CommentStatus::ALL {
            for flags in 0..16 {
                let marks = Marks::new(status, flags);
                assert_eq!(marks.status(), status);
                assert!([1, 2, 4, 8].iter().all(|flag| marks.has(*flag) == (flags & flag != 0)));
            }
        }
    }
}
