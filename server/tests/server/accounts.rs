//! From the first start to everybody having a device.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use beraad_group::DeviceKeys;
use beraad_ledger::canonical;
use beraad_protocol::{
    ClientFrame, DeviceId, RegisterKeyId, ServerFrame, Timestamp,
    directory::{Attestation, attestation_signed_bytes},
    frame::{Changed, PROTOCOL_VERSION},
    http::{Enrolled, LinkPreview, LinkToken},
    problem::Code,
    request::{Answer, InviteUser, OpenOrganisation, Request},
    vocabulary::{ActingCapacity, OrgRole, OrganisationType},
};
use beraad_server::{Config, Server, ServerError};
use beraad_storage::{StorageError, Store as _, directory::Link, traits::DirectoryWrite as _};
use beraad_storage_sqlite::SqliteStore;
use sha2::{Digest as _, Sha256};

use crate::client::{
    Connection, Device, Organisation, Region, enrolled, enrolment, invitation, invited, op, post,
    problem_of, public, register_key, start, unique,
};

fn token_of(link: &str) -> LinkToken {
    LinkToken {
        token: link.split_once("/#/enrol/").unwrap().1.to_owned(),
    }
}

#[tokio::test]
async fn the_first_link_is_offered_until_it_is_used_and_a_new_one_ends_the_old() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path()).await;
    let first = server.first_link.clone().unwrap();
    server.shutdown().await.unwrap();

    let server = start(folder.path()).await;
    let second = server.first_link.clone().unwrap();
    assert!(second.starts_with(&server.url));
    let ended = post(&server.url, "/api/enrolments/preview", &token_of(&first)).await;
    assert_eq!(problem_of(ended).await, Code::LinkUsed);
    let preview = post(&server.url, "/api/enrolments/preview", &token_of(&second)).await;
    let preview: LinkPreview = preview.json().await.unwrap();
    assert_eq!(preview.organisation, "Beheer");
    let host = Device::enrol(&server.url, &token_of(&second).token).await;
    assert_eq!(host.who.roles, [OrgRole::AccountAdmin, OrgRole::HostAdmin]);
    server.shutdown().await.unwrap();

    let server = start(folder.path()).await;
    assert_eq!(server.first_link, None);
    let host = Device {
        url: server.url.clone(),
        ..host
    };
    assert_eq!(
        host.connect(vec![]).await.ready.unwrap().user,
        host.who.user
    );
}

#[tokio::test]
async fn a_data_folder_has_one_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path()).await;
    let second = Server::start(Config::for_test(folder.path().to_owned())).await;
    assert!(matches!(second, Err(ServerError::InUse(_))));
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_link_makes_one_device_and_repeating_it_gives_the_first_answer() {
    let region = Region::new().await;
    let url = &region.server.url;
    let link = invited(&region.one.admin, &[OrgRole::Professional]).await;
    let keys = DeviceKeys::generate().unwrap();
    let device = DeviceId::from_bytes(unique());
    let enrol = enrolment(&link, &keys, device, &[7; 32]);

    let forged = DeviceKeys::generate().unwrap();
    let mut wrong = enrolment(&link, &forged, device, &[7; 32]);
    wrong.signature_key.clone_from(&enrol.signature_key);
    let refused = post(url, "/api/enrolments", &wrong).await;
    assert_eq!(
        problem_of(refused).await,
        Code::Invalid,
        "the key must sign"
    );

    let first: Enrolled = post(url, "/api/enrolments", &enrol)
        .await
        .json()
        .await
        .unwrap();
    let again: Enrolled = post(url, "/api/enrolments", &enrol)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!((first.user, &first.name), (again.user, &again.name));

    let thief = enrolment(
        &link,
        &DeviceKeys::generate().unwrap(),
        DeviceId::from_bytes(unique()),
        &[8; 32],
    );
    assert_eq!(
        problem_of(post(url, "/api/enrolments", &thief).await).await,
        Code::LinkUsed
    );
    let other_session = enrolment(&link, &keys, device, &[8; 32]);
    let refused = post(url, "/api/enrolments", &other_session).await;
    assert_eq!(problem_of(refused).await, Code::LinkUsed);
    let used = post(url, "/api/enrolments/preview", &LinkToken { token: link }).await;
    assert_eq!(problem_of(used).await, Code::LinkUsed);

    let other = invited(&region.one.admin, &[OrgRole::Professional]).await;
    let copied = enrolment(&other, &keys, DeviceId::from_bytes(unique()), &[9; 32]);
    let refused = post(url, "/api/enrolments", &copied).await;
    assert_eq!(
        problem_of(refused).await,
        Code::Conflict,
        "a key is one device"
    );
    let nonsense = LinkToken {
        token: "nonsense".to_owned(),
    };
    let refused = post(url, "/api/enrolments/preview", &nonsense).await;
    assert_eq!(problem_of(refused).await, Code::LinkUsed);
}

