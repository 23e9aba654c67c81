//! The gateway as a client sees it, frame by frame.

use std::time::Duration;

use futures::SinkExt;
use futures::StreamExt;
use serde_json::Value;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::super::Fault;
use super::super::Kind;
use super::super::Permission;
use super::super::Settings;
use super::ANNA;
use super::LEADS;
use super::REVIEWS;
use super::Stage;
use super::stage;
use super::staged;
use super::whisper;

const QUIET: Duration = Duration::from_millis(150);

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn connect(stage: &Stage, query: &str) -> Self {
        let url = stage.base.replacen("http", "ws", 1);
        let (socket, _) = connect_async(format!("{url}/discord/gateway/?{query}"))
            .await
            .unwrap();
        Self(socket)
    }

    /// Greeted, not yet known.
    async fn new(stage: &Stage) -> Self {
        let mut client = Self::connect(stage, "v=10&encoding=json").await;
        assert_eq!(client.next().await["op"], 10);
        client
    }

    /// Known, READY and GUILD_CREATE read; with the session's id.
    async fn identified(stage: &Stage, intents: u64) -> (Self, String) {
        let mut client = Self::new(stage).await;
        client.identify("discord-sandbox", intents).await;
        let ready = client.next().await;
        assert_eq!((&ready["t"], &ready["s"]), (&json!("READY"), &json!(1)));
        if intents & 1 == 1 {
            assert_eq!(client.next().await["t"], "GUILD_CREATE");
        }
        (client, ready["d"]["session_id"].as_str().unwrap().to_owned())
    }

    async fn send(&mut self, frame: Value) {
        self.0.send(Frame::text(frame.to_string())).await.unwrap();
    }

    async fn identify(&mut self, token: &str, intents: u64) {
        let properties = json!({ "os": "linux", "browser": "test", "device": "test" });
        let data = json!({ "token": token, "intents": intents, "properties": properties, "shard": [0, 1] });
        self.send(json!({ "op": 2, "d": data })).await;
    }

    async fn resume(&mut self, session: &str, seq: u64) {
        let data = json!({ "token": "discord-sandbox", "session_id": session, "seq": seq });
        self.send(json!({ "op": 6, "d": data })).await;
    }

    /// The next frame; `{"close": code}` at the end, 0 without a word.
    async fn next(&mut self) -> Value {
        loop {
            match tokio::time::timeout(Duration::from_secs(10), self.0.next())
                .await
                .unwrap()
            {
                Some(Ok(Frame::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Frame::Close(frame))) => {
                    return json!({ "close": frame.map_or(0, |frame| u16::from(frame.code)) });
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return json!({ "close": 0 }),
            }
        }
    }

    async fn quiet(&mut self) -> bool {
        tokio::time::timeout(QUIET, self.0.next()).await.is_err()
    }
}

#[tokio::test]
async fn a_press_comes_as_an_event_and_is_answered_by_rest() {
    let stage = stage().await;
    let (_, way) = stage.call("GET", "/gateway/bot", Value::Null).await;
    assert_eq!(
        way["url"],
        format!("{}/discord/gateway", stage.base.replacen("http", "ws", 1))
    );
    let (mut client, _) = Client::identified(&stage, 1).await;
    client.send(json!({ "op": 1, "d": 2 })).await;
    assert_eq!(client.next().await["op"], 11);
    let id = stage.card().await;
    let discord = stage.discord.clone();
    let press = tokio::spawn(async move { discord.press(ANNA, REVIEWS, &id, "Claim").await });
    let event = client.next().await;
    assert_eq!(
        (&event["t"], &event["d"]["data"]["custom_id"]),
        (&json!("INTERACTION_CREATE"), &json!("claim:42"))
    );
    let text = |key: &str| event["d"][key].as_str().unwrap().to_owned();
    let path = format!("/interactions/{}/{}/callback", text("id"), text("token"));
    assert_eq!(stage.call("POST", &path, whisper("yes")).await.0, 204);
    let outcome = press.await.unwrap();
    assert_eq!((outcome.acked, outcome.answer), (true, Some(4)));
    assert_eq!(stage.discord.see_ephemerals(ANNA)[0].content, "yes");
}

