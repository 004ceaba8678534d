//! The report of a run: what was read, what became of it, every notice, and the SHA-256 of every input and output.
//!
//! Notices go to the file as they come; only counts stay in memory.

use std::io::Write;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WriteError;
use super::json::to_json;
use super::output::{Output, WrittenFile};
use crate::ledger::{Ledger, Notice};
use crate::model::Generator;

/// The report, as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Always `report`.
    #[serde(rename = "type")]
    pub record_type: ReportType,
    /// Version of the report's form; readers accept any `1.x`.
    #[schemars(regex(pattern = r"^1\.[0-9]+$"))]
    pub schema_version: String,
    /// The program that wrote it.
    pub generator: Generator,
    /// The form of the output: `json`, `jsonl`, `markdown` or `wxr`.
    pub output_format: String,
    /// Nothing was written; the run only told what would be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Every notice, those of the survey first, then in the order of the posts.
    pub notices: Vec<Notice>,
    /// The account: for posts and comments, read = written + merged + left out + damaged.
    pub ledger: Ledger,
    /// Whether the account adds up.
    pub balances: bool,
    /// Every file that was read.
    pub inputs: Vec<ReportFile>,
    /// Every file that was written.
    pub outputs: Vec<ReportFile>,
    /// Exit status of the run: 0 or 3.
    pub exit_status: u8,
}

/// Marks a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ReportType {
    /// Always `report`.
    #[default]
    #[serde(rename = "report")]
    Report,
}

/// A file that a run read or wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportFile {
    /// Its path, as it was given; `-` for standard input or output.
    pub path: String,
    /// Size in bytes.
    pub size_in_bytes: u64,
    /// SHA-256, in lower-case hexadecimal.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub sha256: String,
}

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

/// The JSON Schema of a report.
pub fn report_schema() -> serde_json::Value {
    crate::model::schema_of::<Report>(
        "urn:blogark:schema:report-1",
        "blogark report 1.0",
        "What a run of blogark read, wrote, merged and left out, and why.",
    )
}

/// What stands at the end of a report.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The account.
    pub ledger: Ledger,
    /// Every file that was read.
    pub inputs: Vec<ReportFile>,
    /// Every file that was written.
    pub outputs: Vec<ReportFile>,
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

    /// Ends the report and puts it in its place.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self, summary: &Summary) -> Result<WrittenFile, WriteError> {
        self.put(b"],\n\"ledger\":")?;
        self.put(&to_json(&summary.ledger)?)?;
        self.put(if summary.ledger.balances() {
            b",\n\"balances\":true"
        } else {
            b",\n\"balances\":false"
        })?;
        for (name, files) in [("inputs", &summary.inputs), ("outputs", &summary.outputs)] {
            self.put(format!(",\n\"{name}\":").as_bytes())?;
            self.put(&to_json(files)?)?;
        }
        self.put(format!(",\n\"exit_status\":{}}}\n", summary.exit_status).as_bytes())?;
        self.out.finish()
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.out
            .write_all(bytes)
            .map_err(|e| WriteError::io(self.path.display().to_string(), e))
    }
}
