//! A wire between devices and server that can be listened to.
//!
//! It keeps its address when the server behind it is started anew, and keeps what went over it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// The wire.
pub struct Proxy {
    /// Where devices connect.
    pub addr: SocketAddr,
    upstream: watch::Sender<Option<SocketAddr>>,
    heard: Arc<Mutex<Vec<Conversation>>>,
}

/// What went over one connection.
#[derive(Debug, Clone, Default)]
struct Conversation {
    to_server: Vec<u8>,
    to_device: Vec<u8>,
}

impl Proxy {
    /// A wire that leads nowhere yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (upstream, leads_to) = watch::channel(None);
        let heard = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(accept(listener, leads_to, Arc::clone(&heard)));
        Self {
            addr,
            upstream,
            heard,
        }
    }

    /// Leads to this server from now on; connections to another one are cut.
    pub fn lead_to(&self, server: Option<SocketAddr>) {
        self.upstream.send_replace(server);
    }

    /// Every byte that went over the wire, as the two ends understood it: what devices masked
    /// (RFC 6455 section 5.3) is unmasked.
    pub fn heard(&self) -> Vec<Vec<u8>> {
        let heard = self.heard.lock().unwrap().clone();
        heard
            .into_iter()
            .flat_map(|conversation| [unmasked(&conversation.to_server), conversation.to_device])
            .collect()
    }
}

async fn accept(
    listener: TcpListener,
    leads_to: watch::Receiver<Option<SocketAddr>>,
    heard: Arc<Mutex<Vec<Conversation>>>,
) {
    while let Ok((device, _)) = listener.accept().await {
        let number = {
            let mut heard = heard.lock().unwrap();
            heard.push(Conversation::default());
            heard.len() - 1
        };
        tokio::spawn(pass_on(
            device,
            number,
            leads_to.clone(),
            Arc::clone(&heard),
        ));
    }
}

async fn pass_on(
    device: TcpStream,
    number: usize,
    mut leads_to: watch::Receiver<Option<SocketAddr>>,
    heard: Arc<Mutex<Vec<Conversation>>>,
) {
    let Some(addr) = *leads_to.borrow_and_update() else {
        return;
    };
    let Ok(server) = TcpStream::connect(addr).await else {
        return;
    };
    let (mut from_device, mut to_device) = device.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = copy(&mut from_device, &mut to_server, |bytes| {
        heard.lock().unwrap()[number]
            .to_server
            .extend_from_slice(bytes);
    });
    let down = copy(&mut from_server, &mut to_device, |bytes| {
        heard.lock().unwrap()[number]
            .to_device
            .extend_from_slice(bytes);
    });
    tokio::select! {
        () = up => {}
        () = down => {}
        _ = leads_to.changed() => {}
    }
}

async fn copy(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    keep: impl Fn(&[u8]),
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        keep(&buffer[..length]);
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

/// What a device said: HTTP as it is, WebSocket frames without their masks.
fn unmasked(said: &[u8]) -> Vec<u8> {
    let upgrade = b"upgrade: websocket";
    let head_ends = said
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .map(|at| at + 4);
    let Some(head_ends) = head_ends else {
        return said.to_vec();
    };
    let head = said[..head_ends].to_ascii_lowercase();
    if !head.windows(upgrade.len()).any(|bytes| bytes == upgrade) {
        return said.to_vec();
    }
    let mut plain = said[..head_ends].to_vec();
    let mut rest = &said[head_ends..];
    while let Some((payload, after)) = frame(rest) {
        plain.extend(payload);
        rest = after;
    }
    plain
}

fn frame(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (head, rest) = bytes.split_at_checked(2)?;
    assert!(head[1] & 0x80 != 0, "a device masks its frames");
    let (length, rest) = match head[1] & 0x7f {
        126 => {
            let (length, rest) = rest.split_at_checked(2)?;
            (
                usize::from(u16::from_be_bytes(length.try_into().ok()?)),
                rest,
            )
        }
        127 => {
            let (length, rest) = rest.split_at_checked(8)?;
            (
                usize::try_from(u64::from_be_bytes(length.try_into().ok()?)).ok()?,
                rest,
            )
        }
        short => (usize::from(short), rest),
    };
    let (mask, rest) = rest.split_at_checked(4)?;
    let (payload, rest) = rest.split_at_checked(length)?;
    Some((
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, mask)| byte ^ mask)
            .collect(),
        rest,
    ))
}

#[test]
fn a_masked_frame_reads_back() {
    // RFC 6455 section 5.7: a masked "Hello".
    let hello = [
        0x82, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
    ];
    let mut said = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n".to_vec();
    said.extend(hello);
    assert!(unmasked(&said).ends_with(b"\r\n\r\nHello"));
    assert_eq!(
        unmasked(b"POST / HTTP/1.1\r\n\r\n{}"),
        b"POST / HTTP/1.1\r\n\r\n{}"
    );
}
