//! Names of months and days by language, generated from the locales of the GNU C Library (pure-rust-locales), and
//! how a word of a text is matched with them: whole, as a short form, or inflected.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::Order;
use super::tokens::{Kind, Token, tokens};
use super::words;

/// What a name means. Months count from 1, weekdays from 0 for Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Month(u8),
    /// A month of the solar calendar of Iran.
    Jalali(u8),
    Weekday(u8),
}

/// The names of one language.
pub(super) struct Language {
    /// BCP 47, lower case.
    pub(super) code: &'static str,
    /// The order of day and month in a date of numbers; `None` where the language alone does not tell.
    pub(super) order: Option<Order>,
    /// The year stands first in a date of numbers.
    pub(super) year_first: bool,
    entries: Vec<Entry>,
}

struct Entry {
    /// The name's words; most have one.
    words: Vec<String>,
    meaning: Meaning,
    /// Short forms are matched whole only.
    short: bool,
}

/// A name that was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) meanings: Vec<Meaning>,
    /// How well it matched: 20 whole, 12 a short or inflected form, 6 a common stem.
    pub(super) score: u8,
}

impl Found {
    pub(super) fn is_month(&self) -> bool {
        self.meanings
            .iter()
            .any(|m| matches!(m, Meaning::Month(_) | Meaning::Jalali(_)))
    }

    pub(super) fn is_weekday(&self) -> bool {
        self.meanings
            .iter()
            .any(|m| matches!(m, Meaning::Weekday(_)))
    }
}

struct Raw {
    code: &'static str,
    names: [&'static [&'static str]; 6],
    numeric: &'static str,
}

const NONE: &[&str] = &[];

const fn or_none(names: Option<&'static [&'static str]>) -> &'static [&'static str] {
    match names {
        Some(names) => names,
        None => NONE,
    }
}

macro_rules! locales {
    ($($code:literal $locale:ident;)+) => {
        /// Every language that is asked, with the locale its names come from: those Blogger's and WordPress's
        /// interfaces have, and the regions of one language that write months or the order of a date differently.
        const LOCALES: &[Raw] = &[$(Raw {
            code: $code,
            names: [
                pure_rust_locales::$locale::LC_TIME::MON,
                or_none(pure_rust_locales::$locale::LC_TIME::ALT_MON),
                pure_rust_locales::$locale::LC_TIME::ABMON,
                or_none(pure_rust_locales::$locale::LC_TIME::AB_ALT_MON),
                pure_rust_locales::$locale::LC_TIME::DAY,
                pure_rust_locales::$locale::LC_TIME::ABDAY,
            ],
            numeric: pure_rust_locales::$locale::LC_TIME::D_FMT,
        },)+];
    };
}

locales! {
    "en" en_US; "en-us" en_US; "en-gb" en_GB; "en-au" en_AU; "en-ca" en_CA; "en-in" en_IN; "en-ie" en_IE; "en-nz" en_NZ;
    "en-za" en_ZA; "en-ph" en_PH; "en-sg" en_SG; "es" es_ES; "es-mx" es_MX; "es-419" es_AR; "pt" pt_PT; "pt-br" pt_BR;
    "fr" fr_FR; "fr-ca" fr_CA; "fr-ch" fr_CH; "de" de_DE; "de-at" de_AT; "it" it_IT; "nl" nl_NL; "nl-be" nl_BE; "sv" sv_SE;
    "da" da_DK; "nb" nb_NO; "nn" nn_NO; "fi" fi_FI; "is" is_IS; "fo" fo_FO; "et" et_EE; "lv" lv_LV; "lt" lt_LT; "pl" pl_PL;
    "cs" cs_CZ; "sk" sk_SK; "sl" sl_SI; "hr" hr_HR; "bs" bs_BA; "sr" sr_RS; "sr-latn" sr_RS_latin; "mk" mk_MK; "bg" bg_BG;
    "ru" ru_RU; "uk" uk_UA; "be" be_BY; "ro" ro_RO; "hu" hu_HU; "el" el_GR; "tr" tr_TR; "az" az_AZ; "ka" ka_GE; "hy" hy_AM;
    "sq" sq_AL; "he" he_IL; "ar" ar_EG; "ar-sy" ar_SY; "ar-ma" ar_MA; "ar-dz" ar_DZ; "fa" fa_IR; "ur" ur_PK; "ps" ps_AF;
    "hi" hi_IN; "bn" bn_BD; "ta" ta_IN; "te" te_IN; "ml" ml_IN; "kn" kn_IN; "gu" gu_IN; "mr" mr_IN; "pa" pa_IN; "or" or_IN;
    "as" as_IN; "ne" ne_NP; "si" si_LK; "th" th_TH; "lo" lo_LA; "km" km_KH; "my" my_MM; "vi" vi_VN; "id" id_ID; "ms" ms_MY;
    "fil" fil_PH; "tl" tl_PH; "ja" ja_JP; "zh" zh_CN; "zh-tw" zh_TW; "zh-hk" zh_HK; "ko" ko_KR; "ca" ca_ES; "gl" gl_ES; "eu" eu_ES;
    "ast" ast_ES; "oc" oc_FR; "br" br_FR; "cy" cy_GB; "ga" ga_IE; "gd" gd_GB; "fy" fy_NL; "lb" lb_LU; "af" af_ZA; "sw" sw_KE;
    "zu" zu_ZA; "am" am_ET; "kk" kk_KZ; "ky" ky_KG; "uz" uz_UZ; "tg" tg_TJ; "mn" mn_MN; "eo" eo; "mt" mt_MT; "yi" yi_US; "ku" ku_TR;
}

