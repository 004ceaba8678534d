//! What the files of all posts come to: the folder that they lie in, what belongs to no post, what there is to say.

use std::collections::{BTreeSet, HashSet};

use super::flavor::When;
use super::{Options, Rendered};
use crate::ledger::{Notice, NoticeCode, Reason};
use crate::media::Library;
use crate::write::folder::{Folder, Put};
use crate::write::manifest::Owner;
use crate::write::{WriteError, Written};

/// What there is to do and to say once all posts are written.
#[derive(Default)]
pub(super) struct Site {
    /// Folders of blogs.
    bases: BTreeSet<String>,
    /// Those of blogs that have comments as data.
    with_data: BTreeSet<String>,
    found: Vec<When>,
    renamed: Vec<bool>,
    /// Paths of files that are there already.
    placed: HashSet<String>,
}

impl Site {
    /// Puts a post's files into the folder and counts them.
    pub(super) fn put(
        &mut self,
        folder: &mut Folder,
        rendered: Rendered,
        library: Option<&Library>,
        written: &mut Written<'_>,
    ) -> Result<(), WriteError> {
        for notice in &rendered.notices {
            written.notice(notice);
        }
        for when in rendered.found {
            if !self.found.contains(&when) {
                self.found.push(when);
            }
        }
        if self.renamed.is_empty() {
            self.renamed.clone_from(&rendered.renamed);
        }
        for (all, one) in self.renamed.iter_mut().zip(rendered.renamed) {
            *all |= one;
        }
        let (blog, post) = &rendered.post;
        let kept = |path: &str| {
            Notice::new(
                NoticeCode::FileKept,
                format!("{path} was changed since blogark wrote it, or is not its own; it was left as it is. --overwrite replaces it."),
            )
            .about_post(blog, post)
        };
        let owner = Owner::post(blog, post);
        let (path, text) = &rendered.file;
        if folder.put(path, text.as_bytes(), Some(&owner))? == Put::Kept {
            written.notice(&kept(path));
            written.ledger.posts.leave_out(Reason::FileKept, 1);
            written
                .ledger
                .comments
                .leave_out(Reason::FileKept, rendered.comments_inside);
        } else {
            written.post(rendered.comments_inside);
        }
        if let Some(address) = &rendered.address {
            folder.address(&rendered.base, path, address)?;
        }
        if !rendered.comments.is_empty() {
            self.with_data.insert(rendered.base.clone());
        }
        for (path, bytes, count) in &rendered.comments {
            if folder.put(path, bytes, Some(&owner))? == Put::Kept {
                written.notice(&kept(path));
                written.ledger.comments.leave_out(Reason::FileKept, *count);
            } else {
                written.ledger.comments.written += count;
            }
        }
        for (number, placed) in &rendered.files {
            let path = &placed.path;
            let Some(held) = library.and_then(|library| library.files().get(*number)) else {
                continue;
            };
            if !self.placed.insert(path.clone()) {
                continue;
            }
            if folder.put_file(path, held, Some(&owner).filter(|_| placed.is_own))? == Put::Kept {
                written.notice(&kept(path));
            }
            if let Some(served) = &placed.served {
                folder.address(&rendered.base, path, served)?;
            }
        }
        self.bases.insert(rendered.base);
        Ok(())
    }

    /// Writes what belongs to no post, and says what has to be done with the folder.
    pub(super) fn finish(
        self,
        folder: &mut Folder,
        options: &Options,
        written: &mut Written<'_>,
    ) -> Result<(), WriteError> {
        let rules = options.flavor.rules();
        let sections = self
            .bases
            .iter()
            .flat_map(|base| rules.sections.iter().map(move |f| (base, f)));
        let is_data = rules.comment_data.is_some();
        let with_data = self.with_data.iter().filter(|_| is_data);
        let templates = with_data.flat_map(|base| rules.templates.iter().map(move |f| (base, f)));
        for (base, (path, text)) in sections.chain(templates) {
            let path = format!("{base}{path}");
            if folder.put(&path, text.as_bytes(), None)? == Put::Kept {
                // It is there to be changed.
                written.hint(format!("{path} is yours, and was left as it is."));
            }
        }
        for (when, hint) in rules.hints {
            if self.found.contains(when) {
                written.hint((*hint).to_owned());
            }
        }
        let unknown = options
            .renamed
            .iter()
            .zip(&self.renamed)
            .filter(|(_, is_found)| !**is_found);
        for ((old, _), _) in unknown {
            written.hint(format!("No post had a field {old}, so --rename-field changed none."));
        }
        Ok(())
    }
}
