//! The head of a WordPress export: the blog, its authors, its terms.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::WxrAuthor;
use super::fields::{Fields, WithMetas, customary, group, with_metas};
use crate::model::{Author, Blog, Category, PostAuthor, SourceData};
use crate::read::head::read_past_faults;
use crate::read::xml::{Event, Fault, Namespaces, Walker};
use crate::wordpress::{UNKNOWN_LOGIN, plain_text, slug_as_written};

/// What the head tells.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) blog: Blog,
    pub(super) version: Option<String>,
    pub(super) authors: BTreeMap<String, WxrAuthor>,
    /// blogark wrote the file.
    pub(super) is_own: bool,
    pub(super) terms: BTreeMap<(String, String), (String, bool)>,
    /// Terms of other taxonomies, by taxonomy and slug.
    pub(super) others: BTreeSet<(String, String)>,
    /// The first thing in it that could not be read.
    pub(super) fault: Option<Fault>,
}

#[derive(Default)]
struct Raw<'a> {
    fields: Fields<'a>,
    authors: Vec<Fields<'a>>,
    terms: Vec<(String, WithMetas<'a>)>,
    own: Option<String>,
}

/// Reads what stands before the first item. A fault costs what stands behind it, and no item.
pub(super) fn read(text: &str, namespaces: &Namespaces) -> Head {
    let mut walker = Walker::new(text, 0, namespaces);
    let mut raw = Raw::default();
    let fault = read_past_faults(&mut walker, |walker| walk(walker, &mut raw));
    let version = Some(raw.fields.get("wp:wxr_version").trim().to_owned()).filter(|v| !v.is_empty());
    let mut authors = BTreeMap::new();
    let mut cleaned = BTreeMap::new();
    let mut listed = Vec::new();
    for fields in &raw.authors {
        let login = fields.get("wp:author_login").trim();
        if login.is_empty() || login == UNKNOWN_LOGIN {
            continue;
        }
        let author = author(fields, login);
        let known = WxrAuthor {
            number: fields.get("wp:author_id").trim().to_owned(),
            who: PostAuthor {
                id: author.id.clone(),
                name: author.name.clone(),
                url: None,
                avatar: None,
                _email: author._email.clone(),
            },
        };
        cleaned.entry(cleaned_login(login)).or_insert_with(|| known.clone());
        authors.insert(login.to_owned(), known);
        listed.push(author);
    }
    for (login, author) in cleaned {
        authors.entry(login).or_insert(author);
    }
    let mut blog = blog(&raw);
    blog.authors = listed;
    let mut is_own = false;
    if let Some(own) = raw.own.as_deref().and_then(|own| serde_json::from_str::<Own>(own).ok()) {
        for (login, who) in own.authors {
            authors.entry(login).or_default().who = who;
        }
        blog = own.blog;
        is_own = true;
    }
    Head {
        blog,
        version,
        authors,
        is_own,
        terms: terms(&raw),
        others: others(&raw),
        fault,
    }
}

/// Terms of the built-in taxonomies that have elements of their own kind, by taxonomy and slug.
fn built_in<'r>(raw: &'r Raw<'_>) -> BTreeSet<(&'r str, &'r str)> {
    let of = |(element, term): &'_ (String, WithMetas<'_>)| {
        match &**element {
            "wp:category" => Some(("category", "wp:category_nicename")),
            "wp:tag" => Some(("post_tag", "wp:tag_slug")),
            _ => None,
        }
        .filter(|(_, field)| term.fields.has(field))
    };
    raw.terms
        .iter()
        .filter_map(|one| of(one).map(|(taxonomy, field)| (taxonomy, one.1.fields.get(field).trim())))
        .collect()
}

fn others(raw: &Raw<'_>) -> BTreeSet<(String, String)> {
    let field = |term: &WithMetas<'_>, name: &str| term.fields.get(name).trim().to_owned();
    raw.terms
        .iter()
        .filter(|(element, _)| element == "wp:term")
        .map(|(_, term)| (field(term, "wp:term_taxonomy"), field(term, "wp:term_slug")))
        .collect()
}

