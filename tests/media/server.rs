//! A web server that misbehaves in every way in which the servers of old blogs do. It is asked as a proxy (`CONNECT`), so
//! it can stand for any host; what it is asked for is noted.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a picture is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Manner {
    Good,
    NotFound,
    ErrorsThenGood,
    AsksToWait,
    CutOffThenGood,
    WrongLength,
    Page,
    EndlessRedirect,
    RedirectToLoopback,
    RedirectToPrivate,
    Silent,
    WrongType,
    TooLarge,
    Reset,
    RedirectToGood,
    Forbidden,
    OnlyAsShown,
}

impl Manner {
    /// All but good.
    pub(crate) const BAD: [Manner; 16] = [
        Manner::NotFound,
        Manner::ErrorsThenGood,
        Manner::AsksToWait,
        Manner::CutOffThenGood,
        Manner::WrongLength,
        Manner::Page,
        Manner::EndlessRedirect,
        Manner::RedirectToLoopback,
        Manner::RedirectToPrivate,
        Manner::Silent,
        Manner::WrongType,
        Manner::TooLarge,
        Manner::Reset,
        Manner::RedirectToGood,
        Manner::Forbidden,
        Manner::OnlyAsShown,
    ];

    /// What the report says of it; none where the picture comes in the end.
    pub(crate) fn failure(self) -> Option<&'static str> {
        Some(match self {
            Manner::NotFound => "not-found",
            Manner::WrongLength | Manner::Reset => "cut-off",
            Manner::Page => "page",
            Manner::EndlessRedirect => "redirects",
            Manner::RedirectToLoopback | Manner::RedirectToPrivate => "private-address",
            Manner::Silent => "too-slow",
            Manner::WrongType => "wrong-type",
            Manner::TooLarge => "too-large",
            Manner::Forbidden => "forbidden",
            _ => return None,
        })
    }
}

/// A picture of the server's.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) manner: Manner,
    pub(crate) bytes: Vec<u8>,
}

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// Requests by path.
    pub(crate) requests: HashMap<String, u32>,
    /// Whole pictures that were sent.
    pub(crate) bodies: u32,
    /// Answers that nothing has changed.
    pub(crate) unchanged: u32,
    /// Rests of pictures that were sent.
    pub(crate) rests: u32,
    /// Requests for what only this machine may see.
    pub(crate) secrets: u32,
    /// The most pictures that were asked of one host at one time.
    pub(crate) most_at_once: u32,
    now: HashMap<String, u32>,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

struct State {
    /// By the part of the path that names the picture.
    pictures: HashMap<String, Picture>,
    asked: Mutex<Asked>,
}

impl Server {
    pub(crate) fn start(pictures: HashMap<String, Picture>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            pictures,
            asked: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || {
                    let _ = state.serve(stream, address);
                });
            }
        });
        Server { address, state }
    }

    pub(crate) fn asked(&self) -> Asked {
        self.state.asked.lock().unwrap().clone()
    }

    pub(crate) fn forget(&self) {
        let mut asked = self.state.asked.lock().unwrap();
        let now = std::mem::take(&mut asked.now);
        *asked = Asked {
            now,
            ..Asked::default()
        };
    }
}

impl State {
    fn note<T>(&self, work: impl FnOnce(&mut Asked) -> T) -> T {
        work(&mut self.asked.lock().unwrap())
    }

