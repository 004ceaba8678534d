//! To where no connection is made: addresses come out of files that anybody may have written, and must not lead into the
//! network of whoever runs the program.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether an address belongs to the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// By the IANA registry of special-purpose addresses.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(matches!(a, 0 | 10 | 127 | 224..)
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && matches!(c, 0 | 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && matches!(b, 18 | 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // An address of version 4 in one of its guises leads where that one leads.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [0x2002, high, low, ..] => inner(high, low),
        // Local translation, Teredo, ORCHID, documentation.
        [0x64, 0xff9b, 1, ..] | [0x2001, 0..=0x01ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, ..] => false,
        // Only 2000::/3 is given out.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// Why an address is not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is no web address.
    NotWeb,
    /// It leads into a private network.
    Private,
}

/// Whether something may be fetched from this address, as far as it tells without asking for the name's numbers. Those
/// are looked at when the connection is made.
///
/// # Errors
/// When it is no web address, or one of a private network and those are not allowed.
pub(super) fn check(url: &Url, allow_private: bool) -> Result<(), Refused> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::NotWeb);
    }
    let is_private = match url.host() {
        None => return Err(Refused::NotWeb),
        Some(Host::Ipv4(address)) => !is_public_v4(address),
        Some(Host::Ipv6(address)) => !is_public_v6(address),
        Some(Host::Domain(name)) => is_local(name),
    };
    if is_private && !allow_private {
        return Err(Refused::Private);
    }
    Ok(())
}

/// Names that mean this machine or its network, whatever is behind them.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    !name.contains('.')
        || matches!(last, "localhost" | "local" | "internal" | "lan" | "home" | "corp")
        || name.ends_with(".home.arpa")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_public_internet_is_asked() {
        for no in [
            "0.0.0.0",
            "127.0.0.1",
            "127.9.9.9",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "::127.0.0.1",
            "fec0::1",
        ] {
            assert!(!is_public(no.parse().unwrap()), "{no}");
        }
        for yes in [
            "1.1.1.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2001:4860:4860::8888",
        ] {
            assert!(is_public(yes.parse().unwrap()), "{yes}");
        }
    }

    #[test]
    fn addresses_are_seen_through() {
        for (address, expected) in [
            ("http://h.example/a.jpg", Ok(())),
            ("https://[2606:4700::1111]/a.jpg", Ok(())),
            ("ftp://h.example/a.jpg", Err(Refused::NotWeb)),
            ("file:///etc/passwd", Err(Refused::NotWeb)),
            ("http://localhost/a.jpg", Err(Refused::Private)),
            ("http://LOCALHOST./a.jpg", Err(Refused::Private)),
            ("http://x.localhost/a.jpg", Err(Refused::Private)),
            ("http://printer/a.jpg", Err(Refused::Private)),
            ("http://nas.local/a.jpg", Err(Refused::Private)),
            ("http://127.1/a.jpg", Err(Refused::Private)),
            ("http://0x7f000001/a.jpg", Err(Refused::Private)),
            ("http://2130706433/a.jpg", Err(Refused::Private)),
            ("http://017700000001/a.jpg", Err(Refused::Private)),
            ("http://[::1]:8080/a.jpg", Err(Refused::Private)),
            ("http://[::ffff:7f00:1]/a.jpg", Err(Refused::Private)),
            ("http://169.254.169.254/latest/meta-data", Err(Refused::Private)),
        ] {
            let url = Url::parse(address).unwrap();
            assert_eq!(check(&url, false), expected, "{address}");
            if expected == Err(Refused::Private) {
                assert_eq!(check(&url, true), Ok(()), "{address}");
            }
        }
    }
}
