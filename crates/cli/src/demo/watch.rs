//! Receives visitors: opens a household for each as soon as the visitor has a device.

use beraad_engine::view::{DirectoryView, Topic};
use tokio::sync::broadcast::error::RecvError;

use super::{
    Cast, DemoError, Folder,
    region::{Household, Opens, households},
    scene,
    state::State,
};
use crate::host::HostError;

/// Waits for visitors until every household that waits for one was opened.
pub async fn watch(folder: &Folder, mut tell: impl FnMut(&str)) -> Result<(), DemoError> {
    let mut state = folder
        .load()?
        .filter(|state| state.filled)
        .ok_or_else(|| folder.not_filled())?;
    let mut cast = Cast::new(folder)?;
    let outcome = receive(&mut cast, &mut state, &mut tell).await;
    cast.leave().await;
    outcome
}

async fn receive(
    cast: &mut Cast<'_>,
    state: &mut State,
    tell: &mut impl FnMut(&str),
) -> Result<(), DemoError> {
    let mut waiting: Vec<_> = households()
        .into_iter()
        .filter(|household| {
            let played = state
                .households
                .get(household.key)
                .map_or(0, |it| it.played);
            household.opens != Opens::AtOnce && played < household.scenes.len()
        })
        .collect();
    while !waiting.is_empty() {
        let watcher = cast.host(WATCHER).await?;
        let mut changes = watcher.subscribe();
        let failed = || DemoError::step(WATCHER, "looking out for visitors");
        let directory = watcher.directory().await.map_err(failed())?;
        let due = waiting
            .iter()
            .position(|household| is_due(household, state, &directory));
        if let Some(due) = due {
            let household = waiting.remove(due);
            tell(&format!("household {}", household.key));
            scene::play(cast, state, &household).await?;
            continue;
        }
        loop {
            match changes.recv().await {
                Ok(Topic::Directory) | Err(RecvError::Lagged(_)) => break,
                Ok(_) => {}
                Err(RecvError::Closed) => return Err(failed()(HostError::Closed)),
            }
        }
    }
    Ok(())
}

fn is_due(household: &Household, state: &State, directory: &DirectoryView) -> bool {
    match household.opens {
        Opens::AtOnce => true,
        Opens::WhenArrived(key) => {
            let user = state.accounts.get(key).and_then(|account| account.user);
            directory
                .people
                .iter()
                .any(|who| Some(who.id) == user && who.devices > 0)
        }
        Opens::WhenRegistered(key) => {
            let org = state.organisations.get(key).copied();
            directory
                .organisations
                .iter()
                .any(|it| Some(it.id) == org && it.has_register)
        }
    }
}

/// The device that looks out: one that leads a household for a visitor anyway.
const WATCHER: &str = "vt1";
