//! Fetching files from the web: several at once, few from one host, again after a while where that may help, the original
//! first and what the post showed after it.

mod client;
mod guard;
mod queue;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;

pub(crate) use client::hash;
pub use guard::is_public;

use client::{Came, Client};
use queue::{Job, Queue};

use super::{Asset, Failure, Kept, MediaError, Missing, Store};

/// How files are fetched.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections at the same time.
    pub connections: usize,
    /// Connections to one host at the same time.
    pub per_host: usize,
    /// How often an address is asked again that may answer later.
    pub retries: u32,
    /// How long to wait before the first of them; each time twice as long.
    pub backoff: Duration,
    /// How long a server may be silent.
    pub timeout: Duration,
    /// The largest file that is taken, in bytes.
    pub max_size: u64,
    /// Addresses of this machine and its network may be asked, too.
    pub allow_private: bool,
    /// A proxy for all of them, `http://HOST:PORT`; where there is none, the one that `https_proxy`, `http_proxy` or
    /// `all_proxy` names.
    pub proxy: Option<String>,
    /// What is nowhere any more is looked for in the Wayback Machine.
    pub wayback: bool,
    /// What is there already is asked after: has it changed?
    pub refresh: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            connections: 8,
            per_host: 4,
            retries: 3,
            backoff: Duration::from_secs(1),
            timeout: Duration::from_secs(30),
            max_size: 500_000_000,
            allow_private: false,
            proxy: None,
            wayback: false,
            refresh: false,
        }
    }
}

/// What happens while files are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// So many bytes came.
    Bytes(u64),
    /// A file is done, in whatever way.
    File,
}

/// A file that was asked for.
pub type Answer = Result<Kept, Missing>;

/// Fetches files into the store; the answers stand in the order of the files.
///
/// # Errors
/// When the proxy's address makes no sense.
pub fn fetch(
    assets: &[&Asset],
    store: &Store,
    options: &Options,
    on_event: &(dyn Fn(Event) + Sync),
) -> Result<Vec<Answer>, MediaError> {
    let client = Client::new(options).map_err(|e| MediaError::Proxy(e.to_string()))?;
    let jobs = assets.iter().enumerate().map(|(number, asset)| Job {
        number,
        candidates: candidates(asset, options),
        tries: 0,
        worst: None,
    });
    let queue = Queue::new(jobs, options);
    let answers: Mutex<Vec<Option<Answer>>> = Mutex::new(vec![None; assets.len()]);
    let answer = |number: usize, answer: Answer| {
        let mut all = answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = all.get_mut(number) {
            *place = Some(answer);
        }
        drop(all);
        on_event(Event::File);
    };
    let work = || {
        while let Some((job, host)) = queue.next() {
            let (Some(asset), Some(address)) = (assets.get(job.number), job.candidates.first()) else {
                queue.done(&host, None);
                answer(job.number, Err(Missing::new(Failure::BadAddress, "")));
                continue;
            };
            let known = store.kept(&asset.key).map(|(known, _)| known);
            let came = match queue.gave_up_on(&host) {
                Some(fault) => Err(fault),
                None => client.get(asset, address, known.as_ref(), store, on_event),
            };
            match came {
                Ok(Came::File(kept)) => {
                    queue.done(&host, None);
                    answer(job.number, Ok(kept));
                }
                Ok(Came::Unchanged) => {
                    queue.done(&host, None);
                    let missing = Missing::new(Failure::BadAddress, "");
                    answer(job.number, known.ok_or(missing));
                }
                Err(fault) => {
                    queue.done(&host, Some(&fault));
                    if let Err(missing) = queue.again(job.clone(), fault) {
                        // What an earlier run fetched is better than nothing.
                        answer(job.number, known.ok_or(missing));
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let workers = options.connections.clamp(1, assets.len().max(1));
        for _ in 1..workers {
            scope.spawn(work);
        }
        work();
    });
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    let unanswered = || Err(Missing::new(Failure::BadAddress, ""));
    Ok(answers.into_iter().map(|a| a.unwrap_or_else(unanswered)).collect())
}

/// The addresses to ask for a file at, the Wayback Machine's behind all others.
fn candidates(asset: &Asset, options: &Options) -> Vec<String> {
    let mut all = asset.candidates();
    if options.wayback {
        let old: Vec<String> = all.iter().map(|address| wayback(address, asset.day)).collect();
        all.extend(old);
    }
    all
}

/// Where the Wayback Machine has a file as it was: `id_` asks for the bytes themselves, the day for the capture nearest
/// to it. <https://archive.org/help/wayback_api.php>
pub fn wayback(address: &str, day: Option<NaiveDate>) -> String {
    let day = day.map_or_else(|| "2".to_owned(), |day| day.format("%Y%m%d").to_string());
    format!("https://web.archive.org/web/{day}id_/{address}")
}

/// Whether an address is the Wayback Machine's.
fn is_wayback(address: &str) -> bool {
    address.starts_with("https://web.archive.org/web/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wayback_machine_is_asked_last() {
        let asset = Asset {
            addresses: vec![(320, "http://1.bp.blogspot.com/-x/s320/a.jpg".to_owned())],
            day: NaiveDate::from_ymd_opt(2011, 3, 5),
            ..Asset::default()
        };
        let options = Options {
            wayback: true,
            ..Options::default()
        };
        assert_eq!(
            candidates(&asset, &options),
            [
                "http://1.bp.blogspot.com/-x/s0/a.jpg",
                "http://1.bp.blogspot.com/-x/s320/a.jpg",
                "https://web.archive.org/web/20110305id_/http://1.bp.blogspot.com/-x/s0/a.jpg",
                "https://web.archive.org/web/20110305id_/http://1.bp.blogspot.com/-x/s320/a.jpg",
            ]
        );
        assert_eq!(
            wayback("http://h/a", None),
            "https://web.archive.org/web/2id_/http://h/a"
        );
    }
}
