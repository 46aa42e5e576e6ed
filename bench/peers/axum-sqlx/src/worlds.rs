//! Rows of the table world: one, many, changed, and cached.
use crate::{App, Failure};
use axum::{
    extract::{RawQuery, State},
    routing::get,
    Json, Router,
};
use serde::Serialize;
use sqlx::postgres::PgPool;
use std::collections::HashMap;

const ROWS: i32 = 10_000;

#[derive(Clone, Serialize, sqlx::FromRow)]
pub struct World {
    id: i32,
    #[serde(rename = "randomNumber")]
    #[sqlx(rename = "randomnumber")]
    random_number: i32,
}

fn random() -> i32 {
    fastrand::i32(1..=ROWS)
}

/// How many are wanted: `name` of the query string, 1 to 500; 1 when it is missing or no number.
fn count(query: Option<String>, name: &str) -> usize {
    let query = query.unwrap_or_default();
    let text = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    text.and_then(|text| text.parse::<i64>().ok()).unwrap_or(1).clamp(1, 500) as usize
}

pub async fn all(db: &PgPool) -> sqlx::Result<HashMap<i32, World>> {
    let rows: Vec<World> = sqlx::query_as("SELECT id, randomnumber FROM world").fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

async fn find(db: &PgPool, id: i32) -> sqlx::Result<World> {
    sqlx::query_as("SELECT id, randomnumber FROM world WHERE id = $1").bind(id).fetch_one(db).await
}

async fn find_some(db: &PgPool, count: usize) -> sqlx::Result<Vec<World>> {
    let mut rows = Vec::with_capacity(count);
    for _ in 0..count {
        rows.push(find(db, random()).await?);
    }
    Ok(rows)
}

async fn one(State(app): State<App>) -> Result<Json<World>, Failure> {
    Ok(Json(find(app.db()?, random()).await?))
}

async fn many(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Json<Vec<World>>, Failure> {
    Ok(Json(find_some(app.db()?, count(query, "queries")).await?))
}

async fn change(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Json<Vec<World>>, Failure> {
    let db = app.db()?;
    let mut rows = find_some(db, count(query, "queries")).await?;
    rows.sort_by_key(|row| row.id);
    for row in &mut rows {
        row.random_number = random();
    }
    let ids: Vec<i32> = rows.iter().map(|row| row.id).collect();
    let numbers: Vec<i32> = rows.iter().map(|row| row.random_number).collect();
    sqlx::query(
        "UPDATE world SET randomnumber = new.number \
         FROM (SELECT DISTINCT ON (id) * FROM unnest($1::int[], $2::int[]) AS given(id, number)) AS new \
         WHERE world.id = new.id",
    )
    .bind(ids)
    .bind(numbers)
    .execute(db)
    .await?;
    Ok(Json(rows))
}

async fn cached(State(app): State<App>, RawQuery(query): RawQuery) -> Json<Vec<World>> {
    let wanted = count(query, "count");
    Json((0..wanted).filter_map(|_| app.worlds.get(&random()).cloned()).collect())
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/db", get(one))
        .route("/queries", get(many))
        .route("/updates", get(change))
        .route("/cached-worlds", get(cached))
}
