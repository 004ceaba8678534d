//! WordPress exports through the public API: what is written can be imported whole, reads back as the same record,
//! and every mutation that WordPress would punish is found.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may

use blogark::check::wxr::{CheckOptions, Code, Finding, check_wxr};
use blogark::ledger::Notice;
use blogark::model::{Blog, Comment, Media, Post, SourceInfo, Zone};
use blogark::read::wxr::Wxr;
use blogark::read::{Context, Damage, Entry, EntryReader, Sample, SeenComment, Sink, Span};
use blogark::wordpress::title_fold;
use blogark::write::wxr::{Labels, PostCard, WpHtml, WxrOptions, WxrPlan, head, item, tail};
use proptest::prelude::*;
use serde_json::json;

fn written(blog: &Blog, posts: &[Post], zone: Zone, options: WxrOptions) -> String {
    let plan = WxrPlan::new(
        blog,
        zone,
        options,
        posts.iter().filter_map(|p| p.authors.first()),
        posts.iter().flat_map(|p| &p.tags).map(|t| &**t),
        posts.iter().flat_map(|p| &p.categories).map(|t| &**t),
        &[],
        || {
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
        },
    );
    let mut bytes = head(&plan, blog);
    for index in plan.sequence().collect::<Vec<_>>() {
        bytes.extend(item(&plan, index, &posts[index], &mut Vec::new()).unwrap());
    }
    bytes.extend(tail());
    String::from_utf8(bytes).unwrap()
}

fn findings(file: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let options = CheckOptions {
        per_code: 1_000,
        ..CheckOptions::default()
    };
    check_wxr(file.as_bytes(), options, &mut |f| found.push(f)).unwrap();
    found
}

fn codes(file: &str) -> Vec<Code> {
    let mut codes: Vec<Code> = findings(file).iter().map(|f| f.code).collect();
    codes.dedup();
    codes
}

/// Everything that a survey reports.
#[derive(Default)]
struct Seen {
    blogs: Vec<Blog>,
    spans: Vec<Span>,
    damaged: Vec<Damage>,
    notices: Vec<Notice>,
    redacted: u64,
}

impl Sink for Seen {
    fn blog(&mut self, blog: Blog) {
        self.blogs.push(blog);
    }
    fn post(&mut self, span: Span, _: &Post) {
        self.spans.push(span);
    }
    fn comment(&mut self, _: Span, _: &str, _: SeenComment<'_>) {}
    fn media(&mut self, span: Span, _: &Media) {
        self.spans.push(span);
    }
    fn damaged(&mut self, damage: Damage) {
        self.damaged.push(damage);
    }
    fn notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }
    fn redacted(&mut self, _: &'static str, count: u64) {
        self.redacted += count;
    }
    fn sources(&mut self, _: Vec<SourceInfo>) {}
}

struct Read {
    seen: Seen,
    posts: Vec<Post>,
    media: Vec<Media>,
    loose: Vec<Comment>,
}

