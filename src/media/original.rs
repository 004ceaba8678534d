//! Addresses of pictures: which of them mean the same one, and under which the largest is to be had.
//!
//! Blogger and Google serve one picture in many sizes; the size stands in the address, as a part of the path
//! (`…/s320/name.jpg`) or at its end (`…=s320`). Only on their hosts does such a part mean that; elsewhere every address
//! is a picture of its own.

/// What an address says of the file behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The same for every address of one file: the host (one name for all of Blogger's) and the path without its size.
    pub key: String,
    /// The address, complete and in ASCII. Where it led to a page around the picture, that of the picture.
    pub address: String,
    /// How large it is: the number in Blogger's address, the largest where it has none.
    pub size: u32,
}

/// What an address says of the file behind it; `None` where it is no complete web address.
pub fn named(address: &str) -> Option<Named> {
    let address = address.trim();
    let complete = match address.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => address.to_owned(),
    };
    let address = in_ascii(complete.split('#').next()?);
    let (scheme, rest) = address.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let (host, path) = rest.split_once('/')?;
    let host = host.to_ascii_lowercase();
    if host.is_empty() || path.is_empty() {
        return None;
    }
    let Some(family) = family(&host) else {
        let key = format!("{}/{path}", host.strip_prefix("www.").unwrap_or(&host));
        return Some(Named {
            key,
            address,
            size: u32::MAX,
        });
    };
    let parts = Parts::of(family, path);
    Some(Named {
        key: format!("{}/{}", family.name(), parts.segments.join("/")),
        size: parts.size,
        // `/s1600-h/` is a page around the picture, not the picture.
        address: match parts.segment {
            Some("s1600-h") => address.replacen("/s1600-h/", "/s1600/", 1),
            _ => address,
        },
    })
}

/// The address under which the host of Blogger's or Google's has the picture as it was uploaded; `None` elsewhere.
///
/// `s0` stands for no limit on those hosts; the oldest one, which has been gone for long, knew numbers only.
pub fn original(address: &str) -> Option<String> {
    let named = named(address)?;
    let (scheme, rest) = named.address.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let family = family(&host.to_ascii_lowercase())?;
    let parts = Parts::of(family, path);
    let mut segments = parts.segments.clone();
    let last = segments.pop()?;
    let tail = if family == Family::Photos {
        parts.segment?;
        format!("1600/{last}")
    } else if parts.at_end
        || (family == Family::Blogger && segments.first() == Some(&"img") && segments.get(1) == Some(&"a"))
    {
        format!("{last}=s0")
    } else if family == Family::Numbered && parts.segment.is_none() && segments.len() < 4 {
        // `lh3.googleusercontent.com/LONG-WORD`: its size goes to the end.
        format!("{last}=s0")
    } else {
        format!("s0/{last}")
    };
    segments.push(&tail);
    Some(format!("{scheme}://{host}/{}", segments.join("/")))
}

/// The hosts on which Blogger kept pictures, by families: each serves one picture in many sizes under several names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// `1.bp.blogspot.com` …
    Bp,
    /// `blogger.googleusercontent.com`, since 2021.
    Blogger,
    /// `photos1.blogger.com`, until 2006.
    Photos,
    /// `lh3.googleusercontent.com`, `lh3.ggpht.com` …: Picasa's.
    Numbered,
}

impl Family {
    fn name(self) -> &'static str {
        match self {
            Family::Bp => "bp.blogspot.com",
            Family::Blogger => "blogger.googleusercontent.com",
            Family::Photos => "photos.blogger.com",
            Family::Numbered => "lh.googleusercontent.com",
        }
    }
}

fn family(host: &str) -> Option<Family> {
    if host.ends_with(".bp.blogspot.com") {
        return Some(Family::Bp);
    }
    if host == "blogger.googleusercontent.com" {
        return Some(Family::Blogger);
    }
    if matches!(host, "photos1.blogger.com" | "photos2.blogger.com") {
        return Some(Family::Photos);
    }
    let numbered = host
        .strip_suffix(".googleusercontent.com")
        .or(host.strip_suffix(".ggpht.com"))?;
    numbered.starts_with("lh").then_some(Family::Numbered)
}

