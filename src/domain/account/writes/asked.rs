//! What the object is asked about writes, and what it answers.

use serde::{Deserialize, Serialize};

use crate::domain::{
    Timestamp,
    planner::{AppLease, Ask, LeaseWish, NotBefore},
    write::{Intent, Keyed, Outcome, Sight, Terms, Write, WriteId},
};

/// What is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum WriteCommand {
    /// Here is what I want to send. May I?
    Begin(Box<Begin>),
    /// This came of it.
    Finish {
        /// Which.
        id: WriteId,
        /// The lease under which it was sent.
        lease: String,
        /// What came of it.
        outcome: Box<Outcome>,
        /// Whether its asker still waits and is told. What nobody is told must be there to be asked for.
        is_awaited: bool,
    },
    /// How does it stand?
    Show {
        /// Which.
        id: WriteId,
    },
    /// How do all stand, the youngest first?
    List {
        /// From the one after this on.
        before: Option<(Timestamp, WriteId)>,
        /// How many.
        most: usize,
    },
    /// Do not send it, if it is not too late.
    Cancel {
        /// Which.
        id: WriteId,
    },
    /// What is to be done by now? I do it under this lease.
    Due {
        /// A fresh random name.
        lease: String,
        /// What the app's object has granted since.
        app_lease: Option<AppLease>,
    },
    /// This was seen at X.
    Looked {
        /// The lease under which it was looked.
        lease: String,
        /// What was seen of each.
        glances: Vec<Glance>,
    },
}

/// A write that is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Begin {
    /// Its name, fresh and random. The same asked again is the same.
    pub id: WriteId,
    /// The client's own name for it.
    pub keyed: Option<Keyed>,
    /// A fresh random name for the lease to send under.
    pub lease: String,
    /// What to send.
    pub intent: Intent,
    /// How it is treated.
    pub terms: Terms,
    /// What it would spend.
    pub ask: Ask,
    /// When it may be sent.
    pub manner: Manner,
    /// What the app's object has granted for it.
    pub app_lease: Option<AppLease>,
    /// When it is asked, this time.
    pub asked_at: Timestamp,
}

/// When a write may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Manner {
    /// Now, or not at all.
    Now,
    /// When X's window opens, if that is before then: its asker waits.
    Until(Timestamp),
    /// Now, whatever X's windows are: X is to be heard.
    Anyway,
    /// When X's window opens, without anybody waiting for it.
    Later,
}

/// What was seen of one write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glance {
    /// Which.
    pub id: WriteId,
    /// What there is that could be it, the likeliest first; else why not.
    pub sights: Vec<Sight>,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WriteReply {
    /// Send it, you and nobody else.
    Send {
        /// Report under this.
        lease: String,
        /// What to send.
        write: Box<Write>,
    },
    /// The name was used before for the same; this is how it stands.
    Known(Box<Write>),
    /// The name was used before for something else.
    OtherBody,
    /// The name is being used; ask again.
    Running {
        /// Not before, in ms.
        retry_after_ms: u64,
    },
    /// X's windows do not allow it. Nothing was kept.
    Shut(NotBefore),
    /// A window that all accounts share allows it only with a lease. Ask the app's object for it, and ask again.
    AppLease {
        /// What to ask for.
        want: LeaseWish,
    },
    /// It still waits; ask again.
    Still,
    /// How it stands; nothing, if it is unknown or was not sent and has been forgotten.
    Shown(Option<Box<Write>>),
    /// It can no longer be taken back.
    TooLate(Box<Write>),
    /// To `List`.
    Listed(Page),
    /// To `Due` and `Looked`: this is to be done now.
    Errands(Vec<Errand>),
}

/// Some writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The writes, the youngest first.
    pub writes: Vec<Write>,
}

/// Something that is to be done for the account by whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Errand {
    /// Send it, and report under this lease.
    Send {
        /// The lease.
        lease: String,
        /// What to send.
        write: Box<Write>,
    },
    /// Ask the app's object for a lease, and say with the next `Due` what it has granted.
    AppLease {
        /// What to ask for.
        want: LeaseWish,
    },
    /// Look for these at X, all in one look if that can be, and report under this lease.
    Look {
        /// The lease.
        lease: String,
        /// What to look for.
        writes: Vec<Write>,
    },
}
