//! What the server attests about a device.

use beraad_protocol::{
    DeviceId, Timestamp,
    directory::{Attestation, attestation_signed_bytes},
    problem::Code,
};
use beraad_storage::directory::Account;

use crate::{
    keys::Keys,
    refusal::{Outcome, Refusal},
};

/// How long an attestation holds.
const VALID_MILLIS: i64 = 2 * 366 * 24 * 60 * 60 * 1000;

/// An attestation and the server's signature over it.
pub(crate) struct Attested {
    pub(crate) attestation: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// Attests whose device this is and in which capacities that person acts.
pub(crate) fn attest(
    keys: &Keys,
    account: &Account,
    device: DeviceId,
    signature_key: [u8; 32],
    now: Timestamp,
) -> Outcome<Attested> {
    let attestation = Attestation {
        v: 1,
        org: account.org,
        user: account.id,
        device,
        signature_key: signature_key.to_vec(),
        function: account.function.clone(),
        capacities: account.capacities.clone(),
        not_before: now,
        not_after: now.plus_millis(VALID_MILLIS),
    };
    let attestation =
        beraad_ledger::canonical::to_vec(&attestation).map_err(|_| Refusal::new(Code::Internal))?;
    let signature = keys.sign_attestation(&attestation_signed_bytes(&attestation));
    Ok(Attested {
        attestation,
        signature,
    })
}
