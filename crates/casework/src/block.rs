//! Why something may not happen, in plain words, and the ways out.

use beraad_protocol::PersonId;
use serde::{Deserialize, Serialize};

/// A rule that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Block {
    /// The number of the rule; 0 for input that cannot be.
    pub rule: u8,
    /// Names the reason; does not change between releases.
    pub code: BlockCode,
    /// The disclosure line it is about, from 0.
    pub line: Option<usize>,
    /// The person it is about.
    pub subject: Option<PersonId>,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
    /// What can be done instead.
    pub ways_out: Vec<WayOut>,
}

impl Block {
    /// A block without line, subject or ways out.
    pub fn new(rule: u8, code: BlockCode, nl: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            rule,
            code,
            line: None,
            subject: None,
            nl: nl.into(),
            en: en.into(),
            ways_out: Vec::new(),
        }
    }

    /// The same block, about disclosure line `line`.
    #[must_use]
    pub fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The same block, about `subject`.
    #[must_use]
    pub fn about(mut self, subject: PersonId) -> Self {
        self.subject = Some(subject);
        self
    }

    /// The same block, with one more way out.
    #[must_use]
    pub fn way_out(mut self, code: WayOutCode) -> Self {
        self.ways_out.push(WayOut::of(code));
        self
    }
}

/// What can be done instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WayOut {
    /// Names the way, so that a screen can offer it as a button.
    pub code: WayOutCode,
    /// In Dutch.
    pub nl: String,
    /// In English.
    pub en: String,
}

