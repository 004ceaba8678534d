//! The elements of HTML, and what each means to a reader of a post: one table.

use html5ever::{QualName, local_name, ns};

use super::style::Style;

/// What an element does to the text around it. One word for each construct that is treated alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Nothing by itself; its `style` may.
    Plain,
    /// Gives its text a style.
    Style(Style),
    /// Stands on lines of its own.
    Block,
    /// `<h1>` to `<h6>`.
    Heading(u8),
    /// `<ul>` (false) or `<ol>` (true).
    List(bool),
    /// `<li>`.
    Item,
    /// `<blockquote>`.
    Quote,
    /// Preformatted text.
    Pre,
    /// `<table>`.
    Table,
    /// A part of a table that is met outside of one.
    TablePart,
    /// `<td>`, `<th>`.
    Cell,
    /// `<figure>`.
    Figure,
    /// A caption.
    Caption,
    /// `<dt>`.
    Term,
    /// `<hr>`.
    Ruler,
    /// `<br>`.
    Break,
    /// `<img>`.
    Image,
    /// `<a>`.
    Link,
    /// `<abbr>`, `<acronym>`.
    Abbreviation,
    /// `<q>`: browsers put quotation marks around it.
    Quotation,
    /// Something that plays or loads from elsewhere.
    Embed,
    /// Kept as it is, whole: `<svg>`, `<math>`.
    Foreign,
    /// `<details>`.
    Details,
    /// `<summary>`.
    Summary,
    /// A form's field.
    Input,
    /// Shows nothing.
    Hidden,
    /// `<script>`: shows nothing, except for those that fetch a gist.
    Script,
}

macro_rules! tags {
    ($($variant:ident $name:tt $rule:expr;)*) => {
        /// An element's name; [`Tag::None`] is not an element, [`Tag::Other`] one that no rule of the standard names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Tag { None, Other, $($variant,)* }

        /// Names as numbers, so that a name is found among all of them with a few comparisons.
        #[allow(non_upper_case_globals)]
        mod numbers {
            $(pub(super) const $variant: u128 = super::number($name.as_bytes());)*
        }

        impl Tag {
            /// The tag of a name.
            pub(crate) fn of(name: &QualName) -> Tag {
                if name.ns == ns!(html) {
                    match name.local {
                        $(local_name!($name) => Tag::$variant,)*
                        _ => Tag::Other,
                    }
                } else {
                    match name.local {
                        local_name!("svg") => Tag::Svg,
                        local_name!("math") => Tag::Math,
                        _ => Tag::Other,
                    }
                }
            }

            /// The tag of an HTML element's name, in whatever case.
            pub(crate) fn named(name: &str) -> Tag {
                if name.len() > 16 {
                    return Tag::Other;
                }
                match number(name.as_bytes()) {
                    $(numbers::$variant => Tag::$variant,)*
                    _ => Tag::Other,
                }
            }

            /// What it does.
            pub(crate) fn rule(self) -> Rule {
                match self {
                    Tag::None | Tag::Other => Rule::Plain,
                    $(Tag::$variant => $rule,)*
                }
            }
        }
    };
}

/// The bytes of a name in lower case, one after the other.
const fn number(name: &[u8]) -> u128 {
    let mut number = 0;
    let mut rest = name;
    while let [byte, tail @ ..] = rest {
        number = number << 8 | byte.to_ascii_lowercase() as u128;
        rest = tail;
    }
    number
}

impl Tag {
    /// An element that means nothing by itself: `<span>`, `<small>`, and those that HTML does not know.
    pub(crate) fn is_meaningless(self) -> bool {
        !matches!(self, Tag::None | Tag::Font | Tag::Rb) && self.rule() == Rule::Plain
    }
}

