//! The frame around every answer of `/v1`: X's own `{"data": …}`, and `meta` beside it where there are pages.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    Cursor,
    fault::{Code, Fault, FieldFault},
};

/// One thing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct One<T> {
    /// The thing.
    pub data: T,
}

/// Some things of a listing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Many<T> {
    /// The things.
    pub data: Vec<T>,
    /// About the page.
    pub meta: Meta,
}

/// About a page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Meta {
    /// How many things stand on this page.
    pub result_count: usize,
    /// Hand it back as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T> Many<T> {
    /// A page that ends where `next` says.
    pub fn new(data: Vec<T>, next: Option<&Cursor>) -> Self {
        let meta = Meta { result_count: data.len(), next_cursor: next.map(Cursor::encode) };
        Self { data, meta }
    }
}

/// Which page is asked for: checked members of a query.
#[derive(Clone, Debug)]
pub struct PageAsked {
    /// Where it begins.
    pub cursor: Option<Cursor>,
    /// How many things it may hold.
    pub limit: usize,
}

impl PageAsked {
    /// Reads `limit`, 1 to `most` and `default` when absent, and `cursor`. What is wrong is added to `faults`.
    pub fn read(
        limit: Option<&str>,
        cursor: Option<&str>,
        (default, most): (usize, usize),
        faults: &mut Vec<FieldFault>,
    ) -> Self {
        let number = |text: &str| text.parse().ok().filter(|number| (1..=most).contains(number));
        let limit = read("limit", limit, number, &format!("Give a whole number from 1 to {most}."), faults);
        let message = "Give the next_cursor of the page before, unchanged.";
        let cursor = read("cursor", cursor, |text| Cursor::parse(text).ok(), message, faults);
        Self { cursor, limit: limit.unwrap_or(default) }
    }
}

/// Reads one member of a query, if it is there.
pub fn read<T>(
    member: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
    message: &str,
    faults: &mut Vec<FieldFault>,
) -> Option<T> {
    let value = parse(text?);
    if value.is_none() {
        let (field, rule) = (member.to_owned(), "format".to_owned());
        faults.push(FieldFault { field, rule, message: message.to_owned() });
    }
    value
}

/// Goes on only when every member of the query could be read.
///
/// # Errors
/// [`Code::InvalidRequest`], naming each that could not.
pub fn accept(faults: Vec<FieldFault>) -> Result<(), Fault> {
    if faults.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect();
    Err(Fault::new(Code::InvalidRequest, names.join(" ")).with_fields(faults))
}
