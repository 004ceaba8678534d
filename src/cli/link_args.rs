//! What `convert` takes for links and old addresses, of Markdown and of WordPress files.

use clap::ValueEnum;

use blogark::shape::links::MissingLinks;
use blogark::write::markdown::Links;
use blogark::write::redirects::Form;
use blogark::write::wxr::{NewSite, Permalinks};

#[derive(clap::Args)]
pub(crate) struct LinkArgs {
    /// Markdown: what becomes of links to posts and labels of the same blog
    #[arg(long, value_enum, value_name = "WHAT", default_value = "rewrite")]
    links: LinksArg,
    /// Markdown, WXR with --new-url: what becomes of links to posts of the same blog that are not there
    #[arg(long, value_enum, value_name = "WHAT", default_value = "keep")]
    missing_links: MissingLinksArg,
    /// Address of the new site's front page. Redirects lead there. Markdown: links have its folder, where it has one.
    /// WXR: links lead there; without it they stay as they are
    #[arg(long, value_name = "URL", value_parser = site_address)]
    pub(crate) new_url: Option<String>,
    /// WXR with --new-url: the structure of permalinks in the settings of WordPress
    #[arg(long, value_name = "STRUCTURE", default_value = "/%year%/%monthnum%/%postname%.html")]
    wp_permalinks: Permalinks,
    /// Markdown with --flavor, WXR with --new-url: write redirects from the old addresses, for these servers
    #[arg(long, value_enum, value_name = "SERVER", value_delimiter = ',')]
    redirects: Vec<RedirectsArg>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LinksArg {
    /// They lead to the new site; with the plain flavour, to the files
    Rewrite,
    /// They stay as they are
    Keep,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MissingLinksArg {
    /// They stay as they are
    Keep,
    /// They lead to the Wayback Machine's copy
    Wayback,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RedirectsArg {
    /// nginx
    Nginx,
    /// Apache
    Apache,
    /// Caddy
    Caddy,
    /// Netlify
    Netlify,
    /// Cloudflare Pages
    Cloudflare,
    /// Vercel
    Vercel,
    /// A table
    Csv,
    /// The WordPress plugin Redirection
    Wordpress,
    /// A piece of template for a blog that stays on Blogger
    Blogger,
}

impl RedirectsArg {
    fn form(self) -> Form {
        match self {
            RedirectsArg::Nginx => Form::Nginx,
            RedirectsArg::Apache => Form::Apache,
            RedirectsArg::Caddy => Form::Caddy,
            RedirectsArg::Netlify => Form::Netlify,
            RedirectsArg::Cloudflare => Form::Cloudflare,
            RedirectsArg::Vercel => Form::Vercel,
            RedirectsArg::Csv => Form::Csv,
            RedirectsArg::Wordpress => Form::WordPress,
            RedirectsArg::Blogger => Form::Blogger,
        }
    }
}

/// The address of a front page: http or https, a host, perhaps a folder.
fn site_address(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let is_plain = !text.contains(['?', '#', '"', '\\', '<', '>']) && !text.contains(char::is_whitespace);
    if host.is_empty() || !is_plain {
        return Err(
            "the address of the front page, as in https://garden.example or https://nell.example/garden/".to_owned(),
        );
    }
    Ok(text.trim_end_matches('/').to_owned())
}

impl LinkArgs {
    pub(crate) fn links(&self) -> Links {
        match self.links {
            LinksArg::Rewrite => Links::Rewrite,
            LinksArg::Keep => Links::Keep,
        }
    }

    pub(crate) fn missing(&self) -> MissingLinks {
        match self.missing_links {
            MissingLinksArg::Keep => MissingLinks::Keep,
            MissingLinksArg::Wayback => MissingLinks::Wayback,
        }
    }

    pub(crate) fn redirects(&self) -> Vec<Form> {
        self.redirects.iter().map(|server| server.form()).collect()
    }

    /// The site that a WordPress file is for, where it is known.
    pub(crate) fn new_site(&self) -> Option<NewSite<'_>> {
        self.new_url.as_deref().map(|url| NewSite {
            url,
            permalinks: &self.wp_permalinks,
            takes_links: self.links == LinksArg::Rewrite,
            missing: self.missing(),
        })
    }
}
