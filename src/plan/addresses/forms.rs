//! The forms of address that platforms give to what is no post: labels, months, feeds, searches.

use std::borrow::Cow;

use super::parts::{Parts, field};
use crate::html::address::percent_decoded;

/// What an address is by its form alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The front page.
    Home,
    /// A label by its name.
    Label(String),
    /// A tag or category by its part of addresses.
    Term(String),
    /// A year, or a month of it.
    Archive(i32, Option<u32>),
    /// A post by its id.
    Id(String),
    /// A feed.
    Feed,
    /// A list that no other site has: a search, older posts, an author's.
    Listing,
    /// A picture or file.
    File,
    /// Nothing of these: where it is the blog's, the address of a post.
    Page,
}

/// The form of an address of a blog, below the path of its front page.
pub(super) fn form(parts: &Parts<'_>, below: &str) -> Form {
    let segments: Vec<Cow<'_, str>> = below
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(percent_decoded)
        .collect();
    let words: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] | ["index.html" | "index.htm" | "index.php"] => of_query(&parts.query),
        ["search", "label", label @ ..] if !label.is_empty() => Form::Label(label.join("/")),
        ["feeds", ..] | [.., "feed"] | [.., "feed", "rss2" | "atom" | "rss" | "rdf"] => Form::Feed,
        ["atom.xml" | "rss.xml" | "feed.xml" | "index.xml" | "rss" | "atom"] => Form::Feed,
        ["search" | "page" | "author" | "label" | "labels", ..] => Form::Listing,
        ["category" | "tag", .., "page", number] if is_digits(number) => match words.len() {
            4.. => words
                .get(words.len() - 3)
                .map_or(Form::Listing, |term| Form::Term((*term).to_owned())),
            _ => Form::Listing,
        },
        ["category" | "tag", .., term] => Form::Term((*term).to_owned()),
        [year] if is_year(year) => archive(year, None),
        [year, month, ..] if is_year(year) && is_month(month) && is_rest_of_archive(words.get(2..)) => {
            archive(year, Some(month))
        }
        [.., last] => match archive_page(last) {
            Some(form) => form,
            None if is_file(last) => Form::File,
            None => Form::Page,
        },
    }
}

fn of_query(query: &str) -> Form {
    for name in ["p", "page_id"] {
        if let Some(id) = field(query, name).filter(|id| is_digits(id)) {
            return Form::Id(id.into_owned());
        }
    }
    if let Some(tag) = field(query, "tag") {
        return Form::Term(tag.into_owned());
    }
    if field(query, "feed").is_some() {
        return Form::Feed;
    }
    // WordPress's `?m=201105`; Blogger's `?m=1` is the same page for telephones.
    if let Some(month) = field(query, "m").filter(|month| is_digits(month)) {
        match (month.get(..4), month.get(4..6)) {
            (Some(year), Some(month)) if is_month(month) => return archive(year, Some(month)),
            (Some(year), _) => return archive(year, None),
            _ => {}
        }
    }
    let lists = [
        "s",
        "q",
        "cat",
        "author",
        "paged",
        "attachment_id",
        "updated-max",
        "updated-min",
    ];
    match lists.iter().any(|name| field(query, name).is_some()) {
        true => Form::Listing,
        false => Form::Home,
    }
}

/// `2011_05_01_archive.html`: Blogger's own of a month, once of a week.
fn archive_page(name: &str) -> Option<Form> {
    let date = name
        .strip_suffix("_archive.html")
        .or_else(|| name.strip_suffix("_archive.htm"))?;
    let mut parts = date.split('_');
    let (year, month) = (parts.next()?, parts.next()?);
    (is_year(year) && is_month(month)).then(|| archive(year, Some(month)))
}

/// What may stand behind year and month where no post is meant: a day, and the number of a page.
fn is_rest_of_archive(rest: Option<&[&str]>) -> bool {
    match rest.unwrap_or_default() {
        [] => true,
        [day] => is_digits(day) && day.len() <= 2,
        ["page", number] => is_digits(number),
        [day, "page", number] => is_digits(day) && day.len() <= 2 && is_digits(number),
        _ => false,
    }
}

fn archive(year: &str, month: Option<&str>) -> Form {
    let month = month.and_then(|month| month.parse().ok());
    year.parse().map_or(Form::Listing, |year| Form::Archive(year, month))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && is_digits(text) && (text.starts_with("19") || text.starts_with("20"))
}

fn is_month(text: &str) -> bool {
    text.len() <= 2 && is_digits(text) && text.parse().is_ok_and(|month: u32| (1..=12).contains(&month))
}

