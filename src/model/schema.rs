//! The published JSON Schema, generated from the types of this module.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use super::{Archive, Blog, Comment, Document, Media, Post};

/// The JSON Schema (2020-12) of an archive. It accepts the JSON document and, by `type`, each line of JSON Lines.
pub fn archive_schema() -> Value {
    let mut generator = generator();
    let document = generator.subschema_for::<Document>();
    let mut cases = vec![json!({
        "if": { "type": "object", "properties": { "archive": true }, "required": ["archive"] },
        "then": document,
    })];
    for (word, schema) in [
        ("archive", generator.subschema_for::<Archive>()),
        ("blog", generator.subschema_for::<Blog>()),
        ("post", generator.subschema_for::<Post>()),
        ("comment", generator.subschema_for::<Comment>()),
        ("media", generator.subschema_for::<Media>()),
    ] {
        cases.push(json!({
            "if": { "type": "object", "properties": { "type": { "const": word } }, "required": ["type"] },
            "then": schema,
        }));
    }
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:blogark:schema:archive-1",
        "title": "blogark archive 1.0",
        "description": "A blog archive as blogark writes it: the JSON document, or one line of JSON Lines. Names that start with _ are extensions; unknown names must be ignored.",
        "type": "object",
        "anyOf": [
            { "required": ["archive"], "properties": { "archive": true } },
            { "required": ["type"], "properties": { "type": { "enum": ["archive", "blog", "post", "comment", "media"] } } }
        ],
        "allOf": cases,
    });
    finish(&mut schema, &mut generator);
    schema
}

/// The JSON Schema of any one type, in the same manner.
pub(crate) fn schema_of<T: JsonSchema>(id: &str, title: &str, description: &str) -> Value {
    let mut generator = generator();
    let root = generator.subschema_for::<T>();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": id,
        "title": title,
        "description": description,
        "type": "object",
        "allOf": [root],
    });
    finish(&mut schema, &mut generator);
    schema
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().into_generator()
}

fn finish(schema: &mut Value, generator: &mut SchemaGenerator) {
    let definitions = generator.take_definitions(true);
    if let Some(object) = schema.as_object_mut() {
        object.insert("$defs".to_owned(), Value::Object(definitions));
    }
    strict(schema);
}

/// What strict validators want: no formats of Rust's own number types, no `default: null`.
fn strict(schema: &mut Value) {
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                let rust_format = object.get("format").and_then(Value::as_str).is_some_and(|f| {
                    matches!(
                        f,
                        "uint8" | "uint16" | "uint32" | "uint64" | "int64" | "int32" | "float" | "double" | "uint"
                    )
                });
                if rust_format {
                    object.remove("format");
                }
                if object.get("default").is_some_and(|d| !d.is_object()) {
                    object.remove("default");
                }
                open.extend(object.values_mut());
            }
            Value::Array(list) => open.extend(list.iter_mut()),
            _ => {}
        }
    }
}
