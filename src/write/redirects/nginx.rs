//! nginx: a `map` from `$uri`, which is decoded, without its query, and compared without regard to capitals.
//! <https://nginx.org/en/docs/http/ngx_http_map_module.html>

use super::{About, Made, Redirect, head};

pub(super) fn write(redirects: &[Redirect], about: &About) -> Made {
    let name = match about.name.as_str() {
        "" => "blogark".to_owned(),
        own => format!("blogark_{own}"),
    };
    let hint = format!("    if (${name}_moved) {{ return 301 ${name}_moved; }}");
    let mut text = head(
        about,
        &[
            "Include this file in the http block. Into the server block of the old host:",
            &hint,
        ],
    );
    let longest = redirects
        .iter()
        .map(|one| one.from.path.len().max(one.to.len()))
        .max()
        .unwrap_or(0);
    let buckets = (longest + 40).next_power_of_two().max(128);
    let size = (redirects.len() * 2).next_power_of_two().max(2048);
    text.push_str(&format!(
        "map_hash_bucket_size {buckets};\nmap_hash_max_size {size};\n\n"
    ));
    let mut left_out = Vec::new();
    let mut map = |source: &str, variable: &str, with_query: bool| {
        let mut block = format!("map {source} ${variable} {{\n    default \"\";\n");
        for one in redirects.iter().filter(|one| one.from.query.is_some() == with_query) {
            if one.from.path.chars().any(char::is_control) {
                left_out.push(one.from.path.clone());
                continue;
            }
            let mut key = quoted_inside(&one.from.path);
            if let Some((_, value)) = &one.from.query {
                key.push('?');
                key.push_str(&quoted_inside(value));
            }
            block.push_str(&format!("    \"{key}\" \"{}\";\n", one.to));
        }
        block.push_str("}\n");
        block
    };
    let paths = map("$uri", &format!("{name}_path"), false);
    let queries = map("\"$uri?$arg_p$arg_page_id\"", &format!("{name}_query"), true);
    text.push_str(&paths);
    text.push_str(&queries);
    text.push_str(&format!(
        "map ${name}_query ${name}_moved {{\n    default ${name}_query;\n    \"\" ${name}_path;\n}}\n"
    ));
    Made {
        text,
        left_out,
        limit: None,
    }
}

fn quoted_inside(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
