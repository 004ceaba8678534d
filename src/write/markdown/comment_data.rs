//! Comments as data in Staticman's layout: a YAML file a comment, in a folder a post, which the flavour's templates show
//! as threads and to which a form may add new ones.

use std::collections::HashMap;

use super::comments::{DEPTH, message, name, url};
use super::flavor::local;
use super::front_matter::{Fields, Format, Value};
use super::{Writing, comments};
use crate::ledger::Notice;
use crate::model::{CommentKind, CommentStatus, Post, Zone};

/// The files of a post's comments: name and text, in thread order.
pub(super) fn files(post: &Post, zone: Zone, writing: &Writing, notices: &mut Vec<Notice>) -> Vec<(String, String)> {
    let parents = parents(post);
    let mut taken: HashMap<i64, u32> = HashMap::new();
    let mut files = Vec::with_capacity(post.comments.len());
    for (place, comment) in post.comments.iter().enumerate() {
        let mut fields = Fields::new();
        fields.put("_id", comment.id.as_str());
        fields.put_some("_parent", parents.get(comment.id.as_str()).copied());
        fields.put("name", name(comment));
        fields.put_some("url", url(comment));
        // As text, so that all dates are of one type, whatever is known of them.
        let date = comment.date_published.as_ref();
        fields.put_some("date", date.map(|date| Value::Text(local(date, zone))));
        fields.put_flag("by_author", comment.is_post_author == Some(true));
        if let Some(kind) = comment.kind.filter(|kind| *kind != CommentKind::Comment) {
            fields.put("kind", comments::kind(kind));
        }
        fields.put_flag("deleted", comment.status == CommentStatus::Deleted);
        let text = message(post, comment, writing, notices).text;
        fields.put("message", text.trim_end());
        // The names are in the order of time. Those of the same millisecond, or day, are told apart by their order.
        let time = date.map_or_else(
            || i64::try_from(place).unwrap_or_default(),
            |date| date.moment().sort_key(zone).div_euclid(1000).max(0),
        );
        let before = taken.entry(time).or_default();
        *before += 1;
        let more = match *before {
            1 => String::new(),
            more => format!("-{more:04}"),
        };
        files.push((format!("entry{time:013}{more}.yml"), fields.document(Format::Yaml)));
    }
    files
}

/// The comment that each comment is shown under. Threads that are deeper than any page shows stay at their depth.
fn parents(post: &Post) -> HashMap<&str, &str> {
    let mut depths: HashMap<&str, usize> = HashMap::new();
    let mut parents: HashMap<&str, &str> = HashMap::new();
    for comment in &post.comments {
        let parent = comment.in_reply_to.as_deref();
        let depth = parent.and_then(|parent| depths.get(parent)).copied();
        match (parent, depth) {
            (Some(parent), Some(depth)) if depth < DEPTH => {
                parents.insert(&comment.id, parent);
                depths.insert(&comment.id, depth + 1);
            }
            (Some(parent), Some(depth)) => {
                if let Some(above) = parents.get(parent).copied() {
                    parents.insert(&comment.id, above);
                }
                depths.insert(&comment.id, depth);
            }
            _ => {
                depths.insert(&comment.id, 0);
            }
        }
    }
    parents
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Comment, Date};

    fn post(comments: &[(&str, &str, &str)]) -> Post {
        let one = |(id, parent, date): &(&str, &str, &str)| Comment {
            id: (*id).to_owned(),
            in_reply_to: (!parent.is_empty()).then(|| (*parent).to_owned()),
            date_published: Date::parse(date),
            content_html: Some(format!("{id} <b>says</b>")),
            ..Comment::default()
        };
        Post {
            comments: comments.iter().map(one).collect(),
            ..Post::default()
        }
    }

    #[test]
    fn files_are_in_the_order_of_time_and_distinct() {
        let post = post(&[
            ("b", "", "2011-03-05T10:00:00.001Z"),
            ("a", "b", "2011-03-05"),
            ("c", "gone", "2011-03-05"),
            ("d", "", "x"),
        ]);
        let files = files(&post, Zone::Utc, &Writing::default(), &mut Vec::new());
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "entry1299319200001.yml",
                "entry1299283200000.yml",
                "entry1299283200000-0002.yml",
                "entry0000000000003.yml"
            ]
        );
        let texts: Vec<&str> = files.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            texts[1],
            "_id: a\n_parent: b\nname: Anonymous\ndate: \"2011-03-05\"\nmessage: a **says**\n"
        );
        assert!(!texts[2].contains("_parent"), "{}", texts[2]);
    }

    #[test]
    fn threads_have_a_depth_at_which_they_stay() {
        let ids: Vec<String> = (0..300).map(|n| format!("c{n}")).collect();
        let chain: Vec<(&str, &str, &str)> = (0..300)
            .map(|n| {
                (
                    ids[n].as_str(),
                    if n == 0 { "" } else { ids[n - 1].as_str() },
                    "2011-03-05",
                )
            })
            .collect();
        let post = post(&chain);
        let parents = parents(&post);
        let depth = |from: &str| {
            let (mut id, mut depth) = (from.to_owned(), 0);
            while let Some(above) = parents.get(id.as_str()) {
                id = (*above).to_owned();
                depth += 1;
            }
            depth
        };
        assert_eq!(depth("c5"), 5);
        assert_eq!(depth("c299"), DEPTH);
        assert_eq!(parents.len(), 299);
    }
}
