//! What every store engine promises: one list of async functions over a fixture, run against each engine below.
//! To add an engine, write a function that makes a fixture on an empty database of it and add its `contract!` line.

mod counting;
mod documents;
mod filters;
mod fixture;
mod freshness;
mod ledger;
mod lists;
mod purges;
mod search;
mod upkeep;
mod writes;

pub use fixture::StoreFixture;

macro_rules! contract {
    ($engine:ident, $fresh:path) => {
        contract! { @ $engine, $fresh;
            documents: every_kind_comes_back_exactly_with_every_field_set_and_with_none,
            documents: absent_documents_are_left_out,
            documents: a_document_that_is_asked_for_twice_comes_once,
            documents: no_ids_find_nothing,
            documents: what_another_release_left_out_reads_as_its_default,
            documents: what_others_leave_out_reads_as_its_default,
            writes: a_taken_id_is_refused,
            writes: a_taken_unique_field_is_refused_and_named,
            writes: a_replacement_with_a_taken_unique_field_is_refused_and_named,
            writes: what_changed_since_it_was_read_is_not_replaced,
            writes: what_changed_since_it_was_read_is_not_removed,
            writes: what_is_absent_conflicts,
            writes: a_document_without_a_version_counts_as_zero,
            writes: a_unit_of_work_whose_last_write_fails_leaves_nothing,
            writes: a_unit_of_work_sees_its_own_writes,
            writes: remove_where_takes_what_matches_and_only_that,
            writes: of_32_replacements_of_one_document_exactly_one_wins,
            writes: every_write_passes_the_door_before_and_after,
            freshness: the_epoch_is_0_until_it_is_raised_and_then_counts,
            freshness: the_epoch_is_raised_only_if_the_unit_of_work_happens,
            freshness: of_32_raises_at_once_none_is_lost,
            freshness: a_write_without_time_does_nothing,
            freshness: moments_never_go_back,
            freshness: a_touch_keeps_the_version_and_concerns_no_tag,
            freshness: a_touch_of_what_has_changed_since_is_refused,
            lists: pages_come_in_the_order_of_their_queries,
            lists: every_field_sorts_both_ways_with_ties_by_id_the_same_way,
            lists: pages_with_ties_reach_every_row_once_while_rows_arrive,
            lists: skip_and_limit_cut_the_list,
            filters: everything_matches_all_and_nothing_matches_none,
            filters: conditions_nest,
            filters: null_is_what_is_null_or_missing,
            filters: ranges_take_their_ends_as_they_say_and_never_null,
            filters: a_list_of_values_matches_each_of_them,
            filters: thousands_of_values_are_a_list_too,
            filters: a_link_is_found_by_its_value,
            filters: links_follow_their_document,
            filters: text_is_compared_byte_by_byte,
            search: word_beginnings_are_found_whatever_the_case_and_accents,
            search: every_word_must_be_found,
            search: other_organisations_are_not_searched,
            search: without_an_organisation_all_are_searched,
            search: what_people_type_is_literal,
            search: scripts_of_the_world_are_found,
            search: a_changed_document_is_found_by_its_new_words_only,
            counting: each_filter_is_counted,
            counting: counts_by_one_field,
            counting: counts_by_two_fields,
            counting: what_is_null_and_what_is_missing_are_one_group,
            counting: groups_have_the_types_of_their_fields,
            counting: ids_are_those_that_match_up_to_the_limit,
            counting: sixty_four_reservations_at_once_are_consecutive,
            counting: a_reservation_of_many_leaves_the_next_its_own,
            purges: an_entry_comes_back_as_it_was_put,
            purges: an_entry_waits_exactly_if_its_unit_of_work_happens,
            purges: an_entry_is_held_until_its_time_is_over_or_it_is_released,
            purges: what_goes_out_together_comes_first_and_the_oldest_next,
            purges: what_is_removed_waits_no_longer,
            purges: one_at_a_time_works_on_it,
            ledger: counters_are_told_without_the_epoch,
            ledger: a_counter_goes_on_behind_what_it_was_set_to,
            ledger: the_epoch_is_raised_and_never_lowered,
            ledger: a_store_without_a_server_is_not_served,
            upkeep: a_sweep_takes_what_has_expired,
            upkeep: indexes_are_created_once,
            upkeep: an_index_serves_every_list_order_of_the_register,
            upkeep: an_index_serves_every_link_of_the_register,
            upkeep: a_list_of_a_project_is_not_read_from_the_whole_organisation,
            upkeep: what_no_index_serves_says_so,
            upkeep: a_closed_store_is_unavailable,
        }
    };
    (@ $engine:ident, $fresh:path; $($file:ident: $promise:ident,)*) => {
        mod $engine {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    let fixture: super::StoreFixture = $fresh().await;
                    super::$file::$promise(&fixture).await;
                    fixture.store.close().await;
                }
            )*
        }
    };
}

contract!(sqlite, crate::sqlite::fresh);
#[cfg(feature = "mongo")]
contract!(mongo, crate::mongo::fresh);
