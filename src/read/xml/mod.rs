//! XML as exports and feeds have it: large, flat, of many like entries, and not always well-formed.
//!
//! [`Splitter`] cuts a stream into its entries without understanding them; [`Walker`] goes over one entry with
//! quick-xml, resolves namespaces and decodes text. A fault in one entry stays in that entry.

mod ahead;
mod names;
mod root;
mod splitter;
mod tag;
mod text;
mod walker;

pub use ahead::each_piece;
pub use names::{Namespaces, Ns};
pub use root::{Root, has_entries, root};
pub use splitter::{Piece, PieceKind, Plain, Splitter, document_end};
pub(super) use tag::{RawAttributes, end_tag, name_end, start_tag};
pub use text::{Decoded, decode, utf8};
pub(super) use text::{attribute_value, line_ends, trim};
pub use walker::{Attributes, Event, Fault, Walker};
