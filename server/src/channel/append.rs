//! What every change of a channel has in common: being admitted, being appended, waking others.

use std::sync::Arc;

use beraad_bus::Wake;
use beraad_protocol::{
    ChannelId, DeviceId, OperationId, Timestamp,
    entry::{EntryKind, LogPosition, RecordSubmission},
    from_cbor,
    problem::Code,
    request::{Accepted, Answer},
    to_cbor,
};
use beraad_storage::{
    ChannelState, Locked,
    channel::NewEntry,
    operation::DoneOperation,
    traits::{ChannelWrite as _, Write as _},
};

use crate::{
    app::App,
    hub::Epochs,
    refusal::{Outcome, Refusal},
    socket::{NewEntryFrame, entry_frame},
    store::Tx,
};

/// A locked channel that the device is a member of, or what the operation was answered before.
pub(super) enum Admitted {
    Member(Locked<ChannelState>),
    Before(Accepted),
}

/// Locks a channel for a member. Whoever is none learns nothing, not even that it exists.
pub(super) async fn admit(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    device: DeviceId,
    op: OperationId,
    request: &str,
) -> Outcome<Admitted> {
    let not_found = || Refusal::new(Code::NotFound);
    let state = tx
        .lock_channel(channel, device, op)
        .await?
        .ok_or_else(not_found)?;
    if let Some(earlier) = &state.earlier {
        return before(earlier, channel, request).map(Admitted::Before);
    }
    if !state.asker_is_member {
        return Err(not_found());
    }
    Ok(Admitted::Member(state))
}

/// The first answer to an operation, if it was this request about this channel.
pub(super) fn before(done: &DoneOperation, channel: ChannelId, request: &str) -> Outcome<Accepted> {
    if done.kind != request || done.channel != Some(channel) {
        return Err(Refusal::new(Code::Conflict));
    }
    match from_cbor(&done.answer) {
        Ok(Answer::Accepted(accepted)) => Ok(accepted),
        _ => Err(Refusal::new(Code::Internal)),
    }
}

/// An entry that is to be appended.
pub(super) struct Entry<'a> {
    pub(super) at: Timestamp,
    pub(super) sender: DeviceId,
    pub(super) op: OperationId,
    pub(super) kind: EntryKind,
    pub(super) payload: &'a [u8],
    pub(super) request: &'static str,
    /// Where its records stand.
    pub(super) positions: Vec<LogPosition>,
    /// Devices that come in or leave with it.
    pub(super) changed: Vec<DeviceId>,
    /// Whom else to wake.
    pub(super) wakes: Vec<Wake>,
}

/// Appends an entry, and after the commit hands it to whoever follows the channel.
pub(super) async fn append(
    app: &Arc<App>,
    tx: &mut Tx<'_>,
    channel: &mut Locked<ChannelState>,
    entry: Entry<'_>,
) -> Outcome<Accepted> {
    let (id, epoch, seq) = (channel.id, channel.epoch, channel.next_seq());
    let Entry {
        at,
        sender,
        op,
        kind,
        payload,
        request,
        positions,
        changed,
        mut wakes,
    } = entry;
    let accepted = Accepted {
        op,
        seq,
        at,
        records: positions,
    };
    let answer = to_cbor(&Answer::Accepted(accepted.clone()));
    let row = NewEntry {
        at,
        sender,
        op,
        kind,
        payload,
        request,
        answer: &answer,
    };
    channel.append(tx, row).await?;
    let frame = entry_frame(&NewEntryFrame {
        channel: id,
        seq,
        epoch,
        at,
        sender,
        op,
        kind,
        payload,
    });
    let epochs = Epochs {
        made_in: epoch,
        after: channel.epoch,
    };
    wakes.push(Wake::Channel {
        channel: id,
        head: seq,
        epoch: epochs.after,
    });
    if !changed.is_empty() {
        wakes.push(Wake::Membership {
            channel: id,
            devices: changed.clone(),
        });
    }
    let (hub, bus) = (Arc::clone(&app.hub), Arc::clone(&app.bus));
    tx.after_commit(Box::new(move || {
        if let Some(feed) = hub.feed(id) {
            feed.push(seq, epochs, frame, &changed);
        }
        for wake in wakes {
            bus.publish(wake);
        }
    }));
    Ok(accepted)
}

/// Tells the organisations that got a sealed copy.
pub(super) fn register_wakes(records: &[RecordSubmission]) -> Vec<Wake> {
    let mut orgs: Vec<_> = records
        .iter()
        .flat_map(|record| &record.sealed)
        .map(|copy| copy.org)
        .collect();
    orgs.sort_unstable();
    orgs.dedup();
    if orgs.is_empty() {
        Vec::new()
    } else {
        vec![Wake::Register { orgs }]
    }
}
