use super::*;

/// A reader that gives `step` bytes at a time, so that every boundary is met.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(self.0.len()).min(buf.len());
        buf[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn split(text: &str) -> Vec<(PieceKind, String)> {
    let mut all: Option<Vec<(PieceKind, String)>> = None;
    for step in [1, 2, 3, 7, 4096] {
        let mut splitter = Splitter::new(Slow(text.as_bytes(), step), &["entry"]);
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(piece) = splitter.next_piece().unwrap() {
            assert_eq!(piece.offset, at);
            at += piece.bytes.len() as u64;
            pieces.push((piece.kind, String::from_utf8(piece.bytes.to_vec()).unwrap()));
        }
        assert_eq!(at, text.len() as u64);
        match &all {
            Some(first) => assert_eq!(first, &pieces),
            None => all = Some(pieces),
        }
    }
    all.unwrap()
}

#[test]
fn gives_entries_and_what_is_between() {
    use PieceKind::*;
    assert_eq!(
        split("<feed><id/><entry><a>1</a></entry>\n<entry x='>'>2</entry></feed>"),
        [
            (Outside, "<feed><id/>".to_owned()),
            (Entry, "<entry><a>1</a></entry>".to_owned()),
            (Outside, "\n".to_owned()),
            (Entry, "<entry x='>'>2</entry>".to_owned()),
            (Outside, "</feed>".to_owned()),
        ]
    );
}

#[test]
fn is_not_misled_by_cdata_comments_or_longer_names() {
    use PieceKind::*;
    let pieces = split("<f><!-- <entry> --><entry><![CDATA[</entry><entry>]]><entryId/></entry><entry/></f>");
    assert_eq!(
        pieces.iter().map(|p| p.0).collect::<Vec<_>>(),
        [Outside, Entry, Entry, Outside]
    );
}

/// The pieces of a text whose entries may have 40 bytes.
fn split_short(text: &str) -> Vec<(PieceKind, u64, usize)> {
    let mut splitter = Splitter::new(Slow(text.as_bytes(), 11), &["entry"]);
    splitter.longest = 40;
    let mut pieces = Vec::new();
    while let Some(piece) = splitter.next_piece().unwrap() {
        pieces.push((piece.kind, piece.offset, piece.bytes.len()));
    }
    pieces
}

#[test]
fn an_entry_that_is_too_long_costs_itself_only() {
    use PieceKind::*;
    for filling in [
        "x".repeat(500),
        "<b/>".repeat(200),
        "<!--".repeat(100),
        "<entr".repeat(90),
    ] {
        let text = format!("<f><entry>{filling}</entry><entry>2</entry></f>");
        let pieces = split_short(&text);
        let kinds: Vec<PieceKind> = pieces.iter().map(|p| p.0).collect();
        assert_eq!(kinds, [Outside, TooLong, Outside, Entry, Outside], "{filling}");
        assert!(pieces[1].2 < 40 + BLOCK, "{pieces:?}");
        let second = text.find("<entry>2").unwrap() as u64;
        assert_eq!(pieces[3], (Entry, second, "<entry>2</entry>".len()));
    }
    // Its end is missing: the next is found all the same.
    let text = format!("<f><entry>{}<entry>2</entry></f>", "y".repeat(100));
    let kinds: Vec<PieceKind> = split_short(&text).iter().map(|p| p.0).collect();
    assert_eq!(kinds, [Outside, TooLong, Outside, Entry, Outside]);
}

#[test]
fn openings_that_never_close_take_no_longer() {
    use PieceKind::*;
    // Every one of them searched to the end would be 10^12 bytes.
    for (opening, _) in HIDING {
        let opening = std::str::from_utf8(opening).unwrap();
        let text = format!("<f>{}<entry>1</entry></f>", format!("{opening}\n").repeat(400_000));
        let mut splitter = Splitter::new(text.as_bytes(), &["entry"]);
        let mut entries = 0;
        while let Some(piece) = splitter.next_piece().unwrap() {
            entries += usize::from(piece.kind == Entry);
        }
        assert_eq!(entries, 1);
    }
    // What closes is still found behind what does not.
    let pieces = split("<f><!-- a <![CDATA[ <entry> ]]> b <entry>1</entry><![CDATA[ c");
    assert_eq!(
        pieces.iter().map(|p| p.0).collect::<Vec<_>>(),
        [Outside, Entry, Outside]
    );
}

#[test]
fn a_broken_tag_takes_no_neighbour_with_it() {
    use PieceKind::*;
    let kinds = |t: &str| split(t).iter().map(|p| p.0).collect::<Vec<_>>();
    assert_eq!(
        kinds("<f><entry a='1>one</entry><entry>it's 2</entry></f>"),
        [Outside, Entry, Entry, Outside]
    );
    assert_eq!(
        kinds("<f><entry>1</entry <entry>2</entry></f>"),
        [Outside, Entry, Entry, Outside]
    );
}

#[test]
fn what_hides_entries_by_a_broken_end_is_data() {
    use PieceKind::*;
    let kinds = |t: &str| split(t).iter().map(|p| p.0).collect::<Vec<_>>();
    let rest = "</entry><entry><b><![CDATA[2 <!--more--> <?php ?>]]></b></entry></f>";
    for broken in [
        "<![CDATA[1]<>",
        "<![CDATA[1]] >",
        "<!-- 1 -- >",
        "<?a 1?",
        "<![CDATA[<![CDATA[",
    ] {
        assert_eq!(
            kinds(&format!("<f><entry><b>{broken}</b>{rest}")),
            [Outside, Entry, Entry, Outside],
            "{broken}"
        );
    }
    // Before the first entry too, and with an arrow in a text for an end.
    for (broken, end) in [
        ("<!-- 1 --", "<!--more-->"),
        ("<!-- 1 --", "--> here"),
        ("<?a 1?", "what?>"),
    ] {
        assert_eq!(
            kinds(&format!("<f>{broken}<entry>1</entry><entry>{end}</entry></f>")),
            [Outside, Entry, Entry, Outside],
            "{broken}"
        );
    }
    assert_eq!(
        kinds(
            "<f><!-- <entry>0</entry> --><entry>1</entry><!-- <entry> --><entry>2<!-- <entry></entry> --></entry></f>"
        ),
        [Outside, Entry, Outside, Entry, Outside]
    );
    // Posts about exports.
    let text = "<entry><b><![CDATA[</entry><entry><![CDATA[]]></b></entry>";
    assert_eq!(kinds(&format!("<f>{text}</f>")), [Outside, Entry, Outside]);
    // A post about exports, its sections written as two where it has one.
    let text = "<entry><b><![CDATA[</entry><entry><b><![CDATA[x]]]]><![CDATA[></b>]]></b></entry>";
    assert_eq!(kinds(&format!("<f>{text}</f>")), [Outside, Entry, Outside]);
}

#[test]
fn openings_that_go_astray_take_no_longer() {
    use PieceKind::*;
    for (opening, closing) in HIDING {
        let (opening, closing) = (
            std::str::from_utf8(opening).unwrap(),
            std::str::from_utf8(closing).unwrap(),
        );
        for between in [
            opening.to_owned(),
            format!("<entry>{opening}"),
            format!("<entry></entry>{opening}"),
        ] {
            let many = between.repeat(300_000);
            let text = format!("<f>{many}<entry>{opening}1{closing}</entry><entry>2</entry></f>");
            let mut splitter = Splitter::new(text.as_bytes(), &["entry"]);
            let mut last = None;
            while let Some(piece) = splitter.next_piece().unwrap() {
                if piece.kind == Entry {
                    last = Some(piece.bytes.to_vec());
                }
            }
            assert_eq!(last.as_deref(), Some(&b"<entry>2</entry>"[..]));
        }
    }
}

#[test]
fn a_broken_entry_costs_itself_only() {
    use PieceKind::*;
    let kinds = |t: &str| split(t).iter().map(|p| p.0).collect::<Vec<_>>();
    assert_eq!(
        kinds("<f><entry>1</entrx><entry>2</entry></f>"),
        [Outside, Broken, Entry, Outside]
    );
    assert_eq!(kinds("<f><entrx>1</entry><entry>2</entry>"), [Outside, Broken, Entry]);
    assert_eq!(kinds("<f><entry>1</entry><entry>2</ent"), [Outside, Entry, CutOff]);
    assert_eq!(
        kinds("<f><entry>1<![CDATA[ </entry><entry>2</entry>"),
        [Outside, Entry, Entry]
    );
}
