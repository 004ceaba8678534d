use super::*;
use crate::read::wxr::Declared;
use crate::read::wxr::fields::{self, ItemFault};
use crate::read::xml::root;

const ITEM: &str = "<item>\n<title><![CDATA[Горы]]></title>\n<link>http://gory.example/?p=7</link>\n\
    <content:encoded><![CDATA[<p>Снег</p> & <b>лёд</b>]]></content:encoded>\n<wp:post_id>7</wp:post_id>\n\
    <wp:post_date>2012-01-02 03:04:05</wp:post_date>\n<wp:status><![CDATA[draft]]></wp:status>\n\
    <category domain=\"post_tag\" nicename=\"sneg\"><![CDATA[снег]]></category>\n\
    <wp:postmeta>\n<wp:meta_key>a</wp:meta_key>\n<wp:meta_value><![CDATA[1]]></wp:meta_value>\n</wp:postmeta>\n\
    <wp:postmeta>\n<wp:meta_key>b</wp:meta_key>\n<wp:meta_value><![CDATA[2]]></wp:meta_value>\n</wp:postmeta>\n\
    <wp:comment>\n<wp:comment_id>5</wp:comment_id>\n<wp:comment_author><![CDATA[Аня]]></wp:comment_author>\n\
    <wp:comment_author_email>a@gory.example</wp:comment_author_email>\n\
    <wp:comment_content><![CDATA[да & нет]]></wp:comment_content>\n<wp:commentmeta>\n\
    <wp:meta_key>c</wp:meta_key>\n<wp:meta_value>3</wp:meta_value>\n</wp:commentmeta>\n</wp:comment>\n\
    <wp:comment>\n<wp:comment_id>6</wp:comment_id>\n<wp:comment_content>два</wp:comment_content>\n</wp:comment>\n</item>";

fn declared() -> Declared {
    root("<rss xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:wp='http://wordpress.org/export/1.2/'>")
        .unwrap()
        .namespaces
}

/// Places of the bytes of tags, and of those that open and close CDATA.
fn markup() -> Vec<usize> {
    let mut places = Vec::new();
    let mut at = "<item>".len();
    let end = ITEM.len() - "</item>".len();
    while let Some(begin) = memchr::memchr(b'<', &ITEM.as_bytes()[at..end]).map(|found| at + found) {
        if ITEM[begin..].starts_with(CDATA) {
            places.extend(begin..begin + CDATA.len());
            at = begin + ITEM[begin..].find(CDATA_END).unwrap() + CDATA_END.len();
            places.extend(at - CDATA_END.len()..at);
        } else {
            at = begin + ITEM[begin..].find('>').unwrap() + 1;
            let name = name_at(&ITEM[begin + 1..]).len();
            // Attributes may be damaged and the item well-formed.
            places.extend(begin..=begin + name);
            places.push(at - 1);
        }
    }
    places
}

#[test]
fn a_damaged_byte_of_markup_costs_nothing_or_is_told() {
    let namespaces = declared();
    let (whole, fault) = fields::item(ITEM.into(), &namespaces);
    assert_eq!(fault, None);
    assert_eq!((whole.metas.len(), whole.comments.len(), whole.terms.len()), (2, 2, 1));
    let (mut same, mut told) = (0, 0);
    for at in markup() {
        for wrong in [b'x', b'<', b'>', b' ', b'_', b'/', b'&', b'"', b']', 0, 0x80, 0xff] {
            let mut bytes = ITEM.as_bytes().to_vec();
            if std::mem::replace(&mut bytes[at], wrong) == wrong {
                continue;
            }
            let (item, fault) = fields::item(String::from_utf8_lossy(&bytes), &namespaces);
            let shown =
                || String::from_utf8_lossy(&bytes[at.saturating_sub(30)..(at + 30).min(bytes.len())]).into_owned();
            let is_told = matches!(fault, Some(ItemFault::Part(_) | ItemFault::Text));
            assert!(is_told || item == whole, "{}: {fault:?} {item:#?}", shown());
            same += usize::from(item == whole);
            told += usize::from(item != whole);
            // Whatever is told: no comment is gone.
            assert!(item.comments.len() >= 2, "{} {item:#?}", shown());
        }
    }
    assert!(same > told * 20, "{same} {told}");
}

#[test]
fn the_names_are_those_of_the_reader() {
    use crate::read::xml::Ns;
    let groups = GROUPS.iter().map(|[begin, _]| name_at(&begin[1..]));
    for name in VALUES.iter().copied().chain(groups) {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let ns = match prefix {
            "wp" => Ns::Wp,
            "content" => Ns::Content,
            "excerpt" => Ns::Excerpt,
            "dc" => Ns::Dc,
            _ => Ns::None,
        };
        assert!(
            matches!(fields::customary(ns, local), Cow::Borrowed(usual) if usual == name),
            "{name}"
        );
    }
}

#[test]
fn hostile_repetitions_take_linear_time() {
    let namespaces = declared();
    for piece in [
        "<wp:a>",
        "<wp:a ",
        "<x",
        "</wp:a>",
        "]]>",
        "<![CDATA[",
        "<category ",
        "<wp:comment_id>5",
        "<wp:status><![CDATA[x]]></wp:statux>",
        "<wp:a><![CDATA[x]]>",
        "<wp:comment><wp:comment_id>5</wp:comment_ix>",
    ] {
        for end in ["", "</wp:a></wp:status></wp:comment_id>", "]]>"] {
            let text = format!("<item>{}{end}</item>", piece.repeat(50_000 / piece.len()));
            fields::item(text.as_str().into(), &namespaces);
        }
    }
}
