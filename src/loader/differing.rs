//! In what the cache and the store differ, by the names that metrics tell it by.

use crate::model::{Id, Row};

use super::key::Loaded;
use super::shadow::Was;

/// What differs; nothing where they say the same. Quiet fields may differ, since they renew no tag.
pub(super) fn differing(was: &Was, there: &Loaded) -> Vec<String> {
    match (was, there) {
        (Was::All(Loaded::Entity(was)), Loaded::Entity(there)) => entity(was.as_ref(), there.as_ref()),
        (Was::Page(ids), Loaded::Page(rows)) => page(ids, rows),
        (Was::All(Loaded::Count(was)), Loaded::Count(there)) => unless(was == there, "count"),
        (Was::All(Loaded::StatusCounts(was)), Loaded::StatusCounts(there)) => unless(was == there, "status_counts"),
        (Was::All(Loaded::TaskCounts(was)), Loaded::TaskCounts(there)) => unless(was == there, "task_counts"),
        (Was::All(Loaded::Memberships(was)), Loaded::Memberships(there)) => unless(was == there, "memberships"),
        _ => unreachable!("an answer is of its key's variant"),
    }
}

fn unless(same: bool, field: &'static str) -> Vec<String> {
    if same { Vec::new() } else { vec![field.into()] }
}

fn page(was: &[Id], there: &[Row]) -> Vec<String> {
    let mut there: Vec<Id> = there.iter().filter_map(|row| Some(row.reference()?.id)).collect();
    if was == there {
        return Vec::new();
    }
    let mut was = was.to_vec();
    was.sort_unstable();
    there.sort_unstable();
    let differs = if was == there { "page_order" } else { "page" };
    vec![differs.into()]
}

fn entity(was: Option<&Row>, there: Option<&Row>) -> Vec<String> {
    match (was, there) {
        (None, None) => Vec::new(),
        (Some(was), Some(there)) if was == there || is_quiet(was, there) => Vec::new(),
        (Some(was), Some(there)) => columns(was, there),
        (None, Some(_)) | (Some(_), None) => vec!["presence".into()],
    }
}

fn is_quiet(was: &Row, there: &Row) -> bool {
    let entities = was.entity().zip(there.entity());
    entities.is_some_and(|(was, there)| was.is_quiet_change(&there))
}

/// By the names that clients know them by, or would.
fn columns(was: &Row, there: &Row) -> Vec<String> {
    let columns = there.reference().map_or(&[][..], |entity| entity.kind.columns());
    let differs = |at: &usize| was.slot(*at) != there.slot(*at);
    let fields: Vec<String> = (0..columns.len())
        .filter(differs)
        .map(|at| columns[at].name())
        .collect();
    // That they differ is known already, whatever their slots say.
    if fields.is_empty() {
        vec!["unnamed".into()]
    } else {
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_differs_in_what_is_on_it_or_in_its_order() {
        let was = |ids: &[u8]| Was::Page(ids.iter().map(|id| Id::from_bytes([*id; 12])).collect());
        let empty = Loaded::Page([].into());
        assert_eq!(differing(&was(&[]), &empty), [""; 0]);
        assert_eq!(differing(&was(&[1]), &empty), ["page"]);
        assert_eq!(differing(&Was::All(Loaded::Count(1)), &Loaded::Count(2)), ["count"]);
    }
}
