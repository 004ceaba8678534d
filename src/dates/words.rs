//! What the locale data lacks, each with its reason: names that other sources of the same language use, words of the
//! parts of the day (the C library has none for most languages), and the small words that stand in dates.

/// Names that the locale's own list does not have.
pub(super) struct Extra {
    pub(super) language: &'static str,
    pub(super) months: &'static [&'static str],
    pub(super) jalali: &'static [&'static str],
    pub(super) days: &'static [&'static str],
}

const fn months(language: &'static str, months: &'static [&'static str]) -> Extra {
    Extra {
        language,
        months,
        jalali: &[],
        days: &[],
    }
}

const fn days(language: &'static str, days: &'static [&'static str]) -> Extra {
    Extra {
        language,
        months: &[],
        jalali: &[],
        days,
    }
}

pub(super) const NAMES: &[Extra] = &[
    // The locale has the Gregorian months only; Persian blogs are dated by the solar calendar, Afghan ones by its
    // Arabic names.
    Extra {
        language: "fa",
        months: &[],
        jalali: &[
            "فروردین",
            "اردیبهشت",
            "خرداد",
            "تیر",
            "مرداد",
            "شهریور",
            "مهر",
            "آبان",
            "آذر",
            "دی",
            "بهمن",
            "اسفند",
        ],
        days: &["یک‌شنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنج‌شنبه", "آدینه"],
    },
    Extra {
        language: "ps",
        months: &[],
        jalali: &[
            "حمل",
            "ثور",
            "جوزا",
            "سرطان",
            "اسد",
            "سنبله",
            "میزان",
            "عقرب",
            "قوس",
            "جدی",
            "دلو",
            "حوت",
        ],
        days: &[],
    },
    // CLDR's Persian forms with the ezafe, which Blogger prints; the locale has them without.
    months(
        "fa",
        &[
            "ژانویهٔ",
            "فوریهٔ",
            "مارس",
            "آوریل",
            "مهٔ",
            "ژوئن",
            "ژوئیهٔ",
            "اوت",
            "سپتامبر",
            "اکتبر",
            "نوامبر",
            "دسامبر",
        ],
    ),
    // CLDR's Arabic May, and the spelling of the days with hamza; the locale has one of each.
    months(
        "ar",
        &[
            "كانون الثاني",
            "شباط",
            "آذار",
            "نيسان",
            "أيار",
            "حزيران",
            "تموز",
            "آب",
            "أيلول",
            "تشرين الأول",
            "تشرين الثاني",
            "كانون الأول",
        ],
    ),
    days(
        "ar",
        &[
            "الأحد",
            "الإثنين",
            "الثلاثاء",
            "الأربعاء",
            "الخميس",
            "الجمعة",
            "السبت",
        ],
    ),
    // The locale counts the months; many write them as words.
    months(
        "vi",
        &[
            "tháng một",
            "tháng hai",
            "tháng ba",
            "tháng tư",
            "tháng năm",
            "tháng sáu",
            "tháng bảy",
            "tháng tám",
            "tháng chín",
            "tháng mười",
            "tháng mười một",
            "tháng mười hai",
        ],
    ),
    // The locale has the days without the word for day.
    days(
        "he",
        &[
            "יום ראשון",
            "יום שני",
            "יום שלישי",
            "יום רביעי",
            "יום חמישי",
            "יום שישי",
            "יום שבת",
        ],
    ),
    // Chinese weekdays come in three styles; each locale has one.
    days(
        "zh",
        &[
            "星期日",
            "星期一",
            "星期二",
            "星期三",
            "星期四",
            "星期五",
            "星期六",
        ],
    ),
    days(
        "zh",
        &["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
    ),
    days(
        "zh",
        &[
            "星期天",
            "礼拜一",
            "礼拜二",
            "礼拜三",
            "礼拜四",
            "礼拜五",
            "礼拜六",
        ],
    ),
    days(
        "zh-tw",
        &[
            "星期日",
            "星期一",
            "星期二",
            "星期三",
            "星期四",
            "星期五",
            "星期六",
        ],
    ),
    days(
        "zh-tw",
        &["週日", "週一", "週二", "週三", "週四", "週五", "週六"],
    ),
    // Two names of Saturday; the north and east of the German-speaking countries say Sonnabend.
    days(
        "de",
        &[
            "Sonntag",
            "Montag",
            "Dienstag",
            "Mittwoch",
            "Donnerstag",
            "Freitag",
            "Sonnabend",
        ],
    ),
    // Austria's January and February stand in de_AT; pages say only `de`.
    months("de", &["Jänner", "Feber"]),
    // Portuguese weekdays are written with `-feira` and without; each locale has one.
    days(
        "pt",
        &[
            "domingo",
            "segunda-feira",
            "terça-feira",
            "quarta-feira",
            "quinta-feira",
            "sexta-feira",
            "sábado",
        ],
    ),
    days(
        "pt-br",
        &[
            "domingo",
            "segunda-feira",
            "terça-feira",
            "quarta-feira",
            "quinta-feira",
            "sexta-feira",
            "sábado",
        ],
    ),
    days(
        "pt",
        &[
            "domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado",
        ],
    ),
    days(
        "pt-br",
        &[
            "domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado",
        ],
    ),
    // Both spellings are in use; the locale has one.
    months(
        "es",
        &[
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "setiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
    ),
    // Malayalam, Tamil and Telugu have several transcriptions; these are CLDR's.
    months(
        "ml",
        &[
            "ജനുവരി",
            "ഫെബ്രുവരി",
            "മാർച്ച്",
            "ഏപ്രിൽ",
            "മേയ്",
            "ജൂൺ",
            "ജൂലൈ",
            "ഓഗസ്റ്റ്",
            "സെപ്റ്റംബർ",
            "ഒക്‌ടോബർ",
            "നവംബർ",
            "ഡിസംബർ",
        ],
    ),
];

/// A word for a part of the day. The language is given where the same letters are a small word of other languages;
/// such a word counts in a page of that language only.
struct DayPart {
    word: &'static str,
    part: Part,
    language: Option<&'static str>,
}

/// A part of the day that turns a clock of twelve hours into one of twenty-four.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    BeforeNoon,
    AfterNoon,
    /// Chinese `中午`: 11 is in the morning, 12 and 1 are not.
    Noon,
}

const fn part(word: &'static str, part: Part) -> DayPart {
    DayPart {
        word,
        part,
        language: None,
    }
}

const fn part_in(language: &'static str, word: &'static str, part: Part) -> DayPart {
    DayPart {
        word,
        part,
        language: Some(language),
    }
}

/// CLDR's words for the parts of the day, folded, without dots and spaces. The C library's locales have them for
/// a few languages only, and Blogger prints CLDR's.
const DAY_PARTS: &[DayPart] = &[
    part("am", Part::BeforeNoon),
    part("pm", Part::AfterNoon), // English, Spanish, Romanian and many more
    part("a", Part::BeforeNoon),
    part("p", Part::AfterNoon), // `7:14a`
    part("πμ", Part::BeforeNoon),
    part("μμ", Part::AfterNoon), // Greek
    part("ص", Part::BeforeNoon),
    part("م", Part::AfterNoon), // Arabic
    part("صباحا", Part::BeforeNoon),
    part("مساء", Part::AfterNoon),
    part("قظ", Part::BeforeNoon),
    part("بظ", Part::AfterNoon), // Persian
    part("قبلازظهر", Part::BeforeNoon),
    part("بعدازظهر", Part::AfterNoon),
    part("غم", Part::BeforeNoon),
    part("غو", Part::AfterNoon), // Pashto
    part("لפנה\"צ", Part::BeforeNoon),
    part("לפנה\"צ", Part::BeforeNoon),
    part("אחה\"צ", Part::AfterNoon), // Hebrew
    part("午前", Part::BeforeNoon),
    part("午後", Part::AfterNoon), // Japanese
    part("上午", Part::BeforeNoon),
    part("下午", Part::AfterNoon), // Chinese
    part("凌晨", Part::BeforeNoon),
    part("清晨", Part::BeforeNoon),
    part("早上", Part::BeforeNoon),
    part("中午", Part::Noon),
    part("傍晚", Part::AfterNoon),
    part("晚上", Part::AfterNoon),
    part("오전", Part::BeforeNoon),
    part("오후", Part::AfterNoon), // Korean
    part("पूर्वाह्न", Part::BeforeNoon),
    part("अपराह्न", Part::AfterNoon), // Hindi, Nepali
    part("मपू", Part::BeforeNoon),
    part("मउ", Part::AfterNoon), // Marathi
    part("পূর্বাহ্ণ", Part::BeforeNoon),
    part("অপরাহ্ণ", Part::AfterNoon), // Bengali
    part("முற்பகல்", Part::BeforeNoon),
    part("பிற்பகல்", Part::AfterNoon), // Tamil
    part("ಪೂರ್ವಾಹ್ನ", Part::BeforeNoon),
    part("ಅಪರಾಹ್ನ", Part::AfterNoon), // Kannada
    part("പൂർവ്വാഹ്നം", Part::BeforeNoon),
    part("അപരാഹ്നം", Part::AfterNoon), // Malayalam
    part("పూర్వాహ్నం", Part::BeforeNoon),
    part("అపరాహ్నం", Part::AfterNoon), // Telugu
    part("પૂર્વમધ્યાહ્ન", Part::BeforeNoon),
    part("ઉત્તરમધ્યાહ્ન", Part::AfterNoon), // Gujarati
    part("ਪੂਦੁ", Part::BeforeNoon),
    part("ਬਾਦੁ", Part::AfterNoon), // Punjabi
    part("පෙව", Part::BeforeNoon),
    part("පව", Part::AfterNoon), // Sinhala
    part("ก่อนเที่ยง", Part::BeforeNoon),
    part("หลังเที่ยง", Part::AfterNoon), // Thai
    part("ກ່ອນທ່ຽງ", Part::BeforeNoon),
    part("ຫຼັງທ່ຽງ", Part::AfterNoon), // Lao
    part("ព្រឹក", Part::BeforeNoon),
    part("ល្ងាច", Part::AfterNoon), // Khmer
    part("နံနက်", Part::BeforeNoon),
    part("ညနေ", Part::AfterNoon), // Burmese
    part("ጥዋት", Part::BeforeNoon),
    part("ከሰዓት", Part::AfterNoon), // Amharic
    part("sa", Part::BeforeNoon),
    part("ch", Part::AfterNoon), // Vietnamese
    part("sang", Part::BeforeNoon),
    part("chieu", Part::AfterNoon),
    part("toi", Part::AfterNoon),
    part("oo", Part::BeforeNoon),
    part("os", Part::AfterNoon), // Turkish
    part("пробяд", Part::BeforeNoon),
    part("сл об", Part::AfterNoon),
    part("проб", Part::BeforeNoon),
    part("слоб", Part::AfterNoon), // Bulgarian
    part("дп", Part::BeforeNoon),
    part("пп", Part::AfterNoon), // Russian, Ukrainian
    part("утра", Part::BeforeNoon),
    part("вечера", Part::AfterNoon),
    part("дня", Part::AfterNoon),
    part("пре подне", Part::BeforeNoon),
    part("преподне", Part::BeforeNoon),
    part("поподне", Part::AfterNoon), // Serbian
    part("prepodne", Part::BeforeNoon),
    part("popodne", Part::AfterNoon),
    part("prijepodne", Part::BeforeNoon),
    part("poslijepodne", Part::AfterNoon), // Croatian, Bosnian
    part("претпладне", Part::BeforeNoon),
    part("попладне", Part::AfterNoon), // Macedonian
    part("dop", Part::BeforeNoon),
    part("odp", Part::AfterNoon),
    part("pop", Part::AfterNoon), // Czech, Slovene
    part("priespiet", Part::BeforeNoon),
    part("popiet", Part::AfterNoon), // Lithuanian
    part("prp", Part::BeforeNoon),
    part("prieksp", Part::BeforeNoon),
    part("priekspusdiena", Part::BeforeNoon),
    part("pecpusd", Part::AfterNoon), // Latvian
    part("pecpusdiena", Part::AfterNoon),
    part("eparadites", Part::BeforeNoon),
    part("epasdites", Part::AfterNoon), // Albanian
    part("paradite", Part::BeforeNoon),
    part("pasdite", Part::AfterNoon),
    part("de la manana", Part::BeforeNoon),
    part("vorm", Part::BeforeNoon),
    part("nachm", Part::AfterNoon), // German
    part("fh", Part::BeforeNoon),
    part("eh", Part::AfterNoon), // Icelandic
    part("rn", Part::BeforeNoon),
    part("in", Part::AfterNoon),  // Irish
    part("ptg", Part::AfterNoon), // Malay
    part("кешки", Part::AfterNoon),
    part("таңкы", Part::BeforeNoon),
    // Small words of other languages, so only where the page is in this one.
    part_in("hu", "de", Part::BeforeNoon),
    part_in("hu", "du", Part::AfterNoon),
    part_in("sv", "fm", Part::BeforeNoon),
    part_in("sv", "em", Part::AfterNoon),
    part_in("fi", "ap", Part::BeforeNoon),
    part_in("fi", "ip", Part::AfterNoon),
    part_in("af", "vm", Part::BeforeNoon),
    part_in("af", "nm", Part::AfterNoon),
    part_in("nl", "vm", Part::BeforeNoon),
    part_in("nl", "nm", Part::AfterNoon),
    part_in("ms", "pg", Part::BeforeNoon),
    part_in("cy", "yb", Part::BeforeNoon),
    part_in("cy", "yh", Part::AfterNoon),
    part_in("gd", "m", Part::BeforeNoon),
    part_in("gd", "f", Part::AfterNoon),
    part_in("eo", "atm", Part::BeforeNoon),
    part_in("eo", "ptm", Part::AfterNoon),
    part_in("fil", "nu", Part::BeforeNoon),
    part_in("fil", "nh", Part::AfterNoon),
];

/// The part of the day that letters name, in a page of `language`. The letters are folded, without dots and spaces.
pub(super) fn day_part(letters: &str, language: Option<&str>) -> Option<Part> {
    DAY_PARTS
        .iter()
        .find(|p| {
            p.word == letters
                && p.language
                    .is_none_or(|own| language.is_some_and(|l| l.split('-').next() == Some(own)))
        })
        .map(|p| p.part)
}

/// Small words that stand in or around dates and say nothing themselves, folded.
const FILLERS: &[&str] = &[
    // of, the, on, at, o'clock, year …
    "the",
    "of",
    "on",
    "at",
    "th",
    "st",
    "nd",
    "rd",
    "de",
    "del",
    "d",
    "a",
    "as",
    "las",
    "la",
    "le",
    "el",
    "em",
    "do",
    "da",
    "das",
    "dos",
    "às",
    "er",
    "ere",
    "eme",
    "re",
    "du",
    "um",
    "uhr",
    "den",
    "der",
    "dem",
    "am",
    "vom",
    "il",
    "di",
    "alle",
    "ore",
    "o",
    "e",
    "om",
    "op",
    "kl",
    "klo",
    "kello",
    "kell",
    "kla",
    "i",
    "dia",
    "dne",
    "dn",
    "ob",
    "u",
    "v",
    "w",
    "r",
    "roku",
    "godz",
    "ve",
    "saat",
    "tarihinde",
    "pukul",
    "jam",
    "pada",
    "tanggal",
    "ngay",
    "luc",
    "nam",
    "hari",
    "г",
    "г.",
    "года",
    "год",
    "в",
    "у",
    "р",
    "року",
    "рік",
    "ж",
    "год",
    "г",
    "στις",
    "στισ",
    "την",
    "τη",
    "ב",
    "ה",
    "בשעה",
    "في",
    "الساعه",
    "يوم",
    "عام",
    "م",
    "ساعت",
    "در",
    "روز",
    "และ",
    "เวลา",
    "น",
    "ที่",
    "วันที่",
    "พ",
    "ค",
    "พศ",
    "คศ",
    "年",
    "月",
    "日",
    "号",
    "時",
    "时",
    "點",
    "点",
    "分",
    "秒",
    "의",
    "년",
    "월",
    "일",
    "시",
    "분",
    "초",
    "西",
    "元",
    "公",
    "m",
    "gada",
    "g",
    "gads",
    "m",
    "d",
    "ko",
    "eko",
    "urte",
    "urtarrilaren",
    "an",
    "ar",
    "goda",
    "godine",
    "leta",
    "an",
    "és",
    "es",
    "kor",
    "at",
    "h",
    "min",
    "s",
    "hs",
    "hrs",
    "est",
    "edt",
    "cst",
    "cdt",
    "mst",
    "mdt",
    "pst",
    "pdt",
    "cet",
    "cest",
    "bst",
    "jst",
    "ist",
    "met",
    "mest",
    "gmt",
    "utc",
    "z",
    "t",
    "l",
    "lo",
    "al",
    "dir",
    "ri",
    "ων",
    "η",
    "ή",
    "ਈ",
    "को",
    "ko",
    "தி",
    "এ",
    "এর",
    "ಗ",
    "ന്",
    "కి",
    "के",
    "में",
    "昭",
    "和",
    "平",
    "成",
    "令",
    "民",
    "國",
    "国",
];

/// Whether a folded word is one that stands in dates without a meaning of its own.
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// The word without a small word that is written together with it: Hebrew `במאי`, Catalan `d'octubre`, Arabic `ومايو`.
pub(super) fn without_prefix<'a>(language: &str, word: &'a str) -> Option<&'a str> {
    if let Some((before, after)) = word.split_once('\'')
        && before.chars().count() <= 2
        && after.chars().count() >= 2
    {
        return Some(after);
    }
    let bare = match language.split('-').next() {
        Some("he" | "yi") => word.strip_prefix(['ב', 'ה', 'ל'])?,
        Some("ar" | "fa") => word.strip_prefix(['و', 'ب'])?,
        _ => return None,
    };
    (bare.chars().count() >= 3).then_some(bare)
}
