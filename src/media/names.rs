//! Names of files: readable where that is possible, told apart by the content's hash where two would share one, the same
//! in every run, and such that every system takes them.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::original;
use crate::html::address::percent_decoded;

/// The longest name without its ending, in bytes; with a hash and an ending it is far below the 255 of file systems.
const LONGEST: usize = 120;

/// A word of an address that is longer than this and has no ending was made by a machine for machines.
const READABLE: usize = 60;

/// The name of a file without its ending, from its address: what a person would call it.
pub fn stem(address: &str) -> String {
    let last = original::file_name(address);
    // Addresses of Picasa's are encoded twice.
    let once = percent_decoded(last);
    let name = percent_decoded(&once);
    let (name, has_ending) = match name.rsplit_once('.') {
        Some((name, ending)) if is_ending(ending) => (name, true),
        _ => (&*name, false),
    };
    let name = if has_ending {
        name
    } else {
        name.split('=').next().unwrap_or_default()
    };
    if !has_ending && name.len() >= READABLE {
        return FALLBACK.to_owned();
    }
    cleaned(name)
}

/// What a file is called whose address says nothing.
const FALLBACK: &str = "file";

/// Whether it looks like the ending of a name.
fn is_ending(ending: &str) -> bool {
    (1..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Letters, digits and few signs, in one normal form; nothing that a shell, an address or Windows would trip over.
fn cleaned(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.nfc() {
        let c = if c.is_alphanumeric() || matches!(c, '_' | '.') || is_mark(c) {
            c
        } else {
            '-'
        };
        if matches!(c, '-' | '.') && out.ends_with(['-', '.']) {
            continue;
        }
        if out.len() + c.len_utf8() > LONGEST {
            break;
        }
        out.push(c);
    }
    let trimmed = out.trim_matches(|c: char| matches!(c, '-' | '.' | '_') || is_mark(c));
    if trimmed.is_empty() {
        return FALLBACK.to_owned();
    }
    if is_device(trimmed) {
        return format!("{FALLBACK}-{trimmed}");
    }
    trimmed.to_owned()
}

/// Marks that belong to the letter before them.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Names that mean a device to Windows, with any ending.
fn is_device(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(&*first, "con" | "prn" | "aux" | "nul")
        || (first.len() == 4
            && (first.starts_with("com") || first.starts_with("lpt"))
            && first.ends_with(|c: char| c.is_ascii_digit()))
}

/// What two names have in common that are one to some file system.
pub fn folded(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).nfc().collect()
}

/// Which of these stems stand for several files.
pub fn shared<'a>(stems: impl Iterator<Item = &'a str>) -> HashMap<String, u32> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for stem in stems {
        *counts.entry(folded(stem)).or_default() += 1;
    }
    counts.retain(|_, count| *count > 1);
    counts
}

/// The whole name: `stem.ending`, and a part of the hash between them where the stem is shared.
pub fn name(stem: &str, is_shared: bool, sha256: &str, ending: &str) -> String {
    let hash = sha256.get(..8).unwrap_or(sha256);
    match is_shared {
        true => format!("{stem}-{hash}.{ending}"),
        false => format!("{stem}.{ending}"),
    }
}

/// The ending for a file: the one that its content wants. Its address's own stays where it means the same.
pub fn ending(address: &str, of_content: Option<&str>) -> String {
    let last = original::file_name(address);
    let decoded = percent_decoded(last);
    let own = decoded.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let own = own.filter(|ending| is_ending(ending));
    match (own, of_content) {
        (Some(own), Some(wanted)) if same_type(&own, wanted) => own,
        (_, Some(wanted)) => wanted.to_owned(),
        (Some(own), None) => own,
        (None, None) => "bin".to_owned(),
    }
}

/// Endings that are used for one type of file.
fn same_type(a: &str, b: &str) -> bool {
    const SAME: [&[&str]; 10] = [
        &["jpg", "jpeg", "jpe", "jfif"],
        &["tif", "tiff"],
        &["mpg", "mpeg"],
        &["ogg", "oga", "ogv", "opus"],
        &["mp4", "m4v", "m4a", "mov", "qt", "3gp"],
        &["heic", "heif"],
        // Office documents and books are zips inside.
        &[
            "zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "jar", "kmz", "cbz",
        ],
        &["doc", "xls", "ppt", "msi"],
        &["htm", "html"],
        &["gz", "tgz"],
    ];
    a == b || SAME.iter().any(|group| group.contains(&a) && group.contains(&b))
}

/// A name as a part of an address: what is not plain is percent-encoded.
pub fn in_address(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_a_person_would_give() {
        for (address, expected) in [
            ("http://h.example/s1600/First%20dig%20(2).JPG", "First-dig-2"),
            (
                "http://lh4.ggpht.com/-a/b/c/d/image%255B2%255D.png?imgmax=800",
                "image-2",
            ),
            ("http://h.example/%E6%9D%B1%E4%BA%AC.jpg", "東京"),
            ("http://h.example/cafe%CC%81.jpg", "café"),
            (
                "https://blogger.googleusercontent.com/img/a/AVvXsEhAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=s320",
                "file",
            ),
            ("http://h.example/con.jpg", "file-con"),
            ("http://h.example/..%2F..%2Fetc%2Fpasswd", "etc-passwd"),
            ("http://h.example/a:b*c?d.png", "a-b-c"),
            ("http://h.example/.htaccess", "htaccess"),
            ("http://h.example/x/", "file"),
        ] {
            assert_eq!(stem(address), expected, "{address}");
        }
        let long = format!("http://h.example/{}.jpg", "長".repeat(300));
        assert!(stem(&long).len() <= LONGEST && !stem(&long).is_empty());
    }

    #[test]
    fn what_a_file_system_takes_for_one_is_told_apart() {
        let shared = shared(["Image1", "image1", "other"].into_iter());
        assert!(shared.contains_key("image1") && !shared.contains_key("other"));
        let hash = "0123456789abcdef";
        assert_eq!(name("Image1", true, hash, "jpg"), "Image1-01234567.jpg");
        assert_eq!(name("other", false, hash, "jpg"), "other.jpg");
    }

    #[test]
    fn the_ending_is_that_of_the_content() {
        for (address, content, expected) in [
            ("http://h/a.JPEG", Some("jpg"), "jpeg"),
            ("http://h/a.jpg", Some("png"), "png"),
            ("http://h/a", Some("gif"), "gif"),
            ("http://h/a.docx", Some("zip"), "docx"),
            ("http://h/a.mid", None, "mid"),
            ("http://h/a", None, "bin"),
            ("http://h/a.php", Some("jpg"), "jpg"),
        ] {
            assert_eq!(ending(address, content), expected, "{address}");
        }
    }

    #[test]
    fn every_name_can_stand_in_an_address() {
        assert_eq!(in_address("東 1.jpg"), "%E6%9D%B1%201.jpg");
    }

    proptest::proptest! {
        #[test]
        fn no_address_makes_a_name_that_leads_elsewhere(address in "http://h/[ -~é東\u{301}]{0,80}") {
            let stem = stem(&address);
            proptest::prop_assert!(!stem.is_empty() && stem.len() <= LONGEST + 5);
            proptest::prop_assert!(!stem.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|', '\0']));
            proptest::prop_assert!(!stem.starts_with('.') && !stem.ends_with('.'));
        }
    }
}
