//! The legacy export `blog-MM-DD-YYYY.xml`.

use std::io::{self, Write};

use super::blog::{Blog, CommentOf, Person, date};
use super::words::Language;
use super::{bodies, escape, escape_attribute};

const HEAD: &str = "<?xml version='1.0' encoding='UTF-8'?><?xml-stylesheet href=\"http://www.blogger.com/styles/atom.css\" \
type=\"text/css\"?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/' \
xmlns:gd='http://schemas.google.com/g/2005' xmlns:thr='http://purl.org/syndication/thread/1.0' \
xmlns:georss='http://www.georss.org/georss'>";

const KIND: &str = "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#";

const HOST: &str = "http://generated-kettle.blogspot.com";

/// Writes a legacy export.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn export(blog: &Blog, out: &mut dyn Write) -> io::Result<()> {
    let id = blog.id;
    write!(
        out,
        "{HEAD}<id>tag:blogger.com,1999:blog-{id}.archive</id><updated>{now}.512Z</updated>\
         <title type='text'>A Kettle in the Window</title>\
         <link rel='http://schemas.google.com/g/2005#feed' type='application/atom+xml' href='http://www.blogger.com/feeds/{id}/archive'/>\
         <link rel='self' type='application/atom+xml' href='http://www.blogger.com/feeds/{id}/archive'/>\
         <link rel='alternate' type='text/html' href='{HOST}/'/>{AUTHOR}\
         <generator version='7.00' uri='http://www.blogger.com'>Blogger</generator>",
        now = date(blog.post_time(0) + 90_000),
    )?;
    for (key, value) in [
        ("BLOG_NAME", "A Kettle in the Window"),
        ("BLOG_LOCALE", "en"),
        ("BLOG_TIME_ZONE", "Europe/Dublin"),
    ] {
        write!(
            out,
            "<entry><id>tag:blogger.com,1999:blog-{id}.settings.{key}</id><published>2008-01-01T00:00:00.000Z</published>\
             <updated>2008-01-01T00:00:00.000Z</updated>{KIND}settings'/><title type='text'>{key}</title>\
             <content type='text'>{value}</content>{AUTHOR}</entry>"
        )?;
    }
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
    out.write_all(b"</feed>")
}

const AUTHOR: &str = "<author><name>Ita Kettle</name><uri>http://www.blogger.com/profile/00000000000000000007</uri>\
<email>noreply@blogger.com</email><gd:image rel='http://schemas.google.com/g/2005#thumbnail' width='32' height='24' \
src='//4.bp.blogspot.com/-generated/S0example/AAAAAAAAAAE/example/s32/kettle.jpg'/></author>";

fn add_post(blog: &Blog, post: u64, to: &mut String) {
    let mut random = blog.post_chance(post);
    let language = Language::of(&mut random);
    let (id, number) = (blog.id, blog.post_id(post));
    let time = date(blog.post_time(post));
    let is_draft = blog.is_draft(post);
    to.push_str(&format!(
        "<entry><id>tag:blogger.com,1999:blog-{id}.post-{number}</id><published>{time}.000Z</published><updated>{time}.604Z</updated>"
    ));
    if is_draft {
        to.push_str("<app:control xmlns:app='http://purl.org/atom/app#'><app:draft>yes</app:draft></app:control>");
    }
    to.push_str(KIND);
    to.push_str("post'/>");
    for label in blog.labels(&mut random) {
        to.push_str("<category scheme='http://www.blogger.com/atom/ns#' term='");
        escape_attribute(&label, to);
        to.push_str("'/>");
    }
    let mut title = String::new();
    let words = random.between(1, 8);
    language.words(&mut random, words, &mut title);
    to.push_str("<title type='text'>");
    escape(&title, to);
    to.push_str("</title><content type='html'>");
    let mut body = String::new();
    let length = blog.body_length(&mut random);
    bodies::post(&mut random, language, length, &mut body);
    escape(&body, to);
    to.push_str("</content>");
    let path = blog.path(post);
    to.push_str(&format!(
        "<link rel='replies' type='application/atom+xml' href='{HOST}/feeds/{number}/comments/default' title='Post Comments'/>\
         <link rel='replies' type='text/html' href='{HOST}{path}#comment-form' title='Comments'/>\
         <link rel='edit' type='application/atom+xml' href='http://www.blogger.com/feeds/{id}/posts/default/{number}'/>\
         <link rel='self' type='application/atom+xml' href='http://www.blogger.com/feeds/{id}/posts/default/{number}'/>"
    ));
    if !is_draft {
        to.push_str(&format!("<link rel='alternate' type='text/html' href='{HOST}{path}' title='"));
        escape_attribute(&title, to);
        to.push_str("'/>");
    }
    to.push_str(AUTHOR);
    if random.percent(50) {
        to.push_str(&format!(
            "<media:thumbnail xmlns:media='http://search.yahoo.com/mrss/' url='http://1.bp.blogspot.com/-g{number:x}/s72-c/picture.jpg' \
             height='72' width='72'/>"
        ));
    }
    if random.percent(3) {
        to.push_str("<georss:featurename>Howth</georss:featurename><georss:point>53.387 -6.065</georss:point>");
    }
    to.push_str("</entry>");
}

