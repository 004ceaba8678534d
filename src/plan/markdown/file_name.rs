//! The template of file names: `{date}-{slug}`.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

/// How the files of posts are named. Pages have no day and are named by their slug alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Field(Field),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Date,
    Year,
    Month,
    Day,
    Slug,
    Id,
}

const FIELDS: &[(&str, Field)] = &[
    ("date", Field::Date),
    ("year", Field::Year),
    ("month", Field::Month),
    ("day", Field::Day),
    ("slug", Field::Slug),
    ("id", Field::Id),
];

/// A template that names no files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFileName {
    /// A placeholder that there is not.
    #[error("{{{0}}} is no part of a file name; there are {{date}}, {{year}}, {{month}}, {{day}}, {{slug}} and {{id}}")]
    Unknown(String),
    /// A brace without its partner.
    #[error("a brace is open in this file name; a placeholder is written {{slug}}")]
    Open,
    /// All posts would have the same name.
    #[error("a file name needs {{slug}} or {{id}}, or all posts would have the same one")]
    Same,
    /// A character that some system refuses.
    #[error(
        "{0:?} cannot stand in a file name; letters, digits, hyphens, dots and underscores can, and --layout makes folders"
    )]
    Refused(char),
    /// A name that would be hidden, or lose its end.
    #[error("a file name can neither begin nor end with a dot")]
    Dot,
}

impl FromStr for FileName {
    type Err = BadFileName;

    fn from_str(template: &str) -> Result<FileName, BadFileName> {
        let mut pieces = Vec::new();
        let mut rest = template;
        while !rest.is_empty() {
            let (text, after) = rest.split_once('{').map_or((rest, None), |(t, a)| (t, Some(a)));
            if text.contains('}') {
                return Err(BadFileName::Open);
            }
            let is_taken = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
            if let Some(refused) = text.chars().find(|c| !is_taken(*c)) {
                return Err(BadFileName::Refused(refused));
            }
            if !text.is_empty() {
                pieces.push(Piece::Text(text.to_owned()));
            }
            let Some(after) = after else { break };
            let (name, after) = after.split_once('}').ok_or(BadFileName::Open)?;
            let field = FIELDS.iter().find(|(known, _)| *known == name);
            let (_, field) = field.ok_or_else(|| BadFileName::Unknown(name.to_owned()))?;
            pieces.push(Piece::Field(*field));
            rest = after;
        }
        if template.starts_with('.') || template.ends_with('.') {
            return Err(BadFileName::Dot);
        }
        let file_name = FileName { pieces };
        if !file_name.has(Field::Slug) && !file_name.has(Field::Id) {
            return Err(BadFileName::Same);
        }
        Ok(file_name)
    }
}

impl Default for FileName {
    fn default() -> FileName {
        FileName {
            pieces: vec![
                Piece::Field(Field::Date),
                Piece::Text("-".to_owned()),
                Piece::Field(Field::Slug),
            ],
        }
    }
}

impl FileName {
    fn has(&self, field: Field) -> bool {
        self.pieces.contains(&Piece::Field(field))
    }

    /// Every name begins with the whole date and a hyphen, as Jekyll wants it.
    pub fn begins_with_date(&self) -> bool {
        match self.pieces.as_slice() {
            [Piece::Field(Field::Date), Piece::Text(text), ..] => text.starts_with('-'),
            _ => false,
        }
    }

    /// The name of a post of this day; without a day, its slug.
    pub fn of(&self, day: Option<NaiveDate>, slug: &str, id: &str) -> String {
        let has_day = [Field::Date, Field::Year, Field::Month, Field::Day]
            .into_iter()
            .any(|field| self.has(field));
        let day = match day {
            Some(day) => day,
            None if has_day => return slug.to_owned(),
            None => NaiveDate::default(),
        };
        let mut name = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => name.push_str(text),
                Piece::Field(Field::Date) => name.push_str(&day.format("%Y-%m-%d").to_string()),
                Piece::Field(Field::Year) => name.push_str(&day.format("%Y").to_string()),
                Piece::Field(Field::Month) => name.push_str(&day.format("%m").to_string()),
                Piece::Field(Field::Day) => name.push_str(&day.format("%d").to_string()),
                Piece::Field(Field::Slug) => name.push_str(slug),
                Piece::Field(Field::Id) => name.push_str(id),
            }
        }
        name
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(text)?,
                Piece::Field(field) => {
                    let name = FIELDS.iter().find(|(_, known)| known == field).map(|(name, _)| *name);
                    write!(f, "{{{}}}", name.unwrap_or_default())?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled() {
        let day = NaiveDate::from_ymd_opt(2011, 3, 5);
        let of = |template: &str, day| template.parse::<FileName>().unwrap().of(day, "first-dig", "7");
        assert_eq!(of("{date}-{slug}", day), "2011-03-05-first-dig");
        assert_eq!(of("{year}{month}{day}_{id}.{slug}", day), "20110305_7.first-dig");
        assert_eq!(of("{date}-{slug}", None), "first-dig");
        assert_eq!(of("post-{id}", None), "post-7");
        assert_eq!(FileName::default().to_string(), "{date}-{slug}");
        assert!(FileName::default().begins_with_date());
    }

    #[test]
    fn what_names_no_file_is_refused() {
        for (template, error) in [
            ("{title}-{slug}", BadFileName::Unknown("title".to_owned())),
            ("{slug", BadFileName::Open),
            ("slug}", BadFileName::Open),
            ("{date}", BadFileName::Same),
            ("", BadFileName::Same),
            ("{year}/{slug}", BadFileName::Refused('/')),
            ("{slug}?", BadFileName::Refused('?')),
            (".{slug}", BadFileName::Dot),
            ("{slug}.", BadFileName::Dot),
        ] {
            assert_eq!(template.parse::<FileName>(), Err(error), "{template}");
        }
    }
}
