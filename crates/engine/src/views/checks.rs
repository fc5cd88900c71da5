//! What the rules say before anything is done.

use beraad_casework::{
    Body, Context, Event, Sender,
    codes::RecipientType,
    consent::required_givers,
    disclosure::{Recipient, offered_provisions},
};
use beraad_protocol::{ChannelId, EventId, ItemId, OrgId, RecordId, vocabulary::ActingCapacity};

use super::Reader;
use crate::{
    channel::Channel,
    drafts::{consent_record, disclosure_record},
    history::UNKNOWN,
    intent::{ConsentDraft, DisclosureDraft},
    refusal::Refusal,
    view::{CheckView, ConsentCheckView, ProvisionsView, RequiredGiver},
};

/// Stands for an id that is drawn when it is really sent.
const NOT_DRAWN: [u8; 16] = [0xff; 16];

impl Reader<'_> {
    pub(super) fn disclosure_check(
        &self,
        id: ChannelId,
        draft: &DisclosureDraft,
    ) -> Result<CheckView, Refusal> {
        let item = ItemId::from_bytes(NOT_DRAWN);
        let record = RecordId::from_bytes(NOT_DRAWN);
        let body = Body::InformationShared {
            item,
            // The text itself is judged when it is sent; something stands for it here.
            text: "…".to_owned(),
            disclosure: disclosure_record(draft.clone(), record, vec![item], self.now),
        };
        let channel = self.channel_row(id)?;
        let blocks = self.check(&channel, body)?;
        Ok(CheckView {
            allowed: blocks.is_empty(),
            blocks,
        })
    }

    pub(super) fn consent_check(
        &self,
        id: ChannelId,
        draft: &ConsentDraft,
    ) -> Result<ConsentCheckView, Refusal> {
        let channel = self.channel_row(id)?;
        let household = self.household(&channel)?;
        let mut blocks = Vec::new();
        let mut required = Vec::new();
        if let Some(subject) = household.person(draft.subject) {
            match required_givers(&subject.person, self.now) {
                Ok(givers) => {
                    required = givers
                        .into_iter()
                        .map(|giver| RequiredGiver {
                            person: giver.person,
                            capacity: giver.capacity,
                        })
                        .collect();
                }
                Err(block) => blocks.push(block),
            }
        }
        let consent = consent_record(draft.clone(), RecordId::from_bytes(NOT_DRAWN), self.now);
        let (subject, function) = (consent.subject, consent.function);
        let asked = consent
            .categories
            .first()
            .copied()
            .zip(consent.purposes.first().copied())
            .map(|(category, purpose)| beraad_casework::consent::Asked {
                subject,
                category,
                recipient: consent.recipients.first().copied(),
                purpose,
                moment: self.now,
                function,
            });
        let refused = self.check(
            &channel,
            Body::ConsentRecorded {
                consent: consent.clone(),
            },
        )?;
        if refused.is_empty()
            && let Some(asked) = asked
        {
            // Whether it could be used, as if it had been recorded already.
            let mut then = household.into_owned();
            let context = self.context(&channel)?;
            let event = event(Body::ConsentRecorded {
                consent: consent.clone(),
            });
            then.apply(&context, &event);
            for block in beraad_casework::consent::problems(&then, consent.id, &asked) {
                if !blocks.contains(&block) {
                    blocks.push(block);
                }
            }
        }
        blocks.extend(refused);
        Ok(ConsentCheckView { required, blocks })
    }

    pub(super) fn provisions(
        &self,
        id: ChannelId,
        capacity: ActingCapacity,
        recipient: OrgId,
    ) -> Result<ProvisionsView, Refusal> {
        let channel = self.channel_row(id)?;
        let household = self.household(&channel)?;
        let me = self.identity()?.leaf.user;
        let recipient = household.recipient(recipient).or_else(|| {
            let kind = RecipientType::of(self.people().org_kind(recipient)?)?;
            Some(Recipient {
                kind,
                capacities: Vec::new(),
            })
        });
        let provisions = match (household.discloser(me), recipient) {
            (Some(discloser), Some(recipient)) => {
                offered_provisions(&discloser, capacity, &recipient, channel.framework)
            }
            _ => Vec::new(),
        };
        Ok(ProvisionsView { provisions })
    }

    fn check(&self, channel: &Channel, body: Body) -> Result<Vec<beraad_casework::Block>, Refusal> {
        Ok(self
            .household(channel)?
            .check(&self.context(channel)?, &event(body)))
    }

    fn context(&self, channel: &Channel) -> Result<Context, Refusal> {
        let me = self.identity()?.leaf;
        Ok(Context {
            seq: channel.next_seq(),
            at: self.now,
            sender: Sender {
                user: me.user,
                org: me.org,
            },
        })
    }
}

fn event(body: Body) -> Event {
    Event {
        v: 1,
        id: EventId::from_bytes(NOT_DRAWN),
        seen: 0,
        history: UNKNOWN.to_vec(),
        body,
    }
}