fn add_comment(blog: &Blog, comment: &CommentOf, to: &mut String) {
    let mut random = blog.comment_chance(comment);
    let language = Language::of(&mut random);
    let post = u64::from(comment.post);
    let (id, post_id, own) = (blog.id, blog.post_id(post), blog.comment_id(post, u64::from(comment.place)));
    let seconds = blog.comment_time(comment);
    let time = date(seconds);
    let mut body = String::new();
    bodies::comment(&mut random, language, &mut body);
    let person = blog.commenter(&mut random);
    let is_draft = blog.is_draft(post);
    let path = blog.path(post);
    to.push_str(&format!(
        "<entry><id>tag:blogger.com,1999:blog-{id}.post-{own}</id><published>{time}.794Z</published>\
         <updated>{time}.794Z</updated>{KIND}comment'/><title type='text'>"
    ));
    let start: String = body.chars().filter(|c| *c != '<').take(50).collect();
    escape(&start, to);
    to.push_str("...</title><content type='html'>");
    escape(&body, to);
    to.push_str(&format!(
        "</content><link rel='edit' type='application/atom+xml' href='http://www.blogger.com/feeds/{id}/{post_id}/comments/default/{own}'/>\
         <link rel='self' type='application/atom+xml' href='http://www.blogger.com/feeds/{id}/{post_id}/comments/default/{own}'/>"
    ));
    if !is_draft {
        to.push_str(&format!(
            "<link rel='alternate' type='text/html' href='{HOST}{path}?showComment={seconds}794#c{own}' title=''/>"
        ));
    }
    if let Some(parent) = blog.parent(comment) {
        to.push_str(&format!(
            "<link rel='related' type='application/atom+xml' href='http://www.blogger.com/feeds/{id}/{post_id}/comments/default/{parent}'/>"
        ));
    }
    add_person(&person, to);
    if !is_draft {
        to.push_str(&format!(
            "<thr:in-reply-to xmlns:thr='http://purl.org/syndication/thread/1.0' href='{HOST}{path}' \
             ref='tag:blogger.com,1999:blog-{id}.post-{post_id}' source='http://www.blogger.com/feeds/{id}/posts/default/{post_id}' type='text/html'/>"
        ));
    }
    to.push_str(&format!(
        "<gd:extendedProperty xmlns:gd='http://schemas.google.com/g/2005' name='blogger.itemClass' value='pid-{}'/>\
         <gd:extendedProperty xmlns:gd='http://schemas.google.com/g/2005' name='blogger.displayTime' value='{time}'/></entry>",
        random.below(1 << 31)
    ));
}

fn add_person(person: &Person, to: &mut String) {
    to.push_str("<author><name>");
    escape(&person.name, to);
    to.push_str("</name>");
    if let Some(profile) = &person.profile {
        to.push_str(&format!("<uri>{profile}</uri>"));
    }
    to.push_str(
        "<email>noreply@blogger.com</email><gd:image xmlns:gd='http://schemas.google.com/g/2005' \
         rel='http://schemas.google.com/g/2005#thumbnail' width='16' height='16' src='http://img2.blogblog.com/img/b16-rounded.gif'/></author>",
    );
}
