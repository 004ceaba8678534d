//! What a check remembers of a file: numbers that were used, in little memory.

use std::collections::{BTreeMap, HashMap, HashSet};

/// A set of numbers. Runs of neighbours take no more room than one number, and exports count upwards.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// First number of a run, and its last.
    runs: BTreeMap<u64, u64>,
}

impl Numbers {
    /// Adds a number; says whether it is new.
    pub(super) fn insert(&mut self, number: u64) -> bool {
        let before = self.runs.range(..=number).next_back().map(|(a, b)| (*a, *b));
        if before.is_some_and(|(_, last)| number <= last) {
            return false;
        }
        let joined = match before {
            Some((first, last)) if last.checked_add(1) == Some(number) => first,
            _ => number,
        };
        let end = number
            .checked_add(1)
            .and_then(|next| self.runs.remove(&next))
            .unwrap_or(number);
        self.runs.insert(joined, end);
        true
    }
}

/// Everything that concerns more than one item.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Logins, folded, and as they were written.
    pub(super) logins: HashSet<String>,
    pub(super) logins_folded: HashSet<String>,
    /// Declared slugs by taxonomy.
    pub(super) terms: HashMap<String, HashSet<String>>,
    pub(super) post_ids: Numbers,
    pub(super) comment_ids: Numbers,
    /// Hashes of type and date; of type, date and title; of type and date of untitled posts.
    pub(super) dates: HashSet<u64>,
    pub(super) titles: HashSet<u64>,
    pub(super) untitled: HashSet<u64>,
    /// Hashes of type, parent and slug.
    pub(super) slugs: HashSet<u64>,
    /// Terms that were reported as undeclared.
    pub(super) undeclared: HashSet<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_new_once() {
        let mut numbers = Numbers::default();
        for n in [5, 7, 6, 1, u64::MAX, 0, u64::MAX - 1] {
            assert!(numbers.insert(n), "{n}");
        }
        for n in [0, 1, 5, 6, 7, u64::MAX, u64::MAX - 1] {
            assert!(!numbers.insert(n), "{n}");
        }
        assert_eq!(numbers.runs.len(), 3);
        assert!(numbers.insert(3));
    }
}
