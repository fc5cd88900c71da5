//! A small town on one server: organisations with their admins and officers, professionals.

use std::path::PathBuf;

use beraad_casework::{
    codes::DecisionCapacity,
    model::{Person, Representation},
};
use beraad_cli::host::{Host, Link};
use beraad_engine::{
    intent::{Intent, Reply},
    view::{ChannelView, TimelineItem, View, ViewRequest},
};
use beraad_protocol::{
    ChannelId, OrgId, PersonId, UserId,
    vocabulary::{ActingCapacity, Framework, OrgRole, OrganisationType},
};
use tempfile::TempDir;

use super::{
    WITHIN,
    proxy::Proxy,
    server::{Process, log},
};

/// The passphrase of every device.
pub const PASSPHRASE: &str = "paard batterij nietje juist";

/// A server, the wire to it, and the host's admin.
pub struct Town {
    pub place: TempDir,
    pub proxy: Proxy,
    pub host_admin: Host,
    server: Option<Process>,
}

/// An organisation.
pub struct Organisation {
    pub id: OrgId,
    pub kind: OrganisationType,
    pub admin: Host,
    /// Present once the organisation has a register.
    pub officer: Option<Host>,
}

/// Somebody with a device.
pub struct Professional {
    pub host: Host,
    pub user: UserId,
    pub profile: PathBuf,
}

impl Town {
    /// Founds a town.
    pub async fn found() -> Self {
        let place = tempfile::tempdir().unwrap();
        let proxy = Proxy::start().await;
        let server = Process::start(place.path(), &format!("http://{}", proxy.addr)).await;
        proxy.lead_to(Some(server.addr));
        let link: Link = server.first_link.as_deref().unwrap().parse().unwrap();
        let host_admin = Host::enrol(&place.path().join("devices/host"), &link, PASSPHRASE)
            .await
            .unwrap();
        host_admin.online(WITHIN).await.unwrap();
        Self {
            place,
            proxy,
            host_admin,
            server: Some(server),
        }
    }

    /// Opens an organisation with an admin and no register.
    pub async fn organisation_without_register(
        &self,
        name: &str,
        kind: OrganisationType,
    ) -> Organisation {
        let intent = Intent::OpenOrganisation {
            name: name.to_owned(),
            kind,
            admin_name: format!("Admin van {name}"),
        };
        let reply = self.host_admin.intent_within(intent, WITHIN).await.unwrap();
        let Reply::Link { org, token, .. } = reply else {
            panic!("{reply:?}")
        };
        let admin = self.enrol(&format!("admin {name}"), &token).await;
        Organisation {
            id: org,
            kind,
            admin,
            officer: None,
        }
    }

    /// Opens an organisation with an admin and an officer who made its register.
    pub async fn organisation(&self, name: &str, kind: OrganisationType) -> Organisation {
        let mut org = self.organisation_without_register(name, kind).await;
        let officer = self
            .invite(
                &org,
                &format!("FG van {name}"),
                OrgRole::ComplianceOfficer,
                None,
            )
            .await
            .host;
        self.register_is_made(&officer, org.id).await;
        org.officer = Some(officer);
        org
    }

    /// Waits until the directory on `host` has the organisation's register key.
    pub async fn register_is_made(&self, host: &Host, org: OrgId) {
        host.wait_until(
            "no register key",
            WITHIN,
            ViewRequest::Directory,
            |view| match view {
                View::Directory(directory) => directory
                    .organisations
                    .iter()
                    .any(|known| known.id == org && known.has_register)
                    .then_some(()),
                _ => None,
            },
        )
        .await
        .unwrap();
    }

    /// A professional with a device.
    pub async fn professional(
        &self,
        org: &Organisation,
        name: &str,
        capacity: ActingCapacity,
    ) -> Professional {
        self.invite(org, name, OrgRole::Professional, Some(capacity))
            .await
    }

    /// Somebody with a device.
    pub async fn invite(
        &self,
        org: &Organisation,
        name: &str,
        role: OrgRole,
        capacity: Option<ActingCapacity>,
    ) -> Professional {
        let (user, token) = self.link(org, name, role, capacity).await;
        let host = self.enrol(name, &token).await;
        Professional {
            host,
            user,
            profile: self.profile(name),
        }
    }

    /// An account and the secret of its link.
    pub async fn link(
        &self,
        org: &Organisation,
        name: &str,
        role: OrgRole,
        capacity: Option<ActingCapacity>,
    ) -> (UserId, String) {
        let intent = Intent::InviteUser {
            user: None,
            name: name.to_owned(),
            function: "Medewerker".into(),
            roles: vec![role],
            capacities: capacity.into_iter().collect(),
        };
        let reply = org.admin.intent_within(intent, WITHIN).await.unwrap();
        let Reply::Link { user, token, .. } = reply else {
            panic!("{reply:?}")
        };
        (user, token)
    }

    /// Makes a device by a link's secret.
    pub async fn enrol(&self, name: &str, token: &str) -> Host {
        let host = Host::enrol(&self.profile(name), &self.link_of(token), PASSPHRASE).await;
        let host = host.unwrap();
        host.online(WITHIN).await.unwrap();
        host
    }

    /// The link with this secret.
    pub fn link_of(&self, token: &str) -> Link {
        self.host_admin.server().link(token).parse().unwrap()
    }

