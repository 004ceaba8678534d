use super::*;

static LAYOUT: Layout = Layout {
    within: &["feed"],
    whole: &["link"],
    known: &[("id", b'{'), ("link", b'['), ("entry", b'[')],
    is_element: |object| object.starts_with(b"{\"n\":"),
    limit: 60,
};

const DOCUMENT: &str = r#"{"v":"1","feed":{"id":{"t":"{\"n\":0}"},"link":[{"a":1}],"entry":[{"n":1,"a":{"b":"\\"}},{"n":2,"c":["x, \"y\"",{"d":"é"}]}, {"n":3,"e":-1.5},{"n":4}],"more":[1]},"w":true}"#;

/// The pieces of a text that comes in portions: key, kind, offset and text.
fn cut(text: &[u8], portion: usize) -> Vec<(String, PieceKind, u64, Vec<u8>)> {
    let mut input = io::BufReader::with_capacity(portion, text);
    let mut cutter = Cutter::new(&mut input, &LAYOUT);
    let mut pieces = Vec::new();
    while let Some(piece) = cutter.next().unwrap() {
        pieces.push((piece.key.to_owned(), piece.kind, piece.offset, piece.bytes.to_vec()));
        assert!(pieces.len() < 1000, "{}", String::from_utf8_lossy(text));
    }
    pieces
}

/// The whole elements among them.
fn elements(text: &[u8]) -> Vec<Vec<u8>> {
    let pieces = cut(text, 7).into_iter();
    pieces.filter(|p| p.1 == PieceKind::Element).map(|p| p.3).collect()
}

