//! The parts of an address, as far as they tell one page of a blog from another.

use std::borrow::Cow;

use crate::html::address::{cleaned, percent_decoded};

/// An address in its parts. The path begins with a slash and is still percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// The host as [`canonical_host`] gives it; none where an address is relative and nobody knows to what.
    pub(super) host: Option<Cow<'a, str>>,
    pub(super) path: Cow<'a, str>,
    pub(super) query: Cow<'a, str>,
    /// Behind the `#`, as it was written.
    pub(super) fragment: &'a str,
}

/// The parts of an address as it stands on a page at `base`. `None` for what is not on the web (`mailto:`), what leads to
/// a place on the same page (`#top`), and what cannot be read.
pub(super) fn resolved<'a>(base: Option<&Parts<'_>>, address: &'a str) -> Option<Parts<'a>> {
    let (rest, fragment) = match address.split_once('#') {
        Some((rest, fragment)) => (rest, fragment),
        None => (address, ""),
    };
    if rest.is_empty() {
        return None;
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = match behind_scheme(rest) {
        Some(rest) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (Some(canonical_host(host)?), Cow::Borrowed(path))
        }
        None if has_scheme(rest) => return None,
        None if rest.starts_with('/') => (base.and_then(own_host), Cow::Borrowed(rest)),
        None => {
            let base = base?;
            let path = match rest {
                "" => base.path.to_string(),
                rest => {
                    let folder = base.path.rfind('/').and_then(|at| base.path.get(..=at)).unwrap_or("/");
                    format!("{folder}{rest}")
                }
            };
            (own_host(base), Cow::Owned(path))
        }
    };
    Some(Parts {
        host,
        path: without_dots(path),
        query: Cow::Borrowed(query),
        fragment,
    })
}

fn own_host<'a>(base: &Parts<'_>) -> Option<Cow<'a, str>> {
    base.host.as_ref().map(|host| Cow::Owned(host.to_string()))
}

/// Whether an address begins with a scheme of the web and a host, or with a host: it means the same on every page.
pub(super) fn is_whole(address: &str) -> bool {
    behind_scheme(address).is_some()
}

/// What stands behind `//`, with a scheme of the web before it or none.
fn behind_scheme(address: &str) -> Option<&str> {
    ["//", "http://", "https://"].into_iter().find_map(|with| {
        let (start, rest) = address.split_at_checked(with.len())?;
        start.eq_ignore_ascii_case(with).then_some(rest)
    })
}

/// The front page of a blog whose host nobody knows.
pub(super) const ROOT: Parts<'static> = Parts {
    host: None,
    path: Cow::Borrowed("/"),
    query: Cow::Borrowed(""),
    fragment: "",
};

/// An address of a post as its source gives it: whole, or a path; of a mirror's (`../../2011/05/x.html`) the one below the
/// front page.
pub(super) fn of_post(address: &str) -> Option<Parts<'_>> {
    resolved(Some(&ROOT), address.trim())
}

/// `mailto:`, `javascript:`, `c:`: letters before the first colon, and no slash.
fn has_scheme(rest: &str) -> bool {
    rest.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

/// A host as blogs are known by: in small letters, without `www.` and a usual port; Blogger's country forms
/// (`x.blogspot.co.uk`) are all `x.blogspot.com`. `None` where it is none.
pub(super) fn canonical_host(host: &str) -> Option<Cow<'_, str>> {
    let host = match host.rsplit_once(':') {
        Some((host, "80" | "443" | "")) => host,
        _ => host,
    };
    let host = host.trim_end_matches('.');
    if host.bytes().any(|b| b.is_ascii_uppercase()) {
        let small = host.to_ascii_lowercase();
        return small_host(&small).map(|host| Cow::Owned(host.into_owned()));
    }
    small_host(host)
}

/// [`canonical_host`] of one in small letters.
fn small_host(host: &str) -> Option<Cow<'_, str>> {
    let host = host.strip_prefix("www.").unwrap_or(host);
    if host.is_empty() || host.bytes().any(|b| matches!(b, b'@' | b' ' | b'%' | b'<' | b'"')) {
        return None;
    }
    // This is asked for every link, and preparing a search takes longer than looking at the few dots of a host.
    let dots = memchr::memchr_iter(b'.', host.as_bytes());
    let blogspot = dots
        .filter_map(|at| host.split_at_checked(at))
        .find_map(|(name, end)| Some((name, end.strip_prefix(".blogspot.")?)));
    Some(match blogspot {
        Some((name, end)) => {
            let name = name.strip_prefix("www.").unwrap_or(name);
            match end {
                "com" if name.len() + ".blogspot.com".len() == host.len() => Cow::Borrowed(host),
                _ => Cow::Owned(format!("{name}.blogspot.com")),
            }
        }
        None => Cow::Borrowed(host),
    })
}

