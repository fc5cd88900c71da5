//! The steps of a script, drawn from its seed.

use beraad_group::{GroupError, Policy, PolicyViolation, Suite, check_key_package};
use beraad_protocol::{OrgId, RegisterKeyId};
use rand::Rng as _;

use crate::{
    device::{Change, Device as _, Kind, Who},
    tally::Tally,
    world::{World, new_theirs},
};

/// Devices in the group at most.
const MOST_PRESENT: usize = 7;
/// Devices of a script at most.
const MOST_DEVICES: usize = 14;

/// Plays one script. Gives what was done, and how often each thing was.
pub(crate) fn play(seed: u64, steps: usize) -> (Vec<String>, Tally) {
    let mut script = Script {
        seed,
        world: World::open(seed),
    };
    script.world.agree();
    for _ in 0..steps {
        script.world.step();
    }
    script.world.deliver(true);
    let world = &mut script.world;
    (
        std::mem::take(&mut world.log),
        std::mem::take(&mut world.tally),
    )
}

/// Tells on a failure which script it was.
struct Script {
    seed: u64,
    world: World,
}

impl Drop for Script {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (seed, variable) = (self.seed, crate::SEED_VARIABLE);
            eprintln!("failed in seed {seed}; {variable}={seed} plays it again:");
            eprintln!("{}", self.world.log.join("\n"));
        }
    }
}

impl World {
    fn step(&mut self) {
        match self.rng.random_range(0..100) {
            0..22 => self.change_members(true, false),
            22..32 => self.change_members(false, true),
            32..42 => self.change_members(true, true),
            42..54 => self.renew_keys(),
            54..64 => self.change_policy(),
            64..74 => self.come_back_from_outside(),
            74..82 => self.race(),
            82..92 => self.break_the_policy(),
            _ => self.intrude(),
        }
        for _ in 0..self.rng.random_range(0..3) {
            self.say();
        }
        self.deliver(false);
    }

    /// The lead adds, removes, or both in one commit, and sometimes changes the policy with it.
    fn change_members(&mut self, adds: bool, removes: bool) {
        let Some(lead) = self.any(Self::leads) else {
            return;
        };
        let leaving = removes
            .then(|| self.any(|world, device| device != lead && world.is_present(device)))
            .flatten();
        let mut joining = Vec::new();
        while adds && joining.len() < 2 && self.present.len() + joining.len() < MOST_PRESENT {
            let again = self
                .any(|world, device| !world.is_present(device) && !joining.contains(&device))
                .filter(|_| self.devices.len() >= MOST_DEVICES || self.rng.random());
            if again.is_some() {
                self.tally.count("a device was added again");
            }
            joining.push(match again {
                Some(device) => device,
                None if self.devices.len() < MOST_DEVICES => self.new_device(),
                None => break,
            });
            if self.chance(50) {
                break;
            }
        }
        if joining.is_empty() && leaving.is_none() {
            return;
        }
        let add = joining
            .iter()
            .map(|device| self.checked_key_package(*device))
            .collect();
        let policy = (adds && removes && self.chance(50)).then(|| Policy {
            // Nobody who may be on the way out.
            chair: Some(self.user(lead)),
            lead: self.user(lead),
            ..self.view.policy().expect("it has a policy")
        });
        let remove = leaving.map(|device| self.id(device)).into_iter().collect();
        let change = Change {
            add,
            remove,
            policy,
        };
        self.commit(lead, &change, &joining);
    }

    /// A KeyPackage that the server finds in order.
    fn checked_key_package(&mut self, device: usize) -> Vec<u8> {
        let package = self.devices[device].key_package();
        let info = check_key_package(&package, Suite::Classic).expect("the KeyPackage is in order");
        let who = self.devices[device].who();
        assert_eq!(info.identity, who.identity);
        assert_eq!(info.signature_key, who.keys.public());
        package
    }

    fn renew_keys(&mut self) {
        if let Some(device) = self.any(Self::is_present) {
            self.commit(device, &Change::default(), &[]);
            self.tally
                .count(format!("{} renewed its keys", self.kind(device)));
        }
    }

