//! Whoever connects and asks nothing keeps nobody else from being heard: real sockets, real half-sent requests.

use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use zeitnah::http::Room;

use crate::desk::Desk;

const HALF: &[u8] = b"POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-le";
/// Longer than anything here may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
const NEVER: Duration = Duration::from_secs(3600);

/// Another listener of the first replica, with room for less.
async fn listening(desk: &mut Desk, room: Room) -> (String, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let stop = CancellationToken::new();
    desk.apps[0].room = room;
    let answering = desk.apps[0].answer(listener, stop.clone());
    tokio::spawn(async move { answering.await.unwrap() });
    (at, stop)
}

async fn begin(at: &str, bytes: &[u8]) -> TcpStream {
    let mut line = TcpStream::connect(at).await.unwrap();
    line.write_all(bytes).await.unwrap();
    line
}

/// All that still comes until the other side hangs up.
async fn rest(line: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    // Hung up with something unread is an error for the reader, and hung up all the same.
    let reading = tokio::time::timeout(PATIENCE, line.read_to_end(&mut heard)).await;
    reading.expect("it hangs up").ok();
    String::from_utf8(heard).unwrap()
}

async fn answer(line: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    while !heard.windows(2).any(|w| w == b"ok") {
        let read = tokio::time::timeout(PATIENCE, line.read(&mut piece)).await;
        let read = read.expect("an answer in time").unwrap();
        assert_ne!(read, 0, "{}", String::from_utf8_lossy(&heard));
        heard.extend(&piece[..read]);
    }
    String::from_utf8(heard).unwrap()
}

#[tokio::test]
async fn whoever_does_not_go_on_asking_is_hung_up_on() {
    let mut desk = Desk::open().await;
    let room = Room {
        first: Duration::from_millis(50),
        next: NEVER,
        ..Room::world()
    };
    let (at, stop) = listening(&mut desk, room).await;
    // Not one byte, half a request, and at the doors of both chats, which stand at the same listener.
    for bytes in [&b""[..], HALF, b"POST /discord/interactions HTTP/1.1\r\nx-sig"] {
        let mut line = begin(&at, bytes).await;
        assert_eq!(rest(&mut line).await, "");
    }
    // Whoever has asked once may take longer over the next.
    let ask = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut line = begin(&at, ask).await;
    answer(&mut line).await;
    let mut other = begin(&at, HALF).await;
    assert_eq!(rest(&mut other).await, "", "its time is over");
    line.write_all(ask).await.unwrap();
    answer(&mut line).await;
    stop.cancel();

    let room = Room {
        first: NEVER,
        next: Duration::from_millis(50),
        ..Room::world()
    };
    let (at, stop) = listening(&mut desk, room).await;
    let mut line = begin(&at, ask).await;
    let heard = rest(&mut line).await;
    assert!(heard.ends_with("ok\n"), "answered, and then hung up on: {heard}");
    stop.cancel();
    desk.finish().await;
}

#[tokio::test]
async fn when_all_places_are_taken_the_idlest_makes_room_and_nobody_who_asks() {
    let mut desk = Desk::open().await;
    let room = Room {
        first: NEVER,
        next: NEVER,
        connections: 4,
        ..Room::world()
    };
    let (at, stop) = listening(&mut desk, room).await;
    // This one has asked, and is still saying what.
    let body = b"{\"id\":\"r1\"}";
    let head = format!(
        "POST /hook/nobody HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut asking = begin(&at, head.as_bytes()).await;
    let mut half = Vec::new();
    for _ in 0..30 {
        half.push(begin(&at, HALF).await);
    }
    let mut line = begin(&at, b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await;
    answer(&mut line).await;
    for line in half.iter_mut().take(26) {
        assert_eq!(rest(line).await, "", "those first who have waited longest");
    }
    asking.write_all(body).await.unwrap();
    let mut piece = [0; 4096];
    let read = tokio::time::timeout(PATIENCE, asking.read(&mut piece)).await;
    let read = read.expect("an answer in time").unwrap();
    let heard = String::from_utf8_lossy(&piece[..read]).into_owned();
    assert!(heard.starts_with("HTTP/1.1 404"), "{heard}");
    drop(half);
    stop.cancel();
    desk.finish().await;
}
