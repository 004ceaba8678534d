//! What `convert` takes for Markdown alone.

use clap::ValueEnum;

use blogark::html::RawHtml;
use blogark::plan::markdown::{BadFileName, FileName, Layout, Slugs};
use blogark::write::markdown::{CommentsAs, Flavor, FrontMatter, Options, Permalinks, Value};

use super::link_args::LinkArgs;

#[derive(clap::Args)]
pub(crate) struct MarkdownArgs {
    /// Markdown: for which site generator; -o is the folder of the site
    #[arg(long, value_enum, value_name = "NAME")]
    flavor: Option<FlavorArg>,
    /// Markdown: where comments go; data for hugo and jekyll, else section
    #[arg(long, value_enum, value_name = "WHERE")]
    comments: Option<CommentsArg>,
    /// Markdown: what becomes of the old addresses
    #[arg(long, value_enum, value_name = "WHAT", default_value = "keep")]
    permalinks: PermalinksArg,
    /// Markdown: what becomes of letters that are not Latin, in slugs and names of files
    #[arg(long, value_enum, value_name = "WHAT", default_value = "keep")]
    slugs: SlugsArg,
    /// Markdown: how the folder of posts is divided
    #[arg(long, value_enum, value_name = "HOW", default_value = "flat")]
    layout: LayoutArg,
    /// Markdown: names of posts' files, of {date}, {year}, {month}, {day}, {slug} and {id}
    #[arg(long, value_name = "TEMPLATE", default_value = "{date}-{slug}", value_parser = file_name)]
    file_name: FileName,
    /// Markdown: the form of the front matter; as the generator has it, where it is left out
    #[arg(long, value_enum, value_name = "FORM")]
    front_matter: Option<FrontMatterArg>,
    /// Markdown: give a field of the front matter another name (date=pubDate); may be given several times
    #[arg(long, value_name = "OLD=NEW", value_parser = renaming)]
    rename_field: Vec<(String, String)>,
    /// Markdown: give every post a field (layout=post); true, false and numbers are such, "12" is text; may be given
    /// several times
    #[arg(long, value_name = "FIELD=VALUE", value_parser = constant)]
    set: Vec<(String, Value<'static>)>,
    /// Markdown: what becomes of things that it cannot say
    #[arg(long, value_enum, value_name = "WHAT", default_value = "minimal")]
    html: HtmlArg,
    #[command(flatten)]
    links: LinkArgs,
    /// Markdown: replace also files that were changed by hand since the last run
    #[arg(long)]
    overwrite: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FlavorArg {
    /// None in particular
    Plain,
    /// Hugo
    Hugo,
    /// Jekyll
    Jekyll,
    /// Zola
    Zola,
    /// Eleventy
    Eleventy,
    /// Astro
    Astro,
    /// Pelican
    Pelican,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CommentsArg {
    /// As a section at the end of their post
    Section,
    /// As data: for hugo and jekyll a YAML file a comment, with templates that show them; else a JSON file a post
    Data,
    /// Nowhere
    None,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PermalinksArg {
    /// They stay the posts' addresses
    Keep,
    /// The generator makes new ones, and the old ones lead there
    Redirect,
    /// The generator makes new ones
    None,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SlugsArg {
    /// They stay
    Keep,
    /// They are written in Latin letters
    Transliterate,
    /// They are percent-encoded
    Encode,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LayoutArg {
    /// All files side by side
    Flat,
    /// A folder a year
    Year,
    /// A folder a year, a folder a month in it
    YearMonth,
    /// A folder a post, its file is index.md
    Bundle,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FrontMatterArg {
    /// YAML
    Yaml,
    /// TOML
    Toml,
    /// JSON
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HtmlArg {
    /// The smallest possible HTML
    Minimal,
    /// The nearest plain form: a link for a film
    None,
}

fn file_name(template: &str) -> Result<FileName, BadFileName> {
    template.parse()
}

fn pair(text: &str) -> Result<(&str, &str), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.trim().is_empty());
    pair.map(|(name, value)| (name.trim(), value))
        .ok_or_else(|| "a name, =, and what it becomes: date=pubDate".to_owned())
}

fn renaming(text: &str) -> Result<(String, String), String> {
    let (old, new) = pair(text)?;
    Ok((old.to_owned(), new.trim().to_owned()))
}

fn constant(text: &str) -> Result<(String, Value<'static>), String> {
    let (name, value) = pair(text)?;
    Ok((name.to_owned(), Value::meant_by(value).into_owned()))
}

impl MarkdownArgs {
    /// What is asked of links and old addresses.
    pub(crate) fn links(&self) -> &LinkArgs {
        &self.links
    }

    /// A flavour is named, so Markdown is meant.
    pub(crate) fn names_a_flavor(&self) -> bool {
        self.flavor.is_some()
    }

    /// No comments are wanted.
    pub(crate) fn leaves_comments_out(&self) -> bool {
        self.comments == Some(CommentsArg::None)
    }

    /// The same as the library has it.
    pub(crate) fn options(&self) -> Options {
        Options {
            flavor: match self.flavor {
                None | Some(FlavorArg::Plain) => Flavor::Plain,
                Some(FlavorArg::Hugo) => Flavor::Hugo,
                Some(FlavorArg::Jekyll) => Flavor::Jekyll,
                Some(FlavorArg::Zola) => Flavor::Zola,
                Some(FlavorArg::Eleventy) => Flavor::Eleventy,
                Some(FlavorArg::Astro) => Flavor::Astro,
                Some(FlavorArg::Pelican) => Flavor::Pelican,
            },
            comments: self.comments.map(|comments| match comments {
                CommentsArg::Section => CommentsAs::Section,
                CommentsArg::Data => CommentsAs::Data,
                CommentsArg::None => CommentsAs::None,
            }),
            permalinks: match self.permalinks {
                PermalinksArg::Keep => Permalinks::Keep,
                PermalinksArg::Redirect => Permalinks::Redirect,
                PermalinksArg::None => Permalinks::None,
            },
            slugs: match self.slugs {
                SlugsArg::Keep => Slugs::Keep,
                SlugsArg::Transliterate => Slugs::Transliterate,
                SlugsArg::Encode => Slugs::Encode,
            },
            layout: match self.layout {
                LayoutArg::Flat => Layout::Flat,
                LayoutArg::Year => Layout::Year,
                LayoutArg::YearMonth => Layout::YearMonth,
                LayoutArg::Bundle => Layout::Bundle,
            },
            file_name: self.file_name.clone(),
            front_matter: self.front_matter.map(|form| match form {
                FrontMatterArg::Yaml => FrontMatter::Yaml,
                FrontMatterArg::Toml => FrontMatter::Toml,
                FrontMatterArg::Json => FrontMatter::Json,
            }),
            renamed: self.rename_field.clone(),
            constants: self.set.clone(),
            html: match self.html {
                HtmlArg::Minimal => RawHtml::Minimal,
                HtmlArg::None => RawHtml::None,
            },
            links: self.links.links(),
            missing_links: self.links.missing(),
            new_url: self.links.new_url.clone(),
            redirects: self.links.redirects(),
            overwrite: self.overwrite,
        }
    }
}
