//! Where each post goes in a folder of Markdown, and at which address the new site shows it: a name a person would give,
//! no two posts ever on one path, and the same names again when other posts come or go.

mod file_name;
mod old_path;
mod slug;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::NaiveDate;

pub use file_name::{BadFileName, FileName};
pub use old_path::old_path;
pub(crate) use slug::transliterated;
pub use slug::{LONGEST, Slugs, slugify};

use slug::{folded, short_id, with_id};

use super::Plan;
use super::numbers::Numbers;
use crate::archive::{Archive, PostCard};
use crate::model::{Kind, Status, push_day};

/// How the folder of posts is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// All files side by side.
    #[default]
    Flat,
    /// A folder a year.
    Year,
    /// A folder a year, and one a month in it.
    YearMonth,
    /// A folder a post, with its file in it as `index.md`.
    Bundle,
}

/// How files are named and laid out, and what decides a post's address.
#[derive(Clone, Debug, Default)]
pub struct Naming {
    /// Folder of dated posts in the folder of a site; empty for the folder itself.
    pub posts: &'static str,
    /// Folder of pages.
    pub pages: &'static str,
    /// Folder of drafts, where they are kept apart.
    pub drafts: Option<&'static str>,
    /// How the folder of posts is divided.
    pub layout: Layout,
    /// Names of posts' files.
    pub file_name: FileName,
    /// What becomes of letters that are not Latin.
    pub slugs: Slugs,
    /// No two posts of a blog have the same slug, because addresses or data hang on it.
    pub has_distinct_slugs: bool,
    /// A post without a day is named as one of 1 January 1970: the generator takes none without.
    pub needs_day: bool,
    /// A post is shown at its old path.
    pub keeps_paths: bool,
    /// The address that a generator gives by itself; none where there is no generator.
    pub own_address: Option<fn(&Named<'_>) -> String>,
}

/// What a generator makes an address of.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The post's slug.
    pub slug: &'a str,
    /// Its file's name without folder and extension.
    pub name: &'a str,
    /// It is a page.
    pub is_page: bool,
    /// Its day in the blog's time.
    pub day: Option<NaiveDate>,
}

/// Short texts, one behind the other in one string: there are as many as posts.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// The text at this place.
    pub fn get(&self, place: usize) -> Option<&str> {
        let start = match place.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(place)?)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        (0..self.ends.len()).filter_map(|place| self.get(place))
    }

    fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Texts {
        let mut texts = Texts::default();
        for text in all {
            texts.push(text.as_ref());
        }
        texts.shrink();
        texts
    }
}

/// Paths and addresses of the posts of a plan.
pub struct MarkdownPlan {
    /// Folder of each blog, by its place in the archive; empty where there is only one.
    pub folders: Vec<String>,
    /// For each post of the plan, in its order: its name without folder and extension.
    pub names: Texts,
    /// For each post of the plan: its slug in the front matter.
    pub slugs: Texts,
    /// For each post of the plan: another post has its old path already, so it cannot have it.
    path_is_taken: Vec<bool>,
    /// For each post of the plan: the name of its data, where that is not its slug.
    keys: HashMap<usize, Box<str>>,
    naming: Naming,
}

