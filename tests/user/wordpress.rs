//! Somebody moves to WordPress, or from one WordPress to another: pictures and files, menus, terms.

use std::collections::{BTreeMap, BTreeSet};

use crate::desk::{Desk, fixture};

/// The items of a WXR, each as text.
fn items(text: &str) -> Vec<&str> {
    let pieces = text.split("<item>").skip(1);
    pieces.map(|i| i.split("</item>").next().unwrap()).collect()
}

/// The value of a field.
fn value<'a>(text: &'a str, element: &str) -> &'a str {
    let start = text
        .find(&format!("<{element}>"))
        .map_or(text.len(), |at| at + element.len() + 2);
    let rest = &text[start..];
    let value = &rest[..rest.find(&format!("</{element}>")).unwrap_or(0)];
    value
        .strip_prefix("<![CDATA[")
        .and_then(|v| v.strip_suffix("]]>"))
        .unwrap_or(value)
}

/// The hidden fields of an item.
fn metas(item: &str) -> BTreeMap<&str, &str> {
    let metas = item.split("<wp:postmeta>").skip(1);
    metas
        .map(|m| (value(m, "wp:meta_key"), value(m, "wp:meta_value")))
        .collect()
}

fn attachments(text: &str) -> Vec<&str> {
    items(text)
        .into_iter()
        .filter(|i| value(i, "wp:post_type") == "attachment")
        .collect()
}

#[test]
fn from_one_wordpress_to_another_nothing_stays_behind() {
    let desk = Desk::new();
    desk.convert(["wxr/media-and-menus.xml"], ["-o", "feira.wxr"]).exits(0);
    let text = desk.text("feira.wxr");

    let files = attachments(&text);
    let numbers: Vec<_> = files
        .iter()
        .map(|i| (value(i, "wp:post_id"), value(i, "wp:post_parent")))
        .collect();
    assert_eq!(numbers, [("50", "40"), ("51", "40"), ("52", "0")]);
    let banca = files[0];
    assert_eq!(
        value(banca, "wp:attachment_url"),
        "https://feira-do-rio.example/wp-content/uploads/2019/03/banca.jpg"
    );
    assert_eq!(value(banca, "content:encoded"), "<p>Vista da ponte.</p>");
    assert_eq!(value(banca, "excerpt:encoded"), "Às <em>seis</em> da manhã.");
    assert_eq!(value(banca, "wp:post_date"), "2019-03-02 09:50:00");
    assert_eq!(value(banca, "wp:post_name"), "banca-azul");
    assert_eq!(metas(banca)["_wp_attachment_image_alt"], "A banca \"azul\" & o barco");
    assert_eq!(metas(banca)["_wp_attached_file"], "2019/03/banca.jpg");
    assert_eq!(banca.matches("<wp:comment>").count(), 2);

    let all = items(&text);
    let find = |title: &str| *all.iter().find(|i| value(i, "title") == title).unwrap();
    assert_eq!(metas(find("Caju maduro"))["_thumbnail_id"], "50");
    assert!(find("Caju maduro").contains("[gallery ids=\"50,51\"]"));
    // Two terms of one name; the head declares only one of them, and the posts have one each.
    assert!(find("Caju maduro").contains("nicename=\"caju\"") && find("Caju verde").contains("nicename=\"caju-2\""));
    for slug in ["caju", "caju-2"] {
        assert!(text.contains(&format!("<wp:tag_slug><![CDATA[{slug}]]>")), "{slug}");
    }
    assert!(text.contains("<wp:category_nicename><![CDATA[sem-cabeca]]>"));
    for meta in ["cor", "icone", "epoca"] {
        assert!(
            text.contains(&format!("<wp:termmeta><wp:meta_key><![CDATA[{meta}]]>")),
            "{meta}"
        );
    }
    assert_eq!(value(find("Amanhã"), "wp:post_date_gmt"), "2019-03-20 13:00:00");
    let menus: Vec<_> = all
        .iter()
        .filter(|i| value(i, "wp:post_type") == "nav_menu_item")
        .collect();
    assert_eq!(menus.len(), 2);
    assert!(
        menus
            .iter()
            .all(|i| value(i, "wp:post_id") == "60" && value(i, "content:encoded").is_empty())
    );

    desk.convert(["wxr/media-and-menus.xml"], ["-o", "first.jsonl"])
        .exits(0);
    desk.convert_here(["feira.wxr"], ["-o", "again.jsonl"]).exits(0);
    let (first, again) = (desk.archive("first.jsonl"), desk.archive("again.jsonl"));
    let media = |archive: &crate::desk::Archive| -> Vec<serde_json::Value> {
        let mut list = archive.media.clone();
        for one in &mut list {
            let one = one.as_object_mut().unwrap();
            one.remove("provenance");
            one.remove("_source");
        }
        list
    };
    assert_eq!(media(&first).len(), 3);
    assert_eq!(media(&first), media(&again));
}