impl WayOut {
    /// The way with its usual words.
    pub fn of(code: WayOutCode) -> Self {
        let (nl, en) = code.words();
        Self {
            code,
            nl: nl.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// Names a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum BlockCode {
    /// A text or list is longer than allowed.
    TooLong,
    /// A field that has to be filled in is empty.
    Missing,
    /// The sender is not in the channel.
    NotAMember,
    /// The sender's role in the channel does not allow it.
    RoleMayNot,
    /// The event, record, item or person is there already.
    DuplicateId,
    /// The event was written in a shape this engine does not know.
    UnknownVersion,
    /// The item is not there.
    UnknownItem,
    /// The person is not of this household.
    UnknownPerson,
    /// The record is not there.
    UnknownRecord,
    /// The alternative is not there, or was settled.
    UnknownAlternative,
    /// It was written on a version that never was.
    UnknownBase,
    /// It was written on an older version.
    StaleBase,
    /// The item was taken off before.
    AlreadyRemoved,
    /// A scale runs from 0 to 10.
    ScaleOutOfRange,
    /// The date lies in the future.
    InFuture,
    /// Somebody cannot represent themselves, or twice as the same.
    ImpossibleRepresentation,
    /// The same person answers twice, or for another as themselves.
    ImpossibleAnswer,
    /// Consent ends before it starts.
    EndsBeforeStart,
    /// This person cannot withdraw this consent.
    MayNotWithdraw,
    /// The disclosure has no lines.
    NoLines,
    /// Two lines say the same subject and recipient.
    DuplicateLine,
    /// The record does not name the information it accounts for.
    ItemNotAccountedFor,
    /// An organisation that will read it has no line for this subject.
    RecipientMissing,
    /// Lines of one subject name different categories for members who read the same.
    CategoriesDiffer,
    /// The line names the discloser's own organisation.
    RecipientIsSource,
    /// The recipient does not take part in the channel.
    RecipientNotInChannel,
    /// The recipient is of another type than the line says.
    RecipientTypeDiffers,
    /// The line names no category.
    NoCategories,
    /// The capacity was not verified.
    CapacityUnverified,
    /// Veilig Thuis may not record family data when giving advice.
    AdviceMayNotRecord,
    /// The privacy basis is not for this organisation.
    BasisNotAllowed,
    /// Police and prosecution share under their own regime only.
    RegimeRequired,
    /// Special categories need an article 9 ground.
    Art9Required,
    /// The article 9 ground is consent, and the line names none.
    Art9NeedsConsent,
    /// Criminal data needs an article 10 ground.
    Art10Required,
    /// The ground is not for this legal frame.
    GroundNotInFramework,
    /// The provision is not for this discloser.
    ProvisionNotForDiscloser,
    /// The provision is not for this recipient.
    ProvisionNotForRecipient,
    /// Without consent a provision is needed.
    ProvisionRequired,
    /// The discloser has a duty of secrecy that was not dealt with.
    SecrecyNotDealtWith,
    /// The provision does not lift secrecy in this way.
    SecrecyNotByProvision,
    /// These data live in a compartment of their own.
    CompartmentOnly,
    /// These data are never shared here.
    CategoryBlocked,
    /// No consent was named.
    ConsentMissing,
    /// The consent is of another person.
    ConsentOfAnother,
    /// The consent does not name this category.
    ConsentNotForCategory,
    /// The consent does not name this recipient.
    ConsentNotForRecipient,
    /// The consent does not name this purpose.
    ConsentNotForPurpose,
    /// The consent is for something else: privacy basis or secrecy.
    ConsentNotForFunction,
    /// The consent does not hold yet.
    ConsentNotYet,
    /// The consent has expired.
    ConsentExpired,
    /// The consent was withdrawn.
    ConsentWithdrawn,
    /// Somebody who has to answer did not.
    ConsentAnswerMissing,
    /// Somebody refused.
    ConsentRefused,
    /// Asking somebody is unsafe.
    ConsentUnsafeToAsk,
    /// Consent was not free.
    ConsentNotFree,
    /// The date of birth is not known.
    DateOfBirthUnknown,
    /// Who decides for the person is not known.
    AuthorityUnknown,
    /// Parental authority was checked too long ago.
    AuthorityStale,
    /// Parental authority was not checked at its source.
    AuthorityUnsourced,
    /// The motivation is missing, too short or an empty phrase.
    MotivationInsufficient,
    /// Necessity is missing, too short or an empty phrase.
    NecessityInsufficient,
    /// Proportionality is missing, too short or an empty phrase.
    ProportionalityInsufficient,
    /// Subsidiarity is missing, too short or an empty phrase.
    SubsidiarityInsufficient,
    /// Nothing was decided on telling the family.
    InformUndecided,
    /// The family would be told too late.
    InformTooLate,
    /// A colleague has to be consulted.
    ConsultRequired,
    /// The colleague consulted is the discloser.
    ConsultedSelf,
    /// A record cannot correct itself.
    CorrectsItself,
    /// A record of another organisation cannot be corrected.
    CorrectsAnother,
    /// The ground changed without a motivation.
    BasisSwitched,
}

macro_rules! ways_out {
    ($($(#[$doc:meta])* $variant:ident: $nl:literal, $en:literal;)*) => {
        /// Names a way out.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum WayOutCode {
            $($(#[$doc])* $variant,)*
        }

        impl WayOutCode {
            /// Every way, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The usual words, Dutch and English.
            pub const fn words(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$variant => ($nl, $en),)*
                }
            }
        }
    };
}

ways_out! {
    /// Make it shorter.
    Shorten: "Maak de tekst korter.", "Make the text shorter.";
    /// Fill in what is missing.
    FillIn: "Vul in wat ontbreekt.", "Fill in what is missing.";
    /// Ask to be added.
    AskToJoin: "Vraag de casusregisseur om u toe te voegen.", "Ask the case lead to add you.";
    /// Leave it to the case lead or a participant.
    AskColleague: "Vraag de casusregisseur of een deelnemer om dit te doen.", "Ask the case lead or a participant to do this.";
    /// Do it again; a new id is drawn.
    Again: "Doe het opnieuw.", "Do it again.";
    /// Get the newest release.
    Update: "Werk dit programma bij.", "Update this program.";
    /// Look at the newest version, then decide.
    LookAtNewest: "Bekijk de nieuwste versie en besluit dan.", "Look at the newest version and then decide.";
    /// Add the person first.
    AddPerson: "Voeg de persoon eerst toe aan het huishouden.", "Add the person to the household first.";
    /// Put the item back.
    Restore: "Zet het punt terug.", "Put the item back.";
    /// Correct the value.
    Correct: "Verbeter de waarde.", "Correct the value.";
    /// Make a new record.
    NewRecord: "Maak een nieuwe registratie.", "Make a new record.";
    /// Add a line.
    AddLine: "Voeg een regel toe.", "Add a line.";
    /// Send it as an ordinary message, without data of the family.
    PlainMessage: "Stuur een gewoon bericht zonder gegevens van het gezin.", "Send an ordinary message without data of the family.";
    /// Have the capacity verified.
    VerifyCapacity: "Laat uw hoedanigheid controleren door de beheerder van uw organisatie.", "Have your capacity verified by your organisation's administrator.";
    /// Choose another capacity.
    OtherCapacity: "Kies een andere hoedanigheid.", "Choose another capacity.";
    /// Choose another privacy basis.
    OtherBasis: "Kies een andere grondslag.", "Choose another privacy basis.";
    /// Choose a provision that fits.
    OtherProvision: "Kies een bepaling die past bij u en de ontvanger.", "Choose a provision that fits you and the recipient.";
    /// Say how secrecy was dealt with.
    DealWithSecrecy: "Kies hoe u met uw beroepsgeheim bent omgegaan.", "Choose how you dealt with your duty of secrecy.";
    /// Choose an article 9 ground.
    ChooseArt9: "Kies een grond voor bijzondere persoonsgegevens.", "Choose a ground for special categories of data.";
    /// Choose an article 10 ground.
    ChooseArt10: "Kies een grond voor strafrechtelijke gegevens.", "Choose a ground for criminal data.";
    /// Ask consent.
    AskConsent: "Vraag toestemming.", "Ask consent.";
    /// Ask consent again.
    AskConsentAgain: "Vraag opnieuw toestemming.", "Ask consent again.";
    /// Leave these data out.
    LeaveOut: "Laat deze gegevens weg.", "Leave these data out.";
    /// Leave this recipient out of the channel.
    LeaveRecipientOut: "Deel het niet in dit kanaal, maar apart met wie het mag weten.", "Do not share it in this channel, but separately with those who may know.";
    /// Write a motivation.
    Motivate: "Schrijf in eigen woorden waarom dit nodig is.", "Write in your own words why this is needed.";
    /// Fill in the date of birth.
    FillInDateOfBirth: "Vul de geboortedatum in.", "Fill in the date of birth.";
    /// Record who decides.
    RecordAuthority: "Leg vast wie gezag heeft of de persoon vertegenwoordigt.", "Record who has parental authority or represents the person.";
    /// Check the authority register.
    CheckAuthority: "Controleer het gezagsregister en leg bron en datum vast.", "Check the authority register and record source and date.";
    /// Decide on telling the family.
    DecideInform: "Besluit of en wanneer het gezin het hoort.", "Decide whether and when the family is told.";
    /// Consult a colleague.
    Consult: "Overleg met een collega en leg vast met wie.", "Consult a colleague and record whom.";
    /// In acute danger, mark it as an emergency.
    Emergency: "Is er acuut gevaar? Deel het als spoed; de motivering volgt binnen 24 uur.", "Is there acute danger? Share it as an emergency; the motivation follows within 24 hours.";
}