    /// The lead hands over, names a chair, or takes another register key into the policy.
    fn change_policy(&mut self) {
        let (Some(lead), Some(other)) = (self.any(Self::leads), self.any(Self::is_present)) else {
            return;
        };
        let old = self.view.policy().expect("it has a policy");
        let policy = match self.rng.random_range(0..3) {
            0 => Policy {
                lead: self.user(other),
                chair: None,
                ..old
            },
            1 => Policy {
                lead: self.user(lead),
                chair: Some(self.user(other)),
                ..old
            },
            _ => {
                let org = OrgId::from_bytes([self.rng.random_range(0..4); 16]);
                let mut register_keys = old.register_keys;
                register_keys.retain(|(known, _)| *known != org);
                register_keys.push((org, RegisterKeyId::from_bytes(self.rng.random())));
                register_keys.sort_unstable();
                Policy {
                    lead: self.user(lead),
                    chair: None,
                    register_keys,
                    ..old
                }
            }
        };
        let change = Change {
            policy: Some(policy),
            ..Change::default()
        };
        self.commit(lead, &change, &[]);
        self.tally
            .count(format!("{} changed the policy", self.kind(lead)));
    }

    /// A device that lost its state takes its own place again by a commit from outside.
    fn come_back_from_outside(&mut self) {
        let Some(device) = self
            .any(|world, device| world.is_present(device) && world.kind(device) == Kind::Theirs)
        else {
            return;
        };
        self.log
            .push(format!("theirs {device} comes back from outside"));
        let own = self.id(device);
        let bundle = self.devices[device]
            .enter_from_outside(&self.group_info, Some(own))
            .expect("the GroupInfo lets it in");
        self.lose_letters_to(device);
        let applied = self.apply(device, &bundle).expect("the view takes it");
        assert_eq!(applied.removed.len(), 1);
        self.spread(device, &bundle);
        self.agree();
        self.tally.count("theirs came back from outside");
    }

    /// Two commit in one epoch: the server takes the first, the other gives way.
    fn race(&mut self) {
        let Some(first) = self.any(Self::is_present) else {
            return;
        };
        let Some(second) = self.any(|world, other| other != first && world.is_present(other))
        else {
            return;
        };
        self.log.push(format!("{second} loses a race to {first}"));
        let late = self.devices[second].commit(&Change::default());
        self.commit(first, &Change::default(), &[]);
        let refused = self.apply(second, &late);
        assert!(matches!(refused, Err(GroupError::StaleEpoch { .. })));
        self.tally.count("view refused another epoch");
        self.tally
            .count(format!("{} lost a race", self.kind(second)));
    }

    /// Somebody whose library lets it commits what only the lead may.
    fn break_the_policy(&mut self) {
        let Some(by) = self.any(|world, device| {
            world.is_present(device) && world.kind(device) == Kind::Theirs && !world.leads(device)
        }) else {
            return;
        };
        let victim = self.any(|world, device| device != by && world.is_present(device));
        let victim = self.id(victim.expect("the lead is there"));
        let (change, rule) = match self.rng.random_range(0..3) {
            0 => {
                let who = Who::new(0xF0, self.rng.random());
                let package = new_theirs(&mut self.rng, who).key_package();
                let change = Change {
                    add: vec![package],
                    ..Change::default()
                };
                (change, PolicyViolation::AddByOther)
            }
            1 => {
                let change = Change {
                    remove: vec![victim],
                    ..Change::default()
                };
                (change, PolicyViolation::RemoveByOther)
            }
            _ => {
                let policy = Policy {
                    lead: self.user(by),
                    ..self.view.policy().expect("it has a policy")
                };
                let change = Change {
                    policy: Some(policy),
                    ..Change::default()
                };
                (change, PolicyViolation::PolicyByOther)
            }
        };
        self.log.push(format!("{by} tries what is {rule:?}"));
        let bundle = self.devices[by].commit(&change);
        self.is_refused(by, &bundle, rule);
        self.devices[by].clear();
        self.agree();
    }

    /// A stranger comes in from outside, or takes somebody's place under another key.
    fn intrude(&mut self) {
        let keys = self.rng.random();
        let (who, what) = if self.rng.random() {
            (Who::new(0xF0, keys), "view refused a stranger")
        } else {
            let victim = self.any(Self::is_present).expect("somebody is there");
            let thief = Who {
                identity: self.devices[victim].who().identity,
                ..Who::new(0xF0, keys)
            };
            (thief, "view refused a theft of a place")
        };
        let instead_of = Some(who.identity.device).filter(|device| self.has(*device));
        self.log.push(what.to_owned());
        let mut stranger = new_theirs(&mut self.rng, who);
        let bundle = stranger
            .enter_from_outside(&self.group_info, instead_of)
            .expect("MLS would let it in");
        let intruder = self.devices.len();
        self.devices.push(Box::new(stranger));
        self.is_refused(intruder, &bundle, PolicyViolation::ExternalCommit);
        self.devices.pop();
        self.tally.count(what);
        self.agree();
    }
}
