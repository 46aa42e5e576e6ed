//! The fortunes as an HTML table.
use crate::{App, Failure};
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::Html,
    routing::get,
    Router,
};

#[derive(sqlx::FromRow)]
struct Fortune {
    id: i32,
    message: String,
}

#[derive(Template)]
#[template(path = "fortunes.html")]
struct Page {
    fortunes: Vec<Fortune>,
}

async fn fortunes(State(app): State<App>) -> Result<Html<String>, Failure> {
    let mut fortunes: Vec<Fortune> =
        sqlx::query_as("SELECT id, message FROM fortune").fetch_all(app.db()?).await?;
    fortunes.push(Fortune { id: 0, message: "Additional fortune added at request time.".into() });
    fortunes.sort_by(|a, b| a.message.cmp(&b.message));
    let page = Page { fortunes }.render().map_err(|_| Failure(StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(Html(page))
}

pub fn routes() -> Router<App> {
    Router::new().route("/fortunes", get(fortunes))
}
