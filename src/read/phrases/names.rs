//! Who wrote it: the words around the name of a commenter (`NAME said...`) and of a post's author (`Posted by NAME`).

use std::collections::HashSet;
use std::sync::OnceLock;

use super::all_folded;
use crate::fold::fold;

/// What stands after a commenter's name above the comment: "said...".
const SAID: &[&str] = &[
    "said",
    "says",
    "wrote",
    "dijo",
    "dice",
    "escribió",
    "a dit",
    "disse",
    "diz",
    "falou",
    "hat gesagt",
    "meinte",
    "schrieb",
    "sagte",
    "ha detto",
    "zei",
    "sa",
    "sade",
    "sagde",
    "sier",
    "skrev",
    "kirjoitti",
    "sanoi",
    "pisze",
    "powiedział(a)",
    "powiedział",
    "powiedziała",
    "řekl(a)",
    "povedal(a)",
    "írta",
    "mondta",
    "spunea",
    "a spus",
    "dedi ki",
    "dedi",
    "комментирует",
    "пишет",
    "сказал",
    "сказал(а)",
    "коментує",
    "каже",
    "сказав",
    "каза",
    "рече",
    "είπε",
    "kaže",
    "je rekao",
    "pravi",
    "je rekel",
    "ha dit",
    "dixo",
    "esan du",
    "mengatakan",
    "berkata",
    "nói",
    "さんのコメント",
    "さんは書きました",
    "さんが書きました",
    "说",
    "說",
    "说道",
    "說道",
    "提到",
    "님의 말",
    "님이 말",
    "يقول",
    "قال",
    "قالت",
    "אמר",
    "אמר/ה",
    "אמרה",
    "אמר/אמרה",
    "گفت",
    "نے کہا",
    "ने कहा",
    "กล่าวว่า",
    "sagði",
    "ütles",
    "teica",
    "het gesê",
    "alisema",
];

/// A comment's author from the line above the comment (`NAME said...`). The name keeps its own spelling.
pub(crate) fn said(line: &str) -> Option<&str> {
    let bare = line.trim().trim_end_matches(['.', '…', ':', ' ', '\u{00A0}']);
    let words: Vec<(usize, &str)> = bare
        .split_whitespace()
        .map(|word| (word.as_ptr() as usize - bare.as_ptr() as usize, word))
        .collect();
    for count in (1..=3_usize).rev() {
        let Some(from) = words.len().checked_sub(count).filter(|from| *from > 0) else {
            continue;
        };
        let start = words.get(from).map_or(0, |(start, _)| *start);
        let phrase = fold(bare.get(start..)?);
        if said_words().contains(phrase.trim()) {
            return bare.get(..start).map(str::trim).filter(|name| !name.is_empty());
        }
    }
    // Written together with the name.
    [
        "さんのコメント",
        "さんは書きました",
        "さんが書きました",
        "님의 말",
        "提到",
        "說",
        "说",
    ]
    .iter()
    .find_map(|word| bare.strip_suffix(word))
    .map(str::trim)
    .filter(|name| !name.is_empty())
}

fn said_words() -> &'static HashSet<String> {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    WORDS.get_or_init(|| all_folded(SAID).into_iter().collect())
}

/// What stands in front of a post's author in its footer, and what ends the name there.
const POSTED_BY: &[&str] = &[
    "posted by",
    "published by",
    "written by",
    "publicado por",
    "publicada por",
    "escrito por",
    "lo dijo",
    "publié par",
    "publié",
    "posté par",
    "écrit par",
    "rédigé par",
    "eingestellt von",
    "gepostet von",
    "geschrieben von",
    "veröffentlicht von",
    "verfasst von",
    "pubblicato da",
    "postato da",
    "scritto da",
    "postado por",
    "gepost door",
    "geplaatst door",
    "upplagd av",
    "publicerad av",
    "inlagt av",
    "lagt inn av",
    "skrevet av",
    "indsendt af",
    "sendt af",
    "lähettänyt",
    "kirjoittanut",
    "autor:",
    "autor",
    "opublikowane przez",
    "przesłane przez",
    "napisał",
    "vystavil",
    "vložil",
    "napsal",
    "uverejnil",
    "objavil",
    "objavio",
    "objavila",
    "bejegyezte",
    "írta",
    "publicat de",
    "postat de",
    "αναρτήθηκε από",
    "автор",
    "отправлено",
    "опубликовано",
    "опублікував",
    "публикувано от",
    "поставио је",
    "постирано од",
    "gönderen",
    "yazan",
    "diposting oleh",
    "diposkan oleh",
    "dicatat oleh",
    "ditulis oleh",
    "đăng bởi",
    "người đăng",
    "投稿者",
    "発行者",
    "张贴者",
    "張貼者",
    "发帖者",
    "作者",
    "發表者",
    "게시자:",
    "게시자",
    "작성자",
    "مرسلة بواسطة",
    "نشر بواسطة",
    "פורסם על ידי",
    "נכתב על ידי",
    "ارسال شده توسط",
    "publicat per",
    "publicado por",
    "argitaratzailea",
    "by",
    "par",
    "von",
    "por",
    "da",
    "door",
    "av",
    "af",
];

