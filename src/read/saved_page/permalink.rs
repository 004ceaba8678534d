//! The address of a post: which of a page's links is its own, without what only steers how the page is shown, and what it tells
//! of the post.

use crate::model::Date;

use super::about::About;
use super::capture::{self, Url};
use super::pick::Scope;
use super::posts::PageView;
use super::table::Fields;

/// The post's own address: the page's, where the page is about one post; else the first of its links that stays on
/// the blog.
pub(super) fn address(
    view: &PageView<'_, '_>,
    scope: &Scope<'_, '_>,
    fields: &Fields,
    single: bool,
    id: Option<&str>,
) -> Option<String> {
    let about = view.about;
    let page = about.addresses.page.as_deref();
    let is_item = match about.page_type.as_deref() {
        Some("item" | "static_page") => true,
        Some(_) => false,
        None => single && page.is_some_and(|p| is_permalink(p, about)),
    };
    if single
        && is_item
        && let Some(page) = page
    {
        return Some(permalink(page, id));
    }
    let host_of = |href: &str| Url::parse(href).map(|url| url.host.to_ascii_lowercase());
    let candidates: Vec<String> = fields
        .get("url")
        .iter()
        .filter_map(|rule| scope.take(rule, scope.find(rule).first().copied()?))
        .map(|href| about.addresses.original(&href))
        .collect();
    // A mirror's own links are paths: what leads to a host there, such as a title that is a link, leads elsewhere.
    let is_path = |href: &String| !capture::is_absolute(href) && !href.starts_with('#') && !href.is_empty();
    if page.is_none() && candidates.iter().any(is_path) {
        return None;
    }
    let mut own = candidates
        .into_iter()
        .filter(|href| capture::is_absolute(href) && !href.contains("blogger.com/"));
    let host = match page.and_then(host_of) {
        // Blogger's date always leads to the post itself, and stands behind the title.
        None if about.blogger => own.clone().next_back().as_deref().and_then(host_of),
        host => host,
    };
    own.find(|href| host_of(href).is_some_and(|of| host.as_ref().is_none_or(|host| same_blog(host, &of))))
        .map(|href| permalink(&href, id))
}

/// Hosts of one blog: the same, with or without `www.`, or Blogger's under different countries (`blogspot.de`).
fn same_blog(a: &str, b: &str) -> bool {
    let bare = |host: &str| host.to_ascii_lowercase().trim_start_matches("www.").to_owned();
    let (a, b) = (bare(a), bare(b));
    let subdomain = |host: &str| host.split_once(".blogspot.").map(|(name, _)| name.to_owned());
    a == b || (subdomain(&a).is_some() && subdomain(&a) == subdomain(&b))
}

/// An address without what only steers how the page is shown. A fragment that is the post's number is the permalink
/// of blogs without pages for single posts.
fn permalink(address: &str, id: Option<&str>) -> String {
    let (address, fragment) = match address.split_once('#') {
        Some((address, fragment)) => (address, Some(fragment)),
        None => (address, None),
    };
    let bare = match address.split_once('?') {
        Some((path, query)) => {
            let steers = [
                "m=",
                "showComment=",
                "commentPage=",
                "spref=",
                "replytocom=",
                "view=",
                "zx=",
            ]
            .iter()
            .any(|p| query.starts_with(p));
            if steers || path.ends_with(".html") {
                path
            } else {
                address
            }
        }
        None => address,
    };
    match fragment {
        Some(fragment) if id.is_some_and(|id| fragment.trim_start_matches("post-") == id) => {
            format!("{bare}#{fragment}")
        }
        _ => bare.to_owned(),
    }
}

/// Whether an address is one of a single post or page rather than of a list.
fn is_permalink(address: &str, about: &About) -> bool {
    let Some(url) = Url::parse(address) else {
        return false;
    };
    let path = url.path.trim_matches('/');
    if path.is_empty() || path.ends_with("index.html") && !path.contains("/20") {
        return false;
    }
    let lists = ["search", "category/", "tag/", "author/", "page/", "label/", "feeds"];
    if lists
        .iter()
        .any(|l| path.starts_with(l) || path.contains(&format!("/{l}")))
    {
        return false;
    }
    if is_period(path) {
        return false;
    }
    if about.blogger {
        // `2009_05_01_archive.html` is a list on Blogger; everything else that ends in .html is not.
        return path.ends_with(".html") && !path.ends_with("_archive.html") && !path.ends_with("archive.html");
    }
    true
}

/// Whether a path is that of a year, a month or a day, and of no post in it (`2009/05`).
fn is_period(path: &str) -> bool {
    let mut parts = path.split('/');
    let is_number = |part: &str, digits: usize| part.len() <= digits && part.bytes().all(|b| b.is_ascii_digit());
    parts
        .next()
        .is_some_and(|year| year.len() == 4 && is_number(year, 4) && year.starts_with(['1', '2']))
        && parts.clone().count() <= 2
        && parts.all(|part| is_number(part, 2))
}

/// Year and month of a permalink (`/2009/05/…`).
pub(super) fn year_month(address: &str) -> Option<(i32, u32)> {
    let url = Url::parse(address)?;
    let parts: Vec<&str> = url.path.split('/').collect();
    parts.windows(2).find_map(|window| {
        let [year, month] = window else { return None };
        if year.len() != 4 || !(1..=2).contains(&month.len()) {
            return None;
        }
        let (year, month) = (year.parse::<i32>().ok()?, month.parse::<u32>().ok()?);
        ((1990..=2100).contains(&year) && (1..=12).contains(&month)).then_some((year, month))
    })
}

/// The day in a permalink that has one (`/2009/05/14/…`): the day of the post, as WordPress makes addresses.
pub(super) fn day_of(address: &str) -> Option<Date> {
    let url = Url::parse(address)?;
    let parts: Vec<&str> = url.path.split('/').collect();
    parts.windows(4).find_map(|window| {
        let [year, month, day, rest] = window else { return None };
        let is_number = |text: &str, digits: usize| text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
        if rest.is_empty() || !is_number(year, 4) || !is_number(month, 2) || !is_number(day, 2) {
            return None;
        }
        let (year_number, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        if !(1990..=2100).contains(&year_number) {
            return None;
        }
        Date::from_day(chrono::NaiveDate::from_ymd_opt(year_number, month, day)?)
    })
}

/// The post's own part of its address.
pub(super) fn slug(address: &str) -> Option<String> {
    if address.contains('#') {
        return None;
    }
    let url = Url::parse(address)?;
    let last = url.path.trim_end_matches('/').rsplit('/').next()?;
    let slug = last
        .strip_suffix(".html")
        .or_else(|| last.strip_suffix(".htm"))
        .unwrap_or(last);
    (!slug.is_empty()).then(|| slug.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_lists_are_no_permalinks() {
        let about = About::default();
        for list in [
            "https://blog.example/",
            "https://blog.example/tag/brot/",
            "https://blog.example/verein/tag/brot/",
            "https://blog.example/search/label/brot",
            "https://blog.example/2009/05/",
            "https://blog.example/index.html",
            "brot",
        ] {
            assert!(!is_permalink(list, &about), "{list}");
        }
        for post in ["https://blog.example/2009/05/brot/", "https://blog.example/verein/brot"] {
            assert!(is_permalink(post, &about), "{post}");
        }
    }
}
