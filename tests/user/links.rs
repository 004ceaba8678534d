//! Someone moves a blog whose posts link to each other, and whose readers have bookmarks.

use std::collections::BTreeMap;

use serde_json::json;

use crate::desk::Desk;

const HARBOUR: &str = "links/harbour.jsonl";

/// The links of the post that has one of each form: what it is called → where it leads.
fn links_of(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let (name, rest) = line.strip_prefix('[')?.split_once("](")?;
            Some((name.to_owned(), rest.strip_suffix(')')?.to_owned()))
        })
        .collect()
}

fn converted(arguments: &[&str]) -> (Desk, BTreeMap<String, String>) {
    let desk = Desk::new();
    let mut all = vec!["-o", "site"];
    all.extend_from_slice(arguments);
    desk.convert([HARBOUR], all).exits(0);
    let text = desk
        .markdown("site")
        .into_values()
        .find(|text| text.contains("Where to find what"))
        .unwrap();
    (desk, links_of(&text))
}

#[test]
fn every_form_of_a_link_leads_to_the_site() {
    let (desk, links) = converted(&["--flavor", "hugo"]);
    let tides = "/2011/05/tides.html";
    for name in [
        "host", "domain", "country", "phone", "shared", "path", "beside", "older", "view", "editor", "place",
    ] {
        assert_eq!(links[name], tides, "{name}");
    }
    let expected = [
        ("comments", "/2011/05/tides.html#comments"),
        ("form", "/2011/05/tides.html#comments"),
        ("comment", "/2011/05/tides.html#c501"),
        ("gone-comment", "/2011/05/tides.html#comments"),
        ("page", "/p/über.html"),
        ("letters", "/2011/06/港.html"),
        ("label", "/tags/ebbe--flut/"),
        ("feed", "/index.xml"),
        ("home", "/"),
        ("inside", "#moorings"),
        ("inside-whole", "#moorings"),
        ("month", "http://harbour-notes.blogspot.com/2011/05/"),
        ("archive", "http://harbour-notes.blogspot.com/2011_05_01_archive.html"),
        ("search", "http://harbour-notes.blogspot.com/search?q=tide"),
        (
            "missing",
            "http://harbour-notes.blogspot.com/2010/01/never-written.html",
        ),
        ("draft", "http://harbour-notes.blogspot.com/2011/07/draft.html"),
        ("elsewhere", "http://other-notes.blogspot.com/2011/05/tides.html"),
        ("mail", "mailto:harbour@harbour.example"),
    ];
    for (name, address) in expected {
        assert_eq!(links[name], address, "{name}");
    }
    let files = desk.files("site");
    let comment = files.iter().find(|(path, _)| path.contains("data/comments")).unwrap().1;
    let comment = String::from_utf8_lossy(comment);
    assert!(comment.contains("](/2011/06/contents.html)"), "{comment}");
}

#[test]
fn without_a_site_they_lead_to_the_files() {
    let (_, links) = converted(&["--to", "markdown", "--layout", "year"]);
    assert_eq!(links["host"], "2011-05-20-tides.md");
    assert_eq!(links["comment"], "2011-05-20-tides.md#comments");
    assert_eq!(links["page"], "../../pages/über.md");
    assert_eq!(links["draft"], "2011-07-01-draft.md");
    assert!(links["label"].starts_with("http://"));
}

#[test]
fn a_site_in_a_folder_of_its_host_has_it_in_every_link() {
    let (_, links) = converted(&["--flavor", "zola", "--new-url", "https://ines.example/harbour/"]);
    // A page is a folder to Zola.
    assert_eq!(links["host"], "/harbour/2011/05/tides/");
    assert_eq!(links["label"], "/harbour/tags/ebbe-flut/");
    assert_eq!(links["home"], "/harbour/");
}

#[test]
fn they_can_stay_and_what_is_missing_can_be_had_from_the_wayback_machine() {
    let (_, links) = converted(&["--flavor", "hugo", "--links", "keep"]);
    assert_eq!(
        links["country"],
        "http://harbour-notes.blogspot.co.uk/2011/05/tides.html"
    );
    let (_, links) = converted(&["--flavor", "hugo", "--missing-links", "wayback"]);
    assert_eq!(
        links["missing"],
        "https://web.archive.org/web/20110612/http://harbour-notes.blogspot.com/2010/01/never-written.html"
    );
}

