//! Words in several scripts, and sentences made of them. They mean nothing on purpose.

use super::random::Random;

/// A language that a post may be in.
pub(crate) struct Language {
    words: &'static [&'static str],
    /// Between words; nothing where the script has no spaces.
    space: &'static str,
    stop: &'static str,
}

/// The languages of the generated blogs.
pub(crate) static LANGUAGES: [Language; 8] = [
    Language {
        words: &[
            "the", "a", "of", "and", "to", "in", "it", "was", "that", "on", "harbour", "kettle", "window", "again",
            "morning", "slowly", "between", "ladder", "river", "because", "we", "had", "nothing", "small", "yellow",
            "train", "don't", "old", "recipe", "summer", "list", "before", "with", "rain", "photograph", "still",
            "neighbour", "asked", "about", "garden", "evening", "paper", "every", "year", "found", "letter", "walked",
        ],
        space: " ",
        stop: ". ",
    },
    Language {
        words: &[
            "la", "de", "que", "el", "en", "y", "una", "por", "se", "playa", "mañana", "después", "árbol", "camino",
            "niño", "lluvia", "todavía", "ventana", "pueblo", "había", "cuando", "barco", "corazón", "también", "año",
        ],
        space: " ",
        stop: ". ",
    },
    Language {
        words: &[
            "der", "und", "die", "nicht", "ein", "mit", "für", "Straße", "später", "Küche", "über", "Garten", "wieder",
            "Jahr", "Fenster", "schön", "Brücke", "heute", "dazwischen", "Zug", "weiß", "früher", "Bäckerei", "Abend",
        ],
        space: " ",
        stop: ". ",
    },
    Language {
        words: &[
            "и", "в", "не", "на", "что", "окно", "утром", "снова", "река", "письмо", "город", "медленно", "дождь",
            "потом", "сад", "вечер", "дорога", "между", "старый", "лето", "поезд", "нашли", "сосед", "бумага",
        ],
        space: " ",
        stop: ". ",
    },
    Language {
        words: &[
            "في", "من", "على", "البيت", "صباح", "النهر", "كان", "رسالة", "الحديقة", "مرة", "القديم", "مساء", "طريق",
            "المطر", "نافذة", "بعد", "صغير", "سنة",
        ],
        space: " ",
        stop: ". ",
    },
    Language {
        words: &[
            "窗户", "早上", "慢慢", "河边", "我们", "一封信", "没有", "花园", "下雨", "火车", "晚上", "老", "夏天",
            "照片", "以前", "走路", "每年", "的", "在", "了",
        ],
        space: "",
        stop: "。",
    },
    Language {
        words: &[
            "में", "और", "का", "है", "सुबह", "नदी", "खिड़की", "बगीचा", "बारिश", "फिर", "पुराना", "चिट्ठी", "शाम", "रास्ता",
            "गर्मी", "साल",
        ],
        space: " ",
        stop: "। ",
    },
    Language {
        words: &[
            "το", "και", "στο", "πρωί", "παράθυρο", "ποτάμι", "βροχή", "γράμμα", "κήπος", "πάλι", "παλιό", "βράδυ",
            "δρόμος", "καλοκαίρι", "χρόνος", "τρένο",
        ],
        space: " ",
        stop: ". ",
    },
];

impl Language {
    /// Most blogs are mostly in one language; every now and then there is another.
    pub(crate) fn of(random: &mut Random) -> &'static Language {
        match random.below(10) {
            0..=4 => &LANGUAGES[0],
            n => &LANGUAGES[(n as usize - 4) + usize::from(random.percent(30)) * 2],
        }
    }

    /// Adds so many words.
    pub(crate) fn words(&self, random: &mut Random, count: u64, to: &mut String) {
        for number in 0..count {
            if number > 0 {
                to.push_str(self.space);
            }
            to.push_str(random.pick(self.words));
        }
    }

    /// Adds a few sentences as HTML, with the marks, entities and stray characters that old posts have.
    pub(crate) fn sentences(&self, random: &mut Random, count: u64, to: &mut String) {
        for _ in 0..count {
            let words = random.between(4, 16);
            self.words(random, words, to);
            match random.below(24) {
                0 => {
                    to.push_str(" <b>");
                    self.words(random, 2, to);
                    to.push_str("</b>");
                }
                1 => {
                    to.push_str(" <i>");
                    self.words(random, 3, to);
                    to.push_str("</i>");
                }
                2 => to.push_str("&nbsp;&amp; "),
                3 => to.push_str(" \""),
                4 => to.push_str(" — "),
                5 => to.push_str("&#8230; "),
                6 => to.push_str(" 🌿 "),
                7 => {
                    to.push_str(" <a href=\"http://example.net/");
                    to.push_str(&random.below(100_000).to_string());
                    to.push_str("?a=1&amp;b=2\">");
                    self.words(random, 2, to);
                    to.push_str("</a>");
                }
                _ => {}
            }
            to.push_str(self.stop);
        }
    }
}
