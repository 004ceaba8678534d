//! Posts and comments in a page's JSON-LD (schema.org `BlogPosting`).

use serde_json::Value;

use super::about::unescape;
use super::outline::{Outline, raw_text};

/// A post as a page's JSON-LD has it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Article {
    pub(super) headline: Option<String>,
    pub(super) url: Option<String>,
    pub(super) published: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) author: Option<String>,
    /// Plain text.
    pub(super) body: Option<String>,
    pub(super) language: Option<String>,
    pub(super) keywords: Vec<String>,
    /// The data is about a blog's post, not an article of any kind.
    pub(super) is_blog_posting: bool,
    pub(super) comment_count: Option<u64>,
    pub(super) comments: Vec<Remark>,
}

/// A comment as JSON-LD has it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) id: Option<String>,
    pub(super) url: Option<String>,
    pub(super) text: Option<String>,
    pub(super) author: Option<String>,
    pub(super) author_url: Option<String>,
    pub(super) published: Option<String>,
    /// Place of the comment that it stands in.
    pub(super) parent: Option<usize>,
    /// Id of the comment that it says it answers.
    pub(super) parent_id: Option<String>,
}

/// Every post in a page's JSON-LD.
pub(super) fn articles(outline: &Outline<'_>) -> Vec<Article> {
    let mut articles = Vec::new();
    for script in outline.tagged("script") {
        if !script
            .attr("type")
            .is_some_and(|t| t.trim().eq_ignore_ascii_case("application/ld+json"))
        {
            continue;
        }
        let text = raw_text_of_script(script);
        // Values may stand in lists and graphs; serde_json refuses what is nested too deep.
        let Ok(value) = serde_json::from_str::<Value>(text.trim()) else {
            continue;
        };
        let mut queue = std::collections::VecDeque::from([&value]);
        while let Some(value) = queue.pop_front() {
            match value {
                Value::Array(list) => queue.extend(list),
                Value::Object(object) => {
                    if is_type(
                        value,
                        &[
                            "BlogPosting",
                            "Article",
                            "NewsArticle",
                            "SocialMediaPosting",
                            "TechArticle",
                        ],
                    ) || is_type(value, &["WebPage"]) && of_a_plugin(value)
                    {
                        let mut article = article(value);
                        if is_type(value, &["WebPage"]) {
                            // A page's name has the site's behind it.
                            article.headline = None;
                        }
                        articles.push(article);
                    } else {
                        queue.extend(
                            ["@graph", "blogPost", "mainEntity", "hasPart"]
                                .iter()
                                .filter_map(|k| object.get(*k)),
                        );
                    }
                }
                _ => {}
            }
        }
    }
    articles
}

/// Whether a page's data is what plugins of WordPress tell of a post that they do not call an article: a part of a site,
/// with a date of publication.
fn of_a_plugin(page: &Value) -> bool {
    text(page, "datePublished").is_some() && page.get("isPartOf").is_some()
}

fn raw_text_of_script(script: scraper::ElementRef<'_>) -> String {
    let text: String = script.text().collect();
    if text.is_empty() { raw_text(script) } else { text }
}

fn is_type(value: &Value, names: &[&str]) -> bool {
    match value.get("@type") {
        Some(Value::String(own)) => names.contains(&own.as_str()),
        Some(Value::Array(all)) => all.iter().any(|t| t.as_str().is_some_and(|t| names.contains(&t))),
        _ => false,
    }
}

fn article(value: &Value) -> Article {
    let mut article = Article {
        headline: text(value, "headline").or_else(|| text(value, "name")),
        url: text(value, "url").or_else(|| {
            value
                .get("mainEntityOfPage")
                .and_then(|m| m.as_str().map(str::to_owned).or_else(|| text(m, "@id")))
        }),
        published: text(value, "datePublished"),
        modified: text(value, "dateModified"),
        author: person(value.get("author")).0,
        body: text(value, "articleBody"),
        language: text(value, "inLanguage"),
        keywords: list(value.get("keywords"))
            .filter_map(Value::as_str)
            .flat_map(|words| words.split(','))
            .map(|word| word.trim().to_owned())
            .filter(|word| !word.is_empty())
            .collect(),
        is_blog_posting: is_type(value, &["BlogPosting"]),
        comment_count: value
            .get("commentCount")
            .and_then(|c| c.as_u64().or_else(|| c.as_str()?.parse().ok())),
        comments: Vec::new(),
    };
    let mut stack: Vec<(&Value, Option<usize>)> = list(value.get("comment")).rev().map(|c| (c, None)).collect();
    while let Some((comment, parent)) = stack.pop() {
        let (author, author_url) = person(comment.get("author").or_else(|| comment.get("creator")));
        let place = article.comments.len();
        article.comments.push(Remark {
            id: text(comment, "@id").or_else(|| text(comment, "identifier")),
            url: text(comment, "url"),
            text: text(comment, "text")
                .or_else(|| text(comment, "commentText"))
                .or_else(|| text(comment, "description")),
            author,
            author_url,
            published: text(comment, "datePublished").or_else(|| text(comment, "dateCreated")),
            parent,
            parent_id: comment
                .get("parentItem")
                .and_then(|p| text(p, "@id").or_else(|| p.as_str().map(str::to_owned))),
        });
        stack.extend(list(comment.get("comment")).rev().map(|c| (c, Some(place))));
    }
    article
}

