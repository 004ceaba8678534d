//! Front matter: what is known of a post as an ordered list of fields, and the forms in which generators read it.

mod toml;
mod yaml;

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// How front matter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML between lines of `---`, such that YAML 1.1 and 1.2 parsers read it alike.
    Yaml,
    /// TOML between lines of `+++`.
    Toml,
    /// A JSON object at the beginning of the file.
    Json,
    /// A JSON object between `---json` and `---`.
    FencedJson,
    /// `Key: value` lines with a blank line after them, nothing quoted.
    Pelican,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A date of the record: a day, or RFC 3339 with an offset.
    Date(Cow<'a, str>),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A number with a fraction.
    Number(f64),
    /// Several texts.
    List(Vec<Cow<'a, str>>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Value<'a> {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl<'a> Value<'a> {
    /// The value that a person means by a word on the command line: `true`, `false` and numbers are such, all else is
    /// text, and so is what stands in quotation marks.
    pub fn meant_by(word: &'a str) -> Value<'a> {
        if let Some(quoted) = word.strip_prefix('"').and_then(|w| w.strip_suffix('"')) {
            return Value::from(quoted);
        }
        // `007` is a name, not a number.
        let is_padded = word.trim_start_matches('-').starts_with('0') && word.len() > 1 && !word.contains('.');
        match word {
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            _ if is_padded => Value::from(word),
            _ => match (word.parse::<i64>(), word.parse::<f64>()) {
                (Ok(whole), _) => Value::Whole(whole),
                (_, Ok(number)) if number.is_finite() => Value::Number(number),
                _ => Value::from(word),
            },
        }
    }

    /// The same, holding on to nothing.
    pub fn into_owned(self) -> Value<'static> {
        let own = |text: Cow<'a, str>| Cow::Owned(text.into_owned());
        match self {
            Value::Text(text) => Value::Text(own(text)),
            Value::Date(date) => Value::Date(own(date)),
            Value::Flag(flag) => Value::Flag(flag),
            Value::Whole(number) => Value::Whole(number),
            Value::Number(number) => Value::Number(number),
            Value::List(list) => Value::List(list.into_iter().map(own).collect()),
        }
    }
}

/// The fields of a post, in the order in which they are written. A dot in a name puts the field into a table: `extra.id`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Fields<'a> {
    /// No fields yet, and room for those that a post has.
    pub(super) fn new() -> Fields<'a> {
        Fields(Vec::with_capacity(16))
    }

    /// Puts a field at the end.
    pub(super) fn put(&mut self, name: &'static str, value: impl Into<Value<'a>>) {
        self.0.push((Cow::Borrowed(name), value.into()));
    }

    /// Puts a field at the end, where there is a value.
    pub(super) fn put_some(&mut self, name: &'static str, value: Option<impl Into<Value<'a>>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// Puts a list at the end, where it is not empty.
    pub(super) fn put_list<T: Into<Cow<'a, str>>>(&mut self, name: &'static str, list: impl IntoIterator<Item = T>) {
        let list: Vec<Cow<'a, str>> = list.into_iter().map(Into::into).collect();
        if !list.is_empty() {
            self.put(name, Value::List(list));
        }
    }

    /// Puts a mark at the end, where it holds.
    pub(super) fn put_flag(&mut self, name: &'static str, holds: bool) {
        if holds {
            self.put(name, Value::Flag(true));
        }
    }

    /// Gives a field another name. Whether there was one.
    pub(super) fn rename(&mut self, old: &str, new: &'a str) -> bool {
        let Some(at) = self.0.iter().position(|(name, _)| name == old) else {
            return false;
        };
        let Some((_, value)) = self.0.get(at).cloned() else {
            return false;
        };
        self.0.retain(|(name, _)| name != new || name == old);
        if let Some(field) = self.0.iter_mut().find(|(name, _)| name == old) {
            *field = (Cow::Borrowed(new), value);
        }
        true
    }

    /// Sets a field, in the place where it was or at the end.
    pub(super) fn set(&mut self, name: &'a str, value: Value<'a>) {
        match self.0.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => *own = value,
            None => self.0.push((Cow::Borrowed(name), value)),
        }
    }

    /// Fields by themselves, then tables: `extra.id` and `extra.kind` become one table.
    fn grouped(&self) -> Vec<(&str, Entry<'_>)> {
        let mut groups: Vec<(&str, Entry<'_>)> = Vec::with_capacity(self.0.len());
        let mut tables: Vec<(&str, Vec<(&str, &Value<'_>)>)> = Vec::new();
        for (name, value) in &self.0 {
            match name.split_once('.') {
                Some((table, name)) => match tables.iter_mut().find(|(own, _)| *own == table) {
                    Some((_, fields)) => fields.push((name, value)),
                    None => tables.push((table, vec![(name, value)])),
                },
                None => groups.push((name, Entry::Value(value))),
            }
        }
        // A field and a table of one name cannot both be; the table says more.
        groups.retain(|(name, _)| !tables.iter().any(|(table, _)| table == name));
        groups.extend(tables.into_iter().map(|(name, fields)| (name, Entry::Table(fields))));
        groups
    }

    /// Dates as text.
    pub(super) fn quote_dates(&mut self) {
        for (_, value) in &mut self.0 {
            if let Value::Date(date) = value {
                *value = Value::Text(std::mem::take(date));
            }
        }
    }

    /// A document of these fields alone: YAML or JSON.
    pub(super) fn document(&self, format: Format) -> String {
        match format {
            Format::Json | Format::FencedJson => json(&self.grouped()) + "\n",
            _ => yaml::write(&self.grouped()),
        }
    }

    /// The front matter, with what marks its beginning and its end.
    pub(super) fn write(&self, format: Format) -> String {
        match format {
            Format::Yaml => ["---\n", &yaml::write(&self.grouped()), "---\n"].concat(),
            Format::Toml => format!("+++\n{}+++\n", toml::write(&self.grouped())),
            Format::Json => json(&self.grouped()) + "\n",
            Format::FencedJson => format!("---json\n{}\n---\n", json(&self.grouped())),
            Format::Pelican => self.pelican(),
        }
    }

    /// A line a field. A value has no line breaks and no space around it, or the rest would be taken for the body.
    fn pelican(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            let value = match value {
                Value::Text(own) | Value::Date(own) => own.clone().into_owned(),
                Value::Flag(own) => own.to_string(),
                Value::Whole(own) => own.to_string(),
                Value::Number(own) => own.to_string(),
                // A comma would part a single item that has one; a semicolon anywhere says that commas do not.
                Value::List(own) if own.len() == 1 => own.concat() + ";",
                Value::List(own) => own.join("; "),
            };
            // Python-Markdown makes several spaces of a tab.
            let line = if value.contains(['\n', '\r', '\t', '\u{2028}', '\u{2029}']) {
                value.split_whitespace().collect::<Vec<_>>().join(" ")
            } else {
                value.trim().to_owned()
            };
            text.push_str(name);
            text.push_str(": ");
            text.push_str(&line);
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text
    }
}

/// A field by itself, or a table of fields.
enum Entry<'a> {
    Value(&'a Value<'a>),
    Table(Vec<(&'a str, &'a Value<'a>)>),
}

fn json(entries: &[(&str, Entry<'_>)]) -> String {
    serde_json::to_string_pretty(&Map(entries)).unwrap_or_default()
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// Fields in their order, as serde sees a map.
struct Map<'a>(&'a [(&'a str, Entry<'a>)]);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, entry) in self.0 {
            match entry {
                Entry::Value(value) => map.serialize_entry(name, &Typed(value))?,
                Entry::Table(fields) => map.serialize_entry(name, &Table(fields))?,
            }
        }
        map.end()
    }
}

struct Table<'a>(&'a [(&'a str, &'a Value<'a>)]);

impl Serialize for Table<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &Typed(value))?;
        }
        map.end()
    }
}

/// A value with its type in the forms that have no dates of their own.
struct Typed<'a>(&'a Value<'a>);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) | Value::Date(text) => serializer.serialize_str(text),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Whole(number) => serializer.serialize_i64(*number),
            Value::Number(number) => serializer.serialize_f64(*number),
            Value::List(list) => list.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Fields<'static> {
        let mut fields = Fields::new();
        fields.put("title", "a: b");
        fields.put("date", Value::Date("2011-03-05T10:12:00.002+01:00".into()));
        fields.put("extra.id", "7");
        fields.put_list("tags", ["yes", "2012-01-01"]);
        fields.put_flag("draft", true);
        fields.put("extra.order", Value::Whole(3));
        fields
    }

    #[test]
    fn no_line_of_a_text_ends_the_front_matter() {
        let mut fields = Fields::new();
        let text = "a\n---\n+++\n...\n\"\"\"\n'''\n\\ \u{1b}\u{7f}\u{85}\r\n}";
        fields.put("title", text);
        fields.put_list("tags", [text, "b"]);
        fields.put("extra.of", text);
        for format in [Format::Yaml, Format::Toml, Format::FencedJson] {
            let written = fields.write(format);
            let is_fence = |line: &&str| line.starts_with("---") || line.starts_with("+++");
            assert_eq!(written.lines().filter(is_fence).count(), 2, "{written}");
        }
        let toml = fields.write(Format::Toml);
        let table: ::toml::Table = toml.trim_matches(['+', '\n']).parse().unwrap();
        assert_eq!(table["title"].as_str(), Some(text));
        assert_eq!(table["tags"][0].as_str(), Some(text));
        assert_eq!(table["extra"]["of"].as_str(), Some(text));
    }

    #[test]
    fn every_form_keeps_the_order_and_the_types() {
        assert_eq!(
            some().write(Format::Yaml),
            "---\ntitle: \"a: b\"\ndate: 2011-03-05T10:12:00.002+01:00\ntags:\n- \"yes\"\n- \"2012-01-01\"\ndraft: true\nextra:\n  id: \"7\"\n  order: 3\n---\n"
        );
        assert_eq!(
            some().write(Format::Toml),
            "+++\ntitle = \"a: b\"\ndate = 2011-03-05T10:12:00.002+01:00\ntags = [\"yes\", \"2012-01-01\"]\ndraft = true\n\n[extra]\nid = \"7\"\norder = 3\n+++\n"
        );
        let json = some().write(Format::Json);
        assert!(
            json.starts_with("{\n  \"title\": \"a: b\",\n  \"date\": \"2011-"),
            "{json}"
        );
        assert!(json.ends_with("}\n"));
        assert!(some().write(Format::FencedJson).starts_with("---json\n{"));
        let mut one = Fields::new();
        one.put("Title", "two\n  lines ");
        one.put_list("Tags", ["a, b"]);
        one.put("Summary", "");
        assert_eq!(one.write(Format::Pelican), "Title: two lines\nTags: a, b;\nSummary:\n");
    }

    #[test]
    fn fields_are_renamed_and_set_in_their_place() {
        let mut fields = some();
        assert!(fields.rename("date", "pubDate"));
        assert!(!fields.rename("date", "x"));
        fields.set("title", Value::from("b"));
        fields.set("layout", Value::from("post"));
        fields.rename("draft", "tags");
        let names: Vec<&str> = fields.0.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["title", "pubDate", "extra.id", "tags", "extra.order", "layout"]);
        assert_eq!(fields.0.first().map(|f| f.1.clone()), Some(Value::from("b")));
    }

    #[test]
    fn words_are_meant_as_what_they_look_like() {
        for (word, value) in [
            ("true", Value::Flag(true)),
            ("\"true\"", Value::from("true")),
            ("12", Value::Whole(12)),
            ("-0.5", Value::Number(-0.5)),
            ("0", Value::Whole(0)),
            ("007", Value::from("007")),
            ("inf", Value::from("inf")),
            ("post", Value::from("post")),
            ("", Value::from("")),
        ] {
            assert_eq!(Value::meant_by(word), value, "{word}");
        }
    }
}
