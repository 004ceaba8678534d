//! Writes the report of a run ([`Report`](crate::report::Report)).
//!
//! Notices and the names of files go to it as they come; only counts stay in memory.

use std::io::{self, Write};
use std::path::PathBuf;

use super::WriteError;
use super::json::to_json;
use super::output::{Output, WrittenFile};
use crate::ledger::{Ledger, Notice};
use crate::model::Generator;
use crate::report::ReportFile;

impl ReportFile {
    /// A file that was written; `None` where its hash was not taken.
    pub fn written(file: &WrittenFile) -> Option<ReportFile> {
        Some(ReportFile {
            path: file.path.display().to_string(),
            size_in_bytes: file.size,
            sha256: file.sha256.clone()?,
        })
    }
}

/// What stands at the end of a report.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The account.
    pub ledger: Ledger,
    /// Every file that was read.
    pub inputs: Vec<ReportFile>,
    /// Exit status of the run.
    pub exit_status: u8,
}

/// Writes a report as the run goes on.
pub struct ReportWriter {
    out: Output,
    path: PathBuf,
    has_notices: bool,
}

impl ReportWriter {
    /// Begins a report.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn begin(path: &std::path::Path, output_format: &str, dry_run: bool) -> Result<ReportWriter, WriteError> {
        let mut writer = ReportWriter {
            out: Output::file(path)?,
            path: path.to_owned(),
            has_notices: false,
        };
        let generator = to_json(&Generator {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })?;
        writer.put(b"{\"type\":\"report\",\"schema_version\":\"1.0\",\"generator\":")?;
        writer.put(&generator)?;
        writer.put(b",\"output_format\":")?;
        writer.put(&to_json(&output_format)?)?;
        if dry_run {
            writer.put(b",\"dry_run\":true")?;
        }
        writer.put(b",\n\"notices\":[")?;
        Ok(writer)
    }

    /// Adds a notice.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn notice(&mut self, notice: &Notice) -> Result<(), WriteError> {
        let separator: &[u8] = if std::mem::replace(&mut self.has_notices, true) {
            b",\n"
        } else {
            b"\n"
        };
        self.put(separator)?;
        self.put(&to_json(notice)?)
    }

    /// Ends the report and puts it in its place. `outputs` are the files that were written: there may be more than one
    /// wants to hold.
    ///
    /// # Errors
    /// When the file cannot be written, or one of the outputs is an error.
    pub fn finish(
        mut self,
        summary: &Summary,
        outputs: &mut dyn Iterator<Item = io::Result<ReportFile>>,
    ) -> Result<WrittenFile, WriteError> {
        self.put(b"],\n\"ledger\":")?;
        self.put(&to_json(&summary.ledger)?)?;
        self.put(if summary.ledger.balances() {
            b",\n\"balances\":true"
        } else {
            b",\n\"balances\":false"
        })?;
        self.files("inputs", &mut summary.inputs.iter().cloned().map(Ok))?;
        self.files("outputs", outputs)?;
        self.put(format!(",\n\"exit_status\":{}}}\n", summary.exit_status).as_bytes())?;
        self.out.finish()
    }

    fn files(&mut self, name: &str, files: &mut dyn Iterator<Item = io::Result<ReportFile>>) -> Result<(), WriteError> {
        self.put(format!(",\n\"{name}\":[").as_bytes())?;
        for (number, file) in files.enumerate() {
            let file = file.map_err(|e| WriteError::io(self.path.display().to_string(), e))?;
            self.put(if number > 0 { b"," } else { b"" })?;
            self.put(&to_json(&file)?)?;
        }
        self.put(b"]")
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.out
            .write_all(bytes)
            .map_err(|e| WriteError::io(self.path.display().to_string(), e))
    }
}
