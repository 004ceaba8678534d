//! One request and what comes of it: redirects looked at one by one, parts continued, what came held against what was
//! announced and what a file of its kind must be.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ureq::http::{HeaderMap, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Proxy};
use url::Url;

use super::guard::{self, Refused};
use super::{Event, Options};
use crate::media::probe::{self, Class};
use crate::media::{Asset, Failure, Kept, Store};
use crate::source::hex;

/// The most redirects that are followed.
const MAX_REDIRECTS: usize = 10;

/// The longest that a server may ask to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Bytes a second below which a server is too slow, once the time limit has passed.
const SLOWEST: u64 = 512;

/// What one try failed of.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) failure: Failure,
    /// The server's own words, a number, an error.
    pub(super) detail: String,
    /// How long the server asks to wait.
    pub(super) wait: Option<Duration>,
}

impl Fault {
    pub(super) fn new(failure: Failure, detail: impl Into<String>) -> Fault {
        Fault {
            failure,
            detail: detail.into(),
            wait: None,
        }
    }
}

/// What came of a try.
pub(super) enum Came {
    /// The file.
    File(Kept),
    /// The server says that what is there is still right.
    Unchanged,
}

/// Makes connections, to public addresses only.
pub(super) struct Client<'a> {
    agent: Agent,
    options: &'a Options,
}

/// Which version of a file a part belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    address: String,
    #[serde(default)]
    etag: Option<String>,
    #[serde(default)]
    last_modified: Option<String>,
}

impl Note {
    /// What to ask for the rest with; `None` where the server said nothing that tells versions apart.
    fn validator(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|etag| !etag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }
}

/// What the resolver says of a name behind which there is nothing public.
#[derive(Debug, thiserror::Error)]
#[error("it leads into a private network")]
struct Private;

/// Looks names up and gives only addresses that may be connected to, so that the one that was looked at is the one that
/// is used.
#[derive(Debug)]
struct Guarded {
    inner: DefaultResolver,
    allow_private: bool,
    /// Authority of the proxy, which the user named.
    proxy: Option<String>,
}

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let all = self.inner.resolve(uri, config, timeout)?;
        let is_proxy = self.proxy.is_some() && self.proxy.as_deref() == uri.authority().map(|a| a.as_str());
        if self.allow_private || is_proxy {
            return Ok(all);
        }
        let mut public = self.empty();
        for address in all.iter().filter(|address| guard::is_public(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() {
            return Err(ureq::Error::Io(io::Error::new(
                io::ErrorKind::PermissionDenied,
                Private,
            )));
        }
        Ok(public)
    }
}

/// The proxy that was named, or the one that the environment names, as other programs take it.
pub(super) fn proxy(options: &Options) -> Result<Option<Proxy>, ureq::Error> {
    match &options.proxy {
        Some(address) => Proxy::new(address).map(Some),
        None => Ok(Proxy::try_from_env()),
    }
}

