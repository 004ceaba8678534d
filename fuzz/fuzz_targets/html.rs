//! Everything else that is done to a fragment of HTML: what it shows, what it refers to, what strangers may say.

#![no_main]

use blogark::html::{autop, flatten_depth, references, replace_references, sanitise, visible_text};

libfuzzer_sys::fuzz_target!(|html: &str| {
    let _ = visible_text(html);
    let _ = autop(html);
    let (flat, _) = flatten_depth(html, 512);
    assert!(!flatten_depth(&flat, 512).1, "flattened twice");
    let clean = sanitise(html).html;
    for reference in references(&clean) {
        let address: String = reference.address.chars().filter(|c| !c.is_ascii_control() && *c != ' ').collect();
        let scheme = address.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let runs = ["javascript", "vbscript", "data"].contains(&scheme.as_str()) && address.contains(':');
        assert!(!runs, "{address} in {clean}");
    }
    for reference in references(html) {
        assert!(html.get(reference.span.clone()).is_some(), "{reference:?}");
    }
    assert_eq!(replace_references(html, |_| None), html);
});
