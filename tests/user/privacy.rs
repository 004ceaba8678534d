//! Private stays private: no output of any kind holds an e-mail or IP address, a password or a personal setting, unless it
//! was asked for.

use crate::authored::every_status;
use crate::desk::{Desk, fixture, sound_inputs};

/// Personal values of the fixtures, with the fixture that has them.
const PERSONAL: &[(&str, &[&str])] = &[
    (
        "takeout/Takeout/Blogger/Blogs/Mareas y mapas/settings.csv",
        &["rosario@mareas.example", "fermin@remos.example", "UA-00000000-2"],
    ),
    (
        "takeout/Takeout/Blogger/Blogs/Bäckerei Morgenrot/settings.csv",
        &["chef@morgenrot.example"],
    ),
    (
        "takeout/Takeout/Blogger/Blogs/The Long Walk Home_ a slow account of one road and/settings.csv",
        &["idris@long-walk.example"],
    ),
];

/// Everything a run left behind: outputs, reports, and what it said.
fn everything(desk: &Desk, inputs: &[&str], to: &str, more: &[&str]) -> String {
    let _ = std::fs::remove_dir_all(desk.path("out"));
    std::fs::create_dir_all(desk.path("out")).unwrap();
    let mut args = vec!["--to", to, "-o", "out/to", "--report", "out/report.json"];
    args.extend(more);
    let done = desk.convert(inputs, args);
    let is_nothing = to == "wxr" && done.stderr.contains("there is no blog in the input");
    assert!(matches!(done.status, 0 | 3) || is_nothing, "{}", done.stderr);
    let mut all = done.stderr;
    for (name, bytes) in desk.files("out") {
        all.push_str(&name);
        all.push_str(&String::from_utf8(bytes).unwrap());
    }
    all
}

/// Anything that looks like an e-mail address. Bodies are the blogger's own text and may hold some; those are given.
fn addresses(text: &str, in_bodies: &[&str]) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || "@.-_+".contains(c)))
        .filter(|word| {
            word.split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        })
        .filter(|word| !in_bodies.iter().any(|b| word.contains(b)))
        .map(str::to_owned)
        .collect()
}

#[test]
fn no_output_of_any_fixture_holds_an_address_that_is_not_part_of_a_text() {
    let desk = Desk::new();
    let inputs = sound_inputs();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    for to in ["jsonl", "json", "wxr", "markdown"] {
        for input in &inputs {
            let text = everything(&desk, &[input], to, &[]);
            // Nell wrote hers into a post herself.
            let found = addresses(&text, &["nell@kitchen-garden.example"]);
            assert_eq!(found, [] as [&str; 0], "{input} to {to}");
        }
    }
}

#[test]
fn settings_that_are_personal_stay_out_even_when_addresses_are_asked_for() {
    let desk = Desk::new();
    for (to, more) in [
        ("jsonl", &["--include", "emails,ips"][..]),
        ("markdown", &["--include", "emails"][..]),
        ("json", &[]),
    ] {
        let text = everything(&desk, &["takeout/Takeout"], to, more);
        for (file, values) in PERSONAL {
            let csv = String::from_utf8(fixture(file)).unwrap();
            for value in *values {
                assert!(csv.contains(value), "{file} has no {value} any more");
                assert!(!text.contains(value), "{value} of {file} went out to {to} {more:?}");
            }
        }
    }
    let archive = desk.records(["takeout/Takeout"]);
    for blog in &archive.blogs {
        for key in blog["settings"].as_object().unwrap().keys() {
            let plain = key.to_lowercase();
            let is_personal = [
                "permission",
                "email_for_posting",
                "comment_email",
                "moderation_email",
                "send_email",
                "analytics",
            ];
            assert!(!is_personal.iter().any(|p| plain.contains(p)), "{key}");
        }
    }
    assert_eq!(
        archive.head["redactions"],
        serde_json::json!([{ "field": "setting", "count": 7 }])
    );
}

