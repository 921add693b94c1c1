//! Makes Rust of the catalogue's table, so that reading it costs nothing at run time: the operations as one array, the tree that
//! finds them by path, and a constant for each.

use std::{collections::BTreeMap, env, error::Error, ffi::OsString, fmt::Write as _, fs, path::Path};

const TABLE: &str = "src/x/catalogue/operations.tsv";

/// The columns of the table, in order.
const COLUMNS: [&str; 16] = [
    "method",
    "template",
    "id",
    "auth",
    "scopes",
    "params",
    "success",
    "body",
    "stream",
    "group",
    "effect",
    "user_limits",
    "app_limits",
    "price",
    "timeout_ms",
    "since",
];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={TABLE}");
    let table = fs::read_to_string(TABLE)?;
    let mut lines = table.lines().filter(|line| !line.starts_with('#'));
    if lines.next() != Some(&COLUMNS.join("\t")) {
        return Err(format!("{TABLE} does not begin with the known columns").into());
    }
    let mut tree = Segment::default();
    for line in lines {
        tree.place(line).map_err(|error| format!("{TABLE}: {error} in: {line}"))?;
    }
    let out: OsString = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&out).join("catalogue.rs"), written(&tree)?)?;
    Ok(())
}

/// One operation, its cells by column.
type Row<'t> = BTreeMap<&'static str, &'t str>;

/// A place in the tree of templates. A parameter's key is `{`, which sorts behind every literal.
#[derive(Default)]
struct Segment<'t> {
    below: BTreeMap<&'t str, Segment<'t>>,
    operations: BTreeMap<&'t str, Row<'t>>,
}

impl<'t> Segment<'t> {
    fn place(&mut self, line: &'t str) -> Outcome<()> {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() != COLUMNS.len() {
            return Err("another number of cells".into());
        }
        let row: Row = COLUMNS.into_iter().zip(cells).collect();
        let path = cell(&row, "template")?.strip_prefix("/2/").ok_or("a template outside of /2/")?;
        let mut here = self;
        for segment in path.split('/') {
            here = here.below.entry(if segment.starts_with('{') { "{" } else { segment }).or_default();
        }
        let twice = here.operations.insert(cell(&row, "method")?, row);
        if twice.is_some() { Err("an operation that was there before".into()) } else { Ok(()) }
    }

    /// The operations from here on down, those of one place side by side.
    fn all(&self) -> Vec<&Row<'t>> {
        let below = self.below.values().flat_map(Segment::all);
        self.operations.values().chain(below).collect()
    }
}

fn cell<'t>(row: &Row<'t>, column: &str) -> Outcome<&'t str> {
    Ok(row.get(column).copied().ok_or("a cell is missing")?)
}

/// The words of a cell; none where it says `-`.
fn words<'t>(row: &Row<'t>, column: &str) -> Outcome<Vec<&'t str>> {
    Ok(cell(row, column)?.split(' ').filter(|word| *word != "-").collect())
}

fn written(tree: &Segment) -> Outcome<String> {
    let rows = tree.all();
    let (mut operations, mut constants) = (String::new(), String::new());
    for (at, row) in rows.iter().enumerate() {
        writeln!(operations, "    {},", operation(row)?)?;
        let (name, id) = (name(row)?, constant(cell(row, "id")?));
        writeln!(constants, "/// `{name}`\npub const {id}: &Operation = &OPERATIONS[{at}];")?;
    }
    let (count, tree) = (rows.len(), node("", tree, &mut 0)?);
    Ok(format!(
        "static OPERATIONS: [Operation; {count}] = [\n{operations}];\n\nstatic ROOT: Node = {tree};\n\n{constants}"
    ))
}

fn name(row: &Row) -> Outcome<String> {
    Ok(format!("{} {}", cell(row, "method")?, cell(row, "template")?))
}

