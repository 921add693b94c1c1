//! Where a browser may be sent back to when an account has been connected.

use url::Url;

use super::origin::is_loopback;

/// The longest return address, in bytes.
const LONGEST: usize = 2048;

/// Whether `text` may be registered as a return address: an absolute `https` URL, or `http` on a loopback host (RFC 8252
/// section 7.3), without user information or a fragment (RFC 6749 section 3.1.2). It is compared byte for byte later, so only a
/// text that every reader takes for the same URL is good: visible ASCII without backslashes.
pub fn is_return_uri(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !plain || text.len() > LONGEST || text.contains('#') {
        return false;
    }
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let reachable = match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(&url),
        _ => false,
    };
    reachable && text.contains("://") && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_at_home() {
        for text in [
            "https://app.example/connected",
            "https://app.example",
            "https://app.example:8443/a?b=c&d",
            "http://localhost:3000/connected",
            "http://127.0.0.1:3000/",
            "http://[::1]/",
        ] {
            assert!(is_return_uri(text), "{text}");
        }
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        for text in [
            "",
            "/connected",
            "app.example",
            "http://app.example/",
            "https://app.example/#token",
            "https://app.example/#",
            "https://user@app.example/",
            "https://user:word@app.example/",
            "https://app.example\\@evil.example/",
            "https:app.example/",
            "https:\\\\app.example/",
            " https://app.example/",
            "https://app.example/\n",
            "https://app.example/é",
            "javascript:alert(1)",
            "myapp://connected",
            "data:text/html,x",
            "http://localhost.evil.example/",
        ] {
            assert!(!is_return_uri(text), "{text}");
        }
        assert!(!is_return_uri(&format!("https://app.example/{}", "a".repeat(2048))));
    }
}
