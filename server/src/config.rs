//! What the host sets: by argument or environment.

use std::{fmt, net::SocketAddr, path::PathBuf};

use beraad_group::Suite;
use zeroize::Zeroize as _;

/// Runs a Beraad server: one process, one data folder.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "beraad-server", version)]
pub struct Config {
    /// Where everything is kept; made when it is not there
    #[arg(
        long,
        env = "BERAAD_DATA",
        value_name = "DIR",
        default_value = "data/server"
    )]
    pub data: PathBuf,
    /// PostgreSQL that several nodes share, such as `postgres://USER:PASSWORD@HOST/DATABASE`
    /// [default: SQLite in the data folder]
    #[arg(
        long,
        env = "BERAAD_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database: Option<Secret>,
    /// NATS that wakes the other nodes, such as `nats://USER:PASSWORD@HOST/REGION`
    #[arg(
        long,
        env = "BERAAD_BUS",
        value_name = "URL",
        hide_env_values = true,
        requires = "database"
    )]
    pub bus: Option<Secret>,
    /// Address and port to listen on; without a certificate only this machine's own
    #[arg(
        long,
        env = "BERAAD_LISTEN",
        value_name = "ADDR",
        default_value = "127.0.0.1:7780"
    )]
    pub listen: SocketAddr,
    /// How people reach it, such as `https://beraad.example.org` [default: the address]
    #[arg(long, env = "BERAAD_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Certificate chain in PEM, for TLS
    #[arg(
        long,
        env = "BERAAD_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key"
    )]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key in PEM
    #[arg(
        long,
        env = "BERAAD_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    pub tls_key: Option<PathBuf>,
    /// Serve figures for Prometheus at `/metrics` on this address of this machine
    #[arg(long, env = "BERAAD_METRICS", value_name = "ADDR")]
    pub metrics: Option<SocketAddr>,
    /// Cipher suite of new channels
    #[arg(long, env = "BERAAD_SUITE", value_enum, default_value_t = SuiteChoice::Hybrid)]
    pub suite: SuiteChoice,
}

/// An address that may hold a password: never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The address, for whoever connects to it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(address: String) -> Self {
        Self(address)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A cipher suite by its plain name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum SuiteChoice {
    /// Post-quantum and classical keys together
    #[default]
    Hybrid,
    /// Classical keys alone
    Classic,
}

/// Why a configuration cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Give a certificate, or listen on this machine alone.
    #[error(
        "{0} can be reached from elsewhere and there is no certificate: give --tls-cert and \
         --tls-key, or listen on 127.0.0.1"
    )]
    PlainOutside(SocketAddr),
    /// Figures are for this machine alone.
    #[error(
        "figures at {0} could be read from elsewhere: choose an address such as 127.0.0.1:9100"
    )]
    MetricsOutside(SocketAddr),
    /// Write it as scheme and host.
    #[error(
        "the public URL is http:// or https:// and a host, with a port if need be, nothing after"
    )]
    PublicUrl,
    /// Browsers would not reach it.
    #[error(
        "the public URL says https, but there is no certificate: give --tls-cert and --tls-key"
    )]
    PublicUrlNeedsTls,
}

impl Config {
    /// A server in `data` on a free port of this machine, for tests.
    pub fn for_test(data: PathBuf) -> Self {
        Self {
            data,
            database: None,
            bus: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            tls_cert: None,
            tls_key: None,
            metrics: None,
            suite: SuiteChoice::Hybrid,
        }
    }

    /// Refuses what would be unsafe or unusable.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.tls().is_none() && !self.listen.ip().is_loopback() {
            return Err(ConfigError::PlainOutside(self.listen));
        }
        if let Some(metrics) = self.metrics
            && !metrics.ip().is_loopback()
        {
            return Err(ConfigError::MetricsOutside(metrics));
        }
        if let Some(url) = &self.public_url {
            let host = host_of(url).ok_or(ConfigError::PublicUrl)?;
            if !is_host(host) {
                return Err(ConfigError::PublicUrl);
            }
            // A proxy in front may hold the certificate when this listens on loopback.
            if url.starts_with("https://")
                && self.tls().is_none()
                && !self.listen.ip().is_loopback()
            {
                return Err(ConfigError::PublicUrlNeedsTls);
            }
        }
        Ok(())
    }

    /// Certificate and key.
    pub(crate) fn tls(&self) -> Option<(&PathBuf, &PathBuf)> {
        self.tls_cert.as_ref().zip(self.tls_key.as_ref())
    }

    /// How people reach a server that listens on `addr`.
    pub(crate) fn url(&self, addr: SocketAddr) -> String {
        let scheme = if self.tls().is_some() {
            "https"
        } else {
            "http"
        };
        self.public_url.as_ref().map_or_else(
            || format!("{scheme}://{addr}"),
            |url| url.trim_end_matches('/').to_owned(),
        )
    }
}

impl From<SuiteChoice> for Suite {
    fn from(choice: SuiteChoice) -> Self {
        match choice {
            SuiteChoice::Hybrid => Self::Hybrid,
            SuiteChoice::Classic => Self::Classic,
        }
    }
}

/// Host and port of a URL without a path.
pub(crate) fn host_of(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    Some(rest.trim_end_matches('/'))
}

fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 200
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn config() -> Config {
        Config::for_test(PathBuf::new())
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        assert_eq!(config().check(), Ok(()));
        let listen = "0.0.0.0:80".parse().unwrap();
        let outside = Config { listen, ..config() };
        assert_eq!(outside.check(), Err(ConfigError::PlainOutside(listen)));
        let tls = Some(PathBuf::from("file.pem"));
        assert_eq!(
            Config {
                tls_cert: tls.clone(),
                tls_key: tls,
                ..outside
            }
            .check(),
            Ok(())
        );
    }

    #[test]
    fn passwords_in_addresses_are_never_printed() {
        let config = Config::try_parse_from([
            "beraad-server",
            "--database=postgres://beraad:hush@localhost/beraad",
            "--bus=nats://beraad:hush@localhost",
        ])
        .unwrap();
        assert!(config.database.as_ref().unwrap().reveal().contains("hush"));
        assert!(!format!("{config:?}").contains("hush"));
    }

    #[test]
    fn a_bus_is_for_nodes_that_share_a_database() {
        let alone = Config::try_parse_from(["beraad-server", "--bus=nats://localhost"]);
        let refused = alone.unwrap_err().to_string();
        assert!(refused.contains("--database"), "{refused}");
    }

    #[test]
    fn figures_stay_on_this_machine() {
        let metrics = "192.0.2.1:9100".parse().unwrap();
        let config = Config {
            metrics: Some(metrics),
            ..config()
        };
        assert_eq!(config.check(), Err(ConfigError::MetricsOutside(metrics)));
    }

    #[test]
    fn a_public_url_is_scheme_and_host() {
        for (url, good) in [
            ("http://localhost:8480", true),
            ("https://beraad.example.org/", true),
            ("https://example.org/path", false),
            ("ftp://example.org", false),
            ("https://", false),
            ("http://a b", false),
        ] {
            let config = Config {
                public_url: Some(url.to_owned()),
                ..config()
            };
            assert_eq!(config.check().is_ok(), good, "{url}");
        }
    }
}
