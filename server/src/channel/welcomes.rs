//! `Request::TakeWelcomes` and `Request::DropWelcomes`: invitations into groups.

use beraad_protocol::{
    ChannelId,
    limits::{MAX_CHANNELS, MAX_FRAME},
    problem::Code,
    request::Answer,
};
use beraad_storage::traits::{DeliveryRead as _, DeliveryWrite as _};

use beraad_bus::Wake;

use crate::{
    app::{App, Asker},
    refusal::{Outcome, Refusal},
};

/// What an answer holds beside the welcomes.
const ROOM: usize = 16 * 1024;

/// Hands out what waits, as much as fits in one answer.
pub(crate) async fn take(app: &App, asker: &Asker) -> Outcome<Answer> {
    let device = asker.device;
    let waiting = app
        .write(move |tx| {
            Box::pin(async move { Ok(tx.take_welcomes(device, MAX_FRAME - ROOM).await?) })
        })
        .await?;
    Ok(Answer::Welcomes(waiting))
}

/// Ends those that are on the device's disk, and tells of those that did not fit.
pub(crate) async fn drop_taken(
    app: &App,
    asker: &Asker,
    channels: Vec<ChannelId>,
) -> Outcome<Answer> {
    if channels.len() > MAX_CHANNELS {
        return Err(Refusal::new(Code::TooLarge));
    }
    let device = asker.device;
    let left = app
        .write(move |tx| {
            Box::pin(async move {
                tx.drop_welcomes(device, &channels).await?;
                Ok(tx.welcomes_waiting(device).await?)
            })
        })
        .await?;
    if left > 0 {
        app.wake(Wake::Welcomes {
            devices: vec![device],
        });
    }
    Ok(Answer::Done)
}
