//! HTML that strangers wrote, made fit to be published.

use std::sync::LazyLock;

use ammonia::Builder;

use super::flatten::{DEPTH_LIMIT, flatten_depth};
use super::tree::{Content, Step, Tree};

/// A fragment without anything that could do harm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sanitised {
    /// The fragment.
    pub html: String,
    /// How many elements of the source are not in it.
    pub elements_removed: usize,
    /// How many attributes of the source are not in it, those of removed elements among them.
    pub attributes_removed: usize,
}

static RULES: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut rules = Builder::default();
    rules
        .add_tags(["font", "big", "tt", "u"])
        .url_schemes(["http", "https", "mailto", "ftp", "tel"].into())
        .link_rel(None)
        .strip_comments(true);
    rules
});

/// Takes out scripts, frames, forms, event handlers, styles and addresses that are not plain ones (`javascript:`,
/// `data:`, `vbscript:`), by ammonia's list of what is harmless. Text stays, except that of scripts and styles.
pub fn sanitise(fragment: &str) -> Sanitised {
    if !fragment.contains(['<', '&', '>', '\0']) {
        return Sanitised {
            html: fragment.to_owned(),
            ..Sanitised::default()
        };
    }
    let (flat, _) = flatten_depth(fragment, DEPTH_LIMIT);
    let html = RULES.clean(&flat).to_string();
    let before = count(fragment, &flat);
    let after = count(&html, &html);
    Sanitised {
        html,
        elements_removed: before.0.saturating_sub(after.0),
        attributes_removed: before.1.saturating_sub(after.1),
    }
}

/// Elements and attributes; those that the depth cap took are counted as tags in the source.
fn count(source: &str, flat: &str) -> (usize, usize) {
    let tree = Tree::parse(flat);
    let mut counts = (0, 0);
    for step in tree.walk(tree.top()) {
        if let Step::Enter(id) = step
            && let Content::Element(_, _, attributes) = &tree.node(id).content
        {
            counts.0 += 1;
            // `rel` and `target` say how a link is followed; that they go does no harm and hides none.
            let is_told = |name: &str| !matches!(name, "rel" | "target");
            counts.1 += attributes.iter().filter(|one| is_told(&one.name.local)).count();
        }
    }
    if source.len() != flat.len() {
        let starts = |html: &str| {
            super::scan::Scanner::new(html)
                .filter(|piece| matches!(piece, super::scan::Piece::Start { .. }))
                .count()
        };
        counts.0 += starts(source).saturating_sub(starts(flat));
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_text_is_not_touched() {
        let html = "Très <b>bien</b>, <a href=\"https://example.org/?a=1&amp;b=2\">ici</a>.";
        assert_eq!(
            sanitise(html),
            Sanitised {
                html: html.to_owned(),
                ..Sanitised::default()
            }
        );
        assert_eq!(sanitise("just words").html, "just words");
    }

    #[test]
    fn harm_is_taken_out_and_counted() {
        let cleaned = sanitise("<b onclick='x()'>a</b><script>steal()</script><a href=' java\nscript:x'>b</a>");
        assert_eq!(cleaned.html, "<b>a</b><a>b</a>");
        assert_eq!((cleaned.elements_removed, cleaned.attributes_removed), (1, 2));
        for scheme in [
            "javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "JaVaScRiPt:x",
            "&#106;avascript:x",
        ] {
            let cleaned = sanitise(&format!("<a href=\"{scheme}\">x</a>"));
            assert_eq!(cleaned.html, "<a>x</a>", "{scheme}");
        }
    }

    #[test]
    fn depth_is_no_matter() {
        let html = format!("{}x", "<i><div>".repeat(50_000));
        let cleaned = sanitise(&html);
        assert!(cleaned.html.contains('x') && cleaned.elements_removed > 90_000);
    }
}
