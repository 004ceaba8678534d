//! How text looks: what tags, `style` attributes and `<font>` say about it, as a set of flags.

use super::tree::Node;

/// A set of text styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Style(pub(crate) u16);

impl Style {
    pub(crate) const NONE: Style = Style(0);
    pub(crate) const STRONG: Style = Style(1);
    pub(crate) const EM: Style = Style(1 << 1);
    pub(crate) const DEL: Style = Style(1 << 2);
    pub(crate) const UNDERLINE: Style = Style(1 << 3);
    pub(crate) const INS: Style = Style(1 << 4);
    pub(crate) const MARK: Style = Style(1 << 5);
    pub(crate) const KBD: Style = Style(1 << 6);
    pub(crate) const SUP: Style = Style(1 << 7);
    pub(crate) const SUB: Style = Style(1 << 8);
    pub(crate) const RUBY: Style = Style(1 << 9);
    pub(crate) const RT: Style = Style(1 << 10);
    pub(crate) const RP: Style = Style(1 << 11);
    /// Always the innermost: nothing can be marked inside a code span.
    pub(crate) const CODE: Style = Style(1 << 12);

    /// How many flags are written as marks around text (all but code).
    pub(crate) const MARKS: usize = 12;

    pub(crate) const fn has(self, other: Style) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn with(self, other: Style) -> Style {
        Style(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Style) -> Style {
        Style(self.0 & !other.0)
    }

    pub(crate) const fn and(self, other: Style) -> Style {
        Style(self.0 & other.0)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The name of the element that says the flag with this number.
    pub(crate) const fn element(bit: usize) -> &'static str {
        match bit {
            0 => "strong",
            1 => "em",
            2 => "del",
            3 => "u",
            4 => "ins",
            5 => "mark",
            6 => "kbd",
            7 => "sup",
            8 => "sub",
            9 => "ruby",
            10 => "rt",
            _ => "rp",
        }
    }
}

/// What a `style` attribute says that matters to the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Css {
    /// Styles that begin here.
    pub(crate) on: Style,
    /// Styles that end here (`font-weight: normal` inside `<b>`).
    pub(crate) off: Style,
    /// Not shown.
    pub(crate) hidden: bool,
    /// Newlines in the text are line breaks.
    pub(crate) newlines: bool,
    /// Set in a fixed-width font.
    pub(crate) monospace: bool,
    /// Stands on lines of its own, whatever the element.
    pub(crate) block: bool,
}

/// Reads the declarations of a `style` attribute. What it does not know it passes over.
pub(crate) fn read_css(declarations: &str) -> Css {
    let mut css = Css::default();
    let mut rest = declarations;
    while !rest.is_empty() {
        let end = memchr::memchr(b';', rest.as_bytes()).unwrap_or(rest.len());
        let declaration = rest.get(..end).unwrap_or("");
        rest = rest.get(end + 1..).unwrap_or("");
        let Some(colon) = memchr::memchr(b':', declaration.as_bytes()) else {
            continue;
        };
        let name = declaration.get(..colon).unwrap_or("").trim();
        let value = declaration.get(colon + 1..).unwrap_or("");
        // Most declarations are about colours and margins.
        if !matches!(
            name.as_bytes().first(),
            Some(b'f' | b't' | b'v' | b'd' | b'w' | b'F' | b'T' | b'V' | b'D' | b'W')
        ) {
            continue;
        }
        let value = value.split('!').next().unwrap_or("").trim();
        let is = |word: &str| value.eq_ignore_ascii_case(word);
        if name.eq_ignore_ascii_case("font-weight") {
            match value.parse::<u16>() {
                Ok(weight) if weight >= 600 => css.on = css.on.with(Style::STRONG),
                Ok(_) => css.off = css.off.with(Style::STRONG),
                Err(_) if is("bold") || is("bolder") => css.on = css.on.with(Style::STRONG),
                Err(_) if is("normal") || is("lighter") => css.off = css.off.with(Style::STRONG),
                Err(_) => {}
            }
        } else if name.eq_ignore_ascii_case("font-style") {
            if is("italic") || is("oblique") {
                css.on = css.on.with(Style::EM);
            } else if is("normal") {
                css.off = css.off.with(Style::EM);
            }
        } else if name.eq_ignore_ascii_case("text-decoration") || name.eq_ignore_ascii_case("text-decoration-line") {
            for word in value.split_ascii_whitespace() {
                if word.eq_ignore_ascii_case("line-through") {
                    css.on = css.on.with(Style::DEL);
                } else if word.eq_ignore_ascii_case("underline") {
                    css.on = css.on.with(Style::UNDERLINE);
                } else if word.eq_ignore_ascii_case("none") {
                    css.off = css.off.with(Style::UNDERLINE);
                }
            }
        } else if name.eq_ignore_ascii_case("vertical-align") {
            if is("super") {
                css.on = css.on.with(Style::SUP);
            } else if is("sub") {
                css.on = css.on.with(Style::SUB);
            } else if is("baseline") {
                css.off = css.off.with(Style::SUP).with(Style::SUB);
            }
        } else if name.eq_ignore_ascii_case("display") {
            css.hidden |= is("none");
            css.block |= is("block");
        } else if name.eq_ignore_ascii_case("visibility") {
            css.hidden |= is("hidden");
        } else if name.eq_ignore_ascii_case("white-space") {
            css.newlines = is("pre") || is("pre-wrap") || is("pre-line");
        } else if name.eq_ignore_ascii_case("font-family") {
            css.monospace |= is_monospace(value);
        }
    }
    // A heading's size is not a style of its own, and superscript wins over what it was set back from.
    css.off = css.off.without(css.on);
    css
}

/// Whether a list of font names begins with one of fixed width.
pub(crate) fn is_monospace(families: &str) -> bool {
    let first = families
        .split(',')
        .next()
        .unwrap_or("")
        .trim()
        .trim_matches(['"', '\'']);
    const NAMES: [&str; 9] = [
        "courier",
        "courier new",
        "monospace",
        "consolas",
        "monaco",
        "menlo",
        "lucida console",
        "andale mono",
        "dejavu sans mono",
    ];
    NAMES.iter().any(|name| first.eq_ignore_ascii_case(name))
}

/// Whether an element is not shown. Looks at no more than it has to: it is asked of every element.
pub(crate) fn is_hidden(node: &Node<'_>) -> bool {
    node.attributes().iter().any(|attribute| match &*attribute.name {
        "hidden" => true,
        "style" => {
            let value = &*attribute.value;
            // `display` and `visibility` both have a "y".
            let may_hide = memchr::memchr2(b'y', b'Y', value.as_bytes()).is_some()
                && (value.contains("none")
                    || value.contains("hidden")
                    || value.bytes().any(|byte| byte.is_ascii_uppercase()));
            may_hide && read_css(value).hidden
        }
        _ => false,
    })
}

/// What the `style` attribute of an element says; nothing where it has none.
pub(crate) fn css_of(node: &Node<'_>) -> Css {
    let mut css = Css::default();
    for attribute in node.attributes() {
        match &*attribute.name {
            "style" => {
                let hidden = css.hidden;
                css = read_css(&attribute.value);
                css.hidden |= hidden;
            }
            "hidden" => css.hidden = true,
            _ => {}
        }
    }
    css
}
