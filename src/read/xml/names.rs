//! The namespaces that legacy blog formats use, and the prefixes that a document gives them.

use super::walker::Attributes;

/// The namespaces that legacy blog formats use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ns {
    /// No namespace (RSS), or an Atom document that forgot to declare its own.
    None,
    /// `http://www.w3.org/2005/Atom`
    Atom,
    /// Atom 0.3, of 2003 to 2006.
    Atom03,
    /// Atom Publishing Protocol, in Google's form and in the final one.
    App,
    /// Atom threading.
    Thr,
    /// Google Data.
    Gd,
    /// GeoRSS.
    GeoRss,
    /// Media RSS.
    Media,
    /// OpenSearch.
    OpenSearch,
    /// `http://schemas.google.com/blogger/2018`
    Blogger,
    /// RSS content module.
    Content,
    /// Dublin Core.
    Dc,
    /// RSS slash module.
    Slash,
    /// WordPress export.
    Wp,
    /// WordPress excerpt.
    Excerpt,
    /// Well-formed web.
    Wfw,
    /// Any other.
    Other,
}

/// How WordPress's own begin; the version of the export follows.
const WORDPRESS: &str = "http://wordpress.org/export/";

const URIS: [(&str, Ns); 16] = [
    ("http://www.w3.org/2005/Atom", Ns::Atom),
    ("http://purl.org/atom/ns#", Ns::Atom03),
    ("http://purl.org/atom/app#", Ns::App),
    ("http://www.w3.org/2007/app", Ns::App),
    ("http://purl.org/syndication/thread/1.0", Ns::Thr),
    ("http://schemas.google.com/g/2005", Ns::Gd),
    ("http://www.georss.org/georss", Ns::GeoRss),
    ("http://search.yahoo.com/mrss", Ns::Media),
    ("http://a9.com/-/spec/opensearchrss/1.0", Ns::OpenSearch),
    ("http://a9.com/-/spec/opensearch/1.1", Ns::OpenSearch),
    ("http://schemas.google.com/blogger/2018", Ns::Blogger),
    // Feeds declare it; it is so near to the one before that it has to be known.
    ("http://schemas.google.com/blogger/2008", Ns::Other),
    ("http://purl.org/rss/1.0/modules/content", Ns::Content),
    ("http://purl.org/dc/elements/1.1", Ns::Dc),
    ("http://purl.org/rss/1.0/modules/slash", Ns::Slash),
    ("http://wellformedweb.org/CommentAPI", Ns::Wfw),
];

impl Ns {
    pub(in crate::read) fn of_uri(uri: &str) -> Ns {
        let uri = uri.trim_end_matches('/');
        if uri.is_empty() {
            // `xmlns=""` takes the default namespace back.
            return Ns::None;
        }
        if let Some((_, ns)) = URIS.iter().find(|(known, _)| *known == uri) {
            return *ns;
        }
        // One wrong byte is damage.
        let is_near = |known: &str, uri: &str| {
            let wrong = known.chars().zip(uri.chars()).filter(|(a, b)| a != b).count();
            wrong <= 1 && known.chars().count() == uri.chars().count()
        };
        let until_version = uri.char_indices().nth(WORDPRESS.len()).map_or(uri.len(), |(at, _)| at);
        if uri.contains("//wordpress.org/export/") || is_near(WORDPRESS, uri.get(..until_version).unwrap_or_default()) {
            // `1.2`, or `1.2/excerpt`.
            let is_excerpt = uri.chars().count() > WORDPRESS.len() + 6;
            return if is_excerpt { Ns::Excerpt } else { Ns::Wp };
        }
        // The slash behind it, too.
        let short = |known: &str| uri.strip_prefix(known).is_some_and(|rest| rest.chars().count() == 1);
        let near = URIS.iter().find(|(known, _)| is_near(known, uri) || short(known));
        near.map_or(Ns::Other, |(_, ns)| *ns)
    }

