//! The account at the end of a run: what was read, merged, written, left out and why, and what to do next.

use std::collections::BTreeMap;
use std::path::Path;

use blogark::archive::Archive;
use blogark::ledger::{Certainty, Ledger, Notice, NoticeCode, Tally};
use blogark::plan::Plan;
use blogark::write::markdown::Flavor;
use blogark::write::output::WrittenFile;

use super::convert::To;
use super::terminal::{count, number, say};

/// Everything the account is made of.
pub(crate) struct Account<'a> {
    pub(crate) ledger: &'a Ledger,
    /// Notices of the survey and the plan; of the posts' only the counts are kept.
    pub(crate) notices: Vec<&'a Notice>,
    pub(crate) to: To,
    pub(crate) flavor: Flavor,
    pub(crate) output: Option<&'a Path>,
    pub(crate) report: Option<&'a Path>,
    pub(crate) dry_run: bool,
    pub(crate) archive: &'a Archive,
    pub(crate) plan: &'a Plan,
    pub(crate) outputs: &'a [WrittenFile],
    /// What there is to do with the output.
    pub(crate) hints: &'a [String],
}

/// How many notices of one code are shown before the rest is only counted.
const SHOWN: usize = 3;

/// Prints the account.
pub(crate) fn tell(account: &Account<'_>) {
    let ledger = account.ledger;
    say(&line("Posts and pages", &ledger.posts, account.dry_run));
    say(&line("Comments", &ledger.comments, account.dry_run));
    for (what, tally) in [("post", &ledger.posts), ("comment", &ledger.comments)] {
        for (reason, n) in &tally.left_out {
            let many = format!("{what}s");
            say(&format!(
                "  left out: {}: {}",
                count(*n, what, &many),
                reason.in_words()
            ));
        }
    }
    let files = &ledger.media;
    if !files.is_empty() {
        let mut parts = vec![format!("{} found", number(files.found))];
        for (n, what) in [
            (files.local, "taken from folders"),
            (files.downloaded, "fetched"),
            (files.kept, "fetched before"),
            (files.missing.values().sum(), "not there"),
        ] {
            if n > 0 {
                parts.push(format!("{} {what}", number(n)));
            }
        }
        say(&format!("Pictures and files: {}.", parts.join(", ")));
        for (certainty, n) in &files.certainty {
            let how = match certainty {
                Certainty::Certain => continue,
                Certainty::Likely => "likely the right ones, not certainly",
                Certainty::Possible => "possibly the right ones: look at them",
            };
            say(&format!("  {}: {how}", count(*n, "file", "files")));
        }
        for (failure, n) in &files.missing {
            say(&format!("  {}: {}", count(*n, "file", "files"), failure.in_words()));
        }
    }
    for redaction in &account.plan.redactions {
        let (one, many) = private(&redaction.field);
        say(&format!("  kept private: {}", count(redaction.count, one, many)));
    }
    notices(account);
    if !ledger.balances() {
        say("The account does not add up. This is a fault of blogark: please report it with the command you ran.");
    }
    for hint in account.hints {
        say(hint);
    }
    next_step(account);
}

/// What was kept private, one and many.
fn private(field: &str) -> (&'static str, &'static str) {
    match field {
        "email" => ("e-mail address", "e-mail addresses"),
        "ip" => ("IP address", "IP addresses"),
        "password" => ("password", "passwords"),
        _ => ("setting", "settings"),
    }
}

fn line(name: &str, tally: &Tally, dry_run: bool) -> String {
    let mut parts = vec![format!("{} read", number(tally.read))];
    if tally.merged > 0 {
        parts.push(format!("{} merged", number(tally.merged)));
    }
    let verb = if dry_run { "would be written" } else { "written" };
    parts.push(format!("{} {verb}", number(tally.written)));
    let left_out = tally.left_out_total();
    if left_out > 0 {
        parts.push(format!("{} left out", number(left_out)));
    }
    if tally.damaged > 0 {
        parts.push(format!("{} damaged", number(tally.damaged)));
    }
    format!("{name}: {}.", parts.join(", "))
}

/// Notices in short: losses first, a few of each code in full, the rest counted.
fn notices(account: &Account<'_>) {
    let mut by_code: BTreeMap<(bool, NoticeCode), Vec<&Notice>> = BTreeMap::new();
    for notice in &account.notices {
        by_code
            .entry((!notice.code.is_loss(), notice.code))
            .or_default()
            .push(notice);
    }
    for (code, total) in &account.ledger.notices {
        let shown = by_code.entry((!code.is_loss(), *code)).or_default();
        let rest = total.saturating_sub(shown.len().min(SHOWN) as u64);
        if shown.is_empty() && rest > 0 {
            shown.clear();
        }
    }
    for ((_, code), list) in by_code {
        let total = account.ledger.notices.get(&code).copied().unwrap_or(0);
        for notice in list.iter().take(SHOWN) {
            let place = match (&notice.source, notice.offset) {
                (Some(source), Some(offset)) => format!(" ({source}, byte {offset})"),
                (Some(source), None) if !notice.message.contains(source.as_str()) => format!(" ({source})"),
                _ => String::new(),
            };
            say(&format!("! {}{place}", notice.message));
        }
        let rest = total.saturating_sub(list.len().min(SHOWN) as u64);
        if rest > 0 {
            let more = if list.is_empty() { "" } else { " more" };
            say(&format!("! {}{more} × {code}: {}", number(rest), code.meaning()));
        }
    }
    match account.report {
        Some(path) => say(&format!("Every notice is in {}.", path.display())),
        None if account.ledger.notices.values().sum::<u64>() > 0 => {
            say("--report FILE writes every notice with its place.");
        }
        None => {}
    }
}

fn next_step(account: &Account<'_>) {
    if account.dry_run {
        say("Nothing was written: this was a dry run.");
        return;
    }
    let Some(output) = account.output else {
        return;
    };
    let shown = output.display();
    match account.to {
        To::Json | To::Jsonl => say(&format!(
            "Next: `blogark check {shown}` proves it whole; `blogark convert {shown} --to markdown -o FOLDER` makes pages of it."
        )),
        To::Markdown if account.flavor == Flavor::Plain => say(&format!(
            "Next: open {shown} in any Markdown editor; --flavor writes it as a site generator takes it. The old address of each post is its `url`."
        )),
        To::Markdown => say(&format!(
            "Next: {shown} is laid out as the folder of a site for {}; build it there, or copy it into yours.",
            account.flavor.name()
        )),
        To::Wxr => {
            let files: Vec<String> = account.outputs.iter().map(|o| o.path.display().to_string()).collect();
            say(&format!(
                "Next: in WordPress choose Tools, Import, WordPress, Run Importer, and upload {}.",
                files.join(", then ")
            ));
            let is_blogger = account
                .archive
                .blogs()
                .any(|b| b.platform.as_deref() == Some("blogger"));
            if is_blogger {
                say(
                    "Settings, Permalinks, Custom Structure /%year%/%monthnum%/%postname%.html keeps the old addresses.",
                );
            }
        }
    }
}
