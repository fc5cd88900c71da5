//! A fictional household, four organisations around it, and short ways to say what happens.

use beraad_casework::{
    Block, BlockCode, Body, Context, Event, Household, Outcome, RosterMember, Sender,
    codes::{
        Art6, Art9, Category, Confidentiality, ConsentAnswer, ConsentFunction, ConsentMethod,
        DecisionCapacity, GiverCapacity, Mechanism, Provision, Purpose, RecipientType, Secrecy,
    },
    date::CivilDate,
    disclosure::{Discloser, evaluate},
    model::{
        ConsentRecord, ConsentWithdrawal, DisclosureLine, DisclosureRecord, GiverAnswer, Inform,
        Person, Representation,
    },
};
use beraad_protocol::{
    ConferenceId, EventId, ItemId, OrgId, PersonId, RecordId, Timestamp, UserId,
    vocabulary::{ActingCapacity, ChannelRole, Framework, OrganisationType},
};

/// 22 November 2026, 10:00 in Amsterdam.
pub(crate) const NOW: Timestamp = Timestamp(1_795_338_000_000);
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

pub(crate) const GGZ: OrgId = OrgId::from_bytes([1; 16]);
pub(crate) const VT: OrgId = OrgId::from_bytes([2; 16]);
pub(crate) const GI: OrgId = OrgId::from_bytes([3; 16]);
pub(crate) const LT: OrgId = OrgId::from_bytes([4; 16]);
pub(crate) const POLITIE: OrgId = OrgId::from_bytes([5; 16]);

/// Treats in mental health care; the case lead.
pub(crate) const ANNA: UserId = UserId::from_bytes([11; 16]);
/// Handles reports at Veilig Thuis.
pub(crate) const VERA: UserId = UserId::from_bytes([12; 16]);
/// Works at the GI.
pub(crate) const GIJS: UserId = UserId::from_bytes([13; 16]);
/// Helps in the local team.
pub(crate) const LOTTE: UserId = UserId::from_bytes([14; 16]);
/// Police officer.
pub(crate) const PIET: UserId = UserId::from_bytes([15; 16]);

pub(crate) const NOOR: PersonId = PersonId::from_bytes([21; 16]);
pub(crate) const LENA: PersonId = PersonId::from_bytes([22; 16]);
pub(crate) const KARIM: PersonId = PersonId::from_bytes([23; 16]);

pub(crate) const CONFERENCE: ConferenceId = ConferenceId::from_bytes([31; 16]);

pub(crate) const MOTIVATION: &str =
    "Noor vertelt over slaan thuis en is bang om terug te gaan na school.";

pub(crate) fn record_id(n: u8) -> RecordId {
    RecordId::from_bytes([n; 16])
}

pub(crate) fn item_id(n: u8) -> ItemId {
    ItemId::from_bytes([n; 16])
}

pub(crate) fn date(text: &str) -> CivilDate {
    text.parse().expect("a date in a test exists")
}

pub(crate) fn member(
    user: UserId,
    org: OrgId,
    org_type: OrganisationType,
    capacity: ActingCapacity,
) -> RosterMember {
    RosterMember {
        user,
        org,
        org_type,
        role: ChannelRole::Participant,
        capacities: vec![capacity],
    }
}

pub(crate) fn anna() -> RosterMember {
    let anna = member(
        ANNA,
        GGZ,
        OrganisationType::Ggz,
        ActingCapacity::GgzBehandelaar,
    );
    RosterMember {
        role: ChannelRole::CaseLead,
        ..anna
    }
}

pub(crate) fn vera() -> RosterMember {
    member(VERA, VT, OrganisationType::Vt, ActingCapacity::VtMelding)
}

pub(crate) fn gijs(capacity: ActingCapacity) -> RosterMember {
    member(GIJS, GI, OrganisationType::Gi, capacity)
}

pub(crate) fn lotte() -> RosterMember {
    member(
        LOTTE,
        LT,
        OrganisationType::LokaalTeam,
        ActingCapacity::LtHulp,
    )
}

pub(crate) fn piet() -> RosterMember {
    member(
        PIET,
        POLITIE,
        OrganisationType::Politie,
        ActingCapacity::Politie,
    )
}

pub(crate) fn adult(id: PersonId, name: &str, relation: &str) -> Person {
    Person {
        id,
        name: name.to_owned(),
        date_of_birth: Some(date("1988-02-29")),
        relation: relation.to_owned(),
        capacity: DecisionCapacity::Capable,
        represented_by: Vec::new(),
    }
}

pub(crate) fn holder(holder: PersonId, capacity: GiverCapacity) -> Representation {
    Representation {
        holder,
        capacity,
        source: "gezagsregister".to_owned(),
        checked_on: date("2026-10-01"),
    }
}