/// Adds terms that no head declared to a blog, and to the names by which posts are read.
pub(super) fn declare(
    blog: &mut Blog,
    terms: &mut BTreeMap<(String, String), (String, bool)>,
    undeclared: BTreeMap<(String, String), String>,
) {
    if undeclared.is_empty() {
        return;
    }
    let mut names: BTreeSet<(String, String)> = terms
        .iter()
        .map(|((taxonomy, _), (name, _))| (taxonomy.clone(), name.clone()))
        .collect();
    let source = blog._source.get_or_insert_default();
    let mut add = |list: &'static str, term: Value| {
        let list = source.entry(list.into()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(term);
        }
    };
    for ((taxonomy, slug), name) in undeclared {
        let name = if name.is_empty() { slug_as_written(&slug) } else { name };
        match &*taxonomy {
            "category" => blog.categories.push(Category {
                name: name.clone(),
                slug: Some(slug.clone()),
                parent: None,
                description: None,
            }),
            "post_tag" => add("tags", json!({ "name": name, "slug": slug, "description": "" })),
            own => {
                add(
                    "terms",
                    json!({ "taxonomy": own, "slug": slug, "parent": "", "name": name, "description": "" }),
                );
                continue;
            }
        }
        let is_new = names.insert((taxonomy.clone(), name.clone()));
        terms.insert((taxonomy, slug), (name, !is_new));
    }
}

/// Names of tags and categories by slug: an item may spell the name otherwise, the slug decides.
fn terms(raw: &Raw<'_>) -> BTreeMap<(String, String), (String, bool)> {
    let mut names = BTreeSet::new();
    let mut terms = BTreeMap::new();
    for (element, WithMetas { fields, .. }) in &raw.terms {
        let (taxonomy, slug, name) = match &**element {
            "wp:category" => ("category", "wp:category_nicename", "wp:cat_name"),
            "wp:tag" => ("post_tag", "wp:tag_slug", "wp:tag_name"),
            _ => match fields.get("wp:term_taxonomy").trim() {
                "category" => ("category", "wp:term_slug", "wp:term_name"),
                "post_tag" => ("post_tag", "wp:term_slug", "wp:term_name"),
                _ => continue,
            },
        };
        let (slug, name) = (
            fields.get(slug).trim(),
            plain_text(fields.get(name).trim()).into_owned(),
        );
        if slug.is_empty() || name.is_empty() {
            continue;
        }
        let key = (taxonomy.to_owned(), slug.to_owned());
        if let Entry::Vacant(place) = terms.entry(key) {
            let is_new = names.insert((taxonomy, name.clone()));
            place.insert((name, !is_new));
        }
    }
    terms
}

/// A login as WordPress makes it before it looks: without references and what no login can have.
pub(super) fn cleaned_login(login: &str) -> String {
    let mut out = String::new();
    let mut rest = login;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if c == '&'
            && let Some((_, behind)) = after.split_once(';')
        {
            rest = behind;
            continue;
        }
        if c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '.' | '-' | '@' | '*') {
            out.push(c);
        }
        rest = after;
    }
    out.trim().to_owned()
}

/// What blogark's own files say of their blog.
#[derive(serde::Deserialize)]
struct Own {
    blog: Blog,
    authors: BTreeMap<String, PostAuthor>,
}

fn walk<'a>(walker: &mut Walker<'a>, raw: &mut Raw<'a>) -> Result<(), Fault> {
    while let Some(event) = walker.next_event()? {
        let Event::Start { ns, name, .. } = event else { continue };
        let name = customary(ns, &name);
        match &*name {
            "rss" | "channel" => {}
            "wp:author" => raw.authors.push(group(walker)?),
            "wp:category" | "wp:tag" | "wp:term" => {
                let term = with_metas(walker, "wp:termmeta")?;
                raw.terms.push((name.into_owned(), term));
            }
            // Its own title and address are those of the picture's page.
            "image" => walker.skip()?,
            "other:blog" => {
                let text = walker.text()?.into_owned();
                raw.own = Some(text).filter(|t| t.trim_start().starts_with('{'));
            }
            _ => {
                let value = walker.text()?;
                if !raw.fields.has(&name) {
                    raw.fields.0.push((name, value));
                }
            }
        }
    }
    Ok(())
}

fn author(fields: &Fields<'_>, login: &str) -> Author {
    let field = |name: &str| Some(plain_text(fields.get(name).trim()).into_owned()).filter(|v| !v.is_empty());
    let names = [field("wp:author_first_name"), field("wp:author_last_name")];
    let full: Vec<String> = names.into_iter().flatten().collect();
    Author {
        id: field("wp:author_id"),
        login: Some(login.to_owned()),
        name: field("wp:author_display_name")
            .or_else(|| Some(full.join(" ")).filter(|n| !n.is_empty()))
            .or_else(|| Some(login.to_owned())),
        url: None,
        avatar: None,
        _email: field("wp:author_email"),
    }
}

