//! Code lists that the server has to know as well: who somebody is and in which capacity.
//!
//! The codes are those of the field (see docs/ and the casework tables); labels in Dutch and
//! English live with the screens.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// Every code, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as it is written in records, exports and the API.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text {
                    $($code => Ok(Self::$variant),)*
                    _ => Err(UnknownCode { list: stringify!($name) }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    )*};
}
/// A code that the list does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that code is not in the list {list}")]
pub struct UnknownCode {
    /// The list that was searched.
    pub list: &'static str,
}

codes! {
    /// What kind of organisation this is; also the recipient type of a disclosure line.
    OrganisationType {
        /// Veilig Thuis, the domestic-violence and child-abuse centre.
        Vt = "VT",
        /// Certified youth protection institution (gecertificeerde instelling).
        Gi = "GI",
        /// Child protection board (Raad voor de Kinderbescherming).
        Rvdk = "RVDK",
        /// Victim support.
        Slachtofferhulp = "SLACHTOFFERHULP",
        /// Adult probation.
        Recl = "RECL",
        /// Youth probation.
        Jr = "JR",
        /// Mental health care.
        Ggz = "GGZ",
        /// Local team.
        LokaalTeam = "LOKAAL_TEAM",
        /// Municipality.
        Gemeente = "GEMEENTE",
        /// Police.
        Politie = "POLITIE",
        /// Public prosecution service.
        Om = "OM",
        /// Zorg- en Veiligheidshuis.
        Zvh = "ZVH",
        /// The host's own administration: opens organisations, takes part in nothing.
        Host = "HOST",
    }

    /// The capacity in which a professional acts; powers follow it, not the person.
    ActingCapacity {
        /// Veilig Thuis, handling a report.
        VtMelding = "VT_MELDING",
        /// Veilig Thuis, giving advice: may not record family data.
        VtAdvies = "VT_ADVIES",
        /// GI under a supervision order.
        GiOts = "GI_OTS",
        /// GI as guardian.
        GiVoogdij = "GI_VOOGDIJ",
        /// GI on a voluntary footing.
        GiVrijwillig = "GI_VRIJWILLIG",
        /// Child protection board, protection inquiry.
        RvdkBescherming = "RVDK_BESCHERMING",
        /// Child protection board, criminal matter.
        RvdkStraf = "RVDK_STRAF",
        /// Youth probation.
        Jr = "JR",
        /// Probation, supervision.
        ReclToezicht = "RECL_TOEZICHT",
        /// Probation, advice.
        ReclAdvies = "RECL_ADVIES",
        /// Treating mental health professional.
        GgzBehandelaar = "GGZ_BEHANDELAAR",
        /// Local team, help.
        LtHulp = "LT_HULP",
        /// Local team, access to care.
        LtToegang = "LT_TOEGANG",
        /// Victim support.
        Slachtofferhulp = "SLACHTOFFERHULP",
        /// Police.
        Politie = "POLITIE",
        /// Public prosecution service.
        Om = "OM",
        /// Director of a Zorg- en Veiligheidshuis.
        ZvhRegie = "ZVH_REGIE",
    }

    /// What a user does for the organisation.
    OrgRole {
        /// Takes part in household channels.
        Professional = "professional",
        /// Schedules conferences without seeing content.
        Coordinator = "coordinator",
        /// Accounts for disclosures (Dutch: FG).
        ComplianceOfficer = "compliance_officer",
        /// Makes and ends accounts of the own organisation.
        AccountAdmin = "account_admin",
        /// Opens organisations on this server.
        HostAdmin = "host_admin",
    }

    /// The legal frame in which a channel's members work together.
    Framework {
        /// Every organisation on its own laws.
        OwnLaws = "own_laws",
        /// Wet gegevensverwerking door samenwerkingsverbanden, Zorg- en Veiligheidshuizen.
        WgsZvh = "wgs_zvh",
        /// A United Kingdom MARAC.
        UkMarac = "uk_marac",
    }

    /// What a member does in one channel.
    ChannelRole {
        /// Casusregisseur: adds members, leads the case.
        CaseLead = "case_lead",
        /// Chairs the conferences and keeps the minutes.
        Chair = "chair",
        /// Takes part.
        Participant = "participant",
    }

    /// The kind of a conference.
    ConferenceKind {
        /// Called at once because somebody is in danger.
        Urgent = "urgent",
        /// In the ordinary course.
        Regular = "regular",
        /// Reviews the plan.
        Review = "review",
        /// Closes the case.
        Closing = "closing",
    }

    /// What became of a conference's planning.
    ConferenceStatus {
        /// Takes place as planned.
        Planned = "planned",
        /// Called off.
        Cancelled = "cancelled",
    }

    /// An invitee's reply (PARTSTAT, RFC 5545 section 3.2.12).
    ParticipationStatus {
        /// Has not answered.
        NeedsAction = "NEEDS-ACTION",
        /// Comes.
        Accepted = "ACCEPTED",
        /// May come.
        Tentative = "TENTATIVE",
        /// Does not come.
        Declined = "DECLINED",
    }

    /// What a record accounts for.
    RecordKind {
        /// Consent given, refused or withdrawn.
        Consent = "consent",
        /// A disclosure between organisations.
        Disclosure = "disclosure",
    }
}