#[tokio::test]
async fn what_is_wrong_ends_with_a_code() {
    let stage = stage().await;
    for (token, intents, code) in [
        ("other", 1, 4004),
        ("discord-sandbox", 1 << 1, 4014),
        ("discord-sandbox", 1 | 1 << 15, 4014),
        ("discord-sandbox", 1 << 40, 4013),
    ] {
        let mut client = Client::new(&stage).await;
        client.identify(token, intents).await;
        assert_eq!(client.next().await["close"], code, "{token} {intents}");
    }
    for (frame, code) in [(json!({ "op": 77 }), 4001), (json!({ "op": 3 }), 4003)] {
        let mut client = Client::new(&stage).await;
        client.send(frame).await;
        assert_eq!(client.next().await["close"], code);
    }
    let mut client = Client::new(&stage).await;
    client.0.send(Frame::text("no json")).await.unwrap();
    assert_eq!(client.next().await["close"], 4002);
    let mut client = Client::connect(&stage, "v=9").await;
    assert_eq!(client.next().await["close"], 4012);
    let (mut client, _) = Client::identified(&stage, 1).await;
    client.identify("discord-sandbox", 1).await;
    assert_eq!(client.next().await["close"], 4005);
    let (mut client, _) = Client::identified(&stage, 1).await;
    for _ in 0..120 {
        client.send(json!({ "op": 3, "d": {} })).await;
    }
    assert_eq!(client.next().await["close"], 4008);
}

#[tokio::test]
async fn what_was_missed_comes_with_the_resume() {
    let stage = stage().await;
    let (mut client, session) = Client::identified(&stage, 1).await;
    stage.discord.fault(Fault::new(Kind::DisconnectSockets));
    assert_eq!(client.next().await["close"], 0);
    assert_eq!(stage.discord.connections(), 0);
    let id = stage.card().await;
    let discord = stage.discord.clone();
    let press = tokio::spawn(async move { discord.press(ANNA, REVIEWS, &id, "Claim").await });
    let mut again = Client::new(&stage).await;
    again.resume(&session, 2).await;
    let missed = loop {
        let frame = again.next().await;
        match frame["t"].as_str() {
            Some("RESUMED") => continue,
            _ => break frame,
        }
    };
    assert_eq!(
        (&missed["t"], &missed["d"]["type"]),
        (&json!("INTERACTION_CREATE"), &json!(3))
    );
    let text = |key: &str| missed["d"][key].as_str().unwrap().to_owned();
    let path = format!("/interactions/{}/{}/callback", text("id"), text("token"));
    assert_eq!(stage.call("POST", &path, json!({ "type": 6 })).await.0, 204);
    assert!(press.await.unwrap().acked);
    assert_eq!(stage.discord.identified(), 1);
}

#[tokio::test]
async fn a_session_can_be_gone() {
    let stage = stage().await;
    let mut stranger = Client::new(&stage).await;
    stranger.resume("unknown", 1).await;
    let refused = stranger.next().await;
    assert_eq!((&refused["op"], &refused["d"]), (&json!(9), &json!(false)));

    let (mut client, session) = Client::identified(&stage, 1).await;
    stage.discord.fault(Fault::new(Kind::InvalidSession));
    assert_eq!(client.next().await["close"], 0);
    let mut again = Client::new(&stage).await;
    again.resume(&session, 2).await;
    assert_eq!(again.next().await["op"], 9);
    // On the same connection a new session may begin.
    again.identify("discord-sandbox", 1).await;
    assert_eq!(again.next().await["t"], "READY");

    // Who says goodbye cannot come back to the same session.
    let (mut client, session) = Client::identified(&stage, 1).await;
    let bye = CloseFrame {
        code: 1000.into(),
        reason: "".into(),
    };
    client.0.close(Some(bye)).await.unwrap();
    while client.0.next().await.is_some() {}
    tokio::time::sleep(QUIET).await;
    let mut again = Client::new(&stage).await;
    again.resume(&session, 2).await;
    assert_eq!(again.next().await["op"], 9);
}

