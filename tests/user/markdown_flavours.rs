//! Someone builds a site with Hugo, Jekyll, Zola, Eleventy, Astro or Pelican.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::authored::{MadeBlog, MadePost};
use crate::desk::{Desk, comments_of};

const GARDEN: &str = "blogger-export/garden.xml";
const MULTILINGUAL: &str = "blogger-export/multilingual.xml";
const GENERATORS: [&str; 6] = ["hugo", "jekyll", "zola", "eleventy", "astro", "pelican"];

/// Titles that one form of front matter or another takes for something else.
const TITLES: [&str; 30] = [
    "yes",
    "No",
    "null",
    "~",
    "12:30",
    "2012-01-01",
    "2012-01-01T10:00:00Z",
    "1e3",
    "007",
    "0x1F",
    "a: b",
    "# hash",
    "tail # hash",
    "- dash",
    "@at",
    "`tick",
    "*star",
    "&amp; &",
    "!bang",
    "%percent",
    "{braces}",
    "[brackets]",
    "\"double\" 'single'",
    "''' \"\"\"",
    "back\\slash \\n",
    "tab\tinside",
    "😀 emoji 👨‍👩‍👧",
    "日本: 語",
    "{{ template }} {% tag %}",
    "--- +++",
];

fn made(posts: Vec<MadePost>) -> String {
    MadeBlog {
        posts,
        comments: Vec::new(),
    }
    .export()
}

fn post(number: usize, title: &str) -> MadePost {
    MadePost {
        id: format!("{}", 7_000_000_000_000_000_000 + number as u64),
        is_page: false,
        is_draft: false,
        title: title.to_owned(),
        body: format!("body number {number}."),
        labels: vec![title.to_owned(), "b c".to_owned()],
        published: format!("2012-03-01T10:{:02}:00.000Z", number % 60),
    }
}

/// Front matter as JSON, read by parsers that blogark does not write with, and the body.
pub(crate) fn read(text: &str) -> (Value, String) {
    let fenced = |fence: &str| {
        let rest = text.strip_prefix(fence)?.strip_prefix('\n')?;
        let (matter, body) = rest.split_once(&format!("\n{}\n", &fence[..3]))?;
        Some((matter.to_owned(), body.to_owned()))
    };
    if let Some((matter, body)) = fenced("---json") {
        (serde_json::from_str(&matter).unwrap(), body)
    } else if let Some((matter, body)) = fenced("---") {
        (
            serde_saphyr::from_str(&matter).unwrap_or_else(|e| panic!("{e}\n{matter}")),
            body,
        )
    } else if let Some((matter, body)) = fenced("+++") {
        let table: toml::Table = matter.parse().unwrap();
        (plain(toml::Value::Table(table)), body)
    } else if text.starts_with('{') {
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        let matter = stream.next().unwrap().unwrap();
        let body = text[stream.byte_offset()..].to_owned();
        (matter, body)
    } else {
        let (matter, body) = text.split_once("\n\n").unwrap();
        (pelican(matter), body.to_owned())
    }
}

/// TOML as JSON; a date is a text with a mark, so that a quoted one is told from it.
fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => json!(format!("date {date}")),
        toml::Value::Array(items) => items.into_iter().map(plain).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(name, value)| (name, plain(value))).collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

/// Metadata by Pelican's rules: bare values, lists parted by semicolons.
fn pelican(matter: &str) -> Value {
    let mut fields = serde_json::Map::new();
    for line in matter.lines() {
        let (name, value) = line.split_once(':').unwrap();
        let name = name.to_ascii_lowercase();
        let value = match name.as_str() {
            "tags" | "authors" => {
                let items = value.split(';').map(str::trim).filter(|item| !item.is_empty());
                items.map(|item| json!(item)).collect()
            }
            _ => json!(value.trim()),
        };
        assert!(fields.insert(name, value).is_none(), "{line}");
    }
    Value::Object(fields)
}

fn title_of(matter: &Value) -> &Value {
    matter.get("title").unwrap()
}

pub(crate) fn id_of(matter: &Value) -> String {
    let places = [&matter["id"], &matter["post_id"], &matter["extra"]["id"]];
    places.into_iter().find_map(|id| id.as_str()).unwrap().to_owned()
}

