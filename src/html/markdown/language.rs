//! The language of program code, as the highlighters of many years wrote it down: in classes, attributes, or the comment
//! before a block of WordPress's.

use super::super::tags::Tag;
use super::super::tree::Node;

/// Attributes that name nothing but a language.
const ATTRIBUTES: [&str; 3] = ["data-lang", "data-language", "data-enlighter-language"];

/// What stands before the language in a word of the class: Prism, highlight.js, GitHub, SHJS, Crayon, Sphinx.
const PREFIXES: [&str; 8] = [
    "language-",
    "lang-",
    "lang:",
    "highlight-source-",
    "sh_",
    "brush-",
    "sourceCode-",
    "highlight-",
];

/// Languages that are a class by themselves (`<pre class="php">`, `<code class="hljs css">`).
const NAMES: &[&str] = &[
    "actionscript",
    "ada",
    "apache",
    "applescript",
    "asm",
    "awk",
    "bash",
    "batch",
    "c",
    "c#",
    "c++",
    "clojure",
    "cobol",
    "coffeescript",
    "cpp",
    "csharp",
    "css",
    "dart",
    "delphi",
    "diff",
    "elixir",
    "elm",
    "erlang",
    "fortran",
    "fsharp",
    "go",
    "groovy",
    "haskell",
    "html",
    "html4strict",
    "html5",
    "ini",
    "java",
    "java5",
    "javascript",
    "js",
    "json",
    "jsx",
    "julia",
    "kotlin",
    "latex",
    "less",
    "lisp",
    "lua",
    "makefile",
    "matlab",
    "mysql",
    "nginx",
    "objc",
    "objective-c",
    "objectivec",
    "ocaml",
    "pascal",
    "perl",
    "php",
    "powershell",
    "prolog",
    "python",
    "py",
    "ruby",
    "rust",
    "sass",
    "scala",
    "scheme",
    "scss",
    "sh",
    "shell",
    "sql",
    "swift",
    "tcl",
    "tex",
    "toml",
    "tsx",
    "typescript",
    "vb",
    "vbnet",
    "verilog",
    "vhdl",
    "xml",
    "xslt",
    "yaml",
    "yml",
    "zsh",
];

/// The language an element states by its class or an attribute of its own.
pub(super) fn stated(node: &Node<'_>) -> Option<String> {
    if let Some(value) = ATTRIBUTES.iter().find_map(|name| node.attribute(name)) {
        return tidy(value);
    }
    let is_code = matches!(node.tag(), Tag::Pre | Tag::Code);
    if let Some(value) = node.attribute("lang").filter(|value| is_code && names_code(value)) {
        return tidy(value);
    }
    let class = node.attribute("class")?;
    // SyntaxHighlighter 2 and 3: `brush: cpp; gutter: false`.
    if let Some((_, rest)) = class.split_once("brush:") {
        return tidy(rest.split([';', ' ']).find(|word| !word.is_empty())?);
    }
    for word in class.split_ascii_whitespace() {
        if word.starts_with("highlight-text-html") {
            return Some("html".to_owned());
        }
        if let Some(language) = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix)) {
            return tidy(language);
        }
    }
    // SyntaxHighlighter 1: `<pre name="code" class="java:nocontrols">`.
    if node.attribute("name") == Some("code") {
        return tidy(class.split([':', ' ']).next()?).filter(|language| language != "code");
    }
    // Pandoc and the like: `sourceCode haskell`.
    let mut words = class.split_ascii_whitespace();
    if matches!(words.next(), Some("sourceCode" | "src" | "highlight"))
        && let Some(word) = words.next()
    {
        return tidy(word.strip_prefix("src-").unwrap_or(word));
    }
    let name = |word: &&str| NAMES.iter().any(|name| name.eq_ignore_ascii_case(word));
    class
        .split_ascii_whitespace()
        .find(name)
        .filter(|_| is_code)
        .and_then(tidy)
}

/// The language in the comment before a block of WordPress's (`wp:code {"language":"php"}`), of whichever plugin.
pub(super) fn of_block(comment: &str) -> Option<String> {
    let settings = comment.trim().strip_prefix("wp:")?;
    ["\"language\":\"", "\"lang\":\"", "\"codeLanguage\":\""]
        .iter()
        .find_map(|key| settings.split_once(key))
        .and_then(|(_, rest)| tidy(rest.split('"').next()?))
}

/// Whether `lang` names a language of programs rather than of people.
fn names_code(value: &str) -> bool {
    let value = value.trim();
    match value.len() {
        1 => true,
        2 => ["js", "py", "rb", "vb", "go"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(value)),
        _ => !value.contains('-'),
    }
}

/// A language's name as an info string; nothing where it says that there is none.
fn tidy(language: &str) -> Option<String> {
    let language = language.trim().to_ascii_lowercase();
    let plain = !language.is_empty()
        && language.len() <= 24
        && language
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '.' | '_'));
    let says_none = matches!(
        language.as_str(),
        "plain" | "text" | "txt" | "none" | "nohighlight" | "plaintext" | "default" | "wrapper" | "source" | "generic"
    );
    (plain && !says_none).then_some(language)
}
