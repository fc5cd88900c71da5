//! Whatever comes in over the real socket: a typed answer, and nothing else is harmed.

use beraad_engine::intent::Intent;
use beraad_protocol::{
    ChannelId, ClientFrame, Code, ConferenceId, DeviceId, OperationId, Problem, ServerFrame,
    frame::{Cursor, Hello, PROTOCOL_VERSION, hello_signed_bytes},
    http::{Enrol, Enrolled, LinkToken, enrol_signed_bytes},
    limits,
    request::{Answer, CommitBundle, CreateChannel, Publish, Request, UploadKeyPackages},
    to_cbor,
    vocabulary::{ActingCapacity, Framework, OrgRole, OrganisationType, ParticipationStatus},
};
use ed25519_dalek::{Signer, SigningKey};
use futures_util::{SinkExt, StreamExt};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use super::support::{self, Organisation, Professional, Town, WITHIN};

#[test]
fn whoever_is_not_who_they_say_is_told_so_and_cut_off() {
    support::run(async {
        let street = Street::build().await;
        let device = street.raw_device("Vreemd").await;

        // Before saying hello.
        let mut socket = street.connect().await;
        socket.challenge().await;
        socket
            .send(&ClientFrame::Request {
                id: 1,
                body: Box::new(Request::Directory),
            })
            .await;
        socket
            .hears_goodbye(&[Code::Unauthenticated, Code::Malformed])
            .await;

        // With another token, another key, another device, another version.
        let wrong: [fn(&mut Hello, &[u8]); 4] = [
            |hello, _| hello.token[0] ^= 1,
            |hello, nonce| {
                let key = SigningKey::from_bytes(&[9; 32]);
                hello.signature = key.sign(&hello_signed_bytes(nonce, hello.device)).to_vec();
            },
            |hello, _| hello.device = DeviceId::from_bytes([7; 16]),
            |hello, _| hello.protocol = 99,
        ];
        for (change, code) in wrong.into_iter().zip([
            Code::Unauthenticated,
            Code::Unauthenticated,
            Code::Unauthenticated,
            Code::VersionUnsupported,
        ]) {
            let mut socket = street.connect().await;
            let nonce = socket.challenge().await;
            let mut hello = device.hello(&nonce);
            change(&mut hello, &nonce);
            socket.send(&ClientFrame::Hello(hello)).await;
            socket.hears_goodbye(&[code]).await;
        }

        // The hello of an earlier connection.
        let mut socket = street.connect().await;
        let nonce = socket.challenge().await;
        let hello = ClientFrame::Hello(device.hello(&nonce));
        socket.send(&hello).await;
        assert!(matches!(socket.next().await, Some(ServerFrame::Ready(_))));
        let mut replay = street.connect().await;
        replay.challenge().await;
        replay.send(&hello).await;
        replay.hears_goodbye(&[Code::Unauthenticated]).await;

        street.is_unharmed().await;
    });
}

#[test]
fn frames_that_cannot_be_are_refused_and_the_others_go_on() {
    support::run(async {
        let street = Street::build().await;
        let device = street.raw_device("Vreemd").await;

        let mut socket = device.signed_in(&street).await;
        socket.raw(Message::binary(vec![0xff, 0x00, 0x12])).await;
        socket.hears_goodbye(&[Code::Malformed]).await;

        let mut socket = device.signed_in(&street).await;
        socket.raw(Message::text("hello")).await;
        socket.hears_goodbye(&[Code::Malformed]).await;

        let mut socket = device.signed_in(&street).await;
        socket
            .raw(Message::binary(vec![0; limits::MAX_FRAME + 1]))
            .await;
        socket.hears_goodbye(&[Code::TooLarge]).await;

        // Deeply nested, and with a length it does not have.
        for bytes in [
            vec![0x81; 10_000],
            vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ] {
            let mut socket = device.signed_in(&street).await;
            socket.raw(Message::binary(bytes)).await;
            socket.hears_goodbye(&[Code::Malformed]).await;
        }

        street.is_unharmed().await;
    });
}

