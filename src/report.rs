//! The shape of a report: what a run read, what became of it, every notice, and the SHA-256 of every input and output.
//!
//! `write/report.rs` writes one as the run goes on, `check/report.rs` proves one later.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// The JSON Schema of a report.
pub fn report_schema() -> serde_json::Value {
    crate::model::schema_of::<Report>(
        "urn:blogark:schema:report-1",
        "blogark report 1.0",
        "What a run of blogark read, wrote, merged and left out, and why.",
    )
}
