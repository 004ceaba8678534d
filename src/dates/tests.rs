use super::*;
use crate::model::DateBasis;

fn hints(language: &str) -> Hints {
    Hints {
        language: (!language.is_empty()).then(|| language.to_owned()),
        ..Hints::default()
    }
}

/// What a text is read as: the date of the record, or its basis where there is none.
fn reads(text: &str, language: &str) -> String {
    shown(text, &hints(language))
}

fn shown(text: &str, hints: &Hints) -> String {
    let dated = dated(text, hints);
    match (dated.date, dated.basis) {
        (Some(date), _) => date.to_string(),
        (None, Some(DateBasis::Ambiguous)) => "ambiguous".to_owned(),
        (None, _) => "none".to_owned(),
    }
}

fn table(rows: &[(&str, &str, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(text, language, expected)| {
            let got = reads(text, language);
            (got != *expected).then(|| format!("{text} [{language}]: {got}, expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn days_by_name_in_many_languages() {
    let mut rows = Vec::new();
    for (language, text) in [
        ("en", "Tuesday, 5 May 2009"),
        ("en-US", "Tuesday, May 5, 2009"),
        ("en", "Tuesday, May 05, 2009"),
        ("en", "Tue, May 5th, 2009"),
        ("en", "05 May 2009"),
        ("en", "5-May-2009"),
        ("en", "5 May '09"),
        ("en", "The 5th of May 2009"),
        ("en", "TUESDAY, MAY 5, 2009"),
        ("es", "martes, 5 de mayo de 2009"),
        ("es", "mar. 5 may. 2009"),
        ("pt-BR", "terça-feira, 5 de maio de 2009"),
        ("pt-BR", "Terça-feira, Maio 05, 2009"),
        ("pt", "Terça-feira, 5 de Maio de 2009"),
        ("fr", "mardi 5 mai 2009"),
        ("fr-CA", "mardi 05 mai 2009"),
        ("de", "Dienstag, 5. Mai 2009"),
        ("de", "Dienstag, Mai 05, 2009"),
        ("de", "Di., 5. Mai 2009"),
        ("it", "martedì 5 maggio 2009"),
        ("it", "martedì, maggio 05, 2009"),
        ("nl", "dinsdag 5 mei 2009"),
        ("sv", "tisdag 5 maj 2009"),
        ("da", "tirsdag den 5. maj 2009"),
        ("no", "tirsdag 5. mai 2009"),
        ("fi", "tiistai 5. toukokuuta 2009"),
        ("is", "þriðjudagur, 5. maí 2009"),
        ("et", "teisipäev, 5. mai 2009"),
        ("lv", "otrdiena, 2009. gada 5. maijs"),
        ("lt", "2009 m. gegužės 5 d., antradienis"),
        ("pl", "wtorek, 5 maja 2009"),
        ("cs", "úterý 5. května 2009"),
        ("sk", "utorok 5. mája 2009"),
        ("sl", "torek, 5. maj 2009"),
        ("hr", "utorak, 5. svibnja 2009."),
        ("sr", "уторак, 5. мај 2009."),
        ("sr-Latn", "utorak, 5. maj 2009."),
        ("bg", "вторник, 5 май 2009 г."),
        ("ru", "вторник, 5 мая 2009 г."),
        ("uk", "вівторок, 5 травня 2009 р."),
        ("ro", "marți, 5 mai 2009"),
        ("hu", "2009. május 5., kedd"),
        ("el", "Τρίτη, 5 Μαΐου 2009"),
        ("tr", "5 Mayıs 2009 Salı"),
        ("he", "יום שלישי, 5 במאי 2009"),
        ("iw", "יום שלישי, מאי 05, 2009"),
        ("ar", "الثلاثاء، 5 مايو 2009"),
        ("ar", "الثلاثاء، ٥ مايو ٢٠٠٩"),
        ("ar", "الثلاثاء، 5 أيار 2009"),
        ("fa", "سه‌شنبه ۱۵ اردیبهشت ۱۳۸۸"),
        ("fa", "۱۳۸۸ اردیبهشت ۱۵, سه‌شنبه"),
        ("fa", "۱۳۸۸/۰۲/۱۵"),
        ("hi", "मंगलवार, 5 मई 2009"),
        ("hi", "मंगलवार, ५ मई २००९"),
        ("bn", "মঙ্গলবার, ৫ মে, ২০০৯"),
        ("ta", "செவ்வாய், 5 மே, 2009"),
        ("th", "วันอังคารที่ 5 พฤษภาคม พ.ศ. 2552"),
        ("th", "5 พ.ค. 2552"),
        ("vi", "Thứ Ba, 5 tháng 5, 2009"),
        ("vi", "Thứ Ba, ngày 05 tháng Năm năm 2009"),
        ("id", "Selasa, 05 Mei 2009"),
        ("ms", "Selasa, 5 Mei 2009"),
        ("fil", "Martes, Mayo 5, 2009"),
        ("ja", "2009年5月5日火曜日"),
        ("ja", "2009年5月5日(火)"),
        ("ja", "平成21年5月5日"),
        ("ja", "２００９年５月５日"),
        ("zh-CN", "2009年5月5日星期二"),
        ("zh-TW", "2009年5月5日 星期二"),
        ("zh-TW", "民國98年5月5日"),
        ("ko", "2009년 5월 5일 화요일"),
        ("ca", "dimarts, 5 de maig de 2009"),
        ("gl", "martes, 5 de maio de 2009"),
        ("eu", "2009(e)ko maiatzaren 5(a), asteartea"),
        ("cy", "Dydd Mawrth, 5 Mai 2009"),
        ("sw", "Jumanne, 5 Mei 2009"),
    ] {
        rows.push((text, language, "2009-05-05"));
    }
    table(&rows);
}

#[test]
fn names_are_found_without_a_language() {
    for text in [
        "martes, 5 de mayo de 2009",
        "Dienstag, 5. Mai 2009",
        "вторник, 5 мая 2009 г.",
        "الثلاثاء، 5 مايو 2009",
        "2009年5月5日",
        "2009년 5월 5일 화요일",
        "5 Mayıs 2009 Salı",
        "úterý 5. května 2009",
    ] {
        assert_eq!(reads(text, ""), "2009-05-05", "{text}");
        // The page may say another language than its dates are in.
        assert_eq!(reads(text, "en"), "2009-05-05", "{text}");
        assert_eq!(reads(text, "pt-BR"), "2009-05-05", "{text}");
    }
}

#[test]
fn other_months() {
    table(&[
        ("Monday, December 8, 2008", "en", "2008-12-08"),
        ("lundi 1er février 2010", "fr", "2010-02-01"),
        ("1 de març de 2010", "ca", "2010-03-01"),
        ("3 d'octubre de 2010", "ca", "2010-10-03"),
        ("sábado, 31 de agosto de 2013", "es", "2013-08-31"),
        ("28 de setiembre de 2011", "es", "2011-09-28"),
        ("mar., 2 mar. 2010", "es", "2010-03-02"),
        ("martes, 2 mar 2010", "es", "2010-03-02"),
        ("Samstag, 2. Januar 2010", "de", "2010-01-02"),
        ("Sonnabend, 2. Jänner 2010", "de", "2010-01-02"),
        ("12. kesäkuuta 2011", "fi", "2011-06-12"),
        ("30 listopada 2010", "pl", "2010-11-30"),
        ("30. listopada 2010.", "hr", "2010-10-30"),
        ("7. červen 2010", "cs", "2010-06-07"),
        ("7. července 2010", "cs", "2010-07-07"),
        ("суббота, 14 ноября 2009 г.", "ru", "2009-11-14"),
        ("8 Σεπτεμβρίου 2012", "el", "2012-09-08"),
        ("8 Αύγ 2012", "el", "2012-08-08"),
        ("Mart 3, 2010", "tr", "2010-03-03"),
        ("10 كانون الثاني 2011", "ar", "2011-01-10"),
        ("1 دی 1390", "fa", "2011-12-22"),
        ("30 اسفند 1399", "fa", "2021-03-20"),
        ("15 ม.ค. 2560", "th", "2017-01-15"),
        ("二月".to_owned().as_str(), "zh", "none"),
        ("12 tháng 10, 2012", "vi", "2012-10-12"),
        ("2012年12月31日", "ja", "2012-12-31"),
        ("Oct 2, 2003", "en", "2003-10-02"),
        ("Sept. 30, 2004", "en", "2004-09-30"),
        ("20091224", "", "2009-12-24"),
    ]);
}

#[test]
fn the_same_word_for_two_months_is_settled_by_weekday_or_stays_open() {
    assert_eq!(reads("11 listopad 2010", ""), "ambiguous");
    assert_eq!(reads("11 listopad 2010", "cs"), "2010-11-11");
    assert_eq!(reads("11. listopada 2010.", "hr"), "2010-10-11");
}

#[test]
fn times() {
    table(&[
        ("May 5, 2009 at 7:14 AM", "en", "2009-05-05T07:14:00"),
        ("May 5, 2009 7:14 PM", "en", "2009-05-05T19:14:00"),
        ("May 5, 2009 at 3:37\u{202F}PM", "en", "2009-05-05T15:37:00"),
        ("5 May 2009 at 19:14", "en-GB", "2009-05-05T19:14:00"),
        ("5 May 2009 19:14:09", "en-GB", "2009-05-05T19:14:09"),
        ("May 5, 2009 12:05 AM", "en", "2009-05-05T00:05:00"),
        ("May 5, 2009 12:05 p.m.", "en", "2009-05-05T12:05:00"),
        ("7 PM, May 5, 2009", "en", "2009-05-05T19:00:00"),
        ("5 mai 2009 à 02 h 36", "fr-CA", "2009-05-05T02:36:00"),
        ("5 mai 2009 à 14h05", "fr", "2009-05-05T14:05:00"),
        ("5 mai 2009 16:49", "fr", "2009-05-05T16:49:00"),
        ("17 Απριλίου 2017 - 4:21 μ.μ.", "el", "2017-04-17T16:21:00"),
        ("5 de mayo de 2009, 6:24", "es", "2009-05-05T06:24:00"),
        ("5 de mayo de 2009, 6:24 p. m.", "es", "2009-05-05T18:24:00"),
        ("5 de maio de 2009 às 12:44", "pt-BR", "2009-05-05T12:44:00"),
        ("5. Mai 2009 um 10:23", "de", "2009-05-05T10:23:00"),
        ("5. Mai 2009 21.11 Uhr", "de", "2009-05-05T21:11:00"),
        ("5. mai 2009 kl. 01.33", "no", "2009-05-05T01:33:00"),
        ("5 maggio 2009 alle ore 18.19", "it", "2009-05-05T18:19:00"),
        ("5. toukokuuta 2009 klo 7.14", "fi", "2009-05-05T07:14:00"),
        ("29 november 2010 om 12:35", "nl", "2010-11-29T12:35:00"),
        ("2015年1月21日 下午5:38", "zh-TW", "2015-01-21T17:38:00"),
        ("2015年1月21日 上午12:08", "zh-TW", "2015-01-21T00:08:00"),
        ("2009年5月5日 午後7時14分", "ja", "2009-05-05T19:14:00"),
        ("2009年5月5日 19:14", "ja", "2009-05-05T19:14:00"),
        ("2009년 5월 5일 오후 7:14", "ko", "2009-05-05T19:14:00"),
        ("5 مايو 2009 في 7:14 م", "ar", "2009-05-05T19:14:00"),
        ("5 במאי 2009 בשעה 7:14", "he", "2009-05-05T07:14:00"),
        ("2009. május 5. du. 7:14", "hu", "2009-05-05T19:14:00"),
        ("7:14 de 5 de mayo de 2009", "es", "2009-05-05T07:14:00"),
        ("19:14 5 Mayıs 2009", "tr", "2009-05-05T19:14:00"),
        ("19:14 ngày 05 tháng 5 năm 2009", "vi", "2009-05-05T19:14:00"),
        ("lúc 7:14 CH 5 tháng 5, 2009", "vi", "2009-05-05T19:14:00"),
        ("5 Mei 2009 pukul 19.14", "id", "2009-05-05T19:14:00"),
        ("Tue May 5 19:14:00 2009", "en", "2009-05-05T19:14:00"),
    ]);
}

#[test]
fn offsets_that_are_stated_are_kept() {
    table(&[
        ("Tue, 05 May 2009 19:14:00 +0200", "", "2009-05-05T19:14:00+02:00"),
        ("Tue, 05 May 2009 19:14:00 GMT", "", "2009-05-05T19:14:00Z"),
        ("5 May 2009 19:14 UTC+5:30", "en", "2009-05-05T19:14:00+05:30"),
        ("5 May 2009 7:14 pm GMT-3", "en", "2009-05-05T19:14:00-03:00"),
        // The name of a zone alone stands for several.
        ("5 May 2009 19:14 EST", "en", "2009-05-05T19:14:00"),
    ]);
}

#[test]
fn iso_forms() {
    table(&[
        ("2009-05-05", "", "2009-05-05"),
        ("2009-05-05T19:14:00.003+01:00", "", "2009-05-05T19:14:00.003+01:00"),
        ("2009-05-05T19:14+0100", "", "2009-05-05T19:14:00+01:00"),
        ("2009-05-05T19:14Z", "", "2009-05-05T19:14:00Z"),
        ("2009-05-05 19:14:00", "", "2009-05-05T19:14:00"),
        ("2009-05-05T19:14:00-7", "", "2009-05-05T19:14:00-07:00"),
        ("2009-05-05T19:14:00 -07:00", "", "2009-05-05T19:14:00-07:00"),
    ]);
    assert_eq!(dated("2009-05-05T19:14:00Z", &Hints::default()).raw, None);
    assert!(dated("2009-05-05T19:14Z", &Hints::default()).raw.is_some());
}

#[test]
fn numbers_alone_are_settled_or_stay_ambiguous() {
    table(&[
        ("28/01/08 21:53", "es_ES", "2008-01-28T21:53:00"),
        ("11/27/2011", "en", "2011-11-27"),
        ("27/11/2011", "en", "2011-11-27"),
        ("5/6/2009", "", "ambiguous"),
        ("5/6/2009", "en", "ambiguous"),
        ("5/6/2009", "en-US", "2009-05-06"),
        ("5/6/2009", "en_GB", "2009-06-05"),
        ("5/6/2009", "fr", "2009-06-05"),
        ("05.06.2009", "", "2009-06-05"),
        ("5. 6. 2009", "cs", "2009-06-05"),
        ("2009/05/06", "", "2009-05-06"),
        ("2009. 5. 6.", "ko", "2009-05-06"),
        ("09/05/06", "ja", "2009-05-06"),
        ("5/5/2009", "", "2009-05-05"),
        ("05-06-09", "nl", "2009-06-05"),
        ("5/6/2552", "th", "2009-06-05"),
        // The weekday settles what the numbers leave open: 5 June 2009 was a Friday.
        ("Friday, 5/6/2009", "en", "2009-06-05"),
        ("Wednesday, 5/6/2009", "en", "2009-05-06"),
        ("1430/5/14", "ar", "none"),
        ("1388/2/15", "", "2009-05-05"),
        ("1402/2/15", "fa", "2023-05-05"),
    ]);
    let from_permalink = Hints {
        year_month: Some((2009, 6)),
        ..Hints::default()
    };
    assert_eq!(shown("5/6/2009", &from_permalink), "2009-06-05");
    let other_dates = order_of(["5/6/2009", "25/6/2009", "no date"]);
    assert_eq!(other_dates, Some(Order::DayMonth));
    assert_eq!(
        shown(
            "5/6/2009",
            &Hints {
                order: other_dates,
                ..Hints::default()
            }
        ),
        "2009-06-05"
    );
    assert_eq!(order_of(["5/6/2009", "25/6/2009", "6/25/2009"]), None);
}

#[test]
fn a_date_without_a_year_takes_the_permalinks() {
    let hints = Hints {
        year_month: Some((2009, 5)),
        language: Some("en".into()),
        order: None,
    };
    let dated = dated("May 5 at 7:14 AM", &hints);
    assert_eq!(dated.date.unwrap().as_str(), "2009-05-05T07:14:00");
    assert_eq!(dated.basis, Some(DateBasis::Inferred));
    assert_eq!(reads("May 5", "en"), "none");
    assert_eq!(shown("June 5", &hints), "none");
}

#[test]
fn what_is_no_date_is_kept_as_text() {
    for text in [
        "12:58 PM",
        "yesterday",
        "3 hours ago",
        "May 2009",
        "31/02/2009",
        "Chapter 5",
    ] {
        let dated = dated(text, &hints("en"));
        assert_eq!((dated.date, dated.raw.as_deref()), (None, Some(text)), "{text}");
    }
    let time = read("12:58 PM", &hints("en")).unwrap();
    assert_eq!(
        (time.day, time.time.unwrap().to_string()),
        (Day::Absent, "12:58:00".to_owned())
    );
    assert_eq!(dated("  ", &hints("en")), Dated::default());
}

#[test]
fn says_how_much_of_a_text_is_no_date() {
    let words = |text: &str| read(text, &hints("en")).map(|r| r.other_words);
    assert_eq!(words("Tuesday, 5 May 2009"), Some(0));
    assert_eq!(words("quinta-feira, 8 de julho de 2010"), Some(0));
    assert_eq!(words("terça-feira, 5 de maio de 2009"), Some(0));
    assert_eq!(words("Dienstag, 5. Mai 2009 um 21:11 Uhr"), Some(0));
    assert_eq!(words("May 5, 2009 at 7:14 AM"), Some(0));
    assert!(words("On 5 May 2009 we went to Kew").is_some_and(|n| n >= 3));
    assert!(words("Chapter 5 was written on 5 May 2009").is_some_and(|n| n >= 2));
}

#[test]
fn every_locale_reads_its_own_names() {
    for language in names::languages() {
        for month in 1..=12_u32 {
            let Some(name) = language.month_name(month) else {
                continue;
            };
            let text = format!("14 {name} 2009");
            assert_eq!(
                reads(&text, language.code),
                format!("2009-{month:02}-14"),
                "{text} [{}]",
                language.code
            );
        }
    }
}

/// Found by fuzzing: hours past all numbers were multiplied before they were compared.
#[test]
fn an_offset_of_no_clock_is_none() {
    for offset in ["-05:20110211403", "+4294967295:00", "-1193047:00", "+99", "+15:00"] {
        let text = format!("5 May 2009 15:01 {offset}");
        let offset = read(&text, &hints("en")).and_then(|r| r.offset);
        assert_eq!(offset, None, "{text}");
    }
}
