//! Rows of the table world: one, many, changed, and cached; the fortunes.
use crate::{Failure, Shared};
use actix_web::{
    get,
    http::StatusCode,
    web::{Data, Html, Json, ServiceConfig},
    HttpRequest,
};
use askama::Template;
use deadpool_postgres::{Object, Pool};
use serde::Serialize;
use std::{collections::HashMap, error::Error};

const ROWS: i32 = 10_000;

#[derive(Clone, Serialize)]
pub struct World {
    id: i32,
    #[serde(rename = "randomNumber")]
    random_number: i32,
}

struct Fortune {
    id: i32,
    message: String,
}

#[derive(Template)]
#[template(path = "fortunes.html")]
struct Page {
    fortunes: Vec<Fortune>,
}

fn random() -> i32 {
    fastrand::i32(1..=ROWS)
}

/// How many are wanted: `name` of the query string, 1 to 500; 1 when it is missing or no number.
fn count(request: &HttpRequest, name: &str) -> usize {
    let pairs = request.query_string().split('&');
    let text = pairs.into_iter().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    text.and_then(|text| text.parse::<i64>().ok()).unwrap_or(1).clamp(1, 500) as usize
}

pub async fn all(pool: &Pool) -> Result<HashMap<i32, World>, Box<dyn Error>> {
    let rows = pool.get().await?.query("SELECT id, randomnumber FROM world", &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), World { id: row.get(0), random_number: row.get(1) })).collect())
}

async fn find_some(db: &Object, count: usize) -> Result<Vec<World>, Failure> {
    let statement = db.prepare_cached("SELECT id, randomnumber FROM world WHERE id = $1").await?;
    let mut rows = Vec::with_capacity(count);
    for _ in 0..count {
        let row = db.query_one(&statement, &[&random()]).await?;
        rows.push(World { id: row.get(0), random_number: row.get(1) });
    }
    Ok(rows)
}

#[get("/db")]
async fn one(shared: Data<Shared>) -> Result<Json<World>, Failure> {
    Ok(Json(find_some(&shared.db().await?, 1).await?.remove(0)))
}

#[get("/queries")]
async fn many(shared: Data<Shared>, request: HttpRequest) -> Result<Json<Vec<World>>, Failure> {
    Ok(Json(find_some(&shared.db().await?, count(&request, "queries")).await?))
}

#[get("/updates")]
async fn change(shared: Data<Shared>, request: HttpRequest) -> Result<Json<Vec<World>>, Failure> {
    let db = shared.db().await?;
    let mut rows = find_some(&db, count(&request, "queries")).await?;
    rows.sort_by_key(|row| row.id);
    for row in &mut rows {
        row.random_number = random();
    }
    let ids: Vec<i32> = rows.iter().map(|row| row.id).collect();
    let numbers: Vec<i32> = rows.iter().map(|row| row.random_number).collect();
    let sql = "UPDATE world SET randomnumber = new.number \
               FROM (SELECT DISTINCT ON (id) * FROM unnest($1::int[], $2::int[]) AS given(id, number)) AS new \
               WHERE world.id = new.id";
    let statement = db.prepare_cached(sql).await?;
    db.execute(&statement, &[&ids, &numbers]).await?;
    Ok(Json(rows))
}

#[get("/cached-worlds")]
async fn cached(shared: Data<Shared>, request: HttpRequest) -> Json<Vec<World>> {
    let wanted = count(&request, "count");
    Json((0..wanted).filter_map(|_| shared.worlds.get(&random()).cloned()).collect())
}

#[get("/fortunes")]
async fn fortunes(shared: Data<Shared>) -> Result<Html, Failure> {
    let db = shared.db().await?;
    let statement = db.prepare_cached("SELECT id, message FROM fortune").await?;
    let rows = db.query(&statement, &[]).await?;
    let mut fortunes: Vec<Fortune> =
        rows.iter().map(|row| Fortune { id: row.get(0), message: row.get(1) }).collect();
    fortunes.push(Fortune { id: 0, message: "Additional fortune added at request time.".into() });
    fortunes.sort_by(|a, b| a.message.cmp(&b.message));
    let page = Page { fortunes }.render().map_err(|_| Failure(StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(Html::new(page))
}

pub fn routes(config: &mut ServiceConfig) {
    config.service(one).service(many).service(change).service(cached).service(fortunes);
}