#[test]
fn pictures_become_attachments_that_texts_name() {
    let desk = Desk::new();
    let garden = "blogger-export/garden.xml";
    desk.convert([garden], ["-o", "plain.wxr"]).exits(0);
    assert!(attachments(&desk.text("plain.wxr")).is_empty());

    desk.convert([garden], ["-o", "garden.wxr", "--media-items"]).exits(0);
    let text = desk.text("garden.wxr");
    let files = attachments(&text);
    assert!(files.len() > 2, "{}", files.len());
    let addresses: BTreeSet<_> = files.iter().map(|i| value(i, "wp:attachment_url")).collect();
    assert_eq!(addresses.len(), files.len());
    let posts: BTreeMap<_, _> = items(&text).into_iter().map(|i| (value(i, "wp:post_id"), i)).collect();
    assert_eq!(posts.len(), items(&text).len());
    for file in files {
        let named = value(file, "guid isPermaLink=\"false\"");
        let named = if named.is_empty() {
            value(file, "wp:attachment_url")
        } else {
            named
        };
        let post = posts[value(file, "wp:post_parent")];
        assert!(
            value(post, "content:encoded").contains(&named.replace("&amp;amp;", "&amp;")),
            "{named}\n{post}"
        );
    }
    // No picture is shown from anywhere else.
    for post in posts.values() {
        for picture in value(post, "content:encoded").split("<img").skip(1) {
            let source = picture.split("src=").nth(1).unwrap().split(['"', '\'']).nth(1).unwrap();
            let address = source.replace("&amp;", "&");
            let is_known = addresses
                .iter()
                .any(|known| address.trim_end_matches("#image") == *known);
            assert!(is_known || !source.starts_with("http"), "{source}");
        }
    }
    desk.blogark(["check", "garden.wxr"]).run().exits(0);
}

#[test]
fn pictures_stand_in_the_part_of_their_post() {
    let desk = Desk::new();
    let logo = "http://1.bp.blogspot.com/-logo/x/y/s320/logo.png";
    let blog = r#"{"type":"blog","id":"b","platform":"blogger","home_page_url":"http://b.example/"}"#;
    let mut lines = format!("{blog}\n");
    for n in 1..=30 {
        lines.push_str(&format!(
            "{{\"type\":\"post\",\"id\":\"9{n:018}\",\"blog\":\"b\",\"kind\":\"post\",\"status\":\"published\",\"title\":\"Nº {n}\",\
             \"date_published\":\"2012-01-{n:02}T10:00:00Z\",\"image\":\"http://pics.example/{n}.jpg\",\"content_html\":\"<img src='{logo}'> \
             <a href='http://2.bp.blogspot.com/-p{n}/x/y/s1600-h/a.jpg'><img src='http://2.bp.blogspot.com/-p{n}/x/y/s200/a.jpg'></a> {}\"}}\n",
            "words ".repeat(200)
        ));
    }
    desk.put("blog.jsonl", lines);
    desk.convert_here(["blog.jsonl"], ["-o", "b.wxr", "--media-items", "--split", "30KB"])
        .exits(0);
    let mut parts = 0;
    while desk.path(format!("b-{}.wxr", parts + 1)).exists() {
        parts += 1;
        let name = format!("b-{parts}.wxr");
        let text = desk.text(&name);
        let files = attachments(&text);
        let of = |address: &str| {
            files
                .iter()
                .filter(|f| value(f, "wp:attachment_url") == address)
                .count()
        };
        assert_eq!(of(logo), 1, "{name}");
        let numbers: BTreeSet<_> = files.iter().map(|f| value(f, "wp:post_id")).collect();
        for item in items(&text) {
            if value(item, "wp:post_type") != "post" {
                continue;
            }
            let n = value(item, "title").trim_start_matches("Nº ");
            let large = format!("http://2.bp.blogspot.com/-p{n}/x/y/s1600/a.jpg");
            assert_eq!(of(&large), 1, "{n}");
            assert_eq!(value(item, "content:encoded").matches(&large).count(), 2, "{n}");
            assert!(numbers.contains(metas(item)["_thumbnail_id"]), "{n}");
        }
        desk.blogark(["check", &*name]).run().exits(0);
    }
    assert!(parts > 2, "{parts}");
}

