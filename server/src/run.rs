//! Starting and stopping: everything is wired here.

use std::{
    fs::{self, File, TryLockError},
    io,
    net::{SocketAddr, TcpListener},
    os::unix::fs::DirBuilderExt as _,
    path::Path,
    sync::Arc,
    time::Duration,
};

use axum_server::{
    Handle,
    accept::NoDelayAcceptor,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use beraad_bus::{
    Bus, InProcess,
    nats::{NatsBus, NatsError},
};
use beraad_storage::{StorageError, traits::DirectoryRead as _};
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use crate::{
    app::App,
    config::{Config, ConfigError, host_of},
    first_start, http,
    hub::{Hub, sweep},
    keys::{KeyError, Keys},
    limiter::ClaimLimiter,
    refusal::Refusal,
    store::Store,
    telemetry::{self, Figures},
};

/// How long connections may take to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// Why the server does not start, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Change the setting it names.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Look at the data folder's rights and free space.
    #[error("the data folder {folder} cannot be used ({error}); look at its rights and free space")]
    DataFolder {
        /// The folder.
        folder: String,
        /// What the system said.
        error: io::Error,
    },
    /// Stop the other server, or choose another data folder.
    #[error("another server uses the data folder {0}; stop it, or choose another with --data")]
    InUse(String),
    /// Do what it says about the key file.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Do what it says about the store.
    #[error(transparent)]
    Store(#[from] StorageError),
    /// Copy the folder `keys` of another node into this one's data folder.
    #[error(
        "this node's keys are not those of the region: devices would not trust it; copy the folder \
         keys of another node into {0}"
    )]
    OtherKeys(String),
    /// Do what it says about the bus.
    #[error(transparent)]
    Bus(#[from] NatsError),
    /// Choose another address or port.
    #[error("cannot listen on {address} ({error}); choose another address or port")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// Look at the certificate and its key.
    #[error("certificate and key cannot be used ({0}); both are PEM files and belong together")]
    Tls(io::Error),
    /// The first start's accounts were not made: see the log.
    #[error("the first start failed: {0}")]
    FirstStart(String),
    /// The store's writer stopped by itself: see the log, then start again.
    #[error(
        "the store stopped by itself; nothing acknowledged is lost; see the log and start again"
    )]
    StoreStopped,
}

/// A server that is to be started.
#[derive(Debug)]
pub struct Server;

/// A server that runs.
pub struct RunningServer {
    /// Where it listens.
    pub addr: SocketAddr,
    /// How people reach it.
    pub url: String,
    /// The first administrator's link, while nobody has used one.
    pub first_link: Option<String>,
    app: Arc<App>,
    stop: watch::Sender<bool>,
    handle: Handle<SocketAddr>,
    serving: JoinHandle<io::Result<()>>,
    others: Vec<JoinHandle<()>>,
    // Held until the server has stopped, so that no second one writes to the folder.
    lock: File,
}

impl std::fmt::Debug for RunningServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunningServer")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Opens the data folder and listens. Answers once connections are accepted.
    pub async fn start(config: Config) -> Result<RunningServer, ServerError> {
        // Boxed: whoever awaits it need not hold everything a start goes through.
        Box::pin(Self::open(config)).await
    }

    async fn open(config: Config) -> Result<RunningServer, ServerError> {
        config.check()?;
        let lock = open_folder(&config.data)?;
        let listener = listen(config.listen)?;
        let addr = local(&listener, config.listen)?;
        let url = config.url(addr);
        let prefix = format!("{}/log", host_of(&url).unwrap_or("localhost"));
        let keys = Keys::open(&config.data, &prefix)?;
        let store = match &config.database {
            None => Store::in_folder(&config.data).await?,
            Some(url) => Store::at(url.reveal()).await?,
        };
        same_keys_as_the_region(&store, &keys, &config.data).await?;
        let (bus, gaps) = bus(&config).await?;
        let (stop, stopping) = watch::channel(false);
        let app = Arc::new(App {
            store,
            hub: Arc::new(Hub::default()),
            bus,
            keys,
            suite: config.suite.into(),
            claims: ClaimLimiter::default(),
            figures: Figures::default(),
            url: url.clone(),
            stopping,
            alive: watch::Sender::new(()),
        });
        let first_link = first_start::prepare(&app)
            .await
            .map_err(|Refusal(problem)| ServerError::FirstStart(problem.to_string()))?;
        let mut others = vec![tokio::spawn(
            Arc::clone(&app.hub).dispatch(app.bus.subscribe()),
        )];
        if config.database.is_some() {
            let (hub, store) = (Arc::clone(&app.hub), app.store.clone());
            others.push(tokio::spawn(sweep(hub, store, gaps)));
        }
        if let Some(address) = config.metrics {
            others.push(serve_metrics(&app, address)?);
        }
        let handle = Handle::new();
        let serving = serve(&config, &app, listener, handle.clone()).await?;
        tracing::info!(%addr, "listening");
        Ok(RunningServer {
            addr,
            url,
            first_link,
            app,
            stop,
            handle,
            serving,
            others,
            lock,
        })
    }
}

