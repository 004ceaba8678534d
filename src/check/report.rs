//! Checks a report: that its account adds up, and that no file it names has changed since.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::{CheckError, Finding};
use crate::report::{Report, ReportFile};
use crate::source::hash_file;

/// What a report says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportContents {
    /// Files that are as they were.
    pub unchanged: u64,
    /// Files that cannot be compared: standard input and output.
    pub streams: u64,
}

/// Checks a report that lies at `path`. Files are looked for as they are named, then beside the report.
///
/// # Errors
/// When the report cannot be read.
pub fn check_report(
    path: &Path,
    input: &mut dyn BufRead,
    tell: &mut dyn FnMut(Finding),
) -> Result<ReportContents, CheckError> {
    let mut find = |message: String| {
        tell(Finding {
            line: None,
            code: None,
            is_error: true,
            message,
        });
    };
    let report: Report = match serde_json::from_reader(input) {
        Ok(report) => report,
        Err(e) if e.is_io() => return Err(CheckError::Io(e.into())),
        Err(e) => {
            find(format!("The report cannot be read: {e}."));
            return Ok(ReportContents::default());
        }
    };
    if report.balances != report.ledger.balances() {
        find("The report says of its account what is not so.".to_owned());
    }
    if !report.ledger.balances() {
        find("The account does not add up: read is not written + merged + left out + damaged.".to_owned());
    }
    let mut contents = ReportContents::default();
    let files = report.inputs.iter().map(|f| (f, "input"));
    for (file, role) in files.chain(report.outputs.iter().map(|f| (f, "output"))) {
        if file.path == "-" || report.dry_run && role == "output" {
            contents.streams += 1;
            continue;
        }
        match compare(path, file) {
            Ok(()) => contents.unchanged += 1,
            Err(what) => find(format!("The {role} {} {what}.", file.path)),
        }
    }
    Ok(contents)
}

fn compare(report: &Path, file: &ReportFile) -> Result<(), String> {
    let named = PathBuf::from(&file.path);
    let beside = report.parent().map(|p| p.join(&file.path));
    let by_name = report.parent().zip(named.file_name()).map(|(p, n)| p.join(n));
    let place = [Some(named), beside, by_name]
        .into_iter()
        .flatten()
        .find(|p| p.is_file())
        .ok_or_else(|| "is not there any more, neither where it was nor beside the report".to_owned())?;
    let hash = hash_file(&place).map_err(|e| format!("cannot be read: {e}"))?;
    if hash == file.sha256 {
        Ok(())
    } else {
        Err("has changed since: its SHA-256 is another".to_owned())
    }
}
