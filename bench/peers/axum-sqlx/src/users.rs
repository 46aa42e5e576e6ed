//! The users API.
use crate::{App, Failure};
use axum::{
    extract::{Path, Query, State},
    http::{header, HeaderMap, StatusCode},
    routing::get,
    Json, Router,
};
use serde::{Deserialize, Serialize};
use validator::Validate;

#[derive(Serialize, sqlx::FromRow)]
struct User {
    id: i32,
    name: String,
    email: String,
}

#[derive(Deserialize, Validate)]
struct NewUser {
    #[validate(length(min = 1, max = 80))]
    name: String,
    #[validate(email)]
    email: String,
}

#[derive(Serialize)]
struct UserPage {
    users: Vec<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i32>,
}

#[derive(Deserialize)]
struct Paging {
    limit: Option<i32>,
    after: Option<i32>,
}

async fn from_memory(Path(id): Path<i32>) -> Json<User> {
    Json(User { id, name: "Ada Lovelace".into(), email: "ada@example.com".into() })
}

async fn get_user(State(app): State<App>, Path(id): Path<i32>) -> Result<Json<User>, Failure> {
    let user = sqlx::query_as("SELECT id, name, email FROM users WHERE id = $1")
        .bind(id)
        .fetch_one(app.db()?)
        .await?;
    Ok(Json(user))
}

async fn list_users(State(app): State<App>, Query(page): Query<Paging>) -> Result<Json<UserPage>, Failure> {
    let limit = page.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(Failure(StatusCode::BAD_REQUEST));
    }
    let users: Vec<User> =
        sqlx::query_as("SELECT id, name, email FROM users WHERE id > $1 ORDER BY id LIMIT $2")
            .bind(page.after.unwrap_or(0))
            .bind(limit)
            .fetch_all(app.db()?)
            .await?;
    let next = (users.len() == limit as usize).then(|| users.last().map(|u| u.id)).flatten();
    Ok(Json(UserPage { users, next }))
}

async fn create_user(
    State(app): State<App>,
    Json(new): Json<NewUser>,
) -> Result<(StatusCode, HeaderMap, Json<User>), Failure> {
    new.validate().map_err(|_| Failure(StatusCode::UNPROCESSABLE_ENTITY))?;
    let user: User =
        sqlx::query_as("INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id, name, email")
            .bind(new.name)
            .bind(new.email)
            .fetch_one(app.db()?)
            .await?;
    let mut headers = HeaderMap::new();
    headers.insert(header::LOCATION, format!("/users/{}", user.id).parse().unwrap());
    Ok((StatusCode::CREATED, headers, Json(user)))
}

async fn replace_user(
    State(app): State<App>,
    Path(id): Path<i32>,
    Json(new): Json<NewUser>,
) -> Result<Json<User>, Failure> {
    new.validate().map_err(|_| Failure(StatusCode::UNPROCESSABLE_ENTITY))?;
    let user = sqlx::query_as("UPDATE users SET name = $2, email = $3 WHERE id = $1 RETURNING id, name, email")
        .bind(id)
        .bind(new.name)
        .bind(new.email)
        .fetch_one(app.db()?)
        .await?;
    Ok(Json(user))
}

async fn delete_user(State(app): State<App>, Path(id): Path<i32>) -> Result<StatusCode, Failure> {
    sqlx::query_scalar::<_, i32>("DELETE FROM users WHERE id = $1 RETURNING id")
        .bind(id)
        .fetch_one(app.db()?)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/memory/users/{id}", get(from_memory))
        .route("/users", get(list_users).post(create_user))
        .route("/users/{id}", get(get_user).put(replace_user).delete(delete_user))
}
