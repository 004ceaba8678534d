//! What WordPress and its importer do to values: the rules that the WXR writer, the WXR reader and the check share.
//!
//! Plain functions over text. They know no files, no posts and no XML events; the rules come from running
//! WordPress's own importer on WordPress 6.5 to 7.1.

mod date;
mod fold;
mod kept;
mod limits;
mod meta;
mod shortcodes;
mod slug;
mod text;
mod types;

pub use date::{ZERO_DATE, dated, dated_at, has_sql_date, is_calendar_date, is_zero_date, sql_date};
pub use fold::{fold, title_fold};
pub use kept::KeptFields;
pub use limits::{
    MAX_COMMENT_AUTHOR, MAX_COMMENT_CONTENT, MAX_COMMENT_TYPE, MAX_COMMENT_URL, MAX_DISPLAY_NAME, MAX_EMAIL, MAX_GUID,
    MAX_LOGIN, MAX_META_KEY, MAX_PASSWORD, MAX_SLUG, MAX_TERM_NAME, MAX_TEXT, MAX_TEXT_NODE,
};
pub use meta::{attachment_size, decode_own, encode_own, looks_serialised};
pub use shortcodes::{CORE_SHORTCODES, Gallery, GalleryOrder, shortcodes_to_html, shortcodes_with_galleries};
pub use slug::{is_reserved, login, slug, slug_as_written, term_slug, with_suffix};
pub(crate) use text::cdata_end;
pub use text::{
    clip, decode_references, escape_name, escape_title, is_xml_char, is_xml_text, plain_text, push_cdata, xml_text,
};
pub use types::{CORE_POST_TYPES, CORE_TAXONOMIES, is_hidden_post_type, is_post_type};

/// Namespace of the `wp` elements.
pub const NS_WP: &str = "http://wordpress.org/export/1.2/";
/// Namespace of `excerpt:encoded`.
pub const NS_EXCERPT: &str = "http://wordpress.org/export/1.2/excerpt/";
/// Namespace of `content:encoded`.
pub const NS_CONTENT: &str = "http://purl.org/rss/1.0/modules/content/";
/// Namespace of `dc:creator`.
pub const NS_DC: &str = "http://purl.org/dc/elements/1.1/";
/// Namespace of `wfw` elements; WordPress declares it and writes none.
pub const NS_WFW: &str = "http://wellformedweb.org/CommentAPI/";
/// Namespace of the one element of our own, the blog's record in the head of a file.
pub const NS_OWN: &str = "urn:blogark:archive:1";

/// Key of the post meta that holds, as JSON, the fields of the record for which WordPress has no place.
pub const META_POST: &str = "_blogark_post";
/// Key of the comment meta that does the same for a comment.
pub const META_COMMENT: &str = "_blogark_comment";
/// Key of the post meta that does the same for the media record of an attachment.
pub const META_MEDIA: &str = "_blogark_media";
/// Key of the post meta that holds what of a body was too long for one element; it may stand several times.
pub const META_CONTENT_REST: &str = "_blogark_content_rest";
/// Key of the comment meta that holds the whole of a comment too long for WordPress.
pub const META_ORIGINAL_CONTENT: &str = "_original_content";
/// Key of the meta that holds the date of publication with its offset and fraction.
pub const META_PUBLISHED: &str = "_original_published";
/// Key of the meta that holds the date of the last change; WordPress forgets it on import.
pub const META_MODIFIED: &str = "_original_modified";
/// The body that stands for an empty post: WordPress refuses a post without title, text and excerpt.
pub const EMPTY_POST: &str = "<!-- empty post -->";
/// The login under which posts stand whose author nobody knows.
pub const UNKNOWN_LOGIN: &str = "unknown-author";

/// The address under which a post was published, from the `link` of its item. What is not public has an address of
/// numbers only, which nobody ever saw.
pub fn published_url(link: &str, public: bool) -> Option<&str> {
    let link = link.trim();
    let numbered = ["?p=", "?page_id=", "?post_type=", "?attachment_id="]
        .iter()
        .any(|mark| link.contains(mark));
    (!link.is_empty() && (public || !numbered)).then_some(link)
}
