//! Opens what is packed: the members of a zip, and what a gzip holds. Where it is damaged, what can be had of it.

use std::io::{self, BufReader, Cursor, Read, Seek};

use flate2::bufread::MultiGzDecoder;
use zip::result::ZipError;

use super::Bytes;
use super::look::{Start, Stranger, sample};
use super::open::{OpenError, Opening, Origin, Strangers};
use super::packed::next_member;
use super::spool::Hashing;
use crate::ledger::{Notice, NoticeCode};

/// A zip that is being read.
struct Zip<'a> {
    /// How messages name it.
    shown: &'a str,
    /// Its base name.
    container: &'a str,
    strangers: Strangers,
    encrypted: u64,
}

impl Opening {
    /// Unpacks a gzip into the spool, as far as it can be had. Gives also what it was read from, with what stands behind
    /// the packed bytes.
    pub(super) fn gunzip<R: Read>(&mut self, packed: R, size: u64, shown: &str) -> Result<(Bytes, R), OpenError> {
        let unpacked = MultiGzDecoder::new(BufReader::new(packed));
        let mut unpacked = self.allowance.limit(unpacked, size);
        let start = self.opened.spool.length();
        let bytes = self
            .opened
            .spool
            .take(&mut unpacked)
            .map_err(|e| OpenError::io(shown, e))?;
        let length = self.opened.spool.length() - start;
        self.allowance.spend(length);
        let (decoder, fault) = unpacked.into_parts();
        if let Some(fault) = fault {
            let fault = format!("the gzip archive is damaged ({fault})");
            if length == 0 {
                return Err(OpenError::Io {
                    shown: shown.to_owned(),
                    error: io::Error::other(fault),
                });
            }
            self.damaged(shown, &fault);
        }
        Ok((bytes, decoder.into_inner().into_inner()))
    }

    /// Opens what a zip holds that blogark reads.
    pub(super) fn zip(
        &mut self,
        file: impl Read + Seek,
        shown: &str,
        container: &str,
        named: bool,
    ) -> Result<(), OpenError> {
        let mut file = BufReader::new(file);
        let before = self.opened.sources.len();
        let mut zip = Zip {
            shown,
            container,
            strangers: Strangers::default(),
            encrypted: 0,
        };
        match zip::ZipArchive::new(&mut file) {
            Ok(mut archive) => self.members_by_list(&mut archive, &mut zip),
            Err(ZipError::InvalidArchive(_)) => {
                let what = "the list of files at its end is missing or broken, as when a download was cut off";
                self.members_one_by_one(&mut file, &mut zip)
                    .map_err(|e| OpenError::io(shown, e))?;
                if self.opened.sources.len() == before {
                    return Err(bad_zip(shown, what));
                }
                self.damaged(shown, what);
            }
            Err(e) => return Err(bad_zip(shown, &e.to_string())),
        }
        if zip.encrypted > 0 {
            if self.opened.sources.len() == before {
                return Err(OpenError::Encrypted(shown.to_owned()));
            }
            let what = format!("{} files in it are protected by a password", zip.encrypted);
            self.unreadable(shown, &what);
        }
        if named {
            self.finish_container(shown, before, zip.strangers)
        } else {
            zip.strangers.tell(shown, &mut self.opened.notices);
            Ok(())
        }
    }

    fn members_by_list<R: Read + Seek>(&mut self, archive: &mut zip::ZipArchive<R>, zip: &mut Zip<'_>) {
        let mut order: Vec<(String, usize)> = (0..archive.len())
            .map(|i| {
                let name = archive.name_for_index(i).and_then(Result::ok);
                (name.map_or_else(|| format!("#{i}"), |n| n.into_owned()), i)
            })
            .collect();
        order.sort();
        for (name, index) in order {
            match archive.by_index(index) {
                Ok(entry) if entry.is_dir() => {}
                Ok(mut entry) => {
                    let packed = entry.compressed_size();
                    self.member(zip, name, &mut entry, packed);
                }
                Err(ZipError::UnsupportedArchive(what)) if what.to_ascii_lowercase().contains("password") => {
                    zip.encrypted += 1;
                }
                Err(e) => self.unreadable(&format!("{}: {name}", zip.shown), &e.to_string()),
            }
        }
    }

