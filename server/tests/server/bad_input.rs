//! Whatever comes from outside: a typed refusal, and the server serves on.

use beraad_protocol::{
    ClientFrame, ServerFrame,
    frame::Cursor,
    limits,
    problem::Code,
    request::{Request, UploadKeyPackages},
    to_cbor,
};
use ciborium::Value;
use futures_util::SinkExt as _;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Connection, Region, op, post, problem_of, unique};

#[tokio::test]
async fn malformed_frames_are_named_and_harm_nobody() {
    let region = Region::new().await;
    let worker = region.one.professional().await;
    let mut bystander = worker.connect(vec![]).await;

    // A request that can be numbered is answered, and the connection stands.
    let mut line = worker.connect(vec![]).await;
    let text = |text: &str| Value::Text(text.to_owned());
    let request = Value::Map(vec![
        (text("id"), Value::Integer(41.into())),
        (text("body"), Value::Map(vec![(text("sing"), Value::Null)])),
    ]);
    line.send_bytes(to_cbor(&Value::Map(vec![(text("request"), request)])))
        .await;
    assert_eq!(line.answer(41).await.unwrap_err().code, Code::Malformed);
    line.settled().await;

    let nested = [0x81; 100].to_vec();
    let whole = to_cbor(&ClientFrame::Request {
        id: 1,
        body: Box::new(Request::Cases),
    });
    let cut = whole[..whole.len() - 3].to_vec();
    for garbage in [
        vec![],
        vec![0xff; 40],
        nested,
        cut,
        b"{\"json\": true}".to_vec(),
    ] {
        let mut line = worker.connect(vec![]).await;
        line.send_bytes(garbage).await;
        assert_eq!(line.goodbye().await, Code::Malformed);
    }
    let mut line = worker.connect(vec![]).await;
    line.socket
        .send(Message::Text("hello".into()))
        .await
        .unwrap();
    assert_eq!(line.goodbye().await, Code::Malformed);
    let mut line = worker.connect(vec![]).await;
    let hello = worker.hello(&line.nonce, vec![]);
    line.send(&ClientFrame::Hello(hello)).await;
    assert_eq!(line.goodbye().await, Code::Malformed);
    bystander.settled().await;
}

#[tokio::test]
async fn frames_over_the_limit_are_told() {
    let region = Region::new().await;
    let worker = region.one.professional().await;
    let mut line = worker.connect(vec![]).await;
    line.send_bytes(vec![0x40; limits::MAX_FRAME + 1]).await;
    assert_eq!(line.goodbye().await, Code::TooLarge);
    worker.connect(vec![]).await.settled().await;
}

#[tokio::test]
async fn nothing_works_before_the_hello() {
    let region = Region::new().await;
    let worker = region.one.professional().await;
    let mut early = Connection::open(&region.server.url).await;
    early.request(Request::Directory).await;
    assert_eq!(early.goodbye().await, Code::Unauthenticated);
    let mut many = Connection::open(&region.server.url).await;
    let channel = beraad_protocol::ChannelId::from_bytes(unique());
    let cursors = vec![
        Cursor {
            channel,
            after: None
        };
        limits::MAX_CHANNELS + 1
    ];
    let hello = worker.hello(&many.nonce, cursors);
    many.send(&ClientFrame::Hello(hello)).await;
    assert_eq!(many.goodbye().await, Code::TooLarge);
    let mut garbage = Connection::open(&region.server.url).await;
    garbage.send_bytes(vec![1, 2, 3]).await;
    assert_eq!(garbage.goodbye().await, Code::Malformed);
}

