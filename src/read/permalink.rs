//! What an address says of the post that was published there.

/// The last part of an address's path without `.html`, percent-decoded where that gives text.
pub fn slug_of(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let path = match path.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => path,
    };
    let last = path.rsplit('/').find(|part| !part.is_empty())?;
    let last = last.strip_suffix(".html").unwrap_or(last);
    (!last.is_empty()).then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slug_is_the_last_part_of_the_path() {
        let slug = |a| slug_of(a).unwrap_or_default();
        assert_eq!(slug("http://x.blogspot.com/2009/05/a-post_12.html?m=1#c1"), "a-post_12");
        assert_eq!(slug("/p/about.html"), "about");
        assert_eq!(slug("https://x.example/2009/05/a/"), "a");
        assert_eq!(slug("https://x.example"), "");
        assert_eq!(slug("https://x.example/"), "");
    }
}
