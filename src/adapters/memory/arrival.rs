//! A request held in memory.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header, request::Parts};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use secrecy::ExposeSecret;

use crate::ports::{
    TransportFault, Upstream, UpstreamBody, UpstreamRequest,
    arrival::{Arrival, Carried, HEAD, HoldFault, KEPT, Parcel, ParcelBody},
};

/// A request that has arrived, and the X it may be carried to.
#[derive(Clone)]
pub struct MemoryArrival {
    request: Arc<Mutex<Option<Request<Body>>>>,
    held: Arc<Mutex<Option<Bytes>>>,
    x: Arc<dyn Upstream>,
}

impl MemoryArrival {
    /// `request`, and its head as the platform would tell it.
    pub fn of(request: Request<Body>, x: Arc<dyn Upstream>) -> (Parts, Self) {
        let mut head = Request::new(()).into_parts().0;
        head.method = request.method().clone();
        head.uri = request.uri().clone();
        head.headers = only(request.headers(), HEAD);
        (head, Self { request: Arc::new(Mutex::new(Some(request))), held: Arc::default(), x })
    }

    fn take(&self) -> Option<Request<Body>> {
        self.request.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn body(&self, body: ParcelBody) -> Result<UpstreamBody, TransportFault> {
        match body {
            ParcelBody::None => Ok(UpstreamBody::Empty),
            ParcelBody::Held => {
                let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
                Ok(UpstreamBody::Bytes(held.unwrap_or_default()))
            }
            ParcelBody::Stream => {
                let request = self.take().ok_or(TransportFault::Broken)?;
                let whole = request.into_body().collect().await.map_err(|_| TransportFault::Broken)?;
                Ok(UpstreamBody::Bytes(whole.to_bytes()))
            }
        }
    }
}

fn only(headers: &HeaderMap, names: &[&str]) -> HeaderMap {
    let known = |name: &HeaderName| names.contains(&name.as_str());
    // Several of one name cross as one, joined.
    let joined = headers.keys().filter(|name| known(name)).map(|name| {
        let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        (name.clone(), HeaderValue::from_bytes(&values.join(&b", "[..])))
    });
    joined.filter_map(|(name, value)| Some((name, value.ok()?))).collect()
}

impl Arrival for MemoryArrival {
    type Body = Body;

    fn open(self) -> Option<Request<Body>> {
        self.take()
    }

    async fn hold(&self, limit: u64, _within_ms: u32) -> Result<(), HoldFault> {
        let request = self.take().ok_or(HoldFault::Broken)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let read = Limited::new(request.into_body(), limit).collect().await;
        let read = read.map_err(|e| if e.is::<LengthLimitError>() { HoldFault::TooLong } else { HoldFault::Broken })?;
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(read.to_bytes());
        Ok(())
    }

    async fn carry(&self, parcel: Parcel) -> Result<Carried<Body>, TransportFault> {
        let broken = |_: &dyn std::fmt::Debug| TransportFault::Broken;
        let headers = parcel.headers.iter().map(|(name, value)| {
            Ok((HeaderName::from_static(name), HeaderValue::from_str(value.expose_secret()).map_err(|e| broken(&e))?))
        });
        let mut headers: HeaderMap = headers.collect::<Result<_, _>>()?;
        let body = self.body(parcel.body).await?;
        if let UpstreamBody::Bytes(bytes) = &body {
            headers.insert(header::CONTENT_LENGTH, bytes.len().into());
        }
        let request = UpstreamRequest {
            method: Method::from_bytes(parcel.method.as_bytes()).map_err(|e| broken(&e))?,
            url: parcel.url.parse().map_err(|e| broken(&e))?,
            headers,
            body,
            timeout_ms: parcel.timeout_ms,
        };
        let answer = self.x.send(request).await?;
        Ok(Carried { status: answer.status, headers: only(&answer.headers, KEPT), body: Body::from(answer.body) })
    }
}
