//! The words that blog platforms print around posts and comments, in the languages their interfaces have.
//!
//! Markup is asked first; these words serve where the markup does not tell (old templates, copied text). Everything
//! is compared folded ([`fold`]): without case and accents.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

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
    WORDS.get_or_init(|| folded(SAID).into_iter().collect())
}

fn folded(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| fold(w).trim().to_owned()).collect()
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
    ENDS.get_or_init(|| folded(NAME_ENDS).into_iter().collect())
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

/// What a heading says when there are no comments.
const NO_COMMENTS: &[&str] = &[
    "no comments",
    "no responses",
    "no hay comentarios",
    "sin comentarios",
    "aucun commentaire",
    "pas de commentaire",
    "keine kommentare",
    "nessun commento",
    "nenhum comentario",
    "sem comentarios",
    "geen reacties",
    "geen opmerkingen",
    "inga kommentarer",
    "ingen kommentarer",
    "ingen kommentarer",
    "ei kommentteja",
    "brak komentarzy",
    "zadne komentare",
    "ziadne komentare",
    "nincsenek megjegyzesek",
    "niciun comentariu",
    "δεν υπαρχουν σχολια",
    "нет комментариев",
    "комментариев нет",
    "немає коментарів",
    "няма коментари",
    "нема коментара",
    "nema komentara",
    "ni komentarjev",
    "cap comentari",
    "hozzaszolas nincs",
    "yorum yok",
    "hic yorum yok",
    "tidak ada komentar",
    "belum ada komentar",
    "tiada ulasan",
    "khong co nhan xet nao",
    "没有评论",
    "沒有留言",
    "沒有意見",
    "无评论",
    "コメントはありません",
    "コメントなし",
    "댓글 없음",
    "댓글이 없습니다",
    "لا توجد تعليقات",
    "ليست هناك تعليقات",
    "אין תגובות",
    "هیچ نظری",
    "ไม่มีความคิดเห็น",
    "कोई टिप्पणी नहीं",
    "zero comments",
];

/// Words by which a heading counts comments, as stems.
const COMMENT_WORDS: &[&str] = &[
    "comment",
    "comentari",
    "commentaire",
    "kommentar",
    "komment",
    "commenti",
    "commento",
    "reactie",
    "reactions",
    "opmerking",
    "σχολι",
    "komentar",
    "komentarz",
    "комментар",
    "коммент",
    "коментар",
    "каментар",
    "megjegyzes",
    "hozzaszolas",
    "コメント",
    "件のコメント",
    "留言",
    "意見",
    "评论",
    "評論",
    "意见",
    "댓글",
    "개의 댓글",
    "تعليق",
    "תגוב",
    "نظر",
    "yorum",
    "ulasan",
    "nhan xet",
    "binh luan",
    "ความคิดเห็น",
    "टिप्पणी",
    "टिप्पणिया",
    "response",
    "responses",
    "reply",
    "replies",
    "thoughts on",
    "thought on",
    "respuesta",
    "antwort",
    "antworten",
    "reponse",
    "reponses",
    "risposte",
    "respostas",
    "iruzkin",
    "athugasemd",
    "kommentaari",
    "komentari",
];

/// The number of comments that a heading or link claims: `4 comments:`, `No comments:`, `12 Responses to "…"`.
pub(crate) fn claimed(heading: &str) -> Option<u64> {
    let folded = fold(heading);
    let words = folded.trim();
    if words.is_empty() || words.chars().count() > 200 {
        return None;
    }
    // The title of the post may stand behind and hold numbers of its own.
    let digits: String = words
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit())
        .collect();
    let before: String = words.chars().take_while(|c| !c.is_ascii_digit()).collect();
    let quoted = before.contains(['"', '«', '“']);
    static NONE: OnceLock<Vec<String>> = OnceLock::new();
    if NONE
        .get_or_init(|| self::folded(NO_COMMENTS))
        .iter()
        .any(|phrase| words.starts_with(phrase))
    {
        return Some(0);
    }
    if !digits.is_empty() && !quoted {
        return digits.parse().ok();
    }
    ["one response", "one comment", "one thought", "one reply"]
        .iter()
        .any(|p| words.starts_with(p))
        .then_some(1)
}

/// Whether a line of text is a heading that counts comments: short, with a number or "no", and a word for comments.
pub(crate) fn is_comment_heading(line: &str) -> bool {
    let folded = fold(line);
    let line = folded.trim();
    let short = line.chars().count() <= 60 && line.split_whitespace().count() <= 6;
    short
        && claimed(line).is_some()
        && comment_word_in(line)
        // A sentence that happens to count comments goes on.
        && (line.ends_with(':') || line.ends_with(|c: char| c.is_alphanumeric() || c == ')'))
        && line.chars().next().is_some_and(|c| c.is_ascii_digit() || claimed(line) == Some(0) || !c.is_ascii())
}

