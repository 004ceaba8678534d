//! The command line: arguments, one file a subcommand, progress, and the account at the end of a run.

mod check;
mod convert;
mod inspect;
mod link_args;
mod markdown_args;
mod media_args;
mod progress;
mod summary;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use blogark::read::FORMATS;

/// Keeps dead and dying blogs: reads Blogger exports, Google Takeout and feeds, and writes posts, dates and comment
/// threads as JSON, JSON Lines, Markdown or a WordPress import file. Nothing is lost in silence.
#[derive(Parser)]
#[command(name = "blogark", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Convert a blog: its posts, pages and comments, with everything that is known of them
    Convert(Box<convert::Args>),
    /// Say what is in an export: counts, dates, hosts of pictures, oddities. Writes nothing
    Inspect(inspect::Args),
    /// Check an archive (JSON, JSON Lines), a WordPress import file, or the hashes of a report
    Check(check::Args),
    /// List the formats that blogark reads and writes
    Formats,
    /// Print the JSON Schema of an archive or of a report
    Schema {
        /// Which schema
        #[arg(value_enum)]
        of: SchemaOf,
    },
    /// Print completions for a shell
    Completions {
        /// Which shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Clone, Copy, ValueEnum)]
enum SchemaOf {
    /// The archive: the JSON document and each line of JSON Lines
    Archive,
    /// The report of a run
    Report,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Everything that was asked for was done.
    Done,
    /// Done, but something was damaged or lost, or a check found faults.
    Losses,
    /// It could not be done; whatever is to be said was said.
    Failed,
}

/// What every command that reads blogs takes.
#[derive(clap::Args)]
struct InputArgs {
    /// Files, folders, zip or gzip archives to read; - is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Take the input for this format instead of telling it by its content
    #[arg(long, value_name = "FORMAT")]
    from: Option<String>,
    /// Address of the blog, where the input does not know it
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Time zone for dates without an offset, like Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Unpack so much from zip and gzip archives at the most (64GB where it is left out)
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_unpacked: Option<u64>,
    /// Say nothing but errors
    #[arg(long, short)]
    quiet: bool,
    /// Show progress: auto does where standard error is a terminal, json prints a line an event
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto")]
    progress: progress::When,
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // clap knows where help and errors go; a closed pipe is no matter.
            let _ = e.print();
            let is_swallowed = e.kind() == clap::error::ErrorKind::MissingRequiredArgument
                && std::env::args_os().any(|word| word == "--media");
            if is_swallowed {
                terminal::say("What stands behind --media is taken for its folders: say the inputs before it.");
            }
            return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2));
        }
    };
    let result = match cli.command {
        Command::Convert(args) => convert::run(&args.settled()),
        Command::Inspect(args) => inspect::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Formats => print(&formats()),
        Command::Schema { of } => print(&schema(of)),
        Command::Completions { shell } => {
            let mut bytes = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "blogark", &mut bytes);
            print(&String::from_utf8_lossy(&bytes))
        }
        Command::Man => manual().and_then(|text| print(&text)),
    };
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Losses) => ExitCode::from(3),
        Ok(Outcome::Failed) => ExitCode::from(1),
        Err(error) => {
            let usage = error.downcast_ref::<Usage>().is_some();
            terminal::error(&format!("blogark: {error:#}"));
            ExitCode::from(if usage { 2 } else { 1 })
        }
    }
}

/// A number of bytes: `10MB`, `500kB`, `1000000`.
fn size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        _ => return Err("a size is a number with B, KB, MB or GB, like 10MB".to_owned()),
    };
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    bytes.ok_or_else(|| "a size is a number with B, KB, MB or GB, like 10MB".to_owned())
}

/// The user asked for something that cannot be asked for.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

fn print(text: &str) -> anyhow::Result<Outcome> {
    use std::io::Write;
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(Outcome::Done),
        Err(e) => Err(e.into()),
        Ok(()) => Ok(Outcome::Done),
    }
}

fn formats() -> String {
    let mut text = String::from("Reads (told apart by content, never by file name):\n");
    for format in FORMATS {
        let info = format.info();
        text.push_str(&format!("  {:<18}{}: {}\n", info.name, info.title, info.about));
    }
    text.push_str("\nWrites:\n");
    for (name, about) in [
        ("json", "the archive as one JSON document; keeps everything"),
        ("jsonl", "the archive as JSON Lines, a record a line; keeps everything"),
        ("markdown", "a folder with a Markdown file for each post"),
        ("wxr", "a WordPress import file"),
    ] {
        text.push_str(&format!("  {name:<18}{about}\n"));
    }
    text
}

fn schema(of: SchemaOf) -> String {
    let schema = match of {
        SchemaOf::Archive => blogark::model::archive_schema(),
        SchemaOf::Report => blogark::report::report_schema(),
    };
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn manual() -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut bytes)?;
    let mut cli = Cli::command();
    // Names of subcommands get the program's before them when the whole is built.
    cli.build();
    for command in cli.get_subcommands().filter(|c| c.get_name() != "help") {
        clap_mangen::Man::new(command.clone()).render(&mut bytes)?;
    }
    Ok(String::from_utf8(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
