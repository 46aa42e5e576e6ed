//! One multi-threaded runtime, one listener, one pool: what `#[tokio::main]` gives.
use axum_sqlx::{listen_address, ready, router, setting, App};

async fn serve() {
    let app = App::open(setting("DB_CONNECTIONS", 8) as u32).await;
    let listener = tokio::net::TcpListener::bind(listen_address()).await.expect("cannot listen");
    ready(listener.local_addr().unwrap());
    axum::serve(listener, router(app)).await.unwrap();
}

fn main() {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let workers = setting("WEFT_WORKERS", 0);
    if workers > 0 {
        runtime.worker_threads(workers);
    }
    runtime.enable_all().build().unwrap().block_on(serve());
}
