//! `blogark check`: reads a finished file strictly and says what is wrong with it, a line a finding.

use std::io::Write;
use std::path::PathBuf;

use blogark::check::folder::FolderOptions;
use blogark::check::wxr::CheckOptions;
use blogark::check::{Checked, check_file};

use super::terminal::{count, error, plain};
use super::{Outcome, terminal};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Archives (JSON, JSON Lines), WordPress import files (WXR), reports, folders of Markdown that blogark wrote, or built
    /// sites
    #[arg(required = true, value_name = "FILE|FOLDER")]
    files: Vec<PathBuf>,
    /// Say nothing of files without findings, and leave warnings out
    #[arg(long, short)]
    quiet: bool,
    /// Show every finding: of WXR not only the first of each rule, of folders not only the first twenty
    #[arg(long)]
    all: bool,
    /// Folders: address of the site's front page, so that whole links to it are known as links inside
    #[arg(long, value_name = "URL")]
    site_url: Option<String>,
    /// Folders: write the addresses that lead elsewhere to standard output, each once
    #[arg(long)]
    list_external: bool,
}

/// Findings of one rule that are shown without `--all`.
const SHOWN: u64 = 5;

/// Findings of a folder that are shown without `--all`.
const SHOWN_OF_FOLDER: u64 = 20;

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    for path in &args.files {
        let shown = path.display().to_string();
        let options = CheckOptions {
            per_code: if args.all { u64::MAX } else { SHOWN },
            now: Some(chrono::Utc::now().naive_utc()),
            ..CheckOptions::default()
        };
        let folder = FolderOptions {
            site_url: args.site_url.clone(),
            lists_external: args.list_external,
        };
        let is_folder = path.is_dir();
        let (mut errors, mut warnings) = (0u64, 0u64);
        let mut closed = false;
        let checked = check_file(path, options, &folder, &mut |finding| {
            let counter = if finding.is_error { &mut errors } else { &mut warnings };
            *counter += 1;
            let is_too_many = is_folder && !args.all && errors + warnings > SHOWN_OF_FOLDER;
            if (!finding.is_error && args.quiet) || is_too_many {
                return;
            }
            let line = finding.line.map(|l| format!(":{l}")).unwrap_or_default();
            let code = finding.code.map(|c| format!(" {c}")).unwrap_or_default();
            let text = format!("{shown}{line}:{code} {}\n", finding.message);
            closed |= std::io::stdout().write_all(plain(&text).as_bytes()).is_err();
        });
        if closed {
            return Ok(Outcome::Done);
        }
        match checked {
            Err(e) => {
                error(&format!("blogark: {shown} could not be checked: {e}"));
                outcome = Outcome::Failed;
            }
            Ok(checked) => {
                if let Checked::Wxr(summary) = &checked {
                    (errors, warnings) = (summary.errors(), summary.warnings());
                }
                if let Checked::Folder(contents) = &checked {
                    for address in &contents.external_addresses {
                        if writeln!(std::io::stdout(), "{}", plain(address)).is_err() {
                            return Ok(Outcome::Done);
                        }
                    }
                }
                if errors > 0 && outcome == Outcome::Done {
                    outcome = Outcome::Losses;
                }
                if !args.quiet || errors > 0 {
                    terminal::say(&account(&shown, &checked, errors, warnings));
                }
            }
        }
    }
    Ok(outcome)
}

fn account(shown: &str, checked: &Checked, errors: u64, warnings: u64) -> String {
    let what = match checked {
        Checked::Archive(contents) => {
            let sum = |counts: &std::collections::BTreeMap<String, u64>| counts.values().sum::<u64>();
            let counts = &contents.counts;
            format!(
                "{}, {}, {}, {}",
                count(counts.blogs, "blog", "blogs"),
                count(sum(&counts.posts), "post", "posts"),
                count(sum(&counts.pages), "page", "pages"),
                count(sum(&counts.comments), "comment", "comments"),
            )
        }
        Checked::Wxr(summary) => {
            let items: Vec<String> = summary.items.iter().map(|(t, n)| format!("{n} {t}")).collect();
            format!(
                "WXR {}, {}, {}",
                summary.version,
                items.join(", "),
                count(summary.comments, "comment", "comments")
            )
        }
        Checked::Folder(contents) => {
            let mut what = format!(
                "{}, {} inside, {} elsewhere",
                count(contents.pages, "page", "pages"),
                count(contents.internal, "link", "links"),
                contents.external
            );
            if contents.left_to_generator > 0 {
                what.push_str(&format!(
                    ", {} to pages that the generator makes",
                    contents.left_to_generator
                ));
            }
            what
        }
        Checked::Report(contents) => format!("{} as they were", count(contents.unchanged, "file", "files")),
    };
    let verdict = match (errors, warnings) {
        (0, 0) => "no findings".to_owned(),
        (0, w) => format!("no errors, {}", count(w, "warning", "warnings")),
        (e, 0) => count(e, "error", "errors"),
        (e, w) => format!("{}, {}", count(e, "error", "errors"), count(w, "warning", "warnings")),
    };
    format!("{shown}: {verdict} ({what})")
}