impl<'a> Client<'a> {
    pub(super) fn new(options: &'a Options) -> Result<Client<'a>, ureq::Error> {
        let proxy = proxy(options)?;
        let resolver = Guarded {
            inner: DefaultResolver::default(),
            allow_private: options.allow_private,
            proxy: proxy
                .as_ref()
                .and_then(|proxy| proxy.uri().authority().map(|a| a.as_str().to_owned())),
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(proxy)
            .user_agent(concat!("blogark/", env!("CARGO_PKG_VERSION")))
            .accept("*/*")
            .timeout_resolve(Some(options.timeout))
            .timeout_connect(Some(options.timeout))
            .timeout_recv_response(Some(options.timeout))
            .timeout_per_read(Some(options.timeout))
            .max_idle_connections_per_host(options.per_host)
            .max_idle_connections(options.connections)
            .build();
        Ok(Client {
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver),
            options,
        })
    }

    /// Asks for a file at one of its addresses. `known` is what is there of it already, to be asked after.
    pub(super) fn get(
        &self,
        asset: &Asset,
        address: &str,
        known: Option<&Kept>,
        store: &Store,
        on_event: &dyn Fn(Event),
    ) -> Result<Came, Fault> {
        let mut url = Url::parse(address).map_err(|e| Fault::new(Failure::BadAddress, e.to_string()))?;
        let mut seen = HashSet::new();
        let (part, note) = (store.part(&asset.key), store.note(&asset.key));
        let noted: Option<Note> = fs::read(&note)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let noted = noted.filter(|noted| noted.address == address && noted.validator().is_some());
        let there = fs::metadata(&part).map_or(0, |part| part.len());
        loop {
            let allow = self.options.allow_private;
            guard::check(&url, allow).map_err(|refused| match refused {
                Refused::Private => Fault::new(Failure::PrivateAddress, url.as_str()),
                Refused::NotWeb => Fault::new(Failure::BadAddress, url.as_str()),
            })?;
            // Nobody's password is sent along.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_fragment(None);
            if seen.len() > MAX_REDIRECTS || !seen.insert(url.clone()) {
                return Err(Fault::new(Failure::Redirects, url.as_str()));
            }
            let mut request = self.agent.get(url.as_str());
            if let Some(known) = known.filter(|known| known.address == address) {
                if let Some(etag) = &known.etag {
                    request = request.header("If-None-Match", etag);
                }
                if let Some(date) = &known.last_modified {
                    request = request.header("If-Modified-Since", date);
                }
            }
            let rest_of = noted.as_ref().and_then(Note::validator).filter(|_| there > 0);
            if let Some(version) = rest_of {
                request = request
                    .header("Range", format!("bytes={there}-"))
                    .header("If-Range", version);
            }
            let mut response = request.call().map_err(fault)?;
            let status = response.status().as_u16();
            match status {
                301 | 302 | 303 | 307 | 308 => {
                    let location = header(response.headers(), "location").unwrap_or_default();
                    url = url
                        .join(&location)
                        .map_err(|_| Fault::new(Failure::BadAddress, location))?;
                    continue;
                }
                304 if known.is_some() => return Ok(Came::Unchanged),
                200 | 206 => {}
                416 => {
                    // What is there is not the beginning of what the server has.
                    let _ = fs::remove_file(&part);
                    return Err(Fault::new(Failure::CutOff, "416"));
                }
                _ => return Err(of_status(status, response.headers())),
            }
            let from = match status {
                206 => Some(there).filter(|there| starts_at(response.headers()) == Some(*there)),
                _ => Some(0),
            };
            let Some(from) = from else {
                let _ = fs::remove_file(&part);
                return Err(Fault::new(Failure::CutOff, "another part came than was asked for"));
            };
            let version = Note {
                address: address.to_owned(),
                etag: header(response.headers(), "etag"),
                last_modified: header(response.headers(), "last-modified"),
            };
            let length = header(response.headers(), "content-length").and_then(|n| n.parse::<u64>().ok());
            if length.is_some_and(|length| from.saturating_add(length) > self.options.max_size) {
                return Err(Fault::new(Failure::TooLarge, format!("{} bytes", length.unwrap_or(0))));
            }
            let noting = serde_json::to_vec(&version).map_err(io::Error::from);
            noting.and_then(|bytes| fs::write(&note, bytes)).map_err(unwritten)?;
            let mut body = response.body_mut().as_reader();
            self.receive(&mut body, from, length, &part, on_event)?;
            return self.finish(asset, address, version, &part, store).map(Came::File);
        }
    }

    /// Takes what comes into the part.
    fn receive(
        &self,
        body: &mut dyn Read,
        from: u64,
        length: Option<u64>,
        part: &Path,
        on_event: &dyn Fn(Event),
    ) -> Result<(), Fault> {
        let mut file = match from {
            0 => File::create(part),
            _ => File::options().append(true).open(part),
        }
        .map_err(unwritten)?;
        let begun = Instant::now();
        let mut came: u64 = 0;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(fault(ureq::Error::from(e))),
            };
            came += count as u64;
            if from + came > self.options.max_size {
                let _ = fs::remove_file(part);
                return Err(Fault::new(
                    Failure::TooLarge,
                    format!("more than {} bytes", self.options.max_size),
                ));
            }
            file.write_all(buffer.get(..count).unwrap_or_default())
                .map_err(unwritten)?;
            on_event(Event::Bytes(count as u64));
            let seconds = begun.elapsed();
            if seconds > self.options.timeout && came < SLOWEST.saturating_mul(seconds.as_secs()) {
                return Err(Fault::new(
                    Failure::TooSlow,
                    format!("{came} bytes in {} seconds", seconds.as_secs()),
                ));
            }
        }
        match length {
            Some(length) if length != came => {
                Err(Fault::new(Failure::CutOff, format!("{came} of {length} bytes came")))
            }
            _ => Ok(()),
        }
    }

    /// Looks at what came, and keeps it.
    fn finish(&self, asset: &Asset, address: &str, version: Note, part: &Path, store: &Store) -> Result<Kept, Fault> {
        let found = probe::type_of_file(part).map_err(unwritten)?;
        let bad = match found.class {
            Class::Page => Some(Fault::new(Failure::Page, "")),
            Class::Picture => None,
            _ if asset.is_picture => Some(Fault::new(
                Failure::WrongType,
                found.mime.unwrap_or("nothing that is known"),
            )),
            _ => None,
        };
        if let Some(fault) = bad {
            let _ = fs::remove_file(part);
            let _ = fs::remove_file(store.note(&asset.key));
            return Err(fault);
        }
        let (sha256, size) = hash(part).map_err(unwritten)?;
        let kept = Kept {
            key: asset.key.clone(),
            address: address.to_owned(),
            sha256,
            size,
            etag: version.etag,
            last_modified: version.last_modified,
            file: None,
        };
        fs::rename(part, store.whole(&asset.key)).map_err(unwritten)?;
        let _ = fs::remove_file(store.note(&asset.key));
        store.add(kept.clone()).map_err(unwritten)?;
        Ok(kept)
    }
}

