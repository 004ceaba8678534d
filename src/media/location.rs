//! Taking the place at which a picture was taken out of it: the GPS part of a JPEG's EXIF and whatever XMP says of it.
//! Nothing else of the file is changed; no pixel is touched.

use std::borrow::Cow;
use std::ops::Range;

/// A picture without the place where it was taken, and whether it said one. What is no JPEG comes back as it is.
pub fn without_location(bytes: &[u8]) -> (Cow<'_, [u8]>, bool) {
    let mut segments = Vec::new();
    let is_jpeg = bytes.starts_with(b"\xff\xd8");
    if is_jpeg {
        app1_segments(bytes, &mut segments);
    }
    let mut out: Option<Vec<u8>> = None;
    let mut gone: Vec<Range<usize>> = Vec::new();
    for segment in segments {
        let body = bytes.get(segment.start + 4..segment.end).unwrap_or_default();
        if body.starts_with(b"Exif\0\0") {
            let own = out.get_or_insert_with(|| bytes.to_vec());
            let tiff = own.get_mut(segment.start + 10..segment.end).unwrap_or_default();
            if !blank_gps(tiff) && gone.is_empty() && *own == bytes {
                out = None;
            }
        } else if body.starts_with(b"http://ns.adobe.com/x") && memchr::memmem::find(body, b"GPS").is_some() {
            gone.push(segment);
        }
    }
    if out.is_none() && gone.is_empty() {
        return (Cow::Borrowed(bytes), false);
    }
    let mut out = out.unwrap_or_else(|| bytes.to_vec());
    for segment in gone.into_iter().rev() {
        out.drain(segment);
    }
    (Cow::Owned(out), true)
}

/// Whether a file that is no JPEG has a part in which its place may be said: that cannot be taken out.
pub fn may_have_location(bytes: &[u8]) -> bool {
    !bytes.starts_with(b"\xff\xd8")
        && [&b"eXIf"[..], b"EXIF", b"Exif\0\0", b"exif:GPS"]
            .iter()
            .any(|mark| memchr::memmem::find(bytes, mark).is_some())
}

/// The APP1 segments before the picture itself, each with its marker and length.
fn app1_segments(bytes: &[u8], found: &mut Vec<Range<usize>>) {
    let mut at = 2;
    while let Some([0xff, marker, high, low]) = bytes.get(at..at + 4) {
        // The picture begins; nothing behind it says more.
        if *marker == 0xda || *marker == 0xd9 {
            return;
        }
        let end = at + 2 + (usize::from(*high) << 8 | usize::from(*low));
        if end < at + 4 || end > bytes.len() {
            return;
        }
        if *marker == 0xe1 {
            found.push(at..end);
        }
        at = end;
    }
}

/// The byte order of a TIFF block.
#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn u16(self, bytes: &[u8], at: usize) -> Option<usize> {
        let two: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(usize::from(match self {
            Order::Little => u16::from_le_bytes(two),
            Order::Big => u16::from_be_bytes(two),
        }))
    }

    fn u32(self, bytes: &[u8], at: usize) -> Option<usize> {
        let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(match self {
            Order::Little => u32::from_le_bytes(four),
            Order::Big => u32::from_be_bytes(four),
        })
        .ok()
    }

    fn put_u16(self, bytes: &mut [u8], at: usize, value: u16) {
        let two = match self {
            Order::Little => value.to_le_bytes(),
            Order::Big => value.to_be_bytes(),
        };
        if let Some(place) = bytes.get_mut(at..at + 2) {
            place.copy_from_slice(&two);
        }
    }
}

/// The tag whose value is the offset of the GPS directory.
const GPS: usize = 0x8825;

/// Bytes of an entry of a directory.
const ENTRY: usize = 12;

/// Blanks the GPS directory of a TIFF block with its values and takes its entry out of the first directory. Whether
/// there was one.
fn blank_gps(tiff: &mut [u8]) -> bool {
    let order = match tiff.get(..2) {
        Some(b"II") => Order::Little,
        Some(b"MM") => Order::Big,
        _ => return false,
    };
    let Some(first) = order.u32(tiff, 4) else { return false };
    let Some(count) = order.u16(tiff, first) else {
        return false;
    };
    let mut was_there = false;
    let mut number = 0;
    let mut left = count;
    while number < left {
        let at = first.saturating_add(2 + number * ENTRY);
        if order.u16(tiff, at) != Some(GPS) {
            number += 1;
            continue;
        }
        was_there = true;
        if let Some(directory) = order.u32(tiff, at.saturating_add(8)) {
            blank_directory(tiff, order, directory);
        }
        // The entries behind it move up, with the offset of the next directory; the room stays.
        let end = first.saturating_add(2 + left * ENTRY + 4).min(tiff.len());
        if at.saturating_add(ENTRY) <= end {
            tiff.copy_within(at + ENTRY..end, at);
            blank(tiff, end - ENTRY..end);
        }
        left -= 1;
        order.put_u16(tiff, first, u16::try_from(left).unwrap_or_default());
    }
    was_there
}