#[test]
fn requests_about_what_is_not_ones_own_are_refused_and_the_connection_stays() {
    support::run(async {
        let street = Street::build().await;
        let channel = street.channel;
        let unknown = ChannelId::from_bytes([3; 16]);
        let device = street.raw_device("Vreemd").await;
        let mut socket = device.signed_in(&street).await;

        for channel in [channel, unknown] {
            let publish = Publish {
                op: OperationId::from_bytes([1; 16]),
                channel,
                epoch: 1,
                if_head: None,
                message: vec![1, 2, 3],
                records: vec![],
            };
            let code = socket.refusal(Request::Publish(publish)).await.code;
            assert!(
                matches!(code, Code::NotFound | Code::Forbidden | Code::BadBundle),
                "{code}"
            );
            let commit = CommitBundle {
                op: OperationId::from_bytes([2; 16]),
                channel,
                epoch: 1,
                commit: vec![1],
                welcome: None,
                group_info: vec![2],
                records: vec![],
            };
            let code = socket.refusal(Request::Commit(commit)).await.code;
            assert!(
                matches!(code, Code::NotFound | Code::Forbidden | Code::BadBundle),
                "{code}"
            );
            // Following gives nothing, and tells nothing apart.
            socket
                .send(&ClientFrame::Follow(Cursor {
                    channel,
                    after: None,
                }))
                .await;
            socket.send(&ClientFrame::Ack { channel, seq: 1 }).await;
        }
        let create = CreateChannel {
            op: OperationId::from_bytes([4; 16]),
            channel: unknown,
            case_code: "berk-mos-ree".into(),
            framework: Framework::OwnLaws,
            group_info: vec![0; 64],
        };
        assert_eq!(
            socket.refusal(Request::CreateChannel(create)).await.code,
            Code::BadBundle
        );
        let packages = UploadKeyPackages {
            key_packages: vec![serde_bytes_of(&[1, 2, 3])],
            last_resort: None,
        };
        let code = socket
            .refusal(Request::UploadKeyPackages(packages))
            .await
            .code;
        assert!(matches!(code, Code::BadBundle | Code::Invalid), "{code}");
        let reply = Request::ReplyInvitation {
            conference: ConferenceId::from_bytes([5; 16]),
            status: ParticipationStatus::Accepted,
        };
        assert_eq!(socket.refusal(reply).await.code, Code::NotFound);
        assert_eq!(
            socket.refusal(Request::Register { from: 0 }).await.code,
            Code::Forbidden
        );
        let entries = Request::LogEntries { from: 0, to: 1 };
        assert_eq!(socket.refusal(entries).await.code, Code::Forbidden);
        let outcome = Request::Outcome {
            op: OperationId::from_bytes([6; 16]),
        };
        assert_eq!(socket.answer(outcome).await, Ok(Answer::Unknown));

        // The connection is as it was: it answers, and heard nothing of the channel.
        assert!(matches!(
            socket.answer(Request::Directory).await,
            Ok(Answer::Directory(_))
        ));
        assert!(
            !socket.heard_entries,
            "somebody else's channel is not delivered"
        );
        street.is_unharmed().await;
    });
}