#[tokio::test]
async fn discord_asks_to_come_again() {
    let stage = stage().await;
    let (mut client, session) = Client::identified(&stage, 1).await;
    stage.discord.fault(Fault::new(Kind::Reconnect));
    assert_eq!(client.next().await["op"], 7);
    assert_eq!(client.next().await["close"], 4000);
    let mut again = Client::new(&stage).await;
    again.resume(&session, 2).await;
    assert_eq!(again.next().await["t"], "RESUMED");
    assert!(stage.discord.connected(1).await);
}

#[tokio::test]
async fn a_deaf_socket_answers_no_heartbeat_and_brings_nothing() {
    let stage = stage().await;
    let (mut client, session) = Client::identified(&stage, 1).await;
    stage.discord.fault(Fault::new(Kind::DeafSocket));
    client.send(json!({ "op": 1, "d": 2 })).await;
    stage.discord.add_channel("1300000000000000302", "new");
    assert!(client.quiet().await);
    stage.discord.heal();
    let mut again = Client::new(&stage).await;
    again.resume(&session, 2).await;
    assert_eq!(again.next().await["t"], "CHANNEL_CREATE");
    assert_eq!(again.next().await["t"], "RESUMED");
    assert_eq!(client.next().await["close"], 4000);
}

#[tokio::test]
async fn who_does_not_beat_is_thrown_out() {
    let heartbeat = Duration::from_millis(500);
    let stage = staged(Settings {
        heartbeat,
        ..Settings::default()
    })
    .await;
    let (mut client, _) = Client::identified(&stage, 1).await;
    for _ in 0..3 {
        tokio::time::sleep(heartbeat).await;
        client.send(json!({ "op": 1, "d": 2 })).await;
        assert_eq!(client.next().await["op"], 11);
    }
    assert_eq!(client.next().await["close"], 4009);
}

#[tokio::test]
async fn everybody_hears_everything_they_asked_for() {
    let stage = stage().await;
    let (mut one, _) = Client::identified(&stage, 1).await;
    let (mut two, _) = Client::identified(&stage, 1 | 1 << 9).await;
    let (mut none, _) = Client::identified(&stage, 0).await;
    let id = stage.card().await;
    let path = format!("/channels/{REVIEWS}/messages/{id}/threads");
    stage.call("POST", &path, json!({ "name": "t" })).await;
    stage.discord.set_thread(&id, true, false);
    stage
        .discord
        .change_role(LEADS, |role| role.name = "chiefs".to_owned());
    stage.discord.take_permission(REVIEWS, Permission::SendMessages);
    stage.discord.delete_message(REVIEWS, &id);
    stage.discord.delete_channel(REVIEWS);
    let about_guild = [
        "THREAD_CREATE",
        "THREAD_UPDATE",
        "GUILD_ROLE_UPDATE",
        "CHANNEL_UPDATE",
        "CHANNEL_DELETE",
    ];
    for name in about_guild {
        assert_eq!(one.next().await["t"], name);
    }
    let with_messages = [
        "MESSAGE_CREATE",
        "THREAD_CREATE",
        "THREAD_UPDATE",
        "GUILD_ROLE_UPDATE",
        "CHANNEL_UPDATE",
        "MESSAGE_DELETE",
        "CHANNEL_DELETE",
    ];
    for name in with_messages {
        assert_eq!(two.next().await["t"], name);
    }
    assert!(none.quiet().await);
}
