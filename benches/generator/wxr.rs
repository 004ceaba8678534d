//! A WordPress export (WXR 1.2): comments stand inside their posts.

use std::io::{self, Write};

use super::blog::{Blog, CommentOf, date};
use super::words::Language;
use super::{bodies, escape};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<rss version=\"2.0\"\n\
\txmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\"\n\txmlns:content=\"http://purl.org/rss/1.0/modules/content/\"\n\
\txmlns:wfw=\"http://wellformedweb.org/CommentAPI/\"\n\txmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n\
\txmlns:wp=\"http://wordpress.org/export/1.2/\"\n>\n<channel>\n";

const HOST: &str = "https://generated-kettle.example";

/// Writes a WordPress export.
///
/// # Errors
/// When `out` cannot be written.
pub(crate) fn wxr(blog: &Blog, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "{HEAD}\t<title>A Kettle in the Window</title>\n\t<link>{HOST}</link>\n\t<description></description>\n\
         \t<language>en-GB</language>\n\t<wp:wxr_version>1.2</wp:wxr_version>\n\t<wp:base_site_url>{HOST}</wp:base_site_url>\n\
         \t<wp:base_blog_url>{HOST}</wp:base_blog_url>\n\t<wp:author><wp:author_id>1</wp:author_id>\
         <wp:author_login><![CDATA[ita]]></wp:author_login><wp:author_email><![CDATA[ita@generated-kettle.example]]></wp:author_email>\
         <wp:author_display_name><![CDATA[Ita Kettle]]></wp:author_display_name></wp:author>\n"
    )?;
    let mut comments: Vec<&CommentOf> = blog.comments.iter().collect();
    comments.sort_by_key(|c| (c.post, c.place));
    let mut rest = comments.as_slice();
    let mut text = String::new();
    for post in 0..blog.shape.posts {
        let count = rest.iter().take_while(|c| u64::from(c.post) == post).count();
        let (own, others) = rest.split_at(count);
        rest = others;
        text.clear();
        add_post(blog, post, own, &mut text);
        out.write_all(text.as_bytes())?;
    }
    out.write_all(b"</channel>\n</rss>\n")
}

/// WordPress counts its records from one; a post's comments are numbered on.
fn comment_number(comment: &CommentOf, place: u64) -> u64 {
    u64::from(comment.post) * 1_000_000 + place + 1
}

fn add_post(blog: &Blog, post: u64, comments: &[&CommentOf], to: &mut String) {
    let mut random = blog.post_chance(post);
    let language = Language::of(&mut random);
    let time = date(blog.post_time(post)).replace('T', " ");
    let labels = blog.labels(&mut random);
    let mut title = String::new();
    let words = random.between(1, 8);
    language.words(&mut random, words, &mut title);
    let mut body = String::new();
    let length = blog.body_length(&mut random);
    bodies::post(&mut random, language, length, &mut body);
    let status = if blog.is_draft(post) { "draft" } else { "publish" };
    to.push_str("\t<item>\n\t\t<title>");
    escape(&title, to);
    to.push_str(&format!(
        "</title>\n\t\t<link>{HOST}{path}</link>\n\t\t<pubDate>{published}</pubDate>\n\t\t<dc:creator><![CDATA[ita]]></dc:creator>\n\
         \t\t<guid isPermaLink=\"false\">{HOST}/?p={number}</guid>\n\t\t<description></description>\n\t\t<content:encoded><![CDATA[",
        path = blog.path(post),
        published = chrono::DateTime::from_timestamp(blog.post_time(post), 0).unwrap_or_default().to_rfc2822(),
        number = post + 1,
    ));
    // Classic WordPress keeps paragraphs as empty lines.
    to.push_str(&body.replace("<p>", "").replace("</p>", "\n").replace("]]>", "]]&gt;"));
    to.push_str(&format!(
        "]]></content:encoded>\n\t\t<excerpt:encoded><![CDATA[]]></excerpt:encoded>\n\t\t<wp:post_id>{}</wp:post_id>\n\
         \t\t<wp:post_date><![CDATA[{time}]]></wp:post_date>\n\t\t<wp:post_date_gmt><![CDATA[{time}]]></wp:post_date_gmt>\n\
         \t\t<wp:comment_status><![CDATA[open]]></wp:comment_status>\n\t\t<wp:post_name><![CDATA[post-{post}]]></wp:post_name>\n\
         \t\t<wp:status><![CDATA[{status}]]></wp:status>\n\t\t<wp:post_parent>0</wp:post_parent>\n\t\t<wp:menu_order>0</wp:menu_order>\n\
         \t\t<wp:post_type><![CDATA[post]]></wp:post_type>\n\t\t<wp:post_password><![CDATA[]]></wp:post_password>\n\
         \t\t<wp:is_sticky>0</wp:is_sticky>\n",
        post + 1
    ));
    for label in labels {
        to.push_str(&format!(
            "\t\t<category domain=\"post_tag\" nicename=\"t{:x}\"><![CDATA[{label}]]></category>\n",
            label.len()
        ));
    }
    for comment in comments {
        add_comment(blog, comment, to);
    }
    to.push_str("\t</item>\n");
}

fn add_comment(blog: &Blog, comment: &CommentOf, to: &mut String) {
    let mut random = blog.comment_chance(comment);
    let language = Language::of(&mut random);
    let mut body = String::new();
    bodies::comment(&mut random, language, &mut body);
    let person = blog.commenter(&mut random);
    let time = date(blog.comment_time(comment)).replace('T', " ");
    to.push_str(&format!(
        "\t\t<wp:comment>\n\t\t\t<wp:comment_id>{}</wp:comment_id>\n\t\t\t<wp:comment_author><![CDATA[{}]]></wp:comment_author>\n\
         \t\t\t<wp:comment_author_email><![CDATA[]]></wp:comment_author_email>\n\
         \t\t\t<wp:comment_author_url>{}</wp:comment_author_url>\n\t\t\t<wp:comment_author_IP><![CDATA[]]></wp:comment_author_IP>\n\
         \t\t\t<wp:comment_date><![CDATA[{time}]]></wp:comment_date>\n\t\t\t<wp:comment_date_gmt><![CDATA[{time}]]></wp:comment_date_gmt>\n\
         \t\t\t<wp:comment_content><![CDATA[{}]]></wp:comment_content>\n\t\t\t<wp:comment_approved><![CDATA[1]]></wp:comment_approved>\n\
         \t\t\t<wp:comment_type><![CDATA[comment]]></wp:comment_type>\n\t\t\t<wp:comment_parent>{}</wp:comment_parent>\n\
         \t\t\t<wp:comment_user_id>0</wp:comment_user_id>\n\t\t</wp:comment>\n",
        comment_number(comment, u64::from(comment.place)),
        person.name,
        person.profile.as_deref().unwrap_or_default(),
        body.replace("<br />", "\n"),
        match blog.parent(comment) {
            Some(_) => comment_number(comment, u64::from(comment.place) - 1),
            None => 0,
        },
    ));
}
