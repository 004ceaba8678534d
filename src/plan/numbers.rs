//! Numbers of posts by hashes, in the fewest bytes: there are as many as posts, and a hash map takes twice the memory.

/// Hashes in order, each with its number.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    hashes: Vec<u64>,
    numbers: Vec<u32>,
}

impl Numbers {
    /// Numbers by their hashes. Where a hash has several, `choose` is told of the one that counts so far and the next higher one.
    pub(super) fn of(mut pairs: Vec<(u64, u32)>, choose: impl Fn(u32, u32) -> u32) -> Numbers {
        pairs.sort_unstable();
        let mut all = Numbers::default();
        for (hash, number) in pairs {
            match (all.hashes.last(), all.numbers.last_mut()) {
                (Some(last), Some(chosen)) if *last == hash => *chosen = choose(*chosen, number),
                _ => {
                    all.hashes.push(hash);
                    all.numbers.push(number);
                }
            }
        }
        all.hashes.shrink_to_fit();
        all.numbers.shrink_to_fit();
        all
    }

    /// The number of a hash.
    pub(super) fn get(&self, hash: u64) -> Option<u32> {
        let place = self.hashes.binary_search(&hash).ok()?;
        self.numbers.get(place).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_chosen_for_each_hash() {
        let pairs = vec![(9, 0), (3, 5), (9, 4), (3, 1), (9, 2), (7, 7)];
        let last = Numbers::of(pairs.clone(), |_, next| next);
        assert_eq!(
            [3, 7, 9, 8].map(|hash| last.get(hash)),
            [Some(5), Some(7), Some(4), None]
        );
        let first = Numbers::of(pairs, |first, _| first);
        assert_eq!([3, 7, 9].map(|hash| first.get(hash)), [Some(1), Some(7), Some(0)]);
    }
}