/// Whether the address is on a host where Blogger kept pictures.
pub fn is_bloggers(address: &str) -> bool {
    let rest = address.split_once("//").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    family(&host.to_ascii_lowercase()).is_some()
}

/// The path of a picture with its size taken out.
struct Parts<'p> {
    segments: Vec<&'p str>,
    /// The part of the path that said the size.
    segment: Option<&'p str>,
    /// The size stood at the end of the name.
    at_end: bool,
    size: u32,
}

impl<'p> Parts<'p> {
    fn of(family: Family, path: &'p str) -> Parts<'p> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut parts = Parts {
            segments: path.split('/').collect(),
            segment: None,
            at_end: false,
            size: u32::MAX,
        };
        if let Some(at) = parts.segments.len().checked_sub(2)
            && let Some(segment) = parts.segments.get(at).copied()
            && let Some(size) = size_of(segment, family)
        {
            parts.size = size;
            parts.segment = Some(segment);
            parts.segments.remove(at);
        }
        if let Some(last) = parts.segments.last_mut()
            && let Some((name, token)) = last.rsplit_once('=')
            && let Some(size) = size_of(token, family)
        {
            parts.size = parts.size.min(size);
            parts.at_end = true;
            *last = name;
        }
        if let Some(max) = query.split('&').find_map(|q| q.strip_prefix("imgmax=")) {
            parts.size = parts.size.min(max.parse().unwrap_or(u32::MAX));
        }
        parts
    }
}

/// The size that a part of a Blogger address says: `s320`, `s72-c`, `w640-h480`, `s0`, `320`.
fn size_of(token: &str, family: Family) -> Option<u32> {
    if family == Family::Photos {
        return token.parse().ok().filter(|n| (50..=4000).contains(n));
    }
    if token == "d" || token == "s0" {
        return Some(u32::MAX);
    }
    let mut sizes = token.split('-').map(|part| match part.as_bytes() {
        [b's' | b'S' | b'w' | b'h', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            part.get(1..).and_then(|n| n.parse().ok())
        }
        [b'h' | b'c' | b'p' | b'k' | b'R' | b'o'] | b"no" | b"nu" | b"rw" | b"rj" => Some(0u32),
        _ => None,
    });
    let first = sizes.next()??;
    let largest = sizes.try_fold(first, |max, size| size.map(|s| max.max(s)))?;
    (first > 0).then_some(largest)
}

/// Whether an address is that of a small square cut out of a picture, as Blogger's feeds have it.
pub fn is_crop(address: &str) -> bool {
    named(address).is_some_and(|p| p.size <= 100)
}

/// The last part of the path of an address.
pub fn file_name(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    path.split_once('/')
        .map_or("", |(_, path)| path)
        .rsplit('/')
        .next()
        .unwrap_or_default()
}

/// The path of an address ends like that of a picture, or lies on a host that has nothing else.
pub fn is_picture(address: &str) -> bool {
    matches!(
        &*ending(address),
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "bmp" | "avif" | "heic" | "tif" | "tiff"
    ) || is_bloggers(address)
}

/// What stands behind the last dot of the name, in lower case.
pub(crate) fn ending(address: &str) -> String {
    let name = file_name(address);
    name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase()
}

