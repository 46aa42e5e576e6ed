//! The users API on Axum and SQLx, as their community would write it: the opponent in the
//! comparisons. Without DATABASE_URL `GET /users/{id}` answers from memory, as bench/apps/memory does.
//!
//! Environment, as for every contender: WEFT_LISTEN (default 127.0.0.1:0), WEFT_READY_FD (gets the
//! address as a line), WEFT_WORKERS (threads of the multi-thread runtime; default: Tokio's).
use axum::{
    extract::{Path, Query, State},
    http::{header, HeaderMap, StatusCode},
    response::IntoResponse,
    routing::get,
    Json, Router,
};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::{fs::File, io::Write, os::fd::FromRawFd, str::FromStr};
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

#[derive(Clone)]
struct App {
    db: Option<sqlx::SqlitePool>,
}

struct Failure(StatusCode);

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Failure(match error {
            sqlx::Error::RowNotFound => StatusCode::NOT_FOUND,
            sqlx::Error::Database(e) if e.is_unique_violation() => StatusCode::CONFLICT,
            sqlx::Error::PoolTimedOut => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        })
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> axum::response::Response {
        self.0.into_response()
    }
}

impl App {
    fn db(&self) -> Result<&sqlx::SqlitePool, Failure> {
        self.db.as_ref().ok_or(Failure(StatusCode::SERVICE_UNAVAILABLE))
    }
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

async fn list_users(
    State(app): State<App>,
    Query(page): Query<Paging>,
) -> Result<Json<UserPage>, Failure> {
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

async fn serve() {
    let db = match std::env::var("DATABASE_URL") {
        Ok(url) => {
            let options = SqliteConnectOptions::from_str(&url)
                .expect("DATABASE_URL")
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal);
            Some(SqlitePoolOptions::new().connect_with(options).await.expect("cannot open DATABASE_URL"))
        }
        Err(_) => None,
    };
    let app = match db {
        Some(_) => Router::new()
            .route("/users", get(list_users).post(create_user))
            .route("/users/{id}", get(get_user)),
        None => Router::new().route("/users/{id}", get(from_memory)),
    }
    .with_state(App { db });
    let listen = std::env::var("WEFT_LISTEN").unwrap_or_else(|_| "127.0.0.1:0".into());
    let listener = tokio::net::TcpListener::bind(listen).await.expect("cannot listen");
    let address = listener.local_addr().unwrap();
    match std::env::var("WEFT_READY_FD") {
        // SAFETY: whoever sets the variable hands the descriptor over.
        Ok(fd) => writeln!(unsafe { File::from_raw_fd(fd.parse().expect("WEFT_READY_FD")) }, "{address}").unwrap(),
        Err(_) => println!("{address}"),
    }
    axum::serve(listener, app).await.unwrap();
}

fn main() {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Ok(workers) = std::env::var("WEFT_WORKERS") {
        runtime.worker_threads(workers.parse().expect("WEFT_WORKERS"));
    }
    runtime.enable_all().build().unwrap().block_on(serve());
}
