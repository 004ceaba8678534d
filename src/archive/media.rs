//! Media records: a card for each, and the records on demand.

use std::collections::HashSet;

use super::Archive;
use super::cards::Place;
use super::catalogue::Catalogue;
use super::fetch::FetchError;
use super::ids::Id;
use crate::model::Media;

/// What the catalogue keeps of a media record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MediaSighting {
    pub(crate) place: Place,
    pub(crate) id: Id,
    pub(crate) blog: u16,
    /// The first post that uses it.
    pub(crate) post: Id,
}

/// Puts the records in an order that does not depend on that of the arguments; of two under one id the better source's
/// stays.
pub(super) fn settle(catalogue: &mut Catalogue, ranks: &[u32]) {
    let rank = |m: &MediaSighting| ranks.get(m.place.source as usize).copied();
    catalogue
        .media
        .sort_by_key(|m| (rank(m), m.place.offset(), m.place.length));
    let mut seen = HashSet::new();
    catalogue
        .media
        .retain(|m| m.id == Id::None || seen.insert((m.blog, m.id)));
}

/// What is known of a media record without reading it.
#[derive(Clone, Copy)]
pub struct MediaCard<'a> {
    archive: &'a Archive,
    number: u32,
    sighting: &'a MediaSighting,
}

impl<'a> MediaCard<'a> {
    /// Its number in the archive.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Its id.
    pub fn id(&self) -> String {
        self.sighting.id.unpack(&self.archive.catalogue.ids)
    }

    /// Id of its blog.
    pub fn blog_id(&self) -> &'a str {
        self.archive.catalogue.blogs.get(u32::from(self.sighting.blog))
    }

    /// Id of the first post that uses it.
    pub fn post(&self) -> Option<String> {
        Some(self.sighting.post.unpack(&self.archive.catalogue.ids)).filter(|id| !id.is_empty())
    }
}

impl Archive {
    /// How many media records the sources have.
    pub fn media_count(&self) -> u32 {
        u32::try_from(self.catalogue.media.len()).unwrap_or(u32::MAX)
    }

    /// The cards of all media records, in the order of the sources.
    pub fn media_cards(&self) -> impl Iterator<Item = MediaCard<'_>> {
        (0u32..).zip(&self.catalogue.media).map(|(number, sighting)| MediaCard {
            archive: self,
            number,
            sighting,
        })
    }

    /// Reads media records by their numbers.
    ///
    /// # Errors
    /// When a source cannot be read any more or has changed.
    pub fn media(&self, numbers: &[u32]) -> Result<Vec<Media>, FetchError> {
        let places: Vec<Place> = numbers
            .iter()
            .filter_map(|n| Some(self.catalogue.media.get(*n as usize)?.place))
            .collect();
        self.media_at(places)
    }
}