    /// What a prefix means where nobody declared it: the name everyone gives it.
    pub(super) fn of_customary_prefix(prefix: &str) -> Ns {
        match prefix {
            "atom" => Ns::Atom,
            "app" => Ns::App,
            "thr" => Ns::Thr,
            "gd" => Ns::Gd,
            "georss" => Ns::GeoRss,
            "media" => Ns::Media,
            "openSearch" => Ns::OpenSearch,
            "blogger" => Ns::Blogger,
            "content" => Ns::Content,
            "dc" => Ns::Dc,
            "slash" => Ns::Slash,
            "wp" => Ns::Wp,
            "excerpt" => Ns::Excerpt,
            "wfw" => Ns::Wfw,
            _ => Ns::Other,
        }
    }
}

/// Prefixes that the root of a document declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespaces(pub(super) Vec<(Box<str>, Ns)>);

impl Namespaces {
    /// What these attributes of a damaged element seem to declare.
    pub(super) fn declared_by<'a>(attributes: impl Iterator<Item = (&'a str, &'a str)>) -> Namespaces {
        let declared = attributes.filter_map(|(name, value)| {
            let prefix = Attributes::declared(name)?;
            let ns = match Ns::of_uri(value) {
                Ns::Other if prefix.is_empty() => Ns::None,
                Ns::Other => Ns::of_customary_prefix(prefix),
                told => told,
            };
            Some((prefix.into(), ns))
        });
        Namespaces(declared.collect())
    }

    /// What a prefix means; that of the default namespace is empty.
    pub(in crate::read) fn get(&self, prefix: &str) -> Option<Ns> {
        self.0.iter().find(|(p, _)| **p == *prefix).map(|(_, n)| *n)
    }

    /// The prefix under which a namespace is declared, with its colon; empty for the default namespace.
    pub fn prefix_of(&self, ns: Ns) -> Option<String> {
        self.0
            .iter()
            .find(|(_, n)| *n == ns)
            .map(|(p, _)| if p.is_empty() { String::new() } else { format!("{p}:") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_mean_what_their_addresses_mean() {
        for (prefix, uri) in [
            ("atom", "http://www.w3.org/2005/Atom"),
            ("app", "http://purl.org/atom/app#"),
            ("thr", "http://purl.org/syndication/thread/1.0"),
            ("gd", "http://schemas.google.com/g/2005"),
            ("georss", "http://www.georss.org/georss"),
            ("media", "http://search.yahoo.com/mrss/"),
            ("openSearch", "http://a9.com/-/spec/opensearchrss/1.0/"),
            ("blogger", "http://schemas.google.com/blogger/2018"),
            ("content", "http://purl.org/rss/1.0/modules/content/"),
            ("dc", "http://purl.org/dc/elements/1.1/"),
            ("slash", "http://purl.org/rss/1.0/modules/slash/"),
            ("wp", "http://wordpress.org/export/1.2/"),
            ("excerpt", "http://wordpress.org/export/1.2/excerpt/"),
            ("wfw", "http://wellformedweb.org/CommentAPI/"),
        ] {
            let ns = Ns::of_customary_prefix(prefix);
            assert_ne!(ns, Ns::Other, "{prefix}");
            assert_eq!(Ns::of_uri(uri), ns, "{prefix}");
            // With any one byte of it wrong, and not with two.
            for at in 0..uri.len() {
                let mut wrong = uri.to_owned();
                wrong.replace_range(at..=at, "\u{fffd}");
                assert_eq!(Ns::of_uri(&wrong), ns, "{wrong}");
            }
            let mut wrong = uri.to_owned();
            wrong.replace_range(6..9, "qqq");
            assert_eq!(Ns::of_uri(&wrong), Ns::Other, "{wrong}");
        }
        assert_eq!(Ns::of_uri("http://schemas.google.com/blogger/2008"), Ns::Other);
        assert_eq!(Ns::of_uri("http://www.w3.org/1999/xhtml"), Ns::Other);
        assert_eq!(Ns::of_customary_prefix("itunes"), Ns::Other);
        assert_eq!(Ns::of_uri(""), Ns::None);
    }
}