impl RunningServer {
    /// Resolves when the server cannot go on: the store's writer has stopped.
    pub async fn failed(&self) {
        self.app.store.stopped().await;
    }

    /// Says goodbye to every connection, finishes what is queued and closes the store.
    pub async fn shutdown(self) -> Result<(), ServerError> {
        let Self {
            app,
            stop,
            handle,
            serving,
            others,
            lock,
            ..
        } = self;
        let failed = app.store.has_stopped();
        stop.send_replace(true);
        handle.graceful_shutdown(Some(FAREWELL));
        // Too slow is as good as gone: what is acknowledged is on disk.
        drop(timeout(FAREWELL, app.alive.closed()).await);
        drop(timeout(FAREWELL, serving).await);
        for task in others {
            task.abort();
        }
        app.store.close().await;
        drop(lock);
        tracing::info!("stopped");
        if failed {
            Err(ServerError::StoreStopped)
        } else {
            Ok(())
        }
    }
}

/// The bus, and when wake-ups may have been lost on it.
async fn bus(config: &Config) -> Result<(Arc<dyn Bus>, watch::Receiver<u64>), ServerError> {
    let Some(url) = &config.bus else {
        // The sender is gone: without other nodes' wake-ups none are lost.
        return Ok((Arc::new(InProcess::default()), watch::channel(0).1));
    };
    // An error means that a provider is set already, which is this one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let bus = NatsBus::connect(url.reveal()).await?;
    let gaps = bus.gaps();
    Ok((Arc::new(bus), gaps))
}

/// A database that several nodes share has devices attested by one key; a node with another one
/// would attest what no device accepts.
async fn same_keys_as_the_region(
    store: &Store,
    keys: &Keys,
    folder: &Path,
) -> Result<(), ServerError> {
    let directory = store.read().await?.directory().await?;
    let Some(device) = directory.users.iter().flat_map(|user| &user.devices).next() else {
        return Ok(());
    };
    if keys.attested(&device.attestation, &device.signature) {
        Ok(())
    } else {
        Err(ServerError::OtherKeys(folder.display().to_string()))
    }
}

/// Makes the data folder, for the host alone, and takes hold of it.
fn open_folder(folder: &Path) -> Result<File, ServerError> {
    let wrap = |error| ServerError::DataFolder {
        folder: folder.display().to_string(),
        error,
    };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(wrap)?;
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))
        .map_err(wrap)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(ServerError::InUse(folder.display().to_string())),
        Err(TryLockError::Error(error)) => Err(wrap(error)),
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, ServerError> {
    let bind = || -> io::Result<TcpListener> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    bind().map_err(|error| ServerError::Listen { address, error })
}

fn local(listener: &TcpListener, address: SocketAddr) -> Result<SocketAddr, ServerError> {
    listener
        .local_addr()
        .map_err(|error| ServerError::Listen { address, error })
}

async fn serve(
    config: &Config,
    app: &Arc<App>,
    listener: TcpListener,
    handle: Handle<SocketAddr>,
) -> Result<JoinHandle<io::Result<()>>, ServerError> {
    let wrap = |error| ServerError::Listen {
        address: config.listen,
        error,
    };
    let service = http::router(app).into_make_service();
    let Some((cert, key)) = config.tls() else {
        let server = axum_server::from_tcp(listener).map_err(wrap)?;
        let server = server.acceptor(NoDelayAcceptor::new()).handle(handle);
        return Ok(tokio::spawn(server.serve(service)));
    };
    // An error means that a provider is set already, which is this one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let tls = RustlsConfig::from_pem_file(cert, key)
        .await
        .map_err(ServerError::Tls)?;
    let acceptor = RustlsAcceptor::new(tls).acceptor(NoDelayAcceptor::new());
    let server = axum_server::from_tcp(listener).map_err(wrap)?;
    Ok(tokio::spawn(
        server.acceptor(acceptor).handle(handle).serve(service),
    ))
}

/// Figures have a listener of their own, on this machine alone.
fn serve_metrics(app: &Arc<App>, address: SocketAddr) -> Result<JoinHandle<()>, ServerError> {
    let listener = listen(address)?;
    let listener = tokio::net::TcpListener::from_std(listener)
        .map_err(|error| ServerError::Listen { address, error })?;
    let router = telemetry::router(Arc::clone(app));
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::warn!(%error, "figures are no longer served");
        }
    }))
}
