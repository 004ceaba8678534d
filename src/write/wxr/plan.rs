//! What must be known of all posts before one is written: ids, dates that must differ, slugs, logins, terms.
//!
//! A planned post takes 28 bytes; what was needed to find collisions is dropped again before the plan is done.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::{Blog, Kind, Moment, PostAuthor, Status, Zone};
use crate::wordpress;

use super::attachments::{self, AttachmentCard, Attachments};
use super::slugs;

/// Where labels (the record's tags) go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Labels {
    /// To WordPress's tags.
    #[default]
    Tags,
    /// To WordPress's categories.
    Categories,
}

/// How a body is kept from WordPress's habit of making paragraphs and line breaks out of newlines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WpHtml {
    /// Newlines outside `pre`, `textarea`, `script` and `style` become spaces.
    #[default]
    Collapse,
    /// The body stands, unchanged, in one Custom HTML block.
    Block,
}

/// How to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WxrOptions {
    /// Where labels go.
    pub labels: Labels,
    /// How bodies are written.
    pub html: WpHtml,
    /// Each picture that posts show becomes an attachment, which WordPress fetches, and texts name it.
    pub media_items: bool,
}

/// What the plan must know of a post.
#[derive(Clone, Debug)]
pub struct PostCard<'a> {
    /// Id in the record.
    pub id: Cow<'a, str>,
    /// Kind in the record.
    pub kind: &'a Kind,
    /// Status in the record.
    pub status: Status,
    /// [`wordpress::title_fold`] of the title; 0 where there is none.
    pub title_fold: u64,
    /// The date shown with the post.
    pub published: Option<Moment>,
    /// Slug in the record; where the post has no address either, the first words of its title.
    pub slug: Option<Cow<'a, str>>,
    /// Address in the record, or the path that the source reserves for the post; gives a slug where there is no other.
    pub url: Option<Cow<'a, str>>,
    /// How many comments will be written with it.
    pub comments: u32,
    /// Someone is known to have written it.
    pub has_author: bool,
    /// Id of the page above it.
    pub parent: Option<Cow<'a, str>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Placed {
    No,
    Waiting,
    Yes,
}

/// A post as planned.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Planned {
    pub(super) post_id: u32,
    pub(super) first_comment: u32,
    /// Seconds added to the date.
    pub(super) shift: u32,
    /// `post_id` of the post above it, or 0.
    pub(super) parent: u32,
    /// Number behind the slug, or 0.
    pub(super) suffix: u32,
    /// Part of the hash of the slug before the number: whether it is still the same when the post is read.
    pub(super) slug: u32,
    /// Another post before it has the same address: it cannot serve as `guid` twice.
    pub(super) address_taken: bool,
}

/// What tells posts apart for WordPress, gathered in one pass over the cards and dropped again.
#[derive(Default)]
struct Alike {
    kinds: slugs::Kinds,
    /// Folded titles.
    folds: Vec<u64>,
    /// Date and kind, and the post.
    dates: Vec<(i64, u32)>,
    /// A hash of the address, and the post.
    addresses: Vec<(u64, u32)>,
}

impl Alike {
    fn add(&mut self, index: u32, card: &PostCard<'_>, zone: Zone) {
        self.folds.push(card.title_fold);
        if let Some(url) = &card.url {
            self.addresses.push((hash(url), index));
        }
        // Menu items are never taken for one another.
        if !matches!(card.kind, Kind::Other(own) if own == "nav_menu_item") {
            let date = shown_date(card.published, zone).and_utc().timestamp();
            self.dates
                .push((date * 256 + i64::from(self.kinds.code(card.kind)), index));
        }
    }
}

/// Someone who wrote posts.
#[derive(Clone, Debug)]
pub(super) struct PlannedAuthor {
    pub(super) id: u32,
    pub(super) login: String,
    pub(super) who: PostAuthor,
    /// First and last name, where a WordPress source told them apart.
    pub(super) names: Option<(String, String)>,
}

/// A tag, a category or a term of another taxonomy.
#[derive(Clone, Debug)]
pub(super) struct PlannedTerm {
    pub(super) id: u32,
    pub(super) taxonomy: Box<str>,
    /// Name in the record.
    pub(super) name: Box<str>,
    pub(super) slug: String,
    /// Slug of the term above it.
    pub(super) parent: String,
    pub(super) description: String,
}