/// Every language, built once.
pub(super) fn languages() -> &'static [Language] {
    static LANGUAGES: OnceLock<Vec<Language>> = OnceLock::new();
    LANGUAGES.get_or_init(|| LOCALES.iter().map(Language::build).collect())
}

/// The languages of which a text may hold names, by the first letters of its words: asking all of them for every
/// text would cost more than reading the page.
pub(super) fn languages_of(text: &[Token]) -> Vec<&'static Language> {
    static BY_START: OnceLock<HashMap<String, Vec<usize>>> = OnceLock::new();
    let by_start = BY_START.get_or_init(|| {
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, language) in languages().iter().enumerate() {
            for word in language.entries.iter().filter_map(|e| e.words.first()) {
                let known = index.entry(start(word)).or_default();
                if known.last() != Some(&number) {
                    known.push(number);
                }
            }
        }
        index
    });
    let mut numbers = std::collections::BTreeSet::new();
    let mut look =
        |word: &str| numbers.extend(by_start.get(&start(word)).into_iter().flatten().copied());
    let mut runs = false;
    for word in text.iter().filter_map(Token::word) {
        look(word);
        runs |= runs_on(word);
        // What is written together with a small word (`במאי`, `d'octubre`).
        for language in ["he", "ar"] {
            words::without_prefix(language, word)
                .into_iter()
                .for_each(&mut look);
        }
    }
    if runs {
        let written_without_spaces = ["th", "lo", "km", "my"];
        let all = languages().iter().enumerate();
        numbers.extend(
            all.filter(|(_, l)| written_without_spaces.contains(&l.code))
                .map(|(number, _)| number),
        );
    }
    numbers
        .into_iter()
        .filter_map(|number| languages().get(number))
        .collect()
}

fn start(word: &str) -> String {
    word.chars().take(2).collect()
}

/// The language for a tag such as `pt-BR`, `pt_BR` or `iw`: its region's names where there are any, else the
/// language's.
pub(super) fn language(tag: &str) -> Option<&'static Language> {
    let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
    let (primary, rest) = tag.split_once('-').unwrap_or((&tag, ""));
    // Codes that Blogger kept from before they were renamed, and scripts that stand for a region.
    let primary = match primary {
        "in" => "id",
        "iw" => "he",
        "ji" => "yi",
        "no" => "nb",
        other => other,
    };
    let region = match (primary, rest) {
        ("zh", rest) if rest.starts_with("hant") => "tw",
        ("es", "us" | "pr" | "pa" | "co" | "cl" | "pe" | "ve") => "419",
        (_, rest) => rest,
    };
    let whole = format!("{primary}-{region}");
    languages()
        .iter()
        .find(|l| l.code == whole)
        .or_else(|| languages().iter().find(|l| l.code == primary))
}

impl Language {
    fn build(raw: &Raw) -> Language {
        let mut entries = Vec::new();
        let mut add = |name: &str, meaning: Meaning, short: bool| {
            let words: Vec<String> = tokens(name)
                .into_iter()
                .filter_map(|t| match t.kind {
                    Kind::Word(word) => Some(word),
                    _ => None,
                })
                .collect();
            // `5月` and `Tháng 5` are read as numbers with their word; a single letter says nothing.
            let tells = words.iter().map(|w| w.chars().count()).sum::<usize>() >= 2;
            if tells && !name.contains(|c: char| c.is_ascii_digit()) {
                entries.push(Entry {
                    words,
                    meaning,
                    short,
                });
            }
        };
        let months = |number: usize| u8::try_from(number + 1).unwrap_or(0);
        let [full, full_alone, short, short_alone, days, short_days] = raw.names;
        for (names, is_short) in [
            (full, false),
            (full_alone, false),
            (short, true),
            (short_alone, true),
        ] {
            for (number, name) in names.iter().enumerate() {
                add(name, Meaning::Month(months(number)), is_short);
            }
        }
        for (names, is_short) in [(days, false), (short_days, true)] {
            for (number, name) in names.iter().enumerate() {
                add(
                    name,
                    Meaning::Weekday(u8::try_from(number).unwrap_or(0)),
                    is_short,
                );
            }
        }
        for extra in words::NAMES.iter().filter(|n| n.language == raw.code) {
            for (number, name) in extra.months.iter().enumerate() {
                add(name, Meaning::Month(months(number)), false);
            }
            for (number, name) in extra.jalali.iter().enumerate() {
                add(name, Meaning::Jalali(months(number)), false);
            }
            for (number, name) in extra.days.iter().enumerate() {
                add(
                    name,
                    Meaning::Weekday(u8::try_from(number).unwrap_or(0)),
                    false,
                );
            }
        }
        let day_at = raw.numeric.find(['d', 'e']);
        let month_at = raw.numeric.find(['m', 'b', 'B']);
        let year_at = raw.numeric.find(['y', 'Y']);
        Language {
            code: raw.code,
            order: match (day_at, month_at) {
                // `en` is what Blogger calls American English, but also what anyone writes who gives no region.
                _ if raw.code == "en" || raw.numeric == "%D" => None,
                (Some(day), Some(month)) if day < month => Some(Order::DayMonth),
                (Some(_), Some(_)) => Some(Order::MonthDay),
                _ => None,
            },
            year_first: year_at < day_at,
            entries,
        }
    }

