//! A file that is checked while it is written: each item by itself, on whichever thread made it, and then, in the order
//! of the file, against the head and the items before it. The rules are those for a whole file.
//!
//! What only a whole file has is not looked for: lines that are too long (W09) and its size.

use std::collections::BTreeMap;
use std::io::{self, Read};

use quick_xml::events::Event;

use super::file::{self, check_items};
use super::item::Ended;
use super::known::Known;
use super::{CheckOptions, Code, Finding, Report, Summary};

/// One or more whole items that were checked by themselves.
#[derive(Debug)]
pub(crate) struct CheckedItems {
    ended: Vec<Ended>,
    /// Findings, with the byte of the items' text for their line.
    findings: Vec<Finding>,
    counts: BTreeMap<Code, u64>,
    lines: u64,
}

impl CheckedItems {
    /// Checks items by themselves. `also` is shown everything that the XML reader sees, so that who wants to compare it
    /// with something need not read a second time.
    ///
    /// # Errors
    /// When the text is no XML, or `also` says so.
    pub(crate) fn new(
        text: &str,
        options: CheckOptions,
        also: impl FnMut(&Event<'_>) -> Result<(), String>,
    ) -> Result<CheckedItems, String> {
        let mut findings = Vec::new();
        let (ended, counts) = check_items(text, options, &mut |finding| findings.push(finding), also)?;
        Ok(CheckedItems {
            ended,
            findings,
            counts,
            lines: lines(text.as_bytes()),
        })
    }
}

/// A file whose head and tail are known, and whose items come one after the other.
pub(crate) struct InPieces {
    options: CheckOptions,
    summary: Summary,
    known: Known,
    /// Line at which the next items begin.
    line: u64,
}

impl InPieces {
    /// Checks the frame of a file: it as it would be without items.
    ///
    /// # Errors
    /// None that bytes in memory could give.
    pub(crate) fn begin(
        head: &[u8],
        tail: &[u8],
        options: CheckOptions,
        on_finding: &mut dyn FnMut(Finding),
    ) -> io::Result<InPieces> {
        let (summary, known) = file::check(io::BufReader::new(head.chain(tail)), options, on_finding)?;
        Ok(InPieces {
            options,
            summary,
            known,
            line: 1 + lines(head),
        })
    }

    /// The next items, which are these bytes.
    pub(crate) fn items(&mut self, items: CheckedItems, bytes: &[u8], on_finding: &mut dyn FnMut(Finding)) {
        let first = self.line;
        let line = |byte: u64| {
            let before = usize::try_from(byte).ok().and_then(|byte| bytes.get(..byte));
            first + lines(before.unwrap_or(bytes))
        };
        for (code, count) in items.counts {
            let total = self.summary.findings.entry(code).or_default();
            let mut left = self.options.per_code.saturating_sub(*total);
            *total += count;
            for finding in items.findings.iter().filter(|finding| finding.code == code) {
                if left == 0 {
                    break;
                }
                left -= 1;
                on_finding(Finding {
                    line: line(finding.line),
                    ..finding.clone()
                });
            }
        }
        let mut told = |finding: Finding| {
            on_finding(Finding {
                line: line(finding.line),
                ..finding
            });
        };
        let mut report = Report {
            options: self.options,
            summary: std::mem::take(&mut self.summary),
            on_finding: &mut told,
        };
        for item in items.ended {
            self.known.take(item, &mut report);
        }
        self.summary = report.summary;
        self.line += items.lines;
    }
}

fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::super::check_wxr;
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<rss version=\"2.0\"\n\
        xmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"\n\
        xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:wp=\"http://wordpress.org/export/1.2/\">\n<channel>\n\
        <wp:wxr_version>1.2</wp:wxr_version>\n<wp:author><wp:author_login>anna</wp:author_login></wp:author>\n\
        <wp:tag><wp:tag_slug>brot</wp:tag_slug><wp:tag_name>Brot</wp:tag_name></wp:tag>\n";
    const TAIL: &str = "</channel>\n</rss>\n";

    fn options() -> CheckOptions {
        CheckOptions {
            per_code: 3,
            ..CheckOptions::default()
        }
    }

    fn whole(items: &[String]) -> (Vec<String>, Summary) {
        let text = format!("{HEAD}{}{TAIL}", items.concat());
        let mut found = Vec::new();
        let summary = check_wxr(text.as_bytes(), options(), &mut |finding| {
            found.push(finding.to_string())
        })
        .unwrap();
        found.sort();
        (found, summary)
    }

