//! Which characters and sequences are emoji: Emoji 11, from twemoji-parser 11.0 (2018), the data of the reference.
//!
//! A set of characters is a string of them.

/// The five skin tones.
pub(super) const SKIN: &str = "\u{1F3FB}\u{1F3FC}\u{1F3FD}\u{1F3FE}\u{1F3FF}";
/// A skin tone, or the variation selector.
pub(super) const SKIN_OR_VS16: &str = "\u{1F3FB}\u{1F3FC}\u{1F3FD}\u{1F3FE}\u{1F3FF}\u{FE0F}";
/// The gender signs; the variation selector follows them.
pub(super) const GENDER: &str = "♀♂";
/// Man and woman.
pub(super) const ADULT: &str = "👨👩";
/// What an adult is joined with to have a profession; the variation selector follows.
pub(super) const PROFESSION_SIGN: &str = "⚕⚖✈";
/// What an adult is joined with to have a profession, or hair.
pub(super) const PROFESSION: &str = "🌾🍳🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦰🦱🦲🦳";
/// Joined with a gender sign, in any skin.
pub(super) const GENDERED: &str = "🏃🏄🏊👮👱👳👷💁💂💆💇🙅🙆🙇🙋🙍🙎🚣🚴🚵🚶🤦🤵🤷🤸🤹🤽🤾🦸🦹🧖🧗🧘🧙🧚🧛🧜🧝";
/// Joined with a gender sign when in a skin, or drawn as an emoji.
pub(super) const SLEUTH: &str = "⛹🏋🏌🕴🕵";
/// Joined with a gender sign, in no skin.
pub(super) const SKINLESS: &str = "👯🤼🧞🧟";
/// Text or emoji: one with the variation selector behind it.
pub(super) const DRESSED: &str = "‼⁉ℹ↔↕↖↗↘↙↩↪⌚⌛⌨⏏⏭⏮⏯⏱⏲⏸⏹⏺Ⓜ▪▫▶◀◻◼◽◾☀☁☂☃☄☎☑☔☕☘☠☢☣☦☪☮☯☸☹☺♀♂♈♉♊♋♌♍♎♏♐♑♒♓♠♣♥♦♨♻♿⚒⚓⚔⚕⚖⚗⚙⚛⚜⚠⚡⚪⚫⚰\
    ⚱⚽⚾⛄⛅⛈⛏⛑⛓⛔⛩⛪⛰⛱⛲⛳⛴⛵⛸⛺⛽✂✈✉✏✒✔✖✝✡✳✴❄❇❗❣❤➡⤴⤵⬅⬆⬇⬛⬜⭐⭕〰〽㊗㊙🀄🅰🅱🅾🅿🈂🈚🈯🈷🌡🌤🌥🌦🌧🌨🌩🌪🌫🌬🌶🍽🎖🎗🎙🎚🎛🎞🎟🏍🏎🏔🏕🏖🏗🏘🏙\
    🏚🏛🏜🏝🏞🏟🏳🏵🏷🐿👁📽🕉🕊🕯🕰🕳🕶🕷🕸🕹🖇🖊🖋🖌🖍🖥🖨🖱🖲🖼🗂🗃🗄🗑🗒🗓🗜🗝🗞🗡🗣🗨🗯🗳🗺🛋🛍🛎🛏🛠🛡🛢🛣🛤🛥🛩🛰🛳";
/// Text unless the variation selector follows; alone they weigh as text does.
pub(super) const TEXTUAL: &str = "©®™♟";
/// Text or emoji, and in any skin.
pub(super) const HANDS: &str = "☝⛷⛹✌✍🏋🏌🕴🕵🖐";
/// In any skin.
pub(super) const SKINNED: &str = "✊✋🎅🏂🏃🏄🏇🏊👂👃👆👇👈👉👊👋👌👍👎👏👐👦👧👨👩👮👰👱👲👳👴👵👶👷👸👼💁💂💃💅💆💇💪🕺🖕🖖🙅🙆🙇🙋🙌🙍🙎🙏🚣🚴🚵🚶🛀🛌🤘🤙🤚🤛🤜🤞🤟🤦🤰🤱🤲🤳🤴🤵🤶🤷🤸🤹🤽🤾🦵🦶🦸🦹🧑🧒🧓\
    🧔🧕🧖🧗🧘🧙🧚🧛🧜🧝";

/// Joined by ZWJ, longest first: couples, families and special flags. Joiners are left out here.
pub(super) const JOINED: [&str; 34] = [
    "👨❤️💋👨",
    "👨👨👦👦",
    "👨👨👧👦",
    "👨👨👧👧",
    "👨👩👦👦",
    "👨👩👧👦",
    "👨👩👧👧",
    "👩❤️💋👨",
    "👩❤️💋👩",
    "👩👩👦👦",
    "👩👩👧👦",
    "👩👩👧👧",
    "👨❤️👨",
    "👨👦👦",
    "👨👧👦",
    "👨👧👧",
    "👨👨👦",
    "👨👨👧",
    "👨👩👦",
    "👨👩👧",
    "👩❤️👨",
    "👩❤️👩",
    "👩👦👦",
    "👩👧👦",
    "👩👧👧",
    "👩👩👦",
    "👩👩👧",
    "🏳️🌈",
    "🏴☠️",
    "👁🗨",
    "👨👦",
    "👨👧",
    "👩👦",
    "👩👧",
];

/// The pairs of regional indicators that are a flag.
pub(super) const FLAGS: &str = "\
    AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CP CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE EG EH \
    ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU \
    IC ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU \
    LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR \
    NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM \
    SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM UN US UY UZ VA VC \
    VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// The subdivisions with a flag: England, Scotland, Wales.
pub(super) const SUBDIVISIONS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];
