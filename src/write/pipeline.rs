//! Many threads, one order: posts are prepared in batches by several workers and handed on in the plan's order.
//!
//! A worker takes the next batch that nobody has; only so many are given out ahead of the one that is handed on, so memory
//! stays flat however uneven the posts are. The thread that hands them on works too while none is ready: it is not one
//! more that the others make room for.
//!
//! A fault of blogark itself in preparing a post costs that post, which is named, and not the run.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError, mpsc};

use super::{Run, WriteError, Written};
use crate::archive::{CommentCard, Fetched};
use crate::ledger::{Notice, NoticeCode};
use crate::read::outlive;

/// Bytes of the sources that one batch takes.
const BATCH: u64 = 256 * 1024;

/// Posts that one batch takes at the most.
const BATCH_POSTS: usize = 512;

/// Batches a worker that are prepared, or wait to be handed on, at the most.
const AHEAD: usize = 2;

/// What became of a post.
enum Prepared<T> {
    Ready(T),
    /// blogark failed at it.
    Failed {
        blog: String,
        post: String,
        comments: u64,
    },
}

/// Prepares every post of the plan with `work`, on `run.jobs` threads, and hands the results of each batch to `emit`,
/// in order. `work` gets a post's place in the plan.
///
/// # Errors
/// The first error of reading, preparing or emitting; nothing after it is emitted.
pub(super) fn posts<'w, T: Send>(
    run: Run<'_>,
    written: &mut Written<'w>,
    work: impl Fn(usize, Fetched) -> Result<T, WriteError> + Sync,
    mut emit: impl FnMut(T, &mut Written<'w>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let batches = batches(run);
    let prepare = |batch: &Range<usize>| -> Result<Vec<Prepared<T>>, WriteError> {
        let numbers = run.plan.posts.get(batch.clone()).unwrap_or_default();
        let mut results = Vec::with_capacity(numbers.len());
        let all = outlive(|| -> Result<(), WriteError> {
            for (place, fetched) in batch.clone().zip(run.fetch(numbers)) {
                results.push(guarded(fetched?, |one| work(place, one))?);
            }
            Ok(())
        });
        if let Ok(all) = all {
            return all.map(|()| results);
        }
        // The next of them is at fault: that and the others are fetched by themselves.
        for (place, number) in batch.clone().zip(numbers).skip(results.len()) {
            let fetched = outlive(|| run.fetch(std::slice::from_ref(number)).next());
            results.push(match fetched.unwrap_or(None) {
                Some(one) => guarded(one?, |one| work(place, one))?,
                None => failed(run, *number),
            });
        }
        Ok(results)
    };
    let mut emit_batch = |results: Vec<Prepared<T>>| -> Result<(), WriteError> {
        let count = results.len() as u64;
        for result in results {
            match result {
                Prepared::Ready(result) => emit(result, written)?,
                Prepared::Failed { blog, post, comments } => {
                    written.ledger.posts.damaged += 1;
                    written.ledger.comments.damaged += comments;
                    written.notice(
                        &Notice::new(
                            NoticeCode::DamagedEntry,
                            format!("Post {post} could not be prepared: that is a fault of blogark. Please report it, with what stands above; --to jsonl may still keep the post."),
                        )
                        .about_post(&blog, &post),
                    );
                }
            }
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
    let try_prepare = |batch: &Range<usize>| outlive(|| prepare(batch)).unwrap_or_else(|_| Err(stopped()));
    let (give, given) = mpsc::channel::<(usize, &Range<usize>)>();
    let (done, prepared) = mpsc::channel();
    let given = Mutex::new(given);
    std::thread::scope(|scope| {
        for _ in 1..jobs {
            let (given, try_prepare, done) = (&given, &try_prepare, done.clone());
            scope.spawn(move || {
                // When there are no more, or the other side failed and wants no more, it hangs up.
                let take = || given.lock().unwrap_or_else(PoisonError::into_inner).recv();
                while let Ok((number, batch)) = take() {
                    if done.send((number, try_prepare(batch))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        // Whatever ends this closes both channels, and with them the workers.
        let (give, prepared) = (give, prepared);
        let mut waiting = batches.iter().enumerate();
        // It cannot fail: the other end is here.
        let mut give_next = || waiting.next().map(|batch| give.send(batch));
        for _ in 0..AHEAD * jobs {
            give_next();
        }
        let mut early = BTreeMap::new();
        for number in 0..batches.len() {
            let result = loop {
                if let Some(result) = early.remove(&number) {
                    break result;
                }
                // Who waits for a batch holds the lock: then there is none to take.
                let take = || given.try_lock().ok()?.try_recv().ok();
                let (number, result) = match prepared.try_recv() {
                    Ok(ready) => ready,
                    Err(_) => match take() {
                        Some((number, batch)) => (number, try_prepare(batch)),
                        None => prepared.recv().map_err(|_| stopped())?,
                    },
                };
                early.insert(number, result);
            };
            give_next();
            emit_batch(result?)?;
        }
        Ok(())
    })
}

fn stopped() -> WriteError {
    WriteError::InTheWay("a worker stopped before its posts were done".to_owned())
}

/// Works on one post, and outlives a fault in doing so.
fn guarded<T>(
    fetched: Fetched,
    work: impl FnOnce(Fetched) -> Result<T, WriteError>,
) -> Result<Prepared<T>, WriteError> {
    let (blog, post) = (fetched.post.blog.clone(), fetched.post.id.clone());
    let comments = fetched.post.comments.len() as u64;
    // Nothing that `work` shares is changed by it, so nothing can be left half done.
    match outlive(|| work(fetched)) {
        Ok(result) => result.map(Prepared::Ready),
        Err(_) => Ok(Prepared::Failed { blog, post, comments }),
    }
}

/// A post that could not even be fetched.
fn failed<T>(run: Run<'_>, number: u32) -> Prepared<T> {
    let card = run.archive.post(number);
    let goes_out = |comment: &CommentCard<'_>| {
        let (status, suspected) = (comment.status(), comment.is_suspected_spam());
        let plan = run.plan;
        plan.selection
            .leaves_out_comment(plan.target, status, suspected)
            .is_none()
    };
    Prepared::Failed {
        blog: card.and_then(|c| c.blog()).map(|b| b.id.clone()).unwrap_or_default(),
        post: card.map(|c| c.id()).unwrap_or_default(),
        comments: card.map_or(0, |c| c.comments().filter(goes_out).count() as u64),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Archive, SurveyOptions};
    use crate::plan::{Plan, Selection, Target};
    use crate::read::blogger::export::Export;
    use crate::read::{Context, Damage, EntryReader, EntryRecords, Format, FormatInfo, ReadError, Sample, Sink};
    use crate::source::{OpenOptions, open};

    /// A reader that fails at one post.
    struct Faulty;

    impl EntryReader for Faulty {
        fn info(&self) -> &'static FormatInfo {
            Export.info()
        }

        fn recognise(&self, sample: Sample<'_>) -> bool {
            Export.recognise(sample)
        }

        fn survey(&self, input: &mut (dyn std::io::Read + Send), sink: &mut dyn Sink) -> Result<Context, ReadError> {
            Export.survey(input, sink)
        }

        fn entry(&self, context: &Context, bytes: &[u8], offset: u64) -> Result<EntryRecords, Damage> {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains("post-6671520088134907010</id>"), "on purpose");
            Export.entry(context, bytes, offset)
        }
    }

    fn run<'a>(archive: &'a Archive, plan: &'a Plan, jobs: usize) -> Run<'a> {
        Run {
            archive,
            plan,
            jobs,
            progress: None,
            media: None,
        }
    }

    #[test]
    fn a_fault_in_a_reader_costs_one_post() {
        let mut opened = open(&["fixtures/blogger-export/garden.xml".into()], &OpenOptions::default()).unwrap();
        opened.sources[0].format = Format::Entries(&Faulty);
        let archive = Archive::survey(opened, SurveyOptions::default()).unwrap();
        let plan = Plan::new(&archive, Selection::default(), Target::Markdown).unwrap();
        let run = run(&archive, &plan, 1);
        let mut told = Vec::new();
        let mut tell = |notice: &Notice| told.push(notice.clone());
        let mut written = Written::new(&mut tell);
        let work = |_, fetched: Fetched| Ok(fetched.post.comments.len() as u64);
        let emit = |comments, written: &mut Written<'_>| {
            written.post(comments);
            Ok(())
        };
        posts(run, &mut written, work, emit).unwrap();
        let mut ledger = plan.ledger.clone();
        ledger.add(&written.ledger);
        assert!(ledger.balances(), "{ledger:?}");
        assert_eq!(ledger.posts.damaged, 1);
        assert!(ledger.posts.written > 5);
        assert_eq!(told[0].post.as_deref(), Some("6671520088134907010"));
    }

    #[test]
    fn a_fault_costs_one_post() {
        let opened = open(&["fixtures/blogger-export/garden.xml".into()], &OpenOptions::default()).unwrap();
        let archive = Archive::survey(opened, SurveyOptions::default()).unwrap();
        let plan = Plan::new(&archive, Selection::default(), Target::Jsonl).unwrap();
        for jobs in [1, 3] {
            let run = run(&archive, &plan, jobs);
            let mut told = Vec::new();
            let mut tell = |notice: &Notice| told.push(notice.clone());
            let mut written = Written::new(&mut tell);
            let work = |place, fetched: Fetched| {
                assert!(place != 2, "on purpose");
                Ok(fetched.post.comments.len() as u64)
            };
            let emit = |comments, written: &mut Written<'_>| {
                written.post(comments);
                Ok(())
            };
            posts(run, &mut written, work, emit).unwrap();
            let mut ledger = plan.ledger.clone();
            ledger.add(&written.ledger);
            assert!(ledger.balances() && ledger.has_losses(), "{ledger:?}");
            assert_eq!((ledger.posts.written, ledger.posts.damaged), (10, 1));
            assert_eq!(told.len(), 1);
            assert!(told[0].post.is_some());
        }
    }

    /// An archive of so many posts that there are many batches, and the file that it reads.
    fn many_posts() -> (tempfile::NamedTempFile, Archive) {
        let head = "<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:blogger.com,1999:blog-7</id><title>Vrt</title>";
        let kind = "http://schemas.google.com/blogger/2008/kind#post";
        let posts: String = (1..=4000)
            .map(|n| {
                format!(
                    "<entry><id>tag:blogger.com,1999:blog-7.post-{n}</id><published>2011-05-0{}T10:00:00Z</published>\
                     <category scheme='http://schemas.google.com/g/2005#kind' term='{kind}'/><title>{n}</title></entry>",
                    1 + n % 9
                )
            })
            .collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("{head}{posts}</feed>")).unwrap();
        let opened = open(&[file.path().into()], &OpenOptions::default()).unwrap();
        (file, Archive::survey(opened, SurveyOptions::default()).unwrap())
    }

    #[test]
    fn all_come_in_order_however_many_work() {
        let (_file, archive) = many_posts();
        let plan = Plan::new(&archive, Selection::default(), Target::Jsonl).unwrap();
        let in_turn = |jobs| {
            let run = run(&archive, &plan, jobs);
            let mut emitted = Vec::new();
            let mut tell = |_: &Notice| {};
            let work = |place, fetched: Fetched| {
                // The first batch takes longest.
                if place == 0 {
                    std::thread::sleep(std::time::Duration::from_millis(50));
                }
                Ok((place, fetched.post.id))
            };
            let emit = |one, _: &mut Written<'_>| {
                emitted.push(one);
                Ok(())
            };
            posts(run, &mut Written::new(&mut tell), work, emit).unwrap();
            emitted
        };
        let alone = in_turn(1);
        assert!(alone.iter().enumerate().all(|(n, (place, _))| n == *place) && alone.len() == 4000);
        for jobs in [2, 3, 8] {
            assert!(in_turn(jobs) == alone, "{jobs}");
        }
    }

    #[test]
    fn the_first_error_ends_it_on_either_side() {
        let (_file, archive) = many_posts();
        let plan = Plan::new(&archive, Selection::default(), Target::Jsonl).unwrap();
        for (fails_at_work, jobs) in [(true, 1), (true, 2), (true, 8), (false, 2), (false, 8)] {
            let run = run(&archive, &plan, jobs);
            let fail = || WriteError::InTheWay("on purpose".to_owned());
            let mut emitted = 0;
            let mut tell = |_: &Notice| {};
            let work = |place, _| match place {
                1700 if fails_at_work => Err(fail()),
                _ => Ok(place),
            };
            let emit = |place, _: &mut Written<'_>| {
                emitted += 1;
                if place == 1700 { Err(fail()) } else { Ok(()) }
            };
            let told = posts(run, &mut Written::new(&mut tell), work, emit);
            assert_eq!(told.unwrap_err().to_string(), "on purpose");
            // Nothing after it, and all before it but what stood in the same batch.
            assert!((1100..=1701).contains(&emitted), "{emitted}");
        }
    }
}
