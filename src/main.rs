//! The command line program: everything it does is in [`cli`].

#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::string_slice))]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
