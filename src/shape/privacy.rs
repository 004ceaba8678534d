//! What stays private: comments that do not go out, e-mail and IP addresses.
//!
//! Whether a post goes out at all is settled by the plan; here the same rule is applied to what stands in it.

use crate::model::{Blog, Comment, Post};
use crate::plan::{Selection, Target};

/// Takes out of a post what does not go out.
pub fn post(selection: &Selection, target: Target, post: &mut Post) {
    if !selection.keeps_emails() {
        for author in &mut post.authors {
            author._email = None;
        }
    }
    post.comments.retain(|comment| {
        selection
            .leaves_out_comment(target, comment.status, comment.suspected_spam.is_some())
            .is_none()
    });
    for one in &mut post.comments {
        comment(selection, one);
    }
}

/// Takes out of a comment what does not go out.
pub fn comment(selection: &Selection, comment: &mut Comment) {
    if let Some(author) = &mut comment.author {
        if !selection.keeps_emails() {
            author._email = None;
        }
        if !selection.keeps_ips() {
            author._ip = None;
        }
    }
}

/// Takes out of a blog what does not go out.
pub fn blog(selection: &Selection, blog: &mut Blog) {
    if !selection.keeps_emails() {
        for author in &mut blog.authors {
            author._email = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CommentAuthor, CommentStatus, PostAuthor};

    #[test]
    fn addresses_go_and_comments_that_stay_go() {
        let mut one = Post {
            authors: vec![PostAuthor {
                _email: Some("a@example.org".to_owned()),
                ..PostAuthor::default()
            }],
            comments: [CommentStatus::Approved, CommentStatus::Spam]
                .into_iter()
                .map(|status| Comment {
                    status,
                    author: Some(CommentAuthor {
                        _email: Some("b@example.org".to_owned()),
                        _ip: Some("192.0.2.1".to_owned()),
                        ..CommentAuthor::default()
                    }),
                    ..Comment::default()
                })
                .collect(),
            ..Post::default()
        };
        post(&Selection::default(), Target::Markdown, &mut one);
        assert_eq!(one.comments.len(), 1);
        let text = serde_json::to_string(&one).unwrap();
        assert!(!text.contains("example.org") && !text.contains("192.0.2.1"), "{text}");
    }
}
