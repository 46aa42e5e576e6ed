//! The application of bench/peers/README.md on Actix Web and tokio-postgres: a pool on each worker.
mod users;
mod worlds;

use actix_web::{
    get,
    http::{header, StatusCode},
    middleware::DefaultHeaders,
    web::{self, Data},
    App, HttpResponse, HttpServer, Responder, ResponseError,
};
use deadpool_postgres::{ManagerConfig, Object, Pool, PoolConfig, Runtime};
use serde::Serialize;
use std::{collections::HashMap, env, fmt, fs::File, io::Write, net::SocketAddr, os::fd::FromRawFd, sync::Arc};
use tokio_postgres::{error::SqlState, NoTls};

/// What the handlers of a worker share. Without a database only what needs none is answered.
pub struct Shared {
    db: Option<Pool>,
    worlds: Arc<HashMap<i32, worlds::World>>,
}

impl Shared {
    async fn db(&self) -> Result<Object, Failure> {
        let pool = self.db.as_ref().ok_or(Failure(StatusCode::SERVICE_UNAVAILABLE))?;
        pool.get().await.map_err(|_| Failure(StatusCode::SERVICE_UNAVAILABLE))
    }
}

/// An answer that is only a status.
#[derive(Debug)]
struct Failure(StatusCode);

impl fmt::Display for Failure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(to)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.0
    }
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.0)
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Failure(match error.code() {
            Some(&SqlState::UNIQUE_VIOLATION) => StatusCode::CONFLICT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        })
    }
}

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

#[get("/json")]
async fn json() -> impl Responder {
    web::Json(Message { message: "Hello, World!" })
}

#[get("/plaintext")]
async fn plaintext() -> impl Responder {
    "Hello, World!"
}

fn open(connections: usize) -> Option<Pool> {
    let config = deadpool_postgres::Config {
        url: Some(env::var("DATABASE_URL").ok()?),
        manager: Some(ManagerConfig::default()),
        pool: Some(PoolConfig::new(connections)),
        ..Default::default()
    };
    Some(config.create_pool(Some(Runtime::Tokio1), NoTls).expect("cannot open DATABASE_URL"))
}

fn setting(name: &str, default: usize) -> usize {
    env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

/// Tells the runner where we listen.
fn ready(address: SocketAddr) {
    match env::var("WEFT_READY_FD") {
        // SAFETY: whoever sets the variable hands the descriptor over.
        Ok(fd) => writeln!(unsafe { File::from_raw_fd(fd.parse().expect("WEFT_READY_FD")) }, "{address}").unwrap(),
        Err(_) => println!("{address}"),
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = setting("WEFT_WORKERS", cores);
    let connections = (setting("DB_CONNECTIONS", 8) / workers).max(1);
    let worlds = match open(1) {
        Some(pool) => worlds::all(&pool).await.expect("cannot read the table world"),
        None => HashMap::new(),
    };
    let worlds = Arc::new(worlds);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(Shared { db: open(connections), worlds: worlds.clone() }))
            .wrap(DefaultHeaders::new().add((header::SERVER, "actix")))
            .service(json)
            .service(plaintext)
            .configure(users::routes)
            .configure(worlds::routes)
    })
    .workers(workers)
    .bind(env::var("WEFT_LISTEN").unwrap_or_else(|_| "127.0.0.1:0".into()))?;
    let address = server.addrs()[0];
    let running = server.run();
    ready(address);
    running.await
}
