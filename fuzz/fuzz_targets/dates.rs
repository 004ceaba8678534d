//! Any text as a date, with whatever is known around it.

#![no_main]

use blogark::dates::{Hints, dated, order_of, read};

libfuzzer_sys::fuzz_target!(|input: (String, Option<String>, Option<(i32, u32)>)| {
    let (text, language, year_month) = input;
    let hints = Hints {
        language,
        year_month,
        ..Hints::default()
    };
    let reading = read(&text, &hints);
    let _ = dated(&text, &hints);
    let _ = order_of(text.lines());
    // What is written by a machine is read by one.
    if let Some(day) = reading.and_then(|r| r.local()).map(|local| local.date()) {
        let again = read(&day.format("%Y-%m-%d").to_string(), &Hints::default());
        if (1..=9999).contains(&chrono_year(day)) {
            assert!(again.is_some(), "{day} of {text:?}");
        }
    }
});

fn chrono_year(day: impl ToString) -> i32 {
    day.to_string().split('-').next().and_then(|year| year.parse().ok()).unwrap_or(0)
}
