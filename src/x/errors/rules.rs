//! The table of rules: which signs make which class. The first rule whose signs are all there decides.

use super::{
    Answer,
    Class::{
        self, AccountState, CallerError, ClientConfig, Conflict, ConnectionLimit, Credits, Duplicate, EdgeBlock,
        Forbidden, GrantDead, MediaFailed, MediaRejected, NotFound, Partial, Permission, QuoteRestricted, RateLimit,
        ReplyRestricted, ServerError, SpendCap, Stream, TokenDead, TokenInvalid, TooLarge, UsageCap, WrongAuthKind,
    },
    Credential,
    Retry::{self, AfterRefresh, AfterReset, Never, ReadsOnly, Reconcile},
    body::{Facts, Format},
};

/// One thing to be seen in an answer.
#[derive(Clone, Copy, Debug)]
enum Sign {
    /// The status is between these two.
    Status(u16, u16),
    /// `type` ends in this.
    Kind(&'static str),
    Title(&'static str),
    /// The wording contains this.
    Says(&'static str),
    /// Code in the style of v1.
    Code(u64),
    /// `error` of an OAuth answer.
    OAuth(&'static str),
    /// `connection_issue` of a stream.
    Issue(&'static str),
    Format(Format),
    /// The request was authenticated as the app.
    ByApp,
    Errors,
    NoData,
    MediaFailed,
}

use Sign::{ByApp, Code, Errors, Issue, Kind, NoData, OAuth, Says, Status, Title};

const JSON: Sign = Sign::Format(Format::Json);
const HTML: Sign = Sign::Format(Format::Html);
const TEXT: Sign = Sign::Format(Format::Text);

type Rule = (&'static [Sign], Class, Retry);

/// For a status below 300: a success that is none, or not a whole one. If no rule fits, nothing is wrong.
#[rustfmt::skip]
const SUCCESSES: &[Rule] = &[
    (&[Sign::MediaFailed],                                              MediaFailed, Never),
    (&[Kind("operational-disconnect")],                                 Stream, ReadsOnly),
    (&[Kind("client-disconnected")],                                    Stream, ReadsOnly),
    (&[Errors, Kind("field-hydration-failure")],                        Partial, ReadsOnly),
    (&[Errors, NoData, Kind("resource-not-found")],                     NotFound, Never),
    (&[Errors, NoData, Kind("resource-unavailable")],                   NotFound, Never),
    (&[Errors, NoData, Kind("not-authorized-for-resource")],            Forbidden, Never),
    (&[Errors, NoData, Kind("disallowed-resource")],                    Forbidden, Never),
    (&[Errors],                                                         Partial, Never),
    (&[HTML],                                                           EdgeBlock, Never),
];

/// For any other status. The last rules fit every one.
#[rustfmt::skip]
const FAILURES: &[Rule] = &[
    // Money and caps: the name decides, since they come as 402, 403 and 429.
    (&[Title("SpendCapReached")],                                       SpendCap, AfterReset),
    (&[Title("CreditsDepleted")],                                       Credits, Never),
    (&[Kind("credits")],                                                Credits, Never),
    (&[Kind("credits-depleted")],                                       Credits, Never),
    (&[Kind("usage-capped")],                                           UsageCap, Never),
    (&[Title("UsageCapExceeded")],                                      UsageCap, Never),
    (&[Kind("rate-limit-exceeded")],                                    RateLimit, AfterReset),
    (&[Code(88)],                                                       RateLimit, AfterReset),

    // Streams.
    (&[Issue("TooManyConnections")],                                    ConnectionLimit, Never),
    (&[Kind("streaming-connection"), Status(429, 429)],                 ConnectionLimit, Never),
    (&[Kind("streaming-connection")],                                   Conflict, Never),
    (&[Kind("operational-disconnect")],                                 Stream, ReadsOnly),
    (&[Kind("client-disconnected")],                                    Stream, ReadsOnly),

    // Named problems.
    (&[Says("Your media IDs are invalid")],                             MediaRejected, Never),
    (&[Kind("invalid-request")],                                        CallerError, Never),
    (&[Kind("invalid-rules")],                                          CallerError, Never),
    (&[Kind("rule-cap")],                                               CallerError, Never),
    (&[Kind("duplicate-rules")],                                        CallerError, Never),
    (&[Kind("noncompliant-rules")],                                     Forbidden, Never),
    (&[Kind("client-forbidden")],                                       ClientConfig, Never),
    (&[Kind("oauth1-permissions")],                                     Permission, Never),
    (&[Kind("unsupported-authentication")],                             WrongAuthKind, Never),
    (&[Kind("not-authorized-for-resource")],                            Forbidden, Never),
    (&[Kind("not-authorized-for-field")],                               Forbidden, Never),
    (&[Kind("field-unauthorized")],                                     Forbidden, Never),
    (&[Kind("disallowed-resource")],                                    Forbidden, Never),
    (&[Kind("resource-not-found")],                                     NotFound, Never),
    (&[Kind("resource-unavailable")],                                   NotFound, Never),
    (&[Kind("conflict")],                                               Conflict, Never),
    (&[Kind("internal-error")],                                         ServerError, ReadsOnly),

    // Problems without a type of their own: the wording decides.
    (&[Says("duplicate content")],                                      Duplicate, Reconcile),
    (&[Says("Reply to this conversation is not allowed")],              ReplyRestricted, Never),
    (&[Says("You attempted to reply to a Tweet that is deleted")],      ReplyRestricted, Never),
    (&[Says("Quoting this post is not allowed")],                       QuoteRestricted, Never),

    // OAuth. Wording first: X says `invalid_request` for a spent token and for its own set-up alike.
    (&[OAuth("invalid_request"), Says("the token was invalid")],        GrantDead, Reconcile),
    (&[OAuth("invalid_request"), Says("authorization code was invalid")], CallerError, Never),
    (&[OAuth("invalid_grant"), Says("authorization code was invalid")], CallerError, Never),
    (&[OAuth("invalid_grant")],                                         GrantDead, Reconcile),
    (&[OAuth("invalid_request")],                                       ClientConfig, Never),
    (&[OAuth("unauthorized_client")],                                   ClientConfig, Never),
    (&[OAuth("invalid_client")],                                        ClientConfig, Never),
    (&[OAuth("invalid_scope")],                                         ClientConfig, Never),
    (&[OAuth("unsupported_grant_type")],                                ClientConfig, Never),

    // Codes in the style of v1.
    (&[Code(32)],                                                       ClientConfig, Never),
    (&[Code(34)],                                                       NotFound, Never),
    (&[Code(64)],                                                       AccountState, Never),
    (&[Code(89), ByApp],                                                TokenInvalid, Never),
    (&[Code(89)],                                                       TokenDead, Never),
    (&[Code(99)],                                                       ClientConfig, Never),
    (&[Code(130)],                                                      ServerError, ReadsOnly),
    (&[Code(131)],                                                      ServerError, ReadsOnly),
    (&[Code(135)],                                                      ClientConfig, Never),
    (&[Code(179)],                                                      Forbidden, Never),
    (&[Code(185)],                                                      AccountState, AfterReset),
    (&[Code(186)],                                                      CallerError, Never),
    (&[Code(187)],                                                      Duplicate, Reconcile),
    (&[Code(215)],                                                      TokenInvalid, Never),
    (&[Code(220)],                                                      WrongAuthKind, Never),
    (&[Code(261)],                                                      Permission, Never),
    (&[Code(326)],                                                      AccountState, Never),
    (&[Code(385)],                                                      ReplyRestricted, Never),
    (&[Code(415)],                                                      ClientConfig, Never),
    (&[Code(433)],                                                      ReplyRestricted, Never),
    (&[Code(453)],                                                      Forbidden, Never),

    // A title and nothing more.
    (&[Title("Unauthorized")],                                          TokenInvalid, AfterRefresh),
    (&[Title("Payment Required")],                                      Credits, Never),
    (&[Title("Forbidden"), Says("You are not permitted")],              Forbidden, Never),
    (&[Title("Forbidden"), Says("Forbidden")],                          Permission, Never),
    (&[Title("Forbidden")],                                             Forbidden, Never),
    (&[Title("Not Found")],                                             NotFound, Never),
    (&[Title("Too Many Requests")],                                     RateLimit, AfterReset),
    (&[Title("Internal Server Error")],                                 ServerError, ReadsOnly),
    (&[Title("Service Unavailable")],                                   ServerError, ReadsOnly),

    // No name at all: who wrote it, then the status. What is no JSON and no failure of a server is the edge's.
    (&[Status(413, 413)],                                               TooLarge, Never),
    (&[Status(431, 431)],                                               TooLarge, Never),
    (&[HTML, Status(429, 429)],                                         EdgeBlock, AfterReset),
    (&[TEXT, Status(429, 429)],                                         EdgeBlock, AfterReset),
    (&[HTML, Status(300, 500)],                                         EdgeBlock, Never),
    (&[TEXT, Status(400, 403)],                                         EdgeBlock, Never),
    (&[JSON, Status(403, 403)],                                         Forbidden, Never),
    (&[Status(403, 403)],                                               EdgeBlock, Never),
    (&[Status(300, 399)],                                               EdgeBlock, Never),
    (&[Status(401, 401)],                                               TokenInvalid, AfterRefresh),
    (&[Status(402, 402)],                                               Credits, Never),
    (&[Status(404, 404)],                                               NotFound, Never),
    (&[Status(409, 409)],                                               Conflict, Never),
    (&[Status(410, 410)],                                               NotFound, Never),
    (&[Status(429, 429)],                                               RateLimit, AfterReset),
    (&[Status(400, 499)],                                               CallerError, Never),
    (&[Status(500, u16::MAX)],                                          ServerError, ReadsOnly),
];

/// The class and retry of the first rule that fits.
pub(super) fn verdict(answer: &Answer<'_>, facts: &Facts) -> Option<(Class, Retry)> {
    let fits = |rule: &&Rule| rule.0.iter().all(|sign| sign.is_in(answer, facts));
    let rules = if answer.status < 300 { SUCCESSES } else { FAILURES };
    rules.iter().find(fits).map(|(_, class, retry)| (*class, *retry))
}

impl Sign {
    fn is_in(self, answer: &Answer<'_>, facts: &Facts) -> bool {
        match self {
            Self::Status(from, to) => (from..=to).contains(&answer.status),
            Self::Kind(kind) => facts.kind.as_deref() == Some(kind),
            Self::Title(title) => facts.title.as_deref() == Some(title),
            Self::Says(words) => facts.say(words),
            Self::Code(code) => facts.code == Some(code),
            Self::OAuth(error) => facts.oauth.as_deref() == Some(error),
            Self::Issue(issue) => facts.issue.as_deref() == Some(issue),
            Self::Format(format) => facts.format == format,
            Self::ByApp => answer.credential == Credential::App,
            Self::Errors => facts.has_errors,
            Self::NoData => !facts.has_data,
            Self::MediaFailed => facts.media_failed,
        }
    }
}
