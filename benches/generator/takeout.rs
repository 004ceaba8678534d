//! `feed.atom` of Google Takeout: the schema of 2018, posts and comments one after the other.

use std::io::{self, Write};

use super::blog::{Blog, CommentOf, date};
use super::words::Language;
use super::{bodies, escape, escape_attribute};

/// Writes a Takeout feed.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn takeout(blog: &Blog, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<?xml version='1.0' encoding='UTF-8'?>\n<feed xmlns='http://www.w3.org/2005/Atom' \
         xmlns:blogger='http://schemas.google.com/blogger/2018'>\n  <id>tag:blogger.com,1999:blog-{}</id>\n  \
         <title>A Kettle in the Window</title>\n",
        blog.id
    )?;
    let mut text = String::new();
    for post in 0..blog.shape.posts {
        text.clear();
        add_post(blog, post, &mut text);
        out.write_all(text.as_bytes())?;
    }
    for comment in &blog.comments {
        text.clear();
        add_comment(blog, comment, &mut text);
        out.write_all(text.as_bytes())?;
    }
    out.write_all(b"</feed>\n")
}

fn add_post(blog: &Blog, post: u64, to: &mut String) {
    let mut random = blog.post_chance(post);
    let language = Language::of(&mut random);
    let (id, number) = (blog.id, blog.post_id(post));
    let time = date(blog.post_time(post));
    let labels = blog.labels(&mut random);
    let mut title = String::new();
    let words = random.between(1, 8);
    language.words(&mut random, words, &mut title);
    let mut body = String::new();
    let length = blog.body_length(&mut random);
    bodies::post(&mut random, language, length, &mut body);
    let status = if blog.is_draft(post) { "DRAFT" } else { "LIVE" };
    to.push_str(&format!(
        "  <entry>\n    <id>tag:blogger.com,1999:blog-{id}.post-{number}</id>\n    <blogger:type>POST</blogger:type>\n    \
         <blogger:status>{status}</blogger:status>\n    <author>\n      <name>Ita Kettle</name>\n      <uri></uri>\n      \
         <blogger:type>BLOGGER</blogger:type>\n    </author>\n    <title>"
    ));
    escape(&title, to);
    to.push_str("</title>\n    <content type='html'>");
    escape(&body, to);
    to.push_str(&format!(
        "</content>\n    <blogger:metaDescription/>\n    <blogger:created>{time}.101Z</blogger:created>\n    \
         <published>{time}Z</published>\n    <updated>{time}Z</updated>\n    <blogger:location/>\n"
    ));
    for label in labels {
        to.push_str(&format!("    <category scheme='tag:blogger.com,1999:blog-{id}' term='"));
        escape_attribute(&label, to);
        to.push_str("'/>\n");
    }
    to.push_str(&format!(
        "    <blogger:filename>{}</blogger:filename>\n    <link/>\n    <enclosure/>\n    <blogger:trashed/>\n  </entry>\n",
        blog.path(post)
    ));
}

fn add_comment(blog: &Blog, comment: &CommentOf, to: &mut String) {
    let mut random = blog.comment_chance(comment);
    let language = Language::of(&mut random);
    let post = u64::from(comment.post);
    let (id, own) = (blog.id, blog.comment_id(post, u64::from(comment.place)));
    let time = date(blog.comment_time(comment));
    let mut body = String::new();
    bodies::comment(&mut random, language, &mut body);
    let person = blog.commenter(&mut random);
    to.push_str(&format!(
        "  <entry>\n    <id>tag:blogger.com,1999:blog-{id}.post-{own}</id>\n    <blogger:parent>tag:blogger.com,1999:blog-{id}.post-{}\
         </blogger:parent>\n",
        blog.post_id(post)
    ));
    if let Some(parent) = blog.parent(comment) {
        to.push_str(&format!(
            "    <blogger:inReplyTo>tag:blogger.com,1999:blog-{id}.post-{parent}</blogger:inReplyTo>\n"
        ));
    }
    to.push_str(
        "    <blogger:type>COMMENT</blogger:type>\n    <blogger:status>LIVE</blogger:status>\n    <author>\n      <name>",
    );
    escape(&person.name, to);
    to.push_str("</name>\n      <uri>");
    to.push_str(person.profile.as_deref().unwrap_or_default());
    to.push_str("</uri>\n      <blogger:type>BLOGGER</blogger:type>\n    </author>\n    <title></title>\n    <content type='html'>");
    escape(&body.replace("<br />", "\n"), to);
    to.push_str(&format!(
        "</content>\n    <blogger:created>{time}.794Z</blogger:created>\n    <published>{time}.794Z</published>\n    \
         <updated>{time}.794Z</updated>\n  </entry>\n"
    ));
}
