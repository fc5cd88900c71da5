//! The field's code lists that only members see. Their labels, sources and which of them fit
//! together are data: see the tables this crate loads.

use beraad_protocol::vocabulary::OrganisationType;
use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal,)* })*) => {$(
        $(#[$doc])*
        #[expect(missing_docs, reason = "a code is named as in the field; the tables hold its label and source")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum $name {
            $(#[serde(rename = $code)] $variant,)*
        }

        impl $name {
            /// Every code, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as it is written in records and exports.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = beraad_protocol::vocabulary::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$variant),)*
                    _ => Err(beraad_protocol::vocabulary::UnknownCode { list: stringify!($name) }),
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

codes! {
    /// Privacy basis: article 6(1) GDPR, or a regime outside the GDPR.
    Art6 {
        A = "6A", B = "6B", C = "6C", D = "6D", E = "6E", F = "6F", Wpg = "WPG", Wjsg = "WJSG",
    }

    /// Exception for special categories of data: article 9(2) GDPR, UAVG.
    Art9 { A = "9A", C = "9C", F = "9F", G = "9G", H = "9H", Uavg303a = "UAVG30_3A", }

    /// Ground for criminal data: article 10 GDPR.
    Art10 { Uavg32 = "UAVG32", Uavg33 = "UAVG33", Wgs = "WGS", }

    /// The provision a disclosure rests on.
    Provision {
        Wmo516 = "WMO_5_1_6",
        Wmo526 = "WMO_5_2_6",
        Bw1240 = "BW_1_240",
        Jw73111 = "JW_7_3_11_1",
        Jw73112a = "JW_7_3_11_2A",
        Jw73114p = "JW_7_3_11_4P",
        Jw73114r = "JW_7_3_11_4R",
        Bw7457 = "BW_7_457",
        WgsZvh = "WGS_ZVH",
        Wpg18 = "WPG_18",
        Wpg19 = "WPG_19",
        Wpg20 = "WPG_20",
        Wjsg39f = "WJSG_39F",
        UkDpa18 = "UK_DPA18_SCH1_18",
    }

    /// How professional secrecy was dealt with.
    Secrecy {
        Geen = "GEEN",
        Toestemming = "TOESTEMMING",
        Plicht = "PLICHT",
        Recht = "RECHT",
        DirectBetrokken = "DIRECT_BETROKKEN",
        Vertegenwoordiger = "VERTEGENWOORDIGER",
        ConflictVanPlichten = "CONFLICT_VAN_PLICHTEN",
    }

    /// What kind of data.
    Category {
        Identiteit = "IDENTITEIT",
        Adres = "ADRES",
        AdresGeheim = "ADRES_GEHEIM",
        Gezin = "GEZIN",
        Gezag = "GEZAG",
        Incident = "INCIDENT",
        Risicotaxatie = "RISICOTAXATIE",
        Lichamelijk = "LICHAMELIJK",
        Psychisch = "PSYCHISCH",
        Verslaving = "VERSLAVING",
        Seksueel = "SEKSUEEL",
        Strafrecht = "STRAFRECHT",
        Politie = "POLITIE",
        Maatregel = "MAATREGEL",
        Financien = "FINANCIEN",
        Wonen = "WONEN",
        School = "SCHOOL",
        Kindstem = "KINDSTEM",
        ReligieAfkomst = "RELIGIE_AFKOMST",
        Melder = "MELDER",
        Bsn = "BSN",
    }

    /// What for.
    Purpose {
        DirecteVeiligheid = "DIRECTE_VEILIGHEID",
        Risicotaxatie = "RISICOTAXATIE",
        Veiligheidsplan = "VEILIGHEIDSPLAN",
        Risicozorg = "RISICOZORG",
        Herstel = "HERSTEL",
        RvdkOnderzoek = "RVDK_ONDERZOEK",
        UitvoeringMaatregel = "UITVOERING_MAATREGEL",
        ReclToezicht = "RECL_TOEZICHT",
        Overdracht = "OVERDRACHT",
        RechtBetrokkene = "RECHT_BETROKKENE",
        Audit = "AUDIT",
        KlachtTucht = "KLACHT_TUCHT",
    }

    /// Who receives, by kind.
    RecipientType {
        Vt = "VT",
        Gi = "GI",
        Rvdk = "RVDK",
        Slachtofferhulp = "SLACHTOFFERHULP",
        Recl = "RECL",
        Jr = "JR",
        Ggz = "GGZ",
        LokaalTeam = "LOKAAL_TEAM",
        Gemeente = "GEMEENTE",
        Politie = "POLITIE",
        Om = "OM",
        Zvh = "ZVH",
        Huisarts = "HUISARTS",
        School = "SCHOOL",
        Opvang = "OPVANG",
        Betrokkene = "BETROKKENE",
        Vertegenwoordiger = "VERTEGENWOORDIGER",
        Advocaat = "ADVOCAAT",
        Rechter = "RECHTER",
        Toezichthouder = "TOEZICHTHOUDER",
        Netwerk = "NETWERK",
    }

    /// How it was shared.
    Mechanism {
        Bericht = "BERICHT",
        Document = "DOCUMENT",
        Formulier = "FORMULIER",
        Mondeling = "MONDELING",
        Verslag = "VERSLAG",
        LidMetHistorie = "LID_MET_HISTORIE",
        Export = "EXPORT",
        BuitenSysteem = "BUITEN_SYSTEEM",
    }

    /// Why the family is not informed (yet).
    ReasonNotToInform {
        GevaarSlachtoffer = "GEVAAR_SLACHTOFFER",
        GevaarKind = "GEVAAR_KIND",
        GevaarProfessional = "GEVAAR_PROFESSIONAL",
        Opsporing = "OPSPORING",
        Onderzoek = "ONDERZOEK",
        Onmogelijk = "ONMOGELIJK",
    }

    /// In which capacity somebody answers for a person.
    GiverCapacity {
        /* the person */ Zelf = "SELF",
        Gezag = "PARENTAL_AUTHORITY",
        Voogd = "GUARDIAN",
        Curator = "CURATOR",
        Mentor = "MENTOR",
    }

    /// What a consent is for.
    ConsentFunction { GdprBasis = "gdpr_basis", LiftSecrecy = "lift_secrecy", Both = "both", }

    /// How consent was given or withdrawn.
    ConsentMethod { Written = "written", Oral = "oral", Digital = "digital", }

    /// What a required giver answered.
    ConsentAnswer { Given = "given", Refused = "refused", UnsafeToAsk = "unsafe_to_ask", }

    /// Whether somebody can decide for themselves.
    DecisionCapacity { Capable = "capable", Incapable = "incapable", Unassessed = "unassessed", }

    /// Confidentiality towards the family.
    Confidentiality { Normal = "normal", Confidential = "confidential", }

    /// How far an action is. Two ways of not being done are distinct on purpose.
    ActionStatus {
        Open = "open",
        Busy = "busy",
        Done = "done",
        Impossible = "impossible",
        NotDone = "not_done",
        HandedOver = "handed_over",
        Lapsed = "lapsed",
    }

    /// Where an agenda item stands in the order of a case conference.
    AgendaSection {
        Confidentiality = "confidentiality",
        OldActions = "old_actions",
        Reason = "reason",
        Information = "information",
        Voice = "voice",
        WorriesStrengths = "worries_strengths",
        Scale = "scale",
        SafetyPlan = "safety_plan",
        Decisions = "decisions",
        InformFamily = "inform_family",
        ReviewDate = "review_date",
    }
}

impl RecipientType {
    /// The recipient type of an organisation; none for the host, which receives nothing.
    pub const fn of(kind: OrganisationType) -> Option<Self> {
        Some(match kind {
            OrganisationType::Vt => Self::Vt,
            OrganisationType::Gi => Self::Gi,
            OrganisationType::Rvdk => Self::Rvdk,
            OrganisationType::Slachtofferhulp => Self::Slachtofferhulp,
            OrganisationType::Recl => Self::Recl,
            OrganisationType::Jr => Self::Jr,
            OrganisationType::Ggz => Self::Ggz,
            OrganisationType::LokaalTeam => Self::LokaalTeam,
            OrganisationType::Gemeente => Self::Gemeente,
            OrganisationType::Politie => Self::Politie,
            OrganisationType::Om => Self::Om,
            OrganisationType::Zvh => Self::Zvh,
            OrganisationType::Host => return None,
        })
    }
}