fn operation(row: &Row) -> Outcome<String> {
    let name = name(row)?;
    let params = words(row, "params")?.join(" ");
    let scopes = words(row, "scopes")?;
    let (auth, body) = (auth(cell(row, "auth")?)?, body(cell(row, "body")?)?);
    let (success, timeout_ms): (u16, u32) = (cell(row, "success")?.parse()?, cell(row, "timeout_ms")?.parse()?);
    let (limits, app_limits) = (limits(row, "user_limits")?, limits(row, "app_limits")?);
    let (group, effect) = (variant(cell(row, "group")?), variant(cell(row, "effect")?));
    let price = words(row, "price")?.first().copied();
    let streams = cell(row, "stream")? == "stream";
    Ok(format!(
        "Operation {{ name: {name:?}, params: {params:?}, scopes: &{scopes:?}, limits: &[{limits}], app_limits: &[{app_limits}], \
         price: {price:?}, timeout_ms: {}, success: {success}, auth: {auth}, group: Group::{group}, \
         effect: Effect::{effect}, body: BodyKind::{body}, streams: {streams} }}",
        digits(timeout_ms)
    ))
}

fn auth(kinds: &str) -> Outcome<String> {
    let known = |kind: &str| ["app", "oauth2", "oauth1"].contains(&kind);
    if kinds != "none" && !kinds.split('|').all(known) {
        return Err(format!("the credential {kinds}").into());
    }
    let takes = |kind| kinds.split('|').any(|one| one == kind);
    Ok(format!("Auth::of({}, {}, {})", takes("app"), takes("oauth2"), takes("oauth1")))
}

fn body(kind: &str) -> Outcome<&'static str> {
    match kind {
        "-" => Ok("None"),
        "json" => Ok("Json"),
        "media" => Ok("Media"),
        other => Err(format!("the body {other}").into()),
    }
}

/// `count/seconds` as `(count, seconds)`, for each window.
fn limits(row: &Row, column: &str) -> Outcome<String> {
    let limit = |word: &str| -> Outcome<String> {
        let (count, seconds) = word.split_once('/').ok_or("a limit without its window")?;
        Ok(format!("({}, {})", digits(count.parse()?), digits(seconds.parse()?)))
    };
    Ok(words(row, column)?.into_iter().map(limit).collect::<Outcome<Vec<_>>>()?.join(", "))
}

/// `number` with an underscore between thousands.
fn digits(number: u32) -> String {
    if number < 1000 { number.to_string() } else { format!("{}_{:03}", digits(number / 1000), number % 1000) }
}

/// `direct_messages` as `DirectMessages`.
fn variant(word: &str) -> String {
    let capital =
        |part: &str| part.chars().take(1).map(|first| first.to_ascii_uppercase()).chain(part.chars().skip(1)).collect();
    word.split('_').map(|part| -> String { capital(part) }).collect()
}

/// `createPosts` as `CREATE_POSTS`.
fn constant(id: &str) -> String {
    let spelled = |letter: char| [letter.is_ascii_uppercase().then_some('_'), Some(letter.to_ascii_uppercase())];
    id.chars().flat_map(spelled).flatten().collect()
}

/// The tree from `segment` on down. `before` counts the operations that stand before it in the array.
fn node(text: &str, segment: &Segment, before: &mut usize) -> Outcome<String> {
    let count = segment.operations.len();
    let operations = if count == 0 { "&[]".to_owned() } else { format!("at({before}, {count})") };
    *before += count;
    let (mut literals, mut parameter) = (String::new(), "None".to_owned());
    for (key, below) in &segment.below {
        let below = node(key, below, before)?;
        if *key == "{" { parameter = format!("Some(&{below})") } else { write!(literals, "{below}, ")? }
    }
    let text = if text == "{" { "" } else { text };
    Ok(format!("Node {{ text: {text:?}, literals: &[{literals}], parameter: {parameter}, operations: {operations} }}"))
}
