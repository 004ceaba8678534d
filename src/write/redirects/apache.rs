//! Apache: `RewriteRule`s, which see the path decoded, in `.htaccess` without its first slash.
//! <https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html>

use super::{About, Made, Redirect, head};

pub(super) fn write(redirects: &[Redirect], about: &About) -> Made {
    let mut text = head(
        about,
        &["For the .htaccess in the old host's folder, or for its <VirtualHost>; needs mod_rewrite."],
    );
    text.push_str("RewriteEngine On\n");
    let mut left_out = Vec::new();
    // A rule with a query first: the path alone would mean another page.
    let (with_query, plain): (Vec<_>, Vec<_>) = redirects.iter().partition(|one| one.from.query.is_some());
    for one in with_query.into_iter().chain(plain) {
        let path = &one.from.path;
        if path.chars().any(char::is_control) {
            left_out.push(path.clone());
            continue;
        }
        if let Some((name, value)) = &one.from.query {
            let value = pattern(value);
            text.push_str(&format!(
                "RewriteCond %{{QUERY_STRING}} \"(?:^|&){name}={value}(?:&|$)\"\n"
            ));
        }
        let inside = pattern(path.trim_matches('/'));
        let end = if inside.is_empty() { "" } else { "/?" };
        // `%1` and `$1` would be what a pattern found.
        let to = one.to.replace('%', "\\%").replace('$', "\\$");
        text.push_str(&format!(
            "RewriteRule \"^/?{inside}{end}$\" \"{to}\" [R=301,L,NE,QSD]\n"
        ));
    }
    Made {
        text,
        left_out,
        limit: None,
    }
}

/// A text as a regular expression between quotation marks of a configuration file, in which `\"` and `\\` are read first.
fn pattern(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\\\\\"),
            '"' => out.push_str("\\\""),
            '.' | '^' | '$' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_path_is_a_pattern() {
        assert_eq!(pattern("a.b (c) $1 \"d\" \\"), "a\\.b \\(c\\) \\$1 \\\"d\\\" \\\\\\\\");
    }
}