#[tokio::test]
async fn repeating_an_invitation_gives_the_same_link_and_makes_one_account() {
    let region = Region::new().await;
    let mut admin = region.one.admin.connect(vec![]).await;
    let request = Request::InviteUser(invitation(&[OrgRole::Professional]));
    let first = admin.ask(request.clone()).await.unwrap();
    let again = admin.ask(request).await.unwrap();
    assert_eq!(first, again);
    let directory = admin.ask(Request::Directory).await.unwrap();
    let Answer::Directory(directory) = directory else {
        panic!()
    };
    let own = region.one.admin.who.org;
    let invited = directory
        .users
        .iter()
        .filter(|user| user.org == own && user.name == "Iemand");
    assert_eq!(invited.count(), 2, "the officer and this one");
}

#[tokio::test]
async fn the_directory_vouches_for_every_device_and_changes_are_told() {
    let region = Region::new().await;
    let mut watching = region.two.officer.connect(vec![]).await;
    let before = watching.ready.as_ref().unwrap().directory;
    let worker = region.one.professional().await;
    watching
        .hint(|changed| matches!(changed, Changed::Directory(v) if v > before))
        .await;

    let Answer::Directory(directory) = watching.ask(Request::Directory).await.unwrap() else {
        panic!()
    };
    assert!(directory.version > before);
    let user = directory
        .users
        .iter()
        .find(|user| user.id == worker.who.user)
        .unwrap();
    let device = &user.devices[0];
    let key = hex::decode(&worker.who.server.attestation_key).unwrap();
    let signed = attestation_signed_bytes(&device.attestation);
    beraad_group::verify(&key, &signed, &device.signature).unwrap();
    let attestation: Attestation = canonical::from_slice(&device.attestation).unwrap();
    assert_eq!(attestation.signature_key, worker.keys.public());
    assert_eq!(
        (attestation.device, attestation.org),
        (worker.id, worker.who.org)
    );
    assert!(attestation.capacities.is_empty());

    // A capacity that the admin verifies later is attested as well.
    let update = InviteUser {
        user: Some(worker.who.user),
        capacities: vec![ActingCapacity::VtMelding],
        ..invitation(&[OrgRole::Professional])
    };
    region
        .one
        .admin
        .asks(Request::InviteUser(update.clone()))
        .await
        .unwrap();
    let Answer::Directory(directory) = watching.ask(Request::Directory).await.unwrap() else {
        panic!()
    };
    let user = directory
        .users
        .iter()
        .find(|user| user.id == worker.who.user)
        .unwrap();
    let attestation: Attestation = canonical::from_slice(&user.devices[0].attestation).unwrap();
    assert_eq!(attestation.capacities, [ActingCapacity::VtMelding]);

    let elsewhere = InviteUser { op: op(), ..update };
    let refused = region.two.admin.asks(Request::InviteUser(elsewhere)).await;
    assert_eq!(
        refused.unwrap_err().code,
        Code::NotFound,
        "another organisation's account"
    );
}

#[tokio::test]
async fn roles_decide_over_the_wire_as_in_the_table() {
    let region = Region::new().await;
    let worker = region.one.professional().await;
    let open = || {
        Request::OpenOrganisation(OpenOrganisation {
            op: op(),
            name: "Nieuw".to_owned(),
            kind: OrganisationType::Ggz,
            admin_name: "Beheer".to_owned(),
        })
    };
    let invite = || Request::InviteUser(invitation(&[OrgRole::Professional]));
    let claim = || Request::ClaimKeyPackages { users: vec![] };
    let refused = [
        (&region.one.admin, open()),
        (&region.one.admin, Request::Register { from: 0 }),
        (&region.one.admin, Request::Cases),
        (&region.one.officer, invite()),
        (&region.one.officer, claim()),
        (&worker, invite()),
        (&worker, open()),
        (&worker, Request::Register { from: 0 }),
        (&worker, Request::LogEntries { from: 0, to: 1 }),
        (&region.host, Request::Conferences),
    ];
    for (device, request) in refused {
        let name = format!("{request:?}");
        assert_eq!(
            device.asks(request).await.unwrap_err().code,
            Code::Forbidden,
            "{name}"
        );
    }
    let mut worker = worker.connect(vec![]).await;
    assert_eq!(worker.ask(claim()).await, Ok(Answer::Claimed(vec![])));
    assert_eq!(worker.ask(Request::Cases).await, Ok(Answer::Cases(vec![])));
    let at_host = region.host.asks(invite()).await.unwrap_err();
    assert_eq!(
        at_host.code,
        Code::Invalid,
        "the host takes part in nothing"
    );
    let host_admin = Request::InviteUser(invitation(&[OrgRole::HostAdmin]));
    assert_eq!(
        region.one.admin.asks(host_admin).await.unwrap_err().code,
        Code::Invalid
    );
}

