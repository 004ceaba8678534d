//! Tags, categories and terms of other taxonomies: slugs that differ, parents before children, numbers.

use std::collections::HashSet;

use crate::model::{Blog, Category};
use crate::wordpress;

use super::plan::{PlannedTerm, WxrPlan};

impl WxrPlan {
    pub(super) fn plan_terms<'a>(
        &mut self,
        blog: &Blog,
        tags: impl IntoIterator<Item = &'a str>,
        categories: impl IntoIterator<Item = &'a str>,
    ) {
        let mut taken: HashSet<(Box<str>, String)> = HashSet::new();
        // Parents first: a category whose parent is not there yet waits for the next round.
        let mut waiting: Vec<_> = blog.categories.iter().collect();
        while !waiting.is_empty() {
            let before = waiting.len();
            let (now, later): (Vec<&Category>, Vec<&Category>) = waiting.iter().copied().partition(|c| {
                c.parent.as_deref().is_none_or(|parent| {
                    parent.is_empty()
                        || !waiting
                            .iter()
                            .any(|other| !std::ptr::eq(*other, *c) && other.slug.as_deref() == Some(parent))
                })
            });
            for category in &now {
                let parent = category
                    .parent
                    .as_deref()
                    .map(wordpress::slug)
                    .filter(|parent| taken.contains(&("category".into(), parent.clone())))
                    .unwrap_or_default();
                self.add_term(
                    &mut taken,
                    "category",
                    &category.name,
                    category.slug.as_deref(),
                    parent,
                    category.description.clone().unwrap_or_default(),
                );
            }
            waiting = later;
            if waiting.len() == before {
                // Categories that are each other's parents: written side by side.
                for category in std::mem::take(&mut waiting) {
                    let description = category.description.clone().unwrap_or_default();
                    self.add_term(
                        &mut taken,
                        "category",
                        &category.name,
                        category.slug.as_deref(),
                        String::new(),
                        description,
                    );
                }
            }
        }
        let taxonomy = self.tag_taxonomy();
        // Slugs that a WordPress source had go before those that are made here.
        for tag in source_list(blog, "tags") {
            let field = |name: &str| tag.get(name).and_then(|v| v.as_str()).unwrap_or_default();
            let description = field("description").to_owned();
            self.add_term(
                &mut taken,
                taxonomy,
                field("name"),
                Some(field("slug")),
                String::new(),
                description,
            );
        }
        for name in categories {
            self.add_term(&mut taken, "category", name, None, String::new(), String::new());
        }
        for name in tags {
            self.add_term(&mut taken, taxonomy, name, None, String::new(), String::new());
        }
        for term in source_list(blog, "terms") {
            let field = |name: &str| term.get(name).and_then(|v| v.as_str()).unwrap_or_default();
            let taxonomy = field("taxonomy");
            if taxonomy.is_empty() {
                continue;
            }
            let parent = wordpress::slug(field("parent"));
            let parent = if taken.contains(&(taxonomy.into(), parent.clone())) {
                parent
            } else {
                String::new()
            };
            self.add_term(
                &mut taken,
                taxonomy,
                field("name"),
                Some(field("slug")),
                parent,
                field("description").to_owned(),
            );
        }
    }

    /// Numbers of terms: those of a WordPress source, because its menus name terms by them; the others count on.
    pub(super) fn number_terms(&mut self, blog: &Blog) {
        let source = blog._source.as_ref().and_then(|s| s.get("term_ids"));
        let own = |term: &PlannedTerm| {
            let number = source?.get(format!("{}/{}", term.taxonomy, term.slug))?.as_u64()?;
            u32::try_from(number).ok().filter(|n| *n > 0)
        };
        let mut taken: HashSet<u32> = HashSet::new();
        for term in &mut self.terms {
            term.id = own(term).filter(|id| taken.insert(*id)).unwrap_or(0);
        }
        let mut next = 1;
        for term in self.terms.iter_mut().filter(|t| t.id == 0) {
            while !taken.insert(next) {
                next += 1;
            }
            term.id = next;
        }
    }

    fn add_term(
        &mut self,
        taken: &mut HashSet<(Box<str>, String)>,
        taxonomy: &str,
        name: &str,
        own_slug: Option<&str>,
        parent: String,
        description: String,
    ) {
        let key: (Box<str>, Box<str>) = (taxonomy.into(), name.into());
        let own_slug = own_slug.map(wordpress::slug).filter(|s| !s.is_empty());
        // Two terms may share a name where the source tells them apart by their slugs; the name then means the first.
        let is_another = own_slug
            .as_ref()
            .is_some_and(|slug| !taken.contains(&(taxonomy.into(), slug.clone())));
        if name.trim().is_empty() || (self.term_of.contains_key(&key) && !is_another) {
            return;
        }
        let wanted = own_slug.unwrap_or_else(|| wordpress::term_slug(name));
        let wanted = if wanted.is_empty() { "label".to_owned() } else { wanted };
        let mut slug = wanted.clone();
        let mut number = 2;
        while !taken.insert((taxonomy.into(), slug.clone())) {
            slug = wordpress::with_suffix(&wanted, number);
            number += 1;
        }
        self.term_of.entry(key).or_insert(self.terms.len());
        self.slug_of.insert((taxonomy.into(), slug.clone()));
        self.terms.push(PlannedTerm {
            id: 0,
            taxonomy: taxonomy.into(),
            name: name.into(),
            slug,
            parent,
            description,
        });
    }
}

/// A list of the source's own data.
fn source_list<'a>(blog: &'a Blog, name: &str) -> impl Iterator<Item = &'a serde_json::Value> {
    let list = blog
        ._source
        .as_ref()
        .and_then(|s| s.get(name))
        .and_then(|list| list.as_array());
    list.into_iter().flatten()
}
