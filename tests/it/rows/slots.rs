//! What stands in the slots of rows: what clients see, as they see it, and nothing that they must not.

use kanvaro::model::{AnyEntity, BoardColumn, Budget, Declared, Entity, Face, Kind, Money, Project, Task};

use crate::support::sample;

#[test]
fn no_row_of_a_user_holds_what_they_sign_in_by() {
    for entity in sample::full() {
        let row = entity.to_row();
        let hash = b"$argon2id";
        assert!(!row.bytes().windows(hash.len()).any(|window| window == hash));
    }
}

#[test]
fn the_slots_of_what_clients_see_are_json_ids_or_rows() {
    for entity in sample::full().into_iter().chain(sample::bare()) {
        let (row, kind) = (entity.to_row(), entity.reference().kind);
        for (at, column) in kind.columns().iter().enumerate() {
            let (slot, name) = (row.slot(at), column.name());
            match column.face {
                Face::Hidden => {}
                Face::Id => assert_eq!(slot, format!("\"{}\"", entity.reference().global()).as_bytes()),
                Face::Scalar(_) => drop(serde_json::from_slice::<serde_json::Value>(slot).expect(&name)),
                Face::One(_) => assert!(slot.is_empty() || row.one(at).is_some(), "{name}"),
                Face::Many(_) => assert_eq!(slot.len(), row.many(at).len() * 12, "{name}"),
                Face::Embedded => assert!(slot.is_empty() || row.rows(at).count() > 0, "{name}"),
            }
        }
    }
}

#[test]
fn a_project_embeds_its_columns_and_its_budget_as_clients_see_them() {
    let project = sample::full().into_iter().find_map(|any| match any {
        AnyEntity::Project(project) => Some(project),
        _ => None,
    });
    let row = project.unwrap().to_row();
    let column = row.rows(Project::SLOTS.board_columns).next().unwrap();
    assert_eq!(column.slot(BoardColumn::SLOTS.category), b"\"DONE\"");
    assert_eq!(column.slot(BoardColumn::SLOTS.color), b"\"#000000\"");
    let budget = row.rows(Project::SLOTS.budget).next().unwrap();
    let amounts: Vec<String> = (0..Budget::COLUMNS.len())
        .map(|at| {
            let money = budget.rows(at).next().unwrap();
            assert_eq!(money.slot(Money::SLOTS.currency), b"\"JPY\"");
            String::from_utf8(money.slot(Money::SLOTS.amount).to_vec()).unwrap()
        })
        .collect();
    let max = i64::MAX.to_string();
    assert_eq!(amounts, [max.as_str(), "-1", max.as_str()]);
}

#[test]
fn a_kind_says_what_its_declaration_says() {
    assert_eq!(Kind::Task.columns().len(), Task::COLUMNS.len());
    assert_eq!(Kind::Task.shape(), Task::SHAPE);
}
