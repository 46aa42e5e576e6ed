//! The application of bench/peers/README.md on Axum and SQLx, as their community would write it. The
//! two programs differ in how they run it: `stock` as `#[tokio::main]` does, `percore` with a runtime,
//! a listener and a pool on each thread. `skew` is another application, for bench/skew.
mod fortunes;
mod users;
mod worlds;

use axum::{
    http::{header, HeaderValue, StatusCode},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::get,
    Json, Router,
};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use serde::Serialize;
use socket2::{Domain, Socket, Type};
use sqlx::postgres::{PgPool, PgPoolOptions};
use std::{
    collections::HashMap, env, fs::File, future::Future, io::Write, net::SocketAddr, os::fd::FromRawFd, sync::Arc,
    thread,
};
use tokio::net::TcpListener;

/// What handlers share. Without a database only what needs none is answered.
#[derive(Clone)]
pub struct App {
    db: Option<PgPool>,
    worlds: Arc<HashMap<i32, worlds::World>>,
}

impl App {
    /// Connects to DATABASE_URL with `connections` connections, if there is one, and fills the cache.
    pub async fn open(connections: u32) -> App {
        let Ok(url) = env::var("DATABASE_URL") else {
            return App { db: None, worlds: Arc::default() };
        };
        let db = PgPoolOptions::new()
            .min_connections(connections)
            .max_connections(connections)
            .connect(&url)
            .await
            .expect("cannot open DATABASE_URL");
        let worlds = worlds::all(&db).await.expect("cannot read the table world");
        App { db: Some(db), worlds: Arc::new(worlds) }
    }

    fn db(&self) -> Result<&PgPool, Failure> {
        self.db.as_ref().ok_or(Failure(StatusCode::SERVICE_UNAVAILABLE))
    }
}

/// An answer that is only a status.
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
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

#[derive(Serialize)]
struct Message {
    message: &'static str,
}

async fn json() -> Json<Message> {
    Json(Message { message: "Hello, World!" })
}

async fn plaintext() -> &'static str {
    "Hello, World!"
}

async fn name_server(mut response: Response) -> Response {
    response.headers_mut().insert(header::SERVER, HeaderValue::from_static("axum"));
    response
}

pub fn router(app: App) -> Router {
    Router::new()
        .route("/json", get(json))
        .route("/plaintext", get(plaintext))
        .merge(users::routes())
        .merge(worlds::routes())
        .merge(fortunes::routes())
        .layer(map_response(name_server))
        .with_state(app)
}

/// A number from the environment, or its default.
pub fn setting(name: &str, default: usize) -> usize {
    env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

pub fn listen_address() -> SocketAddr {
    let text = env::var("WEFT_LISTEN").unwrap_or_else(|_| "127.0.0.1:0".into());
    text.parse().expect("WEFT_LISTEN is no address")
}

/// Tells the runner where we listen.
pub fn ready(address: SocketAddr) {
    match env::var("WEFT_READY_FD") {
        // SAFETY: whoever sets the variable hands the descriptor over.
        Ok(fd) => writeln!(unsafe { File::from_raw_fd(fd.parse().expect("WEFT_READY_FD")) }, "{address}").unwrap(),
        Err(_) => println!("{address}"),
    }
}

/// How many threads serve: WEFT_WORKERS, or one for each core.
pub fn setting_of_cores() -> usize {
    setting("WEFT_WORKERS", thread::available_parallelism().map_or(1, usize::from))
}

fn listen(address: SocketAddr) -> std::net::TcpListener {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.set_reuse_port(true).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.set_nonblocking(true).unwrap();
    socket.bind(&address.into()).expect("cannot listen");
    socket.listen(1024).unwrap();
    socket.into()
}

/// What `axum::serve` does, and answers to pipelined requests leave in one piece, which hyper does only when asked.
async fn serve_coalesced(listener: TcpListener, app: Router) {
    let mut protocol = http1::Builder::new();
    protocol.pipeline_flush(true);
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(app.clone());
        tokio::spawn(protocol.serve_connection(TokioIo::new(stream), service));
    }
}

/// Serves what `open` makes for each thread, on a single-threaded runtime with a listener of its own of the
/// same port (SO_REUSEPORT): the fastest way to run Axum.
pub fn per_core<F, R>(threads: usize, open: F)
where
    F: Fn(usize) -> R + Copy + Send + 'static,
    R: Future<Output = Router>,
{
    let run = move |index, listener| {
        let serve = async move {
            serve_coalesced(TcpListener::from_std(listener).unwrap(), open(index).await).await;
        };
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(serve);
    };
    let first = listen(listen_address());
    let address = first.local_addr().unwrap();
    let mut running = vec![thread::spawn(move || run(0, first))];
    for index in 1..threads {
        let listener = listen(address);
        running.push(thread::spawn(move || run(index, listener)));
    }
    ready(address);
    running.into_iter().for_each(|thread| thread.join().unwrap());
}
