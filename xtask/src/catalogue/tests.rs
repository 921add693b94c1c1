use super::merge::{Change, merge};
use super::spec;
use super::table::Table;
use serde_json::Value;
use std::path::Path;

const COLUMNS: &str = "method\ttemplate\tid\tauth\tscopes\tparams\tsuccess\tbody\tstream\tgroup\teffect\tuser_limits\t\
                       app_limits\tprice\ttimeout_ms\tsince\n";

/// Everything of the small file, with what is decided for new operations.
const NEW: &str = "\
    POST\t/2/media/upload/{id}/append\tappendMediaUpload\toauth2\tmedia.write\t-\t200\tmedia\t-\t\
    other\tcreate\t-\t-\t-\t10000\t-\n\
    GET\t/2/openapi.json\tgetOpenApiSpec\tnone\t-\t-\t200\t-\t-\tother\tread\t-\t-\t-\t10000\t-\n\
    POST\t/2/tweets\tcreatePosts\toauth2|oauth1\ttweet.read tweet.write\t-\t201\tjson\t-\tother\tcreate\t-\t-\t-\t10000\t-\n\
    GET\t/2/tweets/search/stream\tstreamPosts\tapp\t-\t-\t200\t-\tstream\tstreams\tread\t-\t-\t-\t30000\t-\n\
    GET\t/2/tweets/{tweet_id}\tgetPostsById\tapp|oauth2|oauth1\ttweet.read\tpost.fields expansions\t200\t-\t-\t\
    other\tread\t-\t-\t-\t10000\t-\n";

fn small() -> Value {
    serde_json::from_str(include_str!("fixture.json")).unwrap()
}

/// `rows` after the small file.
fn after(rows: &str) -> (String, Vec<Change>) {
    let table = Table::parse(&format!("# version 9.0\n# a note\n{COLUMNS}{rows}")).unwrap();
    let spec = small();
    let (table, changes) = merge(table, spec::operations(&spec).unwrap(), spec::version(&spec).unwrap());
    let text = table.to_string();
    let rows = text.strip_prefix(&format!("# version 9.1\n# a note\n{COLUMNS}")).expect("comments and columns stay");
    (rows.to_owned(), changes)
}

fn told(changes: &[Change]) -> Vec<String> {
    changes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_new_operation_gets_the_cautious_defaults() {
    let (rows, changes) = after("");
    assert_eq!(rows, NEW);
    assert!(changes.iter().all(|change| matches!(change, Change::Added { .. })), "{changes:?}");
    let told = told(&changes);
    assert!(
        told.contains(&"added    POST /2/tweets; to be decided, for now: other create - - - 10000 -".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn what_people_decided_stays_and_what_x_changed_is_told() {
    let decided = "tweets_write\tset\t100/900\t10000/86400\tpost_create\t15000\t-\n";
    let new = NEW.replace("201\tjson\t-\tother\tcreate\t-\t-\t-\t10000\t-\n", &format!("201\tjson\t-\t{decided}"));
    assert_ne!(new, NEW);
    let (rows, changes) = after(&new.replace("\t201\t", "\t200\t"));
    assert_eq!(rows, new);
    assert_eq!(told(&changes), ["changed  POST /2/tweets: success was 200, is 201"]);
}

#[test]
fn a_parameter_of_another_name_is_no_other_operation() {
    let decided = "10000\t-\n".replace("10000", "12345");
    let new = NEW.replace(
        "expansions\t200\t-\t-\tother\tread\t-\t-\t-\t10000\t-\n",
        &format!("expansions\t200\t-\t-\tother\tread\t-\t-\t-\t{decided}"),
    );
    assert_ne!(new, NEW);
    let (rows, changes) = after(&new.replace("{tweet_id}", "{id}"));
    assert_eq!(rows, new);
    assert_eq!(told(&changes), ["changed  GET /2/tweets/{id}: template was /2/tweets/{id}, is /2/tweets/{tweet_id}"]);
}

#[test]
fn what_x_has_no_more_goes_and_what_it_has_not_yet_stays() {
    let gone = "GET\t/2/spaces\tgetSpaces\tapp\t-\t-\t200\t-\t-\tother\tread\t-\t-\t-\t10000\t-\n";
    let later = "GET\t/2/account\tgetAccount\tapp\t-\t-\t200\t-\t-\tother\tread\t-\t-\t-\t10000\t9.2\n";
    let (rows, changes) = after(&format!("{later}{gone}{NEW}"));
    assert_eq!(rows, format!("{later}{NEW}"));
    assert_eq!(changes, [Change::Removed { name: "GET /2/spaces".to_owned() }]);
}

#[test]
fn what_x_has_at_last_is_no_longer_ahead() {
    let ahead = NEW.replace(
        "\tnone\t-\t-\t200\t-\t-\tother\tread\t-\t-\t-\t10000\t-\n",
        "\tnone\t-\t-\t200\t-\t-\tother\tread\t-\t-\t-\t10000\t9.1\n",
    );
    assert_ne!(ahead, NEW);
    let (rows, changes) = after(&ahead);
    assert_eq!(rows, NEW);
    assert_eq!(told(&changes), ["changed  GET /2/openapi.json: since was 9.1, is -"]);
}

#[test]
fn a_table_of_another_form_is_refused() {
    for text in [
        "",
        "method\ttemplate\n",
        &format!("{COLUMNS}GET\t/2/tweets\n"),
        &format!("{COLUMNS}{}", NEW.replace('\n', "\t-\n")),
    ] {
        assert!(Table::parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_table_of_the_gateway_is_what_its_version_of_xs_file_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(root.join(super::TABLE)).unwrap();
    let table = Table::parse(&text).unwrap();
    assert_eq!(table.to_string(), text, "written as it was read");
    let Ok(spec) = std::fs::read_to_string(root.join("../shared/x/openapi-2.167.json")) else {
        println!("skipped: X's OpenAPI file is not there");
        return;
    };
    let spec: Value = serde_json::from_str(&spec).unwrap();
    let (merged, changes) = merge(table, spec::operations(&spec).unwrap(), spec::version(&spec).unwrap());
    assert_eq!(changes, []);
    assert_eq!(merged.to_string(), text);
}
