//! Input that cannot be, in words.

use crate::block::{Block, BlockCode, WayOutCode};

macro_rules! refusals {
    ($($name:ident: $rule:literal $code:ident, $nl:literal, $en:literal, [$($way:ident),+];)*) => {$(
        pub(super) fn $name() -> Block {
            Block::new($rule, BlockCode::$code, $nl, $en)
                $(.way_out(WayOutCode::$way))+
        }
    )*};
}

refusals! {
    not_a_member: 0 NotAMember,
        "De afzender doet niet mee in dit kanaal.",
        "The sender does not take part in this channel.", [AskToJoin];
    role_may_not: 0 RoleMayNot,
        "De voorzitter legt geen toestemming of verstrekking vast.",
        "The chair does not record consent or disclosures.", [AskColleague];
    unknown_version: 0 UnknownVersion,
        "Dit is geschreven in een vorm die dit programma niet kent.",
        "This was written in a shape this program does not know.", [Update];
    duplicate_id: 0 DuplicateId,
        "Dit staat al in het kanaal.",
        "This is in the channel already.", [Again, LookAtNewest];
    unknown_item: 0 UnknownItem,
        "Dit punt staat niet in dit kanaal.",
        "This item is not in this channel.", [LookAtNewest];
    unknown_person: 0 UnknownPerson,
        "Deze persoon hoort niet bij dit huishouden.",
        "This person is not of this household.", [AddPerson];
    unknown_record: 0 UnknownRecord,
        "Deze registratie staat niet in dit kanaal.",
        "This record is not in this channel.", [LookAtNewest];
    unknown_alternative: 0 UnknownAlternative,
        "Deze andere tekst is er niet, of er is al over besloten.",
        "This other text is not there, or it was settled already.", [LookAtNewest];
    unknown_base: 0 UnknownBase,
        "De versie waarop dit geschreven is, bestaat niet.",
        "The version this was written on does not exist.", [LookAtNewest];
    stale_removal: 0 StaleBase,
        "Iemand heeft dit punt intussen veranderd. Het is niet verwijderd.",
        "Somebody changed this item meanwhile. It was not taken off.", [LookAtNewest];
    already_removed: 0 AlreadyRemoved,
        "Dit punt is al van de agenda.",
        "This item is off the agenda already.", [Restore];
    scale_out_of_range: 0 ScaleOutOfRange,
        "Een cijfer loopt van 0 tot en met 10.",
        "A scale runs from 0 to 10.", [Correct];
    date_in_future: 0 InFuture,
        "Een geboortedatum of controle kan niet in de toekomst liggen.",
        "A date of birth or a check cannot lie in the future.", [Correct];
    impossible_representation: 0 ImpossibleRepresentation,
        "Niemand vertegenwoordigt zichzelf, of dezelfde persoon twee keer als hetzelfde.",
        "Nobody represents themselves, or the same person twice as the same.", [Correct];
    impossible_answer: 0 ImpossibleAnswer,
        "Iedereen antwoordt één keer: voor zichzelf, of voor een ander als gezaghebbende of vertegenwoordiger.",
        "Everybody answers once: for themselves, or for another as holder of authority or representative.", [Correct];
    empty_consent: 0 Missing,
        "Vul in wie antwoordde, welke gegevens, aan wie en waarvoor.",
        "Fill in who answered, which data, to whom and what for.", [FillIn];
    ends_before_start: 20 EndsBeforeStart,
        "De toestemming eindigt voordat zij begint.",
        "The consent ends before it starts.", [Correct];
    may_not_withdraw: 14 MayNotWithdraw,
        "Intrekken kan de persoon zelf, wie antwoordde of wie voor de persoon beslist.",
        "The person, whoever answered or whoever decides for the person can withdraw.", [Correct];
    item_not_accounted_for: 1 ItemNotAccountedFor,
        "De verantwoording noemt deze informatie niet.",
        "The account does not name this information.", [Correct];
}