impl MarkdownPlan {
    /// Gives every post its path. Same-named posts are told apart by their ids, so that names stay when others come
    /// or go.
    pub fn new(archive: &Archive, plan: &Plan, naming: Naming) -> MarkdownPlan {
        let cards = || plan.posts.iter().filter_map(|n| archive.post(*n));
        let slugs = if naming.has_distinct_slugs {
            let of_slugs = match naming.slugs {
                Slugs::Encode => Slugs::Keep,
                own => own,
            };
            let wanted = cards().map(|card| slug::of_post(card, of_slugs));
            distinct(wanted.collect(), cards())
        } else {
            cards().map(|card| slug::of_post(card, naming.slugs)).collect()
        };
        let wanted = cards().zip(slugs.iter()).map(|(card, slug)| naming.name(card, slug));
        let names = distinct(wanted.collect(), cards());
        let keys = if naming.has_distinct_slugs {
            keys(&slugs, cards())
        } else {
            HashMap::new()
        };
        let path = |card: PostCard<'_>| {
            let path = card.address().and_then(|address| old_path(&address))?;
            Some(key(card.blog_place(), path.trim_end_matches('/')))
        };
        let paths = (0..)
            .zip(cards())
            .filter_map(|(place, card)| Some((path(card)?, place)));
        let first_at = Numbers::of(paths.collect(), |first, _| first);
        let is_taken = |(place, card)| {
            path(card)
                .and_then(|path| first_at.get(path))
                .is_some_and(|first| first != place)
        };
        let path_is_taken = (0..).zip(cards()).map(is_taken).collect();
        MarkdownPlan {
            folders: blog_folders(archive, plan, naming.slugs),
            names,
            slugs,
            path_is_taken,
            keys,
            naming,
        }
    }

    /// The file of the post that stands at `place` in the plan, in the folder of its blog's site, without extension.
    pub fn file(&self, place: usize, card: PostCard<'_>) -> String {
        let name = self.names.get(place).unwrap_or("post");
        let mut file = String::new();
        let folder = match (card.kind(), self.naming.drafts) {
            (Kind::Page, _) => self.naming.pages,
            (_, Some(drafts)) if is_draft(card) => drafts,
            _ => self.naming.posts,
        };
        if !folder.is_empty() {
            file.push_str(folder);
            file.push('/');
        }
        match (self.naming.layout, card.kind(), day(card)) {
            (Layout::Bundle, ..) => return file + name + "/index",
            (Layout::Year, kind, Some(day)) if *kind != Kind::Page => {
                push_folder(&mut file, day, false);
            }
            (Layout::YearMonth, kind, Some(day)) if *kind != Kind::Page => {
                push_folder(&mut file, day, true);
            }
            _ => {}
        }
        file + name
    }

    /// The path at which the post was published and may be shown again.
    pub fn old_path(&self, place: usize, card: PostCard<'_>) -> Option<String> {
        let is_taken = self.path_is_taken.get(place).copied().unwrap_or_default();
        card.address()
            .and_then(|address| old_path(&address))
            .filter(|_| !is_taken)
    }

    /// Another post has this post's old path.
    pub fn lost_its_path(&self, place: usize) -> bool {
        self.path_is_taken.get(place).copied().unwrap_or_default()
    }

    /// The path at which the new site shows the post; none where there is no site.
    pub fn address(&self, place: usize, card: PostCard<'_>) -> Option<String> {
        let own_address = self.naming.own_address?;
        if self.naming.keeps_paths
            && let Some(path) = self.old_path(place, card)
        {
            return Some(path);
        }
        Some(own_address(&Named {
            slug: self.slugs.get(place).unwrap_or("post"),
            name: self.names.get(place).unwrap_or("post"),
            is_page: *card.kind() == Kind::Page,
            day: day(card),
        }))
    }

    /// The name of the post's data, of ASCII letters, digits and hyphens: generators take no other for a key.
    pub fn key(&self, place: usize) -> &str {
        let own = self.keys.get(&place).map(|key| &**key);
        own.or_else(|| self.slugs.get(place)).unwrap_or("post")
    }
}

impl Naming {
    /// Posts begin with their day, as blogs are read by date; pages have no day.
    fn name(&self, card: PostCard<'_>, slug: &str) -> String {
        let encoded;
        let slug = match self.slugs {
            Slugs::Encode => {
                encoded = slug::encoded(slug);
                &encoded
            }
            _ => slug,
        };
        let is_apart = self.drafts.is_some() && is_draft(card);
        let id = card.id();
        let name = if *card.kind() == Kind::Page || is_apart {
            slug.to_owned()
        } else {
            let day = day(card).or_else(|| self.needs_day.then(NaiveDate::default));
            self.file_name.of(day, slug, &short_id(&id))
        };
        if self.own_address.is_none() {
            return name;
        }
        // To generators `index` is the folder itself, and what begins with an underscore is no page.
        match name.trim_start_matches('_') {
            "" => short_id(&id),
            "index" => with_id("index", &id),
            own => own.to_owned(),
        }
    }
}

/// It was never published and waits for no date.
fn is_draft(card: PostCard<'_>) -> bool {
    matches!(card.status(), Status::Draft | Status::Pending)
}

