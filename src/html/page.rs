//! A whole page as browsers build it: scraper's tree, filled by our own tokenizer where that knows every construct of the
//! page, else by html5ever's. The trees are the same; ours takes half of the time.

use std::borrow::Cow;
use std::cell::RefCell;

use html5ever::interface::TreeSink;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Doctype, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use scraper::{Html, HtmlTreeSink};

use super::tokens;

/// Parses a page. Never fails: every text is some page.
pub(crate) fn parse_page(page: &str) -> Html {
    // The standard has every line end a line feed before anything is read.
    let page = with_line_feeds(page.strip_prefix('\u{FEFF}').unwrap_or(page));
    if tokens::is_known(&page) {
        let sink = HtmlTreeSink::new(Html::new_document());
        let builder = TreeBuilder::new(sink, TreeBuilderOpts::default());
        if tokens::feed(&page, &builder, || false) {
            return builder.sink.finish();
        }
    }
    Html::parse_document(&page)
}

fn with_line_feeds(page: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', page.as_bytes()).is_none() {
        return Cow::Borrowed(page);
    }
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        out.push('\n');
        let after = rest.get(at + 1..).unwrap_or_default();
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Reads a document type declaration, which decides how old a page is: html5ever's own tokenizer reads it, for it is a
/// handful of bytes and has rules enough.
pub(super) fn doctype(declaration: &str) -> Option<Doctype> {
    let tokenizer = Tokenizer::new(Declaration::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(declaration));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.take()
}

#[derive(Default)]
struct Declaration(RefCell<Option<Doctype>>);

impl TokenSink for Declaration {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        if let Token::DoctypeToken(doctype) = token {
            self.0.replace(Some(doctype));
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(page: &Html) -> Vec<String> {
        page.tree
            .root()
            .descendants()
            .map(|n| format!("{} {:?}", n.ancestors().count(), n.value()))
            .collect()
    }

    #[test]
    fn the_tree_is_that_of_html5ever() {
        for page in [
            "<!DOCTYPE html><html lang=en><head><title>a &amp; b</title><style>p > a { x: y }</style></head><body><p>x<table><tr><td>y</table></body></html>",
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n<html>\r<p>a<table><td>b",
            "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2//EN\"><p>a<table><td>b",
            "<p>no type<table><td>b</table>&nbsp;&copy;&notit;",
            "\u{FEFF}<?xml version='1.0'?><!doctype html><body class=a class=b>x</body>after<!-- c -->",
            "<script><!--\n if (a < b) {} //--></script><p>x",
            "<script><!-- document.write('<script>x</script>') --></script><p>x",
            "<head><noscript><link rel=x></noscript><template><p>t</p></template><meta charset=utf-8><body><svg><![CDATA[x]]></svg>",
            "<textarea>\n<b>&lt;</textarea><pre>\n\nx</pre><plaintext>a</p>",
            "<b><p>a</b>b</p><a href=1>x<a href=2>y</a><!DOCTYPE late>",
            "<title>cut off",
            "<a href='x",
            "<!doctype",
            "",
        ] {
            assert_eq!(nodes(&parse_page(page)), nodes(&Html::parse_document(page)), "{page:?}");
            assert_eq!(
                parse_page(page).quirks_mode,
                Html::parse_document(page).quirks_mode,
                "{page:?}"
            );
        }
    }
}
