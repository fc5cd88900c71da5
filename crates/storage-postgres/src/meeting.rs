//! Cases and conferences.

use std::collections::HashMap;

use beraad_protocol::{
    ConferenceId, Timestamp, UserId, from_cbor,
    meeting::{Case, Conference, ConferencePlan, Invitation},
    to_cbor,
    vocabulary::ParticipationStatus,
};
use beraad_storage::{
    Result, StorageError,
    meeting::{MeetingRead, MeetingWrite, Onlooker},
};
use sqlx::postgres::PgRow;

use crate::{
    session::{
        Connected, Lookups, Session, bytes, code, found_and_locked, id, ids, maybe_moment, moment,
        number, text,
    },
    transaction::WriterTx,
};

/// Channels the person `$1` is a member of, or in which the organisation `$2` has one.
macro_rules! own_channels {
    () => {
        "SELECT channel FROM members WHERE account = $1 AND until_seq IS NULL \
         UNION SELECT channel FROM members WHERE org = $2 AND until_seq IS NULL"
    };
}

impl<C: Connected> MeetingRead for Session<C> {
    async fn cases(&mut self, whose: Onlooker) -> Result<Vec<Case>> {
        let query = sqlx::query(concat!(
            "SELECT c.id, c.case_code, c.created_at, ARRAY (SELECT DISTINCT m.account \
             FROM members m WHERE m.channel = c.id AND m.until_seq IS NULL ORDER BY m.account) \
             FROM channels c WHERE c.id IN (",
            own_channels!(),
            ") ORDER BY c.case_code"
        ))
        .bind(*whose.user.as_bytes())
        .bind(whose.coordinates_for.map(|org| *org.as_bytes()));
        let rows = self.rows(query).await?;
        rows.iter()
            .map(|row| {
                Ok(Case {
                    channel: id(row, 0)?,
                    case_code: text(row, 1)?,
                    members: ids(row, 3)?,
                    created_at: moment(row, 2)?,
                })
            })
            .collect()
    }

    async fn conferences(&mut self, whose: Onlooker) -> Result<Vec<Conference>> {
        let query = sqlx::query(concat!(
            "SELECT f.id, f.plan, c.case_code, f.planned_by, f.sequence FROM conferences f \
             JOIN channels c ON c.id = f.channel WHERE f.planned_by = $1 \
             OR f.id IN (SELECT conference FROM invitations WHERE account = $1) \
             OR f.channel IN (",
            own_channels!(),
            ") ORDER BY f.starts_at, f.id"
        ))
        .bind(*whose.user.as_bytes())
        .bind(whose.coordinates_for.map(|org| *org.as_bytes()));
        let rows = self.rows(query).await?;
        with_invitations(self, &rows).await
    }

    async fn conference(&mut self, conference: ConferenceId) -> Result<Option<Conference>> {
        let query = sqlx::query(found_and_locked!(
            C,
            "SELECT f.id, f.plan, c.case_code, f.planned_by, f.sequence FROM conferences f \
             JOIN channels c ON c.id = f.channel WHERE f.id = $1",
            "FOR NO KEY UPDATE OF f"
        ))
        .bind(*conference.as_bytes());
        match self.locked_row(query).await? {
            None => Ok(None),
            Some(row) => Ok(with_invitations(self, &[row]).await?.pop()),
        }
    }

    async fn meetings_mark(&mut self) -> Result<u64> {
        let query = sqlx::query(
            "SELECT (SELECT coalesce(sum(sequence + 1), 0) FROM conferences)::BIGINT \
             + (SELECT coalesce(sum(replied_at % 1000003), 0) FROM invitations)::BIGINT",
        );
        number(&self.one(query).await?, 0)
    }

    async fn conference_changed_at(
        &mut self,
        conference: ConferenceId,
    ) -> Result<Option<Timestamp>> {
        let query = sqlx::query(found_and_locked!(
            C,
            "SELECT changed_at FROM conferences WHERE id = $1",
            "FOR NO KEY UPDATE"
        ))
        .bind(*conference.as_bytes());
        let row = self.locked_row(query).await?;
        row.map(|row| moment(&row, 0)).transpose()
    }
}

