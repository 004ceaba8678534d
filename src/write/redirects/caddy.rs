//! Caddy: `map` from `{path}`, which is decoded, and a `redir` where it found something.
//! <https://caddyserver.com/docs/caddyfile/directives/map>

use super::{About, Made, Redirect, head};

pub(super) fn write(redirects: &[Redirect], about: &About) -> Made {
    let name = match about.name.as_str() {
        "" => "blogark".to_owned(),
        own => format!("blogark_{own}"),
    };
    let mut text = head(about, &["In the block of the old host: import this file."]);
    let mut left_out = Vec::new();
    let mut map = |source: &str, variable: &str, with_query: bool| {
        let mut block = format!("map {source} {{{variable}}} {{\n");
        for one in redirects.iter().filter(|one| one.from.query.is_some() == with_query) {
            let path = &one.from.path;
            // Braces are places to fill in and backslashes take marks away; there is no way to write one that does not.
            if path.contains(['{', '}', '\\']) || path.chars().any(char::is_control) {
                left_out.push(path.clone());
                continue;
            }
            let mut key = quoted_inside(path);
            if let Some((_, value)) = &one.from.query {
                key.push('?');
                key.push_str(&quoted_inside(value));
            }
            block.push_str(&format!("\t\"{key}\" \"{}\"\n", one.to));
        }
        block.push_str("\tdefault \"\"\n}\n");
        block
    };
    let paths = map("{path}", &format!("{name}_path"), false);
    text.push_str(&paths);
    let has_queries = redirects.iter().any(|one| one.from.query.is_some());
    let mut moved = vec![format!("{name}_path")];
    if has_queries {
        let queries = map("\"{path}?{query.p}{query.page_id}\"", &format!("{name}_query"), true);
        text.push_str(&queries);
        moved.insert(0, format!("{name}_query"));
    }
    for variable in moved {
        text.push_str(&format!(
            "@{variable} expression `{{{variable}}} != \"\"`\nredir @{variable} {{{variable}}} 301\n"
        ));
    }
    Made {
        text,
        left_out,
        limit: None,
    }
}

/// Between quotation marks only they need a backslash.
fn quoted_inside(text: &str) -> String {
    text.replace('"', "\\\"")
}