fn comment_word_in(folded: &str) -> bool {
    COMMENT_WORDS.iter().any(|word| folded.contains(word))
}

/// A word of the platform's under a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    /// "Reply"
    Reply,
    /// "Delete"
    Delete,
    /// "Replies", above the replies to a comment
    Replies,
    /// "Reply" and "Delete" run together, or one after the other
    ReplyDelete,
}

/// Reply, delete and the heading of the replies, by language.
const ACTIONS: &[(&[&str], &[&str], &[&str])] = &[
    (&["Reply"], &["Delete"], &["Replies"]),
    (&["Responder"], &["Eliminar", "Suprimir", "Borrar"], &["Respuestas"]),
    (&["Responder"], &["Excluir", "Eliminar", "Apagar"], &["Respostas"]),
    (&["Répondre"], &["Supprimer", "Effacer"], &["Réponses"]),
    (&["Antworten"], &["Löschen"], &["Antworten"]),
    (&["Rispondi"], &["Elimina"], &["Risposte"]),
    (
        &["Beantwoorden", "Reageren"],
        &["Verwijderen"],
        &["Reacties", "Antwoorden"],
    ),
    (&["Svara"], &["Ta bort", "Radera"], &["Svar"]),
    (&["Svar"], &["Slett"], &["Svar"]),
    (&["Besvar", "Svar"], &["Slet"], &["Svar"]),
    (&["Vastaa"], &["Poista"], &["Vastaukset"]),
    (&["Odpowiedz"], &["Usuń"], &["Odpowiedzi"]),
    (&["Odpovědět"], &["Odstranit", "Vymazat"], &["Odpovědi"]),
    (&["Odpovedať"], &["Odstrániť"], &["Odpovede"]),
    (&["Válasz"], &["Törlés"], &["Válaszok"]),
    (&["Răspundeți", "Răspunde"], &["Ștergeți", "Ștergere"], &["Răspunsuri"]),
    (&["Απάντηση"], &["Διαγραφή"], &["Απαντήσεις"]),
    (&["Ответить"], &["Удалить"], &["Ответы"]),
    (&["Відповісти"], &["Видалити"], &["Відповіді"]),
    (&["Отговор"], &["Изтриване"], &["Отговори"]),
    (&["Одговори"], &["Избриши"], &["Одговори"]),
    (&["Odgovori"], &["Izbriši"], &["Odgovori"]),
    (&["Respon"], &["Suprimeix"], &["Respostes"]),
    (&["Yanıtla", "Cevapla"], &["Sil"], &["Yanıtlar", "Cevaplar"]),
    (&["Balas"], &["Hapus", "Padam"], &["Balasan"]),
    (&["Trả lời"], &["Xóa", "Xoá"], &["Trả lời"]),
    (&["返信"], &["削除"], &["返信"]),
    (&["回复"], &["删除"], &["回复"]),
    (&["回覆"], &["刪除"], &["回覆"]),
    (&["답글"], &["삭제"], &["답글"]),
    (&["رد"], &["حذف"], &["الردود"]),
    (&["השב", "הגב"], &["מחק", "מחיקה"], &["תשובות"]),
    (&["پاسخ"], &["حذف"], &["پاسخ‌ها"]),
    (&["ตอบ"], &["ลบ"], &["ตอบกลับ", "คำตอบ"]),
    (&["जवाब दें", "उत्तर दें"], &["हटाएं"], &["जवाब"]),
];

/// The platform's word that a whole line is, where it is one (`ReplyDelete`, `Responder Eliminar`, `Replies`).
pub(crate) fn action(line: &str) -> Option<Action> {
    let key: String = fold(line).chars().filter(|c| !c.is_whitespace()).collect();
    actions().get(key.as_str()).copied()
}

/// A line that starts with the platform's word and goes on with text: other programs glue the marker of one comment
/// to the text of the next (`ReplyDeleteNext comment…`). Only the run-together pair is told from plain text.
pub(crate) fn leading_reply_delete(line: &str) -> Option<&str> {
    ACTIONS.iter().find_map(|(reply, delete, _)| {
        reply.iter().find_map(|r| {
            let rest = line.strip_prefix(r)?;
            delete.iter().find_map(|d| rest.strip_prefix(d))
        })
    })
}

/// A line that ends with the run-together pair: the text in front of it.
pub(crate) fn trailing_reply_delete(line: &str) -> Option<&str> {
    ACTIONS.iter().find_map(|(reply, delete, _)| {
        delete.iter().find_map(|d| {
            let rest = line.strip_suffix(d)?;
            reply.iter().find_map(|r| rest.strip_suffix(r))
        })
    })
}