/// Everything that is settled before the first byte. See [`WxrPlan::new`].
#[derive(Debug)]
pub struct WxrPlan {
    pub(super) options: WxrOptions,
    pub(super) zone: Zone,
    pub(super) blog: Blog,
    pub(super) posts: Vec<Planned>,
    /// The order of the file, where it is not that of the cards.
    sequence: Option<Vec<u32>>,
    pub(super) authors: Vec<PlannedAuthor>,
    author_of: HashMap<String, usize>,
    pub(super) terms: Vec<PlannedTerm>,
    pub(super) term_of: HashMap<(Box<str>, Box<str>), usize>,
    pub(super) slug_of: HashSet<(Box<str>, String)>,
    pub(super) attachments: Attachments,
}

impl WxrPlan {
    /// Plans a file, or the parts of one, for one blog.
    ///
    /// `cards` is called several times and gives the posts in output order each time: what is known of them is not
    /// held between the passes. `authors` and `tags`, `categories` are all that occur in posts, each at least once;
    /// those of `blog` itself need not be repeated. `attachments` are the media records that go into the file.
    #[allow(clippy::too_many_arguments)]
    pub fn new<'a, C, I>(
        blog: &Blog,
        zone: Zone,
        options: WxrOptions,
        authors: impl IntoIterator<Item = &'a PostAuthor>,
        tags: impl IntoIterator<Item = &'a str>,
        categories: impl IntoIterator<Item = &'a str>,
        attachments: &[AttachmentCard],
        cards: C,
    ) -> WxrPlan
    where
        C: Fn() -> I,
        I: Iterator<Item = PostCard<'a>>,
    {
        let mut plan = WxrPlan {
            options,
            zone,
            blog: blog.clone(),
            posts: Vec::new(),
            sequence: None,
            authors: Vec::new(),
            author_of: HashMap::new(),
            terms: Vec::new(),
            term_of: HashMap::new(),
            slug_of: HashSet::new(),
            attachments: Attachments::default(),
        };
        let mut alike = Alike::default();
        let (someone_known, someone_unknown) = plan.plan_ids(&cards, attachments, &mut alike);
        plan.plan_dates(&mut alike);
        plan.plan_addresses(alike);
        slugs::plan(&mut plan.posts, &cards);
        // Files belong to the first author; where nobody is known, to nobody known.
        let nobody_known = blog.authors.is_empty() && !someone_known;
        let someone_unknown = someone_unknown || (nobody_known && !attachments.is_empty());
        plan.plan_authors(blog, authors, someone_unknown);
        plan.plan_terms(blog, tags, categories);
        plan.number_terms(blog);
        plan
    }

    /// How many posts are planned.
    pub fn len(&self) -> usize {
        self.posts.len()
    }

    /// Whether no post is planned.
    pub fn is_empty(&self) -> bool {
        self.posts.is_empty()
    }

    /// The order in which posts stand in the file, as indices of the cards: theirs, but that a page comes before the
    /// pages below it.
    pub fn sequence(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.posts.len()).map(|n| {
            self.sequence
                .as_ref()
                .and_then(|s| s.get(n))
                .map_or(n, |index| *index as usize)
        })
    }

    /// The id under which WordPress will know a post.
    pub fn post_id(&self, index: usize) -> Option<u32> {
        self.posts.get(index).map(|p| p.post_id)
    }

    /// Ids: small numbers (those of a blog that was WordPress before) are kept, so that galleries and menus that name ids
    /// stay right; every other post gets the next number. Comments count through the whole file. Tells whether there are posts
    /// with an author, and ones without.
    fn plan_ids<'a, C, I>(&mut self, cards: &C, attachments: &[AttachmentCard], alike: &mut Alike) -> (bool, bool)
    where
        C: Fn() -> I,
        I: Iterator<Item = PostCard<'a>>,
    {
        let mut own: Vec<Option<u32>> = Vec::new();
        let mut taken: HashSet<u32> = HashSet::new();
        // Only what is no post can stand above something.
        let mut above: HashMap<String, u32> = HashMap::new();
        let mut below: Vec<(u32, String)> = Vec::new();
        let mut comments: Vec<u32> = Vec::new();
        let (mut someone_known, mut someone_unknown) = (false, false);
        for (index, card) in (0u32..).zip(cards()) {
            self.posts.push(Planned::default());
            comments.push(card.comments);
            alike.add(index, &card, self.zone);
            someone_known |= card.has_author;
            someone_unknown |= !card.has_author;
            own.push(match menu_item_number(&card) {
                Some(number) => {
                    taken.insert(number);
                    Some(number)
                }
                None => small_number(&card.id).filter(|number| taken.insert(*number)),
            });
            if *card.kind != Kind::Post {
                above.entry(card.id.into_owned()).or_insert(index);
            }
            if let Some(parent) = card.parent {
                below.push((index, parent.into_owned()));
            }
        }
        let parents: HashMap<u32, u32> = below
            .into_iter()
            .filter_map(|(index, parent)| Some((index, *above.get(&parent)?)))
            .filter(|(index, parent)| index != parent)
            .collect();
        self.sequence = self.parents_first(&parents);
        let order: Vec<usize> = self.sequence().collect();
        let mut next_comment = 1u32;
        let media = attachments::own_numbers(attachments, &mut taken);
        let mut numbers = FreeNumbers::behind(taken);
        for index in order {
            let id = own.get(index).copied().flatten().unwrap_or_else(|| numbers.next());
            if let Some(post) = self.posts.get_mut(index) {
                post.post_id = id;
                post.first_comment = next_comment;
            }
            next_comment = next_comment.saturating_add(comments.get(index).copied().unwrap_or(0));
        }
        for (index, parent) in parents {
            let parent = self.post_id(parent as usize).unwrap_or(0);
            if let Some(post) = self.posts.get_mut(index as usize) {
                post.parent = parent;
            }
        }
        self.attachments.numbers = numbers;
        let wanted: HashSet<&str> = attachments.iter().filter_map(|a| a.post.as_deref()).collect();
        let mut places: HashMap<&str, (u32, u32)> = HashMap::new();
        // Most blogs have no attachments.
        let searched = if wanted.is_empty() { None } else { Some(cards()) };
        for ((index, card), post) in (0u32..).zip(searched.into_iter().flatten()).zip(&self.posts) {
            if let Some(id) = wanted.get(&*card.id) {
                places.entry(id).or_insert((index, post.post_id));
            }
        }
        self.attachments.plan(attachments, &places, next_comment, media);
        (someone_known, someone_unknown)
    }

    fn parents_first(&self, parents: &HashMap<u32, u32>) -> Option<Vec<u32>> {
        if parents.iter().all(|(index, parent)| parent < index) {
            return None;
        }
        let count = u32::try_from(self.posts.len()).unwrap_or(u32::MAX);
        let mut order = Vec::with_capacity(self.posts.len());
        let mut state = vec![Placed::No; self.posts.len()];
        let mut line = Vec::new();
        for index in 0..count {
            let mut next = Some(index);
            // Up to the first page that is placed already, or that closes a circle of pages above each other.
            while let Some(at) = next
                && let Some(slot @ Placed::No) = state.get_mut(at as usize)
            {
                *slot = Placed::Waiting;
                line.push(at);
                next = parents.get(&at).copied();
            }
            for index in line.drain(..).rev() {
                if let Some(slot) = state.get_mut(index as usize) {
                    *slot = Placed::Yes;
                }
                order.push(index);
            }
        }
        Some(order)
    }

    /// The importer takes two posts of one type, one second and one title for the same, and an untitled post for the
    /// same as any other of that second: the later one is moved by seconds.
    fn plan_dates(&mut self, alike: &mut Alike) {
        let Alike { dates: keys, folds, .. } = alike;
        keys.sort_unstable();
        let fold_of = |index: u32| folds.get(index as usize).copied().unwrap_or(0);
        let clash = |a: u64, b: u64| a == b || a == 0 || b == 0;
        let originals = |key: i64| {
            let from = keys.partition_point(|(k, _)| *k < key);
            keys.get(from..)
                .unwrap_or_default()
                .iter()
                .take_while(move |(k, _)| *k == key)
        };
        let mut moved: HashMap<i64, Vec<u64>> = HashMap::new();
        let mut moves: Vec<(u32, u32)> = Vec::new();
        for group in keys.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() > 1) {
            let mut seen: HashSet<u64> = HashSet::new();
            let mut untitled_seen = false;
            let mut seconds = 1u32;
            for (key, index) in group {
                let fold = fold_of(*index);
                let taken = if fold == 0 {
                    !seen.is_empty() || untitled_seen
                } else {
                    untitled_seen || seen.contains(&fold)
                };
                if !taken {
                    untitled_seen |= fold == 0;
                    seen.insert(fold);
                    continue;
                }
                // Seconds that were tried for one post of the group are not tried again for the next.
                loop {
                    let target = key + i64::from(seconds) * 256;
                    let free = originals(target).all(|(_, other)| !clash(fold, fold_of(*other)))
                        && moved
                            .get(&target)
                            .is_none_or(|list| list.iter().all(|other| !clash(fold, *other)));
                    if free {
                        moved.entry(target).or_default().push(fold);
                        moves.push((*index, seconds));
                        break;
                    }
                    seconds += 1;
                }
            }
        }
        for (index, seconds) in moves {
            if let Some(post) = self.posts.get_mut(index as usize) {
                post.shift = seconds;
            }
        }
    }

    fn plan_addresses(&mut self, alike: Alike) {
        let mut keys = alike.addresses;
        keys.sort_unstable();
        for pair in keys.windows(2) {
            if let [(a, _), (b, later)] = pair
                && a == b
                && let Some(post) = self.posts.get_mut(*later as usize)
            {
                post.address_taken = true;
            }
        }
    }

    fn plan_authors<'a>(
        &mut self,
        blog: &Blog,
        authors: impl IntoIterator<Item = &'a PostAuthor>,
        someone_unknown: bool,
    ) {
        let mut someone_nameless = false;
        let of_blog: Vec<PostAuthor> = blog
            .authors
            .iter()
            .map(|a| PostAuthor {
                id: a.id.clone(),
                name: a.name.clone(),
                url: a.url.clone(),
                avatar: a.avatar.clone(),
                _email: a._email.clone(),
            })
            .collect();
        let mut taken: HashSet<String> = HashSet::from([wordpress::UNKNOWN_LOGIN.to_owned()]);
        for (who, own_login) in of_blog
            .iter()
            .zip(blog.authors.iter().map(|a| a.login.as_deref()))
            .chain(authors.into_iter().map(|a| (a, None)))
        {
            let Some(key) = author_key(who) else {
                someone_nameless = true;
                continue;
            };
            if self.author_of.contains_key(&key) {
                continue;
            }
            // Someone known by number is also found by name, and the other way round.
            let by_name = who.name.as_deref().map(|name| format!("name {name}"));
            let known = by_name.as_ref().and_then(|name| self.author_of.get(name)).copied();
            if let Some(at) = known
                && let Some(author) = self.authors.get_mut(at)
                && (author.who.id.is_none() || who.id.is_none())
            {
                let before = std::mem::take(&mut author.who);
                author.who = PostAuthor {
                    id: before.id.or_else(|| who.id.clone()),
                    name: before.name.or_else(|| who.name.clone()),
                    url: before.url.or_else(|| who.url.clone()),
                    avatar: before.avatar.or_else(|| who.avatar.clone()),
                    _email: before._email.or_else(|| who._email.clone()),
                };
                self.author_of.insert(key, at);
                continue;
            }
            let at = self.authors.len();
            let wanted = own_login
                .map(wordpress::login)
                .filter(|login| !login.is_empty())
                .or_else(|| who.name.as_deref().map(wordpress::login))
                .filter(|login| !login.is_empty())
                .unwrap_or_else(|| "author".to_owned());
            let mut login = wanted.clone();
            let mut number = 2;
            while !taken.insert(login.clone()) {
                login = format!("{wanted}-{number}");
                number += 1;
            }
            self.authors.push(PlannedAuthor {
                id: 0,
                login,
                who: who.clone(),
                names: own_login.and_then(|login| names_of(blog, login)),
            });
            if let Some(by_name) = by_name {
                self.author_of.entry(by_name).or_insert(at);
            }
            self.author_of.insert(key, at);
        }
        if someone_unknown || someone_nameless {
            self.authors.push(PlannedAuthor {
                id: 0,
                login: wordpress::UNKNOWN_LOGIN.to_owned(),
                who: PostAuthor {
                    name: Some("Unknown author".to_owned()),
                    ..PostAuthor::default()
                },
                names: None,
            });
        }
        // Hidden fields and comments of a WordPress source name people by their numbers.
        let mut taken: HashSet<u32> = HashSet::new();
        for author in &mut self.authors {
            let own = author.who.id.as_deref().and_then(small_number);
            author.id = own.filter(|id| taken.insert(*id)).unwrap_or(0);
        }
        let mut next = 1;
        for author in self.authors.iter_mut().filter(|a| a.id == 0) {
            while !taken.insert(next) {
                next += 1;
            }
            author.id = next;
        }
    }

    /// The planned author; the one who stands for nobody known, where it was not announced.
    pub(super) fn author(&self, who: Option<&PostAuthor>) -> Option<&PlannedAuthor> {
        who.and_then(author_key)
            .and_then(|key| self.author_of.get(&key))
            .and_then(|at| self.authors.get(*at))
            .or(self.authors.last())
    }

    /// Whether somebody has the number in the file that a WordPress source gave them.
    pub(super) fn keeps_author_number(&self, number: &str) -> bool {
        self.authors
            .iter()
            .any(|a| a.who.id.as_deref() == Some(number) && a.id.to_string() == number)
    }

    /// The taxonomy that labels go to.
    pub(super) fn tag_taxonomy(&self) -> &'static str {
        match self.options.labels {
            Labels::Tags => "post_tag",
            Labels::Categories => "category",
        }
    }

    /// Whether a term with this slug is declared.
    pub(super) fn declares(&self, taxonomy: &str, slug: &str) -> bool {
        self.slug_of.contains(&(taxonomy.into(), slug.to_owned()))
    }

    pub(super) fn term(&self, taxonomy: &str, name: &str) -> Option<&PlannedTerm> {
        self.term_of
            .get(&(taxonomy.into(), name.into()))
            .and_then(|at| self.terms.get(*at))
    }
}

