//! Fetching pictures from a server that misbehaves. `BLOGARK_PICTURES=2000` fetches so many, of which one in twenty is
//! served badly; without it there are few, and every way of serving badly among them.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "media/server.rs"]
mod server;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use server::{Manner, Picture, Server};

/// A GIF that no other is like.
fn gif(number: usize) -> Vec<u8> {
    let mut bytes = b"GIF89a\x40\x01\xc8\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x40\x01\xc8\0\0\x02\x01D\0".to_vec();
    for block in 0..(8 + number % 16) {
        let text = format!("picture {number}, block {block} {}", "x".repeat(200));
        bytes.extend([0x21, 0xfe, u8::try_from(text.len()).unwrap()]);
        bytes.extend(text.as_bytes());
        bytes.push(0);
    }
    bytes.push(b';');
    bytes
}

struct Blog {
    server: Server,
    /// Address as posts have it, manner and content, in the order of the posts.
    pictures: Vec<(String, Manner, Vec<u8>)>,
    place: tempfile::TempDir,
}

fn count() -> usize {
    std::env::var("BLOGARK_PICTURES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(48)
}

impl Blog {
    fn new(count: usize) -> Blog {
        let every = if count < 1000 { 3 } else { 20 };
        let mut served = HashMap::new();
        let mut pictures = Vec::new();
        for number in 0..count {
            let manner = match (number % every, number / every) {
                (1, turn) => Manner::BAD[turn % Manner::BAD.len()],
                _ => Manner::Good,
            };
            let key = format!("-p{number}");
            // Every month had its image1.
            let name = if number % 4 == 0 {
                "image1.gif".to_owned()
            } else {
                format!("Photo%20{number}.gif")
            };
            let host = number % 4 + 1;
            pictures.push((
                format!("http://{host}.bp.blogspot.com/{key}/Txx/AAAAAAAAAAI/s320/{name}"),
                manner,
                gif(number),
            ));
            served.insert(
                key,
                Picture {
                    manner,
                    bytes: gif(number),
                },
            );
        }
        let place = tempfile::tempdir().unwrap();
        let mut lines = vec![
            json!({"type": "archive", "schema_version": "1.0", "counts": {}}),
            json!({"type": "blog", "id": "1", "title": "Bilder", "home_page_url": "http://bilder.example/"}),
        ];
        for (number, of_post) in pictures.chunks(5).enumerate() {
            let html: String = of_post
                .iter()
                .map(|(address, ..)| {
                    let large = address.replace("/s320/", "/s1600/");
                    format!("<a href=\"{large}\"><img src=\"{address}\" alt=\"no. {number}\"></a><br>")
                })
                .collect();
            lines.push(json!({
                "type": "post", "id": format!("{}", 100 + number), "blog": "1", "kind": "post", "status": "published",
                "url": format!("http://bilder.example/2011/03/post-{number}.html"), "title": format!("Post {number}"),
                "date_published": format!("2011-03-05T10:{:02}:{:02}Z", number / 60 % 60, number % 60), "content_html": html,
            }));
        }
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(place.path().join("blog.jsonl"), text).unwrap();
        Blog {
            server: Server::start(served),
            pictures,
            place,
        }
    }

    fn command(&self, output: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_blogark"));
        command.current_dir(self.place.path()).arg("convert").arg("blog.jsonl");
        command.args(["--media", "download", "-o", output, "--proxy"]);
        command.arg(format!("http://{}", self.server.address));
        command.args([
            "--media-timeout",
            "1",
            "--media-retries",
            "1",
            "--media-max-size",
            "1MB",
        ]);
        command.args(["--report", "report.json"]).args(more);
        command
    }

    fn run(&self, output: &str, more: &[&str]) -> Output {
        self.command(output, more).output().unwrap()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.place.path().join(path)
    }

    fn report(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("report.json")).unwrap()).unwrap()
    }

    /// Addresses and reasons of those that cannot come.
    fn bad(&self) -> Vec<(&str, &'static str)> {
        let all = self.pictures.iter();
        all.filter_map(|(address, manner, _)| Some((address.as_str(), manner.failure()?)))
            .collect()
    }

    fn good(&self) -> impl Iterator<Item = &(String, Manner, Vec<u8>)> {
        self.pictures.iter().filter(|(_, manner, _)| manner.failure().is_none())
    }
}

/// Names and contents of the files of a folder; what is hidden is left out.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(&here).unwrap().flatten() {
            let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
            if entry.file_type().unwrap().is_dir() {
                if !name.starts_with(".blogark") {
                    open.push(entry.path());
                }
            } else {
                found.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    found
}

