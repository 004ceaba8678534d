//! What can be clicked: `Reply` and `Delete` under a comment, and the lines below the last one.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::all_folded;
use crate::fold::fold;

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
        .get_or_init(|| all_folded(FOOTERS).into_iter().collect())
        .contains(line)
        || line.starts_with("subscribe to: ")
        || line.starts_with("suscribirse a: ")
        || line.starts_with("abonnieren: ")
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
