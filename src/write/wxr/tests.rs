//! Authored cases of the writer; each file is also held to the check.

use serde_json::json;

use crate::check::wxr::{CheckOptions, Code, Finding, check_wxr};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Blog, Post, Zone};
use crate::wordpress::title_fold;

use super::{Labels, PostCard, WpHtml, WxrOptions, WxrPlan, head, item, tail};

/// A file of these posts, and the notices.
pub(crate) fn file(blog: &Blog, posts: &[Post], zone: Zone, options: WxrOptions) -> (String, Vec<Notice>) {
    let cards = || {
        posts.iter().map(|p| PostCard {
            id: (&*p.id).into(),
            kind: &p.kind,
            status: p.status,
            title_fold: title_fold(p.title.as_deref().unwrap_or_default()),
            published: p.date_published.as_ref().map(|d| d.moment()),
            // As the catalogue does it.
            slug: p
                .slug
                .as_deref()
                .or(p.title.as_deref().filter(|_| p.url.is_none()))
                .map(Into::into),
            url: p.url.as_deref().map(Into::into),
            comments: u32::try_from(p.comments.len()).unwrap(),
            has_author: !p.authors.is_empty(),
            parent: p.parent.as_deref().map(Into::into),
        })
    };
    let plan = WxrPlan::new(
        blog,
        zone,
        options,
        posts.iter().flat_map(|p| &p.authors),
        posts.iter().flat_map(|p| &p.tags).map(|t| &**t),
        posts.iter().flat_map(|p| &p.categories).map(|t| &**t),
        &[],
        cards,
    );
    let mut bytes = head(&plan, blog);
    let mut notices = Vec::new();
    for index in plan.sequence().collect::<Vec<_>>() {
        bytes.extend(item(&plan, index, &posts[index], &mut notices).unwrap());
    }
    bytes.extend(tail());
    (String::from_utf8(bytes).unwrap(), notices)
}

pub(crate) fn findings(file: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    check_wxr(file.as_bytes(), CheckOptions::default(), &mut |f| found.push(f)).unwrap();
    found
}

fn blogger() -> Blog {
    serde_json::from_value(json!({
        "type": "blog", "id": "77", "platform": "blogger", "title": "Küche & Garten", "language": "de",
        "home_page_url": "http://kueche.example/", "authors": [{ "id": "9", "name": "Änne" }]
    }))
    .unwrap()
}

fn post(value: serde_json::Value) -> Post {
    let mut whole =
        json!({ "type": "post", "id": "1000000000000000001", "blog": "77", "kind": "post", "status": "published" });
    whole
        .as_object_mut()
        .unwrap()
        .extend(value.as_object().unwrap().clone());
    serde_json::from_value(whole).unwrap()
}

fn codes(notices: &[Notice]) -> Vec<NoticeCode> {
    notices.iter().map(|n| n.code).collect()
}

fn write(posts: &[Post]) -> (String, Vec<Notice>) {
    let (text, notices) = file(&blogger(), posts, Zone::Utc, WxrOptions::default());
    let errors: Vec<_> = findings(&text).into_iter().filter(|f| f.code.is_error()).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    (text, notices)
}

fn values<'a>(text: &'a str, element: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    text.split(&open)
        .skip(1)
        .map(|rest| rest.split(&close).next().unwrap())
        .map(|v| {
            v.strip_prefix("<![CDATA[")
                .and_then(|v| v.strip_suffix("]]>"))
                .unwrap_or(v)
        })
        .collect()
}

