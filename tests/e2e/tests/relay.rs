//! `/2`, as X's own clients use it: on workerd with nothing in front, since a proxy repairs, buffers, and tells nobody who has left.

mod catalogue;
mod crowd;
mod headers;
mod hostile;
mod kinds;
mod leaving;
mod limits;
mod media;
mod sockets;
mod streams;

use libtest_mimic::Trial;

/// The relay's tests, in order.
pub(crate) fn trials() -> Vec<Trial> {
    let modules = [
        kinds::trials(),
        catalogue::trials(),
        media::trials(),
        headers::trials(),
        streams::trials(),
        leaving::trials(),
        hostile::trials(),
        sockets::trials(),
        limits::trials(),
        crowd::trials(),
    ];
    modules.into_iter().flatten().collect()
}
