//! A channel of devices of both kinds, the server's view between them, and what is on its way.

use beraad_group::{Applied, Bundle, GroupError, Policy, PolicyViolation, PublicView, Suite};
use beraad_protocol::{DeviceId, UserId, vocabulary::Framework};
use mls_rs::client_builder::PaddingMode;
use rand::{Rng as _, RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::{
    device::{CHANNEL, Change, Device, Kind, State, Who},
    letters::Letter,
    ours::Ours,
    tally::Tally,
    theirs::{Habits, Theirs},
};

/// Bytes of the membership tag of suite 0x0001. It ends a member's commit, and only members hold
/// the key to check it (RFC 9420 section 6.2).
const MEMBERSHIP_TAG: usize = 32;
/// The server's key, as sender from outside.
const SERVER: [u8; 32] = [0x5E; 32];

pub(crate) struct World {
    pub(crate) rng: ChaCha8Rng,
    pub(crate) devices: Vec<Box<dyn Device>>,
    /// Who is in the group, as positions in `devices`.
    pub(crate) present: Vec<usize>,
    pub(crate) view: PublicView,
    /// GroupInfo of the current epoch, as the last commit brought it.
    pub(crate) group_info: Vec<u8>,
    /// What is on its way.
    pub(crate) letters: Vec<Letter>,
    pub(crate) log: Vec<String>,
    pub(crate) tally: Tally,
}

impl World {
    /// Opens a channel by a device of either kind.
    pub(crate) fn open(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut lead = new_device(&mut rng, 0);
        let user = lead.who().identity.user;
        let policy = Policy::new(CHANNEL, Framework::OwnLaws, Suite::Classic, user);
        let server = beraad_group::DeviceKeys::from_bytes(&SERVER).expect("32 bytes are a key");
        let group_info = lead.create(&policy, &server.public());
        let view = PublicView::open(&group_info, CHANNEL).expect("the view opens");
        let mut tally = Tally::default();
        tally.count(format!("{} opened the channel", lead.kind()));
        Self {
            log: vec![format!("{} 0 opens", lead.kind())],
            rng,
            devices: vec![lead],
            present: vec![0],
            view,
            group_info,
            letters: Vec::new(),
            tally,
        }
    }

    pub(crate) fn kind(&self, device: usize) -> Kind {
        self.devices[device].kind()
    }

    pub(crate) fn id(&self, device: usize) -> DeviceId {
        self.devices[device].who().identity.device
    }

    pub(crate) fn user(&self, device: usize) -> UserId {
        self.devices[device].who().identity.user
    }

    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    /// One of the devices that fit.
    pub(crate) fn any(&mut self, fits: impl Fn(&Self, usize) -> bool) -> Option<usize> {
        let fitting: Vec<_> = (0..self.devices.len())
            .filter(|device| fits(self, *device))
            .collect();
        (!fitting.is_empty()).then(|| fitting[self.rng.random_range(0..fitting.len())])
    }

    pub(crate) fn is_present(&self, device: usize) -> bool {
        self.present.contains(&device)
    }

    pub(crate) fn has(&self, id: DeviceId) -> bool {
        self.present.iter().any(|device| self.id(*device) == id)
    }

    /// Whether a device may add, remove and change the policy.
    pub(crate) fn leads(&self, device: usize) -> bool {
        let roster = self.view.roster().expect("the roster is in order");
        let policy = self.view.policy().expect("the policy is in order");
        self.is_present(device) && policy.acting_lead(&roster) == Some(self.user(device))
    }

    /// A device that has not been there before.
    pub(crate) fn new_device(&mut self) -> usize {
        let n = self.devices.len();
        let device = new_device(&mut self.rng, n);
        self.devices.push(device);
        n
    }

    /// `by` commits, the view takes it, everybody else takes it in, those who are added join.
    pub(crate) fn commit(&mut self, by: usize, change: &Change, joining: &[usize]) {
        self.log.push(format!(
            "{} {by} adds {joining:?}, removes {:?}{} in epoch {}",
            self.kind(by),
            change.remove,
            if change.policy.is_some() {
                ", sets a policy"
            } else {
                ""
            },
            self.view.epoch(),
        ));
        let bundle = self.devices[by].commit(change);
        self.maybe_restart(by);
        self.view_refuses_tampered(by, &bundle);
        let applied = self.apply(by, &bundle).expect("the view takes the commit");
        assert_eq!(applied.added.len(), joining.len());
        assert_eq!(applied.removed.len(), change.remove.len());
        self.devices[by].merge();
        self.spread(by, &bundle);
        for &newcomer in joining {
            self.tally
                .count(format!("{} added {}", self.kind(by), self.kind(newcomer)));
            let welcome = bundle.welcome.as_ref().expect("somebody was added");
            self.devices[newcomer].join(welcome);
            self.present.push(newcomer);
        }
        self.agree();
    }

    /// What the server says to a bundle. An accepted one is kept.
    pub(crate) fn apply(&mut self, by: usize, bundle: &Bundle) -> Result<Applied, GroupError> {
        let by = self.id(by);
        let applied = self.view_says(bundle, by);
        if applied.is_ok() {
            self.group_info.clone_from(&bundle.group_info);
        }
        applied
    }

    fn view_says(&mut self, bundle: &Bundle, by: DeviceId) -> Result<Applied, GroupError> {
        let before = self.view.to_bytes();
        let applied = self.view.apply(
            &bundle.commit,
            bundle.welcome.as_deref(),
            &bundle.group_info,
            by,
        );
        if applied.is_err() {
            assert_eq!(self.view.to_bytes(), before, "a refusal changed the view");
        } else {
            let bytes = self.view.to_bytes();
            self.view = PublicView::from_bytes(&bytes, CHANNEL).expect("the view is read back");
        }
        applied
    }

    /// Everybody but `by` takes an accepted commit in.
    pub(crate) fn spread(&mut self, by: usize, bundle: &Bundle) {
        let from = self.devices[by].who().identity;
        let others: Vec<_> = self.others(by);
        for other in others {
            if self.chance(30) {
                let tampered = flipped(&bundle.commit, self.rng.next_u64(), 0);
                let refused = self.devices[other].take_commit(&tampered);
                assert!(refused.is_err(), "{other} took a tampered commit");
                self.tally
                    .count(format!("{} refused a tampered commit", self.kind(other)));
            }
            let taken = self.devices[other].take_commit(&bundle.commit);
            let taken = taken.unwrap_or_else(|why| panic!("{other} refused a commit: {why}"));
            assert_eq!(taken.by, from);
            if taken.removed_self {
                self.tally
                    .count(format!("{} removed {}", self.kind(by), self.kind(other)));
                self.present.retain(|device| *device != other);
                self.letters.retain(|letter| letter.to != other);
            } else {
                self.maybe_restart(other);
            }
        }
    }

    /// All members and the view are in one state.
    pub(crate) fn agree(&mut self) {
        let states: Vec<State> = self
            .present
            .iter()
            .map(|device| self.devices[*device].state())
            .collect();
        for (device, state) in self.present.iter().zip(&states) {
            assert_eq!(*state, states[0], "{device} and {}", self.present[0]);
        }
        let state = &states[0];
        assert_eq!(state.epoch, self.view.epoch());
        assert_eq!(state.tree_hash, self.view.tree_hash());
        assert_eq!(state.roster, self.view.roster().expect("it has a roster"));
        assert_eq!(state.policy, self.view.policy().expect("it has a policy"));
        assert_eq!(state.roster.len(), self.present.len());
    }

    /// The view takes nothing that was changed on its way, that lacks a part, or that somebody else
    /// sends.
    fn view_refuses_tampered(&mut self, by: usize, bundle: &Bundle) {
        let own = self.id(by);
        let mut tampered = Vec::new();
        if self.chance(40) {
            let place = self.rng.next_u64();
            tampered.push(Bundle {
                commit: flipped(&bundle.commit, place, MEMBERSHIP_TAG),
                ..bundle.clone()
            });
            tampered.push(Bundle {
                group_info: flipped(&bundle.group_info, place, 0),
                ..bundle.clone()
            });
            tampered.push(Bundle {
                group_info: self.group_info.clone(),
                ..bundle.clone()
            });
            tampered.push(Bundle {
                welcome: match bundle.welcome {
                    Some(_) => None,
                    None => Some(bundle.group_info.clone()),
                },
                ..bundle.clone()
            });
        }
        for bundle in tampered {
            self.view_says(&bundle, own)
                .expect_err("it was tampered with");
            self.tally.count("view refused a tampered bundle");
        }
        let stranger = DeviceId::from_bytes([0xFF; 16]);
        let refused = self.view_says(bundle, stranger);
        assert_eq!(refused, Err(GroupError::NotTheSender));
    }

    /// A commit that MLS allows and the policy does not: view and own members refuse it.
    pub(crate) fn is_refused(&mut self, by: usize, bundle: &Bundle, rule: PolicyViolation) {
        assert_eq!(self.apply(by, bundle).unwrap_err(), rule.into());
        self.tally.count(format!("view refused {rule:?}"));
        for other in self.others(by) {
            if self.kind(other) == Kind::Ours {
                let refused = self.devices[other].take_commit(&bundle.commit);
                let expected = format!("{:?}", GroupError::from(rule));
                assert_eq!(refused, Err(expected));
                self.tally.count(format!("ours refused {rule:?}"));
            }
        }
    }

    pub(crate) fn maybe_restart(&mut self, device: usize) {
        if self.chance(10) {
            self.devices[device].restart();
            self.tally.count(format!("{} restarted", self.kind(device)));
        }
    }

    pub(crate) fn others(&self, device: usize) -> Vec<usize> {
        let mut others = self.present.clone();
        others.retain(|other| *other != device);
        others
    }
}

/// The `n`th device of a script, of either kind.
fn new_device(rng: &mut ChaCha8Rng, n: usize) -> Box<dyn Device> {
    let n = u8::try_from(n).expect("a script has few devices");
    let who = Who::new(n, rng.random());
    if rng.random() {
        Box::new(Ours::new(who))
    } else {
        Box::new(new_theirs(rng, who))
    }
}

/// An mls-rs device with habits of its own.
pub(crate) fn new_theirs(rng: &mut ChaCha8Rng, who: Who) -> Theirs {
    let paddings = [
        PaddingMode::StepFunction,
        PaddingMode::Padme,
        PaddingMode::None,
    ];
    let habits = Habits {
        always_path: rng.random(),
        padding: paddings[rng.random_range(0..paddings.len())],
    };
    Theirs::new(who, habits)
}

/// The bytes with one bit another, at a place that is not in the last `spared` bytes.
pub(crate) fn flipped(bytes: &[u8], place: u64, spared: usize) -> Vec<u8> {
    let bits = u64::try_from((bytes.len() - spared) * 8).expect("a message is short");
    let place = usize::try_from(place % bits).expect("a message is short");
    let mut flipped = bytes.to_vec();
    flipped[place / 8] ^= 1 << (place % 8);
    flipped
}
