//! The entries that lie at some places of the sources. Their bytes are read at once, neighbours together; each becomes records
//! when it is asked for, so that of many posts only one is there as a record at a time.

use std::cell::Cell;

use super::cards::Place;
use super::catalogue::Surveyed;
use super::comments_at::Comments;
use super::fetch::FetchError;
use super::{Archive, SourceIds};
use crate::model::{Date, Media, Post, Provenance};
use crate::read::{Damage, Entry};

/// Bytes between two entries that are read along rather than jumped over: about what asking once more costs.
const GAP: u64 = 8 * 1024;

/// The most that one read takes, where no single entry is larger.
const BLOCK: u64 = 512 * 1024;

/// Room that a thread keeps for its next entries at the most.
const KEPT: usize = 2 * 1024 * 1024;

thread_local! {
    /// The room of the last entries of this thread.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Entries of the sources, in the order of their places.
pub(super) struct Entries<'a> {
    archive: &'a Archive,
    all: Vec<Found>,
    /// What was read.
    bytes: Vec<u8>,
}

/// An entry that was read.
struct Found {
    place: Place,
    /// Where it begins in what was read.
    from: usize,
    /// What is in it, once that was asked for.
    records: Option<Records>,
}

/// The records of one place that nobody has taken yet.
#[derive(Default)]
pub(super) struct Records {
    pub(super) post: Option<Box<Post>>,
    pub(super) comments: Comments,
    pub(super) media: Option<Box<Media>>,
}

/// A stretch of a source that is read at once.
struct Stretch {
    source: u32,
    start: u64,
    end: u64,
    /// Bytes of it that are entries.
    wanted: u64,
}

impl Stretch {
    fn of(place: Place) -> Stretch {
        Stretch {
            source: place.source,
            start: place.offset(),
            end: place.offset() + u64::from(place.length),
            wanted: u64::from(place.length),
        }
    }

    fn size(&self) -> u64 {
        self.end - self.start
    }

    /// Takes the entry into it, if it lies near enough. What is read along is never more than what is wanted.
    fn takes(&mut self, place: Place) -> bool {
        let (start, length) = (place.offset(), u64::from(place.length));
        let end = start + length;
        let gaps = start.saturating_sub(self.start).saturating_sub(self.wanted);
        let is_near =
            place.source == self.source && start <= self.end + GAP && end <= self.start + BLOCK && gaps <= self.wanted;
        if is_near {
            self.end = self.end.max(end);
            self.wanted += length;
        }
        is_near
    }
}

impl<'a> Entries<'a> {
    /// Reads what lies at these places.
    ///
    /// # Errors
    /// When a source cannot be read any more.
    pub(super) fn read(archive: &'a Archive, mut places: Vec<Place>) -> Result<Entries<'a>, FetchError> {
        places.retain(|place| archive.catalogue.sources.len() > place.source as usize);
        places.sort_unstable_by_key(|p| key(*p));
        places.dedup();
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut all = Vec::with_capacity(places.len());
        // How much all stretches but the last take.
        let mut before = 0;
        for place in places {
            if !stretches.last_mut().is_some_and(|last| last.takes(place)) {
                before += stretches.last().map_or(0, Stretch::size);
                stretches.push(Stretch::of(place));
            }
            let start = stretches.last().map_or(0, |last| last.start);
            all.push(Found {
                place,
                from: in_memory(before + place.offset() - start),
                records: None,
            });
        }
        let size = in_memory(before + stretches.last().map_or(0, Stretch::size));
        let mut bytes = ROOM.take();
        if bytes.len() < size {
            // Anew: what grows takes up to twice its size.
            bytes = vec![0; size.max(BLOCK as usize)];
        }
        let mut rest = bytes.as_mut_slice();
        for of_source in stretches.chunk_by(|a, b| a.source == b.source) {
            let source = of_source
                .first()
                .and_then(|stretch| archive.catalogue.sources.get(stretch.source as usize));
            let Some(source) = source else { continue };
            let io_error = |error| FetchError::Io {
                shown: source.shown.clone(),
                error,
            };
            let file = source.bytes.open().map_err(io_error)?;
            for stretch in of_source {
                let all = std::mem::take(&mut rest);
                let Some((room, behind)) = all.split_at_mut_checked(in_memory(stretch.size())) else {
                    break;
                };
                rest = behind;
                file.read_at(stretch.start, room).map_err(io_error)?;
            }
        }
        Ok(Entries { archive, all, bytes })
    }

    /// The records at one of the places.
    ///
    /// # Errors
    /// When the source is not what was surveyed any more.
    pub(super) fn at(&mut self, place: Place) -> Result<Option<&mut Records>, FetchError> {
        let found = self.all.binary_search_by_key(&key(place), |found| key(found.place));
        let Some(found) = found.ok().and_then(|at| self.all.get_mut(at)) else {
            return Ok(None);
        };
        if found.records.is_none() {
            let number = place.source as usize;
            let archive = self.archive;
            let source = archive.catalogue.sources.get(number);
            let Some((source, ids)) = source.zip(archive.source_ids.get(number)) else {
                return Ok(None);
            };
            let bytes = self.bytes.get(found.from..found.from + place.length as usize);
            found.records = Some(records(place, bytes.unwrap_or_default(), source, ids)?);
        }
        Ok(found.records.as_mut())
    }
}

impl Drop for Entries<'_> {
    fn drop(&mut self) {
        if self.bytes.len() <= KEPT {
            ROOM.set(std::mem::take(&mut self.bytes));
        }
    }
}

