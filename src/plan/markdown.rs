//! Where each post goes in a folder of Markdown: a name a person would give, and no two posts ever on one path.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use super::Plan;
use crate::archive::{Archive, PostCard};
use crate::model::Kind;

/// The most bytes of a file name's stem: room for a date, a suffix and an extension within 255.
const STEM: usize = 200;

/// Paths of the posts of a plan.
pub struct MarkdownPlan {
    /// Folder of each blog, by its place in the archive; empty where there is only one.
    pub folders: Vec<String>,
    /// For each post of the plan, in its order: its name without folder and extension.
    pub names: Vec<Box<str>>,
    /// For each post of the plan: its slug in the front matter.
    pub slugs: Vec<Box<str>>,
}

impl MarkdownPlan {
    /// Gives every post its path. Same-named posts are told apart by their ids, so that names stay when others come
    /// or go.
    pub fn new(archive: &Archive, plan: &Plan) -> MarkdownPlan {
        let folders = blog_folders(archive, plan);
        let mut wanted: Vec<(usize, String, Box<str>)> = Vec::with_capacity(plan.posts.len());
        let mut seen: std::collections::HashMap<(usize, String), u32> = std::collections::HashMap::new();
        for card in plan.posts.iter().filter_map(|n| archive.post(*n)) {
            let slug = slug(card);
            let name = stem(card, &slug);
            *seen.entry((card.blog_place(), folded(&name))).or_default() += 1;
            wanted.push((card.blog_place(), name, slug));
        }
        let mut taken: HashSet<(usize, String)> = HashSet::new();
        let mut names = Vec::with_capacity(wanted.len());
        let mut slugs = Vec::with_capacity(wanted.len());
        let cards = plan.posts.iter().filter_map(|n| archive.post(*n));
        for ((blog, name, slug), card) in wanted.into_iter().zip(cards) {
            let is_shared = seen.get(&(blog, folded(&name))).is_some_and(|n| *n > 1);
            let mut free = if is_shared {
                format!("{name}-{}", short_id(&card.id()))
            } else {
                name
            };
            let mut more = 2;
            while !taken.insert((blog, folded(&free))) {
                let base = free.rsplit_once('~').map_or(free.as_str(), |(base, _)| base).to_owned();
                free = format!("{base}~{more}");
                more += 1;
            }
            names.push(free.into_boxed_str());
            slugs.push(slug);
        }
        MarkdownPlan { folders, names, slugs }
    }
}

/// A folder a blog where there are several, by its title, else its id.
fn blog_folders(archive: &Archive, plan: &Plan) -> Vec<String> {
    let mut taken = HashSet::new();
    archive
        .blogs()
        .enumerate()
        .map(|(place, blog)| {
            if plan.blogs.len() < 2 || !plan.blogs.contains(&place) {
                return String::new();
            }
            let title = blog.title.as_deref().map(slugify).unwrap_or_default();
            let mut name = if title.is_empty() { slugify(&blog.id) } else { title };
            if name.is_empty() {
                name = "blog".to_owned();
            }
            if !taken.insert(folded(&name)) {
                name = format!("{name}-{}", short_id(&blog.id));
                taken.insert(folded(&name));
            }
            name
        })
        .collect()
}

/// The post's own part of its address; where it has none, one made of its title, else of its id.
fn slug(card: PostCard<'_>) -> Box<str> {
    let from_address = card
        .address()
        .and_then(crate::read::permalink::slug_of)
        .map(|s| slugify(&percent_decoded(&s)));
    let slug = from_address
        .filter(|s| !s.is_empty())
        .or_else(|| card.name().map(slugify))
        .filter(|s| !s.is_empty())
        .unwrap_or_else(|| short_id(&card.id()));
    slug.into_boxed_str()
}

/// Posts begin with their day, as blogs are read by date; pages have no day.
fn stem(card: PostCard<'_>, slug: &str) -> String {
    match (card.kind(), card.published()) {
        (Kind::Page, _) | (_, None) => safe(slug),
        (_, Some(moment)) => {
            let day = moment.in_blog_time(card.zone()).date();
            format!("{}-{slug}", day.format("%Y-%m-%d"))
        }
    }
}

/// Letters and digits of any script in lower case, joined by hyphens; at most 200 bytes.
pub fn slugify(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfc().flat_map(char::to_lowercase) {
        let is_word = c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) || c == '_';
        if is_word {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            gap = false;
            if slug.len() + c.len_utf8() > STEM {
                break;
            }
            slug.push(c);
        } else if c != '\'' && c != '’' {
            gap = true;
        }
    }
    safe(&slug)
}

/// A name that no system refuses: Windows keeps some words for its devices.
fn safe(name: &str) -> String {
    const DEVICES: &[&str] = &[
        "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1",
        "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    ];
    if DEVICES.contains(&name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

/// A name as file systems compare it: some fold case, some fold accents' composition.
fn folded(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).collect()
}

/// An id as part of a file name: numbers as they are, others by their letters and digits.
fn short_id(id: &str) -> String {
    let id = id.strip_prefix("sha256:").unwrap_or(id);
    let slug = slugify(id);
    if slug.is_empty() { "post".to_owned() } else { slug }
}

/// Percent-escapes decoded where that gives text; else the text as it was.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
        match (first, hex(tail.first()), hex(tail.get(1))) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_keep_their_script() {
        assert_eq!(slugify("Crème brûlée & co."), "crème-brûlée-co");
        assert_eq!(slugify("東京の庭"), "東京の庭");
        assert_eq!(slugify("الثلاثاء، 5 مايو"), "الثلاثاء-5-مايو");
        assert_eq!(slugify("Don't — stop!"), "dont-stop");
        assert_eq!(slugify("../../etc/passwd"), "etc-passwd");
        assert_eq!(slugify("CON"), "con_");
        assert_eq!(slugify("..."), "");
        assert!(slugify(&"長".repeat(300)).len() <= STEM);
    }

    #[test]
    fn decodes_what_is_text() {
        assert_eq!(percent_decoded("caf%C3%A9"), "café");
        assert_eq!(percent_decoded("100%"), "100%");
        assert_eq!(percent_decoded("%ff"), "%ff");
    }
}