#[test]
fn enrolments_that_cannot_be_are_refused_with_the_way_out() {
    support::run(async {
        let street = Street::build().await;
        let http = reqwest::Client::new();
        let url = |path: &str| format!("http://{}{path}", street.town.proxy.addr);
        let problem = async |request: reqwest::RequestBuilder| {
            let response = request.send().await.unwrap();
            let kind = response.headers()["content-type"]
                .to_str()
                .unwrap()
                .to_owned();
            assert!(kind.starts_with("application/problem+json"), "{kind}");
            response.json::<Problem>().await.unwrap()
        };
        let preview = LinkToken {
            token: "A".repeat(43),
        };
        let refusal = problem(http.post(url("/api/enrolments/preview")).json(&preview)).await;
        assert_eq!(refusal.code, Code::LinkUsed);
        assert!(
            refusal.detail.contains("account admin"),
            "{}",
            refusal.detail
        );

        let nonsense = http
            .post(url("/api/enrolments"))
            .header("content-type", "application/json");
        let code = problem(nonsense.body("{]")).await.code;
        assert!(matches!(code, Code::Malformed | Code::Invalid), "{code}");
        // It may hang up before everything is sent; what it says then may not come through.
        let huge = reqwest::Client::new()
            .post(url("/api/enrolments"))
            .header("content-type", "application/json")
            .body(vec![b' '; limits::MAX_FRAME + 1]);
        if let Ok(response) = huge.send().await {
            let code = response.json::<Problem>().await.unwrap().code;
            assert!(matches!(code, Code::TooLarge | Code::Malformed), "{code}");
        }

        let (_, token) = street
            .town
            .link(&street.vt, "Nieuw", OrgRole::Professional, None)
            .await;
        let (mut body, _) = enrolment(&token);
        body.signature = "00".repeat(64);
        let forged = problem(http.post(url("/api/enrolments")).json(&body)).await;
        assert!(
            matches!(forged.code, Code::Invalid | Code::Unauthenticated),
            "{}",
            forged.code
        );
        // The link was not used up by that; and the same enrolment again gives the same answer.
        let (body, _) = enrolment(&token);
        let enrol = async || {
            let sent = http
                .post(url("/api/enrolments"))
                .json(&body)
                .send()
                .await
                .unwrap();
            sent.json::<Enrolled>().await.unwrap()
        };
        let first = enrol().await;
        assert_eq!(
            (first.user, first.name.as_str()),
            (enrol().await.user, "Nieuw")
        );
        street.is_unharmed().await;
    });
}

/// Two members of one channel who have to stay unharmed.
struct Street {
    town: Town,
    vt: Organisation,
    anna: Professional,
    bas: Professional,
    channel: ChannelId,
}

impl Street {
    async fn build() -> Self {
        let town = Town::found().await;
        let vt = town
            .organisation("Veilig Thuis", OrganisationType::Vt)
            .await;
        let anna = town
            .professional(&vt, "Anna", ActingCapacity::VtMelding)
            .await;
        let bas = town
            .professional(&vt, "Bas", ActingCapacity::VtMelding)
            .await;
        let (channel, _) = anna.opens("Gezin", &[&bas]).await;
        Self {
            town,
            vt,
            anna,
            bas,
            channel,
        }
    }

    async fn is_unharmed(&self) {
        self.anna.says(self.channel, "gaat het nog?").await;
        self.bas.reads(self.channel, &["gaat het nog?"]).await;
        self.bas.wants(Intent::Refresh).await;
    }

    async fn raw_device(&self, name: &str) -> RawDevice {
        let (_, token) = self
            .town
            .link(&self.vt, name, OrgRole::Professional, None)
            .await;
        let (body, device) = enrolment(&token);
        let url = format!("http://{}/api/enrolments", self.town.proxy.addr);
        let response = reqwest::Client::new()
            .post(url)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(
            response.status().is_success(),
            "{}",
            response.text().await.unwrap()
        );
        device
    }

    async fn connect(&self) -> Socket {
        let url = format!("ws://{}/api/socket", self.town.proxy.addr);
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let (stream, _) = connect_async_with_config(url, Some(config), true)
            .await
            .unwrap();
        Socket {
            stream,
            next: 0,
            heard_entries: false,
        }
    }
}

/// A device made by hand.
struct RawDevice {
    device: DeviceId,
    key: SigningKey,
    session: [u8; 32],
}

