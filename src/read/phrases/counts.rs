//! Headings that count comments: `4 comments:`, `No comments:`.

use std::sync::OnceLock;

use super::all_folded;
use crate::fold::fold;

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
        .get_or_init(|| all_folded(NO_COMMENTS))
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
