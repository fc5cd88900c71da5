//! Who is who: the server's directory, and its attestations as this device checked them.

use std::collections::{HashMap, HashSet};

use beraad_group::MemberInfo;
use beraad_ledger::canonical;
use beraad_protocol::{
    DeviceId, OrgId, RegisterKeyId, Timestamp, UserId,
    directory::{
        Attestation, Directory, Organisation, RegisterKey, User, attestation_signed_bytes,
        register_key_signed_bytes,
    },
    vocabulary::{ActingCapacity, OrgRole, OrganisationType},
};
use rusqlite::{Connection, params};

use crate::{
    database,
    drafts::no_register_key,
    engine::{Identity, Step},
    error::Done,
    refusal::{LocalCode, Refusal},
    view::Topic,
};

const DIRECTORY: &str = "directory";

/// The directory and every attestation that was good when it was seen.
#[derive(Default)]
pub(crate) struct People {
    pub(crate) directory: Directory,
    users: HashMap<UserId, usize>,
    orgs: HashMap<OrgId, usize>,
    /// Devices that are enrolled, of people who are at work.
    devices: HashSet<DeviceId>,
    attested: HashMap<DeviceId, Attested>,
    /// The register key of each organisation as it was seen first.
    pins: HashMap<OrgId, Pin>,
}

/// A register key that was vouched for when it was seen first.
struct Pin {
    id: RegisterKeyId,
    public_key: Vec<u8>,
}

impl Pin {
    fn is(&self, key: &RegisterKey) -> bool {
        self.id == key.id && self.public_key == key.public_key
    }
}

/// Why nothing is sealed to an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// Its officer did not set a register up.
    Missing,
    /// No device of the organisation that is enrolled now vouches for its key.
    Unvouched,
    /// It is another than this device saw first.
    Changed,
}

impl NoKey {
    /// What is wrong with the key of `organisation`, and who can mend it.
    pub(crate) fn refusal(self, organisation: &str) -> Refusal {
        match self {
            Self::Missing => {
                Refusal::local(LocalCode::NoRegisterKey, no_register_key(organisation))
            }
            Self::Unvouched => Refusal::local(
                LocalCode::NoRegisterKey,
                format!(
                    "no device that is enrolled now vouches for the register key of {organisation}; ask its compliance officer, then the host"
                ),
            ),
            Self::Changed => Refusal::local(
                LocalCode::RegisterKeyChanged,
                format!(
                    "the register key of {organisation} is another than this device knows; call its compliance officer and ask whether that is right"
                ),
            ),
        }
    }
}

/// An attestation whose signature was checked.
pub(crate) struct Attested {
    pub(crate) attestation: Attestation,
    pub(crate) bytes: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl People {
    pub(crate) fn load(db: &Connection) -> Done<Self> {
        let directory: Directory = database::get_as(db, DIRECTORY)?.unwrap_or_default();
        let mut people = Self::of(directory);
        let mut statement = db.prepare_cached("SELECT attestation, signature FROM attestation")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (bytes, signature): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let attestation: Attestation = database::decode(&bytes, "attestation")?;
            people.attested.insert(
                attestation.device,
                Attested {
                    attestation,
                    bytes,
                    signature,
                },
            );
        }
        people.pins = pins(db)?;
        Ok(people)
    }

    fn of(directory: Directory) -> Self {
        let users = directory
            .users
            .iter()
            .enumerate()
            .map(|(at, user)| (user.id, at))
            .collect();
        let orgs = directory
            .organisations
            .iter()
            .enumerate()
            .map(|(at, org)| (org.id, at))
            .collect();
        let devices = directory
            .users
            .iter()
            .filter(|user| !user.suspended)
            .flat_map(|user| user.devices.iter().map(|device| device.id))
            .collect();
        Self {
            directory,
            users,
            orgs,
            devices,
            attested: HashMap::new(),
            pins: HashMap::new(),
        }
    }

