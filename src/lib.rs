//! blogark keeps dead and dying blogs: it reads exports and feeds into one documented record and writes that as JSON,
//! JSON Lines, Markdown or WXR. Its one promise: nothing is lost in silence.
//!
//! ```text
//!  input          source            read              archive             plan              shape             write         output
//!  ─────          ──────            ────              ───────             ────              ─────             ─────         ──────
//!  files          opens, unpacks,   one module a      the catalogue:      from cards only,  post → post,      one module a  files or
//!  folders  ────▶ decodes, says ──▶ format: bytes ──▶ where each post   ▶ before the first ▶ pure steps:    ─▶ format: post ▶ stdout
//!  zip, gz        what it is        → record          and comment lies    byte is written:  what stays        + plan → bytes
//!  stdin                                              (all sightings)     what goes, order, private
//!                                                                         names, ids
//!                                        │                  │             │                 │                 │
//!                                        └──────────────────┴─────────────┴────┬────────────┴─────────────────┘
//!                                                                            ledger
//!                                               what was read, merged, written, left out, damaged; it must balance
//! ```
//!
//! Readers know nothing of writers and writers nothing of readers; both know the record, [`model`]. Four calls make a
//! run: [`source::open`] says what the files are, [`archive::Archive::survey`] goes over them once and keeps a card of
//! every post and comment, [`plan::Plan::new`] decides from the cards what goes out, and a writer of [`mod@write`] asks the
//! archive for the posts, as many at a time as it needs, and makes bytes of them.
//!
//! ```
//! use blogark::archive::{Archive, SurveyOptions};
//! use blogark::ledger::Notice;
//! use blogark::plan::{Plan, Selection, Target};
//! use blogark::source::{OpenOptions, open};
//! use blogark::write::{Run, Written, json};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let opened = open(&["fixtures/blogger-export/garden.xml".into()], &OpenOptions::default())?;
//! let archive = Archive::survey(opened, SurveyOptions::default())?;
//! let plan = Plan::new(&archive, Selection::default(), Target::Jsonl)?;
//!
//! let mut lines = Vec::new();
//! let mut tell = |notice: &Notice| eprintln!("{}: {}", notice.code, notice.message);
//! let mut written = Written::new(&mut tell);
//! let run = Run { archive: &archive, plan: &plan, jobs: 2, progress: None, media: None };
//! json::write_lines(run, &mut lines, &mut written)?;
//!
//! // What was read is written, merged, left out for a reason, or damaged: nothing else can have become of it.
//! let mut ledger = plan.ledger.clone();
//! ledger.add(&written.ledger);
//! assert!(ledger.balances() && !ledger.has_losses());
//! assert_eq!((ledger.posts.written, ledger.comments.written), (11, 12));
//! # Ok(())
//! # }
//! ```
//!
//! Single posts can be had without any writer: [`archive::Archive::posts`] gives them whole, with their comments in thread
//! order, to as many threads as ask. HTML alone becomes Markdown with [`html::to_markdown`].

#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::string_slice))]

pub mod archive;
pub mod check;
pub mod dates;
mod fold;
pub mod html;
pub mod ledger;
pub mod media;
pub mod model;
mod near;
pub mod plan;
pub mod read;
pub mod report;
pub mod shape;
pub mod source;
pub mod wordpress;
pub mod write;

/// How many cases a property over small texts is shown: 2,000, or as many as `BLOGARK_CASES` asks for.
#[cfg(test)]
fn many_cases() -> proptest::test_runner::Config {
    let asked = std::env::var("BLOGARK_CASES").ok().and_then(|text| text.parse().ok());
    proptest::test_runner::Config {
        cases: asked.unwrap_or(2000),
        failure_persistence: None,
        ..Default::default()
    }
}