    fn in_pieces(items: &[String]) -> (Vec<String>, Summary) {
        let mut found = Vec::new();
        let mut tell = |finding: Finding| found.push(finding.to_string());
        let mut file = InPieces::begin(HEAD.as_bytes(), TAIL.as_bytes(), options(), &mut tell).unwrap();
        for item in items {
            let checked = CheckedItems::new(item, options(), |_| Ok(())).unwrap();
            file.items(checked, item.as_bytes(), &mut tell);
        }
        found.sort();
        (found, file.summary)
    }

    /// An item of which any part may be something that WordPress loses or changes.
    fn item() -> impl Strategy<Value = String> {
        let number = 1..4u32;
        let title = prop::sample::select(vec![
            "",
            "<![CDATA[Bread &amp; salt]]>",
            "\n <![CDATA[x]]>",
            "a &amp; b",
        ]);
        let date = prop::sample::select(vec![
            "2010-05-04 12:00:00",
            "0000-00-00 00:00:00",
            "2010-02-30 12:00:00",
        ]);
        let creator = prop::sample::select(vec!["anna", "who"]);
        let body = prop::sample::select(vec!["", "<![CDATA[one\ntwo <iframe>]]>", "<![CDATA[[gallery] é]]>"]);
        let kind = prop::sample::select(vec!["post", "page", "recipe", "attachment", "nav_menu_item"]);
        let term = prop::sample::select(vec![
            "",
            "<category domain=\"post_tag\" nicename=\"brot\">B</category>",
            "<category domain=\"tag\" nicename=\"salz\">S</category>\n",
            "<category nicename=\"x\">S</category>",
        ]);
        let comment = (number.clone(), 0..4u32, prop::sample::select(vec!["1", "spam", "x"])).prop_map(
            |(number, parent, approved)| {
                format!(
                    "<wp:comment>\n<wp:comment_id>{number}</wp:comment_id><wp:comment_date>2010-05-04 12:00:00</wp:comment_date>\
                     <wp:comment_date_gmt>x</wp:comment_date_gmt><wp:comment_content><![CDATA[<a b]]></wp:comment_content>\
                     <wp:comment_approved>{approved}</wp:comment_approved><wp:comment_parent>{parent}</wp:comment_parent>\n\
                     <wp:commentmeta><wp:meta_key/><wp:meta_value>a:0:{{}}</wp:meta_value></wp:commentmeta></wp:comment>"
                )
            },
        );
        let comments = prop::collection::vec(comment, 0..3);
        let slug = prop::sample::select(vec!["", "one", "Two Words"]);
        (number, title, date, creator, body, kind, term, slug, comments).prop_map(
            |(number, title, date, creator, body, kind, term, slug, comments)| {
                format!(
                    "\t<item>\n<title>{title}</title><guid>tag:x</guid><dc:creator>{creator}</dc:creator>\n\
                     <content:encoded>{body}</content:encoded><excerpt:encoded></excerpt:encoded><wp:post_id>{number}</wp:post_id>\n\
                     <wp:post_date>{date}</wp:post_date><wp:post_date_gmt>{date}</wp:post_date_gmt><wp:status>publish</wp:status>\
                     <wp:post_name>{slug}</wp:post_name><wp:post_type>{kind}</wp:post_type>{term}{}</item>\n",
                    comments.concat()
                )
            },
        )
    }

    proptest! {
        /// A file in pieces is judged as the whole file is. With few findings of a code all are given, by line and text.
        #[test]
        fn pieces_are_judged_as_the_whole(items in prop::collection::vec(item(), 0..6)) {
            let (found, summary) = whole(&items);
            let (found_in_pieces, summary_of_pieces) = in_pieces(&items);
            prop_assert_eq!(&summary_of_pieces, &summary);
            let few = |found: &[String]| -> Vec<String> {
                let rare = summary.findings.iter().filter(|(_, count)| **count <= 3).map(|(code, _)| code.as_str());
                let rare: Vec<&str> = rare.collect();
                found.iter().filter(|finding| rare.iter().any(|code| finding.starts_with(code))).cloned().collect()
            };
            prop_assert_eq!(few(&found_in_pieces), few(&found));
            prop_assert_eq!(found_in_pieces.len(), found.len());
        }
    }

    #[test]
    fn what_is_no_xml_is_refused() {
        for text in [
            "<item>",
            "<item></item></channel>",
            "<item>\u{1}</item>",
            "<item><a></item>",
        ] {
            assert!(CheckedItems::new(text, options(), |_| Ok(())).is_err(), "{text:?}");
        }
        let refused = CheckedItems::new("<item></item>", options(), |_| Err("no".to_owned()));
        assert_eq!(refused.unwrap_err(), "no");
    }
}
