//! On which ground something is shared: who discloses decides, and to whom.

use beraad_casework::{
    codes::{Art6, Art9, Category, Provision, Secrecy},
    model::DisclosureLine,
    tables::tables,
};
use beraad_protocol::{
    OrgId, PersonId, RecordId,
    vocabulary::{ActingCapacity, OrganisationType},
};

use super::nothing_yet;
use crate::host::HostError;

/// One subject towards one organisation, on the ground that fits both.
pub(super) fn line(
    subject: PersonId,
    org: OrgId,
    kind: OrganisationType,
    categories: &[Category],
    capacity: ActingCapacity,
    consent: Option<RecordId>,
) -> Result<DisclosureLine, HostError> {
    let special = categories.iter().any(|category| {
        tables()
            .categories
            .get(category)
            .is_some_and(|row| row.special)
    });
    let (art6, provision, secrecy) = match consent {
        Some(_) => (Art6::A, None, Secrecy::Toestemming),
        None => ground(capacity, kind).ok_or_else(nothing_yet)?,
    };
    let art9 = special.then_some(if consent.is_some() { Art9::A } else { Art9::H });
    Ok(DisclosureLine {
        subject,
        recipient: Some(org),
        recipient_type: kind.code().parse().map_err(|_| nothing_yet())?,
        categories: categories.to_vec(),
        art6,
        art9,
        art10: None,
        provision,
        secrecy,
        consent,
    })
}

/// On which law somebody in this capacity may share with that kind of organisation.
fn ground(
    capacity: ActingCapacity,
    recipient: OrganisationType,
) -> Option<(Art6, Option<Provision>, Secrecy)> {
    use OrganisationType::{Gi, Vt};

    let (art6, provision, secrecy) = match (capacity, recipient) {
        (ActingCapacity::VtMelding, _) => (Art6::E, Provision::Wmo516, Secrecy::Recht),
        (ActingCapacity::GgzBehandelaar, Vt) => (Art6::D, Provision::Wmo526, Secrecy::Recht),
        (ActingCapacity::GgzBehandelaar, Gi) => (Art6::D, Provision::Jw73114r, Secrecy::Recht),
        (ActingCapacity::GiOts | ActingCapacity::LtHulp, Vt) => {
            (Art6::E, Provision::Wmo526, Secrecy::Recht)
        }
        (ActingCapacity::GiOts | ActingCapacity::LtHulp, _) => {
            (Art6::E, Provision::Jw73112a, Secrecy::DirectBetrokken)
        }
        _ => return None,
    };
    Some((art6, Some(provision), secrecy))
}
