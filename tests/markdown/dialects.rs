//! What each program wants said differently. The expectations were checked by having the programs themselves render them
//! (Hugo 0.168, kramdown 2.4 with its GFM parser, markdown-it 14, Astro 7, Python-Markdown 3.11 as Pelican 4.12 sets it up;
//! Zola's by its documentation).

use blogark::html::{Dialect, MarkdownOptions, RawHtml, to_markdown};

#[track_caller]
fn says(dialect: Dialect, fragment: &str, markdown: &str) {
    let options = MarkdownOptions {
        dialect,
        ..MarkdownOptions::default()
    };
    assert_eq!(
        to_markdown(fragment, &options).text.trim_end(),
        markdown,
        "{dialect:?}: {fragment}"
    );
}

#[test]
fn template_syntax_is_inert() {
    let text = "{{&lt; figure &gt;}} {{% x %}} {{ page(n=1) }} {% end %} {{ site }}";
    says(
        Dialect::Hugo,
        text,
        "&#123;{< figure >}} &#123;{% x %}} {{ page(n=1) }} {% end %} {{ site }}",
    );
    says(
        Dialect::Zola,
        text,
        "{{< figure >}} {&#123;% x %}} &#123;{ page(n=1) }} &#123;% end %} {{ site }}",
    );
    says(
        Dialect::Hugo,
        "Escribe <code>{{&lt; youtube id &gt;}}</code>",
        "Escribe `{{</* youtube id */>}}`",
    );
    says(
        Dialect::Zola,
        "Schreib <code>{{ bild(id=1) }}</code>",
        "Schreib `{{/* bild(id=1) */}}`",
    );
    says(
        Dialect::Hugo,
        "<pre>a {{% b %}} c\n{{&lt; d</pre>",
        "<pre><code>a &#123;{% b %}} c\n{{&lt; d</code></pre>",
    );
    says(Dialect::Hugo, "<pre>a {{% b %}} c</pre>", "```\na {{%/* b */%}} c\n```");
    says(
        Dialect::Hugo,
        "<img src='/a.png' alt='{{% x %}}'>",
        "![&#123;{% x %}}](/a.png)",
    );
}

#[test]
fn hugo_has_shortcodes_for_what_plays_and_for_figures() {
    let old = "<object><param name=movie value='http://www.youtube.com/v/aB-c_1&hl=fr'></object>";
    says(Dialect::Hugo, old, "{{< youtube aB-c_1 >}}");
    says(
        Dialect::Hugo,
        "<iframe src='https://www.youtube.com/embed/-x?start=30'></iframe>",
        "{{< youtube id=\"-x\" start=\"30\" >}}",
    );
    says(
        Dialect::Hugo,
        "<iframe src='//player.vimeo.com/video/12'></iframe>",
        "{{< vimeo 12 >}}",
    );
    says(
        Dialect::Hugo,
        "<figure><a href='/big.jpg'><img src='/a.jpg' alt='Il porto'></a><figcaption>Il <i>vecchio</i> porto</figcaption></figure>",
        "{{< figure src=\"/a.jpg\" alt=\"Il porto\" link=\"/big.jpg\" caption=\"Il *vecchio* porto\" >}}",
    );
    says(
        Dialect::Hugo,
        "<table class='tr-caption-container'><tr><td><img src='/a.jpg'></td></tr><tr><td class='tr-caption'>O “<b>mar</b>\"</td></tr></table>",
        "{{< figure src=\"/a.jpg\" caption=`O “**mar**\"` >}}",
    );
    // Two pictures are more than a figure can hold.
    says(
        Dialect::Hugo,
        "<figure><img src='/a.jpg'><img src='/b.jpg'><figcaption>Zwei</figcaption></figure>",
        "![](/a.jpg)![](/b.jpg)  \n*Zwei*",
    );
}

#[test]
fn marks_are_escaped_as_the_reader_pairs_them() {
    says(Dialect::CommonMark, "2*3 **** a_b #1", "2*3 **** a_b #1");
    says(Dialect::Jekyll, "2*3 **** a_b #1", "2\\*3 \\*\\*\\*\\* a_b #1");
    says(Dialect::Pelican, "#1 2*3 a_b ~x", "\\#1 2\\*3 a_b ~x");
    says(Dialect::Pelican, ": définition", "&#58; définition");
    says(Dialect::Jekyll, ": définition", "\\: définition");
    says(
        Dialect::Jekyll,
        "un|deux $$x$$ &lt;&lt; {:toc}",
        "un\\|deux $\\$x$\\$ &lt;< \\{:toc}",
    );
    says(Dialect::Hugo, "Inicio &gt;&gt; Fotos", "Inicio \\>> Fotos");
    // A reference behind an address would be taken into it.
    let address = "a https://a.example/x/&lt;&lt;TAG b";
    says(Dialect::Hugo, address, "a <https://a.example/x/>&lt;&lt;TAG b");
    says(Dialect::CommonMark, address, "a https://a.example/x/<&lt;TAG b");
    says(Dialect::Jekyll, "*[HTML]: x", "\\*[HTML]: x");
    says(Dialect::Jekyll, "<p>a</p>^", "a\n\n&#94;");
    says(Dialect::Pelican, "<s>vieux</s>", "<del>vieux</del>");
    says(Dialect::Pelican, "<h2>C#</h2>", "## C\\#");
    for dialect in [Dialect::Hugo, Dialect::Jekyll, Dialect::Zola, Dialect::Pelican] {
        says(dialect, "<h2>Τίτλος {#a}</h2>", "## Τίτλος \\{#a}");
    }
    says(Dialect::Eleventy, "<h2>Τίτλος {#a}</h2>", "## Τίτλος {#a}");
}

