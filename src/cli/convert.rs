//! `blogark convert`: open → survey → plan → write, and the account of it.

use std::io;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::sync::Arc;
use std::sync::OnceLock;

use anyhow::Context;
use chrono::NaiveDate;
use clap::ValueEnum;

use blogark::archive::{Archive, SurveyOptions};
use blogark::ledger::{Ledger, Notice};
use blogark::media::{self, Library};
use blogark::plan::{Plan, Selection, Target, What};
use blogark::report::ReportFile;
use blogark::shape::spam;
use blogark::source::{Input, OpenOptions, open};
use blogark::write::markdown;
use blogark::write::output::{Output, WrittenFile};
use blogark::write::report::{ReportWriter, Summary};
use blogark::write::{Media, Refer, Run, WriteError, Written, WrittenFolder, json, wxr};

use super::markdown_args::MarkdownArgs;
use super::media_args::{MediaArgs, MediaChoice};
use super::progress::Progress;
use super::{InputArgs, Outcome, Usage, size, summary, terminal};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// What to write; told by -o where its name ends in .jsonl, .json, .wxr or .xml
    #[arg(long, short, value_enum)]
    to: Option<To>,
    /// File to write, a folder for markdown; standard output where it is left out or -
    #[arg(long, short, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Only this blog, by id, title or address; may be given several times
    #[arg(long, value_name = "BLOG")]
    blog: Vec<String>,
    /// Let out what would stay: drafts, scheduled, private, protected, trashed, pages, comments, pending, spam,
    /// suspected-spam, deleted, emails, ips
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = what)]
    include: Vec<What>,
    /// Keep in what would go out; the same words
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = what)]
    exclude: Vec<What>,
    /// Only posts of this day or later (YYYY-MM-DD)
    #[arg(long, value_name = "DAY")]
    since: Option<NaiveDate>,
    /// Only posts of this day or earlier (YYYY-MM-DD)
    #[arg(long, value_name = "DAY")]
    until: Option<NaiveDate>,
    /// Only posts with this label, tag or category; may be given several times
    #[arg(long, value_name = "LABEL")]
    label: Vec<String>,
    /// Only posts by this author; may be given several times
    #[arg(long, value_name = "NAME")]
    author: Vec<String>,
    /// Only so many posts
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    #[command(flatten)]
    markdown: MarkdownArgs,
    #[command(flatten)]
    media: MediaArgs,
    /// WXR: what labels become in WordPress
    #[arg(long, value_enum, value_name = "WHAT", default_value = "tags")]
    labels_as: LabelsAs,
    /// WXR: how bodies are kept from WordPress's own line breaks and paragraphs
    #[arg(long, value_enum, value_name = "HOW", default_value = "collapse")]
    wp_html: WpHtml,
    /// WXR: make each picture that posts show an attachment, so that WordPress fetches it and shows its own copy
    #[arg(long)]
    media_items: bool,
    /// WXR: begin a new file at this size (500KB, 10MB; 0 never splits)
    #[arg(long, value_name = "SIZE", default_value = "10MB", value_parser = size)]
    split: u64,
    /// Write a report of everything that was read, merged, written, left out and why (JSON)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Do everything but write, and say exactly what would be lost
    #[arg(long)]
    dry_run: bool,
    /// How many threads prepare posts; as many as there are processors where it is left out
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum To {
    /// One JSON document; keeps everything
    Json,
    /// JSON Lines, a record a line; keeps everything
    Jsonl,
    /// A folder with a Markdown file for each post
    Markdown,
    /// A WordPress import file
    Wxr,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LabelsAs {
    /// Tags
    Tags,
    /// Categories
    Categories,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WpHtml {
    /// Newlines that mean nothing become spaces
    Collapse,
    /// Each body stands unchanged in a Custom HTML block
    Block,
}

impl Args {
    /// The same, `-` as the output understood as every program understands it.
    pub(crate) fn settled(mut self) -> Args {
        self.output = self.output.filter(|path| path.as_os_str() != "-");
        self
    }
}

impl To {
    pub(crate) fn name(self) -> &'static str {
        match self {
            To::Json => "json",
            To::Jsonl => "jsonl",
            To::Markdown => "markdown",
            To::Wxr => "wxr",
        }
    }

    fn target(self) -> Target {
        match self {
            To::Json => Target::Json,
            To::Jsonl => Target::Jsonl,
            To::Markdown => Target::Markdown,
            To::Wxr => Target::Wxr,
        }
    }

    /// Whether what is written tells which files it was made from, by their SHA-256.
    fn names_sources(self) -> bool {
        matches!(self, To::Json | To::Jsonl)
    }
}

fn what(word: &str) -> Result<What, blogark::plan::UnknownWhat> {
    word.trim().parse()
}

/// Does something before Ctrl-C, SIGTERM or SIGHUP end the program.
fn on_interrupt(last: impl Fn() + Send + 'static) -> anyhow::Result<()> {
    /// What a shell gives for a program that Ctrl-C ended.
    const INTERRUPTED: i32 = 130;
    ctrlc::set_handler(move || {
        last();
        std::process::exit(INTERRUPTED);
    })
    .context("interrupts cannot be handled")?;
    // The system ends a program whose file grows over a limit, unless it takes note of it: then writing fails, which is said.
    #[cfg(unix)]
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default())
        .context("the limit on the size of files cannot be handled")?;
    Ok(())
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let to = form(args)?;
    let options = args.markdown.options();
    if to == To::Markdown {
        options.check().map_err(|e| Usage(e.to_string()))?;
    }
    if to == To::Markdown && args.output.is_none() && !args.dry_run {
        return Err(Usage("markdown needs a folder: say which with -o FOLDER".to_owned()).into());
    }
    let quiet = args.input.quiet;
    if let (Some(output), Some(report)) = (&args.output, &args.report)
        && (output == report
            || output
                .canonicalize()
                .is_ok_and(|o| report.canonicalize().is_ok_and(|r| o == r)))
        && std::fs::metadata(output).map_or(true, |m| m.is_file())
    {
        return Err(Usage(format!(
            "{} cannot be the output and its report; say another name for one of them",
            output.display()
        ))
        .into());
    }
    let choice = args
        .media
        .choice(to, &args.input.inputs, args.output.as_deref(), args.dry_run)?;
    on_interrupt(|| {
        blogark::write::discard_unfinished();
        terminal::error("blogark: stopped before the end; nothing half-written was left behind");
    })?;
    let jobs = args.jobs.map_or_else(processors, usize::from);
    let (mut archive, inputs) = survey(&args.input, jobs, !to.names_sources())?;
    if args.exclude.contains(&What::SuspectedSpam) {
        archive.note_spam(|comment| {
            let mut comment = comment.clone();
            spam::label(&mut comment);
            comment.suspected_spam.is_some()
        })?;
    }
    for path in args.output.iter().chain(&args.report) {
        refuse_input_as_output(path, &inputs)?;
    }
    let plan = Plan::new(&archive, selection(args, to), to.target())?;
    if to == To::Wxr && args.output.is_none() && !args.dry_run && plan.blogs.len() > 1 {
        return Err(Usage(format!(
            "a WordPress import file holds one blog, and the input holds {}. Say which with --blog, or give -o FILE to get a file for each:\n{}",
            plan.blogs.len(),
            blogark::plan::blog_list(&archive)
        ))
        .into());
    }
    if to == To::Wxr && !options.redirects.is_empty() && (options.new_url.is_none() || args.output.is_none()) {
        return Err(Usage(
            "redirects to a WordPress site need its address, --new-url, and a file to lie beside, -o FILE".to_owned(),
        )
        .into());
    }
    if matches!(to, To::Markdown | To::Wxr) && options.new_url.is_some() && plan.blogs.len() > 1 {
        return Err(Usage(format!(
            "--new-url is the address of one site, and the input holds {} blogs. Say which with --blog:\n{}",
            plan.blogs.len(),
            blogark::plan::blog_list(&archive)
        ))
        .into());
    }
    if args.output.is_none() && !args.dry_run && to != To::Markdown && std::io::stdout().is_terminal() && !quiet {
        terminal::say("Writing to the terminal; -o FILE writes to a file.");
    }

    let mut report = match &args.report {
        Some(path) => Some(ReportWriter::begin(path, to.name(), args.dry_run)?),
        None => None,
    };
    let library = match &choice {
        Some(choice) => Some(gather(args, choice, &archive, &plan, jobs)?),
        None => None,
    };
    let progress = Progress::posts(args.input.progress, quiet, plan.posts.len() as u64);
    let on_post = |count| progress.add(count);
    let run = Run {
        archive: &archive,
        plan: &plan,
        jobs,
        progress: Some(&on_post),
        media: choice.as_ref().zip(library.as_ref()).map(|(choice, library)| Media {
            gathered: library,
            refer: match (to, &choice.url) {
                (To::Markdown, _) => Refer::Placed,
                (To::Wxr, Some(url)) => Refer::At(url),
                _ => Refer::Beside(&choice.beside),
            },
        }),
    };
    // A report that cannot be written is said at the end, not in the middle of the output.
    let mut report_error = None;
    let mut tell = |notice: &Notice| {
        if let Some(writer) = &mut report
            && report_error.is_none()
        {
            report_error = writer.notice(notice).err();
        }
    };
    for notice in archive.notices().iter().chain(&plan.notices) {
        tell(notice);
    }
    let mut written = Written::new(&mut tell);
    if let Some(library) = &library {
        written.ledger.media = library.tally.clone();
        for notice in &library.notices {
            written.notice(notice);
        }
    }
    let result = write(args, to, &options, run, &mut written);
    let mut hints = std::mem::take(&mut written.hints);
    if let Some(MediaChoice {
        url: Some(url),
        options,
        ..
    }) = &choice
        && let Some(folder) = options.folder.as_deref().filter(|_| to == To::Wxr && !args.dry_run)
    {
        hints.push(format!(
            "Before the import, put the files of {} on the web at {url}: there WordPress fetches them.",
            folder.display()
        ));
    }
    let mut ledger = plan.ledger.clone();
    ledger.add(&written.ledger);
    progress.finish();
    let outputs = match result {
        Ok(outputs) => outputs,
        Err(error) if error.is_closed_pipe() => return Ok(Outcome::Done),
        Err(error) if args.output.is_none() => {
            return Err(anyhow::Error::new(error).context("what went to standard output is not complete"));
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(error) = report_error {
        return Err(anyhow::Error::new(error).context("the output is complete, but not the report"));
    }
    let outcome = judge(&ledger);
    if let Some(writer) = report {
        let files = kept_files(choice.as_ref(), library.as_ref());
        let summary = Summary {
            ledger: ledger.clone(),
            inputs: hashed(&inputs)?,
            exit_status: if outcome == Outcome::Losses { 3 } else { 0 },
        };
        let mut written = outputs.in_report().chain(files.into_iter().map(Ok));
        writer
            .finish(&summary, &mut written)
            .context("the output is complete, but not the report")?;
    }
    if !quiet {
        let notices = archive.notices().iter().chain(&plan.notices);
        summary::tell(&summary::Account {
            ledger: &ledger,
            notices: notices.collect(),
            to,
            flavor: options.flavor,
            output: args.output.as_deref(),
            report: args.report.as_deref(),
            dry_run: args.dry_run,
            archive: &archive,
            plan: &plan,
            outputs: outputs.files(),
            hints: &hints,
        });
    }
    Ok(outcome)
}

/// The files that lie in a folder beside the output.
fn kept_files(choice: Option<&MediaChoice>, library: Option<&Library>) -> Vec<ReportFile> {
    let is_output = choice.is_some_and(|choice| choice.options.copies_local && !choice.options.is_dry);
    let files = library.filter(|_| is_output).map(Library::files).unwrap_or_default();
    let of = |held: &media::Held| ReportFile {
        path: held.path.display().to_string(),
        size_in_bytes: held.size,
        sha256: held.sha256.clone(),
    };
    files.iter().map(of).collect()
}

/// Gathers the pictures and files that posts use.
fn gather(args: &Args, choice: &MediaChoice, archive: &Archive, plan: &Plan, jobs: usize) -> anyhow::Result<Library> {
    let run = Run {
        archive,
        plan,
        jobs,
        progress: None,
        media: None,
    };
    let files = blogark::write::wanted(run)?;
    let progress = OnceLock::new();
    let begin = |total| {
        progress.get_or_init(|| Progress::files(args.input.progress, args.input.quiet, total));
    };
    let on_event = |event| {
        if let Some(progress) = progress.get() {
            progress.fetched(event);
        }
    };
    let library = media::collect(files, &choice.options, &begin, &on_event);
    if let Some(progress) = progress.get() {
        progress.finish();
    }
    let library = library?;
    if let Some(path) = &choice.list
        && !args.dry_run
    {
        let mut list = library.addresses_to_fetch().join("\n");
        if !list.is_empty() {
            list.push('\n');
        }
        blogark::write::output::write_file(path, list.as_bytes())?;
    }
    Ok(library)
}

/// Opens and surveys the inputs. `inspect` does the same, and may not ask for their SHA-256.
pub(crate) fn survey(args: &InputArgs, jobs: usize, without_sha256: bool) -> anyhow::Result<(Archive, Vec<Input>)> {
    let options = OpenOptions {
        from: args.from.clone(),
        max_unpacked: args.max_unpacked,
        jobs,
    };
    let opened = open(&args.inputs, &options)?;
    let total = opened.sources.iter().map(|s| s.size).sum();
    let inputs = opened.inputs.clone();
    let progress = Progress::survey(args.progress, args.quiet, total);
    let on_bytes = |count| progress.add(count);
    let archive = Archive::survey(
        opened,
        SurveyOptions {
            base_url: args.base_url.as_deref(),
            time_zone: args.time_zone.as_deref(),
            progress: Some(&on_bytes),
            jobs,
            without_sha256,
        },
    );
    progress.finish();
    Ok((archive?, inputs))
}

fn form(args: &Args) -> anyhow::Result<To> {
    if let Some(to) = args.to {
        return Ok(to);
    }
    if args.markdown.names_a_flavor() {
        return Ok(To::Markdown);
    }
    let Some(output) = &args.output else {
        return Err(Usage("say what to write with --to json, jsonl, markdown or wxr".to_owned()).into());
    };
    let extension = output.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("jsonl" | "ndjson") => Ok(To::Jsonl),
        Some("json") => Ok(To::Json),
        Some("wxr" | "xml") => Ok(To::Wxr),
        _ => Err(Usage(format!(
            "the name {} does not tell what to write; say --to json, jsonl, markdown or wxr",
            output.display()
        ))
        .into()),
    }
}

fn selection(args: &Args, to: To) -> Selection {
    let mut selection = Selection {
        blogs: args.blog.clone(),
        include: args.include.iter().copied().collect(),
        exclude: args.exclude.iter().copied().collect(),
        since: args.since,
        until: args.until,
        labels: args.label.clone(),
        authors: args.author.clone(),
        limit: args.limit,
    };
    if to == To::Markdown && args.markdown.leaves_comments_out() {
        selection.exclude.insert(What::Comments);
    }
    selection
}

/// As many threads as there are processors.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// An output over its own input would be empty before it is read.
fn refuse_input_as_output(path: &Path, inputs: &[Input]) -> anyhow::Result<()> {
    let Ok(output) = path.canonicalize() else {
        return Ok(());
    };
    let same = inputs.iter().find(|i| i.path.canonicalize().is_ok_and(|p| p == output));
    match same {
        Some(input) => Err(Usage(format!(
            "{} is read and would be written over; say another name for the output",
            input.path.display()
        ))
        .into()),
        None => Ok(()),
    }
}

/// What was written.
enum Outputs {
    Files(Vec<WrittenFile>),
    Folder(WrittenFolder),
}

impl Outputs {
    /// Files that a person is told by name.
    fn files(&self) -> &[WrittenFile] {
        match self {
            Outputs::Files(files) => files,
            Outputs::Folder(_) => &[],
        }
    }

    fn in_report(&self) -> Box<dyn Iterator<Item = io::Result<ReportFile>> + '_> {
        match self {
            Outputs::Files(files) => Box::new(files.iter().filter_map(ReportFile::written).map(Ok)),
            Outputs::Folder(folder) => {
                let written = |file: io::Result<WrittenFile>| file.map(|file| ReportFile::written(&file)).transpose();
                Box::new(folder.iter().filter_map(written))
            }
        }
    }
}

