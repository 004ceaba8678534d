use super::*;

fn read_text(text: &str) -> Page {
    read(text.as_bytes(), None).unwrap()
}

fn only(page: &Page) -> &Post {
    assert_eq!(page.posts.len(), 1);
    &page.posts[0]
}

const NUMBERED: &str = "Sunday, 14 June 2009

Sowing beans late

The first rows went in on a wet morning.

Three things to remember:

1. Soak them overnight.
2. Plant two to a hole.

4 comments:

  1. Lovely rows!

    ReplyDelete
  2. Mine never came up.

    What did I do wrong?

    ReplyDelete
    Replies
    1. Slugs, I think.

      Delete
  3. My list:

    1. rake
    2. wait

    ReplyDelete
Post a Comment

Newer Post
";

#[test]
fn numbered_comments_with_replies() {
    let page = read_text(NUMBERED);
    let post = only(&page);
    assert_eq!(post.date_published.as_ref().unwrap().as_str(), "2009-06-14");
    assert_eq!(post.date_published_basis, Some(crate::model::DateBasis::DateOnly));
    assert_eq!(post.title.as_deref(), Some("Sowing beans late"));
    assert_eq!(
        post.content_html.as_deref(),
        Some(
            "<p>The first rows went in on a wet morning.</p>\n<p>Three things to remember:</p>\n<p>1. Soak them overnight.<br>2. Plant two to a hole.</p>"
        )
    );
    let bodies: Vec<&str> = post
        .comments
        .iter()
        .map(|c| c.content_html.as_deref().unwrap())
        .collect();
    assert_eq!(
        bodies,
        [
            "<p>Lovely rows!</p>",
            "<p>Mine never came up.</p>\n<p>What did I do wrong?</p>",
            "<p>Slugs, I think.</p>",
            "<p>My list:</p>\n<p>1. rake<br>2. wait</p>",
        ]
    );
    assert_eq!(
        post.comments[2].in_reply_to.as_deref(),
        Some(post.comments[1].id.as_str())
    );
    assert!(post.comments.iter().all(|c| c.author.is_none()));
    assert_eq!(post.comment_count_claimed, Some(4));
    assert!(page.notices.is_empty());
    assert_eq!(post._source.as_ref().unwrap()["text"], NUMBERED);
}

#[test]
fn fewer_comments_than_claimed_is_said() {
    let page = read_text(&NUMBERED.replace("4 comments:", "6 comments:"));
    assert_eq!(only(&page).comment_count_claimed, Some(6));
    assert_eq!(page.notices[0].code, NoticeCode::CommentCount);
}

#[test]
fn comments_with_names() {
    let page = read_text(
        "martes, 9 de junio de 2009\n\nEl faro\n\nSubimos despacio.\n\nÉl dijo que no.\n\n\nMarta dijo...\n\n¡Qué bonito!\n9 de junio de 2009, 18:53\n\nAnónimo dijo...\n\n¿Dónde está?\n\nNo lo encuentro.\n\nPublicar un comentario\n\nInicio\n",
    );
    let post = only(&page);
    assert_eq!(
        post.content_html.as_deref(),
        Some("<p>Subimos despacio.</p>\n<p>Él dijo que no.</p>")
    );
    assert_eq!(post.comments.len(), 2);
    assert_eq!(post.comments[0].author.as_ref().unwrap().name.as_deref(), Some("Marta"));
    assert_eq!(
        post.comments[0].date_published.as_ref().unwrap().as_str(),
        "2009-06-09T18:53:00"
    );
    assert_eq!(
        post.comments[1].content_html.as_deref(),
        Some("<p>¿Dónde está?</p>\n<p>No lo encuentro.</p>")
    );
    assert_eq!(post.comment_count_claimed, None);
}

#[test]
fn a_name_on_a_line_of_its_own() {
    let page = read_text(
        "Sunday, 14 June 2009\n\nTea\n\nGreen.\n\n1 comment:\n\nAda Lark\nsaid...\nBlack.\nJune 15, 2009 at 2:56 PM\n",
    );
    let comment = &only(&page).comments[0];
    assert_eq!(comment.author.as_ref().unwrap().name.as_deref(), Some("Ada Lark"));
    assert_eq!(comment.content_html.as_deref(), Some("<p>Black.</p>"));
    assert_eq!(comment.date_published.as_ref().unwrap().as_str(), "2009-06-15T14:56:00");
}

#[test]
fn author_and_date_run_together() {
    let page = read_text(
        "Freitag, 5. Juni 2015\n\nBrot\n\nSauerteig.\n\n1 Kommentar:\n\n   1. Jörg6. Juni 2015 um 10:23\n\n      Fein.\n\n      AntwortenLöschen\n        Antworten\n              Antworten\n",
    );
    let comment = &only(&page).comments[0];
    assert_eq!(comment.author.as_ref().unwrap().name.as_deref(), Some("Jörg"));
    assert_eq!(comment.date_published.as_ref().unwrap().as_str(), "2015-06-06T10:23:00");
    assert_eq!(comment.content_html.as_deref(), Some("<p>Fein.</p>"));
    assert_eq!(only(&page).comments.len(), 1);
}