    #[cfg(test)]
    pub(super) fn month_name(&self, month: u32) -> Option<String> {
        let entry = self
            .entries
            .iter()
            .find(|e| e.meaning == Meaning::Month(month as u8) && !e.short)?;
        Some(entry.words.join(" "))
    }

    /// The names of this language in a text, in order; marks their tokens as used.
    pub(super) fn find(&self, tokens: &[Token], used: &mut [bool]) -> Vec<Found> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let hit = token.word().and_then(|word| {
                self.longest(tokens, at, word).or_else(|| {
                    let bare = words::without_prefix(self.code, word)?;
                    self.longest(tokens, at, bare)
                })
            });
            match hit {
                Some((length, name)) => {
                    for mark in used.iter_mut().skip(at).take(length) {
                        *mark = true;
                    }
                    found.push(name);
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    /// The best match at one place: more words first, then the better score; all meanings of that match.
    fn longest(&self, tokens: &[Token], at: usize, first: &str) -> Option<(usize, Found)> {
        let mut best: Option<(usize, Found)> = None;
        for entry in &self.entries {
            let Some(score) = entry.matches(tokens, at, first) else {
                continue;
            };
            let length = entry.span(tokens, at);
            match &mut best {
                Some((old, name)) if (*old, name.score) == (length, score) => {
                    if !name.meanings.contains(&entry.meaning) {
                        name.meanings.push(entry.meaning);
                    }
                }
                Some((old, name)) if (*old, name.score) > (length, score) => {}
                _ => {
                    best = Some((
                        length,
                        Found {
                            meanings: vec![entry.meaning],
                            score,
                        },
                    ))
                }
            }
        }
        best
    }
}

impl Entry {
    /// How many tokens the name takes from `at` on, dots between its words included (`p. m.`).
    fn span(&self, tokens: &[Token], at: usize) -> usize {
        let mut words = 0;
        let mut taken = 0;
        for token in tokens.iter().skip(at) {
            if words == self.words.len() {
                break;
            }
            taken += 1;
            if token.word().is_some() {
                words += 1;
            }
        }
        taken
    }

    fn matches(&self, tokens: &[Token], at: usize, first: &str) -> Option<u8> {
        let mut score = word_score(first, self.words.first()?, self.short)?;
        let mut following = tokens.iter().skip(at + 1);
        for name in self.words.iter().skip(1) {
            let word = loop {
                match &following.next()?.kind {
                    Kind::Word(word) => break word,
                    Kind::Sign('.' | '-') => {}
                    _ => return None,
                }
            };
            score = score.min(word_score(word, name, self.short)?);
        }
        Some(score)
    }
}

/// How well a word of a text is a form of a name.
fn word_score(word: &str, name: &str, short: bool) -> Option<u8> {
    if word == name {
        return Some(20);
    }
    let length = |s: &str| s.chars().count();
    let (word_length, name_length) = (length(word), length(name));
    if runs_on(word) && name_length >= 3 && word.contains(name) {
        return Some(12);
    }
    let shared = word
        .chars()
        .zip(name.chars())
        .take_while(|(a, b)| a == b)
        .count();
    if short {
        // `Sept` for `Sep`, `Märch` for `Mär`; two letters are matched whole only.
        return (shared == name_length && name_length >= 3 && word_length <= name_length + 1)
            .then_some(12);
    }
    if shared == word_length && word_length >= 3 {
        return Some(12);
    }
    if shared == name_length && name_length >= 3 && word_length <= name_length + 4 {
        return Some(12);
    }
    (shared >= 4 && word_length - shared <= 3 && name_length - shared <= 3).then_some(6)
}

/// Thai, Lao, Khmer and Burmese are written without spaces between words.
fn runs_on(word: &str) -> bool {
    word.chars().next().is_some_and(|c| {
        matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
    })
}
