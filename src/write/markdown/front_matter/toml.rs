//! Front matter as TOML.

use super::{Entry, Value, is_plain};

/// Every value stands on one line: a line of a text must not end the front matter.
pub(super) fn write(entries: &[(&str, Entry<'_>)]) -> String {
    let mut text = String::new();
    for (name, entry) in entries {
        match entry {
            Entry::Value(value) => text.push_str(&format!("{} = {}\n", toml_key(name), toml_value(value))),
            Entry::Table(fields) => {
                text.push_str(&format!("\n[{}]\n", toml_key(name)));
                for (name, value) in fields {
                    text.push_str(&format!("{} = {}\n", toml_key(name), toml_value(value)));
                }
            }
        }
    }
    text
}

fn toml_key(name: &str) -> String {
    if is_plain(name) {
        name.to_owned()
    } else {
        toml_text(name)
    }
}

fn toml_value(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => toml_text(text),
        Value::Date(date) => match date.parse::<toml::value::Datetime>() {
            Ok(date) => date.to_string(),
            Err(_) => toml_text(date),
        },
        Value::Flag(flag) => flag.to_string(),
        Value::Whole(number) => number.to_string(),
        Value::Number(number) => toml::Value::Float(*number).to_string(),
        Value::List(list) => {
            let items: Vec<String> = list.iter().map(|text| toml_text(text)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// A string of TOML on one line.
fn toml_text(text: &str) -> String {
    if !text.contains(['\n', '\r']) {
        return toml::Value::from(text).to_string();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
