//! A request as the platform holds it. What crosses into perch, and when, is in `arrival.js`.

use std::sync::{Arc, Mutex, Once, PoisonError};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, request::Parts};
use secrecy::ExposeSecret;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use worker::send::{SendFuture, SendWrapper};

use crate::ports::{
    TransportFault,
    arrival::{AnswerBody, Arrival, Carried, HEAD, HoldFault, KEPT, Parcel, ParcelBody},
};

#[wasm_bindgen(module = "/src/adapters/cloudflare/arrival.js")]
extern "C" {
    fn crossing(of_requests: &str, of_answers: &str);
    fn head(request: &web_sys::Request) -> String;
    #[wasm_bindgen(catch)]
    async fn hold(request: &web_sys::Request, limit: f64, within_ms: u32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn carry(
        method: &str,
        url: &str,
        lines: &str,
        body: &JsValue,
        timeout_ms: u32,
        within_ms: u32,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    fn answer(status: u16, lines: &str, body: &JsValue) -> Result<web_sys::Response, JsValue>;

    type Answered;
    #[wasm_bindgen(method, getter)]
    fn head(this: &Answered) -> String;
    #[wasm_bindgen(method, getter)]
    fn body(this: &Answered) -> JsValue;
}

/// A request that has arrived.
#[derive(Clone)]
pub struct PlatformArrival {
    request: SendWrapper<web_sys::Request>,
    held: Arc<Mutex<Option<SendWrapper<JsValue>>>>,
}

impl PlatformArrival {
    /// `request`, and its head; nothing when its URL or a header cannot be read.
    pub fn of(request: web_sys::Request) -> Option<(Parts, Self)> {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| crossing(&HEAD.join(" "), &KEPT.join(" ")));
        let parts = head_of(&head(&request))?;
        Some((parts, Self { request: SendWrapper::new(request), held: Arc::default() }))
    }

    fn body(&self, body: ParcelBody) -> JsValue {
        match body {
            ParcelBody::None => JsValue::NULL,
            ParcelBody::Stream => self.request.body().map_or(JsValue::NULL, Into::into),
            ParcelBody::Held => {
                let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
                held.as_ref().map_or(JsValue::NULL, |held| held.0.clone())
            }
        }
    }
}

/// The head from its lines: method, URL, headers.
fn head_of(text: &str) -> Option<Parts> {
    let mut lines = text.split('\n');
    let (method, url) = (lines.next()?, lines.next()?);
    let mut head = Request::builder().method(method).uri(url).body(()).ok()?;
    *head.headers_mut() = headers_of(lines)?;
    Some(head.into_parts().0)
}

fn headers_of<'a>(lines: impl Iterator<Item = &'a str>) -> Option<HeaderMap> {
    lines
        .map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
        })
        .collect()
}

impl Arrival for PlatformArrival {
    type Body = SendWrapper<JsValue>;

    fn open(self) -> Option<Request<Body>> {
        let request = worker::request_from_wasm(self.request.0).ok()?;
        Some(request.map(Body::new))
    }

    async fn hold(&self, limit: u64, within_ms: u32) -> Result<(), HoldFault> {
        #[expect(clippy::cast_precision_loss, reason = "a limit of bytes is far below 2^53")]
        let read = SendFuture::new(hold(&self.request, limit as f64, within_ms)).await;
        let read = read.map_err(|_| HoldFault::Broken)?;
        match read.as_string().as_deref() {
            Some("long") => return Err(HoldFault::TooLong),
            Some("late") => return Err(HoldFault::Late),
            Some(_) => return Err(HoldFault::Broken),
            None => {}
        }
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(SendWrapper::new(read));
        Ok(())
    }

    async fn carry(&self, parcel: Parcel) -> Result<Carried<Self::Body>, TransportFault> {
        let within_ms = match parcel.answer {
            AnswerBody::Ends { within_ms } => within_ms,
            AnswerBody::Endless => 0,
        };
        let body = SendWrapper::new(self.body(parcel.body));
        let mut lines = String::with_capacity(512);
        for (name, value) in &parcel.headers {
            line(&mut lines, name, value.expose_secret());
        }
        let sent = async { carry(parcel.method, &parcel.url, &lines, &body, parcel.timeout_ms, within_ms).await };
        let answered: Answered = match SendFuture::new(sent).await {
            Ok(answered) => answered.unchecked_into(),
            Err(fault) => return Err(fault_of(&fault)),
        };
        carried(&answered).ok_or(TransportFault::Broken)
    }
}

fn carried(answered: &Answered) -> Option<Carried<SendWrapper<JsValue>>> {
    let head = answered.head();
    let mut lines = head.split('\n');
    let status = lines.next()?.parse().ok()?;
    // A header that cannot be read is one that perch cannot learn from, and no reason to lose the answer.
    let headers = lines.filter_map(|line| headers_of(std::iter::once(line))).flatten();
    let headers = headers.filter_map(|(name, value)| Some((name?, value))).collect();
    Some(Carried { status, headers, body: SendWrapper::new(answered.body()) })
}

fn fault_of(fault: &JsValue) -> TransportFault {
    let name = js_sys::Reflect::get(fault, &JsValue::from_str("name")).ok().and_then(|name| name.as_string());
    if name.as_deref() == Some("TimeoutError") { TransportFault::Timeout } else { TransportFault::Broken }
}

/// One header more. A line end inside a value would begin another header.
fn line(lines: &mut String, name: &str, value: &str) {
    if value.bytes().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return;
    }
    if !lines.is_empty() {
        lines.push('\n');
    }
    lines.push_str(name);
    lines.push(':');
    lines.push_str(value);
}

fn lines_of(headers: &HeaderMap) -> String {
    let mut lines = String::with_capacity(1024);
    for name in headers.keys() {
        let mut values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        match (values.next(), values.next()) {
            (Some(one), None) => line(&mut lines, name.as_str(), one),
            (Some(one), Some(other)) => {
                let all: Vec<&str> = [one, other].into_iter().chain(values).collect();
                line(&mut lines, name.as_str(), &all.join(", "));
            }
            _ => {}
        }
    }
    lines
}

/// X's answer for the client, under these headers.
///
/// # Errors
/// When the platform takes no such status or header.
pub fn pass_on(carried: &Carried<SendWrapper<JsValue>>) -> worker::Result<web_sys::Response> {
    Ok(answer(carried.status, &lines_of(&carried.headers), &carried.body)?)
}

/// An answer of perch's own, whose whole body is there.
///
/// # Errors
/// When the platform takes no such status or header.
pub fn whole(head: &Response<()>, body: &Bytes) -> worker::Result<web_sys::Response> {
    let body = if body.is_empty() { JsValue::NULL } else { js_sys::Uint8Array::from(body.as_ref()).into() };
    Ok(answer(head.status().as_u16(), &lines_of(head.headers()), &body)?)
}
