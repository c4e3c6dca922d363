//! The runtime of virtual machines shows what every runtime must, and some more that is its own.

mod faults;
mod figures;
mod own;
mod support;

use support::Machines;

wrenn_runtime::shows! {
    Machines;
    concurrency: twenty_at_once;
    failure: a_failed_creation_leaves_nothing, an_abandoned_creation_is_cleared;
    forks: copies_go_their_own_ways, a_fork_of_nothing_leaves_nothing;
    freezing: a_paused_capsule_stands_still, fifty_pauses_lose_nothing;
    isolation: processes_of_others_are_invisible, sudo_works_inside, the_usual_places_are_there;
    lifecycle: runs_commands_at_once, changes_stay_inside, is_found_in_each_condition, is_adopted_by_a_new_process,
        a_crash_is_noticed, stops_in_any_case, refuses_what_needs_a_running_capsule, destroy_leaves_nothing;
    limits: file_cache_gives_way, processes_are_limited, processor_time_is_limited, disk_use_is_reported;
    snapshots: a_failed_copy_leaves_nothing;
}