fn convert(desk: &Desk, input: &str, flavor: &str, more: &[&str]) -> BTreeMap<String, String> {
    let mut args = vec!["--flavor", flavor, "-o", flavor];
    args.extend(more);
    desk.convert([input], args).exits(0);
    desk.markdown(flavor)
}

/// The file whose name holds these words.
#[track_caller]
fn the<'a>(files: &'a BTreeMap<String, String>, words: &str) -> (&'a str, Value, String) {
    let mut found = files.iter().filter(|(name, _)| name.contains(words));
    let (name, text) = found
        .next()
        .unwrap_or_else(|| panic!("{words} is not among {:?}", files.keys()));
    let (matter, body) = read(text);
    (name, matter, body)
}

#[test]
fn titles_that_look_like_something_else_are_titles_everywhere() {
    let desk = Desk::new();
    let posts = TITLES.iter().enumerate().map(|(n, title)| post(n, title)).collect();
    desk.put("odd.xml", made(posts));
    let forms = [
        ("plain", ""),
        ("plain", "toml"),
        ("plain", "json"),
        ("hugo", ""),
        ("hugo", "toml"),
        ("hugo", "json"),
        ("jekyll", ""),
        ("zola", ""),
        ("zola", "yaml"),
        ("eleventy", ""),
        ("eleventy", "json"),
        ("astro", ""),
        ("astro", "toml"),
        ("pelican", ""),
    ];
    for (flavor, form) in forms {
        let out = format!("{flavor}{form}");
        let mut args = vec!["odd.xml", "--to", "markdown", "--flavor", flavor, "-o", &out];
        if !form.is_empty() {
            args.extend(["--front-matter", form]);
        }
        desk.convert_here(args, []).exits(0);
        let read: BTreeMap<String, Value> = desk
            .markdown(&out)
            .iter()
            .filter(|(name, _)| !name.ends_with("_index.md"))
            .map(|(_, text)| read(text).0)
            .map(|matter| (id_of(&matter), matter))
            .collect();
        assert_eq!(read.len(), TITLES.len(), "{out}");
        for (title, matter) in TITLES.iter().zip(read.values()) {
            let title = if flavor == "pelican" {
                title.replace('\t', " ")
            } else {
                (*title).to_owned()
            };
            assert_eq!(title_of(matter), &json!(title), "{out}");
            let tags = if flavor == "zola" {
                &matter["taxonomies"]["tags"]
            } else {
                &matter["tags"]
            };
            // XML makes a tab in an attribute a space; a semicolon is what parts the tags of Pelican.
            let tag = title.replace('\t', " ");
            let tag = if flavor == "pelican" {
                tag.replace(';', ",")
            } else {
                tag
            };
            assert_eq!(tags, &json!([tag, "b c"]), "{out}");
        }
    }
}

#[test]
fn posts_lie_where_the_generator_looks() {
    let desk = Desk::new();
    for (flavor, dig, draft, page) in [
        (
            "hugo",
            "content/posts/2011-03-05-first-dig.md",
            "content/posts/2012-08-19-compost-a-confession.md",
            "content/pages/about-this-plot.md",
        ),
        (
            "jekyll",
            "_posts/2011-03-05-first-dig.md",
            "_drafts/compost-a-confession.md",
            "pages/about-this-plot.md",
        ),
        (
            "zola",
            "content/posts/2011-03-05-first-dig.md",
            "content/posts/2012-08-19-compost-a-confession.md",
            "content/pages/about-this-plot.md",
        ),
        (
            "eleventy",
            "content/blog/2011-03-05-first-dig.md",
            "content/blog/2012-08-19-compost-a-confession.md",
            "content/pages/about-this-plot.md",
        ),
        (
            "astro",
            "src/content/blog/2011-03-05-first-dig.md",
            "src/content/blog/2012-08-19-compost-a-confession.md",
            "src/content/pages/about-this-plot.md",
        ),
        (
            "pelican",
            "content/2011-03-05-first-dig.md",
            "content/2012-08-19-compost-a-confession.md",
            "content/pages/about-this-plot.md",
        ),
    ] {
        let files = convert(&desk, GARDEN, flavor, &[]);
        for name in [dig, draft, page] {
            assert!(
                files.contains_key(name),
                "{flavor}: {name} is not among {:?}",
                files.keys()
            );
        }
        let sections = if flavor == "zola" { 2 } else { 0 };
        assert_eq!(files.len(), 11 + sections, "{flavor}");
    }
}

