//! What users do with blogark, through the program itself and through the public API.
//!
//! One test program, one module for each thing a user does: `cargo test --test user` runs them all, `cargo test --test
//! user takeout` those of one module. A test reads like a session at a desk:
//!
//! ```ignore
//! let desk = Desk::new();                                             // an empty folder, gone at the end
//! desk.convert(["blogger-export/garden.xml"], ["-o", "garden.jsonl"]) // a fixture in, a file on the desk out
//!     .exits(0);
//! let archive = desk.archive("garden.jsonl");                         // the records of that file
//! assert_eq!(archive.posts.len(), 11);
//! ```
//!
//! Fixtures are described in `fixtures/README.md`. What no fixture holds is made by [`authored`]: archives with a record of
//! every status, and whole exports that a property test varies.
//!
//! Snapshots (`snapshots/`) stand only where reading the whole output tells more than any single assertion. After a
//! change that is meant, run with `INSTA_UPDATE=always` and review the difference.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod authored;
mod desk;
#[path = "../../benches/generator/mod.rs"]
mod generator;

mod archive_again;
mod command_line;
mod convert_export;
mod determinism;
mod edges;
mod faults;
mod feeds;
#[cfg(unix)]
mod hard_stops;
mod ledger;
mod limits;
mod links;
mod markdown;
mod markdown_flavours;
mod media;
#[cfg(unix)]
mod no_room;
mod privacy;
mod properties;
mod repeated_text;
mod report;
mod salvage;
mod salvage_json;
mod schema;
mod selection;
mod strangers;
mod takeout;
mod wordpress;
mod wrong_input;