/// The date that WordPress will show: the blog's local time, to the second; a neutral one where none is known, or
/// one that no database takes.
pub(super) fn shown_date(published: Option<Moment>, zone: Zone) -> chrono::NaiveDateTime {
    use chrono::{Datelike, Timelike};
    published
        .map(|moment| moment.in_blog_time(zone))
        .filter(|time| (1000..=9998).contains(&time.year()))
        .and_then(|time| time.with_nanosecond(0))
        .unwrap_or_default()
}

/// Numbers that nothing has yet, counting up.
#[derive(Debug, Default)]
pub(super) struct FreeNumbers {
    taken: HashSet<u32>,
    last: u32,
}

impl FreeNumbers {
    fn behind(taken: HashSet<u32>) -> FreeNumbers {
        let highest = taken.iter().max().copied().unwrap_or(0);
        // Where the highest leaves no room, the gaps below it have some.
        let last = if highest > i32::MAX.unsigned_abs() / 2 {
            0
        } else {
            highest
        };
        FreeNumbers { taken, last }
    }

    pub(super) fn next(&mut self) -> u32 {
        loop {
            self.last = self.last.saturating_add(1);
            if self.last == u32::MAX || self.taken.insert(self.last) {
                return self.last;
            }
        }
    }
}

/// The number of a menu item. Items of two menus may share one: WordPress takes both.
fn menu_item_number(card: &PostCard<'_>) -> Option<u32> {
    let is_menu_item = matches!(card.kind, Kind::Other(own) if own == "nav_menu_item");
    let digits = is_menu_item.then(|| card.id.split('-').next())??;
    small_number(digits)
}

pub(super) fn small_number(id: &str) -> Option<u32> {
    let plain = !id.is_empty() && !id.starts_with('0') && id.bytes().all(|b| b.is_ascii_digit());
    plain
        .then(|| id.parse().ok())
        .flatten()
        .filter(|id| *id <= i32::MAX.unsigned_abs())
}

fn names_of(blog: &Blog, login: &str) -> Option<(String, String)> {
    let names = blog._source.as_ref()?.get("author_names")?.get(login)?;
    let name = |at: usize| Some(names.get(at)?.as_str()?.to_owned());
    Some((name(0)?, name(1)?))
}

fn author_key(who: &PostAuthor) -> Option<String> {
    match (&who.id, &who.name) {
        (Some(id), _) => Some(format!("id {id}")),
        (None, Some(name)) => Some(format!("name {name}")),
        (None, None) => who.url.as_ref().map(|url| format!("url {url}")),
    }
}

pub(super) fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