#[tokio::test]
async fn unknown_ids_and_impossible_values_are_refused_by_name() {
    let region = Region::new().await;
    let worker = region.one.professional().await;
    let mut line = worker.connect(vec![]).await;
    let users = vec![beraad_protocol::UserId::from_bytes(unique())];
    assert_eq!(
        line.refused(Request::ClaimKeyPackages { users }).await,
        Code::NotFound
    );
    let users = (0..=limits::MAX_CLAIM_USERS)
        .map(|_| beraad_protocol::UserId::from_bytes(unique()))
        .collect();
    assert_eq!(
        line.refused(Request::ClaimKeyPackages { users }).await,
        Code::TooLarge
    );
    let key_packages = vec![vec![1, 2, 3].into(); 3];
    let garbage = UploadKeyPackages {
        key_packages,
        last_resort: None,
    };
    assert_eq!(
        line.refused(Request::UploadKeyPackages(garbage)).await,
        Code::BadBundle
    );
    let key_packages = vec![vec![].into(); limits::MAX_KEY_PACKAGES + 1];
    let many = UploadKeyPackages {
        key_packages,
        last_resort: None,
    };
    assert_eq!(
        line.refused(Request::UploadKeyPackages(many)).await,
        Code::TooLarge
    );

    let (mut member, create) = worker.found();
    let mut other_id = create.clone();
    other_id.channel = beraad_protocol::ChannelId::from_bytes(unique());
    assert_eq!(
        line.refused(Request::CreateChannel(other_id)).await,
        Code::BadBundle
    );
    let mut nameless = create.clone();
    nameless.case_code = "Familie: Jansen!".to_owned();
    assert_eq!(
        line.refused(Request::CreateChannel(nameless)).await,
        Code::Invalid
    );
    let mut cut = create.clone();
    cut.group_info.truncate(100);
    assert_eq!(
        line.refused(Request::CreateChannel(cut)).await,
        Code::BadBundle
    );
    line.accepted(Request::CreateChannel(create)).await;

    let good = worker.message(&mut member, b"text");
    let mut garbage = good.clone();
    garbage.message = vec![0; 64];
    garbage.op = op();
    assert_eq!(
        line.refused(Request::Publish(garbage)).await,
        Code::BadBundle
    );
    let mut elsewhen = good.clone();
    elsewhen.epoch += 1;
    assert_eq!(
        line.refused(Request::Publish(elsewhen)).await,
        Code::BadBundle
    );
    let mut huge = good.clone();
    huge.message = vec![0; limits::MAX_MESSAGE + 1];
    assert_eq!(line.refused(Request::Publish(huge)).await, Code::TooLarge);
    line.accepted(Request::Publish(good)).await;
}

#[tokio::test]
async fn a_flood_of_requests_is_answered_and_slowed() {
    let region = Region::new().await;
    let worker = region.one.professional().await;
    let mut line = worker.connect(vec![]).await;
    let mut ids = Vec::new();
    for _ in 0..3 * limits::MAX_OPEN_REQUESTS {
        ids.push(line.request(Request::Directory).await);
    }
    let mut answered = 0;
    while answered < ids.len() {
        match line.receive().await {
            ServerFrame::Answer { result: Ok(_), .. } => answered += 1,
            ServerFrame::Answer {
                result: Err(problem),
                ..
            } => {
                assert_eq!(problem.code, Code::RateLimited);
                answered += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    line.settled().await;
}

#[tokio::test]
async fn http_refuses_what_it_does_not_understand() {
    let region = Region::new().await;
    let url = &region.server.url;
    let bad = post(url, "/api/enrolments", &serde_json::json!({"token": 7})).await;
    assert_eq!(problem_of(bad).await, Code::Malformed);
    let large = serde_json::json!({"token": "x".repeat(100_000)});
    let large = post(url, "/api/enrolments/preview", &large).await;
    assert_eq!(problem_of(large).await, Code::TooLarge);
    let wrong = reqwest::get(format!("{url}/api/enrolments")).await.unwrap();
    assert_eq!(problem_of(wrong).await, Code::NotFound);
    let unknown = reqwest::get(format!("{url}/api/nothing")).await.unwrap();
    assert_eq!(problem_of(unknown).await, Code::NotFound);
}

#[tokio::test]
async fn stopping_says_goodbye() {
    let region = Region::new().await;
    let mut line = region.host.connect(vec![]).await;
    let stopping = tokio::spawn(region.server.shutdown());
    assert_eq!(line.goodbye().await, Code::Unavailable);
    drop(line);
    stopping.await.unwrap().unwrap();
}