fn actions() -> &'static HashMap<String, Action> {
    static WORDS: OnceLock<HashMap<String, Action>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let squeeze = |s: &str| -> String { fold(s).chars().filter(|c| !c.is_whitespace()).collect() };
        let mut words = HashMap::new();
        for (replies, deletes, headings) in ACTIONS {
            for reply in *replies {
                words.insert(squeeze(reply), Action::Reply);
                for delete in *deletes {
                    words.insert(squeeze(delete), Action::Delete);
                    words.insert(squeeze(&format!("{reply}{delete}")), Action::ReplyDelete);
                }
            }
            for heading in *headings {
                words.entry(squeeze(heading)).or_insert(Action::Replies);
            }
        }
        words
    })
}

/// Lines that a page prints after the last comment or around a post, which copied text takes along.
const FOOTERS: &[&str] = &[
    "post a comment",
    "add comment",
    "add a comment",
    "leave a comment",
    "load more...",
    "loading...",
    "newer post",
    "older post",
    "home",
    "newer posts",
    "older posts",
    "subscribe to: post comments (atom)",
    "links to this post",
    "create a link",
    "thank you for your comments",
    "publicar un comentario",
    "añadir comentario",
    "entrada mas reciente",
    "entrada antigua",
    "inicio",
    "pagina principal",
    "suscribirse a: enviar comentarios (atom)",
    "enregistrer un commentaire",
    "ajouter un commentaire",
    "article plus recent",
    "article plus ancien",
    "accueil",
    "kommentar veroffentlichen",
    "kommentar hinzufugen",
    "neuerer post",
    "alterer post",
    "startseite",
    "abonnieren kommentare zum post (atom)",
    "postar um comentario",
    "enviar um comentario",
    "postagem mais recente",
    "postagem mais antiga",
    "pagina inicial",
    "posta un commento",
    "aggiungi commento",
    "post piu recente",
    "post piu vecchio",
    "home page",
    "een reactie posten",
    "reactie toevoegen",
    "nieuwere post",
    "oudere post",
    "δημοσιευση σχολιου",
    "προσθηκη σχολιου",
    "νεοτερη αναρτηση",
    "παλαιοτερη αναρτηση",
    "αρχικη σελιδα",
    "отправить комментарий",
    "добавить комментарий",
    "следующее",
    "предыдущее",
    "главная страница",
    "przeslij komentarz",
    "dodaj komentarz",
    "nowszy post",
    "starszy post",
    "strona glowna",
    "yorum gonder",
    "yorum ekle",
    "posting komentar",
    "tambahkan komentar",
    "dang nhan xet",
    "them nhan xet",
    "コメントを投稿",
    "コメントを追加",
    "次の投稿",
    "前の投稿",
    "ホーム",
    "发表评论",
    "添加评论",
    "張貼留言",
    "新增留言",
    "较新的博文",
    "較新的文章",
    "댓글 쓰기",
    "댓글 추가",
    "إرسال تعليق",
    "إضافة تعليق",
    "הוסף רשומת תגובה",
    "הוסף תגובה",
];

/// Whether a line is one that the page prints after its comments.
pub(crate) fn is_footer(line: &str) -> bool {
    let line = fold(line);
    let line = line.trim();
    static LINES: OnceLock<HashSet<String>> = OnceLock::new();
    LINES
        .get_or_init(|| self::folded(FOOTERS).into_iter().collect())
        .contains(line)
        || line.starts_with("subscribe to: ")
        || line.starts_with("suscribirse a: ")
        || line.starts_with("abonnieren: ")
}

/// Who the notice in the place of a removed comment names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remover {
    Author,
    Admin,
    Unknown,
}

impl From<Remover> for crate::model::DeletedBy {
    fn from(remover: Remover) -> crate::model::DeletedBy {
        match remover {
            Remover::Author => crate::model::DeletedBy::Author,
            Remover::Admin => crate::model::DeletedBy::Admin,
            Remover::Unknown => crate::model::DeletedBy::Unknown,
        }
    }
}

/// Who removed a comment, from the platform's sentence in its place.
pub(crate) fn remover(sentence: &str) -> Remover {
    const ADMIN: &[&str] = &[
        "administrat",
        "administrad",
        "amministrat",
        "beheerder",
        "administrator",
        "админ",
        "διαχειριστ",
        "管理",
        "관리자",
        "مشرف",
        "المشرف",
        "מנהל",
        "yonetici",
        "quan tri",
        "spravce",
        "rendszergazda",
        "yllapit",
        "moderator",
    ];
    const AUTHOR: &[&str] = &[
        "author",
        "autor",
        "auteur",
        "autore",
        "forfatter",
        "upphovs",
        "forfattare",
        "kirjoittaja",
        "автор",
        "συντακτ",
        "συγγραφ",
        "作者",
        "投稿者",
        "작성자",
        "글쓴이",
        "مؤلف",
        "الكاتب",
        "מחבר",
        "yazar",
        "penulis",
        "pengarang",
        "tac gia",
        "szerzo",
        "avtor",
        "verfasser",
    ];
    let folded = fold(sentence);
    if ADMIN.iter().any(|word| folded.contains(word)) {
        Remover::Admin
    } else if AUTHOR.iter().any(|word| folded.contains(word)) {
        Remover::Author
    } else {
        Remover::Unknown
    }
}

