//! bench/apps/skew on Axum, a runtime and a listener on each thread: quick handlers, but for one in a
//! hundred, which computes for a millisecond; and which thread answers.
use axum::{extract::State, routing::get, Json, Router};
use axum_sqlx::{per_core, setting_of_cores};
use serde::Serialize;
use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

#[derive(Serialize)]
struct Answer {
    number: u32,
}

/// The sequence of bench/apps/skew.
fn draw() -> u32 {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let mut bits = CALLS.fetch_add(0x9e37_79b9, Relaxed).wrapping_add(0x9e37_79b9);
    bits = (bits ^ bits >> 16).wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ bits >> 13).wrapping_mul(0xc2b2_ae35);
    bits ^ bits >> 16
}

async fn mixed() -> Json<Answer> {
    let number = draw() % 100;
    if number == 0 {
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(1) {}
    }
    Json(Answer { number })
}

async fn quick() -> Json<Answer> {
    Json(Answer { number: 0 })
}

async fn worker(State(index): State<usize>) -> String {
    index.to_string()
}

fn main() {
    per_core(setting_of_cores(), |index| async move {
        Router::new()
            .route("/mixed", get(mixed))
            .route("/quick", get(quick))
            .route("/worker", get(worker))
            .with_state(index)
    });
}
