//! What a file is that blogark does not read, in words that help to find the right one.

use crate::read::{Sample, xml};

/// Says what a file of no known format looks like: "a JPEG picture", "a PDF document".
pub fn describe(sample: Sample<'_>) -> &'static str {
    let bytes = sample.bytes;
    if bytes.is_empty() {
        return "an empty file";
    }
    let magic: &[(&[u8], &str)] = &[
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"\x89PNG", "a PNG picture"),
        (b"GIF8", "a GIF picture"),
        (b"%PDF", "a PDF document"),
        (b"Rar!", "a RAR archive; unpack it first"),
        (b"7z\xbc\xaf", "a 7-Zip archive; unpack it first"),
        (b"BZh", "a bzip2 archive; unpack it first"),
        (b"\xfd7zXZ", "an xz archive; unpack it first"),
        (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it first"),
        (b"SQLite format 3", "a SQLite database"),
        (b"\xd0\xcf\x11\xe0", "an old Office document"),
        (b"WARC/", "a WARC web archive"),
        (b"ID3", "an MP3 recording"),
        (b"OggS", "an Ogg recording"),
        (b"RIFF", "a picture, recording or video"),
        (b"FLV", "a video"),
    ];
    if let Some((_, words)) = magic.iter().find(|(start, _)| bytes.starts_with(start)) {
        return words;
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return "a tar archive; unpack it first";
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return "a video";
    }
    if memchr::memchr(0, bytes).is_some() {
        return "binary data";
    }
    let text = String::from_utf8_lossy(bytes);
    if text.trim().is_empty() {
        return "a file of nothing but space";
    }
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let lower = start.get(..1024).unwrap_or(start).to_ascii_lowercase();
    if is_wxr(&text) {
        return "a WordPress export (WXR)";
    }
    if lower.starts_with("<!doctype html") || lower.contains("<html") {
        return "an HTML page";
    }
    if start.starts_with('{') || start.starts_with('[') {
        return "JSON of another kind";
    }
    match xml::root(&text) {
        Some(root) if matches!(root.name.as_str(), "svg") => "an SVG picture",
        Some(_) if start.starts_with('<') => "XML of another kind",
        _ if lower.lines().next().is_some_and(|l| l.matches(',').count() > 1) => "a table (CSV)",
        _ => "plain text",
    }
}

/// Whether a text is a WordPress export.
pub(crate) fn is_wxr(text: &str) -> bool {
    text.contains("//wordpress.org/export/") || text.contains("<wp:wxr_version")
}
