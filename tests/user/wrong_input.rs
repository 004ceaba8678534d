//! Someone gives blogark what it cannot read, or asks for what cannot be written: one clear sentence that says what to do,
//! the right exit status, and no half-written file.

use crate::desk::{Desk, Done, fixture, fixtures_of};

/// The one sentence that the program said, without its name.
#[track_caller]
fn sentence(done: &Done) -> &str {
    let said = done.stderr.strip_suffix('\n').unwrap();
    assert!(!said.contains('\n'), "more than one line:\n{said}");
    assert!(
        !said.contains("Error") && !said.contains("os error"),
        "words of the machine: {said}"
    );
    said.strip_prefix("blogark: ")
        .unwrap_or_else(|| panic!("whose words are these: {said}"))
}

/// Converts what does not convert; gives the sentence.
#[track_caller]
fn refused(desk: &Desk, inputs: &[&str], args: &[&str], status: i32) -> String {
    let before = desk.files("");
    let mut all = vec!["-o", "out.jsonl", "--report", "report.json"];
    all.extend(args);
    let done = desk.convert_here(inputs.to_vec(), all).exits(status);
    assert!(done.stdout.is_empty());
    assert_eq!(desk.files(""), before, "files were left behind or changed");
    sentence(&done).to_owned()
}

#[test]
fn no_such_file() {
    let said = refused(&Desk::new(), &["blog-07-04-2012.xml"], &[], 1);
    assert_eq!(
        said,
        "there is no file or folder blog-07-04-2012.xml. Check the name; a path with spaces needs quotes"
    );
}

#[test]
fn an_empty_file() {
    let desk = Desk::new();
    desk.put("empty.xml", "");
    let said = refused(&desk, &["empty.xml"], &[], 1);
    assert_eq!(
        said,
        "empty.xml is empty: there is nothing to read. Download the export again"
    );
    let done = desk.blogark(["convert", "-", "--to", "jsonl"]).stdin("").run().exits(1);
    assert!(sentence(&done).contains("standard input is empty"), "{}", done.stderr);
}

#[test]
fn each_wrong_file_is_called_what_it_is() {
    let desk = Desk::new();
    for (name, what) in [
        ("picture.jpg", "a JPEG picture"),
        ("picture-called.xml", "a JPEG picture"),
        ("document.pdf", "a PDF document"),
        ("random.bin", "binary data"),
        ("recipe.json", "JSON of another kind"),
        ("wordpress-rest.json", "JSON of another kind"),
        ("records.jsonl", "JSON of another kind"),
        ("stock.xml", "XML of another kind"),
        ("whitespace-only.txt", "a file of nothing but space"),
    ] {
        desk.copy(&format!("wrong/{name}"), name);
        let said = refused(&desk, &[name], &[], 1);
        assert_eq!(
            said,
            format!("{name} is {what}, which blogark does not read. `blogark formats` lists what it does")
        );
    }
}

#[test]
fn no_file_of_wrong_is_taken_for_a_blog() {
    // Formats come and go; none of them may take these for its own.
    let desk = Desk::new();
    for name in fixtures_of("wrong") {
        if name == "wrong/wordpress.xml" {
            continue;
        }
        let base = name.trim_start_matches("wrong/");
        desk.copy(&name, base);
        let said = refused(&desk, &[base], &[], 1);
        assert!(said.contains(base), "{said}");
        assert!(said.contains(". ") || said.contains(": "), "what to do? {said}");
    }
}

#[test]
fn a_zip_without_a_blog() {
    let desk = Desk::new();
    desk.copy("wrong/no-blog.zip", "takeout.zip");
    let said = refused(&desk, &["takeout.zip"], &[], 1);
    assert!(
        said.starts_with("nothing that blogark reads was found in takeout.zip"),
        "{said}"
    );
}

#[test]
fn a_folder_without_a_blog() {
    let desk = Desk::new();
    desk.put("photos/a.txt", "milk, eggs");
    let said = refused(&desk, &["photos"], &[], 1);
    assert!(
        said.starts_with("nothing that blogark reads was found in photos"),
        "{said}"
    );
}

