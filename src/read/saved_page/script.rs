//! What Blogger's pages hold in their scripts: the block of data about the blog, and the list from which the page's own
//! script draws threaded comments.

use std::collections::BTreeMap;

/// Where a mark stands in a text. A page is looked through for a dozen of them, so this is the fastest search there is.
pub(super) fn places<'t>(text: &'t str, mark: &'t str) -> impl Iterator<Item = usize> + 't {
    memchr::memmem::find_iter(text.as_bytes(), mark.as_bytes())
}

/// Whether a mark stands in a text.
pub(super) fn holds(text: &str, mark: &str) -> bool {
    places(text, mark).next().is_some()
}

/// The texts in Blogger's block of data about the blog
/// (`_WidgetManager._SetDataContext([{'name': 'blog', 'data': {'blogId': '…', …}}`), by name.
pub(super) fn blogger_data(source: &str) -> BTreeMap<String, String> {
    let mut data = BTreeMap::new();
    let Some(block) = places(source, "_WidgetManager._SetDataContext(")
        .next()
        .and_then(|at| source.get(at..))
    else {
        return data;
    };
    let Some((_, block)) = block.split_once("'data'") else {
        return data;
    };
    let mut chars = block.chars().peekable();
    let mut depth = 0_i32;
    let mut key: Option<String> = None;
    while let Some(c) = chars.next() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth -= 1;
                if depth <= 0 {
                    break;
                }
            }
            '\'' | '"' => {
                let text = js_string(&mut chars, c);
                if depth != 1 {
                    continue;
                }
                match key.take() {
                    Some(key) => {
                        data.entry(key).or_insert(text);
                    }
                    None => key = Some(text),
                }
            }
            ',' if depth == 1 => key = None,
            _ => {}
        }
    }
    data
}

/// The rest of a JavaScript string up to its closing quote.
fn js_string(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        if c == quote {
            break;
        }
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('x') => push_code(&mut text, chars, 16, 2),
            Some('u') => push_code(&mut text, chars, 16, 4),
            // Old pages escape in octal, with three digits at most.
            Some(first @ '0'..='7') => {
                let mut value = first.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) else {
                        break;
                    };
                    if value * 8 + digit > 255 {
                        break;
                    }
                    value = value * 8 + digit;
                    chars.next();
                }
                text.extend(char::from_u32(value));
            }
            Some(other) => text.push(other),
            None => break,
        }
    }
    text
}

fn push_code(text: &mut String, chars: &mut std::iter::Peekable<std::str::Chars<'_>>, radix: u32, digits: usize) {
    let mut value = 0;
    for _ in 0..digits {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix)) else {
            break;
        };
        value = value * radix + digit;
        chars.next();
    }
    text.extend(char::from_u32(value));
}

/// A comment in the list that a page's script draws threads from: what the script calls its fields (`id`, `body`,
/// `timestamp`, `permalink`, `author.name`, `author.profileUrl`, `parentId`, `deleteclass` …) and their texts.
pub(super) type Item = BTreeMap<String, String>;

/// The comments in a script's `var items = [{…}, …];`; none where the script holds another list, or `null`.
pub(super) fn items(script: &str) -> Vec<Item> {
    for at in places(script, "var items") {
        let Some(list) = script
            .get(at + "var items".len()..)
            .map(str::trim_start)
            .and_then(|rest| rest.strip_prefix('='))
            .map(str::trim_start)
            .and_then(|rest| rest.strip_prefix('['))
        else {
            continue;
        };
        let mut items = objects(list);
        items.retain(|item| item.contains_key("id") && item.contains_key("body"));
        if !items.is_empty() {
            return items;
        }
    }
    Vec::new()
}

