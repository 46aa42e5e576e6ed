//! A single-threaded runtime on each thread, with its own listener of the same port (SO_REUSEPORT) and
//! its own share of the connections: the fastest way to run Axum.
use axum_sqlx::{listen_address, ready, router, setting, App};
use socket2::{Domain, Socket, Type};
use std::{net::SocketAddr, thread};

fn listen(address: SocketAddr) -> std::net::TcpListener {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.set_reuse_port(true).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.set_nonblocking(true).unwrap();
    socket.bind(&address.into()).expect("cannot listen");
    socket.listen(1024).unwrap();
    socket.into()
}

async fn serve(listener: std::net::TcpListener, connections: u32) {
    let app = App::open(connections).await;
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    axum::serve(listener, router(app)).await.unwrap();
}

fn run(listener: std::net::TcpListener, connections: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(serve(listener, connections));
}

fn main() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let workers = setting("WEFT_WORKERS", cores);
    let connections = (setting("DB_CONNECTIONS", 8) / workers).max(1) as u32;
    let first = listen(listen_address());
    let address = first.local_addr().unwrap();
    let mut threads = vec![thread::spawn(move || run(first, connections))];
    for _ in 1..workers {
        let listener = listen(address);
        threads.push(thread::spawn(move || run(listener, connections)));
    }
    ready(address);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
