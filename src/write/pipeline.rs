//! Many threads, one order: posts are prepared in batches by several workers and handed on in the plan's order.
//!
//! Batch *n* is worker *n mod jobs*'s, and each worker has a short queue of its own, so the order needs no sorting and
//! memory stays flat however uneven the posts are.

use std::ops::Range;
use std::sync::mpsc;

use super::{Run, WriteError};
use crate::archive::Fetched;

/// Bytes of the sources that one batch takes.
const BATCH: u64 = 512 * 1024;

/// Posts that one batch takes at the most.
const BATCH_POSTS: usize = 512;

/// Prepares every post of the plan with `work`, on `run.jobs` threads, and hands the results of each batch to `emit`,
/// in order. `work` gets a post's place in the plan.
///
/// # Errors
/// The first error of reading, preparing or emitting; nothing after it is emitted.
pub(super) fn posts<T: Send>(
    run: Run<'_>,
    work: impl Fn(usize, Fetched) -> Result<T, WriteError> + Sync,
    mut emit: impl FnMut(T) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let batches = batches(run);
    let prepare = |batch: &Range<usize>| -> Result<Vec<T>, WriteError> {
        let numbers = run.plan.posts.get(batch.clone()).unwrap_or_default();
        let fetched = run.fetch(numbers)?;
        batch
            .clone()
            .zip(fetched)
            .map(|(place, one)| work(place, one))
            .collect()
    };
    let mut emit_batch = |results: Vec<T>| -> Result<(), WriteError> {
        let count = results.len() as u64;
        for result in results {
            emit(result)?;
        }
        if let Some(progress) = run.progress {
            progress(count);
        }
        Ok(())
    };
    let jobs = run.jobs.min(batches.len());
    if jobs < 2 {
        for batch in &batches {
            emit_batch(prepare(batch)?)?;
        }
        return Ok(());
    }
    std::thread::scope(|scope| {
        let mut queues = Vec::with_capacity(jobs);
        for job in 0..jobs {
            let (sender, receiver) = mpsc::sync_channel(1);
            let (batches, prepare) = (&batches, &prepare);
            scope.spawn(move || {
                for batch in batches.iter().skip(job).step_by(jobs) {
                    // The other side hangs up when it failed: then nothing more is wanted.
                    let result = prepare(batch);
                    let failed = result.is_err();
                    if sender.send(result).is_err() || failed {
                        return;
                    }
                }
            });
            queues.push(receiver);
        }
        for (_, queue) in batches.iter().zip(queues.iter().cycle()) {
            match queue.recv() {
                Ok(result) => emit_batch(result?)?,
                Err(mpsc::RecvError) => {
                    return Err(WriteError::InTheWay(
                        "a worker stopped before its posts were done".to_owned(),
                    ));
                }
            }
        }
        Ok(())
    })
}

/// Stretches of the plan that are worth a worker's while.
fn batches(run: Run<'_>) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let mut start = 0;
    let mut size = 0;
    for (place, number) in run.plan.posts.iter().enumerate() {
        size += run.archive.post(*number).map_or(0, |c| c.size());
        if size >= BATCH || place + 1 - start >= BATCH_POSTS {
            batches.push(start..place + 1);
            start = place + 1;
            size = 0;
        }
    }
    if start < run.plan.posts.len() {
        batches.push(start..run.plan.posts.len());
    }
    batches
}