#[test]
fn what_each_generator_reads_of_a_post() {
    let desk = Desk::new();
    let read_as = |flavor| the(&convert(&desk, GARDEN, flavor, &[]), "beans-peas").1;
    let path = "/2011/04/beans-peas-other-climbers.html";
    let tags = json!(["beans, peas & climbers", "sowing"]);

    let hugo = read_as("hugo");
    assert_eq!((&hugo["url"], &hugo["tags"]), (&json!(path), &tags));
    assert_eq!(hugo["date"], "2011-04-17T19:45:00.002+01:00");
    assert_eq!(hugo["authors"], json!(["Nell Harrow"]));

    let jekyll = read_as("jekyll");
    assert_eq!((&jekyll["permalink"], &jekyll["tags"]), (&json!(path), &tags));
    assert_eq!(
        (&jekyll["layout"], &jekyll["author"]),
        (&json!("post"), &json!("Nell Harrow"))
    );
    assert_eq!(jekyll["render_with_liquid"], false);
    assert_eq!(jekyll["excerpt_separator"], "<!--more-->");

    let zola = read_as("zola");
    assert_eq!(zola["path"], "2011/04/beans-peas-other-climbers");
    assert_eq!(zola["aliases"], json!([path.trim_start_matches('/')]));
    assert_eq!(zola["date"], "date 2011-04-17T19:45:00.002+01:00");
    assert_eq!(zola["taxonomies"]["tags"], tags);

    let eleventy = read_as("eleventy");
    assert_eq!((&eleventy["permalink"], &eleventy["tags"]), (&json!(path), &tags));
    assert_eq!(eleventy["templateEngineOverride"], "md");

    let astro = read_as("astro");
    assert_eq!(astro["slug"], "2011/04/beans-peas-other-climbers");
    assert_eq!((&astro["description"], &astro["tags"]), (&json!(""), &tags));
    assert!(astro["pubDate"].as_str().unwrap().starts_with("2011-04-17T19:45:00"));

    let pelican = read_as("pelican");
    assert_eq!((&pelican["tags"], &pelican["category"]), (&tags, &json!("misc")));
    assert_eq!(pelican["url"], path.trim_start_matches('/'));
    assert_eq!(pelican["save_as"], path.trim_start_matches('/'));
}

#[test]
fn zola_meets_no_field_that_it_does_not_know() {
    // <https://www.getzola.org/documentation/content/page/>: it refuses all others.
    let known: BTreeSet<&str> = [
        "title",
        "description",
        "date",
        "updated",
        "weight",
        "draft",
        "slug",
        "path",
        "aliases",
        "authors",
        "in_search_index",
        "template",
        "taxonomies",
        "extra",
    ]
    .into();
    let desk = Desk::new();
    for (input, out) in [
        (GARDEN, "a"),
        (MULTILINGUAL, "b"),
        ("wxr/blocks-1.2.xml", "c"),
        ("takeout/Takeout", "d"),
    ] {
        desk.convert([input], ["--flavor", "zola", "-o", out]);
        for (name, text) in desk.markdown(out) {
            let (matter, body) = read(&text);
            if name.ends_with("_index.md") {
                assert!(body.is_empty() && matter["title"].is_string(), "{name}");
                continue;
            }
            for (field, value) in matter.as_object().unwrap() {
                assert!(known.contains(field.as_str()), "{name}: {field}");
                match field.as_str() {
                    "date" | "updated" => assert!(value.as_str().unwrap().starts_with("date "), "{name}: {value}"),
                    "draft" => assert!(value.is_boolean(), "{name}"),
                    "aliases" | "authors" => assert!(value.is_array(), "{name}"),
                    "taxonomies" | "extra" => assert!(value.is_object(), "{name}"),
                    _ => assert!(value.is_string(), "{name}: {field}"),
                }
            }
            let path = matter["path"].as_str().unwrap_or("x");
            assert!(!path.is_empty() && !path.starts_with('/'), "{name}: {path}");
        }
    }
}

