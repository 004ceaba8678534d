//! Links in a WordPress file: they stay as they are until the new site's address is known, and lead there then.

use super::plan::Planned;
use super::{Labels, WxrOptions, WxrPlan, slugs};
use crate::archive::PostCard;
use crate::ledger::Notice;
use crate::model::{Kind, Post, Status};
use crate::plan::addresses::{Anchor, Destination, Label, OldAddresses};
use crate::shape::links::{self, MissingLinks, NewPlace};
use crate::wordpress;
use crate::write::Run;
use crate::write::redirects::Redirect;
use crate::write::redirects::list::redirects;

/// The structure of WordPress's permalinks, as its settings have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permalinks(String);

/// A structure that does not tell posts by what is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a structure of permalinks begins with a slash and has %postname%; besides there are %year%, %monthnum% and %day%: /%year%/%monthnum%/%postname%.html"
)]
pub struct BadPermalinks;

impl std::str::FromStr for Permalinks {
    type Err = BadPermalinks;

    fn from_str(structure: &str) -> Result<Permalinks, BadPermalinks> {
        let rest = ["%year%", "%monthnum%", "%day%", "%postname%"]
            .iter()
            .fold(structure.to_owned(), |rest, tag| rest.replace(tag, ""));
        let is_plain = rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_.".contains(&b));
        match structure.starts_with('/') && structure.contains("%postname%") && is_plain {
            true => Ok(Permalinks(structure.to_owned())),
            false => Err(BadPermalinks),
        }
    }
}

impl Default for Permalinks {
    /// The structure of Blogger's addresses.
    fn default() -> Permalinks {
        Permalinks("/%year%/%monthnum%/%postname%.html".to_owned())
    }
}

/// The site that a WordPress file is for.
#[derive(Clone, Copy, Debug)]
pub struct NewSite<'a> {
    /// The address of its front page, without the slash at its end.
    pub url: &'a str,
    /// How it makes addresses.
    pub permalinks: &'a Permalinks,
    /// Links lead there; else only redirects do.
    pub takes_links: bool,
    /// What becomes of links to posts that are not there.
    pub missing: MissingLinks,
}

/// Where everything of a blog is on the new site.
pub(super) struct SiteLinks<'a> {
    run: Run<'a>,
    plan: &'a WxrPlan,
    site: NewSite<'a>,
    options: WxrOptions,
    /// Numbers of the blog's posts, in the order of the plan's.
    numbers: &'a [u32],
    blog: usize,
    old: OldAddresses<'a>,
}

