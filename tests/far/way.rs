//! What can go wrong on the way to any far side, whatever it speaks: it stands in front of the far side and strikes the next
//! call that it is meant for. Sign-ins pass, so that a fault meets what it was meant for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use axum::body::Bytes;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::extract::State;
use axum::http::Method;
use axum::middleware::Next;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use serde_json::Value;

const LARGEST: usize = 1 << 22;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    Reads,
    Writes,
}

#[derive(Clone)]
pub enum Trouble {
    /// Not done.
    Status(u16),
    /// 429, and how many seconds to wait.
    Slower(u32),
    /// Done, and nothing comes back.
    Lost,
    /// In place of the answer, with 200.
    Says(&'static str),
    /// The answer to the read before this one, once more.
    Repeats,
    Garbles(fn(&mut Value)),
}

#[derive(Default)]
pub struct Way {
    queue: Mutex<VecDeque<(Aim, Trouble)>>,
    before: Mutex<Bytes>,
}

impl Way {
    pub fn strike(&self, aim: Aim, trouble: Trouble) {
        self.queue.lock().unwrap().push_back((aim, trouble));
    }

    /// Whether everything has struck.
    pub fn is_clear(&self) -> bool {
        self.queue.lock().unwrap().is_empty()
    }

    pub fn before(self: &Arc<Self>, far: Router) -> Router {
        far.layer(from_fn_with_state(self.clone(), pass))
    }

    fn next(&self, aim: Aim) -> Option<Trouble> {
        let mut queue = self.queue.lock().unwrap();
        let at = queue.iter().position(|(of, _)| *of == aim)?;
        queue.remove(at).map(|(_, trouble)| trouble)
    }
}

async fn pass(State(way): State<Arc<Way>>, request: Request, next: Next) -> Response {
    let aim = match *request.method() {
        Method::GET => Aim::Reads,
        _ => Aim::Writes,
    };
    if request.uri().path().contains("token") {
        return next.run(request).await;
    }
    match way.next(aim) {
        Some(Trouble::Status(status)) => told(status, "no"),
        Some(Trouble::Slower(seconds)) => {
            let mut response = told(429, "slower");
            let seconds = seconds.to_string().parse().unwrap();
            response.headers_mut().insert("retry-after", seconds);
            response
        }
        Some(Trouble::Lost) => {
            next.run(request).await;
            let cut = async { Err::<Bytes, _>(std::io::Error::other("cut")) };
            Response::new(Body::from_stream(futures::stream::once(cut)))
        }
        Some(Trouble::Says(body)) => {
            next.run(request).await;
            told(200, body)
        }
        Some(Trouble::Repeats) => {
            next.run(request).await;
            let before = way.before.lock().unwrap().clone();
            Response::new(Body::from(before))
        }
        trouble => {
            let (head, body) = next.run(request).await.into_parts();
            let mut body = to_bytes(body, LARGEST).await.unwrap();
            if let Some(Trouble::Garbles(garble)) = trouble {
                let mut value: Value = serde_json::from_slice(&body).unwrap();
                garble(&mut value);
                body = value.to_string().into();
                let mut garbled = Response::from_parts(head, Body::from(body));
                // Its length is another one now.
                garbled.headers_mut().remove("content-length");
                return garbled;
            }
            if aim == Aim::Reads {
                *way.before.lock().unwrap() = body.clone();
            }
            Response::from_parts(head, Body::from(body))
        }
    }
}

fn told(status: u16, body: &'static str) -> Response {
    Response::builder().status(status).body(Body::from(body)).unwrap()
}
