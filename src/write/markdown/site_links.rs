//! Links between posts in a folder of Markdown: to the addresses of the site that is made of it; where no site is made, to
//! the files.

use super::flavor::Rules;
use super::options::{CommentsAs, Links, Options};
use crate::archive::PostCard;
use crate::ledger::Notice;
use crate::model::{Post, Status};
use crate::plan::addresses::{Anchor, Destination, OldAddresses};
use crate::plan::markdown::MarkdownPlan;
use crate::shape::links::{self, NewPlace};
use crate::write::Run;
use crate::write::redirects::Redirect;
use crate::write::redirects::list::{path_of_site, redirects};

/// The new addresses of everything.
pub(super) struct SiteLinks<'a> {
    run: Run<'a>,
    options: &'a Options,
    rules: &'static Rules,
    pub(super) old: OldAddresses<'a>,
    /// The path of the site's front page without the slash at its end.
    folder: String,
}

impl<'a> SiteLinks<'a> {
    /// None where nobody asks for them.
    pub(super) fn new(run: Run<'a>, options: &'a Options, rules: &'static Rules) -> Option<SiteLinks<'a>> {
        let is_wanted = options.links == Links::Rewrite || !options.redirects.is_empty();
        is_wanted.then(|| SiteLinks {
            run,
            options,
            rules,
            old: OldAddresses::new(run.archive, run.plan),
            folder: options.new_url.as_deref().map_or("", path_of_site).to_owned(),
        })
    }

    /// Replaces the links of the post at `place` of the plan.
    pub(super) fn rewrite(&self, plan: &MarkdownPlan, place: usize, post: &mut Post, notices: &mut Vec<Notice>) {
        if self.options.links == Links::Keep {
            return;
        }
        let number = self.run.plan.posts.get(place).copied().unwrap_or_default();
        let Some(card) = self.run.archive.post(number) else {
            return;
        };
        let from = plan.file(place, card);
        let mut new = |destination: &Destination<'_>| self.new_place(plan, &from, destination);
        let missing = self.options.missing_links;
        links::post(post, (card.blog_place(), number), &self.old, missing, &mut new, notices);
    }

    /// Redirects from the old addresses of the blog at this place: those that lead to another address than their own.
    pub(super) fn redirects(&self, plan: &MarkdownPlan, blog: usize) -> Vec<Redirect> {
        let mut new = |destination: &Destination<'_>| match self.new_place(plan, "", destination) {
            NewPlace::At(path) => Some(path.strip_prefix(self.folder.as_str()).unwrap_or(&path).to_owned()),
            _ => None,
        };
        redirects(
            &self.old,
            self.run.plan,
            blog,
            self.options.new_url.as_deref(),
            &mut new,
        )
    }

    fn new_place(&self, plan: &MarkdownPlan, from: &str, destination: &Destination<'_>) -> NewPlace {
        let path = match destination {
            Destination::Post { number, anchor } => return self.of_post(plan, from, *number, *anchor),
            Destination::Home if self.rules.own_address.is_some() => Some("/".to_owned()),
            Destination::Label(label) => self.rules.label_address.and_then(|address| address(*label)),
            Destination::Feed => self.rules.feed.map(str::to_owned),
            _ => None,
        };
        path.map_or(NewPlace::Nowhere, |path| NewPlace::At(format!("{}{path}", self.folder)))
    }

    fn of_post(&self, plan: &MarkdownPlan, from: &str, number: u32, anchor: Anchor<'_>) -> NewPlace {
        let place = self.run.plan.posts.binary_search(&number).ok();
        let (Some(place), Some(card)) = (place, self.run.archive.post(number)) else {
            return NewPlace::LeftOut;
        };
        let mut address = match plan.address(place, card) {
            Some(_) if card.status() != Status::Published => return NewPlace::LeftOut,
            Some(path) => format!("{}{}", self.folder, (self.rules.shown_at)(&path)),
            None => relative(from, &plan.file(place, card)),
        };
        if let Some(fragment) = self.fragment(card, anchor) {
            address.push('#');
            address.push_str(&fragment);
        }
        NewPlace::At(address)
    }

    /// The place on the page of a post, if the page will have it.
    fn fragment(&self, card: PostCard<'_>, anchor: Anchor<'_>) -> Option<String> {
        let id = match anchor {
            Anchor::Comments => None,
            Anchor::Comment(id) => Some(id),
            // Places in other posts are written only where their own texts point at them.
            Anchor::None | Anchor::Place(_) => return None,
        };
        let selection = &self.run.plan.selection;
        let goes_out = |comment: &crate::archive::CommentCard<'_>| {
            let is_spam = comment.is_suspected_spam();
            selection
                .leaves_out_comment(self.run.plan.target, comment.status(), is_spam)
                .is_none()
        };
        let mut comments = card.comments().filter(goes_out);
        let comments = match (self.options.comments(), id) {
            (CommentsAs::None, _) => return None,
            (CommentsAs::Data, _) if self.rules.comment_data.is_none() => return None,
            (CommentsAs::Section, _) if !self.rules.has_heading_ids => return None,
            (CommentsAs::Data, Some(id)) if comments.any(|comment| comment.has_id(id)) => {
                return Some(format!("c{id}"));
            }
            _ => card.comments().filter(goes_out).count(),
        };
        (comments > 0).then(|| "comments".to_owned())
    }
}

/// The way from one file to another, both without their extension, as a link.
fn relative(from: &str, to: &str) -> String {
    let mut from: Vec<&str> = from.split('/').collect();
    from.pop();
    let to_parts: Vec<&str> = to.split('/').collect();
    let folders = to_parts.len().saturating_sub(1);
    let shared = from
        .iter()
        .zip(&to_parts)
        .take(folders)
        .take_while(|(a, b)| a == b)
        .count();
    let mut way = "../".repeat(from.len() - shared);
    let rest = to_parts.get(shared..).unwrap_or_default().join("/");
    for c in rest.chars() {
        match c {
            '%' => way.push_str("%25"),
            '#' => way.push_str("%23"),
            '?' => way.push_str("%3F"),
            ' ' => way.push_str("%20"),
            c => way.push(c),
        }
    }
    // `a:b` would be an address with a scheme.
    if way.split('/').next().is_some_and(|first| first.contains(':')) {
        way.insert_str(0, "./");
    }
    way + ".md"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_between_files() {
        assert_eq!(relative("posts/a", "posts/b"), "b.md");
        assert_eq!(relative("posts/2011/a", "pages/b"), "../../pages/b.md");
        assert_eq!(relative("posts/a/index", "posts/b/index"), "../b/index.md");
        assert_eq!(relative("a", "caf%c3%a9"), "caf%25c3%25a9.md");
        assert_eq!(relative("posts/posts/a", "posts/posts"), "../posts.md");
    }
}