    fn serve(&self, stream: TcpStream, own: SocketAddr) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut out = stream;
        let mut host = String::new();
        let result = loop {
            let mut head = Vec::new();
            loop {
                let mut line = String::new();
                if !matches!(reader.read_line(&mut line), Ok(1..)) {
                    break;
                }
                if line == "\r\n" {
                    break;
                }
                head.push(line.trim_end().to_owned());
            }
            let Some(first) = head.first().cloned() else {
                break Ok(());
            };
            let headers: HashMap<String, String> = head
                .iter()
                .skip(1)
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            let mut words = first.split(' ');
            let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            if method == "CONNECT" {
                host = target.to_owned();
                out.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
                continue;
            }
            match self.answer(target, &host, &headers, &mut out, own) {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(e) => break Err(e),
            }
        };
        let _ = out.shutdown(Shutdown::Both);
        result
    }

    /// Whether the connection goes on.
    fn answer(
        &self,
        path: &str,
        host: &str,
        headers: &HashMap<String, String>,
        out: &mut TcpStream,
        own: SocketAddr,
    ) -> io::Result<bool> {
        let times = self.note(|asked| {
            let times = asked.requests.entry(path.to_owned()).or_default();
            *times += 1;
            *times
        });
        if path.starts_with("/secret") {
            self.note(|asked| asked.secrets += 1);
        }
        let key = path.split('/').nth(1).unwrap_or_default();
        let Some(picture) = self.pictures.get(key) else {
            return plain(out, "404 Not Found", "text/plain", b"no such thing").map(|()| true);
        };
        let is_original = path.contains("/s0/");
        let redirect = |out: &mut TcpStream, to: &str| {
            write!(out, "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").map(|()| true)
        };
        match picture.manner {
            Manner::NotFound => plain(out, "404 Not Found", "text/html", b"<html>gone</html>").map(|()| true),
            Manner::Forbidden => plain(out, "403 Forbidden", "text/html", b"<html>no</html>").map(|()| true),
            Manner::ErrorsThenGood if times == 1 => {
                plain(out, "500 Internal Server Error", "text/plain", b"oops").map(|()| true)
            }
            Manner::AsksToWait if times == 1 => {
                let head = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
                out.write_all(head.as_bytes()).map(|()| true)
            }
            Manner::CutOffThenGood if times == 1 => {
                let half = &picture.bytes[..picture.bytes.len() / 2];
                head(out, "200 OK", picture, picture.bytes.len(), "")?;
                out.write_all(half)?;
                Ok(false)
            }
            Manner::WrongLength => {
                head(out, "200 OK", picture, picture.bytes.len() + 1000, "")?;
                out.write_all(&picture.bytes)?;
                Ok(false)
            }
            Manner::Page => plain(out, "200 OK", "image/jpeg", b"<!DOCTYPE html><title>Parked</title>").map(|()| true),
            Manner::EndlessRedirect => redirect(out, &format!("{path}x")),
            Manner::RedirectToLoopback => redirect(out, &format!("http://{own}/secret.jpg")),
            Manner::RedirectToPrivate => redirect(out, "http://192.168.0.1/secret.jpg"),
            Manner::Silent => {
                head(out, "200 OK", picture, picture.bytes.len(), "")?;
                out.write_all(&picture.bytes[..10])?;
                std::thread::sleep(Duration::from_secs(4));
                Ok(false)
            }
            Manner::WrongType => plain(out, "200 OK", "image/gif", b"%PDF-1.4 not a picture").map(|()| true),
            Manner::TooLarge => {
                head(out, "200 OK", picture, 50_000_000, "")?;
                out.write_all(&[0; 1000])?;
                Ok(false)
            }
            Manner::Reset => Ok(false),
            Manner::RedirectToGood if is_original => {
                redirect(out, &format!("http://cdn.example{}", path.replace("/s0/", "/s9/")))
            }
            Manner::OnlyAsShown if is_original => {
                plain(out, "404 Not Found", "text/html", b"<html>gone</html>").map(|()| true)
            }
            _ => {
                let now = self.note(|asked| {
                    let now = asked.now.entry(host.to_owned()).or_default();
                    *now += 1;
                    *now
                });
                self.note(|asked| asked.most_at_once = asked.most_at_once.max(now));
                std::thread::sleep(Duration::from_millis(2));
                let sent = self.good(picture, headers, out);
                self.note(|asked| {
                    if let Some(now) = asked.now.get_mut(host) {
                        *now = now.saturating_sub(1);
                    }
                });
                sent.map(|()| true)
            }
        }
    }

    fn good(&self, picture: &Picture, headers: &HashMap<String, String>, out: &mut TcpStream) -> io::Result<()> {
        let etag = etag(picture);
        if headers.get("if-none-match") == Some(&etag) {
            self.note(|asked| asked.unchanged += 1);
            return write!(out, "HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n");
        }
        let from = headers
            .get("range")
            .filter(|_| headers.get("if-range") == Some(&etag))
            .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        if let Some(from) = from {
            self.note(|asked| asked.rests += 1);
            let (rest, all) = (&picture.bytes[from..], picture.bytes.len());
            let range = format!("Content-Range: bytes {from}-{}/{all}\r\n", all - 1);
            head(out, "206 Partial Content", picture, rest.len(), &range)?;
            return out.write_all(rest);
        }
        self.note(|asked| asked.bodies += 1);
        head(out, "200 OK", picture, picture.bytes.len(), "")?;
        out.write_all(&picture.bytes)
    }
}

fn etag(picture: &Picture) -> String {
    let sum = picture
        .bytes
        .iter()
        .fold(17u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    format!("\"{sum:x}\"")
}

fn head(out: &mut TcpStream, status: &str, picture: &Picture, length: usize, more: &str) -> io::Result<()> {
    let etag = etag(picture);
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Type: image/gif\r\nContent-Length: {length}\r\nETag: {etag}\r\n{more}\r\n"
    )
}

fn plain(out: &mut TcpStream, status: &str, kind: &str, body: &[u8]) -> io::Result<()> {
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )?;
    out.write_all(body)
}
