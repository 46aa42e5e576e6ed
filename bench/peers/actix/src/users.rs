//! The users API.
use crate::{Failure, Shared};
use actix_web::{
    delete, get,
    http::{header, StatusCode},
    post, put,
    web::{Data, Json, Path, Query, ServiceConfig},
    HttpResponse,
};
use serde::{Deserialize, Serialize};
use tokio_postgres::{types::ToSql, Row};
use validator::Validate;

#[derive(Serialize)]
struct User {
    id: i32,
    name: String,
    email: String,
}

impl From<Row> for User {
    fn from(row: Row) -> Self {
        User { id: row.get(0), name: row.get(1), email: row.get(2) }
    }
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

type Arguments<'a> = &'a [&'a (dyn ToSql + Sync)];

async fn one(shared: &Shared, sql: &str, arguments: Arguments<'_>) -> Result<Row, Failure> {
    let db = shared.db().await?;
    let statement = db.prepare_cached(sql).await?;
    db.query_opt(&statement, arguments).await?.ok_or(Failure(StatusCode::NOT_FOUND))
}

fn check(new: &NewUser) -> Result<(), Failure> {
    new.validate().map_err(|_| Failure(StatusCode::UNPROCESSABLE_ENTITY))
}

#[get("/memory/users/{id}")]
async fn from_memory(id: Path<i32>) -> Json<User> {
    Json(User { id: *id, name: "Ada Lovelace".into(), email: "ada@example.com".into() })
}

#[get("/users/{id}")]
async fn get_user(shared: Data<Shared>, id: Path<i32>) -> Result<Json<User>, Failure> {
    let row = one(&shared, "SELECT id, name, email FROM users WHERE id = $1", &[&*id]).await?;
    Ok(Json(row.into()))
}

#[get("/users")]
async fn list_users(shared: Data<Shared>, page: Query<Paging>) -> Result<Json<UserPage>, Failure> {
    let limit = page.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(Failure(StatusCode::BAD_REQUEST));
    }
    let db = shared.db().await?;
    let sql = "SELECT id, name, email FROM users WHERE id > $1 ORDER BY id LIMIT $2";
    let statement = db.prepare_cached(sql).await?;
    let rows = db.query(&statement, &[&page.after.unwrap_or(0), &i64::from(limit)]).await?;
    let users: Vec<User> = rows.into_iter().map(User::from).collect();
    let next = (users.len() == limit as usize).then(|| users.last().map(|u| u.id)).flatten();
    Ok(Json(UserPage { users, next }))
}

#[post("/users")]
async fn create_user(shared: Data<Shared>, new: Json<NewUser>) -> Result<HttpResponse, Failure> {
    check(&new)?;
    let sql = "INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id, name, email";
    let user: User = one(&shared, sql, &[&new.name, &new.email]).await?.into();
    let location = format!("/users/{}", user.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(user))
}

#[put("/users/{id}")]
async fn replace_user(shared: Data<Shared>, id: Path<i32>, new: Json<NewUser>) -> Result<Json<User>, Failure> {
    check(&new)?;
    let sql = "UPDATE users SET name = $2, email = $3 WHERE id = $1 RETURNING id, name, email";
    Ok(Json(one(&shared, sql, &[&*id, &new.name, &new.email]).await?.into()))
}

#[delete("/users/{id}")]
async fn delete_user(shared: Data<Shared>, id: Path<i32>) -> Result<HttpResponse, Failure> {
    one(&shared, "DELETE FROM users WHERE id = $1 RETURNING id", &[&*id]).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(from_memory)
        .service(get_user)
        .service(list_users)
        .service(create_user)
        .service(replace_user)
        .service(delete_user);
}
