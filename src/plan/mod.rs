//! The plan: everything that must be known of all posts before the first byte is written.
//!
//! It is made once, from cards alone: what goes out and what stays, in which order, and what the head of an archive
//! counts. What only one output needs (paths, WordPress's ids) is planned by [`markdown`] and the WXR writer from the
//! same cards.

pub mod addresses;
pub mod markdown;
mod numbers;
mod selection;

pub use selection::{Selection, Target, UnknownWhat, What};

use std::collections::{BTreeMap, HashSet};

use crate::archive::{Archive, PostCard};
use crate::ledger::{Ledger, Notice, NoticeCode, Reason};
use crate::model::{CommentStatus, Counts, Kind, Redaction};

/// What goes out, in which order.
pub struct Plan {
    /// What was asked for.
    pub selection: Selection,
    /// Which output it is for.
    pub target: Target,
    /// Numbers of the posts, in order.
    pub posts: Vec<u32>,
    /// Numbers of the comments without their post, in order.
    pub comments: Vec<u32>,
    /// Places of the blogs that go out.
    pub blogs: Vec<usize>,
    /// How many records go out, for the head.
    pub counts: Counts,
    /// What is left out of the records for privacy.
    pub redactions: Vec<Redaction>,
    /// The survey's account with everything that is left out; what is written is added by the writer.
    pub ledger: Ledger,
    /// What the user should know of the plan itself.
    pub notices: Vec<Notice>,
}

/// A blog was asked for that is not there.
#[derive(Debug, thiserror::Error)]
#[error("there is no blog {asked:?} in the input. It holds:\n{list}")]
pub struct NoSuchBlog {
    asked: String,
    list: String,
}

impl Plan {
    /// Decides what goes out.
    ///
    /// # Errors
    /// When `--blog` names a blog that is not there.
    pub fn new(archive: &Archive, selection: Selection, target: Target) -> Result<Plan, NoSuchBlog> {
        let blogs = selected_blogs(archive, &selection)?;
        let mut planning = Planning {
            comments: Default::default(),
            emails: 0,
            ips: 0,
            plan: Plan {
                selection,
                target,
                posts: Vec::new(),
                comments: Vec::new(),
                counts: Counts {
                    blogs: blogs.len() as u64,
                    media: u64::from(archive.media_count()),
                    ..Counts::default()
                },
                blogs,
                redactions: Vec::new(),
                ledger: archive.ledger().clone(),
                notices: Vec::new(),
            },
        };
        for card in archive.post_cards() {
            planning.post(card);
        }
        planning.comments();
        planning.loose_comments(archive);
        Ok(planning.finish(archive))
    }

    /// How many bytes of the sources its posts take, comments included.
    pub fn size(&self, archive: &Archive) -> u64 {
        self.posts
            .iter()
            .filter_map(|n| archive.post(*n))
            .map(|c| c.size())
            .sum()
    }
}

