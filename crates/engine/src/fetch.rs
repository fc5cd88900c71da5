//! Keeping up with the server's directory, and with what waits for it.

use beraad_protocol::{
    Problem,
    request::{Answer, Request},
    vocabulary::OrgRole,
};

use crate::{
    engine::Step,
    error::Done,
    intent::{IntentOutcome, Reply},
    session::{Asked, Directory, offline},
};

impl Step<'_> {
    /// Asks for the directory, unless the answer to come will do.
    pub(crate) fn ask_directory(&mut self) {
        match self.session.directory {
            Directory::Asked | Directory::Stale => self.session.directory = Directory::Stale,
            Directory::Unknown | Directory::Fresh => {
                self.session.directory = Directory::Asked;
                self.ask(Asked::Directory, Request::Directory);
            }
        }
    }

    pub(crate) fn directory_came(&mut self, result: Result<Answer, Problem>) -> Done {
        let again = self.session.directory == Directory::Stale;
        self.session.directory = Directory::Unknown;
        if let Ok(Answer::Directory(directory)) = result {
            self.store_directory(directory)?;
            if again {
                self.ask_directory();
            } else {
                self.session.directory = Directory::Fresh;
                self.directory_is_fresh()?;
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