#[test]
fn what_is_not_public_is_marked_as_each_generator_wants_it() {
    let desk = Desk::new();
    let takeout = |flavor: &str| {
        let args = ["--flavor", flavor, "-o", flavor, "--blog", "8100000000000000001"];
        desk.convert(["takeout/Takeout"], args).exits(0);
        desk.markdown(flavor)
    };
    for flavor in GENERATORS {
        let garden = Desk::new();
        let draft = the(&convert(&garden, GARDEN, flavor, &[]), "compost-a-confession").1;
        let scheduled = the(&takeout(flavor), "2035-03-21").1;
        match flavor {
            "jekyll" => {
                // Its folder says it of a draft.
                assert_eq!(draft.get("published"), None);
                assert_eq!(scheduled["published"], false);
                assert_eq!(scheduled["status"], "scheduled");
            }
            "pelican" => {
                assert_eq!(
                    (&draft["status"], &scheduled["status"]),
                    (&json!("draft"), &json!("draft"))
                );
                assert_eq!(scheduled.get("save_as"), None, "it would be published there");
            }
            _ => assert_eq!(
                (&draft["draft"], &scheduled["draft"]),
                (&json!(true), &json!(true)),
                "{flavor}"
            ),
        }
    }
}

#[test]
fn the_generator_may_make_new_addresses() {
    let old = "/2011/03/first-dig.html";
    for (flavor, own, aliases) in [
        ("hugo", "url", "aliases"),
        ("jekyll", "permalink", "redirect_from"),
        ("zola", "path", "aliases"),
        ("eleventy", "permalink", "aliases"),
        ("astro", "url", "aliases"),
        ("pelican", "save_as", "alias"),
        ("plain", "url", "aliases"),
    ] {
        let desk = Desk::new();
        let files = convert(&desk, GARDEN, flavor, &["--permalinks", "redirect"]);
        let matter = the(&files, "first-dig").1;
        assert_eq!(matter.get(own), None, "{flavor}");
        let list = match &matter[aliases] {
            Value::Array(list) => list[0].as_str().unwrap().to_owned(),
            other => other.as_str().unwrap().to_owned(),
        };
        assert_eq!(list.trim_start_matches('/'), old.trim_start_matches('/'), "{flavor}");
        let files = convert(&desk, GARDEN, flavor, &["--permalinks", "none", "--overwrite"]);
        let text = &files[the(&files, "first-dig").0];
        assert!(
            !text.contains("/03/first-dig.html\n---") && !read(text).0.to_string().contains("first-dig.html"),
            "{text}"
        );
    }
}

