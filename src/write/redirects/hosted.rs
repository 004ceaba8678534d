//! Hosts of static sites: Netlify and Cloudflare Pages (`_redirects`), Vercel (`vercel.json`).
//! <https://docs.netlify.com/routing/redirects/>, <https://developers.cloudflare.com/pages/configuration/redirects/>,
//! <https://vercel.com/docs/project-configuration#redirects>

use serde_json::{Value, json};

use super::{Made, Redirect, encoded};

/// Rules that Cloudflare Pages takes, and the longest.
const CLOUDFLARE: usize = 2000;
const CLOUDFLARE_LINE: usize = 1000;

/// Redirects that Vercel takes in its configuration.
const VERCEL: usize = 2048;

pub(super) fn netlify(redirects: &[Redirect]) -> Made {
    let mut text = String::new();
    for one in redirects {
        let from = path(&one.from.path);
        let query = one.from.query.as_ref();
        let query = query
            .map(|(name, value)| format!(" {name}={}", encoded(value)))
            .unwrap_or_default();
        // The mark makes it hold also where there is a file.
        text.push_str(&format!("{from}{query} {} 301!\n", one.to));
    }
    Made {
        text,
        left_out: Vec::new(),
        limit: None,
    }
}

pub(super) fn cloudflare(redirects: &[Redirect]) -> Made {
    let mut text = String::new();
    let mut left_out = Vec::new();
    let mut count = 0;
    for one in redirects {
        let line = format!("{} {} 301\n", path(&one.from.path), one.to);
        // It does not look at queries.
        if one.from.query.is_some() || line.len() > CLOUDFLARE_LINE {
            left_out.push(shown(one));
            continue;
        }
        text.push_str(&line);
        count += 1;
    }
    Made {
        text,
        left_out,
        limit: (count > CLOUDFLARE).then_some(CLOUDFLARE),
    }
}

pub(super) fn vercel(redirects: &[Redirect]) -> Made {
    let list: Vec<Value> = redirects
        .iter()
        .map(|one| {
            let mut redirect = json!({
                "source": pattern(&one.from.path),
                "destination": one.to,
                "statusCode": 301,
            });
            if let (Some((name, value)), Some(object)) = (&one.from.query, redirect.as_object_mut()) {
                object.insert(
                    "has".to_owned(),
                    json!([{ "type": "query", "key": name, "value": value }]),
                );
            }
            redirect
        })
        .collect();
    let count = list.len();
    let mut text = serde_json::to_string_pretty(&json!({ "redirects": list })).unwrap_or_default();
    text.push('\n');
    Made {
        text,
        left_out: Vec::new(),
        limit: (count > VERCEL).then_some(VERCEL),
    }
}

fn shown(one: &Redirect) -> String {
    match &one.from.query {
        Some((name, value)) => format!("{}?{name}={value}", one.from.path),
        None => one.from.path.clone(),
    }
}

/// A path in which neither `*` nor `:name` is a place to fill in.
fn path(path: &str) -> String {
    encoded(path).replace(':', "%3A")
}

/// A path in which nothing is a pattern to Vercel.
fn pattern(path: &str) -> String {
    let mut out = String::new();
    for c in encoded(path).chars() {
        if matches!(c, '(' | ')' | ':' | '+' | '.' | '!' | '=' | '@' | ';' | ',' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
