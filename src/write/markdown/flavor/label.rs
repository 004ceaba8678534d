//! The pages of labels, where a generator makes them by itself: each has rules of its own for the names.

use deunicode::deunicode_char;

use crate::plan::addresses::Label;

/// Hugo: `/tags/x/`. Small letters of any script, digits and a few signs; a space is a hyphen, the rest goes.
pub(super) fn hugo(label: Label<'_>) -> Option<String> {
    let mut name = String::new();
    for c in label.name.chars() {
        // One letter for one, also for those that have several in small.
        let small = c.to_lowercase().next().unwrap_or(c);
        match small {
            ' ' => name.push('-'),
            // A label with a slash is a page in a folder, and one with a bracket of its own may be a shortcode's.
            '#' => name.push_str("%23"),
            '\\' => name.push_str("%5C"),
            '%' => return None,
            '.' | '/' | '_' | '+' | '~' | '-' | '@' => name.push(small),
            c if c.is_alphabetic() || c.is_numeric() || unicode_normalization::char::is_combining_mark(c) => {
                name.push(c)
            }
            _ => {}
        }
    }
    let is_path = !name.trim_matches('/').is_empty() && !name.split('/').any(|part| matches!(part, "" | "." | ".."));
    let folder = if label.is_category { "categories" } else { "tags" };
    is_path.then(|| format!("/{folder}/{name}/"))
}

/// Zola: `/tags/x/`, in Latin letters joined by hyphens.
pub(super) fn zola(label: Label<'_>) -> Option<String> {
    let mut name = String::new();
    for c in label.name.chars() {
        for c in deunicode_char(c).unwrap_or("-").chars() {
            match c.to_ascii_lowercase() {
                c if c.is_ascii_alphanumeric() => name.push(c),
                _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
                _ => {}
            }
        }
    }
    let name = name.trim_end_matches('-');
    let folder = if label.is_category { "categories" } else { "tags" };
    (!name.is_empty()).then(|| format!("/{folder}/{name}/"))
}

/// Pelican: `/tag/x.html`, in Latin letters, words joined by hyphens, signs gone. Its letters for other scripts are
/// not ours, so those have none.
pub(super) fn pelican(label: Label<'_>) -> Option<String> {
    if label.name.chars().any(|c| c >= '\u{180}') {
        return None;
    }
    let mut name = String::new();
    let mut gap = "";
    for c in label
        .name
        .trim()
        .chars()
        .flat_map(|c| deunicode_char(c).unwrap_or_default().chars())
    {
        match c {
            '-' | ' ' | '\t' | '\n' | '\r' => gap = "-",
            c if c.is_ascii_alphanumeric() || c == '_' => {
                name.push_str(std::mem::take(&mut gap));
                name.push(c.to_ascii_lowercase());
            }
            _ => {}
        }
    }
    name.push_str(gap);
    let folder = if label.is_category { "category" } else { "tag" };
    (!name.is_empty()).then(|| format!("/{folder}/{name}.html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: fn(Label<'_>) -> Option<String>, name: &str) -> String {
        let label = Label {
            name,
            is_category: false,
        };
        address(label).unwrap_or_default()
    }

    #[test]
    fn labels_of_hugo() {
        for (name, path) in [
            ("My Label", "/tags/my-label/"),
            ("Rot & Blüten", "/tags/rot--blüten/"),
            ("C++", "/tags/c++/"),
            ("a#b", "/tags/a%23b/"),
            ("L'été", "/tags/lété/"),
            ("a/b", "/tags/a/b/"),
            ("İzmir", "/tags/izmir/"),
            ("東京", "/tags/東京/"),
            ("%41", ""),
            ("?", ""),
            ("a/../b", ""),
        ] {
            assert_eq!(of(hugo, name), path, "{name}");
        }
    }

    #[test]
    fn labels_of_zola_and_pelican() {
        assert_eq!(of(zola, "L'été & co."), "/tags/l-ete-co/");
        assert_eq!(of(zola, "東京"), "/tags/dong-jing/");
        assert_eq!(of(pelican, "Rot & Blüten"), "/tag/rot-bluten.html");
        assert_eq!(of(pelican, "foo.bar, x  y"), "/tag/foobar-x-y.html");
        assert_eq!(of(pelican, "-dash-"), "/tag/-dash-.html");
        assert_eq!(of(pelican, "東京"), "");
    }
}
