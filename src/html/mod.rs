//! placeholder
pub fn visible_text(s: &str) -> String { s.to_owned() }