/// Nine years old; both parents have parental authority.
pub(crate) fn noor() -> Person {
    Person {
        date_of_birth: Some(date("2017-03-14")),
        represented_by: vec![
            holder(LENA, GiverCapacity::Gezag),
            holder(KARIM, GiverCapacity::Gezag),
        ],
        ..adult(NOOR, "Noor", "dochter")
    }
}

pub(crate) fn answer(
    person: PersonId,
    capacity: GiverCapacity,
    answer: ConsentAnswer,
) -> GiverAnswer {
    GiverAnswer {
        person,
        capacity,
        answer,
    }
}

/// Consent about Noor by both parents, as a privacy basis and to lift secrecy.
pub(crate) fn noors_consent(id: u8) -> ConsentRecord {
    ConsentRecord {
        id: record_id(id),
        subject: NOOR,
        function: ConsentFunction::Both,
        answers: vec![
            answer(LENA, GiverCapacity::Gezag, ConsentAnswer::Given),
            answer(KARIM, GiverCapacity::Gezag, ConsentAnswer::Given),
        ],
        categories: vec![Category::Psychisch, Category::Gezin],
        recipients: vec![VT, GI, LT],
        purposes: vec![Purpose::Veiligheidsplan],
        valid_from: NOW,
        valid_until: NOW.plus_millis(365 * DAY),
        method: ConsentMethod::Oral,
        freely_given: true,
        under_pressure: false,
        notice: "Uitgelegd wie wat leest en hoe u het intrekt.".to_owned(),
        language: "nl".to_owned(),
    }
}

/// Consent of an adult about their own data.
pub(crate) fn own_consent(id: u8, subject: PersonId) -> ConsentRecord {
    ConsentRecord {
        subject,
        answers: vec![answer(subject, GiverCapacity::Zelf, ConsentAnswer::Given)],
        ..noors_consent(id)
    }
}

/// A line on consent.
pub(crate) fn on_consent(subject: PersonId, org: OrgId, consent: u8) -> DisclosureLine {
    DisclosureLine {
        subject,
        recipient: Some(org),
        recipient_type: kind(org),
        categories: vec![Category::Psychisch],
        art6: Art6::A,
        art9: Some(Art9::A),
        art10: None,
        provision: None,
        secrecy: Secrecy::Toestemming,
        consent: Some(record_id(consent)),
    }
}

/// A line on a provision, with the right to speak.
pub(crate) fn on_provision(
    subject: PersonId,
    org: OrgId,
    provision: Provision,
    secrecy: Secrecy,
) -> DisclosureLine {
    DisclosureLine {
        art6: Art6::C,
        art9: Some(Art9::H),
        provision: Some(provision),
        secrecy,
        consent: None,
        ..on_consent(subject, org, 0)
    }
}

pub(crate) fn kind(org: OrgId) -> RecipientType {
    match org {
        GGZ => RecipientType::Ggz,
        VT => RecipientType::Vt,
        GI => RecipientType::Gi,
        LT => RecipientType::LokaalTeam,
        _ => RecipientType::Politie,
    }
}

/// An account without consent that says everything it has to.
pub(crate) fn account(
    id: u8,
    capacity: ActingCapacity,
    lines: Vec<DisclosureLine>,
) -> DisclosureRecord {
    DisclosureRecord {
        id: record_id(id),
        at: NOW,
        mechanism: Mechanism::Bericht,
        capacity,
        lines,
        purpose: Purpose::Veiligheidsplan,
        description: "verslag van behandeling".to_owned(),
        items: vec![item_id(id)],
        motivation: MOTIVATION.to_owned(),
        necessity: "Zonder dit verslag is het risico niet in te schatten.".to_owned(),
        proportionality: "Het gaat om veiligheid; alleen het laatste verslag.".to_owned(),
        subsidiarity: "Toestemming vragen maakt het thuis onveiliger.".to_owned(),
        consulted: None,
        inform: Inform::Due {
            by: date("2026-12-15"),
        },
        confidentiality: Confidentiality::Normal,
        emergency: false,
        corrects: None,
    }
}

/// An account on consent: no reasons needed.
pub(crate) fn account_on_consent(id: u8, lines: Vec<DisclosureLine>) -> DisclosureRecord {
    DisclosureRecord {
        motivation: String::new(),
        necessity: String::new(),
        proportionality: String::new(),
        subsidiarity: String::new(),
        inform: Inform::Known,
        ..account(id, ActingCapacity::GgzBehandelaar, lines)
    }
}

/// Shares the account's item.
pub(crate) fn shared(disclosure: &DisclosureRecord) -> Body {
    Body::InformationShared {
        item: disclosure.items[0],
        text: "Verslag van het gesprek van vandaag.".to_owned(),
        disclosure: disclosure.clone(),
    }
}

pub(crate) fn withdrawn(id: u8, consent: u8, by: PersonId) -> Body {
    let (id, consent) = (record_id(id), record_id(consent));
    let withdrawal = ConsentWithdrawal {
        id,
        consent,
        by,
        method: ConsentMethod::Oral,
    };
    Body::ConsentWithdrawn { withdrawal }
}

