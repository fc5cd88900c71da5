//! The check every commit passes before anybody merges it: the same on the server and at members.

use std::collections::{BTreeMap, HashSet};

use beraad_protocol::limits;
use openmls::prelude::{
    LeafNode, LeafNodeIndex, Proposal, PublicGroup, QueuedProposal, Sender, StagedCommit,
};

use crate::{
    MemberInfo, Policy, PolicyViolation, Suite, identity, policy::check_extensions, profile,
};

/// What a commit that passed does.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Who made it.
    pub(crate) by: MemberInfo,
    /// The committer's leaf once it is merged.
    pub(crate) by_index: LeafNodeIndex,
    /// Who comes in, in the order of the proposals.
    pub(crate) added: Vec<MemberInfo>,
    /// Who goes out.
    pub(crate) removed: Vec<MemberInfo>,
}

/// Checks a commit that MLS itself found valid against the policy of the group it changes.
pub(crate) fn check_commit(
    before: &PublicGroup,
    staged: &StagedCommit,
    sender: &Sender,
) -> Result<Checked, PolicyViolation> {
    let policy = Policy::of(before.group_context())?;
    let suite = Suite::try_from(policy.suite).map_err(|_| PolicyViolation::PolicyMalformed)?;
    let old = leaves(before, suite)?;
    let new_leaf = staged
        .update_path_leaf_node()
        .map(|leaf| check_leaf(leaf, suite))
        .transpose()?;

    let mut change = Change {
        leads: false,
        committer: None,
        suite,
        added: Vec::new(),
        removed: BTreeMap::new(),
        policy_changed: false,
        old: &old,
    };
    let (by, by_index) = match sender {
        Sender::Member(index) => {
            let by = *old.get(index).ok_or(PolicyViolation::LeafMalformed)?;
            if new_leaf.is_some_and(|leaf| leaf != by) {
                return Err(PolicyViolation::LeafChanged);
            }
            let roster: Vec<_> = old.values().copied().collect();
            change.leads = policy.acting_lead(&roster) == Some(by.identity.user);
            change.committer = Some(*index);
            (by, *index)
        }
        Sender::NewMemberCommit => {
            let by = new_leaf.ok_or(PolicyViolation::ExternalCommit)?;
            let index = before
                .ext_commit_sender_index(staged)
                .map_err(|_| PolicyViolation::ExternalCommit)?;
            (by, index)
        }
        Sender::External(_) | Sender::NewMemberProposal => {
            return Err(PolicyViolation::ExternalCommit);
        }
    };
    for proposal in staged.queued_proposals() {
        change.take(proposal)?;
    }
    if change.committer.is_none() && !change.replaces_own_leaf(&by) {
        return Err(PolicyViolation::ExternalCommit);
    }

    let Change {
        added,
        removed,
        policy_changed,
        ..
    } = change;
    let mut roster: Vec<MemberInfo> = old
        .iter()
        .filter(|(index, _)| !removed.contains_key(index))
        .map(|(_, member)| *member)
        .chain(added.iter().copied())
        .collect();
    if matches!(sender, Sender::NewMemberCommit) {
        roster.push(by);
    }
    check_roster(&roster)?;
    check_policy_after(before, staged, &policy, policy_changed, &roster)?;
    Ok(Checked {
        by,
        by_index,
        added,
        removed: removed.into_values().collect(),
    })
}

/// Whether a standalone proposal is one that members keep for the next commit: somebody leaves or
/// renews their own leaf, or the server asks for a removal.
pub(crate) fn check_proposal(
    before: &PublicGroup,
    proposal: &QueuedProposal,
) -> Result<(), PolicyViolation> {
    match (proposal.proposal(), proposal.sender()) {
        (Proposal::Remove(remove), Sender::Member(sender)) if remove.removed() == *sender => Ok(()),
        (Proposal::Remove(_), Sender::External(_)) | (Proposal::SelfRemove, Sender::Member(_)) => {
            Ok(())
        }
        (Proposal::Update(update), Sender::Member(sender)) => {
            let policy = Policy::of(before.group_context())?;
            let suite =
                Suite::try_from(policy.suite).map_err(|_| PolicyViolation::PolicyMalformed)?;
            let old = before.leaf(*sender).ok_or(PolicyViolation::LeafMalformed)?;
            let same = check_leaf(old, suite)? == check_leaf(update.leaf_node(), suite)?;
            if same {
                Ok(())
            } else {
                Err(PolicyViolation::LeafChanged)
            }
        }
        (Proposal::Remove(_), _) => Err(PolicyViolation::RemoveByOther),
        (Proposal::Add(_), _) => Err(PolicyViolation::AddByOther),
        (Proposal::GroupContextExtensions(_), _) => Err(PolicyViolation::PolicyByOther),
        _ => Err(PolicyViolation::ProposalNotUsed),
    }
}

/// The members of a group whose leaves are all as they should be, in leaf order.
pub(crate) fn roster(
    group: &PublicGroup,
    suite: Suite,
) -> Result<Vec<MemberInfo>, PolicyViolation> {
    let roster: Vec<_> = leaves(group, suite)?.into_values().collect();
    check_roster(&roster)?;
    Ok(roster)
}