/// The order in which places are read.
fn key(place: Place) -> (u32, u64, u32) {
    (place.source, place.offset(), place.length)
}

fn in_memory(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// Makes records of an entry's bytes.
fn records(place: Place, bytes: &[u8], source: &Surveyed, ids: &SourceIds) -> Result<Records, FetchError> {
    let reader = source.reader();
    let records = reader
        .entry(&source.context, bytes, place.offset())
        .map_err(|Damage { offset, what, .. }| FetchError::Changed {
            shown: source.shown.clone(),
            what,
            offset,
        })?;
    let captured = source.info.captured_at.as_ref();
    let mut here = Records::default();
    for record in records {
        match record {
            Entry::Post(mut post) => {
                name_sources(&mut post.provenance, source, ids, captured);
                for source in post.field_sources.values_mut() {
                    if let Some(id) = ids.adopted.get(source) {
                        source.clone_from(id);
                    }
                }
                for mut comment in std::mem::take(&mut post.comments) {
                    name_sources(&mut comment.provenance, source, ids, captured);
                    here.comments.add(Box::new(comment));
                }
                here.post = Some(post);
            }
            Entry::Comment { mut comment, .. } => {
                name_sources(&mut comment.provenance, source, ids, captured);
                here.comments.add(comment);
            }
            Entry::Media(mut media) => {
                name_sources(&mut media.provenance, source, ids, captured);
                here.media = Some(media);
            }
        }
    }
    Ok(here)
}

/// Says of which source of the head a record is.
fn name_sources(provenance: &mut [Provenance], source: &Surveyed, ids: &SourceIds, captured: Option<&Date>) {
    for place in provenance {
        match &place.source {
            // An archive that is read again names its own sources.
            Some(own) => {
                if let Some(id) = ids.adopted.get(own) {
                    place.source = Some(id.clone());
                }
            }
            None => {
                place.source = Some(ids.own.clone()).filter(|id| !id.is_empty());
                if !source.has_true_places {
                    place.offset = None;
                    place.length = None;
                }
                if place.captured_at.is_none() {
                    place.captured_at = captured.cloned();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::SurveyOptions;
    use super::*;
    use crate::read::Span;
    use crate::source::{OpenOptions, open};

    #[test]
    fn many_posts_are_read_as_each_by_itself() {
        for file in ["blogger-export/garden.xml", "wxr/classic-1.1.xml"] {
            let opened = open(&[format!("fixtures/{file}").into()], &OpenOptions::default()).unwrap();
            let archive = Archive::survey(opened, SurveyOptions::default()).unwrap();
            let numbers: Vec<u32> = (0..archive.post_count()).rev().collect();
            let together: Vec<_> = archive.posts(&numbers).map(Result::unwrap).collect();
            assert!(together.len() > 1 && together.len() == numbers.len());
            assert!(together.iter().any(|fetched| fetched.post.comments.len() > 1));
            for (fetched, number) in together.iter().zip(&numbers) {
                let alone = archive.posts(&[*number]).next().unwrap().unwrap();
                assert_eq!((&fetched.post, fetched.number), (&alone.post, *number));
            }
        }
    }

    proptest! {
        #[test]
        fn little_is_read_along(entries in prop::collection::vec((0..2 * GAP, 1..4000_u64, 0..40_u8), 2..300)) {
            let mut end = 0;
            let places = entries.iter().map(|(gap, length, kind)| {
                // Some lie side by side, and few are longer than what is read at once.
                let offset = end + if kind % 2 == 0 { 0 } else { *gap };
                let length = if *kind == 39 { 2 * BLOCK } else { *length };
                end = offset + length;
                Place::new(0, Span { offset, length })
            });
            let (mut stretches, mut wanted): (Vec<Stretch>, u64) = (Vec::new(), 0);
            for place in places {
                wanted += u64::from(place.length);
                if !stretches.last_mut().is_some_and(|last| last.takes(place)) {
                    stretches.push(Stretch::of(place));
                }
            }
            for stretch in &stretches {
                let read_along = stretch.size() - stretch.wanted;
                prop_assert!(read_along <= stretch.wanted && (stretch.size() <= BLOCK || read_along == 0));
            }
            // Nothing is read twice, and neighbours together.
            prop_assert_eq!(stretches.iter().map(|s| s.wanted).sum::<u64>(), wanted);
            for (one, next) in stretches.iter().zip(stretches.iter().skip(1)) {
                let is_near = next.start == one.end && next.end <= one.start + BLOCK;
                prop_assert!(one.end <= next.start && !is_near);
            }
        }
    }
}