/// The conferences of these rows, in the same order.
async fn with_invitations<C: Connected>(
    session: &mut Session<C>,
    rows: &[PgRow],
) -> Result<Vec<Conference>> {
    let asked = rows
        .iter()
        .map(|row| bytes(row, 0))
        .collect::<Result<Vec<_>>>()?;
    let query = sqlx::query(
        "SELECT conference, account, status, replied_at FROM invitations \
         WHERE conference = ANY($1) ORDER BY conference, place",
    )
    .bind(asked);
    let mut invitations: HashMap<Vec<u8>, Vec<Invitation>> = HashMap::new();
    for row in session.rows(query).await? {
        let invitation = Invitation {
            user: id(&row, 1)?,
            status: code(&row, 2)?,
            replied_at: maybe_moment(&row, 3)?,
        };
        invitations
            .entry(bytes(&row, 0)?)
            .or_default()
            .push(invitation);
    }
    rows.iter()
        .map(|row| {
            let invited = invitations.remove(&bytes(row, 0)?);
            conference(row, invited.unwrap_or_default())
        })
        .collect()
}

impl MeetingWrite for Session<WriterTx> {
    async fn put_conference(
        &mut self,
        plan: &ConferencePlan,
        planned_by: UserId,
        sequence: u32,
        ask_again: bool,
        at: Timestamp,
    ) -> Result<()> {
        let needs_action = ParticipationStatus::NeedsAction.code();
        let conference = *plan.id.as_bytes();
        // The first statement holds the conference, so that the others find it still.
        let query = sqlx::query(
            "INSERT INTO conferences (id, channel, planned_by, sequence, starts_at, changed_at, \
             plan) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET \
             sequence = excluded.sequence, starts_at = excluded.starts_at, \
             changed_at = excluded.changed_at, plan = excluded.plan",
        )
        .bind(conference)
        .bind(*plan.channel.as_bytes())
        .bind(*planned_by.as_bytes())
        .bind(i64::from(sequence))
        .bind(plan.start.0)
        .bind(at.0)
        .bind(to_cbor(plan));
        self.change_shared(query).await?;
        let invitees: Vec<_> = plan
            .invitees
            .iter()
            .map(|id| id.as_bytes().to_vec())
            .collect();
        let query =
            sqlx::query("DELETE FROM invitations WHERE conference = $1 AND account <> ALL ($2)")
                .bind(conference)
                .bind(invitees.clone());
        self.change(query).await?;
        let query = sqlx::query(
            "INSERT INTO invitations (conference, account, place, status) \
             SELECT $1, account, max(place), $3 \
             FROM unnest($2) WITH ORDINALITY AS invited (account, place) GROUP BY account \
             ON CONFLICT (conference, account) DO UPDATE SET place = excluded.place",
        )
        .bind(conference)
        .bind(invitees)
        .bind(needs_action);
        self.change(query).await?;
        if ask_again {
            let query = sqlx::query(
                "UPDATE invitations SET status = $2, replied_at = NULL WHERE conference = $1",
            )
            .bind(conference)
            .bind(needs_action);
            self.change(query).await?;
        }
        Ok(())
    }

    async fn reply(
        &mut self,
        conference: ConferenceId,
        user: UserId,
        status: ParticipationStatus,
        at: Timestamp,
    ) -> Result<bool> {
        let query = sqlx::query(
            "UPDATE invitations SET status = $1, replied_at = $2 \
             WHERE conference = $3 AND account = $4",
        )
        .bind(status.code())
        .bind(at.0)
        .bind(*conference.as_bytes())
        .bind(*user.as_bytes());
        Ok(self.change_shared(query).await? == 1)
    }
}

fn conference(row: &PgRow, invitations: Vec<Invitation>) -> Result<Conference> {
    let plan: ConferencePlan = from_cbor(&bytes(row, 1)?)
        .map_err(|_| StorageError::Damaged("a plan is not CBOR of a plan"))?;
    Ok(Conference {
        plan,
        case_code: text(row, 2)?,
        planned_by: id(row, 3)?,
        sequence: u32::try_from(number(row, 4)?)
            .map_err(|_| StorageError::Damaged("a sequence is too high"))?,
        invitations,
    })
}
