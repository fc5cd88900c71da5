//! Who this is, the channels, and everybody on the server.

use beraad_protocol::vocabulary::OrgRole;
use rusqlite::params;

use super::Reader;
use crate::{
    channel::{Channel, State},
    outbox,
    refusal::Refusal,
    register,
    view::{ChannelSummary, DirectoryView, HomeView, Me, OrganisationView, PersonnelView},
    warning::{Caution, register_key_changed, register_key_not_yours, standing},
};

impl Reader<'_> {
    pub(super) fn home(&self) -> Result<HomeView, Refusal> {
        let me = self.me.map(|me| {
            let people = self.people();
            let user = people.user(me.leaf.user);
            let enrolled = &me.enrolled;
            Me {
                user: me.leaf.user,
                device: me.leaf.device,
                org: me.leaf.org,
                name: user.map_or(&enrolled.name, |user| &user.name).clone(),
                organisation: people
                    .org(me.leaf.org)
                    .map_or(&enrolled.organisation, |org| &org.name)
                    .clone(),
                function: user
                    .map_or(&enrolled.function, |user| &user.function)
                    .clone(),
                roles: people.roles(me).to_vec(),
                capacities: people.capacities(me).to_vec(),
            }
        });
        let channels = Channel::all(self.db)?;
        let mut warnings = standing(self.db)?;
        let keyless = self.me.is_some_and(|me| {
            self.people()
                .org(me.leaf.org)
                .is_some_and(|org| org.register_key.is_none())
        });
        if keyless && !channels.is_empty() {
            warnings.push(Caution::NoRegisterKey.shown(None));
        }
        let people = self.people();
        warnings.extend(
            people
                .changed_register_keys()
                .map(|org| register_key_changed(&org.name)),
        );
        let officer = self
            .me
            .filter(|me| people.roles(me).contains(&OrgRole::ComplianceOfficer));
        if let Some(me) = officer
            && people
                .org(me.leaf.org)
                .is_some_and(|org| org.register_key.is_some())
            && !register::is_ready(self.db, people, me.leaf.org)
        {
            warnings.push(register_key_not_yours());
        }
        Ok(HomeView {
            me,
            connection: self.session.connection(),
            waiting: outbox::waiting(self.db)?,
            warnings,
            channels: channels
                .iter()
                .map(|channel| self.summary(channel))
                .collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn summary(&self, channel: &Channel) -> Result<ChannelSummary, Refusal> {
        let me = self
            .me
            .map(|me| *me.leaf.user.as_bytes())
            .unwrap_or_default();
        let unread = self
            .db
            .prepare_cached(
                "SELECT count(*) FROM entry
                 WHERE channel = ?1 AND seq > ?2 AND item IS NOT NULL AND user IS NOT ?3",
            )?
            .query_row(
                params![channel.id.as_bytes(), channel.read_seq, me],
                |row| row.get(0),
            )?;
        Ok(ChannelSummary {
            id: channel.id,
            household_name: channel.name.clone(),
            case_code: channel.case_code.clone(),
            unread,
            last_at: channel.last_at,
            left: matches!(channel.state, State::Left),
            broken: matches!(channel.state, State::Broken),
        })
    }

    pub(super) fn directory(&self) -> DirectoryView {
        let people = self.people();
        let mut organisations: Vec<OrganisationView> = people
            .directory
            .organisations
            .iter()
            .map(|org| OrganisationView {
                id: org.id,
                name: org.name.clone(),
                kind: org.kind,
                has_register: org.register_key.is_some(),
            })
            .collect();
        organisations.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        let mut personnel: Vec<PersonnelView> = people
            .directory
            .users
            .iter()
            .map(|user| PersonnelView {
                id: user.id,
                org: user.org,
                name: user.name.clone(),
                function: user.function.clone(),
                roles: user.roles.clone(),
                capacities: user.capacities.clone(),
                devices: u32::try_from(user.devices.len()).unwrap_or(u32::MAX),
                suspended: user.suspended,
            })
            .collect();
        personnel.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        DirectoryView {
            organisations,
            people: personnel,
        }
    }
}
