//! A blog whose host stays on Blogger can answer no other way than by a script in its template: it says which address is
//! the right one now and goes there. The template is XML, so the script stands in a CDATA section.

use super::{About, Made, Redirect, encoded};

pub(super) fn write(redirects: &[Redirect], about: &About) -> Made {
    let base = about.new_url.as_deref().unwrap_or_default();
    let mut moved = serde_json::Map::new();
    for one in redirects.iter().filter(|one| one.from.query.is_none()) {
        let from = encoded(&one.from.path).to_ascii_lowercase();
        let to = one
            .to
            .strip_prefix(base)
            .filter(|_| !base.is_empty())
            .unwrap_or(&one.to);
        moved.insert(from, to.into());
    }
    let script = |value: String| {
        value
            .replace('<', "\\u003c")
            .replace("]]>", "]]\\u003e")
            .replace('&', "\\u0026")
    };
    let map = script(serde_json::Value::Object(moved).to_string());
    let site = script(serde_json::Value::from(base).to_string());
    let text = format!(
        "<script>//<![CDATA[\n\
         (function () {{\n\
         var site = {site};\n\
         var moved = {map};\n\
         var plain = function (path) {{ try {{ return encodeURI(decodeURI(path)).toLowerCase(); }} catch (e) {{ return path.toLowerCase(); }} }};\n\
         var known = {{}};\n\
         for (var path in moved) {{ known[plain(path)] = moved[path]; }}\n\
         var to = known[plain(location.pathname)];\n\
         if (!to) {{ return; }}\n\
         if (to.charAt(0) === '/') {{ to = site + to; }}\n\
         var link = document.createElement('link');\n\
         link.rel = 'canonical';\n\
         link.href = to;\n\
         document.head.appendChild(link);\n\
         location.replace(to + location.hash);\n\
         }})();\n\
         //]]></script>\n"
    );
    Made {
        text,
        left_out: redirects
            .iter()
            .filter(|one| one.from.query.is_some())
            .map(|one| one.from.path.clone())
            .collect(),
        limit: None,
    }
}