/// A path with `.` and `..` carried out.
fn without_dots(path: Cow<'_, str>) -> Cow<'_, str> {
    if path.is_empty() {
        return Cow::Borrowed("/");
    }
    if !path.as_bytes().windows(2).any(|two| two == b"/.") {
        return path;
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    Cow::Owned(format!("/{}", kept.join("/")))
}

/// What two addresses of one page share: the path decoded, in small letters, without doubled slashes and a slash at the end.
/// Empty for the front page.
pub(super) fn path_key(path: &str) -> String {
    let plain = percent_decoded(path);
    let mut key = String::with_capacity(plain.len());
    for segment in plain.split('/').filter(|segment| !segment.is_empty()) {
        key.push('/');
        key.extend(segment.chars().flat_map(char::to_lowercase));
    }
    if matches!(key.as_str(), "/index.html" | "/index.htm" | "/index.php") {
        key.clear();
    }
    key
}

/// The value of a query's field, decoded.
pub(super) fn field<'q>(query: &'q str, name: &str) -> Option<Cow<'q, str>> {
    query
        .split('&')
        .map(|pair| pair.strip_prefix("amp;").unwrap_or(pair))
        .find_map(|pair| pair.split_once('=').filter(|(field, _)| *field == name))
        .map(|(_, value)| percent_decoded(value))
}

/// An address as a browser takes it from an attribute.
pub(super) fn as_taken(address: &str) -> Cow<'_, str> {
    cleaned(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(base: &str, address: &str) -> Option<String> {
        let base = of_post(base);
        resolved(base.as_ref(), address).map(|parts| {
            let host = parts.host.unwrap_or_default();
            format!("{host}{}|{}|{}", parts.path, parts.query, parts.fragment)
        })
    }

    #[test]
    fn addresses_are_understood_where_they_stand() {
        let base = "http://www.Garden.example:80/2011/03/first.html";
        for (address, expected) in [
            ("https://GARDEN.example/x?m=1#c2", "garden.example/x|m=1|c2"),
            ("//garden.example", "garden.example/||"),
            ("http://garden.blogspot.co.uk/x", "garden.blogspot.com/x||"),
            ("http://www.garden.blogspot.de/x", "garden.blogspot.com/x||"),
            ("/p/a.html", "garden.example/p/a.html||"),
            ("second.html", "garden.example/2011/03/second.html||"),
            ("../04/./third.html", "garden.example/2011/04/third.html||"),
            ("../../../../x", "garden.example/x||"),
            ("?p=3", "garden.example/2011/03/first.html|p=3|"),
            ("http://garden.example:8080/x", "garden.example:8080/x||"),
        ] {
            assert_eq!(shown(base, address).as_deref(), Some(expected), "{address}");
        }
        for address in [
            "#top",
            "",
            "mailto:a@b.example",
            "javascript:x('//')",
            "http://",
            "http://a@b/x",
            "ftp://b/x",
        ] {
            assert_eq!(shown(base, address), None, "{address}");
        }
        assert_eq!(shown("", "/x").as_deref(), Some("/x||"));
        assert_eq!(resolved(None, "x"), None);
        let of_mirror = of_post("../../2011/05/x.html").map(|parts| parts.path.into_owned());
        assert_eq!(of_mirror.as_deref(), Some("/2011/05/x.html"));
    }

    #[test]
    fn one_page_has_one_key() {
        for path in ["/2009/Caf%C3%A9/", "//2009/café", "/2009/caf%c3%a9"] {
            assert_eq!(path_key(path), "/2009/café");
        }
        assert_eq!(path_key("/"), "");
        assert_eq!(path_key("/index.php"), "");
    }

    proptest::proptest! {
        #[test]
        fn any_address_can_be_taken_apart(
            address in "(https?:)?(//)?[a-z.@:]{0,9}[/.?#&=%A-Fé\\PC]{0,24}",
            base in "(http://)?[a-z.]{0,6}/[a-z/.]{0,12}",
        ) {
            let base = of_post(&base);
            if let Some(parts) = resolved(base.as_ref(), &address) {
                proptest::prop_assert!(parts.path.starts_with('/'), "{:?}", parts);
                proptest::prop_assert!(!parts.path.split('/').any(|part| part == ".."), "{:?}", parts);
                let key = path_key(&parts.path);
                proptest::prop_assert!(key.is_empty() || key.starts_with('/'), "{}", key);
            }
            if is_whole(&address) {
                proptest::prop_assert_eq!(resolved(base.as_ref(), &address), resolved(None, &address));
            }
        }
    }

    #[test]
    fn fields_of_queries() {
        assert_eq!(field("a=1&amp;p=caf%C3%A9", "p").as_deref(), Some("café"));
        assert_eq!(field("pp=1&p", "p"), None);
    }
}
