//! Which part of MLS this product uses, in one place: suites, capabilities, framing, windows.

use openmls::prelude::{
    Capabilities, Ciphersuite, CredentialType, ExtensionType, Extensions, GroupContext, Lifetime,
    MlsGroupCreateConfig, MlsGroupJoinConfig, PURE_PLAINTEXT_WIRE_FORMAT_POLICY, ProtocolVersion,
    RequiredCapabilitiesExtension, SenderRatchetConfiguration, SignatureScheme,
};

use crate::GroupError;

/// The extension of the GroupContext that carries the [`Policy`](crate::Policy), from the range
/// for private use (RFC 9420 section 17.3).
pub(crate) const POLICY_EXTENSION: u16 = 0xF0BE;

/// Application messages are padded to a multiple of this many bytes.
const PADDING: usize = 256;
/// Epochs whose messages can still be read after a commit.
const PAST_EPOCHS: usize = 5;
/// Messages of one sender that may overtake another.
const OUT_OF_ORDER: u32 = 20;
/// Messages of one sender that may be missing.
const MAX_FORWARD: u32 = 1000;

/// How long a KeyPackage may be used. Members who were away check it when they catch up, so it must
/// outlast the longest absence; how fresh a package is when it is claimed is up to the server.
const KEY_PACKAGE_SECONDS: u64 = 2 * 366 * 24 * 60 * 60;
/// How far a KeyPackage is dated back: a member whose clock runs behind checks it too, and would
/// refuse what begins in its future.
const BACKDATED_SECONDS: u64 = 7 * 24 * 60 * 60;
/// What is tolerated above a KeyPackage's life: openmls dates it back by another hour.
const LIFETIME_SLACK_SECONDS: u64 = 2 * 60 * 60;

/// The cipher suites of this product, by their provisional or assigned code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u16)]
pub enum Suite {
    /// ML-KEM-768 with X25519, AES-256-GCM, SHA-384, Ed25519: the default, because dossiers have to
    /// stay closed for twenty years.
    #[default]
    Hybrid = 0x004E,
    /// X25519, AES-128-GCM, SHA-256, Ed25519: RFC 9420's mandatory suite.
    Classic = 0x0001,
}

impl Suite {
    /// Every suite.
    pub const ALL: [Self; 2] = [Self::Hybrid, Self::Classic];

    /// Its code point.
    pub const fn code(self) -> u16 {
        self as u16
    }

    pub(crate) const fn ciphersuite(self) -> Ciphersuite {
        match self {
            Self::Hybrid => Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519,
            Self::Classic => Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
        }
    }
}

impl TryFrom<u16> for Suite {
    type Error = GroupError;

    fn try_from(code: u16) -> Result<Self, GroupError> {
        Self::ALL
            .into_iter()
            .find(|suite| suite.code() == code)
            .ok_or(GroupError::UnsupportedSuite(code))
    }
}

/// Every suite signs with this.
pub(crate) const SIGNATURES: SignatureScheme = SignatureScheme::ED25519;

/// What every leaf says it can do.
pub(crate) fn capabilities() -> Capabilities {
    Capabilities::builder()
        .versions(vec![ProtocolVersion::Mls10])
        .ciphersuites(Suite::ALL.map(Suite::ciphersuite).to_vec())
        .extensions(vec![
            ExtensionType::Unknown(POLICY_EXTENSION),
            ExtensionType::LastResort,
        ])
        .proposals(vec![])
        .credentials(vec![CredentialType::Basic])
        .build()
}

/// Whether a leaf can do what the group needs of it.
pub(crate) fn is_capable(offered: &Capabilities, suite: Suite) -> bool {
    offered.versions().contains(&ProtocolVersion::Mls10)
        && offered.ciphersuites().contains(&suite.ciphersuite().into())
        && offered
            .extensions()
            .contains(&ExtensionType::Unknown(POLICY_EXTENSION))
        && offered.credentials().contains(&CredentialType::Basic)
}

/// What the group demands of every leaf.
pub(crate) fn required_capabilities() -> RequiredCapabilitiesExtension {
    RequiredCapabilitiesExtension::new(
        &[ExtensionType::Unknown(POLICY_EXTENSION)],
        &[],
        &[CredentialType::Basic],
    )
}

/// The lifetime of a new KeyPackage.
pub(crate) fn lifetime() -> Lifetime {
    let from_now = Lifetime::new(KEY_PACKAGE_SECONDS - BACKDATED_SECONDS);
    Lifetime::init(
        from_now.not_before().saturating_sub(BACKDATED_SECONDS),
        from_now.not_after(),
    )
}

/// Whether a KeyPackage asks for no longer a life than this product gives.
pub(crate) fn lifetime_is_acceptable(lifetime: &Lifetime) -> bool {
    lifetime.not_after().saturating_sub(lifetime.not_before())
        <= KEY_PACKAGE_SECONDS + LIFETIME_SLACK_SECONDS
}

/// How a member who is welcomed runs the group.
pub(crate) fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .padding_size(PADDING)
        .max_past_epochs(PAST_EPOCHS)
        .use_ratchet_tree_extension(true)
        .sender_ratchet_configuration(ratchets())
        .build()
}

/// How a member who opens the group runs it: the same.
pub(crate) fn create_config(
    suite: Suite,
    extensions: Extensions<GroupContext>,
) -> MlsGroupCreateConfig {
    MlsGroupCreateConfig::builder()
        .ciphersuite(suite.ciphersuite())
        .capabilities(capabilities())
        .lifetime(lifetime())
        .with_group_context_extensions(extensions)
        .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .padding_size(PADDING)
        .max_past_epochs(PAST_EPOCHS)
        .use_ratchet_tree_extension(true)
        .sender_ratchet_configuration(ratchets())
        .build()
}

fn ratchets() -> SenderRatchetConfiguration {
    SenderRatchetConfiguration::new(OUT_OF_ORDER, MAX_FORWARD)
}
