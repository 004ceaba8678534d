//! Blogger: its export, its Takeout feed, the settings beside it, and what its Atom entries mean.

pub mod entry;
pub mod export;
pub mod settings;
pub mod takeout;

use super::xml::trim;
use crate::near;

/// The number of a post, page or comment in one of Blogger's ids
/// (`tag:blogger.com,1999:blog-7924743034677720383.post-5199045806810969980`).
pub fn number_of(id: &str) -> Option<&str> {
    let rest = trim(id).strip_prefix("tag:blogger.com,1999:")?;
    // From the end, where nothing has to be sought.
    if let Some((before, number)) = number_at_end(rest)
        && let Some(blog) = before.strip_suffix(".post-")
        && memchr::memchr(b'.', blog.as_bytes()).is_none()
    {
        return Some(number);
    }
    let (_, number) = rest.split_once(".post-").or_else(|| rest.split_once(".page-"))?;
    // Files that were anonymised by hand have a slash here.
    let number = number.trim_end_matches('/');
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(number)
}

/// The number of the blog in one of Blogger's ids.
pub fn blog_of(id: &str) -> Option<&str> {
    let rest = trim(id).strip_prefix("tag:blogger.com,1999:blog-")?;
    let end = near::digits_at_start(rest.as_bytes());
    // What goes on otherwise is damaged, and not the whole number.
    let is_whole = matches!(rest.as_bytes().get(end), None | Some(b'.' | b'/'));
    rest.get(..end).filter(|n| is_whole && !n.is_empty())
}

/// Post and comment of an address like `…/feeds/<blog>/<post>/comments/default/<comment>`.
pub fn comment_address(href: &str) -> Option<(&str, &str)> {
    let end = memchr::memchr2(b'?', b'#', href.as_bytes()).unwrap_or(href.len());
    // From the end: that is where the numbers stand, and no search is needed.
    let (rest, comment) = number_at_end(href.get(..end)?)?;
    let (_, post) = number_at_end(rest.strip_suffix("/comments/default/")?)?;
    rest.strip_suffix("/comments/default/")?
        .strip_suffix(post)?
        .ends_with('/')
        .then_some((post, comment))
}

/// The digits at the end of a text, and what stands before them.
fn number_at_end(text: &str) -> Option<(&str, &str)> {
    let count = near::digits_at_end(text.as_bytes());
    (count > 0).then(|| text.split_at_checked(text.len() - count)).flatten()
}

/// A Blogger locale (`en_GB`, `in`, `zh_TW`) as BCP 47; Java's old codes for Indonesian, Hebrew and Yiddish are
/// brought up to date.
pub fn language_tag(locale: &str) -> Option<String> {
    let locale = locale.trim();
    let (language, region) = match locale.split_once(['_', '-']) {
        Some((language, region)) => (language, Some(region)),
        None => (locale, None),
    };
    let language = match language {
        "in" => "id",
        "iw" => "he",
        "ji" => "yi",
        other => other,
    };
    let is_plain = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_plain(language) {
        return None;
    }
    match region.map(|r| r.replace('_', "-")) {
        Some(region) if is_plain(&region) => Some(format!("{language}-{region}")),
        _ => Some(language.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ids() {
        let id = "tag:blogger.com,1999:blog-12.post-345";
        assert_eq!((blog_of(id), number_of(id)), (Some("12"), Some("345")));
        assert_eq!(number_of("tag:blogger.com,1999:blog-12.page-7"), Some("7"));
        assert_eq!(number_of("tag:blogger.com,1999:blog-12.post-7/"), Some("7"));
        assert_eq!(number_of("tag:blogger.com,1999:blog-12.post-x.post-7"), None);
        assert_eq!(number_of("tag:blogger.com,1999:blog-12.page-x.post-7"), Some("7"));
        assert_eq!(number_of("tag:blogger.com,1999:blog-12.post-"), None);
        assert_eq!(number_of("tag:blogger.com,1999:blog-12.layout"), None);
        assert_eq!(blog_of("tag:blogger.com,1999:blog-12.archive"), Some("12"));
        assert_eq!(blog_of("urn:x"), None);
        assert_eq!(blog_of("tag:blogger.com,1999:blog-1\"2.archive"), None);
    }

    #[test]
    fn reads_comment_addresses() {
        let href = "https://www.blogger.com/feeds/1/22/comments/default/333?x";
        assert_eq!(comment_address(href), Some(("22", "333")));
        assert_eq!(comment_address("https://www.blogger.com/feeds/1/posts/default/3"), None);
    }

    #[test]
    fn brings_locales_up_to_date() {
        assert_eq!(language_tag("in").as_deref(), Some("id"));
        assert_eq!(language_tag("zh_TW").as_deref(), Some("zh-TW"));
        assert_eq!(language_tag("en").as_deref(), Some("en"));
        assert_eq!(language_tag(""), None);
    }
}