#[test]
fn a_gallery_is_its_pictures_in_markdown() {
    let desk = Desk::new();
    let done = desk.convert(
        ["wxr/galleries.xml"],
        ["--to", "markdown", "-o", "site", "--report", "report.json"],
    );
    done.exits(0);
    let files = desk.markdown("site");
    let body = |name: &str| {
        let (_, text) = files.iter().find(|(path, _)| path.contains(name)).unwrap();
        text.split_once("\n---\n").unwrap().1.trim().to_owned()
    };
    let file = |name: &str| format!("https://sciezka.example/pliki/{name}");
    let linked = |alt: &str, name: &str| format!("[![{alt}]({0})]({0})", file(name));
    let most = format!("{}  \n*Most z drewna*", linked("", "most.png"));
    let crane = "Żuraw & \"trzcina\"";

    // The post's own, by the place it gives them and then by number; a PDF is no picture.
    let own = body("nad-rzeka");
    let (text, comments) = own.split_once("## Comments").unwrap();
    assert_eq!(
        text.trim(),
        format!(
            "Rano była mgła.\n\n{most}\n\n{}  \nStoi na *jednej* nodze\n\n{}\n\nTak się to pisze: [gallery].",
            linked(crane, "zuraw.jpg"),
            linked("", "lodka.JPG")
        )
    );
    // WordPress runs no shortcodes in comments.
    assert!(comments.contains("U mnie [gallery] nie działa."));
    assert_eq!(
        body("wybrane"),
        format!(
            "Trzy z wielu:\n\n![]({})  \n*Wiklina*\n\n![{crane}]({})  \nStoi na *jednej* nodze",
            file("kosz.jpg"),
            file("zuraw.jpg")
        )
    );
    // Those of another post by title, the last first; those of a private post are nobody's to see.
    assert_eq!(
        body("z-powrotem"),
        format!(
            "Od końca.\n\n{most}\n\n{}\n\n[gallery id=\"45\"]",
            linked("", "lodka.JPG")
        )
    );
    assert_eq!(body("nic"), "Pusto.\n\n[gallery size=\"full\"]");

    let report = desk.json("report.json");
    let told: Vec<_> = report["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| {
            assert_eq!(notice["code"], "html-simplified");
            (notice["post"].as_str().unwrap(), notice["message"].as_str().unwrap())
        })
        .collect();
    let [("41", part), ("42", none), ("43", private)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert!(part.contains("ids=\"15,11,99,15\"") && part.contains("not in the export: 99."));
    assert!(none.starts_with("[gallery size=\"full\"] stays as text"));
    assert!(private.contains("a post that is not written"));

    // The archive knows as much as the export.
    desk.convert(["wxr/galleries.xml"], ["-o", "sciezka.jsonl"]).exits(0);
    desk.convert_here(["sciezka.jsonl"], ["--to", "markdown", "-o", "again"])
        .exits(0);
    assert_eq!(desk.markdown("again"), files);
}

#[test]
fn terms_that_need_a_plugin_are_named() {
    let desk = Desk::new();
    let export = String::from_utf8(fixture("wxr/classic-1.1.xml")).unwrap();
    let term = "<category domain=\"avhec_catgroup\" nicename=\"home\"><![CDATA[Home]]></category>";
    desk.put(
        "export.xml",
        export.replacen("<wp:post_id>", &format!("{term}<wp:post_id>"), 1),
    );
    desk.convert_here(["export.xml"], ["--to", "wxr", "-o", "again.xml", "--report", "r.json"])
        .exits(0)
        .says("plugin-needed");
    assert!(desk.text("again.xml").contains("domain=\"avhec_catgroup\""));
    let report = desk.json("r.json");
    let notices = report["notices"].as_array().unwrap();
    let told: Vec<&str> = notices
        .iter()
        .filter(|n| n["code"] == "plugin-needed")
        .filter_map(|n| n["message"].as_str())
        .collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("avhec_catgroup"), "{told:?}");
}
