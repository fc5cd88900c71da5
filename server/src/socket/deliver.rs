//! Fetching: what a device may have of a channel, from memory or from the store.

use axum::extract::ws::WebSocket;
use beraad_protocol::{ChannelId, limits::MAX_ENTRIES_PER_FRAME};
use beraad_storage::traits::ChannelRead as _;

use super::{
    frames::entries_frame,
    session::{Ending, Session, feed},
};
use crate::{hub::Delivery, refusal::Refusal};

/// Bytes of payload read from the store for one frame.
const PORTION_BYTES: usize = 256 * 1024;

impl Session {
    /// Sends a portion of a channel; answers whether there may be more.
    ///
    /// What has to be looked up first does not count as a portion: a device that asks for something
    /// right after it said where it stands gets what it missed before it gets the answer.
    pub(super) async fn deliver(
        &mut self,
        socket: &mut WebSocket,
        channel: ChannelId,
    ) -> Result<bool, Ending> {
        let Some(following) = self.following.get(&channel) else {
            return Ok(false);
        };
        let mut next = following.feed.next(self.who.device, &following.reading);
        if matches!(next, Delivery::LookUpStints(_)) {
            self.look_up_stints(channel).await?;
            let Some(following) = self.following.get(&channel) else {
                return Ok(false);
            };
            next = following.feed.next(self.who.device, &following.reading);
        }
        let Some(following) = self.following.get_mut(&channel) else {
            return Ok(false);
        };
        match next {
            Delivery::UpToDate => Ok(false),
            Delivery::LookUpStints(_) => Ok(true),
            Delivery::Frames { frames, next } => {
                following.reading.next = next;
                self.app.figures.delivered(frames.len());
                for frame in frames {
                    feed(socket, frame).await?;
                }
                Ok(true)
            }
            Delivery::FromStore { from, to, head } => {
                let mut read = self.app.store.read().await.map_err(Refusal::from)?;
                let entries = read
                    .entries(channel, from, to, MAX_ENTRIES_PER_FRAME, PORTION_BYTES)
                    .await
                    .map_err(Refusal::from)?;
                drop(read);
                let Some(last) = entries.last() else {
                    return Ok(false);
                };
                following.reading.next = last.seq + 1;
                self.app.figures.delivered(entries.len());
                feed(socket, entries_frame(channel, &entries, head)).await?;
                Ok(true)
            }
        }
    }

    /// Looks up what the device may have of a channel.
    pub(super) async fn look_up_stints(&mut self, channel: ChannelId) -> Result<(), Ending> {
        let Some(following) = self.following.get_mut(&channel) else {
            return Ok(());
        };
        // The head first: the stints that are read after it hold for everything up to it.
        let mut known_at = following.feed.head();
        let mut read = self.app.store.read().await.map_err(Refusal::from)?;
        if known_at.is_none() {
            let found = read.heads(&[channel]).await.map_err(Refusal::from)?;
            if let Some(found) = found.first() {
                following.feed.learn(found.head, found.epoch);
                known_at = Some(found.head);
            }
        }
        let stints = read
            .stints(channel, self.who.device)
            .await
            .map_err(Refusal::from)?;
        following.reading.stints = stints;
        following.reading.known_at = known_at.unwrap_or_default();
        Ok(())
    }
}
