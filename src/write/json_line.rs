//! A record as JSON on one line, straight into a buffer. It writes what serde_json's compact form is, and besides escapes
//! U+2028 and U+2029, which some consumers take for line ends.

use serde::Serialize;
use serde::ser::{self, Error as _};
use serde_json::Error;

use crate::near;

/// Appends a record to `out`.
///
/// # Errors
/// When the record holds something that JSON cannot say.
pub(super) fn append<T: Serialize + ?Sized>(out: &mut Vec<u8>, record: &T) -> Result<(), Error> {
    record.serialize(Line(out))
}

struct Line<'a>(&'a mut Vec<u8>);

/// The members of a list or an object.
struct Members<'a> {
    out: &'a mut Vec<u8>,
    is_first: bool,
    /// What closes it.
    end: &'static [u8],
}

impl<'a> Members<'a> {
    fn new(out: &'a mut Vec<u8>, begin: u8, end: &'static [u8]) -> Members<'a> {
        out.push(begin);
        Members {
            out,
            is_first: true,
            end,
        }
    }

    fn next(&mut self) {
        if !std::mem::take(&mut self.is_first) {
            self.out.push(b',');
        }
    }

    fn named<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        self.next();
        // Names of fields are those of the record: nothing in them is escaped.
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        value.serialize(Line(self.out))
    }

    fn close(self) -> Result<(), Error> {
        self.out.extend_from_slice(self.end);
        Ok(())
    }
}

/// What serde_json writes for a number.
fn push_display(out: &mut Vec<u8>, number: impl Serialize) -> Result<(), Error> {
    serde_json::to_writer(out, &number)
}

impl<'a> ser::Serializer for Line<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Members<'a>;
    type SerializeTuple = Members<'a>;
    type SerializeTupleStruct = Members<'a>;
    type SerializeTupleVariant = Members<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Members<'a>;

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        push_string(self.0, text);
        Ok(())
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.0.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_i8(self, number: i8) -> Result<(), Error> {
        push_display(self.0, number)
    }

    fn serialize_i16(self, number: i16) -> Result<(), Error> {
        push_display(self.0, number)
    }

    fn serialize_i32(self, number: i32) -> Result<(), Error> {
        push_display(self.0, number)
    }

    fn serialize_i64(self, number: i64) -> Result<(), Error> {
        push_display(self.0, number)
    }

    fn serialize_u8(self, number: u8) -> Result<(), Error> {
        push_display(self.0, number)
    }

    fn serialize_u16(self, number: u16) -> Result<(), Error> {
        push_display(self.0, number)
    }

    fn serialize_u32(self, number: u32) -> Result<(), Error> {
        push_display(self.0, number)
    }

    fn serialize_u64(self, number: u64) -> Result<(), Error> {
        push_display(self.0, number)
    }

    fn serialize_f32(self, number: f32) -> Result<(), Error> {
        push_display(self.0, number)
    }

    fn serialize_f64(self, number: f64) -> Result<(), Error> {
        push_display(self.0, number)
    }

    fn serialize_char(self, c: char) -> Result<(), Error> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut members = Members::new(self.0, b'{', b"}");
        members.named(variant, value)?;
        members.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'a>, Error> {
        Ok(Members::new(self.0, b'[', b"]"))
    }

    fn serialize_tuple(self, length: usize) -> Result<Members<'a>, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Members<'a>, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members<'a>, Error> {
        self.0.push(b'{');
        push_string(self.0, variant);
        self.0.push(b':');
        Ok(Members::new(self.0, b'[', b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a>, Error> {
        Ok(Members::new(self.0, b'{', b"}"))
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Members<'a>, Error> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members<'a>, Error> {
        self.0.push(b'{');
        push_string(self.0, variant);
        self.0.push(b':');
        Ok(Members::new(self.0, b'{', b"}}"))
    }
}

macro_rules! list {
    ($($kind:ident $member:ident),+) => { $(
        impl ser::$kind for Members<'_> {
            type Ok = ();
            type Error = Error;

            fn $member<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.next();
                value.serialize(Line(self.out))
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )+ };
}

list!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

macro_rules! object {
    ($($kind:ident),+) => { $(
        impl ser::$kind for Members<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.named(name, value)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )+ };
}

object!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.next();
        let start = self.out.len();
        key.serialize(Line(self.out))?;
        // The record has no other keys.
        match self.out.get(start) {
            Some(b'"') => Ok(()),
            _ => Err(Error::custom("a key is no string")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.out.push(b':');
        value.serialize(Line(self.out))
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

fn push_string(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut done = 0;
    let mut from = 0;
    while let Some(at) = next_odd(bytes, from) {
        let length = escaped(bytes, at);
        if length > 0 {
            out.extend_from_slice(bytes.get(done..at).unwrap_or_default());
            push_escape(out, bytes.get(at).copied().unwrap_or_default(), bytes.get(at + 2));
            done = at + length;
        }
        from = at + length.max(1);
    }
    out.extend_from_slice(bytes.get(done..).unwrap_or_default());
    out.push(b'"');
}

/// The next byte that may have to be escaped: a quotation mark, a backslash, a control, the first of U+2028 and U+2029.
#[inline(always)]
fn next_odd(bytes: &[u8], from: usize) -> Option<usize> {
    let at = near::find(bytes.get(from..)?, [b'"', b'\\', 0xe2], 0x20)?;
    Some(from + at)
}

/// How many bytes at this place are written as an escape.
fn escaped(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(0xe2) => match bytes.get(at + 1..at + 3) {
            Some([0x80, 0xa8 | 0xa9]) => 3,
            _ => 0,
        },
        _ => 1,
    }
}

fn push_escape(out: &mut Vec<u8>, byte: u8, third: Option<&u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        0xe2 => {
            out.extend_from_slice(if third == Some(&0xa8) { b"\\u2028" } else { b"\\u2029" });
            return;
        }
        _ => {
            let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn line<T: Serialize + ?Sized>(record: &T) -> String {
        let mut out = Vec::new();
        append(&mut out, record).unwrap();
        String::from_utf8(out).unwrap()
    }

    proptest! {
        /// As serde_json writes it, line ends of Unicode aside.
        #[test]
        fn strings_are_as_serde_json_writes_them(text in "([ -~]|\\PC|[\\u{0}-\\u{1f}\\u{7f}\\u{2026}-\\u{202a}\"\\\\]){0,80}") {
            let theirs = serde_json::to_string(&text).unwrap();
            let theirs = theirs.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
            prop_assert_eq!(line(&text), theirs);
        }
    }

    #[derive(Serialize)]
    enum Every {
        Unit,
        New(u8),
        Tuple(i8, char),
        Fields { a: Option<f64>, b: () },
    }

    #[test]
    fn everything_is_as_serde_json_writes_it() {
        let value =
            json!({"a": [1, -2, 3.5, 1e300, null, true, "x\"y"], "b": {}, "c": [], "d": u64::MAX, "e": i64::MIN});
        assert_eq!(line(&value), value.to_string());
        assert_eq!(line(&Value::Null), "null");
        let every = [
            Every::Unit,
            Every::New(7),
            Every::Tuple(-1, 'é'),
            Every::Fields { a: Some(0.1), b: () },
            Every::Fields {
                a: Some(f64::NAN),
                b: (),
            },
        ];
        assert_eq!(line(&every), serde_json::to_string(&every).unwrap());
    }

    #[test]
    fn a_key_that_is_no_string_is_an_error() {
        let map = BTreeMap::from([(1, 2)]);
        assert!(append(&mut Vec::new(), &map).is_err());
    }
}