#[test]
fn a_document_is_cut_where_its_values_are() {
    for portion in [1, 3, 1000] {
        for (before, behind) in [
            ("", ""),
            ("\u{feff} ", "\n"),
            ("// a {\nshow(", ");\n"),
            ("show ( ", " )"),
        ] {
            let text = format!("{before}{DOCUMENT}{behind}");
            let pieces = cut(text.as_bytes(), portion);
            let keys: Vec<&str> = pieces.iter().map(|p| p.0.as_str()).collect();
            assert_eq!(
                keys,
                ["v", "id", "link", "entry", "entry", "entry", "entry", "more", "w"],
                "{text}"
            );
            for (_, kind, offset, bytes) in &pieces {
                assert!(matches!(kind, PieceKind::Member | PieceKind::Element), "{kind:?}");
                assert!(text.as_bytes()[*offset as usize..].starts_with(bytes));
            }
            assert_eq!(pieces[5].3, br#"{"n":3,"e":-1.5}"#);
        }
    }
}

#[test]
fn a_cut_gives_what_is_whole_and_is_told() {
    let whole = cut(DOCUMENT.as_bytes(), 9);
    for at in 0..DOCUMENT.len() {
        let mut pieces = cut(&DOCUMENT.as_bytes()[..at], 9);
        let (_, kind, offset, bytes) = pieces.pop().unwrap();
        assert!(matches!(kind, PieceKind::CutOff { .. }), "{at}: {kind:?}");
        assert_eq!(offset + bytes.len() as u64, at as u64, "{at}");
        assert_eq!(pieces, whole[..pieces.len()], "{at}");
        let ended = whole
            .iter()
            .filter(|p| p.1 == PieceKind::Element && p.2 + p.3.len() as u64 <= at as u64);
        let found = pieces.iter().filter(|p| p.0 == "entry");
        assert_eq!(found.count(), ended.filter(|p| p.0 == "entry").count(), "{at}");
    }
}

#[test]
fn any_byte_may_be_any_other_and_no_neighbour_is_lost() {
    let whole = cut(DOCUMENT.as_bytes(), 9);
    for at in 0..DOCUMENT.len() {
        for wrong in [
            0, b' ', b'"', b',', b'1', b':', b'[', b'\\', b']', b'n', b't', b'{', b'}', 0xff,
        ] {
            let mut bytes = DOCUMENT.as_bytes().to_vec();
            bytes[at] = wrong;
            let found = elements(&bytes);
            for (_, _, offset, element) in whole.iter().filter(|p| p.0 == "entry") {
                let begin = *offset as usize;
                let is_touched = (begin..begin + element.len()).contains(&at);
                assert!(
                    is_touched || found.contains(element),
                    "{wrong:#x} at {at}: {}",
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
    }
}

#[test]
fn damage_is_named_with_its_place() {
    let kinds = |text: &str| -> Vec<PieceKind> { cut(text.as_bytes(), 8).into_iter().map(|p| p.1).collect() };
    use PieceKind::*;
    let broken = |at| Broken { at, in_list: true };
    for (text, expected) in [
        (r#"{"feed":{"entry":[{"n":1]},{"n":2}]}}"#, vec![broken(24), Element]),
        (r#"{"feed":{"entry":[{"n":1}x{"n":2}]}}"#, vec![Element, Fault, Element]),
        (r#"{"feed":{"entry":[{"n":1}{"n":2}]}}"#, vec![Element, Fault, Element]),
        (
            r#"{"feed":{"entry":[{"n":1},{"m":2},3]}}"#,
            vec![Element, Element, Element],
        ),
        (r#"{"feed":{"entry":[{"n":1}}}"#, vec![Element, Fault]),
        (
            r#"{"feed":{"entry":[{"n":1}},"id":{"t":0}}}"#,
            vec![Element, Fault, Member],
        ),
        (
            r#"{"feed":{"entry":[{"n":1},[[[[[]]]]],{"n":2}]}}"#,
            vec![Element, broken(26), Element],
        ),
        (r#"{"feed":{}} {}"#, vec![Behind]),
        (r#"f({"feed":{}}"#, vec![CutOff { in_list: false }]),
        (r#"f({"feed":{}});x"#, vec![Behind]),
        ("no json", vec![CutOff { in_list: false }]),
        ("", vec![CutOff { in_list: false }]),
        (
            r#"{"feed":{"id":{"n"x},"entry":[{"n":1}]}}"#,
            vec![Broken { at: 18, in_list: false }, Element],
        ),
        // A quotation mark for a bracket; a bracket too few, and too many.
        (r#"{"feed":{"entry":"{"n":1},{"n":2}]}}"#, vec![Fault, Element, Element]),
        (
            r#"{"feed":{"id":{"t":1,"entry":[{"n":1}]}}"#,
            vec![Broken { at: 15, in_list: false }, Element],
        ),
        (r#"{"feed":{"id":{"t":1}},"entry":[{"n":1}]}}"#, vec![Member, Element]),
        (r#"{"feed":{"entry": {"n":1},{"n":2}]}}"#, vec![Fault, Element, Element]),
        (r#"{"feed":{"entry": {"n":1}}}"#, vec![Member]),
        (
            r#"{"feed":{"id":{"t":1}}},"entry":[{"n":1}]}}"#,
            vec![Member, Fault, Element],
        ),
        (r#"{"feed":{"entry":[]"n":1},{"n":2}]}}"#, vec![broken(18), Element]),
        (r#"{"feed":{"entry":["n":1},{"n":2}]}}"#, vec![broken(18), Element]),
        // What was closed early, and what the list's own end is missing before.
        (
            r#"{"feed":{"entry":[{"n":1}"id":{"t":0}},{"n":2}]}}"#,
            vec![Element, broken(25), Element],
        ),
        (
            r#"{"feed":{"entry":[{"n":1},"id":{"t":0}},"w":[{"n":2}]}"#,
            vec![Element, Fault, Member, Member],
        ),
    ] {
        assert_eq!(kinds(text), expected, "{text}");
    }
}

#[test]
fn what_is_too_long_costs_itself_only() {
    let long = "x".repeat(200);
    let text = format!(r#"{{"feed":{{"id":"{long}","entry":[{{"n":1}},{{"n":"{long}"}},{{"n":2}}]}}}}"#);
    for portion in [1, 50, 1000] {
        let pieces = cut(text.as_bytes(), portion);
        let kinds: Vec<PieceKind> = pieces.iter().map(|p| p.1).collect();
        let too_long = |in_list| PieceKind::TooLong { in_list };
        assert_eq!(
            kinds,
            [too_long(false), PieceKind::Element, too_long(true), PieceKind::Element]
        );
        assert!(pieces[2].3.starts_with(b"{\"n\":\"xxx"));
        assert_eq!(pieces[2].2 as usize, text.find("{\"n\":\"").unwrap());
    }
    // One that is too long and has no end.
    let kinds: Vec<PieceKind> = cut(&text.as_bytes()[..200], 50).into_iter().map(|p| p.1).collect();
    assert_eq!(
        kinds,
        [
            PieceKind::TooLong { in_list: false },
            PieceKind::CutOff { in_list: false }
        ]
    );
}

#[test]
fn behind_long_damage_places_hold() {
    let text = format!(r#"{{"feed":{{"entry":[{{"n":1}}{},{{"n":2}}]}}}}"#, "x ".repeat(170));
    for portion in [1, 50, 1000] {
        let pieces = cut(text.as_bytes(), portion);
        let kinds: Vec<PieceKind> = pieces.iter().map(|p| p.1).collect();
        let broken = PieceKind::Broken { at: 25, in_list: true };
        assert_eq!(kinds, [PieceKind::Element, broken, PieceKind::Element]);
        assert_eq!(pieces[2].2 as usize, text.find("{\"n\":2").unwrap());
    }
}

#[test]
fn deep_brackets_and_many_quotes_take_linear_time() {
    for unit in ["{\"a\":", "[", "\\\"", "{\"", "{\"n\":[", "\"id\":"] {
        let text = format!("{{\"feed\":{{\"entry\":[x{}", unit.repeat(20_000 / unit.len()));
        let began = std::time::Instant::now();
        cut(text.as_bytes(), 8192);
        assert!(began.elapsed().as_secs() < 20, "{unit}");
    }
}

proptest::proptest! {
    /// Whatever is done to a document: the pieces come in order, none overlaps another, and portions change nothing.
    #[test]
    fn pieces_lie_in_order(edits in proptest::collection::vec((0..400usize, 0..4u8, proptest::sample::select(b"{}[],:\"\\ n1x\xff".to_vec())), 0..12)) {
        let mut bytes = DOCUMENT.repeat(2).into_bytes();
        for (at, what, byte) in edits {
            let at = at % (bytes.len() + 1);
            match what {
                0 if at < bytes.len() => drop(bytes.remove(at)),
                1 => bytes.insert(at, byte),
                2 if at < bytes.len() => bytes[at] = byte,
                _ => bytes.truncate(at.max(100)),
            }
        }
        let pieces = cut(&bytes, 7);
        proptest::prop_assert_eq!(&pieces, &cut(&bytes, 1000));
        let mut end = 0;
        for (_, kind, offset, piece) in &pieces {
            proptest::prop_assert!(*offset >= end, "{:?}", kind);
            if matches!(kind, PieceKind::Member | PieceKind::Element) {
                let begin = *offset as usize;
                proptest::prop_assert_eq!(&bytes[begin..begin + piece.len()], &piece[..]);
                end = offset + piece.len() as u64;
            } else {
                end = *offset;
            }
        }
    }
}
