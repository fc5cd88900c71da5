//! Who is who: the server's directory, and its attestations as this device checked them.

use std::collections::HashMap;

use beraad_group::MemberInfo;
use beraad_protocol::{
    DeviceId, OrgId, Timestamp, UserId,
    directory::{
        Attestation, Directory, Organisation, RegisterKey, User, attestation_signed_bytes,
        register_key_signed_bytes,
    },
    from_cbor,
    vocabulary::{ActingCapacity, OrgRole, OrganisationType},
};
use rusqlite::{Connection, params};

use crate::{
    database,
    engine::{Identity, Step},
    error::Done,
    view::Topic,
};

const DIRECTORY: &str = "directory";

/// The directory and every attestation that was good when it was seen.
#[derive(Default)]
pub(crate) struct People {
    pub(crate) directory: Directory,
    users: HashMap<UserId, usize>,
    orgs: HashMap<OrgId, usize>,
    attested: HashMap<DeviceId, Attested>,
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
        Self {
            directory,
            users,
            orgs,
            attested: HashMap::new(),
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

    /// The organisation's register key, if one of its attested devices vouches for it.
    pub(crate) fn register_key(&self, org: OrgId) -> Option<&RegisterKey> {
        let key = self.org(org)?.register_key.as_ref()?;
        let officer = &self.attested.get(&key.device)?.attestation;
        let signed = register_key_signed_bytes(org, key.id, &key.public_key);
        let good = officer.org == org
            && beraad_group::verify(&officer.signature_key, &signed, &key.signature).is_ok();
        good.then_some(key)
    }
}

impl Step<'_> {
    /// A directory came in.
    pub(crate) fn store_directory(&mut self, directory: Directory) -> Done {
        database::put_as(self.db, DIRECTORY, &directory)?;
        let known = std::mem::take(&mut self.cache.people.attested);
        let mut people = People::of(directory);
        people.attested = known;
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
                let Ok(attestation) = from_cbor::<Attestation>(&device.attestation) else {
                    continue;
                };
                let good = attestation.device == device.id
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
        self.cache.people = people;
        self.changed(Topic::Directory);
        self.changed(Topic::Home);
        Ok(())
    }
}