fn read(file: &[u8]) -> Read {
    let sample = Sample {
        bytes: &file[..file.len().min(Sample::SIZE)],
        whole: file.len() <= Sample::SIZE,
    };
    assert!(Wxr.recognise(sample));
    let mut seen = Seen::default();
    let context: Context = Wxr.survey(&mut &*file, &mut seen).unwrap();
    let mut all = Read {
        seen,
        posts: Vec::new(),
        media: Vec::new(),
        loose: Vec::new(),
    };
    for span in &all.seen.spans {
        let from = usize::try_from(span.offset).unwrap();
        let bytes = &file[from..from + usize::try_from(span.length).unwrap()];
        for entry in Wxr.entry(&context, bytes, span.offset).unwrap() {
            match entry {
                Entry::Post(post) => all.posts.push(*post),
                Entry::Media(media) => all.media.push(*media),
                Entry::Comment { comment, .. } => all.loose.push(*comment),
            }
        }
    }
    all
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/wxr/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A post without what WXR does not carry: where it was seen, and what no field holds.
fn carried(mut post: Post) -> Post {
    post.provenance.clear();
    post.field_sources.clear();
    post._source = None;
    for comment in &mut post.comments {
        comment.provenance.clear();
        comment._source = None;
    }
    post
}

/// Runs of white space as one space: what `collapse` does to bodies whose newlines mean nothing.
fn squashed(mut post: Post) -> Post {
    let squash = |html: &mut Option<String>| {
        if let Some(html) = html {
            let mut out = String::new();
            for c in html.chars() {
                match c {
                    '\n' if out.ends_with('\n') => {}
                    c => out.push(c),
                }
            }
            *html = out.replace('\n', " ");
        }
    };
    squash(&mut post.content_html);
    for comment in &mut post.comments {
        squash(&mut comment.content_html);
    }
    post
}

// ---- generated blogs ----

/// Words with everything that trips XML, HTML or WordPress.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-zA-Z0-9 ]{1,8}",
        1 => Just("]]>".to_owned()),
        1 => Just("<![CDATA[".to_owned()),
        1 => Just("&amp;".to_owned()),
        1 => Just("&".to_owned()),
        1 => Just("<b>".to_owned()),
        1 => Just(" < ".to_owned()),
        1 => Just("%41".to_owned()),
        1 => Just("\\".to_owned()),
        1 => Just("\"'".to_owned()),
        1 => Just("привет".to_owned()),
        1 => Just("日本語😀".to_owned()),
        1 => Just("é\u{301}".to_owned()),
        1 => Just("</item>".to_owned()),
        1 => Just("i:5;".to_owned()),
        1 => Just("\u{fffd}\u{85}".to_owned()),
        1 => Just("\n".to_owned()),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn html() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => words(),
        1 => Just("<p>".to_owned()),
        1 => Just("<br />\n".to_owned()),
        1 => Just("<pre>a\n\nb</pre>".to_owned()),
        1 => Just("<script>// <![CDATA[\nx\n// ]]></script>".to_owned()),
        1 => Just("<a href=\"http://x.example/?a=1&b=2\">".to_owned()),
        1 => Just("<!--more-->".to_owned()),
        1 => Just("\n\n".to_owned()),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn date() -> impl Strategy<Value = serde_json::Value> {
    // Few days and times, so that they meet.
    let moment = (
        1990..2030i32,
        1..13u32,
        1..4u32,
        0..24u32,
        prop_oneof![Just(0u32), Just(59)],
    );
    let tail = prop_oneof![
        Just(""),
        Just("Z"),
        Just("+01:00"),
        Just("-09:30"),
        Just(".003+05:45"),
        Just(".000-07:00")
    ];
    (moment, tail, prop::bool::weighted(0.1)).prop_map(|((y, m, d, h, s), tail, day)| {
        if day {
            json!(format!("{y}-{m:02}-{d:02}"))
        } else {
            json!(format!("{y}-{m:02}-{d:02}T{h:02}:00:{s:02}{tail}"))
        }
    })
}

fn maybe<T: std::fmt::Debug + Clone + 'static>(
    inner: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.7, inner)
}

fn author() -> impl Strategy<Value = serde_json::Value> {
    let name = prop_oneof![Just("Anna".to_owned()), Just("Анна".to_owned()), words()];
    (
        maybe("[0-9]{1,3}"),
        maybe(name),
        maybe("https?://[a-z]{1,5}\\.example/[a-z&?=]{0,8}"),
    )
        .prop_map(|(id, name, url)| without_null(json!({ "id": id, "name": name, "url": url })))
}

fn without_null(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(map) => map.into_iter().filter(|(_, v)| !v.is_null()).collect(),
        other => other,
    }
}

