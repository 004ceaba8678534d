//! Generated blogs of any size, the same on every machine: for benchmarks, and for anyone who wants a large file to try.
//!
//! Built like real ones: the order of entries, the attributes and quotes, what Blogger writes around a post. The words
//! mean nothing.

#![allow(dead_code, unused_imports, reason = "each benchmark and test uses a part of it")]

mod blog;
mod bodies;
mod export;
mod random;
mod saved_page;
mod takeout;
mod words;
mod wxr;

pub(crate) use blog::{Blog, Shape};
pub(crate) use export::export;
pub(crate) use saved_page::saved_page;
pub(crate) use takeout::takeout;
pub(crate) use wxr::wxr;

/// Adds text to XML.
fn escape(text: &str, to: &mut String) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let name = match byte {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            _ => continue,
        };
        to.push_str(&text[done..at]);
        to.push_str(name);
        done = at + 1;
    }
    to.push_str(&text[done..]);
}

/// Adds text to an attribute in single quotes.
fn escape_attribute(text: &str, to: &mut String) {
    for c in text.chars() {
        match c {
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '&' => to.push_str("&amp;"),
            '\'' => to.push_str("&#39;"),
            '"' => to.push_str("&quot;"),
            c => to.push(c),
        }
    }
}
