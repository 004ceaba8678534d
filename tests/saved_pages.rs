//! Every saved page of `fixtures/saved-pages` against `expected.tsv`, through the public API.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use blogark::ledger::NoticeCode;
use blogark::model::{CommentStatus, Kind, Post};
use blogark::read::saved_page::{self, NotAPage, Page};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/saved-pages")
}

fn page(file: &str) -> Result<Page, NotAPage> {
    let bytes = fs::read(folder().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    saved_page::read(&bytes, Some(file), None)
}

/// The rows of a table by its header's names.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(folder().join(table)).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            header
                .iter()
                .map(|name| ((*name).to_owned(), cells.next().unwrap_or_default().to_owned()))
                .collect()
        })
        .collect()
}

fn joined(posts: &[Post], separator: &str, of: impl Fn(&Post) -> String) -> String {
    posts.iter().map(of).collect::<Vec<_>>().join(separator)
}

/// A service's name as the table writes it.
fn key(name: &str) -> String {
    name.to_lowercase().replace('+', "_plus").replace(' ', "_")
}

#[test]
fn every_page_gives_what_its_row_says() {
    let mut faults = Vec::new();
    for row in rows("expected.tsv") {
        let file = &row["file"];
        let page = match page(file) {
            Ok(page) => page,
            Err(NotAPage::NoContent(_)) if row["posts"] == "0" => continue,
            Err(error) => {
                faults.push(format!("{file}: {error:?}"));
                continue;
            }
        };
        let posts = &page.posts;
        let comments = || posts.iter().flat_map(|p| &p.comments);
        let count = |f: &dyn Fn(&blogark::model::Comment) -> bool| comments().filter(|c| f(c)).count().to_string();
        let mut check = |field: &str, found: String| {
            let expected = &row[field];
            // Nothing for every post is nothing.
            let found = if found.chars().all(|c| c == '|') && expected.is_empty() {
                String::new()
            } else {
                found
            };
            if *expected != found {
                faults.push(format!("{file}: {field} is {found:?}, expected {expected:?}"));
            }
        };
        check("posts", posts.len().to_string());
        if !row["id"].is_empty() {
            check("id", joined(posts, " ", |p| p.id.clone()));
        }
        check("title", joined(posts, "|", |p| p.title.clone().unwrap_or_default()));
        check(
            "date",
            joined(posts, "|", |p| {
                p.date_published.as_ref().map(ToString::to_string).unwrap_or_default()
            }),
        );
        if !row["author"].is_empty() {
            check(
                "author",
                posts[0]
                    .authors
                    .first()
                    .and_then(|a| a.name.clone())
                    .unwrap_or_default(),
            );
        }
        if !row["url"].is_empty() {
            let url = if posts.len() == 1 {
                posts[0].url.clone()
            } else {
                page.url.clone()
            };
            check("url", url.unwrap_or_default());
        }
        check("comments", comments().count().to_string());
        check("replies", count(&|c| c.in_reply_to.is_some()));
        check("removed", count(&|c| c.status == CommentStatus::Deleted));
        check("owner", count(&|c| c.is_post_author == Some(true)));
        check(
            "claimed",
            joined(posts, "|", |p| {
                p.comment_count_claimed.map(|n| n.to_string()).unwrap_or_default()
            }),
        );
        let kind = if posts.iter().any(|p| p.kind == Kind::Page) {
            "page"
        } else {
            ""
        };
        check("kind", kind.to_owned());
        let external: Vec<String> = page
            .notices
            .iter()
            .filter(|n| n.code == NoticeCode::ExternalComments)
            .map(|n| key(n.message.split(" kept").next().unwrap()))
            .collect();
        check("external", external.join(" "));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn dynamic_views_hold_nothing_and_say_so() {
    let Err(NotAPage::NoContent(why)) = page("g5-dynamic-views/index.html") else {
        panic!("should hold nothing")
    };
    assert!(why.contains("Dynamic Views") && why.contains("feed"), "{why}");
}

#[test]
fn other_pages_are_not_recognised() {
    for (html, expected) in [
        ("plain words", NotAPage::NotHtml),
        (
            "<!DOCTYPE html><title>Shop</title><h1>Ladders</h1><p>All sizes.</p><div class=post>Post office</div>",
            NotAPage::NotRecognised,
        ),
        (
            "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>html</title></feed>",
            NotAPage::NotHtml,
        ),
        ("", NotAPage::NotHtml),
    ] {
        assert_eq!(
            saved_page::read(html.as_bytes(), None, None).err(),
            Some(expected),
            "{html}"
        );
    }
}

/// What a page gives, to be read by people: one snapshot a page, beside the case.
#[test]
fn every_page_is_read_as_its_snapshot_shows() {
    for row in rows("expected.tsv") {
        let file = &row["file"];
        let shown = match page(file) {
            Ok(page) => format!(
                "generation: {}\nencoding: {}\ncaptured: {}\nurl: {}\n\n{}",
                page.generation,
                page.encoding,
                page.captured_at.as_ref().map(ToString::to_string).unwrap_or_default(),
                page.url.as_deref().unwrap_or_default(),
                serde_json::to_string_pretty(&(&page.blog, &page.posts, &page.orphan_comments, &page.notices)).unwrap()
            ),
            Err(error) => error.to_string(),
        };
        let name: String = file
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "snapshots/saved-pages", omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

/// The addresses of the posts of a page.
fn addresses(html: &str) -> Vec<Option<String>> {
    let page = saved_page::read(html.as_bytes(), None, None).unwrap();
    page.posts.into_iter().map(|post| post.url).collect()
}

#[test]
fn a_month_with_one_post_is_not_that_posts_address() {
    let html = "<!DOCTYPE html><!-- Mirrored from kiln.example/2012/10/ by HTTrack Website Copier/3.x \
        [XR&CO'2014], Tue, 05 May 2015 10:00:00 GMT --><html><head><meta name='generator' content='WordPress 3.4'>\
        <title>October</title></head><body class='archive date'><div id='post-76' class='post-76 post hentry'>\
        <h2 class='entry-title'><a href='../../2012/10/first-firing/index.html'>First firing</a></h2>\
        <div class='entry-content'><p>Cone six, at last.</p></div></div></body></html>";
    assert_eq!(
        addresses(html),
        [Some("http://kiln.example/2012/10/first-firing/".to_owned())]
    );
}

#[test]
fn a_title_that_leads_elsewhere_is_no_address_of_a_post() {
    // Blogger's title link, on a page of which a mirror has made all own addresses paths.
    let html = "<!DOCTYPE html><html><head><meta content='blogger' name='generator'/><title>Kiln</title></head>\
        <body><div class='post'><a name='510735144764586056'></a>\
        <h3 class='post-title'><a href='http://museum.example/vases.html'>Go and see these vases</a></h3>\
        <div class='post-body'><p>Until Sunday.</p></div><p class='post-footer'><span class='post-author'>Posted by Ida\
        </span> <a class='timestamp-link' href='../../2009/09/go-and-see.html' title='permanent link'>9:40 AM</a></p>\
        </div></body></html>";
    assert_eq!(addresses(html), [None]);
    let whole = html.replace("../../2009", "http://kiln-notes.blogspot.com/2009");
    assert_eq!(
        addresses(&whole),
        [Some(
            "http://kiln-notes.blogspot.com/2009/09/go-and-see.html".to_owned()
        )]
    );
}
