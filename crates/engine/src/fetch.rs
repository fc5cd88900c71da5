//! Keeping up with the server's directory, and with what waits for it.

use std::collections::HashMap;

use beraad_protocol::{
    DeviceId, Problem,
    request::{Answer, Request},
    vocabulary::{ActingCapacity, OrgRole},
};

use crate::{
    channel::{Channel, State},
    engine::Step,
    error::Done,
    intent::{IntentOutcome, Reply},
    session::{Asked, Directory, offline},
    warning::Caution,
};

/// Failed requests for the directory after which intents are judged by the one there is.
const PATIENCE: u32 = 3;

impl Step<'_> {
    /// Asks for the directory, unless the answer to come will do.
    pub(crate) fn ask_directory(&mut self) {
        match self.session.directory {
            Directory::Asked | Directory::Stale => self.session.directory = Directory::Stale,
            Directory::Unknown | Directory::Fresh => {
                self.session.directory = Directory::Asked;
                self.session.directory_again = None;
                self.ask(Asked::Directory, Request::Directory);
            }
        }
    }

    pub(crate) fn directory_came(&mut self, result: Result<Answer, Problem>) -> Done {
        let again = self.session.directory == Directory::Stale;
        self.session.directory = Directory::Unknown;
        let Ok(Answer::Directory(directory)) = result else {
            return self.directory_failed();
        };
        self.session.directory_tries = 0;
        let before = self.verified_capacities();
        self.store_directory(directory)?;
        self.take_capacities(&before)?;
        if again {
            self.ask_directory();
        } else {
            self.session.directory = Directory::Fresh;
            self.directory_is_fresh()?;
        }
        Ok(())
    }

    /// Asks again after a while that grows; people wait for it only so long.
    fn directory_failed(&mut self) -> Done {
        let tries = self.session.directory_tries;
        self.session.directory_tries = tries.saturating_add(1);
        self.session.directory_again = Some(self.now.plus_millis(1_000_i64 << tries.min(6)));
        if tries >= PATIENCE {
            for (id, intent) in std::mem::take(&mut self.session.in_doubt) {
                self.intent_for_good(id, intent)?;
            }
        }
        Ok(())
    }

    /// The capacities that the server signed for each device.
    fn verified_capacities(&self) -> HashMap<DeviceId, Vec<ActingCapacity>> {
        let people = &self.cache.people;
        let devices = people.directory.users.iter().flat_map(|user| &user.devices);
        devices
            .filter_map(|device| {
                let attested = people.attestation(device.id)?;
                Some((device.id, attested.attestation.capacities.clone()))
            })
            .collect()
    }

    /// Takes changed capacities over into the households, and those of devices that were in a
    /// channel before anybody vouched for them.
    fn take_capacities(&mut self, before: &HashMap<DeviceId, Vec<ActingCapacity>>) -> Done {
        let after = self.verified_capacities();
        let changed = before
            .iter()
            .any(|(device, capacities)| after.get(device).is_some_and(|now| now != capacities));
        for channel in Channel::all(self.db)? {
            let member = channel.state == State::Member;
            if member && (changed || self.warned(Caution::UnattestedLeaf, channel.id)?) {
                self.take_roster(&channel)?;
                self.check_leaves(channel.id)?;
                self.changed_channel(channel.id);
            }
        }
        Ok(())
    }

    /// Goes on with everything that waited for the newest directory.
    pub(crate) fn directory_is_fresh(&mut self) -> Done {
        for (id, intent) in std::mem::take(&mut self.session.in_doubt) {
            self.intent_for_good(id, intent)?;
        }
        if self.has_role(OrgRole::ComplianceOfficer) {
            self.set_up_register()?;
            self.pull_register()?;
        }
        if std::mem::take(&mut self.session.welcomes_wanted) {
            self.ask(Asked::Welcomes, Request::TakeWelcomes);
        }
        for id in std::mem::take(&mut self.session.waiting_for_directory) {
            self.check_leaves(id)?;
            if let Some(channel) = self.channel(id)? {
                self.follow(&channel);
                self.pump(id)?;
            }
        }
        Ok(())
    }

    /// Takes welcomes as soon as the directory says who is who.
    pub(crate) fn want_welcomes(&mut self) {
        if self.session.directory == Directory::Fresh {
            self.ask(Asked::Welcomes, Request::TakeWelcomes);
        } else {
            self.session.welcomes_wanted = true;
        }
    }

    /// Fetches everything afresh for somebody who waits for it.
    pub(crate) fn refresh(&mut self, intent: u64) -> Done {
        if !self.session.is_ready() {
            self.answer(Some(intent), offline());
            return Ok(());
        }
        self.session.refreshes.push(intent);
        self.session.directory = Directory::Asked;
        self.ask(Asked::Directory, Request::Directory);
        self.ask(Asked::Conferences, Request::Conferences);
        self.ask(Asked::Cases, Request::Cases);
        self.pull_register()
    }

    pub(crate) fn end_refreshes(&mut self) {
        let fetching = |asked: &Asked| {
            matches!(
                asked,
                Asked::Directory
                    | Asked::Conferences
                    | Asked::Cases
                    | Asked::Register
                    | Asked::PutRegisterKey
                    | Asked::Leaves
                    | Asked::KeyPackages
                    | Asked::Welcomes
            )
        };
        let session = &mut *self.session;
        if session.open.values().any(fetching)
            || session.backlog.iter().any(|(asked, _)| fetching(asked))
        {
            return;
        }
        for intent in std::mem::take(&mut session.refreshes) {
            self.answer(Some(intent), IntentOutcome::Ok { reply: Reply::Done });
        }
    }
}