/// What the report says under this code.
fn notices(desk: &Desk, code: &str) -> Vec<String> {
    let report = desk.json("report.json");
    let all = report["notices"].as_array().unwrap().iter();
    let own = all.filter(|notice| notice["code"] == code);
    own.map(|notice| notice["message"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn links_that_lead_nowhere_are_named() {
    let desk = Desk::new();
    desk.convert([HARBOUR], ["--flavor", "hugo", "-o", "site", "--report", "report.json"])
        .exits(0);
    let of = |code| notices(&desk, code);
    let missing = of("link-missing");
    assert_eq!(missing.len(), 2, "{missing:?}");
    assert!(
        missing[0].contains("never-written.html") && missing[1].contains("draft.html"),
        "{missing:?}"
    );
    assert_eq!(of("link-kept").len(), 3, "{:?}", of("link-kept"));
}

#[test]
fn an_archive_keeps_every_link_as_it_was() {
    let desk = Desk::new();
    desk.convert([HARBOUR], ["-o", "again.jsonl"]).exits(0);
    let before = Desk::new().records([HARBOUR]);
    let after = desk.archive("again.jsonl");
    for (a, b) in before.posts.iter().zip(&after.posts) {
        assert_eq!(a["content_html"], b["content_html"]);
    }
    assert!(desk.text("again.jsonl").contains("blogspot.co.uk/2011/05/tides.html"));
}

#[test]
fn redirects_lead_from_every_old_address_to_the_new_one() {
    let desk = Desk::new();
    let servers = "nginx,apache,caddy,netlify,cloudflare,vercel,csv,wordpress,blogger";
    let arguments = [
        "--flavor",
        "hugo",
        "--permalinks",
        "redirect",
        "--new-url",
        "https://new.example/blog",
        "-o",
        "site",
    ];
    desk.convert([HARBOUR], arguments.into_iter().chain(["--redirects", servers]))
        .exits(0);
    let text = |file: &str| desk.text(format!("site/_old-addresses/{file}"));
    let to = "https://new.example/blog/posts/tides/";
    for (file, from) in [
        ("nginx.conf", "\"/2011/05/tides.html\" \""),
        ("nginx.conf", "\"/2011/05/tide-tables.html\" \""),
        ("apache.htaccess", "\"^/?2011/05/tides\\.html/?$\" \""),
        ("Caddyfile", "\"/2011/05/tides.html\" \""),
        ("netlify/_redirects", "/2011/05/tides.html "),
        ("cloudflare/_redirects", "/2011/05/tides.html "),
        ("redirects.csv", "http://harbour.example/2011/05/tides.html,"),
        ("wordpress-redirection.csv", "/2011/05/tides.html,"),
    ] {
        assert!(text(file).contains(&format!("{from}{to}")), "{file}: {}", text(file));
    }
    let vercel = desk.json("site/_old-addresses/vercel.json");
    let first = &vercel["redirects"][0];
    assert_eq!(first["source"], "/2011/05/tides\\.html");
    assert_eq!((&first["destination"], &first["statusCode"]), (&to.into(), &301.into()));
    // Letters, labels, feeds and the front page; nothing that is not public.
    let nginx = text("nginx.conf");
    for line in [
        "\"/2011/06/港.html\" \"https://new.example/blog/posts/%E6%B8%AF/\"",
        "\"/p/über.html\" \"https://new.example/blog/pages/%C3%BCber/\"",
        "\"/search/label/Ebbe & Flut\" \"https://new.example/blog/tags/ebbe--flut/\"",
        "\"/feeds/posts/default\" \"https://new.example/blog/index.xml\"",
        "\"/\" \"https://new.example/blog/\"",
    ] {
        assert!(nginx.contains(line), "{line}\n{nginx}");
    }
    assert!(!nginx.contains("draft"), "{nginx}");
    let blogger = text("blogger-template.html");
    assert!(
        blogger.contains("\"/2011/05/tides.html\":\"/posts/tides/\""),
        "{blogger}"
    );
}

#[test]
fn addresses_that_stay_need_no_redirect() {
    let desk = Desk::new();
    desk.convert([HARBOUR], ["--flavor", "hugo", "--redirects", "netlify", "-o", "site"])
        .exits(0);
    let text = desk.text("site/_old-addresses/netlify/_redirects");
    assert!(
        text.contains("/2011/05/tide-tables.html /2011/05/tides.html 301!"),
        "{text}"
    );
    assert!(
        !text.contains("\n/2011/05/tides.html ") && !text.contains("\n/ "),
        "{text}"
    );
}

#[test]
fn redirects_need_somewhere_to_lead() {
    let desk = Desk::new();
    desk.convert([HARBOUR], ["--to", "markdown", "--redirects", "nginx", "-o", "x"])
        .exits(2)
        .says("--flavor");
    desk.convert([HARBOUR], ["--flavor", "hugo", "--redirects", "blogger", "-o", "x"])
        .exits(2)
        .says("--new-url");
    desk.convert([HARBOUR], ["--flavor", "hugo", "--new-url", "new.example", "-o", "x"])
        .exits(2);
}

#[test]
fn a_folder_is_checked_and_what_leads_nowhere_is_named() {
    let (desk, _) = converted(&["--flavor", "hugo"]);
    desk.blogark(["check", "site"]).run().exits(0).says("no findings");
    let path = "site/content/posts/2011-06-01-港.md";
    let text = desk.text(path) + "\n[x](/2011/05/gone.html) ![y](gone.png) [z](/2011/05/tides.html#nowhere)\n";
    desk.put(path, text);
    let done = desk.blogark(["check", "site"]).run().exits(3).says("3 errors");
    let told = done.text();
    for words in ["/2011/05/gone.html", "gone.png", "#nowhere"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let done = desk.blogark(["check", "--list-external", "--quiet", "site"]).run();
    assert!(
        done.text()
            .contains("\nhttp://other-notes.blogspot.com/2011/05/tides.html\n"),
        "{}",
        done.text()
    );
}

#[test]
fn a_built_site_is_checked_with_its_own_address() {
    let desk = Desk::new();
    desk.put(
        "out/index.html",
        "<a href='https://new.example/blog/a/'>a</a> <img src=/blog/p.png>",
    );
    desk.put("out/a/index.html", "<a href='../'>up</a>");
    desk.put("out/p.png", "p");
    desk.blogark(["check", "--site-url", "https://new.example/blog/", "out"])
        .run()
        .exits(0);
    desk.put("out/b.html", "<a href='https://new.example/blog/c/'>c</a>");
    let done = desk
        .blogark(["check", "--site-url", "https://new.example/blog/", "out"])
        .run()
        .exits(3);
    assert!(done.text().contains("https://new.example/blog/c/"));
    desk.put("empty/notes.txt", "x");
    desk.blogark(["check", "empty"])
        .run()
        .exits(1)
        .says("folder without pages");
}

#[test]
fn wordpress_gets_its_own_addresses_once_they_are_known() {
    let desk = Desk::new();
    desk.convert([HARBOUR], ["-o", "kept.wxr"]).exits(0);
    assert!(
        desk.text("kept.wxr")
            .contains("http://harbour-notes.blogspot.co.uk/2011/05/tides.html")
    );

    let arguments = [
        "-o",
        "new.wxr",
        "--new-url",
        "https://new.example/blog/",
        "--redirects",
        "wordpress,blogger",
    ];
    desk.convert([HARBOUR], arguments).exits(0);
    let text = desk.text("new.wxr");
    for (name, address) in [
        ("country", "https://new.example/blog/2011/05/tides.html"),
        ("comment", "https://new.example/blog/2011/05/tides.html#comments"),
        ("place", "https://new.example/blog/2011/05/tides.html#spring"),
        ("page", "https://new.example/blog/%c3%bcber"),
        ("label", "https://new.example/blog/tag/ebbe-flut"),
        ("month", "https://new.example/blog/2011/05"),
        ("feed", "https://new.example/blog/feed"),
        ("home", "https://new.example/blog/"),
        (
            "missing",
            "http://harbour-notes.blogspot.com/2010/01/never-written.html",
        ),
        ("draft", "http://harbour-notes.blogspot.com/2011/07/draft.html"),
    ] {
        let link = format!("<a href=\"{address}\">{name}</a>");
        assert!(text.contains(&link), "{link}");
    }
    let table = desk.text("new-old-addresses/wordpress-redirection.csv");
    assert!(
        table.contains("/search/label/Ebbe & Flut,https://new.example/blog/tag/ebbe-flut,0,301"),
        "{table}"
    );
    assert!(
        desk.text("new-old-addresses/blogger-template.html")
            .contains("https://new.example/blog")
    );

    let arguments = [
        "-o",
        "days.wxr",
        "--new-url",
        "https://new.example",
        "--wp-permalinks",
        "/%year%/%monthnum%/%day%/%postname%/",
    ];
    desk.convert([HARBOUR], arguments).exits(0);
    let text = desk.text("days.wxr");
    assert!(text.contains("<a href=\"https://new.example/2011/05/20/tides/\">host</a>"));
    assert!(text.contains("<a href=\"https://new.example/tag/ebbe-flut/\">label</a>"));
    desk.convert(
        [HARBOUR],
        [
            "-o",
            "x.wxr",
            "--new-url",
            "https://new.example",
            "--wp-permalinks",
            "/%post_id%/",
        ],
    )
    .exits(2)
    .says("%postname%");
}

#[test]
fn relative_links_of_a_blog_that_nobody_knows_the_host_of_are_named() {
    let desk = Desk::new();
    let html = "<a href='2.html'>zwei</a> <a href='${nummer}.html'>Skript</a> <a href='/plan.pdf'>Plan</a> \
        <a href='https://other.example/2.html'>anderswo</a> <a href='mailto:a@b.example'>Post</a> <a href='#oben'>oben</a>";
    let lines = [
        json!({"type": "archive", "schema_version": "1.0", "counts": {}}),
        json!({"type": "blog", "id": "1", "title": "Heft"}),
        json!({"type": "post", "id": "1", "blog": "1", "kind": "post", "status": "published", "title": "Inhalt",
            "date_published": "2011-03-05T10:12:00Z", "content_html": html}),
    ];
    desk.put(
        "heft.jsonl",
        lines.iter().map(|line| format!("{line}\n")).collect::<String>(),
    );
    desk.convert_here(
        ["heft.jsonl"],
        ["--flavor", "jekyll", "-o", "site", "--report", "report.json"],
    )
    .exits(0);
    let notices = notices(&desk, "link-missing");
    for address in ["2.html", "${nummer}.html", "/plan.pdf"] {
        let told = notices
            .iter()
            .filter(|told| told.contains(&format!("leads to {address}, ")));
        assert_eq!(told.count(), 1, "{address}: {notices:?}");
    }
    assert_eq!(notices.len(), 3, "{notices:?}");
    let text: String = desk.markdown("site").into_values().collect();
    assert!(text.contains("[zwei](2.html)"), "{text}");
}

#[test]
fn addresses_in_texts_are_known_however_their_host_is_written() {
    for address in [
        "http://heft.blogspot.com/2011/03/eins.html",
        "HTTP://WWW.Heft.blogspot.CO.UK/2011/03/eins.html.",
        "(https://heft.blogspot.com:443/2011/03/eins.html?m=1)",
        "http://heft&#46;blogspot.com/2011/03/eins.html",
        "http://other.example/ und http://heft.blogspot.com./2011/03/eins.html#comments",
    ] {
        let desk = Desk::new();
        let post = |id: &str, name: &str, html: String| {
            json!({"type": "post", "id": id, "blog": "1", "kind": "post", "status": "published", "title": name,
                "url": format!("http://heft.blogspot.com/2011/03/{name}.html"),
                "date_published": "2011-03-05T10:12:00Z", "content_html": html})
        };
        let lines = [
            json!({"type": "archive", "schema_version": "1.0", "counts": {}}),
            json!({"type": "blog", "id": "1", "title": "Heft", "home_page_url": "http://heft.blogspot.com/"}),
            post("1", "eins", "<p>Anfang</p>".to_owned()),
            post("2", "zwei", format!("<p>Siehe {address} </p>")),
        ];
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        desk.put("heft.jsonl", lines);
        desk.convert_here(["heft.jsonl"], ["--flavor", "hugo", "-o", "site"])
            .exits(0);
        let text: String = desk.markdown("site").into_values().collect();
        assert!(text.contains("](/2011/03/eins.html)"), "{address}: {text}");
    }
}