#[test]
fn slugs_are_kept_transliterated_or_encoded() {
    let names = |how: &str| {
        let desk = Desk::new();
        let posts = [
            "東京の庭",
            "Весна в саду",
            "Crème brûlée",
            "Crème brûlée",
            &"長".repeat(400),
            "con",
        ];
        let posts = posts.iter().enumerate().map(|(n, title)| post(n, title)).collect();
        desk.put("odd.xml", made(posts));
        desk.convert_here(["odd.xml", "--flavor", "hugo", "-o", "out", "--slugs", how], [])
            .exits(0);
        let files = desk.markdown("out");
        assert_eq!(files.len(), 6, "{how}");
        let slugs: BTreeSet<String> = files
            .values()
            .map(|text| read(text).0["slug"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(slugs.len(), 6, "{how}: {slugs:?}");
        assert!(slugs.iter().all(|slug| slug.len() <= 200), "{how}: {slugs:?}");
        assert!(!slugs.contains("con"));
        assert!(files.keys().all(|name| name.rsplit('/').next().unwrap().len() < 255));
        (slugs, files.into_keys().collect::<String>())
    };
    let kept = names("keep").0;
    assert!(kept.contains("東京の庭") && kept.contains("весна-в-саду"), "{kept:?}");
    assert!(kept.iter().any(|slug| slug.starts_with("crème-brûlée-7")), "{kept:?}");
    let latin = names("transliterate").0;
    assert!(latin.iter().all(|slug| slug.is_ascii()), "{latin:?}");
    assert!(latin.contains("vesna-v-sadu"), "{latin:?}");
    // The names of files are; the generator does it with slugs wherever it writes an address.
    let (slugs, names) = names("encode");
    assert!(
        names.is_ascii() && names.contains("2012-03-01-%e6%9d%b1%e4%ba%ac%e3%81%ae%e5%ba%ad.md"),
        "{names:?}"
    );
    assert!(slugs.contains("東京の庭"), "{slugs:?}");
}

#[test]
fn no_post_is_taken_for_the_folder_that_it_lies_in() {
    let desk = Desk::new();
    let page = |number, title: &str| MadePost {
        is_page: true,
        ..post(number, title)
    };
    let posts = vec![
        page(1, "Index"),
        page(2, "_index"),
        page(3, "__init__"),
        page(4, "___"),
        post(5, "index"),
    ];
    desk.put("index.xml", made(posts));
    for flavor in GENERATORS {
        desk.convert_here(
            [
                "index.xml",
                "--flavor",
                flavor,
                "-o",
                flavor,
                "--file-name",
                "{date}-{slug}",
            ],
            [],
        )
        .exits(0);
        let files: Vec<String> = desk
            .markdown(flavor)
            .into_iter()
            .filter(|(_, text)| text.contains("body number"))
            .map(|(name, _)| name.rsplit('/').next().unwrap().to_owned())
            .collect();
        assert_eq!(files.len(), 5, "{flavor}");
        assert!(
            files.iter().all(|name| name != "index.md" && !name.starts_with('_')),
            "{files:?}"
        );
    }
}

#[test]
fn folders_and_names_are_a_matter_of_taste() {
    let desk = Desk::new();
    for (args, dig) in [
        (["--layout", "year"], "posts/2011/2011-03-05-first-dig.md"),
        (["--layout", "year-month"], "posts/2011/03/2011-03-05-first-dig.md"),
        (["--layout", "bundle"], "posts/2011-03-05-first-dig/index.md"),
        (["--file-name", "{slug}"], "posts/first-dig.md"),
        (["--file-name", "{year}-{id}"], "posts/2011-6120044718305522001.md"),
    ] {
        let mut all = vec!["--flavor", "hugo", "-o", args[1]];
        all.extend(args);
        desk.convert([GARDEN], all).exits(0);
        let files = desk.markdown(args[1]);
        assert!(files.contains_key(&format!("content/{dig}")), "{:?}", files.keys());
        let page = if args[1] == "bundle" {
            "about-this-plot/index.md"
        } else {
            "about-this-plot.md"
        };
        assert!(
            files.contains_key(&format!("content/pages/{page}")),
            "{:?}",
            files.keys()
        );
    }
}

#[test]
fn fields_get_other_names_and_every_post_more_of_them() {
    let desk = Desk::new();
    let args = [
        "--flavor",
        "hugo",
        "-o",
        "out",
        "--rename-field",
        "date=pubDate",
        "--rename-field",
        "nothing=something",
        "--set",
        "layout=post",
        "--set",
        "toc=true",
        "--set",
        "weight=3",
        "--set",
        "edition=\"3\"",
        "--set",
        "cover.image=a.png",
    ];
    desk.convert([GARDEN], args)
        .exits(0)
        .says("No post had a field nothing");
    let matter = the(&desk.markdown("out"), "first-dig").1;
    assert_eq!(matter.get("date"), None);
    assert!(matter["pubDate"].as_str().unwrap().starts_with("2011-03-05"));
    assert_eq!(matter["layout"], "post");
    assert_eq!((&matter["toc"], &matter["weight"]), (&json!(true), &json!(3)));
    assert_eq!(
        (&matter["edition"], &matter["cover"]["image"]),
        (&json!("3"), &json!("a.png"))
    );
}

#[test]
fn what_a_generator_would_not_understand_is_refused() {
    let desk = Desk::new();
    for (args, words) in [
        (
            vec!["--flavor", "jekyll", "--front-matter", "toml"],
            "jekyll does not read TOML front matter; it reads YAML",
        ),
        (vec!["--flavor", "pelican", "--front-matter", "yaml"], "`Key: value`"),
        (vec!["--flavor", "jekyll", "--layout", "bundle"], "a folder of its own"),
        (
            vec!["--flavor", "jekyll", "--file-name", "{slug}"],
            "begins with {date}-",
        ),
        (
            vec!["--flavor", "hugo", "--file-name", "{title}"],
            "{title} is no part of a file name",
        ),
        (vec!["--flavor", "hugo", "--set", "a b=1"], "no name of a field"),
        (vec!["--flavor", "hugo", "--rename-field", "date"], "date=pubDate"),
        (vec!["--flavor", "gatsby"], "hugo"),
    ] {
        let mut all = args.clone();
        all.extend(["-o", "out"]);
        desk.convert([GARDEN], all).exits(2).says(words);
        assert!(!desk.path("out").exists());
    }
}

#[test]
fn a_second_run_changes_nothing_and_keeps_what_is_yours() {
    for flavor in GENERATORS {
        let desk = Desk::new();
        convert(&desk, GARDEN, flavor, &[]);
        let before = desk.files(flavor);
        convert(&desk, GARDEN, flavor, &[]);
        assert_eq!(desk.files(flavor), before, "{flavor}");
        // A template, or a section, is there to be changed: that is no loss.
        let own = before
            .keys()
            .find(|name| name.ends_with("blogark-comments.html") || name.ends_with("_index.md"));
        if let Some(name) = own {
            desk.put(&format!("{flavor}/{name}"), "mine\n");
            desk.convert([GARDEN], ["--flavor", flavor, "-o", flavor])
                .exits(0)
                .says("is yours");
            assert_eq!(desk.text(format!("{flavor}/{name}")), "mine\n");
        }
        // A comment that was edited is kept, and named.
        if let Some(name) = before.keys().find(|name| name.contains("comments/first-dig/")) {
            desk.put(&format!("{flavor}/{name}"), "message: mine\n");
            let args = ["--flavor", flavor, "-o", flavor, "--report", "report.json"];
            desk.convert([GARDEN], args).exits(3).says("--overwrite");
            assert_eq!(desk.text(format!("{flavor}/{name}")), "message: mine\n");
            let report = desk.json("report.json");
            assert_eq!(report["ledger"]["comments"]["left_out"], json!({ "file-kept": 1 }));
            assert_eq!(report["ledger"]["posts"]["left_out"], json!({}));
            assert_eq!(report["balances"], true);
        }
    }
}

#[test]
fn a_newer_export_changes_only_what_changed() {
    let desk = Desk::new();
    let draft = MadePost {
        is_draft: true,
        ..post(3, "Soon")
    };
    let old = vec![post(1, "One"), post(2, "Two"), draft.clone()];
    // The draft is published on another day; one post is edited, one has another title.
    let new = vec![
        MadePost {
            body: "edited".to_owned(),
            ..post(1, "One")
        },
        post(2, "Second"),
        MadePost {
            is_draft: false,
            published: "2012-04-02T10:00:00.000Z".to_owned(),
            ..draft
        },
        post(4, "Four"),
    ];
    desk.put("old.xml", made(old));
    desk.put("new.xml", made(new));
    for flavor in GENERATORS {
        desk.convert_here(["old.xml", "--flavor", flavor, "-o", flavor], [])
            .exits(0);
        let named = |words: &str| {
            let files = desk.markdown(flavor);
            files
                .keys()
                .filter(|name| name.contains(words))
                .cloned()
                .collect::<Vec<_>>()
        };
        let two = format!("{flavor}/{}", named("two")[0]);
        let mine = desk.text(&two) + "\nMine.\n";
        desk.put(&two, &mine);
        desk.convert_here(["new.xml", "--flavor", flavor, "-o", flavor], [])
            .exits(0)
            .says("1 file of posts that lie elsewhere now");
        let soon = named("soon");
        assert_eq!(soon.len(), 1, "{soon:?}");
        assert!(soon[0].contains("2012-04-02-soon"), "{soon:?}");
        assert!(desk.markdown(flavor)[&named("one")[0]].contains("edited"));
        assert_eq!((named("second").len(), named("four").len()), (1, 1));
        assert_eq!(desk.text(&two), mine, "what a person changed stays");
        // A part of the posts says nothing of the others.
        desk.convert_here(
            ["new.xml", "--flavor", flavor, "-o", flavor, "--since", "2012-04-01"],
            [],
        )
        .exits(0);
        assert_eq!(named("one").len(), 1);
    }
    // A list that somebody else wrote takes nothing away outside of the folder.
    let outside = desk.put("outside.md", "x");
    let manifest = desk.text("hugo/.blogark-manifest.json");
    let hash = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    let owner = manifest.split('"').find_map(|value| value.split_once(' ')).unwrap().1;
    let manifest = manifest.replacen("{\n", &format!("{{\n\"../outside.md\": \"{hash} {owner}\",\n"), 2);
    let manifest = manifest.replacen(&format!("\"../outside.md\": \"{hash} {owner}\",\n"), "", 1);
    desk.put("hugo/.blogark-manifest.json", manifest);
    desk.convert_here(["new.xml", "--flavor", "hugo", "-o", "hugo"], [])
        .exits(0);
    assert!(outside.exists());
}

#[test]
fn comments_are_data_that_templates_show() {
    let desk = Desk::new();
    let archive = desk.records([GARDEN]);
    for (flavor, folder, line) in [
        ("hugo", "data/comments", "{{ partial \"blogark-comments.html\" . }}"),
        ("jekyll", "_data/comments", "{% include blogark-comments.html %}"),
    ] {
        desk.convert([GARDEN], ["--flavor", flavor, "-o", flavor])
            .exits(0)
            .says("12 written")
            .says(line);
        let files = desk.files(flavor);
        let posts = desk.markdown(flavor);
        assert!(posts.values().all(|text| !text.contains("## Comments")));
        let mut seen = 0;
        for post in &archive.posts {
            let slug = posts
                .values()
                .map(|text| read(text).0)
                .find(|matter| id_of(matter) == post["id"].as_str().unwrap())
                .map(|matter| matter["slug"].as_str().unwrap().to_owned())
                .unwrap();
            let mut data: BTreeMap<String, Value> = BTreeMap::new();
            let own = format!("{folder}/{slug}/");
            for (name, bytes) in files.iter().filter(|(name, _)| name.starts_with(&own)) {
                assert!(
                    name[own.len()..].starts_with("entry") && name.ends_with(".yml"),
                    "{name}"
                );
                let one: Value = serde_saphyr::from_str(std::str::from_utf8(bytes).unwrap()).unwrap();
                data.insert(one["_id"].as_str().unwrap().to_owned(), one);
            }
            for comment in comments_of(post) {
                let one = &data[comment["id"].as_str().unwrap()];
                assert_eq!(one.get("_parent"), comment.get("in_reply_to"));
                assert_eq!(
                    one["name"].as_str(),
                    comment["author"]["name"].as_str().or(Some("Anonymous"))
                );
                assert!(!one["message"].as_str().unwrap().is_empty());
                seen += 1;
            }
            assert_eq!(data.len(), comments_of(post).count());
        }
        assert_eq!(seen, 12);
        assert!(files.keys().any(|name| name.ends_with("blogark-comment-thread.html")));
    }
    // Where a slug is no name that a generator takes for data, the post says under which name they are.
    let files = convert(&desk, MULTILINGUAL, "jekyll", &[]);
    for text in files.values() {
        let matter = read(text).0;
        let key = matter["comments_key"].as_str().or(matter["slug"].as_str()).unwrap();
        assert!(key.is_ascii(), "{key}");
    }
}

#[test]
fn what_has_to_be_done_is_said_when_it_has_to_be_done() {
    let desk = Desk::new();
    let unsafe_line = "markup.goldmark.renderer.unsafe = true";
    let mut plain = post(1, "plain");
    desk.put("plain.xml", made(vec![plain.clone()]));
    let quiet = desk
        .convert_here(["plain.xml", "--flavor", "hugo", "-o", "a"], [])
        .exits(0);
    assert!(!quiet.stderr.contains("unsafe"), "{}", quiet.stderr);
    plain.body = "H<sub>2</sub>O".to_owned();
    desk.put("raw.xml", made(vec![plain]));
    desk.convert_here(["raw.xml", "--flavor", "hugo", "-o", "b"], [])
        .exits(0)
        .says(unsafe_line);
    let quiet = desk
        .convert_here(["raw.xml", "--flavor", "hugo", "-o", "c", "--html", "none"], [])
        .exits(0);
    assert!(!quiet.stderr.contains("unsafe"), "{}", quiet.stderr);
    assert!(!desk.text("c/content/posts/2012-03-01-plain.md").contains("<sub>"));
}

#[test]
fn template_syntax_in_a_body_sets_nothing_off() {
    let body = "a {{ site.title }} b {% include x %} c {{&lt; figure &gt;}} d";
    let mut one = post(1, "templates");
    one.body = body.to_owned();
    let desk = Desk::new();
    desk.put("t.xml", made(vec![one]));
    for flavor in GENERATORS {
        desk.convert_here(["t.xml", "--flavor", flavor, "-o", flavor], [])
            .exits(0);
        let (_, matter, body) = the(&desk.markdown(flavor), "templates");
        match flavor {
            "jekyll" => assert_eq!(matter["render_with_liquid"], false),
            "eleventy" => assert_eq!(matter["templateEngineOverride"], "md"),
            "hugo" => assert!(!body.contains("{{< figure"), "{body}"),
            _ => {}
        }
    }
}
