//! TCP ports of this machine.

use anyhow::{Result, bail};
use std::net::{Ipv4Addr, TcpListener};

/// Is the port free? Asked before a server is started, so that the answer is one clear line.
///
/// # Errors
/// When something listens there; `choose` names the option that moves us elsewhere.
pub(crate) fn must_be_free(port: u16, wanted_by: &str, choose: &str) -> Result<()> {
    if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
        bail!("port {port}, wanted by {wanted_by}, is taken: stop what listens there, or choose another with {choose}");
    }
    Ok(())
}

/// A port nobody uses now.
pub(crate) fn any_free() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_told_with_its_remedy() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = must_be_free(port, "the gateway", "--port").unwrap_err().to_string();
        assert!(error.contains(&port.to_string()) && error.contains("--port"), "{error}");
        drop(taken);
        must_be_free(port, "the gateway", "--port").unwrap();
    }
}
