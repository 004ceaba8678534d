//! Whose turn it is: a queue a host, few at a time from each, none while it asked for peace, and none any more where
//! nobody answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

use super::client::Fault;
use super::{Options, is_wayback};
use crate::media::{Failure, Missing};

/// A file to be fetched.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// Its place among the files.
    pub(super) number: usize,
    /// The addresses that are left to be asked, this one first.
    pub(super) candidates: Vec<String>,
    /// How often the first of them was asked.
    pub(super) tries: u32,
    /// What the addresses before failed of.
    pub(super) worst: Option<Missing>,
}

impl Job {
    fn host(&self) -> String {
        let url = self.candidates.first().and_then(|address| Url::parse(address).ok());
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
        host.to_owned()
    }
}

/// Connections in a row that nobody answered before a host is given up.
const SILENT: u32 = 4;

#[derive(Default)]
struct Host {
    ready: VecDeque<Job>,
    /// Jobs that wait for their next try.
    later: BTreeMap<(Instant, usize), Job>,
    busy: usize,
    /// The host asked for peace until then.
    peace: Option<Instant>,
    silent: u32,
    /// Why it is not asked any more.
    given_up: Option<Fault>,
}

#[derive(Default)]
struct State {
    hosts: BTreeMap<String, Host>,
    /// Jobs that are neither done nor given up.
    left: usize,
}

/// What is to be fetched.
pub(super) struct Queue<'a> {
    state: Mutex<State>,
    changed: Condvar,
    options: &'a Options,
}

impl<'a> Queue<'a> {
    pub(super) fn new(jobs: impl Iterator<Item = Job>, options: &'a Options) -> Queue<'a> {
        let mut state = State::default();
        for job in jobs {
            state.left += 1;
            state.hosts.entry(job.host()).or_default().ready.push_back(job);
        }
        Queue {
            state: Mutex::new(state),
            changed: Condvar::new(),
            options,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job and its host; waits for one where all have to wait. `None` when nothing is left.
    pub(super) fn next(&self) -> Option<(Job, String)> {
        let mut state = self.lock();
        loop {
            if state.left == 0 {
                return None;
            }
            let now = Instant::now();
            let mut wait = Duration::from_secs(60);
            let per_host = self.options.per_host.max(1);
            // The host with the fewest connections first, so that all are asked at the same time.
            let mut hosts: Vec<(&String, &mut Host)> = state.hosts.iter_mut().collect();
            hosts.sort_by_key(|(_, host)| host.busy);
            for (name, host) in hosts {
                while let Some(first) = host.later.first_entry().filter(|first| first.key().0 <= now) {
                    host.ready.push_back(first.remove());
                }
                let due = host.later.keys().next().map(|(due, _)| *due);
                let peace = host.peace.filter(|peace| *peace > now);
                if let Some(due) = peace.filter(|_| !host.ready.is_empty()).or(due) {
                    wait = wait.min(due.saturating_duration_since(now));
                }
                if peace.is_some() || host.busy >= per_host {
                    continue;
                }
                if let Some(job) = host.ready.pop_front() {
                    host.busy += 1;
                    return Some((job, name.clone()));
                }
            }
            let wait = wait.max(Duration::from_millis(1));
            state = self
                .changed
                .wait_timeout(state, wait)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Why nothing is asked of a host any more, if so.
    pub(super) fn gave_up_on(&self, host: &str) -> Option<Fault> {
        self.lock().hosts.get(host)?.given_up.clone()
    }

    /// A try has ended; `again` or the end of the job follows where it failed.
    pub(super) fn done(&self, host: &str, fault: Option<&Fault>) {
        let mut state = self.lock();
        if fault.is_none() {
            state.left -= 1;
        }
        if let Some(host) = state.hosts.get_mut(host) {
            host.busy = host.busy.saturating_sub(1);
            match fault {
                Some(fault) if fault.failure == Failure::NoConnection => {
                    host.silent += 1;
                    if host.silent >= SILENT {
                        host.given_up.get_or_insert_with(|| fault.clone());
                    }
                }
                _ => host.silent = 0,
            }
            if let Some(wait) = fault.and_then(|fault| fault.wait) {
                let until = Instant::now() + wait;
                host.peace = Some(host.peace.map_or(until, |peace| peace.max(until)));
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Puts a job back: for the same address after a while, or for the next one.
    ///
    /// # Errors
    /// When nothing is left to be tried: what it failed of.
    pub(super) fn again(&self, mut job: Job, fault: Fault) -> Result<(), Missing> {
        let mut state = self.lock();
        let host = job.host();
        let is_given_up = state.hosts.get(&host).is_some_and(|host| host.given_up.is_some());
        if fault.failure.may_pass() && job.tries < self.options.retries && !is_given_up {
            let wait = self.options.backoff.saturating_mul(1 << job.tries.min(8));
            job.tries += 1;
            let due = Instant::now() + wait.max(fault.wait.unwrap_or_default());
            let number = job.number;
            state.hosts.entry(host).or_default().later.insert((due, number), job);
        } else {
            let failed = match job.candidates.is_empty() {
                true => String::new(),
                false => job.candidates.remove(0),
            };
            let missing = Missing {
                failure: fault.failure,
                detail: fault.detail,
                address: failed.clone(),
            };
            // That the Wayback Machine has no copy either is not why the file is gone.
            if job.worst.is_none() || !is_wayback(&failed) {
                job.worst = Some(missing.clone());
            }
            if job.candidates.is_empty() {
                state.left -= 1;
                drop(state);
                self.changed.notify_all();
                return Err(job.worst.unwrap_or(missing));
            }
            job.tries = 0;
            state.hosts.entry(job.host()).or_default().ready.push_front(job);
        }
        drop(state);
        self.changed.notify_all();
        Ok(())
    }
}
