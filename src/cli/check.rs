//! `blogark check`: reads a finished file strictly and says what is wrong with it, a line a finding.

use std::io::Write;
use std::path::PathBuf;

use blogark::check::wxr::CheckOptions;
use blogark::check::{Checked, check_file};

use super::terminal::{count, error, plain};
use super::{Outcome, terminal};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Archives (JSON, JSON Lines), WordPress import files (WXR) or reports
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Say nothing of files without findings, and leave warnings out
    #[arg(long, short)]
    quiet: bool,
    /// WXR: show every finding, not only the first of each rule
    #[arg(long)]
    all: bool,
}

/// Findings of one rule that are shown without `--all`.
const SHOWN: u64 = 5;

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    for path in &args.files {
        let shown = path.display().to_string();
        let options = CheckOptions {
            per_code: if args.all { u64::MAX } else { SHOWN },
            now: Some(chrono::Utc::now().naive_utc()),
            ..CheckOptions::default()
        };
        let (mut errors, mut warnings) = (0u64, 0u64);
        let mut closed = false;
        let checked = check_file(path, options, &mut |finding| {
            let counter = if finding.is_error { &mut errors } else { &mut warnings };
            *counter += 1;
            if !finding.is_error && args.quiet {
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
