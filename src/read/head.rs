//! The head of an XML file: what stands before the first entry and tells of the blog itself. It is read past its faults, and
//! what was wrong with it is told.

use super::Sink;
use super::xml::{Fault, Root, Walker};
use crate::ledger::{Notice, NoticeCode};

/// How often the reading goes on behind a fault.
const FAULTS: usize = 100;

/// Reads a head by `read`. A fault in it costs what it stands in: the reading goes on behind it. Gives the first.
pub(super) fn read_past_faults<'a>(
    walker: &mut Walker<'a>,
    mut read: impl FnMut(&mut Walker<'a>) -> Result<(), Fault>,
) -> Option<Fault> {
    let mut first = None;
    for _ in 0..FAULTS {
        let Err(fault) = read(walker) else { break };
        first.get_or_insert(fault);
        if !walker.go_on() {
            break;
        }
    }
    first
}

/// Tells what is wrong with a head: with the root, which may have one of these names, with bytes that are no text, with what
/// stands in it.
pub(super) fn tell_faults(
    root: &Root,
    names: &[&str],
    damaged_at: Option<usize>,
    fault: Option<&Fault>,
    sink: &mut dyn Sink,
) {
    if let Some(what) = root.fault(names) {
        sink.notice(Notice::new(NoticeCode::FormFault, what).at_byte(0));
    }
    if let Some(at) = damaged_at {
        let what = "Bytes that are no text were replaced in the head of the file.";
        sink.notice(Notice::new(NoticeCode::DamagedText, what).at_byte(at as u64));
    }
    if let Some(fault) = fault {
        let what = format!(
            "The head of the file, which tells of the blog itself, is damaged: {}. What could be read of it was.",
            fault.what
        );
        sink.notice(Notice::new(NoticeCode::DamagedEntry, what).at_byte(fault.offset));
    }
}
