//! Cases and conferences.

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
use sqlx::{Executor, Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    session::{Connected, HasConnection, Session, bytes, code, failed, id, moment, number, text},
    writer::WriterTx,
};

/// Channels the person `?1` is a member of, or in which the organisation `?2` has one.
macro_rules! own_channels {
    () => {
        "SELECT channel FROM members WHERE user = ?1 AND until_seq IS NULL \
         UNION SELECT channel FROM members WHERE org = ?2 AND until_seq IS NULL"
    };
}

impl<C: Connected> MeetingRead for Session<C> {
    async fn cases(&mut self, whose: Onlooker) -> Result<Vec<Case>> {
        let query = sqlx::query(concat!(
            "SELECT id, case_code, created_at FROM channels WHERE id IN (",
            own_channels!(),
            ") ORDER BY case_code"
        ))
        .bind(whose.user.as_bytes().to_vec())
        .bind(whose.coordinates_for.map(|org| org.as_bytes().to_vec()));
        let mut cases = Vec::new();
        for row in self.connection().fetch_all(query).await.map_err(failed)? {
            cases.push(Case {
                channel: id(&row, 0)?,
                case_code: text(&row, 1)?,
                members: Vec::new(),
                created_at: moment(&row, 2)?,
            });
        }
        for case in &mut cases {
            let query = sqlx::query(
                "SELECT DISTINCT user FROM members WHERE channel = ? AND until_seq IS NULL \
                 ORDER BY user",
            )
            .bind(case.channel.as_bytes().to_vec());
            let rows = self.connection().fetch_all(query).await.map_err(failed)?;
            case.members = rows.iter().map(|row| id(row, 0)).collect::<Result<_>>()?;
        }
        Ok(cases)
    }

    async fn conferences(&mut self, whose: Onlooker) -> Result<Vec<Conference>> {
        let query = sqlx::query(concat!(
            "SELECT f.id, f.plan, c.case_code, f.planned_by, f.sequence FROM conferences f \
             JOIN channels c ON c.id = f.channel WHERE f.planned_by = ?1 \
             OR f.id IN (SELECT conference FROM invitations WHERE user = ?1) \
             OR f.channel IN (",
            own_channels!(),
            ") ORDER BY f.starts_at, f.id"
        ))
        .bind(whose.user.as_bytes().to_vec())
        .bind(whose.coordinates_for.map(|org| org.as_bytes().to_vec()));
        let rows = self.connection().fetch_all(query).await.map_err(failed)?;
        let mut conferences = Vec::new();
        for row in &rows {
            conferences.push(with_invitations(self.connection(), row).await?);
        }
        Ok(conferences)
    }

    async fn conference(&mut self, conference: ConferenceId) -> Result<Option<Conference>> {
        let query = sqlx::query(
            "SELECT f.id, f.plan, c.case_code, f.planned_by, f.sequence FROM conferences f \
             JOIN channels c ON c.id = f.channel WHERE f.id = ?",
        )
        .bind(conference.as_bytes().to_vec());
        match self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?
        {
            None => Ok(None),
            Some(row) => with_invitations(self.connection(), &row).await.map(Some),
        }
    }

    async fn meetings_mark(&mut self) -> Result<u64> {
        let query = sqlx::query(
            "SELECT (SELECT coalesce(sum(sequence + 1), 0) FROM conferences) \
             + (SELECT coalesce(sum(replied_at % 1000003), 0) FROM invitations)",
        );
        let row = self.connection().fetch_one(query).await.map_err(failed)?;
        number(&row, 0)
    }

    async fn conference_changed_at(
        &mut self,
        conference: ConferenceId,
    ) -> Result<Option<Timestamp>> {
        let query = sqlx::query("SELECT changed_at FROM conferences WHERE id = ?")
            .bind(conference.as_bytes().to_vec());
        let row = self
            .connection()
            .fetch_optional(query)
            .await
            .map_err(failed)?;
        row.map(|row| moment(&row, 0)).transpose()
    }
}

async fn with_invitations(
    connection: &mut SqliteConnection,
    row: &SqliteRow,
) -> Result<Conference> {
    let query = sqlx::query(
        "SELECT user, status, replied_at FROM invitations WHERE conference = ? ORDER BY place",
    )
    .bind(bytes(row, 0)?);
    let invitations = connection.fetch_all(query).await.map_err(failed)?;
    let plan: ConferencePlan = from_cbor(&bytes(row, 1)?)
        .map_err(|_| StorageError::Damaged("a plan is not CBOR of a plan"))?;
    Ok(Conference {
        plan,
        case_code: text(row, 2)?,
        planned_by: id(row, 3)?,
        sequence: u32::try_from(number(row, 4)?)
            .map_err(|_| StorageError::Damaged("a sequence is too high"))?,
        invitations: invitations.iter().map(invitation).collect::<Result<_>>()?,
    })
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
        let connection = self.changing().await?;
        let query = sqlx::query(
            "INSERT INTO conferences (id, channel, planned_by, sequence, starts_at, changed_at, \
             plan) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET \
             sequence = excluded.sequence, starts_at = excluded.starts_at, \
             changed_at = excluded.changed_at, plan = excluded.plan",
        )
        .bind(plan.id.as_bytes().to_vec())
        .bind(plan.channel.as_bytes().to_vec())
        .bind(planned_by.as_bytes().to_vec())
        .bind(i64::from(sequence))
        .bind(plan.start.0)
        .bind(at.0)
        .bind(to_cbor(plan));
        connection.execute(query).await.map_err(failed)?;
        // `place` marks who is still invited: the others keep -1 and go.
        let query = sqlx::query("UPDATE invitations SET place = -1 WHERE conference = ?")
            .bind(plan.id.as_bytes().to_vec());
        connection.execute(query).await.map_err(failed)?;
        for (place, user) in (0_i64..).zip(&plan.invitees) {
            let query = sqlx::query(
                "INSERT INTO invitations (conference, user, place, status) VALUES (?, ?, ?, ?) \
                 ON CONFLICT (conference, user) DO UPDATE SET place = excluded.place",
            )
            .bind(plan.id.as_bytes().to_vec())
            .bind(user.as_bytes().to_vec())
            .bind(place)
            .bind(ParticipationStatus::NeedsAction.code());
            connection.execute(query).await.map_err(failed)?;
        }
        let query = sqlx::query("DELETE FROM invitations WHERE conference = ? AND place = -1")
            .bind(plan.id.as_bytes().to_vec());
        connection.execute(query).await.map_err(failed)?;
        if ask_again {
            let query = sqlx::query(
                "UPDATE invitations SET status = ?, replied_at = NULL WHERE conference = ?",
            )
            .bind(ParticipationStatus::NeedsAction.code())
            .bind(plan.id.as_bytes().to_vec());
            connection.execute(query).await.map_err(failed)?;
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
            "UPDATE invitations SET status = ?, replied_at = ? WHERE conference = ? AND user = ?",
        )
        .bind(status.code())
        .bind(at.0)
        .bind(conference.as_bytes().to_vec())
        .bind(user.as_bytes().to_vec());
        let done = self
            .changing()
            .await?
            .execute(query)
            .await
            .map_err(failed)?;
        Ok(done.rows_affected() == 1)
    }
}

fn invitation(row: &SqliteRow) -> Result<Invitation> {
    let replied_at: Option<i64> = row.try_get(2).map_err(failed)?;
    Ok(Invitation {
        user: id(row, 0)?,
        status: code(row, 1)?,
        replied_at: replied_at.map(Timestamp),
    })
}
