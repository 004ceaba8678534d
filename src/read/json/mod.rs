//! JSON as feeds and archives have it: one document of many like objects, which may be large, cut off or damaged.
//!
//! [`Cutter`] cuts a stream into the values of such a document and holds them to JSON's grammar, so that damage is found
//! where it is, costs the value it stands in, and the next object that is whole is found again. What is in a value is read by
//! whoever asked for it.

mod cutter;
mod scan;

pub(crate) use cutter::{Cutter, Layout, Piece, PieceKind};
pub(crate) use scan::objects;
