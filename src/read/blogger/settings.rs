//! Blogger's settings: which are personal and never kept, which fill fields of the blog, and Takeout's `settings.csv`.

use crate::model::Blog;
use crate::read::blogger::language_tag;
use crate::read::{Class, FormatInfo, ReadError, Sample};

/// Takeout's `settings.csv`, read for the blog whose `feed.atom` lies beside it.
pub static INFO: FormatInfo = FormatInfo {
    name: "blogger-settings",
    title: "Blogger's settings in Takeout",
    about: "settings.csv beside feed.atom: host, time zone and language of the blog",
    class: Class::Export,
};

/// Settings with personal data: permissions, addresses, accounts. `email_for_posting` is a secret.
const PERSONAL: &[&str] = &[
    "admin_permission",
    "author_permission",
    "reader_permission",
    "comment_email",
    "comment_moderation_email",
    "send_email",
    "m2b_whitelist_email",
    "analytics_account_number",
    "email_for_posting",
];

/// Puts one setting into the blog; `false` where it is personal and was left out. Keys come as `BLOG_LOCALE` in
/// exports and as `blog_locale` in Takeout.
pub fn apply(blog: &mut Blog, key: &str, value: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let plain = lower.strip_prefix("blog_").unwrap_or(&lower);
    if PERSONAL.contains(&plain) {
        return value.trim().is_empty();
    }
    let some = || Some(value.to_owned()).filter(|v| !v.trim().is_empty());
    match plain {
        "name" if blog.title.is_none() => blog.title = some(),
        "description" => blog.description = some(),
        "locale" => blog.language = language_tag(value),
        "time_zone" => blog.time_zone = some().map(|v| v.trim().to_owned()),
        "subdomain" => {
            if let Some(name) = some() {
                let url = blogspot_url(name.trim());
                let is_hosted = blog.home_page_url.is_some();
                if !is_hosted {
                    blog.home_page_url = Some(url);
                } else if !blog.home_page_url.as_deref().is_some_and(|home| same_host(home, &url)) {
                    blog.alternate_urls.push(url);
                }
            }
        }
        _ => {}
    }
    blog.settings.insert(key.to_owned(), value.to_owned());
    true
}

fn blogspot_url(subdomain: &str) -> String {
    if subdomain.contains('.') {
        format!("https://{subdomain}/")
    } else {
        format!("https://{subdomain}.blogspot.com/")
    }
}

fn same_host(a: &str, b: &str) -> bool {
    let host = |url: &str| {
        url.split_once("://")
            .map_or(url, |(_, rest)| rest)
            .split('/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    host(a) == host(b)
}

/// Whether a file is Takeout's `settings.csv`: a header of Blogger's own keys.
pub fn recognise(sample: Sample<'_>) -> bool {
    let text = sample.text();
    let header = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    header.contains(',')
        && ["blog_publishing_mode", "blog_time_zone", "blog_locale"]
            .iter()
            .filter(|key| header.split(',').any(|h| h.trim().trim_matches('"') == **key))
            .count()
            >= 2
}

/// Reads `settings.csv`: a header and one row. Gives a blog without an id, and how many personal values were left
/// out.
///
/// # Errors
/// When the file is no CSV of two rows.
pub fn read(bytes: &[u8]) -> Result<(Blog, u64), ReadError> {
    let bad = |what: String| ReadError::Unreadable(format!("settings.csv could not be read: {what}"));
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader.byte_headers().map_err(|e| bad(e.to_string()))?.clone();
    let row = reader
        .byte_records()
        .next()
        .ok_or_else(|| bad("it has no row below its header".to_owned()))?
        .map_err(|e| bad(e.to_string()))?;
    let mut blog = Blog::default();
    let mut personal = 0;
    let mut hosted = false;
    for (key, value) in header.iter().zip(row.iter()) {
        let (key, value) = (String::from_utf8_lossy(key), String::from_utf8_lossy(value));
        hosted |= key.trim() == "blog_publishing_mode" && value.trim().ends_with("HOSTED");
        personal += u64::from(!apply(&mut blog, key.trim(), &value));
    }
    if hosted {
        // Under a domain of its own the subdomain only leads there, and the domain itself is not in Takeout.
        blog.alternate_urls.extend(blog.home_page_url.take());
    }
    Ok((blog, personal))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &[u8] = b"blog_name,blog_locale,blog_time_zone,blog_subdomain,blog_publishing_mode,blog_comment_email\nSeeds,in,Asia/Jakarta,seeds,BLOGSPOT,x@example.com\n";

    #[test]
    fn reads_what_the_feed_does_not_say() {
        assert!(recognise(Sample {
            bytes: CSV,
            whole: true
        }));
        let (blog, personal) = read(CSV).unwrap();
        assert_eq!(blog.home_page_url.as_deref(), Some("https://seeds.blogspot.com/"));
        assert_eq!(blog.language.as_deref(), Some("id"));
        assert_eq!(blog.time_zone.as_deref(), Some("Asia/Jakarta"));
        assert_eq!(personal, 1);
        assert!(!blog.settings.contains_key("blog_comment_email"));
    }

    #[test]
    fn a_domain_of_its_own_is_not_guessed() {
        let text = String::from_utf8_lossy(CSV).replace("BLOGSPOT", "HOSTED");
        let (blog, _) = read(text.as_bytes()).unwrap();
        assert_eq!(blog.home_page_url, None);
        assert_eq!(blog.alternate_urls, ["https://seeds.blogspot.com/"]);
    }

    #[test]
    fn other_tables_are_not_settings() {
        for text in ["display_name,profile_image_url,is_blocked\n", "a,b\n1,2\n", ""] {
            assert!(!recognise(Sample {
                bytes: text.as_bytes(),
                whole: true
            }));
        }
    }
}
