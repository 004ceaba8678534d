//! What stands in the place of a comment that was removed, and who removed it.

use std::sync::OnceLock;

use super::all_folded;
use crate::fold::fold;

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
            .get_or_init(|| all_folded(SENTENCES))
            .iter()
            .any(|start| folded.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

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