/// Whose leaf it is, if it is as this product makes them.
pub(crate) fn check_leaf(leaf: &LeafNode, suite: Suite) -> Result<MemberInfo, PolicyViolation> {
    let identity =
        identity::identity_of(leaf.credential()).ok_or(PolicyViolation::LeafMalformed)?;
    let signature_key = leaf
        .signature_key()
        .as_slice()
        .try_into()
        .map_err(|_| PolicyViolation::LeafMalformed)?;
    if !profile::is_capable(leaf.capabilities(), suite) || leaf.extensions().iter().next().is_some()
    {
        return Err(PolicyViolation::LeafMalformed);
    }
    Ok(MemberInfo {
        identity,
        signature_key,
    })
}

fn leaves(
    group: &PublicGroup,
    suite: Suite,
) -> Result<BTreeMap<LeafNodeIndex, MemberInfo>, PolicyViolation> {
    group
        .treesync()
        .full_leaves()
        .map(|(index, leaf)| Ok((index, check_leaf(leaf, suite)?)))
        .collect()
}

fn check_roster(roster: &[MemberInfo]) -> Result<(), PolicyViolation> {
    if roster.len() > limits::MAX_MEMBERS {
        return Err(PolicyViolation::TooManyMembers);
    }
    let mut devices = HashSet::new();
    if roster
        .iter()
        .all(|member| devices.insert(member.identity.device))
    {
        Ok(())
    } else {
        Err(PolicyViolation::DuplicateDevice)
    }
}

fn check_policy_after(
    before: &PublicGroup,
    staged: &StagedCommit,
    old: &Policy,
    changed: bool,
    roster: &[MemberInfo],
) -> Result<(), PolicyViolation> {
    if !changed {
        return Ok(());
    }
    let (context, old_context) = (staged.group_context(), before.group_context());
    check_extensions(context.extensions())?;
    if context.extensions().external_senders() != old_context.extensions().external_senders() {
        return Err(PolicyViolation::ExtensionsFixed);
    }
    let new = Policy::of(context)?;
    if (new.v, new.channel, new.suite) != (old.v, old.channel, old.suite) {
        return Err(PolicyViolation::PolicyFixed);
    }
    let present = |user| roster.iter().any(|member| member.identity.user == user);
    if !present(new.lead) || !new.chair.is_none_or(present) {
        return Err(PolicyViolation::RoleNotMember);
    }
    Ok(())
}

/// A commit's proposals, as they are read one by one.
struct Change<'a> {
    /// The committer is the acting lead.
    leads: bool,
    /// The committer's leaf; none when the commit comes from outside.
    committer: Option<LeafNodeIndex>,
    suite: Suite,
    added: Vec<MemberInfo>,
    removed: BTreeMap<LeafNodeIndex, MemberInfo>,
    policy_changed: bool,
    old: &'a BTreeMap<LeafNodeIndex, MemberInfo>,
}

impl Change<'_> {
    fn take(&mut self, proposal: &QueuedProposal) -> Result<(), PolicyViolation> {
        match proposal.proposal() {
            Proposal::Add(add) => {
                if !self.leads {
                    return Err(PolicyViolation::AddByOther);
                }
                self.added
                    .push(check_leaf(add.key_package().leaf_node(), self.suite)?);
            }
            Proposal::Remove(remove) => self.remove(remove.removed(), proposal.sender())?,
            Proposal::SelfRemove => match proposal.sender() {
                Sender::Member(index) => self.remove(*index, proposal.sender())?,
                _ => return Err(PolicyViolation::RemoveByOther),
            },
            Proposal::Update(update) => {
                let Sender::Member(index) = proposal.sender() else {
                    return Err(PolicyViolation::LeafChanged);
                };
                let leaf = check_leaf(update.leaf_node(), self.suite)?;
                if self.old.get(index) != Some(&leaf) {
                    return Err(PolicyViolation::LeafChanged);
                }
            }
            Proposal::GroupContextExtensions(_) => {
                if !self.leads {
                    return Err(PolicyViolation::PolicyByOther);
                }
                self.policy_changed = true;
            }
            // Only valid in a commit from outside, which is looked at as a whole.
            Proposal::ExternalInit(_) if self.committer.is_none() => {}
            _ => return Err(PolicyViolation::ProposalNotUsed),
        }
        Ok(())
    }

    fn remove(&mut self, index: LeafNodeIndex, sender: &Sender) -> Result<(), PolicyViolation> {
        let leaves = *sender == Sender::Member(index);
        let asked_by_server = matches!(sender, Sender::External(_));
        let from_outside = self.committer.is_none();
        if !(self.leads || leaves || asked_by_server || from_outside) {
            return Err(PolicyViolation::RemoveByOther);
        }
        let member = *self.old.get(&index).ok_or(PolicyViolation::LeafMalformed)?;
        self.removed.insert(index, member);
        Ok(())
    }

    /// A commit from outside may do one thing: put a device back in the place of its own old leaf,
    /// under the same key (RFC 9420 section 12.4.3.2, "resync").
    fn replaces_own_leaf(&self, by: &MemberInfo) -> bool {
        self.added.is_empty()
            && !self.policy_changed
            && self.removed.len() == 1
            && self.removed.values().all(|old| old == by)
    }
}
