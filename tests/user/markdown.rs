//! Someone makes a folder of Markdown, edits it, and runs it again.

use std::collections::BTreeMap;

use serde_json::json;

use crate::authored::{MadeBlog, MadePost};
use crate::desk::{Archive, Desk, comments_of};

const GARDEN: &str = "blogger-export/garden.xml";

/// Front matter and body of a Markdown file.
fn parted(text: &str) -> (BTreeMap<String, String>, &str) {
    let (matter, body) = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in matter.lines() {
        match line
            .split_once(':')
            .filter(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase()))
        {
            Some((key, value)) => {
                last = key.to_owned();
                fields.insert(last.clone(), value.trim().trim_matches('"').to_owned());
            }
            // An item of a list, or the rest of a long value.
            None => {
                let value = fields.get_mut(&last).unwrap();
                value.push_str(if value.is_empty() { "" } else { "|" });
                value.push_str(line.trim().trim_start_matches("- ").trim_matches('"'));
            }
        }
    }
    (fields, body)
}

#[test]
fn the_garden_as_markdown() {
    let desk = Desk::new();
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden"]).exits(0);
    let mut all = String::new();
    for (name, text) in desk.markdown("garden") {
        all.push_str(&format!("=== {name}\n{text}\n"));
    }
    insta::assert_snapshot!("garden.md", all);
}

#[test]
fn front_matter_has_what_a_site_needs() {
    let desk = Desk::new();
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden"]).exits(0);
    let files = desk.markdown("garden");
    assert_eq!(files.len(), 11);
    let of = |name: &str| parted(&files[name]).0;

    let beans = of("posts/2011-04-17-beans-peas-other-climbers.md");
    assert_eq!(beans["title"], "Beans, peas & other climbers");
    assert_eq!(beans["date"], "2011-04-17T19:45:00.002+01:00");
    assert_eq!(beans["lastmod"], "2011-05-01T08:03:19.660+01:00");
    assert_eq!(beans["slug"], "beans-peas-other-climbers");
    assert!(
        beans["url"]
            .ends_with("http://three-beds-and-a-water-butt.blogspot.com/2011/04/beans-peas-other-climbers.html")
    );
    assert_eq!(beans["tags"], "beans, peas & climbers|sowing");
    assert_eq!(beans["authors"], "Nell Harrow");
    assert_eq!(beans["id"], "2907713365480916002");
    assert_eq!(beans.get("draft"), None);

    let draft = of("posts/2012-08-19-compost-a-confession.md");
    assert_eq!(draft["draft"], "true");
    assert_eq!(draft.get("url"), None);
    let page = of("pages/about-this-plot.md");
    assert_eq!(page["type"], "page");
    assert_eq!(of("posts/2011-06-02-blog-post.md")["title"], "");
}

#[test]
fn dates_are_on_the_blog_s_own_clock() {
    let desk = Desk::new();
    desk.convert(
        ["takeout/Takeout"],
        ["--to", "markdown", "-o", "out", "--blog", "8100000000000000001"],
    )
    .exits(0);
    // 23:10 UTC, a Saturday; in Madrid it is Sunday already, in the name and in the front matter.
    let (matter, _) = {
        let files = desk.markdown("out");
        let name = files.keys().find(|n| n.contains("blog-post")).unwrap().clone();
        assert!(name.contains("2018-01-07"), "{name}");
        let text = files[&name].clone();
        let (matter, body) = parted(&text);
        (matter, body.to_owned())
    };
    assert_eq!(matter["date"], "2018-01-07T00:10:00+01:00");
    let scheduled = desk
        .markdown("out")
        .into_iter()
        .find(|(n, _)| n.contains("2035-03-21"))
        .unwrap()
        .1;
    let (matter, _) = parted(&scheduled);
    assert_eq!(
        (matter["draft"].as_str(), matter["status"].as_str()),
        ("true", "scheduled")
    );
}

#[test]
fn no_two_posts_ever_share_a_path() {
    let post = |n: usize, title: &str| MadePost {
        id: format!("{}", 7_000_000_000_000_000_000 + n as u64),
        is_page: n % 4 == 3,
        is_draft: false,
        title: title.to_owned(),
        body: format!("body number {n}."),
        labels: Vec::new(),
        published: "2012-03-01T10:00:00.000Z".to_owned(),
    };
    // Equal names, names that differ only in case, in composition, in what no file name may hold; devices; no name.
    let titles = [
        "Straße",
        "straße",
        "STRASSE",
        "Café",
        "Cafe\u{301}",
        "café",
        "a/b",
        "a b",
        "a: b",
        "CON",
        "con",
        "aux",
        "",
        "",
        "...",
        "日本",
        "日本",
        "..",
        "../../etc/passwd",
        "ﬁne",
        "fine",
    ];
    let posts = titles
        .iter()
        .cycle()
        .take(60)
        .enumerate()
        .map(|(n, t)| post(n, t))
        .collect();
    let desk = Desk::new();
    desk.put(
        "same.xml",
        MadeBlog {
            posts,
            comments: Vec::new(),
        }
        .export(),
    );
    desk.convert_here(["same.xml"], ["--to", "markdown", "-o", "out"])
        .exits(0);
    let files = desk.markdown("out");
    assert_eq!(files.len(), 60);
    let bodies: std::collections::BTreeSet<&str> = files.values().map(|t| parted(t).1.trim()).collect();
    assert_eq!(bodies.len(), 60, "a post was written over another");
    // As systems that fold case compare them.
    let folded: std::collections::BTreeSet<String> = files.keys().map(|n| n.to_lowercase()).collect();
    assert_eq!(folded.len(), 60);
    for name in files.keys() {
        let base = name.rsplit('/').next().unwrap();
        assert!(!base.starts_with('.') && base.len() < 256, "{name}");
        assert!(!base.contains(['\\', ':', '*', '?', '"', '<', '>', '|']), "{name}");
        let stem = base.trim_end_matches(".md").to_lowercase();
        assert!(!["con", "aux", "nul", "prn"].contains(&stem.as_str()), "{name}");
    }
    assert_eq!(desk.files("").len(), 62, "something was written outside of the folder");
}

