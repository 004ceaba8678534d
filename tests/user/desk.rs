//! A desk to work at: a folder for the outputs, the program, and what came of a run.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The folder of the fixtures.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Bytes of a fixture.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    fs::read(fixtures().join(name)).unwrap()
}

/// Every fixture of a folder that is one input by itself, by its name under `fixtures/`, in order.
pub(crate) fn fixtures_of(folder: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(fixtures().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| format!("{folder}/{}", entry.file_name().into_string().unwrap()))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "{folder} holds no fixtures");
    names
}

/// Every input that converts: exports, feeds, and Takeout as folder and as zip.
pub(crate) fn sound_inputs() -> Vec<String> {
    let mut names = fixtures_of("blogger-export");
    names.extend(fixtures_of("feeds"));
    for name in ["Takeout", "takeout-001.zip", "takeout-002.zip", "damaged-member.zip"] {
        names.push(format!("takeout/{name}"));
    }
    names
}

/// A folder that is gone at the end, and a program that runs in it.
pub(crate) struct Desk {
    place: TempDir,
}

impl Desk {
    /// An empty desk.
    pub(crate) fn new() -> Desk {
        Desk {
            place: tempfile::tempdir().unwrap(),
        }
    }

    /// A path on the desk.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.place.path().join(name)
    }

    /// Puts a file on the desk.
    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Puts a copy of a fixture on the desk.
    pub(crate) fn copy(&self, name: &str, as_name: &str) -> PathBuf {
        self.put(as_name, fixture(name))
    }

    /// Bytes of a file on the desk.
    pub(crate) fn bytes(&self, name: impl AsRef<Path>) -> Vec<u8> {
        let path = self.path(name);
        fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// Text of a file on the desk.
    pub(crate) fn text(&self, name: impl AsRef<Path>) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// The archive that lies on the desk, in either encoding.
    pub(crate) fn archive(&self, name: &str) -> Archive {
        Archive::parse(&self.bytes(name))
    }

    /// A JSON file on the desk.
    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.bytes(name)).unwrap()
    }

    /// Every file under a folder of the desk, hidden ones too, with its bytes.
    pub(crate) fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.path(folder);
        let mut files = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                    files.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    /// The Markdown files under a folder of the desk, as text.
    pub(crate) fn markdown(&self, folder: &str) -> BTreeMap<String, String> {
        self.files(folder)
            .into_iter()
            .filter(|(name, _)| name.ends_with(".md"))
            .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()))
            .collect()
    }

    /// Begins a command; it runs on the desk.
    pub(crate) fn blogark<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Session {
        let mut command = Command::cargo_bin("blogark").unwrap();
        command
            .current_dir(self.place.path())
            .env_remove("SOURCE_DATE_EPOCH")
            .args(args);
        Session { command }
    }

    /// Begins `blogark convert` of fixtures, which are named by their paths under `fixtures/`.
    pub(crate) fn begin<I: AsRef<str>, A: AsRef<OsStr>>(
        &self,
        inputs: impl IntoIterator<Item = I>,
        args: impl IntoIterator<Item = A>,
    ) -> Session {
        let inputs = inputs.into_iter().map(|name| fixtures().join(name.as_ref()));
        let mut session = self.blogark(["convert"]);
        session.command.args(inputs).args(args);
        session
    }

    /// Runs `blogark convert` of fixtures.
    pub(crate) fn convert<I: AsRef<str>, A: AsRef<OsStr>>(
        &self,
        inputs: impl IntoIterator<Item = I>,
        args: impl IntoIterator<Item = A>,
    ) -> Done {
        self.begin(inputs, args).run()
    }

    /// Runs `blogark convert` of files on the desk.
    pub(crate) fn convert_here<A: AsRef<OsStr>>(
        &self,
        inputs: impl IntoIterator<Item = A>,
        args: impl IntoIterator<Item = A>,
    ) -> Done {
        let mut session = self.blogark(["convert"]);
        session.command.args(inputs).args(args);
        session.run()
    }

    /// The records of fixtures, as JSON Lines gives them, whatever the exit status.
    pub(crate) fn records<'a>(&self, inputs: impl IntoIterator<Item = &'a str>) -> Archive {
        Archive::parse(&self.convert(inputs, ["--to", "jsonl"]).stdout)
    }
}

/// A command that is about to run.
pub(crate) struct Session {
    command: Command,
}

