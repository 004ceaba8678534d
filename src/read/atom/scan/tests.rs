use proptest::prelude::*;

use super::*;
use crate::read::atom::walk_entry;
use crate::read::xml::Walker;
use crate::read::xml::root;

const HEAD: &str = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:gd='http://schemas.google.com/g/2005' \
    xmlns:thr='http://purl.org/syndication/thread/1.0' xmlns:blogger='http://schemas.google.com/blogger/2018' \
    xmlns:media='http://search.yahoo.com/mrss/' xmlns:georss='http://www.georss.org/georss'>";

/// An entry with all that the scan knows, and two things that it does not.
const CHILDREN: [&str; 42] = [
    "<id>tag:blogger.com,1999:blog-1.post-22</id>",
    "<published> 2011-05-06T07:08:09.010+02:00\n</published>",
    "<updated>2011-05-06T07:08:09Z</updated>",
    "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#comment'/>",
    "<category scheme=\"s\" term='haricots &amp; pois'></category>",
    "<category/>",
    "<title type='text'>Les pois d&#39;hiver</title>",
    "<title type=\"html\"/>",
    "<content type='html'>&lt;p&gt;Zima \u{2014} lato&lt;/p&gt;\r\n</content>",
    "<content type='html'>x</content>",
    "<content src='a&amp;b' type='text'/>",
    "<summary>short &nbsp; text</summary>",
    "<summary type='text'>short</summary>",
    "<link rel='self' type='application/atom+xml' href='http://b.example/feeds/1/22/comments/default/3'/>",
    "<link rel='alternate'\n href='http://b.example/?a=1&amp;b=2' title='one\ttwo' title='three' length='7'></link>",
    "<link rel='replies' type='text/html' href='http://b.example/22.html#comment-form' title='3 &amp; more'/>",
    "<link rel='edit' type='application/atom+xml' href='e'/>",
    "<link rel='related' href='r' type='application/atom+xml'/>",
    "<link rel='selfish' type='text/html5' href='s'></link>",
    "<category scheme='http://www.blogger.com/atom/ns#' term='http://schemas.google.com/blogger/2008/kind#post'/>",
    "<link/>",
    "<author><name>\u{e9}va &amp; \u{96e8}</name><uri></uri> <email>noreply@blogger.com</email><gd:image rel='r' width='16' height='16' src='//i.example/a.jpg'/></author>",
    "<author>\n <name>A</name><uri>http://a.example</uri><blogger:type>BLOGGER</blogger:type></author>",
    "<author/>",
    "<gd:extendedProperty name='blogger.itemClass' value='pid-1'/>",
    "<gd:extendedProperty value='v'/>",
    "<media:thumbnail xmlns:media='http://search.yahoo.com/mrss/' url='t.jpg' height='72' width='72'/>",
    "<media:thumbnail url='t.jpg' height='72' width='72'/>",
    "<thr:total>3</thr:total>",
    "<thr:in-reply-to href='http://b.example/22.html' ref='tag:blogger.com,1999:blog-1.post-22' source='x' type='text/html'/>",
    "<blogger:type>COMMENT</blogger:type>",
    "<blogger:status> LIVE </blogger:status>",
    "<blogger:parent>tag:blogger.com,1999:blog-1.post-5</blogger:parent>",
    "<blogger:metaDescription> a \n b</blogger:metaDescription>",
    "<blogger:metaDescription/>",
    "<blogger:location/>",
    "<enclosure/>",
    "<app:control xmlns:app='http://purl.org/atom/app#'><app:draft> yes</app:draft></app:control>",
    "<thr:in-reply-to xmlns:thr=\"http://purl.org/syndication/thread/1.0\" ref='x'/>",
    "<media:thumbnail xmlns:media='urn:x' url='t.jpg'/>",
    "<gd:extendedProperty xmlns:gd='http://schemas.google.com/g/2005&#47;' name='a' xmlns:b='c'/>",
    "<georss:point>1 2</georss:point>",
];

