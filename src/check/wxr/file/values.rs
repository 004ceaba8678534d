//! What a walk over a file holds: the open elements, the value that is being read, the fields of what is smaller than an
//! item.

/// Names of the open elements, one behind the other in one string.
#[derive(Default)]
pub(super) struct Open {
    names: String,
    starts: Vec<usize>,
}

impl Open {
    /// None, with room for as many as there are in a file of WordPress.
    pub(super) fn with_room() -> Open {
        Open {
            names: String::with_capacity(128),
            starts: Vec::with_capacity(8),
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn push(&mut self, name: &str) {
        self.starts.push(self.names.len());
        self.names.push_str(name);
    }

    pub(super) fn pop(&mut self) {
        if let Some(start) = self.starts.pop() {
            self.names.truncate(start);
        }
    }

    /// The innermost element; empty where there is none.
    pub(super) fn last(&self) -> &str {
        let start = self.starts.last().copied().unwrap_or_default();
        self.names.get(start..).unwrap_or_default()
    }

    /// The one around it; empty where there is none.
    pub(super) fn parent(&self) -> &str {
        let [.., from, to] = *self.starts.as_slice() else {
            return "";
        };
        self.names.get(from..to).unwrap_or_default()
    }
}

/// A value as it is read.
#[derive(Default)]
pub(in crate::check::wxr) struct Value {
    pub(in crate::check::wxr) text: String,
    /// Part of it stood in CDATA.
    pub(in crate::check::wxr) cdata: bool,
    /// Part of it stood outside.
    pub(in crate::check::wxr) bare: bool,
    /// White space stood between the tag and the CDATA.
    pub(in crate::check::wxr) padded: bool,
    /// A reference stood outside CDATA.
    pub(in crate::check::wxr) references: bool,
    /// The element closed itself.
    pub(in crate::check::wxr) closed_itself: bool,
}

impl Value {
    /// An empty one; what it asked for of memory stays with it.
    pub(super) fn clear(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        *self = Value {
            text,
            ..Value::default()
        };
    }
}

/// The fields of an author, a term or a meta value.
#[derive(Default)]
pub(super) struct Group {
    fields: Vec<(&'static str, String)>,
    /// How many of them are of this group. Those behind were of earlier ones: a comment has three hidden fields or more, which
    /// take their memory one after the other.
    count: usize,
}

/// Those that are looked at.
const GROUP_FIELDS: [&str; 15] = [
    "wp:meta_key",
    "wp:meta_value",
    "wp:author_login",
    "wp:author_email",
    "wp:author_display_name",
    "wp:category_nicename",
    "wp:cat_name",
    "wp:category_parent",
    "wp:tag_slug",
    "wp:tag_name",
    "wp:tag_parent",
    "wp:term_taxonomy",
    "wp:term_slug",
    "wp:term_name",
    "wp:term_parent",
];

impl Group {
    pub(super) fn get(&self, name: &str) -> &str {
        let mut own = self.fields.iter().take(self.count);
        own.find(|(n, _)| *n == name).map_or("", |(_, v)| v)
    }

    pub(super) fn put(&mut self, name: &str, value: &str) {
        if let Some(name) = GROUP_FIELDS.into_iter().find(|known| *known == name) {
            match self.fields.get_mut(self.count) {
                Some((place, own)) => {
                    *place = name;
                    value.clone_into(own);
                }
                None => self.fields.push((name, value.to_owned())),
            }
            self.count += 1;
        }
    }

    /// Begins another.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }
}