tags! {
    A "a" Rule::Link;
    Abbr "abbr" Rule::Abbreviation;
    Acronym "acronym" Rule::Abbreviation;
    Address "address" Rule::Block;
    Applet "applet" Rule::Plain;
    Area "area" Rule::Hidden;
    Article "article" Rule::Block;
    Aside "aside" Rule::Block;
    Audio "audio" Rule::Embed;
    B "b" Rule::Style(Style::STRONG);
    Base "base" Rule::Plain;
    Basefont "basefont" Rule::Plain;
    Bgsound "bgsound" Rule::Plain;
    Big "big" Rule::Plain;
    Blockquote "blockquote" Rule::Quote;
    Body "body" Rule::Block;
    Br "br" Rule::Break;
    Button "button" Rule::Plain;
    Canvas "canvas" Rule::Hidden;
    Caption "caption" Rule::Block;
    Center "center" Rule::Block;
    Cite "cite" Rule::Style(Style::EM);
    Code "code" Rule::Style(Style::CODE);
    Col "col" Rule::Hidden;
    Colgroup "colgroup" Rule::Hidden;
    Datalist "datalist" Rule::Hidden;
    Dd "dd" Rule::Block;
    Del "del" Rule::Style(Style::DEL);
    Details "details" Rule::Details;
    Dfn "dfn" Rule::Style(Style::EM);
    Dialog "dialog" Rule::Block;
    Dir "dir" Rule::List(false);
    Div "div" Rule::Block;
    Dl "dl" Rule::Block;
    Dt "dt" Rule::Term;
    Em "em" Rule::Style(Style::EM);
    Embed "embed" Rule::Embed;
    Fieldset "fieldset" Rule::Block;
    Figcaption "figcaption" Rule::Caption;
    Figure "figure" Rule::Figure;
    Font "font" Rule::Plain;
    Footer "footer" Rule::Block;
    Form "form" Rule::Block;
    Frame "frame" Rule::Hidden;
    Frameset "frameset" Rule::Hidden;
    H1 "h1" Rule::Heading(1);
    H2 "h2" Rule::Heading(2);
    H3 "h3" Rule::Heading(3);
    H4 "h4" Rule::Heading(4);
    H5 "h5" Rule::Heading(5);
    H6 "h6" Rule::Heading(6);
    Head "head" Rule::Hidden;
    Header "header" Rule::Block;
    Hgroup "hgroup" Rule::Block;
    Hr "hr" Rule::Ruler;
    Html "html" Rule::Block;
    I "i" Rule::Style(Style::EM);
    Iframe "iframe" Rule::Embed;
    Image "image" Rule::Plain;
    Img "img" Rule::Image;
    Input "input" Rule::Input;
    Ins "ins" Rule::Style(Style::INS);
    Isindex "isindex" Rule::Plain;
    Kbd "kbd" Rule::Style(Style::KBD);
    Keygen "keygen" Rule::Plain;
    Legend "legend" Rule::Block;
    Li "li" Rule::Item;
    Link "link" Rule::Plain;
    Listing "listing" Rule::Pre;
    Main "main" Rule::Block;
    Map "map" Rule::Hidden;
    Mark "mark" Rule::Style(Style::MARK);
    Marquee "marquee" Rule::Plain;
    Math "math" Rule::Foreign;
    Menu "menu" Rule::List(false);
    Meta "meta" Rule::Hidden;
    Nav "nav" Rule::Block;
    Nobr "nobr" Rule::Plain;
    Noembed "noembed" Rule::Hidden;
    Noframes "noframes" Rule::Hidden;
    Noscript "noscript" Rule::Hidden;
    Object "object" Rule::Embed;
    Ol "ol" Rule::List(true);
    Optgroup "optgroup" Rule::Block;
    Option "option" Rule::Block;
    P "p" Rule::Block;
    Param "param" Rule::Plain;
    Plaintext "plaintext" Rule::Pre;
    Pre "pre" Rule::Pre;
    Q "q" Rule::Quotation;
    Rb "rb" Rule::Plain;
    Rp "rp" Rule::Style(Style::RP);
    Rt "rt" Rule::Style(Style::RT);
    Rtc "rtc" Rule::Plain;
    Ruby "ruby" Rule::Style(Style::RUBY);
    S "s" Rule::Style(Style::DEL);
    Samp "samp" Rule::Style(Style::CODE);
    Script "script" Rule::Script;
    Search "search" Rule::Plain;
    Section "section" Rule::Block;
    Select "select" Rule::Block;
    Small "small" Rule::Plain;
    Source "source" Rule::Plain;
    Span "span" Rule::Plain;
    Strike "strike" Rule::Style(Style::DEL);
    Strong "strong" Rule::Style(Style::STRONG);
    StyleSheet "style" Rule::Hidden;
    Sub "sub" Rule::Style(Style::SUB);
    Summary "summary" Rule::Summary;
    Sup "sup" Rule::Style(Style::SUP);
    Svg "svg" Rule::Foreign;
    Table "table" Rule::Table;
    Tbody "tbody" Rule::TablePart;
    Td "td" Rule::Cell;
    Template "template" Rule::Hidden;
    Textarea "textarea" Rule::Pre;
    Tfoot "tfoot" Rule::TablePart;
    Th "th" Rule::Cell;
    Thead "thead" Rule::TablePart;
    Title "title" Rule::Hidden;
    Tr "tr" Rule::TablePart;
    Track "track" Rule::Plain;
    Tt "tt" Rule::Style(Style::CODE);
    U "u" Rule::Style(Style::UNDERLINE);
    Ul "ul" Rule::List(false);
    Var "var" Rule::Style(Style::EM);
    Video "video" Rule::Embed;
    Wbr "wbr" Rule::Plain;
    Xmp "xmp" Rule::Pre;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        assert_eq!(Tag::named("a"), Tag::A);
        assert_eq!(Tag::named("BlockQuote"), Tag::Blockquote);
        assert_eq!(Tag::named("figcaption"), Tag::Figcaption);
        for name in ["", "ab", "o:p", "blockquotes", "a-name-that-nobody-ever-gave"] {
            assert_eq!(Tag::named(name), Tag::Other, "{name}");
        }
    }
}
