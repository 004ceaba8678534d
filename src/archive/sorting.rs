//! Lists of cards put in order: there are as many as comments, so a second list is made of their numbers at the most.

use std::cmp::Ordering;

/// A shorter list is not worth a thread.
const LONG: usize = 16 * 1024;

/// Sorts a list by `order`, in which things that all have two numbers come in the order of these. Nearly all lists are so:
/// one blog, with the platform's numbers. Then only the numbers are sorted, and each thing is moved once.
pub(super) fn sort_by_numbers<T: Copy + Sync>(
    list: &mut [T],
    numbers: impl Fn(&T) -> Option<(u64, u64)>,
    order: impl Fn(&T, &T) -> Ordering + Sync,
) {
    if !list.iter().all(|one| numbers(one).is_some()) {
        list.sort_unstable_by(order);
        return;
    }
    let mut keys: Vec<((u64, u64), u32)> = Vec::with_capacity(list.len());
    keys.extend(
        list.iter()
            .zip(0..)
            .filter_map(|(one, place)| Some((numbers(one)?, place))),
    );
    let at = |place: u32| list.get(place as usize);
    let compare = |(a, of_a): &((u64, u64), u32), (b, of_b): &((u64, u64), u32)| {
        a.cmp(b).then_with(|| match (at(*of_a), at(*of_b)) {
            (Some(a), Some(b)) => order(a, b),
            _ => Ordering::Equal,
        })
    };
    if keys.len() < LONG {
        keys.sort_unstable_by(compare);
    } else {
        // Parted in the middle, one half by each of two threads.
        let middle = keys.len() / 2;
        let (low, _, high) = keys.select_nth_unstable_by(middle, compare);
        std::thread::scope(|scope| {
            scope.spawn(|| high.sort_unstable_by(compare));
            low.sort_unstable_by(compare);
        });
    }
    put_in_order(list, keys.into_iter().map(|(_, place)| place).collect());
}

/// Puts a list in an order without a second one: at each place will be what is at the place that `order` has there.
pub(super) fn put_in_order<T: Copy>(list: &mut [T], mut order: Vec<u32>) {
    for start in 0..list.len() {
        let Some(first) = list.get(start).copied() else { return };
        // Round the circle of places that take from each other; each is marked as being in order when it has been.
        let mut place = start;
        while let Some(from) = order.get_mut(place).map(|from| std::mem::replace(from, place as u32))
            && from as usize != place
        {
            let next = from as usize;
            let taken = if next == start {
                Some(first)
            } else {
                list.get(next).copied()
            };
            if let (Some(place), Some(taken)) = (list.get_mut(place), taken) {
                *place = taken;
            }
            if next == start {
                break;
            }
            place = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_numbers_is_sorted_as_any_other() {
        let mut number = 1_u64;
        let mut next = |below: u64| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (number >> 33) % below
        };
        for (count, all_have_numbers) in [(3000, true), (3000, false), (LONG, true), (LONG + 1, true)] {
            let list: Vec<(u64, u64, u64)> = (0..count).map(|_| (next(50), next(40), next(30))).collect();
            let mut wanted = list.clone();
            wanted.sort_unstable();
            let mut sorted = list;
            let numbers = |one: &(u64, u64, u64)| (all_have_numbers || one.2 != 7).then_some((one.0, one.1));
            sort_by_numbers(&mut sorted, numbers, Ord::cmp);
            assert_eq!(sorted, wanted);
        }
    }

    #[test]
    fn a_list_is_put_in_order_where_it_lies() {
        let mut list: Vec<u32> = (100..600).collect();
        let mut order: Vec<u32> = (0..500).collect();
        order.sort_by_key(|n| n.wrapping_mul(2_654_435_761) >> 7);
        let wanted: Vec<u32> = order.iter().map(|n| list[*n as usize]).collect();
        put_in_order(&mut list, order);
        assert_eq!(list, wanted);
        put_in_order(&mut list[..3], vec![0, 1, 2]);
        put_in_order(&mut list[..0], Vec::new());
        assert_eq!(list, wanted);
    }
}
