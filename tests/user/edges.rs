//! Where a rule begins and where it ends: values of exactly the longest length, second ones of what is mostly there once, the
//! first form of two that a source may have.

use serde_json::{Value, json};

use crate::desk::{Desk, comments_of, fixture};

fn text(name: &str) -> String {
    String::from_utf8(fixture(name)).unwrap()
}

/// A blog with one post, as JSON Lines; the post has these members besides what every one has.
fn one_post(members: Value) -> String {
    let mut post = json!({
        "type": "post", "id": "1", "blog": "1", "kind": "post", "status": "published",
        "title": "One", "content_html": "<p>one</p>",
        "date_published": "2020-01-02T10:00:00Z", "date_published_basis": "utc",
    });
    let fields = post.as_object_mut().unwrap();
    fields.extend(members.as_object().unwrap().clone());
    format!("{}\n{post}\n", json!({ "type": "blog", "id": "1", "title": "B" }))
}

/// How often a code is told of a conversion.
fn told(desk: &Desk, code: &str) -> u64 {
    desk.json("report.json")["ledger"]["notices"][code]
        .as_u64()
        .unwrap_or(0)
}

#[test]
fn a_menu_item_keeps_its_number_and_only_a_second_one_is_told_apart() {
    let desk = Desk::new();
    let whole = text("wxr/media-and-menus.xml");
    let at = whole.find("<wp:post_id>60</wp:post_id>").unwrap();
    let begin = whole[..at].rfind("<item>").unwrap();
    let end = at + whole[at..].find("</item>").unwrap() + "</item>".len();
    let item = &whole[begin..end];
    let other = item
        .replace("nicename=\"cima\"", "nicename=\"rodape\"")
        .replace("Cima", "Rodapé");
    desk.put("menus.xml", format!("{}{other}{}", &whole[..end], &whole[end..]));
    let archive = desk.convert_here(["menus.xml"], ["--to", "jsonl"]).exits(0).archive();
    let items = archive.posts.iter().filter(|p| p["kind"] == "nav_menu_item");
    let ids: Vec<&str> = items.map(|p| p["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"60") && ids.contains(&"60-rodape"), "{ids:?}");
    assert!(ids.iter().filter(|id| id.contains('-')).count() == 1, "{ids:?}");
}

#[test]
fn a_term_is_named_by_the_form_that_has_its_slug() {
    let desk = Desk::new();
    let sound = "<category domain=\"category\" nicename=\"frutas\"><![CDATA[Frutas]]></category>";
    let whole = text("wxr/wordpress-2.9-1.0.xml");
    assert!(whole.contains(sound));
    // The form without one is read only where no other is there, whatever it says.
    desk.put(
        "in.xml",
        whole.replacen(
            sound,
            &format!("<category domain=\"category\"><![CDATA[Fruta]]></category>{sound}"),
            1,
        ),
    );
    let archive = desk.convert_here(["in.xml"], ["--to", "jsonl"]).exits(0).archive();
    let categories: Vec<&Value> = archive.posts.iter().filter_map(|p| p.get("categories")).collect();
    assert!(categories.contains(&&json!(["Frutas"])), "{categories:?}");
    assert!(!format!("{categories:?}").contains("\"Fruta\""), "{categories:?}");
}

#[test]
fn a_label_may_have_two_hundred_characters_in_wordpress() {
    let desk = Desk::new();
    for (length, clipped) in [(199, 0), (200, 0), (201, 1)] {
        desk.put("in.jsonl", one_post(json!({ "tags": ["ä".repeat(length)] })));
        desk.convert_here(["in.jsonl"], ["-o", "out.wxr", "--report", "report.json"]);
        assert_eq!(told(&desk, "value-clipped"), clipped, "{length}");
    }
}

#[test]
fn labels_that_differ_in_signs_only_have_a_slug_each() {
    let desk = Desk::new();
    let tags = ["Tea", "Tea!", "Tea?", "¡Tea!"];
    desk.put("in.jsonl", one_post(json!({ "tags": tags })));
    desk.convert_here(["in.jsonl"], ["-o", "out.wxr"]).exits(0);
    let wxr = desk.text("out.wxr");
    for slug in ["tea", "tea-2", "tea-3", "tea-4"] {
        assert!(wxr.contains(&format!("nicename=\"{slug}\"")), "{slug}");
    }
}

#[test]
fn an_address_that_wordpress_would_change_is_no_guid() {
    let desk = Desk::new();
    for (url, serves) in [
        ("http://b.example/a?x=1", true),
        ("http://b.example/a?x=1&y=2", false),
        ("http://b.example/it's", false),
        ("http://b.example/caf\u{e9}", false),
        ("http://b.example/{a}", false),
    ] {
        desk.put("in.jsonl", one_post(json!({ "url": url })));
        desk.convert_here(["in.jsonl"], ["-o", "out.wxr"]).exits(0);
        let wxr = desk.text("out.wxr");
        let guid = &wxr[wxr.find("<guid").unwrap()..wxr.find("</guid>").unwrap()];
        assert_eq!(guid.ends_with(url), serves, "{guid}");
        assert!(serves || guid.contains(">urn:uuid:"), "{guid}");
    }
}

#[test]
fn what_the_wayback_machine_puts_into_a_page_is_no_part_of_it() {
    let desk = Desk::new();
    let page = text("saved-pages/wayback/first-dig.html");
    let body = "<div class='post-body entry-content'";
    let plain = desk.records(["saved-pages/wayback/first-dig.html"]);
    let at = page.find("post-body").unwrap();
    let at = at + page[at..].find('>').unwrap() + 1;
    for part in [
        "<script src='/_static/js/wombat.js'></script>",
        "<link rel='stylesheet' href='https://web.archive.org/_static/css/iconochive.css'>",
        "<script src='//archive.org/includes/analytics.js'></script>",
        "<div id='donato'>Give!</div>",
    ] {
        desk.put("page.html", format!("{}{part}{}", &page[..at], &page[at..]));
        let found = desk.convert_here(["page.html"], ["--to", "jsonl"]).exits(0).archive();
        assert_eq!(
            found.posts[0]["content_html"], plain.posts[0]["content_html"],
            "{part} {body}"
        );
    }
}

#[test]
fn raw_html_in_a_comment_is_told_to_who_builds_the_site() {
    let desk = Desk::new();
    let comment = json!({ "id": "9", "status": "approved", "content_html": "H<sub>2</sub>O",
        "date_published": "2020-01-03T10:00:00Z", "date_published_basis": "utc" });
    let line = "markup.goldmark.renderer.unsafe = true";
    for (comments, is_told) in [(json!([comment]), true), (json!([]), false)] {
        desk.put("in.jsonl", one_post(json!({ "comments": comments })));
        let args = ["--flavor", "hugo", "--comments", "section", "-o", "site"];
        let done = desk.convert_here(["in.jsonl"], args).exits(0);
        assert_eq!(done.stderr.contains(line), is_told, "{}", done.stderr);
        std::fs::remove_dir_all(desk.path("site")).unwrap();
    }
}

#[test]
fn a_comment_that_was_removed_says_by_whom() {
    let desk = Desk::new();
    let comment = |id: &str, by: Option<&str>| json!({ "id": id, "status": "deleted", "deleted_by": by });
    let comments = json!([
        comment("7", Some("author")),
        comment("8", Some("admin")),
        comment("9", None)
    ]);
    desk.put("in.jsonl", one_post(json!({ "comments": comments })));
    desk.convert_here(["in.jsonl"], ["--to", "markdown", "-o", "out"])
        .exits(0);
    let files = desk.markdown("out");
    let page = files.values().find(|t| t.contains("removed")).unwrap();
    let said: Vec<&str> = page.lines().filter(|l| l.contains("was removed")).collect();
    assert_eq!(
        said.iter()
            .map(|l| l.trim_start_matches(['>', ' ']))
            .collect::<Vec<_>>(),
        [
            "*This comment was removed by its author.*",
            "*This comment was removed by the blog's owner.*",
            "*This comment was removed.*"
        ]
    );
}

#[test]
fn a_number_in_a_comment_of_copied_text_is_its_own() {
    let desk = Desk::new();
    let text = "Thursday, 14 October 2010\n\nThe short ladder\n\nIt had ten rungs.\n\n2 comments:\n\n\
        1. What helped us:\n\n7. turn it upside down\n\nIt never grew back.\n\nReplyDelete\n\
        2. Ten was pride.\n\nReplyDelete\n\nPost a Comment\n";
    desk.put("copied.txt", text);
    let archive = desk.convert_here(["copied.txt"], ["--to", "jsonl"]).exits(0).archive();
    let bodies: Vec<&Value> = comments_of(&archive.posts[0]).map(|c| &c["content_html"]).collect();
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    assert!(
        bodies[0].as_str().unwrap().contains("turn it upside down"),
        "{bodies:?}"
    );
}

#[test]
fn a_post_that_shows_only_its_time_has_no_date_that_could_not_be_read() {
    let desk = Desk::new();
    let page = text("saved-pages/g1-classic-dots/2004_01_lamp-that-counts.html")
        .replace("/2004/01/lamp-that-counts.html", "/lamp.html")
        .replace("Thursday, January 29, 2004", "");
    desk.put("page.html", page);
    desk.convert_here(["page.html"], ["-o", "out.jsonl", "--report", "report.json"]);
    let post = &desk.archive("out.jsonl").posts[0];
    assert_eq!(post.get("date_published"), None, "{post}");
    assert_eq!(post["date_published_raw"], "11:52 PM", "{post}");
    assert_eq!(told(&desk, "unreadable-date"), 0);
}

#[test]
fn an_answer_to_a_comment_that_is_gone_is_told() {
    let desk = Desk::new();
    let comment = |id: &str, answers: Option<&str>| json!({ "id": id, "status": "approved", "in_reply_to": answers, "content_html": id });
    let comments = json!([comment("8", None), comment("9", Some("7"))]);
    desk.put("in.jsonl", one_post(json!({ "comments": comments })));
    desk.convert_here(["in.jsonl"], ["-o", "out.jsonl", "--report", "report.json"]);
    assert_eq!((told(&desk, "parent-missing"), told(&desk, "reply-circle")), (1, 0));
}

#[test]
fn what_stands_behind_an_export_is_named_with_its_place() {
    let desk = Desk::new();
    let whole = text("blogger-export/garden.xml");
    let end = whole.trim_end().len();
    desk.put(
        "in.xml",
        format!("{} <!-- moved by hand --> and a note", whole.trim_end()),
    );
    desk.convert_here(["in.xml"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(0);
    let report = desk.json("report.json");
    let mut notices = report["notices"].as_array().unwrap().iter();
    let notice = notices
        .find(|n| n["message"].as_str().unwrap().contains("behind the end"))
        .unwrap();
    assert_eq!(notice["offset"], end, "{notice}");
}

#[test]
fn a_field_that_another_program_wrote_is_kept_as_a_field() {
    let desk = Desk::new();
    let meta = "<wp:postmeta><wp:meta_key>_blogger_search_description</wp:meta_key>\
        <wp:meta_value><![CDATA[What others made of it]]></wp:meta_value></wp:postmeta>";
    let whole = text("wxr/classic-1.1.xml").replacen("</item>", &format!("{meta}</item>"), 1);
    desk.put("in.xml", whole);
    let archive = desk.convert_here(["in.xml"], ["--to", "jsonl"]).archive();
    let post = archive
        .posts
        .iter()
        .find(|p| p.to_string().contains("What others made"))
        .unwrap();
    assert_ne!(post["summary"], "What others made of it");
    assert!(
        post["_source"].to_string().contains("_blogger_search_description"),
        "{post}"
    );
}

#[test]
fn the_blog_is_known_from_its_data_whatever_stands_between() {
    let desk = Desk::new();
    let page = text("saved-pages/garden-blog/index.html");
    let data = "'data': {'blogId'";
    assert!(page.contains(data));
    desk.put(
        "index.html",
        page.replace(data, "'data': {'isPrivate': false, 'blogId'"),
    );
    let archive = desk.convert_here(["index.html"], ["--to", "jsonl"]).exits(0).archive();
    assert_eq!(archive.blogs[0]["id"], "4071922688314095517");
}

#[test]
fn a_second_category_is_told_to_pelican_and_a_first_is_not_told_twice() {
    let desk = Desk::new();
    for (categories, is_told) in [(json!(["Tea"]), false), (json!(["Tea", "Soup"]), true)] {
        desk.put("in.jsonl", one_post(json!({ "categories": categories })));
        desk.convert_here(["in.jsonl"], ["--flavor", "pelican", "-o", "site"])
            .exits(0);
        let pages = desk.markdown("site");
        let page = pages.values().find(|t| t.contains("Category: Tea")).unwrap();
        assert_eq!(
            page.contains("Categories: Tea; Soup") || page.contains("Categories: Tea, Soup"),
            is_told,
            "{page}"
        );
        assert_eq!(page.contains("Categories:"), is_told, "{page}");
        std::fs::remove_dir_all(desk.path("site")).unwrap();
    }
}

#[test]
fn a_link_to_the_old_host_with_www_leads_to_the_post() {
    let desk = Desk::new();
    for host in [
        "b.blogspot.com",
        "www.b.blogspot.com",
        "b.blogspot.co.uk",
        "www.b.blogspot.de",
    ] {
        let link = format!("<a href='http://{host}/2020/01/one.html'>there</a>");
        desk.put(
            "in.jsonl",
            one_post(json!({ "url": "http://b.blogspot.com/2020/01/one.html", "content_html": link })),
        );
        desk.convert_here(["in.jsonl"], ["--flavor", "hugo", "-o", "site"])
            .exits(0);
        let pages = desk.markdown("site");
        let page = pages.values().find(|t| t.contains("[there]")).unwrap();
        assert!(page.contains("[there](/2020/01/one.html)"), "{host}: {page}");
        std::fs::remove_dir_all(desk.path("site")).unwrap();
    }
}

#[test]
fn nginx_is_given_buckets_as_large_as_its_addresses_need() {
    let desk = Desk::new();
    for (length, buckets) in [(10, 128), (150, 256)] {
        let url = format!("http://b.example/2020/01/{}.html", "x".repeat(length));
        desk.put("in.jsonl", one_post(json!({ "url": url })));
        let args = [
            "--flavor",
            "hugo",
            "--permalinks",
            "none",
            "--redirects",
            "nginx",
            "-o",
            "site",
        ];
        let done = desk.convert_here(["in.jsonl"], args);
        assert!(matches!(done.status, 0 | 3), "{}", done.stderr);
        let files = desk.files("site");
        let (_, map) = files.iter().find(|(name, _)| name.contains("nginx")).unwrap();
        let map = String::from_utf8_lossy(map);
        assert!(map.contains(&format!("map_hash_bucket_size {buckets};")), "{map}");
        std::fs::remove_dir_all(desk.path("site")).unwrap();
    }
}

#[test]
fn a_link_to_an_address_of_two_posts_leads_to_the_one_that_everybody_saw() {
    let desk = Desk::new();
    let url = "http://b.example/2020/01/tea.html";
    let post = |id: &str, status: &str, day: u32, more: Value| {
        let mut post = json!({
            "type": "post", "id": id, "blog": "1", "kind": "post", "status": status, "title": format!("Post {id}"),
            "content_html": "<p>x</p>", "date_published": format!("2020-01-0{day}T10:00:00Z"), "date_published_basis": "utc",
        });
        post.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        format!("{post}\n")
    };
    let blog = "{\"type\":\"blog\",\"id\":\"1\",\"title\":\"B\"}\n";
    let link =
        json!({ "url": "http://b.example/2020/01/soup.html", "content_html": format!("<a href='{url}'>there</a>") });
    for (draft, public) in [(1, 2), (2, 1)] {
        let lines = [
            blog.to_owned(),
            post("7", "draft", draft, json!({ "url": url, "slug": "draft-of-tea" })),
            post("8", "published", public, json!({ "url": url, "slug": "tea" })),
            post("9", "published", 3, link.clone()),
        ];
        desk.put("in.jsonl", lines.concat());
        let args = ["--to", "markdown", "--include", "drafts", "-o", "out"];
        let done = desk.convert_here(["in.jsonl"], args);
        assert!(matches!(done.status, 0 | 3), "{}", done.stderr);
        let pages = desk.markdown("out");
        let page = pages.values().find(|t| t.contains("[there]")).unwrap();
        assert!(page.contains(&format!("2020-01-0{public}-")), "{page}");
        std::fs::remove_dir_all(desk.path("out")).unwrap();
    }
}

#[test]
fn a_text_with_a_nul_in_it_is_no_copied_text() {
    let desk = Desk::new();
    let mut bytes = fixture("copied-text/numbered-en.txt");
    desk.put("copied.txt", &bytes);
    desk.convert_here(["copied.txt"], ["--to", "jsonl"]).exits(0);
    bytes.insert(10, 0);
    desk.put("copied.txt", &bytes);
    desk.convert_here(["copied.txt"], ["--to", "jsonl"]).exits(1);
}

#[test]
fn a_site_is_told_nothing_of_an_address_that_is_kept() {
    let desk = Desk::new();
    desk.put(
        "in.jsonl",
        one_post(json!({ "url": "http://b.example/2020/01/one.html" })),
    );
    for permalinks in ["keep", "redirect", "none"] {
        let args = [
            "--flavor",
            "hugo",
            "--permalinks",
            permalinks,
            "-o",
            "site",
            "--report",
            "report.json",
        ];
        desk.convert_here(["in.jsonl"], args).exits(0);
        let report = desk.json("report.json");
        assert_eq!(report["notices"], json!([]), "{permalinks}");
        std::fs::remove_dir_all(desk.path("site")).unwrap();
    }
}

#[test]
fn a_key_for_comments_stands_where_they_are_data_only() {
    let desk = Desk::new();
    let comments = json!([{ "id": "9", "status": "approved", "content_html": "a" }]);
    desk.put("in.jsonl", one_post(json!({ "comments": comments, "slug": "雨" })));
    for (comments, has_key) in [("section", false), ("data", true), ("none", false)] {
        let args = ["--flavor", "hugo", "--comments", comments, "-o", "site"];
        let done = desk.convert_here(["in.jsonl"], args);
        assert!(matches!(done.status, 0 | 3), "{}", done.stderr);
        let pages = desk.markdown("site");
        let page = pages.values().find(|t| t.contains("title: One")).unwrap();
        assert_eq!(page.contains("comments_key"), has_key, "{comments}: {page}");
        std::fs::remove_dir_all(desk.path("site")).unwrap();
    }
}

#[test]
fn comments_of_copied_text_tell_where_they_come_from() {
    let desk = Desk::new();
    let archive = desk.records(["copied-text/numbered-en.txt"]);
    let comments: Vec<&Value> = comments_of(&archive.posts[0]).collect();
    assert!(comments.len() > 1);
    for comment in comments {
        assert_eq!(comment["provenance"][0]["method"], "copied-text", "{comment}");
    }
}

#[test]
fn a_bracket_in_an_attribute_ends_no_entry() {
    let desk = Desk::new();
    let garden = text("blogger-export/garden.xml");
    let whole = desk.records(["blogger-export/garden.xml"]);
    for attribute in ["gd:etag='W/\"a/>b\"'", "gd:etag=\"'/>\"", "gd:etag='>' x='/>'"] {
        desk.put("in.xml", garden.replace("<entry>", &format!("<entry {attribute}>")));
        let found = desk.convert_here(["in.xml"], ["--to", "jsonl"]).exits(0).archive();
        assert_eq!(found.post_ids(), whole.post_ids(), "{attribute}");
        assert_eq!(found.comment_count(), whole.comment_count(), "{attribute}");
    }
}

#[test]
fn of_a_picture_in_two_sizes_the_larger_is_the_attachment() {
    let desk = Desk::new();
    let picture = |size: &str| format!("<img src='http://1.bp.blogspot.com/-x/TX/AA/{size}/tea.jpg'>");
    for sizes in [["s320", "s1600"], ["s1600", "s320"]] {
        let body = sizes.map(picture).concat();
        desk.put("in.jsonl", one_post(json!({ "content_html": body })));
        desk.convert_here(["in.jsonl"], ["--media-items", "-o", "out.wxr"])
            .exits(0);
        let wxr = desk.text("out.wxr");
        assert_eq!(wxr.matches("<wp:attachment_url>").count(), 1);
        let item = wxr
            .split("<item>")
            .find(|item| item.contains("<wp:attachment_url>"))
            .unwrap();
        assert!(
            item.contains("<wp:post_date>2020-01-02 10:00:00<")
                || item.contains("<wp:post_date><![CDATA[2020-01-02 10:00:00]]><"),
            "{item}"
        );
        assert!(
            wxr.contains("/s1600/tea.jpg</wp:attachment_url>") || wxr.contains("/s1600/tea.jpg]]></wp:attachment_url>"),
            "{wxr}"
        );
    }
}

#[test]
fn a_few_links_in_few_words_and_many_links_in_many_are_no_spam() {
    let link = "<a href='http://c.example/'>there</a>";
    let words = "the kettle sang for a while and nobody took it off the stove ".repeat(8);
    for (text, is_labelled) in [
        (format!("The kettle sang again {link} today"), false),
        (format!("The kettle sang {link} and {link} and {link} today"), false),
        (
            format!("The kettle sang {link} and {link} and {link} and {link} today"),
            true,
        ),
        (format!("{words} {link} {link} {link} {link}"), false),
    ] {
        let reasons = blogark::shape::spam::reasons(&text);
        assert_eq!(!reasons.is_empty(), is_labelled, "{text}: {reasons:?}");
    }
}

#[test]
fn an_item_that_is_not_well_formed_has_the_values_of_one_that_is() {
    let desk = Desk::new();
    let whole = desk.records(["wxr/classic-1.1.xml"]);
    desk.put(
        "in.xml",
        text("wxr/classic-1.1.xml").replace("</item>", "<x:open></item>"),
    );
    let found = desk.convert_here(["in.xml"], ["--to", "jsonl"]).archive();
    let told = |post: &Value| {
        let comments = comments_of(post).map(|c| json!([c["id"], c["author"], c["content_html"], c["date_published"]]));
        json!([
            post["id"],
            post["title"],
            post["content_html"],
            post["tags"],
            post["categories"],
            post["date_published"],
            post["authors"],
            post["url"],
            comments.collect::<Vec<_>>()
        ])
    };
    let all = |archive: &crate::desk::Archive| archive.posts.iter().map(told).collect::<Vec<_>>();
    assert!(whole.comment_count() > 0);
    assert_eq!(all(&found), all(&whole));
}

#[test]
fn a_root_is_known_by_both_its_names() {
    let root = blogark::read::xml::root("<a:feed xmlns:a='x'>").unwrap();
    assert_eq!(root.name, "feed");
}

#[test]
fn a_comment_of_a_day_is_shown_with_its_day() {
    let desk = Desk::new();
    let comment =
        |id: &str, date: &str| json!({ "id": id, "status": "approved", "content_html": "a", "date_published": date });
    let comments = json!([comment("8", "2020-01-03"), comment("9", "2020-01-04T11:30:00Z")]);
    desk.put("in.jsonl", one_post(json!({ "comments": comments })));
    desk.convert_here(["in.jsonl"], ["--to", "markdown", "-o", "out"])
        .exits(0);
    let pages = desk.markdown("out");
    let page = pages.values().find(|t| t.contains("2020-01-04")).unwrap();
    assert!(page.contains("2020-01-04 11:30"), "{page}");
    assert!(page.contains("2020-01-03") && !page.contains("2020-01-03 "), "{page}");
}

#[test]
fn a_guid_that_is_made_is_a_uuid() {
    let desk = Desk::new();
    for id in 1..9 {
        let lines = one_post(json!({})).replace("\"id\":\"1\"", &format!("\"id\":\"{id}\""));
        desk.put(
            "in.jsonl",
            lines.replace("\"blog\":\"1\"", &format!("\"blog\":\"{id}\"")),
        );
        desk.convert_here(["in.jsonl"], ["-o", "out.wxr"]).exits(0);
        let wxr = desk.text("out.wxr");
        let at = wxr.find("urn:uuid:").unwrap() + "urn:uuid:".len();
        let uuid = &wxr[at..at + 36];
        assert!(
            uuid[14..].starts_with('8') && uuid[19..].starts_with(['8', '9', 'a', 'b']),
            "{uuid}"
        );
    }
}

#[test]
fn files_of_a_wordpress_export_are_known_and_not_fetched() {
    let desk = Desk::new();
    let archive = desk.records(["wxr/media-and-menus.xml"]);
    assert!(archive.media.len() > 1);
    assert!(
        archive.media.iter().all(|m| m["status"] == "referenced"),
        "{:?}",
        archive.media
    );
}

#[test]
fn a_feed_of_one_posts_comments_in_rss_says_whose_they_are() {
    let desk = Desk::new();
    desk.put(
        "comments.xml",
        "<?xml version='1.0'?><rss xmlns:atom='http://www.w3.org/2005/Atom' version='2.0'><channel>\
        <atom:id>tag:blogger.com,1999:blog-1.post77..comments</atom:id><title>Comments</title>\
        <item><guid isPermaLink='false'>tag:blogger.com,1999:blog-1.post-99</guid>\
        <pubDate>Sat, 29 Feb 2020 15:00:00 +0000</pubDate><title>Hm</title><description>Hm.</description></item>\
        </channel></rss>",
    );
    let archive = desk
        .convert_here(["comments.xml"], ["--to", "jsonl"])
        .exits(0)
        .archive();
    assert_eq!(
        (&archive.comments[0]["id"], &archive.comments[0]["post"]),
        (&json!("99"), &json!("77"))
    );
}

#[test]
fn what_an_archive_left_out_is_told_again_by_its_kind() {
    let desk = Desk::new();
    desk.convert(["blogger-export/garden.xml"], ["-o", "garden.jsonl"])
        .exits(0);
    let text = desk.text("garden.jsonl");
    assert!(text.contains("\"field\":\"setting\""));
    for kind in ["ip", "email", "password"] {
        desk.put(
            "in.jsonl",
            text.replacen("\"field\":\"setting\"", &format!("\"field\":\"{kind}\""), 1),
        );
        desk.convert_here(["in.jsonl"], ["-o", "out.jsonl"]).exits(0);
        let head = desk.archive("out.jsonl").head;
        assert_eq!(head["redactions"][0]["field"], kind, "{head}");
    }
}

#[test]
fn a_prefix_that_is_given_another_meaning_has_it() {
    let desk = Desk::new();
    let xml = String::from_utf8(fixture("wxr/classic-1.1.xml")).unwrap();
    let meta = "<wp:postmeta xmlns:wp='http://stranger.example/'><wp:meta_key>not_wordpress</wp:meta_key><wp:meta_value>x</wp:meta_value></wp:postmeta>";
    desk.put("other.xml", xml.replacen("</item>", &format!("{meta}</item>"), 1));
    let archive = desk.convert_here(["other.xml"], ["--to", "jsonl"]).exits(0);
    assert!(!archive.text().contains("not_wordpress"));
}

#[test]
fn one_path_on_two_hosts_is_two_addresses() {
    let desk = Desk::new();
    let post = |id: &str, url: &str, before: &[&str], body: &str| {
        json!({
            "type": "post", "id": id, "blog": "1", "kind": "post", "status": "published", "title": id, "content_html": body,
            "url": url, "redirects_from": before,
            "date_published": "2020-01-02T10:00:00Z", "date_published_basis": "utc",
        })
    };
    let here = "http://blog.example/2011/05/tea.html";
    let there = "http://elsewhere.example/2011/05/tea.html";
    let links = format!("<p><a href=\"{here}\">here</a> <a href=\"{there}\">there</a></p>");
    let lines = [
        json!({ "type": "blog", "id": "1", "title": "B", "home_page_url": "http://blog.example/" }),
        post("tea", here, &[], "<p>tea</p>"),
        post(
            "moved",
            "http://blog.example/2012/01/moved.html",
            &[there],
            "<p>moved</p>",
        ),
        post("links", "http://blog.example/2013/01/links.html", &[], &links),
    ];
    desk.put("in.jsonl", lines.map(|line| format!("{line}\n")).concat());
    desk.convert_here(["in.jsonl"], ["-o", "site", "--flavor", "hugo"])
        .exits(0);
    let text = desk
        .markdown("site")
        .into_values()
        .find(|text| text.contains("[there]"))
        .unwrap();
    assert!(text.contains("[here](/2011/05/tea.html)"), "{text}");
    assert!(text.contains("[there](/2012/01/moved.html)"), "{text}");
}

#[test]
fn the_size_of_an_enclosure_needs_no_second_place_in_wordpress() {
    let desk = Desk::new();
    let sound = json!([{ "url": "http://x.example/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9 }]);
    let named = json!([{ "url": "http://x.example/a.mp3", "mime_type": "audio/mpeg", "title": "Rain" }]);
    for (attachments, is_kept) in [(sound, false), (named, true)] {
        desk.put("in.jsonl", one_post(json!({ "attachments": attachments })));
        desk.convert_here(["in.jsonl"], ["--to", "wxr", "-o", "out.xml", "--overwrite"])
            .exits(0);
        let xml = desk.text("out.xml");
        assert!(xml.contains("audio/mpeg"), "{xml}");
        assert_eq!(xml.contains("\"attachments\""), is_kept, "{xml}");
    }
}

#[test]
fn a_date_that_cannot_be_read_is_told() {
    let desk = Desk::new();
    let mut export = text("blogger-export/garden.xml");
    for (date, said) in [("2012-09-02T19", "gestern abend"), ("2012-03-20T12", "32.13.2009")] {
        let from = export.find(&format!("<published>{date}")).unwrap() + "<published>".len();
        let to = from + export[from..].find('<').unwrap();
        export.replace_range(from..to, said);
    }
    desk.put("export.xml", export);
    desk.convert_here(["export.xml"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(3);
    assert_eq!(told(&desk, "unreadable-date"), 2);
    desk.blogark(["check", "out.jsonl"]).run().exits(0);
}

#[test]
fn a_day_that_may_be_two_is_left_open_and_told() {
    let desk = Desk::new();
    let page = "<!DOCTYPE html><html lang='en'><head><meta name='generator' content='Blogger'><title>Owl</title>\
        <link rel='canonical' href='http://barn.blogspot.com/owl.html'></head><body><div class='date-outer'>\
        <h2 class='date-header'><span>03/04/2012</span></h2><div class='post hentry'><a name='123456'></a>\
        <h3 class='post-title entry-title'>Owl</h3><div class='post-body entry-content'>It hoots in the barn.</div>\
        </div></div></body></html>";
    desk.put("page.html", page);
    desk.convert_here(["page.html"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(0);
    let post = &desk.archive("out.jsonl").posts[0];
    assert_eq!(post.get("date_published"), None, "{post}");
    assert_eq!(post["date_published_basis"], "ambiguous", "{post}");
    assert_eq!(told(&desk, "ambiguous-date"), 1);
    desk.blogark(["check", "out.jsonl"]).run().exits(0);
}