fn list(value: Option<&Value>) -> std::slice::Iter<'_, Value> {
    match value {
        Some(Value::Array(list)) => list.iter(),
        Some(one) => std::slice::from_ref(one).iter(),
        None => [].iter(),
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    let text = value.get(name)?.as_str()?;
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

fn person(value: Option<&Value>) -> (Option<String>, Option<String>) {
    match list(value).next() {
        Some(Value::String(name)) => (Some(name.clone()), None),
        Some(person) => (text(person, "name").map(|n| unescape(&n)), text(person, "url")),
        None => (None, None),
    }
}

/// The article that is a post of the page: by address, by title, or the only one where the page has one post.
pub(super) fn matching<'a>(
    articles: &'a [Article],
    url: Option<&str>,
    title: Option<&str>,
    single: bool,
) -> Option<&'a Article> {
    let bare = |url: &str| {
        url.split(['?', '#'])
            .next()
            .unwrap_or(url)
            .trim_start_matches("https://")
            .trim_start_matches("http://")
            .to_owned()
    };
    let by_url = url.and_then(|url| {
        articles
            .iter()
            .find(|a| a.url.as_deref().is_some_and(|own| bare(own) == bare(url)))
    });
    by_url
        .or_else(|| {
            let title = title?;
            articles
                .iter()
                .find(|a| a.headline.as_deref().is_some_and(|h| unescape(h) == title))
        })
        .or(match articles {
            [only] if single && only.is_blog_posting => Some(only),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    #[test]
    fn a_part_of_a_site_that_was_published_tells_its_date_and_no_title() {
        let page = Html::parse_document(
            r#"<script type="application/ld+json">{"@graph":[{"@type":"WebPage","url":"http://tea.example/a","name":"Tea - A blog",
            "isPartOf":{"@id":"http://tea.example/#website"},"datePublished":"2019-05-05T10:00:00Z"},
            {"@type":"WebPage","datePublished":"2001-01-01"}]}</script>"#,
        );
        let articles = articles(&Outline::of(&page));
        let [article] = articles.as_slice() else {
            panic!("{articles:?}")
        };
        assert_eq!(article.published.as_deref(), Some("2019-05-05T10:00:00Z"));
        assert_eq!(article.headline, None);
    }

    #[test]
    fn reads_posts_with_threads_of_comments() {
        let page = Html::parse_document(
            r#"<script type="application/ld+json">{"@graph":[{"@type":"WebSite"},{"@type":["BlogPosting"],"headline":"Tea &amp; cake",
            "datePublished":"2009-05-05T10:00:00Z","author":{"@type":"Person","name":"Ada"},"mainEntityOfPage":{"@id":"http://tea.example/a"},
            "comment":[{"@type":"Comment","text":"one","comment":{"@type":"Comment","text":"two"}},{"text":"three"}]}]}</script>
            <script type="application/ld+json">{broken</script>"#,
        );
        let outline = Outline::of(&page);
        let articles = articles(&outline);
        assert_eq!(articles.len(), 1);
        assert_eq!(articles[0].author.as_deref(), Some("Ada"));
        assert_eq!(articles[0].url.as_deref(), Some("http://tea.example/a"));
        let texts: Vec<_> = articles[0]
            .comments
            .iter()
            .map(|c| (c.text.as_deref().unwrap(), c.parent))
            .collect();
        assert_eq!(texts, [("one", None), ("two", Some(0)), ("three", None)]);
        assert!(matching(&articles, None, Some("Tea & cake"), false).is_some());
        assert!(matching(&articles, Some("https://tea.example/a?x"), None, false).is_some());
        assert!(matching(&articles, None, None, false).is_none());
    }
}