#[test]
fn names_stay_when_other_posts_come_or_go() {
    let desk = Desk::new();
    let multilingual = "blogger-export/multilingual.xml";
    desk.convert([multilingual], ["--to", "markdown", "-o", "all"]).exits(0);
    desk.convert(
        [multilingual],
        ["--to", "markdown", "-o", "some", "--since", "2013-04-01"],
    )
    .exits(0);
    let (all, some) = (desk.markdown("all"), desk.markdown("some"));
    assert_eq!((all.len(), some.len()), (7, 6));
    for (name, text) in some {
        assert_eq!(all.get(&name), Some(&text), "{name}");
    }
}

#[test]
fn a_second_run_changes_nothing() {
    let desk = Desk::new();
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden"]).exits(0);
    let place = desk.path("garden/posts/2011-03-05-first-dig.md");
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    std::fs::File::options()
        .write(true)
        .open(&place)
        .unwrap()
        .set_modified(old)
        .unwrap();
    let before = desk.files("garden");
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden"])
        .exits(0)
        .says("11 written");
    assert_eq!(desk.files("garden"), before);
    let modified = std::fs::metadata(&place).unwrap().modified().unwrap();
    assert_eq!(modified, old, "the file was written again though it is the same");
}

#[test]
fn a_file_that_was_edited_by_hand_is_kept() {
    let desk = Desk::new();
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden"]).exits(0);
    let edited = "garden/posts/2011-03-05-first-dig.md";
    let original = desk.text(edited);
    desk.put(edited, "mine now\n");
    desk.put("garden/notes.md", "a file of my own\n");
    for _ in 0..2 {
        let args = ["--to", "markdown", "-o", "garden", "--report", "report.json"];
        desk.convert([GARDEN], args).exits(3).says("--overwrite");
        assert_eq!(desk.text(edited), "mine now\n");
        let report = desk.json("report.json");
        assert_eq!(report["ledger"]["posts"]["left_out"], json!({ "file-kept": 1 }));
        assert_eq!(report["ledger"]["comments"]["left_out"], json!({ "file-kept": 2 }));
        assert_eq!(report["balances"], true);
    }
    // Other files still follow their source.
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden", "--comments", "none"])
        .exits(3);
    assert!(
        !desk
            .text("garden/posts/2012-05-20-slugs-1-lettuce-0.md")
            .contains("## Comments")
    );
    assert_eq!(desk.text(edited), "mine now\n");
    // And the user has the last word.
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden", "--overwrite"])
        .exits(0);
    assert_eq!(desk.text(edited), original);
    assert_eq!(desk.text("garden/notes.md"), "a file of my own\n");
}

#[test]
fn a_folder_of_somebody_else_s_files_is_not_written_over() {
    let desk = Desk::new();
    desk.put("site/posts/2011-03-05-first-dig.md", "another post\n");
    desk.convert([GARDEN], ["--to", "markdown", "-o", "site"]).exits(3);
    assert_eq!(desk.text("site/posts/2011-03-05-first-dig.md"), "another post\n");
    assert_eq!(desk.markdown("site").len(), 11);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_folder_leads_nowhere() {
    let desk = Desk::new();
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden"]).exits(0);
    let post = desk.path("garden/posts/2011-03-05-first-dig.md");
    let elsewhere = desk.put("elsewhere.md", "not of this folder\n");
    std::fs::remove_file(&post).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &post).unwrap();
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden"]).exits(3);
    assert_eq!(desk.text("elsewhere.md"), "not of this folder\n");
}