fn comment() -> impl Strategy<Value = serde_json::Value> {
    let status = prop::sample::select(vec!["approved", "pending", "spam", "trashed", "deleted", "unknown"]);
    let kind = prop::sample::select(vec!["comment", "pingback", "trackback", "like", "webmention"]);
    let format = prop::sample::select(vec!["html", "html_newlines", "wpautop"]);
    (
        (status, maybe(kind), maybe(format), maybe(html()), maybe(author())),
        (
            maybe(date()),
            maybe(date()),
            maybe(any::<bool>()),
            maybe(Just("http://x.example/#c1")),
            any::<prop::sample::Index>(),
        ),
    )
        .prop_map(
            |((status, kind, format, body, author), (date, modified, own, url, parent))| {
                let author = author.map(|mut a| {
                    a.as_object_mut().unwrap().remove("id");
                    a
                });
                let mut value = without_null(json!({
                    "status": status, "kind": kind, "content_format": format, "content_html": body, "author": author,
                    "date_published": date, "date_modified": modified, "is_post_author": own, "url": url,
                }));
                value["parent_index"] = json!(parent.index(10));
                value
            },
        )
}

fn post() -> impl Strategy<Value = serde_json::Value> {
    let kind = prop::sample::select(vec![
        "post",
        "post",
        "post",
        "page",
        "page",
        "recipe",
        "wp_block",
        "no such kind",
    ]);
    let status = prop::sample::select(vec![
        "published",
        "published",
        "draft",
        "scheduled",
        "private",
        "pending",
        "trashed",
        "unknown",
    ]);
    let slug = prop_oneof![
        Just("same".to_owned()),
        Just("feed".to_owned()),
        "[a-z0-9.-]{1,6}",
        words()
    ];
    let format = prop::sample::select(vec!["html", "wpautop", "wp_blocks", "text"]);
    let label = prop_oneof![
        Just("C++".to_owned()),
        Just("C".to_owned()),
        Just("c".to_owned()),
        words()
    ];
    (
        (kind, status, any::<bool>(), maybe(slug), maybe(words()), maybe(html()), maybe(format)),
        (maybe(date()), maybe(date()), maybe(date()), maybe(words()), maybe("[a-z]{2}")),
        (prop::collection::vec(author(), 0..3), prop::collection::vec(label.clone(), 0..4), prop::collection::vec(label, 0..3)),
        (maybe("https?://blog\\.example/20[01][0-9]/0[1-9]/[a-z]{1,3}\\.html"), maybe(-5i64..5), any::<bool>(), maybe(0u64..9)),
        (prop::collection::vec(comment(), 0..5), maybe(any::<prop::sample::Index>()), maybe((words(), -90.0..90.0f64))),
        (maybe(prop::sample::select(vec!["open", "closed", "hidden"])), prop::bool::weighted(0.2)),
    )
        .prop_map(|(a, b, c, d, e, f)| {
            let (kind, status, protected, slug, title, body, format) = a;
            let (published, modified, created, summary, language) = b;
            let (authors, tags, categories) = c;
            let (url, order, sticky, claimed) = d;
            let (comments, parent, place) = e;
            let (comments_status, enclosure) = f;
            let mut value = without_null(json!({
                "type": "post", "kind": kind, "status": status, "protected": protected, "slug": slug, "title": title,
                "content_html": body, "content_format": format, "date_published": published, "date_modified": modified,
                "date_created": created, "summary": summary, "language": language, "authors": authors, "tags": tags,
                "categories": categories, "url": url, "order": order, "sticky": sticky,
                "comment_count_claimed": claimed, "comments_status": comments_status,
                "location": place.map(|(name, north)| json!({ "name": name, "latitude": north, "longitude": -north })),
                "redirects_from": ["http://blog.example/old.html"], "links": [{ "rel": "related", "href": "http://x.example/?a&b" }],
                "comments": comments,
            }));
            if enclosure {
                value["attachments"] = json!([{ "url": "http://x.example/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9 }]);
            }
            value["parent_index"] = json!(parent.map(|p| p.index(12)));
            value
        })
}

#[derive(Clone, Copy, Debug)]
enum Ids {
    Blogger,
    Small,
    Hash,
}

fn id(ids: Ids, number: usize) -> String {
    match ids {
        Ids::Blogger => format!("51990458068109{number:05}"),
        Ids::Small => format!("{}", number * 3 + 1),
        Ids::Hash => format!("sha256:{number:016x}"),
    }
}

fn blogs() -> impl Strategy<Value = (Blog, Vec<Post>)> {
    let ids = prop::sample::select(vec![Ids::Blogger, Ids::Small, Ids::Hash]);
    (ids, prop::collection::vec(post(), 0..8), words(), prop::collection::vec(author(), 0..2)).prop_map(
        |(ids, posts, title, authors)| {
            let platform = match ids {
                Ids::Blogger => "blogger",
                _ => "typepad",
            };
            let blog = json!({
                "type": "blog", "id": "77", "platform": platform, "title": title, "home_page_url": "http://blog.example/",
                "language": "ru", "authors": authors,
                "categories": [{ "name": "C", "slug": "c", "parent": "letters" }, { "name": "Letters", "slug": "letters" }],
            });
            let count = posts.len();
            let posts = posts
                .into_iter()
                .enumerate()
                .map(|(number, mut post)| {
                    let map = post.as_object_mut().unwrap();
                    map.insert("id".to_owned(), json!(id(ids, number)));
                    map.insert("blog".to_owned(), json!("77"));
                    if let Some(parent) = map.remove("parent_index").and_then(|p| p.as_u64()) {
                        let parent = usize::try_from(parent).unwrap() % (count + 1);
                        map.insert("parent".to_owned(), json!(id(ids, parent)));
                    }
                    for (at, comment) in map["comments"].as_array_mut().unwrap().iter_mut().enumerate() {
                        let comment = comment.as_object_mut().unwrap();
                        comment.insert("id".to_owned(), json!(id(ids, 1_000 + number * 10 + at)));
                        let parent = comment.remove("parent_index").and_then(|p| p.as_u64()).unwrap();
                        let parent = usize::try_from(parent).unwrap();
                        if parent < at {
                            comment.insert("in_reply_to".to_owned(), json!(id(ids, 1_000 + number * 10 + parent)));
                            comment.insert("parent_basis".to_owned(), json!("explicit"));
                        } else if parent == 9 {
                            comment.insert("in_reply_to".to_owned(), json!("gone"));
                            comment.insert("parent_missing".to_owned(), json!(true));
                        }
                    }
                    serde_json::from_value(post).unwrap()
                })
                .collect();
            (serde_json::from_value(blog).unwrap(), posts)
        },
    )
}

fn options() -> impl Strategy<Value = (WxrOptions, Zone)> {
    let labels = prop::sample::select(vec![Labels::Tags, Labels::Categories]);
    let html = prop::sample::select(vec![WpHtml::Collapse, WpHtml::Block]);
    let zone = prop::sample::select(vec!["UTC", "Asia/Taipei", "America/New_York"]);
    (labels, html, zone).prop_map(|(labels, html, zone)| {
        (
            WxrOptions {
                labels,
                html,
                ..WxrOptions::default()
            },
            Zone::named(zone).unwrap(),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// WordPress would take every record and value of what is written.
    #[test]
    fn nothing_that_is_written_would_be_lost((blog, posts) in blogs(), (options, zone) in options()) {
        let file = written(&blog, &posts, zone, options);
        let errors: Vec<_> = findings(&file)
            .into_iter()
            // A kind that only a plugin knows is written as such; a notice says so.
            .filter(|f| f.code.is_error() && !(f.code == Code::E03 && f.message.contains("recipe")))
            .collect();
        prop_assert!(errors.is_empty(), "{errors:#?}\n{file}");
    }

    /// The record comes back as it was, but for the documented: where it was seen, and the white space that
    /// `collapse` takes out.
    #[test]
    fn the_record_reads_back((blog, posts) in blogs(), (options, zone) in options()) {
        let file = written(&blog, &posts, zone, options);
        let mut read = read(file.as_bytes());
        prop_assert_eq!(&read.seen.blogs, &[blog]);
        prop_assert!(read.seen.damaged.is_empty() && read.seen.notices.is_empty(), "{:?} {:?}\n{file}", read.seen.damaged, read.seen.notices);
        read.posts.sort_by(|a, b| a.id.cmp(&b.id));
        let mut posts = posts;
        posts.sort_by(|a, b| a.id.cmp(&b.id));
        prop_assert_eq!(read.posts.len(), posts.len());
        for (found, meant) in read.posts.into_iter().zip(posts) {
            prop_assert_eq!(squashed(carried(found)), squashed(carried(meant)), "{}", &file);
        }
    }

    /// No bytes make the reader or the check fall over.
    #[test]
    fn broken_files_are_survived(
        (blog, posts) in blogs(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), prop::option::of(any::<u8>())), 1..6),
    ) {
        let mut bytes = written(&blog, &posts, Zone::Utc, WxrOptions::default()).into_bytes();
        for (at, length, byte) in cuts {
            let at = at.index(bytes.len().max(1));
            match byte {
                Some(byte) => if let Some(place) = bytes.get_mut(at) { *place = byte },
                None => { bytes.drain(at..(at + length.index(40)).min(bytes.len())); }
            }
        }
        let mut seen = Seen::default();
        let context = Wxr.survey(&mut &*bytes, &mut seen).unwrap();
        for span in seen.spans {
            let from = usize::try_from(span.offset).unwrap();
            let length = usize::try_from(span.length).unwrap();
            prop_assert!(Wxr.entry(&context, &bytes[from..from + length], span.offset).is_ok());
        }
        check_wxr(&*bytes, CheckOptions::default(), &mut |_| {}).unwrap();
    }
}

// ---- the check finds what WordPress would punish ----

fn good() -> String {
    let blog: Blog = serde_json::from_value(json!({
        "type": "blog", "id": "77", "platform": "blogger", "title": "Blog", "home_page_url": "http://blog.example/"
    }))
    .unwrap();
    let post = |n: u32, title: &str| {
        json!({ "type": "post", "id": format!("519904580681098000{n}"), "blog": "77", "kind": "post", "status": "published",
            "title": title, "slug": format!("s{n}"), "url": format!("http://blog.example/2010/05/s{n}.html"), "content_html": "text",
            "date_published": "2010-05-04T12:00:00Z", "authors": [{ "name": "Anna" }], "tags": ["One"],
            "comments": [
                { "id": format!("{n}1"), "status": "approved", "content_html": "a", "author": { "name": "Jo" }, "date_published": "2010-05-05T12:00:00Z" },
                { "id": format!("{n}2"), "in_reply_to": format!("{n}1"), "status": "approved", "content_html": "b", "date_published": "2010-05-06T12:00:00Z" }
            ] })
    };
    let posts: Vec<Post> = [post(1, "First"), post(2, "Second")]
        .into_iter()
        .map(|p| serde_json::from_value(p).unwrap())
        .collect();
    written(&blog, &posts, Zone::Utc, WxrOptions::default())
}

#[test]
fn a_good_file_has_no_finding() {
    // Long lines only trouble WordPress's oldest reader.
    assert_eq!(
        findings(&good()).iter().filter(|f| f.code != Code::W09).count(),
        0,
        "{:#?}",
        findings(&good())
    );
}

#[test]
fn every_mutation_is_found() {
    let long = |n: usize| "x".repeat(n);
    let cases: Vec<(&str, String, Code)> = vec![
        ("<?xml", "\u{feff}<?xml".into(), Code::E01),
        ("<?xml", "\n<?xml".into(), Code::E01),
        ("<rss", "<!DOCTYPE rss><rss".into(), Code::E01),
        ("UTF-8", "ISO-8859-1".into(), Code::E01),
        ("First", "Fi\u{1}rst".into(), Code::E01),
        ("First]]>", "First]]> ]]>".into(), Code::E01),
        ("<title>Blog", "<title>Blog & Co".into(), Code::E01),
        ("<title>Blog", "<title>Blog&nbsp;".into(), Code::E01),
        ("</wp:comment>", "</wp:commend>".into(), Code::E01),
        ("</channel>", String::new(), Code::E01),
        ("</rss>", String::new(), Code::E01),
        (
            "xmlns:wp=\"http://wordpress.org/export/1.2/\"",
            "xmlns:wp=\"http://example.org/\"".into(),
            Code::E01,
        ),
        (
            "\txmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n",
            String::new(),
            Code::E01,
        ),
        ("<wp:wxr_version>1.2", "<wp:wxr_version> 1.2".into(), Code::E02),
        ("<wp:wxr_version>1.2</wp:wxr_version>", String::new(), Code::E02),
        ("<wp:menu_order>0</wp:menu_order>", "<wp:menu_order/>".into(), Code::E02),
        (
            "<content:encoded><![CDATA[",
            "<content:encoded>\n<![CDATA[".into(),
            Code::E02,
        ),
        ("<wp:status><![CDATA[publish]]></wp:status>", String::new(), Code::E02),
        (
            "\t\t<wp:comment>",
            "\t\t<wp:comments></wp:comments><wp:comment>".into(),
            Code::E02,
        ),
        ("\t</item>", "<wp:menu_order>1</wp:menu_order></item>".into(), Code::E02),
        ("<wp:post_id>2", "<wp:post_id>1".into(), Code::E03),
        ("<wp:post_id>2", "<wp:post_id>9223372036854775808".into(), Code::E03),
        (
            "<wp:post_type><![CDATA[post",
            "<wp:post_type><![CDATA[recipe".into(),
            Code::E03,
        ),
        ("<![CDATA[Second]]>", "<![CDATA[FIRST ]]>".into(), Code::E04),
        ("<![CDATA[Second]]>", "<![CDATA[]]>".into(), Code::E04),
        ("<![CDATA[First]]></title>", "<![CDATA[0]]></title>".into(), Code::E04),
        (
            "<wp:post_date><![CDATA[2010-05-04",
            "<wp:post_date><![CDATA[2010-02-30".into(),
            Code::E06,
        ),
        (
            "<wp:post_date_gmt><![CDATA[2010-05-04 12:00:00",
            "<wp:post_date_gmt><![CDATA[0000-00-00 00:00:00".into(),
            Code::E06,
        ),
        (
            "<dc:creator><![CDATA[anna",
            "<dc:creator><![CDATA[Anna".into(),
            Code::E07,
        ),
        (
            "<wp:author_login><![CDATA[anna",
            "<wp:author_login><![CDATA[Анна".into(),
            Code::E07,
        ),
        (
            "<![CDATA[First]]></title>",
            format!("<![CDATA[{}]]></title>", long(65_536)),
            Code::E08,
        ),
        (
            "<wp:post_name><![CDATA[s1",
            format!("<wp:post_name><![CDATA[{}", long(201)),
            Code::E08,
        ),
        (
            "<wp:comment_author><![CDATA[Jo",
            format!("<wp:comment_author><![CDATA[{}", long(256)),
            Code::E08,
        ),
        (
            "<wp:comment_author_url><![CDATA[",
            format!("<wp:comment_author_url><![CDATA[{}", long(201)),
            Code::E08,
        ),
        (
            "<wp:comment_content><![CDATA[a",
            format!("<wp:comment_content><![CDATA[{}", long(65_536)),
            Code::E08,
        ),
        (
            "<wp:meta_key><![CDATA[blogger_blog",
            format!("<wp:meta_key><![CDATA[{}", long(256)),
            Code::E08,
        ),
        (
            "<wp:tag_name><![CDATA[One",
            format!("<wp:tag_name><![CDATA[{}", long(201)),
            Code::E08,
        ),
        ("<wp:comment_id>2<", "<wp:comment_id>1<".into(), Code::E09),
        ("<wp:comment_id>3<", "<wp:comment_id>1<".into(), Code::E09),
        ("<wp:comment_parent>1", "<wp:comment_parent>7".into(), Code::E09),
        ("<wp:comment_parent>0", "<wp:comment_parent>2".into(), Code::E09),
        (
            "<wp:comment_approved><![CDATA[1",
            "<wp:comment_approved><![CDATA[approve".into(),
            Code::E09,
        ),
        (
            "<wp:comment_date_gmt><![CDATA[2010-05-05 12:00:00",
            "<wp:comment_date_gmt><![CDATA[".into(),
            Code::E09,
        ),
        (
            "<category domain=\"post_tag\" nicename=\"one\"",
            "<category nicename=\"one\" domain=\"post_tag\"".into(),
            Code::E10,
        ),
        (
            "<category domain=\"post_tag\" nicename=\"one\"",
            "<category domain=\"post_tag\"".into(),
            Code::E10,
        ),
        (
            "<wp:tag_slug><![CDATA[one",
            "<wp:tag_slug><![CDATA[two".into(),
            Code::E10,
        ),
        (
            "http://blog.example/2010/05/s1.html</guid>",
            "tag:blog.example,2010:1</guid>".into(),
            Code::W01,
        ),
        (
            "<wp:post_name><![CDATA[s2",
            "<wp:post_name><![CDATA[s1".into(),
            Code::W02,
        ),
        (
            "<content:encoded><![CDATA[text",
            "<content:encoded><![CDATA[<iframe>".into(),
            Code::W03,
        ),
        (
            "<content:encoded><![CDATA[text",
            "<content:encoded><![CDATA[[gallery]".into(),
            Code::W04,
        ),
        (
            "<content:encoded><![CDATA[text",
            "<content:encoded><![CDATA[a\nb".into(),
            Code::W05,
        ),
        (
            "<wp:comment_content><![CDATA[a",
            "<wp:comment_content><![CDATA[<a href=''>".into(),
            Code::W06,
        ),
        (
            "<wp:comment_author><![CDATA[Jo",
            "<wp:comment_author><![CDATA[%41nna".into(),
            Code::W07,
        ),
        (
            "<wp:post_name><![CDATA[s1",
            "<wp:post_name><![CDATA[S 1".into(),
            Code::W07,
        ),
        (
            "<wp:meta_value><![CDATA[Anna",
            "<wp:meta_value><![CDATA[i:5;".into(),
            Code::W10,
        ),
    ];
    let good = good();
    for (old, new, code) in cases {
        assert!(good.contains(old), "{old}\n{good}");
        let bad = good.replacen(old, &new, 1);
        assert!(
            codes(&bad).contains(&code),
            "{old} -> {new}: {code} not in {:#?}",
            findings(&bad)
        );
    }
}

#[test]
fn findings_name_the_line() {
    let bad = good().replacen("<wp:post_id>2", "<wp:post_id>1", 1);
    let line = bad.lines().position(|l| l.contains("<item>")).unwrap();
    let second = bad.lines().skip(line + 1).position(|l| l.contains("<item>")).unwrap() + line + 2;
    let found = findings(&bad);
    let finding = found.iter().find(|f| f.code == Code::E03).unwrap();
    assert_eq!(finding.line, second as u64, "{finding}");
}

// ---- fixtures ----

#[test]
fn broken_exports_give_every_entry() {
    for name in [
        "fault-bare-ampersand.xml",
        "fault-control-character.xml",
        "fault-html-entity.xml",
        "fault-nested-cdata.xml",
    ] {
        let read = read(&fixture(name));
        let ids: Vec<_> = read.posts.iter().map(|p| &*p.id).collect();
        assert_eq!(ids.len(), 3, "{name}");
        assert!(
            read.posts.iter().all(|p| p.title.is_some() && p.content_html.is_some()),
            "{name}"
        );
        assert!(read.seen.damaged.is_empty(), "{name}");
        let checked = codes(&String::from_utf8_lossy(&fixture(name)));
        assert!(checked.contains(&Code::E01), "{name}: {checked:?}");
    }
    let cut = read(&fixture("fault-truncated.xml"));
    assert_eq!((cut.posts.len(), cut.seen.damaged.len()), (1, 1));
}

#[test]
fn line_ends_marks_and_white_space_change_nothing() {
    let plain = read(&fixture("classic-1.1.xml"));
    let crlf = read(&fixture("crlf-bom.xml"));
    assert_eq!(plain.posts.len(), crlf.posts.len());
    for (a, b) in plain.posts.into_iter().zip(crlf.posts) {
        assert_eq!(carried(a), carried(b));
    }
    let pretty = read(&fixture("pretty-printed.xml"));
    for post in pretty.posts {
        assert_eq!(post.title.as_deref().map(str::trim), post.title.as_deref());
        assert!(!post.content_html.unwrap_or_default().starts_with(char::is_whitespace));
    }
}

#[test]
fn blocks_comments_and_media_are_read() {
    let read = read(&fixture("blocks-1.2.xml"));
    assert_eq!(read.seen.redacted, 1);
    assert!(read.posts.iter().any(|p| p.protected));
    assert!(read.posts.iter().any(|p| p.sticky && p.comments.len() == 10));
    assert!(read.posts.iter().any(|p| p.image.is_some()));
    let media = &read.media[0];
    assert!(media.alt.is_some() && media.caption.is_some() && media.url.is_some());
    let statuses: std::collections::BTreeSet<_> = read.posts.iter().map(|p| p.status.as_str()).collect();
    for status in ["published", "draft", "scheduled", "private", "pending", "trashed"] {
        assert!(statuses.contains(status), "{status}");
    }
    let comments: Vec<_> = read.posts.iter().flat_map(|p| &p.comments).collect();
    assert!(comments.iter().any(|c| c.parent_missing));
    assert!(read.seen.blogs[0].categories.iter().any(|c| c.parent.is_some()));
    let text = serde_json::to_string(&read.posts).unwrap();
    assert!(!text.contains("post_password"));
}

#[test]
fn old_exports_are_read() {
    let read = read(&fixture("wordpress-2.9-1.0.xml"));
    assert_eq!(read.posts.len(), 2);
    for post in &read.posts {
        let mut names = post.categories.clone();
        names.dedup();
        assert_eq!(names, post.categories);
    }
}

/// An export of one post, with this in its root element, its head and its item.
fn export(root: &str, head: &str, creator: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"{root}>\n\
         <channel><title>Les quais</title><wp:wxr_version>1.2</wp:wxr_version>{head}\n<item><title>Marée basse</title>\
         <dc:creator>{creator}</dc:creator><content:encoded><![CDATA[<!-- wp:html -->\n<p>a</p>\n<!-- /wp:html -->]]></content:encoded>\
         <wp:post_id>3</wp:post_id><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>\
         <category domain=\"category\" nicename=\"quai\"><![CDATA[Quai]]></category></item>\n</channel></rss>\n"
    )
    .into_bytes()
}

#[test]
fn a_default_namespace_that_is_taken_back_hides_nothing() {
    let read = read(&export(" xmlns=\"\"", "", "lise"));
    let [post] = &*read.posts else {
        panic!("{:?}", read.posts)
    };
    assert_eq!(post.title.as_deref(), Some("Marée basse"));
    assert_eq!(post.id, "3");
    // A block that somebody made in WordPress stays one.
    assert!(post.content_html.as_deref().unwrap().starts_with("<!-- wp:html -->"));
}

#[test]
fn authors_are_found_as_wordpress_finds_them() {
    let head = "<wp:author><wp:author_id>5</wp:author_id><wp:author_login><![CDATA[&gt;li&eacute;se]]></wp:author_login>\
                <wp:author_display_name><![CDATA[Lise]]></wp:author_display_name></wp:author>";
    let read = read(&export("", head, "lise"));
    assert_eq!(read.posts[0].authors[0].name.as_deref(), Some("Lise"));
}

#[test]
fn categories_are_told_by_any_of_their_elements() {
    let term = "<wp:term><wp:term_id>8</wp:term_id><wp:term_taxonomy>category</wp:term_taxonomy><wp:term_slug>quai</wp:term_slug>\
                <wp:term_name>Le quai</wp:term_name></wp:term>";
    let category = "<wp:category><wp:category_nicename>quai</wp:category_nicename><wp:cat_name>Le quai</wp:cat_name></wp:category>";
    for head in [
        term.to_owned(),
        format!("{category}{term}"),
        format!("{term}{category}"),
    ] {
        let read = read(&export("", &head, "lise"));
        assert_eq!(read.posts[0].categories, ["Le quai"], "{head}");
        let names: Vec<_> = read.seen.blogs[0].categories.iter().map(|c| &*c.name).collect();
        assert_eq!(names, ["Le quai"], "{head}");
    }
    let read = read(&export("", "", "lise"));
    let slugs: Vec<_> = read.seen.blogs[0]
        .categories
        .iter()
        .map(|c| c.slug.as_deref())
        .collect();
    assert_eq!(slugs, [Some("quai")]);
}
