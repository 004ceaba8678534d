//! What may be asked of a folder of Markdown.

use super::flavor::Flavor;
use super::front_matter::{Format, Value};
use crate::html::RawHtml;
use crate::plan::markdown::{FileName, Layout, Naming, Slugs};
use crate::shape::links::MissingLinks;
use crate::write::redirects;

/// Where comments go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommentsAs {
    /// As a section at the end of their post.
    #[default]
    Section,
    /// As data: where the flavour has a place for it, a YAML file for each comment, with templates that show them; else a
    /// JSON file for each post, in the folder `comments`.
    Data,
    /// Nowhere.
    None,
}

/// What becomes of the addresses at which posts were published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permalinks {
    /// They stay the posts' addresses.
    #[default]
    Keep,
    /// The generator makes new ones, and the old ones lead there.
    Redirect,
    /// The generator makes new ones, and the old ones are not mentioned.
    None,
}

/// What becomes of links to places of the same blog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// They lead to the same places of the new site; where no site is made, to the files.
    #[default]
    Rewrite,
    /// They stay as they are.
    Keep,
}

/// In which form front matter is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontMatter {
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

/// How the folder is written.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// For which program.
    pub flavor: Flavor,
    /// Where comments go; as the flavour has it, where nothing is said.
    pub comments: Option<CommentsAs>,
    /// What becomes of old addresses.
    pub permalinks: Permalinks,
    /// What becomes of letters that are not Latin.
    pub slugs: Slugs,
    /// How the folder of posts is divided.
    pub layout: Layout,
    /// How posts' files are named.
    pub file_name: FileName,
    /// The form of the front matter; as the flavour has it, where nothing is said.
    pub front_matter: Option<FrontMatter>,
    /// Fields of the front matter that get another name, old and new.
    pub renamed: Vec<(String, String)>,
    /// Fields that every post gets.
    pub constants: Vec<(String, Value<'static>)>,
    /// What becomes of things that Markdown cannot say.
    pub html: RawHtml,
    /// What becomes of links to places of the same blog.
    pub links: Links,
    /// What becomes of links to posts that are not there.
    pub missing_links: MissingLinks,
    /// The address of the new site's front page, if it is known.
    pub new_url: Option<String>,
    /// For which servers redirects from the old addresses are written.
    pub redirects: Vec<redirects::Form>,
    /// Files that a person changed since the last run are replaced.
    pub overwrite: bool,
}

/// Options that do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOptions {
    /// The generator does not read front matter of this form.
    #[error("{flavor} does not read {form} front matter; it reads {known}")]
    FrontMatter {
        /// The flavour.
        flavor: &'static str,
        /// What was asked for.
        form: &'static str,
        /// What it reads.
        known: String,
    },
    /// The generator does not look into folders of posts.
    #[error("{0} takes no post from a folder of its own; say another --layout")]
    Bundle(&'static str),
    /// The generator wants the date at the beginning of the names.
    #[error("{0} knows a post by the date that its name begins with: a --file-name for it begins with {{date}}-")]
    Date(&'static str),
    /// Redirects lead to a site, and there is none.
    #[error("redirects lead to the addresses of a site: say which generator makes it with --flavor")]
    NoSite,
    /// The new site's address must be known.
    #[error("redirects for Blogger's template lead to another host: say which with --new-url")]
    NewUrl,
    /// A name that no form of front matter takes.
    #[error(
        "{0:?} is no name of a field; letters, digits, hyphens and underscores make one, and a dot puts it into a table"
    )]
    Field(String),
}

impl Options {
    /// Whether the options go together.
    ///
    /// # Errors
    /// When the flavour's generator would not understand what they ask for.
    pub fn check(&self) -> Result<(), BadOptions> {
        let rules = self.flavor.rules();
        if let Some(asked) = self.front_matter
            && self.form_of(asked).is_none()
        {
            let known: Vec<&str> = rules.formats.iter().map(|f| form_name(*f)).collect();
            return Err(BadOptions::FrontMatter {
                flavor: rules.name,
                form: match asked {
                    FrontMatter::Yaml => "YAML",
                    FrontMatter::Toml => "TOML",
                    FrontMatter::Json => "JSON",
                },
                known: known.join(" and "),
            });
        }
        if self.layout == Layout::Bundle && !rules.has_bundles {
            return Err(BadOptions::Bundle(rules.name));
        }
        if rules.is_named_by_date && !self.file_name.begins_with_date() {
            return Err(BadOptions::Date(rules.name));
        }
        if !self.redirects.is_empty() && rules.own_address.is_none() {
            return Err(BadOptions::NoSite);
        }
        if self.new_url.is_none() && self.redirects.iter().any(|form| form.needs_new_url()) {
            return Err(BadOptions::NewUrl);
        }
        let names = self.renamed.iter().map(|(_, new)| new);
        let mut names = names.chain(self.constants.iter().map(|(name, _)| name));
        match names.find(|name| !is_field_name(name)) {
            Some(bad) => Err(BadOptions::Field(bad.clone())),
            None => Ok(()),
        }
    }

    fn form_of(&self, asked: FrontMatter) -> Option<Format> {
        let is_asked = |form: &&Format| match asked {
            FrontMatter::Yaml => **form == Format::Yaml,
            FrontMatter::Toml => **form == Format::Toml,
            FrontMatter::Json => matches!(form, Format::Json | Format::FencedJson),
        };
        self.flavor.rules().formats.iter().find(is_asked).copied()
    }

    /// The form of the front matter.
    pub(super) fn format(&self) -> Format {
        let own = self.flavor.rules().formats.first().copied();
        self.front_matter
            .and_then(|asked| self.form_of(asked))
            .or(own)
            .unwrap_or(Format::Yaml)
    }

    /// Where comments go.
    pub(super) fn comments(&self) -> CommentsAs {
        self.comments.unwrap_or(self.flavor.rules().comments)
    }

    pub(super) fn naming(&self) -> Naming {
        let rules = self.flavor.rules();
        Naming {
            posts: rules.posts,
            pages: rules.pages,
            drafts: rules.drafts,
            layout: self.layout,
            file_name: self.file_name.clone(),
            slugs: self.slugs,
            has_distinct_slugs: self.flavor != Flavor::Plain,
            needs_day: rules.is_named_by_date,
            keeps_paths: self.permalinks == Permalinks::Keep,
            own_address: rules.own_address,
        }
    }
}

fn form_name(form: Format) -> &'static str {
    match form {
        Format::Yaml => "YAML",
        Format::Toml => "TOML",
        Format::Json | Format::FencedJson => "JSON",
        Format::Pelican => "bare `Key: value` lines",
    }
}

fn is_field_name(name: &str) -> bool {
    let is_part = |part: &str| {
        part.chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
            && !part.is_empty()
    };
    name.split('.').count() <= 2 && name.split('.').all(is_part)
}
