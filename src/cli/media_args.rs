//! What `convert` takes for pictures and files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use blogark::media::collect::Options;
use blogark::media::download;

use super::convert::To;
use super::{Usage, size};

#[derive(clap::Args)]
pub(crate) struct MediaArgs {
    /// Pictures and files: keep (their addresses stay), local FOLDER... (taken from folders; those of the input where
    /// none is named), download (fetched); local and download may both be given
    #[arg(long, value_name = "WHAT", num_args = 1..)]
    media: Vec<OsString>,
    /// Media: the folder in which files are kept; OUT-media where it is left out
    #[arg(long, value_name = "FOLDER")]
    media_folder: Option<PathBuf>,
    /// Media: address at which you will put the files of that folder; WXR names them there
    #[arg(long, value_name = "URL", value_parser = address)]
    media_url: Option<String>,
    /// Media: write the addresses of what is not there, a line each, for wget -x -i or aria2c -i
    #[arg(long, value_name = "FILE")]
    media_list: Option<PathBuf>,
    /// Media: take no file that is larger
    #[arg(long, value_name = "SIZE", default_value = "500MB", value_parser = size)]
    media_max_size: u64,
    /// Media: so many connections to one host
    #[arg(long, value_name = "N", default_value = "4", value_parser = clap::value_parser!(u16).range(1..=64))]
    media_per_host: u16,
    /// Media: give a server that is silent so many seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = clap::value_parser!(u64).range(1..=3600))]
    media_timeout: u64,
    /// Media: ask so often again where a server may answer later
    #[arg(long, value_name = "N", default_value = "3", value_parser = clap::value_parser!(u32).range(0..=10))]
    media_retries: u32,
    /// Media: look for what is gone in the Wayback Machine
    #[arg(long)]
    media_wayback: bool,
    /// Media: ask whether files that were fetched before have changed
    #[arg(long)]
    media_refresh: bool,
    /// Media: open no connection; what an earlier run fetched is used
    #[arg(long)]
    offline: bool,
    /// Media: fetch through this proxy (http://HOST:PORT); https_proxy and http_proxy count where it is left out
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Media: fetch from this machine and its network, too
    #[arg(long)]
    allow_private_hosts: bool,
    /// Media: take the place where it was taken out of each JPEG
    #[arg(long)]
    strip_location: bool,
}

/// The address of a folder.
fn address(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).ok();
    let url =
        url.filter(|url| matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none());
    let url = url.ok_or("the address of a folder, as in https://garden.example/wp-content/uploads/old")?;
    Ok(format!("{}/", url.as_str().trim_end_matches('/')))
}

/// What is asked of pictures and files.
pub(crate) struct MediaChoice {
    /// How they are gathered.
    pub(crate) options: Options,
    /// The folder of files, as an output beside it names it.
    pub(crate) beside: String,
    /// Where WordPress will find them, with a slash at the end.
    pub(crate) url: Option<String>,
    /// Where the addresses of what is missing go.
    pub(crate) list: Option<PathBuf>,
}

