//! Members of an entry in a JSON feed that Blogger does not write: another program's, or one whose name went wrong. What
//! stands in them is passed over, or kept as text where nobody shows it, and so it is told.

use serde_json::{Map, Value};

/// What stands in an entry, and in each of these in turn.
const MEMBERS: [(&str, &[&str]); 17] = [
    ("id", TEXT),
    ("published", TEXT),
    ("updated", TEXT),
    ("title", CONSTRUCT),
    ("summary", CONSTRUCT),
    ("content", CONSTRUCT),
    ("category", &["scheme", "term", "label"]),
    (
        "link",
        &[
            "rel",
            "href",
            "type",
            "title",
            "length",
            "hreflang",
            "count",
            "updated",
            "thr$count",
            "thr$updated",
        ],
    ),
    ("author", &["name", "uri", "email", "gd$image", "gd$extendedProperty"]),
    ("thr$in-reply-to", &["ref", "href", "source", "type"]),
    ("thr$total", TEXT),
    ("media$thumbnail", &["url", "width", "height"]),
    ("gd$extendedProperty", &["name", "value"]),
    ("georss$featurename", TEXT),
    ("georss$point", TEXT),
    ("georss$box", TEXT),
    ("app$control", &["app$draft"]),
];

const TEXT: &[&str] = &["$t"];
const CONSTRUCT: &[&str] = &["$t", "type", "src"];

/// Tells the path of each member of an entry that is none of those.
pub(super) fn tell_unknown(entry: &Map<String, Value>, tell: &mut dyn FnMut(&str)) {
    // Attributes that any element of XML may have.
    let is_general = |name: &str| name.starts_with("xmlns") || name.starts_with("xml$");
    for (name, value) in entry {
        let Some((_, inner)) = MEMBERS.iter().find(|(own, _)| own == name) else {
            if !is_general(name) {
                tell(name);
            }
            continue;
        };
        let all = match value {
            Value::Array(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        let names = all.iter().filter_map(Value::as_object).flat_map(Map::keys);
        for own in names.filter(|own| !inner.contains(&own.as_str()) && !is_general(own)) {
            tell(&format!("{name}.{own}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(entry: &str) -> Vec<String> {
        let mut found = Vec::new();
        let entry: Map<String, Value> = serde_json::from_str(entry).unwrap();
        tell_unknown(&entry, &mut |path| found.push(path.to_owned()));
        found
    }

    #[test]
    fn names_that_blogger_does_not_write_are_told() {
        let usual = r#"{"id":{"$t":"x"},"link":[{"rel":"self","href":"y"}],"author":[{"name":{"$t":"z"},"gd$image":{"src":"s"}}],
            "app$control":{"xmlns$app":"n","app$draft":{"$t":"yes"}},"content":{"type":"html","$t":"t"}}"#;
        assert_eq!(unknown(usual), [""; 0]);
        let damaged = usual
            .replace("content", "contenx")
            .replace("href", "hrxf")
            .replace("\"name\"", "\"nome\"");
        assert_eq!(unknown(&damaged), ["author.nome", "contenx", "link.hrxf"]);
        assert_eq!(unknown(&usual.replace("html\",\"$t", "html\",\"$x")), ["content.$x"]);
    }
}
