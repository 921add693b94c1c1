//! What a key is asked to be: read member by member, and refused with every member that is wrong at once.

use crate::domain::{
    api_key::{AccountGrant, KeyRecord, Origin, Quota, Scope, ScopeSet, is_return_uri},
    fault::{Code, Fault, FieldFault},
    ids::AccountId,
};

const LONGEST_NAME: usize = 100;
const MOST_ENTRIES: usize = 100;
const MOST_PER_MINUTE: u32 = 1_000_000;
const MOST_PER_DAY: u32 = 1_000_000_000;

/// The terms of a key that may be changed, as somebody asks for them: unchecked. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// What people call it: 1 to 100 characters.
    pub name: Option<String>,
    /// What it may do: at least one scope.
    pub scopes: Option<Vec<String>>,
    /// For whom.
    pub accounts: Option<Accounts>,
    /// The account meant when a request names none; `Some(None)` takes it away.
    pub default_account: Option<Option<String>>,
    /// From which origins browsers may use it.
    pub origins: Option<Vec<String>>,
    /// How much it may do.
    pub quota: Option<Quota>,
    /// Where connections may return to.
    pub return_uris: Option<Vec<String>>,
}

/// The accounts a key is asked to act for.
#[derive(Clone, Debug)]
pub enum Accounts {
    /// Every account, those connected later too.
    All,
    /// These.
    Only(Vec<String>),
}

impl Terms {
    /// Writes the terms into `record`.
    ///
    /// # Errors
    /// [`Code::InvalidFields`] with every member that is wrong; the record is then of no use.
    pub(super) fn apply(&self, record: &mut KeyRecord) -> Result<(), Fault> {
        let mut faults = Vec::new();
        let mut default_account = record.default_account.clone();
        take(&mut record.name, self.name.as_deref().map(name), &mut faults);
        take(&mut record.scopes, self.scopes.as_deref().map(scopes), &mut faults);
        take(&mut record.accounts, self.accounts.as_ref().map(accounts), &mut faults);
        take(&mut default_account, self.default_account.as_ref().map(|id| account(id.as_deref())), &mut faults);
        take(&mut record.origins, self.origins.as_deref().map(origins), &mut faults);
        take(&mut record.quota, self.quota.map(quota), &mut faults);
        take(&mut record.return_uris, self.return_uris.as_deref().map(return_uris), &mut faults);
        record.default_account = default_account;
        if faults.is_empty() {
            faults.extend(contradictions(record));
        }
        refuse(faults)
    }
}

type Checked<T> = Result<T, Vec<FieldFault>>;

/// Puts what was checked in its place, or adds to the faults.
fn take<T>(place: &mut T, checked: Option<Checked<T>>, faults: &mut Vec<FieldFault>) {
    match checked {
        Some(Ok(value)) => *place = value,
        Some(Err(more)) => faults.extend(more),
        None => {}
    }
}

/// Goes on only without faults.
pub(super) fn refuse(faults: Vec<FieldFault>) -> Result<(), Fault> {
    if faults.is_empty() {
        return Ok(());
    }
    let detail: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect();
    Err(Fault::new(Code::InvalidFields, detail.join(" ")).with_fields(faults))
}

pub(super) fn fault(field: impl Into<String>, rule: &str, message: impl Into<String>) -> FieldFault {
    FieldFault { field: field.into(), rule: rule.to_owned(), message: message.into() }
}

fn name(text: &str) -> Checked<String> {
    let name = text.trim();
    let long = name.chars().count() > LONGEST_NAME;
    if name.is_empty() || long || name.chars().any(char::is_control) {
        return Err(vec![fault("name", "name", "Give 1 to 100 characters, none of them a control character.")]);
    }
    Ok(name.to_owned())
}

fn scopes(names: &[String]) -> Checked<ScopeSet> {
    if names.is_empty() {
        return Err(vec![fault("scopes", "empty", "Give at least one scope: a key without any can do nothing.")]);
    }
    let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let message = format!("Give one of {}.", known.join(", "));
    let scope = |name: &str| Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
    each("scopes", "scope", &message, names, scope).map(ScopeSet::from_iter)
}

const ACCOUNT: &str = "Give the id of an account, as GET /v1/accounts lists it: acc_ and 16 letters or digits.";

fn accounts(asked: &Accounts) -> Checked<AccountGrant> {
    match asked {
        Accounts::All => Ok(AccountGrant::All),
        Accounts::Only(ids) => each("accounts", "account_id", ACCOUNT, ids, |id| AccountId::parse(id).ok())
            .map(|ids| AccountGrant::Only(ids.into_iter().collect())),
    }
}

fn account(asked: Option<&str>) -> Checked<Option<AccountId>> {
    let read = |id: &str| AccountId::parse(id).map_err(|_| vec![fault("default_account", "account_id", ACCOUNT)]);
    asked.map(read).transpose()
}

fn origins(texts: &[String]) -> Checked<Vec<Origin>> {
    let message = "Give scheme, host and port as browsers send them: https://app.example, or http on localhost.";
    each("origins", "origin", message, texts, |text| Origin::parse(text).ok())
}

fn return_uris(texts: &[String]) -> Checked<Vec<String>> {
    let message = "Give an https URL, or http on localhost, without user name and fragment.";
    each("return_uris", "return_uri", message, texts, |text| is_return_uri(text).then(|| text.to_owned()))
}

fn quota(asked: Quota) -> Checked<Quota> {
    let mut faults = Vec::new();
    if !(1..=MOST_PER_MINUTE).contains(&asked.per_minute) {
        faults.push(fault("quota.per_minute", "range", format!("Give 1 to {MOST_PER_MINUTE}.")));
    }
    if asked.per_day.is_some_and(|per_day| !(1..=MOST_PER_DAY).contains(&per_day)) {
        faults.push(fault("quota.per_day", "range", format!("Give 1 to {MOST_PER_DAY}, or null for no limit.")));
    }
    if faults.is_empty() { Ok(asked) } else { Err(faults) }
}

/// Reads a list, naming each entry that cannot be read.
fn each<T>(
    field: &str,
    rule: &str,
    message: &str,
    texts: &[String],
    read: impl Fn(&str) -> Option<T>,
) -> Checked<Vec<T>> {
    if texts.len() > MOST_ENTRIES {
        return Err(vec![fault(field, "length", format!("Give at most {MOST_ENTRIES} entries."))]);
    }
    let (mut values, mut faults) = (Vec::new(), Vec::new());
    for (at, text) in texts.iter().enumerate() {
        match read(text) {
            Some(value) => values.push(value),
            None => faults.push(fault(format!("{field}[{at}]"), rule, message)),
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(faults) }
}

/// What is right by itself and wrong together.
fn contradictions(record: &KeyRecord) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if record.default_account.as_ref().is_some_and(|account| !record.accounts.permits(account)) {
        let message = "The default account must be among the key's accounts.";
        faults.push(fault("default_account", "not_granted", message));
    }
    if record.scopes.allows(Scope::Admin) && !record.origins.is_empty() {
        let message = "A key with the scope admin is never used from a browser: give it no origins.";
        faults.push(fault("origins", "admin_in_browser", message));
    }
    faults
}
