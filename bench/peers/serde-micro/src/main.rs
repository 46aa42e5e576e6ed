//! What serde_json takes for the struct and the text of bench/parts/json: decoded into a struct whose
//! strings borrow from the text, and into one that owns them, as Axum's `Json` extractor wants it;
//! encoded into a new vector, and into one that is kept. Nanoseconds of processor time, the least of
//! seven rounds, as bench/parts/measure.c prints them.
//!
//! usage: serde-micro [CASE TIMES]     with arguments one case so often: for counts of instructions
use serde::{Deserialize, Serialize};
use std::{env, hint::black_box};

const TEXT: &str = concat!(
    r#"{"id":4711000815,"name":"Wilhelmina Featherstone","email":"wilhelmina@weaving.example","#,
    r#""phone":"+49 30 901820-4711","company":"Featherstone Weaving & Sons","#,
    r#""street":"Unter den Linden 77, Hinterhaus","city":"Berlin","#,
    r#""about":"Weaves since 1987, mostly linen and wool; teaches on Saturdays, and repairs looms "#,
    r#"of any make when the weather is bad.","active":true,"visits":1234,"balance":1999.95,"#,
    r#""latitude":52.516278}"#
);
const TIMES: u32 = 100_000;

#[derive(Deserialize, Serialize)]
struct Account<'a> {
    id: i64,
    name: &'a str,
    email: &'a str,
    phone: &'a str,
    company: &'a str,
    street: &'a str,
    city: &'a str,
    about: &'a str,
    active: bool,
    visits: i32,
    balance: f64,
    latitude: f64,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Owned {
    id: i64,
    name: String,
    email: String,
    phone: String,
    company: String,
    street: String,
    city: String,
    about: String,
    active: bool,
    visits: i32,
    balance: f64,
    latitude: f64,
}

fn decode_borrowed(times: u32) {
    for _ in 0..times {
        let account: Account = serde_json::from_slice(black_box(TEXT.as_bytes())).unwrap();
        assert!(black_box(account).visits == 1234);
    }
}

fn decode_owned(times: u32) {
    for _ in 0..times {
        let account: Owned = serde_json::from_slice(black_box(TEXT.as_bytes())).unwrap();
        assert!(black_box(account).visits == 1234);
    }
}

fn encode_new(times: u32) {
    let account: Account = serde_json::from_str(TEXT).unwrap();
    for _ in 0..times {
        let text = serde_json::to_vec(black_box(&account)).unwrap();
        assert!(black_box(text).len() == TEXT.len());
    }
}

fn encode_kept(times: u32) {
    let account: Account = serde_json::from_str(TEXT).unwrap();
    let mut text = Vec::with_capacity(1024);
    for _ in 0..times {
        text.clear();
        serde_json::to_writer(&mut text, black_box(&account)).unwrap();
        assert!(black_box(&text).len() == TEXT.len());
    }
}

/// Processor time of this thread, in nanoseconds: what else the machine does is not counted.
fn cpu_now() -> f64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is there to be written.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut now) };
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

const CASES: [(&str, fn(u32)); 4] = [
    ("JSON of 12 fields decoded, serde_json", decode_owned),
    ("JSON of 12 fields decoded, serde_json borrowing", decode_borrowed),
    ("JSON of 12 fields encoded, serde_json", encode_new),
    ("JSON of 12 fields encoded, serde_json reusing", encode_kept),
];

fn main() {
    let arguments: Vec<usize> = env::args().skip(1).map(|word| word.parse().unwrap()).collect();
    if let [case, times] = arguments[..] {
        CASES[case].1(times as u32);
        return;
    }
    for (name, run) in CASES {
        let least = (0..7)
            .map(|_| {
                let begin = cpu_now();
                run(TIMES);
                (cpu_now() - begin) / f64::from(TIMES)
            })
            .fold(f64::MAX, f64::min);
        println!("{name:48} {least:8.1} ns");
    }
}
