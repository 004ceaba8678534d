//! How long a value may be before WordPress refuses it, cuts it, or drops its record without a word.

/// Title or excerpt of a post, in bytes (`TEXT`).
pub const MAX_TEXT: usize = 65_535;
/// Body of a comment, in bytes (`TEXT`).
pub const MAX_COMMENT_CONTENT: usize = 65_535;
/// `guid`, in characters after escaping.
pub const MAX_GUID: usize = 255;
/// Slug, in bytes after percent-encoding.
pub const MAX_SLUG: usize = 200;
/// Name of a tag or category, in characters.
pub const MAX_TERM_NAME: usize = 200;
/// Key of a meta value, in characters.
pub const MAX_META_KEY: usize = 255;
/// Name of a commenter, in bytes (`TINYTEXT`).
pub const MAX_COMMENT_AUTHOR: usize = 255;
/// Address of a commenter's page.
pub const MAX_COMMENT_URL: usize = 200;
/// E-mail address or IP address of a commenter.
pub const MAX_EMAIL: usize = 100;
/// Type of a comment.
pub const MAX_COMMENT_TYPE: usize = 20;
/// Password of a post.
pub const MAX_PASSWORD: usize = 255;
/// Login of an author.
pub const MAX_LOGIN: usize = 60;
/// Name of an author, as shown.
pub const MAX_DISPLAY_NAME: usize = 250;
/// One text in a file: PHP's XML reader gives up at 10,000,000 bytes.
pub const MAX_TEXT_NODE: usize = 9_000_000;
