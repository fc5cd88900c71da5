//! `Request::Commit`: a change of the group, with everything that must be accepted with it.
//!
//! The commit is run through the server's own view of the group on a thread for computing, from
//! the state of the epoch it names. The transaction then checks that the channel is still in that
//! epoch: a group has one state per epoch, so what was computed holds, or the commit is stale.

use std::sync::Arc;

use beraad_bus::Wake;
use beraad_group::{Applied, GroupError, PublicView};
use beraad_protocol::{
    Problem,
    entry::EntryKind,
    problem::Code,
    request::{Accepted, Answer, CommitBundle},
};
use beraad_storage::{
    ChannelState, Locked,
    channel::Member,
    traits::{ChannelRead as _, ChannelWrite as _, DeliveryWrite as _, OperationRead as _},
};

use super::{
    append::{Admitted, Entry, admit, append, before, register_wakes},
    member::check_newcomer,
    records,
};
use crate::{
    app::{App, Asker},
    refusal::{Outcome, Refusal},
    store::Tx,
};

/// Names the request among operations.
const REQUEST: &str = "commit";

/// Accepts the whole bundle, or nothing of it.
pub(crate) async fn commit(app: &Arc<App>, asker: &Asker, bundle: CommitBundle) -> Outcome<Answer> {
    records::check_shape(asker.org, &bundle.records)?;
    let state = match state_for(app, asker, &bundle).await? {
        Found::State(state) => state,
        Found::Before(accepted) => return Ok(Answer::Accepted(accepted)),
    };
    let device = asker.device;
    let (applied, state, bundle) = tokio::task::spawn_blocking(move || {
        let mut view = PublicView::from_bytes(&state, bundle.channel)?;
        let welcome = bundle.welcome.as_ref().map(|welcome| welcome.as_slice());
        let applied = view.apply(&bundle.commit, welcome, &bundle.group_info, device)?;
        Ok::<_, GroupError>((applied, view.to_bytes(), bundle))
    })
    .await??;
    let (asker, shared) = (asker.clone(), Arc::clone(app));
    app.write(move |tx| {
        Box::pin(async move {
            let admitted = admit(tx, bundle.channel, asker.device, bundle.op, REQUEST).await?;
            let mut channel = match admitted {
                Admitted::Member(channel) => channel,
                Admitted::Before(accepted) => return Ok(Answer::Accepted(accepted)),
            };
            if bundle.epoch != channel.epoch {
                let head = channel.head.unwrap_or_default();
                return Err(Problem::stale_epoch(channel.epoch, head).into());
            }
            let change = Change {
                asker,
                bundle,
                applied,
                state,
            };
            change
                .store(&shared, tx, &mut channel)
                .await
                .map(Answer::Accepted)
        })
    })
    .await
}

/// What is needed to run a commit.
enum Found {
    /// The group's public state of the epoch the bundle names.
    State(Vec<u8>),
    /// The operation was done before.
    Before(Accepted),
}

/// Looks before it computes: most refusals need no group.
async fn state_for(app: &App, asker: &Asker, bundle: &CommitBundle) -> Outcome<Found> {
    let not_found = || Refusal::new(Code::NotFound);
    let mut read = app.store.read().await?;
    if let Some(done) = read.operation(asker.device, bundle.op).await? {
        return before(&done, bundle.channel, REQUEST).map(Found::Before);
    }
    let stints = read.stints(bundle.channel, asker.device).await?;
    if !stints.iter().any(|stint| stint.until.is_none()) {
        return Err(not_found());
    }
    let (epoch, state) = read.view(bundle.channel).await?.ok_or_else(not_found)?;
    if epoch != bundle.epoch {
        let channel = read.channel(bundle.channel).await?.ok_or_else(not_found)?;
        return Err(Problem::stale_epoch(channel.epoch, channel.head).into());
    }
    Ok(Found::State(state))
}

/// A commit that the group accepts.
struct Change {
    asker: Asker,
    bundle: CommitBundle,
    applied: Applied,
    state: Vec<u8>,
}

impl Change {
    async fn store(
        &self,
        app: &Arc<App>,
        tx: &mut Tx<'_>,
        channel: &mut Locked<ChannelState>,
    ) -> Outcome<Accepted> {
        let (bundle, added, removed) = (&self.bundle, &self.applied.added, &self.applied.removed);
        for newcomer in added {
            check_newcomer(tx, newcomer).await?;
        }
        let now = app.now();
        let positions = records::enter(tx, channel.id, &bundle.records, now).await?;
        let seq = channel.next_seq();
        let newcomers: Vec<_> = added.iter().map(|member| member.identity.device).collect();
        let mut changed: Vec<_> = removed.iter().map(|leaf| leaf.device).collect();
        changed.extend(&newcomers);
        let mut wakes = register_wakes(&bundle.records);
        if !newcomers.is_empty() {
            wakes.push(Wake::Welcomes {
                devices: newcomers.clone(),
            });
        }
        let entry = Entry {
            at: now,
            sender: self.asker.device,
            op: bundle.op,
            kind: EntryKind::Commit,
            payload: &bundle.commit,
            request: REQUEST,
            positions,
            changed,
            wakes,
        };
        let accepted = append(app, tx, channel, entry).await?;
        tx.put_view(channel, &self.state).await?;
        for leaf in removed {
            tx.end_member(channel, leaf.device, seq).await?;
        }
        for leaf in added {
            let beraad_protocol::directory::LeafIdentity { org, user, device } = leaf.identity;
            tx.add_member(
                channel,
                &Member {
                    device,
                    user,
                    org,
                    from: seq + 1,
                },
            )
            .await?;
        }
        if let Some(welcome) = &bundle.welcome {
            tx.queue_welcome(channel.id, seq, &newcomers, welcome)
                .await?;
        }
        Ok(accepted)
    }
}
