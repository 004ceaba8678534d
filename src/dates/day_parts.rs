//! Words for a part of the day, by which a clock of twelve hours becomes one of twenty-four.

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
