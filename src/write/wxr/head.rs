//! The head of a file: the blog, its authors, its terms.

use std::collections::HashMap;

use serde_json::json;

use crate::model::Blog;
use crate::wordpress::{
    self, MAX_DISPLAY_NAME, MAX_TERM_NAME, NS_CONTENT, NS_DC, NS_EXCERPT, NS_OWN, NS_WFW, NS_WP, escape_name,
    push_cdata, xml_text,
};

use super::WxrPlan;
use super::piece::{Piece, Pieces, write};

/// The bytes before the first item of a file, or of each of its parts: the plan's authors and terms, all of them, so
/// that each part can be imported alone.
pub fn head(plan: &WxrPlan, blog: &Blog) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n");
    out.extend_from_slice(
        format!(
            "<rss version=\"2.0\"\n\txmlns:excerpt=\"{NS_EXCERPT}\"\n\txmlns:content=\"{NS_CONTENT}\"\n\txmlns:wfw=\"{NS_WFW}\"\n\
             \txmlns:dc=\"{NS_DC}\"\n\txmlns:wp=\"{NS_WP}\"\n\txmlns:blogark=\"{NS_OWN}\"\n>\n<channel>\n"
        )
        .as_bytes(),
    );
    let address = blog.home_page_url.as_deref().unwrap_or_default().trim();
    let address = address.trim_end_matches('/');
    let mut pieces = Pieces::default();
    pieces.plain("title", blog.title.as_deref().unwrap_or_default());
    pieces.plain("link", address);
    pieces.plain("description", blog.description.as_deref().unwrap_or_default());
    pieces.plain("language", blog.language.as_deref().unwrap_or_default());
    pieces.plain("wp:wxr_version", "1.2");
    pieces.plain("wp:base_site_url", address);
    pieces.plain("wp:base_blog_url", address);
    write(&pieces.list, 1, &mut out);
    for author in &plan.authors {
        let name = author.who.name.as_deref().unwrap_or(&author.login);
        let name: String = escape_name(name).chars().take(MAX_DISPLAY_NAME).collect();
        // One line an author: an old reader of WordPress's takes it line by line.
        let mut fields = Pieces::default();
        fields.plain("wp:author_id", author.id.to_string());
        fields.text("wp:author_login", &*author.login);
        fields.text("wp:author_email", email(author.who._email.as_deref()));
        fields.text("wp:author_display_name", name);
        let names = author.names.as_ref();
        fields.text("wp:author_first_name", names.map_or("", |(first, _)| first));
        fields.text("wp:author_last_name", names.map_or("", |(_, last)| last));
        push_line(&mut out, "wp:author", &fields.list);
    }
    let metas = term_metas(plan, blog);
    for term in &plan.terms {
        let name: String = escape_name(&term.name).chars().take(MAX_TERM_NAME).collect();
        let mut fields = Pieces::default();
        fields.plain("wp:term_id", term.id.to_string());
        let element = match &*term.taxonomy {
            "category" => {
                fields.text("wp:category_nicename", &*term.slug);
                fields.text("wp:category_parent", &*term.parent);
                fields.text("wp:cat_name", name);
                fields.text("wp:category_description", &*term.description);
                "wp:category"
            }
            "post_tag" => {
                fields.text("wp:tag_slug", &*term.slug);
                fields.text("wp:tag_name", name);
                fields.text("wp:tag_description", &*term.description);
                "wp:tag"
            }
            taxonomy => {
                fields.text("wp:term_taxonomy", taxonomy);
                fields.text("wp:term_slug", &*term.slug);
                fields.text("wp:term_parent", &*term.parent);
                fields.text("wp:term_name", name);
                fields.text("wp:term_description", &*term.description);
                "wp:term"
            }
        };
        for (key, value) in metas.get(&(&*term.taxonomy, term.slug.clone())).into_iter().flatten() {
            fields.meta("wp:termmeta", *key, *value);
        }
        push_line(&mut out, element, &fields.list);
    }
    out.extend_from_slice(b"\t<generator>blogark ");
    out.extend_from_slice(env!("CARGO_PKG_VERSION").as_bytes());
    out.extend_from_slice(b"</generator>\n");
    push_own(&mut out, plan, blog);
    out
}

/// Hidden fields of terms that a WordPress source had, by taxonomy and slug.
type TermMetas<'a> = HashMap<(&'a str, String), Vec<(&'a str, &'a str)>>;

fn term_metas<'a>(plan: &WxrPlan, blog: &'a Blog) -> TermMetas<'a> {
    let mut found = TermMetas::new();
    let of_source = blog._source.as_ref().and_then(|s| s.get("termmeta")?.as_object());
    for (term, metas) in of_source.into_iter().flatten() {
        let Some((taxonomy, slug)) = term.split_once('/') else {
            continue;
        };
        let taxonomy = if taxonomy == "post_tag" {
            plan.tag_taxonomy()
        } else {
            taxonomy
        };
        let list = found.entry((taxonomy, wordpress::slug(slug))).or_default();
        for meta in metas.as_array().into_iter().flatten() {
            let field = |name: &str| meta.get(name).and_then(|v| v.as_str());
            if let (Some(key), Some(value)) = (field("key"), field("value"))
                && (1..=wordpress::MAX_META_KEY).contains(&key.chars().count())
            {
                list.push((key, value));
            }
        }
    }
    found
}

/// The blog's whole record, with who stands behind each login: what reading the file again needs.
fn push_own(out: &mut Vec<u8>, plan: &WxrPlan, blog: &Blog) {
    let authors: serde_json::Map<String, serde_json::Value> = plan
        .authors
        .iter()
        .filter(|a| a.login != wordpress::UNKNOWN_LOGIN)
        .map(|a| (a.login.clone(), json!(a.who)))
        .collect();
    let own = json!({ "blog": blog, "authors": authors });
    out.extend_from_slice(b"\t<blogark:blog>");
    let own = own
        .to_string()
        .replace('\u{fffe}', "\\ufffe")
        .replace('\u{ffff}', "\\uffff");
    push_cdata(out, &xml_text(&own).0);
    out.extend_from_slice(b"</blogark:blog>\n");
}

fn push_line(out: &mut Vec<u8>, element: &str, fields: &[Piece<'_>]) {
    out.extend_from_slice(format!("\t<{element}>").as_bytes());
    for field in fields {
        write(std::slice::from_ref(field), 0, out);
        // The line ends with the element, not with its field.
        out.pop();
    }
    out.extend_from_slice(format!("</{element}>\n").as_bytes());
}

/// An address that WordPress takes; empty otherwise.
pub(super) fn email(address: Option<&str>) -> &str {
    address
        .filter(|a| {
            a.len() <= wordpress::MAX_EMAIL
                && a.is_ascii()
                && !a.contains([' ', '<', '>', '"', '\'', '&'])
                && a.split_once('@')
                    .is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
        })
        .unwrap_or_default()
}

/// The bytes after the last item of a file, or of each of its parts.
pub fn tail() -> Vec<u8> {
    b"</channel>\n</rss>\n".to_vec()
}