    /// Reads the members of a zip in the order in which they stand, each behind its own header.
    fn members_one_by_one(&mut self, file: &mut BufReader<impl Read + Seek>, zip: &mut Zip<'_>) -> io::Result<()> {
        let size = file.seek(io::SeekFrom::End(0))?;
        file.rewind()?;
        while let Some(header) = next_member(file)? {
            if header.is_encrypted {
                zip.encrypted += 1;
            } else if !header.name.ends_with('/') {
                let mut entry = header.unpack(file);
                self.member(zip, header.name.clone(), &mut entry, size);
                // The next header stands behind it; where it is damaged, wherever one is found.
                let _ = io::copy(&mut entry, &mut io::sink());
            }
        }
        Ok(())
    }

    /// A member of a zip: looked at first, unpacked only when it is something.
    fn member(&mut self, zip: &mut Zip<'_>, name: String, entry: &mut dyn Read, packed: u64) {
        let shown = format!("{}: {name}", zip.shown);
        let origin = Origin {
            name: name.rsplit('/').next().unwrap_or_default().to_owned(),
            shown: shown.clone(),
            container: Some(zip.container.to_owned()),
            folder: name.rsplit_once('/').map(|(f, _)| f.to_owned()).unwrap_or_default(),
            path: Some(name),
        };
        match self.unpack_member(origin, entry, packed) {
            Ok(None) => {}
            Ok(Some(what)) => zip.strangers.add(what, shown),
            Err(OpenError::Io { error, .. }) => self.unreadable(&shown, &error.to_string()),
            Err(e) => self.unreadable(&shown, &e.to_string()),
        }
    }

    /// Says what the member is when it is nothing.
    fn unpack_member(
        &mut self,
        origin: Origin,
        entry: &mut dyn Read,
        packed: u64,
    ) -> Result<Option<&'static str>, OpenError> {
        let shown = origin.shown.clone();
        let err = |e| OpenError::io(&shown, e);
        let mut entry = self.allowance.limit(entry, packed);
        let first = sample(&mut entry).map_err(err)?;
        let start = self.asked.start_of(&first, false);
        match start {
            Start::Stranger(Stranger::Nothing(what)) => return Ok(Some(what)),
            Start::Stranger(Stranger::Other(_)) => return Ok(Some("of another format")),
            _ => {}
        }
        let mut whole = Hashing::new(Cursor::new(first).chain(entry));
        let bytes = self.opened.spool.take(&mut whole).map_err(err)?;
        let (chain, sha256, size) = whole.into_parts();
        self.allowance.spend(size);
        if let Some(fault) = chain.into_inner().1.into_parts().1 {
            if size == 0 {
                self.unreadable(&shown, &fault);
                return Ok(None);
            }
            self.damaged(&shown, &fault);
        }
        match self.known(origin, bytes, size, sha256, false, start) {
            Ok(()) => Ok(None),
            Err(OpenError::NotRecognised { what, .. }) => Ok(Some(what)),
            Err(OpenError::Empty(_)) => Ok(Some("an empty file")),
            Err(e) => Err(e),
        }
    }

    fn damaged(&mut self, shown: &str, what: &str) {
        self.opened.notices.push(
            Notice::new(
                NoticeCode::DamagedFile,
                format!("{shown} could not be unpacked whole: {what}. What could be had was read."),
            )
            .in_source(shown),
        );
    }
}

fn bad_zip(shown: &str, what: &str) -> OpenError {
    OpenError::BadZip {
        shown: shown.to_owned(),
        what: what.to_owned(),
    }
}
