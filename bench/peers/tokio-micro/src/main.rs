//! What Tokio's runtime operations cost, in the same shapes as bench/parts/runtime and
//! bench/parts/sync: yield, spawn and join, mutex, channel hop, sleep of zero. One thread
//! (current_thread), nanoseconds per operation, the best of five runs.
use std::hint::black_box;
use tokio::sync::{mpsc, Mutex};
use tokio::task;

const ROUNDS: u64 = 1_000_000;

/// Processor time of this thread, in nanoseconds: what else the machine does is not counted.
fn cpu_now() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is there to be written.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

async fn best<F, Fut>(name: &str, operations: u64, mut run: F)
where
    F: FnMut() -> Fut,
    Fut: std::future::Future<Output = ()>,
{
    let mut nanoseconds = f64::MAX;
    for _ in 0..5 {
        let start = cpu_now();
        run().await;
        nanoseconds = nanoseconds.min((cpu_now() - start) / operations as f64);
    }
    println!("{name:32} {nanoseconds:8.1} ns");
}

/// Two tasks that give way to each other: each yield is a switch.
async fn yields() {
    let other = task::spawn(async {
        for _ in 0..ROUNDS / 2 {
            task::yield_now().await;
        }
    });
    for _ in 0..ROUNDS / 2 {
        task::yield_now().await;
    }
    other.await.unwrap();
}

async fn spawns() {
    for i in 0..ROUNDS {
        task::spawn(async move { black_box(i) }).await.unwrap();
    }
}

async fn locks() {
    let mutex = Mutex::new(0u64);
    for _ in 0..ROUNDS {
        *mutex.lock().await += 1;
    }
    black_box(mutex.into_inner());
}

/// Ping and pong through two channels of one place: two hops a round.
async fn hops() {
    let (to, mut from_us) = mpsc::channel::<u64>(1);
    let (back, mut from_them) = mpsc::channel::<u64>(1);
    let other = task::spawn(async move {
        while let Some(value) = from_us.recv().await {
            back.send(value).await.unwrap();
        }
    });
    for i in 0..ROUNDS / 2 {
        to.send(i).await.unwrap();
        black_box(from_them.recv().await);
    }
    drop(to);
    other.await.unwrap();
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    best("yield to another task", ROUNDS, yields).await;
    best("spawn and join", ROUNDS, spawns).await;
    best("mutex, lock and unlock", ROUNDS, locks).await;
    best("channel hop", ROUNDS, hops).await;
}