#[test]
fn addresses_that_the_reader_refuses_are_html() {
    says(
        Dialect::Eleventy,
        "<a href='file:///C:/x'>α</a>",
        "<a href=\"file:///C:/x\">α</a>",
    );
    says(
        Dialect::Astro,
        "<img src='bild.jpg' alt='Bild'>",
        "<img src=\"bild.jpg\" alt=\"Bild\">",
    );
    says(
        Dialect::Astro,
        "<img src='http://i.example/%E9.jpg'>",
        "<img src=\"http://i.example/%E9.jpg\" alt=\"\">",
    );
    says(Dialect::Zola, "<a href='@/x'>α</a>", "[α](%40/x)");
    // Only some make links of bare addresses, which has to be kept from them.
    says(Dialect::Hugo, "voir www.example.org", "voir www\\.example.org");
    says(Dialect::Jekyll, "voir www.example.org", "voir www.example.org");
}

#[test]
fn lists_and_code_stand_where_the_reader_finds_them() {
    let lists = "<ul><li>один</ul><ol><li>два</ol>";
    says(Dialect::CommonMark, lists, "* один\n\n1. два");
    says(Dialect::Jekyll, lists, "* один\n\n^\n\n1. два");
    says(Dialect::Pelican, lists, "*   один\n\n<!-- -->\n\n1.  два");
    let code = "<ul><li>код<pre class='brush: js'>x = 1;</pre></ul>";
    says(Dialect::Jekyll, code, "* код\n\n  ```js\n  x = 1;\n  ```");
    says(Dialect::Pelican, code, "*   код\n\n        :::js\n        x = 1;");
    says(
        Dialect::Jekyll,
        "<u>a</u> <u><b>b</b></u>",
        "<u>a</u> <u markdown=\"span\">**b**</u>",
    );
    says(
        Dialect::Jekyll,
        "слово<iframe src='//v.example/1'></iframe>",
        "слово\n\n<iframe src=\"//v.example/1\"></iframe>",
    );
    says(
        Dialect::Pelican,
        "<details><summary>Ещё</summary><i>да</i></details>",
        "<details markdown=\"1\">\n<summary>Ещё</summary>\n\n*да*\n\n</details>",
    );
}

/// Whatever was HTML is said without, or named.
#[test]
fn without_html_the_nearest_plain_form_is_written() {
    let options = MarkdownOptions {
        raw_html: RawHtml::None,
        ..MarkdownOptions::default()
    };
    for (fragment, text, notices) in [
        (
            "H<sub>2</sub>O, <u>sì</u>",
            "H2O, sì",
            &["html-raw-html-dropped 1 <sub>", "html-raw-html-dropped 1 <u>"][..],
        ),
        (
            "<pre>ver <a href='/x'>aquí</a>\ny <img src='/b.png' alt='b'></pre>",
            "ver [aquí](/x)  \ny ![b](/b.png)",
            &["html-raw-html-dropped 1 <pre>"],
        ),
        (
            "<iframe src='//www.youtube.com/embed/abc'></iframe>",
            "<https://www.youtube.com/watch?v=abc>",
            &["html-embed-as-link https://www.youtube.com/watch?v=abc"],
        ),
        (
            "<a href='#n'>1</a> <p id=n>note</p>",
            "[1](#n)\n\nnote",
            &["html-raw-html-dropped 1 <a id>"],
        ),
        (
            "<details><summary>Mehr</summary>Text</details>",
            "Mehr\n\nText",
            &["html-raw-html-dropped 1 <details>"],
        ),
        (
            "<table><tr><th>a<th>b<tr><td colspan=2>c<tr><td>d<td>e</table>",
            "| a | b |\n| --- | --- |\n| c | |\n| d | e |",
            &["html-table-flattened 3 rows"],
        ),
        (
            "<table><tr><td rowspan=2>a<td>b<tr><td>c</table>",
            "|     |     |\n| --- | --- |\n| a | b |\n| | c |",
            &["html-table-flattened 2 rows"],
        ),
    ] {
        let markdown = to_markdown(fragment, &options);
        assert_eq!(markdown.text.trim_end(), text, "{fragment}");
        let said: Vec<String> = markdown
            .notices
            .iter()
            .map(|notice| format!("{} {}", notice.code.name(), notice.detail))
            .collect();
        assert_eq!(said, notices, "{fragment}");
    }
}
