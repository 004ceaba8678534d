//! The same text under many posts: what a machine wrote is labelled, in every output and from every input.

use crate::desk::{Desk, comments_of};

const ADVERT: &str =
    "Your garden is a delight &amp;amp; my cousin in the north says the very same about his own.&lt;br /&gt;";
const THANKS: &str = "Thank you all for reading, and do come back when the beans are up again in June.";

/// An export with four posts. The advert stands under three of them, the author's thanks under all, one reader's long
/// sentence three times under one.
fn export() -> String {
    let mut entries = String::new();
    let mut comments = String::new();
    let mut number = 0;
    for post in 1..=4 {
        let id = format!("tag:blogger.com,1999:blog-77.post-{post}00000");
        entries.push_str(&format!(
            "<entry><id>{id}</id><published>2009-06-0{post}T10:00:00.000+01:00</published><category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#post'/><title type='text'>Row {post}</title><content type='html'>Sown.</content><link rel='alternate' type='text/html' href='http://beans.example/2009/06/row-{post}.html'/><author><name>Ada Lark</name><uri>http://www.blogger.com/profile/1</uri></author></entry>"
        ));
        let mut comment = |who: &str, profile: u32, text: &str| {
            number += 1;
            comments.push_str(&format!(
                "<entry><id>tag:blogger.com,1999:blog-77.post-9{number:05}</id><published>2009-07-0{post}T10:00:{number:02}.000+01:00</published><category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#comment'/><title type='text'>x</title><content type='html'>{text}</content><author><name>{who}</name><uri>http://www.blogger.com/profile/{profile}</uri></author><thr:in-reply-to ref='{id}'/></entry>"
            ));
        };
        if post < 4 {
            comment("Lightning", 1000 + post, ADVERT);
            comment("Ben", 50, "Thank you!");
        } else {
            for _ in 0..3 {
                comment(
                    "Cleo",
                    60,
                    "I pressed the button again because I could not see my comment here.",
                );
            }
        }
        comment("Ada Lark", 1, THANKS);
    }
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='http://purl.org/syndication/thread/1.0'><id>tag:blogger.com,1999:blog-77.archive</id><title>Beans</title>{entries}{comments}</feed>"
    )
}

#[test]
fn is_labelled_with_how_often_it_stands() {
    let desk = Desk::new();
    desk.put("beans.xml", export());
    desk.convert_here(["beans.xml"], ["-o", "beans.jsonl"]).exits(0);
    let archive = desk.archive("beans.jsonl");
    let mut labelled = 0;
    for comment in archive.posts.iter().flat_map(comments_of) {
        let is_advert = comment["content_html"].as_str().unwrap().starts_with("Your garden");
        let reasons = &comment["suspected_spam"]["reasons"];
        if is_advert {
            assert_eq!(reasons[0], "the same text under 3 posts");
            labelled += 1;
        } else {
            assert!(reasons.is_null(), "{comment}");
        }
    }
    assert_eq!(labelled, 3);

    // Read again, the archive stays as it is.
    desk.convert_here(["beans.jsonl"], ["-o", "again.jsonl"]).exits(0);
    assert_eq!(desk.text("beans.jsonl"), desk.text("again.jsonl"));
}

#[test]
fn stays_out_where_that_is_asked_for() {
    let desk = Desk::new();
    desk.put("beans.xml", export());
    for (to, out) in [("jsonl", "out.jsonl"), ("wxr", "out.xml")] {
        desk.convert_here(["beans.xml"], ["--to", to, "--exclude", "suspected-spam", "-o", out])
            .exits(0);
        assert!(!desk.text(out).contains("Your garden"), "{to}");
        assert!(desk.text(out).contains("come back when the beans"), "{to}");
    }
}