impl<'a> SiteLinks<'a> {
    pub(super) fn new(
        run: Run<'a>,
        plan: &'a WxrPlan,
        site: NewSite<'a>,
        numbers: &'a [u32],
        blog: usize,
    ) -> SiteLinks<'a> {
        SiteLinks {
            run,
            plan,
            site,
            options: plan.options,
            numbers,
            blog,
            old: OldAddresses::new(run.archive, run.plan),
        }
    }

    /// Replaces the links of a post.
    pub(super) fn rewrite(&self, index: usize, post: &mut Post, notices: &mut Vec<Notice>) {
        let Some(number) = self.numbers.get(index).copied().filter(|_| self.site.takes_links) else {
            return;
        };
        let mut new = |destination: &Destination<'_>| self.new_place(destination);
        links::post(
            post,
            (self.blog, number),
            &self.old,
            self.site.missing,
            &mut new,
            notices,
        );
    }

    /// The redirects that the old host needs.
    pub(super) fn redirects(&self) -> Vec<Redirect> {
        let mut new = |destination: &Destination<'_>| self.path(destination).ok();
        redirects(&self.old, self.run.plan, self.blog, Some(self.site.url), &mut new)
    }

    /// The hosts of the old blog.
    pub(super) fn hosts(&self) -> Vec<String> {
        self.old.hosts(self.blog).map(str::to_owned).collect()
    }

    fn new_place(&self, destination: &Destination<'_>) -> NewPlace {
        let fragment = match destination {
            Destination::Post { anchor, .. } => match anchor {
                Anchor::None => String::new(),
                // The numbers of comments are WordPress's own.
                Anchor::Comments | Anchor::Comment(_) => "#comments".to_owned(),
                Anchor::Place(place) => format!("#{place}"),
            },
            _ => String::new(),
        };
        match self.path(destination) {
            Ok(path) => NewPlace::At(format!("{}{path}{fragment}", self.site.url)),
            Err(nowhere) => nowhere,
        }
    }

    /// The path below the front page.
    fn path(&self, destination: &Destination<'_>) -> Result<String, NewPlace> {
        let structure = &self.site.permalinks.0;
        // WordPress ends all its addresses like those of posts.
        let end = if structure.ends_with('/') { "/" } else { "" };
        match destination {
            Destination::Post { number, .. } => self.post(*number, end),
            Destination::Label(label) => Ok(format!("{}{end}", self.label(*label))),
            Destination::Archive(year, None) => Ok(format!("/{year}{end}")),
            Destination::Archive(year, Some(month)) => Ok(format!("/{year}/{month:02}{end}")),
            Destination::Feed => Ok(format!("/feed{end}")),
            Destination::Home => Ok("/".to_owned()),
            _ => Err(NewPlace::Nowhere),
        }
    }

    fn post(&self, number: u32, end: &str) -> Result<String, NewPlace> {
        let index = self.numbers.binary_search(&number).map_err(|_| NewPlace::LeftOut)?;
        let (Some(card), Some(planned)) = (self.run.archive.post(number), self.plan.posts.get(index)) else {
            return Err(NewPlace::LeftOut);
        };
        if card.status() != Status::Published {
            return Err(NewPlace::LeftOut);
        }
        let slug = slug(card, *planned);
        match card.kind() {
            Kind::Post => {}
            // The addresses of those above it are part of a page's.
            Kind::Page if card.parent().is_none() => return Ok(format!("/{slug}{end}")),
            _ => return Err(NewPlace::Nowhere),
        }
        let Some(moment) = card.published() else {
            return Err(NewPlace::Nowhere);
        };
        let day = moment.in_blog_time(card.zone()).date();
        let structure = self.site.permalinks.0.replace("%year%", &day.format("%Y").to_string());
        let structure = structure.replace("%monthnum%", &day.format("%m").to_string());
        let structure = structure.replace("%day%", &day.format("%d").to_string());
        Ok(structure.replace("%postname%", &slug))
    }

    fn label(&self, label: Label<'_>) -> String {
        let is_category = label.is_category || self.options.labels == Labels::Categories;
        let categories = self.run.archive.blogs().nth(self.blog).map(|blog| &blog.categories);
        let own = categories
            .into_iter()
            .flatten()
            .find(|category| category.name == label.name);
        let slug = own.and_then(|category| category.slug.clone());
        let slug = slug
            .filter(|_| label.is_category)
            .unwrap_or_else(|| wordpress::term_slug(label.name));
        format!("/{}/{slug}", if is_category { "category" } else { "tag" })
    }
}

/// The slug of a post, as its item will have it.
fn slug(card: PostCard<'_>, planned: Planned) -> String {
    slugs::of_card(
        card.name().as_deref(),
        card.address().as_deref(),
        card.kind(),
        card.status(),
        planned,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_tells_posts_apart() {
        for good in [
            "/%postname%/",
            "/%year%/%monthnum%/%day%/%postname%/",
            "/blog/%postname%.html",
        ] {
            assert!(good.parse::<Permalinks>().is_ok(), "{good}");
        }
        for bad in [
            "%postname%",
            "/%year%/",
            "/%author%/%postname%/",
            "/%post_id%/",
            "/%postname%?x",
            "",
        ] {
            assert_eq!(bad.parse::<Permalinks>(), Err(BadPermalinks), "{bad}");
        }
    }
}
