//! The group crate against an independent implementation of RFC 9420, mls-rs.
//!
//! A script drawn from a seed plays a channel in which some devices run this product's
//! [`Member`](beraad_group::Member) and the others an mls-rs client set up for the same profile.
//! Either kind opens the channel, adds and removes the other, changes the policy, renews its keys,
//! sends and reads; mls-rs also comes back by a commit from outside. After every epoch all members
//! and the server's view must be in one and the same state; every message must say the same to
//! everybody; the view must take every commit of either library, and none that breaks the policy or
//! was changed where the server can see it.
//!
//! Start reading at [`script`], the steps, and [`world`], what they are played in; [`device`] is
//! what both kinds can do, [`ours`] and [`theirs`] how they do it. Where the libraries differ and
//! who is right stands in docs/decisions/.
//!
//! When a script fails, its seed and steps are printed. `BERAAD_DIFFERENTIAL_SEED=<seed>` plays
//! that one alone: the same steps in the same order. (Keys are drawn by the libraries themselves
//! and differ; nothing in the script depends on them.)

mod device;
mod letters;
mod ours;
mod script;
mod tally;
mod theirs;
mod world;

use std::thread;

use script::play;
use tally::Tally;

/// Scripts of the fixed set.
const SEEDS: u64 = 40;
/// Steps of each.
const STEPS: usize = 25;
/// Names one seed to play instead.
const SEED_VARIABLE: &str = "BERAAD_DIFFERENTIAL_SEED";

#[test]
fn both_libraries_and_the_view_agree_in_every_script() {
    if let Ok(seed) = std::env::var(SEED_VARIABLE) {
        let seed = seed.parse().expect("the seed is a number");
        let (log, _) = play(seed, STEPS);
        println!("{}", log.join("\n"));
        return;
    }
    let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let tally = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    let mut tally = Tally::default();
                    for seed in (0..SEEDS).skip(worker).step_by(workers) {
                        tally.merge(play(seed, STEPS).1);
                    }
                    tally
                })
            })
            .collect();
        let mut tally = Tally::default();
        for worker in workers {
            match worker.join() {
                Ok(part) => tally.merge(part),
                Err(failure) => std::panic::resume_unwind(failure),
            }
        }
        tally
    });
    println!("{tally}");
    tally.assert_all_were_played();
}

#[test]
fn a_seed_plays_the_same_script_every_time() {
    assert_eq!(play(7, 12).0, play(7, 12).0);
    assert_ne!(play(7, 3).0, play(8, 3).0);
}