/// Appends the folder of a year, or of a month in it.
fn push_folder(path: &mut String, day: NaiveDate, with_month: bool) {
    let mut text = String::with_capacity(10);
    if push_day(&mut text, day).is_none() {
        text = day.to_string();
    }
    let mut parts = text.rsplitn(3, '-').skip(1);
    let (month, year) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    path.push_str(year);
    path.push('/');
    if with_month {
        path.push_str(month);
        path.push('/');
    }
}

/// The post's day in the blog's time.
fn day(card: PostCard<'_>) -> Option<NaiveDate> {
    let moment = card.published()?;
    Some(moment.in_blog_time(card.zone()).date())
}

/// The wanted names, told apart by ids where posts of a blog would share one.
fn distinct<'a>(wanted: Texts, cards: impl Iterator<Item = PostCard<'a>> + Clone) -> Texts {
    let named = || (0u32..).zip(cards.clone().zip(wanted.iter()));
    let keys = named().map(|(place, (card, name))| (key(card.blog_place(), name), place));
    // Of a name that several want, nobody gets it.
    let owners = Numbers::of(keys.collect(), |_, _| NOBODY);
    let owner = |key: u64| owners.get(key).unwrap_or(NOBODY);
    if named().all(|(place, (card, name))| owner(key(card.blog_place(), name)) == place) {
        return wanted;
    }
    // Names that are told apart, which somebody else could want as his own.
    let mut given: HashSet<u64> = HashSet::new();
    let give = |(place, (card, name)): (u32, (PostCard<'_>, &str))| {
        let blog = card.blog_place();
        let is_own = owner(key(blog, name)) == place;
        let name = if is_own {
            name.to_owned()
        } else {
            with_id(name, &card.id())
        };
        let mut free = name.clone();
        let mut more = 2;
        loop {
            let key = key(blog, &free);
            let is_taken = given.contains(&key) || owner(key) < place;
            if !is_taken {
                if owner(key) != place {
                    given.insert(key);
                }
                return free;
            }
            free = format!("{name}~{more}");
            more += 1;
        }
    };
    named().map(give).collect()
}

/// No post has this place.
const NOBODY: u32 = u32::MAX;

/// What tells a name in a blog from others, however file systems compare them. Two that differ have the same by a chance
/// that nobody meets, and would then be told apart by their ids.
fn key(blog: usize, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (blog, folded(name)).hash(&mut hasher);
    hasher.finish()
}

/// Names for the data of posts whose slugs are not of ASCII.
fn keys<'a>(slugs: &Texts, cards: impl Iterator<Item = PostCard<'a>>) -> HashMap<usize, Box<str>> {
    let taken: HashSet<&str> = slugs.iter().filter(|s| is_key(s)).collect();
    let mut keys = HashMap::new();
    for (place, (card, slug)) in cards.zip(slugs.iter()).enumerate() {
        if is_key(slug) {
            continue;
        }
        let name = transliterated(&crate::html::address::percent_decoded(slug));
        let id = card.id();
        // The id makes it distinct from the other keys; a slug could still be the same by chance.
        let base = if name.is_empty() {
            short_id(&id)
        } else {
            with_id(&name, &id)
        };
        let mut key = base.clone();
        let mut more = 2;
        while taken.contains(key.as_str()) {
            key = format!("{base}-{more}");
            more += 1;
        }
        keys.insert(place, key.into_boxed_str());
    }
    keys
}

fn is_key(slug: &str) -> bool {
    slug.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A folder a blog where there are several, by its title, else its id.
fn blog_folders(archive: &Archive, plan: &Plan, slugs: Slugs) -> Vec<String> {
    let mut taken = HashSet::new();
    archive
        .blogs()
        .enumerate()
        .map(|(place, blog)| {
            if plan.blogs.len() < 2 || !plan.blogs.contains(&place) {
                return String::new();
            }
            let title = blog.title.as_deref().map(|t| slugs.of(t)).unwrap_or_default();
            let mut name = if title.is_empty() { slugify(&blog.id) } else { title };
            if name.is_empty() {
                name = "blog".to_owned();
            }
            if !taken.insert(folded(&name)) {
                name = with_id(&name, &blog.id);
                taken.insert(folded(&name));
            }
            name
        })
        .collect()
}
