//! Where NATS is, read from a URL.

use std::net::IpAddr;

/// The longest name of a region.
const MAX_REGION: usize = 64;
/// The region when none is named.
const REGION: &str = "region";

/// An address, with what is secret taken out of the part that is passed on.
pub(super) struct Address {
    /// Scheme, host and port.
    pub(super) server: String,
    pub(super) user: Option<String>,
    /// A password, or without a user a token.
    pub(super) secret: Option<String>,
    /// On which the region's nodes talk.
    pub(super) subject: String,
    /// To which nobody ever listens.
    pub(super) greeting: String,
    /// On this machine: no encryption is asked for.
    pub(super) is_local: bool,
}

impl Address {
    pub(super) fn read(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        if !matches!(scheme, "nats" | "tls") {
            return None;
        }
        let (authority, region) = rest.split_once('/').unwrap_or((rest, ""));
        let (credentials, host) = match authority.rsplit_once('@') {
            Some((credentials, host)) => (Some(credentials), host),
            None => (None, authority),
        };
        let (user, secret) = match credentials.map(|both| both.split_once(':')) {
            None => (None, None),
            Some(None) => (None, Some(decoded(credentials?)?)),
            Some(Some((user, password))) => (Some(decoded(user)?), Some(decoded(password)?)),
        };
        let region = if region.is_empty() { REGION } else { region };
        let fits = is_host(host) && is_region(region);
        fits.then(|| Self {
            server: format!("{scheme}://{host}"),
            user,
            secret,
            subject: format!("beraad.{region}.wake"),
            greeting: format!("beraad.{region}.greeting"),
            is_local: scheme == "nats" && is_local(host),
        })
    }
}

fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

/// One token of a subject.
fn is_region(region: &str) -> bool {
    region.len() <= MAX_REGION
        && region
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// RFC 3986 section 2.1.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let value = digit(rest.next())? * 16 + digit(rest.next())?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_is_taken_out_of_the_address() {
        let address = Address::read("nats://beraad:p%40ss:w@nats.example.org:4222/east-1").unwrap();
        assert_eq!(address.server, "nats://nats.example.org:4222");
        assert_eq!(address.user.as_deref(), Some("beraad"));
        assert_eq!(address.secret.as_deref(), Some("p@ss:w"));
        assert_eq!(address.subject, "beraad.east-1.wake");
        assert!(!address.is_local);
        let token = Address::read("tls://s3cret@localhost").unwrap();
        assert_eq!(
            (token.user, token.secret.as_deref()),
            (None, Some("s3cret"))
        );
        assert_eq!(token.server, "tls://localhost");
        assert!(!token.is_local, "asked for encryption");
    }

    #[test]
    fn this_machine_needs_no_encryption() {
        for (url, local) in [
            ("nats://localhost", true),
            ("nats://127.0.0.1:4222/", true),
            ("nats://[::1]:4222", true),
            ("nats://192.0.2.1", false),
        ] {
            assert_eq!(Address::read(url).unwrap().is_local, local, "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for url in [
            "localhost:4222",
            "http://localhost",
            "nats://",
            "nats://user:pass@",
            "nats://host/a.b",
            "nats://host/>",
            "nats://a b",
            "nats://%zz@host",
        ] {
            assert!(Address::read(url).is_none(), "{url}");
        }
    }
}
