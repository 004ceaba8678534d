//! Which redirects a blog needs: every old address that leads somewhere else now.

use super::{Redirect, encoded_address};
use crate::html::address::percent_decoded;
use crate::plan::Plan;
use crate::plan::addresses::{Destination, OldAddress, OldAddresses, host_of};

/// The path of a site's address, without the slash at its end: empty where the site has a host of its own.
pub(crate) fn path_of_site(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("");
    path.split(['?', '#']).next().unwrap_or("").trim_end_matches('/')
}

/// The redirects of the blog at this place of the archive. `new_url` is the new site's address without the slash at its
/// end; `new` says at which path below that a place of the old blog is now, if it is anywhere. An address that stays what
/// it was, on a host that stays, needs none.
pub(crate) fn redirects(
    old: &OldAddresses<'_>,
    plan: &Plan,
    blog: usize,
    new_url: Option<&str>,
    new: &mut dyn FnMut(&Destination<'_>) -> Option<String>,
) -> Vec<Redirect> {
    let folder = new_url.map_or("", path_of_site);
    let host_stays = new_url
        .and_then(host_of)
        .is_none_or(|new| old.hosts(blog).any(|host| host == new));
    let all = old.of_blog(plan, blog).into_iter();
    all.filter_map(|(from, destination)| {
        let below = new(&destination)?;
        let now = OldAddress {
            path: percent_decoded(&format!("{folder}{below}")).into_owned(),
            query: None,
        };
        if host_stays && now.key() == from.key() {
            return None;
        }
        let to = encoded_address(&format!("{}{below}", new_url.unwrap_or_default()));
        Some(Redirect { from, to })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_site() {
        assert_eq!(path_of_site("https://nell.example/garden/"), "/garden");
        assert_eq!(path_of_site("https://nell.example"), "");
        assert_eq!(path_of_site("https://nell.example/?x"), "");
    }
}