impl Session {
    /// Gives it bytes on standard input.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Session {
        self.command.write_stdin(bytes);
        self
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Session {
        self.command.env(name, value);
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Done {
        let shown = format!("{:?}", self.command);
        let output = self.command.output().unwrap();
        Done {
            command: shown,
            status: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) command: String,
    pub(crate) status: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Done {
    /// Insists on the exit status.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Done {
        assert_eq!(self.status, status, "{}\n{}", self.command, self.stderr);
        self
    }

    /// Insists on words in what the program said.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Done {
        assert!(self.stderr.contains(words), "{words:?} is not in:\n{}", self.stderr);
        self
    }

    /// Standard output as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap()
    }

    /// The archive on standard output.
    #[track_caller]
    pub(crate) fn archive(&self) -> Archive {
        assert!(!self.stdout.is_empty(), "{}\n{}", self.command, self.stderr);
        Archive::parse(&self.stdout)
    }
}

/// The records of an archive, as plain JSON, so that the tests do not read with the types that wrote.
#[derive(Debug, PartialEq)]
pub(crate) struct Archive {
    pub(crate) head: Value,
    pub(crate) blogs: Vec<Value>,
    pub(crate) posts: Vec<Value>,
    pub(crate) comments: Vec<Value>,
    pub(crate) media: Vec<Value>,
}

impl Archive {
    /// Reads either encoding.
    pub(crate) fn parse(bytes: &[u8]) -> Archive {
        let text = std::str::from_utf8(bytes).unwrap();
        match serde_json::from_str::<Value>(text) {
            Ok(mut document) if document.get("archive").is_some() => {
                let mut list = |name: &str| -> Vec<Value> {
                    serde_json::from_value(document.get_mut(name).unwrap().take()).unwrap()
                };
                Archive {
                    blogs: list("blogs"),
                    posts: list("posts"),
                    comments: list("comments"),
                    media: list("media"),
                    head: document["archive"].take(),
                }
            }
            _ => Archive::of_lines(text),
        }
    }

    fn of_lines(text: &str) -> Archive {
        assert!(text.ends_with('\n'), "the last line does not end");
        let mut archive = Archive {
            head: Value::Null,
            blogs: Vec::new(),
            posts: Vec::new(),
            comments: Vec::new(),
            media: Vec::new(),
        };
        for line in text.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            match record["type"].as_str().unwrap() {
                "archive" => archive.head = record,
                "blog" => archive.blogs.push(record),
                "post" => archive.posts.push(record),
                "comment" => archive.comments.push(record),
                "media" => archive.media.push(record),
                other => panic!("a line of the type {other}"),
            }
        }
        archive
    }

    /// The post with this id.
    #[track_caller]
    pub(crate) fn post(&self, id: &str) -> &Value {
        let mut found = self.posts.iter().filter(|p| p["id"] == id);
        let post = found.next().unwrap_or_else(|| panic!("no post {id}"));
        assert!(found.next().is_none(), "post {id} is there twice");
        post
    }

    /// The blog with this id.
    #[track_caller]
    pub(crate) fn blog(&self, id: &str) -> &Value {
        self.blogs
            .iter()
            .find(|b| b["id"] == id)
            .unwrap_or_else(|| panic!("no blog {id}"))
    }

    /// The comment with this id, in a post or by itself.
    #[track_caller]
    pub(crate) fn comment(&self, id: &str) -> &Value {
        let in_posts = self.posts.iter().flat_map(comments_of);
        let mut found = in_posts.chain(&self.comments).filter(|c| c["id"] == id);
        let comment = found.next().unwrap_or_else(|| panic!("no comment {id}"));
        assert!(found.next().is_none(), "comment {id} is there twice");
        comment
    }

    /// Ids of the posts, in order.
    pub(crate) fn post_ids(&self) -> Vec<&str> {
        self.posts.iter().map(id).collect()
    }

    /// Titles of the posts, in order; empty where there is none.
    pub(crate) fn titles(&self) -> Vec<&str> {
        self.posts
            .iter()
            .map(|p| p["title"].as_str().unwrap_or_default())
            .collect()
    }

    /// How many comments there are, in posts and by themselves.
    pub(crate) fn comment_count(&self) -> usize {
        self.comments.len() + self.posts.iter().flat_map(comments_of).count()
    }
}

/// The id of a record.
pub(crate) fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

/// The comments that stand in a post.
pub(crate) fn comments_of(post: &Value) -> impl Iterator<Item = &Value> {
    post["comments"].as_array().into_iter().flatten()
}

/// Each comment of a post as its id and that of the comment it answers (`-` where none).
pub(crate) fn thread(post: &Value) -> Vec<(&str, &str)> {
    comments_of(post)
        .map(|c| (id(c), c["in_reply_to"].as_str().unwrap_or("-")))
        .collect()
}
