//! Shaping: pure steps that turn a post as it was read into a post as it goes out.

mod comment_text;
pub mod links;
pub mod media;
pub mod privacy;
pub mod spam;

use crate::ledger::{Notice, NoticeCode};
use crate::model::Post;
use crate::plan::{Selection, Target, What};

/// Turns a post as it was read into the post as it goes out.
pub fn post(selection: &Selection, target: Target, post: &mut Post, notices: &mut Vec<Notice>) {
    // Labels stand in JSON; elsewhere they only matter where they decide what stays.
    let labels = matches!(target, Target::Json | Target::Jsonl) || selection.exclude.contains(&What::SuspectedSpam);
    if labels {
        for comment in &mut post.comments {
            spam::label(comment);
        }
    }
    privacy::post(selection, target, post);
    for comment in post.comments.iter().filter(|_| labels) {
        if let Some(suspected) = &comment.suspected_spam {
            notices.push(
                Notice::new(
                    NoticeCode::SuspectedSpam,
                    format!(
                        "Comment {} looks like spam: {}.",
                        comment.id,
                        suspected.reasons.join("; ")
                    ),
                )
                .about_post(&post.blog, &post.id)
                .about_comment(&comment.id),
            );
        }
    }
}
