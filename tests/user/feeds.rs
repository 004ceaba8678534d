//! Someone saves what a blog publishes: its feed of posts, and the feeds of its comments.

use serde_json::{Value, json};

use crate::desk::{Archive, Desk, fixture, thread};

const POSTS: [&str; 4] = [
    "6210000000000000101",
    "6210000000000000102",
    "6210000000000000103",
    "6210000000000000104",
];

#[test]
fn posts_and_comment_feeds_together_make_threads() {
    let archive = Desk::new().records([
        "feeds/comments-of-outono.atom.xml",
        "feeds/posts.atom.xml",
        "feeds/comments-of-lata.atom.xml",
        "feeds/comments-all.atom.xml",
    ]);
    assert_eq!(archive.post_ids(), POSTS);
    assert_eq!(
        thread(archive.post(POSTS[0])),
        [
            ("6220000000000000201", "-"),
            ("6220000000000000202", "6220000000000000201")
        ]
    );
    assert_eq!(
        thread(archive.post(POSTS[1])),
        [
            ("6220000000000000203", "-"),
            ("6220000000000000205", "6220000000000000203"),
            ("6220000000000000204", "-"),
            ("6220000000000000206", "-"),
        ]
    );
    // Only the feed of all comments has this one.
    assert_eq!(thread(archive.post(POSTS[2])), [("6220000000000000207", "-")]);
    assert_eq!(archive.comment("6220000000000000204")["status"], "deleted");
    assert_eq!(archive.comment("6220000000000000202")["is_post_author"], true);
    assert_eq!(archive.comments, [] as [Value; 0]);
    assert_eq!(
        archive.head["counts"]["comments"],
        json!({ "approved": 6, "deleted": 1 })
    );
}

