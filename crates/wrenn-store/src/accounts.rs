//! Users, teams, and who belongs to which.

use wrenn_api::{TeamId, Timestamp, UserId};

use crate::{ApiKey, Error, Result, Store, api_keys};

/// What a user may do in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Owner,
    /// Everything but to delete the team.
    Admin,
    /// To use it.
    Member,
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

/// The first user of a new server, with a team and a key.
#[derive(Debug, Clone)]
pub struct NewOwner {
    /// The user's id.
    pub user_id: UserId,
    /// The address to log in with.
    pub email: String,
    /// The user's name.
    pub name: String,
    /// The password's hash, in the PHC string format.
    pub password_hash: String,
    /// The team's name.
    pub team_name: String,
    /// The team's short name in addresses.
    pub team_slug: String,
    /// The team's first key; names the team.
    pub key: ApiKey,
    /// The key's hash.
    pub key_hash: String,
}

impl Store {
    /// Whether nobody has an account yet.
    pub async fn is_new(&self) -> Result<bool> {
        let teams: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM teams")
            .fetch_one(&self.pool)
            .await
            .map_err(Error::query("count the teams"))?;
        Ok(teams == 0)
    }

    /// Makes the first user, team and key: all of them or nothing.
    pub async fn create_owner(&self, owner: &NewOwner) -> Result<()> {
        const ACTION: &str = "make the first account";
        let now = owner.key.created_at.unix_ms();
        let mut transaction = self.begin(ACTION).await?;
        sqlx::query(
            "INSERT INTO users (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(owner.user_id.as_str())
        .bind(&owner.email)
        .bind(&owner.name)
        .bind(&owner.password_hash)
        .bind(now)
        .execute(&mut *transaction)
        .await
        .map_err(Error::query(ACTION))?;
        sqlx::query("INSERT INTO teams (id, name, slug, created_at) VALUES ($1, $2, $3, $4)")
            .bind(owner.key.team_id.as_str())
            .bind(&owner.team_name)
            .bind(&owner.team_slug)
            .bind(now)
            .execute(&mut *transaction)
            .await
            .map_err(Error::query(ACTION))?;
        sqlx::query("INSERT INTO team_members (team_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4)")
            .bind(owner.key.team_id.as_str())
            .bind(owner.user_id.as_str())
            .bind(Role::Owner.as_str())
            .bind(now)
            .execute(&mut *transaction)
            .await
            .map_err(Error::query(ACTION))?;
        api_keys::insert(&mut *transaction, &owner.key, &owner.key_hash).await?;
        transaction.commit().await.map_err(Error::query(ACTION))
    }

    /// Makes a team without members.
    pub async fn create_team(&self, id: &TeamId, name: &str, slug: &str) -> Result<()> {
        sqlx::query("INSERT INTO teams (id, name, slug, created_at) VALUES ($1, $2, $3, $4)")
            .bind(id.as_str())
            .bind(name)
            .bind(slug)
            .bind(Timestamp::now().unix_ms())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(Error::query("make a team"))
    }
}