/// Zeros over a directory and the values that lie outside of it.
fn blank_directory(tiff: &mut [u8], order: Order, directory: usize) {
    let Some(count) = order.u16(tiff, directory) else {
        return;
    };
    for number in 0..count {
        let at = directory.saturating_add(2 + number * ENTRY);
        let (Some(kind), Some(length), Some(value)) = (
            order.u16(tiff, at.saturating_add(2)),
            order.u32(tiff, at.saturating_add(4)),
            order.u32(tiff, at.saturating_add(8)),
        ) else {
            break;
        };
        let width = match kind {
            3 | 8 => 2,
            4 | 9 | 11 => 4,
            5 | 10 | 12 => 8,
            _ => 1,
        };
        let bytes = length.saturating_mul(width);
        if bytes > 4 {
            blank(tiff, value..value.saturating_add(bytes));
        }
    }
    let end = directory.saturating_add(2 + count * ENTRY);
    blank(tiff, directory..end);
}

fn blank(bytes: &mut [u8], range: Range<usize>) {
    let end = range.end.min(bytes.len());
    if let Some(part) = bytes.get_mut(range.start..end) {
        part.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG's beginning with orientation, GPS latitude and a second directory's offset.
    fn jpeg(big: bool) -> Vec<u8> {
        let u16 = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let u32 = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
        let mut tiff = Vec::new();
        tiff.extend(if big { b"MM" } else { b"II" });
        tiff.extend(u16(42));
        tiff.extend(u32(8));
        tiff.extend(u16(3));
        let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
            tiff.extend(u16(tag));
            tiff.extend(u16(kind));
            tiff.extend(u32(count));
            tiff.extend(u32(value));
        };
        entry(0x0112, 4, 1, 6);
        entry(0x8825, 4, 1, 50);
        entry(0x9999, 4, 1, 77);
        tiff.extend(u32(0));
        assert_eq!(tiff.len(), 50);
        tiff.extend(u16(1));
        tiff.extend(u16(2));
        tiff.extend(u16(5));
        tiff.extend(u32(3));
        tiff.extend(u32(68));
        tiff.extend(u32(0));
        assert_eq!(tiff.len(), 68);
        tiff.extend(b"LATITUDE-IS-SECRET-24B!!");
        let mut out = b"\xff\xd8\xff\xe1".to_vec();
        out.extend(u16::try_from(tiff.len() + 8).unwrap().to_be_bytes());
        out.extend(b"Exif\0\0");
        out.extend(tiff);
        out.extend(b"\xff\xda\0\x02PIXELS\xff\xd9");
        out
    }

    #[test]
    fn the_place_goes_and_nothing_else() {
        for big in [false, true] {
            let picture = jpeg(big);
            let (clean, was_there) = without_location(&picture);
            assert!(was_there);
            assert_eq!(clean.len(), picture.len());
            assert!(memchr::memmem::find(&clean, b"SECRET").is_none());
            assert!(clean.ends_with(b"PIXELS\xff\xd9"));
            let order = if big { Order::Big } else { Order::Little };
            let tiff = clean.get(12..).unwrap();
            assert_eq!(order.u16(tiff, 8), Some(2));
            assert_eq!((order.u16(tiff, 10), order.u32(tiff, 18)), (Some(0x0112), Some(6)));
            assert_eq!((order.u16(tiff, 22), order.u32(tiff, 30)), (Some(0x9999), Some(77)));
            // Once more there is nothing to take away.
            assert!(matches!(without_location(&clean), (Cow::Borrowed(_), false)));
        }
    }

    #[test]
    fn xmp_that_says_a_place_goes_too() {
        let mut picture = b"\xff\xd8\xff\xe1\0\x38http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='1'/>".to_vec();
        picture.resize(2 + 2 + 0x38, b' ');
        picture.extend(b"\xff\xda\0\x02P");
        let (clean, was_there) = without_location(&picture);
        assert!(was_there);
        assert_eq!(&*clean, b"\xff\xd8\xff\xda\0\x02P");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_odd(tail in proptest::collection::vec(proptest::num::u8::ANY, 0..200), cut in 0usize..200) {
            let mut picture = jpeg(false);
            let length = picture.len();
            picture.truncate(cut.min(length));
            picture.extend(&tail);
            let (clean, _) = without_location(&picture);
            proptest::prop_assert!(clean.len() <= picture.len());
            let mut noise = b"\xff\xd8\xff\xe1\0\x60Exif\0\0II\x2a\0".to_vec();
            noise.extend(&tail);
            without_location(&noise);
        }
    }
}
