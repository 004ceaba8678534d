//! A set of hashes in the fewest bytes: there are several of each item of a file, and a hash set takes twice the memory.

use std::collections::HashSet;

/// So many hashes are kept in no order before they are put among the others.
const RECENT: usize = 2048;

/// Hashes, nearly all of them in order.
#[derive(Debug, Default)]
pub(super) struct Hashes {
    sorted: Vec<u64>,
    /// Those that came last: an eighth of all at the most, so that putting them in order costs each hash little.
    recent: HashSet<u64>,
}

impl Hashes {
    /// Adds a hash; says whether it is new.
    pub(super) fn insert(&mut self, hash: u64) -> bool {
        if self.sorted.binary_search(&hash).is_ok() || !self.recent.insert(hash) {
            return false;
        }
        if self.recent.len() >= RECENT.max(self.sorted.len() / 8) {
            self.put_in_order();
        }
        true
    }

    /// Puts the recent ones among the others, in place, from the highest on.
    fn put_in_order(&mut self) {
        let mut recent: Vec<u64> = self.recent.drain().collect();
        recent.sort_unstable();
        let mut left = self.sorted.len();
        self.sorted.reserve_exact(recent.len());
        self.sorted.resize(left + recent.len(), 0);
        let mut place = self.sorted.len();
        while let (Some(highest), Some(next)) = (recent.last().copied(), place.checked_sub(1)) {
            place = next;
            let of_sorted = left.checked_sub(1).and_then(|at| self.sorted.get(at)).copied();
            let hash = match of_sorted.filter(|own| *own > highest) {
                Some(own) => {
                    left -= 1;
                    own
                }
                None => {
                    recent.pop();
                    highest
                }
            };
            if let Some(place) = self.sorted.get_mut(place) {
                *place = hash;
            }
        }
    }

    /// Whether it was added.
    pub(super) fn contains(&self, hash: u64) -> bool {
        self.sorted.binary_search(&hash).is_ok() || self.recent.contains(&hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_set() {
        let (mut hashes, mut set) = (Hashes::default(), HashSet::new());
        let mut hash = 1_u64;
        for _ in 0..RECENT * 20 {
            hash = hash.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // Many come twice.
            let one = hash >> 49;
            assert_eq!(hashes.contains(one), set.contains(&one));
            assert_eq!(hashes.insert(one), set.insert(one));
        }
        assert!(hashes.sorted.len() > RECENT && hashes.sorted.len() + hashes.recent.len() == set.len());
    }
}
