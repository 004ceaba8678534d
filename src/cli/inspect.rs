//! `blogark inspect`: what is in it, before anything is converted.

use super::{InputArgs, Outcome};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let (_archive, _) = super::convert::survey(&args.input)?;
    let _ = args.json;
    Ok(Outcome::Done)
}
