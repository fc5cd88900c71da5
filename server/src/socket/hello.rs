//! Who opens the connection: the session token and a signature over this connection's challenge.

use beraad_protocol::{
    ClientFrame,
    frame::{Hello, PROTOCOL_VERSION, Ready, hello_signed_bytes},
    from_cbor,
    limits::MAX_CHANNELS,
    problem::Code,
};
use beraad_storage::{
    channel::Stint,
    traits::{ChannelRead as _, DeliveryRead as _, DirectoryRead as _},
};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::{
    app::{App, Asker},
    refusal::{Outcome, Refusal},
};

/// Checks the first frame: whose device this is.
pub(super) async fn check(app: &App, nonce: &[u8; 32], frame: &[u8]) -> Outcome<(Asker, Hello)> {
    let ClientFrame::Hello(hello) = from_cbor(frame)? else {
        return Err(Refusal::because(
            Code::Unauthenticated,
            "The first frame is a hello",
        ));
    };
    if hello.protocol != PROTOCOL_VERSION {
        return Err(Refusal::new(Code::VersionUnsupported));
    }
    if hello.cursors.len() > MAX_CHANNELS {
        return Err(Refusal::new(Code::TooLarge));
    }
    let unknown = || Refusal::new(Code::Unauthenticated);
    let mut read = app.store.read().await?;
    let device = read.device(hello.device).await?.ok_or_else(unknown)?;
    let presented = Sha256::digest(&hello.token);
    let same: bool = presented.as_slice().ct_eq(&device.session_hash).into();
    if !same || device.revoked_at.is_some() {
        return Err(unknown());
    }
    let signed = hello_signed_bytes(nonce, hello.device);
    beraad_group::verify(&device.signature_key, &signed, &hello.signature)
        .map_err(|_| unknown())?;
    let account = read.account(device.user).await?.ok_or_else(unknown)?;
    Ok((Asker::new(device.id, &account)?, hello))
}

/// What the device is told, and whether welcomes wait for it.
pub(super) async fn ready(app: &App, asker: &Asker) -> Outcome<(Ready, bool)> {
    let mut read = app.store.read().await?;
    let stints = read.stints_of(asker.device).await?;
    let mut channels: Vec<_> = stints
        .iter()
        .filter(|(_, stint)| is_open(stint))
        .map(|(channel, _)| *channel)
        .collect();
    channels.dedup();
    let ready = Ready {
        now: app.now(),
        user: asker.user,
        org: asker.org,
        directory: read.directory_version().await?,
        key_packages: read.key_packages_left(asker.device).await?,
        channels,
    };
    Ok((ready, read.welcomes_waiting(asker.device).await? > 0))
}

fn is_open(stint: &Stint) -> bool {
    stint.until.is_none()
}