    /// Where the device of somebody is.
    pub fn profile(&self, name: &str) -> PathBuf {
        self.place
            .path()
            .join("devices")
            .join(name.replace(' ', "-"))
    }

    /// The server's data folder.
    pub fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    /// Where the server's figures are.
    pub fn metrics(&self) -> String {
        let ready = std::fs::read(self.place.path().join("ready.json")).unwrap();
        let ready: serde_json::Value = serde_json::from_slice(&ready).unwrap();
        format!("http://{}/metrics", ready["metrics"].as_str().unwrap())
    }

    /// Kills the server without a word.
    pub fn kill_server(&mut self) {
        self.proxy.lead_to(None);
        self.server.take().unwrap().kill();
    }

    /// Asks the server to end.
    pub async fn stop_server(&mut self) {
        let server = self.server.take().unwrap();
        server.stop(self.place.path()).await;
        self.proxy.lead_to(None);
    }

    /// Starts the server again on the same data.
    pub async fn start_server(&mut self) {
        let url = format!("http://{}", self.proxy.addr);
        let server = Process::start(self.place.path(), &url).await;
        self.proxy.lead_to(Some(server.addr));
        self.server = Some(server);
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the server's log ends with:\n{}", log(self.place.path()));
        }
    }
}

impl Professional {
    /// Opens a channel with these colleagues.
    pub async fn opens(&self, household_name: &str, members: &[&Self]) -> (ChannelId, String) {
        let everybody: Vec<_> = members.iter().map(|member| member.user).collect();
        let known = everybody.clone();
        self.host
            .wait_until(
                "the members are not known",
                WITHIN,
                ViewRequest::Directory,
                |view| {
                    let View::Directory(directory) = view else {
                        return None;
                    };
                    known
                        .iter()
                        .all(|user| {
                            directory
                                .people
                                .iter()
                                .any(|who| who.id == *user && who.devices > 0)
                        })
                        .then_some(())
                },
            )
            .await
            .unwrap();
        let reply = self
            .wants(Intent::CreateChannel {
                household_name: household_name.to_owned(),
                framework: Framework::OwnLaws,
                members: everybody,
            })
            .await;
        let Reply::Channel { channel, case_code } = reply else {
            panic!("{reply:?}")
        };
        for member in members {
            member.sees(channel, |_| true).await;
        }
        (channel, case_code)
    }

    /// Wants something and gets it.
    pub async fn wants(&self, intent: Intent) -> Reply {
        self.host.intent_within(intent, WITHIN).await.unwrap()
    }

    /// Writes a message and waits until the server has it.
    pub async fn says(&self, channel: ChannelId, text: &str) {
        self.wants(Intent::SendMessage {
            channel,
            text: text.to_owned(),
        })
        .await;
    }

    /// Waits until the channel looks so.
    pub async fn sees(
        &self,
        channel: ChannelId,
        looks: impl Fn(&ChannelView) -> bool,
    ) -> ChannelView {
        self.host
            .wait_until(
                "the channel does not look so",
                WITHIN,
                ViewRequest::Channel { channel },
                |view| {
                    let View::Channel(channel) = view else {
                        return None;
                    };
                    looks(&channel).then_some(*channel)
                },
            )
            .await
            .unwrap()
    }

    /// Waits until the messages that are on the server are these.
    pub async fn reads(&self, channel: ChannelId, wanted: &[&str]) {
        let request = ViewRequest::Timeline {
            channel,
            before: None,
            limit: 500,
        };
        let mut last = Vec::new();
        let read = self
            .host
            .wait_until("the messages differ", WITHIN, request, |view| {
                last = messages(&view);
                (last == wanted).then_some(())
            })
            .await;
        assert!(read.is_ok(), "wanted {wanted:?}, read {last:?}");
    }

    /// Notes a person of the household.
    pub async fn notes(
        &self,
        channel: ChannelId,
        name: &str,
        relation: &str,
        born: &str,
        represented_by: Vec<Representation>,
    ) -> PersonId {
        let mut id = [0; 16];
        beraad_cli::profile::fill_random(&mut id).unwrap();
        let id = PersonId::from_bytes(id);
        let person = Person {
            id,
            name: name.to_owned(),
            date_of_birth: Some(born.parse().unwrap()),
            relation: relation.to_owned(),
            capacity: DecisionCapacity::Capable,
            represented_by,
        };
        self.wants(Intent::PutPerson {
            channel,
            base: 0,
            person,
        })
        .await;
        id
    }

    /// Waits until it knows these persons of the household.
    pub async fn knows(&self, channel: ChannelId, persons: &[PersonId]) -> ChannelView {
        self.sees(channel, |view| {
            persons
                .iter()
                .all(|id| view.persons.iter().any(|known| known.person.id == *id))
        })
        .await
    }
}

/// The messages of a conversation that the server has, in order.
pub fn messages(view: &View) -> Vec<String> {
    let View::Timeline(timeline) = view else {
        return Vec::new();
    };
    timeline
        .entries
        .iter()
        .filter(|entry| entry.seq.is_some())
        .filter_map(|entry| match &entry.what {
            TimelineItem::Message { text } => Some(text.clone()),
            _ => None,
        })
        .collect()
}
