//! Consent and disclosure: blocked, allowed, blocked again.

use beraad_casework::{block::BlockCode, codes::ConsentMethod};
use beraad_cli::host::HostError;
use beraad_engine::{
    intent::{DisclosureDraft, Intent, Reply},
    refusal::Refusal,
    view::{TimelineItem, View, ViewRequest},
};
use beraad_protocol::{ChannelId, RecordId};

use super::{Cast, Professional, WITHIN, Words, plain, support};
use crate::support::disclose::{consent, on_consent, on_law};

/// What was recorded.
pub struct Disclosed {
    /// The consent of the mother.
    pub consent: RecordId,
    /// On her consent, by mental health care.
    pub on_consent: RecordId,
    /// On the law, by Veilig Thuis.
    pub on_law: RecordId,
}

/// A practitioner shares on consent, which is given and withdrawn; Veilig Thuis on its law.
pub async fn people_share(cast: &Cast, channel: ChannelId, words: Words<'_>) -> Disclosed {
    let Cast {
        marieke,
        karima,
        daan,
        vt,
        gi,
        ggz,
        ..
    } = cast;
    let mother = daan
        .notes(channel, &words("subject"), "moeder", "1988-03-14", vec![])
        .await;
    for member in cast.members() {
        member.knows(channel, &[mother]).await;
    }
    let text = words("shared text");
    let to = [vt, gi];

    let blocked = refused(daan, channel, &text, on_consent(mother, &to, None)).await;
    assert!(blocked.contains(&BlockCode::ConsentMissing), "{blocked:?}");

    let draft = consent(mother, vec![vt.id, gi.id], &words("notice"));
    let given = record(
        &daan
            .wants(Intent::RecordConsent {
                channel,
                consent: draft,
            })
            .await,
    );
    let mut draft = on_consent(mother, &to, Some(given));
    draft.description = words("description");
    let on_consent_record = record(&daan.wants(share(channel, &text, draft.clone())).await);
    for member in cast.members() {
        hears(member, channel, &text).await;
    }

    // Recorded by somebody else than who wants to share on it.
    karima
        .sees(channel, |view| {
            view.consents.iter().any(|it| it.consent.id == given)
        })
        .await;
    let withdrawal = Intent::WithdrawConsent {
        channel,
        consent: given,
        by: mother,
        method: ConsentMethod::Oral,
    };
    karima.wants(withdrawal).await;
    daan.sees(channel, |view| {
        view.consents.iter().any(|it| it.withdrawn_at.is_some())
    })
    .await;
    let blocked = refused(daan, channel, &words("never shared"), draft).await;
    assert!(
        blocked.contains(&BlockCode::ConsentWithdrawn),
        "{blocked:?}"
    );

    let mut draft = on_law(mother, &[gi, ggz]);
    draft.description = words("description on the law");
    draft.motivation = format!(
        "{} en daarom moet iedereen dit vandaag weten",
        words("motivation")
    );
    draft.necessity = format!("{} en niet meer", words("necessity"));
    draft.proportionality = format!("{} weegt zwaarder", words("proportionality"));
    draft.subsidiarity = format!("{} kan niet met minder", words("subsidiarity"));
    let law_text = words("shared on the law");
    let on_law = record(&marieke.wants(share(channel, &law_text, draft)).await);
    for member in cast.members() {
        hears(member, channel, &law_text).await;
        let seen = member
            .sees(channel, |view| view.disclosures.len() == 2)
            .await;
        assert!(seen.disclosures.iter().all(|it| it.rejected.is_empty()));
    }
    Disclosed {
        consent: given,
        on_consent: on_consent_record,
        on_law,
    }
}

/// The rules that stood in the way; they are the same before and at sending.
async fn refused(
    by: &Professional,
    channel: ChannelId,
    text: &str,
    draft: DisclosureDraft,
) -> Vec<BlockCode> {
    let entries = || async {
        by.host
            .timeline(channel, None, 500)
            .await
            .unwrap()
            .entries
            .len()
    };
    let before = entries().await;
    let check = by
        .host
        .check_disclosure(channel, draft.clone())
        .await
        .unwrap();
    assert!(!check.allowed);
    let outcome = by
        .host
        .intent_within(share(channel, text, draft), WITHIN)
        .await;
    let Err(HostError::Refused(Refusal::Rules { blocks })) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(blocks, check.blocks);
    assert!(
        blocks
            .iter()
            .all(|block| !block.ways_out.is_empty() && !block.nl.is_empty())
    );
    assert_eq!(entries().await, before, "nothing was sent");
    blocks.into_iter().map(|block| block.code).collect()
}

async fn hears(member: &Professional, channel: ChannelId, wanted: &str) {
    let request = ViewRequest::Timeline {
        channel,
        before: None,
        limit: 500,
    };
    member
        .host
        .wait_until("it was not shared", WITHIN, request, |view| {
            let View::Timeline(timeline) = view else {
                return None;
            };
            timeline
                .entries
                .iter()
                .any(|entry| {
                    matches!(&entry.what, TimelineItem::Information { text, .. } if text == wanted)
                        && entry.seq.is_some()
                        && entry.rejected.is_empty()
                })
                .then_some(())
        })
        .await
        .unwrap();
}

fn share(channel: ChannelId, text: &str, disclosure: DisclosureDraft) -> Intent {
    Intent::ShareInformation {
        channel,
        text: text.to_owned(),
        disclosure,
    }
}

fn record(reply: &Reply) -> RecordId {
    let Reply::Record { record, .. } = reply else {
        panic!("{reply:?}")
    };
    *record
}

#[test]
fn sharing_is_blocked_without_ground_allowed_with_it_and_blocked_after_withdrawal() {
    support::run(async {
        let cast = Cast::gather().await;
        let channel = cast.in_a_channel().await;
        people_share(&cast, channel, &plain).await;
    });
}