#[test]
fn a_wordpress_export_that_is_called_blogger_s() {
    let desk = Desk::new();
    desk.copy("wrong/wordpress.xml", "export.xml");
    let said = refused(&desk, &["export.xml"], &["--from", "blogger"], 1);
    assert!(said.starts_with("export.xml is a WordPress export"), "{said}");
    assert!(
        said.contains("\"blogger\"") && said.contains("Leave out --from"),
        "{said}"
    );
}

#[test]
fn an_export_that_is_called_a_feed() {
    let desk = Desk::new();
    desk.copy("blogger-export/garden.xml", "garden.xml");
    let said = refused(&desk, &["garden.xml"], &["--from", "feed"], 1);
    assert!(said.starts_with("garden.xml is a Blogger export"), "{said}");
    let said = refused(&desk, &["garden.xml"], &["--from", "livejournal"], 1);
    assert!(said.starts_with("there is no format \"livejournal\"."), "{said}");
}

#[test]
fn zips_that_cannot_be_opened() {
    let desk = Desk::new();
    desk.copy("takeout/encrypted.zip", "secret.zip");
    desk.put("half.zip", &crate::desk::fixture("takeout/damaged.zip")[..40]);
    let said = refused(&desk, &["secret.zip"], &[], 1);
    assert!(
        said.starts_with("secret.zip is protected by a password. Unpack it"),
        "{said}"
    );
    let said = refused(&desk, &["half.zip"], &[], 1);
    assert!(
        said.starts_with("half.zip is a damaged zip file") && said.contains("Download it again"),
        "{said}"
    );
}

#[test]
fn one_wrong_file_among_good_ones_stops_before_anything_is_written() {
    let desk = Desk::new();
    desk.copy("blogger-export/garden.xml", "garden.xml");
    desk.copy("wrong/picture.jpg", "photo.jpg");
    let said = refused(&desk, &["garden.xml", "photo.jpg"], &[], 1);
    assert!(said.starts_with("photo.jpg is a JPEG picture"), "{said}");
}

/// What was there stays when the new file does not come to be.
#[test]
fn an_old_output_outlives_a_failed_run() {
    let desk = Desk::new();
    desk.put("out.jsonl", "the archive of last year\n");
    desk.put("export.xml", "");
    refused(&desk, &["export.xml"], &[], 1);
    desk.copy("wrong/picture.jpg", "export.xml");
    refused(&desk, &["export.xml"], &[], 1);
    assert_eq!(desk.text("out.jsonl"), "the archive of last year\n");
}

#[test]
fn an_output_over_its_own_input_is_refused() {
    let desk = Desk::new();
    desk.convert(["blogger-export/garden.xml"], ["-o", "out.jsonl"])
        .exits(0);
    let said = refused(&desk, &["out.jsonl"], &[], 2);
    assert!(said.contains("would be written over"), "{said}");
    desk.copy("blogger-export/garden.xml", "report.json");
    let said = refused(&desk, &["report.json"], &[], 2);
    assert!(said.contains("would be written over"), "{said}");
}

#[test]
fn one_file_for_output_and_report_is_refused() {
    let desk = Desk::new();
    desk.copy("blogger-export/garden.xml", "garden.xml");
    let done = desk
        .convert_here(["garden.xml"], ["-o", "same.json", "--report", "same.json"])
        .exits(2);
    sentence(&done);
    assert!(!desk.path("same.json").exists());
}

#[test]
fn a_folder_where_a_file_should_be_and_the_other_way_round() {
    let desk = Desk::new();
    desk.copy("blogger-export/garden.xml", "garden.xml");
    desk.put("there/file.txt", "x");
    let done = desk
        .convert_here(["garden.xml"], ["--to", "jsonl", "-o", "there"])
        .exits(1);
    assert!(
        sentence(&done).starts_with("there is a folder; say the name of a file"),
        "{}",
        done.stderr
    );
    let done = desk
        .convert_here(["garden.xml"], ["--to", "markdown", "-o", "there/file.txt"])
        .exits(1);
    assert!(sentence(&done).contains("Markdown needs a folder"), "{}", done.stderr);
    let done = desk.convert_here(["garden.xml"], ["-o", "nowhere/out.jsonl"]).exits(1);
    assert!(sentence(&done).contains("is not there"), "{}", done.stderr);
    assert_eq!(desk.files("").len(), 2);
}