fn blog(raw: &Raw<'_>) -> Blog {
    let field = |name: &str| Some(raw.fields.get(name).trim()).filter(|v| !v.is_empty());
    let text = |name: &str| field(name).map(|v| plain_text(v).into_owned());
    let home = field("wp:base_blog_url")
        .or(field("link"))
        // WordPress.com names itself there, not the blog.
        .or(field("wp:base_site_url").filter(|u| !u.contains("//wordpress.com")));
    let generator = field("generator").unwrap_or_default();
    let id = home
        .map(|url| {
            url.split_once("://")
                .map_or(url, |(_, rest)| rest)
                .trim_end_matches('/')
                .to_owned()
        })
        .or_else(|| text("title"))
        .unwrap_or_else(|| "wordpress".to_owned());
    let mut source = SourceData::new();
    for (key, name) in [("generator", "generator"), ("base_site_url", "wp:base_site_url")] {
        if let Some(value) = field(name).filter(|v| Some(*v) != home) {
            source.insert(key.into(), Value::String(value.to_owned()));
        }
    }
    let mut categories = Vec::new();
    let mut tags = Vec::new();
    let mut others = Vec::new();
    // Menus name categories and tags by these numbers.
    let mut numbers = Map::new();
    let mut termmeta = Map::new();
    let built_in = built_in(raw);
    for (element, WithMetas { fields, metas }) in &raw.terms {
        let field = |name: &str| fields.get(name).trim();
        let (taxonomy, slug) = match &**element {
            "wp:category" => ("category", field("wp:category_nicename")),
            "wp:tag" => ("post_tag", field("wp:tag_slug")),
            _ => (field("wp:term_taxonomy"), field("wp:term_slug")),
        };
        if let Ok(number) = field("wp:term_id").parse::<u32>() {
            numbers.insert(format!("{taxonomy}/{slug}"), Value::from(number));
        }
        if !metas.is_empty() {
            let metas = metas.iter().map(|(key, value)| json!({ "key": key, "value": value }));
            termmeta.insert(format!("{taxonomy}/{slug}"), metas.collect());
        }
        let plain = |name: &str| plain_text(field(name)).into_owned();
        match &**element {
            "wp:category" => categories.push(Category {
                name: plain("wp:cat_name"),
                slug: some(field("wp:category_nicename")),
                parent: some(field("wp:category_parent")),
                description: some(field("wp:category_description")),
            }),
            "wp:tag" => tags.push(json!({
                "name": plain("wp:tag_name"), "slug": field("wp:tag_slug"), "description": field("wp:tag_description")
            })),
            // Newer exports give the two built-in taxonomies twice; some programs, only so.
            _ if built_in.contains(&(taxonomy, slug)) => {}
            _ if taxonomy == "category" => categories.push(Category {
                name: plain("wp:term_name"),
                slug: some(slug),
                parent: some(field("wp:term_parent")),
                description: some(field("wp:term_description")),
            }),
            _ if taxonomy == "post_tag" => tags.push(json!({
                "name": plain("wp:term_name"), "slug": slug, "description": field("wp:term_description")
            })),
            _ => others.push(json!({
                "taxonomy": field("wp:term_taxonomy"), "slug": field("wp:term_slug"), "parent": field("wp:term_parent"),
                "name": plain("wp:term_name"), "description": field("wp:term_description")
            })),
        }
    }
    // A category without a name is known by its slug.
    for category in &mut categories {
        if category.name.is_empty() {
            category.name = category.slug.clone().unwrap_or_default();
        }
    }
    categories.retain(|c| !c.name.is_empty());
    if !numbers.is_empty() {
        source.insert("term_ids".into(), Value::Object(numbers));
    }
    let names: Map<String, Value> = raw
        .authors
        .iter()
        .filter_map(|fields| {
            let field = |name: &str| fields.get(name).trim();
            let names = [field("wp:author_first_name"), field("wp:author_last_name")];
            let login = field("wp:author_login");
            (!login.is_empty() && names.iter().any(|n| !n.is_empty())).then(|| (login.to_owned(), json!(names)))
        })
        .collect();
    if !names.is_empty() {
        source.insert("author_names".into(), Value::Object(names));
    }
    if !termmeta.is_empty() {
        source.insert("termmeta".into(), Value::Object(termmeta));
    }
    for (key, list) in [("tags", tags), ("terms", others)] {
        if !list.is_empty() {
            source.insert(key.into(), Value::Array(list));
        }
    }
    Blog {
        id,
        platform: Some(
            if generator.contains("Squarespace") {
                "squarespace"
            } else {
                "wordpress"
            }
            .to_owned(),
        ),
        title: text("title"),
        description: text("description"),
        home_page_url: home.map(str::to_owned),
        language: field("language").map(str::to_owned),
        categories,
        _source: (!source.is_empty()).then_some(source),
        ..Blog::default()
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