pub(crate) fn event(n: u64, body: Body) -> Event {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&n.to_be_bytes());
    let seen = n.saturating_sub(1);
    Event {
        v: 1,
        id: EventId::from_bytes(id),
        seen,
        history: vec![7; 32],
        body,
    }
}

pub(crate) fn context(seq: u64, at: Timestamp, member: &RosterMember) -> Context {
    Context {
        seq,
        at,
        sender: Sender {
            user: member.user,
            org: member.org,
        },
    }
}

pub(crate) fn codes(blocks: &[Block]) -> Vec<BlockCode> {
    blocks.iter().map(|block| block.code).collect()
}

/// A household, and how far its channel is.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) household: Household,
    pub(crate) seq: u64,
    pub(crate) now: Timestamp,
}

impl World {
    /// Noor with both parents, and these members.
    pub(crate) fn with(members: Vec<RosterMember>) -> Self {
        Self::in_frame(Framework::OwnLaws, members)
    }

    pub(crate) fn in_frame(framework: Framework, members: Vec<RosterMember>) -> Self {
        let mut household = Household::new(framework);
        household.roster(members);
        let mut world = Self {
            household,
            seq: 0,
            now: NOW,
        };
        for person in [
            adult(LENA, "Lena", "moeder"),
            adult(KARIM, "Karim", "vader"),
            noor(),
        ] {
            world.put_person(0, person);
        }
        world
    }

    /// Anna shares, Vera receives.
    pub(crate) fn two() -> Self {
        Self::with(vec![anna(), vera()])
    }

    pub(crate) fn put_person(&mut self, base: u32, person: Person) {
        let user = self
            .household
            .members()
            .next()
            .expect("a world has members")
            .user;
        self.must(user, Body::PersonPut { base, person });
    }

    pub(crate) fn record_consent(&mut self, consent: ConsentRecord) {
        self.must(ANNA, Body::ConsentRecorded { consent });
    }

    /// The next event of the channel, by `user`.
    pub(crate) fn say(&mut self, user: UserId, body: Body) -> Outcome {
        let event = event(self.seq + 1, body);
        self.fold(user, &event)
    }

    pub(crate) fn fold(&mut self, user: UserId, event: &Event) -> Outcome {
        self.seq += 1;
        let ctx = match self.household.member(user) {
            Some(member) => context(self.seq, self.now, member),
            None => Context {
                seq: self.seq,
                at: self.now,
                sender: Sender { user, org: GGZ },
            },
        };
        let before = self.household.clone();
        let outcome = self.household.apply(&ctx, event);
        if let Outcome::Rejected(blocks) = &outcome {
            assert_eq!(self.household, before, "a rejected event changes nothing");
            for block in blocks {
                assert!(!block.nl.is_empty() && !block.en.is_empty());
                assert!(!block.ways_out.is_empty(), "{:?} has a way out", block.code);
            }
        }
        outcome
    }

    /// An event that nothing stands in the way of.
    pub(crate) fn must(&mut self, user: UserId, body: Body) {
        assert_eq!(self.say(user, body), Outcome::Applied);
    }

    /// Why an event is rejected.
    pub(crate) fn refused(&mut self, user: UserId, body: Body) -> Vec<BlockCode> {
        match self.say(user, body) {
            Outcome::Applied | Outcome::Unjudged => Vec::new(),
            Outcome::Rejected(blocks) => codes(&blocks),
        }
    }

    /// What keeps somebody from sending it.
    pub(crate) fn blocked(&self, user: UserId, body: Body) -> Vec<BlockCode> {
        let member = self.household.member(user).expect("a member of this test");
        let ctx = context(self.seq + 1, self.now, member);
        codes(&self.household.check(&ctx, &event(self.seq + 1, body)))
    }

    /// What everybody else doubts about it, though they take it in.
    pub(crate) fn doubted(&mut self, user: UserId, body: Body) -> Vec<BlockCode> {
        let member = self.household.member(user).expect("a member of this test");
        let ctx = context(self.seq + 1, self.now, member);
        let doubts = self
            .household
            .doubts(&ctx, &event(self.seq + 1, body.clone()));
        self.must(user, body);
        codes(&doubts)
    }

    pub(crate) fn discloser(&self, user: UserId) -> Discloser {
        self.household
            .discloser(user)
            .expect("the discloser of a test is a member")
    }

    /// What stands in the way of `record` by `user`, now.
    pub(crate) fn judge(&self, user: UserId, record: &DisclosureRecord) -> Vec<Block> {
        evaluate(&self.household, &self.discloser(user), record, self.now)
    }

    pub(crate) fn verdict(&self, user: UserId, record: &DisclosureRecord) -> Vec<BlockCode> {
        codes(&self.judge(user, record))
    }
}
