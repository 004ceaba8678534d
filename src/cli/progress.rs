//! Progress on standard error: a bar on a terminal, lines of JSON for programs, or nothing.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use blogark::media::download::Event;
use clap::ValueEnum;
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// When progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// Where standard error is a terminal
    Auto,
    /// Never
    Never,
    /// As JSON, a line an event
    Json,
}

/// How far a step of the run has come.
pub(crate) struct Progress {
    sort: Sort,
    /// What was fetched.
    bytes: AtomicU64,
}

enum Sort {
    Silent,
    Bar(ProgressBar),
    Json {
        step: &'static str,
        unit: &'static str,
        total: u64,
        done: AtomicU64,
        told: AtomicU64,
    },
}

impl Progress {
    /// Reading: how many bytes of the sources were surveyed.
    pub(crate) fn survey(when: When, quiet: bool, total: u64) -> Progress {
        Progress::new(
            when,
            quiet,
            ("reading", "bytes", total),
            "Reading  {bar:32} {bytes}/{total_bytes}, {eta} left",
        )
    }

    /// Writing: how many posts are done.
    pub(crate) fn posts(when: When, quiet: bool, total: u64) -> Progress {
        Progress::new(
            when,
            quiet,
            ("writing", "posts", total),
            "Writing  {bar:32} {human_pos}/{human_len} posts, {eta} left",
        )
    }

    /// Fetching: how many files are done.
    pub(crate) fn files(when: When, quiet: bool, total: u64) -> Progress {
        Progress::new(
            when,
            quiet,
            ("fetching", "files", total),
            "Fetching {bar:32} {human_pos}/{human_len} files, {msg}, {eta} left",
        )
    }

    /// Something came.
    pub(crate) fn fetched(&self, event: Event) {
        match event {
            Event::File => self.add(1),
            Event::Bytes(count) => {
                let all = self.bytes.fetch_add(count, Ordering::Relaxed) + count;
                if let Sort::Bar(bar) = &self.sort {
                    bar.set_message(HumanBytes(all).to_string());
                }
            }
        }
    }

    fn new(
        when: When,
        quiet: bool,
        (step, unit, total): (&'static str, &'static str, u64),
        template: &str,
    ) -> Progress {
        let sort = match when {
            When::Json => Sort::Json {
                step,
                unit,
                total,
                done: AtomicU64::new(0),
                told: AtomicU64::new(0),
            },
            When::Auto if !quiet && std::io::stderr().is_terminal() => {
                let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
                if let Ok(style) = ProgressStyle::with_template(template) {
                    bar.set_style(style.progress_chars("=> "));
                }
                bar.enable_steady_tick(Duration::from_millis(200));
                Sort::Bar(bar)
            }
            _ => Sort::Silent,
        };
        Progress {
            sort,
            bytes: AtomicU64::new(0),
        }
    }

    /// So much more is done.
    pub(crate) fn add(&self, count: u64) {
        match &self.sort {
            Sort::Silent => {}
            Sort::Bar(bar) => bar.inc(count),
            Sort::Json {
                step,
                unit,
                total,
                done,
                told,
            } => {
                let now = done.fetch_add(count, Ordering::Relaxed) + count;
                // A hundred events are enough for any bar.
                let last = told.load(Ordering::Relaxed);
                if now >= last + (total / 100).max(1) || now >= *total {
                    told.store(now, Ordering::Relaxed);
                    event(step, unit, now, *total);
                }
            }
        }
    }

    /// The step is done.
    pub(crate) fn finish(&self) {
        if let Sort::Bar(bar) = &self.sort {
            bar.finish_and_clear();
        }
    }
}

fn event(step: &str, unit: &str, done: u64, total: u64) {
    let event = serde_json::json!({ "event": "progress", "step": step, "unit": unit, "done": done, "total": total });
    let _ = writeln!(std::io::stderr(), "{event}");
}
