//! The path of an old address, fit to be the path of a file on the new site.

use crate::html::address::percent_decoded;

/// The path at which a post was published, with its letters decoded. `None` where an address tells the post by something
/// else (`/?p=12`), or has a path that could lead out of a site (`/../x`).
pub fn old_path(address: &str) -> Option<String> {
    let address = address.trim();
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None if address.starts_with('/') && !address.starts_with("//") => address,
        None => return None,
    };
    let path = path.split('#').next()?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    // Blogger's own additions to an address name the same post.
    let is_same = |pair: &str| {
        let own = ["m=", "spref=", "showComment="];
        pair.is_empty() || own.iter().any(|own| pair.starts_with(own))
    };
    if !query.split('&').all(is_same) {
        return None;
    }
    let mut decoded = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let plain = percent_decoded(segment);
        if plain == "." || plain == ".." || plain.chars().any(char::is_control) {
            return None;
        }
        decoded.push('/');
        for c in plain.chars() {
            // What means something in a template, an address or a file system stays encoded.
            let is_plain =
                c.is_ascii_alphanumeric() || "-._~!$&'()+,;=@".contains(c) || (!c.is_ascii() && !c.is_whitespace());
            if is_plain {
                decoded.push(c);
            } else {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    decoded.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    if decoded.is_empty() {
        return None;
    }
    if path.ends_with('/') {
        decoded.push('/');
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_an_address() {
        for (address, path) in [
            ("http://a.blogspot.com/2009/05/one_12.html", "/2009/05/one_12.html"),
            ("/2009/05/one.html", "/2009/05/one.html"),
            ("https://a.example/2009/caf%C3%A9/", "/2009/café/"),
            ("https://a.example//x//y", "/x/y"),
            ("http://a.blogspot.com/p/x.html?m=1#c2", "/p/x.html"),
            ("http://a.example/a%20b:c%7B%7B*.html", "/a%20b%3Ac%7B%7B%2A.html"),
        ] {
            assert_eq!(old_path(address).as_deref(), Some(path), "{address}");
        }
    }

    #[test]
    fn what_is_no_path_of_a_page() {
        for address in [
            "https://a.example",
            "https://a.example/",
            "https://a.example/?p=12",
            "https://a.example/index.php?p=12",
            "https://a.example/../../etc/passwd",
            "https://a.example/%2e%2e/x",
            "https://a.example/%2E./x",
            "//a.example/x",
            "x/y",
            "",
            "http://a.example/a%00b",
        ] {
            assert_eq!(old_path(address), None, "{address}");
        }
    }
}
