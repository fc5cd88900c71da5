//! Frames that are written by hand, so that an entry is encoded once for all who get it.

use beraad_protocol::{
    ChannelId, DeviceId, OperationId, Timestamp,
    entry::{Entry, EntryKind},
    to_cbor,
};
use bytes::Bytes;

const MAP: u8 = 5 << 5;
const ARRAY: u8 = 4 << 5;
const TEXT: u8 = 3 << 5;
const BYTES: u8 = 2 << 5;

/// An entry as it was just stored.
pub(crate) struct NewEntryFrame<'a> {
    pub(crate) channel: ChannelId,
    pub(crate) seq: u64,
    pub(crate) epoch: u64,
    pub(crate) at: Timestamp,
    pub(crate) sender: DeviceId,
    pub(crate) op: OperationId,
    pub(crate) kind: EntryKind,
    pub(crate) payload: &'a [u8],
}

/// The frame `entries` with one entry, which is the channel's head.
pub(crate) fn entry_frame(entry: &NewEntryFrame<'_>) -> Bytes {
    let mut out = Vec::with_capacity(entry.payload.len() + 192);
    begin(&mut out, entry.channel, 1);
    head(&mut out, MAP, 7);
    field(&mut out, "seq");
    head(&mut out, 0, entry.seq);
    field(&mut out, "epoch");
    head(&mut out, 0, entry.epoch);
    field(&mut out, "at");
    out.extend(to_cbor(&entry.at));
    field(&mut out, "sender");
    bytes(&mut out, entry.sender.as_bytes());
    field(&mut out, "op");
    bytes(&mut out, entry.op.as_bytes());
    field(&mut out, "kind");
    out.extend(to_cbor(&entry.kind));
    field(&mut out, "payload");
    bytes(&mut out, entry.payload);
    end(&mut out, entry.seq);
    out.into()
}

/// The frame `entries` with these entries.
pub(super) fn entries_frame(channel: ChannelId, entries: &[Entry], last: u64) -> Bytes {
    let size: usize = entries.iter().map(|entry| entry.payload.len() + 160).sum();
    let mut out = Vec::with_capacity(size + 64);
    begin(&mut out, channel, entries.len() as u64);
    for entry in entries {
        out.extend(to_cbor(entry));
    }
    end(&mut out, last);
    out.into()
}

fn begin(out: &mut Vec<u8>, channel: ChannelId, count: u64) {
    head(out, MAP, 1);
    field(out, "entries");
    head(out, MAP, 3);
    field(out, "channel");
    bytes(out, channel.as_bytes());
    field(out, "entries");
    head(out, ARRAY, count);
}

fn end(out: &mut Vec<u8>, last: u64) {
    field(out, "head");
    head(out, 0, last);
}

fn field(out: &mut Vec<u8>, name: &str) {
    head(out, TEXT, name.len() as u64);
    out.extend_from_slice(name.as_bytes());
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    head(out, BYTES, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// The head of an item (RFC 8949 section 3), in its shortest form.
fn head(out: &mut Vec<u8>, major: u8, value: u64) {
    let be = value.to_be_bytes();
    match value {
        0..=23 => out.push(major | be[7]),
        24..=0xff => out.extend_from_slice(&[major | 0x18, be[7]]),
        0x100..=0xffff => {
            out.push(major | 0x19);
            out.extend_from_slice(&be[6..]);
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 0x1a);
            out.extend_from_slice(&be[4..]);
        }
        _ => {
            out.push(major | 0x1b);
            out.extend_from_slice(&be);
        }
    }
}

#[cfg(test)]
mod tests {
    use beraad_protocol::ServerFrame;

    use super::*;

    #[test]
    fn frames_written_by_hand_are_those_of_the_protocol() {
        let channel = ChannelId::from_bytes([7; 16]);
        for (seq, size) in [
            (0, 0),
            (23, 23),
            (24, 24),
            (256, 300),
            (70_000, 70_000),
            (1 << 40, 1),
        ] {
            for kind in [EntryKind::Created, EntryKind::Message, EntryKind::Commit] {
                let entry = Entry {
                    seq,
                    epoch: seq / 2,
                    at: Timestamp(1_700_000_000_000),
                    sender: DeviceId::from_bytes([1; 16]),
                    op: OperationId::from_bytes([2; 16]),
                    kind,
                    payload: vec![9; size],
                };
                let by_hand = entry_frame(&NewEntryFrame {
                    channel,
                    seq,
                    epoch: entry.epoch,
                    at: entry.at,
                    sender: entry.sender,
                    op: entry.op,
                    kind,
                    payload: &entry.payload,
                });
                let entries = vec![entry.clone()];
                let expected = to_cbor(&ServerFrame::Entries {
                    channel,
                    entries,
                    head: seq,
                });
                assert_eq!(by_hand, expected);
                let many = vec![entry; 30];
                let by_hand = entries_frame(channel, &many, seq);
                let frame = ServerFrame::Entries {
                    channel,
                    entries: many,
                    head: seq,
                };
                assert_eq!(by_hand, to_cbor(&frame));
            }
        }
    }
}