/// SHA-256 and size of a file.
pub(crate) fn hash(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok((hex(&hasher.finalize()), size));
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
        size += count as u64;
    }
}

/// What was fetched could not be put on the disk.
fn unwritten(error: io::Error) -> Fault {
    Fault::new(Failure::Unreadable, error.to_string())
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The first byte of the part that came: `bytes 500-999/1000`.
fn starts_at(headers: &HeaderMap) -> Option<u64> {
    let range = header(headers, "content-range")?;
    range
        .trim()
        .strip_prefix("bytes")?
        .trim()
        .split('-')
        .next()?
        .parse()
        .ok()
}

fn of_status(status: u16, headers: &HeaderMap) -> Fault {
    let failure = match status {
        404 | 410 => Failure::NotFound,
        429 => Failure::TooManyRequests,
        408 | 425 | 500..=599 => Failure::ServerError,
        401 | 402 | 403 | 451 => Failure::Forbidden,
        _ => Failure::NotFound,
    };
    Fault {
        wait: header(headers, "retry-after").and_then(|word| retry_after(&word, SystemTime::now())),
        ..Fault::new(failure, status.to_string())
    }
}

/// Seconds, or a date as HTTP writes it.
fn retry_after(word: &str, now: SystemTime) -> Option<Duration> {
    let word = word.trim();
    let wait = match word.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = NaiveDateTime::parse_from_str(word, "%a, %d %b %Y %H:%M:%S GMT").ok()?;
            let seconds = u64::try_from(date.and_utc().timestamp()).ok()?;
            let then = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.min(1 << 40));
            then.duration_since(now).unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

/// An error of the connection in our words.
fn fault(error: ureq::Error) -> Fault {
    use io::ErrorKind;
    let failure = match &error {
        ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => Failure::NoConnection,
        ureq::Error::Timeout(_) => Failure::TooSlow,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::ConnectProxyFailed(_) => {
            Failure::NoConnection
        }
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => Failure::BadAddress,
        ureq::Error::Io(io) if io.get_ref().is_some_and(|inner| inner.is::<Private>()) => Failure::PrivateAddress,
        ureq::Error::Io(io) => match io.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Failure::TooSlow,
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::UnexpectedEof
            | ErrorKind::BrokenPipe => Failure::CutOff,
            _ => Failure::NoConnection,
        },
        ureq::Error::Protocol(_) => Failure::CutOff,
        _ => Failure::NoConnection,
    };
    Fault::new(failure, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_say_how_long_to_wait() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (word, seconds) in [
            ("3", Some(3)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("86400", Some(600)),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(retry_after(word, now), seconds.map(Duration::from_secs), "{word}");
        }
    }

    #[test]
    fn only_what_tells_versions_apart_is_asked_for_the_rest() {
        let note = |etag: Option<&str>, date: Option<&str>| Note {
            address: String::new(),
            etag: etag.map(str::to_owned),
            last_modified: date.map(str::to_owned),
        };
        assert_eq!(note(Some("\"a\""), Some("d")).validator(), Some("\"a\""));
        assert_eq!(note(Some("W/\"a\""), Some("d")).validator(), Some("d"));
        assert_eq!(note(Some("W/\"a\""), None).validator(), None);
    }

    #[test]
    fn a_name_with_a_private_number_behind_it_is_not_connected_to() {
        let guarded = |allow_private| Guarded {
            inner: DefaultResolver::default(),
            allow_private,
            proxy: Some("localhost:81".to_owned()),
        };
        let resolve = |address: &str, allow| {
            let uri: Uri = address.parse().unwrap();
            let config = Agent::config_builder().build();
            let timeout = NextTimeout {
                after: ureq::unversioned::transport::time::Duration::NotHappening,
                reason: ureq::Timeout::Global,
                ..NextTimeout::default()
            };
            guarded(allow).resolve(&uri, &config, timeout)
        };
        let refused = resolve("http://localhost:80/", false).map(|_| ()).map_err(fault);
        assert_eq!(refused.unwrap_err().failure, Failure::PrivateAddress);
        assert!(resolve("http://localhost:80/", true).is_ok());
        assert!(resolve("http://localhost:81/", false).is_ok());
    }
}