#[test]
fn what_is_wrong_with_the_words_themselves() {
    let desk = Desk::new();
    desk.copy("blogger-export/garden.xml", "garden.xml");
    for (args, words) in [
        (vec!["garden.xml"], "--to json, jsonl, markdown or wxr"),
        (vec!["garden.xml", "-o", "garden.docx"], "does not tell what to write"),
        (vec!["garden.xml", "--to", "markdown"], "markdown needs a folder"),
        (vec!["garden.xml", "--to", "pdf"], "jsonl"),
        (vec!["garden.xml", "--to", "jsonl", "--since", "last year"], "--since"),
        (vec!["garden.xml", "--to", "jsonl", "--jobs", "0"], "--jobs"),
        (vec!["--to", "jsonl"], "<INPUT>"),
    ] {
        let mut all = vec!["convert"];
        all.extend(&args);
        let done = desk.blogark(all).run().exits(2);
        assert!(done.stderr.contains(words), "{args:?}: {}", done.stderr);
        assert!(done.stdout.is_empty());
    }
    for (args, words) in [
        (["--time-zone", "Berlin"], "Europe/Berlin"),
        (["--base-url", "my-blog.blogspot.com"], "http"),
    ] {
        let done = desk.convert_here(["garden.xml", "--to", "jsonl"], args);
        assert!(matches!(done.status, 1 | 2));
        assert!(sentence(&done).contains(words), "{}", done.stderr);
    }
    let done = desk.convert(
        ["takeout/Takeout"],
        ["--to", "jsonl", "--base-url", "https://x.example/"],
    );
    assert!(sentence(&done).contains("fits one blog"), "{}", done.stderr);
}

#[test]
fn a_zip_in_a_folder_that_cannot_be_read_is_named() {
    let desk = Desk::new();
    desk.copy("takeout/encrypted.zip", "in/secret.zip");
    desk.copy("blogger-export/garden.xml", "in/garden.xml");
    let done = desk
        .convert_here(["in"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(3);
    assert!(done.stderr.contains("secret.zip"), "{}", done.stderr);
    assert_eq!(desk.archive("out.jsonl").posts.len(), 11);
    assert_eq!(desk.json("report.json")["ledger"]["notices"]["unreadable-file"], 1);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let path = desk.put("private.xml", fixture("blogger-export/garden.xml"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        return; // The superuser may read everything.
    }
    let done = desk.convert_here(["private.xml"], ["-o", "out.jsonl"]).exits(1);
    assert!(sentence(&done).contains("you have no permission"), "{}", done.stderr);
    assert!(!desk.path("out.jsonl").exists());
}

#[cfg(unix)]
#[test]
fn a_place_that_may_not_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.put("locked/out.jsonl", "old\n");
    let folder = desk.path("locked");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    let may_write = std::fs::write(desk.path("locked/probe"), "x").is_ok();
    if !may_write {
        let done = desk
            .convert(["blogger-export/garden.xml"], ["-o", "locked/out.jsonl"])
            .exits(1);
        assert!(
            sentence(&done).contains("Choose a place that you may write to"),
            "{}",
            done.stderr
        );
        assert_eq!(desk.text("locked/out.jsonl"), "old\n");
    }
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let desk = Desk::new();
    let done = desk
        .convert(["blogger-export/garden.xml"], ["--to", "jsonl", "-o", "/dev/full"])
        .exits(1);
    assert!(
        sentence(&done).contains("the disk is full. Make room"),
        "{}",
        done.stderr
    );
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let done = std::process::Command::new(assert_cmd::cargo::cargo_bin("blogark"))
        .arg("convert")
        .arg(crate::desk::fixtures().join("blogger-export/garden.xml"))
        .args(["--to", "jsonl"])
        .stdout(full)
        .output()
        .unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("what went to standard output is not complete"), "{said}");
    assert!(said.contains("the disk is full"), "{said}");
    let done = desk
        .convert(
            ["blogger-export/garden.xml"],
            ["-o", "out.jsonl", "--report", "/dev/full"],
        )
        .exits(1);
    assert!(sentence(&done).contains("report"), "{}", done.stderr);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_a_quiet_end() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("blogark"))
        .arg("convert")
        .arg(crate::desk::fixtures().join("blogger-export/garden.xml"))
        .args(["--to", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(String::from_utf8(done.stderr).unwrap(), "");
}
