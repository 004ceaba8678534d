//! The rules that a finished output must meet: archives, WordPress import files, reports.

pub mod archive;
pub mod folder;
pub mod report;
pub mod wxr;

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use crate::read::Sample;
use crate::source::describe;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Line of the file, counted from 1, where there are lines.
    pub line: Option<u64>,
    /// Code of the rule, where the rules have codes (WXR).
    pub code: Option<&'static str>,
    /// Something would be lost or not be understood; else it would only be changed.
    pub is_error: bool,
    /// What it is, in a sentence.
    pub message: String,
}

/// What a file that was checked holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// An archive, as JSON Lines or as a JSON document.
    Archive(archive::Contents),
    /// A WordPress import file.
    Wxr(wxr::Summary),
    /// A report.
    Report(report::ReportContents),
    /// A folder of a site.
    Folder(folder::FolderContents),
}

/// Why a file cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The bytes cannot be had.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file is nothing that can be checked.
    #[error(
        "it is {0}; only archives (JSON, JSON Lines), WordPress import files, reports, folders of Markdown that blogark wrote and built sites can be checked"
    )]
    NotCheckable(&'static str),
}

/// Checks a file or a folder by what it is, and tells each finding as it comes. Findings of WXR come at most `per_code` times for
/// each rule; the rest are counted.
///
/// # Errors
/// When the file cannot be read, or is nothing that can be checked.
pub fn check_file(
    path: &Path,
    options: wxr::CheckOptions,
    folder: &folder::FolderOptions,
    tell: &mut dyn FnMut(Finding),
) -> Result<Checked, CheckError> {
    if path.is_dir() {
        return Ok(Checked::Folder(folder::check_folder(path, folder, tell)?));
    }
    let mut input = BufReader::with_capacity(Sample::SIZE, File::open(path)?);
    let start = input.fill_buf()?;
    let whole = start.len() < Sample::SIZE;
    let sample = Sample { bytes: start, whole };
    let text = String::from_utf8_lossy(start);
    match kind(&text) {
        Some(Checkable::Lines) => Ok(Checked::Archive(archive::check_lines(&mut input, tell)?)),
        Some(Checkable::Document) => Ok(Checked::Archive(archive::check_document(&mut input, tell)?)),
        Some(Checkable::Report) => Ok(Checked::Report(report::check_report(path, &mut input, tell)?)),
        Some(Checkable::Wxr) => {
            let summary = wxr::check_wxr(input, options, &mut |finding| {
                tell(Finding {
                    line: Some(finding.line),
                    code: Some(finding.code.as_str()),
                    is_error: finding.code.is_error(),
                    message: finding.message,
                });
            })?;
            Ok(Checked::Wxr(summary))
        }
        None => Err(CheckError::NotCheckable(describe(sample))),
    }
}

enum Checkable {
    Lines,
    Document,
    Report,
    Wxr,
}

/// What a file is, taken widely: what is checked may be broken.
fn kind(text: &str) -> Option<Checkable> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if let Some(object) = text.strip_prefix('{') {
        let object = object.trim_start();
        if let Some(rest) = object.strip_prefix("\"type\"") {
            let value = rest.trim_start().strip_prefix(':')?.trim_start();
            return Some(if value.starts_with("\"report\"") {
                Checkable::Report
            } else {
                Checkable::Lines
            });
        }
        return Some(
            if ["\"archive\"", "\"blogs\"", "\"posts\""]
                .iter()
                .any(|n| object.starts_with(n))
            {
                Checkable::Document
            } else {
                Checkable::Lines
            },
        );
    }
    let is_xml = text.starts_with('<');
    (is_xml && (text.contains("<rss") || text.contains("wordpress.org/export"))).then_some(Checkable::Wxr)
}