fn enrolment(token: &str) -> (Enrol, RawDevice) {
    let seed: [u8; 32] = Sha256::digest(token).into();
    let key = SigningKey::from_bytes(&seed);
    let device = DeviceId::from_bytes(seed[..16].try_into().unwrap());
    let session_hash = hex::encode(Sha256::digest(seed));
    let signature = key.sign(&enrol_signed_bytes(token, device, &session_hash));
    let body = Enrol {
        token: token.to_owned(),
        device,
        signature_key: hex::encode(key.verifying_key().as_bytes()),
        signature: hex::encode(signature.to_bytes()),
        session_hash,
    };
    (
        body,
        RawDevice {
            device,
            key,
            session: seed,
        },
    )
}

impl RawDevice {
    fn hello(&self, nonce: &[u8]) -> Hello {
        Hello {
            protocol: PROTOCOL_VERSION,
            device: self.device,
            token: self.session.to_vec(),
            signature: self
                .key
                .sign(&hello_signed_bytes(nonce, self.device))
                .to_vec(),
            cursors: vec![],
        }
    }

    async fn signed_in(&self, street: &Street) -> Socket {
        let mut socket = street.connect().await;
        let nonce = socket.challenge().await;
        socket.send(&ClientFrame::Hello(self.hello(&nonce))).await;
        assert!(matches!(socket.next().await, Some(ServerFrame::Ready(_))));
        socket
    }
}

/// A connection driven by hand.
struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next: u64,
    heard_entries: bool,
}

impl Socket {
    async fn raw(&mut self, message: Message) {
        // The server may have hung up in the middle of it.
        let _ = self.stream.send(message).await;
    }

    async fn send(&mut self, frame: &ClientFrame) {
        self.raw(Message::binary(to_cbor(frame))).await;
    }

    /// The next frame; none when the server hung up.
    async fn next(&mut self) -> Option<ServerFrame> {
        let next = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Binary(bytes))) => {
                        return Some(beraad_protocol::from_cbor(&bytes).unwrap());
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => {}
                }
            }
        };
        tokio::time::timeout(WITHIN, next)
            .await
            .expect("the server said nothing")
    }

    async fn challenge(&mut self) -> Vec<u8> {
        let Some(ServerFrame::Challenge { nonce, .. }) = self.next().await else {
            panic!("the server begins with a challenge")
        };
        nonce
    }

    /// Is told why it cannot go on, with one of these codes, and is hung up on.
    async fn hears_goodbye(mut self, codes: &[Code]) {
        loop {
            match self.next().await {
                Some(ServerFrame::Goodbye(problem)) => {
                    assert!(codes.contains(&problem.code), "{problem}");
                    assert!(problem.detail.len() > 10, "it says the way out");
                    break;
                }
                Some(ServerFrame::Changed(_) | ServerFrame::WelcomesWaiting) => {}
                other => panic!("wanted goodbye with {codes:?}, got {other:?}"),
            }
        }
        assert!(self.next().await.is_none(), "and it hangs up");
    }

    async fn answer(&mut self, request: Request) -> Result<Answer, Problem> {
        self.next += 1;
        let number = self.next;
        self.send(&ClientFrame::Request {
            id: number,
            body: Box::new(request),
        })
        .await;
        loop {
            match self.next().await.expect("the connection stays") {
                ServerFrame::Answer { id, result } if id == number => {
                    return result.map(|answer| *answer);
                }
                ServerFrame::Entries { .. } => self.heard_entries = true,
                ServerFrame::Changed(_) | ServerFrame::WelcomesWaiting => {}
                other => panic!("not an answer: {other:?}"),
            }
        }
    }

    async fn refusal(&mut self, request: Request) -> Problem {
        self.answer(request).await.expect_err("that is refused")
    }
}

fn serde_bytes_of(bytes: &[u8]) -> serde_bytes::ByteBuf {
    serde_bytes::ByteBuf::from(bytes.to_vec())
}