/// The objects of a JavaScript list behind its `[`. The names of what stands in objects inside them are joined by dots;
/// lists inside them are passed over.
fn objects(list: &str) -> Vec<Item> {
    let mut objects = Vec::new();
    let mut object = Item::new();
    // The names under which the objects around this place stand, one for each that is open.
    let mut path: Vec<String> = Vec::new();
    let mut lists = 0_usize;
    let mut name: Option<String> = None;
    let mut bare = String::new();
    let mut chars = list.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '[' => lists += 1,
            ']' => match lists.checked_sub(1) {
                Some(left) => lists = left,
                None => break,
            },
            _ if lists > 0 => {
                if matches!(c, '\'' | '"') {
                    js_string(&mut chars, c);
                }
            }
            '{' => {
                path.push(name.take().unwrap_or_default());
                bare.clear();
            }
            '\'' | '"' => {
                let text = js_string(&mut chars, c);
                match name.take() {
                    Some(name) => add(&mut object, &path, &name, text),
                    None => bare = text,
                }
            }
            ':' if name.is_none() => name = Some(std::mem::take(&mut bare).trim().to_owned()),
            ',' | '}' => {
                // A value without quotes: a number, `null`.
                if let Some(name) = name.take()
                    && !matches!(bare.trim(), "" | "null" | "undefined")
                {
                    add(&mut object, &path, &name, bare.trim().to_owned());
                }
                bare.clear();
                if c == '}' {
                    path.pop();
                    if path.is_empty() {
                        objects.push(std::mem::take(&mut object));
                    }
                }
            }
            c => bare.push(c),
        }
    }
    objects
}

fn add(object: &mut Item, path: &[String], name: &str, text: String) {
    let mut key = String::new();
    for part in path.iter().skip(1) {
        key.push_str(part);
        key.push('.');
    }
    key.push_str(name);
    object.entry(key).or_insert(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_bloggers_data_block() {
        let data = blogger_data(
            r"_WidgetManager._SetDataContext([{'name': 'blog', 'data': {'blogId': '42', 'title': 'Ada\x27s tea \x26amp; more', 'url': 'http:\/\/tea.example\/?a\75' + '1', 'isPrivate': false, 'links': ['x', 'y'], 'pageType': 'item'}}, {'name': 'messages', 'data': {'title': 'no'}}]);",
        );
        assert_eq!(data["blogId"], "42");
        assert_eq!(data["title"], "Ada's tea &amp; more");
        assert_eq!(data["pageType"], "item");
        assert!(!data.contains_key("x"));
    }

    #[test]
    fn octal_escapes_have_three_digits_at_most() {
        let mut chars = r"a\0751319'".chars().peekable();
        assert_eq!(js_string(&mut chars, '\''), "a=1319");
    }

    #[test]
    fn comments_in_a_script() {
        let script = r"
            (function() {
              var items = [{'id': '11', 'body': 'It\46#39;s \74b\76green\74/b\076.', 'timestamp': '1280031868312', 'author': {'name': 'Ada', 'avatarUrl': '', 'profileUrl': 'http://ada.example/'}, 'tags': ['x', {'y': 'z'}], 'n': 4, 'none': null},
                {'id': '12', 'body': '', 'parentId': '11', 'author': {'name': 'B\'en, {}[]'}}];
              var msgs = {'loading': '...'};";
        let items = items(script);
        assert_eq!(items.len(), 2);
        assert_eq!(items[0]["body"], "It&#39;s <b>green</b>.");
        assert_eq!(items[0]["author.profileUrl"], "http://ada.example/");
        assert_eq!(items[0]["n"], "4");
        assert!(!items[0].contains_key("none") && !items[0].contains_key("y"));
        assert_eq!(
            (items[1]["parentId"].as_str(), items[1]["author.name"].as_str()),
            ("11", "B'en, {}[]")
        );
    }

    #[test]
    fn other_lists_are_no_comments() {
        assert!(items("var items = null;").is_empty());
        assert!(items("var items = [1, 2, 'x'];").is_empty());
        assert!(items("var items = [{'id': 1, 'title': 'x'}];").is_empty());
        assert!(items("var items = [{'id': '1', 'body': 'cut").is_empty());
        assert!(items("}}]],,::").is_empty());
    }
}
