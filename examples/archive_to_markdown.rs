//! The library from end to end: open → archive → plan → write.
//!
//! `cargo run --example archive_to_markdown -- FOLDER INPUT...` lists the blogs and posts of the inputs, writes what
//! was public of them as Markdown into the folder, and says what became of everything.

#![allow(clippy::print_stdout)]

use std::path::PathBuf;
use std::process::ExitCode;

use blogark::archive::{Archive, SurveyOptions};
use blogark::ledger::{Notice, Tally};
use blogark::plan::{Plan, Selection, Target, What};
use blogark::source::{OpenOptions, open};
use blogark::write::{Run, Written, markdown};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: archive_to_markdown FOLDER INPUT...");
        return Ok(ExitCode::from(2));
    };
    let inputs: Vec<PathBuf> = arguments.collect();

    // Open: files, folders, zips; what each is, is told by its content.
    let opened = open(&inputs, &OpenOptions::default())?;

    // Archive: one pass over all bytes. Only cards stay in memory; the texts stay where they are.
    let archive = Archive::survey(opened, SurveyOptions::default())?;
    for blog in archive.blogs() {
        println!("{}", blog.title.as_deref().unwrap_or("a blog without a title"));
    }
    for card in archive.post_cards() {
        println!(
            "  {} {} ({} comments)",
            card.kind().as_str(),
            card.id(),
            card.comments().len()
        );
    }

    // Plan: what goes out, decided before the first byte is written. Markdown never publishes what was not public;
    // drafts would go out marked as drafts, and here they stay.
    let mut selection = Selection::default();
    selection.exclude.insert(What::Drafts);
    let plan = Plan::new(&archive, selection, Target::Markdown)?;

    // Write: posts are fetched in batches, on as many threads as `jobs` says, and come in the plan's order.
    let mut tell = |notice: &Notice| eprintln!("{}: {}", notice.code, notice.message);
    let mut written = Written::new(&mut tell);
    let run = Run {
        archive: &archive,
        plan: &plan,
        jobs: 2,
        progress: None,
        media: None,
    };
    let files = markdown::write(run, Some(&folder), &markdown::Options::default(), &mut written)?;

    // The ledger: the survey and the plan began it, the writer ends it, and it has to add up.
    let mut ledger = plan.ledger.clone();
    ledger.add(&written.ledger);
    println!("{} files in {}", files.len(), folder.display());
    println!("posts and pages: {}", account(&ledger.posts));
    println!("comments: {}", account(&ledger.comments));
    Ok(match ledger.balances() && !ledger.has_losses() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(3),
    })
}

fn account(tally: &Tally) -> String {
    let left_out = tally.left_out_total();
    format!(
        "{} read = {} written + {} merged + {left_out} left out + {} damaged",
        tally.read, tally.written, tally.merged, tally.damaged
    )
}
