//! Makes the region: organisations, accounts, devices, households, and the visitor's links.

use beraad_engine::{
    intent::{Intent, Reply},
    view::{View, ViewRequest},
};
use beraad_protocol::vocabulary::OrgRole;
use tokio::task::JoinSet;

use super::{
    Cast, DemoError, Folder, VisitorLink, WITHIN,
    region::{Account, ORGANISATIONS, Opens, accounts, households},
    scene,
    state::{AccountState, State},
};
use crate::host::{Host, HostError, Link, ServerUrl};

/// Fills the region on `server`, or what is missing of it, and gives the visitor's links.
///
/// `admin_link` is what a new server prints; it is needed the first time only. `tell` hears what
/// is being done.
pub async fn fill(
    folder: &Folder,
    server: &ServerUrl,
    admin_link: Option<&Link>,
    mut tell: impl FnMut(&str),
) -> Result<Vec<VisitorLink>, DemoError> {
    folder.create()?;
    let mut state = match folder.load()? {
        Some(state) if state.server != *server => return Err(DemoError::OtherServer),
        Some(state) => state,
        None => State::new(server.clone()),
    };
    let mut cast = Cast::new(folder)?;
    let outcome = Filler {
        cast: &mut cast,
        state: &mut state,
        tell: &mut tell,
    }
    .run(admin_link)
    .await;
    cast.leave().await;
    outcome
}

struct Filler<'a, 'f> {
    cast: &'a mut Cast<'f>,
    state: &'a mut State,
    tell: &'a mut dyn FnMut(&str),
}

impl Filler<'_, '_> {
    async fn run(mut self, admin_link: Option<&Link>) -> Result<Vec<VisitorLink>, DemoError> {
        if !self.state.filled {
            self.organisations(admin_link).await?;
            self.accounts().await?;
            self.register_keys().await?;
            for household in households() {
                if household.opens == Opens::AtOnce {
                    (self.tell)(&format!("household {}", household.key));
                    scene::play(self.cast, self.state, &household).await?;
                }
            }
            self.state.filled = true;
            self.save()?;
        }
        (self.tell)("links");
        let links = self.links().await?;
        self.cast.folder.save_links(&links)?;
        Ok(links)
    }

    async fn organisations(&mut self, admin_link: Option<&Link>) -> Result<(), DemoError> {
        if !self.is_enrolled(HOST) {
            (self.tell)("the first administrator");
            let link = admin_link.ok_or(DemoError::NoAdminLink)?;
            self.enrol(vec![(HOST.to_owned(), link.token.to_string())])
                .await?;
        }
        for org in &ORGANISATIONS {
            let key = admin_of(org.key);
            if self.state.accounts.contains_key(&key) {
                continue;
            }
            (self.tell)(&format!("organisation {}", org.name));
            let host = self.cast.host(HOST).await?;
            let intent = Intent::OpenOrganisation {
                name: org.name.to_owned(),
                kind: org.kind,
                admin_name: org.admin.to_owned(),
            };
            let reply = host
                .intent_within(intent, WITHIN)
                .await
                .map_err(DemoError::step(HOST, "opening an organisation"))?;
            if let Reply::Link { org: id, .. } = &reply {
                self.state.organisations.insert(org.key.to_owned(), *id);
            }
            self.invited(&key, reply)?;
        }
        self.enrol_invited().await
    }

    async fn accounts(&mut self) -> Result<(), DemoError> {
        for account in accounts() {
            if self.state.accounts.contains_key(account.key) {
                continue;
            }
            let reply = self.invite(&account).await?;
            self.invited(account.key, reply)?;
        }
        (self.tell)("devices of professionals, coordinators and compliance officers");
        self.enrol_invited().await
    }

    /// A link for a new account, or another one for an account that exists.
    async fn invite(&mut self, account: &Account) -> Result<Reply, DemoError> {
        let admin = admin_of(account.organisation);
        let host = self.cast.host(&admin).await?;
        let known = self
            .state
            .accounts
            .get(account.key)
            .and_then(|known| known.user);
        let intent = Intent::InviteUser {
            user: known,
            name: account.name.to_owned(),
            function: account.function.to_owned(),
            roles: vec![account.role],
            capacities: account.capacity.into_iter().collect(),
        };
        host.intent_within(intent, WITHIN)
            .await
            .map_err(DemoError::step(&admin, "inviting a colleague"))
    }

    fn invited(&mut self, key: &str, reply: Reply) -> Result<(), DemoError> {
        let Reply::Link { user, token, .. } = reply else {
            return Err(DemoError::step(key, "inviting a colleague")(
                HostError::Closed,
            ));
        };
        let account = AccountState {
            user: Some(user),
            token: Some(token),
            enrolled: false,
        };
        self.state.accounts.insert(key.to_owned(), account);
        self.save()
    }