fn selected_blogs(archive: &Archive, selection: &Selection) -> Result<Vec<usize>, NoSuchBlog> {
    let mut places = Vec::new();
    for asked in &selection.blogs {
        // A title that several blogs have stands for all of them.
        let before = places.len();
        places.extend(archive.blogs().enumerate().filter_map(|(place, b)| {
            let is_asked = b.id == *asked
                || b.title.as_deref() == Some(asked)
                || b.home_page_url
                    .as_deref()
                    .is_some_and(|u| u.trim_end_matches('/') == asked.trim_end_matches('/'));
            is_asked.then_some(place)
        }));
        if places.len() == before {
            return Err(NoSuchBlog {
                asked: asked.clone(),
                list: blog_list(archive),
            });
        }
    }
    if selection.blogs.is_empty() {
        places = (0..archive.blogs().len()).collect();
    }
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

/// The blogs of an archive, a line each, as `--blog` takes them.
pub fn blog_list(archive: &Archive) -> String {
    archive
        .blogs()
        .map(|b| format!("  --blog {}  {}", b.id, b.title.as_deref().unwrap_or_default()))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Comments of which the same is decided.
#[derive(Clone, Copy, Default)]
struct SeenComments {
    count: u64,
    emails: u64,
    ips: u64,
}

struct Planning {
    plan: Plan,
    /// The comments of posts that go out, by status, and whether they look like spam: there are far more of them than of
    /// anything else, and nothing more is asked of each.
    comments: [[SeenComments; 2]; CommentStatus::ALL.len()],
    emails: u64,
    ips: u64,
}

impl Planning {
    fn post(&mut self, card: PostCard<'_>) {
        let plan = &mut self.plan;
        let all_comments = card.comments().len() as u64;
        if let Some(reason) = leave_out(plan, card) {
            plan.ledger.posts.leave_out(reason, 1);
            plan.ledger.comments.leave_out(Reason::PostLeftOut, all_comments);
            return;
        }
        plan.posts.push(card.number());
        let counts = match card.kind() {
            Kind::Page => &mut plan.counts.pages,
            _ => &mut plan.counts.posts,
        };
        count(counts, card.status().as_str());
        self.emails += card.emails();
        for comment in card.comments() {
            let of_status = self.comments.get_mut(comment.status() as usize);
            if let Some(seen) = of_status.and_then(|both| both.get_mut(usize::from(comment.is_suspected_spam()))) {
                seen.count += 1;
                seen.emails += u64::from(comment.has_email());
                seen.ips += u64::from(comment.has_ip());
            }
        }
    }

    /// Decides about the comments of all posts.
    fn comments(&mut self) {
        let plan = &mut self.plan;
        for (status, both) in CommentStatus::ALL.into_iter().zip(self.comments) {
            for (seen, is_suspected_spam) in both.into_iter().zip([false, true]).filter(|(seen, _)| seen.count > 0) {
                let (selection, target) = (&plan.selection, plan.target);
                match selection.leaves_out_comment(target, status, is_suspected_spam) {
                    Some(reason) => plan.ledger.comments.leave_out(reason, seen.count),
                    None => {
                        *plan.counts.comments.entry(status.as_str().to_owned()).or_default() += seen.count;
                        self.emails += seen.emails;
                        self.ips += seen.ips;
                    }
                }
            }
        }
    }

    fn loose_comments(&mut self, archive: &Archive) {
        let plan = &mut self.plan;
        // A filter of posts says nothing of a comment without one; what is asked for is posts.
        let filter = plan.selection.filters_posts();
        // WordPress has comments on pictures and files, which WXR writes with them.
        let media: HashSet<(String, String)> = match plan.target {
            Target::Wxr => archive
                .media_cards()
                .map(|m| (m.blog_id().to_owned(), m.id()))
                .collect(),
            _ => HashSet::new(),
        };
        for comment in archive.loose_comments() {
            let is_own = comment.is_own_elsewhere();
            let reason = plan
                .selection
                .leaves_out_comment(plan.target, comment.status(), comment.is_suspected_spam())
                .or_else(|| {
                    let of_blog = plan
                        .blogs
                        .iter()
                        .any(|place| archive.blogs().nth(*place).is_some_and(|b| b.id == comment.blog_id()));
                    (!plan.selection.blogs.is_empty() && !of_blog).then_some(Reason::OtherBlog)
                })
                .or(filter)
                .or(match (plan.target, is_own) {
                    (Target::Json | Target::Jsonl, _) => None,
                    _ if media.contains(&(comment.blog_id().to_owned(), comment.post_id())) => None,
                    (_, true) => Some(Reason::OwnCommentElsewhere),
                    (_, false) => Some(Reason::PostMissing),
                });
            match reason {
                Some(reason) => {
                    if reason == Reason::PostMissing {
                        let id = comment.id();
                        let notice = Notice::new(
                            NoticeCode::NoPlace,
                            format!("Comment {id} is left out: its post is not there, and this output has no place for it. JSON keeps it."),
                        )
                        .about_comment(&id);
                        plan.ledger.count(&notice);
                        plan.notices.push(notice);
                    }
                    plan.ledger.comments.leave_out(reason, 1);
                }
                None => {
                    plan.comments.push(comment.number());
                    let counts = &mut plan.counts.comments;
                    count(counts, comment.status().as_str());
                    self.emails += u64::from(comment.has_email());
                    self.ips += u64::from(comment.has_ip());
                }
            }
        }
    }

    fn finish(mut self, archive: &Archive) -> Plan {
        let mut redactions = BTreeMap::new();
        for (field, count) in archive.redacted() {
            *redactions.entry(field).or_insert(0) += count;
        }
        let blog_emails = self
            .plan
            .blogs
            .iter()
            .filter_map(|place| archive.blogs().nth(*place))
            .flat_map(|b| &b.authors)
            .filter(|a| a._email.is_some())
            .count() as u64;
        if !self.plan.selection.keeps_emails() {
            *redactions.entry("email").or_insert(0) += self.emails + blog_emails;
        }
        if !self.plan.selection.keeps_ips() {
            *redactions.entry("ip").or_insert(0) += self.ips;
        }
        self.plan.redactions = redactions
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(field, count)| Redaction {
                field: field.to_owned(),
                count,
            })
            .collect();
        self.plan
    }
}

/// Counts one of this name.
fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    match counts.get_mut(name) {
        Some(count) => *count += 1,
        None => {
            counts.insert(name.to_owned(), 1);
        }
    }
}

/// Why a post does not go out, if it does not.
fn leave_out(plan: &Plan, card: PostCard<'_>) -> Option<Reason> {
    let selection = &plan.selection;
    if plan.blogs.binary_search(&card.blog_place()).is_err() {
        return Some(Reason::OtherBlog);
    }
    if let Some(reason) = selection.leaves_out_post(plan.target, card.kind(), card.status(), card.protected()) {
        return Some(reason);
    }
    if !selection.accepts_date(card.published().map(|m| m.in_blog_time(card.zone()).date())) {
        return Some(Reason::Dates);
    }
    if !selection.labels.is_empty() && !card.terms().any(|t| selection.labels.iter().any(|l| l == t.name)) {
        return Some(Reason::Labels);
    }
    let author = card.author().and_then(|(_, a)| a.name.as_deref());
    if !selection.authors.is_empty() && !selection.authors.iter().any(|a| Some(a.as_str()) == author) {
        return Some(Reason::Authors);
    }
    if selection.limit.is_some_and(|limit| plan.posts.len() as u64 >= limit) {
        return Some(Reason::Limit);
    }
    None
}