/// A name with an extension that no page has.
fn is_file(name: &str) -> bool {
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return false;
    };
    !stem.is_empty()
        && (2..=5).contains(&extension.len())
        && extension.bytes().all(|b| b.is_ascii_alphanumeric())
        && extension.bytes().any(|b| b.is_ascii_alphabetic())
        && !["html", "htm", "php", "shtml", "asp", "aspx", "jsp", "xhtml"]
            .iter()
            .any(|page| extension.eq_ignore_ascii_case(page))
}

/// The hosts of Blogger's own site.
pub(super) const EDITORS: [&str; 3] = ["blogger.com", "draft.blogger.com", "beta.blogger.com"];

/// The blog and post that an address of Blogger's own site names: where a post is edited or commented on.
pub(super) fn of_editor<'p>(parts: &'p Parts<'_>) -> Option<(Cow<'p, str>, Cow<'p, str>)> {
    if !parts.host.as_deref().is_some_and(|host| EDITORS.contains(&host)) {
        return None;
    }
    let segments: Vec<&str> = parts.path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["blog", "post", "edit", blog, post]
        | ["blog", "post", "edit", "preview", blog, post]
        | ["comment", "fullpage" | "frame", "post", blog, post] => Some((Cow::Borrowed(*blog), Cow::Borrowed(*post))),
        ["comment.g" | "post-edit.g" | "comment-iframe.g"] => {
            Some((field(&parts.query, "blogID")?, field(&parts.query, "postID")?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parts::of_post;
    use super::*;

    fn of(address: &str) -> Form {
        let parts = of_post(address).unwrap();
        form(&parts, &parts.path)
    }

    #[test]
    fn forms_of_blogger() {
        assert_eq!(of("/"), Form::Home);
        assert_eq!(of("/index.html?m=1"), Form::Home);
        assert_eq!(
            of("/search/label/Rot%20%26%20Bl%C3%BCten?max-results=5"),
            Form::Label("Rot & Blüten".to_owned())
        );
        assert_eq!(of("/search/label/a%2Fb"), Form::Label("a/b".to_owned()));
        assert_eq!(of("/search?q=x"), Form::Listing);
        assert_eq!(of("/2011/"), Form::Archive(2011, None));
        assert_eq!(of("/2011/05/"), Form::Archive(2011, Some(5)));
        assert_eq!(of("/2004_03_07_archive.html"), Form::Archive(2004, Some(3)));
        assert_eq!(of("/archives/2004_03_01_archive.html"), Form::Archive(2004, Some(3)));
        assert_eq!(of("/feeds/posts/default?alt=rss"), Form::Feed);
        assert_eq!(of("/atom.xml"), Form::Feed);
        assert_eq!(of("/2011/05/x.html"), Form::Page);
        assert_eq!(of("/p/x.html"), Form::Page);
        assert_eq!(of("/uploaded_images/a.jpg"), Form::File);
    }

    #[test]
    fn forms_of_wordpress() {
        assert_eq!(of("/?p=12"), Form::Id("12".to_owned()));
        assert_eq!(of("/index.php?page_id=7&preview=true"), Form::Id("7".to_owned()));
        assert_eq!(of("/category/a/b/"), Form::Term("b".to_owned()));
        assert_eq!(of("/tag/b/page/2/"), Form::Term("b".to_owned()));
        assert_eq!(of("/?tag=b"), Form::Term("b".to_owned()));
        assert_eq!(of("/?m=201105"), Form::Archive(2011, Some(5)));
        assert_eq!(of("/2011/05/03/"), Form::Archive(2011, Some(5)));
        assert_eq!(of("/2011/05/page/2/"), Form::Archive(2011, Some(5)));
        assert_eq!(of("/2011/05/a-post/feed/"), Form::Feed);
        assert_eq!(of("/comments/feed/"), Form::Feed);
        assert_eq!(of("/author/nell/"), Form::Listing);
        assert_eq!(of("/?cat=3"), Form::Listing);
        assert_eq!(of("/2011/05/a-post/"), Form::Page);
        assert_eq!(of("/v1.2/"), Form::Page);
    }

    #[test]
    fn posts_that_are_edited_and_commented_on() {
        let named = |address| {
            let parts = of_post(address).unwrap();
            of_editor(&parts).map(|(blog, post)| format!("{blog} {post}"))
        };
        assert_eq!(
            named("https://www.blogger.com/blog/post/edit/1/22#").as_deref(),
            Some("1 22")
        );
        assert_eq!(
            named("https://www.blogger.com/comment.g?blogID=1&postID=22").as_deref(),
            Some("1 22")
        );
        assert_eq!(named("https://www.blogger.com/profile/22"), None);
    }
}
