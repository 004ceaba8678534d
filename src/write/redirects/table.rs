//! Tables: one for whatever else there is, and that of the WordPress plugin Redirection.
//! <https://redirection.me/support/import-export-redirects/>

use super::{About, Made, Redirect, encoded};

pub(super) fn plain(redirects: &[Redirect], about: &About) -> Made {
    let host = about
        .hosts
        .first()
        .map(|host| format!("http://{host}"))
        .unwrap_or_default();
    let rows = redirects.iter().map(|one| {
        let query = one.from.query.as_ref();
        let query = query
            .map(|(name, value)| format!("?{name}={value}"))
            .unwrap_or_default();
        vec![
            format!("{host}{}{query}", encoded(&one.from.path)),
            one.to.clone(),
            "301".to_owned(),
        ]
    });
    table(&["old_address", "new_address", "status"], rows)
}

pub(super) fn redirection(redirects: &[Redirect]) -> Made {
    let rows = redirects.iter().map(|one| {
        let query = one.from.query.as_ref();
        let query = query
            .map(|(name, value)| format!("?{name}={value}"))
            .unwrap_or_default();
        let source = format!("{}{query}", one.from.path);
        vec![source, one.to.clone(), "0".to_owned(), "301".to_owned()]
    });
    table(&["source", "target", "regex", "code"], rows)
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Made {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut left_out = Vec::new();
    // Memory takes every row.
    let _ = writer.write_record(head);
    for row in rows {
        if writer.write_record(&row).is_err() {
            left_out.extend(row.first().cloned());
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    Made {
        text: String::from_utf8(bytes).unwrap_or_default(),
        left_out,
        limit: None,
    }
}
