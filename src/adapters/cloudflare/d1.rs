//! D1.

use worker::{D1Database, D1PreparedStatement, send::SendFuture, wasm_bindgen::JsValue};

use super::Bindings;
use crate::ports::{Row, Sql, SqlValue, Statement, Unavailable};

impl Bindings {
    fn database(&self) -> worker::Result<D1Database> {
        self.0.d1("DB")
    }
}

/// The database bound as `DB`.
#[async_trait::async_trait]
impl Sql for Bindings {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>, Unavailable> {
        let query = async { prepare(&self.database()?, &statement)?.all().await?.results::<Row>() };
        SendFuture::new(query).await.map_err(|e| Unavailable::new("d1", e))
    }

    async fn batch(&self, statements: Vec<Statement>) -> Result<u64, Unavailable> {
        let batch = async {
            let database = self.database()?;
            let prepared = statements.iter().map(|s| prepare(&database, s)).collect::<worker::Result<Vec<_>>>()?;
            let mut written = 0;
            for result in database.batch(prepared).await? {
                let changes = result.meta()?.and_then(|meta| meta.changes).unwrap_or(0);
                written += u64::try_from(changes).unwrap_or(0);
            }
            Ok(written)
        };
        SendFuture::new(batch).await.map_err(|e: worker::Error| Unavailable::new("d1", e))
    }
}

fn prepare(database: &D1Database, statement: &Statement) -> worker::Result<D1PreparedStatement> {
    let values: Vec<JsValue> = statement.parameters.iter().map(js_value).collect();
    database.prepare(statement.sql).bind(&values)
}

/// Whole numbers cross as JavaScript numbers, exact up to 2^53 (see [`SqlValue`]).
fn js_value(value: &SqlValue) -> JsValue {
    match value {
        SqlValue::Null => JsValue::NULL,
        #[expect(clippy::cast_precision_loss, reason = "numbers beyond 2^53 are kept as texts")]
        SqlValue::Integer(number) => JsValue::from_f64(*number as f64),
        SqlValue::Text(text) => JsValue::from_str(text),
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn values_cross_as_what_they_are() {
        assert!(js_value(&SqlValue::Null).is_null());
        assert_eq!(js_value(&SqlValue::Text("tweet".to_owned())).as_string().as_deref(), Some("tweet"));
        let largest = 9_007_199_254_740_991;
        assert_eq!(js_value(&SqlValue::Integer(largest)).as_f64(), Some(9_007_199_254_740_991.0));
    }
}