    async fn enrol_invited(&mut self) -> Result<(), DemoError> {
        let visitors: Vec<_> = accounts()
            .iter()
            .filter(|it| it.visitor.is_some())
            .map(|it| it.key)
            .collect();
        let waiting = self
            .state
            .accounts
            .iter()
            .filter(|(key, account)| !account.enrolled && !visitors.contains(&key.as_str()))
            .filter_map(|(key, account)| Some((key.clone(), account.token.clone()?)))
            .collect();
        self.enrol(waiting).await
    }

    /// Makes devices, a few at a time.
    async fn enrol(&mut self, waiting: Vec<(String, String)>) -> Result<(), DemoError> {
        let mut waiting = waiting.into_iter();
        let mut running = JoinSet::new();
        loop {
            while running.len() < AT_ONCE
                && let Some((key, token)) = waiting.next()
            {
                let link = Link {
                    server: self.state.server.clone(),
                    token: token.into(),
                };
                let profile = self.cast.folder.profile(&key);
                let passphrase = self.cast.passphrase.clone();
                running.spawn(async move {
                    let outcome = enrol(&profile, &link, &passphrase).await;
                    (key, outcome)
                });
            }
            let Some(ended) = running.join_next().await else {
                return Ok(());
            };
            let (key, outcome) =
                ended.map_err(|_| DemoError::step("a device", "enrolling")(HostError::Closed))?;
            outcome.map_err(DemoError::step(&key, "enrolling"))?;
            let account = self.state.accounts.entry(key).or_default();
            account.enrolled = true;
            account.token = None;
            self.save()?;
        }
    }

    /// The officers' devices make the keys on their first connection; nobody can share before.
    async fn register_keys(&mut self) -> Result<(), DemoError> {
        for officer in accounts() {
            if officer.role != OrgRole::ComplianceOfficer || officer.visitor.is_some() {
                continue;
            }
            (self.tell)(&format!("register of {}", officer.organisation));
            let org = self.state.organisations.get(officer.organisation).copied();
            let host = self.cast.host(officer.key).await?;
            host.wait_until(
                "the register key was not made",
                WITHIN,
                ViewRequest::Directory,
                |view| {
                    let View::Directory(directory) = view else {
                        return None;
                    };
                    directory
                        .organisations
                        .iter()
                        .any(|known| Some(known.id) == org && known.has_register)
                        .then_some(())
                },
            )
            .await
            .map_err(DemoError::step(officer.key, "making the register key"))?;
        }
        Ok(())
    }

    /// A fresh link for every visitor who has not come yet.
    async fn links(&mut self) -> Result<Vec<VisitorLink>, DemoError> {
        let mut links = Vec::new();
        for account in accounts() {
            let Some((role, what)) = account.visitor else {
                continue;
            };
            let user = self
                .state
                .accounts
                .get(account.key)
                .and_then(|known| known.user);
            let admin = self.cast.host(&admin_of(account.organisation)).await?;
            let directory = admin
                .directory()
                .await
                .map_err(DemoError::step("an admin", "looking around"))?;
            let arrived = directory
                .people
                .iter()
                .any(|who| Some(who.id) == user && who.devices > 0);
            let link = if arrived {
                None
            } else {
                match self.invite(&account).await? {
                    Reply::Link { token, .. } => Some(self.state.server.link(&token)),
                    _ => None,
                }
            };
            let org = ORGANISATIONS
                .iter()
                .find(|org| org.key == account.organisation);
            links.push(VisitorLink {
                role: role.to_owned(),
                name: account.name.to_owned(),
                organisation: org.map_or("", |org| org.name).to_owned(),
                link,
                what: what.to_owned(),
            });
        }
        Ok(links)
    }

    fn is_enrolled(&self, key: &str) -> bool {
        self.state
            .accounts
            .get(key)
            .is_some_and(|account| account.enrolled)
    }

    fn save(&self) -> Result<(), DemoError> {
        self.cast.folder.save(self.state)
    }
}

async fn enrol(profile: &std::path::Path, link: &Link, passphrase: &str) -> Result<(), HostError> {
    let host = match Host::enrol(profile, link, passphrase).await {
        // It was interrupted after the device was made.
        Err(HostError::AlreadyEnrolled) => Host::open(profile, passphrase).await?,
        other => other?,
    };
    let settled = host.settled(WITHIN).await;
    host.shutdown().await;
    settled
}

fn admin_of(organisation: &str) -> String {
    format!("admin-{organisation}")
}

const HOST: &str = "host";
const AT_ONCE: usize = 3;
