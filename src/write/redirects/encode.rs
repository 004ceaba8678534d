//! Percent-encoding, so that an address means the same to every server that is told of it.

/// A path with its letters decoded, as it stands in an address.
pub fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        push(&mut out, byte, b'%');
    }
    out
}

/// An address that may be encoded in part: what is encoded stays so.
pub fn encoded_address(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for byte in address.bytes() {
        push(&mut out, byte, b'\0');
    }
    out
}

/// Signs that mean something to a server's own language (`$`, quotation marks, brackets) are encoded like letters.
fn push(out: &mut String, byte: u8, refused: u8) {
    let is_plain = byte.is_ascii_alphanumeric() || b"-._~/%?#=&:@!,;+()".contains(&byte);
    let is_path = refused == b'%';
    if is_plain && byte != refused && !(is_path && matches!(byte, b'?' | b'#')) {
        out.push(char::from(byte));
    } else {
        out.push_str(&format!("%{byte:02X}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_addresses() {
        assert_eq!(
            encoded("/2009/café \"100%\"?.html"),
            "/2009/caf%C3%A9%20%22100%25%22%3F.html"
        );
        assert_eq!(
            encoded_address("https://x.example/a%20b/café$1"),
            "https://x.example/a%20b/caf%C3%A9%241"
        );
    }
}