#[test]
fn comments_are_a_section_of_their_post() {
    let desk = Desk::new();
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden"]).exits(0);
    let text = desk.text("garden/posts/2011-04-17-beans-peas-other-climbers.md");
    let (_, section) = text.split_once("\n## Comments\n").unwrap();
    let lines: Vec<&str> = section
        .lines()
        .filter(|l| !l.trim_start_matches(['>', ' ']).is_empty())
        .collect();
    assert_eq!(
        lines,
        [
            "[**Mr. Okafor (17a)**](http://www.blogger.com/profile/01234567890123456703), 2011-04-18 07:31",
            "It WAS a pond. I learned to skate on it.",
            "Your peas are in too early, but I will say nothing.",
            "> [**Nell Harrow**](http://www.blogger.com/profile/01234567890123456701), 2011-04-18 18:55",
            "> Mr. Okafor, you have just said it.",
            "> > [**Mr. Okafor (17a)**](http://www.blogger.com/profile/01234567890123456703), 2011-05-07 06:12",
            "> > And the frost of May 4th? I say nothing.",
        ]
    );
    // A removed comment is shown as removed, whatever stood there.
    let slugs = desk.text("garden/posts/2012-05-20-slugs-1-lettuce-0.md");
    assert!(slugs.contains("*This comment was removed"), "{slugs}");
    assert!(!slugs.contains("has been removed by the author"));
}

#[test]
fn comments_can_be_data() {
    let desk = Desk::new();
    desk.convert([GARDEN], ["--to", "markdown", "-o", "garden", "--comments", "data"])
        .exits(0);
    assert!(desk.markdown("garden").values().all(|t| !t.contains("## Comments")));
    let archive: Archive = desk.records([GARDEN]);
    let data: Vec<String> = desk
        .files("garden")
        .into_keys()
        .filter(|n| n.starts_with("comments/"))
        .collect();
    let commented = archive.posts.iter().filter(|p| comments_of(p).count() > 0);
    assert_eq!(data.len(), commented.count());
    // The same records as in the archive.
    let beans = desk.json("garden/comments/2011-04-17-beans-peas-other-climbers.json");
    assert_eq!(beans, archive.post("2907713365480916002")["comments"]);
}

#[test]
fn comments_can_stay_away() {
    let desk = Desk::new();
    desk.convert(
        [GARDEN],
        [
            "--to",
            "markdown",
            "-o",
            "garden",
            "--comments",
            "none",
            "--report",
            "report.json",
        ],
    )
    .exits(0);
    let files = desk.files("garden");
    assert!(files.keys().all(|n| !n.starts_with("comments/")));
    assert!(
        desk.markdown("garden")
            .values()
            .all(|t| !t.contains("## Comments") && !t.contains("It WAS a pond"))
    );
    assert_eq!(
        desk.json("report.json")["ledger"]["comments"]["left_out"],
        json!({ "comments": 12 })
    );
}

#[test]
fn front_matter_is_read_back_as_it_was_meant() {
    // Values that YAML takes for something else: a truth, a time, a number, a null, a comment, a mark, several lines.
    let titles = [
        "yes",
        "No",
        "12:30",
        "2001-01-01",
        "1e3",
        "0x1F",
        "null",
        "~",
        "# not a comment",
        "- not a list",
        "a: b",
        "=",
        "<<",
        "'quoted'",
        "\"quoted\"",
        "{braces}",
        "*star",
        "&amp",
        "!bang",
        "%percent",
        "@at",
        "`tick",
        "tail #hash",
        "日本: 語",
        "back\\slash",
        "tab\tinside",
    ];
    let posts = titles
        .iter()
        .enumerate()
        .map(|(n, title)| MadePost {
            id: format!("{}", 7_000_000_000_000_000_000 + n as u64),
            is_page: false,
            is_draft: false,
            title: (*title).to_owned(),
            body: "x".to_owned(),
            labels: vec!["yes".to_owned(), (*title).to_owned()],
            published: format!("2012-03-01T10:{n:02}:00.000Z"),
        })
        .collect();
    let desk = Desk::new();
    desk.put(
        "odd.xml",
        MadeBlog {
            posts,
            comments: Vec::new(),
        }
        .export(),
    );
    desk.convert_here(["odd.xml"], ["--to", "markdown", "-o", "out"])
        .exits(0);
    let mut by_id = BTreeMap::new();
    for text in desk.markdown("out").values() {
        let matter = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap().0;
        let id = matter
            .lines()
            .find_map(|l| l.strip_prefix("id: "))
            .unwrap()
            .trim_matches('"')
            .to_owned();
        let title = matter
            .lines()
            .find_map(|l| l.strip_prefix("title: "))
            .unwrap()
            .to_owned();
        by_id.insert(id, title);
    }
    assert_eq!(by_id.len(), titles.len());
    for (title, (_, line)) in titles.iter().zip(&by_id) {
        assert_eq!(scalar(line), *title, "as YAML: {line}");
    }
}

/// The string that a line of YAML holds; fails where YAML 1.1 or 1.2 would read something that is no string.
fn scalar(text: &str) -> String {
    if let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        return serde_json::from_str(&format!("\"{inner}\"")).unwrap();
    }
    if let Some(inner) = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
        return inner.replace("''", "'");
    }
    let first = text.chars().next().unwrap();
    let is_plain = !"-?:,[]{}#&*!|>'\"%@`=~<.".contains(first)
        && !first.is_ascii_digit()
        && !text.contains(": ")
        && !text.contains(" #")
        && !["yes", "no", "true", "false", "on", "off", "null", "y", "n"].contains(&text.to_lowercase().as_str());
    assert!(is_plain, "not a plain string: {text}");
    text.to_owned()
}