/// Characters that no address has, percent-encoded.
fn in_ascii(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for byte in address.bytes() {
        match byte {
            b' ' | b'"' | b'\'' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0..=31 | 127.. => {
                out.push_str(&format!("%{byte:02X}"));
            }
            byte => out.push(char::from(byte)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> String {
        named(address).unwrap().key
    }

    #[test]
    fn one_picture_has_one_key_in_every_size() {
        for (a, b) in [
            (
                "http://3.bp.blogspot.com/-x/y/AAA/z/s320/a.jpg",
                "https://1.bp.blogspot.com/-x/y/AAA/z/s1600/a.jpg",
            ),
            (
                "http://3.bp.blogspot.com/-x/y/AAA/z/s72-c/a.jpg",
                "http://3.bp.blogspot.com/-x/y/AAA/z/a.jpg",
            ),
            (
                "http://3.bp.blogspot.com/_x/y/z/s1600-h/a.jpg",
                "http://3.bp.blogspot.com/_x/y/z/s400/a.jpg",
            ),
            (
                "https://blogger.googleusercontent.com/img/b/R29/AVv/w640-h480/a.png",
                "https://blogger.googleusercontent.com/img/b/R29/AVv/s72-w640-h480-c/a.png",
            ),
            (
                "https://blogger.googleusercontent.com/img/a/AVv=s320",
                "https://blogger.googleusercontent.com/img/a/AVv",
            ),
            (
                "http://lh3.ggpht.com/-a/b/c/x/s800/e.jpg",
                "http://lh5.googleusercontent.com/-a/b/c/x/e.jpg?imgmax=800",
            ),
            (
                "http://photos1.blogger.com/blogger/1/2/320/a.jpg",
                "http://photos1.blogger.com/blogger/1/2/1600/a.jpg",
            ),
            ("http://www.host.example/a.jpg", "//host.example/a.jpg"),
        ] {
            assert_eq!(key(a), key(b));
        }
        for (a, b) in [
            ("http://host.example/s320/a.jpg", "http://host.example/s1600/a.jpg"),
            (
                "http://3.bp.blogspot.com/-x/y/AAA/z/s320/a.jpg",
                "http://3.bp.blogspot.com/-x/y/AAA/z/s320/b.jpg",
            ),
            ("http://host.example/a.jpg?1", "http://host.example/a.jpg?2"),
        ] {
            assert_ne!(key(a), key(b));
        }
        for no in [
            "data:image/png;base64,xx",
            "/a.jpg",
            "ftp://h/a.jpg",
            "http://host.example",
            "",
            "a.jpg",
        ] {
            assert_eq!(named(no), None, "{no}");
        }
        assert_eq!(
            named("http://3.bp.blogspot.com/_x/s1600-h/a.jpg").unwrap().address,
            "http://3.bp.blogspot.com/_x/s1600/a.jpg"
        );
        assert!(is_crop("http://3.bp.blogspot.com/_x/s72-c/a.jpg") && !is_crop("http://h.example/s72-c/a.jpg"));
    }

    #[test]
    fn the_original_is_asked_for_on_bloggers_hosts_only() {
        for (address, expected) in [
            (
                "http://3.bp.blogspot.com/-x/y/AAA/z/s320/a.jpg",
                Some("http://3.bp.blogspot.com/-x/y/AAA/z/s0/a.jpg"),
            ),
            (
                "http://3.bp.blogspot.com/_x/y/z/s1600-h/a b.jpg",
                Some("http://3.bp.blogspot.com/_x/y/z/s0/a%20b.jpg"),
            ),
            (
                "https://blogger.googleusercontent.com/img/b/R29/AVv/w640-h480/a.png",
                Some("https://blogger.googleusercontent.com/img/b/R29/AVv/s0/a.png"),
            ),
            (
                "https://blogger.googleusercontent.com/img/a/AVv=s320",
                Some("https://blogger.googleusercontent.com/img/a/AVv=s0"),
            ),
            (
                "https://blogger.googleusercontent.com/img/a/AVv",
                Some("https://blogger.googleusercontent.com/img/a/AVv=s0"),
            ),
            (
                "http://lh5.ggpht.com/-a/b/c/x/e.jpg?imgmax=800",
                Some("http://lh5.ggpht.com/-a/b/c/x/s0/e.jpg"),
            ),
            (
                "https://lh3.googleusercontent.com/AbCdEf=w600-h400-no",
                Some("https://lh3.googleusercontent.com/AbCdEf=s0"),
            ),
            (
                "http://photos1.blogger.com/blogger/1/2/320/a.jpg",
                Some("http://photos1.blogger.com/blogger/1/2/1600/a.jpg"),
            ),
            ("http://host.example/s320/a.jpg", None),
            ("http://bp.blogspot.com.evil.example/s320/a.jpg", None),
        ] {
            assert_eq!(original(address).as_deref(), expected, "{address}");
            if let Some(original) = expected {
                assert_eq!(key(original), key(address));
            }
        }
    }
}
