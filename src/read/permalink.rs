//! What an address says of the post that was published there.

use memchr::{memchr_iter, memchr2, memrchr};

/// The last part of an address's path without `.html`.
pub fn slug_of(url: &str) -> Option<&str> {
    let end = memchr2(b'?', b'#', url.as_bytes()).unwrap_or(url.len());
    let path = url.get(..end)?;
    let mut behind_colons = memchr_iter(b':', path.as_bytes()).filter_map(|at| path.get(at + 1..));
    let path = match behind_colons.find_map(|rest| rest.strip_prefix("//")) {
        Some(rest) => rest.split_once('/')?.1,
        None => path,
    };
    let path = path.trim_end_matches('/');
    let last = match memrchr(b'/', path.as_bytes()) {
        Some(slash) => path.get(slash + 1..)?,
        None => path,
    };
    let last = last.strip_suffix(".html").unwrap_or(last);
    (!last.is_empty()).then_some(last)
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
