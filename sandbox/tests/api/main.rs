//! The sandbox as a client sees it: a real server on a free port, driven over HTTP.

#[cfg(test)]
mod client;
#[cfg(test)]
mod control;
#[cfg(test)]
mod engagement;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod follows;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod long_media;
#[cfg(test)]
mod media;
#[cfg(test)]
mod oauth1;
#[cfg(test)]
mod oauth2;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod tweets;
#[cfg(test)]
mod users;
