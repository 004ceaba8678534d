//! The comments that one place of a source holds, until they are asked for by their ids. An item of a WXR may hold thousands, and
//! several of one id: each stands under the id that the catalogue gave it.

use std::collections::{HashMap, VecDeque};

use crate::model::Comment;
use crate::read::{derived_comment_id, derived_digits};

/// The comments of one place: nearly always one or none.
#[derive(Default)]
pub(super) enum Comments {
    #[default]
    None,
    One(Box<Comment>),
    Many(ManyComments),
}

/// The comments of one place where there are several.
#[derive(Default)]
pub(super) struct ManyComments {
    /// By their ids; what an entry says twice is there twice.
    by_id: HashMap<String, VecDeque<Box<Comment>>>,
    /// The ids under which those of a content stand, by the id made from it. Made when it is asked for: most never are.
    by_content: Option<HashMap<String, Vec<String>>>,
}

impl Comments {
    pub(super) fn add(&mut self, comment: Box<Comment>) {
        match std::mem::take(self) {
            Comments::None => *self = Comments::One(comment),
            Comments::One(first) => {
                let mut all = ManyComments::default();
                all.add(first);
                all.add(comment);
                *self = Comments::Many(all);
            }
            Comments::Many(mut all) => {
                all.add(comment);
                *self = Comments::Many(all);
            }
        }
    }

    /// The comment, where it is the only one and has the id.
    pub(super) fn take_only(&mut self, has_id: impl Fn(&str) -> bool) -> Option<Box<Comment>> {
        match self {
            Comments::One(comment) if has_id(&comment.id) => match std::mem::take(self) {
                Comments::One(comment) => Some(comment),
                _ => None,
            },
            _ => None,
        }
    }

    /// The comment with this id, which it may have got since.
    pub(super) fn take(&mut self, id: &str) -> Option<Box<Comment>> {
        match self {
            Comments::One(comment) if comment.id == id || derived_digits(id).is_some() => match std::mem::take(self) {
                Comments::One(comment) => Some(comment),
                _ => None,
            },
            Comments::Many(all) => all.take(id),
            _ => None,
        }
    }
}

impl ManyComments {
    fn add(&mut self, comment: Box<Comment>) {
        // The second of one id stands under that which it is given, where it says something else.
        let first = self.by_id.get(&comment.id).and_then(VecDeque::front);
        let derived = first.map(|first| (derived_comment_id(first), derived_comment_id(&comment)));
        let id = match derived {
            Some((first, own)) if first != own => own,
            _ => comment.id.clone(),
        };
        self.by_id.entry(id).or_default().push_back(comment);
    }

    fn take(&mut self, id: &str) -> Option<Box<Comment>> {
        if self.by_id.contains_key(id) {
            return self.take_of(id);
        }
        derived_digits(id)?;
        // One that has got another id since, by its content, stands under its own.
        let by_content = self.by_content.get_or_insert_with(|| by_content(&self.by_id));
        let of_content = by_content.get_mut(id)?;
        while let Some(own) = of_content.last() {
            if self.by_id.contains_key(own) {
                let own = own.clone();
                return self.take_of(&own);
            }
            of_content.pop();
        }
        None
    }

    fn take_of(&mut self, id: &str) -> Option<Box<Comment>> {
        let of_id = self.by_id.get_mut(id)?;
        let comment = of_id.pop_front();
        if of_id.is_empty() {
            self.by_id.remove(id);
        }
        comment
    }
}

/// The ids of comments by those that their content would give them, the first of a content last.
fn by_content(by_id: &HashMap<String, VecDeque<Box<Comment>>>) -> HashMap<String, Vec<String>> {
    let mut by_content: HashMap<String, Vec<String>> = HashMap::new();
    for (id, comments) in by_id {
        if let Some(comment) = comments.front() {
            let of_content = by_content.entry(derived_comment_id(comment)).or_default();
            of_content.push(id.clone());
        }
    }
    for ids in by_content.values_mut() {
        ids.sort_unstable_by(|a, b| b.cmp(a));
    }
    by_content
}