#[test]
fn prose_and_lists_stay_in_the_body() {
    let page = read_text("Sunday, 14 June 2009\n\nQuotes\n\nAs my aunt said...\n\nnever mind.\n\n1. one\n2. two\n");
    let post = only(&page);
    assert!(post.comments.len() <= 1); // "As my aunt said..." cannot be told from a name.
    let list = read_text("Sunday, 14 June 2009\n\nList\n\nText.\n\n2 comments:\n\n  1. one\n  2. two\n");
    assert!(only(&list).comments.is_empty(), "no reply, no comment");
}

#[test]
fn twice_the_same_words_are_two_comments() {
    let page = read_text(
        "Sunday, 14 June 2009\n\nTea\n\nGreen.\n\nAnonymous said...\n\nNice!\n\nAnonymous said...\n\nNice!\n",
    );
    let comments = &only(&page).comments;
    assert_eq!(comments.len(), 2);
    assert_ne!(comments[0].id, comments[1].id);
}

#[test]
fn a_removed_comment_is_a_tombstone() {
    let page = read_text(
        "Sunday, 14 June 2009\n\nTea\n\nGreen.\n\nAda said...\nThis comment has been removed by the author.\nBen said...\nOh.\n",
    );
    let comments = &only(&page).comments;
    assert_eq!(comments[0].status, CommentStatus::Deleted);
    assert_eq!(comments[0].deleted_by, Some(crate::model::DeletedBy::Author));
}

#[test]
fn what_is_no_copy_of_a_post_is_refused() {
    assert_eq!(read(b" \n", None).err(), Some(NotAPage::NotRecognised));
    assert_eq!(read(b"\0\x01", None).err(), Some(NotAPage::NotRecognised));
    for text in [
        "",
        "Shopping: milk, eggs.",
        "# Notes\n\nSome text about version 1.2.3\n",
        "Chapter 5\n\nIt rained.",
    ] {
        assert!(!recognise(text.as_bytes()));
    }
    assert!(recognise(NUMBERED.as_bytes()));
    assert!(!recognise(b"<html><body>Sunday, 14 June 2009</body></html>"));
}

#[test]
fn comments_signed_below() {
    let page = read_text(
        "Sunday, 14 June 2009\n\nTea\n\nGreen.\n\n2 Comments:\n\n  * Black.\n\n  By Ada Lark, at 3:10 PM\n\n  * White,\n    or none.\n\n  By Anonymous, at 9:26 AM\n\nPost a Comment\n",
    );
    let comments = &only(&page).comments;
    assert_eq!(comments.len(), 2);
    assert_eq!(comments[0].author.as_ref().unwrap().name.as_deref(), Some("Ada Lark"));
    assert_eq!(
        (
            comments[0].date_published.as_ref(),
            comments[0].date_published_raw.as_deref()
        ),
        (None, Some("3:10 PM"))
    );
    assert_eq!(comments[1].content_html.as_deref(), Some("<p>White,<br>  or none.</p>"));
}

#[test]
fn links_for_sharing_between_title_and_date() {
    let page = read_text(
        "Bean Diary\n\nSowing beans late\n\n  • Get link\n  • Facebook\n  • Twitter\n  • Other Apps\nJune 14, 2009\n\nIn a wet morning.\n\n- slow\n- steady\n\n  • Get link\n  • Facebook\n  • Pinterest\n\nComments\n\n  1. Ada LarkJune 15, 2009 at 2:40 PM\n\n    Lovely.\n\n    ReplyDelete\n",
    );
    let post = only(&page);
    assert_eq!(post.title.as_deref(), Some("Sowing beans late"));
    assert_eq!(
        post.content_html.as_deref(),
        Some("<p>In a wet morning.</p>\n<p>- slow<br>- steady</p>")
    );
    assert_eq!(post.comments.len(), 1);
}

#[test]
fn a_file_with_front_matter_is_no_copied_text() {
    let post = "Sunday, 14 June 2009\n\nTea\n\nGreen.\n\nAda said...\n\nBlack.\n";
    assert!(recognise(post.as_bytes()));
    for text in [
        format!("---\ntitle: \"Tea\"\ndate: 2009-06-14\n---\n\n{post}"),
        format!("+++\r\ntitle = \"Tea\"\r\n+++\r\n\r\n{post}"),
    ] {
        assert!(!recognise(text.as_bytes()), "{text}");
    }
    // A line of dashes alone begins many a text.
    assert!(recognise(format!("---\n\n{post}").as_bytes()));
}
