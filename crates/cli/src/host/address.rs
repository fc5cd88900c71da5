//! Where a server is, and the one-time links that lead there.

use std::{fmt, net::IpAddr, str::FromStr};

use reqwest::Url;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::HostError;

/// The origin of a server: https, or plain http on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerUrl(Url);

impl ServerUrl {
    /// The HTTP address of `path`, which starts with a slash.
    pub fn http(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }

    /// The address of the WebSocket.
    ///
    /// # Panics
    /// Never: an address of this type is http or https, which both have a WebSocket scheme.
    pub fn socket(&self) -> Url {
        let mut url = self.http("/api/socket");
        let scheme = if self.0.scheme() == "https" {
            "wss"
        } else {
            "ws"
        };
        url.set_scheme(scheme)
            .expect("http and ws are of the same kind");
        url
    }

    /// The link a person opens to enrol with `token`.
    pub fn link(&self, token: &str) -> String {
        format!("{self}/#/enrol/{token}")
    }

    /// On this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

impl FromStr for ServerUrl {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let mut url: Url = text.trim().parse().map_err(|_| HostError::BadLink)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(HostError::InsecureUrl),
            _ => return Err(HostError::BadLink),
        }
        if url.host_str().is_none() || !url.username().is_empty() || url.password().is_some() {
            return Err(HostError::BadLink);
        }
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl TryFrom<String> for ServerUrl {
    type Error = HostError;

    fn try_from(text: String) -> Result<Self, HostError> {
        text.parse()
    }
}

impl From<ServerUrl> for String {
    fn from(url: ServerUrl) -> Self {
        url.to_string()
    }
}

/// A one-time link: a server and a secret.
pub struct Link {
    /// The server it leads to.
    pub server: ServerUrl,
    /// Its secret.
    pub token: Zeroizing<String>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl FromStr for Link {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let (server, fragment) = text.trim().split_once('#').ok_or(HostError::BadLink)?;
        let token = fragment.strip_prefix("/enrol/").ok_or(HostError::BadLink)?;
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if token.is_empty() || token.len() > 128 || !token.chars().all(fits) {
            return Err(HostError::BadLink);
        }
        Ok(Self {
            server: server.parse()?,
            token: Zeroizing::new(token.to_owned()),
        })
    }
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_gives_its_server_and_its_secret() {
        let link: Link = "http://127.0.0.1:8470/#/enrol/ab_C-1\n".parse().unwrap();
        assert_eq!(link.server.to_string(), "http://127.0.0.1:8470");
        assert_eq!(*link.token, "ab_C-1");
        assert_eq!(
            link.server.socket().as_str(),
            "ws://127.0.0.1:8470/api/socket"
        );
        assert!(!format!("{link:?}").contains("ab_C-1"));
        assert_eq!(
            link.server.link("ab_C-1"),
            "http://127.0.0.1:8470/#/enrol/ab_C-1"
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for far in [
            "http://beraad.example/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example/",
        ] {
            assert!(
                matches!(far.parse::<ServerUrl>(), Err(HostError::InsecureUrl)),
                "{far}"
            );
        }
        for near in [
            "http://localhost:1/",
            "http://[::1]:1/",
            "http://127.9.9.9/",
        ] {
            assert!(near.parse::<ServerUrl>().is_ok(), "{near}");
        }
        let far: ServerUrl = "https://beraad.example".parse().unwrap();
        assert_eq!(far.socket().as_str(), "wss://beraad.example/api/socket");
    }

    #[test]
    fn what_is_no_link_is_refused() {
        for text in [
            "",
            "abc",
            "http://127.0.0.1/",
            "http://127.0.0.1/#/enrol/",
            "http://127.0.0.1/#/other/abc",
            "http://127.0.0.1/#/enrol/a b",
            "ftp://127.0.0.1/#/enrol/abc",
            "https://name:word@beraad.example/#/enrol/abc",
        ] {
            assert!(text.parse::<Link>().is_err(), "{text}");
        }
    }
}