    pub(crate) fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id).map(|at| &self.directory.users[*at])
    }

    pub(crate) fn org(&self, id: OrgId) -> Option<&Organisation> {
        self.orgs
            .get(&id)
            .map(|at| &self.directory.organisations[*at])
    }

    pub(crate) fn name(&self, user: UserId) -> String {
        self.user(user)
            .map(|user| user.name.clone())
            .unwrap_or_default()
    }

    pub(crate) fn org_name(&self, org: OrgId) -> String {
        self.org(org)
            .map(|org| org.name.clone())
            .unwrap_or_default()
    }

    pub(crate) fn org_kind(&self, org: OrgId) -> Option<OrganisationType> {
        self.org(org).map(|org| org.kind)
    }

    /// This person's roles, by the newest word there is.
    pub(crate) fn roles<'a>(&'a self, me: &'a Identity) -> &'a [OrgRole] {
        self.user(me.leaf.user)
            .map_or(&me.enrolled.roles, |user| &user.roles)
    }

    /// This person's verified capacities, by the newest word there is.
    pub(crate) fn capacities<'a>(&'a self, me: &'a Identity) -> &'a [ActingCapacity] {
        self.user(me.leaf.user)
            .map_or(&me.enrolled.capacities, |user| &user.capacities)
    }

    /// The attestation of a device, also of one that is gone by now.
    pub(crate) fn attestation(&self, device: DeviceId) -> Option<&Attested> {
        self.attested.get(&device)
    }

    /// Whether the server attests that this leaf is who it says, at this moment.
    pub(crate) fn attests(&self, member: &MemberInfo, now: Timestamp) -> bool {
        self.attested
            .get(&member.identity.device)
            .is_some_and(|attested| {
                let attestation = &attested.attestation;
                attestation.org == member.identity.org
                    && attestation.user == member.identity.user
                    && attestation.signature_key == member.signature_key
                    && attestation.not_after >= now
            })
    }

    /// The organisation's register key, if one of its attested devices vouches for it and it is the
    /// one this device saw first.
    pub(crate) fn register_key(&self, org: OrgId, now: Timestamp) -> Result<&RegisterKey, NoKey> {
        let key = self
            .org(org)
            .and_then(|org| org.register_key.as_ref())
            .ok_or(NoKey::Missing)?;
        if self.pins.get(&org).is_some_and(|pin| !pin.is(key)) {
            return Err(NoKey::Changed);
        }
        if !self.vouched(org, key, now) {
            return Err(NoKey::Unvouched);
        }
        Ok(key)
    }

    /// Whether a device of the organisation that is enrolled at this moment signed its key.
    fn vouched(&self, org: OrgId, key: &RegisterKey, now: Timestamp) -> bool {
        let signed = register_key_signed_bytes(org, key.id, &key.public_key);
        self.devices.contains(&key.device)
            && self.attested.get(&key.device).is_some_and(|attested| {
                let officer = &attested.attestation;
                officer.org == org
                    && officer.not_after >= now
                    && beraad_group::verify(&officer.signature_key, &signed, &key.signature).is_ok()
            })
    }

    /// Organisations whose register key is another than the one seen first.
    pub(crate) fn changed_register_keys(&self) -> impl Iterator<Item = &Organisation> {
        self.directory.organisations.iter().filter(|org| {
            org.register_key
                .as_ref()
                .zip(self.pins.get(&org.id))
                .is_some_and(|(key, pin)| !pin.is(key))
        })
    }
}

fn pins(db: &Connection) -> Done<HashMap<OrgId, Pin>> {
    let mut statement = db.prepare_cached("SELECT org, id, public_key FROM register_pin")?;
    let rows = statement
        .query_map([], |row| {
            let pin = Pin {
                id: RegisterKeyId::from_bytes(row.get(1)?),
                public_key: row.get(2)?,
            };
            Ok((OrgId::from_bytes(row.get(0)?), pin))
        })?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

impl Step<'_> {
    /// A directory came in.
    pub(crate) fn store_directory(&mut self, directory: Directory) -> Done {
        database::put_as(self.db, DIRECTORY, &directory)?;
        let known = std::mem::take(&mut self.cache.people);
        let mut people = People::of(directory);
        people.attested = known.attested;
        people.pins = known.pins;
        for user in &people.directory.users {
            for device in &user.devices {
                let same = people
                    .attested
                    .get(&device.id)
                    .is_some_and(|known| known.bytes == device.attestation);
                if same {
                    continue;
                }
                let signed = attestation_signed_bytes(&device.attestation);
                // As strict as whoever verifies an export: what is taken here holds there.
                let Ok(attestation) = canonical::from_slice::<Attestation>(&device.attestation)
                else {
                    continue;
                };
                let good = attestation.v == 1
                    && attestation.signature_key.len() == 32
                    && attestation.device == device.id
                    && attestation.user == user.id
                    && attestation.org == user.org
                    && beraad_group::verify(&self.me.attestation_key, &signed, &device.signature)
                        .is_ok();
                if !good {
                    continue;
                }
                self.db
                    .prepare_cached(
                        "INSERT OR REPLACE INTO attestation (device, attestation, signature)
                         VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![
                        device.id.as_bytes(),
                        device.attestation,
                        device.signature
                    ])?;
                people.attested.insert(
                    device.id,
                    Attested {
                        attestation,
                        bytes: device.attestation.clone(),
                        signature: device.signature.clone(),
                    },
                );
            }
        }
        self.pin_register_keys(&mut people)?;
        self.cache.people = people;
        self.changed(Topic::Directory);
        self.changed(Topic::Home);
        Ok(())
    }

    /// Remembers register keys that are seen for the first time and vouched for.
    fn pin_register_keys(&self, people: &mut People) -> Done {
        let mut new = Vec::new();
        for org in &people.directory.organisations {
            if people.pins.contains_key(&org.id) {
                continue;
            }
            if let Ok(key) = people.register_key(org.id, self.now) {
                self.db
                    .prepare_cached(
                        "INSERT INTO register_pin (org, id, public_key) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![
                        org.id.as_bytes(),
                        key.id.as_bytes(),
                        key.public_key
                    ])?;
                let pin = Pin {
                    id: key.id,
                    public_key: key.public_key.clone(),
                };
                new.push((org.id, pin));
            }
        }
        people.pins.extend(new);
        Ok(())
    }
}