#[tokio::test]
async fn an_organisation_has_one_register_key_that_its_officer_signed() {
    let region = Region::new().await;
    let admin = Organisation::without_register(&region.host, "GGZ", OrganisationType::Ggz).await;
    let officer = enrolled(&admin, &[OrgRole::ComplianceOfficer]).await;
    let secret = beraad_ledger::seal::RegisterSecret::generate().unwrap();
    let id = RegisterKeyId::from_bytes(unique());
    let good = register_key(&officer, id, &secret);
    assert_eq!(good.public_key, public(&secret));
    let forged = register_key(&region.one.officer, id, &secret);
    let mut connection = officer.connect(vec![]).await;
    assert_eq!(
        connection.refused(Request::PutRegisterKey(forged)).await,
        Code::Invalid
    );
    let put = Request::PutRegisterKey(good);
    assert_eq!(connection.ask(put.clone()).await, Ok(Answer::Done));
    assert_eq!(
        connection.ask(put).await,
        Ok(Answer::Done),
        "the same again is fine"
    );
    let other = register_key(&officer, RegisterKeyId::from_bytes(unique()), &secret);
    assert_eq!(
        connection.refused(Request::PutRegisterKey(other)).await,
        Code::Conflict
    );
}

#[tokio::test]
async fn a_stolen_token_or_a_replayed_hello_opens_nothing() {
    let region = Region::new().await;
    let worker = region.one.professional().await;
    let url = &region.server.url;

    let mut first = Connection::open(url).await;
    let hello = worker.hello(&first.nonce, vec![]);
    first.send(&ClientFrame::Hello(hello.clone())).await;
    assert!(matches!(first.receive().await, ServerFrame::Ready(_)));

    let mut replayed = Connection::open(url).await;
    assert_ne!(replayed.nonce, first.nonce);
    replayed.send(&ClientFrame::Hello(hello)).await;
    assert_eq!(replayed.goodbye().await, Code::Unauthenticated);

    let mut thief = Connection::open(url).await;
    let thief_keys = DeviceKeys::generate().unwrap();
    let mut hello = worker.hello(&thief.nonce, vec![]);
    let signed = beraad_protocol::frame::hello_signed_bytes(&thief.nonce, worker.id);
    hello.signature = thief_keys.sign(&signed).to_vec();
    thief.send(&ClientFrame::Hello(hello)).await;
    assert_eq!(thief.goodbye().await, Code::Unauthenticated);

    let mut guess = Connection::open(url).await;
    let mut hello = worker.hello(&guess.nonce, vec![]);
    hello.token[0] ^= 1;
    guess.send(&ClientFrame::Hello(hello)).await;
    assert_eq!(guess.goodbye().await, Code::Unauthenticated);

    let mut old = Connection::open(url).await;
    let mut hello = worker.hello(&old.nonce, vec![]);
    hello.protocol = PROTOCOL_VERSION + 1;
    old.send(&ClientFrame::Hello(hello)).await;
    assert_eq!(old.goodbye().await, Code::VersionUnsupported);

    first.settled().await;
}

#[tokio::test]
async fn a_link_ends_when_its_time_has_passed() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path()).await;
    let host = Device::enrol(
        &server.url,
        &token_of(server.first_link.as_ref().unwrap()).token,
    )
    .await;
    server.shutdown().await.unwrap();

    let token = [0x2a; 32];
    let link = Link {
        token_hash: Sha256::digest(token).into(),
        user: host.who.user,
        expires_at: Timestamp(1),
        used_by: None,
    };
    let store = SqliteStore::open(&folder.path().join("beraad.db"))
        .await
        .unwrap();
    let written: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { tx.add_link(&link).await }))
        .await;
    written.unwrap();
    store.close().await;

    let server = start(folder.path()).await;
    let link = LinkToken {
        token: BASE64_URL_SAFE_NO_PAD.encode(token),
    };
    let preview = post(&server.url, "/api/enrolments/preview", &link).await;
    assert_eq!(problem_of(preview).await, Code::LinkExpired);
    let keys = DeviceKeys::generate().unwrap();
    let enrol = enrolment(&link.token, &keys, DeviceId::from_bytes(unique()), &[7; 32]);
    let refused = post(&server.url, "/api/enrolments", &enrol).await;
    assert_eq!(problem_of(refused).await, Code::LinkExpired);
}

#[tokio::test]
async fn nobody_in_a_household_channel_becomes_its_officer() {
    let region = Region::new().await;
    let lead = region.one.professional().await;
    let mut connection = lead.connect(vec![]).await;
    lead.create(&mut connection).await;
    let change = |role| {
        Request::InviteUser(InviteUser {
            user: Some(lead.who.user),
            ..invitation(&[role])
        })
    };
    let refused = region
        .one
        .admin
        .asks(change(OrgRole::ComplianceOfficer))
        .await;
    assert_eq!(refused.unwrap_err().code, Code::Invalid);
    let changed = region.one.admin.asks(change(OrgRole::Professional)).await;
    assert!(matches!(changed, Ok(Answer::Invited(_))));
}
