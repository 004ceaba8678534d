//! Redirects from the old addresses to the new ones, a file for each kind of server: each escapes as its server reads.

mod apache;
mod blogger;
mod caddy;
mod encode;
mod hosted;
pub(crate) mod list;
mod nginx;
mod table;

use crate::ledger::{Notice, NoticeCode};
use crate::plan::addresses::OldAddress;
use crate::write::Written;

pub use encode::{encoded, encoded_address};

/// For which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// nginx: `map`.
    Nginx,
    /// Apache: `RewriteRule`, for `.htaccess` or a virtual host.
    Apache,
    /// Caddy: `map` and `redir`.
    Caddy,
    /// Netlify's `_redirects`.
    Netlify,
    /// The `_redirects` of Cloudflare Pages.
    Cloudflare,
    /// Vercel's `vercel.json`.
    Vercel,
    /// A table: old address, new address, status.
    Csv,
    /// A table that the WordPress plugin Redirection imports.
    WordPress,
    /// A piece of template for a blog that stays on Blogger.
    Blogger,
}

/// One redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The old address.
    pub from: OldAddress,
    /// The new one, percent-encoded: whole, or a path where the host stays.
    pub to: String,
}

/// What the redirects of a blog have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The hosts of the old blog.
    pub hosts: Vec<String>,
    /// Tells the names in the file from those of other blogs; empty where there is one blog.
    pub name: String,
    /// The new site's address without the slash at its end, where it is known.
    pub new_url: Option<String>,
}

/// A file of redirects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its text.
    pub text: String,
    /// Old addresses that the form cannot say.
    pub left_out: Vec<String>,
    /// More redirects than the server takes: how many it does.
    pub limit: Option<usize>,
}

impl Made {
    /// Says what there is to do with the file at `path`, and what is not in it of `count` redirects.
    pub(super) fn tell(&self, form: Form, path: &str, count: usize, written: &mut Written<'_>) {
        written.hint(format!(
            "{path} has {} redirects: {}",
            count - self.left_out.len(),
            form.hint()
        ));
        if let Some(limit) = self.limit {
            written.hint(format!(
                "{path} has more redirects than the {limit} that are taken there."
            ));
        }
        for address in &self.left_out {
            written.notice(&Notice::new(
                NoticeCode::FieldNotCarried,
                format!("{path} has no redirect for {address}: there is no way to say it."),
            ));
        }
    }
}

impl Form {
    /// All of them.
    pub const ALL: &[Form] = &[
        Form::Nginx,
        Form::Apache,
        Form::Caddy,
        Form::Netlify,
        Form::Cloudflare,
        Form::Vercel,
        Form::Csv,
        Form::WordPress,
        Form::Blogger,
    ];

    /// The name of its file, in the folder of redirects.
    pub fn file(self) -> &'static str {
        match self {
            Form::Nginx => "nginx.conf",
            Form::Apache => "apache.htaccess",
            Form::Caddy => "Caddyfile",
            Form::Netlify => "netlify/_redirects",
            Form::Cloudflare => "cloudflare/_redirects",
            Form::Vercel => "vercel.json",
            Form::Csv => "redirects.csv",
            Form::WordPress => "wordpress-redirection.csv",
            Form::Blogger => "blogger-template.html",
        }
    }

    /// What there is to do with it, in a sentence.
    pub fn hint(self) -> &'static str {
        match self {
            Form::Nginx => {
                "include nginx.conf in the http block; if ($blogark_moved) { return 301 $blogark_moved; } goes into the server block of the old host."
            }
            Form::Apache => "apache.htaccess is the .htaccess of the old host's folder, or a part of its virtual host.",
            Form::Caddy => "import the Caddyfile in the block of the old host.",
            Form::Netlify => "put netlify/_redirects into the folder that is published.",
            Form::Cloudflare => "put cloudflare/_redirects into the folder that is published.",
            Form::Vercel => "put vercel.json beside the site's sources, or its redirects into yours.",
            Form::Csv => "redirects.csv is a table for whatever else there is.",
            Form::WordPress => "Tools, Redirection, Import/Export takes wordpress-redirection.csv.",
            Form::Blogger => "paste blogger-template.html into the blog's theme (Edit HTML), below <head>.",
        }
    }

    /// The new site's whole address is needed.
    pub fn needs_new_url(self) -> bool {
        self == Form::Blogger
    }

    /// The text of the file.
    pub fn write(self, redirects: &[Redirect], about: &About) -> Made {
        match self {
            Form::Nginx => nginx::write(redirects, about),
            Form::Apache => apache::write(redirects, about),
            Form::Caddy => caddy::write(redirects, about),
            Form::Netlify => hosted::netlify(redirects),
            Form::Cloudflare => hosted::cloudflare(redirects),
            Form::Vercel => hosted::vercel(redirects),
            Form::Csv => table::plain(redirects, about),
            Form::WordPress => table::redirection(redirects),
            Form::Blogger => blogger::write(redirects, about),
        }
    }
}

/// The first lines of a file that a person reads.
fn head(about: &About, what_to_do: &[&str]) -> String {
    let mut text = String::from("# Redirects from the old addresses");
    if !about.hosts.is_empty() {
        text.push_str(" of ");
        text.push_str(&about.hosts.join(", "));
    }
    text.push_str(".\n");
    for line in what_to_do {
        text.push_str("# ");
        text.push_str(line);
        text.push('\n');
    }
    text
}
