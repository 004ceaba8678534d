//! The words that blog platforms print around posts and comments, in the languages their interfaces have.
//!
//! Markup is asked first; these words serve where the markup does not tell (old templates, copied text). Everything
//! is compared folded ([`fold`]): without case and accents.

mod controls;
mod counts;
mod names;
mod removed;

pub(crate) use controls::{Action, action, is_footer, leading_reply_delete, trailing_reply_delete};
pub(crate) use counts::{claimed, is_comment_heading};
pub(crate) use names::{posted_by, said};
pub(crate) use removed::{is_removed, remover};

use crate::fold::fold;

/// Words folded, as texts are before they are compared with them.
fn all_folded(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| fold(w).trim().to_owned()).collect()
}