#[test]
fn addresses_of_the_export_are_counted_and_can_be_asked_for() {
    let desk = Desk::new();
    let without = everything(&desk, &["blogger-export/old-2008.xml"], "jsonl", &[]);
    let xml = String::from_utf8(fixture("blogger-export/old-2008.xml")).unwrap();
    let own: Vec<String> = addresses(&xml, &["noreply@blogger.com"]);
    assert!(!own.is_empty());
    assert!(
        without.contains("\"redactions\":[{\"field\":\"email\",\"count\":6}"),
        "{without}"
    );
    let with = everything(
        &desk,
        &["blogger-export/old-2008.xml"],
        "jsonl",
        &["--include", "emails"],
    );
    let records = with
        .lines()
        .filter(|l| l.starts_with("{\"type\":\"post\""))
        .collect::<String>();
    assert!(
        own.iter().any(|address| records.contains(address)),
        "asked for and not given"
    );
    assert!(!with.contains("noreply@blogger.com"), "nobody's address");
}

#[test]
fn addresses_in_an_old_archive_go_no_further_than_asked() {
    let desk = Desk::new();
    desk.put("in.jsonl", every_status());
    for to in ["jsonl", "json", "wxr", "markdown"] {
        let out = format!("out-{to}");
        desk.convert_here(
            ["in.jsonl"],
            ["--to", to, "-o", out.as_str(), "--report", "report.json"],
        )
        .exits(0);
        let written: Vec<u8> = if to == "markdown" {
            desk.files(&out).into_values().flatten().collect()
        } else {
            desk.bytes(&out)
        };
        let text = String::from_utf8(written).unwrap() + &desk.text("report.json");
        for private in ["ole@every-status.example", "ida@every-status.example", "192.0.2.77"] {
            assert!(!text.contains(private), "{private} to {to}");
        }
    }
}

#[test]
fn markdown_shows_nobody_s_address_even_when_the_archive_keeps_it() {
    // Front matter and comment sections have no place for addresses; asking for them must not put them there.
    let desk = Desk::new();
    desk.put("in.jsonl", every_status());
    desk.convert_here(
        ["in.jsonl"],
        ["--to", "markdown", "-o", "out", "--include", "emails,ips"],
    )
    .exits(0);
    for (name, text) in desk.markdown("out") {
        assert!(!text.contains("ole@") && !text.contains("192.0.2.77"), "{name}");
    }
}

#[test]
fn what_strangers_wrote_cannot_act_in_markdown() {
    let desk = Desk::new();
    let xml = String::from_utf8(fixture("blogger-export/garden.xml")).unwrap();
    let harm = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;\
                &lt;a href=\"javascript:alert(3)\"&gt;look&lt;/a&gt;&lt;iframe src=\"https://evil.example/\"&gt;&lt;/iframe&gt;";
    let text = "Forty paces of whose legs?</content>";
    assert!(xml.contains(text));
    desk.put("garden.xml", xml.replace(text, &format!("Forty paces{harm}</content>")));
    desk.convert_here(
        ["garden.xml"],
        ["--to", "markdown", "-o", "out", "--report", "report.json"],
    )
    .exits(0);
    let page = desk.text("out/pages/about-this-plot.md");
    assert!(page.contains("Forty paces") && page.contains("look"), "{page}");
    for bad in ["script", "onerror", "javascript:", "evil.example"] {
        assert!(!page.contains(bad), "{bad} in\n{page}");
    }
    assert_eq!(desk.json("report.json")["ledger"]["notices"]["html-sanitised"], 1);
    // The archive keeps what was there, to the letter.
    let archive = desk.convert_here(["garden.xml"], ["--to", "jsonl"]).archive();
    assert!(
        archive.comment("7300000000000000111")["content_html"]
            .as_str()
            .unwrap()
            .contains("onerror=alert(2)")
    );
}
