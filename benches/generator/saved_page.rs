//! A saved page of a post, as Blogger's layouts of about 2011 wrote it: head, sidebar, the post, its comments in threads.

use super::blog::{Blog, CommentOf, date};
use super::words::Language;
use super::{bodies, escape};

/// The page of a post, padded with what a template brings along until it has about `bytes`.
pub(crate) fn saved_page(blog: &Blog, post: u64, comments: &[CommentOf], bytes: usize) -> String {
    let mut random = blog.post_chance(post);
    let language = Language::of(&mut random);
    let mut to = String::with_capacity(bytes + bytes / 4);
    let labels = blog.labels(&mut random);
    let mut title = String::new();
    language.words(&mut random, 4, &mut title);
    let mut body = String::new();
    bodies::post(&mut random, language, blog.shape.body, &mut body);
    let (number, path) = (blog.post_id(post), blog.path(post));
    let time = date(blog.post_time(post));
    to.push_str(&format!(
        "<!DOCTYPE html>\n<html dir='ltr' xmlns='http://www.w3.org/1999/xhtml' xmlns:b='http://www.google.com/2005/gml/b'>\n<head>\n\
         <meta content='text/html; charset=UTF-8' http-equiv='Content-Type'/>\n<meta content='blogger' name='generator'/>\n\
         <link href='http://generated-kettle.blogspot.com{path}' rel='canonical'/>\n<title>A Kettle in the Window: "
    ));
    escape(&title, &mut to);
    to.push_str("</title>\n<style type='text/css'>\n");
    while to.len() < bytes / 4 {
        let n = random.below(10_000);
        to.push_str(&format!(".widget-{n} .content h2 a:hover {{ color: #{n:06x}; margin: {}px 0; }}\n", n % 40));
    }
    to.push_str(&format!(
        "</style>\n</head>\n<body class='loading'>\n<div class='main section' id='main'><div class='widget Blog' id='Blog1'>\n\
         <div class='blog-posts hfeed'>\n<div class=\"date-outer\"><h2 class='date-header'><span>{}</span></h2><div class=\"date-posts\">\n\
         <div class='post-outer'>\n<div class='post hentry' itemscope='itemscope' itemtype='http://schema.org/BlogPosting'>\n\
         <a name='{number}'></a>\n<h3 class='post-title entry-title' itemprop='name'>",
        &time[..10]
    ));
    escape(&title, &mut to);
    to.push_str(&format!(
        "</h3>\n<div class='post-body entry-content' id='post-body-{number}' itemprop='articleBody'>\n{body}\n<div style='clear: both;'></div>\n\
         </div>\n<div class='post-footer'><span class='post-author vcard'>Posted by <span class='fn'><span itemprop='name'>Ita Kettle</span></span></span>\n\
         <span class='post-timestamp'>at <a class='timestamp-link' href='http://generated-kettle.blogspot.com{path}' rel='bookmark'>\
         <abbr class='published' itemprop='datePublished' title='{time}Z'>{}</abbr></a></span>\n<span class='post-labels'>Labels: ",
        &time[11..16]
    ));
    for label in labels {
        to.push_str(&format!("<a href='http://generated-kettle.blogspot.com/search/label/x' rel='tag'>{label}</a>, "));
    }
    to.push_str(&format!(
        "</span></div></div>\n<div class='comments' id='comments'><h4>{} comments:</h4>\n<div class='comments-content'><div id='comment-holder'>\
         <div class=\"comment-thread toplevel-thread\"><ol id=\"top-ra\">",
        comments.len()
    ));
    for comment in comments {
        let mut random = blog.comment_chance(comment);
        let language = Language::of(&mut random);
        let person = blog.commenter(&mut random);
        let own = blog.comment_id(post, u64::from(comment.place));
        let time = date(blog.comment_time(comment));
        to.push_str(&format!(
            "<li class=\"comment\" id=\"c{own}\"><div class=\"comment-block\"><div class=\"comment-header\"><cite class=\"user\">\
             <a href=\"{}\" rel=\"nofollow\">{}</a></cite><span class=\"icon user\"></span><span class=\"datetime secondary-text\">\
             <a rel=\"nofollow\" href=\"http://generated-kettle.blogspot.com{path}?showComment={}794#c{own}\">{time}</a></span></div>\
             <p class=\"comment-content\">",
            person.profile.as_deref().unwrap_or_default(),
            person.name,
            blog.comment_time(comment),
        ));
        bodies::comment(&mut random, language, &mut to);
        to.push_str("</p></div></li>");
    }
    to.push_str("</ol></div></div></div></div></div></div></div></div></div></div>\n<div class='sidebar section' id='sidebar-right-1'>\n<ul class='hierarchy'>\n");
    while to.len() < bytes {
        let n = random.below(100_000);
        to.push_str(&format!("<li class='archivedate collapsed'><a class='post-count-link' href='http://generated-kettle.blogspot.com/p/{n}.html'>{n}</a></li>\n"));
    }
    to.push_str("</ul></div>\n</body>\n</html>\n");
    to
}
