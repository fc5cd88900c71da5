//! Device keys and KeyPackages.

use super::{Channel, Device, text};
use crate::{Changes, DeviceKeys, GroupError, Member, Suite, check_key_package, verify};

#[test]
fn a_signature_holds_for_its_key_and_message_only() {
    let [keys, other] = [(); 2].map(|()| DeviceKeys::generate().unwrap());
    let signature = keys.sign(b"label message");
    verify(&keys.public(), b"label message", &signature).unwrap();
    assert_eq!(
        verify(&keys.public(), b"label messagf", &signature),
        Err(GroupError::BadSignature)
    );
    assert_eq!(
        verify(&other.public(), b"label message", &signature),
        Err(GroupError::BadSignature)
    );
    assert_eq!(
        verify(&keys.public(), b"", &signature[..63]),
        Err(GroupError::BadSignature)
    );
    assert_eq!(verify(&[1; 31], b"", &signature), Err(GroupError::BadKey));
}

#[test]
fn a_key_comes_back_from_its_bytes_and_is_never_printed() {
    let keys = DeviceKeys::generate().unwrap();
    let bytes = keys.to_bytes();
    let again = DeviceKeys::from_bytes(&bytes[..]).unwrap();
    assert_eq!(again.public(), keys.public());
    assert_eq!(again.sign(b"x"), keys.sign(b"x"));
    assert_eq!(format!("{keys:?}"), "DeviceKeys(\"…\")");
    assert!(DeviceKeys::from_bytes(&bytes[1..]).is_err());
}

#[test]
fn a_key_package_tells_whose_it_is() {
    for suite in Suite::ALL {
        let anna = Device::new(2);
        let Device {
            store,
            keys,
            identity,
        } = &anna;
        let packages = Member::key_packages(store, keys, identity, suite, 3, false).unwrap();
        let infos: Vec<_> = packages
            .iter()
            .map(|bytes| check_key_package(bytes, suite).unwrap())
            .collect();
        for info in &infos {
            assert_eq!(info.identity, anna.identity);
            assert_eq!(info.signature_key, anna.keys.public());
            assert!(!info.last_resort);
        }
        assert_ne!(infos[0].hash_ref, infos[1].hash_ref);
        let last = Member::key_packages(store, keys, identity, suite, 1, true).unwrap();
        assert!(check_key_package(&last[0], suite).unwrap().last_resort);
        for other in Suite::ALL.into_iter().filter(|other| *other != suite) {
            assert!(matches!(
                check_key_package(&packages[0], other),
                Err(GroupError::BadKeyPackage(_))
            ));
        }
    }
}

#[test]
fn a_key_package_is_good_for_members_whose_clock_runs_days_behind() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let anna = Device::new(2);
    let packages = Member::key_packages(
        &anna.store,
        &anna.keys,
        &anna.identity,
        Suite::Classic,
        1,
        true,
    )
    .unwrap();
    let info = check_key_package(&packages[0], Suite::Classic).unwrap();
    // What openmls takes for now, less the hour it dates back itself.
    let now = i64::try_from(openmls::prelude::Lifetime::new(0).not_after()).unwrap() * 1000;
    assert!(info.not_before.0 <= now - 7 * DAY);
    assert!(info.not_after.0 >= now + 700 * DAY);
}

#[test]
fn a_key_package_is_used_once_and_a_last_resort_again_and_again() {
    let [lead, anna] = [1, 2].map(Device::new);
    for (last_resort, again) in [(false, Err(GroupError::NotForThisDevice)), (true, Ok(()))] {
        let Device {
            store,
            keys,
            identity,
        } = &anna;
        let packages =
            Member::key_packages(store, keys, identity, Suite::Classic, 1, last_resort).unwrap();
        let changes = Changes {
            add: &packages,
            ..Changes::default()
        };
        for expected in [Ok(()), again] {
            Member::forget(&lead.store, super::channel()).unwrap();
            Member::forget(&anna.store, super::channel()).unwrap();
            let mut channel = Channel::open(Suite::Classic, &lead);
            let bundle = channel.commit(&lead, &[], &changes);
            let joined = Member::join(store, keys, &bundle.welcome.unwrap());
            assert_eq!(joined.map(drop), expected);
        }
    }
    assert_eq!(
        text(&anna.read(&lead.encrypt("here I am")).unwrap()),
        "here I am"
    );
}

#[test]
fn a_welcome_opens_for_whom_it_is_meant_only() {
    let [lead, anna, eve] = [1, 2, 3].map(Device::new);
    let mut channel = Channel::open(Suite::Hybrid, &lead);
    let _ = eve.key_package(Suite::Hybrid);
    let package = [anna.key_package(Suite::Hybrid)];
    let bundle = channel.commit(
        &lead,
        &[],
        &Changes {
            add: &package,
            ..Changes::default()
        },
    );
    let welcome = bundle.welcome.unwrap();
    assert_eq!(
        Member::join(&eve.store, &eve.keys, &welcome).map(drop),
        Err(GroupError::NotForThisDevice)
    );
    let stolen = anna.store.clone();
    assert_eq!(
        Member::join(&stolen, &eve.keys, &welcome).map(drop),
        Err(GroupError::WrongKeys)
    );
    Member::join(&anna.store, &anna.keys, &welcome).unwrap();
    let twice = Member::join(&anna.store, &anna.keys, &welcome).map(drop);
    assert!(matches!(
        twice,
        Err(GroupError::NotForThisDevice | GroupError::AlreadyMember)
    ));
}

#[test]
fn a_member_who_is_in_does_not_join_again() {
    let [lead, anna] = [1, 2].map(Device::new);
    let _channel = Channel::with(Suite::Classic, &[&lead, &anna]);
    let impostor = Device::new(7);
    let _forged = Channel::open(Suite::Classic, &impostor);
    let package = [anna.key_package(Suite::Classic)];
    let bundle = impostor.member().add(&impostor.store, &package).unwrap();
    assert_eq!(
        Member::join(&anna.store, &anna.keys, &bundle.welcome.unwrap()).map(drop),
        Err(GroupError::AlreadyMember)
    );
    assert_eq!(
        text(&anna.read(&lead.encrypt("the true group")).unwrap()),
        "the true group"
    );
}