fn write(
    args: &Args,
    to: To,
    options: &markdown::Options,
    run: Run<'_>,
    written: &mut Written<'_>,
) -> Result<Outputs, WriteError> {
    match to {
        To::Json | To::Jsonl => {
            let mut out = match &args.output {
                _ if args.dry_run => Output::nothing(),
                Some(path) => Output::file(path)?,
                None => Output::stdout(),
            };
            if args.report.is_none() {
                // Only the report says it.
                out = out.without_hash();
            }
            if to == To::Json {
                json::write_document(run, &mut out, written)?;
            } else {
                json::write_lines(run, &mut out, written)?;
            }
            Ok(Outputs::Files(vec![out.finish()?]))
        }
        To::Markdown => {
            let root = args.output.as_deref().filter(|_| !args.dry_run);
            markdown::write(run, root, options, written).map(Outputs::Folder)
        }
        To::Wxr => {
            let to = wxr::Destination {
                path: args.output.as_deref(),
                dry_run: args.dry_run,
                split: Some(args.split).filter(|size| *size > 0),
                without_sha256: args.report.is_none(),
                site: args.markdown.links().new_site(),
                redirects: &options.redirects,
            };
            let options = wxr::WxrOptions {
                labels: match args.labels_as {
                    LabelsAs::Tags => wxr::Labels::Tags,
                    LabelsAs::Categories => wxr::Labels::Categories,
                },
                html: match args.wp_html {
                    WpHtml::Collapse => wxr::WpHtml::Collapse,
                    WpHtml::Block => wxr::WpHtml::Block,
                },
                media_items: args.media_items || run.media.is_some(),
            };
            wxr::write(run, to, options, written).map(Outputs::Files)
        }
    }
}

fn judge(ledger: &Ledger) -> Outcome {
    if ledger.has_losses() || !ledger.balances() {
        Outcome::Losses
    } else {
        Outcome::Done
    }
}

/// Inputs with their hashes; those that were not taken on the way are taken now.
fn hashed(inputs: &[Input]) -> anyhow::Result<Vec<ReportFile>> {
    inputs
        .iter()
        .map(|input| {
            let sha256 = match &input.sha256 {
                Some(hash) => hash.clone(),
                None => blogark::source::hash_file(&input.path)
                    .with_context(|| format!("{} could not be read again", input.path.display()))?,
            };
            Ok(ReportFile {
                path: input.path.display().to_string(),
                size_in_bytes: input.size,
                sha256,
            })
        })
        .collect()
}
