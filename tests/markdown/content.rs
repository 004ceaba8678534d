//! What old blogs are made of, and what a person would have written for it.

use blogark::html::{MarkdownOptions, to_markdown};

#[track_caller]
fn becomes(fragment: &str, markdown: &str) {
    let found = to_markdown(fragment, &MarkdownOptions::default()).text;
    assert_eq!(found.trim_end(), markdown, "{fragment}");
    let lost = crate::judge::differences(fragment, &found);
    assert!(lost.is_empty(), "{fragment}\n{}", lost.join("\n"));
}

/// The language of program code, wherever it is stated.
#[test]
fn code_keeps_its_language() {
    for (fragment, language) in [
        ("<pre class='brush: csharp; gutter: false'>x</pre>", "csharp"),
        ("<pre class='brush:js'>x</pre>", "js"),
        ("<pre name='code' class='java:nocontrols'>x</pre>", "java"),
        ("<pre class='prettyprint lang-hs'>x</pre>", "hs"),
        (
            "<pre class='prettyprint'><code class='language-html'>x</code></pre>",
            "html",
        ),
        (
            "<div class='highlight highlight-source-shell'><pre>x</pre></div>",
            "shell",
        ),
        (
            "<div class='highlight-python'><div class='highlight'><pre>x</pre></div></div>",
            "python",
        ),
        (
            "<div class='wp_syntax'><pre class='php' style='color: red'>x</pre></div>",
            "php",
        ),
        ("<pre lang='c'>x</pre>", "c"),
        ("<pre><code class='hljs typescript'>x</code></pre>", "typescript"),
        (
            "<pre class='EnlighterJSRAW' data-enlighter-language='css'>x</pre>",
            "css",
        ),
        ("<pre class='crayon-plain-tag lang:ruby decode:true'>x</pre>", "ruby"),
        ("<pre class='src src-lisp'>x</pre>", "lisp"),
        (
            "<!-- wp:code {\"language\":\"rust\"} -->\n<pre class='wp-block-code'><code>x</code></pre>",
            "rust",
        ),
        (
            "<!-- wp:syntaxhighlighter/code {\"language\":\"sql\"} -->\n<pre>x</pre>",
            "sql",
        ),
        // What names no language of programs.
        ("<pre lang='fr'>x</pre>", ""),
        ("<pre lang='pt-BR'>x</pre>", ""),
        ("<pre class='brush: plain'>x</pre>", ""),
        ("<textarea class='code' name='code'>x</textarea>", ""),
        ("<pre class='wp-block-code'>x</pre>", ""),
    ] {
        becomes(fragment, &format!("```{language}\nx\n```"));
    }
}

#[test]
fn pictures_keep_their_captions() {
    becomes(
        "<div class='separator'><a href='/g.jpg' imageanchor='1'><img src='/k.jpg'></a></div><br />Danach.",
        "[![](/k.jpg)](/g.jpg)\n\nDanach.",
    );
    becomes(
        "<figure class='wp-block-gallery'><figure><a href='/A'><img src='/a.jpg'></a><figcaption>un</figcaption></figure>\
         <figure><img src='/b.jpg'></figure><figcaption>tous</figcaption></figure>",
        "[![](/a.jpg)](/A)  \n*un*  \n![](/b.jpg)  \n*tous*",
    );
    becomes(
        "<ul class='blocks-gallery-grid'><li><figure><img src='/a.jpg'><figcaption>один</figcaption></figure></li>\
         <li><figure><img src='/b.jpg'></figure></li></ul>",
        "* ![](/a.jpg)  \n  *один*\n* ![](/b.jpg)",
    );
}

#[test]
fn footnotes_lead_where_they_led() {
    becomes(
        "Texto<sup><a href='#n1' id='r1'>1</a></sup>.<p id='n1'><a href='#r1'>↑</a> Nota</p>",
        "Texto<a id=\"r1\"></a>[<sup>1</sup>](#n1).\n\n<a id=\"n1\"></a>[↑](#r1) Nota",
    );
    becomes(
        "<p class='MsoNormal'>Tekst<a href='#_ftn1' name='_ftnref1' title=''><span class='MsoFootnoteReference'>[1]</span></a></p>\
         <p><a href='#_ftnref1' name='_ftn1'>[1]</a> Przypis.<o:p></o:p></p>",
        "Tekst<a id=\"_ftnref1\"></a>[[1]](#_ftn1)\n\n<a id=\"_ftn1\"></a>[[1]](#_ftnref1) Przypis.",
    );
}

/// Plain text that looks like Markdown takes a backslash only where it would be read as such.
#[test]
fn no_backslash_stands_where_none_is_needed() {
    for text in [
        "snake_case_name and 2*3",
        "a * b, 5 < 6 & 7 > 3",
        "C# #1 [sic] (x) {y}",
        "+1, -5, ~10, 100%",
        "it's \"quoted\" — `once",
        "日本語、「引用」。",
        "مرحبا، كيف الحال؟",
        "Ünïcødé: ¿qué? ¡sí!",
        "x^2 = y|z",
        "C:\\dir\\file",
        "a. b) 3) c",
    ] {
        let html = text.replace('&', "&amp;").replace('<', "&lt;");
        becomes(&html, text);
    }
    becomes("1986. A year", "1986\\. A year");
    becomes("# kein Titel", "\\# kein Titel");
    becomes("- pas une liste", "\\- pas une liste");
    becomes("*étoile* et _tiret_", "\\*étoile\\* et \\_tiret\\_");
}