impl MediaArgs {
    /// What is asked for; none where addresses stay as they are.
    ///
    /// # Errors
    /// When the words after `--media` or the options do not go together.
    pub(crate) fn choice(
        &self,
        to: To,
        inputs: &[PathBuf],
        output: Option<&Path>,
        is_dry: bool,
    ) -> anyhow::Result<Option<MediaChoice>> {
        let words = self.words(inputs)?;
        let Some((local, downloads)) = words else {
            let alone = [
                (self.media_url.is_some(), "--media-url"),
                (self.media_list.is_some(), "--media-list"),
                (self.media_folder.is_some(), "--media-folder"),
                (self.offline, "--offline"),
                (self.strip_location, "--strip-location"),
            ];
            return match alone.iter().find(|(is_there, _)| *is_there) {
                Some((_, option)) => Err(usage(format!(
                    "{option} is about files that are gathered: say --media local FOLDER or --media download, too"
                ))),
                None => Ok(None),
            };
        };
        if to == To::Wxr && self.media_url.is_none() {
            return Err(usage(
                "WordPress takes files from the web: say with --media-url at which address you will put the folder of files. Without --media, --media-items has WordPress fetch them from where they are now".to_owned(),
            ));
        }
        let needs_folder = downloads || to != To::Markdown;
        let folder = match (&self.media_folder, output) {
            (Some(folder), _) => Some(folder.clone()),
            (None, Some(output)) => Some(beside(output)),
            (None, None) if needs_folder && !is_dry => {
                return Err(usage(
                    "files need a folder: say which with --media-folder, or where the output goes with -o".to_owned(),
                ));
            }
            (None, None) => None,
        };
        let how = downloads.then(|| download::Options {
            per_host: usize::from(self.media_per_host),
            timeout: Duration::from_secs(self.media_timeout),
            max_size: self.media_max_size,
            allow_private: self.allow_private_hosts,
            retries: self.media_retries,
            proxy: self.proxy.clone(),
            wayback: self.media_wayback,
            refresh: self.media_refresh,
            ..download::Options::default()
        });
        Ok(Some(MediaChoice {
            beside: folder
                .as_deref()
                .map(|folder| relative(output, folder))
                .unwrap_or_default(),
            options: Options {
                local,
                download: how,
                offline: self.offline || is_dry,
                folder,
                copies_local: to != To::Markdown,
                strip_location: self.strip_location,
                is_dry,
            },
            url: self.media_url.clone(),
            list: self.media_list.clone(),
        }))
    }

    /// Folders to look through, and whether to fetch; none for `keep`.
    fn words(&self, inputs: &[PathBuf]) -> anyhow::Result<Option<(Option<Vec<PathBuf>>, bool)>> {
        let mut local: Option<Vec<PathBuf>> = None;
        let (mut keeps, mut downloads, mut takes_folders) = (false, false, false);
        for word in &self.media {
            match word.to_str() {
                Some("keep") => (keeps, takes_folders) = (true, false),
                Some("download") => (downloads, takes_folders) = (true, false),
                Some("local") => {
                    local.get_or_insert_default();
                    takes_folders = true;
                }
                _ if takes_folders => local.get_or_insert_default().push(PathBuf::from(word)),
                _ => {
                    return Err(usage(format!(
                        "--media takes keep, local FOLDER... or download, and {} is none of them. Inputs go before --media",
                        word.display()
                    )));
                }
            }
        }
        if keeps && (downloads || local.is_some()) {
            return Err(usage(
                "--media keep leaves files where they are; say it alone".to_owned(),
            ));
        }
        if let Some(folders) = &mut local
            && folders.is_empty()
        {
            folders.extend(inputs.iter().filter(|input| input.is_dir()).cloned());
            if folders.is_empty() {
                return Err(usage(
                    "say in which folders to look: --media local FOLDER. A zip is unpacked first".to_owned(),
                ));
            }
        }
        Ok((downloads || local.is_some()).then_some((local, downloads)))
    }
}

fn usage(text: String) -> anyhow::Error {
    Usage(text).into()
}

/// `garden.jsonl` → `garden-media`.
fn beside(output: &Path) -> PathBuf {
    let name = match output.is_dir() || output.extension().is_none() {
        true => output.file_name(),
        false => output.file_stem(),
    };
    let mut name = name.unwrap_or_default().to_owned();
    name.push("-media");
    output.with_file_name(name)
}

/// A folder as a file beside it names it; whole, where it lies elsewhere.
fn relative(output: Option<&Path>, folder: &Path) -> String {
    let here = output.and_then(Path::parent).unwrap_or(Path::new(""));
    let within = folder.strip_prefix(here).ok().filter(|within| !within.is_absolute());
    let shown = within.unwrap_or(folder);
    let parts: Vec<_> = shown
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    match shown.is_absolute() {
        true => shown.display().to_string(),
        false => parts.join("/"),
    }
}