const NAME_ENDS: &[&str] = &[
    "at",
    "on",
    "a las",
    "a la",
    "a la/s",
    "en",
    "el",
    "à",
    "le",
    "um",
    "am",
    "a",
    "alle",
    "alle ore",
    "às",
    "em",
    "om",
    "op",
    "kl.",
    "kl",
    "klo",
    "o",
    "v",
    "в",
    "о",
    "στις",
    "la",
    "dne",
    "ob",
    "saat",
    "di",
    "pada",
    "vào lúc",
    "lúc",
    "時間:",
    "時間",
    "于",
    "於",
    "에",
    "في",
    "ב-",
    "ב",
    "dátum:",
    "zeit:",
    "at:",
    "|",
    "-",
    "–",
    "•",
    "·",
    ",",
    "@",
    "#",
    "//",
    "/",
    "::",
];

/// A post's author from its footer (`Posted by NAME at 7:14 AM`); `None` where no known phrase introduces the name.
pub(crate) fn posted_by(footer: &str) -> Option<String> {
    let words: Vec<&str> = footer
        .split_whitespace()
        .skip_while(|w| !w.chars().any(char::is_alphanumeric))
        .collect();
    let folded: Vec<String> = words.iter().map(|w| fold(w)).collect();
    let phrases = posted_by_phrases();
    let ends = name_ends();
    let introduced = (1..=3_usize).rev().find(|count| {
        folded
            .get(..*count)
            .is_some_and(|start| phrases.contains(start.join(" ").trim_end_matches(':')))
    })?;
    let rest = words.get(introduced..)?;
    // `Rédigé par : NAME`
    let rest = rest.strip_prefix(&[":"]).unwrap_or(rest);
    let mut name: Vec<&str> = Vec::new();
    for (i, word) in rest.iter().enumerate() {
        let clean = fold(word);
        if ends.contains(&clean) {
            // `a` and `de` stand inside names too: what ends one is followed by a date, a time, or nothing.
            let next = rest.get(i + 1).map(|w| fold(w));
            let ends_here = next
                .as_deref()
                .is_none_or(|n| n.chars().any(|c| c.is_ascii_digit()) || ends.contains(n))
                || clean.chars().all(|c| !c.is_alphanumeric())
                || crate::dates::read(
                    &rest.get(i + 1..).unwrap_or_default().join(" "),
                    &crate::dates::Hints::default(),
                )
                .is_some_and(|r| r.other_words == 0);
            if ends_here && !name.is_empty() {
                break;
            }
        }
        name.push(word);
        if word.ends_with(',') {
            break;
        }
    }
    let name = name.join(" ");
    let name = name.trim_end_matches([',', ':', ';', '-', '|']).trim();
    (!name.is_empty() && name.chars().count() <= 80).then(|| name.to_owned())
}

fn name_ends() -> &'static HashSet<String> {
    static ENDS: OnceLock<HashSet<String>> = OnceLock::new();
    ENDS.get_or_init(|| all_folded(NAME_ENDS).into_iter().collect())
}

fn posted_by_phrases() -> &'static HashSet<String> {
    static PHRASES: OnceLock<HashSet<String>> = OnceLock::new();
    PHRASES.get_or_init(|| {
        POSTED_BY
            .iter()
            .map(|p| fold(p).trim_end_matches(':').to_owned())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_front_of_said() {
        for (line, name) in [
            ("Ada Lark said...", Some("Ada Lark")),
            ("Anonymous said…", Some("Anonymous")),
            ("Marisol del Río dijo...", Some("Marisol del Río")),
            ("Claire a dit…", Some("Claire")),
            ("Jörg hat gesagt…", Some("Jörg")),
            ("Ελένη είπε...", Some("Ελένη")),
            ("Ольга комментирует...", Some("Ольга")),
            ("はなさんのコメント...", Some("はな")),
            ("小林 說...", Some("小林")),
            ("said...", None),
            ("We met again", None),
        ] {
            assert_eq!(said(line), name, "{line}");
        }
    }

    #[test]
    fn names_after_posted_by() {
        for (footer, name) in [
            ("posted by Ada Lark at 7:14 AM", Some("Ada Lark")),
            ("¶ Posted by Ada at", Some("Ada")),
            ("Publicado por Marisol del Río a las 10:53", Some("Marisol del Río")),
            ("Eingestellt von Jörg um 21:11", Some("Jörg")),
            ("Publié par Claire à", Some("Claire")),
            ("Posted by Ada on April 3, 2004 7:14 AM", Some("Ada")),
            ("Lagt inn av Kari kl. 01:33", Some("Kari")),
            ("Rédigé par : Armand | le 3 mars 2007", Some("Armand")),
            ("7:14 AM", None),
            ("An ordinary sentence", None),
        ] {
            assert_eq!(posted_by(footer).as_deref(), name, "{footer}");
        }
    }
}