/// Whether a comment's whole text is the platform's sentence for a removed comment, for markup that has no mark of its
/// own for it.
pub(crate) fn is_removed(text: &str) -> bool {
    const SENTENCES: &[&str] = &[
        "this comment has been removed by",
        "this post has been removed by",
        "este comentario ha sido eliminado por",
        "este blog ha sido eliminado por",
        "este comentario fue suprimido por",
        "ce commentaire a ete supprime par",
        "dieser kommentar wurde vom",
        "dieser kommentar wurde von",
        "questo commento e stato eliminato",
        "este comentario foi removido por",
        "deze reactie is verwijderd door",
        "этот комментарий был удален",
        "комментарий удален",
        "αυτο το σχολιο εχει αφαιρεθει",
        "ten komentarz zostal usuniety",
        "bu yorum yazar",
        "bu yorum bir blog",
        "komentar ini telah dihapus",
        "このコメントは投稿者によって",
        "このコメントはブログの管理者",
        "此评论已被",
        "作者已經移除這則留言",
        "網誌管理員已經移除",
        "글쓴이가 삭제한",
        "블로그 관리자가 삭제한",
        "تمت إزالة هذا التعليق",
        "תגובה זו הוסרה",
        "denna kommentar har tagits bort",
        "denne kommentar er blevet fjernet",
        "denne kommentaren har blitt fjernet",
    ];
    if text.len() > 500 {
        return false;
    }
    let folded = fold(text);
    let folded = folded.trim();
    static STARTS: OnceLock<Vec<String>> = OnceLock::new();
    folded.chars().count() <= 120
        && STARTS
            .get_or_init(|| self::folded(SENTENCES))
            .iter()
            .any(|start| folded.starts_with(start))
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

    #[test]
    fn counts_that_headings_claim() {
        for (heading, count) in [
            ("4 comments:", Some(4)),
            ("\n54\ncomentarios:\n", Some(54)),
            ("12\u{00A0}commentaires:", Some(12)),
            ("No comments:", Some(0)),
            ("Keine Kommentare:", Some(0)),
            ("Δεν υπάρχουν σχόλια:", Some(0)),
            ("٣ تعليقات", Some(3)),
            ("9 Responses to \"My 3 cats\"", Some(9)),
            ("Responses to \"My 3 cats\"", None),
            ("One Response to “Tea”", Some(1)),
            ("Post a Comment", None),
            ("Kommentare:", None),
        ] {
            assert_eq!(claimed(heading), count, "{heading}");
        }
        for (line, is) in [
            ("4 comments:", true),
            ("1 comentario:", true),
            ("15 Comments", true),
            ("No comments:", true),
            ("4 comments I would like to make before we start:", false),
            ("I had 4 comments:", false),
            ("2009", false),
        ] {
            assert_eq!(is_comment_heading(line), is, "{line}");
        }
    }

    #[test]
    fn actions_under_comments() {
        assert_eq!(action("    ReplyDelete"), Some(Action::ReplyDelete));
        assert_eq!(action("Responder Eliminar"), Some(Action::ReplyDelete));
        assert_eq!(action("AntwortenLöschen"), Some(Action::ReplyDelete));
        assert_eq!(action("Delete"), Some(Action::Delete));
        assert_eq!(action("Replies"), Some(Action::Replies));
        assert_eq!(action("Replying is easy"), None);
        assert_eq!(leading_reply_delete("ReplyDeleteA new thought"), Some("A new thought"));
        assert_eq!(trailing_reply_delete("A thoughtReplyDelete"), Some("A thought"));
    }

    #[test]
    fn who_removed_a_comment() {
        assert_eq!(remover("This comment has been removed by the author."), Remover::Author);
        assert_eq!(
            remover("This comment has been removed by a blog administrator."),
            Remover::Admin
        );
        assert_eq!(remover("Ce commentaire a été supprimé par l'auteur."), Remover::Author);
        assert_eq!(remover("Weg"), Remover::Unknown);
        assert!(is_removed("This comment has been removed by the author."));
        assert!(!is_removed(
            "This comment has been removed by the author, and I wonder why. What happened to the others that were here before, does anyone know anything about it at all?"
        ));
    }
}