#[test]
fn all_that_is_good_is_saved_once_and_all_that_is_bad_is_named() {
    let blog = Blog::new(count());
    let run = blog.run("site", &["--flavor", "hugo"]);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(3), "{said}");

    // Every good picture, once, whole.
    let saved = files(&blog.path("site/static/media"));
    let mut contents: Vec<&Vec<u8>> = saved.values().collect();
    let mut expected: Vec<&Vec<u8>> = blog.good().map(|(.., bytes)| bytes).collect();
    contents.sort();
    expected.sort();
    assert!(
        contents == expected,
        "{} files, {} expected",
        contents.len(),
        expected.len()
    );

    // Every bad one, with its reason.
    let report = blog.report();
    let notices = report["notices"].as_array().unwrap();
    let missing: Vec<&Value> = notices.iter().filter(|n| n["code"] == "media-missing").collect();
    assert_eq!(missing.len(), blog.bad().len());
    for (address, _) in blog.bad() {
        let key = address.split('/').nth(3).unwrap();
        let about = |notice: &&&Value| notice["message"].as_str().unwrap().contains(&format!("/{key}/"));
        assert_eq!(missing.iter().filter(about).count(), 1, "{address}\n{missing:#?}");
    }
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for (_, failure) in blog.bad() {
        *reasons.entry(failure.to_owned()).or_default() += 1;
    }
    let told: BTreeMap<String, u64> = serde_json::from_value(report["ledger"]["media"]["missing"].clone()).unwrap();
    assert_eq!(told, reasons);
    assert_eq!(report["ledger"]["media"]["found"], blog.pictures.len());
    assert_eq!(report["balances"], true);

    // Texts name what is there and keep the address of what is not.
    let posts: String = files(&blog.path("site/content/posts"))
        .into_values()
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .collect();
    // The picture and the link around it.
    assert_eq!(posts.matches("](/media/").count(), 2 * blog.good().count());
    for (address, _) in blog.bad() {
        assert!(posts.contains(address), "{address}");
    }

    let asked = blog.server.asked();
    assert_eq!(asked.secrets, 0, "something private was asked for");
    assert!(
        asked.most_at_once <= 4,
        "{} pictures at once from one host",
        asked.most_at_once
    );
    assert!(asked.rests > 0, "what was cut off was not continued");

    // A second run asks for nothing that is there.
    let before = files(&blog.path("site"));
    blog.server.forget();
    let again = blog.run("site", &["--flavor", "hugo"]);
    assert_eq!(again.status.code(), Some(3));
    let asked = blog.server.asked();
    assert_eq!((asked.bodies, asked.rests, asked.unchanged), (0, 0, 0));
    assert_eq!(files(&blog.path("site")), before);

    // Asked whether something has changed, the server says no.
    blog.server.forget();
    let refreshed = blog.run("site", &["--flavor", "hugo", "--media-refresh"]);
    assert_eq!(refreshed.status.code(), Some(3));
    let asked = blog.server.asked();
    assert_eq!((asked.bodies, asked.rests), (0, 0));
    assert!(asked.unchanged > 0);
    assert_eq!(files(&blog.path("site")), before);
}

#[test]
fn a_run_that_is_killed_and_repeated_ends_the_same() {
    let blog = Blog::new(count());
    let whole = blog.run("whole.jsonl", &["--media-folder", "whole-media"]);
    assert_eq!(whole.status.code(), Some(3));
    blog.server.forget();

    let more = ["--media-folder", "half-media"];
    let mut child = blog
        .command("half.jsonl", &more)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let half = u32::try_from(blog.pictures.len() / 2).unwrap();
    while blog.server.asked().bodies < half && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let of_first = blog.server.asked().bodies;
    assert!(!blog.path("half.jsonl").exists());
    // Nothing has its name before it is whole.
    assert!(files(&blog.path("half-media")).is_empty());

    blog.server.forget();
    let second = blog.run("half.jsonl", &more);
    assert_eq!(second.status.code(), Some(3));
    // What was under way when it was killed is all that may come twice.
    let good = u32::try_from(blog.good().count()).unwrap();
    assert!(blog.server.asked().bodies <= good - of_first + 8, "fetched again");
    assert_eq!(files(&blog.path("half-media")), files(&blog.path("whole-media")));
    let text = fs::read_to_string(blog.path("half.jsonl")).unwrap();
    assert_eq!(
        text.replace("half-media/", "whole-media/"),
        fs::read_to_string(blog.path("whole.jsonl")).unwrap()
    );
}

#[test]
fn nothing_private_is_asked_unless_it_is_allowed() {
    let key = "-p0".to_owned();
    let picture = Picture {
        manner: Manner::Good,
        bytes: gif(0),
    };
    let server = Server::start(HashMap::from([(key, picture)]));
    let place = tempfile::tempdir().unwrap();
    let port = server.address.port();
    let html = format!("<img src='http://127.0.0.1:{port}/-p0/a.gif'><img src='http://localhost:{port}/-p0/b.gif'>");
    let lines = [
        json!({"type": "archive", "schema_version": "1.0", "counts": {}}),
        json!({"type": "blog", "id": "1"}),
        json!({"type": "post", "id": "1", "blog": "1", "kind": "post", "status": "published", "content_html": html}),
    ];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(place.path().join("blog.jsonl"), text).unwrap();
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_blogark"));
        for name in [
            "http_proxy",
            "https_proxy",
            "all_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
        ] {
            command.env_remove(name);
        }
        command
            .current_dir(place.path())
            .args(["convert", "blog.jsonl", "--media", "download"]);
        command.args(["-o", "out.jsonl"]).args(more).output().unwrap()
    };
    let refused = run(&[]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(server.asked().requests.is_empty());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("private network"), "{said}");
    let offline = run(&["--offline", "--allow-private-hosts", "--media-list", "list.txt"]);
    assert_eq!(
        offline.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&offline.stderr)
    );
    assert!(server.asked().requests.is_empty());
    assert_eq!(
        fs::read_to_string(place.path().join("list.txt"))
            .unwrap()
            .lines()
            .count(),
        2
    );
    let allowed = run(&["--allow-private-hosts"]);
    assert_eq!(
        allowed.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&allowed.stderr)
    );
    let out = fs::read_to_string(place.path().join("out.jsonl")).unwrap();
    assert!(
        out.contains("\"status\":\"archived\"") && out.contains("out-media/"),
        "{out}"
    );
}
