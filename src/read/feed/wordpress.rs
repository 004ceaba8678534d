//! WordPress's own way of naming in feeds: a post by the query `?p=` and its number, a comment by its post and
//! `#comment-` and its number. Both numbers are those of its export.

use super::FeedHead;
use crate::model::Blog;
use crate::read::UNKNOWN_BLOG;
use crate::read::atom::AtomEntry;

/// What the guid of a comment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CommentGuid<'g> {
    /// Number of the comment.
    pub(super) number: &'g str,
    /// Number of its post, or the post's address where the guid has no number.
    pub(super) post: &'g str,
    /// Address of the blog, where the guid shows it.
    home: Option<&'g str>,
}

/// Number of the post in a guid like `http://blog.example/?p=12`, `…/?page_id=7` or `…/?post_type=note&p=12`.
pub(super) fn post_number(guid: &str) -> Option<&str> {
    let (_, query) = guid.split_once("/?")?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, number) = pairs.find(|(key, _)| matches!(*key, "p" | "page_id"))?;
    is_number(number).then_some(number)
}

/// Reads the guid of a comment.
pub(super) fn comment_guid(guid: &str) -> Option<CommentGuid<'_>> {
    let (post, number) = guid.rsplit_once("#comment-")?;
    if !is_number(number) {
        return None;
    }
    Some(match post_number(post) {
        Some(number_of_post) => CommentGuid {
            number,
            post: number_of_post,
            home: post.split_once('?').map(|(home, _)| home),
        },
        None => CommentGuid {
            number,
            post: without_comment_page(post),
            home: root(post),
        },
    })
}

/// The blog, where the first entry shows that the feed is WordPress's. Its feeds of comments are named and addressed as a
/// post is, so they tell no more than the blog's own address.
pub(super) fn blog(head: &mut FeedHead, told: &Blog, first: &AtomEntry<'_>) -> Option<Blog> {
    let guid = first.id.as_deref()?;
    let comment = comment_guid(guid);
    if comment.is_none() && post_number(guid).is_none() {
        return None;
    }
    let mut blog = told.clone();
    if let Some(comment) = comment {
        let home = comment.home.filter(|home| super::is_web(home)).map(str::to_owned);
        head.is_comments = true;
        head.blog = home.clone().unwrap_or_else(|| UNKNOWN_BLOG.to_owned());
        blog = Blog {
            home_page_url: home,
            ..Blog::default()
        };
    }
    blog.id.clone_from(&head.blog);
    blog.platform = Some("wordpress".to_owned());
    Some(blog)
}

/// A post's address without the page of its comments: `…/comment-page-2/`.
fn without_comment_page(address: &str) -> &str {
    let path = address.trim_end_matches('/');
    match path.rsplit_once("/comment-page-") {
        Some((post, page)) if is_number(page) => address.get(..=post.len()).unwrap_or(address),
        _ => address,
    }
}

/// `http://blog.example/`
fn root(address: &str) -> Option<&str> {
    let host = address.find("://")? + 3;
    let end = address.get(host..)?.find('/')?;
    address.get(..=host + end)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_comments_are_taken_off() {
        let taken = |address| without_comment_page(address);
        assert_eq!(
            taken("http://blog.example/tea/comment-page-2/"),
            "http://blog.example/tea/"
        );
        assert_eq!(
            taken("http://blog.example/tea/comment-page-two/"),
            "http://blog.example/tea/comment-page-two/"
        );
        assert_eq!(taken("http://blog.example/tea/"), "http://blog.example/tea/");
    }

    #[test]
    fn numbers_of_posts_stand_in_the_query() {
        assert_eq!(post_number("http://blog.example/?p=12"), Some("12"));
        assert_eq!(
            post_number("http://blog.example/notes/?post_type=note&p=12"),
            Some("12")
        );
        assert_eq!(post_number("../../?page_id=7"), Some("7"));
        assert_eq!(post_number("http://blog.example/?p=twelve"), None);
        assert_eq!(post_number("http://blog.example/?page=2"), None);
        assert_eq!(post_number("http://blog.example/2009/tea/"), None);
    }

    #[test]
    fn comments_name_their_post_by_number_or_address() {
        let read = |guid| comment_guid(guid).map(|c| (c.number, c.post, c.home));
        let home = Some("http://blog.example/");
        assert_eq!(read("http://blog.example/?p=12#comment-345"), Some(("345", "12", home)));
        assert_eq!(
            read("http://blog.example/2009/tea/comment-page-2/#comment-345"),
            Some(("345", "http://blog.example/2009/tea/", home))
        );
        assert_eq!(
            read("http://blog.example/2009/tea/#comment-345"),
            Some(("345", "http://blog.example/2009/tea/", home))
        );
        assert_eq!(read("http://blog.example/2009/tea/"), None);
        assert_eq!(read("http://blog.example/2009/tea/#comment-form"), None);
    }
}