#[test]
fn a_comment_that_two_feeds_hold_is_one_comment() {
    let desk = Desk::new();
    let done = desk.convert(
        [
            "feeds/posts.atom.xml",
            "feeds/comments-all.atom.xml",
            "feeds/comments.jsonp",
            "feeds/comments-of-lata.atom.xml",
        ],
        ["--to", "jsonl", "--report", "report.json"],
    );
    let archive = done.exits(0).archive();
    assert_eq!(archive.comment_count(), 7);
    let comments = &desk.json("report.json")["ledger"]["comments"];
    assert_eq!(
        *comments,
        json!({ "read": 12, "written": 7, "merged": 5, "left_out": {}, "damaged": 0 })
    );
    assert_eq!(
        archive.comment("6220000000000000206")["provenance"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

/// What Atom, RSS and JSON all carry of a post.
fn told(archive: &Archive) -> Vec<Value> {
    let moment = |text: &Value| {
        chrono::DateTime::parse_from_rfc3339(text.as_str().unwrap())
            .unwrap()
            .timestamp()
    };
    archive
        .posts
        .iter()
        .map(|p| {
            json!({
                "id": p["id"], "blog": p["blog"], "kind": p["kind"], "status": p["status"], "url": p["url"],
                "slug": p["slug"], "title": p["title"], "content_html": p["content_html"], "tags": p["tags"],
                "author": p["authors"][0]["name"], "published": moment(&p["date_published"]),
                "comment_count_claimed": p["comment_count_claimed"],
            })
        })
        .collect()
}

#[test]
fn atom_rss_and_json_tell_the_same() {
    let desk = Desk::new();
    let atom = desk.records(["feeds/posts.atom.xml"]);
    assert_eq!(
        atom.titles(),
        [
            "Como medir chuva com uma lata",
            "Primeira chuva do outono",
            "",
            "Total do ano: 1.312 mm"
        ]
    );
    for other in ["feeds/posts.rss.xml", "feeds/posts.json"] {
        assert_eq!(told(&desk.records([other])), told(&atom), "{other}");
    }
    // RSS has no offsets; what it said stands beside the date.
    let rss = desk.records(["feeds/posts.rss.xml"]);
    assert_eq!(rss.posts[0]["date_published"], "2020-02-29T15:00:00Z");
    assert_eq!(rss.posts[0]["date_published_raw"], "Sat, 29 Feb 2020 15:00:00 +0000");
    assert_eq!(atom.posts[0]["date_published"], "2020-02-29T12:00:00.000-03:00");
}

#[test]
fn the_same_posts_in_three_forms_are_four_posts() {
    let desk = Desk::new();
    let done = desk.convert(
        ["feeds/posts.rss.xml", "feeds/posts.json", "feeds/posts.atom.xml"],
        ["--to", "jsonl", "--report", "report.json"],
    );
    let archive = done.exits(0).archive();
    assert_eq!(archive.post_ids(), POSTS);
    assert_eq!(archive.posts[0]["provenance"].as_array().unwrap().len(), 3);
    let report = desk.json("report.json");
    assert_eq!(report["ledger"]["posts"]["merged"], 8);
    assert_eq!(report["ledger"]["notices"].get("sources-disagree"), None, "{report}");
}

#[test]
fn pages_of_a_feed_are_one_feed() {
    let desk = Desk::new();
    let pages = desk.records(["feeds/posts-page-2.atom.xml", "feeds/posts-page-1.atom.xml"]);
    assert_eq!(told(&pages), told(&desk.records(["feeds/posts.atom.xml"])));
    // One page alone is not the whole blog, and its `next` link stays to tell so.
    assert_eq!(desk.records(["feeds/posts-page-1.atom.xml"]).posts.len(), 2);
}

#[test]
fn a_short_feed_has_summaries_and_the_full_one_fills_in() {
    let desk = Desk::new();
    let short = desk.records(["feeds/posts-short.atom.xml"]);
    for post in &short.posts {
        assert_eq!(post.get("content_html"), None, "a summary is not the body");
        assert!(post.get("summary").is_some());
    }
    let both = desk.records(["feeds/posts-short.atom.xml", "feeds/posts.atom.xml"]);
    assert_eq!(both.post_ids(), POSTS);
    let full = desk.records(["feeds/posts.atom.xml"]);
    for (post, whole) in both.posts.iter().zip(&full.posts) {
        assert_eq!(post["content_html"], whole["content_html"]);
        assert!(post.get("summary").is_some(), "what only the short feed has is kept");
    }
}

#[test]
fn comments_whose_post_is_not_there_are_lines_of_their_own() {
    let desk = Desk::new();
    let done = desk
        .convert(["feeds/comments.jsonp"], ["--to", "jsonl", "--report", "report.json"])
        .exits(0);
    let archive = done.archive();
    assert_eq!(archive.posts, [] as [Value; 0]);
    let told: Vec<Value> = archive
        .comments
        .iter()
        .map(|c| json!([c["type"], c["id"], c["post"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["comment", "6220000000000000205", POSTS[1]]),
            json!(["comment", "6220000000000000206", POSTS[1]]),
            json!(["comment", "6220000000000000207", POSTS[2]]),
        ]
    );
    assert_eq!(archive.comments[0]["parent_missing"], true);
    assert_eq!(desk.json("report.json")["ledger"]["notices"]["post-missing"], 3);

    // Markdown has no place for them: they are named, and the status says that something did not come along.
    let done = desk.convert(
        ["feeds/comments.jsonp"],
        ["--to", "markdown", "-o", "out", "--report", "r.json"],
    );
    done.exits(3);
    let report = desk.json("r.json");
    assert_eq!(report["ledger"]["comments"]["left_out"], json!({ "post-missing": 3 }));
    assert_eq!(report["ledger"]["notices"]["no-place"], 3);
}

#[test]
fn a_feed_and_the_export_of_the_same_blog_are_joined() {
    // A feed of the garden, newer than the export: one post changed, one is new.
    let feed = "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'>\
        <id>tag:blogger.com,1999:blog-4071922688314095517</id><title type='text'>Three Beds and a Water Butt</title>\
        <link rel='alternate' type='text/html' href='http://three-beds-and-a-water-butt.blogspot.com/'/>\
        <generator version='7.00' uri='http://www.blogger.com'>Blogger</generator>\
        <entry><id>tag:blogger.com,1999:blog-4071922688314095517.post-6671520088134907010</id>\
        <published>2012-09-02T19:58:00.000+01:00</published><updated>2012-10-02T19:58:00.000+01:00</updated>\
        <title type='text'>Leaf mould</title><content type='html'>Shorter.</content>\
        <author><name>Nell Harrow</name></author></entry>\
        <entry><id>tag:blogger.com,1999:blog-4071922688314095517.post-6671520088134907099</id>\
        <published>2012-11-02T19:58:00.000Z</published><updated>2012-11-02T19:58:00.000Z</updated>\
        <title type='text'>Frost</title><content type='html'>It came.</content>\
        <author><name>Nell Harrow</name></author></entry></feed>";
    let desk = Desk::new();
    desk.put("feed.xml", feed);
    desk.copy("blogger-export/garden.xml", "garden.xml");
    let args = ["--to", "jsonl", "--report", "report.json"];
    let archive = desk.convert_here(["feed.xml", "garden.xml"], args).exits(0).archive();
    assert_eq!(archive.posts.len(), 12);
    assert_eq!(archive.titles().last(), Some(&"Frost"));
    // The export is the better source, and that they disagree is told.
    let post = archive.post("6671520088134907010");
    assert_eq!(post["title"], "Leaf mould, or: waiting");
    assert!(post["content_html"].as_str().unwrap().contains("Wait two years"));
    assert_eq!(desk.json("report.json")["ledger"]["notices"]["sources-disagree"], 1);
}

#[test]
fn a_feed_of_no_entries_is_an_empty_blog() {
    let done = Desk::new()
        .convert(["feeds/no-entries.jsonp"], ["--to", "jsonl"])
        .exits(0);
    let archive = done.archive();
    assert_eq!((archive.posts.len(), archive.comment_count()), (0, 0));
}

#[test]
fn what_wraps_the_json_does_not_matter() {
    let desk = Desk::new();
    let json = String::from_utf8(fixture("feeds/posts.json")).unwrap();
    let expected = told(&desk.records(["feeds/posts.json"]));
    for wrapped in [
        format!("gdata.io.handleScriptLoaded({json});"),
        format!("// API callback\nshow({json});"),
        format!("\u{feff}{json}\n"),
    ] {
        desk.put("feed.txt", &wrapped);
        let done = desk.convert_here(["feed.txt"], ["--to", "jsonl"]).exits(0);
        assert_eq!(told(&done.archive()), expected, "{}…", &wrapped[..40]);
    }
}

#[test]
fn comments_in_the_feeds_of_wordpress_go_to_their_posts() {
    let archive = Desk::new().records([
        "feeds/wordpress-comments-of-saege.rss.xml",
        "feeds/wordpress-posts.rss.xml",
        "feeds/wordpress-comments-of-hobeln.rss.xml",
        "feeds/wordpress-comments-of-saege.atom.xml",
    ]);
    assert_eq!(archive.post_ids(), ["20", "61"]);
    // That one answers the other stands in Atom only.
    assert_eq!(thread(archive.post("61")), [("90", "-"), ("91", "90")]);
    assert_eq!(thread(archive.post("20")), [("31", "-"), ("95", "-")]);
    assert_eq!(archive.comments, [] as [Value; 0]);
    assert_eq!(archive.comment("95")["author"]["name"], "ヤスリ");
    assert_eq!(archive.comment("95")["content_html"], "<p>砥石は三つ。</p>\n");
    assert_eq!(archive.blogs.len(), 1);
    let blog = &archive.blogs[0];
    assert_eq!(
        (&blog["title"], &blog["platform"]),
        (&json!("Werkstatt am Wehr"), &json!("wordpress"))
    );
}

#[test]
fn wordpress_feeds_and_its_export_are_joined() {
    let archive = Desk::new().records([
        "feeds/wordpress-posts.rss.xml",
        "feeds/wordpress-comments-of-hobeln.rss.xml",
        "wxr/blocks-1.2.xml",
    ]);
    let hobeln = archive.post("20");
    assert_eq!(hobeln["title"], "Vom Hobeln & vom Schärfen");
    assert_eq!(archive.comment("31")["provenance"].as_array().unwrap().len(), 2);
    assert!(thread(hobeln).contains(&("95", "-")));
    assert_eq!(archive.post("61")["title"], "Die Säge im Februar");
    assert_eq!(archive.blogs.len(), 1);
}

#[test]
fn feeds_in_a_mirror_give_no_paths_for_addresses() {
    // wget and HTTrack make paths of all addresses of the site, also in feeds.
    let relative = |name: &str, to: &str| {
        let feed = String::from_utf8(fixture(name)).unwrap();
        feed.replace("https://werkstatt-am-wehr.example/", to)
    };
    let desk = Desk::new();
    desk.put("feed/index.html", relative("feeds/wordpress-posts.rss.xml", "../"));
    let comments = relative("feeds/wordpress-comments-of-saege.rss.xml", "../../../../");
    desk.put("2024/02/die-saege-im-februar/feed/index.html", comments);
    let done = desk.convert_here(["."], ["--to", "jsonl"]).exits(0);
    let archive = done.archive();
    assert_eq!(archive.post_ids(), ["20", "61"]);
    let post = archive.post("61");
    assert_eq!(post["url"], Value::Null);
    assert_eq!(post["slug"], "die-saege-im-februar");
    assert_eq!(post["_source"]["link"], "../2024/02/die-saege-im-februar/");
    assert_eq!(archive.comment("90")["url"], Value::Null);
}

#[test]
fn the_feed_of_a_label_does_not_move_the_blog() {
    let desk = Desk::new();
    let home = "https://pluviometro-do-telhado.blogspot.com/";
    let feed = String::from_utf8(fixture("feeds/posts.atom.xml")).unwrap();
    let link = |to: &str| format!("rel='alternate' type='text/html' href='{to}'");
    assert!(feed.contains(&link(home)), "the fixture's front page");
    desk.put(
        "label.xml",
        feed.replace(&link(home), &link(&format!("{home}search/label/outono"))),
    );
    let archive = desk.convert_here(["label.xml"], ["--to", "jsonl"]).exits(0).archive();
    assert_eq!(archive.blogs[0]["home_page_url"], home);
}

#[test]
fn a_feed_of_atom_0_3_is_read_by_its_own_names() {
    let archive = Desk::new().records(["feeds/atom-0.3.xml"]);
    let blog = archive.blog("3170001");
    assert_eq!(blog["title"], "El faro a mediodía");
    assert_eq!(blog["description"], "Luz que nadie ve");
    assert_eq!(archive.post_ids(), ["108291125598000002", "108291125598000001"]);
    assert_eq!(archive.titles(), ["Escalones & rodillas", "La linterna"]);
    let lantern = archive.post("108291125598000001");
    assert_eq!(lantern["date_published"], "2004-04-25T09:40:00-07:00");
    assert_eq!(lantern["date_modified"], "2004-04-25T16:45:00Z");
    assert_eq!(lantern["date_created"], "2004-04-25T16:41:00Z");
    assert_eq!(
        lantern["authors"],
        json!([{ "name": "Inés Marea", "url": "http://ines-marea.example/" }])
    );
    assert!(
        lantern["content_html"]
            .as_str()
            .unwrap()
            .contains("Quinientos vatios.<br />Nadie")
    );
    assert_eq!(
        archive.post("108291125598000002")["content_html"],
        "<p>Ciento doce. Año tras año.</p>"
    );
}
