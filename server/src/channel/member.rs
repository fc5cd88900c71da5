//! Who may come into a channel: a device that the directory vouches for, of a professional whose
//! organisation can account for what it shares.

use beraad_group::MemberInfo;
use beraad_protocol::problem::Code;
use beraad_storage::traits::DirectoryRead as _;

use crate::{
    refusal::{Outcome, Refusal},
    roles,
    store::Tx,
};

/// Refuses a leaf that the directory does not vouch for.
pub(super) async fn check_newcomer(tx: &mut Tx<'_>, leaf: &MemberInfo) -> Outcome<()> {
    let unknown = || Refusal::because(Code::BadBundle, "A leaf is not an enrolled device's");
    let device = tx.device(leaf.identity.device).await?.ok_or_else(unknown)?;
    let account = tx.account(device.user).await?.ok_or_else(unknown)?;
    let vouched = device.revoked_at.is_none()
        && !account.suspended
        && device.signature_key == leaf.signature_key
        && account.id == leaf.identity.user
        && account.org == leaf.identity.org;
    if !vouched {
        return Err(unknown());
    }
    if !roles::may_take_part(&account.roles) {
        return Err(Refusal::because(
            Code::Forbidden,
            "Only professionals take part in a channel, and nobody who is compliance officer",
        ));
    }
    match tx.organisation(account.org).await? {
        Some(organisation) if organisation.register_key.is_some() => Ok(()),
        Some(_) => Err(Refusal::new(Code::NoRegisterKey)),
        None => Err(unknown()),
    }
}
