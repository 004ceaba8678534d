//! Writes WXR 1.2, WordPress's export format, so that WordPress's own importer takes it whole.
//!
//! The importer drops and changes things without a word; the rules that avoid it are kept here and in
//! [`crate::wordpress`]. First [`WxrPlan::new`] settles from cards what must be known of all posts (ids, logins,
//! slugs of posts and terms, dates that must differ); then [`head`], [`item`] for each post in the plan's
//! [sequence](WxrPlan::sequence), and [`tail`] are pure functions to bytes. Each item is parsed back, compared
//! with what was meant and held to the rules of the importer before it is given out. A split file is several of `head … tail` over one plan.
//!
//! What WordPress has no place for is kept in hidden meta (`_blogark_post`, `_blogark_comment`) and in one element
//! of the head (`blogark:blog`), where reading the file again finds it.

mod attachments;
mod comment;
mod content;
mod head;
mod links;
mod metas;
mod output;
mod parts;
mod pictures;
mod piece;
mod plan;
mod post;
mod slugs;
mod terms;
#[cfg(test)]
pub(crate) mod tests;

pub use attachments::AttachmentCard;
pub use head::{head, tail};
pub use links::{BadPermalinks, NewSite, Permalinks};
pub use output::{Destination, write};
pub use plan::{Labels, PostCard, WpHtml, WxrOptions, WxrPlan};
pub use post::item;

/// What was written is not what was meant. It says that blogark is at fault, not the blog.
#[derive(Debug, thiserror::Error)]
pub enum WxrFault {
    /// An item does not read back as it was written.
    #[error(
        "the WXR item of post {post:?} does not read back as it was written ({what}). This is a fault of blogark: please report it"
    )]
    Item {
        /// Id of the post.
        post: String,
        /// What differs.
        what: String,
    },
    /// A finished file does not meet the rules of WordPress's importer.
    #[error("WordPress would not take all of {file}: {finding}. This is a fault of blogark: please report it")]
    File {
        /// The file.
        file: String,
        /// The first finding.
        finding: String,
    },
}