fn agree(text: &str, namespaces: &Namespaces) -> Result<usize, TestCaseError> {
    let mut scanned = 0;
    for want in [Want::Record, Want::Card] {
        let (mut entry, mut walked) = (AtomEntry::default(), AtomEntry::default());
        if scan(text, Plain::default(), namespaces, want, &mut entry).is_some() {
            prop_assert_eq!(
                walk_entry(Walker::new(text, 7, namespaces), want, &mut walked),
                Ok(()),
                "{}",
                text
            );
            prop_assert_eq!(entry, walked, "{}", text);
            scanned += 1;
        }
    }
    Ok(scanned)
}

proptest! {
    /// What is scanned is what the walker sees, in entries of all that there is and in broken ones.
    #[test]
    fn scan_and_walk_agree(
        children in proptest::collection::vec((0..CHILDREN.len(), 0..4_usize), 0..9),
        faults in proptest::collection::vec(
            (any::<prop::sample::Index>(), 0..20_usize, prop::sample::select(vec![
                "", "<", ">", "'", "\"", "&", "&amp;", "&x;", " ", "\n", "/", "</", "<b>", "<![CDATA[x]]>", "<!-- c -->", "<?p?>",
                "\u{1}", "\u{fc}", "=", ":", "xmlns='u'", "xmlns:gd='u'", "<id>", "</id>", "</entry>", "<entry>", "a",
            ])),
            0..3,
        ),
        head in prop::sample::select(vec![
            HEAD, "<feed>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<feed xmlns='urn:x'>",
            "<feed xmlns:gd='urn:x' xmlns:thr='http://purl.org/syndication/thread/1.0' xmlns:blogger='urn:y'>",
        ]),
    ) {
        let mut text = "<entry>".to_owned();
        for (child, space) in children {
            text.push_str(CHILDREN[child]);
            text.push_str(["", " ", "\n  ", "\r\n\t"][space]);
        }
        text.push_str("</entry>");
        for (at, length, fault) in faults {
            let from = at.index(text.len() + 1);
            let to = (from + length).min(text.len());
            if text.is_char_boundary(from) && text.is_char_boundary(to) {
                text.replace_range(from..to, fault);
            }
        }
        agree(&text, &root(head).unwrap().namespaces)?;
    }
}

#[test]
fn usual_entries_are_scanned() {
    let namespaces = root(HEAD).unwrap().namespaces;
    let unusual = [
        "&nbsp;",
        "<georss",
        "<author/>",
        "src='a&amp;b'",
        "content type='html'>x",
        "summary type='text'",
        "type=\"html\"/>",
        "'urn:x'",
        "xmlns:b",
    ];
    let usual: Vec<&str> = CHILDREN
        .into_iter()
        .filter(|child| !unusual.iter().any(|u| child.contains(u)))
        .collect();
    assert!(usual.len() > 24);
    for entry in [
        format!("<entry gd:etag='e'>{}</entry>", usual.join("\n ")),
        format!("<entry>{}</entry>", usual.concat()),
    ] {
        assert_eq!(agree(&entry, &namespaces).unwrap(), 2, "{entry}");
    }
}

#[test]
fn other_documents_are_left_to_the_walker() {
    let other = root("<a:feed xmlns:a='http://www.w3.org/2005/Atom' xmlns='urn:x'>").unwrap();
    let is_left = |text, namespaces| {
        scan(
            text,
            Plain::default(),
            namespaces,
            Want::Record,
            &mut AtomEntry::default(),
        )
        .is_none()
    };
    assert!(is_left("<entry><id>1</id></entry>", &other.namespaces));
    assert!(is_left("<a:entry></a:entry>", &other.namespaces));
    let none = Namespaces::default();
    // A prefix that nobody declared is a fault to be told of.
    assert!(is_left("<entry><thr:total>1</thr:total></entry>", &none));
}