#[test]
fn a_post_with_everything_lies_where_wordpress_looks() {
    let (text, notices) = write(&[post(json!({
        "url": "http://kueche.example/2010/05/brot-backen.html", "slug": "brot-backen",
        "title": "Brot & Salz ]]> \"Ofen\"", "content_html": "<p>Mehl\nWasser ]]> Salz</p>",
        "date_published": "2010-05-04T12:00:00.003+02:00", "date_published_basis": "offset",
        "date_modified": "2011-01-01T00:00:00.000+01:00", "date_modified_basis": "offset",
        "authors": [{ "id": "9", "name": "Änne" }], "tags": ["Brot", "C++", "C", "brot"],
        "location": { "name": "Köln", "latitude": 50.94, "longitude": 6.96 },
        "comments": [
            { "id": "11", "status": "approved", "author": { "name": "Jo <3" }, "content_html": "lecker\nsehr",
              "date_published": "2010-05-05T10:00:00.000+02:00" },
            { "id": "12", "in_reply_to": "11", "parent_basis": "explicit", "status": "deleted", "deleted_by": "author", "is_post_author": true,
              "date_published": "2010-05-05T11:00:00.000+02:00" }
        ]
    }))]);
    assert_eq!(values(&text, "title")[1], "Brot & Salz ]]]]><![CDATA[> \"Ofen\"");
    assert_eq!(
        values(&text, "content:encoded"),
        ["<p>Mehl Wasser ]]]]><![CDATA[> Salz</p>"]
    );
    assert_eq!(values(&text, "wp:post_date"), ["2010-05-04 12:00:00"]);
    assert_eq!(values(&text, "wp:post_date_gmt"), ["2010-05-04 10:00:00"]);
    assert_eq!(values(&text, "wp:post_name"), ["brot-backen"]);
    assert_eq!(values(&text, "dc:creator"), ["anne"]);
    assert_eq!(values(&text, "wp:tag_slug"), ["brot", "c-plus-plus", "c", "brot-2"]);
    assert_eq!(values(&text, "wp:comment_id"), ["1", "2"]);
    assert_eq!(values(&text, "wp:comment_parent"), ["0", "1"]);
    assert_eq!(values(&text, "wp:comment_content"), ["lecker sehr", "[removed]"]);
    assert_eq!(values(&text, "wp:comment_author"), ["Jo &lt;3", ""]);
    assert_eq!(values(&text, "wp:comment_user_id"), ["0", "9"]);
    for line in [
        "<wp:meta_key><![CDATA[blogger_permalink]]></wp:meta_key>",
        "<wp:meta_value><![CDATA[/2010/05/brot-backen.html]]></wp:meta_value>",
        "<wp:meta_value><![CDATA[tag:blogger.com,1999:blog-77.post-1000000000000000001]]></wp:meta_value>",
        "<wp:meta_value><![CDATA[2010-05-04T12:00:00.003+02:00]]></wp:meta_value>",
        "<wp:meta_value><![CDATA[50.94]]></wp:meta_value>",
        "<guid isPermaLink=\"false\">http://kueche.example/2010/05/brot-backen.html</guid>",
        "<category domain=\"post_tag\" nicename=\"c-plus-plus\"><![CDATA[C++]]></category>",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(notices.is_empty(), "{notices:?}");
}

#[test]
fn posts_that_the_importer_would_take_for_one_are_moved_apart() {
    let dated = |id: &str, title: Option<&str>| {
        let mut p = post(json!({ "id": id, "date_published": "2010-05-04T12:00:00Z", "content_html": "x" }));
        p.title = title.map(str::to_owned);
        p
    };
    let (text, notices) = write(&[
        dated("1000000000000000001", Some("Café")),
        dated("1000000000000000002", Some("CAFE")),
        dated("1000000000000000003", Some("Tee")),
        dated("1000000000000000004", None),
        dated("1000000000000000005", None),
    ]);
    let mut dates = values(&text, "wp:post_date");
    assert_eq!(dates[0], "2010-05-04 12:00:00");
    assert_eq!(dates[2], "2010-05-04 12:00:00");
    assert_eq!(codes(&notices), [NoticeCode::DateShifted; 3]);
    dates.sort_unstable();
    dates.dedup();
    assert_eq!(dates.len(), 4);
    // Posts without a slug get one, because WordPress would make one of the title.
    assert_eq!(values(&text, "wp:post_name")[3], "post-4");
}

#[test]
fn a_moved_post_does_not_land_on_another() {
    let at = |id: &str, second: u32| {
        post(
            json!({ "id": id, "title": "Same", "date_published": format!("2010-05-04T12:00:0{second}Z"), "content_html": "x" }),
        )
    };
    let (text, _) = write(&[
        at("1000000000000000001", 0),
        at("1000000000000000002", 0),
        at("1000000000000000003", 1),
    ]);
    assert_eq!(
        values(&text, "wp:post_date"),
        ["2010-05-04 12:00:00", "2010-05-04 12:00:02", "2010-05-04 12:00:01"]
    );
}

#[test]
fn statuses_go_as_they_are() {
    let of = |n: u64, status: &str, protected: bool| {
        post(
            json!({ "id": n.to_string(), "status": status, "protected": protected, "title": format!("t{n}"),
            "date_published": "2010-05-04T12:00:00+02:00" }),
        )
    };
    let (text, notices) = write(&[
        of(1, "published", false),
        of(2, "draft", false),
        of(3, "scheduled", false),
        of(4, "private", false),
        of(5, "pending", false),
        of(6, "trashed", false),
        of(7, "unknown", false),
        of(8, "published", true),
        of(9, "draft", true),
    ]);
    assert_eq!(
        values(&text, "wp:status"),
        [
            "publish", "draft", "future", "private", "pending", "trash", "draft", "private", "draft"
        ]
    );
    let zero = values(&text, "wp:post_date_gmt")
        .iter()
        .filter(|d| d.starts_with("0000"))
        .count();
    assert_eq!(zero, 4);
    assert_eq!(codes(&notices), [NoticeCode::ProtectedAsPrivate]);
    assert!(values(&text, "wp:post_password").iter().all(|p| p.is_empty()));
}

#[test]
fn slugs_are_settled_within_a_type() {
    let of = |n: u64, kind: &str, slug: &str| {
        post(
            json!({ "id": n.to_string(), "kind": kind, "slug": slug, "title": format!("t{n}"),
            "date_published": format!("2010-05-{:02}T12:00:00Z", n) }),
        )
    };
    let (text, notices) = write(&[
        of(1, "post", "a"),
        of(2, "post", "a"),
        of(3, "page", "a"),
        of(4, "post", "a-2"),
        of(5, "post", "A"),
        of(6, "post", "feed"),
        of(7, "post", "привет"),
    ]);
    assert_eq!(
        values(&text, "wp:post_name"),
        [
            "a",
            "a-3",
            "a",
            "a-2",
            "a-4",
            "feed-2",
            "%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82"
        ]
    );
    assert_eq!(codes(&notices), [NoticeCode::SlugChanged; 3]);
    assert!(text.contains("_wp_old_slug"));
    assert!(!findings(&text).iter().any(|f| f.code == Code::W02));
}

#[test]
fn pages_stand_behind_the_page_above() {
    let page = |n: &str, parent: Option<&str>| {
        let mut p = post(json!({ "id": n, "kind": "page", "title": n }));
        p.parent = parent.map(str::to_owned);
        p
    };
    let (text, _) = write(&[
        page("c-3", Some("b-2")),
        page("b-2", Some("a-1")),
        page("x", Some("y")),
        page("y", Some("x")),
        page("a-1", None),
        page("z", Some("nowhere")),
    ]);
    assert_eq!(values(&text, "wp:post_id"), ["1", "2", "3", "4", "5", "6"]);
    assert_eq!(values(&text, "title")[1..], ["a-1", "b-2", "c-3", "y", "x", "z"]);
    assert_eq!(values(&text, "wp:post_parent"), ["0", "1", "2", "5", "4", "0"]);
}

#[test]
fn small_numbers_of_a_wordpress_blog_stay() {
    let of = |id: &str| post(json!({ "id": id, "title": id, "date_published": "2010-05-04T12:00:00Z" }));
    let (text, _) = write(&[of("42"), of("7")]);
    assert_eq!(values(&text, "wp:post_id"), ["42", "7"]);
    let (text, _) = write(&[of("42"), of("1000000000000000001")]);
    assert_eq!(values(&text, "wp:post_id"), ["42", "43"]);
}

#[test]
fn what_is_empty_or_too_long_is_not_refused() {
    let long = "ä".repeat(40_000);
    let (text, notices) = write(&[
        post(json!({ "id": "1", "date_published": "2010-05-04T12:00:00Z" })),
        post(
            json!({ "id": "2", "title": long, "date_published": "2010-05-04T12:00:00Z",
            "tags": [" ", "x".repeat(300)],
            "comments": [{ "id": "1", "status": "approved", "content_html": format!("<p>{long}</p>"),
                "author": { "name": "n".repeat(300), "url": format!("http://x.example/{}", "u".repeat(300)) } }] }),
        ),
    ]);
    assert_eq!(values(&text, "content:encoded")[0], "<!-- empty post -->");
    assert!(
        notices.iter().filter(|n| n.code == NoticeCode::ValueClipped).count() >= 4,
        "{notices:?}"
    );
    assert!(codes(&notices).contains(&NoticeCode::NoDate));
    assert!(text.contains("_original_content"));
}

#[test]
fn what_xml_cannot_hold_is_replaced_and_told() {
    let (text, notices) = write(
        &[post(json!({ "title": "a\u{1}b", "content_html": "x\u{c}\r\ny\u{ffff}",
        "date_published": "2010-05-04T12:00:00Z" }))],
    );
    assert_eq!(values(&text, "content:encoded"), ["x\u{fffd} y\u{fffd}"]);
    assert_eq!(codes(&notices), [NoticeCode::CharacterReplaced]);
}

#[test]
fn answers_stand_behind_what_they_answer() {
    let comment = |id: &str, to: Option<&str>| {
        json!({ "id": id, "in_reply_to": to, "status": "approved", "content_html": id,
        "date_published": "2010-05-05T10:00:00Z" })
    };
    let (text, notices) = write(&[post(
        json!({ "title": "t", "date_published": "2010-05-04T12:00:00Z", "comments": [
        comment("c", Some("b")), comment("b", Some("a")), comment("a", None), comment("x", Some("y")),
        comment("y", Some("x")), comment("gone", Some("missing")),
    ] }),
    )]);
    assert_eq!(values(&text, "wp:comment_content"), ["a", "b", "c", "y", "x", "gone"]);
    assert_eq!(values(&text, "wp:comment_parent"), ["0", "1", "2", "0", "4", "0"]);
    assert_eq!(codes(&notices), [NoticeCode::ReplyCircle]);
}

#[test]
fn labels_can_be_categories_and_bodies_blocks() {
    let options = WxrOptions {
        labels: Labels::Categories,
        html: WpHtml::Block,
        ..WxrOptions::default()
    };
    let posts = [post(
        json!({ "title": "t", "tags": ["Ä"], "categories": ["B"], "content_html": "a\nb",
        "date_published": "2010-05-04T12:00:00Z" }),
    )];
    let (text, _) = file(&blogger(), &posts, Zone::Utc, options);
    assert_eq!(values(&text, "wp:category_nicename"), ["b", "%c3%a4"]);
    assert_eq!(
        values(&text, "content:encoded"),
        ["<!-- wp:html -->\na\nb\n<!-- /wp:html -->"]
    );
    assert!(!findings(&text).iter().any(|f| f.code.is_error()));
}

#[test]
fn categories_are_declared_below_their_parents() {
    let mut blog = blogger();
    blog.categories = serde_json::from_value(json!([
        { "name": "Leaf", "slug": "leaf", "parent": "branch" }, { "name": "Branch", "slug": "branch", "parent": "root" },
        { "name": "Root", "slug": "root" }, { "name": "One", "slug": "one", "parent": "two" },
        { "name": "Two", "slug": "two", "parent": "one" }, { "name": "Lost", "slug": "lost", "parent": "nowhere" }
    ]))
    .unwrap();
    let (text, _) = file(&blog, &[], Zone::Utc, WxrOptions::default());
    assert_eq!(
        values(&text, "wp:category_nicename"),
        ["root", "lost", "branch", "leaf", "one", "two"]
    );
    assert_eq!(values(&text, "wp:category_parent"), ["", "", "root", "branch", "", ""]);
    assert!(!findings(&text).iter().any(|f| f.code.is_error()));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let posts: Vec<_> = (0..50)
        .map(|n| {
            post(
                json!({ "id": format!("10000000000000000{n}"), "tags": [format!("t{}", n % 7)], "title": "t",
            "date_published": "2010-05-04T12:00:00Z" }),
            )
        })
        .collect();
    assert_eq!(write(&posts).0, write(&posts).0);
}
