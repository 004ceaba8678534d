//! Pages that a browser saved with everything that belongs to them in one file (MHTML, `.mht` or `.mhtml`): a mail whose
//! first HTML part is the page (RFC 2557). Pictures in the other parts are not read.

use std::borrow::Cow;

use super::capture;
use crate::model::Date;

/// The page in such a file.
pub(super) struct Mail {
    pub(super) html: Vec<u8>,
    /// The address it was saved from.
    pub(super) url: Option<String>,
    /// When it was saved.
    pub(super) at: Option<Date>,
}

/// Whether the start of a file is the head of a mail with parts that belong together.
pub(super) fn recognise(start: &[u8]) -> bool {
    let head = Head::of(start);
    head.boundary().is_some()
        && head
            .get("content-type")
            .is_some_and(|t| t.to_ascii_lowercase().starts_with("multipart/related"))
}

/// Takes the page out of such a file; `None` where it holds none.
pub(super) fn page(file: &[u8]) -> Option<Mail> {
    if !recognise(file.get(..file.len().min(64 * 1024))?) {
        return None;
    }
    let head = Head::of(file);
    let delimiter = format!("--{}", head.boundary()?).into_bytes();
    let mut rest = file.get(head.length..)?;
    loop {
        let (_, part) = part(rest, &delimiter)?;
        let (body, _) = self::part(part, &delimiter).unwrap_or((part, part));
        let own = Head::of(body);
        let kind = own.get("content-type").unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("text/html") || kind.starts_with("application/xhtml+xml") {
            let raw = body.get(own.length..).unwrap_or_default();
            let how = own.get("content-transfer-encoding").unwrap_or_default();
            let html = match how.trim().to_ascii_lowercase().as_str() {
                "quoted-printable" => quoted_printable(raw),
                "base64" => base64(raw),
                _ => raw.to_vec(),
            };
            let url = [own.get("content-location"), head.get("snapshot-content-location")]
                .into_iter()
                .flatten()
                .find(|url| url.starts_with("http"))
                .map(str::to_owned);
            return Some(Mail {
                html: with_charset(html, own.parameter("content-type", "charset").as_deref()),
                url,
                at: head.get("date").and_then(capture::moment),
            });
        }
        rest = part;
    }
}

/// What stands in front of the next line that begins with the delimiter, and what follows that line.
fn part<'f>(file: &'f [u8], delimiter: &[u8]) -> Option<(&'f [u8], &'f [u8])> {
    let at = memchr::memmem::find_iter(file, delimiter)
        .find(|at| *at == 0 || file.get(at.wrapping_sub(1)) == Some(&b'\n'))?;
    let line = file.get(at..)?;
    let end = memchr::memchr(b'\n', line).map_or(line.len(), |end| end + 1);
    // The last delimiter closes the mail.
    let is_last = line.get(delimiter.len()..).is_some_and(|rest| rest.starts_with(b"--"));
    let after = if is_last { &[][..] } else { line.get(end..)? };
    Some((file.get(..at)?, after))
}

/// The lines in front of the first empty one.
struct Head {
    /// Names in lower case, with their values.
    fields: Vec<(String, String)>,
    length: usize,
}

impl Head {
    fn of(file: &[u8]) -> Head {
        let mut head = Head {
            fields: Vec::new(),
            length: 0,
        };
        let mut rest = file;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end + 1);
            rest = after;
            head.length += line.len();
            let line = String::from_utf8_lossy(line);
            if line.trim().is_empty() {
                break;
            }
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = head.fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                continue;
            }
            match line.split_once(':') {
                Some((name, value)) if !name.is_empty() && !name.contains(char::is_whitespace) => {
                    head.fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
                }
                // No mail at all.
                _ => break,
            }
            if head.fields.len() > 100 {
                break;
            }
        }
        head
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// A parameter of a field: `charset` in `text/html; charset="utf-8"`.
    fn parameter(&self, field: &str, name: &str) -> Option<String> {
        self.get(field)?.split(';').skip(1).find_map(|parameter| {
            let (own, value) = parameter.split_once('=')?;
            (own.trim().eq_ignore_ascii_case(name)).then(|| value.trim().trim_matches('"').to_owned())
        })
    }

    fn boundary(&self) -> Option<String> {
        self.parameter("content-type", "boundary").filter(|b| !b.is_empty())
    }
}

/// A page whose encoding the mail names says it by a byte order mark, which outweighs what stands in the page.
fn with_charset(html: Vec<u8>, label: Option<&str>) -> Vec<u8> {
    let Some(encoding) = label.and_then(|l| encoding_rs::Encoding::for_label(l.as_bytes())) else {
        return html;
    };
    let text: Cow<'_, str> = encoding.decode(&html).0;
    let mut marked = b"\xEF\xBB\xBF".to_vec();
    marked.extend_from_slice(text.as_bytes());
    marked
}

fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'=', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        let after = rest.get(at + 1..).unwrap_or_default();
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let code = pair
            .filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        rest = match (code, after) {
            (Some(byte), _) => {
                out.push(byte);
                after.get(2..).unwrap_or_default()
            }
            // At the end of a line it says that the line goes on.
            (None, [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..]) => rest,
            (None, _) => {
                out.push(b'=');
                after
            }
        };
    }
    out.extend_from_slice(rest);
    out
}

fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut count = 0;
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = (bits << 6 | u32::from(value)) & 0x00ff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.extend(u8::try_from((bits >> count) & 0xff));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "From: <Saved by a browser>\r\nSnapshot-Content-Location: http://tea.example/2009/05/a.html\r\nSubject: Tea\r\nDate: Tue, 5 May 2009 10:00:00 -0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"----Part--x\"\r\n\r\n\r\n------Part--x\r\nContent-Type: text/html\r\nContent-ID: <frame-1>\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: http://tea.example/2009/05/a.html\r\n\r\n<!DOCTYPE html><html lang=3D\"en\"><body>caf=C3=A9 =\r\nau lait 1=1</body></html>\r\n------Part--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n------Part--x--\r\n";

    #[test]
    fn takes_the_page_out() {
        assert!(recognise(FILE.as_bytes()));
        let mail = page(FILE.as_bytes()).unwrap();
        assert_eq!(
            String::from_utf8(mail.html).unwrap().trim_end(),
            "<!DOCTYPE html><html lang=\"en\"><body>café au lait 1=1</body></html>"
        );
        assert_eq!(mail.url.as_deref(), Some("http://tea.example/2009/05/a.html"));
        assert_eq!(mail.at.unwrap().as_str(), "2009-05-05T10:00:00Z");
    }

    #[test]
    fn other_encodings() {
        let file = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html; charset=\"windows-1252\"\nContent-Transfer-Encoding: base64\n\nPHA+Y2Fm\n6Tw=\n--b--\n";
        let html = page(file.as_bytes()).unwrap().html;
        assert_eq!(html, "\u{FEFF}<p>café<".as_bytes());
    }

    #[test]
    fn what_is_no_such_file() {
        for file in [
            "",
            "<html>",
            "Subject: x\n\nhello",
            "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/png\n\nx\n--b--\n",
            "Content-Type: multipart/related; boundary=b\n\n--b",
            "Content-Type: multipart/related; boundary=b\n\n",
        ] {
            assert!(page(file.as_bytes()).is_none(), "{file}");
        }
    }
}
