//! All old addresses of a blog, for whoever makes redirects of them.

use std::collections::HashSet;

use super::parts::{field, of_post, path_key};
use super::{Destination, OldAddresses};
use crate::archive::PostCard;
use crate::html::address::percent_decoded;
use crate::model::{Kind, Status};
use crate::plan::Plan;
use crate::plan::addresses::{Anchor, Label};
use crate::wordpress;

/// An address as a server sees it: the path with its letters decoded, and the one field of the query that tells what is
/// meant, where the path does not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OldAddress {
    /// The path, which begins with a slash.
    pub path: String,
    /// Name and value: `p` and `12`.
    pub query: Option<(&'static str, String)>,
}

impl OldAddress {
    fn at(path: String) -> OldAddress {
        OldAddress { path, query: None }
    }

    /// Two of them are the same to a server that knows no capitals, doubled slashes and slashes at the end.
    pub fn key(&self) -> String {
        let key = path_key(&self.path.replace('%', "%25"));
        match &self.query {
            Some((name, value)) => format!("{key}?{name}={value}"),
            None => key,
        }
    }
}

impl OldAddresses<'_> {
    /// The addresses of the blog at this place of the archive, and where each leads: posts and pages that go out and are
    /// public, labels, months, feeds, the front page last. None is in it twice.
    pub fn of_blog(&self, plan: &Plan, blog: usize) -> Vec<(OldAddress, Destination<'_>)> {
        let mut list = List {
            all: Vec::new(),
            seen: HashSet::new(),
        };
        let is_wordpress = self
            .archive
            .blogs()
            .nth(blog)
            .is_some_and(|blog| blog.platform.as_deref() == Some("wordpress"));
        let folder = self
            .sites
            .get(blog)
            .and_then(|sites| sites.first())
            .map_or("", |(_, folder)| folder);
        let cards = || {
            let cards = plan.posts.iter().filter_map(|number| self.archive.post(*number));
            cards.filter(move |card| card.blog_place() == blog && card.status() == Status::Published)
        };
        for card in cards() {
            self.of_post(card, is_wordpress, folder, &mut list);
        }
        let mut labels: Vec<Label<'_>> = self
            .labels
            .iter()
            .filter(|((place, _), _)| *place == blog)
            .map(|(_, label)| *label)
            .collect();
        labels.sort_by_key(|label| (label.name, label.is_category));
        labels.dedup();
        for label in labels {
            let path = match (is_wordpress, label.is_category) {
                (false, _) => format!("{folder}/search/label/{}", label.name),
                (true, false) => format!("{folder}/tag/{}/", percent_decoded(&wordpress::term_slug(label.name))),
                (true, true) => format!(
                    "{folder}/category/{}/",
                    percent_decoded(&wordpress::term_slug(label.name))
                ),
            };
            list.add(OldAddress::at(path), Destination::Label(label));
        }
        let mut months = HashSet::new();
        for card in cards().filter(|card| *card.kind() == Kind::Post) {
            let Some(moment) = card.published() else { continue };
            let day = moment.in_blog_time(card.zone()).date();
            let (year, month) = (day.format("%Y").to_string(), day.format("%m").to_string());
            if !months.insert((year.clone(), month.clone())) {
                continue;
            }
            let (year_number, month_number) = (year.parse().unwrap_or_default(), month.parse().ok());
            list.add(
                OldAddress::at(format!("{folder}/{year}/")),
                Destination::Archive(year_number, None),
            );
            let mut paths = vec![format!("{folder}/{year}/{month}/")];
            if !is_wordpress {
                paths.push(format!("{folder}/{year}_{month}_01_archive.html"));
            }
            for path in paths {
                list.add(OldAddress::at(path), Destination::Archive(year_number, month_number));
            }
        }
        let feeds: &[&str] = match is_wordpress {
            true => &["feed/", "feed/atom/"],
            false => &["feeds/posts/default", "feeds/posts/summary", "atom.xml", "rss.xml"],
        };
        for feed in feeds {
            list.add(OldAddress::at(format!("{folder}/{feed}")), Destination::Feed);
        }
        list.add(OldAddress::at(format!("{folder}/")), Destination::Home);
        list.all
    }

    fn of_post(&self, card: PostCard<'_>, is_wordpress: bool, folder: &str, list: &mut List<'_>) {
        let blog = card.blog_place();
        let destination = || Destination::Post {
            number: card.number(),
            anchor: Anchor::None,
        };
        for address in card.addresses() {
            let Some(parts) = of_post(&address) else { continue };
            let is_own = self.below(blog, &parts).is_some() && self.by_path(blog, &parts) == Some(card.number());
            if is_own && field(&parts.query, "p").is_none() && field(&parts.query, "page_id").is_none() {
                list.add(OldAddress::at(percent_decoded(&parts.path).into_owned()), destination());
            }
        }
        let id = card.id();
        if is_wordpress && id.bytes().all(|b| b.is_ascii_digit()) {
            let name = if *card.kind() == Kind::Page { "page_id" } else { "p" };
            let address = OldAddress {
                path: format!("{folder}/"),
                query: Some((name, id)),
            };
            list.add(address, destination());
        }
    }

    /// The hosts at which the blog was published.
    pub fn hosts(&self, blog: usize) -> impl Iterator<Item = &str> {
        self.sites
            .get(blog)
            .into_iter()
            .flatten()
            .map(|(host, _)| host.as_str())
    }
}

struct List<'a> {
    all: Vec<(OldAddress, Destination<'a>)>,
    seen: HashSet<String>,
}

impl<'a> List<'a> {
    fn add(&mut self, address: OldAddress, destination: Destination<'a>) {
        if self.seen.insert(address.key()) {
            self.all.push((address, destination));
        }
    }
}
