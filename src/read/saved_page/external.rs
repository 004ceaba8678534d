//! Comments that another service kept: they are not in the page, and the reader is told whose they were.

use super::outline::Outline;

/// A mark of a service in a page, and the service's name.
const SCRIPTS: &[(&str, &str)] = &[
    ("haloscan.com/", "Haloscan"),
    (".disqus.com/", "Disqus"),
    ("disqus.com/forums", "Disqus"),
    ("js-kit.com/", "JS-Kit Echo"),
    ("intensedebate.com/", "IntenseDebate"),
    ("livefyre.com/", "Livefyre"),
    ("cbox.ws/", "Cbox"),
    ("commento.", "Commento"),
    ("utteranc.es/", "Utterances"),
    ("giscus.app/", "Giscus"),
    ("graphcomment.com/", "GraphComment"),
    ("hyvor.com/", "Hyvor Talk"),
    ("cackle.me/", "Cackle"),
    ("squawkbox.tv/", "SquawkBox"),
    ("enetation.co", "Enetation"),
    ("blogextra.com/", "BlogExtra"),
    ("backblog.com/", "BackBlog"),
    ("yaccs.com/", "YACCS"),
];

/// The services that a page's markup says kept its comments, each once.
pub(super) fn services(outline: &Outline<'_>) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    let mut add = |name: &'static str| {
        if !found.contains(&name) {
            found.push(name);
        }
    };
    for script in outline.tagged("script") {
        let Some(src) = script.attr("src") else {
            let text: String = script.text().collect();
            if text.contains("disqus_shortname") || (text.contains(".disqus.com/") && text.contains("embed.js")) {
                add("Disqus");
            }
            continue;
        };
        for (mark, name) in SCRIPTS {
            // A counter or a list of the latest comments elsewhere loads other files of the same service.
            let widget = src.contains("recent_comments") || src.contains("widget") || src.contains("tracker");
            if src.contains(mark) && !widget {
                add(name);
            }
        }
    }
    for link in outline.tagged("a") {
        let Some(href) = link.attr("href") else {
            continue;
        };
        if href.starts_with("javascript:HaloScan") || href.contains("haloscan.com/comments/") {
            add("Haloscan");
        }
    }
    if outline.has_class("cmt_iframe_holder") || outline.has_class("g-comments") {
        add("Google+");
    }
    if outline.has_class("fb-comments") || outline.tagged("fb:comments").next().is_some() {
        add("Facebook");
    }
    if outline.has_id("disqus_thread") {
        add("Disqus");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    #[test]
    fn names_the_service() {
        let of = |html: &str| {
            let page = Html::parse_document(html);
            services(&Outline::of(&page))
        };
        assert_eq!(of("<a href=\"javascript:HaloScan('1');\">0</a>"), ["Haloscan"]);
        assert_eq!(
            of("<div id=disqus_thread></div><script>var disqus_shortname='x'</script>"),
            ["Disqus"]
        );
        assert_eq!(of("<div class=cmt_iframe_holder></div>"), ["Google+"]);
        assert_eq!(
            of("<script src='http://x.disqus.com/recent_comments_widget.js'></script>"),
            [""; 0]
        );
        assert_eq!(of("<p>Disqus and Haloscan</p>"), [""; 0]);
    }
}
