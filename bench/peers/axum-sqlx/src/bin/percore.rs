//! A single-threaded runtime on each thread, with its own share of the connections to the database.
use axum_sqlx::{per_core, router, setting, setting_of_cores, App};

fn main() {
    let workers = setting_of_cores();
    let connections = (setting("DB_CONNECTIONS", 8) / workers).max(1) as u32;
    per_core(workers, move |_| async move { router(App::open(connections).await) });
}
